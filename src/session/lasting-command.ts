import { ImapError } from '../errors.ts';
import type { Command } from './command.ts';
import type { Operation, Outcome, RunOptions } from './operation.ts';

/**
 * A command that lasts until it is ended, and is told itself what came of it: a promise, and all that waits for one, would be
 * kept for as long.
 */
export interface LastingCommand<Result> extends Command<Result> {
  /** Told once, where a promise would be settled. */
  done(outcome: { value: Result } | { error: unknown }): void;
}

/** What of the options such a command has. */
export type LastingOptions = Pick<RunOptions, 'mailbox' | 'background'>;

/** What is under way, and can be given up. */
export interface Abortable {
  abort(): void;
}

/** Who gives operations up. */
interface Abandoner {
  giveUp(operation: Operation, error: unknown): void;
}

/** An operation whose command lasts. */
export class Lasting implements Abortable {
  readonly #operation: Operation;
  readonly #abandoner: Abandoner;

  constructor(operation: Operation, abandoner: Abandoner) {
    this.#operation = operation;
    this.#abandoner = abandoner;
  }

  abort(): void {
    const { command, settled } = this.#operation;
    if (settled) return;
    this.#abandoner.giveUp(this.#operation, new ImapError('CANCELLED', `${command.name}: the operation was cancelled`));
  }
}

/** The methods of such an operation, the same two for all. */
export function resolveLasting(this: Operation, value: unknown): void {
  tell(this, { value });
}

export function rejectLasting(this: Operation, error: unknown): void {
  tell(this, { error });
}

/** As a promise's callbacks are called: when what goes on now is done. */
function tell({ command }: Operation, outcome: Outcome): void {
  const lasting = command as LastingCommand<unknown>; // no other operation has these methods
  queueMicrotask(() => lasting.done(outcome));
}
