import { type ImapError, ProtocolError } from '../errors.ts';
import type { Transport } from '../session/output.ts';
import type { SocketReceiver } from './socket.ts';

/** Whom inflated bytes concern. */
export interface InflatedReceiver extends Pick<SocketReceiver, 'receive' | 'ended'> {
  fail(error: ImapError): void;
}

/** The transport below, which can be told whom its bytes concern. */
export interface Attachable extends Transport {
  attach(receiver: SocketReceiver): void;
}

/** The most that a stored block holds (RFC 1951 §3.2.4). */
const STORED = 65_535;
const STORED_HEADER = 5;
/** Compressed bytes that wait to be inflated: beyond these nothing is read. */
const MOST_WAITING = 65_536;
/**
 * So many compressed bytes are inflated at a time. A thousandfold may come out: in pieces, each when it is asked for, but on Deno
 * all at once. Each step costs as much as its bytes do, where it is of 4 KiB.
 */
const STEP = 'Deno' in globalThis ? 4096 : 32_768;
/** What a flush ends with, the length of an empty stored block (RFC 1951 §3.2.4): what follows begins on a byte. */
const FLUSHED = 0x0000ffff;
/** An empty last block: ends a stream where its sender had flushed it. Elsewhere it would be read as data that nobody sent. */
const LAST_BLOCK = Buffer.from([3, 0]);

/**
 * COMPRESS=DEFLATE (RFC 4978) on top of a transport: raw deflate (RFC 1951) in both directions.
 *
 * What is received is inflated in small steps, none while the receiver is paused, so that no server can fill the memory with
 * a few bytes. What is sent is deflated into stored blocks, which every inflater takes: commands are short, and what is not
 * compressed tells no one its content by its length.
 */
export class DeflateTransport implements Transport {
  readonly #below: Attachable;
  readonly #receiver: InflatedReceiver;
  readonly #inflater = new DecompressionStream('deflate-raw');
  readonly #input = this.#inflater.writable.getWriter();
  readonly #output: ReadableStreamDefaultReader<Uint8Array> = this.#inflater.readable.getReader();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** The last four compressed bytes. */
  #tail = 0xffffffff;
  #feeding = false;
  /** The stream ends in the middle: closing it is an error, which would take along what is inflated and not read yet. */
  #cutOff = false;
  #belowPaused = true;
  /** The receiver wants nothing now; `#resumed` lets the inflating go on. */
  #paused = true;
  #resumed: () => void = () => {};
  #closed = false;
  /** The transport below ended. */
  #end: { cause: Error | undefined } | undefined;

  /** `leftover`: bytes that came behind the answer to COMPRESS. Nothing is given to the receiver before resume(). */
  constructor(below: Attachable, receiver: InflatedReceiver, leftover: Buffer) {
    this.#below = below;
    this.#receiver = receiver;
    // Both tell of an error through what is read.
    this.#input.closed.catch(() => {});
    this.#output.closed.catch(() => {});
    below.pause();
    if (leftover.length > 0) this.#take(leftover);
    below.attach({
      streaming: false,
      receive: (chunk, borrowed) => this.#take(borrowed ? Buffer.from(chunk) : chunk),
      ended: (cause) => this.#endBelow(cause),
    });
    void this.#deliver();
  }

  write(data: string | Uint8Array): boolean {
    if (data.length === 0) return true;
    return this.#below.write(stored(typeof data === 'string' ? Buffer.from(data, 'latin1') : data));
  }

  drained(): Promise<void> {
    return this.#below.drained();
  }

  pause(): void {
    this.#paused = true;
    this.#regulate();
  }

  resume(): void {
    this.#paused = false;
    this.#resumed();
    this.#regulate();
  }

  close(): void {
    this.#closed = true;
    this.#resumed();
    // The inflater is left as it is, and not cancelled: Node throws, past every handler, where it has output then.
    this.#waiting = [];
    this.#below.close();
  }

