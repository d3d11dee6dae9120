/** What the testing server sends, by the RFCs' grammars: whatever the client writes to it, in each of its dialects, about odd mail. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { CAPABILITIES } from '../../src/testing/capabilities.ts';
import type { ServerOptions } from '../../src/testing/index.ts';
import type { RawClient } from '../unit/testing/raw-client.ts';
import { connect, start } from '../unit/testing/servers.ts';
import { Random } from '../unit/wire/random.ts';
import { Grammar } from './abnf.ts';
import { builtins, utf8Char } from './builtins.ts';
import { COMMANDS, SERVERS, writtenTo } from './commands.ts';
import { onTheWire } from './responses.abnf.ts';

const WITHOUT_UTF8 = new Grammar(onTheWire, { ...builtins, 'utf8-char': utf8Char(false) });
const WITH_UTF8 = new Grammar(onTheWire, { ...builtins, 'utf8-char': utf8Char(true) });

const STRUCTURED = `Content-Type: multipart/mixed; boundary=b; "odd=\xe9"="\\""

--b

x
--b
Content-Type: message/rfc822

Subject: in

x
--b
Content-Type: text/\xe9; charset="\\""
Content-Disposition: "a b"; filename*=utf-8''%e9
Content-Language: de, \xe9, "x y"
Content-Location: (
Content-MD5: \xff
Content-ID:
Content-Transfer-Encoding: \xe9x y

\xff
--b--
`;
const MAIL = [
  '',
  '\n',
  'x',
  'Subject: \xe9\xe8\nFrom: \xff <a@b>\n\n\xff',
  'From: "a\\"b" <x@y>, g: a@b, c@d;, undisclosed:;\nTo: @a,@b:c@d\nDate:\nMessage-ID: <>\nIn-Reply-To: (c)\n\n',
  'Subject: =?utf-8?q?=00=0d=0a?=\nFrom: =?utf-8?q?=e9?= <\xc3\xa9@\xc3\xa9>\nTo: <>, ,;:@\nCc: (\nBcc: "\nReply-To: <a@b\n\n\xc3\xa9',
  `Subject: ${'x'.repeat(1200)}\n\n`,
  'Subject : x\n:y\nFoo\n bar\n\n',
  'Content-Type: multipart/mixed; boundary=b\n\n',
  'Content-Type: message/global\n\nSubject: \xc3\xa9\n\n',
  'Content-Type: "text"/"pl\\"ain"\n\n',
  'Content-Transfer-Encoding: x-odd\n\nAAAA\n',
  STRUCTURED,
];

/** What no command of the client says, or not with this answer. */
const LINES = [
  'CAPABILITY',
  'NAMESPACE',
  'LIST "" ""',
  'LIST (SUBSCRIBED) "" * RETURN (CHILDREN SPECIAL-USE STATUS (MESSAGES HIGHESTMODSEQ) MYRIGHTS METADATA (/private/comment))',
  'GETJMAPACCESS',
  'NOTIFY SET (selected (Foo))',
  'NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (personal (MailboxName MailboxMetadataChange MessageNew MessageExpunge))',
  'FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY FLAGS INTERNALDATE RFC822.SIZE RFC822 RFC822.HEADER RFC822.TEXT)',
  'UID FETCH 1:* (ENVELOPE BODYSTRUCTURE FLAGS BODY.PEEK[HEADER.FIELDS ("a b" {3+}\r\na]b {2+}\r\n\xc3\xa9 NIL)])',
  'UID FETCH 1:* (BODY.PEEK[1] BODY.PEEK[2.MIME] BODY.PEEK[2.HEADER] BODY.PEEK[9] BODY.PEEK[TEXT]<0.5> BINARY.PEEK[1]<1.3> BINARY.SIZE[1])',
  'UID FETCH 1:* (PREVIEW SAVEDATE EMAILID THREADID MODSEQ)',
  'UID STORE 1:* X-GM-LABELS ("a b" \\Inbox {3+}\r\na"b)',
  'UID FETCH 1:* (X-GM-LABELS X-GM-MSGID X-GM-THRID)',
  'SEARCH MODSEQ 1',
  'SEARCH CHARSET "x y" ALL',
  'UID SEARCH RETURN (MIN MAX COUNT ALL RELEVANCY) FUZZY TEXT x',
  'UID SEARCH RETURN (PARTIAL 900:910) ALL',
  'UID SEARCH RETURN () UID 999',
  'UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)',
  'COMPARATOR x',
  'UIDBATCHES 2',
  'GETQUOTAROOT INBOX',
  'APPEND INBOX ($a \\Flagged) {0+}\r\n',
  'APPEND INBOX ~{2+}\r\n\0\0',
  'UID MOVE 5 nowhere',
  'UID COPY 2:3 INBOX',
  'UID EXPUNGE 1:3',
  'SELECT INBOX (QRESYNC (1 1 1:99))',
  'IDLE\r\nDONE',
  'LSUB "" *',
  'LIST "" *',
];

