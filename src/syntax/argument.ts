import { shown, UsageError } from '../errors.ts';

/** Throws for what is neither true nor false, nor left out: 'false' is a text, and as true as any. */
export function requireBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new UsageError(`${name} is neither true nor false: ${shown(value)}`);
}

/**
 * True for an object that is there for its keys. What else is an object has none, a promise that was not awaited for one: it
 * would be read as one that says nothing.
 */
export function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return false;
  return isPlain(value) || Object.keys(value).length > 0;
}

/** True for what a literal makes, in whatever realm. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
