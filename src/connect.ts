import type { Duplex } from 'node:stream';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { Account } from './account.ts';
import type { Auth } from './auth/mechanism.ts';
import { Client } from './client.ts';
import { capability } from './commands/capability.ts';
import { compress } from './commands/compress.ts';
import { enable } from './commands/enable.ts';
import { id } from './commands/id.ts';
import { select } from './commands/select.ts';
import { startTls } from './commands/starttls.ts';
import { CommandError, ConnectionError, ImapError, shown, UsageError } from './errors.ts';
import type { ImapClient } from './imap-client.ts';
import { channelBindings } from './net/channel-binding.ts';
import { DeflateTransport } from './net/deflate.ts';
import { isLoopback, openTcp, openTls, Socket, type SocketAddress, upgrade } from './net/socket.ts';
import { ReconnectingLink, type ReconnectOptions, reconnectSettings } from './reconnect.ts';
import type { LogEntry } from './session/log.ts';
import { Session } from './session/session.ts';
import { DEFAULT_FRAMER_LIMITS } from './wire/framer.ts';

export interface ConnectOptions {
  host: string;
  /** Default: 993 for 'tls', else 143. */
  port?: number;
  /** 'tls' (default): TLS from the first byte. 'starttls': upgraded before anything else, or rejected. 'none': cleartext. */
  security?: 'tls' | 'starttls' | 'none';
  /** Passed to node:tls. Certificates are verified and TLS is 1.2 or newer unless this says otherwise. */
  tls?: TlsOptions;
  /** A function is called for every (re)connection, so that it can hand out a fresh token. Absent: stay unauthenticated unless PREAUTH. */
  auth?: Auth | (() => Auth | Promise<Auth>);
  /** Let a password cross a cleartext connection to a host that is not loopback. Default false: rejected before a byte is sent. */
  allowCleartextAuth?: boolean;
  /** Sent with ID (RFC 2971) where offered; `false` sends none. Default: this library's name. */
  clientId?: Record<string, string> | false;
  /** COMPRESS=DEFLATE (RFC 4978) where offered: asked for once authenticated, which costs one round trip. Default true. */
  compress?: boolean;
  /**
   * Extensions to be enabled (RFC 5161) on every connection, as far as the server offers them: 'IMAP4rev2', 'UTF8=ACCEPT',
   * 'UIDONLY', 'QRESYNC'… Costs one round trip. Default: none, and UTF8=ACCEPT where the server insists on it (UTF8=ONLY).
   */
  enable?: readonly string[];
  /** Opens a new connection when one is lost; client and mailbox handles stay valid. Default false. */
  reconnect?: boolean | ReconnectOptions;
  timeouts?: {
    /** TCP, TLS, greeting and authentication together. Default 30_000 ms. */
    connect?: number;
    /** Silence of the server while a command waits. Default 60_000 ms. A long transfer that keeps moving never times out. */
    inactivity?: number;
    /** Deadline for logout(), with what is under way then, and for leaving IDLE. Default 5_000 ms. */
    farewell?: number;
  };
  limits?: {
    /** Bytes in one response outside its literals. Default 1 MiB for a line of ordinary responses, 64 MiB for SEARCH, SORT, THREAD, ESEARCH, VANISHED. */
    line?: number;
    /** Bytes of one literal held in memory. Default 256 MiB. A streamed literal (download) has no limit. */
    literal?: number;
    /** Parenthesis depth. Default 100. */
    depth?: number;
    /** Bytes a slow consumer may leave waiting before the socket is paused. Default 4 MiB. While other operations wait, eight times as much is taken in. */
    buffer?: number;
  };
  /** Every line in and out, with secrets already redacted. Default: silent. The library never writes to the console. */
  log?: (entry: LogEntry) => void;
  /** Bring your own byte stream: a proxy, an SSH tunnel, the stdio of a child process. TLS and STARTTLS still run on top of it. */
  socket?: () => Duplex | Promise<Duplex>;
  signal?: AbortSignal;
}

type Security = 'tls' | 'starttls' | 'none';

/** ConnectOptions with every default filled in. */
interface Settings extends SocketAddress {
  security: Security;
  options: ConnectOptions;
  account: Account;
  timeouts: typeof DEFAULT_TIMEOUTS;
  limits: typeof DEFAULT_LIMITS;
}

