import { close } from '../../../../src/commands/close.ts';
import { expunge } from '../../../../src/commands/expunge.ts';
import { noop } from '../../../../src/commands/noop.ts';
import { Changes, resynchronize } from '../../../../src/commands/resynchronize.ts';
import { search } from '../../../../src/commands/search.ts';
import { select } from '../../../../src/commands/select.ts';
import { sort } from '../../../../src/commands/sort.ts';
import { status } from '../../../../src/commands/status.ts';
import { type StoreOptions, store } from '../../../../src/commands/store.ts';
import type { Command } from '../../../../src/session/command.ts';
import type { MessageSet } from '../../../../src/wire/sequence-set.ts';
import { type ClientLines, extended, fetched, inbox, plain } from './row.ts';

function added(set: MessageSet, flags: string[], options: StoreOptions): Command<unknown> {
  return store(set, '+', flags, options);
}

function removed(set: MessageSet, flags: string[], options: StoreOptions): Command<unknown> {
  return store(set, '-', flags, options);
}

function resynchronized(uidValidity: number, modseq: bigint): Command<unknown> {
  return resynchronize(inbox, extended, { uidValidity, modseq }, new Changes());
}

const silent = true;

export const rfc7162: ClientLines = {
  rows: [
    ['SELECT INBOX', select(inbox, plain), 'SELECT "INBOX"'],
    [
      'UID STORE 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
      added('6,4,8', ['\\Deleted'], { unchangedSince: 12121230045n, silent }),
      'UID STORE 4,6,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
    ],
    [
      'STORE * (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted $Processed)',
      added({ seq: '*' }, ['\\Deleted', '$Processed'], { unchangedSince: 12121230045n, silent }),
    ],
    [
      'STORE 50 (UNCHANGEDSINCE 12121230045) -FLAGS.SILENT (\\Deleted)',
      removed({ seq: 50 }, ['\\Deleted'], { unchangedSince: 12121230045n, silent }),
    ],
    [
      'STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)',
      added({ seq: '7,5,9' }, ['\\Deleted'], { unchangedSince: 320162338n, silent }),
      'STORE 5,7,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\\Deleted)',
    ],
    [
      'STORE 12 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)',
      added({ seq: 12 }, ['$MDNSent'], { unchangedSince: 0n, silent }),
    ],
    [
      'STORE 100:150 (UNCHANGEDSINCE 212030000000) +FLAGS.SILENT ($Processed)',
      added({ seq: '100:150' }, ['$Processed'], { unchangedSince: 212030000000n, silent }),
    ],
    ['NOOP', noop()],
    [
      'STORE 101 (UNCHANGEDSINCE 303011130956) +FLAGS.SILENT ($Processed)',
      added({ seq: 101 }, ['$Processed'], { unchangedSince: 303011130956n, silent }),
    ],
    [
      'STORE 1:7 (UNCHANGEDSINCE 320172338) +FLAGS (\\SEEN)',
      added({ seq: '1:7' }, ['\\SEEN'], { unchangedSince: 320172338n }),
    ],
    [
      'STORE 2 (UNCHANGEDSINCE 320172340) +FLAGS (\\Seen)',
      added({ seq: 2 }, ['\\Seen'], { unchangedSince: 320172340n }),
    ],
    [
      'STORE 7,3:9 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
      added({ seq: '7,3:9' }, ['\\Deleted'], { unchangedSince: 12121230045n, silent }),
      'STORE 3:9 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)',
    ],
    [
      'UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)',
      fetched('1:*', { flags: true }, { changedSince: 12345n }),
      'UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 12345)',
    ],
    ['FETCH 1:3 (MODSEQ)', fetched({ seq: '1:3' }, { modseq: true }), 'FETCH 1:3 (UID MODSEQ)'],
    ['STORE 7 +FLAGS.SILENT (\\Deleted)', added({ seq: 7 }, ['\\Deleted'], { silent })],
    ['STORE 7 +FLAGS.SILENT (\\Seen)', added({ seq: 7 }, ['\\Seen'], { silent })],
    ['STORE 7 -FLAGS.SILENT (\\Answered \\Seen)', removed({ seq: 7 }, ['\\Answered', '\\Seen'], { silent })],
    // An entry's name and type narrow MODSEQ down where a server keeps one a flag: none of those that there are does.
    [
      'SEARCH MODSEQ "/flags/\\\\draft" all 620162338',
      search({ modseq: 620162338n }, plain),
      'UID SEARCH MODSEQ 620162338',
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
    ['SELECT INBOX (CONDSTORE)', select(inbox, extended), 'SELECT "INBOX" (CONDSTORE)'],
    ['SEARCH RETURN (ALL) MODSEQ 1234', search({ modseq: 1234n }, extended), 'UID SEARCH RETURN (ALL) MODSEQ 1234'],
    [
      'SORT RETURN (ALL) (DATE) UTF-8 MODSEQ 1234',
      sort(['date'], { modseq: 1234n }, extended),
      'UID SORT RETURN (ALL) (DATE) UTF-8 MODSEQ 1234',
    ],
    // Which UIDs are known, and their sequence numbers, are optional: a SyncState does not hold them.
    [
      'SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))',
      resynchronized(67890007, 20050715194045000n),
      'SELECT "INBOX" (QRESYNC (67890007 20050715194045000))',
    ],
    [
      'SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))',
      resynchronized(67890007, 90060115194045000n),
      'SELECT "INBOX" (QRESYNC (67890007 90060115194045000))',
    ],
    [
      'SELECT INBOX (QRESYNC (67890007 90060115194045000 1:29997))',
      resynchronized(67890007, 90060115194045000n),
      'SELECT "INBOX" (QRESYNC (67890007 90060115194045000))',
    ],
    [
      'SELECT INBOX (QRESYNC (67890007 90060115194045000 1:29997 (5000,7500,9000,9990:9999 15000,22500,27000,29970,29973,29976,29979,29982,29985,29988,29991,29994,29997)))',
      resynchronized(67890007, 90060115194045000n),
      'SELECT "INBOX" (QRESYNC (67890007 90060115194045000))',
    ],
    [
      'UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345)',
      fetched('300:500', { flags: true }, { changedSince: 12345n }),
      'UID FETCH 300:500 (UID FLAGS) (CHANGEDSINCE 12345)',
    ],
    ['UID SEARCH 300:500', search({ seq: '300:500' }, plain)],
    [
      'UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)',
      fetched('300:500', { flags: true }, { changedSince: 12345n, vanished: true }),
      'UID FETCH 300:500 (UID FLAGS) (CHANGEDSINCE 12345 VANISHED)',
    ],
    ['EXPUNGE', expunge()],
    ['CLOSE', close(plain)],
    ['UID EXPUNGE 3000:3002', expunge('3000:3002')],
    [
      'STORE 1:2 (UNCHANGEDSINCE 96) +FLAGS.SILENT \\Seen',
      added({ seq: '1:2' }, ['\\Seen'], { unchangedSince: 96n, silent }),
      'STORE 1:2 (UNCHANGEDSINCE 96) +FLAGS.SILENT (\\Seen)',
    ],
    ['STORE 3 +FLAGS.SILENT \\Seen', added({ seq: 3 }, ['\\Seen'], { silent }), 'STORE 3 +FLAGS.SILENT (\\Seen)'],
    [
      'SELECT INBOX (QRESYNC (3857529045 20010715194032001 1:198))',
      resynchronized(3857529045, 20010715194032001n),
      'SELECT "INBOX" (QRESYNC (3857529045 20010715194032001))',
    ],
  ],
};
