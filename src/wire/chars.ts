/** Character classes of RFC 3501 §9 as one table: a byte's bits say which classes it belongs to. */
const ATOM = 1;
const ASTRING = 2;
const TAG = 4;
const LIST_ATOM = 8;

const classes = new Uint8Array(256);
for (let code = 0; code < 256; code++) classes[code] = classify(code);

/**
 * ATOM-CHAR = <any CHAR except atom-specials>
 * atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
 * ASTRING-CHAR = ATOM-CHAR / resp-specials; list-char = ATOM-CHAR / list-wildcards / resp-specials
 */
function classify(code: number): number {
  const char = String.fromCharCode(code);
  if (code <= 0x20 || code >= 0x7f || '(){"\\'.includes(char)) return 0;
  if (char === '*' || char === '%') return LIST_ATOM;
  if (char === ']') return ASTRING | TAG | LIST_ATOM;
  return ATOM | ASTRING | LIST_ATOM | (char === '+' ? 0 : TAG);
}

function consistsOf(text: string, mask: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff || ((classes[code] ?? 0) & mask) === 0) return false;
  }
  return text.length > 0;
}

/** atom = 1*ATOM-CHAR (RFC 3501 §9) */
export function isAtom(text: string): boolean {
  return consistsOf(text, ATOM);
}

/** 1*ASTRING-CHAR (RFC 3501 §9) */
export function isAstringAtom(text: string): boolean {
  return consistsOf(text, ASTRING);
}

/** 1*list-char (RFC 3501 §9) */
export function isListAtom(text: string): boolean {
  return consistsOf(text, LIST_ATOM);
}

/** True where every character is CHAR (%x01-7F) and none is CR or LF: what a quoted string can hold (RFC 3501 §9). */
export function isQuotable(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0 || code === CR || code === LF || code > 0x7f) return false;
  }
  return true;
}

/** True where the text holds nothing but US-ASCII. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** True where a DQUOTE before `at` closes a quoted string: before SP, a parenthesis, a bracket or the end of the line. */
export function endsQuoted(text: string, at: number, end: number): boolean {
  if (at >= end) return true;
  const code = text.charCodeAt(at);
  return code === SPACE || code === CLOSE || code === OPEN || code === CLOSE_BRACKET;
}

export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const OPEN = 40;
export const CLOSE = 41;
export const STAR = 42;
export const PLUS = 43;
export const MINUS = 45;
export const ZERO = 48;
export const NINE = 57;
export const LESS = 60;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;
export const TILDE = 126;
