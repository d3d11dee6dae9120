/** Logging out while operations are under way that change mail in several commands. */
import { expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { letter, letters, rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

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

/** So many UIDs that a set of them takes two commands. */
const SPARSE = Array.from({ length: 2000 }, (_, index) => 2 * index + 1);

it.each<[string, string, (inbox: Mailbox, client: ImapClient) => Promise<unknown>, string[]]>([
  ['a copy', 'hello', (inbox) => inbox.copy(SPARSE, 'target'), ['UID COPY', 'UID COPY']],
  // What Mailutils says: it is asked first which of the messages there are.
  [
    'a change of flags',
    'IMAP4rev1',
    (inbox) => inbox.addFlags([1, 2], ['\\Seen']),
    ['UID SEARCH', 'UID STORE', 'UID FETCH'],
  ],
  ['a quota', 'hello', (_, client) => client.quota.set('', { STORAGE: 5 }), ['SETQUOTA', 'GETQUOTA']],
])('waits for %s in several commands', async (_name, greeting, change, commands) => {
  const sent: string[] = [];
  await using server = await scripted(async (peer) => {
    peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 QUOTA] ${greeting}`);
    for (let name = ''; name !== 'LOGOUT'; ) {
      const { tag, text } = await peer.command();
      name = text;
      sent.push(/^(?:UID )?\w+/.exec(text)?.[0] ?? '');
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1');
      if (text.startsWith('GETQUOTA')) peer.send('* QUOTA "" (STORAGE 1 5)');
      if (text.startsWith('SELECT')) peer.send('* 2000 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 4000] x');
      peer.send(`${tag} OK done`);
    }
  });
  const client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const changed = change(inbox, client);
  await client.logout();
  await changed;
  expect(sent).toEqual(['SELECT', ...commands, 'LOGOUT']);
});

it.each<[string, (inbox: Mailbox, client: ImapClient) => Promise<unknown>]>([
  ['sort', (inbox) => inbox.sort(['subject'], {})],
  ['thread', (inbox) => inbox.thread('REFERENCES', {})],
  ['sync', (inbox) => inbox.sync()],
  ['content', (inbox) => inbox.content(1)],
  ['fetchAll of numbers that may have come', (inbox) => inbox.fetchAll({ seq: '1:9' }, { flags: true })],
  ['search of numbers that may have come', (inbox) => inbox.search({ seq: '1:9' })],
  ['fetchAll of more than the server fetches at once', (inbox) => inbox.fetchAll('1:*', { flags: true })],
  ['search of more than the server searches at once', (inbox) => inbox.search({})],
  ['searchReturn of more than the server searches at once', (inbox) => inbox.searchReturn({}, { all: true })],
  ['unselect', (inbox) => inbox.unselect()],
  ['list with status', (_, client) => client.list({ status: ['messages'] })],
  ['delete of the selected mailbox', (_, client) => client.delete('target')],
  ['rename of the selected mailbox', (_, client) => client.rename('target', 'other')],
  ['searchMailboxes', (_, client) => client.searchMailboxes({}, { personal: true })],
])('waits for %s in several commands', async (_name, ask) => {
  await using server = await createServer({ capabilities: ['IMAP4rev1', 'MESSAGELIMIT=4'] });
  const target = server.store.create('target');
  for (const content of letters(5)) target.deliver(content);
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const asked = ask(await client.open('target'), client);
  await Promise.all([client.logout(), asked]);
});

it('takes nothing from the call on where nothing of that kind is under way', async () => {
  await using server = await createServer();
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const leaving = client.logout();
  expect(await rejection(client.noop())).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
  await leaving;
});

it('takes nothing from the call on while it waits, either: of calls that follow each other there might be no end', async () => {
  await using server = await createServer();
  for (const content of letters(2)) server.store.deliver('INBOX', content);
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const deleted = inbox.deleteMessages(1);
  const leaving = client.logout();
  for (const call of [client.noop(), client.quota.get('INBOX'), inbox.search({}), inbox.content(2), inbox.unselect()])
    expect(await rejection(call)).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
  expect(await deleted).toMatchObject({ expunged: 1 });
  await leaving;
});

it('waits for no other connection where the one is lost meanwhile', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x');
    await peer.expect('UID SEARCH', '* SEARCH 1');
    await peer.command();
    peer.socket.destroy();
  });
  const timeouts = { farewell: 1_000_000 };
  const client = await connect({
    ...server.options,
    timeouts,
    reconnect: { minDelay: 1_000_000, maxDelay: 1_000_000 },
  });
  const inbox = await client.open('INBOX');
  const expunged = rejection(inbox.expunge());
  await client.logout();
  expect(await expunged).toMatchObject({ name: 'ConnectionError' });
});

it.each(['LOGOUT', 'IDLE', 'UID SEARCH'])('is no loss where the server does not answer %s', async (silent) => {
  let asked = false;
  await using server = await createServer({
    intercept: ({ name }) => {
      if (name !== silent) return undefined;
      asked = true;
      return new Promise(() => {});
    },
  });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  const client = await connect({ host, port, security: 'none', auth, timeouts: { farewell: 100 } });
  const closed: unknown[] = [];
  client.on('close', ({ error }) => closed.push(error));
  const inbox = await client.open('INBOX');
  if (silent === 'UID SEARCH') inbox.search({}).catch(() => {});
  if (silent === 'IDLE')
    inbox
      .watch()
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {});
  if (silent !== 'LOGOUT') await expect.poll(() => asked).toBe(true);
  await client.logout();
  expect(closed).toEqual([undefined]);
});
