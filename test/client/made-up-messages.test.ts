/** A message that looks as what Dovecot makes up of an expunged one is given in its place, among those before and behind it. */
import { expect, it } from 'vitest';
import { connect, type FetchItems, type ImapClient } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { scripted } from './scripted.ts';

const BLANK = '\r\nno header\r\n';

async function uidsOf(client: ImapClient, items: FetchItems): Promise<number[]> {
  const uids: number[] = [];
  for await (const { uid } of (await client.open('INBOX')).fetch('1:*', items)) uids.push(uid);
  return uids;
}

const ASKED: FetchItems[] = [
  { internalDate: true },
  { envelope: true, flags: true },
  { internalDate: true, flags: true, source: true },
  { envelope: true, parts: ['TEXT'] },
];
it.each(ASKED)('in the order in which the server sends them: %j', async (items) => {
  await using server = await createServer();
  const old = { internalDate: new Date(0) };
  for (const more of [old, {}, old, {}]) server.store.deliver('INBOX', BLANK, more);
  server.store.deliver('INBOX', 'From: anna@example.org\r\nSubject: Last\r\n\r\n');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  expect(await uidsOf(client, items)).toEqual([1, 2, 3, 4, 5]);
});

/** Sends these lines to the first FETCH, and no answer; then tells which message is given meanwhile. */
async function firstGiven(items: FetchItems, lines: string[]) {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 50 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 51]');
    await peer.command();
    peer.send(...lines);
    while (!peer.closed) await peer.command();
  });
  const client = await connect({ ...server.options, limits: { buffer: 1000 } });
  try {
    for await (const { uid } of (await client.open('INBOX')).fetch('1:*', items)) return uid;
    return undefined;
  } finally {
    client.close();
  }
}

const OLD = 'INTERNALDATE "01-Jan-1970 00:00:00 +0000"';

it('at once, where its text shows that it is there', async () => {
  expect(await firstGiven({ internalDate: true, source: true }, [`* 1 FETCH (UID 1 ${OLD} BODY[] "x")`])).toBe(1);
});

it('behind others only where more of them came than can be kept', async () => {
  const others = Array.from(
    { length: 40 },
    (_, n) => `* ${n + 2} FETCH (UID ${n + 2} INTERNALDATE "01-Jan-2024 00:00:00 +0000")`,
  );
  expect(await firstGiven({ internalDate: true }, [`* 1 FETCH (UID 1 ${OLD})`, ...others])).toBe(2);
});

it('before the error of a server that has answered NO, and but for those that are not found then', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 5]');
    const { tag } = await peer.command();
    const dates = [OLD, OLD, 'INTERNALDATE "01-Jan-2024 00:00:00 +0000"'];
    peer.send(...dates.map((date, n) => `* ${n + 1} FETCH (UID ${n + 1} ${date})`), `${tag} NO some could not be read`);
    await peer.expect('NOOP', '* 2 EXPUNGE');
    await peer.expect('UID SEARCH', '* SEARCH 1');
    await peer.expect('LOGOUT');
  });
  await using client = await connect(server.options);
  const uids: number[] = [];
  const loop = async () => {
    for await (const { uid } of (await client.open('INBOX')).fetch('1:*', { internalDate: true })) uids.push(uid);
  };
  await expect(loop()).rejects.toMatchObject({ name: 'CommandError', status: 'NO' });
  expect(uids).toEqual([1, 3]);
});

it('and a NO is told though the connection is lost while they are looked for', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 2]');
    const { tag } = await peer.command();
    peer.send(`* 1 FETCH (UID 1 ${OLD})`, `${tag} NO some could not be read`);
    await peer.command();
    peer.socket.destroy();
  });
  const client = await connect(server.options);
  await expect(uidsOf(client, { internalDate: true })).rejects.toMatchObject({ name: 'CommandError', status: 'NO' });
});

it('without a look for it, where the server tells of none that is expunged', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 3]');
    const lines = [1, 2].map((uid) => `* ${uid} FETCH (UID ${uid} ${OLD})`);
    await peer.expect('UID FETCH', ...lines);
    // Opened once more.
    await peer.expect('NOOP');
    await peer.expect('UID FETCH', ...lines);
    await peer.expect('LOGOUT');
  });
  await using client = await connect(server.options);
  expect(await uidsOf(client, { internalDate: true })).toEqual([1, 2]);
  const inbox = await client.open('INBOX');
  expect(await inbox.fetchAll('1:*', { internalDate: true })).toHaveLength(2);
});
