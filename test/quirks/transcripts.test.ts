/** A client's plain day with servers that each answer in their own way: all that they say must arrive. */
import { describe, expect } from 'vitest';
import type { ImapClient } from '../../src/index.ts';
import type { Peer } from '../hostile/peer.ts';
import { scenario } from '../hostile/scenario.ts';

/** How a server answers, without tags: `@` stands for them. INBOX holds messages 1 to 3, with UIDs 11 to 13. */
interface Transcript {
  greeting: string;
  /** Absent where the greeting or the answer to LOGIN tells it. */
  capability?: string;
  login: string[];
  list: string[];
  select: string[];
  search: string[];
  fetch: string[];
  logout: string[];
}

const BODY = '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 2 1 NIL NIL NIL NIL)';

function message(seq: number, before = '', after = ''): string {
  const envelope = `("Mon, ${seq} Jan 2024 00:00:00 +0000" "s${seq}" (("A" NIL "a" "b.c")) NIL NIL NIL NIL NIL NIL "<${seq}@x>")`;
  return `* ${seq} FETCH (${before}UID ${10 + seq} FLAGS (\\Seen) RFC822.SIZE ${seq} ENVELOPE ${envelope} BODYSTRUCTURE ${BODY}${after})`;
}

const MESSAGES = [1, 2, 3].map((seq) => message(seq));

