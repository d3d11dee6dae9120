/** NOTIFY (RFC 5465) on Dovecot. */
import { expect, it } from 'vitest';
import { connect, type Notification } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { letter } from './operations/target.ts';

describeServer('dovecot', (server) => {
  const client = (more = {}) =>
    connect({ host: server().host, port: server().port, security: 'none', auth: server().user(3), ...more });

  it('is told of what other sessions do in mailboxes that are not selected, while it watches one', async () => {
    await using reader = await client();
    await using writer = await client();
    await writer.create('other');
    const inbox = await reader.open('INBOX');
    const told: Notification[] = [];
    const watched: string[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const event of inbox.watch({ signal: ending.signal })) watched.push(event.type);
    })();
    const listening = (async () => {
      const groups = [
        { scope: { mailboxes: 'other' }, events: ['messageNew', 'messageExpunge', 'flagChange'] },
        { scope: 'personal', events: ['mailboxName', 'subscriptionChange'] },
      ] as const;
      for await (const event of reader.notify(groups, { status: true, signal: ending.signal })) told.push(event);
    })();
    const status = () => told.filter((event) => event.type === 'status' && event.mailbox === 'other').at(-1);
    await expect.poll(status).toMatchObject({ status: { messages: 0 } });
    await writer.append('other', { content: letter('one') });
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ status: { messages: 1 } });
    await writer.append('INBOX', { content: letter('two') });
    await expect.poll(() => watched, { timeout: 20_000 }).toContain('arrived');
    await writer.create('made');
    const names = () => told.flatMap((event) => (event.type === 'mailbox' ? [event.mailbox.name] : []));
    await expect.poll(names, { timeout: 20_000 }).toContain('made');
    await (await writer.open('INBOX')).deleteMessages('1:*');
    await expect.poll(() => watched, { timeout: 20_000 }).toContain('vanished');
    ending.abort();
    await Promise.all([watching, listening]);
    await reader.noop();
  });

  it('says which events it does not know', async () => {
    await using reader = await client();
    const notes = reader.notify([{ scope: 'personal', events: ['mailboxMetadataChange', 'serverMetadataChange'] }]);
    const answer = await notes[Symbol.asyncIterator]()
      .next()
      .catch((error) => error);
    expect(answer).toMatchObject({
      code: 'BADEVENT',
      responseCode: { events: ['MailboxMetadataChange', 'ServerMetadataChange'] },
    });
  });
});
