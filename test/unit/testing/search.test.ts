import { expect, test } from 'vitest';
import type { ImapServer } from '../../../src/testing/index.ts';
import { login, start } from './servers.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const literal = (text: string) => `{${Buffer.byteLength(text)}+}\r\n${bytes(text)}`;

/** Five messages whose UIDs are 2 to 6. */
async function mailbox(): Promise<ImapServer> {
  const server = await start();
  const inbox = server.store.mailbox('INBOX');
  const add = (raw: string, day: number, ...flags: string[]) =>
    inbox.deliver(raw, { flags, internalDate: { at: Date.UTC(2024, 0, day, 22), zone: 180 } });
  add('Subject: gone\n\n', 1);
  add(
    'From: Alice <alice@example.org>\nTo: bob@x\nSubject: Report\nDate: Wed, 3 Jan 2024 23:30:00 -0500\n\nNumbers\n',
    2,
  );
  add(
    'From: bob@x\nCc: alice@example.org\nBcc: carol@y\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?q?_aus_K=F6ln?=\n\nnothing\n',
    3,
    '\\Seen',
  );
  add(
    'Subject: encoded\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n',
    4,
    '\\Flagged',
    '\\Seen',
    'Work',
  );
  add(
    'Subject: qp\nX-Empty:\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nM=C3=BCn=\nchen\n',
    5,
    '\\Answered',
    '\\Draft',
  );
  add(
    `Subject: parts\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n${'deep '.repeat(100)}\n--b\nContent-Type: image/png; name=deepfile\n\ndeepimage\n--b--\n`,
    6,
    '\\Deleted',
  );
  inbox.remove([1]);
  return server;
}

test.each([
  ['Tue, 8 Feb 1994 05:52:25 +0000', 'SEARCH 1'],
  ['Tue,8 Feb 1994 05:52 GMT', 'SEARCH 1'],
  ['8 Feb 94 05:52:25 (here) -0000', 'SEARCH 1'],
  // Without its comma the day of the week is for Dovecot and Cyrus no date at all.
  ['Tue 8 Feb 1994 05:52:25 +0000', 'SEARCH'],
])('SENTON of a Date field %j', async (date, found) => {
  const server = await start();
  server.store.deliver('INBOX', `Date: ${date}\n\nx\n`);
  expect(await (await login(server, 'INBOX')).ok('SEARCH SENTON 8-Feb-1994')).toEqual([found]);
});

test.each([
  ['ALL', '2 3 4 5 6'],
  ['1:2', '2 3'],
  ['*', '6'],
  ['UID 5:*', '5 6'],
  ['UID 100:*', '6'],
  ['UID 1', ''],
  ['SEEN', '3 4'],
  ['UNSEEN', '2 5 6'],
  ['FLAGGED SEEN', '4'],
  ['UNFLAGGED', '2 3 5 6'],
  ['ANSWERED', '5'],
  ['UNANSWERED', '2 3 4 6'],
  ['DRAFT', '5'],
  ['UNDRAFT', '2 3 4 6'],
  ['DELETED', '6'],
  ['UNDELETED', '2 3 4 5'],
  ['KEYWORD work', '4'],
  ['UNKEYWORD Work', '2 3 5 6'],
  ['RECENT', '2 3 4 5 6'],
  ['NEW', '2 5 6'],
  ['OLD', ''],
  ['LARGER 400', '6'],
  ['SMALLER 400', '2 3 4 5'],
  ['BEFORE 5-Jan-2024', '2 3'],
  ['ON 05-Jan-2024', '4'],
  ['SINCE "5-Jan-2024"', '4 5 6'],
  ['SENTON 3-Jan-2024', '2'],
  ['SENTBEFORE 4-Jan-2024', '2'],
  ['SENTSINCE 4-Jan-2024', ''],
  ['FROM alice', '2'],
  ['CC ALICE@', '3'],
  ['BCC carol', '3'],
  ['TO bob', '2'],
  ['SUBJECT port', '2'],
  ['HEADER X-Empty ""', '5'],
  ['HEADER Subject ""', '2 3 4 5 6'],
  ['HEADER X-None ""', ''],
  ['HEADER from example.org', '2'],
  ['BODY numbers', '2'],
  ['BODY deep', '6'],
  ['BODY deepimage', ''],
  ['TEXT deepfile', '6'],
  ['TEXT alice', '2 3'],
  ['BODY alice', ''],
  ['NOT SEEN', '2 5 6'],
  ['OR SEEN DELETED', '3 4 6'],
  ['OR (SEEN FLAGGED) (ANSWERED)', '4 5'],
  ['NOT (OR SEEN DELETED)', '2 5'],
  ['NOT NOT SEEN', '3 4'],
  ['CHARSET US-ASCII SEEN', '3 4'],
  [`CHARSET UTF-8 SUBJECT ${literal('grüße aus KÖLN')}`, '3'],
  [`CHARSET utf-8 SUBJECT ${literal('grüße')}`, '3'],
  [`CHARSET UTF-8 BODY ${literal('Привет')}`, '4'],
  [`CHARSET UTF-8 TEXT ${literal('münchen')}`, '5'],
])('UID SEARCH %s', async (keys, uids) => {
  const client = await login(await mailbox(), 'INBOX');
  expect(await client.ok(`UID SEARCH ${keys}`)).toEqual([uids === '' ? 'SEARCH' : `SEARCH ${uids}`]);
});

