/** Dovecot, Cyrus, Courier, UW, Domino, Zimbra, Proton Bridge, hMailServer, mailo.com and their like. */
import { describe, expect } from 'vitest';
import { collect, rejection } from '../server/operations/target.ts';
import { quirk } from './quirk.ts';

const VOID = 'ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';
const GONE = 'OK [EXPUNGEISSUED] Some messages were already expunged';

describe('Mailutils', () => {
  quirk(
    'tells the flags that others have changed without parentheses',
    [['NOOP', '* 1 FETCH FLAGS ()', '* 2 FETCH FLAGS (\\Seen a)', '* 2 FETCH x FLAGS (b)', 'OK done']],
    async ({ client, mailbox, unknown }) => {
      const told: unknown[] = [];
      mailbox.on('flags', ({ seq, flags }) => told.push([seq, ...flags]));
      await client.noop();
      expect(told).toEqual([[1], [2, '\\Seen', 'a']]);
      expect(unknown.map(({ text }) => text)).toEqual(['* 2 FETCH x FLAGS (b)']);
    },
    { exists: 2 },
  );
  const refused = 'BAD UID FETCH Failed to parse message set';
  const there: [string, ...string[]] = ['UID SEARCH ALL', '* SEARCH 1 3', 'OK done'];
  const flags = [1, 3].map((uid, index) => `* ${index + 1} FETCH (UID ${uid} FLAGS ())`);
  quirk(
    'refuses a FETCH for a UID that is not there: asked anew for those that are, and told where that is not why',
    [
      ['UID FETCH 1:3 (UID FLAGS)', refused],
      there,
      ['UID FETCH 1,3 (UID FLAGS)', ...flags, 'OK done'],
      ['UID FETCH 2 (UID FLAGS)', refused],
      there,
      ['UID FETCH 1,3 (UID FLAGS)', refused],
      there,
    ],
    async ({ mailbox }) => {
      expect((await mailbox.fetchAll('1:3', { flags: true })).map(({ uid }) => uid)).toEqual([1, 3]);
      expect(await collect(mailbox.fetch(2, { flags: true }))).toEqual([]);
      expect(await rejection(mailbox.fetchAll('1,3', { flags: true }))).toMatchObject({ status: 'BAD' });
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] IMAP4rev1', exists: 2 },
  );
  quirk(
    'takes a UID above all others for the last one: it is looked what is there before anything is marked as read',
    [there, ['UID FETCH 3 (UID BODY[])', '* 2 FETCH (UID 3 BODY[] {1}\r\nx)', 'OK done']],
    async ({ mailbox }) => {
      const read = await mailbox.fetchAll('2:9', { source: true, markSeen: true });
      expect(read.map(({ uid }) => uid)).toEqual([3]);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] IMAP4rev1', exists: 2 },
  );
});

