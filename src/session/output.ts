import { UsageError } from '../errors.ts';
import { CONTINUATION, type CommandPart, type LiteralStream, plainBytes } from '../wire/writer.ts';
import { openStream, releaseStream } from './caller-stream.ts';

/** Where the session's bytes go: a socket, or a test. */
export interface Transport {
  /** Text is latin1. False: wait for drained() before more is written. */
  write(data: string | Uint8Array): boolean;
  /** Resolves when write() may go on after it returned false; also when the transport is closed. */
  drained(): Promise<void>;
  /** Stops and restarts the flow of received bytes. */
  pause(): void;
  resume(): void;
  /** Ends the transport at once. */
  close(): void;
}

/** What is being sent for one command. */
export interface Sending {
  /** The command's name. */
  readonly name: string;
  parts: CommandPart[];
  /** How many of its parts are sent, or under way. */
  begun: number;
  /** What holds it up. */
  hold: Hold | undefined;
  /** The caller's stream that is being read. */
  source: LiteralStream | undefined;
  /** Told once, when the last byte was handed to the transport. */
  sent(): void;
  /** Told when bytes of a large or streamed literal are given to the transport. */
  moved(): void;
  /** Told how much of a large or streamed literal was sent. */
  progress(done: number, total: number): void;
  /** The command's bytes can not be completed: the connection is of no more use. */
  broken(error: unknown): void;
}

/** A literal is given to the transport in pieces of so many bytes at most, as fast as they go out. */
const PIECE = 256 << 10;

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** A literal that waits for its continuation, or streams: one of this side's, or of the caller's, who may just be asked for more. */
export type Hold = 'continuation' | 'literal' | 'source' | 'asking';

/** Takes the parts from this place on out of the list, and lets go of their streams. */
function dropUnsent(parts: CommandPart[], from: number): void {
  for (const part of parts.splice(from)) {
    if (typeof part === 'object' && !(part instanceof Uint8Array)) releaseStream(part);
  }
}

/**
 * True for bytes that were announced and are there no more: their buffer was given to another thread, say. What comes
 * behind them would be taken for them.
 */
function isGone(part: Uint8Array, parts: readonly CommandPart[], at: number): boolean {
  if (part.length > 0) return false;
  const head = parts[parts[at - 1] === CONTINUATION ? at - 2 : at - 1];
  return typeof head === 'string' && !head.endsWith('{0}\r\n') && !head.endsWith('{0+}\r\n');
}

/** Sends commands one after the other; while a literal waits for its continuation, or is still streaming, it is `blocked`. */
export class Output {
  transport: Transport;
  sent = 0;
  /** What is not sent to its end. */
  private current: Sending | undefined;
  private gathered = '';
  /** Nothing is sent any more: the caller's log may end the connection while a command is on its way here. */
  closed = false;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  /** True while a command is not sent to its end: no other may begin (RFC 3501 §5.5). */
  get blocked(): boolean {
    return this.current !== undefined;
  }

  /** True while the next bytes are the caller's to give. */
  get waitsForSource(): boolean {
    return this.current?.hold === 'asking';
  }

  /** True where what is left to send of a command depends on a stream of the caller's. */
  needsSource(parts: CommandPart[]): boolean {
    if (this.current?.parts !== parts) return false;
    const { begun, hold } = this.current;
    const streams = hold === 'source' || hold === 'asking';
    return streams || parts.slice(begun).some((part) => typeof part === 'object' && !(part instanceof Uint8Array));
  }

  /** A whole command that holds no literal. Not while it is blocked. */
  text(line: string): void {
    if (!this.closed) this.gathered += line;
  }

  /** Not while it is blocked. flush() is due then. */
  add(sending: Sending): void {
    if (this.closed) {
      dropUnsent(sending.parts, 0);
      return;
    }
    this.current = sending;
    this.advance();
  }

  /** Gives what was gathered to the transport. */
  flush(): void {
    if (this.gathered === '') return;
    const text = this.gathered;
    this.gathered = '';
    this.sent += text.length;
    this.transport.write(text);
  }

  /** A line that answers a continuation request or ends a command. */
  line(text: string): void {
    this.text(`${text}\r\n`);
    this.flush();
  }

