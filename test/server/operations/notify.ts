/** NOTIFY (RFC 5465): what others do is told unasked, of mailboxes that are not selected too. */
import { describe, expect, it } from 'vitest';
import type { Notification, NotifyGroup, NotifyOptions } from '../../../src/index.ts';
import {
  clientOf,
  freshMailbox,
  freshName,
  letter,
  letters,
  type Operations,
  rejection,
  type Target,
} from './target.ts';

const PATIENCE = { timeout: 20_000 };
const MESSAGES = ['messageNew', 'messageExpunge', 'flagChange'] as const;

/** Two clients of one account; what the first one is told. */
async function listening(target: Target, groups: readonly NotifyGroup[], options: NotifyOptions = {}) {
  const reader = await clientOf(target, {}, 3);
  const writer = await clientOf(target, {}, 3);
  const told: Notification[] = [];
  const ending = new AbortController();
  const listen = async () => {
    for await (const event of reader.notify(groups, { ...options, signal: ending.signal })) told.push(event);
  };
  return {
    ...{ reader, writer, told, ending },
    listen: () => {
      const done = listen();
      done.catch(() => {});
      return done;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all([reader.logout(), writer.logout()]);
    },
  };
}

export const notifyOperations: Operations = (target) => {
  describe('notify', () => {
    it('tells of messages in mailboxes that are not selected, while one is watched', async () => {
      await using client = await clientOf(target(), {}, 3);
      if (!client.capabilities.has('NOTIFY')) {
        const error = await rejection(client.notify([])[Symbol.asyncIterator]().next());
        expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      const other = (await freshMailbox(client, target())).name;
      const watchedName = (await freshMailbox(client, target())).name;
      const group = { scope: { mailboxes: other }, events: MESSAGES };
      await using both = await listening(target(), [group], { status: true });
      const { reader, writer, told, listen, ending } = both;
      const inbox = await reader.open(watchedName);
      const watched: string[] = [];
      const watching = (async () => {
        for await (const event of inbox.watch({ signal: ending.signal })) watched.push(event.type);
      })();
      const done = listen();
      const status = () => told.filter((event) => event.type === 'status' && event.mailbox === other).at(-1);
      await expect.poll(status, PATIENCE).toMatchObject({ status: { messages: 0 } });
      await writer.append(other, { content: letter('one') });
      await expect.poll(status, PATIENCE).toMatchObject({ status: { messages: 1 } });
      await writer.append(watchedName, { content: letter('two') });
      await expect.poll(() => watched, PATIENCE).toContain('arrived');
      const theirs = await writer.open(other);
      await theirs.deleteMessages('1:*');
      await expect.poll(status, PATIENCE).toMatchObject({ status: { messages: 0 } });
      await (await writer.open(watchedName)).deleteMessages('1:*');
      await expect.poll(() => watched, PATIENCE).toContain('vanished');
      ending.abort();
      await Promise.all([watching, done]);
      // As before: nothing of others.
      const count = told.length;
      await writer.append(other, { content: letter('three') });
      await reader.noop();
      expect(told).toHaveLength(count);
    });

    it('tells of mailboxes that are made, renamed, subscribed and deleted', async () => {
      await using client = await clientOf(target(), {}, 3);
      if (!client.capabilities.has('NOTIFY')) return;
      const group = { scope: 'personal', events: ['mailboxName', 'subscriptionChange'] } as const;
      await using both = await listening(target(), [group], { status: true });
      const { reader, writer, told, listen } = both;
      void listen();
      // Its answer is behind that of NOTIFY.
      await reader.noop();
      const name = freshName(target(), 'made ü');
      const renamed = freshName(target(), 'renamed');
      const named = (wanted: string) => () =>
        told
          .flatMap((event) => (event.type === 'mailbox' && event.mailbox.name === wanted ? [event.mailbox] : []))
          .at(-1);
      await writer.create(name);
      await expect.poll(named(name), PATIENCE).toMatchObject({ name, selectable: true });
      await writer.rename(name, renamed);
      await expect.poll(named(renamed), PATIENCE).toMatchObject({ oldName: name });
      await writer.subscribe(renamed);
      await expect.poll(named(renamed), PATIENCE).toMatchObject({ subscribed: true });
      await writer.unsubscribe(renamed);
      // Dovecot tells one change of what comes at once.
      await expect.poll(() => named(renamed)()?.subscribed ?? false, PATIENCE).toBe(false);
      await writer.delete(renamed);
      await expect.poll(named(renamed), PATIENCE).toMatchObject({ selectable: false });
    });

    it('tells of metadata, and of new messages as they are asked for', async () => {
      await using client = await clientOf(target(), {}, 3);
      // Dovecot: `NO [BADEVENT …]`.
      if (!client.capabilities.has('NOTIFY') || target().name === 'dovecot') return;
      const { name } = await freshMailbox(client, target(), letters(2));
      const group = { scope: 'selected', events: MESSAGES, fetch: { envelope: true, size: true } } as const;
      const metadata = { scope: 'personal', events: ['mailboxMetadataChange', 'serverMetadataChange'] } as const;
      await using both = await listening(target(), [group, metadata]);
      const { reader, writer, told, listen } = both;
      const mailbox = await reader.open(name);
      void listen();
      await reader.noop();
      const last = () => told.at(-1);
      const entry = '/private/comment';
      await writer.metadata.set(name, { [entry]: 'x' });
      await expect.poll(last, PATIENCE).toEqual({ type: 'metadata', mailbox: name, entries: [entry] });
      await writer.metadata.set('', { '/shared/admin': 'x' });
      await expect.poll(last, PATIENCE).toEqual({ type: 'metadata', mailbox: '', entries: ['/shared/admin'] });
      const before = reader.bytes.sent;
      await writer.append(name, { content: letter('three') });
      const message = { uid: 3, seq: 3, envelope: { subject: 'three' }, size: letter('three').length };
      await expect.poll(last, PATIENCE).toMatchObject({ type: 'message', mailbox: name, message });
      await (await writer.open(name)).deleteMessages(1);
      await expect.poll(() => mailbox.exists, PATIENCE).toBe(2);
      // Nobody has asked for any of it.
      expect(reader.bytes.sent).toBe(before);
      await writer.append('INBOX', { content: letter('elsewhere') });
      await reader.noop();
      expect(told.filter(({ type }) => type === 'status')).toEqual([]);
    });

    it('says that it does not know all events', async () => {
      await using client = await clientOf(target(), {}, 3);
      if (!client.capabilities.has('NOTIFY')) return;
      const events = ['messageNew', 'messageExpunge', 'annotationChange'] as const;
      const notes = client.notify([{ scope: 'personal', events }])[Symbol.asyncIterator]();
      const { responseCode } = await rejection(notes.next());
      expect(responseCode).toMatchObject({ name: 'BADEVENT' });
      // Dovecot names those unknown, others those known.
      expect(responseCode).toHaveProperty('events');
    });
  });
};
