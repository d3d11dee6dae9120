import { ImapError } from '../errors.ts';
import type { Command } from './command.ts';
import type { Operation, Outcome, RunOptions } from './operation.ts';

/**
 * A command that lasts until it is ended (IDLE), and is told its own outcome. A promise of the outcome, and all that
 * waits for it, would be kept in memory for as long as the command lasts.
 */
export interface LastingCommand<Result> extends Command<Result> {
  /** Called once, when a promise would be settled. */
  done(outcome: { value: Result } | { error: unknown }): void;
}

/** The options that such a command takes. */
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

/** `resolve` and `reject` of such an operation: the same two functions for all. */
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
