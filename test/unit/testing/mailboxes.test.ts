import { expect, test } from 'vitest';
import { connect, fill, login, mail, start } from './servers.ts';

test('LIST matches patterns, levels above and INBOX in any case', async () => {
  const server = await start();
  for (const name of ['a/b/c', 'a/b/d', 'ab', 'Sent']) server.store.create(name);
  const client = await login(server);
  const names = async (args: string) => (await client.ok(`LIST ${args}`)).map((line) => line.replace(/^LIST /, ''));
  expect(await names('"" *')).toEqual([
    '(\\HasNoChildren) "/" INBOX',
    '(\\HasNoChildren) "/" Sent',
    '(\\Noselect \\HasChildren) "/" a',
    '(\\Noselect \\HasChildren) "/" a/b',
    '(\\HasNoChildren) "/" a/b/c',
    '(\\HasNoChildren) "/" a/b/d',
    '(\\HasNoChildren) "/" ab',
  ]);
  expect(await names('"" %')).toHaveLength(4);
  expect(await names('"" a/%')).toEqual(['(\\Noselect \\HasChildren) "/" a/b']);
  expect(await names('a/ %/c')).toEqual(['(\\HasNoChildren) "/" a/b/c']);
  expect(await names('"" inb%')).toEqual(['(\\HasNoChildren) "/" INBOX']);
  expect(await names('"" ""')).toEqual(['(\\Noselect) "/" ""']);
  expect(await names('"" nothing')).toEqual([]);
  expect(await names(`"" ${'%*'.repeat(2000)}q`)).toEqual([]);
});

test('what is below INBOX is there in any case of INBOX, and its namesakes are not', async () => {
  const server = await start();
  const client = await login(server);
  await client.ok('CREATE Inbox/Old');
  await client.ok('CREATE inboxes/a');
  await client.ok('CREATE &ATE-nbox');
  await client.ok('SUBSCRIBE iNBOX/Old');
  expect(server.store.mailbox('inbox/Old').name).toBe('INBOX/Old');
  expect(server.store.mailbox('ınbox').name).toBe('ınbox');
  expect(await client.ok('LIST "" inbox%')).toEqual([
    'LIST (\\HasChildren) "/" INBOX',
    'LIST (\\Noselect \\HasChildren) "/" inboxes',
  ]);
  expect(await client.ok('LIST "" inbox/%')).toEqual(['LIST (\\HasNoChildren) "/" INBOX/Old']);
  for (const command of ['LIST "" InBox*', 'LIST inbox *', 'LIST in b*', 'LIST "" *x*'])
    expect(await client.ok(command), command).toEqual(
      expect.arrayContaining(['LIST (\\HasChildren) "/" INBOX', 'LIST (\\HasNoChildren) "/" INBOX/Old']),
    );
  expect(await client.ok('LIST "" inbox%old')).toEqual([]);
  expect(await client.ok('LIST "" &ATE-NBOX')).toEqual([]);
  expect(await client.ok('LIST "" INBOX/OLD')).toEqual([]);
  expect(await client.ok('LSUB "" *')).toEqual(['LSUB () "/" INBOX/Old']);
});

test('a mailbox is answered for by the name that it was asked for by', async () => {
  const server = await start();
  server.store.create('INBOX/Old');
  const client = await login(server);
  for (const [command, answer] of [
    ['STATUS iNbOx (MESSAGES)', 'STATUS iNbOx (MESSAGES 0)'],
    ['STATUS Inbox/Old (MESSAGES)', 'STATUS Inbox/Old (MESSAGES 0)'],
    ['MYRIGHTS inbox', 'MYRIGHTS inbox lrswipkxteacd'],
    ['GETACL inbox', 'ACL inbox user "lrswipkxteacd"'],
    ['LISTRIGHTS inbox user', 'LISTRIGHTS inbox user "la" r s w i p k x t e c d'],
    ['GETQUOTAROOT inbox', 'QUOTAROOT inbox "User quota"'],
    ['GETMETADATA inbox /private/a', 'METADATA INBOX (/private/a NIL)'],
    ['LIST "" inbox RETURN (STATUS (MESSAGES))', 'LIST () "/" INBOX'],
  ] as const)
    expect((await client.ok(command))[0], command).toBe(answer);
});

test.each([
  'SELECT none',
  'EXAMINE none',
  'STATUS none (MESSAGES)',
  'SUBSCRIBE none',
  'GETMETADATA none /private/a',
  'SETMETADATA none (/private/a "x")',
])('%s: that there is no such mailbox is told by no code, as with Dovecot and Cyrus', async (command) => {
  const client = await login(await start());
  expect(await client.tagged(command)).toBe("NO Mailbox doesn't exist");
});

