/** What extensions tell of messages and mailboxes: OBJECTID, SAVEDATE, PREVIEW, WITHIN, SEARCH=FUZZY, STATUS=SIZE, APPENDLIMIT, UTF8=ACCEPT. */
import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from '../../../src/index.ts';
import { clientOf, freshMailbox, freshName, letter, letters, type Operations, rejection } from './target.ts';

const DAY = 86_400;

export const valueOperations: Operations = (target) => {
  describe('extensions', () => {
    it('tell of messages what they promise', async () => {
      await using client = await clientOf(target());
      const { capabilities } = client;
      const yesterday = new Date(Date.now() - 1.5 * DAY * 1000);
      const mailbox = await freshMailbox(client, target(), [
        { content: letter('one', 'Nice weather\r\n'), internalDate: yesterday },
        letter('two', 'Nice weather\r\n'),
      ]);
      if (capabilities.has('OBJECTID')) {
        const [first, second] = await mailbox.fetchAll('1:*', { emailId: true, threadId: true });
        expect(first?.emailId).toMatch(/^[\w-]{1,255}$/);
        expect(second?.emailId).not.toBe(first?.emailId);
        expect(await mailbox.search({ emailId: first?.emailId ?? '' })).toEqual([1]);
        if (first?.threadId) expect(await mailbox.search({ threadId: first.threadId })).toContain(1);
        const other = await freshMailbox(client, target());
        await mailbox.copy(1, other.name);
        expect((await other.fetchOne(1, { emailId: true }))?.emailId).toBe(first?.emailId);
        expect(mailbox.mailboxId).toMatch(/^[\w-]{1,255}$/);
        expect((await client.status(mailbox.name, ['mailboxId'])).mailboxId).toBe(mailbox.mailboxId);
        expect(other.mailboxId).not.toBe(mailbox.mailboxId);
      } else expect(mailbox.mailboxId).toBeUndefined();
      if (capabilities.has('SAVEDATE')) {
        const saved = (await mailbox.fetchOne(1, { saveDate: true }))?.saveDate;
        expect(saved?.getTime()).toBeGreaterThan(yesterday.getTime() + DAY * 1000);
        expect(await mailbox.search({ savedSince: yesterday })).toEqual([1, 2]);
        expect(await mailbox.search({ savedBefore: yesterday })).toEqual([]);
      }
      if (capabilities.has('PREVIEW')) {
        const preview = (await mailbox.fetchOne(1, { preview: true }))?.preview;
        if (target().previewsNothing) expect(preview).toBeNull();
        else expect(preview?.trim()).toBe('Nice weather');
      }
      if (capabilities.has('WITHIN')) {
        expect(await mailbox.search({ younger: DAY })).toEqual([2]);
        expect(await mailbox.search({ older: DAY })).toEqual([1]);
      }
      if (capabilities.has('SEARCH=FUZZY')) {
        expect(await mailbox.search({ fuzzy: { subject: 'two' } })).toEqual(target().blursNothing ? [] : [2]);
      }
    });

    it('tell how large a mailbox is', async () => {
      await using client = await clientOf(target());
      const messages = letters(3);
      const mailbox = await freshMailbox(client, target(), messages);
      const size = messages.join('').length;
      if (client.capabilities.has('STATUS=SIZE') || client.capabilities.has('IMAP4rev2')) {
        expect(await client.status(mailbox.name, ['size'])).toEqual({ size });
      } else {
        // Courier leaves out what it does not know, `* STATUS "INBOX" ()`; mailutils refuses it.
        const said = await client.status(mailbox.name, ['size']).catch((error) => error);
        if (said instanceof Error) expect(said).toBeInstanceOf(CommandError);
        else expect([{}, { size }]).toContainEqual(said);
      }
      expect((await mailbox.fetchAll('1:*', { size: true })).reduce((sum, one) => sum + one.size, 0)).toBe(size);
    });

    it('tell how large a message may be: what is larger is not sent', async () => {
      await using client = await clientOf(target());
      const { appendLimit } = client.capabilities;
      if (appendLimit === undefined) return;
      const { sent } = client.bytes;
      async function* stream(): AsyncGenerator<Uint8Array> {
        yield expect.fail('it is not read');
      }
      const error = await rejection(client.append('INBOX', { content: { size: appendLimit + 1, stream: stream() } }));
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: 'TOOBIG' });
      expect(client.bytes.sent).toBe(sent);
    });

    it('carry UTF-8 in names, headers and searches, where it is enabled', async () => {
      await using client = await clientOf(target(), { enable: ['UTF8=ACCEPT'] });
      expect(client.enabled.has('UTF8=ACCEPT')).toBe(client.capabilities.has('UTF8=ACCEPT'));
      const name = freshName(target(), 'Entwürfe 日本 R&D &- "x"');
      if (target().refusesName?.('"') || target().spoilsName?.('"')) return;
      await client.create(name);
      await client.append(name, { content: letter('grüße 日本', 'Grüße\r\n') });
      expect((await client.list()).map((one) => one.name)).toContain(name);
      expect(await client.status(name, ['messages'])).toEqual({ messages: 1 });
      const mailbox = await client.open(name);
      expect((await mailbox.fetchOne(1, { envelope: true }))?.envelope.subject).toBe('grüße 日本');
      expect(await mailbox.search({ subject: 'grüße' })).toEqual([1]);
      expect(await mailbox.search({ subject: 'größe' })).toEqual([]);
      expect(await mailbox.search({ body: 'Grüße' })).toEqual([1]);
    });
  });
};
