/** Every operation against Dovecot. */
import { describe, expect, it } from 'vitest';
import type { FetchItems, Mailbox, MessageSet } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import { clientOf, collect, freshMailbox, letters } from './operations/target.ts';
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
      { internalDate: true, source: true },
    ];
    it.each(asked)('are left out, and one without a header is not: %j', async (items) => {
      const all = (mailbox: Mailbox, set: MessageSet) => mailbox.fetchAll(set, items);
      const loop = (mailbox: Mailbox, set: MessageSet) => collect(mailbox.fetch(set, items));
      await using client = await clientOf(target());
      await using other = await clientOf(target());
      // The first has neither a header nor a date that would tell it from what is made up.
      const blank = { content: '\r\nno header\r\n', internalDate: new Date(0) };
      // What was fetched before it has at hand, and tells.
      for (const [fetched, set, left] of [
        [all, '1:*', [1, 2, 4]],
        [loop, '1:*', [1, 2, 4]],
        [all, { seq: '1:*' }, [1, 2, 4]],
        [loop, { seq: 3 }, []],
        [all, 1, [1]],
      ] as const) {
        const mailbox = await freshMailbox(client, target(), [blank, ...letters(3)]);
        await (await other.open(mailbox.name)).deleteMessages(3);
        expect((await fetched(mailbox, set)).map(({ uid }) => uid)).toEqual(left);
      }
    });
  });
});
