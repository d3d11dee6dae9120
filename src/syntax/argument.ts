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

/** True for what a literal makes, in whatever realm, and what Object.create() makes of such: no class stands behind it. */
export function isPlain(value: object): boolean {
  const root = underlying(value);
  return root === Object.prototype || root === null || Object.getPrototypeOf(root) === null;
}

/** A copy of a plain object, with what it inherits. */
export function withInherited(object: object): Record<string, unknown> {
  const copy = { ...object } as Record<string, unknown>; // what it holds is to be looked at
  const root = underlying(object);
  for (let under = Object.getPrototypeOf(object); under !== root; under = Object.getPrototypeOf(under))
    for (const key of Object.keys(under)) if (!Object.hasOwn(copy, key)) copy[key] = under[key];
  return copy;
}

/** The first of an object's prototypes that belongs to a class. */
function underlying(object: object): object | null {
  let prototype: object | null = Object.getPrototypeOf(object);
  while (prototype !== null && !Object.hasOwn(prototype, 'constructor')) prototype = Object.getPrototypeOf(prototype);
  return prototype;
}
