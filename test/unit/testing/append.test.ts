import { expect, test } from 'vitest';
import { fill, login, mail, start } from './servers.ts';

const literal = (text: string) => `{${text.length}+}\r\n${text}`;
const literal8 = (text: string) => `~{${text.length}+}\r\n${text}`;

test('MULTIAPPEND takes several messages, or none', async () => {
  const server = await start();
  const client = await login(server);
  const { uidValidity } = server.store.mailbox('INBOX');
  const date = '"05-Mar-2024 10:00:00 +0100"';
  client.send(`x APPEND INBOX ${literal('a: 1\r\n\r\n')} (\\Seen) ${literal('a: 2\r\n\r\n')} ${date} {8}\r\n`);
  expect(await client.response()).toMatch(/^\+/);
  client.send('a: 3\r\n\r\n\r\n');
  expect(await client.until('x')).toEqual([`OK [APPENDUID ${uidValidity} 1:3] APPEND completed`]);
  const { messages } = server.store.mailbox('INBOX');
  expect(messages.map(({ content, flags }) => [content.raw.toString().slice(0, 4), ...flags])).toEqual([
    ['a: 1'],
    ['a: 2', '\\Seen'],
    ['a: 3'],
  ]);
  expect(messages[2]?.internalDate).toEqual({ at: Date.UTC(2024, 2, 5, 9), zone: 60 });
  const wrong = `APPEND INBOX ${literal('a: 4\r\n\r\n')} (\\Nonsense) ${literal('a: 5\r\n\r\n')}`;
  expect(await client.tagged(wrong)).toMatch(/^BAD/);
  expect(await client.tagged(`APPEND INBOX ${literal('a: 4\r\n\r\n')} x`)).toMatch(/^BAD/);
  expect(server.store.mailbox('INBOX').messages).toHaveLength(3);
});

test('without MULTIAPPEND the second message is not even sent', async () => {
  const server = await start({ withoutCapabilities: ['MULTIAPPEND'] });
  const client = await login(server);
  expect(await client.tagged(`APPEND INBOX ${literal('a: 1\r\n\r\n')} {8}`)).toBe('BAD One message at a time');
  expect(server.store.mailbox('INBOX').messages).toHaveLength(0);
});

test('BINARY takes NUL and gives parts decoded', async () => {
  const server = await start();
  const client = await login(server, 'INBOX');
  const message =
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n' +
    '--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n' +
    '--b\r\nContent-Transfer-Encoding: binary\r\nX-Last: 1\r\n\r\na\0b\r\n' +
    '--b\r\nContent-Transfer-Encoding: x-odd\r\n\r\nodd\r\n--b--\r\n';
  await client.ok(`APPEND INBOX ${literal8(message)}`);
  expect(server.store.mailbox('INBOX').messages[0]?.content.raw.includes(0)).toBe(false);
  expect(await client.ok('FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1]<1.3> BINARY.PEEK[2] BINARY.PEEK[9])')).toEqual([
    '1 FETCH (BINARY.SIZE[1] 5 BINARY[1]<1> {3}\r\nell BINARY[2] ~{3}\r\na\0b BINARY[9] NIL)',
  ]);
  expect(await client.ok('FETCH 1 (BINARY[1])')).toEqual(['1 FETCH (BINARY[1] {5}\r\nhello FLAGS (\\Seen \\Recent))']);
  expect(await client.ok('FETCH 1 BODY.PEEK[2.MIME]')).toEqual([
    expect.stringContaining('Content-Transfer-Encoding: base64\r\nX-Last: 1\r\n'),
  ]);
  expect(await client.tagged('FETCH 1 BINARY.PEEK[3]')).toMatch(/^NO \[UNKNOWN-CTE\]/);
  expect(await client.tagged('FETCH 1 BINARY.SIZE[3]')).toMatch(/^NO \[UNKNOWN-CTE\]/);
  expect(await client.tagged('FETCH 1 BINARY.PEEK[1.MIME]')).toMatch(/^BAD/);
});

