import { scram } from '../../../../src/auth/scram.ts';
import { authenticate } from '../../../../src/commands/authenticate.ts';
import { close } from '../../../../src/commands/close.ts';
import { copy } from '../../../../src/commands/copy.ts';
import { create } from '../../../../src/commands/create.ts';
import { deleteMailbox } from '../../../../src/commands/delete.ts';
import { enable } from '../../../../src/commands/enable.ts';
import { expunge } from '../../../../src/commands/expunge.ts';
import { login } from '../../../../src/commands/login.ts';
import { logout } from '../../../../src/commands/logout.ts';
import { move } from '../../../../src/commands/move.ts';
import { rename } from '../../../../src/commands/rename.ts';
import { search } from '../../../../src/commands/search.ts';
import { select } from '../../../../src/commands/select.ts';
import { startTls } from '../../../../src/commands/starttls.ts';
import { status } from '../../../../src/commands/status.ts';
import { store } from '../../../../src/commands/store.ts';
import { unselect } from '../../../../src/commands/unselect.ts';
import { type ClientLines, extended, fetched, mailbox, plain, returned } from './row.ts';

const save = true;
const notSmith = { not: { from: 'Smith' } };
const in1994 = { since: '1-Feb-1994', ...notSmith };
const in2006 = { since: '12-Feb-2006', ...notSmith };
const savedOrSome = { or: [{ uid: '$' }, { seq: '1,3000:3021' }] };
const user = { hash: 'SHA-256', user: 'user', pass: 'pencil', nonce: 'rOprNGfwEbeRWgbNEkqO' } as const;
const archive = '/archive/projects/experiment-iv';
const f250 = Array.from({ length: 250 }, (_, index) => `f${index + 1}`);

