import { sort } from '../../../../src/commands/sort.ts';
import { thread } from '../../../../src/commands/thread.ts';
import { type ClientLines, plain } from './row.ts';

export const rfc5256: ClientLines = {
  rows: [
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
};
