/**
 * A constructor whose objects are plain ones, equal to an object literal with the same keys. Unlike a literal it leaves
 * room in the object for keys that are added or absent: a message has one or two dozen that may be there or not.
 */
export function plainConstructor<T, A extends unknown[]>(
  construct: (this: T, ...args: A) => void,
): new (
  ...args: A
) => T {
  construct.prototype = Object.prototype;
  // TypeScript knows no function that is a constructor.
  return construct as unknown as new (
    ...args: A
  ) => T;
}
