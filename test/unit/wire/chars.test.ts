import { describe, expect, it } from 'vitest';
import { endsQuoted, isAscii, isAtom, isDigit, isLetter, isQuotable } from '../../../src/wire/chars.ts';

/** The characters up to U+02FF that make up a text for which `test` is true. */
function taken(test: (text: string) => boolean): string {
  let chars = '';
  for (let code = 0; code < 0x300; code++) {
    const char = String.fromCharCode(code);
    expect(test(`a${char}`), `a${char}`).toBe(test(char));
    expect(test(`${char}a`), `${char}a`).toBe(test(char));
    if (test(char)) chars += char;
  }
  return chars;
}

function without(specials: string): string {
  let chars = '';
  for (let code = 0x21; code < 0x7f; code++) {
    const char = String.fromCharCode(code);
    if (!specials.includes(char)) chars += char;
  }
  return chars;
}

describe('character classes of RFC 3501', () => {
  it('ALPHA and DIGIT', () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const text = (test: (code: number) => boolean) => String.fromCharCode(...codes.filter(test));
    expect(text(isLetter)).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
    expect(text(isDigit)).toBe('0123456789');
  });

  it('ATOM-CHAR', () => expect(taken(isAtom)).toBe(without('(){%*"\\]')));

  it('nothing is no atom', () => expect(isAtom('')).toBe(false));

  it('QUOTED-CHAR, before its escapes: CHAR but CR and LF', () => {
    const chars = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join('');
    expect(taken(isQuotable)).toBe(chars.replace(/[\0\r\n]/g, ''));
    expect(isQuotable('')).toBe(true);
  });

  it('US-ASCII', () => {
    expect(taken(isAscii)).toBe(Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join(''));
    expect(isAscii('')).toBe(true);
    expect(isAscii('a\u{1f600}')).toBe(false);
  });

  it('what can follow a quoted string', () => {
    const after = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code));
    expect(after.filter((char) => endsQuoted(Buffer.from(`"${char}`, 'latin1'), 1, 2)).join('')).toBe(' ()]');
    expect(endsQuoted(Buffer.from('"x'), 1, 1)).toBe(true);
  });
});