const transcripts: Record<string, Transcript> = {
  Gmail: {
    greeting: '* OK Gimap ready for requests from 192.0.2.1 a1mb123',
    capability:
      '* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER',
    login: [
      '* CAPABILITY IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584',
      '@ OK u@gmail.com authenticated (Success)',
    ],
    list: [
      '* LIST (\\HasNoChildren) "/" "INBOX"',
      '* LIST (\\HasChildren \\Noselect) "/" "[Gmail]"',
      '* LIST (\\Drafts \\HasNoChildren) "/" "[Gmail]/Entw&APw-rfe"',
      '@ OK Success',
    ],
    select: [
      '* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing)',
      '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen $NotPhishing $Phishing \\*)] Flags permitted.',
      '* OK [UIDVALIDITY 1] UIDs valid.',
      '* 3 EXISTS',
      '* 0 RECENT',
      '* OK [UIDNEXT 14] Predicted next UID.',
      '* OK [HIGHESTMODSEQ 1234]',
      '@ OK [READ-WRITE] INBOX selected. (Success)',
    ],
    search: ['* ESEARCH (TAG "@") UID ALL 11:13', '@ OK SEARCH completed (Success)'],
    fetch: [message(1, 'X-GM-THRID 1 X-GM-MSGID 2 X-GM-LABELS ("\\\\Inbox") '), message(2), message(3), '@ OK Success'],
    logout: ['* BYE LOGOUT Requested', '@ OK 73 good day (Success)'],
  },
  'Office 365': {
    greeting: '* OK The Microsoft Exchange IMAP4 service is ready. [QQBNADAAUABSADAANABDAEEAMAAxADAANwAu]',
    capability:
      '* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
    login: ['@ OK AUTHENTICATE completed.'],
    list: [
      '* LIST (\\Marked \\HasNoChildren) "/" INBOX',
      '* LIST (\\HasChildren) "/" "Deleted Items"',
      '* LIST (\\HasNoChildren) "/" {5}\r\nA"b c',
      '@ OK LIST completed.',
    ],
    select: [
      '* 3 EXISTS',
      '* 1 RECENT',
      '* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)',
      '* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)] Permanent flags',
      '* OK [UNSEEN 1] Is the first unseen message',
      '* OK [UIDVALIDITY 14] UIDVALIDITY value',
      '* OK [UIDNEXT 14] The next unique identifier value',
      '@ OK [READ-WRITE] SELECT completed.',
    ],
    search: ['* SEARCH 11 12 13', '@ OK SEARCH completed.'],
    fetch: ['* 1 FETCH (FLAGS (\\Seen))', ...MESSAGES, '@ OK FETCH completed.'],
    logout: ['* BYE Microsoft Exchange Server IMAP4 server signing off.', '@ OK LOGOUT completed.'],
  },
  Yahoo: {
    greeting:
      '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN X-MSG-EXT UNSELECT OBJECTID] IMAP4rev1 imapgate-1.9 imap402.mail.bf1.yahoo.com',
    login: [
      '@ OK [CAPABILITY IMAP4rev1 ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN UNSELECT] LOGIN completed',
    ],
    list: ['* LIST (\\Junk \\HasNoChildren) "/" "Bulk"', '* LIST (\\HasNoChildren) "/" "Inbox"', '@ OK LIST completed'],
    select: [
      '* 3 EXISTS',
      '* 0 RECENT',
      '* OK [UIDVALIDITY 2] UIDs valid',
      '* FLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $Forwarded $Junk $NotJunk)',
      '* OK [PERMANENTFLAGS (\\Answered \\Deleted \\Draft \\Flagged \\Seen $Forwarded $Junk $NotJunk)] Permanent flags',
      '* OK [UIDNEXT 14] Predicted next UID',
      '* OK [XYMHIGHESTMODSEQ 5]',
      '* OK [MAILBOXID (1)] Ok',
      '@ OK [READ-WRITE] SELECT completed; now in selected state',
    ],
    search: ['* SEARCH 11 12 13 ', '@ OK UID SEARCH completed'],
    fetch: [...MESSAGES, '@ OK UID FETCH completed'],
    logout: ['* BYE IMAP4rev1 Server logging out', '@ OK LOGOUT completed'],
  },
  hMailServer: {
    greeting: '* OK IMAPrev1',
    capability: '* CAPABILITY IMAP4 IMAP4rev1 CHILDREN IDLE QUOTA SORT ACL NAMESPACE RIGHTS=texk',
    login: ['@ OK LOGIN completed'],
    list: ['* LIST (\\HasNoChildren) "." "INBOX"', '* LIST (\\HasNoChildren) "." "A.B"', '@ OK LIST completed'],
    select: [
      '* 3 EXISTS',
      '* 0 RECENT',
      '* FLAGS (\\Deleted \\Seen \\Draft \\Answered \\Flagged)',
      '* OK [UIDVALIDITY 1342] current uidvalidity',
      '* OK [UNSEEN 0] unseen messages',
      '* OK [UIDNEXT 14] next uid',
      '* OK [PERMANENTFLAGS (\\Deleted \\Seen \\Draft \\Answered \\Flagged)] limited',
      '@ OK [READ-WRITE] SELECT completed',
    ],
    search: ['* SEARCH 11 12 13', '@ OK UID SEARCH completed'],
    fetch: [...MESSAGES.map((line) => line.replace('FLAGS (\\Seen)', 'FLAGS (\\Seen ) ')), '@ OK UID completed'],
    logout: ['* BYE Have a nice day', '@ OK Logout completed'],
  },
  Domino: {
    greeting: '* OK Domino IMAP4 Server Release 8.5.3FP6 ready Mon, 1 Jan 2024 00:00:00 +0100',
    capability: '* CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL+ NAMESPACE QUOTA UIDPLUS',
    login: ['@ OK AUTHENTICATE completed'],
    list: ['* LIST () "\\" Inbox', '* LIST (\\Noselect) "\\" "Other Users"', '@ OK LIST completed'],
    select: [
      '* 3 EXISTS',
      '* 0 RECENT',
      '* OK [UNSEEN 0] no unseen messages',
      '* OK [UIDVALIDITY 12] UIDs valid',
      '* OK [UIDNEXT 14] predicted next UID',
      '* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)] permanent flags',
      '* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)',
      '@ OK [READ-WRITE] SELECT completed',
    ],
    search: ['* SEARCH 11 12 13', '@ OK SEARCH completed'],
    fetch: [
      ...MESSAGES.map((line) => line.replace(/ENVELOPE (\(.*\)) BODY/, '(ENVELOPE $1) BODY')),
      '@ OK FETCH completed',
    ],
    logout: ['* BYE logging out', '@ OK LOGOUT completed'],
  },
  'GroupWise, MDaemon, Kerio, CommuniGate': {
    greeting:
      '* OK [CAPABILITY IMAP4 IMAP4REV1 ACL NAMESPACE UIDPLUS IDLE LITERAL+ QUOTA ID MULTIAPPEND LISTEXT CHILDREN BINARY LOGIN-REFERRALS UNSELECT STARTTLS AUTH=LOGIN AUTH=PLAIN] CommuniGate Pro IMAP Server 6.2.15 at mail.example.com ready',
    capability: '* CAPABILITY IMAP4 IMAP4REV1 UIDPLUS IDLE \r\n* OK completed',
    login: ['* OK [ALERT] Your quota is nearly used up', '@ OK completed'],
    list: [
      '* LIST (\\Unmarked \\NoInferiors) NIL INBOX',
      '* LIST () "/" Sent Items',
      '* LIST () "/" "Caf\xc3\xa9"',
      '@ OK completed',
    ],
    select: [
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded Junk NonJunk $Label1 )',
      '* 3 EXISTS',
      '* 3 RECENT',
      '* OK [UNSEEN 1]',
      '* OK [UIDVALIDITY 1] UIDs valid forever',
      '* OK [UIDNEXT 14]',
      '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] limited ]',
      '@ OK [READ-WRITE] completed',
    ],
    search: ['* SEARCH 11 12 13', '* 3 EXISTS', '@ OK completed'],
    fetch: [
      ...MESSAGES.map((line) => line.replace('FETCH (', 'FETCH ( ').replace(/\)$/, ' )')),
      '* OK still here',
      '@ OK completed',
    ],
    logout: ['* BYE CommuniGate Pro IMAP closing connection', '@ OK completed'],
  },
  'QQ, 163, Zoho': {
    greeting: '* OK [CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail XMIMAP4Server ready',
    login: ['@ OK Success login ok'],
    capability: '* CAPABILITY IMAP4 IMAP4rev1 XLIST MOVE IDLE XAPPLEPUSHSERVICE NAMESPACE CHILDREN ID UIDPLUS ',
    list: [
      '* LIST (\\HasNoChildren) "/" "INBOX"',
      '* LIST (\\NoSelect \\HasChildren) "/" "&UXZO1mWHTvZZOQ-"',
      '@ OK LIST completed',
    ],
    select: [
      '* 3 EXISTS',
      '* 0 RECENT',
      '* OK [UNSEEN 1]',
      '* OK [UIDVALIDITY 1] UID validity status',
      '* OK [UIDNEXT 14] Predicted next UID',
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Draft \\Seen)',
      '* OK [PERMANENTFLAGS (\\* \\Answered \\Flagged \\Deleted \\Draft \\Seen)] Permanent flags',
      '@ OK [READ-WRITE] SELECT complete',
    ],
    search: ['* SEARCH 11 12 13 ', '@ OK SEARCH Completed'],
    fetch: [
      ...MESSAGES.map((line) => line.replace(/\)$/, ' MODSEQ (-1) )')),
      '@ OK FETCH Completed',
      '3 FETCH (UID 13)',
    ],
    logout: ['* BYE LOGOUT received', '@ OK LOGOUT Completed'],
  },
};

