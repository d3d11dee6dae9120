import { PatientTimer } from './patient-timer.ts';

/** What is watched for silence. */
export interface Watched {
  /** An answer is due. From the last sign on, or from when watch() is told so. */
  readonly waiting: boolean;
  /** Nothing moved for so long. */
  expired(milliseconds: number): void;
}

/** Watches for silence with one timer for the whole connection, however many commands wait. */
export class Deadlines {
  readonly #milliseconds: number;
  readonly #watched: Watched;
  #others: Set<PatientTimer> | undefined;
  #timer: PatientTimer | undefined;
  #lastSign = 0;
  #stopped = false;

  constructor(milliseconds: number, watched: Watched) {
    this.#milliseconds = milliseconds;
    this.#watched = watched;
  }

  /** Something moved on the connection. */
  touch(): void {
    // A whole number needs no object of its own, of which there would be one a connection.
    this.#lastSign = Math.trunc(performance.now());
  }

  /** An answer may be due from now on, or none any more. */
  watch(): void {
    const due = !this.#stopped && this.#watched.waiting;
    if (due && this.#timer === undefined) this.#arm(this.#milliseconds);
    if (!due) this.#disarm();
  }

  #disarm(): void {
    this.#timer?.stop();
    this.#timer = undefined;
  }

  /** Calls `late` unless stopped before. */
  expectWithin(milliseconds: number, late: () => void): () => void {
    if (this.#stopped) return () => {};
    const timer = new PatientTimer(milliseconds, () => {
      this.#others?.delete(timer);
      late();
    });
    this.#others ??= new Set();
    this.#others.add(timer);
    return () => {
      this.#others?.delete(timer);
      timer.stop();
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
    for (const timer of this.#others ?? []) timer.stop();
    this.#others = undefined;
  }

  #arm(left: number): void {
    this.#timer = new PatientTimer(this.#milliseconds, () => this.#check(), Math.max(1, left));
  }

  #check(): void {
    this.#timer = undefined;
    if (!this.#watched.waiting || this.#stopped) return;
    const left = this.#milliseconds - (performance.now() - this.#lastSign);
    if (left > 0) this.#arm(left);
    else this.#watched.expired(this.#milliseconds);
  }
}
