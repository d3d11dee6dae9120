import { expect, it } from 'vitest';
import { KnownUids } from '../../../src/operations/known-uids.ts';

it('knows what was added and did not go', () => {
  const known = new KnownUids();
  const plain = new Set<number>();
  for (let uid = 5; uid <= 5000; uid += 5) {
    known.add([uid]);
    plain.add(uid);
  }
  for (let step = 0; step < 3000; step++) {
    const uid = (step * 7919) % 5003;
    expect(known.has(uid)).toBe(plain.has(uid));
    expect(known.delete(uid)).toBe(plain.delete(uid));
    expect(known.size).toBe(plain.size);
  }
  expect([...known]).toEqual([...plain]);
  expect(known.highest).toBe(5000);
  known.add([5001]);
  expect([known.has(5001), known.has(0), known.has(-5001)]).toEqual([true, false, false]);
});

it('changes no list that it shares', () => {
  const shared = Object.freeze([2, 4, 6]);
  const known = KnownUids.sharing(shared);
  expect([known.highest, known.has(4), [...known]]).toEqual([6, true, [2, 4, 6]]);
  expect(known.delete(4)).toBe(true);
  known.add([8]);
  expect([...known]).toEqual([2, 6, 8]);
  known.add([7]);
  expect([[...known], known.has(2), known.has(4), known.size]).toEqual([[2, 6, 7, 8], true, false, 4]);
  const other = KnownUids.sharing(shared);
  other.add([7]);
  const third = KnownUids.sharing(shared);
  third.add([3, 5]);
  expect([[...other], [...third], [...KnownUids.sharing([])]]).toEqual([[2, 4, 6, 7], [2, 3, 4, 5, 6], []]);
  expect(shared).toEqual([2, 4, 6]);
});

it('keeps flags from when it is told to, of the messages that it knows', () => {
  const known = KnownUids.sharing([2, 4, 6, 8]);
  const seen = new Set(['\\Seen']);
  known.setFlags(2, seen);
  expect(known.flags(2)).toBeUndefined();
  known.keepFlags();
  for (const uid of [4, 5, 8]) known.setFlags(uid, seen);
  expect([2, 3, 4, 5, 6, 8, 9].map((uid) => known.flags(uid))).toEqual([
    ...[undefined, undefined, seen, undefined, undefined],
    ...[seen, undefined],
  ]);
  known.add([9, 10, 11]);
  known.setFlags(11, new Set(['a']));
  expect(known.flags(9)).toBeUndefined();
  known.keepFlags();
  // More than half of them go: what is left moves.
  for (const uid of [2, 4, 6, 9]) expect(known.delete(uid)).toBe(true);
  expect([...known]).toEqual([8, 10, 11]);
  known.add([7, 9]);
  expect([...known]).toEqual([7, 8, 9, 10, 11]);
  expect([4, 6, 7, 8, 9, 10, 11].map((uid) => known.flags(uid))).toEqual([
    ...[undefined, undefined, undefined, seen, undefined, undefined],
    new Set(['a']),
  ]);
});

it('tells whether flags are others than before: all are where none are kept, and \\Recent is no difference', () => {
  const known = KnownUids.sharing([1, 2]);
  const set = (uid: number, ...flags: string[]) => known.setFlags(uid, new Set(flags));
  expect([set(1, 'a'), set(1, 'a')]).toEqual([true, true]);
  known.keepFlags();
  expect([set(1, 'a', 'b'), set(1, 'b', 'a'), set(1, 'b', 'a', '\\Recent'), set(1)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  expect([set(1), set(1, 'a'), set(2), set(3), set(3)]).toEqual([false, true, true, true, true]);
  expect([known.flags(1), known.flags(2)]).toEqual([new Set(['a']), new Set()]);
});

it('takes what comes from the highest down, piece by piece, into a large mailbox without going through all of it each time', () => {
  const seen = new Set(['\\Seen']);
  const known = KnownUids.sharing(Array.from({ length: 300_000 }, (_, index) => index + 1));
  known.keepFlags();
  known.setFlags(300_000, seen);
  for (let uid = 303_000; uid > 300_000; uid--) {
    known.add([uid]);
    known.setFlags(uid, seen);
  }
  expect([known.size, known.highest, known.has(0), known.has(303_001)]).toEqual([303_000, 303_000, false, false]);
  for (const uid of [300_000, 300_001, 302_500, 303_000])
    expect([known.has(uid), known.flags(uid)]).toEqual([true, seen]);
  expect(known.flags(299_999)).toBeUndefined();
  // One that was there before, and is gone.
  known.delete(303_000);
  known.add([303_000]);
  expect([known.size, known.has(303_000), known.flags(303_000)]).toEqual([303_000, true, undefined]);
});
