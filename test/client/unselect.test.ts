/** Leaving a mailbox on a server without UNSELECT: EXAMINE, then CLOSE. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

async function withRefusal(refusal: string) {
  const sent: string[] = [];
  const server = await createServer({
    withoutCapabilities: ['UNSELECT'],
    intercept: ({ name }) => {
      sent.push(name);
      return name === 'EXAMINE' ? refusal : undefined;
    },
  });
  server.store.create('Gone');
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  return { server, client, sent };
}

it('of one that another session has deleted is no failure: nothing is selected then', async () => {
  const { server, client, sent } = await withRefusal('NO No such mailbox');
  await using _server = server;
  await using _client = client;
  {
    await using gone = await client.open('Gone');
    await gone.check();
  }
  await (await client.open('Gone')).unselect();
  await client.noop();
  expect(client.state).toBe('authenticated');
  expect(sent).not.toContain('CLOSE');
});

it('fails where the server does not take the EXAMINE', async () => {
  const { server, client, sent } = await withRefusal('BAD Unknown');
  await using _server = server;
  await using _client = client;
  const gone = await client.open('Gone');
  expect(await rejection(gone.unselect())).toMatchObject({ status: 'BAD', command: 'EXAMINE' });
  expect(sent).not.toContain('CLOSE');
});

it.each([
  ['UNSELECT', []],
  ['EXAMINE', ['UNSELECT']],
  ['CLOSE', ['UNSELECT']],
])('is done where %s was lost with the connection, and there will be another', async (command, withoutCapabilities) => {
  let lost = false;
  const server: ImapServer = await createServer({
    withoutCapabilities,
    log: ({ direction, text }) => {
      if (lost || direction !== 'in' || !text.includes(` ${command}`)) return;
      lost = true;
      server.dropConnections();
    },
  });
  await using _server = server;
  server.store.deliver('INBOX', '\r\n', { flags: ['\\Deleted'] });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1 } });
  await (await client.open('INBOX')).unselect();
  expect(lost).toBe(true);
  await client.noop();
  expect(client.state).toBe('authenticated');
  expect(server.store.mailbox('INBOX').messages.length).toBe(1);
});

it.each(['close', 'unselect'] as const)(
  'ends a watch by %s(), which does not select the mailbox again',
  async (leave) => {
    const sent: string[] = [];
    const server = await createServer({
      log: ({ direction, text }) => {
        if (direction === 'in') sent.push(text);
      },
    });
    await using _server = server;
    const { host, port } = server;
    await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
    const inbox = await client.open('INBOX');
    const next = inbox.watch()[Symbol.asyncIterator]().next();
    await expect.poll(() => sent.some((line) => line.endsWith(' IDLE')), { interval: 1 }).toBe(true);
    await inbox[leave]();
    expect(await next).toEqual({ done: true, value: undefined });
    await client.noop();
    expect(client.state).toBe('authenticated');
    expect(sent.filter((line) => line.includes(' SELECT '))).toHaveLength(1);
  },
);

it('comes before the next user where one is let in meanwhile: nothing is selected for him', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    for (const name of ['SELECT "A"', 'EXAMINE "A"', 'CLOSE', 'PROXYAUTH "ann"', 'NOOP']) await peer.expect(name);
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  await Promise.all([mailbox.unselect(), client.proxyAuth('ann')]);
  await client.noop();
});

async function withLog(intercept?: (name: string) => string | undefined) {
  const sent: string[] = [];
  const server = await createServer({
    intercept: ({ name }) => {
      sent.push(name);
      return intercept?.(name);
    },
  });
  server.store.create('B');
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  sent.length = 0;
  return { server, client, inbox, sent };
}

it('close() has what is called behind it refused, and nothing selects the mailbox again', async () => {
  const { server, client, inbox, sent } = await withLog();
  await using _server = server;
  await using _client = client;
  const before = inbox.search({});
  const closed = inbox.close();
  const refused = { name: 'UsageError', code: 'CLOSED', message: expect.stringContaining('is being closed') };
  const behind = [inbox.search({}), inbox.fetchAll([], {}), inbox.sync(), inbox.expunge(), inbox.content(1)];
  expect(() => inbox.on('exists', () => {})).toThrow(/is being closed/);
  for (const one of behind) expect(await rejection(one)).toMatchObject(refused);
  expect(await before).toEqual([]);
  await Promise.all([closed, inbox.close(), inbox.unselect(), inbox[Symbol.asyncDispose]()]);
  expect(await rejection(inbox.search({}))).toMatchObject({ code: 'CLOSED' });
  await client.noop();
  expect(sent).toEqual(['UID SEARCH', 'CLOSE', 'NOOP']);
  expect(client.state).toBe('authenticated');
});

it('close() that is refused leaves the handle open, unless it was to be left meanwhile', async () => {
  const { server, client, inbox, sent } = await withLog((name) => (name === 'CLOSE' ? 'NO Not now' : undefined));
  await using _server = server;
  await using _client = client;
  expect(await rejection(inbox.close())).toMatchObject({ command: 'CLOSE', status: 'NO' });
  expect(await inbox.search({})).toEqual([]);
  const refused = rejection(inbox.close());
  await inbox.unselect();
  expect(await refused).toMatchObject({ command: 'CLOSE', status: 'NO' });
  expect(sent).toEqual(['CLOSE', 'UID SEARCH', 'CLOSE', 'UNSELECT']);
});

it('is given up in time where close() is under way, and is not answered', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] ready');
    await peer.expect('SELECT "INBOX"', '* 0 EXISTS', 'OK [READ-WRITE] done');
    await peer.command();
    await peer.gone();
  });
  const client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const closing = rejection(inbox.close());
  expect(await rejection(inbox.unselect({ timeout: 5 }))).toMatchObject({ code: 'TIMEOUT' });
  client.close();
  await closing;
});

it.each([
  ['Projects/A', ['UNSELECT', 'RENAME']],
  ['Projects', ['UNSELECT', 'RENAME']],
  ['Projects2', ['RENAME']],
  ['proj', ['RENAME']],
])('comes before the RENAME of Projects where %s is selected', async (selected, commands) => {
  const sent: string[] = [];
  await using server = await createServer({
    intercept: ({ name }) => {
      sent.push(name);
      return undefined;
    },
  });
  for (const name of ['Projects', 'Projects/A', 'Projects2', 'proj']) server.store.create(name);
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  await client.open(selected);
  sent.length = 0;
  await client.rename('Projects', 'Archive');
  expect(sent).toEqual(commands);
});

it('close() is done though another call of it is given up, which alone is told of that', async () => {
  await using server = await createServer();
  server.store.deliver('INBOX', '\r\n', { flags: ['\\Deleted'] });
  server.store.create('Other');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  await client.open('Other');
  const givenUp = new AbortController();
  const first = rejection(inbox.close({ signal: givenUp.signal }));
  const second = inbox.close();
  const reason = new Error('no time');
  givenUp.abort(reason);
  expect(await first).toBe(reason);
  await second;
  expect(server.store.mailbox('INBOX').messages).toEqual([]);
});
