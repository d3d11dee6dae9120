import { decodeUtf8 } from '../mime/charset.ts';
import { parseDate } from '../mime/date.ts';
import { decodeWords } from '../mime/encoded-word.ts';
import { CLOSE, LESS, OPEN, OPEN_BRACE, QUOTE, SPACE } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { plainConstructor } from './plain-object.ts';

/** One person or role. */
export interface MailboxAddress {
  /** Decoded (RFC 2047). */
  name?: string;
  /** `local@host`; without `@host` where the message gives none. */
  address: string;
}

/** A mailbox, or a named group of them (RFC 5322 §3.4). */
export type Address = MailboxAddress | { group: string; members: MailboxAddress[] };

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

const CAPITAL_N = 78;
/** A subject with quotes of its own is looked at so far. */
const LONGEST_MENDED = 4096;

/** The keys in this order; the lists and `raw` follow. */
const EnvelopeObject = plainConstructor(function (
  this: Envelope,
  date: string | undefined,
  subject: string | undefined,
) {
  const moment = date === undefined ? undefined : parseDate(date);
  if (moment !== undefined) this.date = moment;
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

/** As above. */
const AddressObject = plainConstructor(function (this: MailboxAddress, name: string | undefined, address: string) {
  if (name !== undefined && name !== '') this.name = name;
  this.address = address;
});

/** Of a message whose envelope the server does not tell. */
export function emptyEnvelope(): Envelope {
  return { from: [], sender: [], replyTo: [], to: [], cc: [], bcc: [], raw: {} };
}

/**
 * Tolerates fields that are missing at the end: some servers leave out Message-ID, or In-Reply-To and Message-ID
 * (MailKit #669, #932). A From, Sender or Reply-To of NIL is filled in as RFC 3501 §7.4.2 has servers do it
 * (Exchange 2007 sends a From of NIL).
 *
 *     envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP
 *                env-bcc SP env-in-reply-to SP env-message-id ")"                (RFC 3501 §9)
 */
export function readEnvelope(reader: Reader): Envelope {
  reader.open();
  const date = reader.field();
  const { text } = reader;
  const plainUntil = reader.plainUntil();
  const { position } = reader;
  let subject = reader.field();
  if (subject !== undefined && !atList(reader)) subject = mended(reader, subject, position, BEFORE_LIST);
  const plain = reader.position <= plainUntil && reader.text === text;
  const envelope = new EnvelopeObject(date, plain || subject === undefined ? subject : decodeWords(subject));
  const fromStart = reader.position;
  let from = readAddresses(reader);
  const fromText = reader.text === text ? text.substring(fromStart, reader.position) : '';
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
  if (inReplyTo !== undefined) envelope.inReplyTo = inReplyTo;
  const messageId = readId(reader);
  if (messageId !== undefined) envelope.messageId = messageId;
  envelope.raw = new RawFields(date, subject);
  while (!reader.close()) reader.skipValue();
  return envelope;
}

/** True where env-from can begin, or nothing follows that could be part of the subject. */
function atList({ text, bytes, position }: Reader): boolean {
  if (bytes[position] !== SPACE) return bytes[position] === OPEN;
  const next = bytes[position + 1];
  return (
    next === OPEN || next === SPACE || next === QUOTE || (next === CAPITAL_N && text.startsWith('NIL', position + 1))
  );
}

/** The DQUOTE in front of a list of addresses or NIL; in front of the route of an address and its mailbox. */
const BEFORE_LIST = /"(?= (?:\(\(|NIL ))/;
const BEFORE_ROUTE = /"(?= NIL ")/;

/**
 * Tolerances: an unescaped DQUOTE before a space (iCloud, GreenMail: `"the "new" one" ((`), and a backslash that escapes
 * nothing at the end (`"C:\\" NIL`). What must follow the string tells where it ends.
 */
function mended(reader: Reader, field: string, start: number, end: RegExp): string {
  const quoted = reader.text.substring(start, Math.min(reader.end, start + LONGEST_MENDED));
  const close = /^ *"/.test(quoted) ? quoted.search(end) : -1;
  if (close < 0) return field;
  reader.position = start + close + 1;
  return quoted.substring(quoted.indexOf('"') + 1, close).replace(/\\(["\\])/g, '$1');
}

/** nstring. Tolerates an unescaped DQUOTE within an address in its place: `"<a@b" <c@d>"` (node-imap #516). */
function readId(reader: Reader): string | undefined {
  const id = reader.field();
  const { text, bytes, position } = reader;
  if (id === undefined || bytes[position] !== SPACE || bytes[position + 1] !== LESS) return id;
  const close = text.indexOf('"', position);
  if (close < 0 || close >= reader.end) return id;
  reader.position = close + 1;
  return `${id}"${text.substring(position, close)}`;
}

/** Sender and Reply-To are nearly always From once more: taken without being read again if they are, to the letter. */
function sameAgain(reader: Reader, from: string): boolean {
  const { text, bytes, position } = reader;
  if (from.length < 8 || !text.startsWith(from, position) || bytes[position + from.length] !== SPACE) return false;
  reader.position = position + from.length;
  return true;
}

/**
 * env-from = "(" 1*address ")" / nil (RFC 3501 §9), and its like. Tolerates `()` (Yahoo), spaces between addresses
 * (RFC 3501's own examples), and NIL among them (SmarterMail).
 */
function readAddresses(reader: Reader): Address[] {
  const list: Address[] = [];
  reader.skipSpaces();
  if (reader.peek() === CLOSE || reader.nil()) return list;
  // A string where a list should be.
  if (reader.peek() !== OPEN) {
    reader.skipValue();
    return list;
  }
  reader.open();
  let members: MailboxAddress[] | undefined;
  while (!reader.close()) {
    if (reader.peek() !== OPEN) {
      if (!reader.nil()) reader.skipValue();
      continue;
    }
    members = readAddress(reader, list, members);
  }
  // A copy has just the room that it needs; one that grew by push has room for 16 more.
  return list.slice();
}

/**
 * Adds an address to the list, or to the group that is open; returns the group that is open then.
 *
 *     address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"         (RFC 3501 §9)
 *     ; a host of NIL begins a group with that mailbox for its name, or ends it where the mailbox is NIL too
 */
function readAddress(
  reader: Reader,
  list: Address[],
  members: MailboxAddress[] | undefined,
): MailboxAddress[] | undefined {
  const { text } = reader;
  const plainUntil = reader.plainUntil();
  reader.open();
  const { position } = reader;
  let name = reader.field();
  if (name !== undefined && !atRoute(reader)) name = mended(reader, name, position, BEFORE_ROUTE);
  let route = reader.field();
  if (name !== undefined && route !== undefined && reader.peek() === CLOSE) {
    name = mended(reader, name, position, BEFORE_ROUTE);
    if (reader.peek() !== CLOSE) route = reader.field();
  }
  let mailbox = reader.field();
  const three = reader.peek() === CLOSE;
  let host = reader.field();
  // Three strings: the route is left out.
  if (three && route !== undefined) [mailbox, host] = [route, mailbox];
  if (!reader.close()) [name, mailbox, host] = readFurther(reader, [name, route, mailbox, host]);
  const plain = reader.position <= plainUntil && reader.text === text;
  if (host === undefined) {
    if (isSwapped(name)) return addSwapped(name, mailbox, members ?? list, members);
    if (mailbox === undefined && name === undefined) return undefined;
    // Tolerance: Courier has lost the names of groups, and ends one as it begins: `(NIL NIL "" NIL)`.
    if (mailbox === '' && name === undefined && members !== undefined) return undefined;
    // With a name it is no group: an address as one string, or one without its host.
    if (mailbox !== undefined && (name === undefined || !(three || mailbox.includes('@'))))
      return openGroup(mailbox, list);
  }
  (members ?? list).push(plain ? addressOf(name, mailbox, host) : decoded(addressOf(name, mailbox, host)));
  return members;
}

/** True where the route of an address can stand behind its name. */
function atRoute({ bytes, position }: Reader): boolean {
  const next = bytes[position + 1];
  return bytes[position] !== SPACE || next === CAPITAL_N || next === QUOTE || next === SPACE || next === OPEN_BRACE;
}

function openGroup(name: string, list: Address[]): MailboxAddress[] {
  const members: MailboxAddress[] = [];
  list.push({ group: decodeWords(name), members });
  return members;
}

/** More than four strings: a literal was announced too short, so that what leads belongs to the name (MailKit #1369). */
function readFurther(
  reader: Reader,
  fields: (string | undefined)[],
): [string | undefined, string | undefined, string | undefined] {
  while (!reader.close()) fields.push(reader.field());
  const leading = fields.slice(0, -3).filter((field) => field !== undefined);
  return [leading.join(' '), fields.at(-2), fields.at(-1)];
}

/** Gmail: `("<sender@domain.com>" NIL "Display Name" NIL)` (MailKit #494). */
function isSwapped(name: string | undefined): name is string {
  return name !== undefined && /^<[^<>]*@[^<>]*>$/.test(name);
}

function addSwapped(address: string, name: string | undefined, into: Address[], members: MailboxAddress[] | undefined) {
  into.push(
    name === undefined ? { address: address.slice(1, -1) } : { name: decodeWords(name), address: address.slice(1, -1) },
  );
  return members;
}

function addressOf(name: string | undefined, mailbox = '', host = ''): MailboxAddress {
  // Gmail: `("" NIL "<members=a.com" "b.com>")` (MailKit #494).
  const local = mailbox.charCodeAt(0) === 60 ? mailbox.slice(1) : mailbox;
  const domain = host.charCodeAt(host.length - 1) === 62 ? host.slice(0, -1) : host;
  // join makes one flat string at once; + would keep the parts, and a tree above them.
  const address = hasDomain(domain) ? [local, domain].join('@') : local;
  return new AddressObject(name, address);
}

/** Dovecot's MISSING_DOMAIN, Exchange's and UW's .MISSING-HOST-NAME.: the message names no host. */
function hasDomain(host: string): boolean {
  return host !== '' && host !== 'MISSING_DOMAIN' && host !== '.MISSING-HOST-NAME.';
}

function decoded({ name, address }: MailboxAddress): MailboxAddress {
  return new AddressObject(name === undefined ? undefined : decodeWords(name), decodeUtf8(address));
}
