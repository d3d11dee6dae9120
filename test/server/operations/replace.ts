/** REPLACE: a new message in the place of an old one, by the server or by APPEND and an exact deletion. */
import { describe, expect, it } from 'vitest';
import { ImapError, UsageError } from '../../../src/index.ts';
import { clientOf, current, freshMailbox, letter, letters, type Operations, rejection } from './target.ts';

export const replaceOperations: Operations = (target) => {
  describe('replace', () => {
    it('stores the new message and removes the old one, and no other', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(4));
      await mailbox.addFlags([1, 4], ['\\Deleted']);
      const result = await mailbox.replace(2, { content: letter('draft 2'), flags: ['\\Draft'] });
      if (client.capabilities.has('UIDPLUS')) expect(result).toEqual({ uid: 5, uidValidity: mailbox.uidValidity });
      const now = await current(client, target(), mailbox);
      const messages = await now.fetchAll('1:*', { envelope: true, flags: true });
      expect(messages.map(({ uid, envelope }) => [uid, envelope.subject])).toEqual([
        [1, 'letter 1'],
        [3, 'letter 3'],
        [4, 'letter 4'],
        [5, 'draft 2'],
      ]);
      expect(messages.filter(({ flags }) => flags.has('\\Deleted')).map(({ uid }) => uid)).toEqual([1, 4]);
      expect(messages.at(-1)?.flags.has('\\Draft')).toBe(!target().dropsFlags);
    });

    it('stores it in another mailbox', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      const sent = await freshMailbox(client, target());
      await mailbox.replace(1, { content: letter('sent') }, { target: sent.name });
      expect(await mailbox.search({})).toEqual([2]);
      expect((await sent.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope.subject)).toEqual([
        'sent',
      ]);
    });

    it('changes nothing where it can not be done', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      const message = { content: letter('new') };
      expect(await rejection(mailbox.replace(77, message))).toBeInstanceOf(ImapError);
      expect(await rejection(mailbox.replace(1, message, { target: `${mailbox.name}none` }))).toBeInstanceOf(ImapError);
      expect(await rejection(mailbox.replace('1:2' as unknown as number, message))).toBeInstanceOf(UsageError); // what a caller without types may write
      expect(await rejection(mailbox.replace(1, { content: 'a\0b', flags: ['\\Nö'] }))).toBeInstanceOf(UsageError);
      expect(await mailbox.search({})).toEqual([1, 2]);
    });
  });
};
