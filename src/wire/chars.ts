// In front of all else, where the bundler still puts the numbers themselves into whatever uses them.
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const OPEN = 40;
export const CLOSE = 41;
export const STAR = 42;
export const PLUS = 43;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const ZERO = 48;
export const NINE = 57;
export const COLON = 58;
export const LESS = 60;
export const GREATER = 62;
export const AT = 64;
export const CAPITAL_N = 78;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;
export const TILDE = 126;

/** All but atom-specials: "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials (RFC 3501 §9) */
const ATOM = /^[!#$&'+-[^-z|}~]+$/;
const UNQUOTABLE = /[\0\r\n]|[^\0-\x7f]/;
const NOT_ASCII = /[^\0-\x7f]/;

/** atom = 1*ATOM-CHAR (RFC 3501 §9) */
export function isAtom(text: string): boolean {
  return ATOM.test(text);
}

/** True where every character is CHAR (%x01-7F) and none is CR or LF: what a quoted string can hold (RFC 3501 §9). */
export function isQuotable(text: string): boolean {
  return !UNQUOTABLE.test(text);
}

/** True where the text holds nothing but US-ASCII. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/** True where a DQUOTE before `at` closes a quoted string: before SP, a parenthesis, a bracket or the end of the line. */
export function endsQuoted(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end) return true;
  const code = bytes[at];
  return code === SPACE || code === CLOSE || code === OPEN || code === CLOSE_BRACKET;
}

/** DIGIT */
export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** ALPHA */
export function isLetter(code: number): boolean {
  const upper = code & 0xdf;
  return upper >= 65 && upper <= 90;
}

/** A text as it stands within a quoted string (RFC 3501 §9). */
export function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

/** What the backslashes in a quoted string are for (RFC 3501 §9); one in front of anything else stays. */
export function unescaped(quoted: string): string {
  return quoted.replace(/\\(["\\])/g, '$1');
}

/** Without the spaces at its end. For / +$/ an engine tries each place of each run of spaces. */
export function withoutSpacesBehind(text: string): string {
  let { length } = text;
  while (text.charCodeAt(length - 1) === SPACE) length--;
  return text.substring(0, length);
}

/** A regular expression that matches this text. */
export function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
