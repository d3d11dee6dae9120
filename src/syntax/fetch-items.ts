import { naming, shown, UsageError } from '../errors.ts';
import { HeaderFields, type Headers } from '../mime/header.ts';
import { decodeTransfer } from '../mime/transfer-encoding.ts';
import { ANNOTATE, annotationItem } from './annotation.ts';
import { isRecord, requireBoolean } from './argument.ts';
import { type BodyStructure, partByNumber, unknownStructure } from './body-structure.ts';
import type { Capabilities } from './capability.ts';
import { type Envelope, emptyEnvelope } from './envelope.ts';
import { type FetchData, FetchItemBit, placeOfSection, type Section, type SectionName } from './fetch-item.ts';
import type { MetadataValues } from './metadata.ts';
import { plainConstructor } from './plain-object.ts';
import {
  type AskedSection,
  askedSections,
  type ByteRange,
  headerFieldsSection,
  parsePart,
  partialText,
  type SectionSlice,
} from './section.ts';

/** What to fetch of a message. Nothing marks it as seen unless `markSeen` says so. */
export interface FetchItems {
  flags?: boolean | undefined;
  envelope?: boolean | undefined;
  internalDate?: boolean | undefined;
  /** Bytes of the whole message (RFC822.SIZE). */
  size?: boolean | undefined;
  bodyStructure?: boolean | undefined;
  /** CONDSTORE (RFC 7162) */
  modseq?: boolean | undefined;
  /** true: the whole header; names: only those fields. */
  headers?: boolean | readonly string[] | undefined;
  /** The raw message, or a slice of it. */
  source?: boolean | { offset: number; length: number } | undefined;
  /** Sections as they come, e.g. '1', '2.MIME', '1.2.TEXT', or slices of them: { section: '1', offset: 0, length: 200 }. */
  parts?: readonly (string | SectionSlice)[] | undefined;
  /** Parts by number, their content decoded by the server (BINARY, RFC 3516), else here. */
  binary?: readonly string[] | undefined;
  /** PREVIEW (RFC 8970): some text of the message; null: none can be had. 'lazy': null too where the server would have to work for it. */
  preview?: boolean | 'lazy' | undefined;
  /** SAVEDATE (RFC 8514) */
  saveDate?: boolean | undefined;
  /** OBJECTID (RFC 8474) */
  emailId?: boolean | undefined;
  threadId?: boolean | undefined;
  /** ANNOTATE (RFC 5257): entries `/private/…` or `/shared/…`. */
  annotations?: readonly string[] | undefined;
  /** X-GM-EXT-1 */
  gmail?: boolean | undefined;
  /** Fetch without PEEK: sets \Seen, but not in a mailbox that is open read-only. Default false. */
  markSeen?: boolean | undefined;
}

/** What to fetch of a message, built up by a program: its lists can be changed. Methods take lists `as const`, too. */
export interface OwnFetchItems extends FetchItems {
  headers?: boolean | string[] | undefined;
  parts?: (string | SectionSlice)[] | undefined;
  binary?: string[] | undefined;
  annotations?: string[] | undefined;
}

/** What each item brings. */
export interface FetchedItems {
  flags: ReadonlySet<string>;
  envelope: Envelope;
  internalDate: Date | undefined;
  size: number;
  bodyStructure: BodyStructure;
  modseq: bigint;
  headers: Headers;
  source: Buffer;
  parts: Map<string, Buffer | null>;
  binary: Map<string, Buffer | null>;
  preview: string | null;
  saveDate: Date | null;
  emailId: string;
  threadId: string | null;
  /** By the names that were asked for, null where there is none. */
  annotations: MetadataValues;
  gmail: { labels: ReadonlySet<string>; messageId: string; threadId: string };
}

/**
 * uid and seq always; the rest exactly as asked: a `boolean` that may turn out false counts as asked for here. Where the
 * server leaves out or writes so that it can't be read: a date is undefined or null, an envelope empty, and a structure one part
 * of type application/octet-stream, of which nothing is known; a message without anything else that was asked for is left out.
 * The event `unknown` tells what breaks the grammar beyond repair.
 *
 * One mapped type: an intersection of a conditional type an item takes the compiler minutes wherever I stays generic.
 */
export type FetchedMessage<I extends FetchItems> = { uid: number; seq: number } & {
  [K in keyof I & keyof FetchedItems as I[K] extends false | undefined ? never : K]: FetchedItems[K];
};

/** An item that is asked for by name alone, and the key under which its data stand. */
interface Row {
  item: keyof FetchItems & keyof FetchData;
  name: string;
  bit: number;
  needs?: string;
}