/** §6.4 to §8. */
export const rfc9051Selected: ClientLines = {
  rows: [
    ['CLOSE', close(plain)],
    ['UNSELECT', unselect(plain)],
    ['EXPUNGE', expunge()],
    [
      'SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned({ flagged: true, ...in1994 }, { min: true, count: true }),
      'UID SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN () FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned({ flagged: true, ...in1994 }, {}),
      'UID SEARCH RETURN (ALL) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH TEXT "string not in mailbox"',
      search({ text: 'string not in mailbox' }, extended),
      'UID SEARCH RETURN (ALL) TEXT "string not in mailbox"',
    ],
    [
      'SEARCH CHARSET UTF-8 TEXT {12}',
      search({ text: 'отпуск' }, extended),
      'UID SEARCH RETURN (ALL) CHARSET UTF-8 TEXT {12}\r\n',
    ],
    ['SEARCH RETURN (MIN) UNSEEN', returned({ seen: false }, { min: true }), 'UID SEARCH RETURN (MIN) UNSEEN'],
    ['UID SEARCH RETURN (MIN MAX) 1:5000', returned({ seq: '1:5000' }, { min: true, max: true })],
    [
      'SEARCH RETURN (COUNT) DELETED',
      returned({ deleted: true }, { count: true }),
      'UID SEARCH RETURN (COUNT) DELETED',
    ],
    [
      'SEARCH RETURN (SAVE) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned({ flagged: true, ...in1994 }, { save }),
      'UID SEARCH RETURN (SAVE) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'FETCH $ (UID INTERNALDATE FLAGS BODY.PEEK[HEADER])',
      fetched('$', { internalDate: true, flags: true, headers: true }),
      'UID FETCH $ (UID FLAGS INTERNALDATE BODY.PEEK[HEADER])',
    ],
    [
      'SEARCH RETURN (SAVE) SINCE 1-Jan-2004 NOT FROM "Smith"',
      returned({ since: '1-Jan-2004', ...notSmith }, { save }),
      'UID SEARCH RETURN (SAVE) SINCE 1-Jan-2004 NOT (FROM "Smith")',
    ],
    ['UID SEARCH UID $ SMALLER 4096', search({ uid: '$', smaller: 4096 }, plain)],
    ['UID SEARCH $ SMALLER 4096', search({ uid: '$', smaller: 4096 }, plain), 'UID SEARCH UID $ SMALLER 4096'],
    [
      'SEARCH RETURN (SAVE) SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned(in1994, { save }),
      'UID SEARCH RETURN (SAVE) SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH CHARSET UTF-8 (OR $ 1,3000:3021) TEXT {8+}',
      search({ ...savedOrSome, text: 'мать' }, extended),
      'UID SEARCH RETURN (ALL) CHARSET UTF-8 TEXT {8}\r\n OR (UID $) (1,3000:3021)',
    ],
    [
      'SEARCH RETURN (SAVE) CHARSET KOI8-R (OR $ 1,3000:3021) TEXT {4}',
      returned({ ...savedOrSome, text: 'мать' }, { save }),
      'UID SEARCH RETURN (SAVE) CHARSET UTF-8 TEXT {8}\r\n OR (UID $) (1,3000:3021)',
    ],
    [
      'SEARCH RETURN (SAVE) SINCE 28-Oct-2006 NOT FROM "Eric"',
      returned({ since: '28-Oct-2006', not: { from: 'Eric' } }, { save }),
      'UID SEARCH RETURN (SAVE) SINCE 28-Oct-2006 NOT (FROM "Eric")',
    ],
    ['COPY $ "Other Messages"', copy('$', 'Other Messages'), 'UID COPY $ "Other Messages"'],
    [
      'SEARCH RETURN (SAVE) KEYWORD $Junk',
      returned({ keyword: '$Junk' }, { save }),
      'UID SEARCH RETURN (SAVE) KEYWORD $Junk',
    ],
    ['COPY $ "Junk"', copy('$', 'Junk'), 'UID COPY $ "Junk"'],
    [
      'STORE $ +FLAGS.Silent (\\Deleted)',
      store('$', '+', ['\\Deleted'], { silent: true }),
      'UID STORE $ +FLAGS.SILENT (\\Deleted)',
    ],
    [
      'SEARCH RETURN (ALL) SINCE 28-Oct-2006 FROM "Eric"',
      returned({ since: '28-Oct-2006', from: 'Eric' }, { all: true }),
      'UID SEARCH RETURN (ALL) FROM "Eric" SINCE 28-Oct-2006',
    ],
    [
      'SEARCH RETURN (SAVE) SINCE 28-Oct-2006 FROM "Eric"',
      returned({ since: '28-Oct-2006', from: 'Eric' }, { save }),
      'UID SEARCH RETURN (SAVE) FROM "Eric" SINCE 28-Oct-2006',
    ],
    [
      'SEARCH RETURN (ALL) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { all: true }),
      'UID SEARCH RETURN (ALL) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (ALL SAVE) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { all: true, save }),
      'UID SEARCH RETURN (ALL SAVE) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (SAVE MIN) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { save, min: true }),
      'UID SEARCH RETURN (MIN SAVE) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (MAX SAVE MIN) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { max: true, save, min: true }),
      'UID SEARCH RETURN (MIN MAX SAVE) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (MAX SAVE MIN COUNT) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { max: true, save, min: true, count: true }),
      'UID SEARCH RETURN (MIN MAX COUNT SAVE) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN (ALL SAVE MIN) SINCE 12-Feb-2006 NOT FROM "Smith"',
      returned(in2006, { all: true, save, min: true }),
      'UID SEARCH RETURN (MIN ALL SAVE) SINCE 12-Feb-2006 NOT (FROM "Smith")',
    ],
    [
      'FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
      fetched({ seq: '2:4' }, { flags: true, headers: ['DATE', 'FROM'], markSeen: true }),
      'FETCH 2:4 (UID FLAGS BODY[HEADER.FIELDS (DATE FROM)])',
    ],
    ['STORE 2:4 +FLAGS (\\Deleted)', store({ seq: '2:4' }, '+', ['\\Deleted'], {})],
    ['COPY 2:4 MEETING', copy({ seq: '2:4' }, 'MEETING'), 'COPY 2:4 "MEETING"'],
    ['UID MOVE 42:69 foo', move('42:69', 'foo'), 'UID MOVE 42:69 "foo"'],
    ['UID EXPUNGE 3000:3002', expunge('3000:3002')],
    ['UID SEARCH 1:100 UID 443:557', search({ seq: '1:100', uid: '443:557' }, plain), 'UID SEARCH UID 443:557 1:100'],
    [
      'UID FETCH 4827313:4828442 FLAGS',
      fetched('4827313:4828442', { flags: true }),
      'UID FETCH 4827313:4828442 (UID FLAGS)',
    ],
    ['RENAME this that', rename('this', 'that'), 'RENAME "this" "that"'],
    ['LOGIN "fred" "foo"', login('fred', 'foo')],
    ['create "///////"', create('///////'), 'CREATE "///////"'],
    [`select "${archive}"`, select(mailbox(archive), plain), 'SELECT "/archive/projects/experiment-iv"'],
    [
      `status "${archive}" (messages)`,
      status(archive, ['messages'], plain),
      'STATUS "/archive/projects/experiment-iv" (MESSAGES)',
    ],
    ['login "fred" "foo"', login('fred', 'foo'), 'LOGIN "fred" "foo"'],
    [
      'search from maria@example.com',
      search({ from: 'maria@example.com' }, plain),
      'UID SEARCH FROM "maria@example.com"',
    ],
    ['DELETE Notes', deleteMailbox('Notes'), 'DELETE "Notes"'],
    [`delete "${archive}"`, deleteMailbox(archive), 'DELETE "/archive/projects/experiment-iv"'],
    ['STORE 42 FLAGS f1 f2 f3 f4 f5 ... f250', store({ seq: 42 }, '', f250, {}), `STORE 42 FLAGS (${f250.join(' ')})`],
    ['uid copy 1:* oldmail', copy('1:*', 'oldmail'), 'UID COPY 1:* "oldmail"'],
    ['select inbox', select(mailbox('inbox'), plain), 'SELECT "inbox"'],
    ['LOGIN fred blurdybloop', login('fred', 'blurdybloop'), 'LOGIN "fred" "blurdybloop"'],
    ['COPY 1:2 owatagusiam', copy({ seq: '1:2' }, 'owatagusiam'), 'COPY 1:2 "owatagusiam"'],
    ['COPY 3:200 blurdybloop', copy({ seq: '3:200' }, 'blurdybloop'), 'COPY 3:200 "blurdybloop"'],
    ['LOGIN {11}', login('FRED FOOBAR', 'fat man'), 'LOGIN "FRED FOOBAR" "fat man"'],
    ['starttls', startTls(), 'STARTTLS'],
    [
      'AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=',
      await authenticate(scram(user), [], true),
    ],
    ['ENABLE IMAP4rev2', enable(['IMAP4rev2'], plain), 'ENABLE IMAP4REV2'],
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
    ['XPIG-LATIN', 'made up'],
    ['...very long command line...', 'no command'],
    ['...empty line...', 'no command'],
    ['BLURDYBLOOP {102856}', 'made up'],
  ],
};
