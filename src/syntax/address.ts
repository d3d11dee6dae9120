import { decodeUtf8 } from '../mime/charset.ts';
import { decodeWords } from '../mime/encoded-word.ts';
import {
  BACKSLASH,
  CAPITAL_N,
  CLOSE,
  DOT,
  GREATER,
  LESS,
  MINUS,
  OPEN,
  OPEN_BRACE,
  QUOTE,
  SPACE,
  unescaped,
} from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { plainConstructor } from './plain-object.ts';
import { ownedText, Remembered } from './remembered.ts';
import { isNil, mended } from './unescaped-quote.ts';

/** One person or role. */
export interface MailboxAddress {
  /** Decoded (RFC 2047). */
  name?: string;
  /** `local@host`; without `@host` where the message gives none, and empty where it gives no address at all. */
  address: string;
}

/** A mailbox, or a named group of them (RFC 5322 §3.4). */
export type Address = MailboxAddress | { group: string; members: MailboxAddress[] };

const CAPITAL_M = 77;
const CAPITAL_S = 83;
/** A name with quotes of its own is looked at so far: a message may hold very many that fit no grammar. */
const LONGEST_NAME = 512;
/** The DQUOTE in front of the route of an address and its mailbox. */
const BEFORE_ROUTE = /"(?= NIL ")/i;

/** By a constructor: see RawFields in envelope.ts. */
const AddressObject = plainConstructor(function (this: MailboxAddress, name: string | undefined, address: string) {
  if (name !== undefined && name !== '') this.name = name;
  this.address = address;
});

/**
 * env-from = "(" 1*address ")" / nil (RFC 3501 §9), and its like. Addresses as nearly all are, a name or none, no route, a
 * mailbox and a host, are read here; readOtherAddresses() goes on where there is another. One function on purpose: see
 * Reader.field.
 */
export function readAddresses(reader: Reader): Address[] {
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

/**
 * nil. Tolerates nothing at all at the end of the envelope, and a string where a list should be; one that is a message ID
 * stands for itself, and the list is left out (QQ).
 */
function readNoAddresses(reader: Reader): Address[] {
  if (reader.peek() !== CLOSE && !reader.nil() && !atMessageId(reader)) reader.skipValue();
  return gathered.slice(0, 0);
}

function atMessageId({ bytes, position }: Reader): boolean {
  return bytes[position] === QUOTE && bytes[position + 1] === LESS;
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
