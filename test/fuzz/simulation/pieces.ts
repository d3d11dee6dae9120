/** A connection within the process that cuts what goes through it into pieces, and that may be lost at any byte of either direction. */
import { Duplex } from 'node:stream';
import type { Random } from '../../unit/wire/random.ts';

/** More than this is not taken until some of it is on its way. */
const WINDOW = 16_384;

/** One end. A server's has what its sockets have, too. */
class End extends Duplex {
  /** Set once both are there. */
  way: Way | undefined;
  /** Is told when more is wanted. */
  wanted: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.way?.take(Buffer.from(chunk), done);
  }

  override _final(done: () => void): void {
    this.way?.take(undefined, done);
  }

  override _read(): void {
    const { wanted } = this;
    this.wanted = undefined;
    wanted?.();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.way?.broken();
    this.wanted?.();
    done(error);
  }

  setNoDelay(): this {
    return this;
  }
}

/** What goes from one end to the other. */
class Way {
  readonly #random: Random;
  readonly #to: End;
  readonly #pieces: { bytes: Buffer | undefined; done: () => void }[] = [];
  readonly #lost: () => void;
  #queued = 0;
  #goes = false;
  #broken = false;
  /** So many bytes come through. */
  #left: number;

  constructor(random: Random, to: End, left: number, lost: () => void) {
    this.#random = random;
    this.#to = to;
    this.#left = left;
    this.#lost = lost;
  }

  take(bytes: Buffer | undefined, done: () => void): void {
    this.#queued += bytes?.length ?? 0;
    const wait = this.#queued > WINDOW;
    this.#pieces.push({ bytes, done: wait ? done : () => {} });
    if (!wait) done();
    if (!this.#goes) void this.#go();
  }

  broken(): void {
    this.#broken = true;
  }

  async #go(): Promise<void> {
    this.#goes = true;
    for (let next = this.#pieces.shift(); next !== undefined; next = this.#pieces.shift()) {
      const { bytes, done } = next;
      await this.#soon();
      if (bytes === undefined) this.#end();
      else await this.#give(bytes);
      this.#queued -= bytes?.length ?? 0;
      done();
    }
    this.#goes = false;
  }

  async #give(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (this.#to.destroyed || this.#left < 0) return;
      const end = this.#random.below(3) === 0 ? bytes.length : Math.min(bytes.length, at + 1 + this.#random.below(200));
      const piece = bytes.subarray(at, Math.min(end, at + this.#left));
      this.#left -= end - at;
      const more = piece.length === 0 || this.#to.push(piece);
      if (this.#left < 0) return this.#lost();
      at = end;
      if (!more) await new Promise<void>((resolve) => (this.#to.wanted = resolve));
      if (at < bytes.length) await this.#soon();
    }
  }

  #end(): void {
    if (!this.#to.destroyed) this.#to.push(null);
  }

  /** What was on its way when the other end broke comes through, or does not. */
  async #soon(): Promise<void> {
    await turns(Math.max(0, this.#random.below(6) - 2));
    if (this.#broken && this.#random.below(2) === 0) this.#left = 0;
  }
}

/** Both ends of one. `loss`: of so many connections one is lost; 0: none. */
export function connection(random: Random, loss: number): { near: End; far: End } {
  const near = new End();
  const far = new End();
  for (const end of [near, far]) end.on('error', () => {});
  const budget = () => (loss > 0 && random.below(loss) === 0 ? random.below(random.below(20_000) + 1) : 1e12);
  // Each learns it in its time, as an error or as an end.
  const lost = () => {
    for (const end of [near, far])
      void turns(random.below(8)).then(() => {
        if (random.below(2) === 0) end.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
        else end.destroy();
      });
  };
  near.way = new Way(random, far, budget(), lost);
  far.way = new Way(random, near, budget(), lost);
  near.on('close', () => gone(random, far));
  far.on('close', () => gone(random, near));
  return { near, far };
}

/** The other end is no more: this one ends some time later. */
function gone(random: Random, end: End): void {
  void turns(6 + random.below(8)).then(() => end.destroy());
}

/** So many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
