import type { RunOptions } from './operation.ts';

/** The options of several commands, whose time is one and begins now. Apart: who makes a pool needs nothing of a session. */
export function bounded<Options extends RunOptions>(options: Options): Options {
  return options.timeout === undefined ? options : { ...options, until: performance.now() + options.timeout };
}
