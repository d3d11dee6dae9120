/** One search over several mailboxes. */
import { describe, expect, it } from 'vitest';
import { type ImapClient, type SearchQuery, type SearchScope, type UidSet, UsageError } from '../../../src/index.ts';
import { clientOf, freshName, letter, type Operations, rejection, type Target } from './target.ts';

async function found(
  client: ImapClient,
  { uidValidityMoves }: Target,
  query: SearchQuery,
  where: SearchScope,
): Promise<Record<string, string>> {
  const byMailbox = await client.searchMailboxes(query, where);
  for (const [name, { uidValidity }] of byMailbox) {
    const status = await client.status(name, ['uidValidity']);
    if (uidValidityMoves) expect(uidValidity).toBeGreaterThan(0);
    else expect(status.uidValidity).toBe(uidValidity);
  }
  // Where UIDVALIDITY moves so do UIDs: how many there are is what is left of them.
  const told = (uids: UidSet) => (uidValidityMoves ? String(uids.size) : String(uids));
  return Object.fromEntries([...byMailbox].map(([name, { uids }]) => [name, told(uids)]));
}

export const searchMailboxesOperations: Operations = (target) => {
  describe('searchMailboxes', () => {
    it('finds in the mailboxes named, below one, subscribed to, and in all of the user', async () => {
      await using client = await clientOf(target(), {}, 8);
      const { separator } = target();
      const root = freshName(target(), 'multi Grüße*');
      const names = { a: `${root}${separator}a`, b: `${root}${separator}b`, beside: `${root}x`, none: `${root}none` };
      const word = `word${root.length}x`;
      for (const name of [root, names.a, names.b, names.beside]) await client.create(name);
      await client.append(
        root,
        [letter('plain'), letter(word)].map((content) => ({ content })),
      );
      await client.append(
        names.a,
        [letter(word), letter(word), letter('plain')].map((content) => ({ content })),
      );
      await client.append(names.beside, { content: letter(word) });
      await client.subscribe(names.a);
      const query = { subject: word };
      const mailboxes = [names.a, names.b, names.beside, names.none];
      const [second, both] = target().uidValidityMoves ? ['1', '2'] : ['2', '1:2'];
      const all = { [root]: second, [names.a]: both, [names.beside]: '1' };
      expect(await found(client, target(), query, { mailboxes })).toEqual({ [names.a]: both, [names.beside]: '1' });
      expect(await found(client, target(), query, { subtree: root })).toEqual({ [root]: second, [names.a]: both });
      expect(await found(client, target(), query, { subscribed: true })).toEqual({ [names.a]: both });
      // Dovecot has a virtual mailbox of all messages beside them.
      expect(await found(client, target(), query, { personal: true })).toMatchObject(all);
      expect(await found(client, target(), query, { subtree: root, mailboxes: [names.a, names.beside] })).toEqual(all);
      expect(await found(client, target(), { subject: 'nöthing' }, { mailboxes })).toEqual({});
    });

    it('finds what another session has stored in the mailbox that is selected', async () => {
      await using client = await clientOf(target(), {}, 8);
      await using other = await clientOf(target(), {}, 8);
      const name = freshName(target());
      await client.create(name);
      const search = () => found(client, target(), { subject: 'news' }, { mailboxes: [name] });
      expect(await search()).toEqual({});
      await client.open(name, { readOnly: true });
      await other.append(name, { content: letter('news') });
      expect(await search()).toEqual(target().tellsNothing ? {} : { [name]: '1' });
    });

    it('leaves handles as they are', async () => {
      await using client = await clientOf(target(), {}, 8);
      const name = freshName(target());
      await client.create(name);
      await client.append(name, { content: letter('one') });
      const mailbox = await client.open(name);
      const [messages] = await Promise.all([
        mailbox.fetchAll('1:*', { flags: true }),
        client.searchMailboxes({ subject: 'one' }, { mailboxes: [name, 'INBOX'] }),
        mailbox.addFlags(1, ['\\Flagged']),
      ]);
      expect(messages).toHaveLength(1);
      expect(await mailbox.search({ flagged: true })).toEqual([1]);
    });

    it('takes nothing that is no scope', async () => {
      await using client = await clientOf(target(), {}, 8);
      const scopes: unknown[] = [
        null,
        {},
        { mailboxes: [] },
        { mailboxes: 'INBOX' },
        { subtree: 'a\r\nb' },
        { mailboxes: [''] },
      ];
      for (const scope of scopes) {
        const error = await rejection(client.searchMailboxes({}, scope as SearchScope)); // what a caller without types may write
        expect(error, JSON.stringify(scope)).toBeInstanceOf(UsageError);
      }
    });
  });
};
