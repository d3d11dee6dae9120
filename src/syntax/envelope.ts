import { parseDate } from '../mime/date.ts';
import { decodeWords } from '../mime/encoded-word.ts';
import { CLOSE, COMMA, isDigit, LESS, OPEN, QUOTE, SPACE, ZERO } from '../wire/chars.ts';
import { timeBehindDay } from '../wire/date-time.ts';
import type { Reader } from '../wire/reader.ts';
import { type Address, readAddresses } from './address.ts';
import { plainConstructor } from './plain-object.ts';
import { isNil, mended } from './unescaped-quote.ts';

/** The header of a message as the server has taken it apart (RFC 3501 §7.4.2). */
export interface Envelope {
  /** The moment that the Date field names; absent where it names none. */
  date?: Date;
  /** Decoded (RFC 2047). */
  subject?: string;
  from: Address[];
  /** As `from` where the message has no Sender. */
  sender: Address[];
  /** As `from` where the message has no Reply-To. */
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  /** As sent: message IDs in angle brackets. */
  inReplyTo?: string;
  messageId?: string;
  /** The bytes of date and subject as sent, latin1. */
  raw: { date?: string; subject?: string };
}

/** A subject with quotes of its own is looked at so far. */
const LONGEST_SUBJECT = 4096;
/** The DQUOTE in front of a list of addresses or NIL. */
const BEFORE_LIST = /"(?= (?:\(\(|NIL ))/i;

/** The keys in this order; the lists and `raw` follow. */
const EnvelopeObject = plainConstructor(function (this: Envelope, date: Date | undefined, subject: string | undefined) {
  if (date !== undefined) this.date = date;
  if (subject !== undefined) this.subject = subject;
});

/** By a constructor: an object literal in a path this hot is compiled again each time V8 changes where it allocates it. */
const RawFields = plainConstructor(function (
  this: Envelope['raw'],
  date: string | undefined,
  subject: string | undefined,
) {
  if (date !== undefined) this.date = date;
  if (subject !== undefined) this.subject = subject;
});

/** Of a message whose envelope the server does not tell. */
export function emptyEnvelope(): Envelope {
  return { from: [], sender: [], replyTo: [], to: [], cc: [], bcc: [], raw: {} };
}

/**
 * Tolerates fields that are missing: QQ leaves out Bcc, or more of the lists (go-imap #143), others In-Reply-To and Message-ID
 * (MailKit #932). A From, Sender or Reply-To of NIL is filled in as RFC 3501 §7.4.2 has servers do it
 * (Exchange 2007 sends a From of NIL).
 *
 *     envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP
 *                env-bcc SP env-in-reply-to SP env-message-id ")"                (RFC 3501 §9)
 */
export function readEnvelope(reader: Reader): Envelope {
  reader.open();
  const { bytes, position: start } = reader;
  const date = reader.field();
  const moment = date === undefined ? undefined : momentOf(date, bytes, start);
  // Of the line piece that follows a literal the text may be the same, the bytes are its own.
  const { text, bytes: piece } = reader;
  const plainUntil = reader.plainUntil();
  const { position } = reader;
  let subject = reader.field();
  if (subject !== undefined && !atList(reader))
    subject = mended(reader, subject, position, BEFORE_LIST, LONGEST_SUBJECT);
  const plain = reader.position <= plainUntil && reader.bytes === piece;
  const envelope = new EnvelopeObject(moment, plain || subject === undefined ? subject : decodeWords(subject));
  const fromStart = reader.position;
  let from = readAddresses(reader);
  const fromText = reader.bytes === piece ? text.substring(fromStart, reader.position) : '';
  const sender = sameAgain(reader, fromText) ? from.slice() : readAddresses(reader);
  const replyTo = sameAgain(reader, fromText) ? from.slice() : readAddresses(reader);
  if (from.length === 0) from = sender.slice();
  envelope.from = from;
  envelope.sender = sender.length > 0 ? sender : from.slice();
  envelope.replyTo = replyTo.length > 0 ? replyTo : from.slice();
  envelope.to = readAddresses(reader);
  envelope.cc = readAddresses(reader);
  envelope.bcc = readAddresses(reader);
  const inReplyTo = readId(reader);
  if (inReplyTo !== undefined) {
    // Tolerance: QQ leaves lists out, and where there is one ID, it is the message's (mailcore2 #1029, MailKit #279).
    if (reader.bytes[reader.position] === CLOSE) envelope.messageId = inReplyTo;
    else envelope.inReplyTo = inReplyTo;
  }
  const messageId = readId(reader);
  if (messageId !== undefined) envelope.messageId = messageId;
  envelope.raw = new RawFields(date, subject);
  while (!reader.close()) reader.skipValue();
  return envelope;
}

/** Years before 1900 are for parseDate(), and so is a day on which it may be one in some zone. */
const EARLIEST = Date.UTC(1900, 0, 2);

/** The moment that a Date field names, which begins at a place. Where it is written as it should be, it is read from the bytes. */
function momentOf(date: string, bytes: Uint8Array, start: number): Date | undefined {
  // After the day of the week: `"Fri, `.
  let at = bytes[start + 4] === COMMA && bytes[start + 5] === SPACE ? start + 6 : start + 1;
  let day = 0;
  const first = at;
  for (; isDigit(bytes[at] ?? 0); at++) day = day * 10 + (bytes[at] ?? 0) - ZERO;
  const time = bytes[start] === QUOTE && at - first <= 2 ? timeBehindDay(bytes, at, day, SPACE) : Number.NaN;
  const end = at + 24;
  const ended = bytes[end] === QUOTE || (bytes[end] === SPACE && bytes[end + 1] === OPEN);
  return time >= EARLIEST && ended ? new Date(time) : parseDate(date);
}

/** True where env-from can begin, or nothing follows that could be part of the subject. */
function atList({ text, bytes, position }: Reader): boolean {
  if (bytes[position] !== SPACE) return bytes[position] === OPEN;
  const next = bytes[position + 1];
  return next === OPEN || next === SPACE || next === QUOTE || isNil(text, position + 1);
}

/**
 * nstring. Tolerates white space behind it (Dovecot and Cyrus leave there what the field has), and an unescaped DQUOTE
 * within an address in its place: `"<a@b" <c@d>"` (node-imap #516).
 */
function readId(reader: Reader): string | undefined {
  const id = reader.field();
  if (id === undefined) return undefined;
  const { text, bytes, position } = reader;
  if (bytes[position] !== SPACE || bytes[position + 1] !== LESS)
    return id.charCodeAt(id.length - 1) <= SPACE ? id.trimEnd() : id;
  const close = text.indexOf('"', position);
  if (close < 0 || close >= reader.end) return id;
  reader.position = close + 1;
  return `${id}"${text.substring(position, close)}`;
}

/**
 * Sender and Reply-To are nearly always From once more: taken without being read again if they are, to the letter. By substring():
 * see atFetchList().
 */
function sameAgain(reader: Reader, from: string): boolean {
  const { text, bytes, position } = reader;
  const end = position + from.length;
  if (from.length < 8 || bytes[end] !== SPACE || text.substring(position, end) !== from) return false;
  reader.position = end;
  return true;
}
