/** Every operation against Dovecot. */
import { describe, expect, it } from 'vitest';
import type { FetchItems } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import { clientOf, freshMailbox, letters } from './operations/target.ts';
import { targetOf } from './targets.ts';

describeServer('dovecot', (server) => {
  const target = () => targetOf(server());

  operations(target);
  bulkOperations(target);

  describe('messages that another session has expunged meanwhile', () => {
    const asked: FetchItems[] = [
      { envelope: true },
      { internalDate: true },
      { envelope: true, size: true, internalDate: true, bodyStructure: true, flags: true },
      { envelope: true, headers: ['Subject'] },
      { source: true },
    ];
    it.each(asked)('are left out, and one without a header is not: %j', async (items) => {
      await using client = await clientOf(target());
      await using other = await clientOf(target());
      // The first has neither a header nor a date that would tell it from what is made up.
      const blank = { content: '\r\nno header\r\n', internalDate: new Date(0) };
      // What was fetched before it has at hand, and tells.
      for (const [set, left] of [
        ['1:*', [1, 2, 4]],
        [{ seq: '1:*' }, [1, 2, 4]],
        [{ seq: 3 }, []],
        [1, [1]],
      ] as const) {
        const mailbox = await freshMailbox(client, target(), [blank, ...letters(3)]);
        await (await other.open(mailbox.name)).deleteMessages(3);
        expect((await mailbox.fetchAll(set, items)).map(({ uid }) => uid)).toEqual(left);
      }
    });
  });
});
