import { expect, test } from 'vitest';
import { connect, login, start } from './servers.ts';

const literal = (text: string) => `{${text.length}+}\r\n${text}`;

test('keeps values of a mailbox, by names whose case does not count', async () => {
  const server = await start();
  server.store.create('Box');
  const client = await login(server);
  await client.ok(`SETMETADATA Box (/private/comment "mine" /SHARED/Comment ${literal('a\r\n"b"')})`);
  expect(await client.ok('GETMETADATA Box (/private/Comment /shared/comment /private/none)')).toEqual([
    'METADATA Box (/private/comment mine /shared/comment {6}\r\na\r\n"b" /private/none NIL)'.replace(
      ' mine',
      ' "mine"',
    ),
  ]);
  await client.ok('SETMETADATA Box (/private/comment NIL)');
  expect(await client.ok('GETMETADATA Box /private/comment')).toEqual(['METADATA Box (/private/comment NIL)']);
  await client.ok(`SETMETADATA Box (/private/nul ~${literal('a\0b')})`);
  expect(await client.ok('GETMETADATA Box /private/nul')).toEqual(['METADATA Box (/private/nul ~{3}\r\na\0b)']);
  await client.ok('RENAME Box Bax');
  expect(await client.ok('GETMETADATA Bax /shared/comment')).toEqual([
    'METADATA Bax (/shared/comment {6}\r\na\r\n"b")',
  ]);
});

test('DEPTH looks below, MAXSIZE leaves out what is long', async () => {
  const server = await start();
  const client = await login(server);
  await client.ok('SETMETADATA INBOX (/private/v "1" /private/v/a "22" /private/v/a/b "333" /private/va "x")');
  const got = async (options: string) =>
    (await client.ok(`GETMETADATA ${options} INBOX (/private/v)`)).map((line) =>
      [...line.matchAll(/"(\w+)"/g)].map(([, value]) => value).join(),
    );
  expect(await got('(DEPTH 0)')).toEqual(['1']);
  expect(await got('(DEPTH 1)')).toEqual(['1,22']);
  expect(await got('(DEPTH infinity MAXSIZE 5)')).toEqual(['1,22,333']);
  expect(await client.command('GETMETADATA (MAXSIZE 1 DEPTH infinity) INBOX /private/v')).toEqual([
    '* METADATA INBOX (/private/v "1")',
    'OK [METADATA LONGENTRIES 3] GETMETADATA completed',
  ]);
  expect(await got('(DEPTH 1 MAXSIZE 0)')).toEqual([]);
});

test('all that there is stands below the roots', async () => {
  const client = await login(await start());
  await client.ok('SETMETADATA INBOX (/private/a "1" /private/b/c "2")');
  await client.ok('SETMETADATA "" (/shared/admin "x" /private/d "y")');
  expect(await client.ok('GETMETADATA (DEPTH infinity) INBOX (/private)')).toEqual([
    'METADATA INBOX (/private/a "1" /private/b/c "2")',
  ]);
  expect(await client.ok('GETMETADATA (DEPTH 1) INBOX /private')).toEqual(['METADATA INBOX (/private/a "1")']);
  expect(await client.ok('GETMETADATA (DEPTH infinity) "" /shared')).toEqual(['METADATA "" (/shared/admin "x")']);
  expect(await client.ok('GETMETADATA "" /shared')).toEqual(['METADATA "" (/shared NIL)']);
});

test('the server has values too: shared by all users, and of each', async () => {
  const server = await start({ users: { user: 'pass', other: 'word' } });
  const client = await login(server);
  await client.ok('SETMETADATA "" (/private/comment "one" /shared/comment "all")');
  const other = connect(server);
  await other.response();
  await other.ok('LOGIN other word');
  expect(await other.ok('GETMETADATA "" (/private/comment /shared/comment)')).toEqual([
    'METADATA "" (/private/comment NIL /shared/comment "all")',
  ]);
});

test('refuses what it cannot keep', async () => {
  const client = await login(await start());
  for (const entry of ['comment', '/private', '/private/', '/private//a', '/private/*', '/other/a'])
    expect(await client.tagged(`SETMETADATA INBOX ("${entry}" "x")`), entry).toMatch(/^BAD/);
  const long = literal('x'.repeat(65_537));
  expect(await client.tagged(`SETMETADATA INBOX (/private/a "x" /private/b ${long})`)).toMatch(
    /^NO \[METADATA MAXSIZE 65536\]/,
  );
  expect(await client.ok('GETMETADATA INBOX /private/a')).toEqual(['METADATA INBOX (/private/a NIL)']);
  expect(await client.tagged('SETMETADATA none (/private/a "x")')).toMatch(/^NO /);
  const poor = await login(await start({ withoutCapabilities: ['METADATA'] }));
  expect(await poor.tagged('GETMETADATA INBOX /private/a')).toBe('BAD Unknown command');
});