/** One row each, in the order in which they are asked for. */
const rows: readonly Row[] = [
  { item: 'flags', name: 'FLAGS', bit: FetchItemBit.FLAGS },
  { item: 'internalDate', name: 'INTERNALDATE', bit: FetchItemBit.INTERNALDATE },
  { item: 'size', name: 'RFC822.SIZE', bit: FetchItemBit.SIZE },
  { item: 'envelope', name: 'ENVELOPE', bit: FetchItemBit.ENVELOPE },
  { item: 'bodyStructure', name: 'BODYSTRUCTURE', bit: FetchItemBit.BODYSTRUCTURE },
  { item: 'modseq', name: 'MODSEQ', bit: FetchItemBit.MODSEQ, needs: 'CONDSTORE' },
  { item: 'preview', name: 'PREVIEW', bit: FetchItemBit.PREVIEW, needs: 'PREVIEW' },
  { item: 'saveDate', name: 'SAVEDATE', bit: FetchItemBit.SAVEDATE, needs: 'SAVEDATE' },
  { item: 'emailId', name: 'EMAILID', bit: FetchItemBit.EMAILID, needs: 'OBJECTID' },
  { item: 'threadId', name: 'THREADID', bit: FetchItemBit.THREADID, needs: 'OBJECTID' },
];
const GMAIL = FetchItemBit.GMAIL_LABELS | FetchItemBit.GMAIL_MSGID | FetchItemBit.GMAIL_THRID;
/** Those that are more than true or false. */
const VALUED_ITEMS: readonly string[] = ['headers', 'source', 'parts', 'binary', 'annotations', 'preview'];
const KNOWN_ITEMS: ReadonlySet<string> = new Set([
  ...rows.map(({ item }) => item),
  ...VALUED_ITEMS,
  'gmail',
  'markSeen',
]);

/** A FETCH as it is asked for and as its answers are read: checked once, used for every message. */
export interface FetchRequest {
  /** The fetch-atts with their parentheses. */
  text: string;
  /** FetchItemBits without which an answer is not whole. */
  wanted: number;
  /** Data that need nothing done to be the caller's message. */
  plain: boolean;
  items: FetchItems;
  /** Items that are taken over as they were read. */
  asked: readonly Row[];
  /** By the caller's spelling. */
  parts: ReadonlyMap<string, AskedSection>;
  /** The same. */
  binary: ReadonlyMap<string, string>;
  headers: string | undefined;
  /** All that are asked for. */
  sections: readonly SectionName[];
  /** BINARY is not offered, or refused: transfer encodings are undone here. */
  decodesHere: boolean;
}

/** Checks what is asked for and how the server is asked. Throws UsageError. */
export function fetchRequest(
  items: FetchItems,
  capabilities: Capabilities,
  decodesHere = !capabilities.binaryFetch,
): FetchRequest {
  return naming('FETCH', () => requestOf(items, capabilities, decodesHere));
}

function requestOf(items: FetchItems, capabilities: Capabilities, decodesHere: boolean): FetchRequest {
  if (!isRecord(items)) throw new UsageError('the items are an object, e.g. { flags: true }');
  for (const [item, value] of Object.entries(items)) {
    if (!KNOWN_ITEMS.has(item)) throw new UsageError(`not an item: ${shown(item)}`);
    if (!value || !VALUED_ITEMS.includes(item)) requireBoolean(item, value);
  }
  // A copy has just the room that it needs: thousands may wait.
  const asked = rows.filter(({ item }) => items[item]).slice();
  for (const { item, needs } of asked) requireCapability(capabilities, item, needs);
  if (items.gmail) requireCapability(capabilities, 'gmail', 'X-GM-EXT-1');
  if (items.annotations) requireCapability(capabilities, 'annotations', ANNOTATE);
  const request: FetchRequest = {
    text: '',
    wanted: FetchItemBit.UID,
    plain: true,
    items,
    asked,
    parts: naming('parts', () => askedSections(items.parts)),
    binary: naming('binary', () => askedParts(items.binary)),
    headers: naming('headers', () => headersSection(items.headers)),
    sections: [],
    decodesHere: false,
  };
  request.decodesHere = request.binary.size > 0 && decodesHere;
  const words = ['UID', ...asked.map((row) => nameOf(row, items)), ...sectionWords(request)];
  if (items.annotations) words.push(annotationItem(items.annotations));
  if (items.gmail) words.push('X-GM-LABELS', 'X-GM-MSGID', 'X-GM-THRID');
  if (request.decodesHere && !items.bodyStructure) words.push('BODYSTRUCTURE');
  for (const { bit } of asked) request.wanted |= bit;
  if (items.gmail) request.wanted |= GMAIL;
  if (items.annotations) request.wanted |= FetchItemBit.ANNOTATION;
  if (request.decodesHere) request.wanted |= FetchItemBit.BODYSTRUCTURE;
  request.text = `(${words.join(' ')})`;
  return request;
}

