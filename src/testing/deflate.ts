/** COMPRESS=DEFLATE (RFC 4978): raw deflate (RFC 1951) in both directions. */

/** The most that a stored block holds (RFC 1951 §3.2.4). */
const STORED = 65_535;
/** So many bytes are inflated at a time: a few may become many. */
const STEP = 4096;
/** An empty last block, for a stream that ends where its sender flushed it. */
const LAST_BLOCK = new Uint8Array([3, 0]);

/** Bytes as stored blocks, which every inflater takes: each can be read as soon as it is there. */
export function stored(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += STORED) {
    const block = bytes.subarray(at, at + STORED);
    const header = Buffer.alloc(5);
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(~block.length & 0xffff, 3);
    pieces.push(header, block);
  }
  return Buffer.concat(pieces);
}

/** Whom inflated bytes concern. */
export interface Inflated {
  push(bytes: Buffer): void;
  /** No more now: resolves when more can be taken. */
  ready(): Promise<void> | undefined;
  /** The stream has ended, or was none. */
  end(): void;
}

export class Inflater {
  readonly #stream = new DecompressionStream('deflate-raw');
  readonly #writer = this.#stream.writable.getWriter();

  constructor(private readonly receiver: Inflated) {
    // The reading side tells of errors.
    this.#writer.closed.catch(() => {});
    void this.#read();
  }

  async #read(): Promise<void> {
    const reader = this.#stream.readable.getReader();
    reader.closed.catch(() => {});
    try {
      for (;;) {
        await this.receiver.ready();
        const { value, done } = await reader.read();
        if (done) break;
        this.receiver.push(Buffer.from(value.buffer, value.byteOffset, value.length));
      }
    } catch {
      // Not deflate: nothing more can be understood.
    }
    this.receiver.end();
  }

  /** Resolves when the bytes have been taken in: until then no more should come. */
  async write(bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; at += STEP) await this.#writer.write(bytes.subarray(at, at + STEP));
    } catch {
      // See #read.
    }
  }

  async end(): Promise<void> {
    try {
      await this.#writer.write(LAST_BLOCK);
      await this.#writer.close();
    } catch {
      // See #read.
    }
  }
}
