import { ImapError } from '../errors.ts';
import { LONGEST_TIMER } from '../wire/limits.ts';
import { onAbort } from './abort.ts';
import type { Abandoner } from './lasting.ts';
import type { Operation } from './operation.ts';

/** Has an operation given up when its signal aborts or its time is over, unless it ends before. */
export function limitTime(operation: Operation, abandoner: Abandoner): void {
  const { signal, timeout = Number.POSITIVE_INFINITY, until } = operation.options;
  const release = signal && onAbort(signal, () => abandoner.giveUp(operation, signal.reason));
  // What lies beyond is no deadline.
  const left = until === undefined ? timeout : Math.max(0, until - performance.now());
  operation.release = left > LONGEST_TIMER ? release : endAfter(left, operation, abandoner, release);
}

/** Returns what undoes it, and calls `release` too. */
function endAfter(
  milliseconds: number,
  operation: Operation,
  abandoner: Abandoner,
  release: (() => void) | undefined,
): () => void {
  const timer = setTimeout(() => {
    const { command, options } = operation;
    const message = `${command.name}: not done within ${options.timeout} ms`;
    abandoner.giveUp(operation, new ImapError('TIMEOUT', message));
  }, milliseconds);
  return () => {
    release?.();
    clearTimeout(timer);
  };
}
