import { shown, UsageError } from '../errors.ts';
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
}

/** What an operation takes, and what its time becomes on the way (see bounded()). */
const OF_OPERATIONS: readonly string[] = ['signal', 'timeout', 'progress', 'until'];
const OF_LASTING: readonly string[] = ['signal'];

/** An option that is misspelt, or another method's, would be one that is left out. */
function checkOptions(name: string, options: object, { booleans = [], others = [], lasts }: OptionsTaken): void {
  const common = lasts ? OF_LASTING : OF_OPERATIONS;
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (booleans.includes(option)) requireBoolean(`${name}: ${option}`, value);
    else if (!others.includes(option) && !common.includes(option))
      throw new UsageError(`${name}: not an option: ${shown(option)}`);
  }
}

/** What is given for options, looked at: a copy where it is a plain object, which its caller may change. */
export function ownOptions(name: string, value: unknown, taken: OptionsTaken): Record<string, unknown> {
  if (!isRecord(value)) throw new UsageError(`${name}: the options are an object, not ${shown(value)}`);
  const options = isPlain(value) ? withInherited(value) : (value as Record<string, unknown>); // what it holds is to be looked at
  checkOptions(name, options, taken);
  return options;
}
