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

  it('holds accents in any order for equal, as windows-1258 and Unicode write them', () => {
    expect(casemapKey('ê\u0323')).toBe(casemapKey('\u1ec7'));
    expect(casemapKey('a\u0301\u0323')).toBe(casemapKey('a\u0323\u0301'));
  });

  // To put accents in order takes the square of their number.
  it.each(['\u0301\u0323', '\uff9e\u0301', '\u0344\u0323'])(
    'takes 200,000 of the accents %j in its stride',
    (accents) => {
      expect(casemapKey(`a${accents.repeat(100_000)}`)).toMatch(/^A/);
    },
  );
});
