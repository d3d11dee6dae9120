/**
 * The client's lines in the RFCs' examples, beside what the commands for the same write, both without their tags. Where
 * both differ, on purpose:
 *
 * - Messages are named by UID wherever they can be: UID SEARCH, UID SORT and UID THREAD for SEARCH, SORT and THREAD.
 * - Mailboxes and all other strings are quoted, whether they need it or not.
 * - A FETCH asks for a list of items in a fixed order, UID among them; sets ascend.
 * - What NOT and OR are said of stands in parentheses.
 * - Search keys, STATUS items, options and modifiers stand in a fixed order; dates are `1-Feb-1994`; RETURN says ALL.
 *
 * RFC 5465 has a command that this library does not send (NOTIFY), and RFC 4466 has no line of a client's.
 */
import { describe, expect, it } from 'vitest';
import { append } from '../../../src/commands/append.ts';
import { close } from '../../../src/commands/close.ts';
import { copy } from '../../../src/commands/copy.ts';
import { create } from '../../../src/commands/create.ts';
import { deleteMailbox } from '../../../src/commands/delete.ts';
import { expunge } from '../../../src/commands/expunge.ts';
import { type FetchModifiers, fetch } from '../../../src/commands/fetch.ts';
import { getMetadata } from '../../../src/commands/getmetadata.ts';
import { getQuota } from '../../../src/commands/getquota.ts';
import { getQuotaRoot } from '../../../src/commands/getquotaroot.ts';
import { idle } from '../../../src/commands/idle.ts';
import { type ListCommand, list } from '../../../src/commands/list.ts';
import { login } from '../../../src/commands/login.ts';
import { logout } from '../../../src/commands/logout.ts';
import { move } from '../../../src/commands/move.ts';
import { namespace } from '../../../src/commands/namespace.ts';
import { noop } from '../../../src/commands/noop.ts';
import { rename } from '../../../src/commands/rename.ts';
import { Changes, resynchronize } from '../../../src/commands/resynchronize.ts';
import { search } from '../../../src/commands/search.ts';
import { searchReturn } from '../../../src/commands/search-return.ts';
import { select } from '../../../src/commands/select.ts';
import { setMetadata } from '../../../src/commands/setmetadata.ts';
import { setQuota } from '../../../src/commands/setquota.ts';
import { sort } from '../../../src/commands/sort.ts';
import { status } from '../../../src/commands/status.ts';
import { store } from '../../../src/commands/store.ts';
import { subscribe } from '../../../src/commands/subscribe.ts';
import { thread } from '../../../src/commands/thread.ts';
import { unselect } from '../../../src/commands/unselect.ts';
import { unsubscribe } from '../../../src/commands/unsubscribe.ts';
import type { Command } from '../../../src/session/command.ts';
import { ConnectionState, MailboxState } from '../../../src/session/state.ts';
import { type FetchItems, fetchRequest } from '../../../src/syntax/fetch-items.ts';
import { CONTINUATION, Writer } from '../../../src/wire/writer.ts';

const plain = new ConnectionState();
const extended = new ConnectionState();
extended.setCapabilities(['IMAP4rev1', 'ESEARCH', 'CONDSTORE', 'QRESYNC', 'ESORT', 'PARTIAL']);
const inbox = new MailboxState('INBOX', false);

function fetched(set: string, items: FetchItems, modifiers?: FetchModifiers): Command<void> {
  return fetch(inbox, set, fetchRequest(items, extended.capabilities), () => {}, modifiers);
}

function fetchedBySeq(seq: string, items: FetchItems): Command<void> {
  return fetch(inbox, { seq }, fetchRequest(items, plain.capabilities), () => {});
}

function listed(options: ListCommand): Command<unknown> {
  return list(options, plain);
}

/** What a command writes, a literal's bytes left out. */
function written(command: Command<unknown>): string {
  const writer = new Writer();
  writer.raw(command.name);
  command.write?.(writer);
  const parts = writer.end().filter((part) => typeof part === 'string');
  return parts.join('').replace(/\r\n$/, '');
}

/** The RFC's line, the command, and what is written where it is not that very line. */
type Row = [theirs: string, command: Command<unknown>, ours?: string];

