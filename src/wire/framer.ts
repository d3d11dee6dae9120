import { ProtocolError } from '../errors.ts';
import { CLOSE, CLOSE_BRACE, CR, isDigit, LF, SPACE, STAR } from './chars.ts';
import { Frame, NO_BYTES, partOf, STREAMED } from './frame.ts';
import { DEFAULT_FRAMER_LIMITS, type FramerLimits } from './limits.ts';
import { literalSize, mayBeMisspelt, misspeltSize } from './literal-header.ts';

/** Takes a literal's bytes as they come; they are the sink's to keep. */
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

/** Lines are decoded together, so many bytes at a time: one call a block instead of two a line, and little is kept alive by a token. */
const BLOCK = 4096;
const MAX_LITERALS = 10_000;
/** The beginning of what grows with the mailbox: numbers, and the codes that name the messages of a COPY, a MOVE or a STORE. */
const LONG = /^(?:\* +(?:SEARCH|SORT|THREAD|ESEARCH|VANISHED)|[^ ]+ +(?:OK|NO) +\[(?:COPYUID|MODIFIED)) /i;
/** Allocated at once for a literal; a larger one grows as its bytes arrive. */
const FIRST_ALLOCATION = 4 << 20;

/**
 * Cuts the byte stream into responses, whatever the chunks it comes in. Costs time linear in the bytes and holds no more
 * than the limits say. The chunk given to receive() is not used after the call, but for what a literal sink keeps.
 */
export class Framer {
  /** Bytes taken in since the start of the connection. */
  received = 0;

  readonly #receiver: FrameReceiver;
  readonly #limits: FramerLimits;
  readonly #frame = new Frame();
  /** A literal was read: the next line is a further piece of the same frame. */
  #open = false;
  /** The frame began in an earlier chunk. */
  #owned = false;
  /** Literals can stand only in the response code of this frame. */
  #status = false;
  #frameLength = 0;
  #heldLength = 0;
  #stopped = false;
  #borrowed = false;

  /** A part of the chunk, decoded. */
  #block = '';
  #blockBytes: Uint8Array = NO_BYTES;
  #blockStart = 0;
  #blockEnd = 0;
  /** The bytes of a line whose end was in none of the chunks so far. */
  #partial = STREAMED;
  #partialLength = 0;

  /** Takes what comes next: lines, or a literal. A field, and not a choice: V8 would copy both into receive(), and compile them twice. */
  #takeNext: (chunk: Buffer, position: number) => number = this.#takeLines;
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

  /** True while a literal is being handed on: what comes next is kept by its receiver. */
  get streaming(): boolean {
    return this.#literalLeft > 0 && this.#sink !== undefined;
  }

  /**
   * Takes a chunk in and hands over every response that it completes. Returns how many of its bytes were taken.
   * Of a `borrowed` chunk nobody keeps a part: a literal sink gets a copy.
   */
  receive(chunk: Buffer, borrowed = false): number {
    this.#stopped = false;
    this.#borrowed = borrowed;
    this.#blockEnd = 0;
    let position = 0;
    while (position < chunk.length && !this.#stopped) {
      const next = this.#takeNext(chunk, position);
      this.received += next - position;
      position = next;
    }
    this.#block = '';
    this.#blockBytes = NO_BYTES;
    if (this.#open && !this.#owned) this.#ownLine();
    if (!this.#open) this.#frame.clear();
    return position;
  }

  /** The first line of a frame that goes on behind its chunk. */
  #ownLine(): void {
    this.#owned = true;
    this.#frame.own();
  }

  #takeLines(chunk: Buffer, position: number): number {
    if (this.#partialLength > 0) return this.#takeUnfinished(chunk, position);
    if (position >= this.#blockEnd) this.#decode(chunk, position);
    const block = this.#block;
    const bytes = this.#blockBytes;
    let at = position - this.#blockStart;
    const frame = this.#frame;
    let feed = block.indexOf('\n', at);
    while (feed >= 0) {
      // Nearly every line is a response, and ends with no literal's header: a FETCH with ")", and a tagged one with text.
      const last = bytes[feed - 2];
      const ended = bytes[feed - 1] === CR && feed - at <= this.#limits.line;
      if (ended && !this.#open && (last === CLOSE || (last !== CLOSE_BRACE && bytes[at] !== STAR))) {
        // Once a block: the collector notes each time that an old object is given a young one.
        if (frame.bytes !== bytes) {
          frame.text = block;
          frame.bytes = bytes;
        }
        frame.start = at;
        frame.end = feed - 1;
        this.#receiver.frame(frame);
      } else if (ended && this.#open && last === CLOSE && feed - at === 2) {
        // Nearly every literal is the last of its response.
        frame.pieces.push(')');
        this.#deliver();
      } else {
        this.#line(block, bytes, at, feed);
      }
      at = feed + 1;
      if (this.#literalLeft > 0 || this.#stopped) return this.#blockStart + at;
      feed = block.indexOf('\n', at);
    }
    const taken = this.#blockStart + at;
    if (at < block.length && (at === 0 || this.#blockEnd === chunk.length)) return this.#takeUnfinished(chunk, taken);
    this.#blockEnd = 0; // a line that began at the end of the block is decoded again, with its end
    return taken;
  }

  #decode(chunk: Buffer, position: number): void {
    this.#blockStart = position;
    this.#blockEnd = Math.min(chunk.length, position + BLOCK);
    this.#block = chunk.toString('latin1', position, this.#blockEnd);
    this.#blockBytes = partOf(chunk, position, this.#blockEnd);
  }

  /** A line that began in an earlier chunk, or goes on behind the end of its block. */
  #takeUnfinished(chunk: Buffer, position: number): number {
    const feed = chunk.indexOf(LF, position);
    if (feed >= 0 && this.#partialLength === 0) {
      this.#line(chunk.toString('latin1', position, feed), partOf(chunk, position, feed), 0, feed - position);
      return feed + 1;
    }
    const end = feed < 0 ? chunk.length : feed;
    const length = this.#partialLength + end - position;
    this.#partial = grow(this.#partial, this.#partialLength, length, Math.max(length, this.#limits.longLine));
    this.#partial.set(partOf(chunk, position, end), this.#partialLength);
    this.#partialLength = length;
    if (feed < 0) {
      this.#checkLength(length - 1); // the last byte can be the CR that ends the line
      return end;
    }
    const partial = this.#partial;
    this.#partialLength = 0;
    this.#line(partial.toString('latin1', 0, length), partOf(partial, 0, length), 0, length);
    if (length > BLOCK || this.#open) this.#partial = STREAMED;
    return feed + 1;
  }

  #line(text: string, bytes: Uint8Array, start: number, feed: number): void {
    const end = feed > start && bytes[feed - 1] === CR ? feed - 1 : feed;
    const frame = this.#frame;
    if (this.#open) {
      frame.pieces.push(text.substring(start, end));
    } else {
      this.#owned = false;
      frame.text = text;
      frame.bytes = bytes;
      frame.start = start;
      frame.end = end;
    }
    if (end - start > this.#limits.line || this.#open) this.#checkLength(end - start);
    const last = end > start ? bytes[end - 1] : undefined;
    if (last === CLOSE_BRACE) {
      const size = literalSize(text, bytes, start, end);
      if (size >= 0 && this.#holdsLiteral(text, start, end)) {
        this.#beginLiteral(size, end - start);
        return;
      }
    }
    const fetched = last !== undefined && bytes[start] === STAR;
    const size = fetched && mayBeMisspelt(last) ? misspeltSize(text, start, end) : -1;
    if (size >= 0) this.#beginLiteral(size, end - start);
    else this.#deliver();
  }

  /**
   * A line that ends like a literal's header is followed by one only where the grammar can hold a literal: in the data of
   * an untagged response, and within the brackets of a response code. `* OK see {5}` is text.
   */
  #holdsLiteral(text: string, start: number, end: number): boolean {
    if (this.#open) return !this.#status || !text.substring(start, end).includes(']');
    this.#status = false;
    const { bytes } = this.#frame;
    if (bytes[start] === STAR && bytes[start + 1] === SPACE && isDigit(bytes[start + 2] ?? 0)) return true;
    this.#frame.passPadding();
    const { line } = this.#frame;
    const status = /^(?:\* *|[^ *+][^ ]* +)(?:OK|NO|BAD|BYE|PREAUTH)(?![\w-]) *(\[)?/i.exec(line);
    this.#status = status !== null;
    if (status === null) return line.charCodeAt(0) === STAR;
    return status[1] !== undefined && !line.includes(']', status[0].length);
  }

  #deliver(): void {
    const frame = this.#frame;
    this.#receiver.frame(frame);
    if (!this.#open) return;
    this.#open = false;
    this.#frameLength = 0;
    this.#heldLength = 0;
    frame.endLiterals();
  }

  #beginLiteral(size: number, lineLength: number): void {
    const frame = this.#frame;
    this.#frameLength += lineLength;
    if (size > Number.MAX_SAFE_INTEGER) this.#refuse('LIMIT_LITERAL', 'a literal of 2^53 bytes or more');
    if (frame.literals.length >= MAX_LITERALS)
      this.#refuse('LIMIT_LITERALS', `more than ${MAX_LITERALS} literals in one response`);
    if (!this.#open) frame.beginLiterals();
    this.#open = true;
    this.#sink = this.#receiver.literal?.(frame, size);
    if (this.#sink === undefined) {
      this.#heldLength += size;
      if (this.#heldLength > this.#limits.literal) {
        const { literal } = this.#limits;
        this.#refuse(
          'LIMIT_LITERAL',
          `literals of ${this.#heldLength} bytes in one response, over the limit of ${literal} (limits.literal)`,
        );
      }
      this.#literal = allocate(Math.min(size, FIRST_ALLOCATION));
    }
    this.#literalSize = size;
    this.#literalLeft = size;
    this.#takeNext = this.#takeLiteral;
    if (size === 0) this.#endLiteral();
  }

  #takeLiteral(chunk: Buffer, position: number): number {
    const end = Math.min(chunk.length, position + this.#literalLeft);
    if (this.#sink !== undefined) {
      const bytes = chunk.subarray(position, end);
      this.#sink.chunk(this.#borrowed ? Buffer.from(bytes) : bytes);
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
    this.#literal = grow(this.#literal ?? STREAMED, filled, needed, this.#literalSize);
    this.#literal.set(partOf(chunk, position, end), filled);
  }

  #endLiteral(): void {
    this.#takeNext = this.#takeLines;
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
    if (total > limit)
      this.#refuse('LIMIT_LINE', `a response of more than ${limit} bytes (limits.line) outside its literals`);
  }

  #mayBeLong(): boolean {
    const unfinished = !this.#open && this.#partialLength > 0;
    const beginning = unfinished ? this.#partial.toString('latin1', 0, 32) : this.#frame.line.substring(0, 32);
    return LONG.test(beginning);
  }

  #refuse(code: string, message: string): never {
    throw new ProtocolError(code, `The server sent ${message}`, { offset: this.received });
  }
}

function allocate(size: number): Buffer {
  return size < 2048 ? Buffer.allocUnsafe(size) : Buffer.allocUnsafeSlow(size);
}

/** The buffer itself where it holds `needed` bytes, else one of four times its size, up to `most`, with what is `filled`. */
function grow(buffer: Buffer, filled: number, needed: number, most: number): Buffer {
  if (needed <= buffer.length) return buffer;
  const grown = allocate(Math.min(most, Math.max(needed, buffer.length * 4)));
  grown.set(partOf(buffer, 0, filled));
  return grown;
}
