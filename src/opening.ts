import type { Duplex } from 'node:stream';
import { nextAuth } from './account.ts';
import type { Auth } from './auth/mechanism.ts';
import { ConnectionError, ImapError, UsageError } from './errors.ts';
import { loadedOnce } from './net/loaded-once.ts';
import { openTcp, openTls, Socket, upgrade } from './net/socket.ts';
import { Cancellation, onAbort } from './session/abort.ts';
import { PatientTimer } from './session/patient-timer.ts';
import type { Session } from './session/session.ts';
import type { Settings } from './settings.ts';

type Connected = typeof import('./connected.ts');

/** A session that is ready for commands, and what works on it. */
export interface Opened {
  session: Session;
  connected: Connected;
}

let connections = 0;
const loadConnected = loadedOnce(() => import('./connected.ts'));

/**
 * Opens a session. Who the server is, `introduced` is told later; what was enabled on the connection before, is on this one.
 * Where the server ended the connection because TLS was to be resumed, another is opened.
 */
export async function open(
  settings: Settings,
  introduced: (serverId: Readonly<Record<string, string>>) => void,
  enabled?: ReadonlySet<string>,
): Promise<Opened> {
  const { resumption = {} } = settings;
  const before = resumption.refused;
  try {
    return await openOnce(settings, introduced, enabled);
  } catch (error) {
    const inTls = error instanceof ConnectionError && error.phase === 'tls' && error.code !== 'TIMEOUT';
    if (!inTls || resumption.refused === before) throw error;
    return openOnce(settings, introduced, enabled);
  }
}