  /** A continuation request came: true if a literal waited for it. */
  continue(): boolean {
    if (this.current?.hold !== 'continuation') return false;
    this.current.hold = undefined;
    this.advance();
    this.flush();
    return true;
  }

  /**
   * The server refused the command that is being sent: a literal that waits to be asked for is not sent (RFC 3501 §7.5).
   * One that was asked for, or that the server must take (RFC 7888 §4), goes on to its end.
   */
  refuse(parts: CommandPart[]): void {
    const sending = this.current;
    if (sending?.parts !== parts) return;
    const waiting = sending.hold === 'continuation';
    const next = waiting ? sending.begun : parts.indexOf(CONTINUATION, sending.begun);
    if (next >= 0) dropUnsent(parts, next);
    if (!waiting) return;
    sending.hold = undefined;
    this.advance();
  }

  close(): void {
    this.closed = true;
    this.gathered = '';
    if (this.current === undefined) return;
    const { parts, begun, source } = this.current;
    this.current = undefined;
    dropUnsent(parts, begun);
    // Its reader may wait for what never comes.
    if (source !== undefined) releaseStream(source);
  }

  private advance(): void {
    for (let sending = this.current; sending !== undefined && sending.hold === undefined; sending = this.current) {
      const part = sending.parts[sending.begun++];
      if (part === undefined) {
        this.current = undefined;
        sending.sent();
      } else if (typeof part === 'string') {
        this.gathered += part;
      } else if (part === CONTINUATION) {
        sending.hold = 'continuation';
      } else if (part instanceof Uint8Array && isGone(part, sending.parts, sending.begun - 1)) {
        const message = `${sending.name}: the memory of the bytes was given away before they were sent`;
        sending.broken(new UsageError(message, 'STREAM_SIZE'));
        return;
      } else if (part instanceof Uint8Array && part.length <= PIECE) {
        this.bytes(part);
      } else {
        const own = part instanceof Uint8Array;
        const literal = own ? { size: part.length, stream: pieces(part) } : part;
        this.stream(literal, own, sending).catch((error) => {
          // One that was let go of may say so.
          if (this.current === sending) sending.broken(error);
        });
      }
    }
  }

  private bytes(bytes: Uint8Array): boolean {
    this.flush();
    this.sent += bytes.length;
    return this.transport.write(bytes);
  }

  private async stream(literal: LiteralStream, own: boolean, sending: Sending): Promise<void> {
    let done = 0;
    // The chunk that completes the literal waits for the stream's end: Courier stores a message once its last byte came,
    // though the command never ends.
    let last: Uint8Array | undefined;
    sending.hold = own ? 'literal' : 'asking';
    const stream = own ? literal.stream : openStream(literal.stream);
    if (!own) sending.source = { size: literal.size, stream };
    for await (const given of stream) {
      if (this.current !== sending) return;
      if (!own) sending.hold = 'source';
      if (!(given instanceof Uint8Array))
        throw new UsageError(`${sending.name}: the stream gave something else than bytes`, 'STREAM_TYPE');
      const chunk = plainBytes(given);
      done += chunk.length;
      if (done > literal.size) break;
      if (done < literal.size) await this.piece(chunk, done, literal.size, sending);
      else if (chunk.length > 0) last = chunk;
      if (!own) sending.hold = 'asking';
    }
    if (this.current !== sending) return;
    sending.source = undefined;
    if (!own) sending.hold = 'source';
    if (done !== literal.size) {
      const amount = done > literal.size ? 'more' : 'fewer';
      throw new UsageError(
        `${sending.name}: the stream gave ${amount} than the ${literal.size} bytes it promised`,
        'STREAM_SIZE',
      );
    }
    if (last !== undefined) await this.piece(last, done, literal.size, sending);
    if (this.current !== sending) return;
    sending.hold = undefined;
    this.advance();
    this.flush();
  }

  /** `done`: how much is sent with it. A chunk may be the whole message: while it goes out, that is seen to move. */
  private async piece(chunk: Uint8Array, done: number, size: number, sending: Sending): Promise<void> {
    for (let left = chunk.length; left > 0 && this.current === sending; ) {
      const piece = chunk.subarray(chunk.length - left, chunk.length - left + PIECE);
      left -= piece.length;
      const more = this.bytes(piece);
      sending.moved();
      if (!more) await this.transport.drained();
      sending.progress(done - left, size);
    }
  }
}
