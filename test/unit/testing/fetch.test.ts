import { expect, test } from 'vitest';
import { decodeExtended } from '../../../src/mime/parameter.ts';
import type { ImapServer } from '../../../src/testing/index.ts';
import { login, start } from './servers.ts';

const lines = (...text: string[]) => text.map((line) => `${line}\r\n`).join('');

const PLAIN = lines('From: A B <a@b>', 'Subject: hello', 'Date: Tue, 5 Mar 2024 06:07:08 +0100', '', 'Hello', 'World');

/** 1: alternative (1.1 plain, 1.2 html); 2: message (itself mixed: 2.1, 2.2); 3: message (plain). */
const NESTED = lines(
  'Subject: nested',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="outer"',
  '',
  'preamble',
  '--outer',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'one',
  '--inner',
  'Content-Type: text/html',
  'Content-Language: de',
  '',
  '<b>',
  '--inner--',
  '--outer',
  'Content-Type: message/rfc822',
  'Content-Disposition: attachment; filename*0="a b"; filename*1=".eml"',
  '',
  'Subject: forwarded',
  'From: c@d',
  'Content-Type: multipart/mixed; boundary=deep',
  '',
  '--deep',
  '',
  'two',
  '--deep',
  'Content-Type: application/pdf',
  'Content-Transfer-Encoding: base64',
  '',
  'QUJD',
  '--deep--',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: simple',
  '',
  'three',
  '--outer--',
  'epilogue',
);

async function open(raw: string, flags: string[] = []) {
  const server: ImapServer = await start();
  server.store.deliver('INBOX', raw, { flags, internalDate: { at: Date.UTC(2024, 2, 5, 4, 0, 0), zone: -210 } });
  return { server, client: await login(server, 'INBOX') };
}

/** The value of the one item fetched. */
async function value(raw: string, item: string): Promise<string> {
  const { client } = await open(raw);
  const [response = ''] = await client.ok(`FETCH 1 ${item}`);
  const match = /^1 FETCH \([^ ]+(?: \([^)]*\)\](?:<\d+>)?)? (.*)\)$/s.exec(response);
  return (match?.[1] ?? response).replace(/^\{\d+\}\r\n/, '');
}

test('the macros stand for their items', async () => {
  const { client } = await open(PLAIN, ['\\Seen']);
  const fast = 'FLAGS (\\Seen \\Recent) INTERNALDATE " 5-Mar-2024 00:30:00 -0330" RFC822.SIZE 87';
  const address = '(("A B" NIL "a" "b"))';
  const envelope = `ENVELOPE ("Tue, 5 Mar 2024 06:07:08 +0100" "hello" ${address} ${address} ${address} NIL NIL NIL NIL NIL)`;
  expect(await client.ok('FETCH 1 FAST')).toEqual([`1 FETCH (${fast})`]);
  expect(await client.ok('FETCH 1 ALL')).toEqual([`1 FETCH (${fast} ${envelope})`]);
  expect(await client.ok('FETCH 1 FULL')).toEqual([
    `1 FETCH (${fast} ${envelope} BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 14 2))`,
  ]);
});

test.each([
  ['BODY.PEEK[]', PLAIN],
  ['BODY.PEEK[HEADER]', PLAIN.slice(0, PLAIN.indexOf('Hello'))],
  ['BODY.PEEK[TEXT]', 'Hello\r\nWorld\r\n'],
  ['BODY.PEEK[1]', 'Hello\r\nWorld\r\n'],
  ['BODY.PEEK[1.MIME]', PLAIN.slice(0, PLAIN.indexOf('Hello'))],
  ['BODY.PEEK[2]', 'NIL'],
  ['BODY.PEEK[1.1]', 'NIL'],
  ['BODY.PEEK[1.HEADER]', 'NIL'],
  ['BODY.PEEK[HEADER.FIELDS (subject X)]', 'Subject: hello\r\n\r\n'],
  ['BODY.PEEK[HEADER.FIELDS.NOT (subject DATE)]', 'From: A B <a@b>\r\n\r\n'],
  ['BODY.PEEK[]<6.4>', 'A B '],
  ['BODY.PEEK[TEXT]<7.4294967295>', 'World\r\n'],
  ['BODY.PEEK[TEXT]<99.1>', ''],
  ['RFC822.HEADER', PLAIN.slice(0, PLAIN.indexOf('Hello'))],
])('of a plain message, %s', async (item, expected) => {
  expect(await value(PLAIN, item)).toBe(expected);
});

