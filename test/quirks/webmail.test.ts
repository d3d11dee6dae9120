/** Gmail, iCloud, Yahoo, AOL, Yandex, mail.ru, QQ, 163, Zoho, Sohu, Strato, Free, home.pl. */
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { quirk } from './quirk.ts';

const LOGIN = { auth: { user: 'u', pass: 'p' } };
const BOX = (name: string) => `* LIST (\\HasNoChildren) "/" "${name}"`;

describe('Gmail', () => {
  quirk(
    'says a tagged BYE (MailKit)',
    [['LOGOUT', '@ BYE IMAP4rev1 Server logging out']],
    async ({ client, scene }) => {
      const { error, value } = await scene.outcome(client.logout());
      expect([error, value]).toEqual([undefined, undefined]);
    },
    { ends: true },
  );
  quirk(
    'has quotas of more than 32 bits (MailKit #1602)',
    [['GETQUOTA ""', '* QUOTA "" (STORAGE 4294967300 15728640000)', 'OK done']],
    async ({ client }) => {
      const { resources } = await client.quota.get('');
      expect(resources).toEqual({ STORAGE: { used: 4_294_967_300, limit: 15_728_640_000 } });
    },
    { capabilities: 'QUOTA' },
  );
  quirk(
    'knows no macros of FETCH, and no delimiter at the end of a name (MailKit)',
    [
      ['CREATE "a/b"', 'OK done'],
      ['UID FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      await client.create('a/b/');
      await mailbox.fetchAll(1, { flags: true, internalDate: true, size: true, envelope: true });
    },
    { capabilities: 'X-GM-EXT-1', exists: 1 },
  );
  quirk(
    'tells of an appended message at the next NOOP (imapclient)',
    [
      ['APPEND "INBOX" {1}', '+ go', '…', 'OK [APPENDUID 1 2] done'],
      ['NOOP', '* 2 EXISTS', 'OK done'],
    ],
    async ({ client, mailbox }) => {
      await client.append('INBOX', { content: 'x' });
      expect(mailbox.exists).toBe(2);
    },
    { capabilities: 'X-GM-EXT-1', exists: 1 },
  );
});

describe('iCloud', () => {
  quirk(
    'leaves texts out (go-imap #500, #503)',
    [
      ['SELECT "a"', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 4]', '* 3 EXISTS', 'OK [READ-WRITE]'],
      ['NOOP', 'OK'],
    ],
    async ({ client }) => {
      const { uidValidity, uidNext, exists } = await client.open('a');
      expect([uidValidity, uidNext, exists]).toEqual([1, 4, 3]);
      await client.noop();
    },
  );
  quirk(
    'gives nothing for RFC822: BODY.PEEK[] is what is asked for (odysseus #1964)',
    [['UID FETCH 5 (UID BODY.PEEK[])', '* 1 FETCH (UID 5 BODY[] {2}\r\nhi)', 'OK FETCH completed']],
    async ({ mailbox }) => {
      expect((await mailbox.fetchOne(5, { source: true }))?.source.toString()).toBe('hi');
    },
    { exists: 1 },
  );
  quirk(
    'enables without a word (MailKit #1871)',
    [['ENABLE QRESYNC', 'OK ENABLE completed']],
    async ({ client }) => {
      expect([...(await client.enable(['QRESYNC']))]).toEqual(['QRESYNC', 'CONDSTORE']);
    },
    { capabilities: 'ENABLE CONDSTORE QRESYNC XAPPLEPUSHSERVICE' },
  );
  quirk(
    'is asked for CAPABILITY once more after LOGIN, and with no parameter of ANNOTATE (isync, MailKit #970)',
    [
      ['LOGIN "u" "p"', 'OK [CAPABILITY IMAP4rev1 XAPPLEPUSHSERVICE CONDSTORE ANNOTATE-EXPERIMENT-1] ok'],
      ['CAPABILITY', '* CAPABILITY XAPPLEPUSHSERVICE IMAP4rev1 CONDSTORE ANNOTATE-EXPERIMENT-1', 'OK done'],
      ['SELECT "INBOX" (CONDSTORE)', '* 1 EXISTS', 'OK done'],
    ],
    async ({ client, sent }) => {
      await client.open('INBOX');
      expect(sent()).toEqual(['LOGIN "u" "p"', 'CAPABILITY', 'SELECT "INBOX" (CONDSTORE)']);
    },
    { greeting: '* OK [CAPABILITY XAPPLEPUSHSERVICE IMAP4 IMAP4rev1] (x) p12-imap.mail.me.com', connect: LOGIN },
  );
});

describe('Yahoo', () => {
  quirk(
    'writes INBOX as it likes (MailKit #242)',
    [
      ['LIST', BOX('Inbox'), BOX('Inbox/Old'), BOX('Inboxes'), 'OK done'],
      ['STATUS "INBOX"', '* STATUS "Inbox" (MESSAGES 3)', 'OK done'],
    ],
    async ({ client }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['INBOX', 'INBOX/Old', 'Inboxes']);
      expect(await client.status('INBOX', ['messages'])).toEqual({ messages: 3 });
    },
  );
  quirk(
    'takes sets of a thousand octets (MailKit)',
    [['UID FETCH 1,3,', 'OK done']],
    async ({ mailbox, sent }) => {
      await mailbox.fetchAll(
        Array.from({ length: 600 }, (_, index) => 2 * index + 1),
        { flags: true },
      );
      const sets = sent().flatMap((text) => /^UID FETCH (\S+)/.exec(text)?.[1] ?? []);
      expect(sets).toHaveLength(3);
      for (const set of sets) expect(set.length).toBeLessThanOrEqual(1000);
    },
    { capabilities: 'XYMHIGHESTMODSEQ', exists: 600 },
  );
  quirk(
    'keeps no keywords but $Junk and $NotJunk (Thunderbird)',
    [
      ['SELECT "a"', '* OK [PERMANENTFLAGS (\\Seen $Junk $NotJunk)] x', '* 1 EXISTS', 'OK done'],
      ['UID STORE 1 +FLAGS ($Junk)', '* 1 FETCH (UID 1 FLAGS ($Junk))', 'OK done'],
      ['UID STORE 1 +FLAGS (other)', 'NO [CANNOT] keyword refused'],
    ],
    async ({ client, scene }) => {
      const mailbox = await client.open('a');
      expect(mailbox.permanentFlags.has('\\*')).toBe(false);
      expect((await mailbox.addFlags(1, ['$Junk'])).flags.get(1)).toEqual(new Set(['$Junk']));
      expect(await scene.failure(mailbox.addFlags(1, ['other']))).toMatchObject({ code: 'CANNOT' });
    },
  );
  quirk(
    'wants to be told a GUID (angus)',
    [
      ['LOGIN', 'OK [CAPABILITY IMAP4rev1 ID] ok'],
      ['ID ("GUID" "1")', '* ID NIL', 'OK done'],
    ],
    async ({ client }) => {
      await client.noop();
    },
    { greeting: '* OK [CAPABILITY IMAP4rev1 ID] IMAP4rev1 imapgate', connect: { ...LOGIN, clientId: { GUID: '1' } } },
  );
});