test('names cross the wire in modified UTF-7', async () => {
  const server = await start();
  const client = await login(server);
  await client.ok('CREATE "Entw&APw-rfe &- mehr"');
  expect(server.store.mailbox('Entwürfe & mehr').name).toBe('Entwürfe & mehr');
  server.store.create('日本語');
  expect(await client.ok('LIST "" &ZeVnLIqe-')).toEqual(['LIST (\\HasNoChildren) "/" &ZeVnLIqe-']);
  expect(await client.tagged('CREATE &AGE-')).toMatch(/^NO \[CANNOT\]/);
  expect(await client.tagged('CREATE "&bad"')).toMatch(/^NO \[CANNOT\]/);
  expect(await client.tagged('CREATE {2+}\r\n\xc3\xbc')).toMatch(/^NO \[CANNOT\]/);
  await client.ok('CREATE {5+}\r\na "b\\');
  expect((await client.ok('LIST "" a*'))[0]).toBe('LIST (\\HasNoChildren) "/" "a \\"b\\\\"');
});

test('CREATE, DELETE and RENAME follow the hierarchy', async () => {
  const server = await start();
  const client = await login(server);
  await client.ok('CREATE a/');
  await client.ok('CREATE a/b');
  expect(await client.tagged('CREATE a')).toMatch(/^NO \[ALREADYEXISTS\]/);
  expect(await client.tagged('CREATE inbox')).toMatch(/^NO \[ALREADYEXISTS\]/);
  expect(await client.tagged('CREATE a//b')).toMatch(/^NO \[CANNOT\]/);
  await client.ok('DELETE a');
  expect(await client.ok('LIST "" a*')).toEqual([
    'LIST (\\Noselect \\HasChildren) "/" a',
    'LIST (\\HasNoChildren) "/" a/b',
  ]);
  expect(await client.tagged('DELETE a')).toMatch(/^NO \[HASCHILDREN\]/);
  expect(await client.tagged('SELECT a')).toMatch(/^NO \[CANNOT\]/);
  expect(await client.tagged('DELETE INBOX')).toBe('NO INBOX cannot be deleted');
  expect(await client.tagged('DELETE x')).toMatch(/^NO \[NONEXISTENT\]/);
  await client.ok('RENAME a z');
  expect(await client.ok('LIST "" *')).toEqual([
    'LIST (\\HasNoChildren) "/" INBOX',
    'LIST (\\Noselect \\HasChildren) "/" z',
    'LIST (\\HasNoChildren) "/" z/b',
  ]);
  expect(await client.tagged('RENAME a q')).toMatch(/^NO \[NONEXISTENT\]/);
  expect(await client.tagged('RENAME z/b z')).toMatch(/^NO \[ALREADYEXISTS\]/);
  expect(await client.tagged('RENAME z z/c')).toMatch(/^NO \[CANNOT\]/);
});

test('RENAME of INBOX moves its messages and leaves it empty', async () => {
  const server = await start();
  fill(server, 2);
  server.store.create('INBOX/child');
  const client = await login(server, 'INBOX');
  await client.ok('RENAME INBOX old');
  expect(await client.ok('NOOP')).toEqual(['1 EXPUNGE', '1 EXPUNGE', '0 RECENT']);
  expect(await client.ok('STATUS old (MESSAGES UNSEEN)')).toEqual(['STATUS old (MESSAGES 2 UNSEEN 2)']);
  expect(await client.ok('LIST "" *')).toEqual([
    'LIST (\\HasChildren) "/" INBOX',
    'LIST (\\HasNoChildren) "/" INBOX/child',
    'LIST (\\HasNoChildren) "/" old',
  ]);
});

test('a renamed mailbox keeps its UIDVALIDITY but is selected no longer, and other sessions in it are sent away', async () => {
  const server = await start();
  const { uidValidity } = server.store.create('a');
  server.store.create('a/below');
  const others = [await login(server, 'a'), await login(server, 'a/below')];
  const client = await login(server, 'a');
  expect(await client.tagged('RENAME a INBOX')).toMatch(/^NO/);
  expect(await client.tagged('RENAME a b/')).toMatch(/^NO \[CANNOT\]/);
  await client.ok('CHECK');
  await client.ok('RENAME a b');
  for (const other of others)
    expect(await other.command('NOOP')).toEqual(['* BYE Selected mailbox was renamed', 'closed']);
  expect(await client.tagged('CHECK')).toMatch(/^BAD/);
  await client.ok('SELECT b');
  server.store.deliver('b', mail('x'));
  expect(await client.ok('NOOP')).toEqual(['1 EXISTS', '1 RECENT']);
  expect(await client.ok('STATUS b (UIDVALIDITY UIDNEXT RECENT)')).toEqual([
    `STATUS b (UIDVALIDITY ${uidValidity} UIDNEXT 2 RECENT 1)`,
  ]);
});

