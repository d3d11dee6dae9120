import { UsageError } from '../errors.ts';
import { isPlain, withInherited } from '../syntax/argument.ts';
import { copyOptions, type OptionsTaken } from './method-options.ts';

/** Deeper than the arguments of any method: a query may be 50 deep, and each of them stand in a list. */
const MOST_NESTED = 200;

/**
 * Makes the arguments of a call what its method is to have. Options are looked at; arrays, dates and plain objects are the
 * caller's, who may change them as soon as the call has returned, so that what is read later is a copy. Bytes are not copied.
 */
export function copyArguments(name: string, args: unknown[], taken: OptionsTaken | undefined): void {
  let copies: Copies | undefined;
  for (let index = 0; index < args.length; index++) {
    const value = args[index];
    if (taken !== undefined && index === taken.at && value !== undefined) {
      copies ??= new Copies(name);
      args[index] = copies.options(value, taken);
    } else if (isFlat(value)) {
      args[index] = value.slice();
    } else if (typeof value === 'object') {
      copies ??= new Copies(name);
      args[index] = copies.of(value);
    }
  }
}

/** A list of texts or numbers, as nearly all are: there is nothing within to be copied. */
function isFlat(value: unknown): value is unknown[] {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) {
    const type = typeof value[index];
    if (type !== 'string' && type !== 'number') return false;
  }
  return true;
}

/** Copies of what one call was given; what holds others, and stands in two places or in itself, is copied once. */
class Copies {
  readonly #name: string;
  #made: Map<unknown, unknown> | undefined;
  #depth = 0;

  constructor(name: string) {
    this.#name = name;
  }

  options(value: unknown, taken: OptionsTaken): object {
    return this.#within(value, copyOptions(this.#name, value, taken));
  }

  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return new Date(value);
    const made = this.#made?.get(value);
    if (made !== undefined) return made;
    if (Array.isArray(value)) return this.#array(value);
    if (isPlain(value)) return hasMethods(value) ? value : this.#object(value);
    return ofThisRealm(value);
  }

  #array(array: readonly unknown[]): unknown[] {
    // A copy has just the room that it needs; one that grew by push has room for 16 more, and thousands may wait.
    const copy = array.slice();
    for (let index = 0; index < copy.length; index++) {
      const value = copy[index];
      if (value === undefined && !(index in copy)) throw new UsageError(`${this.#name}: an array with a hole`);
      if (typeof value === 'object') copy[index] = this.#inner(array, copy, value);
    }
    return copy;
  }

  #object(object: object): object {
    return this.#within(object, withInherited(object));
  }

  #within(object: unknown, copy: Record<string, unknown>): object {
    for (const key of Object.keys(copy)) {
      const value = copy[key];
      if (typeof value === 'object') copy[key] = this.#inner(object, copy, value);
    }
    return copy;
  }

  #inner(outer: unknown, copy: object, value: object | null): unknown {
    this.#made ??= new Map();
    this.#made.set(outer, copy);
    // For its method to refuse.
    if (this.#depth === MOST_NESTED) return value;
    this.#depth++;
    const own = this.of(value);
    this.#depth--;
    return own;
  }
}

/** A Date, or bytes, of another realm, as of node:vm: there Node-RED and others run what their users write. */
function ofThisRealm(value: object): object {
  if (value instanceof Uint8Array) return value;
  const kind = Object.prototype.toString.call(value);
  if (kind === '[object Date]') return new Date(value as Date); // as it says
  if (!ArrayBuffer.isView(value) || kind !== '[object Uint8Array]') return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** True where it does something by itself, and is to stay what it is: an iteration, a mechanism of SASL. */
function hasMethods(object: object): boolean {
  if (Symbol.iterator in object || Symbol.asyncIterator in object) return true;
  // What it inherits, too.
  for (const key in object) if (typeof object[key as keyof typeof object] === 'function') return true;
  return false;
}
