import { append } from '../../../../src/commands/append.ts';
import { capability } from '../../../../src/commands/capability.ts';
import { check } from '../../../../src/commands/check.ts';
import { close } from '../../../../src/commands/close.ts';
import { copy } from '../../../../src/commands/copy.ts';
import { create } from '../../../../src/commands/create.ts';
import { deleteMailbox } from '../../../../src/commands/delete.ts';
import { expunge } from '../../../../src/commands/expunge.ts';
import { list } from '../../../../src/commands/list.ts';
import { login } from '../../../../src/commands/login.ts';
import { logout } from '../../../../src/commands/logout.ts';
import { noop } from '../../../../src/commands/noop.ts';
import { rename } from '../../../../src/commands/rename.ts';
import { search } from '../../../../src/commands/search.ts';
import { select } from '../../../../src/commands/select.ts';
import { startTls } from '../../../../src/commands/starttls.ts';
import { status } from '../../../../src/commands/status.ts';
import { store } from '../../../../src/commands/store.ts';
import { subscribe } from '../../../../src/commands/subscribe.ts';
import { unsubscribe } from '../../../../src/commands/unsubscribe.ts';
import { Capabilities } from '../../../../src/syntax/capability.ts';
import { type ClientLines, fetched, inbox, listed, mailbox, plain } from './row.ts';

export const rfc3501: ClientLines = {
  rows: [
    ['CAPABILITY', capability()],
    ['STARTTLS', startTls()],
    ['NOOP', noop()],
    ['LOGOUT', logout()],
    ['LOGIN joe password', login('joe', 'password'), 'LOGIN "joe" "password"'],
    ['LOGIN SMITH SESAME', login('SMITH', 'SESAME'), 'LOGIN "SMITH" "SESAME"'],
    ['SELECT INBOX', select(inbox, plain), 'SELECT "INBOX"'],
    ['EXAMINE blurdybloop', select(mailbox('blurdybloop', true), plain), 'EXAMINE "blurdybloop"'],
    ['CREATE owatagusiam/', create('owatagusiam/'), 'CREATE "owatagusiam/"'],
    ['CREATE owatagusiam/blurdybloop', create('owatagusiam/blurdybloop'), 'CREATE "owatagusiam/blurdybloop"'],
    ['LIST "" *', listed({ pattern: '*' }), 'LIST "" "*"'],
    ['DELETE blurdybloop', deleteMailbox('blurdybloop'), 'DELETE "blurdybloop"'],
    ['DELETE foo', deleteMailbox('foo'), 'DELETE "foo"'],
    ['DELETE foo/bar', deleteMailbox('foo/bar'), 'DELETE "foo/bar"'],
    ['LIST "" %', listed({ pattern: '%' }), 'LIST "" "%"'],
    ['RENAME blurdybloop sarasoop', rename('blurdybloop', 'sarasoop'), 'RENAME "blurdybloop" "sarasoop"'],
    ['RENAME foo zowie', rename('foo', 'zowie'), 'RENAME "foo" "zowie"'],
    ['RENAME INBOX old-mail', rename('INBOX', 'old-mail'), 'RENAME "INBOX" "old-mail"'],
    ['SUBSCRIBE #news.comp.mail.mime', subscribe('#news.comp.mail.mime'), 'SUBSCRIBE "#news.comp.mail.mime"'],
    ['UNSUBSCRIBE #news.comp.mail.mime', unsubscribe('#news.comp.mail.mime'), 'UNSUBSCRIBE "#news.comp.mail.mime"'],
    ['LIST "" ""', listed({ pattern: '' })],
    [
      'LIST #news.comp.mail.misc ""',
      listed({ reference: '#news.comp.mail.misc', pattern: '' }),
      'LIST "#news.comp.mail.misc" ""',
    ],
    ['LIST /usr/staff/jones ""', listed({ reference: '/usr/staff/jones', pattern: '' }), 'LIST "/usr/staff/jones" ""'],
    ['LIST ~/Mail/ %', listed({ reference: '~/Mail/', pattern: '%' }), 'LIST "~/Mail/" "%"'],
    ['LSUB "#news." "comp.mail.*"', list({ reference: '#news.', pattern: 'comp.mail.*' }, plain, 'LSUB')],
    ['LSUB "#news." "comp.%"', list({ reference: '#news.', pattern: 'comp.%' }, plain, 'LSUB')],
    [
      'STATUS blurdybloop (UIDNEXT MESSAGES)',
      status('blurdybloop', ['uidNext', 'messages'], plain),
      'STATUS "blurdybloop" (MESSAGES UIDNEXT)',
    ],
    [
      'APPEND saved-messages (\\Seen) {310}',
      append('saved-messages', { content: 'x'.repeat(310), flags: ['\\Seen'] }, Capabilities.none),
      'APPEND "saved-messages" (\\Seen) {310}\r\n',
    ],
    ['CHECK', check(plain)],
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
      fetched({ seq: '2:4' }, { flags: true, headers: ['DATE', 'FROM'], markSeen: true }),
      'FETCH 2:4 (UID FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
    ],
    ['STORE 2:4 +FLAGS (\\Deleted)', store({ seq: '2:4' }, '+', ['\\Deleted'], {})],
    ['COPY 2:4 MEETING', copy({ seq: '2:4' }, 'MEETING'), 'COPY 2:4 "MEETING"'],
    ['UID SEARCH 1:100 UID 443:557', search({ seq: '1:100', uid: '443:557' }, plain), 'UID SEARCH UID 443:557 1:100'],
    [
      'UID FETCH 4827313:4828442 FLAGS',
      fetched('4827313:4828442', { flags: true }),
      'UID FETCH 4827313:4828442 (UID FLAGS)',
    ],
    ['LOGIN fred blurdybloop', login('fred', 'blurdybloop'), 'LOGIN "fred" "blurdybloop"'],
    ['COPY 1:2 owatagusiam', copy({ seq: '1:2' }, 'owatagusiam'), 'COPY 1:2 "owatagusiam"'],
    ['COPY 3:200 blurdybloop', copy({ seq: '3:200' }, 'blurdybloop'), 'COPY 3:200 "blurdybloop"'],
    ['LOGIN {11}', login('FRED FOOBAR', 'fat man'), 'LOGIN "FRED FOOBAR" "fat man"'],
    ['login mrc secret', login('mrc', 'secret'), 'LOGIN "mrc" "secret"'],
    ['select inbox', select(mailbox('inbox'), plain), 'SELECT "inbox"'],
    [
      'fetch 12 full',
      fetched({ seq: 12 }, { flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }),
      'FETCH 12 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)',
    ],
    ['fetch 12 body[header]', fetched({ seq: 12 }, { headers: true, markSeen: true }), 'FETCH 12 (UID BODY[HEADER])'],
    ['store 12 +flags \\deleted', store({ seq: 12 }, '+', ['\\deleted'], {}), 'STORE 12 +FLAGS (\\deleted)'],
    ['logout', logout(), 'LOGOUT'],
  ],
  unsent: [
    ['AUTHENTICATE GSSAPI', 'there is no such mechanism here'],
    ['XPIG-LATIN', 'made up'],
    ['...very long command line...', 'no command'],
    ['...empty line...', 'no command'],
    ['BLURDYBLOOP {102856}', 'made up'],
  ],
};