test('STATUS counts as \\Recent what is so in this session, and what no session has been told of', async () => {
  const server = await start();
  server.store.deliver('INBOX', mail('x'));
  const client = await login(server, 'INBOX');
  const other = await login(server);
  const counts = () => Promise.all([client, other].map((one) => one.ok('STATUS INBOX (RECENT)')));
  expect(await counts()).toEqual([['STATUS INBOX (RECENT 1)'], ['STATUS INBOX (RECENT 0)']]);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  await client.ok('EXPUNGE');
  expect(await counts()).toEqual([['STATUS INBOX (RECENT 0)'], ['STATUS INBOX (RECENT 0)']]);
});

test('subscriptions outlive their mailbox, and LSUB % shows the level above', async () => {
  const server = await start();
  server.store.create('a/b');
  const client = await login(server);
  await client.ok('SUBSCRIBE a/b');
  expect(await client.tagged('SUBSCRIBE none')).toMatch(/^NO/);
  await client.ok('DELETE a/b');
  expect(await client.ok('LSUB "" *')).toEqual(['LSUB () "/" a/b']);
  expect(await client.ok('LSUB "" %')).toEqual(['LSUB (\\Noselect) "/" a']);
  expect(await client.ok('LIST (SUBSCRIBED) "" *')).toEqual(['LIST (\\NonExistent \\Subscribed) "/" a/b']);
  await client.ok('UNSUBSCRIBE a/b');
  expect(await client.ok('LSUB "" *')).toEqual([]);
});

test('LIST-EXTENDED, SPECIAL-USE and LIST-STATUS', async () => {
  const server = await start();
  server.store.create('Sent', { specialUse: '\\Sent' });
  server.store.create('x/y');
  fill(server, 1);
  const client = await login(server);
  await client.ok('CREATE Bin (USE (\\trash))');
  expect(await client.tagged('CREATE Bin2 (USE (\\Trash))')).toMatch(/^NO \[USEATTR\]/);
  expect(await client.tagged('CREATE Bin2 (USE (\\Foo))')).toMatch(/^NO \[USEATTR\]/);
  await client.ok('SUBSCRIBE x/y');
  expect(await client.ok('LIST (SPECIAL-USE) "" *')).toEqual(['LIST (\\Trash) "/" Bin', 'LIST (\\Sent) "/" Sent']);
  expect(await client.ok('LIST "" Sent')).toEqual(['LIST (\\HasNoChildren \\Sent) "/" Sent']);
  expect(await client.ok('LIST "" Sent RETURN ()')).toEqual(['LIST () "/" Sent']);
  expect(await client.ok('LIST "" Sent RETURN (SPECIAL-USE CHILDREN)')).toEqual([
    'LIST (\\HasNoChildren \\Sent) "/" Sent',
  ]);
  expect(await client.ok('LIST "" "" RETURN ()')).toEqual([]);
  expect(await client.ok('LIST "" (INBOX x/%) RETURN (SUBSCRIBED STATUS (MESSAGES UIDNEXT))')).toEqual([
    'LIST () "/" INBOX',
    'STATUS INBOX (MESSAGES 1 UIDNEXT 2)',
    'LIST (\\Subscribed) "/" x/y',
    'STATUS x/y (MESSAGES 0 UIDNEXT 1)',
  ]);
  expect(await client.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" %')).toEqual([
    'LIST (\\Noselect) "/" x ("CHILDINFO" ("SUBSCRIBED"))',
  ]);
  expect(await client.tagged('LIST (RECURSIVEMATCH) "" %')).toMatch(/^BAD/);
});

test('another delimiter', async () => {
  const client = await login(await start({ delimiter: '.' }));
  await client.ok('CREATE a.b');
  expect(await client.ok('LIST "" %')).toEqual([
    'LIST (\\HasNoChildren) "." INBOX',
    'LIST (\\Noselect \\HasChildren) "." a',
  ]);
  expect(await client.ok('NAMESPACE')).toEqual(['NAMESPACE (("" ".")) NIL NIL']);
});