const COMMANDS: [start: string, key: Exclude<keyof Transcript, 'greeting' | 'capability'>][] = [
  ['LOGIN', 'login'],
  ['AUTHENTICATE', 'login'],
  ['LIST', 'list'],
  ['SELECT', 'select'],
  ['UID SEARCH', 'search'],
  ['UID FETCH', 'fetch'],
  ['LOGOUT', 'logout'],
];

async function play(peer: Peer, { greeting, capability, ...answers }: Transcript): Promise<void> {
  peer.lines(greeting);
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const [, tag = '', text = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (text === 'AUTHENTICATE PLAIN') {
      peer.lines('+');
      await peer.line();
    }
    const [, key] = COMMANDS.find(([start]) => text.startsWith(start)) ?? [];
    const lines =
      text === 'CAPABILITY' ? [capability ?? '', '@ OK done'] : key === undefined ? ['@ OK done'] : answers[key];
    peer.lines(...lines.map((one) => one.replace(/^@|(?<=")@(?=")/, tag)));
  }
}

async function work(client: ImapClient) {
  const names = (await client.list()).map(({ name }) => name);
  const mailbox = await client.open('INBOX');
  const uids = await mailbox.search({ seen: true });
  const items = { flags: true, size: true, envelope: true, bodyStructure: true } as const;
  const messages = await mailbox.fetchAll('1:*', items);
  await client.noop();
  return { names, mailbox, uids, messages };
}

describe.each(Object.entries(transcripts))('%s', (_, transcript) => {
  scenario(
    'is understood',
    (peer) => play(peer, transcript),
    async (scene) => {
      const unknown: string[] = [];
      const client = await scene.connect({ auth: { user: 'u', pass: 'p' } });
      client.on('unknown', ({ text }) => unknown.push(text));
      const { names, mailbox, uids, messages } = await work(client);
      expect(names).toHaveLength(transcript.list.length - 1);
      expect(names).toContain('INBOX');
      expect([mailbox.exists, mailbox.uidNext, mailbox.permanentFlags.has('\\Seen')]).toEqual([3, 14, true]);
      expect(uids).toEqual([11, 12, 13]);
      expect(messages.map(({ uid, seq, size, envelope }) => [uid, seq, size, envelope.subject])).toEqual([
        [11, 1, 1, 's1'],
        [12, 2, 2, 's2'],
        [13, 3, 3, 's3'],
      ]);
      for (const { bodyStructure, flags } of messages) {
        expect(bodyStructure).toMatchObject({ type: 'text/plain', params: { charset: 'utf-8' } });
        expect([...flags]).toEqual(['\\Seen']);
      }
      expect(unknown).toEqual(transcript.fetch.filter((line) => !/^[*@]/.test(line)));
      await client.logout();
    },
  );
});