describe('Yandex', () => {
  quirk(
    'says goodbye again and again (MailKit #938)',
    [
      [
        'NOOP',
        '* BYE Autologout; idle for too long (1)',
        '* BYE Autologout; idle for too long (2)',
        '* BYE Autologout; idle for too long (3)',
      ],
    ],
    async ({ client, scene }) => {
      const error = await scene.failure(client.noop());
      expect(error).toMatchObject({ code: 'BYE' });
      expect(error.message).toContain('Autologout; idle for too long (1)');
    },
    { ends: true },
  );
  quirk(
    'leaves a value out (MailKit #1708)',
    [['UID FETCH 3016 ', '* 1 FETCH (UID 3016 BODY[2.MIME] {4}\r\nA: B BODY[2] )', 'OK done']],
    async ({ mailbox }) => {
      const { parts } = (await mailbox.fetchOne(3016, { parts: ['2.MIME', '2'] })) ?? {};
      expect([parts?.get('2.MIME')?.toString(), parts?.get('2')]).toEqual(['A: B', null]);
    },
    { exists: 1 },
  );
});

describe('mail.ru and AOL', () => {
  quirk(
    'tell their capabilities between LOGIN and its answer (angus)',
    [['LOGIN', '* CAPABILITY IMAP4rev1', '* CAPABILITY IMAP4rev1 IDLE', 'OK LOGIN completed']],
    async ({ client, sent }) => {
      expect([...client.capabilities.names]).toEqual(['IMAP4REV1', 'IDLE']);
      expect(sent()).toHaveLength(1);
    },
    { greeting: '* OK [CAPABILITY IMAP4rev1] mail.ru', connect: LOGIN },
  );
});

