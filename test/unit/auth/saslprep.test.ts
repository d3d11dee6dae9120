import { describe, expect, it } from 'vitest';
import { saslPrep } from '../../../src/auth/saslprep.ts';
import { UsageError } from '../../../src/errors.ts';

describe('saslPrep', () => {
  it.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
  ])('RFC 4013 §3: %j becomes %j', (given, prepared) => {
    expect(saslPrep('pass', given)).toBe(prepared);
  });

  it('makes every space U+0020', () => {
    const spaces = '\u00a0\u1680\u2000\u2005\u200b\u202f\u205f\u3000';
    expect(saslPrep('pass', `a${spaces}b`)).toBe(`a${' '.repeat(spaces.length)}b`);
  });

  it('maps what nobody sees to nothing', () => {
    expect(saslPrep('pass', 'a\u034f\u1806\u180b\u200c\u200d\u2060\ufe0f\ufeffb')).toBe('ab');
  });

  it('composes', () => {
    expect(saslPrep('user', 'u\u0308ser')).toBe('üser');
  });

  it('leaves ASCII as it is', () => {
    const ascii = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => i + 32));
    expect(saslPrep('pass', ascii)).toBe(ascii);
  });

  it.each(
    [
      '\0',
      '\x07',
      '\r',
      '\n',
      '\t',
      '\x7f',
      '\u0085',
      '\u06dd',
      '\u200e',
      '\u2028',
      '\u202e',
      '\ue000',
      '\ud800',
    ].concat(['\ufdd0', '\ufffd', '\u2ff0', '\u{1d173}', '\u{e0001}', '\u{10ffff}', '\u{f0000}']),
  )('refuses %j, and does not show what it stood in', (character) => {
    expect(() => saslPrep('pass', `secret${character}`)).toThrow(UsageError);
    expect(() => saslPrep('pass', `secret${character}`)).not.toThrow('secret');
  });

  it('refuses what becomes empty', () => {
    expect(() => saslPrep('pass', '\u00ad')).toThrow('pass is empty');
  });
});
