/** FILTERS (RFC 5466), FUZZY (RFC 6203), LIST-METADATA (RFC 9590) and METADATA-SERVER on the wire. */
import { expect, test } from 'vitest';
import { fill, login, mail, start } from './servers.ts';

test('a filter is the search that is stored under its name, the private one before the shared one', async () => {
  const server = await start();
  fill(server, 4);
  const client = await login(server, 'INBOX');
  await client.ok('SETMETADATA "" (/shared/filters/values/Mine "1:2" /shared/filters/values/ours "UID 3")');
  expect(await client.ok('SEARCH FILTER mine')).toEqual(['SEARCH 1 2']);
  await client.ok('SETMETADATA "" (/private/filters/values/mine "OR FILTER ours 4")');
  expect(await client.ok('SEARCH FILTER MINE NOT 4')).toEqual(['SEARCH 3']);
  expect(await client.ok('SEARCH RETURN (COUNT) NOT (FILTER mine FILTER ours)')).toEqual([
    'ESEARCH (TAG "A7") COUNT 3',
  ]);
  expect(await client.tagged('SEARCH FILTER none')).toMatch(/^NO \[UNDEFINED-FILTER none\]/);
  await client.ok('SETMETADATA "" (/private/filters/values/bad "SUBJECT")');
  expect(await client.tagged('SEARCH FILTER bad')).toMatch(/^NO \[UNDEFINED-FILTER bad\]/);
});

test('filters that double with every level end', async () => {
  const client = await login(await start(), 'INBOX');
  for (let level = 0; level < 40; level++)
    await client.ok(`SETMETADATA "" (/private/filters/values/f${level} "FILTER f${level + 1} FILTER f${level + 1}")`);
  await client.ok('SETMETADATA "" (/private/filters/values/f40 ALL)').catch(() => {});
  expect(await client.tagged('SEARCH FILTER f0')).toMatch(/^NO \[UNDEFINED-FILTER/);
});

test('FUZZY is of the key behind it alone, and tells how well', async () => {
  const server = await start();
  for (const subject of ['meeting minutes', 'meating minute', 'metings', 'other'])
    server.store.deliver('INBOX', mail(subject));
  const client = await login(server, 'INBOX');
  expect(await client.ok('SEARCH FUZZY SUBJECT "meeting minutes"')).toEqual(['SEARCH 1 2']);
  expect(await client.ok('SEARCH FUZZY (SUBJECT meeting) SUBJECT meeting')).toEqual(['SEARCH 1']);
  expect(await client.ok('SEARCH FUZZY NOT SUBJECT meeting')).toEqual(['SEARCH 3 4']);
  expect(await client.ok('SEARCH RETURN (ALL RELEVANCY) FUZZY TEXT meeting')).toEqual([
    'ESEARCH (TAG "A6") ALL 1:2 RELEVANCY (100 85)',
  ]);
  expect(await client.ok('SORT (REVERSE RELEVANCY) UTF-8 FUZZY TEXT meeting')).toEqual(['SORT 2 1']);
  expect(await client.ok('SEARCH RETURN (RELEVANCY) FUZZY TEXT nothing')).toEqual(['ESEARCH (TAG "A8")']);
});

test('LIST tells metadata, NIL where there is none', async () => {
  const server = await start();
  server.store.create('a');
  const client = await login(server);
  await client.ok('SETMETADATA a (/private/comment "mine")');
  expect(await client.ok('LIST "" * RETURN (METADATA (/private/comment /shared/x))')).toEqual([
    'LIST () "/" INBOX',
    'METADATA INBOX (/private/comment NIL /shared/x NIL)',
    'LIST () "/" a',
    'METADATA a (/private/comment "mine" /shared/x NIL)',
  ]);
  expect(await client.tagged('LIST "" * RETURN (METADATA ())')).toMatch(/^BAD/);
});

test('METADATA-SERVER is of the server alone', async () => {
  const client = await login(await start({ capabilities: ['IMAP4rev1', 'METADATA-SERVER'] }));
  await client.ok('SETMETADATA "" (/private/comment "x")');
  expect(await client.ok('GETMETADATA "" /private/comment')).toEqual(['METADATA "" (/private/comment "x")']);
  expect(await client.tagged('GETMETADATA INBOX /private/comment')).toMatch(/^NO/);
});
