/** A timer that fires so late, ms, tells that the process stood still: it was stopped, slept, or was busy. */
const LATE = 100;

/**
 * A deadline that can be stopped. Where the process stood still, timers fire before what was received meanwhile is
 * read: then the server has its time once more.
 */
export class PatientTimer {
  readonly #milliseconds: number;
  readonly #over: () => void;
  #due = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again = false;

  /** `left`: what is left of the time, where that is not all of it. */
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
