/** Tests of a program of yours, with the IMAP server in memory. Run: npx tsx examples/own-tests.ts */
import assert from 'node:assert/strict';
import test from 'node:test';
import { type ConnectOptions, connect } from 'imapwire';
import { createServer } from 'imapwire/testing';

/** The program: files what has been read by the year in which it came. Returns how many messages it moved. */
async function archive(options: ConnectOptions): Promise<number> {
  await using client = await connect(options);
  await using inbox = await client.open('INBOX');
  const messages = await inbox.fetchAll(await inbox.search({ seen: true }), { internalDate: true });
  const existing = new Set((await client.list()).map(({ name }) => name));
  for (const { uid, internalDate } of messages) {
    const target = `Archive/${internalDate?.getUTCFullYear() ?? 'undated'}`;
    if (!existing.has(target)) await client.create(target);
    existing.add(target);
    await inbox.move(uid, target);
  }
  return messages.length;
}

/** What the program is to connect with. */
function optionsFor({ host, port }: { host: string; port: number }): ConnectOptions {
  return { host, port, security: 'none', auth: { user: 'anna', pass: 'secret' } };
}

const users = { anna: 'secret' };
const read = (year: number) => ({ flags: ['\\Seen'], internalDate: new Date(Date.UTC(year, 5, 1)) });

test('what was read is filed by year', async () => {
  await using server = await createServer({ users });
  server.store.deliver('INBOX', 'Subject: Old\n\nHello\n', read(2023));
  server.store.deliver('INBOX', 'Subject: Newer\n\nHello\n', read(2024));
  server.store.deliver('INBOX', 'Subject: Not read\n\nHello\n');
  server.store.create('Archive/2023');

  assert.equal(await archive(optionsFor(server)), 2);

  const held = (name: string) =>
    server.store.mailbox(name).messages.map(({ content }) => content.raw.toString().split('\r\n')[0]);
  assert.deepEqual(held('Archive/2023'), ['Subject: Old']);
  assert.deepEqual(held('Archive/2024'), ['Subject: Newer']);
  assert.deepEqual(held('INBOX'), ['Subject: Not read']);
});

test('a server that knows little will do', async () => {
  await using server = await createServer({ users, capabilities: ['IMAP4rev1'] });
  server.store.deliver('INBOX', 'Subject: Old\n\nHello\n', read(2023));
  assert.equal(await archive(optionsFor(server)), 1);
  assert.equal(server.store.mailbox('Archive/2023').messages.length, 1);
});

test('a wrong password moves nothing', async () => {
  await using server = await createServer({ users: { anna: 'another' } });
  server.store.deliver('INBOX', 'Subject: Old\n\nHello\n', read(2023));
  await assert.rejects(archive(optionsFor(server)), { name: 'AuthenticationError' });
  assert.equal(server.store.mailbox('INBOX').messages.length, 1);
});