test('header fields are named back in upper case, as by Dovecot', async () => {
  const server = await start();
  server.store.deliver('INBOX', PLAIN);
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 BODY.PEEK[HEADER.FIELDS (subject X)]')).toEqual([
    '1 FETCH (BODY[HEADER.FIELDS (SUBJECT X)] {18}\r\nSubject: hello\r\n\r\n)',
  ]);
});

test.each([
  ['BODY.PEEK[1.1]', 'one'],
  ['BODY.PEEK[1.2]', '<b>'],
  ['BODY.PEEK[1.2.MIME]', lines('Content-Type: text/html', 'Content-Language: de', '')],
  ['BODY.PEEK[1.3]', 'NIL'],
  ['BODY.PEEK[2.HEADER]', lines('Subject: forwarded', 'From: c@d', 'Content-Type: multipart/mixed; boundary=deep', '')],
  ['BODY.PEEK[2.HEADER.FIELDS (FROM)]', 'From: c@d\r\n\r\n'],
  ['BODY.PEEK[2.1]', 'two'],
  ['BODY.PEEK[2.1.MIME]', '\r\n'],
  ['BODY.PEEK[2.2]', 'QUJD'],
  ['BODY.PEEK[3]', 'Subject: simple\r\n\r\nthree'],
  ['BODY.PEEK[3.TEXT]', 'three'],
  ['BODY.PEEK[3.1]', 'three'],
  ['BODY.PEEK[3.2]', 'NIL'],
  ['BODY.PEEK[4]', 'NIL'],
])('of a nested message, %s', async (item, expected) => {
  expect(await value(NESTED, item)).toBe(expected);
});

test('BODYSTRUCTURE has extension data, BODY has none', async () => {
  const { client } = await open(NESTED);
  const c = '(NIL NIL "c" "d")';
  const forwarded = `(NIL "forwarded" (${c}) (${c}) (${c}) NIL NIL NIL NIL NIL)`;
  const simple = '(NIL "simple" NIL NIL NIL NIL NIL NIL NIL NIL)';
  const ascii = '"text" "plain" ("charset" "us-ascii") NIL NIL "7bit"';
  expect(await client.ok('FETCH 1 BODYSTRUCTURE')).toEqual([
    '1 FETCH (BODYSTRUCTURE (' +
      '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)' +
      '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL "de" NIL) "alternative" ("boundary" "inner") NIL NIL NIL)' +
      `("message" "rfc822" NIL NIL NIL "7bit" 184 ${forwarded} ((${ascii} 3 0 NIL NIL NIL NIL)` +
      '("application" "pdf" NIL NIL NIL "base64" 4 NIL NIL NIL NIL) "mixed" ("boundary" "deep") NIL NIL NIL) 12 ' +
      'NIL ("attachment" ("filename" "a b.eml")) NIL NIL)' +
      `("message" "rfc822" NIL NIL NIL "7bit" 24 ${simple} (${ascii} 5 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL)` +
      ' "mixed" ("boundary" "outer") NIL NIL NIL))',
  ]);
  expect(await client.ok('FETCH 1 BODY')).toEqual([
    '1 FETCH (BODY (' +
      '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 3 0)' +
      '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 3 0) "alternative")' +
      `("message" "rfc822" NIL NIL NIL "7bit" 184 ${forwarded} ((${ascii} 3 0)("application" "pdf" NIL NIL NIL "base64" 4) "mixed") 12)` +
      `("message" "rfc822" NIL NIL NIL "7bit" 24 ${simple} (${ascii} 5 0) 2) "mixed"))`,
  ]);
});

