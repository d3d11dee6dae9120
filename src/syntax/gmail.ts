import { shown, UsageError } from '../errors.ts';
import type { Writer } from '../wire/writer.ts';

/** X-GM-EXT-1 (developers.google.com/workspace/gmail/imap/imap-extensions): what is given as `fetch({ gmail: true })` tells it. */
export interface GmailQuery {
  /** In Gmail's own search language: `has:attachment older_than:2y`. */
  raw?: string | undefined;
  messageId?: string | undefined;
  threadId?: string | undefined;
  label?: string | undefined;
}

const rows: { readonly [K in keyof GmailQuery]-?: (writer: Writer, value: string) => void } = {
  raw: (writer, text) => void writer.raw('X-GM-RAW ').string(text),
  messageId: (writer, id) => void writer.raw(`X-GM-MSGID ${requireNumber(id)}`),
  threadId: (writer, id) => void writer.raw(`X-GM-THRID ${requireNumber(id)}`),
  label: (writer, label) => writeLabel(writer.raw('X-GM-LABELS '), label),
};

/** The search keys of Gmail's: one at least. */
export function writeGmailKeys(writer: Writer, given: string | GmailQuery): void {
  const query = typeof given === 'string' ? { raw: given } : given;
  if (typeof query !== 'object') throw new UsageError(`neither a text nor an object: ${shown(query)}`);
  const told = Object.entries(query).filter(([, value]) => value !== undefined);
  if (told.length === 0) throw new UsageError('nothing is named that is to be found');
  writer.spaced(told, ([key, value]) => {
    if (!Object.hasOwn(rows, key)) throw new UsageError(`not a search key of Gmail's: ${shown(key)}`);
    rows[key as keyof GmailQuery](writer, value); // as the line above has seen
  });
}

/** A 64-bit number: past what a number of JavaScript's holds exactly, so that it is a text everywhere. */
function requireNumber(id: string): string {
  if (typeof id !== 'string' || !/^\d{1,20}$/.test(id)) throw new UsageError(`not a number as a text: ${shown(id)}`);
  return id;
}

/** A label is `\Inbox` and its like, or written as the names of mailboxes are. */
export function writeLabel(writer: Writer, label: string): void {
  if (typeof label === 'string' && label.startsWith('\\')) writer.raw('\\').atom(label.substring(1));
  else writer.mailbox(label);
}
