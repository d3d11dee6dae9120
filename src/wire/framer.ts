import { ProtocolError } from '../errors.ts';
import { BACKSLASH, CLOSE_BRACE, CR, LF, NINE, OPEN_BRACE, PLUS, QUOTE, STAR, TILDE, ZERO } from './chars.ts';

/**
 * A response as it came: line pieces (latin1, without their CRLF) and the literals between them.
 * Pieces are one more than literals; the first is `text` from `start` to `end`.
 * The framer uses one frame again and again: copy() what must outlive the call that handed it over.
 */
export class Frame {
  text = '';
  start = 0;
  end = 0;
  literals: Buffer[] = [];
  pieces: string[] = [];

  /** The first line piece. */
  get line(): string {
    return this.text.substring(this.start, this.end);
  }

  /** The response without its literals' bytes. */
  get lines(): string {
    return this.pieces.length === 0 ? this.line : [this.line, ...this.pieces].join('\r\n');
  }

  copy(): Frame {
    const frame = new Frame();
    frame.text = this.line;
    frame.end = frame.text.length;
    frame.literals = this.literals.slice();
    frame.pieces = this.pieces.slice();
    return frame;
  }
}

/** What stands in a frame for a literal whose bytes were handed on instead of being held. */
export const STREAMED: Buffer = Buffer.alloc(0);

/** Takes a literal's bytes as they come. A chunk is the receiver's to keep where the framer says `retained`. */
export interface LiteralSink {
  chunk(bytes: Buffer): void;
  end(): void;
}

/** Who receives frames. */
export interface FrameReceiver {
  frame(frame: Frame): void;
  /** A literal follows the frame so far: return a sink to stream it, nothing to have it held. */
  literal?(frame: Frame, size: number): LiteralSink | undefined;
}

export interface FramerLimits {
  /** Bytes of one response outside its literals. */
  line: number;
  /** The same for SEARCH, SORT, THREAD, ESEARCH and VANISHED, which grow with the mailbox. */
  longLine: number;
  /** Bytes of the literals of one response that are held in memory. */
  literal: number;
}

export const DEFAULT_FRAMER_LIMITS: FramerLimits = { line: 1 << 20, longLine: 64 << 20, literal: 256 << 20 };

/** Lines are decoded together, so many bytes at a time: one call a block instead of two a line, and little is kept alive by a token. */
const BLOCK = 4096;
const MAX_LITERALS = 10_000;
/** Allocated at once for a literal; a larger one grows as its bytes arrive. */
const FIRST_ALLOCATION = 4 << 20;

/**
 * Cuts the byte stream into responses, whatever the chunks it comes in. Costs time linear in the bytes and holds no more
 * than the limits say. The chunk given to receive() is not used after the call, but for what a literal sink keeps.
 */
export class Framer {
  /** True when the last chunk was handed to a literal sink, which may have kept a part of it. */
  retained = false;
  /** Bytes taken in since the start of the connection. */
  received = 0;

  readonly #receiver: FrameReceiver;
  readonly #limits: FramerLimits;
  readonly #frame = new Frame();
  /** A literal was read: the next line is a further piece of the same frame. */
  #open = false;
  #partial: string[] = [];
  #partialLength = 0;
  #frameLength = 0;
  #heldLength = 0;
  #stopped = false;

  #literalLeft = 0;
  #literal: Buffer | undefined;
  #literalSize = 0;
  #sink: LiteralSink | undefined;

  constructor(receiver: FrameReceiver, limits: FramerLimits = DEFAULT_FRAMER_LIMITS) {
    this.#receiver = receiver;
    this.#limits = limits;
  }

  /** True between two responses: nothing of a further one has come. */
  get idle(): boolean {
    return !this.#open && this.#partialLength === 0 && this.#literalLeft === 0;
  }

  /** Called from within frame(): the rest of the chunk is not IMAP as it was (TLS or DEFLATE starts here). */
  stop(): void {
    this.#stopped = true;
  }

  /** Takes a chunk in and hands over every response that it completes. Returns how many of its bytes were taken. */
  receive(chunk: Buffer): number {
    this.#stopped = false;
    this.retained = false;
    let position = 0;
    while (position < chunk.length && !this.#stopped) {
      const next = this.#literalLeft > 0 ? this.#takeLiteral(chunk, position) : this.#takeLines(chunk, position);
      this.received += next - position;
      position = next;
    }
    return position;
  }

  #takeLines(chunk: Buffer, position: number): number {
    const stop = Math.min(chunk.length, position + BLOCK);
    const block = chunk.toString('latin1', position, stop);
    let at = 0;
    while (at < block.length) {
      const feed = block.indexOf('\n', at);
      if (feed < 0) break;
      this.#line(block, at, feed);
      at = feed + 1;
      if (this.#literalLeft > 0 || this.#stopped) return position + at;
    }
    if (at === block.length || (at > 0 && stop < chunk.length)) return position + at;
    return stop === chunk.length ? this.#keep(block.substring(at), stop) : this.#takeLongLine(chunk, position, stop);
  }