describe('QQ', () => {
  quirk(
    'says a FETCH response again without its star (mailcore2 #1029)',
    [['UID FETCH 6 ', '* 6 FETCH (UID 6 FLAGS (\\Seen))', 'OK UID FETCH completed', '6 FETCH (UID 6 FLAGS (\\Seen))']],
    async ({ client, mailbox, unknown }) => {
      expect(await mailbox.fetchAll(6, { flags: true })).toHaveLength(1);
      await client.noop();
      expect(unknown.map(({ text }) => text)).toEqual(['6 FETCH (UID 6 FLAGS (\\Seen))']);
    },
    { exists: 6 },
  );
  quirk(
    'ends a quoted string with an escaped quote, and goes on (mailcore2 #1220)',
    [
      [
        'UID FETCH 6 ',
        `* 6 FETCH (UID 6 ENVELOPE (NIL "s" ${'(("=?GBK?B?XA==?=" NIL "power6900637" "sina.com\\")) '.repeat(3)}((NIL NIL "a" "qq.com")) NIL NIL NIL "<m@x>") FLAGS (\\Seen))`,
        'OK UID FETCH completed',
      ],
    ],
    async ({ mailbox }) => {
      const [message] = await mailbox.fetchAll(6, { envelope: true, flags: true });
      const { subject, to, messageId } = message?.envelope ?? {};
      expect([subject, to, messageId]).toEqual(['s', [{ address: 'a@qq.com' }], '<m@x>']);
      expect(message?.flags).toEqual(new Set(['\\Seen']));
    },
    { exists: 6, greeting: '* PREAUTH [CAPABILITY IMAP4rev1] QQMail IMAP4Server ready' },
  );
});

describe('163, 126, 188 (Coremail)', () => {
  quirk(
    'wants ID before SELECT (offlineimap #696)',
    [
      ['LOGIN', 'OK LOGIN completed'],
      ['CAPABILITY', '* CAPABILITY IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS UIDPLUS', 'OK done'],
      ['ID ("name" "imapwire")', '* ID ("name" "Coremail Imap" "vendor" "Mailtech" "TransID" "x")', 'OK done'],
      ['SELECT "INBOX"', '* 1 EXISTS', 'OK [READ-WRITE] SELECT completed'],
    ],
    async ({ client, sent }) => {
      expect((await client.open('INBOX')).exists).toBe(1);
      expect(client.serverId?.name).toBe('Coremail Imap');
      // Not before authentication: old FastMail refuses it there (imapclient).
      expect(sent().map((text) => text.split(' ')[0])).toEqual(['LOGIN', 'CAPABILITY', 'ID', 'SELECT']);
    },
    {
      greeting: '* OK [CAPABILITY IMAP4rev1 ID] Coremail System IMap Server Ready(163com[x])',
      connect: { ...LOGIN, clientId: { name: 'imapwire' } },
    },
  );
  quirk(
    'answers STATUS with nothing (defects #15)',
    [['STATUS "INBOX"', '* STATUS "INBOX" ()', 'OK done']],
    async ({ client }) => {
      expect(await client.status('INBOX')).toEqual({});
    },
  );
});

