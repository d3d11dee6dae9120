import { select } from '../../../../src/commands/select.ts';
import { type ClientLines, extended, inbox, mailbox } from './row.ts';

export const rfc4466: ClientLines = {
  rows: [
    // ANNOTATE asks for annotations unasked, and RESPONSES is made up: neither is sent.
    ['SELECT INBOX (ANNOTATE)', select(inbox, extended), 'SELECT "INBOX" (CONDSTORE)'],
    [
      'EXAMINE INBOX (ANNOTATE RESPONSES ("UID Responses") CONDSTORE)',
      select(mailbox('INBOX', true), extended),
      'EXAMINE "INBOX" (CONDSTORE)',
    ],
  ],
  unsent: [['SELECT INBOX (BLURDYBLOOP)', 'made up']],
};
