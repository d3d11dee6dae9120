import { UsageError } from '../errors.ts';

/**
 * Has the methods of an object tell a `null` among their arguments as their caller's mistake: none takes one, and where
 * options are taken apart the engine's own TypeError would come. `synchronous`: those that throw, where the others reject.
 */
export function refuseNull<T extends object>(methods: T, ...synchronous: (keyof T)[]): T {
  const throwing = new Set<PropertyKey>(synchronous);
  const all = methods as Record<string, unknown>; // by their names, which are strings
  for (const name of Object.getOwnPropertyNames(methods)) {
    // A getter is not to be called here.
    const method: unknown = Object.getOwnPropertyDescriptor(methods, name)?.value;
    if (typeof method !== 'function' || name === 'constructor') continue;
    const refusing = {
      [name](this: unknown, ...args: unknown[]): unknown {
        if (!args.includes(null)) return Reflect.apply(method, this, args);
        const error = new UsageError(`${name}: null is none of its arguments; what is left out is undefined`);
        if (throwing.has(name)) throw error;
        return Promise.reject(error);
      },
    };
    // Assigned to what is there already, it stays as enumerable as it was.
    all[name] = refusing[name];
  }
  return methods;
}
