import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import type { ServerStore } from './api.ts';
import { DEFAULT_CAPABILITIES, honoured } from './capabilities.ts';
import { Connection } from './connection.ts';
import type { Intercept, ServerContext, ServerLogEntry } from './context.ts';
import { isAtom } from './format.ts';
import { delayed } from './latency.ts';
import { fillWithSampleMail } from './sample/index.ts';
import { Store } from './store.ts';

/** What createServer() takes. */
export interface ServerOptions {
  /**
   * Passwords by user name, which are the access tokens of XOAUTH2 and OAUTHBEARER, too. Taken over as they are now: they stay
   * for as long as the server runs. Default `{ user: 'pass' }`.
   */
  users?: Record<string, string> | undefined;
  /** Users who may act for any other: by PROXYAUTH, which only a server with administrators knows, and as SASL's authzid says. */
  administrators?: string[] | undefined;
  /**
   * What is announced and honoured, in place of the server's own choice, which is nearly everything that it knows. What
   * is not among them does not work: a command without its capability is an unknown command. A name that the server does
   * not know is announced, and nothing else. With X-GM-EXT-1 labels are mailboxes, and X-GM-RAW finds words and phrases.
   * IMAP4rev2 has with it what is folded into it (RFC 9051 Appendix E), and without IMAP4rev1 nothing that is IMAP4rev1's
   * alone: LSUB, CHECK, RECENT.
   */
  capabilities?: string[] | undefined;
  /** Taken away from `capabilities`, or from the server's own choice: with QUOTA goes QUOTA=RES-STORAGE, with SORT SORT=DISPLAY. */
  withoutCapabilities?: string[] | undefined;
  /** Certificate and key, PEM: there are then STARTTLS and a listener with implicit TLS. */
  tls?: { key: string | Buffer; cert: string | Buffer } | undefined;
  /** No login before TLS: LOGINDISABLED is announced on plain connections (RFC 3501 §7.2.1). Default false. */
  requireTls?: boolean | undefined;
  /** Round-trip time to be simulated, in ms: every byte is delayed by half of it in each direction. Default 0. */
  latency?: number | undefined;
  /**
   * The text of the greeting, which follows `OK [CAPABILITY …]`. One that begins with OK, BYE or PREAUTH is sent as it
   * stands; PREAUTH logs the first user in.
   */
  greeting?: string | undefined;
  /** The URL of a JMAP session for the same mail: JMAPACCESS (RFC 9698) is then announced, and tells it. Nothing is served there. */
  jmap?: string | undefined;
  /** Between the levels of mailbox names. Default '/'. */
  delimiter?: string | undefined;
  /** Largest literal, in bytes; beyond it [TOOBIG]. Default 256 MiB. */
  maxLiteral?: number | undefined;
  /**
   * Asked before a command is carried out. A text is the answer instead, such as `NO [UNAVAILABLE] Try later`; after
   * `BYE …` the connection ends. A promise makes the client wait, for ever where it never settles.
   * What is refused before it has come whole, as an APPEND to a mailbox that is not there, is not asked about.
   */
  intercept?: Intercept | undefined;
  /** Called with everything that is said, on all connections; passwords too. */
  log?: ((entry: ServerLogEntry) => void) | undefined;
  /** Fills the first user's mailboxes with some forty messages: attachments, threads, several charsets. */
  sampleMail?: boolean | undefined;
  /** The clock of INTERNALDATE and of the sample mail. Default: the system's. */
  now?: (() => Date) | undefined;
}

/** A running server. */
export interface ImapServer extends AsyncDisposable {
  /** 127.0.0.1 */
  readonly host: string;
  /** Without TLS, or for STARTTLS. */
  readonly port: number;
  /** Of the listener with implicit TLS, with `tls`. */
  readonly tlsPort?: number;
  /**
   * `imap://…`, with the first user's name and password. To connect() of this package such a URL means STARTTLS: give it
   * `host` and `port`.
   */
  readonly url: string;
  /** The mailboxes and messages, which tests fill, change and look into. */
  readonly store: ServerStore;
  /** How many clients are connected. One that has logged out counts until its socket is closed, a moment later. */
  readonly connections: number;
  /** Destroys all sockets, as a broken network would; clients may connect again. */
  dropConnections(): void;
  /** Stops listening and destroys all sockets. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Of setTimeout, ms; beyond it, it does not wait at all. */
const LONGEST_TIMER = 0x7fffffff;
/** resp-text (RFC 3501 §9), with its status or without: at least one character, and no line end. */
const GREETING = /^(?!(?:OK|BYE|PREAUTH) ?$)[^\r\n\0]+$/;

/**
 * Starts an IMAP server in memory, on 127.0.0.1 and on ports that the system chooses. It keeps the process alive until it
 * is closed.
 */
export async function createServer(options: ServerOptions = {}): Promise<ImapServer> {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`createServer: the options are no object: ${options}`);
  checkWords(options);
  const context = createContext(options);
  if (options.sampleMail) fillWithSampleMail(context.store.account(), context.now());
  const listeners = new Listeners(context, options.latency ?? 0);
  const port = await listeners.listen(
    createNetServer({ allowHalfOpen: true }, (socket) => listeners.accept(socket, false)),
  );
  const tlsPort =
    options.tls &&
    (await listeners.listen(createTlsServer({ ...options.tls }, (socket) => listeners.accept(socket, true))));
  const [user = '', password = ''] = [...context.users][0] ?? [];
  return {
    host: HOST,
    port,
    ...(tlsPort === undefined ? {} : { tlsPort }),
    url: `imap://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${port}/`,
    store: context.store,
    get connections() {
      return listeners.connections.size;
    },
    dropConnections: () => listeners.drop(),
    close: () => listeners.close(),
    [Symbol.asyncDispose]: () => listeners.close(),
  };
}

