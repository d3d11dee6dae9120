import type { Socket } from 'node:net';

const FLUSH_AT = 64 * 1024;

/** Collects what is written and hands it to the socket in large pieces. */
export class Output {
  #text = '';
  #pieces: Buffer[] = [];
  #size = 0;
  #encode: (bytes: Buffer) => Buffer = (bytes) => bytes;

  constructor(
    private socket: Socket,
    private readonly log: ((text: string) => void) | undefined,
  ) {}

  /** A string has one character a byte. */
  write(data: string | Buffer): void {
    if (typeof data === 'string') this.#text += data;
    else if (data.length < 1024) this.#text += data.toString('latin1');
    else {
      this.#seal();
      this.#pieces.push(data);
      this.#size += data.length;
    }
    if (this.#size + this.#text.length >= FLUSH_AT) this.flush();
  }

  #seal(): void {
    if (this.#text === '') return;
    this.#pieces.push(Buffer.from(this.#text, 'latin1'));
    this.#size += this.#text.length;
    this.#text = '';
  }

  flush(): void {
    this.#seal();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#size = 0;
    if (this.socket.destroyed || this.socket.writableEnded) return;
    this.socket.cork();
    for (const piece of pieces) {
      this.log?.(piece.toString('utf8'));
      this.socket.write(this.#encode(piece));
    }
    this.socket.uncork();
  }

  /** Waits until a slow peer has taken what was written. */
  async drained(): Promise<void> {
    const { socket } = this;
    if (!socket.writableNeedDrain || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
  }

  /** What is written from now on is sent as this makes it. */
  encodeWith(encode: (bytes: Buffer) => Buffer): void {
    this.flush();
    this.#encode = encode;
  }

  moveTo(socket: Socket): void {
    this.flush();
    this.socket = socket;
  }
}