test.each([
  ['RETURN (MIN MAX COUNT) ALL', 'UID MIN 2 MAX 6 COUNT 5'],
  ['RETURN () SEEN', 'UID ALL 3:4'],
  ['RETURN (ALL) OR UID 2 UID 4:6', 'UID ALL 2,4:6'],
  ['RETURN (MIN MAX COUNT ALL) UID 1', 'UID COUNT 0'],
])('UID SEARCH %s', async (keys, results) => {
  const client = await login(await mailbox(), 'INBOX');
  expect(await client.ok(`UID SEARCH ${keys}`)).toEqual([`ESEARCH (TAG "A3") ${results}`]);
});

test('a tab in a header is a space for a search, as with Dovecot and Cyrus', async () => {
  const server = await start();
  server.store.deliver('INBOX', 'Subject: a long\n\tsubject\nX-Tab: one\ttwo\n\nbody\n');
  const client = await login(server, 'INBOX');
  for (const keys of ['SUBJECT "long subject"', 'TEXT "long subject"', 'HEADER X-Tab "one two"'])
    expect([keys, await client.ok(`SEARCH ${keys}`)]).toEqual([keys, ['SEARCH 1']]);
});

test('SEARCH without UID gives sequence numbers', async () => {
  const client = await login(await mailbox(), 'INBOX');
  expect(await client.ok('SEARCH SEEN')).toEqual(['SEARCH 2 3']);
  expect(await client.ok('SEARCH RETURN (ALL) SEEN')).toEqual(['ESEARCH (TAG "A4") ALL 2:3']);
});

test.each([
  ['SEARCH', 'BAD'],
  ['SEARCH ', 'BAD'],
  ['SEARCH NONSENSE', 'BAD'],
  ['SEARCH SINCE yesterday', 'BAD'],
  ['SEARCH SINCE 31-Feb-2024', 'BAD'],
  ['SEARCH LARGER x', 'BAD'],
  ['SEARCH (SEEN', 'BAD'],
  ['SEARCH SEEN)', 'BAD'],
  ['SEARCH OR SEEN', 'BAD'],
  ['SEARCH RETURN (NONSENSE) ALL', 'BAD'],
  [`SEARCH SUBJECT ${literal('ü')}`, 'BAD'],
  [`SEARCH SUBJECT "${bytes('ü')}"`, 'BAD'],
  ['SEARCH CHARSET UTF-8 SUBJECT {2+}\r\n\xff\xff', 'BAD'],
  ['SEARCH CHARSET KLINGON ALL', 'NO [BADCHARSET (US-ASCII UTF-8)]'],
  [`SEARCH ${'('.repeat(1000)}ALL${')'.repeat(1000)}`, 'BAD'],
  [`SEARCH ${'NOT '.repeat(100_000)}ALL`, 'BAD'],
])('%s is refused', async (command, answer) => {
  const client = await login(await mailbox(), 'INBOX');
  expect(await client.tagged(command)).toContain(answer);
  await client.ok('NOOP');
});
