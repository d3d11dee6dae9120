/** The rules that ABNF can't say, and the values of texts, from the RFCs alone: nothing here comes from src. */
import type { Random } from '../unit/wire/random.ts';
import type { Builtin } from './abnf.ts';

const NUMBERS = ['0', '1', '7', '42', '65536', '2147483647', '2147483648', '4294967295'];
const LARGE = ['4294967296', '9007199254740991', '9007199254740993', '9223372036854775807'];

function digits(choices: readonly string[]): Builtin {
  return {
    generate: (random) => choices[random.below(choices.length)] ?? '',
    match: (text, from) => {
      const found = /^\d+/.exec(text.substring(from, from + 30))?.[0] ?? '';
      return Array.from(found, (_, index) => from + index + 1);
    },
  };
}

function literalOf(prefix: string, bytes: string): string {
  return `${prefix}{${bytes.length}}\r\n${bytes}`;
}

/** CHAR8 = %x01-ff; OCTET = %x00-ff */
function bytes(random: Random, least: number): string {
  const length = random.below(8) === 0 ? 0 : random.below(12);
  return Array.from({ length }, () => String.fromCharCode(least + random.below(256 - least))).join('');
}

/** `plus`: "+" is for clients alone (RFC 9051 §9: "not allowed when sent from server to the client"). */
function literal(prefix: string, plus: string, least: number, contents: (random: Random) => string): Builtin {
  return {
    generate: (random) => literalOf(prefix, contents(random)),
    match: (text, from) => {
      const head = new RegExp(`^${prefix}\\{(\\d+)${plus}\\}\\r\\n`).exec(text.substring(from, from + 40));
      const end = from + (head?.[0].length ?? 0) + Number(head?.[1]);
      const content = text.substring(end - Number(head?.[1]), end);
      return head === null || end > text.length || (least > 0 && content.includes('\0')) ? [] : [end];
    },
  };
}

/** US-ASCII without line ends or encoded words: what others mean in a header is another test's. */
function headerText(random: Random): string {
  const length = random.below(6) === 0 ? 0 : random.below(12);
  return Array.from({ length }, () => String.fromCharCode(1 + random.below(127)))
    .join('')
    .replace(/[\r\n]/g, ' ')
    .replaceAll('=?', '==');
}

const WORDS = ['a', 'X-Y', 'name', 'octet-stream', 'z1', 'FooBar', 'b.c+d', '__proto__', 'constructor'];

const NAMES = [
  'INBOX',
  'inbox',
  'a',
  'Sent Items',
  'a/b',
  'R&D',
  'Entwürfe',
  '日本語',
  '\u{1f4e8}',
  '~peter/mail',
  '(x)',
  'x (y)',
  'a"b',
  'c\\d',
  '[x]',
  'a]',
  '{5}',
  'a%*b',
  'NIL',
  'été & co',
  '&',
  ' ',
  "'",
];

/** modified UTF-7 (RFC 3501 §5.1.3) */
export function encodeName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    return `&${Buffer.from(run, 'utf16le').swap16().toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`;
  });
}

/** The name that modified UTF-7, or UTF-8, stands for; INBOX in any case is INBOX. */
export function decodeName(encoded: string, utf8 = false): string {
  const name = utf8 ? Buffer.from(encoded, 'latin1').toString('utf8') : fromModifiedUtf7(encoded);
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
}

function fromModifiedUtf7(encoded: string): string {
  return encoded.replace(/&([A-Za-z0-9+,]*)-/g, (_, run: string) =>
    run === '' ? '&' : Buffer.from(run.replaceAll(',', '/'), 'base64').swap16().toString('utf16le'),
  );
}

