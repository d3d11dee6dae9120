import { expect, test } from 'vitest';
import { login, start } from './servers.ts';

const nested = Array.from(
  { length: 3000 },
  (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
);

test.each([
  ['an unclosed comment', `From: ${'('.repeat(300_000)}`],
  ['angle brackets', `To: ${'<'.repeat(300_000)}`],
  ['quotes', `To: ${'"'.repeat(300_000)}`],
  ['commas', `To: ${'a,'.repeat(100_000)}`],
  ['characters that belong nowhere', 'To: )>];:@\\,;)\r\nCc: ;;;>>>\r\nFrom: ]'],
  ['many fields', 'a:b\r\n'.repeat(100_000)],
  ['a field without end', `Subject: ${'\r\n '.repeat(100_000)}`],
  ['multiparts in multiparts', nested.join('')],
  ['messages in messages', 'Content-Type: message/rfc822\r\n\r\n'.repeat(3000)],
  ['many parts', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(50_000)}`],
  ['lines like delimiters', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'\n--'.repeat(300_000)}`],
  ['parameters', `Content-Type: text/plain${';a=b'.repeat(50_000)}`],
  ['continuations with a gap', 'Content-Type: text/plain; a*0=x; a*2=y; a*999=z'],
  ['encoded words', `Subject: ${'=?utf-8?q?x?= '.repeat(50_000)}`],
  ['quoted-printable of spaces', `Content-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(300_000)}x`],
  ['padding in base64', `Content-Transfer-Encoding: base64\r\n\r\n${'QQ='.repeat(100_000)}`],
  ['nothing at all', ''],
])('a message with %s can be read and searched', async (_, raw) => {
  const server = await start();
  server.store.deliver('INBOX', Buffer.from(raw));
  const client = await login(server, 'INBOX');
  const [response] = await client.ok('FETCH 1 (RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE)');
  expect(response).toContain(`RFC822.SIZE ${raw.length} ENVELOPE (`);
  expect(await client.ok('SEARCH TEXT nowhere')).toEqual(['SEARCH']);
});
