import { UsageError } from '../errors.ts';
import { onAbort } from '../session/abort.ts';
import { requireBounds } from '../session/bounded.ts';
import type { OperationOptions } from '../session/operation.ts';

/** Has a function called once another user is let in, or none; returns what undoes it. */
export type OnLeft = (left: () => void) => () => void;

/** Runs what takes several commands of a client: see whileUserStays and beforeLogout. */
export type TakeSteps = <Options extends OperationOptions, Result>(
  name: string,
  options: Options,
  work: (options: Options) => Promise<Result>,
) => Promise<Result>;

/** What a call is told that was for a user who was left before all of it was sent. */
export function userLeft(name: string): UsageError {
  return new UsageError(`${name}: the user was left meanwhile`, 'CLOSED');
}

/** Runs what may take several commands. Those that are not sent once the user is left would be carried out for the next one. */
export async function whileUserStays<Options extends OperationOptions, Result>(
  name: string,
  options: Options,
  onLeft: OnLeft,
  work: (options: Options) => Promise<Result>,
): Promise<Result> {
  requireBounds(name, options);
  const { signal } = options;
  const ending = new AbortController();
  const release = signal && onAbort(signal, () => ending.abort(signal.reason));
  const stay = onLeft(() => ending.abort(userLeft(name)));
  try {
    return await work({ ...options, signal: ending.signal });
  } finally {
    release?.();
    stay();
  }
}