test('APPEND keeps bytes, flags and date, and gives the UID', async () => {
  const server = await start();
  const client = await login(server, 'INBOX');
  const { uidValidity } = server.store.mailbox('INBOX');
  const [exists, recent, keywords, , tagged] = (
    await client.command('APPEND INBOX (\\Seen $Label) "17-Jul-1996 02:44:25 -0700" {10+}\r\na\nb: c\r\n\r\n')
  ).toSorted();
  expect([exists, recent]).toEqual(['* 1 EXISTS', '* 1 RECENT']);
  expect(keywords).toBe('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Label)');
  expect(tagged).toBe(`OK [APPENDUID ${uidValidity} 1] APPEND completed`);
  expect(await client.ok('FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])')).toEqual([
    '1 FETCH (FLAGS (\\Seen $Label \\Recent) INTERNALDATE "17-Jul-1996 02:44:25 -0700" BODY[] {10}\r\na\nb: c\r\n\r\n)',
  ]);
  await client.ok('APPEND INBOX {1+}\r\nx');
  expect((await client.ok('FETCH 2 INTERNALDATE'))[0]).toContain('" 5-Mar-2024 06:07:08 +0000"');
});

test('a synchronizing literal waits, and is not even asked for where the mailbox is missing', async () => {
  const server = await start({ maxLiteral: 1000 });
  const client = await login(server);
  client.send('x APPEND INBOX {5}\r\n');
  expect(await client.response()).toBe('+ OK');
  client.send('a: b\n\r\n');
  expect((await client.until('x')).at(-1)).toMatch(/^OK/);
  expect(await client.tagged('APPEND nowhere {5}')).toMatch(/^NO \[TRYCREATE\]/);
  expect(await client.tagged('APPEND nowhere {5+}\r\na: b\n')).toMatch(/^NO \[TRYCREATE\]/);
  expect(await client.tagged('APPEND INBOX {1001}')).toMatch(/^NO \[TOOBIG\]/);
  expect(await client.tagged(`APPEND INBOX {1001+}\r\n${'x'.repeat(1001)}`)).toMatch(/^NO \[TOOBIG\]/);
  expect(await client.tagged('APPEND INBOX "not a date" {1}')).toMatch(/^BAD/);
});

test('LITERAL- takes small non-synchronizing literals only', async () => {
  const server = await start({ capabilities: ['IMAP4rev1', 'LITERAL-'] });
  const client = await login(server);
  expect(await client.tagged(`APPEND INBOX {4096+}\r\n${'x'.repeat(4096)}`)).toMatch(/^OK/);
  expect(await client.tagged(`APPEND INBOX {4097+}\r\n${'x'.repeat(4097)}`)).toMatch(/^BAD/);
});

test('COPY and MOVE give COPYUID and keep flags and dates', async () => {
  const server = await start();
  fill(server, 3);
  const target = server.store.create('Target');
  const client = await login(server, 'INBOX');
  await client.ok('STORE 1 FLAGS.SILENT (\\Flagged Kept)');
  expect(await client.tagged('COPY 1,3 Target')).toBe(`OK [COPYUID ${target.uidValidity} 1,3 1:2] COPY completed`);
  expect(await client.ok('UID MOVE 1:2 Target')).toEqual([
    `OK [COPYUID ${target.uidValidity} 1:2 3:4] Moved`,
    '1 EXPUNGE',
    '1 EXPUNGE',
    '1 RECENT',
  ]);
  expect(target.messages.map(({ flags }) => [...flags].join())).toEqual(['\\Flagged,Kept', '', '\\Flagged,Kept', '']);
  expect(await client.tagged('COPY 1 nowhere')).toMatch(/^NO \[TRYCREATE\]/);
  expect(await client.tagged('UID COPY 77 Target')).toBe('OK COPY completed');
  expect(await client.tagged('COPY 2 Target')).toMatch(/^BAD/);
  await client.ok('EXAMINE INBOX');
  expect(await client.tagged('MOVE 1 Target')).toMatch(/^NO \[READ-ONLY\]/);
});

test('users do not see each other', async () => {
  const server = await start({ users: { one: 'a', two: 'b' } });
  server.store.account('two').deliver('INBOX', mail('secret'));
  const client = connect(server);
  await client.response();
  await client.ok('LOGIN one a');
  expect(await client.ok('STATUS INBOX (MESSAGES)')).toEqual(['STATUS INBOX (MESSAGES 0)']);
});
