/** PARTIAL, and searches whose result is kept up to date (RFC 5267, RFC 9394). */
import { expect, test } from 'vitest';
import { fill, login, mail, start } from './servers.ts';

test('what is expunged leaves before EXPUNGE, what arrives joins behind EXISTS', async () => {
  const server = await start();
  fill(server, 5);
  const inbox = server.store.mailbox('INBOX');
  const client = await login(server, 'INBOX');
  expect(await client.ok('SEARCH RETURN (ALL UPDATE) UNSEEN')).toEqual(['ESEARCH (TAG "A3") ALL 1:5']);
  expect(await client.ok('UID SORT RETURN (COUNT UPDATE CONTEXT) (REVERSE SUBJECT) UTF-8 NOT FLAGGED')).toEqual([
    'ESEARCH (TAG "A4") UID COUNT 5',
  ]);
  inbox.remove([2, 3]);
  inbox.setFlags(4, ['\\Flagged']);
  inbox.deliver(mail('m45'));
  expect((await client.ok('NOOP')).filter((line) => !line.endsWith('RECENT'))).toEqual([
    'ESEARCH (TAG "A3") REMOVEFROM (0 2:3)',
    'ESEARCH (TAG "A4") UID REMOVEFROM (4 2 3 3)',
    '2 EXPUNGE',
    '2 EXPUNGE',
    '4 EXISTS',
    '2 FETCH (FLAGS (\\Flagged \\Recent))',
    'ESEARCH (TAG "A3") ADDTO (0 4)',
    'ESEARCH (TAG "A4") UID REMOVEFROM (2 4) ADDTO (2 6)',
  ]);
  // One's own changes too, and nothing where sequence numbers may not move.
  expect(await client.ok('STORE 1 +FLAGS.SILENT (\\Seen \\Flagged)')).toEqual([
    'ESEARCH (TAG "A3") REMOVEFROM (0 1)',
    'ESEARCH (TAG "A4") UID REMOVEFROM (3 1)',
  ]);
  inbox.remove([6]);
  expect(await client.ok('SEARCH 1')).toEqual(['SEARCH 1']);
  expect(await client.ok('CANCELUPDATE "A3" "A4"')).toEqual([]);
  inbox.setFlags(1, []);
  expect(await client.ok('NOOP')).toEqual(['4 EXPUNGE', '3 RECENT', '1 FETCH (FLAGS (\\Recent))']);
  expect(await client.tagged('CANCELUPDATE "A3"')).toMatch(/^BAD/);
});

test('so many searches go on, and no more', async () => {
  const server = await start();
  fill(server, 1);
  const client = await login(server, 'INBOX');
  for (let count = 0; count < 100; count++) await client.ok('SEARCH RETURN (UPDATE) ALL');
  expect(await client.ok('SEARCH RETURN (MIN UPDATE) ALL')).toEqual([
    'ESEARCH (TAG "A103") MIN 1',
    'NO [NOUPDATE "A103"] Too many searches go on',
  ]);
  await client.ok('CANCELUPDATE "A50"');
  expect(await client.ok('SEARCH RETURN (MIN UPDATE) ALL')).toHaveLength(1);
  // Another selection keeps none of them.
  await client.ok('SELECT INBOX');
  server.store.deliver('INBOX', mail('new'));
  expect((await client.ok('NOOP')).filter((line) => line.startsWith('ESEARCH'))).toEqual([]);
});

test.each([
  ['SEARCH RETURN (PARTIAL 1:2 COUNT) ALL', 'ESEARCH (TAG "A3") PARTIAL (1:2 1:2) COUNT 4'],
  ['SEARCH RETURN (PARTIAL -1:-2) 1:3', 'ESEARCH (TAG "A3") PARTIAL (-1:-2 2:3)'],
  ['UID SEARCH RETURN (PARTIAL 5:9) ALL', 'ESEARCH (TAG "A3") UID PARTIAL (5:9 NIL)'],
  ['SORT RETURN (PARTIAL 3:2) (REVERSE ARRIVAL SUBJECT) UTF-8 ALL', 'ESEARCH (TAG "A3") PARTIAL (3:2 2:3)'],
  ['SEARCH RETURN (PARTIAL 1:2 ALL) ALL', 'BAD'],
  ['SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL', 'BAD'],
  ['SEARCH RETURN (PARTIAL 1:-2) ALL', 'BAD'],
  ['SEARCH RETURN (PARTIAL 0:2) ALL', 'BAD'],
  ['UID FETCH 1:* FLAGS (PARTIAL 1:2 PARTIAL 1:2)', 'BAD'],
])('%s', async (command, answer) => {
  const server = await start();
  fill(server, 4);
  const client = await login(server, 'INBOX');
  if (answer === 'BAD') expect(await client.tagged(command)).toMatch(/^BAD/);
  else expect(await client.ok(command)).toEqual([answer]);
});

test('$ is the range alone', async () => {
  const server = await start();
  fill(server, 4);
  const client = await login(server, 'INBOX');
  await client.ok('SEARCH RETURN (SAVE PARTIAL -1:-2) ALL');
  expect(await client.ok('SEARCH $')).toEqual(['SEARCH 3 4']);
});
