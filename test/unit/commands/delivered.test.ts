import { expect, it } from 'vitest';
import { Delivered } from '../../../src/commands/delivered.ts';

/** Small steps up, at times down or the same again. */
function* uids(downwards: boolean): Generator<number> {
  let uid = 0;
  for (let step = 1; step <= 300; step++) {
    uid += [1, 1, 3, 1, 7][step % 5] ?? 1;
    yield uid;
    if (downwards && step % 11 === 0) yield* [uid, uid - 2, 1];
  }
}

it.each([
  ['ascending', false],
  ['in any order', true],
])('knows what was delivered, %s', (_, downwards) => {
  const delivered = new Delivered();
  const plain = new Set<number>();
  expect([delivered.count, delivered.has(0), delivered.has(1), `${delivered.uids()}`]).toEqual([0, false, false, '']);
  for (const uid of uids(downwards)) {
    expect(delivered.add(uid)).toBe(!plain.has(uid));
    plain.add(uid);
    expect(delivered.count).toBe(plain.size);
  }
  const highest = Math.max(...plain);
  for (let uid = 0; uid <= highest + 2; uid++) expect(delivered.has(uid)).toBe(plain.has(uid));
  expect([...delivered.uids()]).toEqual([...plain].sort((a, b) => a - b));
});

it('knows a message that no UID is told of', () => {
  const delivered = new Delivered();
  expect([delivered.add(1), delivered.add(2), delivered.add(0), delivered.add(0)]).toEqual([true, true, true, false]);
});