/** What the server is to send has to be what IMAP has words for: one quoted character, atoms, a number. */
function checkWords(options: ServerOptions): void {
  const {
    delimiter = '/',
    capabilities = [],
    maxLiteral = 0,
    latency = 0,
    greeting = 'x',
    jmap = 'x:',
    users,
  } = options;
  const refuse = (what: string, value: unknown) => {
    throw new RangeError(`createServer: not a ${what}: ${JSON.stringify(value)}`);
  };
  if (!/^[ -~]$/.test(delimiter)) refuse('delimiter', delimiter);
  for (const name of capabilities) if (!isAtom(name)) refuse('capability', name);
  if (!Number.isSafeInteger(maxLiteral) || maxLiteral < 0) refuse('maxLiteral', maxLiteral);
  if (!(latency >= 0 && latency <= LONGEST_TIMER)) refuse('latency', latency);
  if (!GREETING.test(greeting)) refuse('greeting', greeting);
  if (!URL.canParse(jmap)) refuse('URL for jmap', jmap);
  if (users !== undefined && Object.keys(users).length === 0) refuse('set of users', users);
}

/** What createServer() serves. */
export function createContext(options: ServerOptions): ServerContext {
  const users = new Map(Object.entries(options.users ?? { user: 'pass' }));
  const now = options.now ?? (() => new Date());
  const names = new Set((options.capabilities ?? DEFAULT_CAPABILITIES).map((name) => name.toUpperCase()));
  if (options.jmap !== undefined) names.add('JMAPACCESS');
  const offered = without(options, names);
  if (offered.size === 0)
    throw new RangeError('createServer: no capability is left to be announced, such as IMAP4rev1');
  return {
    store: new Store(users.keys(), { delimiter: options.delimiter ?? '/', now }),
    users,
    administrators: new Set(options.administrators),
    jmap: options.jmap,
    offered,
    honoured: without(options, honoured(offered)),
    secureContext: options.tls && createSecureContext(options.tls),
    requireTls: options.requireTls ?? false,
    greeting: options.greeting ?? 'imapwire testing server ready',
    maxLiteral: options.maxLiteral ?? 256 * 1024 * 1024,
    now,
    intercept: options.intercept,
    log: options.log,
  };
}

function without({ withoutCapabilities = [] }: ServerOptions, names: Iterable<string>): Set<string> {
  const taken = withoutCapabilities.map((name) => name.toUpperCase());
  const isTaken = (name: string) => taken.some((one) => name === one || name.startsWith(`${one}=`));
  return new Set([...names].filter((name) => !isTaken(name)));
}

/** The listening sockets, and the clients that came through them. */
class Listeners {
  readonly connections = new Set<Connection>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #lastId = 0;

  constructor(
    private readonly context: ServerContext,
    private readonly latency: number,
  ) {}

  /** Resolves with the port that clients are to use. */
  async listen(server: Server): Promise<number> {
    const port = await this.#bind(server);
    return this.latency > 0 ? this.#bind(delayed(port, this.latency / 2, (socket) => this.#track(socket))) : port;
  }

  async #bind(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket) => this.#track(socket));
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, HOST, 511, () => resolve());
    });
    return (server.address() as AddressInfo).port; // a TCP server that listens has no other kind of address
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
  }

  accept(socket: Socket, secure: boolean): void {
    const connection = new Connection(this.context, socket, ++this.#lastId, secure);
    this.connections.add(connection);
    socket.on('close', () => this.connections.delete(connection));
    void connection.run();
  }

  drop(): void {
    for (const connection of this.connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.drop();
    await Promise.all(closed);
  }
}
