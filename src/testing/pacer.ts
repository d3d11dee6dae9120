const SLICE = 10;

/** Lets other sessions have their turn during long work: await `turn()` when `due()`. */
export class Pacer {
  #until = performance.now() + SLICE;

  get due(): boolean {
    return performance.now() > this.#until;
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#until = performance.now() + SLICE;
  }
}
