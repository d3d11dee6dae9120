import { ProtocolError } from '../errors.ts';
import { decodeUtf8 } from '../mime/charset.ts';
import { parseDate } from '../mime/date.ts';
import { CLOSE, isAscii, LESS, NINE, OPEN, QUOTE, SPACE, ZERO } from '../wire/chars.ts';
import { fixedTime, parseInternalDate } from '../wire/date-time.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import { readMessageNumber, readModSequenceValue, readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import { readAttributes } from './annotation.ts';
import { type BodyStructure, readBodyStructure, unknownStructure } from './body-structure.ts';
import { type Envelope, emptyEnvelope, readEnvelope } from './envelope.ts';
import { flagLists, ListReader } from './flag.ts';
import { decodeName } from './mailbox.ts';
import type { MetadataValues } from './metadata.ts';
import { readObjectId } from './object-id.ts';
import { readSection } from './section.ts';

/** The bytes of one section of a message. */
export interface Section {
  kind: 'BODY' | 'BINARY';
  /** What stood in the brackets, as parseSection writes it: '', '1.MIME', 'HEADER.FIELDS (FROM TO)'. */
  section: string;
  /** Where in the section the bytes begin, of a partial answer. */
  origin?: number;
  /** null: NIL, or no value at all. */
  bytes: Buffer | null;
}

/** A section without its bytes. */
export type SectionName = Omit<Section, 'bytes'>;

/**
 * Where a section stands among others, or -1. It is looked for from `start` on, and then in front of that: a thousand may be
 * asked for, and they come in that order.
 */
export function placeOfSection(sections: readonly SectionName[], wanted: SectionName, start: number): number {
  const { length } = sections;
  for (let passed = 0; passed < length; passed++) {
    const place = (start + passed) % length;
    const one = sections[place];
    if (one?.kind === wanted.kind && one.section === wanted.section && one.origin === wanted.origin) return place;
  }
  return -1;
}

/** What one FETCH response says of a message. Keys are there in the order in which the items came, and only where they came. */
export interface FetchData {
  /** 0 where the response did not say it. */
  uid: number;
  /** No key at all under UIDONLY (RFC 9586). */
  seq: number;
  flags?: ReadonlySet<string>;
  /** undefined where the server sends no date (NIL), or none that exists. */
  internalDate?: Date | undefined;
  size?: number;
  envelope?: Envelope;
  bodyStructure?: BodyStructure;
  modseq?: bigint;
  preview?: string | null;
  saveDate?: Date | null;
  emailId?: string;
  threadId?: string | null;
  /** ANNOTATE's values, by METADATA's names. */
  annotations?: MetadataValues;
  gmailLabels?: ReadonlySet<string>;
  gmailMessageId?: string;
  gmailThreadId?: string;
  sections?: Section[];
  /** BINARY.SIZE by section. */
  binarySizes?: Map<string, number>;
}

/** Bits of the items that a FETCH response held. */
export const FetchItemBit = {
  UID: 1,
  FLAGS: 1 << 1,
  INTERNALDATE: 1 << 2,
  SIZE: 1 << 3,
  ENVELOPE: 1 << 4,
  BODYSTRUCTURE: 1 << 5,
  /** BODY without a section: the structure without extension data. */
  BODY: 1 << 6,
  /** BODY[…], RFC822, RFC822.HEADER, RFC822.TEXT. */
  SECTION: 1 << 7,
  /** BINARY[…]. */
  BINARY: 1 << 8,
  BINARY_SIZE: 1 << 9,
  MODSEQ: 1 << 10,
  PREVIEW: 1 << 11,
  SAVEDATE: 1 << 12,
  EMAILID: 1 << 13,
  THREADID: 1 << 14,
  GMAIL_LABELS: 1 << 15,
  GMAIL_MSGID: 1 << 16,
  GMAIL_THRID: 1 << 17,
  ANNOTATION: 1 << 18,
  /** One that could not be read. */
  UNREADABLE: 1 << 19,
} as const;

export interface FetchItemRow {
  /** Upper case; "[" at its end where a section follows. */
  name: string;
  bit: number;
  /** Reads the value, in front of which no space is left. */
  read: (reader: Reader, data: FetchData) => void;
}

