/** What is chosen at random for a call. */
import type { Random } from '../../unit/wire/random.ts';
import { turns } from './pieces.ts';

/** One is not of ASCII alone. */
export const OTHER = 'Bä&b';
export const NAMES = ['INBOX', 'A', OTHER, 'C/D'];

/** What the caller gives a call up with. */
export const ABORTED = new Error('The caller gave it up');

export type Options = { signal?: AbortSignal; timeout?: number };

export class Choices {
  readonly #random: Random;
  /** Of so many calls one is given up. */
  readonly #patience: number;

  constructor(random: Random) {
    this.#random = random;
    this.#patience = 2 + random.below(8);
  }

  odds(one: number): boolean {
    return this.#random.below(one) === 0;
  }

  one<T>(from: readonly T[]): T | undefined {
    return from[this.#random.below(from.length)];
  }

  name(): string {
    return this.one(NAMES) ?? 'INBOX';
  }

  /** Now and then a call is given up. */
  options(): Options {
    if (this.odds(12)) return { timeout: this.#random.below(4) };
    if (!this.odds(this.#patience)) return {};
    return { signal: this.until(12) };
  }

  /** Aborts some time within so many turns. */
  until(most: number): AbortSignal {
    const controller = new AbortController();
    void turns(this.#random.below(most)).then(() => controller.abort(ABORTED));
    return controller.signal;
  }

  /** Now and then one that is larger than what a connection keeps for slow readers. */
  message(subject: string) {
    const length = this.odds(8) ? this.#random.below(20_000) : this.#random.below(300);
    return { content: `Subject: ${subject}\r\n\r\n${'x'.repeat(length)}\r\n` };
  }
}
