import { expect, test } from 'vitest';
import { login, start } from './servers.ts';

const mail = (fields: string, body = 'text\n') => `${fields}\n\n${body}`;

test('what OBJECTID, SAVEDATE and PREVIEW say of a message', async () => {
  const server = await start();
  const inbox = server.store.mailbox('INBOX');
  inbox.deliver(mail('Message-ID: <a@x>\nSubject: one'));
  inbox.deliver(mail('Message-ID: <b@x>\nReferences: <a@x>\nSubject: two'));
  inbox.deliver(
    mail('Subject: apart\nContent-Type: text/html', '<head><title>no</title></head><b>Gr&amp;ü\xdfe</b>\n'),
  );
  const client = await login(server);
  const [created = ''] = [await client.tagged('CREATE Other')];
  const mailboxId = /^OK \[MAILBOXID \((\w+)\)\]/.exec(created)?.[1];
  expect(await client.ok('STATUS Other (MAILBOXID)')).toEqual([`STATUS Other (MAILBOXID (${mailboxId}))`]);
  expect(await client.ok('SELECT Other')).toContain(`OK [MAILBOXID (${mailboxId})] Object`);
  await client.ok('SELECT INBOX');
  await client.ok('COPY 2 Other');
  const items = async (set: string) =>
    (await client.ok(`FETCH ${set} (EMAILID THREADID)`)).map((one) => one.split(' '));
  const [one, two, three] = await items('1:3');
  expect(two?.at(-1)).toBe(one?.at(-1));
  expect(three?.at(-1)).not.toBe(one?.at(-1));
  const emailId = two?.[3]?.replace(/[()]/g, '');
  const threadId = two?.[5]?.replace(/[()]/g, '');
  expect(new Set([one?.[3], two?.[3], three?.[3]]).size).toBe(3);
  expect(await client.ok(`SEARCH EMAILID ${emailId}`)).toEqual(['SEARCH 2']);
  expect(await client.ok(`SEARCH THREADID ${threadId}`)).toEqual(['SEARCH 1 2']);
  await client.ok('SELECT Other');
  const [copy] = await items('1');
  expect(copy?.slice(2)).toEqual(two?.slice(2));
  expect(await client.ok('FETCH 1 SAVEDATE')).toEqual(['1 FETCH (SAVEDATE " 5-Mar-2024 06:07:08 +0000")']);
  expect(await client.ok('SEARCH SAVEDON 5-Mar-2024 SAVEDATESUPPORTED')).toEqual(['SEARCH 1']);
  expect(await client.ok('SEARCH OR SAVEDBEFORE 5-Mar-2024 SAVEDSINCE 6-Mar-2024')).toEqual(['SEARCH']);
  await client.ok('SELECT INBOX');
  expect(await client.ok('FETCH 1 (PREVIEW UID)')).toEqual(['1 FETCH (PREVIEW "text" UID 1)']);
  const html = Buffer.from('Gr&üße').toString('latin1');
  expect(await client.ok('FETCH 3 (PREVIEW (LAZY))')).toEqual([`3 FETCH (PREVIEW {${html.length}}\r\n${html})`]);
});

test('a preview has 200 characters at most, and may be empty', async () => {
  const server = await start();
  server.store.deliver('INBOX', mail('Subject: long', '  many\n words '.repeat(100)));
  server.store.deliver('INBOX', mail('Content-Type: image/png', 'bytes'));
  const client = await login(server, 'INBOX');
  const [long = '', none] = await client.ok('FETCH 1:2 PREVIEW');
  expect(long).toBe(`1 FETCH (PREVIEW "${'many words '.repeat(100).slice(0, 200)}")`);
  expect(none).toBe('2 FETCH (PREVIEW "")');
});

test('WITHIN counts seconds back from now', async () => {
  const server = await start();
  for (const minute of [0, 5, 6]) {
    server.store.deliver('INBOX', 'x: y\n\n', { internalDate: new Date(Date.UTC(2024, 2, 5, 6, minute, 8)) });
  }
  const client = await login(server, 'INBOX');
  expect(await client.ok('SEARCH YOUNGER 100')).toEqual(['SEARCH 3']);
  expect(await client.ok('SEARCH OLDER 120')).toEqual(['SEARCH 1 2']);
  expect(await client.tagged('SEARCH OLDER 0')).toMatch(/^BAD/);
});

test('STATUS tells sizes and the largest message that is taken', async () => {
  const server = await start({ maxLiteral: 1000 });
  const sizes = ['a: b\r\n\r\n', 'a: b\r\n\r\nmore'];
  for (const raw of sizes) server.store.deliver('INBOX', raw);
  const client = await login(server);
  expect((await client.ok('CAPABILITY'))[0]).toMatch(/ APPENDLIMIT=1000( |$)/);
  expect(await client.ok('STATUS INBOX (SIZE APPENDLIMIT)')).toEqual([`STATUS INBOX (SIZE 20 APPENDLIMIT 1000)`]);
  expect(await client.tagged('APPEND INBOX {1001}')).toBe('NO [TOOBIG] Literal too big');
});

test('none of it is there without its capability', async () => {
  const server = await start({ capabilities: ['IMAP4rev1'] });
  server.store.deliver('INBOX', 'x: y\n\n');
  const client = await login(server, 'INBOX');
  const refused = [
    'FETCH 1 SAVEDATE',
    'FETCH 1 EMAILID',
    'FETCH 1 THREADID',
    'FETCH 1 PREVIEW',
    'SEARCH YOUNGER 1',
    'SEARCH EMAILID E1',
    'SEARCH SAVEDATESUPPORTED',
    'STATUS INBOX (SIZE)',
    'STATUS INBOX (MAILBOXID)',
    'STATUS INBOX (APPENDLIMIT)',
  ];
  for (const command of refused) expect(await client.tagged(command), command).toMatch(/^BAD/);
  expect(await client.tagged('CREATE other')).toBe('OK CREATE completed');
});
