import type * as net from 'node:net';
import type { Duplex } from 'node:stream';
import type * as tls from 'node:tls';
import { ConnectionError } from '../errors.ts';
import type { Transport } from '../session/output.ts';
import { loadedOnce } from './loaded-once.ts';
import type { Resumption } from './resumption.ts';

/** Whom received bytes concern. */
export interface SocketReceiver {
  /** Of a `borrowed` chunk nothing may be kept: its memory is used again. */
  receive(chunk: Buffer, borrowed?: boolean): void;
  /** What comes next is handed on, and kept. */
  readonly streaming: boolean;
  ended(cause?: Error): void;
}

/** What may end the opening of a socket, with its reason. */
export interface Ending {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** Calls back unless the returned function is called before. */
  onAbort(callback: () => void): () => void;
}

export interface SocketAddress {
  host: string;
  port: number;
  /** What is kept of TLS for the next connection. */
  resumption?: Resumption;
}

/** After so long a silence a server that is gone is missed, ms: it says nothing, and by default nobody asks, or after two hours. */
const KEEP_ALIVE = 60_000;
/** Each call from the system brings as much as there is, up to this. */
const MOST_READ = 262_144;
/** Every socket reads into this, and is done with it before the next one reads. */
let shared: Buffer | undefined;

/** A socket, plain or TLS, as the session's transport. */
export class Socket implements Transport {
  readonly stream: Duplex;
  #receiver: SocketReceiver | undefined;
  /** What came before there was a receiver. */
  #early: { chunks: Buffer[]; end?: { cause?: Error } } | undefined;
  #paused = false;
  #detached = false;
  readonly #onData: ((chunk: Buffer) => void) | undefined;
  /** For 'end', 'close' and 'error'. Bound functions take half the memory of arrow functions: a process may have a thousand sockets. */
  readonly #onEnd = this.#end.bind(this);

