import { describe, expect, it } from 'vitest';
import { decodeParameters, filenameOf } from '../../../src/mime/parameter.ts';

const read = (...list: [string, string][]): Record<string, string> => ({ ...decodeParameters(list) });

describe('decodeParameters', () => {
  it('reads the examples of RFC 2231', () => {
    expect(
      read(['access-type', 'URL'], ['URL*0', 'ftp://'], ['URL*1', 'cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar']),
    ).toEqual({
      'access-type': 'URL',
      url: 'ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar',
    });
    expect(read(['title*', "us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"])).toEqual({
      title: 'This is ***fun***',
    });
    expect(
      read(
        ['title*0*', "us-ascii'en'This%20is%20even%20more%20"],
        ['title*1*', '%2A%2A%2Afun%2A%2A%2A%20'],
        ['title*2', "isn't it!"],
      ),
    ).toEqual({ title: "This is even more ***fun*** isn't it!" });
  });

  it.each<[string, [string, string][], string]>([
    [
      'sections out of order',
      [
        ['f*2', 'c'],
        ['f*0', 'a'],
        ['f*1', 'b'],
      ],
      'abc',
    ],
    [
      'ten sections and more',
      Array.from({ length: 12 }, (_, i) => [`f*${i}`, String.fromCharCode(97 + i)]),
      'abcdefghijkl',
    ],
    [
      'a section given twice',
      [
        ['f*0', 'a'],
        ['f*1', 'b'],
        ['f*1', 'x'],
      ],
      'ab',
    ],
    [
      'a missing section',
      [
        ['f*0', 'a'],
        ['f*2', 'c'],
      ],
      'ac',
    ],
    [
      'a character split between sections',
      [
        ['f*0*', "utf-8''%E4%B8"],
        ['f*1*', '%AD'],
      ],
      '中',
    ],
    ['no language', [['f*', "iso-8859-1''%E9"]], 'é'],
    ['no charset', [['f*', "''%C3%A9"]], 'é'],
    ['no quotes at all', [['f*', '%C3%A9.txt']], 'é.txt'],
    ['one quote', [['f*', "it's.txt"]], "it's.txt"],
    ['quotes in the text', [['f*', "utf-8''it's%20'x'"]], "it's 'x'"],
    ['an unknown charset', [['f*', "x-none''%C3%A9"]], 'é'],
    ['percent signs that encode nothing', [['f*', "utf-8''100%25 %zz %4"]], '100% %zz %4'],
    [
      'an encoded section after a plain one',
      [
        ['f*0', 'a'],
        ['f*1*', '%C3%A9'],
      ],
      'aé',
    ],
    ['raw bytes in an encoded value', [['f*', "utf-8''\xc3\xa9"]], 'é'],
    ['an encoded word', [['f', '=?utf-8?Q?caf=C3=A9?=.pdf']], 'café.pdf'],
    [
      'encoded words in sections',
      [
        ['f*0', '=?utf-8?Q?caf=C3'],
        ['f*1', '=A9?=.pdf'],
      ],
      'café.pdf',
    ],
    ['raw UTF-8', [['f', 'caf\xc3\xa9']], 'café'],
    ['raw windows-1252', [['f', 'caf\xe9']], 'café'],
    ['percent signs in a plain value', [['f', 'a%20b']], 'a%20b'],
    [
      'the encoded value beside the plain one',
      [
        ['f', 'cafe'],
        ['f*', "utf-8''caf%C3%A9"],
      ],
      'café',
    ],
    [
      'the sections beside the plain value',
      [
        ['f*0', 'long '],
        ['f', 'short'],
        ['f*1', 'name'],
      ],
      'long name',
    ],
    [
      'the first of two',
      [
        ['f', 'one'],
        ['F', 'two'],
      ],
      'one',
    ],
    ['an empty value', [['f', '']], ''],
  ])('reads %s', (_, list, text) => {
    expect(read(...list)).toEqual({ f: text });
  });

  it('takes names that only look like sections as they are', () => {
    expect(read(['*', 'a'], ['*0', 'b'], ['f*x', 'c'], ['f*', 'd'], ['g*1234567890', 'e'])).toEqual({
      '*': 'a',
      '*0': 'b',
      'f*x': 'c',
      f: 'd',
      'g*1234567890': 'e',
    });
  });

  it('treats __proto__ and its like as ordinary names', () => {
    const decoded = decodeParameters([
      ['__proto__', 'x'],
      ['constructor*0', 'y'],
      ['toString', 'z'],
    ]);
    expect(Object.getPrototypeOf(decoded)).toBeNull();
    expect(Object.entries(decoded)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['tostring', 'z'],
    ]);
    expect(({} as Record<string, unknown>).x).toBeUndefined(); // as: an object read by any name
  });

  it('takes 100,000 parameters and sections in its stride', () => {
    const sections = Array.from({ length: 100_000 }, (_, i): [string, string] => [`f*${99_999 - i}`, 'x']);
    expect(decodeParameters(sections).f).toBe('x'.repeat(100_000));
    const encoded = sections.map(([name, value]): [string, string] => [`${name}*`, value]);
    expect(decodeParameters(encoded).f).toBe('x'.repeat(100_000));
    const others = Array.from({ length: 100_000 }, (_, i): [string, string] => [`p${i}`, `${i}`]);
    expect(Object.keys(decodeParameters(others))).toHaveLength(100_000);
    expect(decodeParameters([['f*', `utf-8''${'%'.repeat(1_000_000)}`]]).f).toHaveLength(1_000_000);
    expect(decodeParameters([['*'.repeat(1_000_000), 'x']])).toEqual({ ['*'.repeat(999_999)]: 'x' });
  });
});

describe('filenameOf', () => {
  it('looks for filename, then for name', () => {
    expect(filenameOf({ filename: 'a' }, { name: 'b' })).toBe('a');
    expect(filenameOf({ filename: '' }, { name: 'b' })).toBe('b');
    expect(filenameOf(undefined, { name: 'b' })).toBe('b');
    expect(filenameOf({ name: 'a' }, undefined)).toBe('a');
    expect(filenameOf({}, { filename: 'b' })).toBe('b');
    expect(filenameOf({}, {})).toBeUndefined();
    expect(filenameOf(undefined, undefined)).toBeUndefined();
  });
});