const DEFAULT_TIMEOUTS = { connect: 30_000, inactivity: 60_000, farewell: 5_000 };
const DEFAULT_LIMITS = { ...DEFAULT_FRAMER_LIMITS, depth: 100, buffer: 4 << 20 };

let connections = 0;

/**
 * Opens a connection, secures it, authenticates, and resolves once commands may be sent. Nothing half-open is ever handed
 * out: on any failure everything is closed and the promise rejects.
 * A string or URL is `imaps://user:pass@host:993/` (implicit TLS) or `imap://…` (STARTTLS, required).
 *
 * @throws UsageError for options that make no sense, ConnectionError (with its phase) for a connection that fails,
 *   AuthenticationError for credentials that the server refuses, ProtocolError for a server that does not speak IMAP.
 */
export async function connect(options: ConnectOptions | string | URL): Promise<ImapClient> {
  const settings = settingsOf(
    typeof options === 'string' || options instanceof URL ? optionsFromUrl(options) : options,
  );
  const reconnect = reconnectSettings(settings.options.reconnect);
  let client: Client | undefined;
  const introduced = (serverId: Readonly<Record<string, string>>) => {
    if (client !== undefined) client.serverId = serverId;
  };
  const session = await open(settings, introduced);
  const again = (signal: AbortSignal) => open({ ...settings, options: { ...settings.options, signal } }, introduced);
  const link = reconnect === undefined ? session : new ReconnectingLink(session, reconnect, again);
  client = new Client(link, settings.timeouts.farewell, settings.account);
  return client;
}

/** A session that is ready for commands. Who the server is comes later. */
async function open(
  settings: Settings,
  introduced: (serverId: Readonly<Record<string, string>>) => void,
): Promise<Session> {
  const opening = new Opening(settings, introduced);
  try {
    // The caller's own functions (auth, socket, SASL) may never come back: the deadline does not wait for them.
    return await Promise.race([opening.run(), opening.aborted]);
  } catch (error) {
    throw opening.abandon(error);
  } finally {
    opening.release();
  }
}

/** One connection on its way from nothing to a ready client, under one deadline. */
class Opening {
  readonly #settings: Settings;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #abort: () => void;
  /** Rejects when the opening is given up. */
  readonly aborted: Promise<never>;
  /** Until there is a session to ask. */
  #phase: 'connect' | 'tls' = 'connect';
  #session: Session | undefined;
  #socket: Socket | undefined;
  #stream: Duplex | undefined;

  readonly #introduced: (serverId: Readonly<Record<string, string>>) => void;

  constructor(settings: Settings, introduced: (serverId: Readonly<Record<string, string>>) => void) {
    this.#settings = settings;
    this.#introduced = introduced;
    const { signal } = settings.options;
    this.aborted = new Promise((_, reject) => {
      this.#controller.signal.addEventListener('abort', () => reject(this.#controller.signal.reason), { once: true });
    });
    this.aborted.catch(() => {});
    this.#abort = () => this.#end(signal?.reason);
    this.#timer = setTimeout(() => this.#end(this.#timeoutError()), settings.timeouts.connect);
    if (signal?.aborted) this.#abort();
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#settings.options.signal?.removeEventListener('abort', this.#abort);
  }

