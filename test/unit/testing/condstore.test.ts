import { expect, test } from 'vitest';
import { fill, login, mail, start } from './servers.ts';

test('modseqs are told to who knows of them only', async () => {
  const server = await start();
  fill(server, 3);
  const inbox = server.store.mailbox('INBOX');
  const plain = await login(server, 'INBOX');
  const client = await login(server);
  expect(await client.command('SELECT INBOX (CONDSTORE)')).toContain(
    `* OK [HIGHESTMODSEQ ${inbox.highestModseq}] Highest`,
  );
  expect(await client.ok('STORE 1 +FLAGS (\\Seen)')).toEqual(['1 FETCH (FLAGS (\\Seen) MODSEQ (5))']);
  // As with Dovecot and Cyrus.
  expect(await client.ok('STORE 1 +FLAGS (\\Seen)')).toEqual([]);
  expect(await client.ok('STORE 2 +FLAGS.SILENT (\\Seen)')).toEqual(['2 FETCH (MODSEQ (6))']);
  expect(await client.ok('UID FETCH 1:3 (FLAGS) (CHANGEDSINCE 4)')).toEqual([
    '1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (5))',
    '2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (6))',
  ]);
  expect(await plain.ok('NOOP')).toEqual(['1 FETCH (FLAGS (\\Seen \\Recent))', '2 FETCH (FLAGS (\\Seen \\Recent))']);
  expect(await plain.ok('STATUS INBOX (HIGHESTMODSEQ)')).toEqual(['STATUS INBOX (HIGHESTMODSEQ 6)']);
  expect(await plain.ok('FETCH 3 MODSEQ')).toEqual(['OK [HIGHESTMODSEQ 6] Highest', '3 FETCH (MODSEQ (4))']);
  expect(await plain.ok('FETCH 3 BODY[1]')).toEqual([
    '3 FETCH (BODY[1] {12}\r\nBody of m3\r\n FLAGS (\\Seen \\Recent) MODSEQ (7))',
  ]);
});

test('STORE UNCHANGEDSINCE leaves alone what has changed', async () => {
  const server = await start();
  fill(server, 3);
  const client = await login(server, 'INBOX');
  server.store.mailbox('INBOX').setFlags(2, ['\\Seen']);
  await client.ok('NOOP');
  expect(await client.command('STORE 1:3 (UNCHANGEDSINCE 4) +FLAGS (\\Deleted)')).toEqual([
    '* OK [HIGHESTMODSEQ 5] Highest',
    '* 1 FETCH (FLAGS (\\Deleted \\Recent) MODSEQ (6))',
    '* 3 FETCH (FLAGS (\\Deleted \\Recent) MODSEQ (7))',
    'OK [MODIFIED 2] Conditional STORE failed',
  ]);
});

test('modseqs go beyond 2^53', async () => {
  const server = await start();
  fill(server, 1);
  const inbox = server.store.mailbox('INBOX');
  inbox.highestModseq = 2n ** 62n;
  const client = await login(server, 'INBOX');
  await client.ok('ENABLE CONDSTORE');
  expect(await client.ok('STORE 1 +FLAGS (\\Seen)')).toEqual([
    '1 FETCH (FLAGS (\\Seen \\Recent) MODSEQ (4611686018427387905))',
  ]);
  expect(await client.ok('SEARCH MODSEQ 4611686018427387905')).toEqual(['SEARCH 1 (MODSEQ 4611686018427387905)']);
  expect(await client.ok('SEARCH MODSEQ 4611686018427387906')).toEqual(['SEARCH']);
  expect(() => {
    inbox.highestModseq = 1n;
  }).toThrow(RangeError);
});

test('SEARCH RETURN with MODSEQ gives the highest modseq of what it tells', async () => {
  const server = await start();
  fill(server, 3);
  const client = await login(server, 'INBOX');
  await client.ok('STORE 2 +FLAGS (\\Seen)');
  const answer = async (options: string) => (await client.ok(`UID SEARCH RETURN (${options}) MODSEQ 1`)).at(-1);
  expect(await answer('MIN MAX')).toBe('ESEARCH (TAG "A4") UID MIN 1 MAX 3 MODSEQ 4');
  expect(await answer('COUNT')).toBe('ESEARCH (TAG "A5") UID COUNT 3 MODSEQ 5');
  expect(await client.ok('SEARCH MODSEQ "/flags/\\\\seen" all 5')).toEqual(['SEARCH 2 (MODSEQ 5)']);
});