  /** `owned`: what is read comes through takeRead() alone. */
  constructor(stream: Duplex, owned = false) {
    this.stream = stream;
    if (owned) {
      stream.resume();
    } else {
      this.#onData = (chunk) => void this.takeRead(chunk, false);
      stream.on('data', this.#onData);
    }
    stream.on('end', this.#onEnd);
    stream.on('close', this.#onEnd);
    stream.on('error', this.#onEnd);
    if (isOver(stream)) this.#end(stream.errored);
  }

  /** From now on the receiver gets what comes, what came before included. */
  attach(receiver: SocketReceiver): void {
    this.#receiver = receiver;
    for (const chunk of this.#early?.chunks ?? []) receiver.receive(chunk);
    if (this.#early?.end) receiver.ended(this.#early.end.cause);
    this.#early = undefined;
  }

  /** Lets the stream go, for another to take it over. */
  detach(): Duplex {
    this.#detached = true;
    if (this.#onData !== undefined) this.stream.off('data', this.#onData);
    this.stream.off('end', this.#onEnd);
    this.stream.off('close', this.#onEnd);
    return this.stream;
  }

  /** For node's own `onread`, which reads into buffers of this side's choice. */
  takeRead(chunk: Buffer, borrowed: boolean): boolean {
    if (this.#receiver) this.#receiver.receive(chunk, borrowed);
    else this.#keep(borrowed ? Buffer.from(chunk) : chunk);
    return !this.#paused;
  }

  #keep(chunk: Buffer): void {
    this.#early ??= { chunks: [] };
    this.#early.chunks.push(chunk);
  }

  get receiver(): SocketReceiver | undefined {
    return this.#receiver;
  }

  write(data: string | Uint8Array): boolean {
    const { stream } = this;
    if (stream.destroyed || stream.writableEnded) return true;
    try {
      return typeof data === 'string' ? stream.write(data, 'latin1') : stream.write(data);
    } catch (error) {
      // A stream of the caller's may throw; Node takes the write for one that is still under way.
      stream.destroy(asError(error));
      return true;
    }
  }

  drained(): Promise<void> {
    const { stream } = this;
    if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        stream.off('drain', done);
        stream.off('close', done);
        resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
  }

  pause(): void {
    this.#paused = true;
    this.stream.pause();
  }

  resume(): void {
    this.#paused = false;
    this.stream.resume();
  }

  close(): void {
    this.stream.destroy();
  }

  /** 'close' tells whether there was an error. */
  #end(event?: unknown): void {
    if (this.#detached) return;
    const cause = event instanceof Error ? event : undefined;
    if (this.#receiver) {
      this.#receiver.ended(cause);
    } else {
      this.#early ??= { chunks: [] };
      this.#early.end ??= cause === undefined ? {} : { cause };
    }
  }
}

/** Node takes as long for them as for half of the library. */
const loadNet = loadedOnce(() => import('node:net'));
const loadTls = loadedOnce(() => import('node:tls'));

/** Connects over TCP. With `upgradable` the socket can be handed to TLS later. */
export async function openTcp({ host, port }: SocketAddress, upgradable: boolean, ending: Ending): Promise<Socket> {
  const reads = upgradable ? undefined : new OwnedReads();
  const { connect } = await loadNet();
  const stream = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
    ...(reads === undefined ? {} : { onread: reads.onread }),
  });
  return opened(stream, 'connect', { host, port }, ending, reads);
}

/** Connects over TCP with TLS from the first byte (RFC 8314). `connected`: TCP is, and the handshake begins. */
export async function openTls(
  address: SocketAddress,
  options: tls.ConnectionOptions,
  ending: Ending,
  connected: () => void,
): Promise<Socket> {
  const reads = new OwnedReads();
  const extra = { ...address, onread: reads.onread } as tls.ConnectionOptions; // @types/node does not list onread for tls.connect
  const { connect } = await loadTls();
  const stream = connect({ ...extra, ...(await secured(address, options)) });
  remember(stream, address, ending);
  // tls.connect does not take these as options.
  stream.setNoDelay(true);
  stream.setKeepAlive(true, KEEP_ALIVE);
  stream.once('connect', connected);
  return opened(stream, 'secureConnect', address, ending, reads);
}

/** Starts TLS on a stream that is there already: after STARTTLS, or on a stream of the caller's. */
export async function upgrade(
  stream: Duplex,
  address: SocketAddress,
  options: tls.ConnectionOptions,
  ending: Ending,
): Promise<Socket> {
  const { connect } = await loadTls();
  const extra = await secured(address, options);
  if (isOver(stream)) throw openingError(stream.errored ?? new Error('the connection was closed'), address, 'tls');
  // Without `host` the certificate would be checked against "localhost".
  const secure = connect({ socket: stream, ...address, ...extra });
  remember(secure, address, ending);
  return opened(secure, 'secureConnect', address, ending, undefined);
}

/** It came to its end before anybody could be told: a stream of the caller's, or one whose server closes behind its OK to STARTTLS. */
function isOver(stream: Duplex): boolean {
  return stream.destroyed || stream.readableEnded;
}

async function secured(
  { host, resumption }: SocketAddress,
  options: tls.ConnectionOptions,
): Promise<tls.ConnectionOptions> {
  const { isIP } = await loadNet();
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const { session: last, refused } = resumption ?? {};
  const session = last === undefined || refused ? {} : { session: last };
  const { checkServerIdentity: check } = options;
  const identity = check === undefined ? {} : { checkServerIdentity: answering(check) };
  return { minVersion: 'TLSv1.2', ...servername, ...session, ...options, ...identity };
}

type IdentityCheck = NonNullable<tls.ConnectionOptions['checkServerIdentity']>;

/** Node has a refusal returned: where one is thrown, the exception is nobody's, and the handshake goes on for ever. */
function answering(check: IdentityCheck): IdentityCheck {
  return (host, certificate) => {
    try {
      return check(host, certificate);
    } catch (error) {
      return asError(error);
    }
  };
}

/** What a function of the caller's threw. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Keeps the session of a server that was verified: one that is resumed is not verified anew. */
function remember(stream: tls.TLSSocket, { resumption }: SocketAddress, ending: Ending): void {
  if (resumption === undefined) return;
  let last: Buffer | undefined;
  const keep = () => {
    if (stream.authorized && last !== undefined) resumption.session = last;
  };
  // Before the handshake is done in TLS 1.2, after it in TLS 1.3.
  stream.on('session', (session) => {
    last = session;
    keep();
  });
  const offered = resumption.session !== undefined;
  const failed = () => {
    // What this side gave up the server has not refused.
    if (offered && !ending.aborted) resumption.refused = true;
  };
  // An error is told before the end, and by then another connection may have begun.
  const ends = ['error', 'close'];
  for (const end of ends) stream.once(end, failed);
  stream.once('secureConnect', () => {
    for (const end of ends) stream.off(end, failed);
    keep();
  });
}

/**
 * Where the reads of a stream go: into memory that their receiver may keep, where it keeps what comes, else into one shared
 * buffer. A read that does not fill half of its memory is not worth keeping it: the next one goes there too.
 */
class OwnedReads {
  /** Whose they are, as soon as it is open. */
  owner: Socket | undefined;
  #own: Buffer | undefined;

  get onread(): net.OnReadOpts {
    return { buffer: this.buffer.bind(this), callback: this.read.bind(this) };
  }

  buffer(): Buffer {
    if (this.owner?.receiver?.streaming) {
      this.#own ??= Buffer.allocUnsafeSlow(MOST_READ);
      return this.#own;
    }
    this.#own = undefined;
    shared ??= Buffer.allocUnsafeSlow(MOST_READ);
    return shared;
  }

  read(size: number, chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, size);
    const kept = chunk.buffer === this.#own?.buffer && size * 2 >= MOST_READ;
    if (kept) this.#own = undefined;
    return this.owner?.takeRead(bytes, !kept) ?? true;
  }
}

function opened(
  stream: net.Socket,
  event: 'connect' | 'secureConnect',
  address: SocketAddress,
  ending: Ending,
  reads: OwnedReads | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      cleanUp();
      stream.destroy();
      // A late error of a stream that was given up is nobody's concern.
      stream.on('error', () => {});
      reject(error);
    };
    let phase: 'connect' | 'tls' = event === 'secureConnect' && !stream.connecting ? 'tls' : 'connect';
    const onConnect = () => {
      phase = event === 'secureConnect' ? 'tls' : 'connect';
    };
    const onError = (error: Error) => fail(openingError(error, address, phase));
    const onClose = () => fail(openingError(new Error('the connection was closed'), address, phase));
    const giveUp = () => fail(ending.reason instanceof Error ? ending.reason : new Error(String(ending.reason)));
    let releaseEnding = () => {};
    const cleanUp = () => {
      stream.off('error', onError);
      stream.off('close', onClose);
      stream.off('connect', onConnect);
      stream.off(event, onOpen);
      releaseEnding();
    };
    const onOpen = () => {
      cleanUp();
      const socket = new Socket(stream, reads !== undefined);
      if (reads !== undefined) reads.owner = socket;
      resolve(socket);
    };
    if (ending.aborted) return giveUp();
    releaseEnding = ending.onAbort(giveUp);
    stream.on('error', onError);
    stream.on('close', onClose);
    stream.on('connect', onConnect);
    stream.on(event, onOpen);
  });
}

const HINTS: readonly [sign: RegExp, hint: string][] = [
  [
    /WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/,
    " (does the server speak TLS from the first byte on this port? Else use security: 'starttls')",
  ],
  [/SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER/, ' (an authority of your own: tls: { ca })'],
];

function openingError(
  error: Error & { code?: string; reason?: string },
  { host, port }: SocketAddress,
  phase: 'connect' | 'tls',
): ConnectionError {
  const code = error.code ?? 'CONNECTION_LOST';
  const hint = HINTS.find(([sign]) => sign.test(`${code} ${error.message}`))?.[1] ?? '';
  const what = phase === 'tls' ? 'TLS with' : 'Connecting to';
  // OpenSSL's own message is its queue of errors; the reason is the one for people.
  const why = code.startsWith('ERR_SSL') ? (error.reason ?? error.message) : error.message;
  return new ConnectionError(code, `${what} ${host}:${port} failed: ${why}${hint}`, { phase, cause: error });
}

/** 127.0.0.0/8 (RFC 1122 §3.2.1.3) */
const LOOPBACK = /^127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** True for a name or an address that never leaves this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || LOOPBACK.test(host);
}
