import { unescaped } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';

/**
 * Tolerances: an unescaped DQUOTE before a space (iCloud, GreenMail: `"the "new" one" ((`), and a backslash that escapes
 * nothing at the end (`"C:\\" NIL`). What must follow the string tells where it ends.
 *
 * `field` was read from `start` on. The DQUOTE that closes it is the first that `end` matches, within `longest` characters.
 */
export function mended(reader: Reader, field: string, start: number, end: RegExp, longest: number): string {
  const quoted = reader.text.substring(start, Math.min(reader.end, start + longest));
  const close = /^ *"/.test(quoted) ? quoted.search(end) : -1;
  if (close < 0) return field;
  reader.position = start + close + 1;
  return unescaped(quoted.substring(quoted.indexOf('"') + 1, close));
}

/** True where NIL stands, and not what begins so: `"5" Nile cruises"`. */
export function isNil(text: string, position: number): boolean {
  return /^nil[ )]/i.test(text.substring(position, position + 4));
}
