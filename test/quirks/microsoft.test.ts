/** Exchange 2003 to 2019, Office 365 and Outlook.com. */
import { describe, expect } from 'vitest';
import { AuthenticationError } from '../../src/index.ts';
import { type Exchange, quirk } from './quirk.ts';

describe('Exchange', () => {
  quirk(
    'sends COPYUID without "* OK" (MailKit #115)',
    [['UID MOVE 31 "x"', '[COPYUID 55 31 6]', '* 1 EXPUNGE', '* 0 EXISTS', 'OK MOVE completed.']],
    async ({ mailbox, unknown }) => {
      expect(await mailbox.move(31, 'x')).toEqual({ uidValidity: 55, uids: new Map([[31, 6]]) });
      expect(mailbox.exists).toBe(0);
      expect(unknown).toEqual([]);
    },
    { capabilities: 'UIDPLUS MOVE', exists: 1 },
  );
  quirk(
    'says the end of its answer twice (Exchange 2003, libetpan#45)',
    [['CAPABILITY', '* CAPABILITY IMAP4rev1 X', 'OK CAPABILITY completed.', 'CAPABILITY completed.']],
    async ({ client, unknown }) => {
      await client.command('CAPABILITY');
      await client.noop();
      expect(client.capabilities.has('X')).toBe(true);
      expect(unknown.map(({ text }) => text)).toEqual(['CAPABILITY completed.']);
    },
  );
  quirk(
    'asks for more when nothing waits (MailKit #852)',
    [['NOOP', '+ ready', 'OK done']],
    async ({ client, scene }) => {
      await client.noop();
      expect(scene.told).toContain('A continuation request that no command waits for was ignored');
    },
  );
  quirk(
    'names messages that are not there (angus)',
    [['NOOP', '* 3 EXISTS', '* 7 FETCH (FLAGS (\\Seen))', '* 9 EXPUNGE', '* 2 FETCH (FLAGS (\\Seen))', 'OK done']],
    async ({ client, mailbox, unknown }) => {
      const told: unknown[] = [];
      mailbox.on('flags', ({ seq }) => told.push(['flags', seq]));
      mailbox.on('expunge', ({ seq }) => told.push(['expunge', seq]));
      await client.noop();
      expect(told).toEqual([['flags', 2]]);
      expect(mailbox.exists).toBe(3);
      expect(unknown).toEqual([]);
    },
    { exists: 3 },
  );
  quirk(
    'answers a slice with the whole (angus)',
    [
      ['UID FETCH 5 (UID BODY.PEEK[]<4.3>)', '* 1 FETCH (UID 5 BODY[] {10}\r\n0123456789)', 'OK done'],
      ['UID FETCH 5 ', '* 1 FETCH (UID 5 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 10 1))', 'OK done'],
      ['UID FETCH 5 (UID BODY.PEEK[1]<0.4>)', '* 1 FETCH (UID 5 BODY[1] {10}\r\n0123456789)', 'OK done'],
    ],
    async ({ mailbox }) => {
      const slice = await mailbox.fetchOne(5, { source: { offset: 4, length: 3 } });
      expect(slice?.source.toString()).toBe('456');
      expect((await mailbox.content(5, { maxBytes: 4 }))?.text).toBe('0123');
    },
    { exists: 1 },
  );
  quirk(
    'knows the user and has no mailbox for them: every command is BAD (MailKit)',
    [['NAMESPACE', 'BAD User is authenticated but not connected.']],
    async ({ client, scene }) => {
      expect(await scene.failure(client.namespaces())).toBeInstanceOf(AuthenticationError);
    },
    { capabilities: 'NAMESPACE' },
  );
  quirk(
    'hangs up at NAMESPACE (Exchange 2003, MailKit #1512)',
    [['LIST "" ""', '* LIST (\\Noselect) "/" ""', 'OK done']],
    async ({ client }) => {
      expect(await client.namespaces()).toEqual({
        personal: [{ prefix: '', delimiter: '/' }],
        otherUsers: [],
        shared: [],
      });
    },
    {
      greeting:
        '* PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE] Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (x) ready.',
    },
  );
  quirk(
    'breaks a line within a quoted string (Outlook, Cyrus; go-imap#452)',
    [
      [
        'UID FETCH 1:9 ',
        '* 1 FETCH (UID 1 ENVELOPE ("date" "folded\r\n subject" NIL NIL NIL NIL NIL NIL NIL NIL))',
        '* 2 FETCH (UID 2 ENVELOPE (NIL "plain" NIL NIL NIL NIL NIL NIL NIL NIL))',
        'OK done',
      ],
    ],
    async ({ mailbox, unknown }) => {
      const messages = await mailbox.fetchAll('1:9', { envelope: true });
      expect(messages.map(({ envelope }) => envelope.subject)).toEqual(['folded subject', 'plain']);
      expect(messages[0]?.envelope.raw.subject).toBe('folded\r\n subject');
      expect(unknown).toEqual([]);
    },
    { exists: 2 },
  );
});

