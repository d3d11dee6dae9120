/** Logging out while operations are under way that change mail in several commands. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { letter, letters, rejection } from '../server/operations/target.ts';

it('lets what changes mail in several commands come to its end, and takes nothing more then', async () => {
  await using server = await createServer({ capabilities: ['IMAP4rev1'] });
  for (const content of letters(5)) server.store.deliver('INBOX', content);
  server.store.create('target');
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const results = Promise.all([
    inbox.move(1, 'target'),
    inbox.deleteMessages(2),
    inbox.replace(3, { content: letter('better') }),
    inbox.expunge({ seq: 4 }),
    client.append(
      'target',
      letters(40).map((content) => ({ content })),
    ),
  ]);
  await client.logout();
  expect(await results).toHaveLength(5);
  expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([4, 5, 6]);
  expect(server.store.mailbox('target').messages).toHaveLength(41);
  expect(await rejection(client.noop())).toMatchObject({ code: 'CLOSED' });
});

it('takes nothing from the call on where nothing of that kind is under way', async () => {
  await using server = await createServer();
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const leaving = client.logout();
  expect(await rejection(client.noop())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
  await leaving;
});