test('QRESYNC says VANISHED, with UIDs in every unasked FETCH', async () => {
  const server = await start();
  fill(server, 5);
  const client = await login(server);
  expect(await client.tagged('SELECT INBOX (QRESYNC (1 1))')).toMatch(/^BAD/);
  expect(await client.ok('ENABLE QRESYNC')).toEqual(['ENABLED QRESYNC']);
  await client.ok('SELECT INBOX');
  const inbox = server.store.mailbox('INBOX');
  inbox.remove([1, 2, 4]);
  inbox.setFlags(3, ['\\Seen']);
  expect(await client.ok('NOOP')).toEqual([
    'VANISHED 1:2,4',
    '2 RECENT',
    '1 FETCH (UID 3 FLAGS (\\Seen \\Recent) MODSEQ (8))',
  ]);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  expect(await client.command('EXPUNGE')).toEqual([
    '* VANISHED 3',
    '* 1 RECENT',
    'OK [HIGHESTMODSEQ 10] EXPUNGE completed',
  ]);
  expect(await client.ok('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 6 VANISHED)')).toEqual(['VANISHED (EARLIER) 1:4']);
  expect(await client.tagged('FETCH 1:* (FLAGS) (CHANGEDSINCE 6 VANISHED)')).toMatch(/^BAD/);
});

test('QRESYNC brings a client up to date in SELECT', async () => {
  const server = await start();
  fill(server, 6);
  const inbox = server.store.mailbox('INBOX');
  const { highestModseq: known, uidValidity } = inbox;
  inbox.remove([2, 5]);
  inbox.setFlags(4, ['\\Flagged']);
  inbox.deliver(mail('new'));
  const client = await login(server);
  await client.ok('ENABLE QRESYNC');
  const news = async (parameter: string) =>
    (await client.ok(`SELECT INBOX (QRESYNC (${parameter}))`)).filter((line) => /VANISHED|FETCH|CLOSED/.test(line));
  expect(await news(`${uidValidity} ${known}`)).toEqual([
    'VANISHED (EARLIER) 2,5',
    '3 FETCH (UID 4 FLAGS (\\Flagged \\Recent) MODSEQ (9))',
    '5 FETCH (UID 7 FLAGS (\\Recent) MODSEQ (10))',
  ]);
  expect(await news(`${uidValidity} ${known} 1:3 (1,3 1,3)`)).toEqual([
    'OK [CLOSED] Previous mailbox closed',
    'VANISHED (EARLIER) 2',
  ]);
  expect(await news(`${uidValidity + 1} ${known}`)).toEqual(['OK [CLOSED] Previous mailbox closed']);
});

test('ENABLE names what is on already, as Dovecot and Cyrus do', async () => {
  const server = await start();
  const client = await login(server);
  await client.ok('SELECT INBOX (CONDSTORE)');
  expect(await client.ok('ENABLE CONDSTORE')).toEqual(['ENABLED CONDSTORE']);
  expect(await client.ok('ENABLE CONDSTORE CONDSTORE')).toEqual(['ENABLED CONDSTORE']);
});

test('without the capability there is none of it', async () => {
  const server = await start({ withoutCapabilities: ['CONDSTORE', 'QRESYNC'] });
  fill(server, 1);
  const client = await login(server);
  expect(await client.ok('ENABLE CONDSTORE')).toEqual(['ENABLED']);
  expect(await client.tagged('SELECT INBOX (CONDSTORE)')).toMatch(/^BAD/);
  expect((await client.ok('SELECT INBOX')).join()).not.toContain('MODSEQ');
  for (const command of [
    'FETCH 1 MODSEQ',
    'FETCH 1 FLAGS (CHANGEDSINCE 1)',
    'SEARCH MODSEQ 1',
    'STATUS INBOX (HIGHESTMODSEQ)',
  ])
    expect(await client.tagged(command)).toMatch(/^BAD/);
});
