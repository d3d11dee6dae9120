/** What is not for a selected mailbox, called for while others work on mailboxes. */
import { expect, it } from 'vitest';
import { connect, type ImapClient } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';

const CALLS: [name: string, call: (client: ImapClient) => Promise<unknown>][] = [
  ['DELETE', (client) => client.delete('A')],
  ['RENAME', (client) => client.rename('A', 'C')],
  ['ENABLE', (client) => client.enable(['CONDSTORE'])],
];

/** `refused`: this command is. */
async function twoMailboxes(withoutCapabilities: string[] = [], refused?: string) {
  const sent: string[] = [];
  const server = await createServer({
    withoutCapabilities,
    intercept: ({ name }) => {
      sent.push(name);
      return name === refused ? 'BAD Unknown' : undefined;
    },
  });
  server.store.create('A');
  server.store.create('B');
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  const client = await connect({ host, port, security: 'none', auth, clientId: false });
  return { server, client, sent };
}

/** Which mailbox-changing commands were sent last in front of this one. */
function before(name: string, sent: string[]): string | undefined {
  return sent.slice(0, sent.indexOf(name)).findLast((one) => /^(?:SELECT|EXAMINE|UNSELECT|CLOSE)$/.test(one));
}

for (const [name, call] of CALLS) {
  it.each([
    ['UNSELECT', []],
    ['CLOSE', ['UNSELECT']],
  ])(`${name} directly follows %s, though the mailbox is watched`, async (leave, withoutCapabilities) => {
    const { server, client, sent } = await twoMailboxes(withoutCapabilities);
    await using _server = server;
    await using _client = client;
    const mailbox = await client.open('A');
    const events = mailbox.watch()[Symbol.asyncIterator]();
    const ended = events.next().catch(() => {});
    await expect.poll(() => sent).toContain('IDLE');
    await call(client);
    expect(before(name, sent)).toBe(leave);
    await events.return?.();
    await ended;
  });

  it(`${name} is sent while no mailbox is selected, though one is about to be`, async () => {
    const { server, client, sent } = await twoMailboxes();
    await using _server = server;
    await using _client = client;
    const opening = client.open('A');
    await Promise.all([call(client), opening]);
    expect(before(name, sent)).toBe('UNSELECT');
  });

  it(`${name} is not sent where the server does not let the mailbox be left`, async () => {
    const { server, client, sent } = await twoMailboxes(['UNSELECT'], 'CLOSE');
    await using _server = server;
    await using _client = client;
    await client.open('A');
    expect(await rejection(call(client))).toMatchObject({ status: 'BAD', command: 'CLOSE' });
    expect(sent).not.toContain(name);
  });
}

it('ENABLE is sent while no mailbox is selected, though another one has its turn first', async () => {
  const { server, client, sent } = await twoMailboxes();
  await using _server = server;
  await using _client = client;
  const b = await client.open('B');
  await client.open('A');
  const search = b.search({ all: true });
  await Promise.all([client.enable(['CONDSTORE']), search]);
  expect(before('ENABLE', sent)).toBe('UNSELECT');
});

it('DELETE is done on the next connection where leaving the mailbox was lost with this one', async () => {
  let lost = false;
  await using server = await createServer({
    intercept: ({ name }) => {
      if (name !== 'UNSELECT' || lost) return undefined;
      lost = true;
      return 'BYE crashed';
    },
  });
  server.store.create('A');
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1 } });
  await client.open('A');
  await client.delete('A');
  expect(lost).toBe(true);
  expect(server.store.account().mailbox('A')).toBeUndefined();
});
