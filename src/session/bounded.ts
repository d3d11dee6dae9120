import { shown, UsageError } from '../errors.ts';
import { Cancellation } from './abort.ts';
import type { RunOptions } from './operation.ts';

/**
 * The options of several commands, whose time is one and begins now, unless it has begun. Apart: who makes a pool needs
 * nothing of a session.
 */
export function bounded<Options extends RunOptions>(options: Options): Options {
  const { timeout, until } = options;
  // What is no time is refused with the first command.
  if (typeof timeout !== 'number' || until !== undefined) return options;
  return { ...options, until: performance.now() + timeout };
}

/** Throws for what bounds nothing: it may be anything, from a caller without types. */
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
