/** Sets of messages that are too long for a command line: thousands of UIDs that are no ranges. */
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/index.ts';
import { clientOf, fillTo, freshMailbox, freshName, letters, type Operations, rejection } from './target.ts';

const COUNT = 8000;
/** Every other UID: some 19,000 characters. */
const ODD = Array.from({ length: COUNT / 2 }, (_, index) => 2 * index + 1);
const EVEN = ODD.map((uid) => uid + 1);

export const setOperations: Operations = (target) => {
  describe('a set of thousands of UIDs that are no ranges', () => {
    it('is taken by every operation', { timeout: 60_000 }, async () => {
      let longest = 0;
      const log = ({ direction, text }: { direction: string; text: string }) => {
        if (direction === 'out') longest = Math.max(longest, text.length);
      };
      await using client = await clientOf(target(), { log }, 7);
      const mailbox = await freshMailbox(client, target(), letters(50));
      await fillTo(mailbox, COUNT);
      const other = await freshMailbox(client, target());

      const fetched = await mailbox.fetchAll(ODD, { flags: true });
      expect(fetched.map(({ uid }) => uid)).toEqual(ODD);
      let seen = 0;
      for await (const { uid } of mailbox.fetch(EVEN, { size: true })) if (uid === EVEN[seen]) seen++;
      expect(seen).toBe(EVEN.length);

      const { flags } = await mailbox.addFlags(ODD, ['\\Flagged']);
      expect(flags.size).toBe(ODD.length);
      expect(await mailbox.search({ flagged: true })).toEqual(ODD);
      expect(await mailbox.search({ uid: ODD, flagged: true })).toEqual(ODD);
      expect(await mailbox.search({ uid: EVEN, flagged: true })).toEqual([]);
      await mailbox.removeFlags(ODD, ['\\Flagged'], { silent: true });
      expect(await mailbox.search({ flagged: true })).toEqual([]);

      const copied = await mailbox.copy(EVEN, other.name);
      if (client.capabilities.has('UIDPLUS')) expect([...copied.uids.keys()]).toEqual(EVEN);
      const thirds = ODD.filter((_, index) => index % 3 === 0);
      const moved = await mailbox.move(thirds, other.name);
      if (client.capabilities.has('UIDPLUS')) expect(moved.uids.size).toBe(thirds.length);
      expect(await client.status(other.name, ['messages'])).toEqual({ messages: EVEN.length + thirds.length });

      const { expunged, uids } = await mailbox.deleteMessages(EVEN);
      expect([expunged, uids?.size]).toEqual([EVEN.length, EVEN.length]);
      expect(await mailbox.search({})).toEqual(ODD.filter((uid) => !thirds.includes(uid)));
      // RFC 9051 §4 and RFC 7162 §4 ask for lines of 8192 octets at most.
      expect(longest).toBeLessThan(8192);

      const refused = await rejection(mailbox.copy(ODD, freshName(target(), 'not there')));
      expect(refused).toBeInstanceOf(CommandError);
      expect(refused).toMatchObject({ code: 'TRYCREATE' });
    });
  });
};
