/** What reports do not give one server for, and what all servers need. */
import { describe, expect } from 'vitest';
import { UidSet } from '../../src/wire/uid-set.ts';
import { quirk } from './quirk.ts';

describe('some servers', () => {
  quirk(
    'lose the tag of an answer (emailjs #77)',
    [
      ['UID SEARCH', '* SEARCH 1', 'OK done'],
      ['UID FETCH', '* 1 FETCH (UID 1 FLAGS ())', 'OK done'],
      ['IDLE', '+ idling', '* 1 EXPUNGE', '…', ' OK IDLE completed.'],
      ['NOOP', ' OK NOOP completed.'],
    ],
    async ({ client, mailbox }) => {
      for await (const { type } of mailbox.watch()) {
        expect(type).toBe('vanished');
        break;
      }
      await client.noop();
    },
    { capabilities: 'IDLE', exists: 1 },
  );
  quirk(
    'pad their responses with NUL, the greeting too (imapflow 1.0.85)',
    [
      ['STATUS "a"', '\0* STATUS a (MESSAGES 12)', '\0\0@ OK done'],
      ['UID FETCH 3 ', '\0* 1 FETCH (UID 3 BODY[] {5}\r\nhello)', '\0@ OK done'],
    ],
    async ({ client, mailbox, unknown }) => {
      expect(await client.status('a', ['messages'])).toEqual({ messages: 12 });
      expect((await mailbox.fetchOne(3, { source: true }))?.source.toString()).toBe('hello');
      expect(unknown).toEqual([]);
    },
    { exists: 1, greeting: '\0* PREAUTH [CAPABILITY IMAP4rev1] ready' },
  );
  quirk(
    'send a BODYSTRUCTURE that fits no grammar: what else they say of the message arrives (swift-nio-imap #757)',
    [['UID FETCH 3 ', '* 1 FETCH (UID 3 BODYSTRUCTURE unavailable FLAGS (\\Seen))', 'OK done']],
    async ({ mailbox, unknown }) => {
      const message = await mailbox.fetchOne(3, { flags: true, bodyStructure: true });
      expect([message?.uid, message?.flags.has('\\Seen')]).toEqual([3, true]);
      expect(message?.bodyStructure).toMatchObject({ part: '1', type: 'application/octet-stream' });
      expect(unknown).toHaveLength(1);
    },
    { exists: 1 },
  );
  quirk(
    'do not escape a backslash at the end of a file name (Roundcube #9689)',
    [
      [
        'UID FETCH 3:4 ',
        '* 1 FETCH (UID 3 BODYSTRUCTURE ("APPLICATION" "PDF" ("NAME" "HARB LG A 37\\") NIL NIL "BASE64" 4 NIL ("ATTACHMENT" ("FILENAME" "HARB LG A 37\\")) NIL NIL) FLAGS (a) BODY[] {3}\r\nabc)',
        '* 2 FETCH (UID 4 BODYSTRUCTURE (("TEXT" "HTML" NIL NIL NIL "7BIT" 3 1)("IMAGE" "PNG" ("NAME" "b\\")("x" "y")) "MIXED") FLAGS (b) BODY[] {3}\r\ndef)',
        'OK done',
      ],
    ],
    async ({ mailbox, unknown }) => {
      const [first, second] = await mailbox.fetchAll('3:4', { flags: true, bodyStructure: true, source: true });
      expect(first?.bodyStructure).toEqual({
        part: '1',
        type: 'application/pdf',
        params: { name: 'HARB LG A 37\\' },
        encoding: 'base64',
        size: 4,
        disposition: { type: 'attachment', params: { filename: 'HARB LG A 37\\' } },
        filename: 'HARB LG A 37\\',
      });
      expect([first?.flags, first?.source.toString()]).toEqual([new Set(['a']), 'abc']);
      expect([second?.flags, second?.source.toString()]).toEqual([new Set(['b']), 'def']);
      expect(unknown).toEqual([]);
    },
    { exists: 2 },
  );
  quirk(
    'hand on a Date field in encoded words, of which none was a date (marrow mailer #46, ddeboer #63, mailcore2 #1366)',
    [
      [
        'UID FETCH 1:3 ',
        '* 1 FETCH (UID 1 ENVELOPE ("=?utf-8?q?Sat=2C_01_Sep_2012_13=3A08=3A29_-0300?=" NIL NIL NIL NIL NIL NIL NIL NIL NIL))',
        '* 2 FETCH (UID 2 ENVELOPE ("=?utf-8?B?0fAsIDQg4OLjIDIwMTAgMTM6MDE6NDAgKzAzMDA=?=" NIL NIL NIL NIL NIL NIL NIL NIL NIL))',
        '* 3 FETCH (UID 3 ENVELOPE ({72}\r\nTue Feb 16 2016 17:23:34 GMT+0800\r\n =?UTF-8?Q?=28=E4=B8=AD=E5=9B=BD=29?= NIL NIL NIL NIL NIL NIL NIL NIL NIL))',
        'OK done',
      ],
    ],
    async ({ mailbox }) => {
      const messages = await mailbox.fetchAll('1:3', { envelope: true });
      expect(messages.map(({ envelope }) => envelope.date?.toISOString())).toEqual([
        '2012-09-01T16:08:29.000Z',
        undefined,
        '2016-02-16T09:23:34.000Z',
      ]);
      expect(messages[0]?.envelope.raw.date).toBe('=?utf-8?q?Sat=2C_01_Sep_2012_13=3A08=3A29_-0300?=');
    },
    { exists: 3 },
  );
  quirk(
    'answer with another word than OK, NO and BAD: a refusal (K-9 Mail)',
    [['CHECK', '@ ERROR COMMAND errored']],
    async ({ mailbox, scene }) => {
      expect(await scene.failure(mailbox.check())).toMatchObject({ status: 'BAD', text: 'ERROR COMMAND errored' });
    },
    { exists: 1 },
  );
  quirk(
    'write more into the braces of a literal than its size (MailKit)',
    [['UID FETCH 3 ', '* 1 FETCH (BODY[] {5+junk}junk\r\nhello UID 3)', 'OK done']],
    async ({ mailbox, unknown }) => {
      expect((await mailbox.fetchOne(3, { source: true }))?.source.toString()).toBe('hello');
      expect(unknown).toEqual([]);
    },
    { exists: 1 },
  );
  quirk(
    'count a literal too short (MailKit #954)',
    [['UID FETCH 3 ', '* 1 FETCH (UID 3 BODY[] {8}\r\nabcdefgh\r\n)', '* 2 FETCH (FLAGS ())', 'OK done']],
    async ({ mailbox }) => {
      expect((await mailbox.fetchOne(3, { source: true }))?.source.toString()).toBe('abcdefgh');
    },
    { exists: 2 },
  );
  quirk(
    'send what is no response, with a literal (MailKit)',
    [['LIST', '* {25}\r\nThis should be skipped...\r\n* LIST (\\NoSelect) "/" "Buggy Folder Listing"', 'OK done']],
    async ({ client, unknown }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['Buggy Folder Listing']);
      expect(unknown.map(({ literals }) => literals.map(String))).toEqual([['This should be skipped...']]);
    },
  );
  quirk(
    'end lines with LF alone',
    [['LIST', '* LIST () "/" a\n* LIST () "/" "b"\n* LIST () "/" {1}\nc', 'OK done']],
    async ({ client }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    },
  );
  quirk(
    'name no PERMANENTFLAGS: all are kept (MailKit #140)',
    [['SELECT "Box"', '* FLAGS (\\Seen)', '* 1 EXISTS', 'OK [READ-WRITE] SELECT']],
    async ({ client }) => {
      const mailbox = await client.open('Box');
      expect([...mailbox.permanentFlags]).toEqual(['\\Seen', '\\*']);
    },
  );
  quirk(
    'offer CONDSTORE and do not know it in SELECT: they are asked without it, and for no more of it (MailKit #757)',
    [
      ['EXAMINE "Box" (CONDSTORE)', 'BAD Unrecognised option condstore on Examine'],
      ['EXAMINE "Box"', '* 2 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['UID SEARCH ALL', '* SEARCH 3 4', 'OK done'],
      ['SELECT "other"', '* 0 EXISTS', 'OK [READ-WRITE] x'],
    ],
    async ({ client, sent }) => {
      const mailbox = await client.open('Box', { readOnly: true });
      expect([mailbox.exists, await mailbox.search({})]).toEqual([2, [3, 4]]);
      expect(client.capabilities.has('CONDSTORE')).toBe(false);
      await client.open('other');
      expect(sent().at(-1)).toBe('SELECT "other"');
    },
    { capabilities: 'CONDSTORE' },
  );
  quirk(
    'refuse SELECT for another reason than CONDSTORE: it is told, and CONDSTORE stays',
    [
      ['SELECT "a" (CONDSTORE)', 'BAD no such name'],
      ['SELECT "a"', 'BAD no such name'],
      ['SELECT "b" (CONDSTORE)', 'NO [NONEXISTENT] no'],
      ['SELECT "c" (CONDSTORE)', 'OK [READ-WRITE] x'],
    ],
    async ({ client, scene }) => {
      expect(await scene.failure(client.open('a'))).toMatchObject({ status: 'BAD', text: 'no such name' });
      expect(await scene.failure(client.open('b'))).toMatchObject({ code: 'NONEXISTENT' });
      await client.open('c');
      expect(client.capabilities.has('CONDSTORE')).toBe(true);
    },
    { capabilities: 'CONDSTORE' },
  );
  quirk(
    'put quotas apart with more than one space, or name no limit',
    [
      ['GETQUOTA ""', '* QUOTA "" (STORAGE  10  512)', 'OK done'],
      ['GETQUOTA "a"', '* QUOTA a (STORAGE 10 -1 MESSAGE 3 NIL MAILBOX 2)', 'OK done'],
    ],
    async ({ client }) => {
      expect(await client.quota.get('')).toEqual({ root: '', resources: { STORAGE: { used: 10, limit: 512 } } });
      const [STORAGE, MESSAGE, MAILBOX] = [10, 3, 2].map((used) => ({ used, limit: Number.POSITIVE_INFINITY }));
      expect(await client.quota.get('a')).toEqual({ root: 'a', resources: { STORAGE, MESSAGE, MAILBOX } });
    },
    { capabilities: 'QUOTA' },
  );
  quirk(
    'tell the resources of one quota root in several responses (KIMAP)',
    [
      [
        'GETQUOTAROOT "INBOX"',
        '* QUOTAROOT INBOX "root1" root2 ',
        '* QUOTA "root1" (STORAGE 10 512)',
        '* QUOTA "root1" ( MESSAGE 8221 20000 ) ',
        '* QUOTA "root2" (STORAGE 30 5124)',
        'OK done',
      ],
      ['GETQUOTA "root1"', '* QUOTA root1 (STORAGE 10 512)', '* QUOTA root1 (MESSAGE 1 2)', 'OK done'],
      ['SETQUOTA "root1"', '* QUOTA root1 (STORAGE 10 600)', '* QUOTA root1 (MESSAGE 1 2)', 'OK done'],
    ],
    async ({ client }) => {
      const [STORAGE, MESSAGE] = [
        { used: 10, limit: 512 },
        { used: 8221, limit: 20_000 },
      ];
      expect(await client.quota.root('INBOX')).toEqual({
        roots: ['root1', 'root2'],
        quotas: [
          { root: 'root1', resources: { STORAGE, MESSAGE } },
          { root: 'root2', resources: { STORAGE: { used: 30, limit: 5124 } } },
        ],
      });
      const got = await client.quota.get('root1');
      expect(got.resources).toEqual({ STORAGE, MESSAGE: { used: 1, limit: 2 } });
      const set = await client.quota.set('root1', { STORAGE: 600 });
      expect(set.resources).toEqual({ STORAGE: { used: 10, limit: 600 }, MESSAGE: { used: 1, limit: 2 } });
    },
    { capabilities: 'QUOTA QUOTASET' },
  );
  for (const [answer, fields] of [
    ['("name" "x" )', { name: 'x' }],
    ['("name", "test", "version", "1.0")', { name: 'test', version: '1.0' }],
    ['NIL', {}],
    ['', {}],
  ] as const) {
    quirk(
      `answer ID with ${answer || 'nothing'}`,
      [['ID NIL', `* ID ${answer}`, 'OK done']],
      async ({ client }) => {
        expect(await client.id()).toStrictEqual(fields);
      },
      { capabilities: 'ID' },
    );
  }
  quirk(
    'put the data of an ESEARCH into parentheses, or leave MIN and MAX out (MailKit, nextcloud #9454)',
    [
      ['UID SEARCH RETURN (ALL) ', '* ESEARCH (TAG "@") UID (COUNT 3 ALL 1:3)', 'OK done'],
      ['UID SEARCH RETURN (MIN MAX COUNT) ', '* ESEARCH (TAG "@") UID COUNT 5', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect(await mailbox.search({ seen: false })).toEqual([1, 2, 3]);
      expect(await mailbox.searchReturn({ seen: false }, { min: true, max: true, count: true })).toEqual({ count: 5 });
    },
    { capabilities: 'ESEARCH', exists: 5 },
  );
  quirk(
    'offer ESEARCH and do not know RETURN (IONOS: libredesk #181): they are asked without it, and for no more of it',
    [
      ['UID SEARCH RETURN (ALL) UNSEEN', 'BAD expected search-key instead of RETURN'],
      ['UID SEARCH UNSEEN', '* SEARCH 3 4', 'OK done'],
      ['UID SEARCH UNSEEN', '* SEARCH 3 4', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      expect(await mailbox.search({ seen: false })).toEqual([3, 4]);
      expect(client.capabilities.has('ESEARCH')).toBe(false);
      const want = { min: true, partial: '-1:-1' };
      expect(await mailbox.searchReturn({ seen: false }, want)).toEqual({ min: 3, partial: UidSet.from([4]) });
    },
    { capabilities: 'ESEARCH PARTIAL', exists: 5 },
  );
  quirk(
    'do not know RETURN, where a count is asked for first, or a watch (IONOS: libredesk #181)',
    [
      ['UID SEARCH RETURN (COUNT) UNSEEN', 'BAD expected search-key instead of RETURN'],
      ['UID SEARCH UNSEEN', '* SEARCH 3 4', 'OK done'],
      ['SELECT "other"', '* 1 EXISTS', '* OK [CAPABILITY IMAP4rev1 ESEARCH IDLE] x', 'OK [READ-WRITE] x'],
      ['UID SEARCH RETURN (ALL) ALL', 'BAD expected search-key instead of RETURN'],
      ['UID SEARCH ALL', '* SEARCH 7', 'OK done'],
      ['UID FETCH 1:* ', '* 1 FETCH (UID 7 FLAGS ())', 'OK done'],
      ['IDLE', '+ idling', '* 1 EXPUNGE', '…', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      expect(await mailbox.searchReturn({ seen: false }, { count: true })).toEqual({ count: 2 });
      const other = await client.open('other');
      for await (const event of other.watch()) {
        expect(event).toMatchObject({ type: 'vanished', uids: UidSet.from([7]) });
        break;
      }
    },
    { capabilities: 'ESEARCH', exists: 5 },
  );
  quirk(
    'do not know RETURN beside CHARSET (Cyrus 2.4.7: Horde #9842)',
    [
      ['UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT', '…', 'BAD Unexpected extra arguments to Search'],
      ['UID SEARCH CHARSET UTF-8 SUBJECT', '…', '* SEARCH 3', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect(await mailbox.search({ subject: 'blå' })).toEqual([3]);
    },
    { capabilities: 'ESEARCH LITERAL+', exists: 5 },
  );
  quirk(
    'do not know a search for another reason than RETURN: ESEARCH stays',
    [
      ['UID SEARCH RETURN (ALL) UNSEEN', 'BAD no such key'],
      ['UID SEARCH UNSEEN', 'BAD no such key at all'],
      ['UID SEARCH RETURN (ALL) SEEN', '* ESEARCH (TAG "@") UID ALL 3', 'OK done'],
      ['UID SEARCH RETURN (ALL) SEEN', 'NO [SERVERBUG] not now'],
    ],
    async ({ mailbox, scene }) => {
      expect(await scene.failure(mailbox.search({ seen: false }))).toMatchObject({ text: 'no such key at all' });
      expect(await mailbox.search({ seen: true })).toEqual([3]);
      expect(await scene.failure(mailbox.search({ seen: true }))).toMatchObject({ code: 'SERVERBUG' });
    },
    { capabilities: 'ESEARCH', exists: 5 },
  );
  quirk(
    'do not answer the question for the delimiter (OfflineIMAP): a mailbox tells it',
    [
      ['LIST "" ""', 'OK done'],
      ['LIST "" "%"', '* LIST () "/" INBOX', '* LIST () "/" Sent', 'OK done'],
    ],
    async ({ client }) => {
      expect((await client.namespaces()).personal).toEqual([{ prefix: '', delimiter: '/' }]);
    },
  );
  quirk(
    'tell of a message before they can find it (MailKit #1431): a watch looks again',
    [
      ['UID SEARCH', '* SEARCH 1', 'OK done'],
      ['UID FETCH 1:* ', '* 1 FETCH (UID 1 FLAGS ())', 'OK done'],
      ['IDLE', '+ idling', '* 2 EXISTS', '…', 'OK done'],
      ['UID FETCH 2:* ', 'OK done'],
      ['NOOP', 'OK done'],
      ['UID FETCH 2:* ', '* 2 FETCH (UID 7 FLAGS ())', 'OK done'],
    ],
    async ({ mailbox }) => {
      for await (const event of mailbox.watch()) {
        expect(event).toMatchObject({ type: 'arrived', messages: [{ uid: 7 }] });
        break;
      }
    },
    { capabilities: 'IDLE', exists: 1 },
  );
  quirk(
    'want no charset for US-ASCII, and RETURN with its options (MailKit #348, #1177)',
    [
      ['UID SEARCH RETURN (ALL) SUBJECT "plain"', '* ESEARCH (TAG "@") UID', 'OK done'],
      ['UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT {4}', '+ go', '…', 'NO [BADCHARSET (US-ASCII)] no'],
    ],
    async ({ mailbox, scene }) => {
      expect(await mailbox.search({ subject: 'plain' })).toEqual([]);
      // In US-ASCII it would be another search: the refusal is told.
      expect(await scene.failure(mailbox.search({ subject: 'blå' }))).toMatchObject({ code: 'BADCHARSET' });
    },
    { capabilities: 'ESEARCH', exists: 5 },
  );
  quirk(
    'hang up when credentials are refused: no other mechanism is tried (MailKit #851, Thunderbird)',
    [['AUTHENTICATE CRAM-MD5', '+ PDE+', '…', 'NO [AUTHENTICATIONFAILED] no']],
    async () => {},
    {
      greeting: '* OK [CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN] ready',
      ends: true,
      connect: { auth: { user: 'u', pass: 'p' } },
      refuses: /^AUTHENTICATE CRAM-MD5: the server answered NO/,
    },
  );
  quirk(
    'know APPENDLIMIT only as a capability (MailKit)',
    [['STATUS "a" (MESSAGES)', '* STATUS a (MESSAGES 3)', 'OK done']],
    async ({ client, sent }) => {
      expect(await client.status('a', ['messages', 'appendLimit'])).toEqual({ messages: 3, appendLimit: 1000 });
      expect(await client.status('a', ['appendLimit'])).toEqual({ appendLimit: 1000 });
      expect(sent()).toEqual(['STATUS "a" (MESSAGES)']);
    },
    { capabilities: 'APPENDLIMIT=1000' },
  );
  quirk(
    'leave an item out of a FETCH: the message comes without it, and never with bytes that did not come',
    [
      [
        'UID FETCH 1:2 (UID INTERNALDATE RFC822.SIZE ENVELOPE)',
        '* 1 FETCH (UID 1 RFC822.SIZE 5)',
        '* 2 FETCH (UID 2 INTERNALDATE "01-Jan-2024 00:00:00 +0000")',
        'OK done',
      ],
      ['UID FETCH 1:2 (UID RFC822.SIZE BODY.PEEK[])', '* 1 FETCH (UID 1 RFC822.SIZE 5)', 'OK done'],
      ['UID FETCH 1 (UID RFC822.SIZE BODY.PEEK[])', '* 1 FETCH (UID 1 RFC822.SIZE 5 BODY[] (x))', 'OK done'],
    ],
    async ({ mailbox }) => {
      const items = { internalDate: true, size: true, envelope: true } as const;
      const [message, ...others] = await mailbox.fetchAll('1:2', items);
      expect(message).toMatchObject({
        uid: 1,
        seq: 1,
        size: 5,
        internalDate: undefined,
        envelope: { from: [], raw: {} },
      });
      expect(others).toEqual([]);
      expect(await mailbox.fetchAll('1:2', { size: true, source: true })).toEqual([]);
      expect(await mailbox.fetchAll(1, { size: true, source: true })).toEqual([]);
    },
    { exists: 2 },
  );
  quirk(
    'tell of a new message only after CHECK, and of no UIDNEXT (isync)',
    [
      ['CHECK', '* 2 EXISTS', 'OK done'],
      ['UID FETCH * (UID)', '* 2 FETCH (UID 77)', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect(mailbox.uidNext).toBeUndefined();
      await mailbox.check();
      expect(mailbox.exists).toBe(2);
      expect((await mailbox.fetchAll('*', {})).map(({ uid }) => uid)).toEqual([77]);
    },
    { exists: 1 },
  );
  quirk(
    'put no quotes around a name with parentheses, as Telus does in QUOTAROOT (JavaMail #32)',
    [
      ['GETACL "a(S)C"', '* ACL a(S)C me lrs you rw', 'OK done'],
      ['MYRIGHTS "a(S)C"', '* MYRIGHTS a(S)C lrs', 'OK done'],
      ['LISTRIGHTS "a(S)C"', '* LISTRIGHTS a(S)C me "" l r', 'OK done'],
      ['GETMETADATA "a(S)C"', '* METADATA a(S)C (/shared/comment "x")', 'OK done'],
    ],
    async ({ client: { acl, metadata }, unknown }) => {
      expect([...(await acl.get('a(S)C'))]).toEqual([
        ['me', 'lrs'],
        ['you', 'rw'],
      ]);
      expect(await acl.myRights('a(S)C')).toBe('lrs');
      expect(await acl.listRights('a(S)C', 'me')).toEqual({ required: '', optional: ['l', 'r'] });
      expect((await metadata.get('a(S)C', ['/shared/comment'])).get('/shared/comment')?.toString()).toBe('x');
      expect(unknown).toEqual([]);
    },
    { capabilities: 'ACL METADATA' },
  );
});

describe('RFC 5465 itself', () => {
  quirk(
    'leaves the OK out, and puts a number behind EXISTS',
    [
      ['NOOP', '* EXISTS 93', 'OK done'],
      ['STATUS "misc"', '* STATUS misc (UIDVALIDITY 1 UIDNEXT 999)', '@ STATUS completed'],
    ],
    async ({ client, mailbox }) => {
      await client.noop();
      expect(mailbox.exists).toBe(93);
      expect(await client.status('misc')).toEqual({ uidValidity: 1, uidNext: 999 });
    },
    { exists: 1 },
  );
});

describe('all servers', () => {
  quirk(
    'can have wildcards in names',
    [
      ['LIST "" "*"', '* LIST () "/" "50%"', '* LIST () "/" "a*"', 'OK done'],
      ['SELECT "a*"', 'OK done'],
    ],
    async ({ client }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['50%', 'a*']);
      await client.open('a*');
    },
  );
  quirk(
    'may tell EXPUNGE without EXISTS: the count changes all the same, and once',
    [['NOOP', '* 2 EXPUNGE', '* 1 EXPUNGE', '* 1 EXISTS', 'OK done']],
    async ({ client, mailbox }) => {
      const counts: number[] = [];
      mailbox.on('exists', ({ count }) => counts.push(count));
      await client.noop();
      expect(counts).toEqual([2, 1]);
    },
    { exists: 3 },
  );
});