describe('Dovecot', () => {
  quirk(
    'hands on control characters from a damaged index among the flags (K-9 Mail #4925)',
    [
      ['SELECT "Box"', '* FLAGS (\\Seen $Forwarded \x80\x85\x04 Junk)', '* 1 EXISTS', 'OK [READ-WRITE] x'],
      ['UID FETCH 5 ', '* 1 FETCH (UID 5 FLAGS (\\Seen \x04Junk NonJunk\x04) RFC822.SIZE 7)', 'OK done'],
    ],
    async ({ client, unknown }) => {
      const mailbox = await client.open('Box');
      expect([...mailbox.flags]).toEqual(['\\Seen', '$Forwarded', '\x80\x85', 'Junk']);
      const message = await mailbox.fetchOne(5, { flags: true, size: true });
      expect(message).toEqual({ uid: 5, seq: 1, flags: new Set(['\\Seen', 'Junk', 'NonJunk']), size: 7 });
      expect(unknown).toEqual([]);
    },
  );
  quirk(
    'tells of other messages within the answer to a FETCH (go-imap #430)',
    [
      [
        'UID FETCH 213531 ',
        '* 4 FETCH (UID 213531 FLAGS (\\Seen))',
        '* 2 FETCH (FLAGS ())',
        '* 3 FETCH (UID 7 FLAGS (a))',
        'OK Fetch completed',
      ],
    ],
    async ({ mailbox }) => {
      const told: unknown[] = [];
      mailbox.on('flags', ({ seq, flags }) => told.push([seq, ...flags]));
      expect((await mailbox.fetchAll(213531, { flags: true })).map(({ uid }) => uid)).toEqual([213531]);
      expect(told).toEqual([[2], [3, 'a']]);
    },
    { exists: 4 },
  );
  const counts = '* STATUS INBOX (MESSAGES 4)';
  quirk(
    'counts the selected mailbox as it was told of last: a NOOP has it look, one for all that ask at a time',
    [
      ['NOOP', '* 4 EXISTS', 'OK done'],
      ['STATUS "INBOX" (', counts, 'OK done'],
      ['STATUS "other" (', '* STATUS other (MESSAGES 9)', 'OK done'],
      ['STATUS "INBOX" (', counts, 'OK done'],
      ['NOOP', 'OK done'],
      ['STATUS "INBOX" (', counts, 'OK done'],
    ],
    async ({ client }) => {
      const names = ['INBOX', 'other', 'INBOX'];
      const told = await Promise.all(names.map((name) => client.status(name, ['messages'])));
      expect(told.map(({ messages }) => messages)).toEqual([4, 9, 4]);
      await client.status('INBOX', ['messages']);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.', exists: 3 },
  );
  const structure = 'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 0 0)';
  quirk(
    'makes up what it tells of a message that is expunged: left out, and one without a header is not',
    [
      [
        'UID FETCH 1:3 (UID ENVELOPE)',
        `* 1 FETCH (UID 1 ${VOID})`,
        `* 2 FETCH (UID 2 ${VOID})`,
        '* 3 FETCH (UID 3 ENVELOPE (NIL "m" NIL NIL NIL NIL NIL NIL NIL NIL))',
        '* 2 EXPUNGE',
        GONE,
      ],
      ['NOOP', 'OK done'],
      ['UID SEARCH UID 1:2', '* SEARCH 1', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect((await mailbox.fetchAll('1:3', { envelope: true })).map(({ uid }) => uid)).toEqual([1, 3]);
    },
    { exists: 3 },
  );
  quirk(
    'makes it up: left out of a loop',
    [
      ['UID FETCH 1:3 (UID ENVELOPE)', ...[1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} ${VOID})`), GONE],
      ['NOOP', '* 1 EXPUNGE', '* 2 EXPUNGE', 'OK done'],
      ['UID SEARCH UID 1:3', '* SEARCH 2', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect(await collect(mailbox.fetch('1:3', { envelope: true }))).toMatchObject([{ uid: 2 }]);
    },
    { exists: 3 },
  );
  for (const [item, made] of [
    ['size', 'RFC822.SIZE 0'],
    ['internalDate', 'INTERNALDATE "01-Jan-1970 00:00:00 +0000"'],
    ['bodyStructure', structure],
  ] as const) {
    quirk(
      `makes it up: left out where ${item} alone is asked for`,
      [
        ['FETCH 1 ', `* 1 FETCH (UID 1 ${made})`, GONE],
        ['NOOP', '* 1 EXPUNGE', 'OK done'],
        ['UID SEARCH UID 1', '* SEARCH', 'OK done'],
      ],
      async ({ mailbox }) => {
        expect(await mailbox.fetchOne({ seq: 1 }, { [item]: true })).toBeUndefined();
      },
      { exists: 1 },
    );
  }
  quirk(
    'makes it up: where nothing is said of messages that are gone, nothing more is asked',
    [['UID FETCH 1:2 ', `* 1 FETCH (UID 1 ${VOID} ${structure})`, `* 2 FETCH (UID 2 ${VOID} ${structure})`, 'OK done']],
    async ({ mailbox, sent }) => {
      const messages = await mailbox.fetchAll('1:2', { envelope: true, bodyStructure: true });
      expect(messages.map(({ uid }) => uid)).toEqual([1, 2]);
      expect(sent().at(-1)).toMatch(/^UID FETCH/);
    },
    { exists: 2 },
  );
  quirk(
    'makes it up: what is there comes in its place in a loop, also where many look so',
    [
      [
        'UID FETCH 1:* ',
        `* 1 FETCH (UID 1 ${VOID} BODY[1] {4}\r\ntext)`,
        `* 2 FETCH (UID 2 ${VOID} BODY[1] {3000}\r\n${'x'.repeat(3000)})`,
        `* 3 FETCH (UID 3 ENVELOPE (NIL "m" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[1] NIL)`,
        'OK done',
      ],
      ['UID FETCH 1:* ', ...Array.from({ length: 1002 }, (_, n) => `* ${n + 1} FETCH (UID ${n + 1} ${VOID})`), 'OK'],
    ],
    async ({ mailbox }) => {
      const some = await collect(mailbox.fetch('1:*', { envelope: true, parts: ['1'] }));
      expect(some.map(({ uid }) => uid)).toEqual([1, 2, 3]);
      const many = await collect(mailbox.fetch('1:*', { envelope: true }));
      expect(many.map(({ uid }) => uid)).toEqual(Array.from({ length: 1002 }, (_, n) => n + 1));
    },
    { exists: 1002 },
  );
});

describe('Cyrus', () => {
  quirk(
    'answers SEARCH RETURN with SEARCH (2.4.16, MailKit #863)',
    [
      ['UID SEARCH RETURN (ALL) ', '* SEARCH 1 2 3', 'OK done'],
      ['UID SEARCH RETURN (MIN COUNT) ', '* SEARCH 1 2 3', 'OK done'],
    ],
    async ({ mailbox }) => {
      expect(await mailbox.search({ seen: false })).toEqual([1, 2, 3]);
      expect(await mailbox.searchReturn({ seen: false }, { min: true, count: true })).toEqual({ min: 1, count: 3 });
    },
    { capabilities: 'ESEARCH', exists: 3 },
  );
});

describe('Courier', () => {
  quirk(
    'puts a space between BODY and its section, and others where none belong (0.31, by its file BUGS; imap.el)',
    [
      ['UID FETCH 3 ', '* 1 FETCH ( UID 3  FLAGS ( \\Seen ) BODY [] {5}\r\nhello )', 'OK done'],
      ['UID FETCH 3 ', '* 1 FETCH (UID 3 BODY [HEADER.FIELDS (SUBJECT)] {14}\r\nSubject: hi\r\n\r)', 'OK done'],
      ['UID FETCH 3 ', '* 1 FETCH (UID 3 BODY [1] {5}\r\nhello)', 'OK done'],
    ],
    async ({ mailbox, unknown }) => {
      const whole = await mailbox.fetchOne(3, { source: true, flags: true });
      expect([whole?.source.toString(), [...(whole?.flags ?? [])]]).toEqual(['hello', ['\\Seen']]);
      const { headers } = (await mailbox.fetchOne(3, { headers: ['Subject'] })) ?? {};
      expect(headers?.get('subject')).toBe('hi');
      expect((await mailbox.fetchOne(3, { parts: ['1'] }))?.parts.get('1')?.toString()).toBe('hello');
      expect(unknown).toEqual([]);
    },
    { exists: 1 },
  );
  quirk(
    'tells that the mailbox is full by ALERT alone',
    [
      ['APPEND "INBOX" {1}', 'NO [ALERT] You exceeded your mail quota.'],
      ['APPEND "INBOX" {1}', 'NO [ALERT] Cannot create message - no write permission or out of disk space.'],
    ],
    async ({ client }) => {
      const append = () => rejection(client.append('INBOX', { content: 'x' }));
      expect(await append()).toMatchObject({
        code: 'OVERQUOTA',
        responseCode: { name: 'ALERT' },
        message: 'APPEND: the server answered NO [ALERT] You exceeded your mail quota. (mailbox "INBOX")',
      });
      expect(await append()).toMatchObject({ code: 'ALERT' });
    },
  );
  quirk(
    'appends nothing to the mailbox that is selected read-only: that is left first, whatever is under way there',
    [
      ['EXAMINE "INBOX"', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['UID SEARCH SEEN', '* SEARCH', 'OK done'],
      ['UID SEARCH UNSEEN', '* SEARCH 7', 'OK done'],
      ['CLOSE', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
      ['NOOP', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
      ['NOOP', 'OK done'],
    ],
    async ({ client }) => {
      const mailbox = await client.open('INBOX', { readOnly: true });
      const searches = Promise.all([mailbox.search({ seen: true }), mailbox.search({ seen: false })]);
      await Promise.all(['x', 'y'].map((content) => client.append('INBOX', { content })));
      expect(await searches).toEqual([[], [7]]);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Courier-IMAP ready. Copyright 1998-2018 Double' },
  );
  quirk(
    'appends nothing to it though it was selected again since an earlier message',
    [
      ['EXAMINE "INBOX"', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['CLOSE', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
      ['EXAMINE "INBOX"', '* 2 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['UID SEARCH ALL', '* SEARCH 1 2', 'OK done'],
      ['CLOSE', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
    ],
    async ({ client }) => {
      const mailbox = await client.open('INBOX', { readOnly: true });
      const given = async function* () {
        yield { content: 'x' };
        expect(await mailbox.search({})).toEqual([1, 2]);
        yield { content: 'y' };
      };
      expect(await client.append('INBOX', given())).toHaveLength(2);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Courier-IMAP ready. Copyright 1998-2018 Double' },
  );
  quirk(
    'appends nothing to it though it is selected only when the message is due, as one that replaces another is, too',
    [
      ['EXAMINE "INBOX"', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['SELECT "INBOX.x"', '* 1 EXISTS', '* OK [UIDVALIDITY 2] x', 'OK [READ-WRITE] x'],
      ['EXAMINE "INBOX"', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['UID SEARCH SEEN', '* SEARCH', 'OK done'],
      ['CLOSE', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
      ['SELECT "INBOX.x"', '* 1 EXISTS', '* OK [UIDVALIDITY 2] x', 'OK [READ-WRITE] x'],
      ['UID SEARCH UID 5', '* SEARCH 5', 'OK done'],
      ['EXAMINE "INBOX"', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x', 'OK [READ-ONLY] x'],
      ['UID SEARCH UNSEEN', '* SEARCH', 'OK done'],
      ['CLOSE', 'OK done'],
      ['APPEND "INBOX" {1}', '+ go', '…', 'NO full'],
    ],
    async ({ client }) => {
      const reading = await client.open('INBOX', { readOnly: true });
      const other = await client.open('INBOX.x');
      await Promise.all([reading.search({ seen: true }), client.append('INBOX', { content: 'x' })]);
      const replaced = rejection(other.replace(5, { content: 'y' }, { target: 'INBOX' }));
      await reading.search({ seen: false });
      expect(await replaced).toMatchObject({ command: 'APPEND', text: 'full' });
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Courier-IMAP ready. Copyright 1998-2018 Double' },
  );
  const disabled = 'NO This command is disabled by the system administrator.';
  const found: [string, ...string[]] = ['UID SEARCH ALL', '* SEARCH 7 9', 'OK done'];
  const dated = [7, 9].map((uid) => {
    const envelope = `ENVELOPE (NIL "m" NIL NIL NIL NIL NIL NIL NIL "<${uid}@x>")`;
    const fields = 'BODY[HEADER.FIELDS (REFERENCES IN-REPLY-TO)] {2}\r\n\r\n';
    return `* ${uid - 6} FETCH (UID ${uid} INTERNALDATE "01-Jan-20${30 - uid} 00:00:00 +0000" ${envelope} ${fields})`;
  });
  quirk(
    'offers SORT and THREAD, and has them disabled (IMAP_DISABLETHREADSORT, nextcloud #50): both are done here',
    [
      ['UID SORT (ARRIVAL)', disabled],
      found,
      ['UID FETCH 7,9 (UID INTERNALDATE)', ...dated, 'OK done'],
      ['UID THREAD REFERENCES', disabled],
      found,
      ['UID FETCH 7,9 (', ...dated, 'OK done'],
      ['UID SORT (ARRIVAL)', 'BAD Invalid UID command'],
      found,
      ['UID FETCH 7,9 (UID INTERNALDATE)', ...dated, 'OK done'],
      ['UID SORT (ARRIVAL)', 'NO [INUSE] later'],
    ],
    async ({ mailbox }) => {
      expect(await mailbox.sort(['arrival'], {})).toEqual([9, 7]);
      expect(await mailbox.thread('REFERENCES', {})).toMatchObject([{ children: [{ uid: 9 }, { uid: 7 }] }]);
      expect(await mailbox.sort(['arrival'], {})).toEqual([9, 7]);
      expect(await rejection(mailbox.sort(['arrival'], {}))).toMatchObject({ code: 'INUSE' });
    },
    { capabilities: 'SORT THREAD=REFERENCES', exists: 3 },
  );
  quirk(
    'fetches message 0 (MailKit #428)',
    [['NOOP', '* 0 FETCH (FLAGS (\\Seen))', '* 1 FETCH (FLAGS (\\Seen))', 'OK done']],
    async ({ client, mailbox, unknown }) => {
      const told: unknown[] = [];
      mailbox.on('flags', ({ seq }) => told.push(seq));
      await client.noop();
      expect([told, unknown]).toEqual([[1], []]);
    },
    { exists: 1 },
  );
  quirk(
    'tells of an appended message at the next NOOP (Thunderbird)',
    [
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK done'],
      ['NOOP', '* 2 EXISTS', 'OK done'],
      ['APPEND "other" {1}', '+ go', '…', 'OK done'],
      ['UID SEARCH ALL', '* SEARCH 1 2', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      await client.append('INBOX', { content: 'x' });
      await client.append('other', { content: 'x' });
      expect(await mailbox.search({})).toEqual([1, 2]);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Courier-IMAP ready. Copyright 1998-2018 Double', exists: 1 },
  );
  const courier = {
    greeting: '* PREAUTH [CAPABILITY IMAP4rev1] Courier-IMAP ready. Copyright 1998-2018 Double',
    exists: 2,
  };
  const header = 'From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\n';
  const text = 'This message is no longer available on the server.\r\n';
  const literal = (value: string) => `{${value.length}}\r\n${value}`;
  const root = '(("System Administrator" NIL "root" "localhost"))';
  const gone: [string, ...string[]][] = [
    ['NOOP', '* 1 EXPUNGE', 'OK done'],
    ['UID SEARCH UID 1:2', '* SEARCH 2', 'OK done'],
  ];
  for (const [items, made] of [
    [{ source: true }, `BODY[] ${literal(header + text)}`],
    [{ source: { offset: 50, length: 30 } }, `BODY[]<50> ${literal((header + text).slice(50, 80))}`],
    [{ headers: true }, `BODY[HEADER] ${literal(header)}`],
    [{ headers: ['From'] }, `BODY[HEADER.FIELDS ("FROM")] ${literal(`${header.split('\r\n')[0]}\r\n\r\n`)}`],
    [{ parts: ['1'] }, `BODY[1] ${literal(text)}`],
    [{ envelope: true }, `ENVELOPE (NIL "message unavailable" ${root} ${root} ${root} NIL NIL NIL NIL NIL)`],
    [{ size: true }, 'RFC822.SIZE 129'],
    [{ bodyStructure: true }, 'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "8bit" 52 1 NIL NIL NIL)'],
  ] as const) {
    quirk(
      `makes up a message that another session has expunged, with OK: left out where ${JSON.stringify(items)} is asked for`,
      [
        ['UID FETCH 1:2 ', `* 1 FETCH (UID 1 ${made})`, `* 2 FETCH (UID 2 ${made})`, 'OK FETCH completed.'],
        ...gone,
        ['UID FETCH 1:2 ', `* 1 FETCH (UID 1 ${made})`, `* 2 FETCH (UID 2 ${made})`, 'OK FETCH completed.'],
        ...gone,
      ],
      async ({ mailbox }) => {
        const all = await mailbox.fetchAll('1:2', items);
        expect(all.map(({ uid }) => uid)).toEqual([2]);
        expect((await collect(mailbox.fetch([1, 2], items))).map(({ uid }) => uid)).toEqual([2]);
      },
      { ...courier, exists: 3 },
    );
  }
  quirk(
    'makes it up: no download',
    [
      ['UID FETCH 1 ', `* 1 FETCH (UID 1 BODY[] ${literal(header + text)})`, 'OK FETCH completed.'],
      ['NOOP', '* 1 EXPUNGE', 'OK done'],
      ['UID SEARCH UID 1', '* SEARCH', 'OK done'],
    ],
    async ({ mailbox }) => {
      await expect(mailbox.download(1)).rejects.toMatchObject({ code: 'NO_SUCH_MESSAGE' });
    },
    courier,
  );
  quirk(
    'downloads a message that looks like it and is there, and one that is as short',
    [
      ['UID FETCH 1 ', `* 1 FETCH (UID 1 BODY[] ${literal(header + text)})`, 'OK FETCH completed.'],
      ['NOOP', 'OK done'],
      ['UID SEARCH UID 1', '* SEARCH 1', 'OK done'],
      ['UID FETCH 2 ', `* 2 FETCH (UID 2 BODY[] ${literal('Subject: x\r\n\r\ny')})`, 'OK FETCH completed.'],
    ],
    async ({ mailbox, sent }) => {
      expect(await (await mailbox.download(1)).content.text()).toBe(header + text);
      expect(await (await mailbox.download(2)).content.text()).toBe('Subject: x\r\n\r\ny');
      expect(sent().at(-1)).toMatch(/^UID FETCH 2/);
    },
    courier,
  );
});

describe('UW', () => {
  const greeting =
    '* PREAUTH [CAPABILITY IMAP4REV1 UNSELECT] localhost IMAP4rev1 2007f.404 at Mon, 1 Jan 2024 00:00:00 +0000';
  quirk(
    'does not delete or rename the mailbox that is selected (Thunderbird)',
    [
      ['UNSELECT', 'OK done'],
      ['DELETE "INBOX"', 'OK done'],
    ],
    async ({ client }) => {
      await client.delete('INBOX');
    },
    { greeting, exists: 1 },
  );
  quirk(
    'lists lock files and a level above (isync, angus), and takes sets of a thousand octets (MailKit)',
    [
      ['LIST', '* LIST () "/" a', '* LIST () "/" a.lock', '* LIST () "/" b.lock', '* LIST () "/" c/', 'OK done'],
      ['UID SEARCH UID ', '* SEARCH 1', 'OK done'],
      ['UID SEARCH UID ', '* SEARCH 801', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['a', 'b.lock', 'c']);
      const uids = Array.from({ length: 400 }, (_, index) => 2 * index + 1);
      expect(await mailbox.search({ uid: uids })).toEqual([1, 801]);
    },
    { greeting, exists: 3 },
  );
});

describe('Zimbra', () => {
  quirk(
    'crashes at LIST (SUBSCRIBED) (Thunderbird)',
    [
      ['LIST "" "*"', '* LIST () "/" a', '* LIST () "/" b', 'OK done'],
      ['LSUB "" "*"', '* LSUB () "/" b', 'OK done'],
    ],
    async ({ client }) => {
      expect((await client.list({ subscribed: true })).map(({ name }) => name)).toEqual(['b']);
    },
    { greeting: '* PREAUTH [CAPABILITY IMAP4rev1 LIST-EXTENDED] mail.example.com Zimbra IMAP4rev1 server ready' },
  );
});

describe('Proton Bridge', () => {
  quirk(
    'refuses LIST (SPECIAL-USE) (MailKit #674)',
    [
      ['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)', 'BAD syntax error'],
      ['LIST "" "*"', '* LIST (\\Noselect) "/" "/"', '* LIST (\\Sent) "/" "Sent"', 'OK done'],
    ],
    async ({ client }) => {
      expect((await client.list({ specialUse: true })).map(({ name }) => name)).toEqual(['Sent']);
    },
    { capabilities: 'LIST-EXTENDED SPECIAL-USE XSTOP' },
  );
  quirk(
    'says who it is in atoms (Mailspring #429)',
    [
      [
        'ID',
        '* ID (support-url https://protonmail.com/support name ProtonMail vendor "Proton Technologies AG")',
        'OK done',
      ],
    ],
    async ({ client }) => {
      expect(await client.id()).toStrictEqual({
        'support-url': 'https://protonmail.com/support',
        name: 'ProtonMail',
        vendor: 'Proton Technologies AG',
      });
    },
    { capabilities: 'ID' },
  );
  quirk(
    'wants names of mailboxes in quotes (mcp-email-server #88)',
    [
      ['SELECT "Trash"', 'OK done'],
      ['STATUS "Trash" (', 'OK done'],
      ['UID COPY 1 "Trash"', 'OK done'],
    ],
    async ({ client }) => {
      const mailbox = await client.open('Trash');
      await client.status('Trash');
      await mailbox.copy(1, 'Trash');
    },
  );
});

describe('hMailServer, Tencent exmail', () => {
  quirk(
    'know no ranges that descend (defects #40)',
    [['UID FETCH 1:3,5:9 (', 'OK done']],
    async ({ mailbox }) => {
      await mailbox.fetchAll('9:5,3,1:2', { flags: true });
    },
    { exists: 9 },
  );
});

describe('Perdition', () => {
  const connect = { auth: { user: 'u', pass: 'p' } };
  const offering = (names: string) =>
    `* OK [CAPABILITY IMAP4rev1 ${names}] perdition ready on mail.example.org 0003bdfc`;
  for (const [refusal, names] of [
    ['NO AUTHENTICATE mechanism not supported, mate', 'AUTH=PLAIN AUTH=LOGIN'],
    ['BAD Unknown command', 'AUTH=PLAIN'],
  ] as const) {
    quirk(
      `offers what only the server behind it can: LOGIN does the same (Thunderbird for Android #2648, #9406, #11237): ${refusal}`,
      [
        ['AUTHENTICATE PLAIN', refusal],
        ['LOGIN "u" "p"', 'OK [CAPABILITY IMAP4rev1 IDLE] You are so in'],
      ],
      async ({ client }) => {
        expect(client.state).toBe('authenticated');
        expect(client.capabilities.has('IDLE')).toBe(true);
      },
      { greeting: offering(names), connect },
    );
  }
  for (const [what, refusal, names, auth] of [
    ['refuses the password', 'NO [AUTHENTICATIONFAILED] Mechanism not supported', 'AUTH=PLAIN', connect.auth],
    ['refuses it without a reason', 'NO Login failed', 'AUTH=PLAIN', connect.auth],
    ['takes no LOGIN', 'BAD Unknown command', 'AUTH=PLAIN LOGINDISABLED', connect.auth],
    ['is to be asked by PLAIN', 'BAD Unknown command', 'AUTH=PLAIN', { ...connect.auth, mechanism: 'PLAIN' }],
    ['has a stronger mechanism', 'BAD Unknown command', 'AUTH=CRAM-MD5 AUTH=PLAIN', connect.auth],
  ] as const) {
    const mechanism = names.startsWith('AUTH=CRAM-MD5') ? 'CRAM-MD5' : 'PLAIN';
    quirk(`is not sent LOGIN where it ${what}`, [[`AUTHENTICATE ${mechanism}`, refusal]], async () => {}, {
      greeting: offering(names),
      connect: { auth },
      ends: true,
      refuses: new RegExp(`AUTHENTICATE ${mechanism}: the server answered`),
    });
  }
});

describe('Xeams', () => {
  quirk(
    'ends a FETCH response too early (paperless-ngx #13412)',
    [['UID FETCH 1 ', '* 1 FETCH (UID 1 BODY[] {5}\r\nhello)', ' FLAGS (\\Seen) RFC822.SIZE 5', 'OK FETCH completed']],
    async ({ mailbox, unknown }) => {
      expect((await mailbox.fetchOne(1, { source: true }))?.source.toString()).toBe('hello');
      expect(unknown).toHaveLength(1);
    },
    { exists: 1 },
  );
});

describe('mailo.com', () => {
  quirk(
    'wants the names of header fields as atoms (defects #19, go-imap #589)',
    [['UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (FROM X-A)])', 'OK done']],
    async ({ mailbox }) => {
      await mailbox.fetchAll(1, { headers: ['From', 'X-a'] });
    },
    { exists: 1 },
  );
});

describe('Courier, Dovecot, Gmail and others', () => {
  quirk(
    'take command lines of 8192 octets at least (MailKit)',
    [['UID FETCH 1,3,', 'OK done']],
    async ({ mailbox, sent }) => {
      await mailbox.fetchAll(
        Array.from({ length: 3000 }, (_, index) => 2 * index + 1),
        { flags: true },
      );
      const fetches = sent().filter((text) => text.startsWith('UID FETCH'));
      expect(fetches).toHaveLength(2);
      for (const line of fetches) expect(line.length).toBeLessThan(8192 - 16);
    },
    { exists: 3000 },
  );
});
