import {
  BACKSLASH,
  CLOSE,
  CLOSE_BRACKET,
  endsQuoted,
  GREATER,
  OPEN,
  OPEN_BRACE,
  PLUS,
  QUOTE,
  SPACE,
  TILDE,
  ZERO,
} from './chars.ts';

/**
 * literal = "{" number ["+"] "}" CRLF (RFC 3501 §9, RFC 7888); literal8 = "~{" number "}" CRLF (RFC 3516).
 * The size announced at the end of a line that ends with "}", or -1 where that is no literal's header.
 */
export function literalSize(text: string, bytes: Uint8Array, start: number, end: number): number {
  let at = end - 2;
  if (bytes[at] === PLUS) at--;
  const last = at;
  let size = 0;
  let place = 1;
  for (; at > start; at--) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    if (digit > 0) size += digit * place; // place may have become infinite
    place *= 10;
  }
  if (at === last || bytes[at] !== OPEN_BRACE) return -1;
  const before = bytes[at - 1] === TILDE ? at - 2 : at - 1;
  if (before >= start && !standsBeforeLiteral(bytes[before])) return -1;
  return insideQuoted(text, bytes, start, at) ? -1 : size;
}

function standsBeforeLiteral(code: number | undefined): boolean {
  return code === SPACE || code === OPEN || code === CLOSE_BRACKET || code === GREATER;
}

/**
 * Tolerance: junk within and behind the braces (MailKit): `* 1 FETCH (BODY[] {5+junk}junk`, and spaces behind them. Such a
 * line can hold nothing else.
 */
export function misspeltSize(text: string, start: number, end: number): number {
  const tail = text.substring(Math.max(start, end - 64), end);
  const header = /\] \{(\d{1,15})[^{}" ]*\}(?:[a-z]+| +)$/i.exec(tail);
  if (header === null || !/^\* +\d+ +FETCH /i.test(text.substring(start, start + 24))) return -1;
  return Number(header[1]);
}

/** True where a quoted string is open at `end`, with the tolerances of Reader.quoted(). */
function insideQuoted(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const first = text.indexOf('"', start);
  if (first < 0 || first >= end) return false;
  let inside = false;
  let mendable = false;
  for (let at = first; at < end; at++) {
    const code = bytes[at];
    if (code === QUOTE && !inside) {
      inside = true;
      mendable = false;
    } else if (code === QUOTE) {
      inside = !endsQuoted(bytes, at + 1, end);
    } else if (code === BACKSLASH && inside) {
      at++;
      mendable ||= bytes[at] === QUOTE && bytes[at + 1] === CLOSE;
    }
  }
  return inside && !mendable;
}

/** A line that ends with this, a letter or a space, is looked at by misspeltSize(). */
export function mayBeMisspelt(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || code === 32;
}
