import { expect, it, vi } from 'vitest';
import { SequenceMap } from '../../../src/session/sequence-map.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { uidsOf } from './uids-of.ts';

/** Numbers that look random and are the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it('is what an array would be, whatever is done to it', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const any = random(seed);
    let plain = Array.from({ length: any(6000) }, (_, index) => (index + 1) * 3);
    const map = SequenceMap.of(plain);
    const lists: { shared: readonly number[]; was: number[] }[] = [];
    for (let step = 0; step < 400; step++) {
      const seq = 1 + any(plain.length + 3);
      const what = any(6);
      if (what === 0) {
        const [uid] = seq <= plain.length ? plain.splice(seq - 1, 1) : [];
        expect(map.remove(seq)).toBe(uid);
      } else if (what === 1) {
        const uid = any(4) === 0 ? 0 : 1 + any(20_000);
        while (plain.length < seq) plain.push(0);
        plain[seq - 1] = uid;
        map.set(seq, uid);
      } else if (what === 2) {
        const gone = UidSet.range(seq, seq + any(9));
        expect(map.removeAll(gone)).toEqual(plain.filter((uid) => gone.has(uid)));
        plain = plain.filter((uid) => !gone.has(uid));
      } else if (what === 3 && any(40) === 0) {
        map.truncate(seq);
        plain.length = Math.min(plain.length, seq);
      } else if (what === 4 && any(10) === 0) {
        const shared = map.share();
        if (shared !== undefined) {
          expect(shared).toEqual(plain);
          lists.push({ shared, was: [...shared] });
        }
      } else {
        expect(map.at(seq)).toBe(plain[seq - 1]);
      }
      expect([map.length, map.last, map.complete]).toEqual([plain.length, plain.at(-1) ?? 0, !plain.includes(0)]);
    }
    expect(uidsOf(map)).toEqual(plain);
    expect([...map]).toEqual(plain.filter(Boolean));
    for (const { shared, was } of lists) expect(shared).toEqual(was);
  }
});

it('shares the list of a small mailbox, and changes none that it has shared', () => {
  const changes: ((map: SequenceMap) => void)[] = [
    (map) => map.set(2, 9),
    (map) => map.set(4, 11),
    (map) => map.insert(4),
    (map) => map.insert(11),
    (map) => map.remove(1),
    (map) => map.removeAll(UidSet.from(5)),
    (map) => map.truncate(1),
    (map) => map.trim(),
  ];
  for (const change of changes) {
    const map = SequenceMap.of([3, 5, 7]);
    const plain = SequenceMap.of([3, 5, 7]);
    const shared = map.share();
    expect(map.share()).toBe(shared);
    for (const one of [map, plain]) {
      change(one);
      one.insert(20);
    }
    expect(shared).toEqual([3, 5, 7]);
    expect(uidsOf(map)).toEqual(uidsOf(plain));
  }
  expect(SequenceMap.of([3, 0, 7]).share()).toBeUndefined();
  expect(SequenceMap.of(Array.from({ length: 2000 }, (_, index) => index + 1)).share()).toBeUndefined();
  expect(new SequenceMap().share()).toEqual([]);
});

it('keeps UIDs in their order that come in none', () => {
  const any = random(7);
  const map = new SequenceMap();
  const all = new Set<number>();
  for (let step = 0; step < 5000; step++) {
    const uid = 1 + any(10_000);
    all.add(uid);
    map.insert(uid);
    expect(map.at(map.length)).toBe(map.last);
  }
  expect(uidsOf(map)).toEqual([...all].sort((a, b) => a - b));
  expect(map.length).toBe(all.size);
});

it.each<[string, number, (map: SequenceMap) => void]>([
  [
    'one by one',
    1948,
    (map) => {
      for (let seq = 2900; seq > 1948; seq--) map.remove(seq);
    },
  ],
  ['at once', 1948, (map) => map.removeAll(UidSet.range(2049, 3000))],
  ['with part of the one before', 1900, (map) => map.truncate(1900)],
])('ends with the last message, and goes on from it, where a block goes %s', (_, left, change) => {
  const uids = Array.from({ length: 3000 }, (_, index) => index + 1);
  const map = SequenceMap.of(uids);
  for (const uid of uids.splice(1499, 100)) expect(map.remove(1500)).toBe(uid);
  expect([map.length, map.at(2900)]).toEqual([2900, 3000]);
  change(map);
  uids.length = left;
  expect(map.last).toBe(uids.at(-1));
  for (let uid = 3001; uid <= 5000; uid++) {
    uids.push(uid);
    map.insert(uid);
  }
  expect(map.at(3000)).toBe(uids[2999]);
  expect([...map]).toEqual(uids);
});

it('takes out what has come behind a block that is in no order and was searched', () => {
  const map = SequenceMap.of([5, 3]);
  expect(map.removeAll(UidSet.from(9))).toEqual([]);
  map.set(3, 9);
  expect(map.removeAll(UidSet.from(9))).toEqual([9]);
});

it('takes messages that come in any order', () => {
  const map = new SequenceMap();
  for (let seq = 100_000; seq > 0; seq--) map.set(seq, seq * 2);
  expect([map.length, map.complete, map.at(1), map.at(77_777), map.last]).toEqual([100_000, true, 2, 155_554, 200_000]);
});

it('makes no room for millions of which nothing is known', () => {
  const map = SequenceMap.of([1, 2]);
  for (let seq = 1; seq <= 10_000_000; seq += 50_000) map.set(seq, seq);
  map.set(10_000_000, 5);
  expect([map.length, map.at(10_000_000), map.complete]).toEqual([100_001, undefined, false]);
  map.set(100_002, 9);
  expect(map.at(100_002)).toBe(9);
});

it('passes over no more for having been cut short again and again', () => {
  const map = new SequenceMap();
  map.set(60_001, 5);
  const splice = vi.spyOn(Array.prototype, 'splice');
  map.truncate(0);
  const steps = splice.mock.calls.length;
  splice.mockRestore();
  expect(steps).toBeLessThan(200);
  map.set(60_001, 5);
  expect([map.length, map.complete]).toEqual([0, true]);
  map.set(40_001, 5);
  expect([map.length, map.complete]).toEqual([40_001, false]);
});

it.each([
  ['in order but for one', (map: SequenceMap) => map.set(50_000, 1)],
  [
    'in no order',
    (map: SequenceMap) => {
      for (let seq = 1; seq <= 100_000; seq += 100) map.set(seq, seq % 200 === 1 ? 4_000_000_000 - seq : seq);
    },
  ],
])('looks at few of a hundred thousand UIDs %s for one that is not among them', (_, disturb) => {
  const map = SequenceMap.of(Array.from({ length: 100_000 }, (_, index) => 2 * index + 1));
  disturb(map);
  const asked = [vi.spyOn(UidSet.prototype, 'has'), vi.spyOn(UidSet.prototype, 'touches')];
  for (let uid = 100_000; uid < 100_040; uid += 2) expect(map.removeAll(UidSet.from(uid))).toEqual([]);
  const calls = asked.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  for (const one of asked) one.mockRestore();
  // Twenty times: each of a hundred blocks, halved ten times.
  expect(calls).toBeLessThan(200_000);
});
