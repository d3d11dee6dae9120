/** Time that passes with the turns of the event loop, and chance that comes from a seed: what depends on them comes again with it. */
import { Random } from '../../unit/wire/random.ts';

/** So much time passes in one turn, ms. */
const TURN = 0.1;

type Work = (...args: unknown[]) => void;

class Timer {
  constructor(
    readonly due: number,
    readonly work: () => void,
  ) {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

/** Timers, `performance.now` and `Math.random`, in place of the platform's until it is disposed of. */
export class Clock {
  readonly #random: Random;
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>();
  readonly #before = { setTimeout, clearTimeout, random: Math.random, now: performance.now };
  #now = 1000;
  #over = false;

  constructor(seed: number) {
    this.#random = new Random(seed ^ 0x5eed);
    const set = (work: Work, milliseconds = 0, ...args: unknown[]) => {
      const timer = new Timer(this.#now + Math.max(1, milliseconds), () => work(...args));
      this.#timers.add(timer);
      return timer;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: (timer: Timer) => void this.#timers.delete(timer) });
    Math.random = () => this.#random.below(1_000_000) / 1_000_000;
    performance.now = () => this.#now;
    setImmediate(() => this.#turn());
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  #turn(): void {
    if (this.#over) return;
    setImmediate(() => this.#turn());
    this.#now += TURN;
    const due = [...this.#timers].filter(({ due }) => due <= this.#now).sort((a, b) => a.due - b.due);
    // One may stop another.
    for (const timer of due) if (this.#timers.delete(timer)) timer.work();
  }

  [Symbol.dispose](): void {
    this.#over = true;
    const { setTimeout, clearTimeout, random, now } = this.#before;
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Math.random = random;
    performance.now = now;
  }
}