describe('Office 365', () => {
  const names = Array.from({ length: 60 }, (_, index) => `m${index}`);
  for (const greeting of [
    'The Microsoft Exchange IMAP4 service is ready. [TABOADIAUABSADAANgA=]',
    'Microsoft Exchange IMAP4 service ready. (tcpproxy/15.21.0406.000 BACKENDAUTHENTICATE)',
  ])
    quirk(
      `misreads one of fifty STATUS at a time: it is asked 25 (Outlook.com, Geary, GNOME #766552): ${greeting}`,
      [
        ['CAPABILITY', '* CAPABILITY IMAP4 IMAP4rev1', 'OK done'],
        ['LIST', ...names.map((name) => `* LIST () "/" ${name}`), 'OK done'],
        ...names.map((name): Exchange => [`STATUS "${name}"`, `* STATUS ${name} (MESSAGES 3)`, 'OK done']),
      ],
      async ({ client, scene }) => {
        const mailboxes = await client.list({ status: ['messages'] });
        expect(mailboxes.filter(({ status }) => status?.messages === 3)).toHaveLength(names.length);
        let inFlight = 0;
        const counts = scene.log.map(({ direction, text }) => {
          if (direction === 'out' && text.includes(' STATUS ')) inFlight++;
          else if (direction === 'in' && inFlight > 0 && text.endsWith(' OK done')) inFlight--;
          return inFlight;
        });
        expect(Math.max(...counts)).toBe(25);
      },
      { greeting: `* PREAUTH ${greeting}` },
    );
  quirk(
    'puts a sentence into a response code (net-imap#597)',
    [
      ['CAPABILITY', '* CAPABILITY IMAP4rev1', 'OK done'],
      [
        'LOGIN "u" "p"',
        'OK [Error="Microsoft.Exchange.Data.Storage.WrongServerException:Cross Server access is not allowed for mailbox x" AuthResultFromPopImapEnd=0 Proxy=X.PROD.OUTLOOK.COM:1993:SSL Service=Imap4] LOGIN completed.',
      ],
      ['CAPABILITY', '* CAPABILITY IMAP4rev1 UIDPLUS', 'OK done'],
    ],
    async ({ client }) => {
      expect(client.state).toBe('authenticated');
      expect(client.capabilities.has('UIDPLUS')).toBe(true);
    },
    { greeting: '* OK The Microsoft Exchange IMAP4 service is ready.', connect: { auth: { user: 'u', pass: 'p' } } },
  );
  quirk(
    'offers IMAP4rev2 beside IMAP4rev1, and refuses what only IMAP4rev2 has (MailKit #2016)',
    [
      ['UID SEARCH UNSEEN', '* SEARCH 7', 'OK SEARCH completed.'],
      ['LIST "" "*"', '* LIST (\\HasNoChildren) "/" INBOX', 'OK LIST completed.'],
      ['UID FETCH 7 (UID BODY.PEEK[1] BODYSTRUCTURE)', 'OK FETCH completed.'],
    ],
    async ({ client, mailbox }) => {
      expect(await mailbox.search({ seen: false })).toEqual([7]);
      expect((await client.list()).map(({ name }) => name)).toEqual(['INBOX']);
      await mailbox.fetchAll(7, { binary: ['1'] });
    },
    {
      greeting:
        '* PREAUTH [CAPABILITY IMAP4 IMAP4rev1 AUTH=XOAUTH2 UIDPLUS MOVE ID UNSELECT ENABLE IMAP4rev2 CHILDREN IDLE NAMESPACE LITERAL+] Microsoft Exchange IMAP4 service ready. (tcpproxy/15.21.0406.000 BACKENDAUTHENTICATE)',
      exists: 1,
    },
  );
  quirk(
    'leaves out the sets of an empty copy (Outlook.com, MailKit #555)',
    [['UID COPY 9 "x"', 'OK [COPYUID 14  ] done']],
    async ({ mailbox }) => {
      expect(await mailbox.copy(9, 'x')).toEqual({ uidValidity: 14, uids: new Map() });
    },
    { capabilities: 'UIDPLUS', exists: 1 },
  );
});
