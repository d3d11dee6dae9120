import type { RunOptions } from '../session/operation.ts';
import { limitTime } from '../session/time-limit.ts';

/**
 * Ends a call early, by its signal or timeout, while the session knows nothing of it: it waits for its turn, or for its
 * caller's next message.
 */
export class EarlyEnd {
  #error: { error: unknown } | undefined;
  #reject: ((error: unknown) => void) | undefined;

  get reached(): boolean {
    return this.#error !== undefined;
  }

  come(error: unknown): void {
    this.#error ??= { error };
    this.#reject?.(error);
  }

  /** Settles as `wait` does; where the end comes before, it rejects with that. */
  async unless<T>(wait: () => T | Promise<T>): Promise<T> {
    if (this.#error !== undefined) throw this.#error.error;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(wait()).then(resolve, reject);
    });
  }
}

/** Has a call wait for another, or for its caller, no longer than its options let it. */
export async function waitFor<T>(wait: () => Promise<T>, name: string, limits: RunOptions): Promise<T> {
  const end = new EarlyEnd();
  const release = limitTime(name, limits, (reason) => end.come(reason));
  try {
    return await end.unless(wait);
  } finally {
    release?.();
  }
}