function headersSection(headers: FetchItems['headers']): string | undefined {
  if (!headers) return undefined;
  return headers === true ? 'HEADER' : headerFieldsSection(headers);
}

/** "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"] (RFC 8970 §6) */
function nameOf({ item, name }: Row, items: FetchItems): string {
  if (item !== 'preview' || items.preview === true) return name;
  if (items.preview === 'lazy') return `${name} (LAZY)`;
  throw new UsageError(`preview is true or 'lazy', not ${shown(items.preview)}`);
}

/** Entry names are case-insensitive. */
function annotationOf({ annotations = new Map() }: FetchData, asked: string): Buffer | null {
  const name = asked.toLowerCase();
  for (const [entry, value] of annotations) if (entry.toLowerCase() === name) return value;
  return null;
}

function sectionWords(request: FetchRequest): string[] {
  const { items, parts, binary, headers, decodesHere } = request;
  const peek = items.markSeen ? '' : '.PEEK';
  const names = new Set(headers === undefined ? [] : [headers]);
  const slices: [section: string, range: ByteRange][] = [];
  for (const { section, range } of parts.values()) {
    if (range === undefined) names.add(section);
    else slices.push([section, range]);
  }
  if (decodesHere) for (const part of binary.values()) names.add(part);
  if (items.source === true) names.add('');
  else if (items.source) slices.push(['', items.source]);
  const words = [...names].map((section) => `BODY${peek}[${section}]`);
  const sections: SectionName[] = [...names].map((section) => ({ kind: 'BODY', section }));
  for (const [section, range] of slices) {
    words.push(`BODY${peek}[${section}]${partialText('source', range)}`); // the others are checked
    sections.push({ kind: 'BODY', section, origin: range.offset });
  }
  if (words.length > 0) request.wanted |= FetchItemBit.SECTION;
  if (binary.size > 0 && !decodesHere) {
    const numbers = new Set(binary.values());
    for (const part of numbers) words.push(`BINARY${peek}[${part}]`);
    for (const section of numbers) sections.push({ kind: 'BINARY', section });
    request.wanted |= FetchItemBit.BINARY;
  }
  request.sections = sections;
  // No parts are a map, too.
  request.plain = words.length === 0 && !items.parts && !items.binary && !items.gmail && !items.annotations;
  return words;
}

const NO_PARTS: ReadonlyMap<string, string> = new Map();

function askedParts(parts: readonly string[] | undefined): ReadonlyMap<string, string> {
  if (parts === undefined) return NO_PARTS;
  if (!Array.isArray(parts)) throw new UsageError('parts come in an array');
  return new Map(Array.from<string, [string, string]>(parts, (part) => [part, parsePart(part)]));
}

function requireCapability(capabilities: Capabilities, item: string, needs: string | undefined): void {
  if (needs !== undefined && !capabilities.has(needs)) {
    throw new UsageError(`${item} needs ${needs}, which the server does not offer`, 'MISSING_CAPABILITY');
  }
}

/** The caller's message: the data as they were read where they are just what was asked for. Undefined where it is gone by now. */
export function toMessage<I extends FetchItems>(
  data: FetchData,
  held: number,
  request: FetchRequest,
): FetchedMessage<I> | undefined {
  // Tolerance: Zoho's `MODSEQ (-1)` says as much as Gmail's 0.
  if (request.items.modseq) data.modseq ??= 0n;
  if (request.plain && held === request.wanted) return data as FetchedMessage<I>; // I asked for these items, and they came
  return composed(data, request) as FetchedMessage<I> | undefined; // as above
}

/**
 * A message of which the server has left something out, or written it so that it can't be read; undefined where nothing can
 * stand for that. The keys are there all the same: who relies on them is not to fail for one message.
 */
export function toIncompleteMessage<I extends FetchItems>(
  data: FetchData,
  held: number,
  request: FetchRequest,
): FetchedMessage<I> | undefined {
  const missing = request.wanted & ~held;
  const { INTERNALDATE, ENVELOPE, BODYSTRUCTURE, PREVIEW, SAVEDATE, THREADID } = FetchItemBit;
  // What is decoded here is decoded by the structure.
  const structure = request.decodesHere ? 0 : BODYSTRUCTURE;
  if ((missing & ~(INTERNALDATE | ENVELOPE | structure | PREVIEW | SAVEDATE | THREADID)) !== 0) return undefined;
  if (missing & INTERNALDATE) data.internalDate = undefined;
  if (missing & ENVELOPE) data.envelope = emptyEnvelope();
  if (missing & BODYSTRUCTURE) data.bodyStructure = unknownStructure(data.size);
  if (missing & PREVIEW) data.preview = null;
  if (missing & SAVEDATE) data.saveDate = null;
  if (missing & THREADID) data.threadId = null;
  return lacks(data, request) ? undefined : toMessage(data, held, request);
}

