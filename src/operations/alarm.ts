/** Who is woken. */
export interface Sleeper {
  wake(): void;
}

/** Wakes everybody after the same time, with one timer for all: a timer for each would take 250 bytes. */
export class Alarm {
  readonly #milliseconds: number;
  /** When each is due, ms of the monotonic clock: in this order, as all wait equally long. */
  readonly #due = new Map<Sleeper, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Wakes once, unless cleared or set anew before. */
  set(sleeper: Sleeper): void {
    this.#due.delete(sleeper);
    this.#due.set(sleeper, Math.trunc(performance.now()) + this.#milliseconds);
    this.#arm(this.#milliseconds);
  }

  clear(sleeper: Sleeper): void {
    if (!this.#due.delete(sleeper) || this.#due.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(milliseconds: number): void {
    this.#timer ??= setTimeout(() => this.#ring(), milliseconds);
  }

  #ring(): void {
    this.#timer = undefined;
    for (const [sleeper, due] of this.#due) {
      const left = due - performance.now();
      if (left > 0) {
        this.#arm(left);
        return;
      }
      this.#due.delete(sleeper);
      sleeper.wake();
    }
  }
}

/**
 * For an IDLE, in which nothing else is sent: servers may log out after 29 minutes (RFC 2177 §3), NATs forget sooner,
 * and a server that is gone would never be missed.
 */
export const renewal = new Alarm(9 * 60_000);