/** The items of FETCH responses: one row each. */
export const fetchItemRows: readonly FetchItemRow[] = [
  // RFC 3501 §7.4.2
  { name: 'UID', bit: FetchItemBit.UID, read: readUid },
  { name: 'FLAGS', bit: FetchItemBit.FLAGS, read: readFlagsItem },
  { name: 'INTERNALDATE', bit: FetchItemBit.INTERNALDATE, read: readInternalDate },
  { name: 'RFC822.SIZE', bit: FetchItemBit.SIZE, read: readSize },
  { name: 'ENVELOPE', bit: FetchItemBit.ENVELOPE, read: readEnvelopeItem },
  { name: 'BODYSTRUCTURE', bit: FetchItemBit.BODYSTRUCTURE, read: readStructure },
  { name: 'BODY[', bit: FetchItemBit.SECTION, read: (reader, data) => readSectionItem(reader, data, 'BODY') },
  // Tolerance: a space between BODY and its section (Courier-IMAP 0.31, by its file BUGS).
  { name: 'BODY [', bit: FetchItemBit.SECTION, read: (reader, data) => readSectionItem(reader, data, 'BODY') },
  { name: 'BODY', bit: FetchItemBit.BODY, read: readStructure },
  { name: 'RFC822', bit: FetchItemBit.SECTION, read: (reader, data) => readNamed(reader, data, '') },
  { name: 'RFC822.HEADER', bit: FetchItemBit.SECTION, read: (reader, data) => readNamed(reader, data, 'HEADER') },
  { name: 'RFC822.TEXT', bit: FetchItemBit.SECTION, read: (reader, data) => readNamed(reader, data, 'TEXT') },
  // Tolerances: `RFC822[]` (net-imap's tests), and the command's own words: `BODY.PEEK[…]`
  { name: 'RFC822[', bit: FetchItemBit.SECTION, read: (reader, data) => readSectionItem(reader, data, 'BODY') },
  { name: 'BODY.PEEK[', bit: FetchItemBit.SECTION, read: (reader, data) => readSectionItem(reader, data, 'BODY') },
  { name: 'BINARY.PEEK[', bit: FetchItemBit.BINARY, read: (reader, data) => readSectionItem(reader, data, 'BINARY') },
  // RFC 3516 §4.3
  { name: 'BINARY[', bit: FetchItemBit.BINARY, read: (reader, data) => readSectionItem(reader, data, 'BINARY') },
  { name: 'BINARY.SIZE[', bit: FetchItemBit.BINARY_SIZE, read: readBinarySize },
  // RFC 7162 §3.1.4, RFC 8970 §3, RFC 8514 §4.2, RFC 8474 §5
  { name: 'MODSEQ', bit: FetchItemBit.MODSEQ, read: readModseq },
  { name: 'PREVIEW', bit: FetchItemBit.PREVIEW, read: readPreview },
  { name: 'SAVEDATE', bit: FetchItemBit.SAVEDATE, read: readSaveDate },
  { name: 'EMAILID', bit: FetchItemBit.EMAILID, read: readEmailId },
  { name: 'THREADID', bit: FetchItemBit.THREADID, read: readThreadId },
  // RFC 5257 §4.4
  { name: 'ANNOTATION', bit: FetchItemBit.ANNOTATION, read: readAnnotations },
  // developers.google.com/workspace/gmail/imap/imap-extensions
  { name: 'X-GM-LABELS', bit: FetchItemBit.GMAIL_LABELS, read: readGmailLabels },
  { name: 'X-GM-MSGID', bit: FetchItemBit.GMAIL_MSGID, read: readGmailMessageId },
  { name: 'X-GM-THRID', bit: FetchItemBit.GMAIL_THRID, read: readGmailThreadId },
];

/** "UID" SP uniqueid. Of digits alone, as it always is, read here: V8 compiles readMessageNumber() into this, and by itself too. */
function readUid(reader: Reader, data: FetchData): void {
  const { bytes, position } = reader;
  let at = position;
  let uid = 0;
  for (let code = bytes[at] ?? 0; code >= ZERO && code <= NINE; code = bytes[at] ?? 0) {
    uid = uid * 10 + code - ZERO;
    at++;
  }
  const next = bytes[at];
  if (at === position || uid > LARGEST_UINT32 || (next !== SPACE && next !== CLOSE)) {
    data.uid = readMessageNumber(reader);
  } else {
    data.uid = uid;
    reader.position = at;
  }
}

