import { expect, it } from 'vitest';
import { Remembered } from '../../../src/syntax/remembered.ts';

it('gives back what it was given', () => {
  const remembered = new Remembered<number>(2, 3);
  expect(remembered.get('abc')).toBeUndefined();
  expect(remembered.keep('abc', 1)).toBe(1);
  expect(remembered.get('abc')).toBe(1);
});

it('keeps no text that is longer than the longest', () => {
  const remembered = new Remembered<number>(2, 3);
  expect(remembered.keep('abcd', 1)).toBe(1);
  expect(remembered.get('abcd')).toBeUndefined();
});

it('lets go of all where one more would be too many', () => {
  const remembered = new Remembered<number>(2, 3);
  remembered.keep('a', 1);
  remembered.keep('b', 2);
  expect([remembered.get('a'), remembered.get('b')]).toEqual([1, 2]);
  remembered.keep('c', 3);
  expect([remembered.get('a'), remembered.get('b'), remembered.get('c')]).toEqual([undefined, undefined, 3]);
});