test('an ordinary literal holds no NUL (RFC 3501 §9)', async () => {
  const server = await start();
  const client = await login(server);
  expect(await client.tagged('APPEND INBOX {15+}\r\nSubject: x\r\n\r\n\0')).toMatch(/^BAD/);
  expect(server.store.mailbox('INBOX').messages).toEqual([]);
  await client.ok('APPEND INBOX ~{15+}\r\nSubject: x\r\n\r\n\0');
});

test('without BINARY there is no literal8', async () => {
  const server = await start({ withoutCapabilities: ['BINARY'] });
  const client = await login(server, 'INBOX');
  expect(await client.tagged(`APPEND INBOX ${literal8('a: b\r\n\r\n')}`)).toBe('BAD literal8 not allowed here');
  expect(await client.tagged('FETCH 1 BINARY.SIZE[1]')).toMatch(/^BAD/);
});

test('REPLACE puts the new message in the place of the old', async () => {
  const server = await start();
  fill(server, 3);
  server.store.create('Sent');
  const client = await login(server, 'INBOX');
  const other = await login(server, 'INBOX');
  const { uidValidity } = server.store.mailbox('INBOX');
  expect(await client.command(`UID REPLACE 2 INBOX (\\Draft) ${literal(mail('new'))}`)).toEqual([
    `* OK [APPENDUID ${uidValidity} 4] Replacement Message ready`,
    '* 2 EXPUNGE',
    '* 3 EXISTS',
    'OK REPLACE completed',
  ]);
  expect(await other.ok('NOOP')).toEqual(['2 EXPUNGE', '3 EXISTS']);
  await client.ok(`REPLACE 3 Sent ${literal(mail('sent'))}`);
  expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([1, 3]);
  expect(server.store.mailbox('Sent').messages).toHaveLength(1);
  expect(await client.tagged('UID REPLACE 77 INBOX {100}')).toBe('NO [NONEXISTENT] No such message');
  expect(await client.tagged('REPLACE 77 INBOX {100}')).toMatch(/^BAD/);
  expect(await client.tagged('REPLACE 1 Nowhere {100}')).toMatch(/^NO \[TRYCREATE\]/);
  await client.ok('EXAMINE INBOX');
  expect(await client.tagged('REPLACE 1 INBOX {100}')).toMatch(/^NO \[READ-ONLY\]/);
  expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([1, 3]);
});

test('a message without a byte is refused, and all that comes with it', async () => {
  const server = await start();
  const client = await login(server);
  expect(await client.tagged('APPEND INBOX {0+}\r\n')).toMatch(/^NO/);
  expect(await client.tagged(`APPEND INBOX ${literal(mail('one'))} {0+}\r\n`)).toMatch(/^NO/);
  expect(server.store.mailbox('INBOX').messages).toHaveLength(0);
});

test('without REPLACE it is no command', async () => {
  const server = await start({ withoutCapabilities: ['REPLACE'] });
  fill(server, 1);
  const client = await login(server, 'INBOX');
  expect(await client.tagged(`REPLACE 1 INBOX ${literal('x')}`)).toBe('BAD Unknown command');
});

test('UNAUTHENTICATE goes back to before the login', async () => {
  const server = await start({ users: { user: 'pass', other: 'word' } });
  fill(server, 1);
  const client = await login(server, 'INBOX');
  await client.ok('ENABLE CONDSTORE');
  expect(await client.tagged('UNAUTHENTICATE')).toMatch(/^OK \[CAPABILITY IMAP4rev1 AUTH=PLAIN/);
  expect(await client.tagged('NOOP')).toMatch(/^OK/);
  expect(await client.tagged('LIST "" *')).toMatch(/^BAD/);
  await client.ok('LOGIN other word');
  expect(await client.tagged('FETCH 1 UID')).toMatch(/^BAD/);
  expect((await client.ok('SELECT INBOX')).join()).toContain('0 EXISTS');
});
