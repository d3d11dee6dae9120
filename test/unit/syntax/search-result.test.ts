import { describe, expect, it } from 'vitest';
import { readExtendedSearch, readSearch } from '../../../src/syntax/search-result.ts';
import { readerOf } from './reader-of.ts';

function searchOf(text: string): { numbers: number[]; modseq: bigint | undefined } {
  const numbers: number[] = [];
  const { modseq } = readSearch(readerOf(text), numbers);
  return { numbers, modseq };
}

describe('readSearch', () => {
  it.each([
    ['', [], undefined],
    [' ', [], undefined],
    [' 2 84  882 ', [2, 84, 882], undefined],
    [' 4294967295', [4294967295], undefined],
    [' 1 2 (MODSEQ 9223372036854775807)', [1, 2], 9223372036854775807n],
    [' (modseq 3) ', [], 3n],
    [' 1 (X 3)', [1], undefined],
    [' 1,2', [1, 2], undefined],
    [' (3 1)', [3, 1], undefined],
    [' ()', [], undefined],
    [' NIL', [], undefined],
    [' 0', [], undefined],
    [' 3 0 00 4', [3, 4], undefined],
    [' 1 (MODSEQ -1)', [1], undefined],
    [' 1 (MODSEQ 18446744073709551615)', [1], undefined],
  ])('reads %j', (text, numbers, modseq) => {
    expect(searchOf(text)).toEqual({ numbers, modseq });
  });

  it.each([' x', ' 1.5', ' -1', ' 4294967296', ' 1e5', ' "1"', ' 1 2 x 3'])('refuses %j', (text) => {
    const numbers = [7];
    expect(() => readSearch(readerOf(text), numbers)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
    expect(numbers).toEqual([7]);
  });

  it.each([
    [' 1 2 3', true],
    ['', true],
    [' 3 2', false],
    [' 2 2', false],
    [' 1 (2 3)', true],
    [' 3 (1 2)', false],
    [' 1 2 , 2 3', false],
    [' 4 3,5', false],
  ])('tells whether %j ascends', (text, ascending) => {
    expect(readSearch(readerOf(text), []).ascending).toBe(ascending);
    expect(readSearch(readerOf(text), [9]).ascending).toBe(text === '');
  });

  it.each([' ', '  '])('reads a long list in several goes, each number whole, %j between them', (between) => {
    const told = Array.from({ length: 2_200_000 }, (_, index) => 1_000_000_001 + 3 * index);
    const reader = readerOf(`SEARCH ${told.join(between)} (MODSEQ 5)`);
    reader.position += 'SEARCH'.length;
    const numbers: number[] = [];
    expect(readSearch(reader, numbers)).toEqual({ ascending: true, modseq: 5n });
    expect(numbers.length).toBe(told.length);
    expect(numbers.every((number, index) => number === told[index])).toBe(true);
  });

  it('leaves no room behind numbers that take less than it seems', () => {
    const wide = Array.from({ length: 40_000 }, (_, index) =>
      index === 0 || index === 39_999 ? 1 : 4_000_000_000 - index,
    );
    for (const expected of [wide, [...wide].reverse(), wide.map((number) => (number === 1 ? 4_000_000_000 : 1))]) {
      const numbers: number[] = [];
      expect(readSearch(readerOf(` ${expected.join(' ')}`), numbers).ascending).toBe(false);
      expect(numbers).toEqual(expected);
    }
  });

  it.each(['(', ')', '()', ',', ') ', '0 ', '1,', '1 (X 1) '])('reads a million bytes of %j', (text) => {
    const times = Math.floor(1_000_000 / text.length);
    expect(searchOf(` ${text.repeat(times)}`).numbers.length).toBe(text.startsWith('1') ? times : 0);
  });

  it('reads half a million numbers', () => {
    const expected = Array.from({ length: 500_000 }, (_, index) => index * 8000 + 1);
    const reader = readerOf(`SEARCH ${expected.join(' ')}`);
    reader.position += 6;
    const numbers: number[] = [];
    readSearch(reader, numbers);
    expect(numbers.length).toBe(expected.length);
    expect(numbers.every((number, index) => number === expected[index])).toBe(true);
  });
});

describe('readExtendedSearch', () => {
  it.each([
    ['', { uid: false }],
    [' (TAG "a")', { uid: false, tag: 'a' }],
    [
      ' (TAG a) UID ALL 4,2:3 MIN 2 MAX 4 COUNT 3 MODSEQ 7',
      { uid: true, tag: 'a', min: 2, max: 4, count: 3, modseq: 7n },
    ],
    [' (TAG "a") UID COUNT 0', { uid: true, tag: 'a', count: 0 }],
    [' (TAG "a") MIN 0 MAX 0', { uid: false, tag: 'a' }],
    [' UID COUNT 1', { uid: true, count: 1 }],
    [' UID 7 COUNT 1', { uid: true, count: 1 }],
    [' UID MODSEQ -1 COUNT 1', { uid: true, count: 1 }],
    [' UID MODSEQ 18446744073709551615 COUNT 1', { uid: true, count: 1 }],
    [' (TAG "a") X-NEW (1 (2)) count 1 X-B 7', { uid: false, tag: 'a', count: 1 }],
    [
      ' (MAILBOX {3}\r\na b UIDVALIDITY 5 X-Y (1) TAG "t") RELEVANCY (1 2)',
      { uid: false, mailbox: 'a b', uidValidity: 5, tag: 't', relevancy: [1, 2] },
    ],
  ])('reads %j', (text, expected) => {
    expect(readExtendedSearch(readerOf(text))).toMatchObject(expected);
    expect(
      Object.keys(readExtendedSearch(readerOf(text)))
        .filter((key) => !['all', 'allText', 'partialText'].includes(key))
        .sort(),
    ).toEqual(Object.keys(expected).sort());
  });

  it('keeps sets as ranges', () => {
    const { all } = readExtendedSearch(readerOf(' (TAG "a") UID ALL 1:4294967295'));
    expect(String(all)).toBe('1:4294967295');
    expect(all?.size).toBe(4294967295);
  });

  it.each([
    ' (TAG "a") ALL *',
    ' (TAG "a") ALL 0',
    ' (TAG "a") MIN 1.5',
    ' (TAG "a") ALL x',
    ' (TAG',
    ' (TAG "a") PARTIAL (1:2 x)',
  ])('refuses %j', (text) => {
    expect(() => readExtendedSearch(readerOf(text))).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });
});
