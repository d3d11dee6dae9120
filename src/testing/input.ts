const LF = 10;
const CR = 13;

/** Thrown to the reader of a connection that has ended. */
export class InputEnded extends Error {}

/** A line beyond the limit: where the next one begins cannot be told. */
export class LineTooLong extends Error {}

/** Bytes from a socket, read as lines and counted blocks by whoever waits for them. */
export class Input {
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Chunks and bytes at the front that are known to hold no line end: a line that comes byte by byte costs linear time. */
  #searchedChunks = 0;
  #searchedBytes = 0;
  #ended = false;
  #waiting: (() => void) | undefined;
  /** Bytes that the reader needs before it can go on; what comes beyond it and `highWater` should be held back. */
  #wanted = 0;

  constructor(
    readonly options: {
      /** Longest line, in bytes. */
      maxLine: number;
      highWater: number;
      /** Called before the reader waits: nothing more can be read without the peer. */
      onWait: () => void;
    },
  ) {}

  get full(): boolean {
    return this.#buffered > Math.max(this.options.highWater, this.#wanted);
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Forgets what has come and was not read (RFC 3501 §6.2.1: nothing sent before TLS may count after it). */
  discard(): void {
    this.#chunks = [];
    this.#buffered = 0;
    this.#forgetSearch();
  }

  /** What has come and was not read; it is then no longer here. */
  takeAll(): Buffer {
    return this.#take(this.#buffered);
  }

  /** The next line without its CRLF (or LF). */
  async line(): Promise<Buffer> {
    const { maxLine } = this.options;
    for (;;) {
      const end = this.#lineEnd();
      if (end > maxLine || (end === 0 && this.#buffered > maxLine)) throw new LineTooLong();
      if (end > 0) return withoutLineEnd(this.#take(end));
      this.#wanted = this.#buffered + 1;
      await this.#more();
    }
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#buffered < count) {
      this.#wanted = count;
      await this.#more();
    }
    return this.#take(count);
  }

  /** Reads and drops. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      if (this.#buffered === 0) {
        this.#wanted = 1;
        await this.#more();
      }
      left -= this.#take(Math.min(left, this.#buffered)).length;
    }
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new InputEnded();
    this.options.onWait();
    await new Promise<void>((resolve) => {
      this.#waiting = resolve;
    });
    this.#wanted = 0;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  /** The length of the first line with its line end, 0 if there is none yet. */
  #lineEnd(): number {
    let offset = this.#searchedBytes;
    for (const chunk of this.#searchedChunks === 0 ? this.#chunks : this.#chunks.slice(this.#searchedChunks)) {
      const at = chunk.indexOf(LF);
      if (at >= 0) return offset + at + 1;
      offset += chunk.length;
    }
    this.#searchedChunks = this.#chunks.length;
    this.#searchedBytes = offset;
    return 0;
  }

  #take(count: number): Buffer {
    this.#forgetSearch();
    this.#buffered -= count;
    const first = this.#chunks[0];
    if (first && first.length > count) {
      this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const taken: Buffer[] = [];
    let left = count;
    let whole = 0;
    for (const chunk of this.#chunks) {
      if (chunk.length > left) break;
      left -= chunk.length;
      taken.push(chunk);
      whole++;
    }
    this.#chunks.splice(0, whole);
    const next = this.#chunks[0];
    if (left > 0 && next) {
      taken.push(next.subarray(0, left));
      this.#chunks[0] = next.subarray(left);
    }
    return taken.length === 1 ? (taken[0] ?? Buffer.alloc(0)) : Buffer.concat(taken, count);
  }

  #forgetSearch(): void {
    this.#searchedChunks = 0;
    this.#searchedBytes = 0;
  }
}

function withoutLineEnd(line: Buffer): Buffer {
  const end = line.length - 1;
  return line.subarray(0, end > 0 && line[end - 1] === CR ? end - 1 : end);
}
