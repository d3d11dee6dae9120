import { utf8Bytes } from '../format.ts';

/** How texts compare (RFC 4790): as their keys do, which have one character a byte; a text contains another as its key does. */
export type Collate = (text: string) => string;

/** i;unicode-casemap (RFC 5051): each character in its simple title case, then decomposed; as UTF-8. */
export function collationKey(text: string): string {
  // ASCII needs neither tables nor decomposition.
  if (!/[\x80-\uffff]/.test(text)) return text.toUpperCase();
  const titled = text.replace(RUNS, (_, ordinary: string, special: string) =>
    special === undefined ? ordinary.toUpperCase() : titleCase(special),
  );
  return utf8Bytes(titled.normalize('NFKD'));
}

/** A run of characters whose title case is their upper case; or one that has another, or whose upper case is several. */
const RUNS =
  /([^\xdf\u0149\u01c4-\u01cc\u01f0-\u01f3\u0390\u03b0\u0587\u10d0-\u10ff\u1e96-\u1e9a\u1f50-\u1fff\ufb00-\ufb17]+)|(.)/gsu;

/** The first one is the default. */
export const COLLATIONS: ReadonlyMap<string, Collate> = new Map([
  ['i;unicode-casemap', collationKey],
  ['i;ascii-casemap', (text) => utf8Bytes(text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()))],
  ['i;octet', utf8Bytes],
]);

export interface Collation {
  name: string;
  key: Collate;
}

export const DEFAULT_COLLATION: Collation = { name: 'i;unicode-casemap', key: collationKey };

export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Letters that are two in one: `Ǆ`, `ǅ`, `ǆ` and their like; the second of each three is the title case. */
const DIGRAPHS: readonly [first: number, last: number][] = [
  [0x01c4, 0x01cc],
  [0x01f1, 0x01f3],
];

/** The simple mapping of UnicodeData.txt: one character for one. */
function titleCase(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  for (const [first, last] of DIGRAPHS)
    if (code >= first && code <= last) return String.fromCodePoint(code - ((code - first) % 3) + 1);
  // Georgian.
  if (code >= 0x10d0 && code <= 0x10ff) return character;
  const upper = character.toUpperCase();
  return [...upper].length === 1 ? upper : (greekTitle(code) ?? character);
}

/** Greek letters with an iota below: their full upper case is two letters, their simple title case one. */
function greekTitle(code: number): string | undefined {
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  return undefined;
}
