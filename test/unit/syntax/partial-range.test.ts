import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { placesOf, requirePartialRange } from '../../../src/syntax/partial-range.ts';

describe('requirePartialRange', () => {
  it.each(['1:1', '7:3', '-1:-100', '4294967295:1'])('takes %j', (range) => {
    expect(() => requirePartialRange(range)).not.toThrow();
  });

  it.each(['', '1', '0:1', '1:0', '1:-2', '-1:2', '01:2', '1:2 ', ' 1:2', '1:2,3', '1:*', '1:12345678901', 1, null])(
    'refuses %j',
    (range) => {
      expect(() => requirePartialRange(range)).toThrow(UsageError);
    },
  );
});

describe('placesOf', () => {
  it.each([
    ['1:1', ['a']],
    ['2:3', ['b', 'c']],
    ['3:2', ['b', 'c']],
    ['4:9', ['d', 'e']],
    ['6:9', []],
    ['-1:-1', ['e']],
    ['-2:-3', ['c', 'd']],
    ['-3:-2', ['c', 'd']],
    ['-4:-9', ['a', 'b']],
    ['-6:-9', []],
    ['-7:-9', []],
  ])('%s of five results', (range, found) => {
    expect(['a', 'b', 'c', 'd', 'e'].slice(...placesOf(range, 5))).toEqual(found);
  });
});
