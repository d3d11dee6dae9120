import { expect, it } from 'vitest';
import { type ImapUrlParts, imapUrl, UsageError } from '../../src/index.ts';

it.each([
  [{ mailbox: 'INBOX' }, '/INBOX'],
  [{ mailbox: 'INBOX', uid: 1 }, '/INBOX/;UID=1'],
  [
    { mailbox: 'Drafts', uidValidity: 385759045, uid: 20, section: 'HEADER' },
    '/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER',
  ],
  [{ mailbox: 'a b/Ä;?#%"&=', uid: 4294967295 }, '/a%20b/%C3%84%3B%3F%23%25%22%26%3D/;UID=4294967295'],
  [{ mailbox: 'A', uid: 2, partial: { offset: 0, length: 10 } }, '/A/;UID=2/;PARTIAL=0.10'],
  [{ mailbox: 'A', uid: 2, section: '1.MIME', partial: { offset: 7 } }, '/A/;UID=2/;SECTION=1.MIME/;PARTIAL=7'],
  [
    {
      server: 'imap://joe@mail.example.com:143',
      mailbox: 'A',
      uid: 2,
      expire: new Date(Date.UTC(2026, 10, 23, 1, 2, 3, 4)),
      access: 'submit+fred',
    },
    'imap://joe@mail.example.com:143/A/;UID=2;EXPIRE=2026-11-23T01:02:03Z;URLAUTH=submit+fred',
  ],
] as [ImapUrlParts, string][])('%j is %s', (parts, url) => {
  expect(imapUrl(parts)).toBe(url);
});

it('does not show a password that stands in what is refused', () => {
  const parts = { server: 'imap://anna:hunter2@host/', mailbox: 'A' };
  expect(() => imapUrl(parts)).toThrow(/^(?!.*hunter2).*URL of a server/);
});

it.each([
  { mailbox: '' },
  { mailbox: 'a\r\nb' },
  { mailbox: '\ud800' },
  { mailbox: 'A', uid: 0 },
  { mailbox: 'A', uid: 1.5 },
  { mailbox: 'A', uidValidity: 2 ** 32 },
  { mailbox: 'A', uid: 1, partial: { offset: -1 } },
  { mailbox: 'A', uid: 1, access: 'a;URLAUTH=b' },
  { mailbox: 'A', uid: 1, access: 'us er' },
  { mailbox: 'A', uid: 1, expire: 'soon' as unknown as Date }, // a caller without types
  { mailbox: 'A', uid: 1, expire: new Date(Number.NaN) },
  { server: 'http://example.com', mailbox: 'A' },
  { server: 'imap://a/b', mailbox: 'A' },
  { server: 'imap://a\r\n', mailbox: 'A' },
  // A caller without types.
  undefined,
  null,
  { server: null, mailbox: 'A' },
  { mailbox: 'A', section: 5 },
  { mailbox: 'A', partial: 5 },
  { mailbox: 'A', access: 5 },
] as unknown as ImapUrlParts[])('refuses %j', (parts) => {
  expect(() => imapUrl(parts)).toThrow(UsageError);
  expect(() => imapUrl(parts)).toThrow('imapUrl: ');
});

it.each(['server', 'access', 'section', 'mailbox'])('refuses what only turns into the text of its %s', (name) => {
  let looks = 0;
  const shifting = { toString: () => (looks++ === 0 ? 'imap://a' : 'imap://a/;URLAUTH=anonymous\r\n') };
  for (const value of [Symbol('x'), shifting, ['imap://a']]) {
    const parts = { mailbox: 'A', [name]: value } as unknown as ImapUrlParts; // a caller without types
    expect(() => imapUrl(parts)).toThrow(UsageError);
  }
});
