/** What the descriptions of operations must know of a server that departs from the others: each fact names who does. */

export interface Facts {
  /** Mailbox names that the server does not take. */
  refusesName?(name: string): boolean;
  /** Names that it takes and does not keep, or that keep it waiting for ever. mailutils: `CREATE "{5+}"`, `CREATE "a\\"`. */
  spoilsName?(name: string): boolean;
  /** A mailbox takes two seconds to delete, for which Courier sleeps: tests make do with fewer deletions. */
  deletesSlowly?: boolean;
  /** Fewer messages, for a server that is slow at many. Courier: 45 ms an APPEND, mailutils: 4 MB/s and a scan an APPEND. */
  bulk?: Bulk;

  /** NO and BAD are one. Courier: `A1 NO Error in IMAP command received by server.`, mailutils: `A1 BAD CREATE Already exist`. */
  mixesNoAndBad?: boolean;
  /** ID is answered with nothing but OK (mailutils). */
  hidesId?: boolean;
  /** RENAME of a mailbox that is not there is `OK Folder renamed.` (Courier). */
  renamesNothing?: boolean;
  /** UIDVALIDITY is the moment at which it is asked for (mailutils, Maildir): another in STATUS than in SELECT. */
  uidValidityMoves?: boolean;

  /** No `\*` among the permanent flags: `BAD STORE Unrecognized flag`; SEARCH UNKEYWORD ends the server's process (mailutils). */
  noKeywords?: boolean;
  /** APPEND and COPY lose flags (mailutils, Maildir). */
  dropsFlags?: boolean;
  /** The internal date is that of the Date header, or the moment, whatever APPEND says (mailutils, Maildir). */
  datesByHeader?: boolean;
  /** `STORE +FLAGS.SILENT` is answered with flags, for \Recent is told as well: `* 3 FETCH (FLAGS (\Recent \Seen) UID 3)` (Cyrus). */
  answersSilent?: boolean;
  /** \Recent depends on who asked before: STATUS counts it, LIST RETURN (STATUS (RECENT)) of the same mailbox does not (Cyrus). */
  recentVaries?: boolean;

  /** What others do, and an APPEND of one's own, is told in no IDLE and seldom by NOOP: only by another SELECT (mailutils, Maildir). */
  tellsNothing?: boolean;
  /** Of what others do in the selected mailbox only arrivals are told, by NOOP (mailutils, mbox). */
  tellsArrivalsOnly?: boolean;
  /** There is a preview only where another program has made one: `* 1 FETCH (PREVIEW NIL)` (Cyrus). */
  previewsNothing?: boolean;
  /** A fuzzy search finds nothing without an index, and another program makes that (Cyrus: `UID SEARCH FUZZY SUBJECT "two"`). */
  blursNothing?: boolean;
  /** Of two From or Subject fields in a header the last one counts (Cyrus). */
  lastFieldCounts?: boolean;
  /** Groups in ENVELOPE: without their names, `(NIL NIL "" NIL)` (Courier); none, only their members (mailutils). */
  losesGroups?: 'names' | 'all';
  /** A fold in a header field becomes two spaces (mailutils: `{8}` `one  two`). */
  unfoldsWide?: boolean;
  /** The text of a message within a message, `BODY[3.1]`, is that message with its header (mailutils). */
  nestsWhole?: boolean;
  /** The text of a message within a message ends in a CR too many, where no line end stands before the boundary (Courier). */
  spoilsNestedEnd?: boolean;
  /** A part that has no parts has itself for its first: `BODY[1.1]` is `BODY[1]` (Courier, mailutils). */
  leavesHaveParts?: boolean;

  /** SORT: what is equal comes in any order, further criteria count for nothing, and unreadable dates are the first (Courier). */
  sortsRoughly?: boolean;
  /** Text is compared as in searches and not by i;unicode-casemap, so that é is e, and unreadable dates are dated otherwise (Cyrus). */
  sortsByFolding?: boolean;
}

export interface Bulk {
  /** Realistic messages. */
  corpus: number;
  /** Messages of a large mailbox. */
  mailbox: number;
  /** Messages of a mailbox whose odd UIDs are named. */
  set: number;
  /** Bytes of a large message. */
  message: number;
  /** Messages appended one after the other. */
  many: number;
  /** Messages to sort and thread. */
  order: number;
}

export const BULK: Bulk = { corpus: 2000, mailbox: 10_000, set: 8000, message: 20_000_000, many: 250, order: 200 };
