import { ImapError } from '../errors.ts';
import { LONGEST_TIMER } from '../wire/limits.ts';
import { onAbort } from './abort.ts';
import type { RunOptions } from './operation.ts';

/**
 * Calls `over` with the reason once the signal aborts or the time is over, unless the returned function is called
 * before. It may be called for both.
 */
export function limitTime(
  name: string,
  { signal, timeout = Number.POSITIVE_INFINITY, until }: RunOptions,
  over: (reason: unknown) => void,
): (() => void) | undefined {
  const release = signal && onAbort(signal, () => over(signal.reason));
  // No timer can be set for longer: that is no deadline.
  const left = until === undefined ? timeout : Math.max(0, until - performance.now());
  if (left > LONGEST_TIMER) return release;
  const timer = setTimeout(() => over(new ImapError('TIMEOUT', `${name}: not done within ${timeout} ms`)), left);
  return () => {
    release?.();
    clearTimeout(timer);
  };
}
