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
