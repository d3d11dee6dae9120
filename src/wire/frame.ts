/** Bytes that are looked at one by one. All are of one class, for V8 compiles what looks at them anew for another one. */
export function partOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** The bytes of a latin1 text. */
export function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1');
  return partOf(bytes, 0, bytes.length);
}

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** No bytes: what stands in a frame for a literal whose bytes were handed on instead of being held. */
export const STREAMED: Buffer = Buffer.alloc(0);

/** Of responses without a literal, which nearly all are. */
const NO_LITERALS = Object.freeze([]) as unknown as Buffer[]; // frozen, and for that readonly to the compiler: see beginLiterals()
const NO_PIECES = Object.freeze([]) as unknown as string[]; // as above

/**
 * A response as it came: line pieces (latin1, without their CRLF) and the literals between them.
 * Pieces are one more than literals; the first is `text` from `start` to `end`.
 * The framer uses one frame again and again: copy() what must outlive the call that handed it over.
 */
export class Frame {
  text = '';
  /** Those of `text`, at the same places: V8 compiles a look at a byte to a few instructions, one at a character to a hundred. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  literals = NO_LITERALS;
  pieces = NO_PIECES;

  /** The first line piece. */
  get line(): string {
    return this.text.substring(this.start, this.end);
  }

  /** Bytes of the response, its literals' included. */
  get size(): number {
    let size = this.end - this.start;
    for (const piece of this.pieces) size += piece.length;
    for (const literal of this.literals) size += literal.length;
    return size;
  }

  /** The response without its literals' bytes. */
  get lines(): string {
    return this.pieces.length === 0 ? this.line : [this.line, ...this.pieces].join('\r\n');
  }

  /** Of one line, which is text and not bytes. */
  static of(line: string): Frame {
    const frame = new Frame();
    frame.text = line;
    frame.bytes = bytesOf(line);
    frame.end = line.length;
    return frame;
  }

  /** Tolerance: a server that pads its responses with NUL in front (imapflow 1.0.85). What follows them is the response. */
  passPadding(): void {
    while (this.start < this.end && this.bytes[this.start] === 0) this.start++;
  }

  /** From here on literals and further pieces may be added. */
  beginLiterals(): void {
    this.literals = [];
    this.pieces = [];
  }

  endLiterals(): void {
    this.literals = NO_LITERALS;
    this.pieces = NO_PIECES;
  }

  clear(): void {
    this.text = '';
    this.bytes = NO_BYTES;
    this.start = 0;
    this.end = 0;
  }

  /** Takes the line out of the memory that it was received in. */
  own(): void {
    this.text = this.line;
    this.bytes = this.bytes.slice(this.start, this.end);
    this.start = 0;
    this.end = this.text.length;
  }

  copy(): Frame {
    const frame = Frame.of(this.line);
    frame.literals = this.literals.slice();
    frame.pieces = this.pieces.slice();
    return frame;
  }
}
