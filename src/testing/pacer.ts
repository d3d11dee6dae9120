const SLICE = 10;

/** The one that there was before a test faked it: faked, it comes only when the test has it come. */
const whenOthersHadTheirTurn = setImmediate;

/** Lets other sessions have their turn during long work: await `turn()` when `due()`. */
export class Pacer {
  #until = performance.now() + SLICE;

  get due(): boolean {
    return performance.now() > this.#until;
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => whenOthersHadTheirTurn(resolve));
    this.#until = performance.now() + SLICE;
  }
}
