import { decodeUtf8 } from '../mime/charset.ts';
import { parseDate } from '../mime/date.ts';
import { decodeWords } from '../mime/encoded-word.ts';
import {
  BACKSLASH,
  CAPITAL_N,
  CLOSE,
  COMMA,
  DOT,
  GREATER,
  isDigit,
  LESS,
  MINUS,
  OPEN,
  OPEN_BRACE,
  QUOTE,
  SPACE,
  unescaped,
  ZERO,
} from '../wire/chars.ts';
import { timeBehindDay } from '../wire/date-time.ts';
import type { Reader } from '../wire/reader.ts';
import { plainConstructor } from './plain-object.ts';
import { ownedText, Remembered } from './remembered.ts';

/** One person or role. */
export interface MailboxAddress {
  /** Decoded (RFC 2047). */
  name?: string;
  /** `local@host`; without `@host` where the message gives none, and empty where it gives no address at all. */
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

const CAPITAL_M = 77;
const CAPITAL_S = 83;
/** A subject with quotes of its own is looked at so far; a name less, for a message may hold very many that fit no grammar. */
const LONGEST_SUBJECT = 4096;
const LONGEST_NAME = 512;

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
  if (inReplyTo !== undefined) envelope.inReplyTo = inReplyTo;
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

/** True where NIL stands, and not what begins so: `"5" Nile cruises"`. */
function isNil(text: string, position: number): boolean {
  return /^nil[ )]/i.test(text.substring(position, position + 4));
}

/** The DQUOTE in front of a list of addresses or NIL; in front of the route of an address and its mailbox. */
const BEFORE_LIST = /"(?= (?:\(\(|NIL ))/i;
const BEFORE_ROUTE = /"(?= NIL ")/i;

/**
 * Tolerances: an unescaped DQUOTE before a space (iCloud, GreenMail: `"the "new" one" ((`), and a backslash that escapes
 * nothing at the end (`"C:\\" NIL`). What must follow the string tells where it ends.
 */
function mended(reader: Reader, field: string, start: number, end: RegExp, longest: number): string {
  const quoted = reader.text.substring(start, Math.min(reader.end, start + longest));
  const close = /^ *"/.test(quoted) ? quoted.search(end) : -1;
  if (close < 0) return field;
  reader.position = start + close + 1;
  return unescaped(quoted.substring(quoted.indexOf('"') + 1, close));
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

/**
 * env-from = "(" 1*address ")" / nil (RFC 3501 §9), and its like. Addresses as nearly all are, a name or none, no route, a
 * mailbox and a host, are read here; readOtherAddresses() goes on where there is another. One function on purpose: see
 * Reader.field.
 */
function readAddresses(reader: Reader): Address[] {
  const { text, bytes } = reader;
  let start = reader.position;
  while (bytes[start] === SPACE) start++;
  reader.position = start;
  if (bytes[start] !== OPEN) return readNoAddresses(reader);
  const plainUntil = reader.plainUntil();
  let count = 0;
  let at = start + 1;
  while (count < FEW && bytes[at] === OPEN && (bytes[at + 1] === QUOTE || bytes[at + 1] === CAPITAL_N)) {
    reader.position = at + 1;
    const name = reader.field();
    if (!text.startsWith(' NIL "', reader.position)) break;
    const mailboxAt = reader.position + 6;
    reader.position += 5;
    const mailbox = reader.field();
    const hostAt = reader.position + 2;
    if (!text.startsWith(' "', hostAt - 2)) break;
    const host = reader.field();
    const { position } = reader;
    if (bytes[position] !== CLOSE || mailbox === undefined || host === undefined) break;
    const first = bytes[mailboxAt];
    if (first === LESS || first === CAPITAL_M || first === BACKSLASH || !isHost(bytes, hostAt, position)) break;
    // join makes one flat string at once; + would keep the parts, and a tree above them.
    parts[0] = mailbox;
    parts[1] = host;
    const address = new AddressObject(name, parts.join('@'));
    gathered[count++] = position <= plainUntil ? address : decoded(address);
    at = position + 1;
  }
  // A copy has just the room that it needs; one that grew by push has room for 16 more.
  const list = gathered.slice(0, count);
  if (count > 0 && bytes[at] === CLOSE) {
    reader.position = at + 1;
    return list;
  }
  reader.position = start;
  reader.open();
  reader.position = at;
  return readOtherAddresses(reader, list);
}

/** Used again and again: V8 compiles a function with an array literal anew when its arrays turn out to live long. */
const parts = ['', ''];
const gathered: Address[] = [];
/** More of them in one list are for readOtherAddresses(): what is gathered is not let go. */
const FEW = 16;

/** What stands for a host where there is none is not read as one: see hasDomain() and addressOf(). */
function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  if (first === QUOTE || first === DOT || first === CAPITAL_M || first === CAPITAL_S) return false;
  // As in "unspecified-domain", and in few others.
  return bytes[start + 11] !== MINUS && bytes[end - 2] !== GREATER;
}