  /** Closes all there is, and tells why it failed. */
  abandon(error: unknown): unknown {
    const reason = this.#controller.signal.aborted ? this.#controller.signal.reason : causeOf(error);
    this.#session?.fail(
      reason instanceof ImapError
        ? reason
        : new ConnectionError('CLOSED', 'The connection was given up', { phase: 'connect', cause: reason }),
    );
    this.#socket?.close();
    this.#stream?.destroy();
    return reason;
  }

  async run(): Promise<Session> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    const credentials = await this.#settings.account.next();
    signal.throwIfAborted();
    this.#socket = await this.#open(signal);
    const session = this.#start(this.#socket);
    const greeting = await session.greeting();
    const { state } = session;
    if (this.#settings.security === 'tls') this.#secured(session, this.#socket);
    if (this.#settings.security === 'starttls') await this.#startTls(session, greeting.status === 'PREAUTH');
    session.phase = 'authenticate';
    if (greeting.status === 'PREAUTH') state.authenticated = true;
    else if (credentials !== undefined) await this.#settings.account.signIn(session, credentials);
    if (!state.capabilitiesKnown) await session.run(capability());
    if (state.authenticated) await this.#enable(session);
    if (state.authenticated && this.#settings.options.compress !== false) await this.#compress(session, this.#socket);
    signal.throwIfAborted();
    session.phase = 'command';
    this.#introduce(session);
    return session;
  }

  /** What goes along without being waited for: some servers (163, 126) want it before SELECT. */
  #introduce(session: Session): void {
    const { clientId, auth } = this.#settings.options;
    // iCloud's proxy writes XAPPLEPUSHSERVICE behind the word CAPABILITY, within literals too, until it has answered this (isync).
    if (auth !== undefined && session.state.server === 'iCloud')
      session.run(capability()).catch(() => session.note('The server refused CAPABILITY'));
    if (clientId === false || !session.state.capabilities.has('ID')) return;
    const told = session.run(id(clientId ?? { name: 'imapwire' }));
    told.then(this.#introduced, () => session.note('The server refused ID'));
  }

  #secured({ state }: Session, { stream }: Socket): void {
    state.secure = true;
    state.channelBindings = channelBindings(stream);
  }

  async #open(signal: AbortSignal): Promise<Socket> {
    const { security, options, host, port, resumption = {} } = this.#settings;
    const address = { host, port, resumption };
    if (options.socket === undefined) {
      return security === 'tls'
        ? openTls(address, options.tls ?? {}, signal, () => this.#beginTls())
        : openTcp(address, security === 'starttls', signal);
    }
    const stream = await options.socket();
    if (typeof stream?.on !== 'function' || typeof stream.write !== 'function') {
      throw new UsageError('The socket option gave no byte stream');
    }
    this.#stream = stream;
    if (signal.aborted) stream.destroy();
    signal.throwIfAborted();
    if (security !== 'tls') return new Socket(stream);
    this.#beginTls();
    return upgrade(stream, address, options.tls ?? {}, signal);
  }

  #beginTls(): void {
    this.#phase = 'tls';
  }

  #start(socket: Socket): Session {
    const { options, timeouts, limits } = this.#settings;
    const session = new Session({
      transport: socket,
      limits,
      timeouts,
      log: options.log,
      connection: ++connections,
      select,
    });
    this.#session = session;
    socket.attach(session);
    return session;
  }

  /** STARTTLS or nothing (RFC 3501 §6.2.1): whatever else comes ends the connection, and nothing learned before it is kept. */
  async #startTls(session: Session, preauth: boolean): Promise<void> {
    const refuse = (code: string, message: string) => new ConnectionError(code, message, { phase: 'tls' });
    if (preauth)
      throw refuse(
        'PREAUTH_BEFORE_TLS',
        'The server greeted with PREAUTH: such a session can not be secured with STARTTLS',
      );
    const { state } = session;
    session.phase = 'tls';
    if (state.capabilitiesKnown && !state.capabilities.has('STARTTLS')) {
      throw refuse(
        'STARTTLS_UNAVAILABLE',
        'The server does not offer STARTTLS, and the connection may not stay in cleartext',
      );
    }
    await session.run(startTls()).catch((error) => {
      throw error instanceof ImapError && !(error instanceof ConnectionError)
        ? new ConnectionError('STARTTLS_REFUSED', `The connection could not be secured: ${error.message}`, {
            phase: 'tls',
            cause: error,
          })
        : error;
    });
    if (session.leftover.length > 0) {
      throw refuse('STARTTLS_INJECTION', 'Cleartext followed the answer to STARTTLS: someone may have injected it');
    }
    const { options, host, port, resumption = {} } = this.#settings;
    const stream = this.#socket?.detach();
    if (stream === undefined) throw refuse('CONNECTION_LOST', 'The connection was lost before TLS');
    this.#stream = stream;
    const secure = await upgrade(stream, { host, port, resumption }, options.tls ?? {}, this.#controller.signal);
    this.#socket = secure;
    state.forgetCleartext();
    this.#secured(session, secure);
    secure.attach(session);
    session.switchTo(secure);
  }

  /** A server with UTF8=ONLY takes no mailbox names before UTF8=ACCEPT is enabled (RFC 6855 §6, RFC 9755 §6). */
  async #enable(session: Session): Promise<void> {
    const { state } = session;
    const { capabilities } = state;
    const wanted = (this.#settings.options.enable ?? []).filter((name) => capabilities.has(name));
    const names = [...wanted, ...(capabilities.has('UTF8=ONLY') ? ['UTF8=ACCEPT'] : [])];
    if (names.length === 0 || !capabilities.has('ENABLE')) return;
    await session.run(enable([...new Set(names.map((name) => name.toUpperCase()))], state)).catch((error) => {
      if (!(error instanceof CommandError)) throw error;
      session.note(`The server refused to enable ${names.join(', ')}`);
    });
  }

  /** Nothing may follow COMPRESS before its answer (RFC 4978 §3): that is why it is waited for. A refusal changes nothing. */
  async #compress(session: Session, socket: Socket): Promise<void> {
    if (!session.state.capabilities.has('COMPRESS=DEFLATE')) return;
    try {
      await session.run(compress());
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      session.note('The server refused to compress');
      return;
    }
    session.state.compressed = true;
    session.switchTo(new DeflateTransport(socket, session, session.leftover));
  }

  #timeoutError(): ConnectionError {
    const phase = this.#session?.phase ?? this.#phase;
    const { host, port, timeouts } = this.#settings;
    return new ConnectionError(
      'TIMEOUT',
      `${host}:${port} was not ready within ${timeouts.connect} ms (phase: ${phase})`,
      { phase },
    );
  }

  #end(reason: unknown): void {
    this.#controller.abort(reason);
    this.abandon(reason);
  }
}

