import { external } from '../../../../src/auth/external.ts';
import { plain as saslPlain } from '../../../../src/auth/plain.ts';
import { append } from '../../../../src/commands/append.ts';
import { authenticate } from '../../../../src/commands/authenticate.ts';
import { capability } from '../../../../src/commands/capability.ts';
import { copy } from '../../../../src/commands/copy.ts';
import { create } from '../../../../src/commands/create.ts';
import { deleteMailbox } from '../../../../src/commands/delete.ts';
import { enable } from '../../../../src/commands/enable.ts';
import { Idle } from '../../../../src/commands/idle.ts';
import { login } from '../../../../src/commands/login.ts';
import { logout } from '../../../../src/commands/logout.ts';
import { namespace } from '../../../../src/commands/namespace.ts';
import { noop } from '../../../../src/commands/noop.ts';
import { rename } from '../../../../src/commands/rename.ts';
import { select } from '../../../../src/commands/select.ts';
import { startTls } from '../../../../src/commands/starttls.ts';
import { status } from '../../../../src/commands/status.ts';
import { subscribe } from '../../../../src/commands/subscribe.ts';
import { unsubscribe } from '../../../../src/commands/unsubscribe.ts';
import { Capabilities } from '../../../../src/syntax/capability.ts';
import { rfc5258 } from './rfc5258.ts';
import { type ClientLines, fetched, inbox, listed, mailbox, plain } from './row.ts';

const test = saslPlain({ authzid: 'test', user: 'test', pass: 'test' });
const overview = { flags: true, internalDate: true, size: true, envelope: true };
/** RFC 5258 §5 has an example that is not among those of §6.3.9.8, and another in a different form. */
const only5258 = ['LIST "" ("INBOX" "Drafts" "Sent/%")', 'LIST "" ("foo" "foo/*")'];

/** §6.1 to §6.3. */
export const rfc9051: ClientLines = {
  rows: [
    ['CAPABILITY', capability()],
    ['STARTTLS', startTls()],
    ['NOOP', noop()],
    ['LOGOUT', logout()],
    ['AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=', await authenticate(test, [], true)],
    ['AUTHENTICATE PLAIN', await authenticate(test, [], false)],
    ['AUTHENTICATE EXTERNAL =', await authenticate(external(), [], true)],
    ['LOGIN SMITH SESAME', login('SMITH', 'SESAME'), 'LOGIN "SMITH" "SESAME"'],
    ['ENABLE CONDSTORE X-GOOD-IDEA', enable(['CONDSTORE', 'X-GOOD-IDEA'], plain)],
    ['ENABLE CONDSTORE', enable(['CONDSTORE'], plain)],
    ['SELECT INBOX', select(inbox, plain), 'SELECT "INBOX"'],
    ['SELECT Drafts', select(mailbox('Drafts'), plain), 'SELECT "Drafts"'],
    ['EXAMINE blurdybloop', select(mailbox('blurdybloop', true), plain), 'EXAMINE "blurdybloop"'],
    ['CREATE owatagusiam/', create('owatagusiam/'), 'CREATE "owatagusiam/"'],
    ['CREATE owatagusiam/blurdybloop', create('owatagusiam/blurdybloop'), 'CREATE "owatagusiam/blurdybloop"'],
    ['CREATE NonNormalized', create('NonNormalized'), 'CREATE "NonNormalized"'],
    ['LIST "" *', listed({ pattern: '*' }), 'LIST "" "*"'],
    ['DELETE blurdybloop', deleteMailbox('blurdybloop'), 'DELETE "blurdybloop"'],
    ['DELETE foo', deleteMailbox('foo'), 'DELETE "foo"'],
    ['DELETE foo/bar', deleteMailbox('foo/bar'), 'DELETE "foo/bar"'],
    ['LIST "" %', listed({ pattern: '%' }), 'LIST "" "%"'],
    ['RENAME blurdybloop sarasoop', rename('blurdybloop', 'sarasoop'), 'RENAME "blurdybloop" "sarasoop"'],
    ['RENAME foo zowie', rename('foo', 'zowie'), 'RENAME "foo" "zowie"'],
    ['RENAME INBOX old-mail', rename('INBOX', 'old-mail'), 'RENAME "INBOX" "old-mail"'],
    ['RENAME X Y', rename('X', 'Y'), 'RENAME "X" "Y"'],
    ['SUBSCRIBE Y', subscribe('Y'), 'SUBSCRIBE "Y"'],
    ['UNSUBSCRIBE X', unsubscribe('X'), 'UNSUBSCRIBE "X"'],
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
    ...rfc5258.rows.filter(([theirs]) => !only5258.includes(theirs)),
    ['LIST "" ("foo")', listed({ pattern: ['foo'] })],
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
    ['NAMESPACE', namespace(plain)],
    ['CREATE "INBOX.Sent Mail"', create('INBOX.Sent Mail')],
    ['LIST (SPECIAL-USE) "" "*"', listed({ select: ['SPECIAL-USE'], pattern: '*' })],
    ['LIST (SPECIAL-USE) "#mh/" "*"', listed({ select: ['SPECIAL-USE'], reference: '#mh/', pattern: '*' })],
    ['CREATE "Sent Mail"', create('Sent Mail')],
    ['CREATE "Delete Items"', create('Delete Items')],
    ['CREATE "#mh/Deleted Items"', create('#mh/Deleted Items')],
    ['LIST "" "Other Users/%"', listed({ pattern: 'Other Users/%' })],
    ['LIST "" "#Users/%"', listed({ pattern: '#Users/%' })],
    ['LIST "" "#Users/Mike/%"', listed({ pattern: '#Users/Mike/%' })],
    ['LIST "" "~mark/%"', listed({ pattern: '~mark/%' })],
    [
      'STATUS blurdybloop (UIDNEXT MESSAGES)',
      status('blurdybloop', ['uidNext', 'messages'], plain),
      'STATUS "blurdybloop" (MESSAGES UIDNEXT)',
    ],
    [
      'APPEND saved-messages (\\Seen) {326}',
      append('saved-messages', { content: 'x'.repeat(326), flags: ['\\Seen'] }, Capabilities.none),
      'APPEND "saved-messages" (\\Seen) {326}\r\n',
    ],
    // Which literals synchronize is the session's to say, when it sends them.
    [
      'APPEND saved-messages (\\Seen) {297+}',
      append('saved-messages', { content: 'x'.repeat(297), flags: ['\\Seen'] }, Capabilities.none),
      'APPEND "saved-messages" (\\Seen) {297}\r\n',
    ],
    ['COPY 2:4 meeting', copy({ seq: '2:4' }, 'meeting'), 'COPY 2:4 "meeting"'],
    ['UID COPY 305:310 meeting', copy('305:310', 'meeting'), 'UID COPY 305:310 "meeting"'],
    ['COPY 2 funny', copy({ seq: 2 }, 'funny'), 'COPY 2 "funny"'],
    ['SELECT funny', select(mailbox('funny'), plain), 'SELECT "funny"'],
    ['IDLE', new Idle({ begun() {} })],
    ['FETCH 4 ALL', fetched({ seq: 4 }, overview), 'FETCH 4 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)'],
    ['FETCH 3 ALL', fetched({ seq: 3 }, overview), 'FETCH 3 (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)'],
  ],
  unsent: [['AUTHENTICATE GSSAPI', 'there is no such mechanism here']],
};
