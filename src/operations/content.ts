import { fetch } from '../commands/fetch.ts';
import { fetchParts, type WantedPart } from '../commands/fetch-parts.ts';
import { requireUid } from '../commands/message-set.ts';
import { naming, shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { decodeCharset } from '../mime/charset.ts';
import { htmlCharset } from '../mime/html-charset.ts';
import { decodeTransfer } from '../mime/transfer-encoding.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { BodyStructure, Multipart, SinglePart } from '../syntax/body-structure.ts';
import { type FetchedMessage, fetchRequest } from '../syntax/fetch-items.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import { LONGEST_SET } from './message-sets.ts';

/** ` BODY.PEEK[]<0.4294967295>` */
const BESIDE_PART = 26;

/** What a person reads of a message. */
export interface MessageContent {
  /** The text/plain bodies, in order, decoded; absent where there is none. Lines end as the sender wrote them. */
  text?: string;
  /** The text/html bodies, in order, decoded; absent where there is none. It is the sender's: never show it unsanitized. */
  html?: string;
  /** All other parts, pictures within the html too; messages within the message are not looked into. */
  attachments: SinglePart[];
  structure: BodyStructure;
  /** `maxBytes` cut something off. */
  truncated: boolean;
}

/** The parts of a message by what they are to its reader. */
interface Bodies {
  text: SinglePart[];
  html: SinglePart[];
  attachments: SinglePart[];
}

/** See Mailbox.content. */
export async function content(
  handle: MailboxHandle,
  uid: number,
  { maxBytes = Number.POSITIVE_INFINITY, ...options }: OperationOptions & { maxBytes?: number },
): Promise<MessageContent | undefined> {
  naming('content', () => requireUid(uid));
  if (typeof maxBytes !== 'number' || !(maxBytes >= 0))
    throw new UsageError(`content: maxBytes is no number of bytes: ${shown(maxBytes)}`);
  const structure = await structureOf(handle, uid, options);
  if (structure === undefined) return undefined;
  const { text, html, attachments } = bodiesOf(structure);
  const bodies = [...text, ...html];
  const { wanted, truncated } = within(bodies, maxBytes);
  const bytes = new Map<string, Buffer | null>();
  for (const parts of byLine(wanted))
    for (const [part, raw] of await handle.run(fetchParts(uid, parts), options)) bytes.set(part, raw);
  // Expunged meanwhile: a message without its text would be another one.
  if (wanted.some(({ part }) => !bytes.has(part)) || isNothing(bodies, bytes)) return undefined;
  const plain = joined(text, bytes);
  const rich = joined(html, bytes);
  return {
    ...(plain === undefined ? {} : { text: plain }),
    ...(rich === undefined ? {} : { html: rich }),
    attachments,
    structure,
    truncated,
  };
}

/** Undefined where there is no such message. */
export async function structureOf(
  handle: MailboxHandle,
  uid: number,
  options: OperationOptions,
): Promise<BodyStructure | undefined> {
  const request = fetchRequest({ bodyStructure: true }, handle.session.state.capabilities);
  let structure: BodyStructure | undefined;
  const take = (message: FetchedMessage<{ bodyStructure: true }>) => {
    structure = message.bodyStructure;
  };
  await handle.run(fetch(handle.mailbox, uid, request, take), options);
  return structure;
}

/** The parts that `maxBytes` has room for, in order; the last of them may be cut. */
function within(parts: readonly SinglePart[], maxBytes: number): { wanted: WantedPart[]; truncated: boolean } {
  const wanted: WantedPart[] = [];
  let left = Math.floor(maxBytes);
  let truncated = false;
  for (const { part, size } of parts) {
    if (left > 0) wanted.push({ part, length: left > LARGEST_UINT32 ? undefined : left });
    truncated ||= size > left;
    left -= Math.min(size, left);
  }
  return { wanted, truncated };
}

/** As many at a time as one command line has room for: who writes the mail says how many there are. */
function byLine(wanted: readonly WantedPart[]): WantedPart[][] {
  const lines: WantedPart[][] = [];
  let room = 0;
  for (const one of wanted) {
    room -= one.part.length + BESIDE_PART;
    if (room < 0) {
      lines.push([]);
      room = LONGEST_SET;
    }
    lines.at(-1)?.push(one);
  }
  return lines;
}

/**
 * True where the bodies have bytes, and all came as NIL: so Dovecot answers for a message that another session has
 * expunged.
 */
function isNothing(bodies: readonly SinglePart[], bytes: ReadonlyMap<string, Buffer | null>): boolean {
  const came = bodies.some(({ part }) => bytes.get(part));
  return !came && bodies.some(({ part, size }) => size > 0 && bytes.get(part) === null);
}

function joined(parts: readonly SinglePart[], bytes: ReadonlyMap<string, Buffer | null>): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    const raw = bytes.get(part.part);
    if (raw) texts.push(decoded(part, raw));
  }
  return texts.length === 0 ? undefined : texts.join('\r\n');
}

