import { ImapError, ProtocolError } from '../errors.ts';
import type { Framer } from '../wire/framer.ts';

/** Whose bytes are taken in. */
export interface IntakeHost {
  /** Nothing is read any more. */
  readonly closed: boolean;
  /** A chunk has come, which is not read yet. */
  came(): void;
  /** It was read. */
  read(): void;
  fail(error: ImapError): void;
}

const NOTHING = Buffer.alloc(0);
/** How a TLS record begins: an alert, a handshake (RFC 8446 §5.1). */
const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;

/** Received bytes on their way to the framer, one chunk after the other. */
export class Intake {
  readonly #framer: Framer;
  readonly #host: IntakeHost;
  #receiving = false;
  /** What was received within receive(). */
  #behind: Buffer[] | undefined;
  /** The stream is about to change: what comes is no longer read as it was, but kept here. */
  #leftover: Buffer | undefined;

  constructor(framer: Framer, host: IntakeHost) {
    this.#framer = framer;
    this.#host = host;
  }

  /** Bytes that came behind the answer of a command that switches the stream. */
  get leftover(): Buffer {
    return this.#leftover ?? NOTHING;
  }

  /** Never throws: a fault of the server ends the session. Nothing of a `borrowed` chunk is kept. */
  receive(chunk: Buffer, borrowed: boolean): void {
    if (this.#receiving) {
      // A transport within this process answers while it is written to: its answer comes behind what is being read.
      this.#behind ??= [];
      this.#behind.push(borrowed ? Buffer.from(chunk) : chunk);
      return;
    }
    this.#receiving = true;
    this.#take(chunk, borrowed);
    for (let next = this.#behind?.shift(); next !== undefined; next = this.#behind?.shift()) this.#take(next, false);
    this.#behind = undefined;
    this.#receiving = false;
  }

  #take(chunk: Buffer, borrowed: boolean): void {
    const host = this.#host;
    if (host.closed) return;
    host.came();
    if (this.#leftover !== undefined) {
      this.#leftover = Buffer.concat([this.#leftover, chunk]);
      return;
    }
    try {
      if (this.#framer.received === 0 && (chunk[0] === TLS_HANDSHAKE || chunk[0] === TLS_ALERT)) throw speaksTls();
      const taken = this.#framer.receive(chunk, borrowed);
      if (this.#leftover !== undefined) this.#leftover = Buffer.from(chunk.subarray(taken));
    } catch (error) {
      const message = `A response could not be processed: ${error}`;
      host.fail(error instanceof ImapError ? error : new ImapError('INTERNAL', message, { cause: error }));
    }
    host.read();
  }

  /** What follows the response that is being read is no longer the stream as it was. */
  beginSwitch(): void {
    this.#leftover = NOTHING;
    this.#framer.stop();
  }

  /** The stream has changed. */
  endSwitch(): void {
    this.#leftover = undefined;
  }
}

function speaksTls(): ProtocolError {
  return new ProtocolError(
    'NOT_IMAP',
    "The server speaks TLS from the first byte: use security 'tls', or another port",
  );
}
