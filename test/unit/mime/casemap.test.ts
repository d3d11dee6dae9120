import { describe, expect, it } from 'vitest';
import { casemapKey } from '../../../src/mime/casemap.ts';

describe('casemapKey', () => {
  it.each([
    ['hello', 'HELLO'],
    ['é', 'É'],
    ['é', 'e\u0301'],
    ['straße', 'STRAßE'],
    ['ǆ', 'Ǆ'],
    ['ǆ', 'ǅ'],
    ['ﬁ', 'ﬁ'],
    ['σ', 'Σ'],
    ['ς', 'Σ'],
    ['ᾳ', 'ᾼ'],
    ['ᾀ', 'ᾈ'],
    ['µ', 'Μ'],
    ['Ａ', 'ａ'],
    ['Ａ', 'a'],
    ['ა', 'ა'],
    ['𐐨', '𐐀'],
  ])('holds %j and %j for equal', (a, b) => {
    expect(casemapKey(a)).toBe(casemapKey(b));
  });

  it.each([
    ['ß', 'SS'],
    ['é', 'E'],
    ['Dž', 'Ǆ'.concat('x')],
    ['ა', 'Ა'],
  ])('tells %j and %j apart', (a, b) => {
    expect(casemapKey(a)).not.toBe(casemapKey(b));
  });

  it('sorts by code point, not by UTF-16 unit', () => {
    const sorted = ['', 'a', 'B', 'c', 'é', 'z', '中', '\ue000', '😀'];
    const keys = sorted.map(casemapKey);
    // "é" is an E and an accent: it stands before Z.
    expect([...keys].sort((a, b) => (a < b ? -1 : 1))).toEqual(keys);
  });
});
