/**
 * A sort key by the collation i;unicode-casemap (RFC 5051 §2), which RFC 5256 asks for: each character in title case
 * and decomposed, then UTF-8. The key is a "latin1 binary string", so that `<` and `===` compare its octets.
 */
export function casemapKey(text: string): string {
  if (!/[\u0080-\uffff]/.test(text)) return text.toUpperCase();
  let titleCase = '';
  for (const char of text) titleCase += toTitleCase(char);
  return Buffer.from(decomposed(titleCase), 'utf8').toString('latin1');
}

/** More than any text has on one letter (UAX #15 §13). The two behind \p{M} decompose to accents. */
const TOO_MANY_ACCENTS = /[\p{M}\uff9e\uff9f]{31}/u;

/** To put the accents of a letter in order takes the square of their number: a hostile sender's stay as they are. */
function decomposed(text: string): string {
  return TOO_MANY_ACCENTS.test(text) ? text : text.normalize('NFKD');
}

/** The letters whose title case is neither themselves nor their upper case: "ǆ", "Ǆ" and "ǅ" become "ǅ", and so on. */
const DIGRAPHS: Readonly<Record<string, string>> = {
  Ǆ: 'ǅ',
  ǆ: 'ǅ',
  ǅ: 'ǅ',
  Ǉ: 'ǈ',
  ǉ: 'ǈ',
  ǈ: 'ǈ',
  Ǌ: 'ǋ',
  ǌ: 'ǋ',
  ǋ: 'ǋ',
  Ǳ: 'ǲ',
  ǳ: 'ǲ',
  ǲ: 'ǲ',
};

/** The simple title case mapping of UnicodeData.txt: always one character. */
function toTitleCase(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return char.toUpperCase();
  // Georgian has upper case letters, but no title case.
  if (code >= 0x10d0 && code <= 0x10ff) return char;
  if (Object.hasOwn(DIGRAPHS, char)) return DIGRAPHS[char] ?? char;
  const upper = char.toUpperCase();
  if (upper.length === char.length) return upper;
  return String.fromCodePoint(withIotaBeside(code));
}

/** Greek vowels with a small iota below: their upper case is two letters, their title case one. */
function withIotaBeside(code: number): number {
  if (code >= 0x1f80 && code <= 0x1faf) return code | 8;
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return code + 9;
  return code;
}