  #takeLongLine(chunk: Buffer, position: number, searched: number): number {
    const feed = chunk.indexOf(LF, searched);
    if (feed < 0) return this.#keep(chunk.toString('latin1', position, chunk.length), chunk.length);
    const text = chunk.toString('latin1', position, feed);
    this.#line(text, 0, text.length);
    return feed + 1;
  }

  #keep(text: string, position: number): number {
    this.#partial.push(text);
    this.#partialLength += text.length;
    this.#checkLength(this.#partialLength);
    return position;
  }

  #line(block: string, from: number, feed: number): void {
    let text = block;
    let start = from;
    let end = feed;
    if (this.#partialLength > 0) {
      text = this.#partial.join('') + block.substring(from, feed);
      start = 0;
      end = text.length;
      this.#partial = [];
      this.#partialLength = 0;
    }
    if (end > start && text.charCodeAt(end - 1) === CR) end--;
    const frame = this.#frame;
    if (this.#open) {
      frame.pieces.push(text.substring(start, end));
    } else {
      frame.text = text;
      frame.start = start;
      frame.end = end;
    }
    if (end - start > this.#limits.line || this.#open) this.#checkLength(end - start);
    if (text.charCodeAt(end - 1) === CLOSE_BRACE && end > start) {
      const size = literalSize(text, start, end);
      if (size >= 0 && holdsLiteral(frame)) return this.#beginLiteral(size, end - start);
    }
    this.#deliver();
  }

  #deliver(): void {
    const frame = this.#frame;
    this.#receiver.frame(frame);
    if (!this.#open) return;
    this.#open = false;
    this.#frameLength = 0;
    this.#heldLength = 0;
    frame.literals = [];
    frame.pieces = [];
  }

  #beginLiteral(size: number, lineLength: number): void {
    const frame = this.#frame;
    this.#frameLength += lineLength;
    if (frame.literals.length >= MAX_LITERALS)
      this.#refuse('LIMIT_LITERALS', `more than ${MAX_LITERALS} literals in one response`);
    this.#open = true;
    this.#sink = this.#receiver.literal?.(frame, size);
    if (this.#sink === undefined) {
      this.#heldLength += size;
      if (this.#heldLength > this.#limits.literal) {
        this.#refuse('LIMIT_LITERAL', `a literal of ${size} bytes is over the limit of ${this.#limits.literal}`);
      }
      this.#literal = allocate(Math.min(size, FIRST_ALLOCATION));
    }
    this.#literalSize = size;
    this.#literalLeft = size;
    if (size === 0) this.#endLiteral();
  }

  #takeLiteral(chunk: Buffer, position: number): number {
    const end = Math.min(chunk.length, position + this.#literalLeft);
    if (this.#sink !== undefined) {
      this.retained = true;
      this.#sink.chunk(chunk.subarray(position, end));
    } else {
      this.#hold(chunk, position, end);
    }
    this.#literalLeft -= end - position;
    if (this.#literalLeft === 0) this.#endLiteral();
    return end;
  }

  #hold(chunk: Buffer, position: number, end: number): void {
    const filled = this.#literalSize - this.#literalLeft;
    const needed = filled + end - position;
    let literal = this.#literal ?? STREAMED;
    if (needed > literal.length) {
      const grown = allocate(Math.min(this.#literalSize, Math.max(needed, literal.length * 2)));
      literal.copy(grown, 0, 0, filled);
      this.#literal = literal = grown;
    }
    chunk.copy(literal, filled, position, end);
  }

  #endLiteral(): void {
    this.#frame.literals.push(this.#literal ?? STREAMED);
    this.#literal = undefined;
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end();
  }

  #checkLength(length: number): void {
    const total = this.#frameLength + length;
    if (total <= this.#limits.line) return;
    const limit = this.#mayBeLong() ? this.#limits.longLine : this.#limits.line;
    if (total > limit) this.#refuse('LIMIT_LINE', `a response of more than ${limit} bytes outside its literals`);
  }

  #mayBeLong(): boolean {
    const beginning = this.#open ? this.#frame.line : (this.#partial[0] ?? this.#frame.line);
    return /^\* +(?:SEARCH|SORT|THREAD|ESEARCH|VANISHED) /i.test(beginning.substring(0, 16));
  }

  #refuse(code: string, message: string): never {
    throw new ProtocolError(code, `The server sent ${message}`, { offset: this.received });
  }
}

function allocate(size: number): Buffer {
  return size < 2048 ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
}

/**
 * literal = "{" number ["+"] "}" CRLF (RFC 3501 §9, RFC 7888); literal8 = "~{" number "}" CRLF (RFC 3516).
 * The size announced at the end of a line that ends with "}", or -1 where that is no literal's header.
 */
function literalSize(text: string, start: number, end: number): number {
  let at = end - 2;
  if (text.charCodeAt(at) === PLUS) at--;
  const last = at;
  while (at > start && isDigit(text.charCodeAt(at))) at--;
  if (at === last || last - at > 15 || text.charCodeAt(at) !== OPEN_BRACE) return -1;
  const before = text.charCodeAt(at - 1) === TILDE ? at - 2 : at - 1;
  if (before >= start && !' (]>'.includes(text.charAt(before))) return -1;
  if (insideQuoted(text, start, at)) return -1;
  return Number(text.substring(at + 1, last + 1));
}

function insideQuoted(text: string, start: number, end: number): boolean {
  let inside = false;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inside = !inside;
    else if (code === BACKSLASH && inside) at++;
  }
  return inside;
}

/**
 * A line that ends like a literal's header is followed by one only where the grammar can hold a literal: in the data of an
 * untagged response, and within the brackets of a response code. `* OK see {5}` is text.
 */
function holdsLiteral(frame: Frame): boolean {
  const line = frame.line;
  const status = /^\S+ +(?:OK|NO|BAD|BYE|PREAUTH) *(\[)?/i.exec(line);
  if (status === null) return line.charCodeAt(0) === STAR;
  return status[1] !== undefined && frame.pieces.length === 0 && line.indexOf(']', status[0].length) < 0;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