const ALL = Object.keys(CAPABILITIES).filter((name) => !/^(?:COMPRESS=DEFLATE|LITERAL-|LOGINDISABLED)$/.test(name));

interface Dialect {
  options: ServerOptions;
  enable?: string;
  as: keyof typeof SERVERS;
  utf8: boolean;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  'IMAP4rev1 alone': {
    options: { capabilities: ['IMAP4rev1'], delimiter: '\\' },
    as: 'without anything',
    utf8: false,
  },
  'every capability': { options: { withoutCapabilities: ['LANGUAGE'] }, as: 'with LITERAL+', utf8: false },
  QRESYNC: {
    options: { withoutCapabilities: ['LANGUAGE'], delimiter: '"' },
    enable: 'QRESYNC',
    as: 'with LITERAL+',
    utf8: false,
  },
  UIDONLY: {
    options: { withoutCapabilities: ['LANGUAGE'] },
    enable: 'UIDONLY CONDSTORE',
    as: 'with LITERAL+',
    utf8: false,
  },
  'UTF8=ACCEPT': { options: {}, enable: 'UTF8=ACCEPT', as: 'with UTF8=ACCEPT enabled', utf8: true },
  IMAP4rev2: { options: { withoutCapabilities: ['IMAP4rev1'] }, as: 'with IMAP4rev2 enabled', utf8: true },
};

describe('what the testing server sends is a response by the grammar', () => {
  it.each(Object.entries(DIALECTS))('%s', { timeout: 60_000 }, async (_, { options, enable, as, utf8 }) => {
    const server = await start({ capabilities: ALL, jmap: 'https://x/"\\', ...options });
    for (const raw of MAIL)
      server.store.deliver('INBOX', Buffer.from(raw.replaceAll('\n', '\r\n'), 'latin1'), {
        flags: ['\\Seen', 'a[b', '$x'],
      });
    const client = connect(server);
    const grammar = utf8 ? WITH_UTF8 : WITHOUT_UTF8;
    const wrong = new Set<string>();
    const judge = (response: string, command: string) => {
      if (!grammar.matches('response', `${response}\r\n`)) wrong.add(`${command}: ${response}`);
    };
    judge(await client.response(), 'greeting');
    const say = (command: string) => saying(client, command, judge);
    await say('LOGIN user pass');
    if (enable !== undefined) await say(`ENABLE ${enable}`);
    await say('SELECT INBOX');
    for (const line of LINES) await say(line);
    for (const command of written(as)) {
      await say(command);
      // Some of them leave the mailbox, or log in or out.
      await say('SELECT INBOX');
    }
    expect([...wrong]).toEqual([]);
    expect(client.closed).toBe(false);
  });
});

async function saying(client: RawClient, command: string, judge: (response: string, command: string) => void) {
  const responses = await client.command(command);
  judge(`A1 ${responses.pop()}`, command);
  for (const response of responses) judge(response, command);
}

/** Each of the client's commands, a few times. */
function* written(as: string): Generator<string> {
  const random = new Random(1);
  const server = SERVERS[as];
  if (server === undefined) throw new Error(`No server ${as}`);
  for (const [name, make] of Object.entries(COMMANDS)) {
    if (name === 'compress' || name === 'proxyAuth') continue;
    for (let count = 0; count < 3; count++) {
      try {
        yield writtenTo(server, make, random).wire.replace(/\r\n$/, '');
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }
  }
}
