/** Search queries made at random, what they mean, and what their written form means to a strict reader of the grammar. */

import type { SearchQuery } from '../../src/syntax/search-key.ts';
import { readNumber } from '../../src/wire/number.ts';
import type { Reader } from '../../src/wire/reader.ts';
import { parseUidSet } from '../../src/wire/uid-set.ts';
import type { Random } from '../unit/wire/random.ts';

/** As much of a message as a search looks at. */
export interface Message {
  seq: number;
  uid: number;
  size: number;
  /** Days since 1970: of its arrival, and of its Date field. */
  day: number;
  sent: number;
  flags: ReadonlySet<string>;
  fields: Readonly<Record<string, string>>;
  body: string;
}

type Test = (message: Message) => boolean;

const FLAGS = ['seen', 'answered', 'flagged', 'deleted', 'draft'] as const;
const FIELDS = ['from', 'to', 'cc', 'bcc', 'subject'] as const;
const WORDS = ['a', 'b', 'grün', '"', '\\', 'a b', '(', ')', '*', '{3}', 'OR', 'NOT', '\u{1f4e8}', 'x\ty'];
const KEYWORDS = ['$x', 'NOT', 'y', 'Junk'];
const MOST = 40;
const DAY = 86_400_000;

const one = <T>(random: Random, all: readonly T[]): T => all[random.below(all.length)] as T; // never empty here
const dayOf = (day: number) => new Date(day * DAY);

export function randomMessages(random: Random): Message[] {
  return Array.from({ length: 30 }, (_, index) => ({
    seq: index + 1,
    uid: index * 2 + 1 + random.below(2),
    size: random.below(MOST),
    day: random.below(MOST),
    sent: random.below(MOST),
    flags: new Set([...FLAGS, ...KEYWORDS].filter(() => random.below(2) === 0).map((flag) => flag.toLowerCase())),
    fields: Object.fromEntries(
      [...FIELDS, 'x-y'].flatMap((name) => (random.below(3) === 0 ? [] : [[name, phrase(random)]])),
    ),
    body: phrase(random),
  }));
}

const phrase = (random: Random) => Array.from({ length: random.below(4) }, () => one(random, WORDS)).join('-');

/** A set of numbers as text. */
function set(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const first = 1 + random.below(60);
    return random.below(2) === 0 ? `${first}` : `${first}:${1 + random.below(60)}`;
  }).join(',');
}

const MAKERS: readonly ((random: Random, depth: number) => SearchQuery)[] = [
  () => ({ all: true }),
  (random) => ({ [one(random, FLAGS)]: random.below(2) === 0 }),
  (random) => ({
    keyword: random.below(2) === 0 ? one(random, KEYWORDS) : [one(random, KEYWORDS), one(random, KEYWORDS)],
  }),
  (random) => ({ notKeyword: one(random, KEYWORDS) }),
  (random) => ({ [one(random, FIELDS)]: one(random, WORDS) }),
  (random) => ({ header: { 'X-Y': random.below(3) === 0 ? true : one(random, WORDS) } }),
  (random) => ({ body: one(random, WORDS) }),
  (random) => ({ text: one(random, WORDS) }),
  (random) => ({ larger: random.below(MOST), smaller: random.below(MOST) }),
  (random) => ({ uid: set(random) }),
  (random) => ({ seq: set(random) }),
  (random) => ({ [one(random, ['since', 'before', 'on'] as const)]: dayOf(random.below(MOST)) }),
  (random) => ({ [one(random, ['sentSince', 'sentBefore', 'sentOn'] as const)]: dayOf(random.below(MOST)) }),
  (random, depth) => ({ and: several(random, depth) }),
  (random, depth) => ({ or: several(random, depth) }),
  (random, depth) => ({ not: random.below(2) === 0 ? several(random, depth) : randomQuery(random, depth - 1) }),
];

const several = (random: Random, depth: number) =>
  Array.from({ length: 1 + random.below(3) }, () => randomQuery(random, depth - 1));

export function randomQuery(random: Random, depth = 4): SearchQuery {
  const makers = depth > 0 ? MAKERS : MAKERS.slice(0, -3);
  return Object.assign({}, ...Array.from({ length: 1 + random.below(3) }, () => one(random, makers)(random, depth)));
}

const holds = (text: string | undefined, part: string) => text?.toLowerCase().includes(part.toLowerCase()) ?? false;
const anywhere = ({ fields, body }: Message, part: string) =>
  Object.values({ ...fields, body }).some((text) => holds(text, part));