/** "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")" */
function readFlagsItem(reader: Reader, data: FetchData): void {
  data.flags = flagLists.read(reader);
}

/** "INTERNALDATE" SP date-time; NIL comes too, and Domino's `00-Jan-0000` (MailKit #1236) */
function readInternalDate(reader: Reader, data: FetchData): void {
  const { bytes, position } = reader;
  const time =
    bytes[position] === QUOTE && bytes[position + 27] === QUOTE ? fixedTime(bytes, position + 1) : Number.NaN;
  if (Number.isNaN(time)) {
    readLooseDate(reader, data);
  } else {
    data.internalDate = new Date(time);
    reader.position = position + 28;
  }
}

function readLooseDate(reader: Reader, data: FetchData): void {
  let text = reader.nstring();
  if (text !== undefined && text.length < 12) text += timeBehind(reader);
  data.internalDate = text === undefined ? undefined : dateOf(text);
}

/** Tolerance: a date-time without quotes, of which the date alone was read. */
function timeBehind(reader: Reader): string {
  const { text, position, end } = reader;
  const time =
    /^ \d\d:\d\d:\d\d [-+]\d{4}(?=[ )]|$)/.exec(text.substring(position, Math.min(end, position + 20)))?.[0] ?? '';
  reader.position += time.length;
  return time;
}

/** A date-time, or a date as mail has it: with a zone's name, or with none. */
function dateOf(text: string): Date | undefined {
  return parseInternalDate(text) ?? parseDate(text);
}

/** "RFC822.SIZE" SP number; NIL for one that is not known, or a string */
function readSize(reader: Reader, data: FetchData): void {
  data.size = reader.atNumber() ? readNumber(reader) : readOtherSize(reader);
}

function readOtherSize(reader: Reader): number {
  if (reader.atString()) return Number(/^\d{1,15}$/.exec(reader.string())?.[0] ?? 0);
  return reader.nil() ? 0 : readNumber(reader);
}

/** "ENVELOPE" SP envelope */
function readEnvelopeItem(reader: Reader, data: FetchData): void {
  data.envelope = reader.peek() !== OPEN && reader.nil() ? emptyEnvelope() : readEnvelope(reader);
}

/** "BODY" ["STRUCTURE"] SP body */
function readStructure(reader: Reader, data: FetchData): void {
  const { depth } = reader;
  try {
    data.bodyStructure = reader.peek() !== OPEN && reader.nil() ? unknownStructure() : readBodyStructure(reader);
  } catch (error) {
    passOverDeep(reader, depth, error);
    data.bodyStructure = unknownStructure(data.size);
  }
}

/** Whoever sends mail can nest parts: Dovecot tells of a hundred, Cyrus of any number. No message is to end the connection. */
function passOverDeep(reader: Reader, depth: number, error: unknown): void {
  const isDeep = error instanceof ProtocolError && error.code === 'LIMIT_DEPTH';
  if (!isDeep || !reader.closeTo(depth)) throw error;
}

/** "BODY" section ["<" number ">"] SP nstring; "BINARY" section-binary SP (nstring / literal8) (RFC 3516 §7) */
function readSectionItem(reader: Reader, data: FetchData, kind: Section['kind']): void {
  // Nearly always it is the whole message.
  if (reader.text.startsWith('] {', reader.position)) {
    reader.position += 2;
    keepSection(data, { kind, section: '', bytes: reader.literal() });
    return;
  }
  const section = readSection(reader);
  const origin = readOrigin(reader);
  addSection(
    data,
    origin === undefined ? { kind, section, bytes: null } : { kind, section, origin, bytes: null },
    reader,
  );
}

/** "RFC822" [".HEADER" / ".TEXT"] SP nstring */
function readNamed(reader: Reader, data: FetchData, section: string): void {
  addSection(data, { kind: 'BODY', section, bytes: null }, reader);
}

function addSection(data: FetchData, section: Section, reader: Reader): void {
  reader.skipSpaces();
  // Yandex leaves the value out: `BODY[2] )` (MailKit #1708).
  if (reader.peek() !== CLOSE && reader.peek() !== -1) section.bytes = reader.nstringBytes();
  keepSection(data, section);
}

