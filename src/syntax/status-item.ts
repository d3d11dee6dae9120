import { requireSyntaxError, shown, UsageError } from '../errors.ts';
import { CLOSE, COMMA, OPEN } from '../wire/chars.ts';
import { readMessageNumber, readModSequenceValue, readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { decodeMailbox } from './mailbox.ts';
import { readQuotedName } from './mailbox-list.ts';
import { readObjectId } from './object-id.ts';

export type StatusItem =
  | 'messages'
  | 'recent'
  | 'unseen'
  | 'uidNext'
  | 'uidValidity'
  | 'highestModseq'
  | 'size'
  | 'deleted'
  | 'deletedStorage'
  | 'appendLimit'
  | 'mailboxId';

/** What STATUS tells of a mailbox: what was asked for, as far as the server answered. */
export interface MailboxStatus {
  messages?: number;
  recent?: number;
  unseen?: number;
  uidNext?: number;
  uidValidity?: number;
  highestModseq?: bigint;
  /** Bytes of all messages together (STATUS=SIZE, RFC 8438). */
  size?: number;
  /** Messages marked \Deleted (RFC 9208). */
  deleted?: number;
  deletedStorage?: number;
  /** null: no limit for this mailbox (RFC 7889). */
  appendLimit?: number | null;
  mailboxId?: string;
}

interface Row {
  item: StatusItem;
  name: string;
  read: (reader: Reader) => MailboxStatus;
}

/** status-att (RFC 3501 §9, RFC 7162, RFC 8438, RFC 9208, RFC 7889, RFC 8474): one row each, in the order in which they are asked for. */
const rows: readonly Row[] = [
  { item: 'messages', name: 'MESSAGES', read: (reader) => ({ messages: readNumber(reader) }) },
  { item: 'recent', name: 'RECENT', read: (reader) => ({ recent: readNumber(reader) }) },
  { item: 'unseen', name: 'UNSEEN', read: (reader) => ({ unseen: readNumber(reader) }) },
  { item: 'uidNext', name: 'UIDNEXT', read: (reader) => known({ uidNext: readMessageNumber(reader) }) },
  // Past 32 bits: GreenMail makes it of the milliseconds since 1970.
  { item: 'uidValidity', name: 'UIDVALIDITY', read: (reader) => known({ uidValidity: readNumber(reader) }) },
  { item: 'highestModseq', name: 'HIGHESTMODSEQ', read: readHighestModseq },
  { item: 'size', name: 'SIZE', read: (reader) => ({ size: readNumber(reader) }) },
  { item: 'deleted', name: 'DELETED', read: (reader) => ({ deleted: readNumber(reader) }) },
  { item: 'deletedStorage', name: 'DELETED-STORAGE', read: (reader) => ({ deletedStorage: readNumber(reader) }) },
  {
    item: 'appendLimit',
    name: 'APPENDLIMIT',
    read: (reader) => ({ appendLimit: reader.nil() ? null : readNumber(reader) }),
  },
  { item: 'mailboxId', name: 'MAILBOXID', read: readMailboxId },
];

function readHighestModseq(reader: Reader): MailboxStatus {
  const highestModseq = readModSequenceValue(reader);
  return highestModseq === undefined ? {} : { highestModseq };
}

/** Tolerates an objectid without its parentheses. */
function readMailboxId(reader: Reader): MailboxStatus {
  const mailboxId = reader.peek() === OPEN ? readObjectId(reader) : reader.astring();
  return mailboxId === undefined ? {} : { mailboxId };
}

/** 0 stands where a server does not know a number that is never 0 (MailKit #150). */
function known(status: MailboxStatus): MailboxStatus {
  return Object.values(status).includes(0) ? {} : status;
}

const byItem = new Map(rows.map((row) => [row.item, row]));
const byName = new Map(rows.map((row) => [row.name, row]));

/** "(" status-att *(SP status-att) ")" (RFC 3501 §9) */
export function writeStatusItems(writer: Writer, items: readonly StatusItem[]): void {
  if (!Array.isArray(items)) throw new UsageError(`not a list of STATUS items: ${shown(items)}`);
  const wanted = items.map((item) => byItem.get(item) ?? unknownItem(item));
  if (wanted.length === 0) throw new UsageError('no item of STATUS is asked for');
  writer.list(new Set(rows.filter((row) => wanted.includes(row))), (row) => writer.raw(row.name));
}

function unknownItem(item: unknown): never {
  throw new UsageError(`not an item of STATUS: ${shown(item)}`);
}

/**
 * The mailbox of a STATUS response, decoded. Tolerates a name with spaces and no quotes (Strato: `Sent Items (UIDNEXT 1)`,
 * mailutils: `a  b (MESSAGES 0)`).
 *
 *     mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"      (RFC 3501 §9)
 */
export function readStatusMailbox(reader: Reader, utf8: boolean): string {
  reader.skipSpaces();
  let name: string;
  if (reader.atString()) {
    name = readQuotedName(reader, (text) => text.lastIndexOf('" ('));
  } else {
    const { text, position } = reader;
    reader.position = listStart(reader);
    name = text.substring(position, reader.position).trim();
  }
  return decodeMailbox(name, utf8);
}

/** Where the items of a STATUS response begin: a mailbox's name may hold parentheses. */
function listStart({ text, position, end }: Reader): number {
  const first = text.indexOf('(', position);
  for (let at = first; at >= 0 && at < end; at = text.indexOf('(', at + 1)) {
    if (/^\( {0,9}(?:\)|[a-z-]{1,40} {1,9}[-\d("n])/i.test(text.substring(at, at + 64))) return at;
  }
  return first < 0 || first > end ? end : first;
}

/**
 * status-att-list = status-att-val *(SP status-att-val) (RFC 3501 §9), in its parentheses. Unknown items are passed
 * over, and values that are none (Zoho: `HIGHESTMODSEQ -1`). Tolerates a missing ")", and commas.
 */
export function readStatusItems(reader: Reader): MailboxStatus {
  const status: MailboxStatus = {};
  reader.skipSpaces();
  reader.open();
  while (!reader.close() && !reader.atEnd) {
    const row = byName.get(reader.atom().toUpperCase());
    reader.skipSpaces();
    if (reader.peek() === CLOSE) continue;
    const { position } = reader;
    try {
      if (row !== undefined) Object.assign(status, row.read(reader));
    } catch (error) {
      requireSyntaxError(error);
      reader.position = position;
    }
    if (reader.position === position) reader.skipValue();
    reader.take(COMMA);
    reader.skipSpaces();
  }
  return status;
}

/** Whether it tells all of the items, and no others. */
export function hasExactly(status: MailboxStatus, items: readonly StatusItem[]): boolean {
  return items.every((item) => item in status) && Object.keys(status).length === new Set(items).size;
}
