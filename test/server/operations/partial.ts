/** PARTIAL (RFC 9394): a range of what is found, sorted or fetched; told by the server, or taken here from the whole. */
import { describe, expect, it } from 'vitest';
import { type MessageSet, UsageError } from '../../../src/index.ts';
import { hiding } from '../hiding.ts';
import { clientOf, collect, freshMailbox, letters, type Operations, rejection } from './target.ts';

/** Of seven messages, the last first. */
const RANGES: [partial: string, uids: number[]][] = [
  ['1:2', [7, 6]],
  ['5:3', [5, 4, 3]],
  ['7:100', [1]],
  ['8:9', []],
  ['-1:-2', [2, 1]],
  ['-6:-100', [7, 6]],
  ['-8:-9', []],
];

export const partialOperations: Operations = (target) => {
  describe('partial', () => {
    it('gives a range of an order', async () => {
      await using client = await clientOf(target());
      await using poor = await clientOf(target(), hiding(target().options(), 'SORT', 'ESORT'));
      await using middling = await clientOf(target(), hiding(target().options(), 'PARTIAL', 'CONTEXT='));
      const dated = letters(7).map((content, index) => ({
        content: content.replace('6 May 2025', `${index + 1} May 2025`).replace('Tue, ', ''),
      }));
      const { name } = await freshMailbox(client, target(), dated);
      for (const one of [client, poor, middling]) {
        const mailbox = await one.open(name);
        const latest = [{ by: 'date', reverse: true } as const];
        for (const [partial, uids] of RANGES)
          expect(await mailbox.sort(latest, {}, { partial }), partial).toEqual(uids);
        expect(await mailbox.sort(['date'], { not: { uid: '2,5' } }, { partial: '2:3' })).toEqual([3, 4]);
        const orders = await Promise.all(RANGES.map(([partial]) => mailbox.sort(latest, {}, { partial })));
        expect(orders).toEqual(RANGES.map(([, uids]) => uids));
        for (const partial of ['1', '0:1', '1:-2', '1:2) x', 7 as unknown as string]) // what a caller without types may write
          expect(await rejection(mailbox.sort(latest, {}, { partial }))).toBeInstanceOf(UsageError);
      }
    });

    it('fetches a range of a set', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(7));
      const uidsOf = (messages: { uid: number }[]) => messages.map(({ uid }) => uid);
      const fetched = (set: MessageSet, partial: string) => mailbox.fetchAll(set, { flags: true }, { partial });
      const inBatches = mailbox.fetch('2:*', { flags: true }, { partial: '-1:-5', batch: 2 });
      expect(uidsOf(await collect(inBatches))).toEqual([3, 4, 5, 6, 7]);
      if (!client.capabilities.has('PARTIAL')) {
        expect(await rejection(fetched('1:*', '1:2'))).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      expect(uidsOf(await fetched('1:*', '1:2'))).toEqual([1, 2]);
      expect(uidsOf(await fetched('2:6', '-1:-2'))).toEqual([5, 6]);
      expect(uidsOf(await fetched('2,4,6', '3:2'))).toEqual([4, 6]);
      expect(uidsOf(await fetched({ seq: '2:6' }, '-1:-2'))).toEqual([5, 6]);
      expect(uidsOf(await fetched({ seq: '6:*' }, '2:5'))).toEqual([7]);
      expect(await fetched({ seq: '9:*' }, '1:2')).toEqual([]);
      expect(await fetched('1:*', '8:100')).toEqual([]);
      const changedSince = mailbox.highestModseq;
      await mailbox.addFlags('3:6', ['\\Flagged']);
      const changed = await mailbox.fetchAll('1:*', { flags: true }, { partial: '1:2', changedSince });
      expect(uidsOf(changed)).toEqual([3, 4]);
    });
  });
};