async function openOnce(
  settings: Settings,
  introduced: (serverId: Readonly<Record<string, string>>) => void,
  enabled: ReadonlySet<string> | undefined,
): Promise<Opened> {
  const opening = new Opening(settings, introduced, enabled);
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
  readonly #cancellation = new Cancellation();
  readonly #timer: PatientTimer;
  readonly #releaseSignal: (() => void) | undefined;
  /** Rejects when the opening is given up. */
  readonly aborted: Promise<never>;
  /** Until there is a session to ask. */
  #phase: 'connect' | 'tls' = 'connect';
  #session: Session | undefined;
  #socket: Socket | undefined;
  #stream: Duplex | undefined;
  /** The caller's own function that is waited for. */
  #asked: 'auth' | 'socket' | undefined;

  readonly #introduced: (serverId: Readonly<Record<string, string>>) => void;
  readonly #enabled: ReadonlySet<string> | undefined;

  constructor(
    settings: Settings,
    introduced: (serverId: Readonly<Record<string, string>>) => void,
    enabled: ReadonlySet<string> | undefined,
  ) {
    this.#settings = settings;
    this.#introduced = introduced;
    this.#enabled = enabled;
    const { signal } = settings.options;
    this.aborted = new Promise((_, reject) => {
      onAbort(this.#cancellation, () => reject(this.#cancellation.reason));
    });
    this.#timer = new PatientTimer(settings.timeouts.connect, () => this.#cancellation.abort(this.#timeoutError()));
    this.#releaseSignal = signal && onAbort(signal, () => this.#cancellation.abort(signal.reason));
  }

  release(): void {
    this.#timer.stop();
    this.#releaseSignal?.();
  }

  /** Closes all there is, and tells why it failed. */
  abandon(error: unknown): unknown {
    const { aborted, reason: given } = this.#cancellation;
    const reason = aborted ? given : error;
    this.#session?.fail(
      reason instanceof ImapError
        ? reason
        : new ConnectionError('CLOSED', 'The connection was given up', { phase: 'connect', cause: reason }),
    );
    this.#socket?.close();
    this.#stream?.destroy();
    return reason;
  }

  async run(): Promise<Opened> {
    const signal = this.#cancellation;
    signal.throwIfAborted();
    const { account } = this.#settings;
    this.#asked = 'auth';
    const auth = await nextAuth(account);
    this.#asked = undefined;
    signal.throwIfAborted();
    const opening = this.#open(signal);
    const loading = loadConnected();
    loading.catch(() => {});
    this.#socket = await opening;
    const connected = await loading;
    const session = this.#start(this.#socket, connected);
    try {
      await this.#makeReady(session, this.#socket, auth, connected);
    } catch (error) {
      throw connected.openingLoss(this.#address, causeOf(error));
    }
    connected.introduce(session, this.#settings.options, this.#introduced);
    return { session, connected };
  }

  async #makeReady(session: Session, socket: Socket, auth: Auth | undefined, connected: Connected): Promise<void> {
    const { security, account, options } = this.#settings;
    const { state } = session;
    const greeting = await session.greeting();
    const preauth = greeting.status === 'PREAUTH';
    if (security === 'tls') this.#secured(session, socket, connected);
    const own = security === 'starttls' ? await this.#startTls(session, socket, preauth, connected) : socket;
    session.phase = 'authenticate';
    if (preauth) state.authenticated = true;
    else if (auth !== undefined) await connected.signIn(session, account, auth);
    await connected.learnCapabilities(session);
    if (state.authenticated) await connected.enableWanted(session, account, this.#enabled);
    if (state.authenticated && options.compress !== false) await this.#compress(session, own, connected);
    // Its end may have come right behind the last answer, and is told to nobody later.
    if (session.failure !== undefined) throw session.failure;
    session.phase = 'command';
  }

  #secured({ state }: Session, { stream }: Socket, { channelBindings }: Connected): void {
    state.secure = true;
    state.channelBindings = channelBindings(stream);
  }

  async #open(signal: Cancellation): Promise<Socket> {
    const { security, options, host, port, resumption = {} } = this.#settings;
    const address = { host, port, resumption };
    if (options.socket === undefined) {
      return security === 'tls'
        ? openTls(address, options.tls ?? {}, signal, () => this.#beginTls())
        : openTcp(address, security === 'starttls', signal);
    }
    this.#asked = 'socket';
    const stream = await options.socket();
    this.#asked = undefined;
    if (
      typeof stream?.on !== 'function' ||
      typeof stream.write !== 'function' ||
      typeof stream.destroy !== 'function'
    ) {
      throw new UsageError('The socket option gave no byte stream');
    }
    this.#stream = stream;
    // Until TLS listens to it; what it fails with is told then.
    stream.on('error', () => {});
    // node:tls takes no such stream either.
    if (stream.readableObjectMode || stream.readableEncoding)
      throw new UsageError('The socket option gave a stream of text or objects, and not of bytes');
    if (signal.aborted) stream.destroy();
    signal.throwIfAborted();
    if (security !== 'tls') return new Socket(stream);
    this.#beginTls();
    return upgrade(stream, address, options.tls ?? {}, signal);
  }

  #beginTls(): void {
    this.#phase = 'tls';
  }

  #start(socket: Socket, { Session, select }: Connected): Session {
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
  async #startTls(session: Session, socket: Socket, preauth: boolean, connected: Connected): Promise<Socket> {
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
    await session.run(connected.startTls()).catch((error) => {
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
    const stream = socket.detach();
    this.#stream = stream;
    const secure = await upgrade(stream, { host, port, resumption }, options.tls ?? {}, this.#cancellation);
    this.#socket = secure;
    session.forgetCleartext();
    this.#secured(session, secure, connected);
    secure.attach(session);
    session.switchTo(secure);
    return secure;
  }

  /** Nothing may follow COMPRESS before its answer (RFC 4978 §3): that is why it is waited for. A refusal changes nothing. */
  async #compress(
    session: Session,
    socket: Socket,
    { compress, DeflateTransport, unlessRefused }: Connected,
  ): Promise<void> {
    if (!session.state.capabilities.has('COMPRESS=DEFLATE')) return;
    if (!(await unlessRefused(session, compress()))) return;
    session.state.compressed = true;
    session.switchTo(new DeflateTransport(socket, session, session.leftover));
  }

  /** As the errors name it. */
  get #address(): string {
    const { host, port } = this.#settings;
    return `${host}:${port}`;
  }

  #timeoutError(): ConnectionError {
    if (this.#session?.goodbyeSaid !== undefined) return this.#session.goodbyeSaid;
    const phase = this.#session?.phase ?? this.#phase;
    const { timeouts, security } = this.#settings;
    const hint =
      phase === 'greeting' && security !== 'tls'
        ? " (does the server speak TLS from the first byte on this port? Then security: 'tls')"
        : '';
    const own = this.#asked === undefined ? '' : ` (the ${this.#asked} function has given nothing)`;
    return new ConnectionError(
      'TIMEOUT',
      `${this.#address} was not ready within ${timeouts.connect} ms (phase: ${phase})${hint}${own}`,
      { phase },
    );
  }
}

/** A command that was not run because the connection had ended tells less than what ended it. */
function causeOf(error: unknown): unknown {
  return error instanceof ConnectionError && error.code === 'CLOSED' && error.cause instanceof ImapError
    ? error.cause
    : error;
}