function decoded(part: SinglePart, raw: Buffer): string {
  const cut = raw.length < part.size;
  const text = toText(part, decodeTransfer(raw, part.encoding, cut));
  return cut ? beforeCut(text) : text;
}

/** Without the half of a character at the cut: the engine tries a longer run again from each of its places. */
export function beforeCut(text: string): string {
  return text.replace(/\ufffd{1,3}$/, '');
}

/** US-ASCII is what servers say where the part names no charset (RFC 2045 §5.2). */
function toText({ type, params: { charset } }: SinglePart, bytes: Buffer): string {
  const unnamed = type === 'text/html' && (charset === undefined || charset.toLowerCase() === 'us-ascii');
  return decodeCharset(bytes, unnamed ? htmlCharset(bytes) : charset);
}

/**
 * Which parts are the bodies and which are attached (RFC 2046 §5.1, RFC 2387, RFC 1847), much as in RFC 8621 §4.1.4. A text
 * is a body unless it is marked as an attachment, has a name without being the first, or belongs to what another refers to.
 */
export function bodiesOf(structure: BodyStructure): Bodies {
  const bodies: Bodies = { text: [], html: [], attachments: [] };
  collect(structure, true, bodies);
  return bodies;
}

/** `first`: it is where a reader begins. */
function collect(structure: BodyStructure, first: boolean, bodies: Bodies): void {
  if (!('parts' in structure)) {
    placeOf(structure, first, bodies).push(structure);
  } else if (structure.type === 'multipart/alternative') {
    collectAlternative(structure, first, bodies);
  } else if (structure.type === 'multipart/related') {
    const root = rootOf(structure);
    for (const part of structure.parts) {
      if (part === root) collect(part, first, bodies);
      else attach(part, bodies);
    }
  } else {
    for (const [index, part] of structure.parts.entries()) collect(part, first && index === 0, bodies);
  }
}

function placeOf(part: SinglePart, first: boolean, { text, html, attachments }: Bodies): SinglePart[] {
  if (part.disposition?.type === 'attachment' || (part.filename !== undefined && !first)) return attachments;
  if (part.type === 'text/plain') return text;
  return part.type === 'text/html' ? html : attachments;
}

/** The last alternative of each kind is the best (RFC 2046 §5.1.4); one that another stands in for is not read. */
function collectAlternative({ parts }: Multipart, first: boolean, bodies: Bodies): void {
  const each = parts.map((part) => {
    const own: Bodies = { text: [], html: [], attachments: [] };
    collect(part, first, own);
    return own;
  });
  const text =
    each.findLast((own) => own.text.length > 0 && own.html.length === 0) ?? each.findLast((own) => own.text.length > 0);
  const html = each.findLast((own) => own.html.length > 0);
  for (const own of each) {
    if (own === text) append(own.text, bodies.text);
    else if (own !== html) append(own.text, bodies.attachments);
    append(own.html, own === html ? bodies.html : bodies.attachments);
    append(own.attachments, bodies.attachments);
  }
}

/** One by one: a call has no room for as many arguments as a message may have parts. */
function append(parts: readonly SinglePart[], list: SinglePart[]): void {
  for (const part of parts) list.push(part);
}

/** The part that `start` names, else the first (RFC 2387 §3.2). */
function rootOf({ parts, params }: Multipart): BodyStructure | undefined {
  const { start } = params;
  const named = start === undefined ? undefined : parts.find((part) => 'id' in part && part.id === start);
  return named ?? parts[0];
}

function attach(structure: BodyStructure, bodies: Bodies): void {
  if ('parts' in structure) for (const part of structure.parts) attach(part, bodies);
  else bodies.attachments.push(structure);
}
