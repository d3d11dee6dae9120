import { ConnectionError } from '../errors.ts';
import { perhapsExecuted } from '../session/outcome.ts';

/**
 * The commands of one operation, one after the other. Where the connection is lost between two of them, the first was
 * executed: a caller who is told that the second was not would do both again.
 */
export class Steps {
  #executed = false;

  /** Settles as the step does. Steps may be under way together. */
  async take<Result>(step: Promise<Result>): Promise<Result> {
    try {
      const result = await step;
      this.#executed = true;
      return result;
    } catch (error) {
      if (error instanceof ConnectionError && error.maybeExecuted) this.#executed = true;
      throw this.failure(error);
    }
  }

  /** What the operation rejects with. */
  failure(error: unknown): unknown {
    return this.#executed ? perhapsExecuted(error) : error;
  }
}
