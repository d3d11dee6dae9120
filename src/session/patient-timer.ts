/** A timer that is later than this tells that the process stood still: it was stopped, slept, or was busy, ms. */
const LATE = 100;

/**
 * Ends what takes too long, unless stopped before. Timers come before what was received while the process stood still: after
 * that, the server has its time once more.
 */
export class PatientTimer {
  readonly #milliseconds: number;
  readonly #over: () => void;
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again = false;

  /** `left`: how much of the time, where it is not all of it. */
  constructor(milliseconds: number, over: () => void, left = milliseconds) {
    this.#milliseconds = milliseconds;
    this.#over = over;
    this.#arm(left);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(milliseconds: number): void {
    // A whole number needs no object of its own.
    this.#due = Math.trunc(performance.now() + milliseconds);
    this.#timer = setTimeout(() => this.#ring(), milliseconds);
  }

  #ring(): void {
    if (this.#again || performance.now() - this.#due < LATE) {
      this.#over();
    } else {
      this.#again = true;
      this.#arm(this.#milliseconds);
    }
  }
}