/** What the contract says that each key means. */
const MEANINGS: {
  readonly [K in keyof SearchQuery]?: (message: Message, value: NonNullable<SearchQuery[K]>) => boolean;
} = {
  all: () => true,
  ...Object.fromEntries(FLAGS.map((flag) => [flag, ({ flags }: Message, value: boolean) => flags.has(flag) === value])),
  keyword: ({ flags }, value) => [value].flat().every((keyword) => flags.has(keyword.toLowerCase())),
  notKeyword: ({ flags }, value) => [value].flat().every((keyword) => !flags.has(keyword.toLowerCase())),
  ...Object.fromEntries(
    FIELDS.map((name) => [name, ({ fields }: Message, value: string) => holds(fields[name], value)]),
  ),
  header: ({ fields }, value) =>
    Object.entries(value).every(([name, part]) => holds(fields[name.toLowerCase()], part === true ? '' : part)),
  body: ({ body }, value) => holds(body, value),
  text: anywhere,
  larger: ({ size }, value) => size > value,
  smaller: ({ size }, value) => size < value,
  uid: ({ uid }, value) => parseUidSet(String(value)).has(uid),
  seq: ({ seq }, value) => parseUidSet(String(value)).has(seq),
  since: ({ day }, value) => day >= Number(value) / DAY,
  before: ({ day }, value) => day < Number(value) / DAY,
  on: ({ day }, value) => day === Number(value) / DAY,
  sentSince: ({ sent }, value) => sent >= Number(value) / DAY,
  sentBefore: ({ sent }, value) => sent < Number(value) / DAY,
  sentOn: ({ sent }, value) => sent === Number(value) / DAY,
  and: (message, value) => value.every((query) => meets(message, query)),
  or: (message, value) => value.some((query) => meets(message, query)),
  not: (message, value) => ![value].flat().some((query) => meets(message, query)),
};

export function meets(message: Message, query: SearchQuery): boolean {
  return Object.entries(query).every(([key, value]) => {
    // The table has a row of the key's own type.
    const means = Reflect.get(MEANINGS, key) as (message: Message, value: unknown) => boolean;
    return means(message, value);
  });
}

/** search-key *(SP search-key) (RFC 3501 §9) */
export function readKeys(reader: Reader): Test {
  const tests = [readKey(reader)];
  while (reader.peek() === 32) {
    reader.position++;
    tests.push(readKey(reader));
  }
  return (message) => tests.every((test) => test(message));
}

function readKey(reader: Reader): Test {
  if (reader.peek() === 40) {
    reader.position++;
    const test = readKeys(reader);
    reader.expect(41);
    return test;
  }
  if (reader.atNumber()) return inSet(reader, ({ seq }) => seq);
  const name = reader.atom();
  const read = READERS[name];
  if (read === undefined) throw new Error(`No search key: ${name}`);
  return read(reader);
}

function inSet(reader: Reader, number: (message: Message) => number): Test {
  const uids = parseUidSet(reader.atom());
  return (message) => uids.has(number(message));
}

function sp(reader: Reader): void {
  reader.expect(32);
}

function string(reader: Reader): string {
  sp(reader);
  return Buffer.from(reader.astring(), 'latin1').toString();
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** date-text = date-day "-" date-month "-" date-year (RFC 3501 §9) */
function date(reader: Reader): number {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})-([A-Z][a-z]{2})-(\d{4})$/.exec(string(reader)) ?? [];
  return Date.UTC(Number(year), MONTHS.indexOf(month), Number(day)) / DAY;
}

function sized(reader: Reader): number {
  sp(reader);
  return readNumber(reader);
}

const compared =
  <T>(read: (reader: Reader) => T, test: (message: Message, value: T) => boolean) =>
  (reader: Reader): Test => {
    const value = read(reader);
    return (message) => test(message, value);
  };

const READERS: Readonly<Record<string, (reader: Reader) => Test>> = {
  ALL: () => () => true,
  ...Object.fromEntries(
    FLAGS.flatMap((flag) => [
      [
        flag.toUpperCase(),
        () =>
          ({ flags }: Message) =>
            flags.has(flag),
      ],
      [
        `UN${flag.toUpperCase()}`,
        () =>
          ({ flags }: Message) =>
            !flags.has(flag),
      ],
    ]),
  ),
  KEYWORD: compared(string, ({ flags }, value) => flags.has(value.toLowerCase())),
  UNKEYWORD: compared(string, ({ flags }, value) => !flags.has(value.toLowerCase())),
  ...Object.fromEntries(
    FIELDS.map((name) => [name.toUpperCase(), compared(string, ({ fields }, value) => holds(fields[name], value))]),
  ),
  HEADER: (reader) => {
    const name = string(reader).toLowerCase();
    return compared(string, ({ fields }, value) => holds(fields[name], value))(reader);
  },
  BODY: compared(string, ({ body }, value) => holds(body, value)),
  TEXT: compared(string, anywhere),
  LARGER: compared(sized, ({ size }, value) => size > value),
  SMALLER: compared(sized, ({ size }, value) => size < value),
  SINCE: compared(date, ({ day }, value) => day >= value),
  BEFORE: compared(date, ({ day }, value) => day < value),
  ON: compared(date, ({ day }, value) => day === value),
  SENTSINCE: compared(date, ({ sent }, value) => sent >= value),
  SENTBEFORE: compared(date, ({ sent }, value) => sent < value),
  SENTON: compared(date, ({ sent }, value) => sent === value),
  UID: (reader) => {
    sp(reader);
    return inSet(reader, ({ uid }) => uid);
  },
  NOT: (reader) => {
    sp(reader);
    const test = readKey(reader);
    return (message) => !test(message);
  },
  OR: (reader) => {
    sp(reader);
    const first = readKey(reader);
    sp(reader);
    const second = readKey(reader);
    return (message) => first(message) || second(message);
  },
};
