/** Every argument that goes wrong: texts that try to be more than text, values of other types, and objects that change. */

export const HOSTILE: readonly string[] = [
  'a\r\nZ99 DELETE INBOX',
  'a\nZ99 LOGOUT',
  'a\rb',
  '\r\n',
  'nul\0l',
  '"',
  'a"b',
  'a" "b',
  '\\',
  'a\\"',
  '\\Seen\r\nZ99 LOGOUT',
  '{5}',
  'a{5}\r\nhello',
  'a {5+}',
  '{5+}',
  '~{5}',
  ')',
  '(a b)',
  'a) (b',
  '1:2) (zq',
  '1 zq',
  '*',
  '%',
  ' ',
  'a b',
  ']',
  '] zq[',
  'BODY[] BODY[TEXT',
  'grün',
  '\u{1f4e8}',
  '\ud800',
  'x\udc00y',
  '\udc0d\udc0a',
  '\udc00',
  '\udc38\r\n',
  '\u0080',
  '\u2028',
  '&',
  '&AAo-',
  '&AA0ACg-',
  '../../etc/passwd',
  '\x07\x1b[31m',
  '\x7f',
  '__proto__',
  'constructor',
  '$',
  '\u{1d7d9}', // a digit, but no DIGIT
  '١',
  'ſ', // s in upper case, and k the next
  'K',
  '',
];
const EVIL = 'zq\r\nZ99 DELETE INBOX';
export const LONG = `zq ${'x'.repeat(100_000)}`;

/** Turns into something else with every look. */
function shifting(): object {
  let looks = 0;
  const text = () => (looks++ < 2 ? 'zq' : EVIL);
  return { toString: text, valueOf: text, toJSON: text, [Symbol.toPrimitive]: text };
}

/** Has every property that is asked for, and every method gives the same text. */
function obliging(): object {
  return new Proxy(
    Object.assign(() => {}, {}),
    {
      get: (_, key) => {
        if (key === 'length') return 3;
        if (key === 'then' || key === Symbol.iterator || key === Symbol.asyncIterator) return undefined;
        return () => EVIL;
      },
      has: () => true,
    },
  );
}

class Text extends String {
  override replace(): string {
    return EVIL;
  }
  override toUpperCase(): string {
    return EVIL;
  }
  override toLowerCase(): string {
    return 'zq';
  }
  override startsWith(): boolean {
    return true;
  }
  override slice(): string {
    return EVIL;
  }
  override substring(): string {
    return EVIL;
  }
  override charCodeAt(): number {
    return 97;
  }
}

/** Values of types that the contract does not have there; made anew for each use. */
export const WRONG: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  true: () => true,
  zero: () => 0,
  'a number': () => 7,
  'a negative number': () => -1,
  'a fraction': () => 1.5,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  'a number beyond 2^53': () => 2 ** 60,
  'a bigint': () => 5n,
  'a bigint beyond 2^64': () => 2n ** 70n,
  'a symbol': () => Symbol('zq'),
  'a function': () => () => EVIL,
  'an object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'an array': () => [],
  'an array with a text': () => [EVIL],
  'an array with a hole': () => new Array(1),
  'an array in an array': () => [[EVIL]],
  'a text object': () => new String(EVIL),
  'a text of another class': () => new Text('zq'),
  'what turns into text': shifting,
  'what has everything': obliging,
  'what looks like an array': () => ({ length: 2, 0: 'zq', 1: EVIL }),
  'what looks like bytes': () => ({ length: 2, byteLength: 2, 0: 13, 1: 10, buffer: new ArrayBuffer(2) }),
  bytes: () => Buffer.from(EVIL),
  'words of 16 bits': () => new Uint16Array([0x0d0a, 0x0d0a]),
  'an ArrayBuffer': () => new ArrayBuffer(3),
  'no date': () => new Date(Number.NaN),
  'a date far off': () => new Date(8.64e15),
  'a set': () => new Set([EVIL]),
  'a map': () => new Map([['zq', EVIL]]),
  'a promise': () => Promise.resolve(EVIL),
  'what throws': () => ({
    toString: () => {
      throw new RangeError('what throws');
    },
  }),
};

