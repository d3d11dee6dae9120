/** Writing of values for responses. Strings have one character a byte. */

const ATOM = /^[!#$&'+-[^-z|}~]+$/;
const QUOTABLE = /^[^\r\n\0\x80-\xff]{0,1000}$/;

export function isAtom(value: string): boolean {
  return ATOM.test(value);
}

/** quoted where it can be one, else a literal: neither holds NUL (RFC 3501 §9), for which Dovecot says U+FFFD. */
export function string(text: string): string {
  const value = text.includes('\0') ? text.replaceAll('\0', '\xef\xbf\xbd') : text;
  if (!QUOTABLE.test(value)) return `{${value.length}}\r\n${value}`;
  return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`;
}

export function nstring(value: string | undefined | null): string {
  return value === undefined || value === null ? 'NIL' : string(value);
}

export function astring(value: string): string {
  return ATOM.test(value) && value.toUpperCase() !== 'NIL' ? value : string(value);
}

/** Ascending numbers as a sequence set: 1:3,7. */
export function numberSet(numbers: Iterable<number>): string {
  const ranges: string[] = [];
  let first = 0;
  let last = 0;
  const close = () => {
    if (first > 0) ranges.push(first === last ? `${first}` : `${first}:${last}`);
  };
  for (const number of numbers) {
    if (number === last + 1 && first > 0) {
      last = number;
    } else {
      close();
      first = last = number;
    }
  }
  close();
  return ranges.join(',');
}

/** UTF-8 text as bytes in a string. */
export function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of UTF-8 bytes in a string; undefined if it is not UTF-8. */
export function utf8Text(bytes: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
