import { describe, expect, it } from 'vitest';
import { messageMatcher } from '../../../src/wire/message-matcher.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { Random } from './random.ts';

describe('messageMatcher', () => {
  it.each([
    ['1:*', [1, 2, 4294967295], [0]],
    ['7', [7], [0, 6, 8, 70]],
    ['7:9', [7, 8, 9], [0, 1, 6, 10]],
    ['7:*', [7, 8, 4294967295], [1, 6]],
    ['2,5:6,9:*', [2, 5, 6, 9, 4294967295], [1, 3, 4, 7, 8]],
    ['9,2,5:6', [2, 5, 6, 9], [1, 3, 4, 7, 8, 10]],
    // Which message is the last, only the server knows.
    ['*', [1, 7, 4294967295], []],
    ['$', [1, 7, 4294967295], []],
    ['7,*', [1, 6, 7, 8], []],
  ])('%s may name what is in it', (text, named, others) => {
    const matches = messageMatcher(text);
    expect(named.filter((number) => !matches(number))).toEqual([]);
    expect(others.filter((number) => matches(number))).toEqual([]);
  });

  it('agrees with UidSet, however many ranges there are', () => {
    const random = new Random(1);
    for (let round = 0; round < 200; round++) {
      const set = UidSet.from(Array.from({ length: 1 + random.below(20) }, () => 1 + random.below(40)));
      const matches = messageMatcher(set.toString());
      for (let number = 0; number <= 42; number++) expect(matches(number), `${set}`).toBe(set.has(number));
    }
  });
});