describe('Sohu', () => {
  quirk(
    'answers NAMESPACE with CAPABILITY: what it can do stays known (MailKit #2006)',
    [
      ['NAMESPACE', '* CAPABILITY (("" "/")) NIL NIL', 'OK done'],
      ['CAPABILITY', '* CAPABILITY IMAP4rev1 IDLE', 'OK done'],
    ],
    async ({ client, scene, unknown }) => {
      expect(await scene.failure(client.namespaces())).toMatchObject({ code: 'UNREADABLE' });
      expect([...client.capabilities.names]).toEqual(['IMAP4REV1', 'IDLE', 'MOVE', 'NAMESPACE']);
      expect(unknown.map(({ name }) => name)).toEqual(['CAPABILITY']);
      await client.command('CAPABILITY');
      expect([...client.capabilities.names]).toEqual(['IMAP4REV1', 'IDLE']);
    },
    { capabilities: 'IDLE MOVE NAMESPACE' },
  );
});

describe('Strato', () => {
  quirk(
    'lists nothing where RETURN is asked for (MailKit #1957)',
    [
      ['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)', 'OK LIST completed'],
      ['LIST "" "*"', BOX('INBOX'), 'OK LIST completed'],
      ['LIST "" "*"', BOX('INBOX'), 'OK LIST completed'],
    ],
    async ({ client }) => {
      expect((await client.list()).map(({ name }) => name)).toEqual(['INBOX']);
      expect((await client.list()).map(({ name }) => name)).toEqual(['INBOX']);
    },
    { capabilities: 'LIST-EXTENDED SPECIAL-USE' },
  );
  quirk(
    'quotes no names (angus)',
    [['STATUS "Sent Items"', '* STATUS Sent Items (UIDNEXT 1)', 'OK done']],
    async ({ client }) => {
      expect(await client.status('Sent Items', ['uidNext'])).toEqual({ uidNext: 1 });
    },
  );
});

describe('Free', () => {
  quirk(
    'counts a literal of nothing as -1 (libetpan)',
    [
      ['UID FETCH 5 ', '* 1 FETCH (UID 5 BODY[] {-1}', ' FLAGS (\\Seen))', 'OK done'],
      ['UID FETCH 6 ', '* 2 FETCH (UID 6 BODY[HEADER] {3}\r\na:b BODY[] {-2}', ')', 'OK done'],
    ],
    async ({ mailbox, unknown }) => {
      const first = await mailbox.fetchOne(5, { source: true, flags: true });
      expect([first?.source.length, first?.flags]).toEqual([0, new Set(['\\Seen'])]);
      const second = await mailbox.fetchOne(6, { source: true, headers: true });
      expect([second?.source.length, second?.headers.get('a')]).toEqual([0, 'b']);
      expect(unknown).toEqual([]);
    },
    { exists: 2 },
  );
});

describe('home.pl', () => {
  quirk(
    'leaves out the OK of COPYUID (MailKit #115)',
    [['UID MOVE 1 "x"', '* [COPYUID 123456 1 2]', '* 1 EXPUNGE', 'OK Completed.']],
    async ({ mailbox, unknown }) => {
      expect(await mailbox.move(1, 'x')).toEqual({ uidValidity: 123456, uids: new Map([[1, 2]]) });
      expect([mailbox.exists, unknown]).toEqual([0, []]);
    },
    { capabilities: 'UIDPLUS MOVE', exists: 1 },
  );
});

/** What Coremail's and SIMS' servers see of an exchange: each write of the client's by itself. */
it('sends an answer of SASL and its CRLF in one write (SIMS 2.0)', async () => {
  const writes: string[] = [];
  const answers = ['+ \r\n', 'A1 OK [CAPABILITY IMAP4rev1] done\r\n'];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      writes.push(chunk.toString('latin1'));
      this.push(answers.shift() ?? null);
      done();
    },
  });
  socket.push('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n');
  const client = await connect({ host: 'localhost', security: 'none', socket: () => socket, ...LOGIN });
  client.close();
  expect(writes).toEqual(['A1 AUTHENTICATE PLAIN\r\n', 'AHUAcA==\r\n']);
});