/** The header or the bytes of a message have not come: there is nothing that could stand for them. */
function lacks(data: FetchData, { items, headers }: FetchRequest): boolean {
  if (headers !== undefined && headersOf(data, headers) === undefined) return true;
  return Boolean(items.source) && sourceOf(data, items.source) === undefined;
}

/** True where every section that was asked for has come, or what some servers send in its place. */
export function hasSections(data: FetchData, request: FetchRequest): boolean {
  const { sections = [] } = data;
  const came = request.sections.every((asked, index) => {
    const { kind, section, origin } = asked;
    if (kind === 'BODY' && section === request.headers) return true;
    if (placeOfSection(sections, asked, index) >= 0) return true;
    return origin !== undefined && placeOfSection(sections, { kind, section }, index) >= 0;
  });
  return came && !lacks(data, request);
}

const MessageObject = plainConstructor(function (this: Record<string, unknown>, uid: number, seq: number | undefined) {
  this.uid = uid;
  if (seq !== undefined) this.seq = seq;
});

function composed(data: FetchData, request: FetchRequest): object | undefined {
  const { items, parts, binary, headers } = request;
  const source = items.source ? sourceOf(data, items.source) : undefined;
  const header = headers === undefined ? undefined : headersOf(data, headers);
  // Dovecot answers with NIL where another session has expunged the message: one that is there has a header, and a beginning.
  if ((source === null && startOf(items.source) === 0) || (header === null && headers === 'HEADER')) return undefined;
  const message = new MessageObject(data.uid, data.seq);
  for (const { item } of request.asked) if (item in data) message[item] = data[item];
  if (headers !== undefined) message.headers = new HeaderFields(header ?? Buffer.alloc(0));
  if (items.source) message.source = source ?? Buffer.alloc(0);
  if (items.parts)
    message.parts = new Map(
      [...parts].map(([spelling, asked], index) => [spelling, partOf(data, asked, index) ?? null]),
    );
  if (items.binary)
    message.binary = new Map([...binary].map(([asked, part], index) => [asked, binaryOf(data, part, request, index)]));
  if (items.annotations)
    message.annotations = new Map(items.annotations.map((asked) => [asked, annotationOf(data, asked)]));
  if (items.gmail) {
    message.gmail = {
      labels: data.gmailLabels ?? new Set(),
      messageId: data.gmailMessageId ?? '',
      threadId: data.gmailThreadId ?? '',
    };
  }
  return message;
}

/** `start`: see placeOfSection. */
function sectionOf({ sections = [] }: FetchData, wanted: SectionName, start = 0): Section | undefined {
  return sections[placeOfSection(sections, wanted, start)];
}

/** Tolerance: a server may name the fields in another order than they were asked for. */
function headersOf(data: FetchData, name: string): Buffer | null | undefined {
  const exact = sectionOf(data, { kind: 'BODY', section: name });
  if (exact !== undefined || name === 'HEADER') return exact?.bytes;
  return data.sections?.find(({ kind, section }) => kind === 'BODY' && section.startsWith('HEADER.FIELDS ('))?.bytes;
}

/** null: NIL; undefined: it has not come, or bytes from another place have. */
function sourceOf(data: FetchData, asked: FetchItems['source']): Buffer | null | undefined {
  return partOf(data, typeof asked === 'object' ? { section: '', range: asked } : { section: '' });
}

/** As sourceOf. Tolerance: Exchange may answer a slice with all of it, and says so by leaving the origin out. */
function partOf(data: FetchData, { section, range }: AskedSection, start = 0): Buffer | null | undefined {
  const asked: SectionName = { kind: 'BODY', section };
  if (range === undefined) return sectionOf(data, asked, start)?.bytes;
  const { offset, length } = range;
  const slice = sectionOf(data, { ...asked, origin: offset }, start);
  if (slice !== undefined) return slice.bytes?.subarray(0, length) ?? null;
  const whole = sectionOf(data, asked, start);
  return whole && (whole.bytes?.subarray(offset, offset + length) ?? null);
}

function startOf(source: FetchItems['source']): number {
  return typeof source === 'object' ? source.offset : 0;
}

function binaryOf(data: FetchData, part: string, request: FetchRequest, start: number): Buffer | null {
  if (!request.decodesHere) return sectionOf(data, { kind: 'BINARY', section: part }, start)?.bytes ?? null;
  const bytes = sectionOf(data, { kind: 'BODY', section: part }, start)?.bytes ?? null;
  const structure = data.bodyStructure && partByNumber(data.bodyStructure, part);
  // The whole message has no transfer encoding of its own.
  if (bytes === null || part === '' || structure === undefined || !('encoding' in structure)) return bytes;
  return decodeTransfer(bytes, structure.encoding);
}
