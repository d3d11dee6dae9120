/** One search over several mailboxes. */
import { describe, expect, it } from 'vitest';
import { type ImapClient, type SearchQuery, type SearchScope, UsageError } from '../../../src/index.ts';
import { clientOf, freshName, letter, type Operations, rejection } from './target.ts';

async function found(client: ImapClient, query: SearchQuery, where: SearchScope): Promise<Record<string, string>> {
  const byMailbox = await client.searchMailboxes(query, where);
  for (const [name, { uidValidity }] of byMailbox)
    expect((await client.status(name, ['uidValidity'])).uidValidity).toBe(uidValidity);
  return Object.fromEntries([...byMailbox].map(([name, { uids }]) => [name, String(uids)]));
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
      expect(await found(client, query, { mailboxes })).toEqual({ [names.a]: '1:2', [names.beside]: '1' });
      expect(await found(client, query, { subtree: root })).toEqual({ [root]: '2', [names.a]: '1:2' });
      expect(await found(client, query, { subscribed: true })).toEqual({ [names.a]: '1:2' });
      const all = { [root]: '2', [names.a]: '1:2', [names.beside]: '1' };
      // Dovecot has a virtual mailbox of all messages beside them.
      expect(await found(client, query, { personal: true })).toMatchObject(all);
      expect(await found(client, query, { subtree: root, mailboxes: [names.a, names.beside] })).toEqual(all);
      expect(await found(client, { subject: 'nöthing' }, { mailboxes })).toEqual({});
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