/** nil. Tolerates nothing at all at the end of the envelope, and a string where a list should be. */
function readNoAddresses(reader: Reader): Address[] {
  if (reader.peek() !== CLOSE && !reader.nil()) reader.skipValue();
  return gathered.slice(0, 0);
}

/**
 * What follows in a list of addresses, from one on that is a group or otherwise not of the usual form. Tolerates `()`
 * (Yahoo), spaces between addresses (RFC 3501's own examples), and NIL among them (SmarterMail).
 */
function readOtherAddresses(reader: Reader, list: Address[]): Address[] {
  let members: MailboxAddress[] | undefined;
  while (!reader.close()) {
    if (reader.peek() !== OPEN) {
      if (!reader.nil()) reader.skipValue();
      continue;
    }
    members = readAddress(reader, list, members);
  }
  // Tolerance: Courier ends a group that has not begun, behind `A <a@x> (a comment)` and at the semicolon of `a@x; b@x`.
  if (members !== undefined && isNameless(list.at(-1))) return list.slice(0, -1).concat(members);
  return list.slice();
}

function isNameless(address: Address | undefined): boolean {
  return address !== undefined && 'group' in address && address.group === '';
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
  const { bytes } = reader;
  const plainUntil = reader.plainUntil();
  reader.open();
  const { position } = reader;
  let name = reader.field();
  if (name !== undefined && !atRoute(reader)) name = mended(reader, name, position, BEFORE_ROUTE, LONGEST_NAME);
  let route = reader.field();
  if (name !== undefined && route !== undefined && reader.peek() === CLOSE) {
    name = mended(reader, name, position, BEFORE_ROUTE, LONGEST_NAME);
    if (reader.peek() !== CLOSE) route = reader.field();
  }
  let mailbox = reader.field();
  const three = reader.peek() === CLOSE;
  let host = reader.field();
  // Three strings: the route is left out.
  if (three && route !== undefined) [mailbox, host] = [route, mailbox];
  if (!reader.close()) [name, mailbox, host] = readFurther(reader, [name, route, mailbox, host]);
  const plain = reader.position <= plainUntil && reader.bytes === bytes;
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
function atRoute({ text, bytes, position }: Reader): boolean {
  if (bytes[position] !== SPACE) return true;
  const next = bytes[position + 1];
  return next === QUOTE || next === SPACE || next === OPEN_BRACE || isNil(text, position + 1);
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
  return name !== undefined && /^<[^<>@]*@[^<>]*>$/.test(name);
}

function addSwapped(address: string, name: string | undefined, into: Address[], members: MailboxAddress[] | undefined) {
  into.push(
    name === undefined ? { address: address.slice(1, -1) } : { name: decodeWords(name), address: address.slice(1, -1) },
  );
  return members;
}

function addressOf(name: string | undefined, mailbox = '', host = ''): MailboxAddress {
  // Gmail: `("" NIL "<members=a.com" "b.com>")` (MailKit #494).
  const written = mailbox.charCodeAt(0) === LESS ? mailbox.slice(1) : unquoted(mailbox);
  // Dovecot's name for none.
  const local = written === 'MISSING_MAILBOX' ? '' : written;
  const domain = host.charCodeAt(host.length - 1) === GREATER ? host.slice(0, -1) : host;
  // join makes one flat string at once; + would keep the parts, and a tree above them.
  const address = hasDomain(domain) ? [local, domain].join('@') : local;
  return new AddressObject(name, address);
}

/** Tolerance: Courier leaves a local part its quotes, `"\"a b\""`, that RFC 3501 §7.4.2 takes off. */
function unquoted(local: string): string {
  return /^".*"$/s.test(local) ? unescaped(local.slice(1, -1)) : local;
}

/**
 * What servers say where the message names no host: Dovecot (SYNTAX_ERROR where the address is broken off), Exchange and UW,
 * and Cyrus.
 */
const NO_DOMAIN: readonly string[] = [
  '',
  'MISSING_DOMAIN',
  'SYNTAX_ERROR',
  '.MISSING-HOST-NAME.',
  'unspecified-domain',
];

function hasDomain(host: string): boolean {
  return !NO_DOMAIN.includes(host);
}

function decoded({ name, address }: MailboxAddress): MailboxAddress {
  return new AddressObject(name === undefined ? undefined : decodedName(name), decodeUtf8(address));
}

/** The same few people write most of a mailbox's messages. */
const names = new Remembered<string>(1000, 200);

function decodedName(written: string): string {
  if (!written.includes('=?')) return decodeWords(written);
  return names.get(written) ?? names.keep(written, ownedText(decodeWords(written)));
}