test.each([
  [
    'Team: a@x, B <b@y>;, c@z',
    '((NIL NIL "Team" NIL)(NIL NIL "a" "x")("B" NIL "b" "y")(NIL NIL NIL NIL)(NIL NIL "c" "z"))',
  ],
  ['undisclosed-recipients:;', '((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL))'],
  ['"Last, First" <a@b>', '(("Last, First" NIL "a" "b"))'],
  ['"say \\"hi\\"" <a@b>', '(("say \\"hi\\"" NIL "a" "b"))'],
  ['a@b (The Name)', '(("The Name" NIL "a" "b"))'],
  ['<@r1,@r2:a@b>', '((NIL "@r1,@r2" "a" "b"))'],
  ['"quoted local"@b', '((NIL NIL "quoted local" "b"))'],
  ['a@[192.0.2.1]', '((NIL NIL "a" "[192.0.2.1]"))'],
  ['nonsense', '((NIL NIL "nonsense" "MISSING_DOMAIN"))'],
  ['two words', '(("two words" NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))'],
  ['J. Doe\r\n <j@d>,\r\n\tk@l', '(("J. Doe" NIL "j" "d")(NIL NIL "k" "l"))'],
  ['=?utf-8?q?J=C3=BCrgen?= <j@d>', '(("=?utf-8?q?J=C3=BCrgen?=" NIL "j" "d"))'],
  ['J\xfcrgen <j@d>', '(({6}\r\nJ\xfcrgen NIL "j" "d"))'],
])('an address list in the envelope: %s', async (to, expected) => {
  const server = await start();
  server.store.deliver('INBOX', Buffer.from(`To: ${to}\r\n\r\n`, 'latin1'));
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 ENVELOPE')).toEqual([
    `1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL ${expected} NIL NIL NIL NIL))`,
  ]);
});

test('reading without PEEK sets \\Seen and says so, once, but not in EXAMINE', async () => {
  const { server, client } = await open(PLAIN);
  await client.ok('EXAMINE INBOX');
  expect((await client.ok('FETCH 1 BODY[TEXT]'))[0]).not.toContain('FLAGS');
  await client.ok('SELECT INBOX');
  expect(await client.ok('FETCH 1 (RFC822.TEXT)')).toEqual([
    '1 FETCH (RFC822.TEXT {14}\r\nHello\r\nWorld\r\n FLAGS (\\Seen))',
  ]);
  expect((await client.ok('FETCH 1 RFC822'))[0]).not.toContain('FLAGS');
  expect([...(server.store.mailbox('INBOX').messages[0]?.flags ?? [])]).toEqual(['\\Seen']);
});

test('UID FETCH always gives the UID and ignores what is not there', async () => {
  const { client } = await open(PLAIN);
  expect(await client.ok('UID FETCH 1 RFC822.SIZE')).toEqual(['1 FETCH (UID 1 RFC822.SIZE 87)']);
  expect(await client.ok('UID FETCH 5:9 FLAGS')).toEqual([]);
  expect(await client.ok('UID FETCH 9:* (UID)')).toEqual(['1 FETCH (UID 1)']);
});

test.each([
  'FETCH 0 FLAGS',
  'FETCH 2 FLAGS',
  'FETCH 1,2 FLAGS',
  'FETCH 1: FLAGS',
  'FETCH a FLAGS',
  'FETCH 1 NONSENSE',
  'FETCH 1 (FLAGS',
  'FETCH 1 ()',
  'FETCH 1 (FLAGS  UID)',
  'FETCH 1 (ALL)',
  'FETCH 1 BODY[',
  'FETCH 1 BODY[MIME]',
  'FETCH 1 BODY[0]',
  'FETCH 1 BODY[1.]',
  'FETCH 1 BODY[HEADER.FIELDS]',
  'FETCH 1 BODY[HEADER.FIELDS ()]',
  'FETCH 1 BODY[]<1>',
  'FETCH 1 BODY[]<0.0>',
  'FETCH 4294967296 FLAGS',
  'FETCH  1 FLAGS',
  'FETCH 1 FLAGS ',
])('is BAD: %s', async (command) => {
  const { client } = await open(PLAIN);
  expect(await client.tagged(command)).toMatch(/^BAD/);
});

