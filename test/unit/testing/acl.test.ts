import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import { fill, login, start } from './servers.ts';

const ALL = 'lrswipkxteacd';

test('rights are given, told and taken away', async () => {
  const server = await start();
  server.store.create('Box');
  const client = await login(server);
  expect(await client.ok('GETACL Box')).toEqual([`ACL Box user "${ALL}"`]);
  expect(await client.ok('MYRIGHTS Box')).toEqual([`MYRIGHTS Box ${ALL}`]);
  await client.ok('SETACL Box anna rl');
  await client.ok('SETACL Box anna +s');
  await client.ok('SETACL Box "-anna" x');
  expect(await client.ok('GETACL Box')).toEqual([`ACL Box user "${ALL}" anna "lrs" -anna "xc"`]);
  await client.ok('SETACL Box anna -r');
  await client.ok('SETACL Box ben c');
  await client.ok('DELETEACL Box "-anna"');
  expect(await client.ok('GETACL Box')).toEqual([`ACL Box user "${ALL}" anna "ls" ben "kxc"`]);
  await client.ok('SETACL Box anna ""');
  expect([...server.store.mailbox('Box').acl]).toEqual([
    ['user', 'lrswipkxtea'],
    ['ben', 'kx'],
  ]);
  expect(await client.ok('LISTRIGHTS Box ben')).toEqual(['LISTRIGHTS Box ben "" l r s w i p k x t e a c d']);
  expect(await client.ok('LISTRIGHTS Box user')).toEqual(['LISTRIGHTS Box user "la" r s w i p k x t e c d']);
  expect(await client.tagged('SETACL Box ben q')).toMatch(/^BAD/);
  expect(await client.tagged('SETACL Nowhere ben r')).toMatch(/^NO \[NONEXISTENT\]/);
  expect(await client.ok('LIST "" Box RETURN (MYRIGHTS)')).toEqual(['LIST () "/" Box', `MYRIGHTS Box ${ALL}`]);
  await client.ok('CREATE Box/below');
  expect(await client.ok('GETACL Box/below')).toEqual([`ACL Box/below user "${ALL}" ben "kxc"`]);
});

test.each([
  ['r', 'SELECT INBOX'],
  ['r', 'STATUS INBOX (MESSAGES)'],
  ['i', 'APPEND INBOX {10}'],
  ['i', 'COPY 1 INBOX'],
  ['e', 'EXPUNGE'],
  ['e', 'UID EXPUNGE 1'],
  ['e', 'MOVE 1 Other'],
  ['s', 'STORE 1 +FLAGS (\\Seen)'],
  ['t', 'STORE 1 -FLAGS.SILENT \\Deleted'],
  ['w', 'STORE 1 FLAGS (Label)'],
  ['k', 'CREATE INBOX/below'],
  ['k', 'RENAME Other INBOX/below'],
  ['x', 'RENAME INBOX Else'],
])('without %s: no %s', async (right, command) => {
  const server = await start();
  fill(server, 1);
  server.store.create('Other');
  const client = await login(server, 'INBOX');
  await client.ok(`SETACL INBOX user -${right}`);
  expect(await client.tagged(command)).toBe('NO [NOPERM] Permission denied');
});

test('the flags that may not be set are left as they are', async () => {
  const server = await start();
  fill(server, 1);
  const inbox = server.store.mailbox('INBOX');
  inbox.setFlags(1, ['\\Deleted', '\\Answered']);
  inbox.acl.set('user', 'lrwi');
  const client = await login(server, 'INBOX');
  expect(await client.ok('STORE 1 FLAGS (\\Seen \\Flagged)')).toEqual([
    '1 FETCH (FLAGS (\\Deleted \\Flagged \\Recent))',
  ]);
  await client.ok('FETCH 1 BODY[]');
  await client.ok('APPEND INBOX (\\seen \\Draft) {8+}\r\na: b\r\n\r\n');
  expect(inbox.messages.map(({ flags }) => [...flags].join())).toEqual(['\\Deleted,\\Flagged', '\\Draft']);
  await client.ok('CLOSE');
  expect(inbox.messages).toHaveLength(2);
  inbox.acl.set('user', 'lr');
  expect(await client.tagged('SELECT INBOX')).toBe('OK [READ-ONLY] SELECT completed');
  inbox.acl.clear();
  expect(await client.ok('MYRIGHTS INBOX')).toEqual(['MYRIGHTS INBOX la']);
});

test('without ACL everything may be done', async () => {
  const withoutAcl = DEFAULT_CAPABILITIES.filter((name) => !/ACL|RIGHTS/.test(name));
  const server = await start({ capabilities: withoutAcl });
  fill(server, 1);
  server.store.mailbox('INBOX').acl.clear();
  const client = await login(server, 'INBOX');
  await client.ok('STORE 1 +FLAGS (\\Deleted)');
  for (const command of ['GETACL INBOX', 'SETACL INBOX x r', 'MYRIGHTS INBOX', 'LIST "" * RETURN (MYRIGHTS)'])
    expect(await client.tagged(command), command).toMatch(/^BAD/);
});