/** What a caller's own code throws comes out as it is. */
export function isCallers(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'what throws';
}

/** The same at first, and after so many looks something else. */
function fickle<T extends object>(value: T, looks: number, evil: unknown): T {
  let seen = 0;
  return new Proxy(value, {
    get: (target, key, receiver) => {
      const own = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || key === 'length' || typeof own === 'function') return own;
      return seen++ < looks ? own : evil;
    },
  });
}

export interface Variant {
  name: string;
  /** The text that stands in it, where it is one. */
  text?: string;
  /** The engine itself may stumble over it. */
  lies?: boolean;
  make(): unknown[];
}

type Path = readonly (string | number)[];

/** All places of a value that hold something, itself included. */
function* places(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (!isContainer(value)) return;
  for (const [key, inner] of Object.entries(value))
    yield* places(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  );
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value); // the path is of this value
}

/** A copy with something else in one place. */
function replaced(value: unknown, path: Path, by: (before: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by(value);
  if (!isContainer(value)) throw new Error('No such place');
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>; // a container of either kind
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const LOOKS = [0, 1, 2, 3, 4, 6, 9];
const EVILS: readonly unknown[] = [EVIL, '1) (zq', 'zq" ', 7, null];

/** The calls that come of an example: in each of its places each text. */
export function* hostileTexts(example: readonly unknown[]): Generator<Variant> {
  yield* markedTexts(example);
  for (const path of places(example)) {
    for (const text of [...HOSTILE, LONG]) {
      const name = `${path.join('.')} = ${JSON.stringify(text.slice(0, 40))}`;
      yield { name, text, make: () => replaced(example, path, () => text) as unknown[] }; // arguments as before
    }
  }
}

/** The same, each text so that it is known again on the wire. */
export function* markedTexts(example: readonly unknown[]): Generator<Variant> {
  for (const path of places(example)) {
    for (const text of HOSTILE.map((one) => `zq${one}`)) {
      const name = `${path.join('.')} = ${JSON.stringify(text.slice(0, 40))}`;
      yield { name, text, make: () => replaced(example, path, () => text) as unknown[] }; // arguments as before
    }
  }
}

/** In each place each value of another type, and names of properties. */
export function* wrongTypes(example: readonly unknown[]): Generator<Variant> {
  for (const path of places(example)) {
    for (const [kind, make] of Object.entries(WRONG)) {
      const name = `${path.join('.')} = ${kind}`;
      yield { name, make: () => replaced(example, path, make) as unknown[] }; // arguments as before
    }
    const held = at(example, path);
    if (!isContainer(held) || Array.isArray(held)) continue;
    for (const key of Object.keys(held)) {
      for (const text of HOSTILE) {
        const rename = () =>
          Object.fromEntries(Object.entries(held).map(([own, value]) => [own === key ? text : own, value]));
        const name = `${[...path, key].join('.')} named ${JSON.stringify(text)}`;
        yield { name, text, make: () => replaced(example, path, rename) as unknown[] }; // arguments as before
      }
    }
  }
}

/** Each object and array of it changes after some looks. */
export function* changing(example: readonly unknown[]): Generator<Variant> {
  for (const path of places(example)) {
    const held = at(example, path);
    if (!isContainer(held)) continue;
    for (const looks of LOOKS) {
      for (const evil of EVILS) {
        const name = `${path.join('.')} turns to ${JSON.stringify(evil)} after ${looks} looks`;
        yield {
          name,
          lies: true,
          make: () => replaced(example, path, (value) => fickle(value as object, looks, evil)) as unknown[],
        }; // a container
      }
    }
  }
}
