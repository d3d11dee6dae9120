import { BACKSLASH, CLOSE, endsQuoted, OPEN, QUOTE } from './chars.ts';
import type { Reader } from './reader.ts';

// What the Reader's own methods, which are made for what nearly always comes, leave to be read with more care.

/**
 * Escapes, and two tolerances: an unescaped DQUOTE within the string (iCloud, GreenMail, 163, Gmail: `"a "b" c"`) ends it
 * only before SP, a parenthesis or the end; and `\"` ends it in front of a ")" where the string would else run to the end of
 * the line (QQ: `"sina.com\")`) or into the next one (Roundcube #9689: `("NAME" "A 37\") NIL NIL "BASE64"`), which it never
 * does where quotes are escaped. `start`: behind the DQUOTE that begins it.
 */
export function irregularQuoted(reader: Reader, start: number): string {
  const { bytes, end } = reader;
  let mended = -1;
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code === QUOTE) {
      if (endsQuoted(bytes, at + 1, end)) return quotedTo(reader, start, at);
      if (mended >= 0) break;
    }
    if (code !== BACKSLASH) continue;
    const next = bytes[at + 1];
    if (next !== QUOTE && next !== BACKSLASH) continue;
    at++;
    if (mended >= 0 || next !== QUOTE || at + 1 >= end || bytes[at + 1] !== CLOSE) continue;
    mended = at;
    if (reader.escapedQuoteEnds || start >= reader.unclosedFrom) break;
  }
  if (mended < 0) return reader.fail('a closing quote');
  reader.unclosedFrom = Math.min(start, reader.unclosedFrom);
  return quotedTo(reader, start, mended);
}

function quotedTo(reader: Reader, start: number, quote: number): string {
  reader.position = quote + 1;
  // GroupWise escapes parentheses too.
  return reader.text.substring(start, quote).replace(/\\(["\\()])/g, '$1');
}

/** Passes over an atom; where "[" is in it, up to the "]": `BODY[HEADER.FIELDS (DATE)]<0>`. */
export function skipAtom(reader: Reader): void {
  let atom = reader.atom();
  if (!atom.includes('[')) return;
  while (!atom.includes(']')) {
    reader.skipSpaces();
    const next = reader.peek();
    if (next === -1 || next === CLOSE) return;
    if (next === OPEN || reader.atString()) reader.skipValue();
    else atom = reader.atom();
  }
}