function quotedText(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A text in one of the forms that an astring, or a string, has. */
function form(text: string, random: Random, atoms: boolean): string {
  const ways = [quotedText(text), literalOf('', text)];
  if (atoms && /^[!#$&'+-[\]^-z|}~]+$/.test(text)) ways.push(text, text);
  return ways[random.below(ways.length)] ?? '';
}

function generated(generate: Builtin['generate']): Builtin {
  const match = () => {
    throw new Error('Only to be generated');
  };
  return { generate, match };
}

function named(encode: (name: string) => string, atoms: boolean): Builtin {
  return generated((random) => form(encode(NAMES[random.below(NAMES.length)] ?? ''), random, atoms));
}

/** As bytes, one a character (RFC 9755 §3). */
function utf8(name: string): string {
  return Buffer.from(name).toString('latin1');
}

function set(last: readonly string[]): Builtin {
  return {
    generate: (random) =>
      Array.from({ length: 1 + random.below(4) }, () => {
        const from = last[random.below(last.length)] ?? '';
        return random.below(2) === 0 ? from : `${from}:${last[random.below(last.length)] ?? ''}`;
      }).join(','),
    match: (text, from) => {
      const found = /^(?:\$|(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?(?:,(?:[1-9]\d*|\*)(?::(?:[1-9]\d*|\*))?)*)/.exec(
        text.substring(from),
      );
      return found === null ? [] : [from + found[0].length];
    },
  };
}

const UIDS = ['1', '2', '3', '9', '10', '77', '4294967294', '4294967295'];

export const builtins: Readonly<Record<string, Builtin>> = {
  number: digits(NUMBERS),
  'nz-number': digits(NUMBERS.slice(1)),
  number64: digits([...NUMBERS, ...LARGE]),
  /** number64 (RFC 9051 §9), as far as a number of JavaScript's is exact: what lies beyond is refused, on purpose. */
  size: digits([...NUMBERS, '4294967296', '9007199254740991']),
  'mod-sequence-value': digits([...NUMBERS.slice(1), ...LARGE]),
  'mod-sequence-valzer': digits([...NUMBERS, ...LARGE]),
  literal: literal('', '', 1, headerText),
  'body-literal': literal('', '', 1, (random) => bytes(random, 1)),
  literal8: literal('~', '', 0, (random) => bytes(random, 0)),
  'sequence-set': set(UIDS),
  'uid-set': set(UIDS),
};

/** The literals of clients. */
export const sent: Readonly<Record<string, Builtin>> = {
  literal: literal('', '\\+?', 1, headerText),
  literal8: literal('~', '\\+?', 0, (random) => bytes(random, 0)),
};

/** One character of UTF-8 that is not US-ASCII (RFC 3629 §4). */
const UTF8 =
  /(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})/y;

/** Where UTF-8 may stand, such a character; else nothing. */
export function utf8Char(allowed: boolean): Builtin {
  return {
    generate: () => '\xc3\xa9',
    match: (text, from) => {
      UTF8.lastIndex = from;
      return allowed && UTF8.test(text) ? [UTF8.lastIndex] : [];
    },
  };
}

/** RFC 9755 §3: with UTF8=ACCEPT a SEARCH must not name a charset. */
export function charset(allowed: boolean): Builtin {
  const text = 'CHARSET UTF-8 ';
  return {
    generate: () => text,
    match: (given, from) => (allowed && given.startsWith(text, from) ? [from + text.length] : []),
  };
}

/** What is generated so that it has a meaning of its own. */
export const meaningful: Readonly<Record<string, Builtin>> = {
  mailbox: named(encodeName, true),
  'mailbox-string': named(encodeName, false),
  /** A string that is a token of MIME's. */
  word: generated((random) => form(WORDS[random.below(WORDS.length)] ?? '', random, false)),
};

/** The same where UTF8=ACCEPT or IMAP4rev2 is enabled. */
export const meaningfulInUtf8: Readonly<Record<string, Builtin>> = {
  ...meaningful,
  mailbox: named(utf8, true),
  'mailbox-string': named(utf8, false),
};

/** The value of an astring, nstring or literal8: latin1; null for NIL where that is none. */
export function stringIn(text: string): string {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(["\\])/g, '$1');
  const literal = /^~?\{\d+\}\r\n/.exec(text);
  return literal === null ? text : text.slice(literal[0].length);
}

export function stringOrNil(text: string): string | null {
  return text.toUpperCase() === 'NIL' ? null : stringIn(text);
}
