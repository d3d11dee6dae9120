/** SORT and THREAD: what the server answers, and the same worked out here where it seems to lack them. */
import { describe, expect, it } from 'vitest';
import { type SortCriterion, type SortKey, type Thread, type ThreadAlgorithm, UsageError } from '../../../src/index.ts';
import { makeMessage } from '../../mail/message.ts';
import { hiding } from '../hiding.ts';
import { BULK } from './facts.ts';
import { clientOf, current, freshMailbox, letter, type Operations, rejection } from './target.ts';

const MAIL = { seed: 'order', median: 600, oddPercent: 0 };
const KEYS: SortKey[] = ['arrival', 'cc', 'date', 'displayFrom', 'displayTo', 'from', 'size', 'subject', 'to'];
const CRITERIA: SortCriterion[][] = [
  ...KEYS.map((by) => [by]),
  ...KEYS.map((by) => [{ by, reverse: true }]),
  ['subject', { by: 'date', reverse: true }],
  [{ by: 'from' }, 'subject', { by: 'size', reverse: true }],
];
const ALGORITHMS: ThreadAlgorithm[] = ['REFERENCES', 'ORDEREDSUBJECT', 'REFS'];

function headed(fields: Record<string, string>): { content: string; internalDate: Date } {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return { content: `${lines.join('')}\r\ntext\r\n`, internalDate: new Date('2024-05-01T12:00:00Z') };
}

function reply(n: number, subject: string, references: number[]): { content: string; internalDate: Date } {
  return headed({
    From: 'ann@example.org',
    Subject: subject,
    Date: `Mon, 6 May 2024 10:${String(n).padStart(2, '0')}:00 +0000`,
    'Message-ID': `<m${n}@example.org>`,
    ...(references.length === 0 ? {} : { References: references.map((one) => `<m${one}@example.org>`).join(' ') }),
  });
}

/** `1(2 3)`: as short as can be read. */
function drawn(threads: Thread[]): string {
  return threads
    .map(({ uid, children }) => `${uid ?? '-'}${children.length === 0 ? '' : `(${drawn(children)})`}`)
    .join(' ');
}

function one(thread: Thread): string {
  return drawn([thread]);
}

export const orderOperations: Operations = (target) => {
  describe('sort', () => {
    it('gives UIDs in the order of the criteria', async () => {
      await using client = await clientOf(target());
      const date = (day: number) => `Wed, ${day} May 2024 10:00:00 +0000`;
      const mailbox = await freshMailbox(client, target(), [
        { content: headed({ From: 'zoe@example.org', Subject: 'Re: beta', Date: date(3) }).content },
        { content: headed({ From: 'Amy <amy@example.org>', Subject: 'alpha', Date: date(1) }).content },
        { content: headed({ From: 'bob@example.org', Subject: 'Beta', Date: date(2) }).content },
      ]);
      expect(await mailbox.sort(['date'], {})).toEqual([2, 3, 1]);
      expect(await mailbox.sort([{ by: 'date', reverse: true }], {})).toEqual([1, 3, 2]);
      expect(await mailbox.sort(['from'], {})).toEqual([2, 3, 1]);
      const bySubject = target().sortsRoughly ? [2, 3, 1] : [2, 1, 3];
      expect(await mailbox.sort(['subject'], {})).toEqual(bySubject);
      expect(await mailbox.sort(['subject', 'date'], {})).toEqual([2, 3, 1]);
      expect(await mailbox.sort(['subject', 'date'], { from: 'example.org', not: { uid: 2 } })).toEqual([3, 1]);
      expect(await mailbox.sort(['date'], { subject: 'grüße' })).toEqual([]);
      // All at once: each gets its own answer.
      const orders = await Promise.all([mailbox.sort(['date'], {}), mailbox.sort(['subject'], {}), mailbox.search({})]);
      expect(orders).toEqual([[2, 3, 1], bySubject, [1, 2, 3]]);
    });

    it('takes nothing that is no criterion', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [letter('one')]);
      const criteria: unknown[] = [[], ['uid'], [{ reverse: true }], 'date', [null], [undefined], ['toString']];
      for (const one of criteria) {
        const error = await rejection(mailbox.sort(one as SortCriterion[], {})); // what a caller without types may write
        expect(error, JSON.stringify(one)).toBeInstanceOf(UsageError);
      }
      expect(await rejection(mailbox.thread('NONE' as 'REFS', {}))).toBeInstanceOf(UsageError); // as above
    });
  });

  describe('thread', () => {
    it('gives conversations', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [
        reply(1, 'lunch', []),
        reply(2, 'Re: lunch', [1]),
        reply(3, 'Re: lunch', [1, 2]),
        reply(4, 'Re: lunch', [1]),
        reply(5, 'dinner', []),
        reply(7, 'Re: gone', [6]),
        reply(8, 'Re: gone', [6]),
      ]);
      expect(drawn(await mailbox.thread('REFERENCES', {}))).toBe('1(2(3) 4) 5 -(6 7)');
      expect(drawn(await mailbox.thread('ORDEREDSUBJECT', {}))).toBe('1(2 3 4) 5 6(7)');
      expect(drawn(await mailbox.thread('REFERENCES', { uid: '2:4' }))).toBe('-(2(3) 4)');
      expect(await mailbox.thread('REFERENCES', { subject: 'nothing' })).toEqual([]);
      if (client.capabilities.has('CONDSTORE'))
        expect(drawn(await mailbox.thread('REFERENCES', { modseq: 1n }))).toBe('1(2(3) 4) 5 -(6 7)');
    });
  });

  describe('sort and thread', () => {
    it('give the same where the server can and where it seems it can not', { timeout: 60_000 }, async () => {
      await using client = await clientOf(target(), {}, 7);
      await using poor = await clientOf(target(), hiding(target().options(7), 'SORT', 'ESORT', 'THREAD='));
      expect(poor.capabilities.has('SORT') || poor.capabilities.has('THREAD=REFS')).toBe(false);
      const count = (target().bulk ?? BULK).order;
      const messages = Array.from({ length: count }, (_, index) => makeMessage(index, MAIL));
      const mailbox = await freshMailbox(client, target());
      await client.append(
        mailbox.name,
        messages.map(({ raw, internalDate }) => ({ content: raw, internalDate })),
      );
      const now = await current(client, target(), mailbox);
      const other = await poor.open(mailbox.name);
      const { sortsByFolding: folds, sortsRoughly } = target();
      for (const criteria of CRITERIA) {
        if (folds && /subject|display/.test(JSON.stringify(criteria))) continue;
        const [here, there] = await Promise.all([other.sort(criteria, {}), now.sort(criteria, {})]);
        if (sortsRoughly && !/arrival/.test(JSON.stringify(criteria))) {
          expect([...there].sort()).toEqual([...here].sort());
          continue;
        }
        expect(here, JSON.stringify(criteria)).toEqual(there);
        expect(here).toHaveLength(count);
      }
      for (const algorithm of folds ? (['REFS'] as const) : ALGORITHMS) {
        const [here, there] = await Promise.all([other.thread(algorithm, {}), now.thread(algorithm, {})]);
        const unordered = folds || (sortsRoughly && algorithm === 'ORDEREDSUBJECT');
        if (unordered) expect(here.map(one).sort(), algorithm).toEqual(there.map(one).sort());
        else expect(drawn(here), algorithm).toBe(drawn(there));
      }
    });
  });
};
