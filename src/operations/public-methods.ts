import { UsageError } from '../errors.ts';

/**
 * What all public methods of an object do for their callers. They refuse `null`, which none of them takes: where
 * options are taken apart, the engine's own TypeError would come. They reject with what is thrown in them, so that no
 * method need be async for that alone; those in `throwing` throw it. `internal`: no caller calls these. `refuse` throws
 * where no call is taken any more, and is not asked for `throwing`. `prepare` makes the arguments what the method is to
 * have.
 */
export function publicMethods<T extends object>(
  methods: T,
  {
    throwing = [],
    internal = [],
    refuse = () => {},
    prepare = () => {},
  }: {
    throwing?: (keyof T)[];
    internal?: (keyof T)[];
    refuse?: (object: T, name: string) => void;
    prepare?: (name: string, args: unknown[]) => void;
  } = {},
): T {
  const all = methods as Record<string, unknown>; // by their names, which are strings
  for (const name of Object.getOwnPropertyNames(methods)) {
    // A getter is not to be called here.
    const method: unknown = Object.getOwnPropertyDescriptor(methods, name)?.value;
    const key = name as keyof T; // it is one of its own names
    if (typeof method !== 'function' || name === 'constructor' || internal.includes(key)) continue;
    const refuseNull = (): never => {
      throw new UsageError(`${name}: null is none of its arguments; what is left out is undefined`);
    };
    const throws = throwing.includes(key);
    const refusing = {
      [name](this: T, ...args: unknown[]): unknown {
        try {
          if (args.includes(null)) refuseNull();
          if (!throws) refuse(this, name);
          prepare(name, args);
          return method.apply(this, args);
        } catch (error) {
          if (throws) throw error;
          return Promise.reject(error);
        }
      },
    };
    // Assigned to what is there already, it stays as enumerable as it was.
    all[name] = refusing[name];
  }
  return methods;
}
