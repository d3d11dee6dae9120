import { shown, UsageError } from '../errors.ts';
import { isPlain, isRecord, requireBoolean } from '../syntax/argument.ts';

/** What a method takes for its options. */
export interface OptionsTaken {
  /** Where they stand among its arguments. */
  at: number;
  /** Those of its own that are true or false. */
  booleans?: readonly string[];
  /** Its others. Given where nothing else may stand there: an option that is misspelt or another method's would change what is done to mail. */
  others?: readonly string[];
}

/** What every method takes, and what its time becomes on the way (see bounded()). */
const OF_ALL: readonly string[] = ['signal', 'timeout', 'progress', 'until'];

/**
 * The arguments of a call, as its method is to have them. Options are looked at; arrays, dates and plain objects are the
 * caller's, who may change them as soon as the call has returned, so that what is read later is a copy. Bytes are not copied.
 */
export function ownArguments(name: string, args: readonly unknown[], taken: OptionsTaken | undefined): unknown[] {
  const copies = new Copies(name);
  return Array.from(args, (value, index) => {
    if (value === undefined || index !== taken?.at) return copies.of(value);
    if (!isRecord(value)) throw new UsageError(`${name}: the options are an object, not ${shown(value)}`);
    const options = isPlain(value) ? copies.object(value) : value;
    checkOptions(name, options, taken);
    return options;
  });
}

function checkOptions(name: string, options: object, { booleans = [], others }: OptionsTaken): void {
  for (const [option, value] of Object.entries(options)) {
    if (booleans.includes(option)) requireBoolean(`${name}: ${option}`, value);
    else if (others !== undefined && !others.includes(option) && !OF_ALL.includes(option))
      throw new UsageError(`${name}: not an option: ${shown(option)}`);
  }
}

/** Copies of what one call was given; what stands in two places, or in itself, is copied once. */
class Copies {
  readonly #name: string;
  #made: Map<object, unknown> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return new Date(value);
    const made = this.#made?.get(value);
    if (made !== undefined) return made;
    if (Array.isArray(value)) return this.#array(value);
    return isPlain(value) && !hasMethods(value) ? this.object(value) : value;
  }

  #array(array: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    this.#keep(array, copy);
    for (let index = 0; index < array.length; index++) {
      const value = array[index];
      if (value === undefined && !(index in array)) throw new UsageError(`${this.#name}: an array with a hole`);
      copy.push(typeof value === 'object' ? this.of(value) : value);
    }
    return copy;
  }

  object(object: object): object {
    const copy: Record<string, unknown> = { ...object };
    this.#keep(object, copy);
    for (const key of Object.keys(copy)) copy[key] = this.of(copy[key]);
    return copy;
  }

  #keep(value: object, copy: unknown): void {
    this.#made ??= new Map();
    this.#made.set(value, copy);
  }
}

/** True where it does something by itself, and is to stay what it is: an iteration, a mechanism of SASL. */
function hasMethods(object: object): boolean {
  if (Symbol.iterator in object || Symbol.asyncIterator in object) return true;
  return Object.values(object).some((value) => typeof value === 'function');
}
