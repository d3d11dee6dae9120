import { expect, it } from 'vitest';
import { KnownUids } from '../../../src/operations/known-uids.ts';

it('knows what was added and did not go', () => {
  const known = new KnownUids();
  const plain = new Set<number>();
  for (let uid = 5; uid <= 5000; uid += 5) {
    expect(known.add(uid)).toBe(true);
    plain.add(uid);
  }
  expect(known.add(5000)).toBe(false);
  expect(known.add(7)).toBe(false);
  for (let step = 0; step < 3000; step++) {
    const uid = (step * 7919) % 5003;
    expect(known.has(uid)).toBe(plain.has(uid));
    expect(known.delete(uid)).toBe(plain.delete(uid));
  }
  expect([...known]).toEqual([...plain]);
  expect(known.highest).toBe(5000);
  expect(known.add(5001)).toBe(true);
  expect([known.has(5001), known.has(0), known.has(-5001)]).toEqual([true, false, false]);
});
