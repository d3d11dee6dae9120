import { expect, test } from 'vitest';
import { fill, login, start } from './servers.ts';

test('SAVE keeps what was found, and $ is what is left of it', async () => {
  const server = await start();
  fill(server, 5);
  server.store.create('Other');
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH $ UID')).toEqual([]);
  expect(await client.ok('SEARCH RETURN (SAVE) 2:4')).toEqual([]);
  expect(await client.ok('FETCH $ UID')).toEqual([2, 3, 4].map((n) => `${n} FETCH (UID ${n})`));
  expect(await client.ok('UID SEARCH UID $ NOT 3')).toEqual(['SEARCH 2 4']);
  expect(await client.ok('SEARCH NOT $')).toEqual(['SEARCH 1 5']);
  server.store.mailbox('INBOX').remove([2]);
  expect(await client.ok('NOOP')).toContain('2 EXPUNGE');
  expect(await client.ok('SEARCH $')).toEqual(['SEARCH 2 3']);
  await client.ok('STORE $ +FLAGS.SILENT (\\Deleted)');
  expect(await client.tagged('UID COPY $ Other')).toMatch(/COPYUID \d+ 3:4 1:2/);
  expect(await client.ok('UID EXPUNGE $')).toEqual(['2 EXPUNGE', '2 EXPUNGE', '2 RECENT']);
  expect(await client.ok('SEARCH RETURN (SAVE COUNT) ALL')).toEqual(['ESEARCH (TAG "A13") COUNT 2']);
  await client.ok('SELECT Other');
  expect(await client.ok('SEARCH $')).toEqual(['SEARCH']);
});

test('$ is BAD where SEARCHRES is not offered, in an empty mailbox too', async () => {
  const server = await start({ withoutCapabilities: ['SEARCHRES', 'IMAP4rev2'] });
  const client = await login(server, 'INBOX');
  expect(await client.tagged('FETCH $ UID')).toMatch(/^BAD /);
  fill(server, 1);
  await client.ok('NOOP');
  expect(await client.tagged('UID FETCH $ UID')).toMatch(/^BAD /);
});

test.each([
  ['SAVE', '2 3 4'],
  ['SAVE MIN', '2'],
  ['SAVE MAX', '4'],
  ['MIN MAX SAVE', '2 4'],
  ['SAVE MIN COUNT', '2 3 4'],
  ['SAVE ALL MAX', '2 3 4'],
])('RETURN (%s) keeps %s', async (options, kept) => {
  const server = await start();
  fill(server, 5);
  const client = await login(server, 'INBOX');
  await client.ok(`SEARCH RETURN (${options}) 2:4`);
  expect(await client.ok('SEARCH $')).toEqual([`SEARCH ${kept}`]);
});

test('a search that is refused with NO leaves nothing, one that is BAD what there was', async () => {
  const server = await start();
  fill(server, 2);
  const client = await login(server, 'INBOX');
  await client.ok('SEARCH RETURN (SAVE) 1');
  expect(await client.tagged('SEARCH RETURN (SAVE) NONSENSE')).toMatch(/^BAD/);
  expect(await client.ok('SEARCH $')).toEqual(['SEARCH 1']);
  expect(await client.tagged('SEARCH RETURN (SAVE) CHARSET X-NONE ALL')).toMatch(/^NO \[BADCHARSET/);
  expect(await client.ok('SEARCH $')).toEqual(['SEARCH']);
});

test('without SEARCHRES there is no SAVE and no $', async () => {
  const server = await start({ withoutCapabilities: ['SEARCHRES'] });
  fill(server, 1);
  const client = await login(server, 'INBOX');
  for (const command of ['SEARCH RETURN (SAVE) ALL', 'FETCH $ UID', 'SEARCH $', 'UID SEARCH UID $'])
    expect(await client.tagged(command), command).toMatch(/^BAD/);
});
