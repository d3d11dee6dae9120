type Constructor<T, A extends unknown[]> = new (...args: A) => T;

/**
 * A constructor whose objects are plain ones, equal to an object literal with the same keys. Unlike a literal it leaves
 * room in the object for keys that are added or absent: a message has one or two dozen that may be there or not.
 */
export function plainConstructor<T, A extends unknown[]>(construct: (this: T, ...args: A) => void): Constructor<T, A> {
  construct.prototype = Object.prototype;
  return construct as unknown as Constructor<T, A>; // TypeScript knows no function that is a constructor
}
