import { naming, requireKeys, shown, UsageError } from '../errors.ts';
import { bounded } from '../session/bounded.ts';
import type { RunOptions } from '../session/operation.ts';
import { isPlain, isRecord, requireBoolean, withInherited } from '../syntax/argument.ts';

/** What a method takes for its options. */
export interface OptionsTaken {
  /** Where they stand among its arguments. */
  at: number;
  /** Those of its own that are true or false. */
  booleans?: readonly string[];
  /** Its others. */
  others?: readonly string[];
  /** It goes on until it is left: nothing but `signal` bounds it. */
  lasts?: true;
  /** What it does begins later than the call, and its time then. */
  later?: true;
}

/** What an operation takes, and what its time becomes on the way (see bounded()). */
const OF_OPERATIONS: readonly string[] = ['signal', 'timeout', 'progress', 'until'];
const OF_LASTING: readonly string[] = ['signal'];

function keysOf({ booleans = [], others = [], lasts }: OptionsTaken): string[] {
  return [...(lasts ? OF_LASTING : OF_OPERATIONS), ...booleans, ...others];
}

/** Throws UsageError for an option that is misspelt, or another method's: it would be ignored silently. */
function checkOptions(name: string, options: object, known: readonly string[], booleans: readonly string[] = []): void {
  naming(name, () => {
    requireKeys(options, known);
    for (const option of booleans) requireBoolean(option, Reflect.get(options, option));
  });
}

/**
 * The options that an object of a class has: getters of its class are not its own, and the first copy would lose them.
 */
function withGetters(object: object, known: readonly string[]): Record<string, unknown> {
  const copy = { ...object } as Record<string, unknown>; // what it holds is to be looked at
  for (const key of known) copy[key] ??= Reflect.get(object, key);
  return copy;
}

/**
 * A copy of the options of a call, checked: the caller may change his own. A timeout counts for all commands of the
 * call together.
 */
export function copyOptions(name: string, value: unknown, taken: OptionsTaken): Record<string, unknown> {
  if (!isRecord(value)) throw new UsageError(`${name}: the options are an object, not ${shown(value)}`);
  const known = keysOf(taken);
  const options = isPlain(value) ? withInherited(value) : withGetters(value, known);
  checkOptions(name, options, known, taken.booleans);
  return taken.later ? options : bounded(options as RunOptions & typeof options); // a timeout is looked at there
}