const rfcs: Record<string, Row[]> = {
  'RFC 3501': [
    ['NOOP', noop()],
    ['LOGOUT', logout()],
    ['LOGIN SMITH SESAME', login('SMITH', 'SESAME'), 'LOGIN "SMITH" "SESAME"'],
    ['SELECT INBOX', select(inbox, plain), 'SELECT "INBOX"'],
    ['EXAMINE blurdybloop', select(new MailboxState('blurdybloop', true), plain), 'EXAMINE "blurdybloop"'],
    ['CREATE owatagusiam/blurdybloop', create('owatagusiam/blurdybloop'), 'CREATE "owatagusiam/blurdybloop"'],
    ['DELETE blurdybloop', deleteMailbox('blurdybloop'), 'DELETE "blurdybloop"'],
    ['RENAME blurdybloop sarasoop', rename('blurdybloop', 'sarasoop'), 'RENAME "blurdybloop" "sarasoop"'],
    ['SUBSCRIBE #news.comp.mail.mime', subscribe('#news.comp.mail.mime'), 'SUBSCRIBE "#news.comp.mail.mime"'],
    ['UNSUBSCRIBE #news.comp.mail.mime', unsubscribe('#news.comp.mail.mime'), 'UNSUBSCRIBE "#news.comp.mail.mime"'],
    ['LIST "" ""', listed({ pattern: '' })],
    [
      'LIST #news.comp.mail.misc ""',
      listed({ reference: '#news.comp.mail.misc', pattern: '' }),
      'LIST "#news.comp.mail.misc" ""',
    ],
    ['LIST ~/Mail/ %', listed({ reference: '~/Mail/', pattern: '%' }), 'LIST "~/Mail/" "%"'],
    ['LSUB "#news." "comp.mail.*"', list({ reference: '#news.', pattern: 'comp.mail.*' }, plain, 'LSUB')],
    [
      'STATUS blurdybloop (UIDNEXT MESSAGES)',
      status('blurdybloop', ['uidNext', 'messages'], plain),
      'STATUS "blurdybloop" (MESSAGES UIDNEXT)',
    ],
    [
      'APPEND saved-messages (\\Seen) {310}',
      append('saved-messages', { content: 'x'.repeat(310), flags: ['\\Seen'] }),
      'APPEND "saved-messages" (\\Seen) {310}\r\n',
    ],
    ['CLOSE', close(plain)],
    ['EXPUNGE', expunge()],
    [
      'SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      search({ flagged: true, since: '1-Feb-1994', not: { from: 'Smith' } }, plain),
      'UID SEARCH FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH TEXT "string not in mailbox"',
      search({ text: 'string not in mailbox' }, plain),
      'UID SEARCH TEXT "string not in mailbox"',
    ],
    ['SEARCH CHARSET UTF-8 TEXT {6}', search({ text: 'при' }, plain), 'UID SEARCH CHARSET UTF-8 TEXT {6}\r\n'],
    [
      'FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
      fetchedBySeq('2:4', { flags: true, headers: ['DATE', 'FROM'], markSeen: true }),
      'FETCH 2:4 (UID FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
    ],
    ['STORE 2:4 +FLAGS (\\Deleted)', store(inbox, { seq: '2:4' }, '+', ['\\Deleted'])],
    ['COPY 2:4 MEETING', copy({ seq: '2:4' }, 'MEETING'), 'COPY 2:4 "MEETING"'],
    [
      'UID FETCH 4827313:4828442 FLAGS',
      fetched('4827313:4828442', { flags: true }),
      'UID FETCH 4827313:4828442 (UID FLAGS)',
    ],
  ],
  'RFC 4315': [
    ['UID EXPUNGE 3000:3002', expunge('3000:3002')],
    [
      'APPEND saved-messages (\\Seen) {297}',
      append('saved-messages', { content: 'x'.repeat(297), flags: ['\\Seen'] }),
      'APPEND "saved-messages" (\\Seen) {297}\r\n',
    ],
    ['COPY 2:4 meeting', copy({ seq: '2:4' }, 'meeting'), 'COPY 2:4 "meeting"'],
    ['UID COPY 305:310 meeting', copy('305:310', 'meeting'), 'UID COPY 305:310 "meeting"'],
    ['COPY 2 funny', copy({ seq: 2 }, 'funny'), 'COPY 2 "funny"'],
    ['SELECT funny', select(new MailboxState('funny', false), plain), 'SELECT "funny"'],
  ],
  'RFC 4731': [
    [
      'SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      searchReturn(
        { flagged: true, since: '1-Feb-1994', not: { from: 'Smith' } },
        { min: true, count: true },
        extended,
      ),
      'UID SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN () FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      searchReturn({ flagged: true, since: '1-Feb-1994', not: { from: 'Smith' } }, {}, extended),
      'UID SEARCH RETURN (ALL) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (MIN) UNSEEN',
      searchReturn({ seen: false }, { min: true }, extended),
      'UID SEARCH RETURN (MIN) UNSEEN',
    ],
    ['UID SEARCH RETURN (MIN MAX) 1:5000', searchReturn({ seq: '1:5000' }, { min: true, max: true }, extended)],
    [
      'SEARCH RETURN (COUNT) DELETED',
      searchReturn({ deleted: true }, { count: true }, extended),
      'UID SEARCH RETURN (COUNT) DELETED',
    ],
    // An entry's name and type narrow MODSEQ down where a server keeps one a flag: none of those that there are does.
    [
      'SEARCH RETURN (MIN COUNT) MODSEQ "/flags/\\\\draft" all 620162338',
      searchReturn({ modseq: 620162338n }, { min: true, count: true }, extended),
      'UID SEARCH RETURN (MIN COUNT) MODSEQ 620162338',
    ],
  ],
  'RFC 5256': [
    [
      'SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994',
      sort(['subject'], { since: '1-Feb-1994' }, plain),
      'UID SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994',
    ],
    [
      'SORT (SUBJECT REVERSE DATE) UTF-8 ALL',
      sort(['subject', { by: 'date', reverse: true }], {}, plain),
      'UID SORT (SUBJECT REVERSE DATE) UTF-8 ALL',
    ],
    [
      'SORT (SUBJECT) US-ASCII TEXT "not in mailbox"',
      sort(['subject'], { text: 'not in mailbox' }, plain),
      'UID SORT (SUBJECT) UTF-8 TEXT "not in mailbox"',
    ],
    [
      'THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000',
      thread('ORDEREDSUBJECT', { since: '5-MAR-2000' }, plain),
      'UID THREAD ORDEREDSUBJECT UTF-8 SINCE 5-Mar-2000',
    ],
    [
      'THREAD ORDEREDSUBJECT US-ASCII TEXT "gewp"',
      thread('ORDEREDSUBJECT', { text: 'gewp' }, plain),
      'UID THREAD ORDEREDSUBJECT UTF-8 TEXT "gewp"',
    ],
    [
      'THREAD REFERENCES UTF-8 SINCE 5-MAR-2000',
      thread('REFERENCES', { since: '2000-03-05' }, plain),
      'UID THREAD REFERENCES UTF-8 SINCE 5-Mar-2000',
    ],
  ],
  'RFC 5258': [
    ['LIST "" "*"', listed({ pattern: '*' })],
    ['LIST (SUBSCRIBED) "" "*"', listed({ select: ['SUBSCRIBED'], pattern: '*' })],
    [
      'LIST () "" "%" RETURN (CHILDREN)',
      listed({ pattern: '%', return: ['CHILDREN'] }),
      'LIST "" "%" RETURN (CHILDREN)',
    ],
    ['LIST (REMOTE) "" "%" RETURN (CHILDREN)', listed({ select: ['REMOTE'], pattern: '%', return: ['CHILDREN'] })],
    ['LIST (REMOTE SUBSCRIBED) "" "*"', listed({ select: ['REMOTE', 'SUBSCRIBED'], pattern: '*' })],
    ['LIST (REMOTE) "" "*" RETURN (SUBSCRIBED)', listed({ select: ['REMOTE'], pattern: '*', return: ['SUBSCRIBED'] })],
    ['LIST "" ("INBOX" "Drafts" "Sent/%")', listed({ pattern: ['INBOX', 'Drafts', 'Sent/%'] })],
    ['LIST "" "%" RETURN (CHILDREN)', listed({ pattern: '%', return: ['CHILDREN'] })],
    ['LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"', listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: '%' })],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (CHILDREN)',
      listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: '%', return: ['CHILDREN'] }),
    ],
    ['LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2"', listed({ select: ['RECURSIVEMATCH', 'SUBSCRIBED'], pattern: '*2' })],
    ['LIST "" ("foo" "foo/*")', listed({ pattern: ['foo', 'foo/*'] })],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" foo RETURN (CHILDREN)',
      listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: 'foo', return: ['CHILDREN'] }),
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "foo" RETURN (CHILDREN)',
    ],
    ['LIST "" (% music/rock)', listed({ pattern: ['%', 'music/rock'] }), 'LIST "" ("%" "music/rock")'],
  ],
  'RFC 5464': [
    [
      'GETMETADATA "" /shared/comment',
      getMetadata('', ['/shared/comment'], {}, plain),
      'GETMETADATA "" ("/shared/comment")',
    ],
    [
      'GETMETADATA "INBOX" (/shared/comment /private/comment)',
      getMetadata('INBOX', ['/shared/comment', '/private/comment'], {}, plain),
      'GETMETADATA "INBOX" ("/shared/comment" "/private/comment")',
    ],
    // The options stand in front of the mailbox in the grammar of §5, behind it in the examples of §4.2.
    [
      'GETMETADATA "INBOX" (MAXSIZE 1024) (/shared/comment /private/comment)',
      getMetadata('INBOX', ['/shared/comment', '/private/comment'], { maxSize: 1024 }, plain),
      'GETMETADATA (MAXSIZE 1024) "INBOX" ("/shared/comment" "/private/comment")',
    ],
    [
      'GETMETADATA "INBOX" (DEPTH 1) (/private/filters/values)',
      getMetadata('INBOX', ['/private/filters/values'], { depth: 1 }, plain),
      'GETMETADATA (DEPTH 1) "INBOX" ("/private/filters/values")',
    ],
    [
      'SETMETADATA INBOX (/private/comment {33}',
      setMetadata('INBOX', { '/private/comment': 'My new comment across\r\ntwo lines.' }),
      'SETMETADATA "INBOX" ("/private/comment" {33}\r\n)',
    ],
    [
      'SETMETADATA INBOX (/private/comment NIL)',
      setMetadata('INBOX', { '/private/comment': null }),
      'SETMETADATA "INBOX" ("/private/comment" NIL)',
    ],
    [
      'SETMETADATA INBOX (/private/comment "My new comment" /shared/comment "This one is for you!")',
      setMetadata('INBOX', { '/private/comment': 'My new comment', '/shared/comment': 'This one is for you!' }),
      'SETMETADATA "INBOX" ("/private/comment" "My new comment" "/shared/comment" "This one is for you!")',
    ],
  ],
  'RFC 7162': [
    ['SELECT INBOX (CONDSTORE)', select(inbox, extended), 'SELECT "INBOX" (CONDSTORE)'],
    [
      'UID STORE 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
      store(inbox, '6,4,8', '+', ['\\Deleted'], { unchangedSince: 12121230045n, silent: true }),
      'UID STORE 4,6,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
    ],
    [
      'STORE * (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted $Processed)',
      store(inbox, { seq: '*' }, '+', ['\\Deleted', '$Processed'], { unchangedSince: 12121230045n, silent: true }),
    ],
    [
      'STORE 50 (UNCHANGEDSINCE 12121230045) -FLAGS.SILENT (\\Deleted)',
      store(inbox, { seq: 50 }, '-', ['\\Deleted'], { unchangedSince: 12121230045n, silent: true }),
    ],
    [
      'STORE 12 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)',
      store(inbox, { seq: 12 }, '+', ['$MDNSent'], { unchangedSince: 0n, silent: true }),
    ],
    [
      'STORE 1:7 (UNCHANGEDSINCE 320172338) +FLAGS (\\SEEN)',
      store(inbox, { seq: '1:7' }, '+', ['\\SEEN'], { unchangedSince: 320172338n }),
    ],
    [
      'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)',
      fetched('1:*', { flags: true }, { changedSince: 12345n }),
      'UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)',
    ],
    [
      'FETCH 1:3 (MODSEQ)',
      fetch(inbox, { seq: '1:3' }, fetchRequest({ modseq: true }, extended.capabilities), () => {}),
      'FETCH 1:3 (UID MODSEQ)',
    ],
    [
      'SEARCH OR NOT MODSEQ 720162338 LARGER 50000',
      search({ or: [{ not: { modseq: 720162338n } }, { larger: 50000 }] }, plain),
      'UID SEARCH OR (NOT (MODSEQ 720162338)) (LARGER 50000)',
    ],
    [
      'STATUS blurdybloop (UIDNEXT MESSAGES HIGHESTMODSEQ)',
      status('blurdybloop', ['uidNext', 'messages', 'highestModseq'], plain),
      'STATUS "blurdybloop" (MESSAGES UIDNEXT HIGHESTMODSEQ)',
    ],
    ['SEARCH RETURN (ALL) MODSEQ 1234', search({ modseq: 1234n }, extended), 'UID SEARCH RETURN (ALL) MODSEQ 1234'],
    [
      'SORT RETURN (ALL) (DATE) UTF-8 MODSEQ 1234',
      sort(['date'], { modseq: 1234n }, extended),
      'UID SORT RETURN (ALL) (DATE) UTF-8 MODSEQ 1234',
    ],
    // Which UIDs are known, and their sequence numbers, are optional: a SyncState does not hold them.
    [
      'SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))',
      resynchronize(inbox, extended, { uidValidity: 67890007, modseq: 20050715194045000n }, new Changes()),
      'SELECT "INBOX" (QRESYNC (67890007 20050715194045000))',
    ],
    [
      'UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)',
      fetched('300:500', { flags: true }, { changedSince: 12345n, vanished: true }),
      'UID FETCH 300:500 (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)',
    ],
    ['UID SEARCH 300:500', search({ seq: '300:500' }, plain)],
    ['UID EXPUNGE 3000:3002', expunge('3000:3002')],
  ],
  'RFC 9051': [
    ['IDLE', idle(() => {})],
    ['UNSELECT', unselect(plain)],
    ['NAMESPACE', namespace(plain)],
    ['CREATE "INBOX.Sent Mail"', create('INBOX.Sent Mail')],
    ['LIST "" "Other Users/%"', listed({ pattern: 'Other Users/%' })],
    ['LIST (SPECIAL-USE) "#mh/" "*"', listed({ select: ['SPECIAL-USE'], reference: '#mh/', pattern: '*' })],
    [
      'LIST "" % RETURN (STATUS (MESSAGES UNSEEN))',
      listed({ pattern: '%', status: ['messages', 'unseen'] }),
      'LIST "" "%" RETURN (STATUS (MESSAGES UNSEEN))',
    ],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (MESSAGES))',
      listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: '%', status: ['messages'] }),
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (STATUS (MESSAGES))',
    ],
    ['UID MOVE 42:69 foo', move('42:69', 'foo'), 'UID MOVE 42:69 "foo"'],
  ],
  'RFC 9208': [
    ['GETQUOTA "!partition/sda4"', getQuota('!partition/sda4')],
    ['GETQUOTAROOT INBOX', getQuotaRoot('INBOX'), 'GETQUOTAROOT "INBOX"'],
    ['SETQUOTA "#user/alice" (STORAGE 510)', setQuota('#user/alice', { STORAGE: 510 })],
    ['SETQUOTA "!partition/sda4" (STORAGE 99999999)', setQuota('!partition/sda4', { STORAGE: 99999999 })],
    [
      'STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)',
      status('INBOX', ['messages', 'deleted', 'deletedStorage'], plain),
      'STATUS "INBOX" (MESSAGES DELETED DELETED-STORAGE)',
    ],
  ],
  'RFC 9394': [
    [
      'UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk',
      searchReturn({ deleted: false, notKeyword: '$Junk' }, { partial: '-1:-100' }, extended),
    ],
    [
      'UID SEARCH RETURN (PARTIAL 23500:24000) UNDELETED UNKEYWORD $Junk',
      searchReturn({ deleted: false, notKeyword: '$Junk' }, { partial: '23500:24000' }, extended),
    ],
    [
      'UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)',
      fetched('25900:26600', { flags: true }, { partial: '-1:-3' }),
    ],
    ['UID FETCH 25900:26600 (UID FLAGS) (PARTIAL 1:5)', fetched('25900:26600', { flags: true }, { partial: '1:5' })],
    [
      'UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-30 CHANGEDSINCE 98305)',
      fetched('25900:26600', { flags: true }, { partial: '-1:-30', changedSince: 98305n }),
      'UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL -1:-30)',
    ],
  ],
};

describe.each(Object.entries(rfcs))('%s', (_, rows) => {
  it.each(rows)('%s', (theirs, command, ours = theirs) => {
    expect(written(command)).toBe(ours);
  });

  it('has no line that is written otherwise for no reason', () => {
    for (const [theirs, , ours] of rows) expect(ours).not.toBe(theirs);
  });
});

it('waits for the continuation of a literal', () => {
  const writer = new Writer();
  append('saved-messages', { content: 'x' }).write?.(writer);
  expect(writer.end()).toContain(CONTINUATION);
});