test('raw UTF-8 in a header keeps the bytes that are white space in ISO 8859-1', async () => {
  const server = await start();
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const name = utf8('D\u00e9j\u00e0 Vu');
  const subject = utf8('voil\u00e0');
  const raw = `From: ${name} <a@b.example>\nSubject: ${subject}\nContent-Type: text/plain; name=${subject}\n\ntext\n`;
  server.store.deliver('INBOX', Buffer.from(raw, 'latin1'));
  const client = await login(server, 'INBOX');
  const [answer = ''] = await client.ok('FETCH 1 (ENVELOPE BODYSTRUCTURE)');
  expect(answer).toContain(`NIL {${subject.length}}\r\n${subject} (({${name.length}}\r\n${name} NIL "a" "b.example"))`);
  expect(answer).toContain(`"name" {${subject.length}}\r\n${subject}`);
});

test('an envelope has U+FFFD for NUL, which stands in no string', async () => {
  const server = await start();
  server.store.deliver('INBOX', 'Subject: a\0b\r\n\r\n');
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 ENVELOPE')).toEqual([
    '1 FETCH (ENVELOPE (NIL {5}\r\na\xef\xbf\xbdb NIL NIL NIL NIL NIL NIL NIL NIL))',
  ]);
});

test.each(['; boundary=b\r\n\r\n\r\n--b--', '\r\n\r\ntext'])(
  'a multipart without parts has an empty one: %j',
  async (rest) => {
    const { client } = await open(`Content-Type: multipart/mixed${rest}\r\n`);
    const [structure] = await client.ok('FETCH 1 BODY');
    expect(structure).toBe('1 FETCH (BODY (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed"))');
    expect(await client.ok('FETCH 1 (BODY.PEEK[1] BINARY.PEEK[1] BODY.PEEK[2])')).toEqual([
      '1 FETCH (BODY[1] {0}\r\n BINARY[1] {0}\r\n BODY[2] NIL)',
    ]);
  },
);

test('a message keeps every byte but NUL, and bare line feeds count as line ends', async () => {
  const server = await start();
  const raw = Buffer.from('Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n\xff\0\n--b--', 'latin1');
  server.store.deliver('INBOX', raw);
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 BODY.PEEK[]')).toEqual([
    `1 FETCH (BODY[] {${raw.length}}\r\n${raw.toString('latin1').replace('\0', '\x80')})`,
  ]);
  expect(await client.ok('FETCH 1 BODY.PEEK[1]')).toEqual(['1 FETCH (BODY[1] {2}\r\n\xff\x80)']);
});

test.each([
  // RFC 2045 §6.8: what is not in the alphabet is passed over, and pieces with padding of their own may follow each other.
  ['base64', 'SGVsbG8g*d29ybGQ\r\n=\r\nIQ==IQ\r\n', 'Hello world!!'],
  ['base64', 'SGVsbG8=SGVsbG8=\r\n', 'HelloHello'],
  ['base64', 'SGVs-bG8_\r\n', 'Hello'],
  ['base64', 'SGVsbG\r\n8\r\n', 'Hello'],
  // RFC 2045 §6.7: white space at a line's end goes, the last line's too, and with it a soft line break behind which nothing is.
  ['quoted-printable', 'a =\r\nb=20 \t\r\nc=\r\n', 'a b \r\nc'],
  ['quoted-printable', 'a=3d = \t\r\nx  ', 'a= x'],
  ['quoted-printable', 'x=', 'x'],
  ['quoted-printable', 'a=zz=4', 'a=zz=4'],
])('what is broken in %s %j is decoded as by Cyrus', async (encoding, body, text) => {
  const { client } = await open(`Content-Transfer-Encoding: ${encoding}\r\n\r\n${body}`);
  expect(await client.ok('FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])')).toEqual([
    `1 FETCH (BINARY.SIZE[1] ${text.length} BINARY[1] {${text.length}}\r\n${text})`,
  ]);
});

test.each([
  ['*0*=utf-8\'\'%C3%A4; name*1="b%41 c"', "utf-8''%C3%A4b%2541%20c", 'äb%41 c'],
  ['*0="a\'b\'"; name*1*=%41', "''a%27b%27%41", "a'b'A"],
  ['*1=b; name*0*=a', 'ab', 'ab'],
])(
  'of a parameter in pieces, name%s, those that are not encoded are encoded with the others',
  async (rest, joined, text) => {
    expect(await value(`Content-Type: image/png; name${rest}\r\n\r\nx`, 'BODY')).toContain(`("name*" "${joined}")`);
    expect(decodeExtended(joined)).toBe(text);
  },
);
