import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  formatMessageSet,
  isMessageNumber,
  type MessageSet,
  setBelow,
  splitSet,
  upwards,
} from '../../../src/wire/sequence-set.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { Random } from './random.ts';

/** What no type check stops at run time. */
const untyped = (value: unknown) => value as never; // the point of the test is a value of the wrong type

const ascending = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);

it('takes a whole number from 1 to 4294967295 for that of a message, and nothing else', () => {
  expect([1, 4294967295].map(isMessageNumber)).toEqual([true, true]);
  expect([0, -1, 1.5, 4294967296, '1', 1n, Number.NaN].some(isMessageNumber)).toBe(false);
});

describe('formatMessageSet', () => {
  it.each<[MessageSet, string]>([
    [42, '42'],
    ['1:*', '1:*'],
    ['*', '*'],
    ['*:*', '*'],
    ['*:5', '5:*'],
    ['5:*,7:9', '5:*'],
    ['7:9,5:*,1,2', '1:2,5:*'],
    ['1:4,5:*', '1:*'],
    ['*,9:*,3', '3,9:*'],
    ['3,*', '3,*'],
    ['9:7,8:10,1', '1,7:10'],
    ['4294967295,*', '4294967295,*'],
    ['*,3,7:4294967295', '3,7:4294967295,*'],
    ['$', '$'],
    [[], ''],
    [UidSet.empty, ''],
    [[9, 8, 1], '1,8:9'],
    [UidSet.from('4:6'), '4:6'],
    [Object.assign([1, 2], { seq: 7 }), '1:2'],
  ])('%j goes out as %s, by UID and by sequence number', (set, text) => {
    expect(formatMessageSet(set)).toEqual({ uid: true, text });
    expect(formatMessageSet({ seq: untyped(set) })).toEqual({ uid: false, text });
  });

  it.each([
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '1,',
    ',',
    ':',
    '1:',
    '1::2',
    '01',
    '4294967296',
    '$,1',
    '1,$',
    '**',
    '1*',
    '*1',
    '1\r\nA1 LOGOUT',
    '1\n',
    '1 (FLAGS)',
    '1\0',
    0,
    -1,
    0.5,
    Number.NaN,
    4294967296,
    [0],
    [1, Number.NaN],
    ['1'],
    ['1\r\n'],
    null,
    undefined,
    {},
    { seq: undefined },
    { seq: { seq: 1 } },
    { seq: '' },
    7n,
    true,
  ])('refuses case %#', (set) => {
    expect(() => formatMessageSet(untyped(set))).toThrow(UsageError);
  });

  it('only ever writes the grammar, and the same messages', () => {
    const random = new Random(5);
    for (let round = 0; round < 3000; round++) {
      const members: string[] = [];
      for (let count = 1 + random.below(5); count > 0; count--) {
        const number = () => (random.below(6) === 0 ? '*' : String(1 + random.below(20)));
        members.push(random.below(2) === 0 ? number() : `${number()}:${number()}`);
      }
      const { text } = formatMessageSet(members.join(','));
      expect(text).toMatch(/^(\d+|\*|\d+:(\d+|\*))(,(\d+|\*|\d+:(\d+|\*)))*$/);
      for (const greatest of [1, 7, 19, 25]) expect(meant(text, greatest)).toEqual(meant(members.join(','), greatest));
    }
  });

  it('takes a hundred thousand numbers in any order', () => {
    const numbers = Array.from({ length: 100_000 }, (_, index) => ((index * 7919) % 100_003) * 2 + 2);
    const { text } = formatMessageSet(numbers);
    expect(text).toBe(ascending(numbers).join(','));
    expect(formatMessageSet(numbers.join(',')).text).toBe(text);
  });
});

/** The existing messages that a sequence set names in a mailbox whose greatest number is `greatest` (RFC 3501 §9). */
function meant(text: string, greatest: number): number[] {
  const numbers = new Set<number>();
  for (const member of text.split(',')) {
    const ends = member.split(':').map((end) => (end === '*' ? greatest : Number(end)));
    for (let number = Math.min(...ends); number <= Math.min(greatest, Math.max(...ends)); number++) numbers.add(number);
  }
  return ascending(numbers);
}

describe('splitSet', () => {
  it.each([
    ['1,2,3', 3, ['1,2', '3']],
    ['1,2,3', 5, ['1,2,3']],
    ['1,2,3', 4, ['1,2', '3']],
    ['10:20,30', 5, ['10:20', '30']],
    ['10:20,30', 2, ['10:20', '30']],
    ['1:*', 8000, ['1:*']],
    ['', 10, []],
  ])('%s at %i', (text, maxLength, expected) => {
    expect(splitSet(text, maxLength)).toEqual(expected);
  });

  it('loses nothing and keeps to the length', () => {
    const random = new Random(6);
    for (let round = 0; round < 300; round++) {
      const numbers = Array.from({ length: random.below(40) }, () => 1 + random.below(4_000_000_000));
      const text = UidSet.from(numbers).toString();
      const maxLength = 21 + random.below(30);
      const texts = splitSet(text, maxLength);
      expect(texts.join(',')).toBe(text);
      for (const part of texts) expect(part.length).toBeLessThanOrEqual(maxLength);
    }
  });

  it('is linear', () => {
    const text = Array.from({ length: 500_000 }, (_, index) => index * 2 + 1).join(',');
    expect(splitSet(text, 8000).join(',')).toBe(text);
    expect(splitSet(text, 1)).toHaveLength(500_000);
  });
});

describe('upwards', () => {
  it.each([
    ['1:*', '1:*'],
    ['7:*', '7:4294967295'],
    ['3,7:*', '3,7:4294967295'],
    ['3,*', '3,*'],
    ['*', '*'],
    ['$', '$'],
    ['', ''],
    ['1:3', '1:3'],
  ])('%j is %j', (text, expected) => {
    expect(upwards(text)).toBe(expected);
  });
});

describe('setBelow', () => {
  it.each([
    ['1:*', 7, '1:6'],
    ['7:*', 7, ''],
    ['2,5:9,12:*', 7, '2,5:6'],
    ['2,5:9', 100, '2,5:9'],
    ['7', 7, ''],
    ['6', 7, '6'],
    ['*', 7, ''],
    ['1:9', 1, ''],
  ])('%s below %i is %j', (text, uid, expected) => {
    expect(setBelow(text, uid)).toBe(expected);
  });
});
