import { describe, expect, it } from 'vitest';
import { Forest } from '../../../src/mime/forest.ts';
import { randomNumbers } from './random.ts';

function rootByWalking(parents: readonly number[], node: number): number {
  let root = node;
  for (let parent = parents[root] ?? -1; parent >= 0; parent = parents[root] ?? -1) root = parent;
  return root;
}

describe('Forest', () => {
  it('knows every root, whatever is joined and split', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomNumbers(seed);
      const forest = new Forest();
      const parents = Array.from({ length: 30 }, () => -1);
      expect(parents.map(() => forest.add())).toEqual(parents.map((_, i) => i));
      for (let step = 0; step < 500; step++) {
        const node = random(30);
        const other = random(30);
        if ((parents[node] ?? -1) >= 0) {
          forest.cut(node);
          parents[node] = -1;
        } else if (rootByWalking(parents, other) !== node) {
          forest.link(node, other);
          parents[node] = other;
        }
        expect(forest.root(other)).toBe(rootByWalking(parents, other));
      }
      expect(parents.map((_, i) => forest.root(i))).toEqual(parents.map((_, i) => rootByWalking(parents, i)));
    }
  });

  it('takes a path of 100,000 nodes in its stride', () => {
    const forest = new Forest();
    for (let i = 0; i < 100_000; i++) {
      forest.add();
      if (i > 0) forest.link(i, i - 1);
    }
    const roots = new Set<number>();
    for (let i = 0; i < 100_000; i++) roots.add(forest.root((i * 7919) % 100_000));
    expect([...roots]).toEqual([0]);
  });
});
