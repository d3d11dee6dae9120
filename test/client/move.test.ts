/** What arrives in the middle of an operation of several commands stays. */
import { describe, expect, it } from 'vitest';
import { connect, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { letters, rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

/** A server on which one more message arrives as soon as it has said this. */
async function interrupted(pattern: RegExp, withoutCapabilities: string[]): Promise<ImapServer> {
  let arrived = false;
  const server: ImapServer = await createServer({
    withoutCapabilities,
    log: ({ direction, text }) => {
      if (arrived || direction !== 'out' || !pattern.test(text)) return;
      arrived = true;
      server.store.deliver('INBOX', 'Subject: newcomer\r\n\r\n', { flags: ['\\Deleted'] });
    },
  });
  for (const content of letters(3)) server.store.deliver('INBOX', content);
  server.store.create('target');
  return server;
}

async function subjects(server: ImapServer, name: string): Promise<string[]> {
  await using client = await connect({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
  });
  const mailbox = await client.open(name, { readOnly: true });
  return (await mailbox.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope.subject ?? '');
}

describe.each([
  ['without MOVE', ['MOVE']],
  ['without MOVE and UIDPLUS', ['MOVE', 'UIDPLUS']],
])('on a server %s', (_, without) => {
  it.each<[string, RegExp]>([
    ['the copy', /OK .*COPY completed/],
    ['the search', /OK SEARCH completed/],
  ])('a message that arrives behind %s is neither moved nor removed', async (_name, pattern) => {
    await using server = await interrupted(pattern, without);
    const client = await connect({
      host: server.host,
      port: server.port,
      security: 'none',
      auth: { user: 'user', pass: 'pass' },
    });
    const inbox = await client.open('INBOX');
    await inbox.move('1:*', 'target');
    await client.logout();
    expect(await subjects(server, 'INBOX')).toEqual(['newcomer']);
    expect(await subjects(server, 'target')).toEqual(['letter 1', 'letter 2', 'letter 3']);
  });
});

describe('deleting', () => {
  it.each([
    ['UIDPLUS', []],
    ['nothing', ['UIDPLUS']],
  ])('with %s takes none that arrives in the middle, marked or not', async (_, without) => {
    await using server = await interrupted(/OK STORE completed/, without);
    const client = await connect({
      host: server.host,
      port: server.port,
      security: 'none',
      auth: { user: 'user', pass: 'pass' },
    });
    const inbox = await client.open('INBOX');
    expect((await inbox.deleteMessages([1, 3])).expunged).toBe(2);
    await client.logout();
    expect(await subjects(server, 'INBOX')).toEqual(['letter 2', 'newcomer']);
  });
});

it('a mailbox that can have no such name is found before anything is sent, without MOVE too', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  expect(await rejection(inbox.move(1, 'a\r\nb'))).toMatchObject({ code: 'USAGE' });
  expect(await rejection(inbox.move(1, ''))).toMatchObject({ code: 'USAGE' });
  expect(await rejection(inbox.replace(1, { content: 'a' }, { target: '' }))).toMatchObject({ code: 'USAGE' });
});

/** A server with two messages, which answers OK to all and leaves what it was told to remove, but for those that `goes` names. */
async function keeping(peer: Peer, goes: string): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
  await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
  let there = ['1', '2'];
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('UID SEARCH'))
      peer.send(`* SEARCH ${(text.includes('DELETED') ? [] : there).join(' ')}`.trimEnd());
    if (text.startsWith('UID EXPUNGE')) there = there.filter((uid) => !goes.includes(uid));
    if (text.startsWith('APPEND')) {
      peer.send('+ go on');
      await peer.line();
      await peer.line();
      await peer.line();
    }
    if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} OK ignored`);
  }
}

it.each([
  ['left out is not removed', 'COPYUID 9 1,3 11:12', '1,3'],
  ['named beside others is no less removed', 'COPYUID 9 1,7 11:12', '1:3'],
])('without MOVE a message that COPYUID has %s', async (_, code, removed) => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
    await peer.expect('UID SEARCH UID 1:3', '* SEARCH 1 2 3');
    const { tag } = await peer.command();
    peer.send(`${tag} OK [${code}] copied`);
    await peer.expect(`UID STORE ${removed} +FLAGS.SILENT (\\Deleted)`);
    const commands = [await peer.command(), await peer.command()];
    expect(commands.map(({ text }) => text)).toEqual([`UID SEARCH UID ${removed} DELETED`, `UID EXPUNGE ${removed}`]);
    peer.send(
      `* SEARCH ${removed === '1:3' ? '1 2 3' : '1 3'}`,
      ...commands.map((command) => `${command.tag} OK done`),
    );
    const { tag: left, text } = await peer.command();
    expect(text).toBe(`UID SEARCH UID ${removed}`);
    peer.send('* SEARCH', `${left} OK none`);
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  const { uids } = await (await client.open('INBOX')).move('1:3', 'target');
  expect(uids.get(1)).toBe(11);
});

it.each(['copy', 'move'] as const)(
  'a %s in several commands tells what was done before one is refused',
  async (name) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
      const { tag: first } = await peer.command();
      peer.send(`${first} OK [COPYUID 9 1,3 11:12] done`);
      const { tag: second } = await peer.command();
      peer.send('* OK [COPYUID 9 4001 13] moved', `${second} NO [OVERQUOTA] full`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const odd = Array.from({ length: 2500 }, (_, index) => 2 * index + 1);
    const uids = new Map([
      [1, 11],
      [3, 12],
    ]);
    if (name === 'move') uids.set(4001, 13);
    expect(await rejection(inbox[name](odd, 'target'))).toMatchObject({
      name: 'CommandError',
      code: 'OVERQUOTA',
      copied: { uidValidity: 9, uids },
    });
  },
);

describe('a message of which there is another now, and that the server leaves with OK,', () => {
  it('is told by move', async () => {
    await using server = await scripted((peer) => keeping(peer, '1'));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const failure = await rejection(inbox.move('1:2', 'target'));
    expect(failure).toMatchObject({ name: 'ImapError', code: 'NOT_EXPUNGED' });
    expect(failure.message).toMatch(/^MOVE: .* UID "2"$/);
  });

  it('is told by replace', async () => {
    await using server = await scripted((peer) => keeping(peer, ''));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const failure = await rejection(inbox.replace(1, { content: 'Subject: a\r\n\r\n' }));
    expect(failure).toMatchObject({ name: 'ImapError', code: 'NOT_EXPUNGED' });
  });

  it.each([
    ['STORE', ['UIDPLUS']],
    ['EXPUNGE', ['UIDPLUS']],
    ['UID STORE', []],
    ['UID EXPUNGE', []],
    ['SEARCH', ['UIDPLUS']],
  ])('is told where %s is refused', async (refused, without) => {
    let stored = false;
    await using server = await createServer({
      withoutCapabilities: ['MOVE', 'REPLACE', 'IMAP4rev2', ...without],
      intercept: ({ name }) => {
        if (stored && name.includes(refused)) return 'NO not here';
        if (name.includes('COPY') || name.includes('APPEND')) stored = true;
        return undefined;
      },
    });
    for (const content of letters(2)) server.store.deliver('INBOX', content);
    server.store.create('target');
    await using client = await connect({
      host: server.host,
      port: server.port,
      security: 'none',
      auth: { user: 'user', pass: 'pass' },
    });
    const inbox = await client.open('INBOX');
    const told = { name: 'ImapError', code: 'NOT_EXPUNGED', cause: { name: 'CommandError', text: 'not here' } };
    const failure = await rejection(inbox.move(1, 'target'));
    expect(failure).toMatchObject(told);
    // Where the server tells it.
    expect(failure.copied).toEqual(
      without.includes('UIDPLUS') ? undefined : expect.objectContaining({ uids: new Map([[1, 1]]) }),
    );
    expect(failure.message).toMatch(/^MOVE: .* NO not here$/);
    stored = false;
    const replaced = await rejection(inbox.replace(2, { content: 'Subject: a\r\n\r\n' }));
    expect(replaced).toMatchObject(told);
    expect(replaced.copied).toEqual(
      without.includes('UIDPLUS') ? undefined : { uidValidity: inbox.uidValidity, uids: new Map([[2, 3]]) },
    );
  });

  it('is none where another session has removed it', async () => {
    await using server = await scripted((peer) => keeping(peer, '12'));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await inbox.move('1:2', 'target')).toEqual({ uids: new Map() });
  });
});

describe('sequence numbers above the last message', () => {
  it.each([
    ['COPY', (inbox: Mailbox) => inbox.copy({ seq: '2:9' }, 'target')],
    ['MOVE', (inbox: Mailbox) => inbox.move({ seq: '2:9' }, 'target')],
    ['deleteMessages', (inbox: Mailbox) => inbox.deleteMessages({ seq: '2:9' })],
  ] as const)(
    'name nothing any more for %s where a message is gone by the time they are looked at',
    async (name, call) => {
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] hello');
        await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 4]');
        await peer.expect('NOOP', '* 1 EXPUNGE');
        await peer.expect('LOGOUT', '* BYE');
      });
      await using client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const message = await rejection(call(inbox));
      expect(message).toMatchObject({ code: 'SEQUENCE_CHANGED', message: expect.stringContaining(name) });
    },
  );
});

it('all messages are none where the last has gone by the time they are asked for', async () => {
  await using server = await createServer();
  server.store.create('other');
  server.store.deliver('INBOX', 'Subject: x\r\n\r\n');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  await client.open('other');
  server.store.mailbox('INBOX').remove([1]);
  const numbered = inbox.fetchAll({ seq: '1:*' }, { flags: true });
  const after = inbox.fetchAll('1:*', { flags: true });
  expect(await Promise.all([numbered, after])).toEqual([[], []]);
});

it('the last message of an empty mailbox is none, and nothing is asked for it', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] hello');
    await peer.expect('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 1]');
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  expect(await inbox.copy({ seq: '*' }, 'target')).toEqual({ uids: new Map() });
  expect(await inbox.move({ seq: '*' }, 'target')).toEqual({ uids: new Map() });
  expect(await inbox.addFlags({ seq: '*' }, ['x'])).toEqual({ flags: new Map() });
  expect(await inbox.deleteMessages({ seq: '*' })).toMatchObject({ expunged: 0 });
});
