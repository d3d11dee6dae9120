import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  parseUidList,
  parseUidSet,
  readUidSet,
  type UidRange,
  UidSet,
  UidSetBuilder,
  zipUidRanges,
} from '../../../src/wire/uid-set.ts';
import { Random } from './random.ts';

const ALL = '1:4294967295';

/** What no type check stops at run time. */
const untyped = (value: unknown) => value as never; // the point of the test is a value of the wrong type

function randomUids(random: Random, universe: number): Set<number> {
  const uids = new Set<number>();
  for (let run = random.below(8); run > 0; run--) {
    const first = 1 + random.below(universe);
    for (let uid = first; uid <= Math.min(universe, first + random.below(6)); uid++) uids.add(uid);
  }
  return uids;
}

const ascending = (uids: Iterable<number>) => [...uids].sort((a, b) => a - b);

describe('UidSet', () => {
  it.each([
    [42, '42'],
    ['7,9:12', '7,9:12'],
    ['12:9,7', '7,9:12'],
    ['1,2,3', '1:3'],
    ['1:3,2:9,10,12', '1:10,12'],
    [[3, 1, 2, 2], '1:3'],
    [new Set([5, 9]), '5,9'],
    [Uint32Array.of(8, 7), '7:8'],
    [[], ''],
    ['', ''],
    [4294967295, '4294967295'],
    [ALL, ALL],
  ])('from(%j) is %s', (input, text) => {
    expect(UidSet.from(input).toString()).toBe(text);
  });

  it('survives JSON as its text', () => {
    const text = JSON.stringify({ uids: UidSet.from('7,1:3') });
    expect(text).toBe('{"uids":"1:3,7"}');
    expect([...parseUidSet(JSON.parse(text).uids)]).toEqual([1, 2, 3, 7]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 4294967296, '0', '1:*', '*', '$', '1,', ',1', '1:', ':1'])(
    'from(%j) is a usage error',
    (input) => {
      expect(() => UidSet.from(input)).toThrow(UsageError);
    },
  );

  it.each([null, undefined, true, {}, Symbol('x'), 3n, Object.create(null), () => 1, ['1'], [null], [1, 2.5], [0]])(
    'refuses the wrong type, case %#',
    (input) => {
      expect(() => UidSet.from(untyped(input))).toThrow(UsageError);
    },
  );

  it('hands back a set that is one already', () => {
    const set = UidSet.from('1:3');
    expect(UidSet.from(set)).toBe(set);
    expect(set.add(2)).toBe(set);
    expect(set.union(UidSet.empty)).toBe(set);
    expect(set.slice()).toBe(set);
  });

  it('knows its ends, its size and its ranges', () => {
    const set = UidSet.from('20:22,1,5:6');
    expect([set.first, set.last, set.size]).toEqual([1, 22, 6]);
    expect([...set.ranges()]).toEqual([
      [1, 1],
      [5, 6],
      [20, 22],
    ]);
    expect([...set]).toEqual([1, 5, 6, 20, 21, 22]);
    expect([UidSet.empty.first, UidSet.empty.last, UidSet.empty.size]).toEqual([undefined, undefined, 0]);
    expect([...UidSet.empty]).toEqual([]);
    expect(inspect(set)).toBe("UidSet(6) '1,5:6,20:22'");
  });

  it('takes a range either way round', () => {
    expect(UidSet.range(9, 7).toString()).toBe('7:9');
    expect(() => UidSet.range(0, 7)).toThrow(UsageError);
  });

  it('has only whole UIDs', () => {
    const set = UidSet.from('1:3,7');
    expect([0, 1, 2.5, 3, 4, 6, 7, 8, Number.NaN, -1, 4294967296].filter((uid) => set.has(uid))).toEqual([1, 3, 7]);
  });

  it('holds every UID there is without expanding them', () => {
    const all = UidSet.from(ALL);
    expect(all.size).toBe(4294967295);
    expect(all.has(4294967295)).toBe(true);
    const iterator = all[Symbol.iterator]();
    expect([iterator.next().value, iterator.next().value]).toEqual([1, 2]);
    expect(all.subtract(UidSet.from('2:4294967294')).toString()).toBe('1,4294967295');
    expect(all.intersect(UidSet.from('9,4294967295')).toString()).toBe('9,4294967295');
    expect(all.union(UidSet.from('1:7')).toString()).toBe(ALL);
    expect(all.slice(-2).toString()).toBe('4294967294:4294967295');
    expect(all.slice(1_000_000, 1_000_500).toString()).toBe('1000001:1000500');
  });

  it('agrees with Set in every operation', () => {
    const random = new Random(1);
    for (let round = 0; round < 2000; round++) {
      const a = randomUids(random, 40);
      const b = randomUids(random, 40);
      const [left, right] = [UidSet.from(a), UidSet.from(b)];
      const text = left.toString();
      expect([...left]).toEqual(ascending(a));
      expect(left.size).toBe(a.size);
      expect([...left.union(right)]).toEqual(ascending(new Set([...a, ...b])));
      expect([...left.intersect(right)]).toEqual(ascending([...a].filter((uid) => b.has(uid))));
      expect([...left.subtract(right)]).toEqual(ascending([...a].filter((uid) => !b.has(uid))));
      const uid = 1 + random.below(45);
      expect(left.has(uid)).toBe(a.has(uid));
      expect([...left.add(uid)]).toEqual(ascending(new Set([...a, uid])));
      const [start, end] = [random.below(50) - 25, random.below(50) - 25];
      expect([...left.slice(start, end)]).toEqual(ascending(a).slice(start, end));
      expect(parseUidSet(text).toString()).toBe(text);
      expect(left.toString()).toBe(text);
      expect(text).toMatch(/^(\d+(:\d+)?(,\d+(:\d+)?)*)?$/);
    }
  });

  it('stays canonical: ascending, disjoint, never adjacent', () => {
    const random = new Random(2);
    for (let round = 0; round < 500; round++) {
      const [left, right] = [UidSet.from(randomUids(random, 60)), UidSet.from(randomUids(random, 60))];
      for (const set of [left.union(right), left.intersect(right), left.subtract(right), left.slice(random.below(9))]) {
        let previous = -1;
        for (const [first, last] of set.ranges()) {
          expect(first).toBeGreaterThan(previous + 1);
          expect(last).toBeGreaterThanOrEqual(first);
          previous = last;
        }
      }
    }
  });
});

describe('UidSetBuilder', () => {
  it('merges what touches, and sorts what came out of order', () => {
    const builder = new UidSetBuilder();
    builder.add(5);
    builder.add(6);
    builder.addRange(7, 9);
    expect(builder.build().toString()).toBe('5:9');
    builder.add(1);
    builder.addRange(2, 3);
    builder.add(3);
    builder.addRange(4, 20);
    expect(builder.build().toString()).toBe('1:20');
    expect(builder.build().toString()).toBe('1:20');
  });

  it('leaves a set that it built as it was', () => {
    const builder = new UidSetBuilder();
    builder.add(1);
    const set = builder.build();
    builder.add(2);
    expect(set.toString()).toBe('1');
    expect(builder.build().toString()).toBe('1:2');
  });

  it('takes half a million UIDs, ascending or not', () => {
    const up = new UidSetBuilder();
    const down = new UidSetBuilder();
    for (let index = 1; index <= 500_000; index++) {
      up.add(index * 2);
      down.add((500_001 - index) * 2);
    }
    const set = up.build();
    expect(set.size).toBe(500_000);
    expect(set.last).toBe(1_000_000);
    expect(down.build().subtract(set).size).toBe(0);
    expect(readUidSet(set.toString())?.size).toBe(500_000);
  });
});

describe('parseUidSet', () => {
  it.each([
    '1 ',
    ' 1',
    '1:2:3',
    '1,,2',
    '01',
    '1:02',
    '1\r\n',
    '1;2',
    'a',
    '-1',
    '+1',
    '1.5',
    '4294967296',
    '１',
    '*:4',
  ])('refuses %j', (text) => {
    expect(() => parseUidSet(text)).toThrow(UsageError);
  });

  it('names what it refuses, in short', () => {
    expect(() => parseUidSet('x'.repeat(100_000))).toThrow(/^not a set of UIDs: "x{60}"$/);
    expect(() => parseUidSet(untyped(7))).toThrow(UsageError);
  });
});

describe('readUidSet', () => {
  it.each([
    ['300:500', '300:500'],
    ['9,7:4,5,1', '1,4:7,9'],
    ['0012:0010', '10:12'],
    ['1:4294967295', ALL],
    ['4294967295:1,4294967295', ALL],
  ])('reads %s', (text, expected) => {
    expect(readUidSet(text)?.toString()).toBe(expected);
  });

  it.each(['', '0', '0:5', '1:*', '*', '$', '4294967296', '99999999999999999999', '1,', '1,,2', '1:2:3', 'NIL', '1 2'])(
    'reads nothing in %j',
    (text) => {
      expect(readUidSet(text)).toBeUndefined();
    },
  );

  it('is total: a set or undefined, whatever comes', () => {
    const random = new Random(3);
    for (let round = 0; round < 5000; round++) {
      let text = '';
      for (let length = random.below(12); length > 0; length--) text += random.pick('0123456789:,:,*$ ');
      const set = readUidSet(text);
      if (set !== undefined) expect(readUidSet(set.toString())?.toString()).toBe(set.toString());
      expect(parseUidList(text) === undefined).toBe(set === undefined);
    }
  });

  it('is linear: a million ranges, sorted or not', () => {
    const up = Array.from({ length: 1_000_000 }, (_, index) => index * 2 + 1);
    expect(readUidSet(up.join(','))?.size).toBe(1_000_000);
    expect(readUidSet(up.reverse().join(','))?.size).toBe(1_000_000);
    expect(readUidSet('1,'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('COPYUID', () => {
  function zipped(source: readonly UidRange[], target: readonly UidRange[], limit: number): Map<number, number> {
    const uids = new Map<number, number>();
    zipUidRanges(uids, source, target, limit);
    return uids;
  }

  it('keeps no more ranges than two sets of different UIDs have on the longest line', () => {
    const most = '1,'.repeat((1 << 22) - 1);
    expect(parseUidList(`${most}1`)?.length).toBe(1 << 22);
    expect(parseUidList(`${most}1,1`)?.length).toBe(undefined);
  });

  it('keeps the order in which the ranges were sent', () => {
    expect(parseUidList('304,319:320,7:5')).toEqual([
      [304, 304],
      [319, 320],
      [5, 7],
    ]);
  });

  it.each([
    ['304,319:320', '3956:3958', { 304: 3956, 319: 3957, 320: 3958 }],
    ['9,1', '20,10', { 9: 20, 1: 10 }],
    ['1:4', '8,6:7,3', { 1: 8, 2: 6, 3: 7, 4: 3 }],
    ['31', '6', { 31: 6 }],
    ['1:3', '5:6', {}],
    ['1', ALL, {}],
  ])('matches %s with %s', (source, target, expected) => {
    const uids = zipped(parseUidList(source) ?? [], parseUidList(target) ?? [], 100);
    expect(uids).toEqual(new Map(Object.entries(expected).map(([key, value]) => [Number(key), value])));
  });

  it('goes no further than its limit', () => {
    const all = parseUidList(ALL) ?? [];
    expect([...zipped(all, all, 2)]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const many = Array.from({ length: 1000 }, () => all).flat();
    expect(zipped(many, many, 3).size).toBe(3);
    expect(zipped(all, all, 0).size).toBe(0);
    expect(zipped([], [], 5).size).toBe(0);
  });

  it('agrees with two expanded lists', () => {
    const random = new Random(4);
    for (let round = 0; round < 500; round++) {
      const source = [...UidSet.from(randomUids(random, 60))];
      const target = source.map((_, index) => 100 + index + random.below(2) * 50);
      const limit = random.below(30);
      const uids = zipped(parseUidList(source.join(',')) ?? [], parseUidList(target.join(',')) ?? [], limit);
      expect([...uids]).toEqual(source.slice(0, limit).map((uid, index) => [uid, target[index]]));
    }
  });
});