/** A command that was not run because the connection had ended tells less than what ended it. */
function causeOf(error: unknown): unknown {
  return error instanceof ConnectionError && error.code === 'CLOSED' && error.cause instanceof ImapError
    ? error.cause
    : error;
}

function settingsOf(options: ConnectOptions): Settings {
  if (typeof options !== 'object' || options === null) throw new UsageError('connect needs options, or a URL');
  const security = options.security ?? 'tls';
  if (!['tls', 'starttls', 'none'].includes(security))
    throw new UsageError(`Not a kind of security: ${shown(security)}`);
  const { host, port = security === 'tls' ? 993 : 143, enable: wanted = [] } = options;
  if (!Array.isArray(wanted) || !wanted.every((name) => typeof name === 'string'))
    throw new UsageError('enable is an array of names of capabilities');
  if (typeof host !== 'string' || host === '' || /[\s\0/]/.test(host))
    throw new UsageError('connect needs the name or address of a host');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UsageError(`Not a port: ${port}`);
  const timeouts = options.timeouts === undefined ? DEFAULT_TIMEOUTS : timeoutsOf(options.timeouts);
  for (const [name, ms] of Object.entries(timeouts)) {
    if (typeof ms !== 'number' || !(ms > 0 && ms <= 0x7fffffff))
      throw new UsageError(`timeouts.${name} is no number of milliseconds: ${shown(ms)}`);
  }
  const exposed = security === 'none' && !options.allowCleartextAuth && !isLoopback(host);
  const account = new Account(options.auth, { host, port, exposed });
  return {
    ...{ host, port, resumption: {}, security, options, account, timeouts },
    limits: options.limits === undefined ? DEFAULT_LIMITS : limitsOf(options.limits),
  };
}

function timeoutsOf({
  connect: connecting = DEFAULT_TIMEOUTS.connect,
  inactivity = DEFAULT_TIMEOUTS.inactivity,
  farewell = DEFAULT_TIMEOUTS.farewell,
}: NonNullable<ConnectOptions['timeouts']>): Settings['timeouts'] {
  return { connect: connecting, inactivity, farewell };
}

function limitsOf({
  line,
  literal = DEFAULT_LIMITS.literal,
  depth = DEFAULT_LIMITS.depth,
  buffer = DEFAULT_LIMITS.buffer,
}: NonNullable<ConnectOptions['limits']>): Settings['limits'] {
  const { line: short, longLine } = DEFAULT_LIMITS;
  return { line: line ?? short, longLine: line ?? longLine, literal, depth, buffer };
}

/** imap-url (RFC 5092) as far as it names a server and a user; `imaps` is implicit TLS (RFC 8314). */
function optionsFromUrl(input: string | URL): ConnectOptions {
  // The text itself stays out of the errors: it can hold a password.
  let url: URL;
  try {
    url = new URL(input);
  } catch {
    throw new UsageError('Not a URL: imaps://user:pass@host:port/ is expected');
  }
  if (url.protocol !== 'imaps:' && url.protocol !== 'imap:')
    throw new UsageError(`Not a URL of IMAP: its scheme is ${url.protocol}`);
  const user = unescaped(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    security: url.protocol === 'imaps:' ? 'tls' : 'starttls',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' ? {} : { auth: { user, pass: unescaped(url.password) } }),
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('The user or the password in the URL is not percent-encoded UTF-8');
  }
}
