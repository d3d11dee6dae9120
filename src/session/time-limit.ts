import { ImapError } from '../errors.ts';
import { LONGEST_TIMER } from '../wire/limits.ts';
import { onAbort } from './abort.ts';
import type { Abandoner } from './lasting.ts';
import type { Operation } from './operation.ts';

/** Has an operation given up when its signal aborts or its time is over, unless it ends before. */
export function limitTime(operation: Operation, abandoner: Abandoner): void {
  const { signal, timeout = Number.POSITIVE_INFINITY } = operation.options;
  const release = signal && onAbort(signal, () => abandoner.giveUp(operation, signal.reason));
  // What lies beyond is no deadline.
  operation.release = timeout > LONGEST_TIMER ? release : endAfter(timeout, operation, abandoner, release);
}

/** Returns what undoes it, and calls `release` too. */
function endAfter(
  timeout: number,
  operation: Operation,
  abandoner: Abandoner,
  release: (() => void) | undefined,
): () => void {
  const timer = setTimeout(() => {
    const { command, options } = operation;
    const message = `${command.name}: not done within ${options.allowed ?? timeout} ms`;
    abandoner.giveUp(operation, new ImapError('TIMEOUT', message));
  }, timeout);
  return () => {
    release?.();
    clearTimeout(timer);
  };
}