function keepSection(data: FetchData, section: Section): void {
  if (data.sections === undefined) data.sections = [section];
  else data.sections.push(section);
}

/** ["<" number ">"]. Tolerates the length that was asked for, behind it: `<0.100>`. */
export function readOrigin(reader: Reader): number | undefined {
  if (!reader.take(LESS)) return undefined;
  const { text, position, end } = reader;
  const origin = /^(\d{1,15})(?:\.\d{1,15})?>/.exec(text.substring(position, Math.min(end, position + 32)));
  if (origin === null) return reader.fail('an origin');
  reader.position += origin[0].length;
  return Number(origin[1]);
}

/** "BINARY.SIZE" section-binary SP number (RFC 3516 §7) */
function readBinarySize(reader: Reader, data: FetchData): void {
  const section = readSection(reader);
  reader.skipSpaces();
  const size = readNumber(reader);
  data.binarySizes ??= new Map();
  data.binarySizes.set(section, size);
}

/** "MODSEQ" SP "(" mod-sequence-value ")" (RFC 7162 §7). Zoho sends `(-1)`, which says nothing (MailKit #1686); the parentheses may be missing. */
function readModseq(reader: Reader, data: FetchData): void {
  if (reader.peek() !== OPEN) {
    if (reader.atNumber()) keepModseq(reader, data);
    else reader.skipValue();
    return;
  }
  reader.open();
  reader.skipSpaces();
  if (reader.atNumber()) keepModseq(reader, data);
  while (!reader.close()) reader.skipValue();
}

function keepModseq(reader: Reader, data: FetchData): void {
  const modseq = readModSequenceValue(reader);
  if (modseq !== undefined) data.modseq = modseq;
}

/** "PREVIEW" SP nstring (RFC 8970 §6) */
function readPreview(reader: Reader, data: FetchData): void {
  const text = reader.nstring();
  data.preview = text === undefined ? null : decodeUtf8(text);
}

/** "SAVEDATE" SP (date-time / nil) (RFC 8514 §5) */
function readSaveDate(reader: Reader, data: FetchData): void {
  const text = reader.nstring();
  data.saveDate = text === undefined ? null : (dateOf(text) ?? null);
}

/** "EMAILID" SP "(" objectid ")" (RFC 8474 §7) */
function readEmailId(reader: Reader, data: FetchData): void {
  data.emailId = readObjectId(reader) ?? reader.fail('an objectid');
}

/** "THREADID" SP ("(" objectid ")" / nil) (RFC 8474 §7) */
function readThreadId(reader: Reader, data: FetchData): void {
  data.threadId = readObjectId(reader) ?? null;
}

/**
 *     "ANNOTATION" SP ( "(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")" )     (RFC 5257 §5)
 *     entry-att = entry SP "(" att-value *(SP att-value) ")"
 *
 * Names alone come unasked (§4.4): which entries have changed, not to what.
 */
function readAnnotations(reader: Reader, data: FetchData): void {
  const values: MetadataValues = data.annotations ?? new Map();
  reader.list(() => {
    const entry = reader.astring();
    reader.skipSpaces();
    if (reader.peek() === OPEN) readAttributes(reader, entry, (name, value) => values.set(name, value));
  });
  data.annotations = values;
}

/** Few different lists stand in the responses of a mailbox. */
const labelLists = new ListReader(1000, readLabelList);

/** "X-GM-LABELS" SP "(" [label *(SP label)] ")": labels are atoms, strings in modified UTF-7, or `\Inbox` and its like */
function readGmailLabels(reader: Reader, data: FetchData): void {
  data.gmailLabels = labelLists.read(reader);
}

function readLabelList(reader: Reader): string[] {
  const labels: string[] = [];
  if (reader.nil()) return labels;
  reader.list(() => {
    const label = reader.nstring();
    // Modified UTF-7, or UTF-8 where that is enabled (UTF8=ACCEPT).
    if (label !== undefined) labels.push(decodeName(label, !isAscii(label)));
  });
  return labels;
}

/** 64 bits: past what a number holds exactly. */
function readGmailMessageId(reader: Reader, data: FetchData): void {
  data.gmailMessageId = reader.astring();
}

function readGmailThreadId(reader: Reader, data: FetchData): void {
  data.gmailThreadId = reader.astring();
}
