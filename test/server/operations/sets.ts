/** Sets of messages that are too long for a command line: thousands of UIDs that are no ranges. */
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/index.ts';
import { BULK } from './facts.ts';
import { clientOf, fillTo, freshMailbox, freshName, letters, type Operations, rejection } from './target.ts';

export const setOperations: Operations = (target) => {
  describe('a set of thousands of UIDs that are no ranges', () => {
    it('is taken by every operation', { timeout: 60_000 }, async () => {
      const count = (target().bulk ?? BULK).set;
      /** Every other UID: some 19,000 characters, where there are 8000 messages. */
      const odd = Array.from({ length: count / 2 }, (_, index) => 2 * index + 1);
      const even = odd.map((uid) => uid + 1);
      let longest = 0;
      const log = ({ direction, text }: { direction: string; text: string }) => {
        if (direction === 'out') longest = Math.max(longest, text.length);
      };
      await using client = await clientOf(target(), { log }, 7);
      const mailbox = await fillTo(client, target(), await freshMailbox(client, target(), letters(50)), count);
      const other = await freshMailbox(client, target());

      const fetched = await mailbox.fetchAll(odd, { flags: true });
      expect(fetched.map(({ uid }) => uid)).toEqual(odd);
      let seen = 0;
      for await (const { uid } of mailbox.fetch(even, { size: true })) if (uid === even[seen]) seen++;
      expect(seen).toBe(even.length);

      const { flags } = await mailbox.addFlags(odd, ['\\Flagged']);
      expect(flags.size).toBe(odd.length);
      expect(await mailbox.search({ flagged: true })).toEqual(odd);
      expect(await mailbox.search({ uid: odd, flagged: true })).toEqual(odd);
      expect(await mailbox.search({ uid: even, flagged: true })).toEqual([]);
      await mailbox.removeFlags(odd, ['\\Flagged'], { silent: true });
      expect(await mailbox.search({ flagged: true })).toEqual([]);

      const copied = await mailbox.copy(even, other.name);
      if (client.capabilities.has('UIDPLUS')) expect([...copied.uids.keys()]).toEqual(even);
      const thirds = odd.filter((_, index) => index % 3 === 0);
      const moved = await mailbox.move(thirds, other.name);
      if (client.capabilities.has('UIDPLUS')) expect(moved.uids.size).toBe(thirds.length);
      expect(await client.status(other.name, ['messages'])).toEqual({ messages: even.length + thirds.length });

      const { expunged, uids } = await mailbox.deleteMessages(even);
      expect([expunged, uids?.size]).toEqual([even.length, even.length]);
      expect(await mailbox.search({})).toEqual(odd.filter((uid) => !thirds.includes(uid)));
      // RFC 9051 §4 and RFC 7162 §4 ask for lines of 8192 octets at most.
      expect(longest).toBeLessThan(8192);

      const refused = await rejection(mailbox.copy(odd, freshName(target(), 'not there')));
      expect(refused).toBeInstanceOf(CommandError);
      expect(refused).toMatchObject({ code: 'TRYCREATE' });
    });
  });
};