  #take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += STEP) this.#waiting.push(chunk.subarray(at, at + STEP));
    for (const byte of chunk.subarray(-4)) this.#tail = ((this.#tail << 8) | byte) >>> 0;
    this.#waitingBytes += chunk.length;
    this.#regulate();
    void this.#feed();
  }

  /** Reads no more than can be inflated. */
  #regulate(): void {
    const paused = this.#paused || this.#waitingBytes > MOST_WAITING;
    if (paused === this.#belowPaused || this.#closed) return;
    this.#belowPaused = paused;
    if (paused) this.#below.pause();
    else this.#below.resume();
  }

  async #feed(): Promise<void> {
    if (this.#feeding) return;
    this.#feeding = true;
    try {
      while (this.#waiting.length > 0) {
        const step = this.#nextStep();
        // Resolves once all that comes out of it could be handed on.
        await this.#input.write(step);
        this.#waitingBytes -= step.length;
        this.#regulate();
      }
      if (this.#end !== undefined) await this.#endInput();
    } catch {
      // What is read of the stream tells the error.
    } finally {
      this.#feeding = false;
    }
  }

  /** As much of what waits as one step takes: a write costs far more than its bytes, and each chunk may be of one byte. */
  #nextStep(): Buffer {
    let count = 0;
    let length = 0;
    for (const chunk of this.#waiting) {
      if (length + chunk.length > STEP) break;
      length += chunk.length;
      count++;
    }
    return Buffer.concat(this.#waiting.splice(0, count), length);
  }

  async #endInput(): Promise<void> {
    if (this.#tail === FLUSHED) {
      await this.#input.write(LAST_BLOCK);
    } else {
      this.#cutOff = true;
      this.#resumed();
    }
    await this.#input.close();
  }

  async #deliver(): Promise<void> {
    /** Read, and not handed on. */
    const inflated: Buffer[] = [];
    try {
      for (;;) {
        await this.#mayRead();
        const { value, done } = await this.#output.read();
        if (this.#closed) return;
        if (done) break;
        inflated.push(Buffer.from(value.buffer, value.byteOffset, value.length));
        // The receiver may have been paused while this was waited for.
        await this.#mayRead();
        if (!this.#cutOff) await this.#handOn(inflated);
      }
    } catch (error) {
      if (this.#closed) return;
      if (this.#end === undefined) {
        const message = `The server's compressed data could not be inflated: ${messageOf(error)}`;
        this.#receiver.fail(new ProtocolError('COMPRESSION', message));
        return;
      }
    }
    await this.#handOn(inflated);
    if (this.#end !== undefined && !this.#closed) this.#receiver.ended(this.#end.cause);
  }

  async #handOn(inflated: Buffer[]): Promise<void> {
    for (let bytes = inflated.shift(); bytes !== undefined; bytes = inflated.shift()) {
      await this.#mayDeliver();
      if (this.#closed) return;
      this.#receiver.receive(bytes);
    }
  }

  /** No sooner than it can be handed on, as long as it is not lost. */
  #mayRead(): Promise<void> | undefined {
    return this.#cutOff ? undefined : this.#mayDeliver();
  }

  #mayDeliver(): Promise<void> | undefined {
    if (!this.#paused || this.#closed) return undefined;
    return new Promise((resolve) => {
      this.#resumed = resolve;
    });
  }

  /** What came before the end is inflated and handed on first. */
  #endBelow(cause: Error | undefined): void {
    if (this.#end !== undefined || this.#closed) return;
    this.#end = { cause };
    void this.#feed();
  }
}

/** What the inflater says: from Node 24 on in the cause of an error without a message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && error.cause !== undefined ? messageOf(error.cause) : error.message;
}

/** Bytes as stored blocks: 00 LEN NLEN data (RFC 1951 §3.2.4). Each begins and ends on a byte, so that all can be read at once. */
function stored(bytes: Uint8Array): Buffer {
  const blocks = Math.ceil(bytes.length / STORED);
  const result = Buffer.allocUnsafe(bytes.length + blocks * STORED_HEADER);
  let to = 0;
  for (let at = 0; at < bytes.length; at += STORED) {
    const length = Math.min(STORED, bytes.length - at);
    result[to] = 0;
    result.writeUInt16LE(length, to + 1);
    result.writeUInt16LE(~length & 0xffff, to + 3);
    result.set(bytes.subarray(at, at + length), to + STORED_HEADER);
    to += STORED_HEADER + length;
  }
  return result;
}
