import { describe, expect, it } from 'vitest';
import { compareMessages, type SortableMessage, type SortCriterion, sentDate } from '../../../src/mime/sort.ts';
import { readVectors } from './vectors.ts';

const sort = (messages: SortableMessage[], ...criteria: SortCriterion[]): number[] =>
  [...messages].sort(compareMessages(criteria)).map((message) => message.uid);

const day = (n: number): Date => new Date(Date.UTC(2024, 0, n));

describe('compareMessages', () => {
  const messages: SortableMessage[] = [
    {
      uid: 1,
      date: day(3),
      internalDate: day(9),
      size: 5,
      subject: 'Re: b',
      from: [{ name: 'Zoë', address: 'amy@x' }],
    },
    { uid: 2, internalDate: day(1), size: 5, subject: 'A', from: [{ address: 'bob@a' }], cc: [{ group: 'friends' }] },
    {
      uid: 3,
      date: day(2),
      internalDate: day(8),
      size: 2 ** 40,
      subject: '[list] B',
      from: [{ name: 'émile', address: 'Amy@y' }],
    },
    { uid: 4, size: 1, from: [] },
  ];

  it.each<[string, SortCriterion[], number[]]>([
    ['arrival', ['arrival'], [4, 2, 3, 1]],
    ['date, with the internal date where there is none', ['date'], [4, 2, 3, 1]],
    ['size', ['size'], [4, 1, 2, 3]],
    ['subject', ['subject'], [4, 2, 1, 3]],
    ['from: the part before @', ['from'], [4, 1, 3, 2]],
    ['cc: the name of a group', ['cc'], [1, 3, 4, 2]],
    ['to, which is nowhere', ['to'], [1, 2, 3, 4]],
    ['displayFrom: the name, else the address', ['displayFrom'], [4, 2, 3, 1]],
    ['reverse, but not for equal messages', [{ by: 'size', reverse: true }], [3, 1, 2, 4]],
    ['several', ['size', { by: 'date', reverse: true }], [4, 1, 2, 3]],
    ['nothing', [], [1, 2, 3, 4]],
  ])('sorts by %s', (_, criteria, uids) => {
    expect(sort(messages, ...criteria)).toEqual(uids);
    expect(sort([...messages].reverse(), ...criteria)).toEqual(uids);
  });

  it('sorts as servers do', () => {
    const vectors = readVectors();
    expect(vectors.length).toBeGreaterThan(0);
    for (const { sorts, messages: recorded } of vectors) {
      for (const [key, uids] of Object.entries(sorts)) {
        // as: the keys of the file are sort keys
        expect(sort(recorded, key as SortCriterion)).toEqual(uids);
      }
    }
  });
});

describe('sentDate', () => {
  it('falls back to the internal date, and to the earliest of all', () => {
    expect(sentDate({ date: day(2), internalDate: day(1) })).toBe(day(2).getTime());
    expect(sentDate({ internalDate: day(1) })).toBe(day(1).getTime());
    expect(sentDate({})).toBe(Number.NEGATIVE_INFINITY);
  });
});
