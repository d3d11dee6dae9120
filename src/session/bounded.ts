import { shown, UsageError } from '../errors.ts';
import { Cancellation } from './abort.ts';
import type { RunOptions } from './operation.ts';

/**
 * Options for several commands that share one timeout, which is counted from now unless it is counted already. In a
 * file of its own: who makes a pool needs this, and nothing else of a session.
 */
export function bounded<Options extends RunOptions>(options: Options): Options {
  const { timeout, until } = options;
  // A timeout that is no number is refused with the first command.
  if (typeof timeout !== 'number' || until !== undefined) return options;
  return { ...options, until: performance.now() + timeout };
}

/** Throws UsageError for what is no timeout or no signal: a caller without types may give anything. */
export function requireBounds(name: string, { timeout, signal }: RunOptions): void {
  if (timeout !== undefined && (typeof timeout !== 'number' || !(timeout >= 0)))
    throw new UsageError(`${name}: timeout is no number of milliseconds: ${shown(timeout)}`);
  if (signal !== undefined && !isSignal(signal)) throw new UsageError(`${name}: the signal is no AbortSignal`);
}

function isSignal(value: unknown): boolean {
  if (value instanceof Cancellation) return true;
  if (typeof value !== 'object' || value === null) return false;
  return 'aborted' in value && typeof value.aborted === 'boolean' && 'addEventListener' in value;
}
