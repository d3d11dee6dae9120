import { decodeWords } from '../mime/encoded-word.ts';
import { filenameOf } from '../mime/parameter.ts';
import { CLOSE, OPEN, QUOTE, SPACE } from '../wire/chars.ts';
import { readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import {
  atNumber,
  BodyFields,
  decodedParameters,
  encodingName,
  readExtension,
  readMd5,
  readParameters,
} from './body-field.ts';
import { readIrregular } from './body-irregular.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { plainConstructor } from './plain-object.ts';
import { owned, ownedText, Remembered } from './remembered.ts';

export interface Disposition {
  /** Lower case: 'inline', 'attachment'. */
  type: string;
  params: Record<string, string>;
}

/** What every part has. */
export interface Part {
  /** '1.2' as in BODY[1.2] (RFC 3501 §6.4.5); '' for a top-level multipart; the message's own number for a multipart that is the body of a message/rfc822. */
  part: string;
  /** Lower case: 'text/plain'. */
  type: string;
  /** Of Content-Type, decoded (RFC 2231, RFC 2047), by their names in lower case. */
  params: Record<string, string>;
  disposition?: Disposition;
  language?: string[];
  location?: string;
}

export interface Multipart extends Part {
  parts: BodyStructure[];
}

export interface SinglePart extends Part {
  /** Content-ID, as sent. */
  id?: string;
  /** Content-Description, decoded. */
  description?: string;
  /** Content-Transfer-Encoding in lower case. */
  encoding: string;
  /** Bytes, in its transfer encoding. */
  size: number;
  /** Of a text or message part. */
  lines?: number;
  md5?: string;
  /** Of a message/rfc822. */
  envelope?: Envelope;
  /** Of a message/rfc822. */
  body?: BodyStructure;
  /** Decoded, and untrusted: it may hold `../`. */
  filename?: string;
}

/** The MIME structure of a message (RFC 3501 §7.4.2). */
export type BodyStructure = Multipart | SinglePart;

/** What was read of a part, without the keys of what it does not have. */
const SinglePartObject = plainConstructor(function (this: SinglePart, type: string, fields: BodyFields) {
  this.part = fields.part;
  this.type = type;
  this.params = fields.params;
  this.encoding = fields.encoding;
  this.size = fields.size;
  if (fields.lines !== undefined) this.lines = fields.lines;
  if (fields.disposition !== undefined) this.disposition = fields.disposition;
  const filename = filenameOf(fields.disposition?.params, fields.params);
  if (filename !== undefined) this.filename = filename;
  if (fields.further !== undefined) Object.assign(this, fields.further);
});

const MultipartObject = plainConstructor(function (
  this: Multipart,
  type: string,
  fields: BodyFields,
  parts: BodyStructure[],
) {
  this.part = fields.part;
  this.type = type;
  this.params = fields.params;
  this.parts = parts;
  if (fields.disposition !== undefined) this.disposition = fields.disposition;
  if (fields.further !== undefined) Object.assign(this, fields.further);
});

/** Of a message whose structure the server does not tell: bytes of which nothing is known (RFC 2046 §4.5.1). */
export function unknownStructure(size = 0): SinglePart {
  return { part: '1', type: 'application/octet-stream', params: {}, encoding: '7bit', size };
}

/**
 * body = "(" (body-type-1part / body-type-mpart) ")" (RFC 3501 §9), of BODYSTRUCTURE and BODY alike. Extension data that
 * no RFC has defined is passed over.
 */
export function readBodyStructure(reader: Reader): BodyStructure {
  return readBody(reader, '1', '');
}

/** `part` is the number of a single part that stands here, `multipart` that of a multipart. */
function readBody(reader: Reader, part: string, multipart: string): BodyStructure {
  reader.open();
  reader.skipSpaces();
  if (reader.peek() === OPEN) return readMultipart(reader, multipart);
  return readSinglePart(reader, part) ?? readIrregularBody(reader, part, multipart);
}

/**
 * body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
 * body-ext-mpart  = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
 */
function readMultipart(reader: Reader, part: string): Multipart {
  const parts: BodyStructure[] = [];
  const prefix = part === '' ? '' : `${part}.`;
  while (reader.peek() === OPEN) {
    const number = prefix + (parts.length + 1);
    parts.push(readBody(reader, number, number));
    reader.skipSpaces();
  }
  const subtype = reader.field();
  const fields = new BodyFields(part);
  reader.skipSpaces();
  if (reader.peek() !== CLOSE) fields.params = readParameters(reader);
  if (!reader.closeBehind(' NIL NIL NIL)')) readExtension(reader, fields);
  return new MultipartObject(multipartType(subtype ?? 'mixed'), fields, parts.slice());
}

function multipartType(subtype: string): string {
  return multipartTypes.get(subtype) ?? multipartTypes.keep(subtype, ownedText(`multipart/${subtype.toLowerCase()}`));
}

/**
 * media-basic = string SP media-subtype, as 'text/plain'. Undefined, with nothing taken, for what does not begin with
 * two strings, and for a multipart without parts. A message's parts have few different types, so the same text gives the same string.
 */
function readMediaType(reader: Reader): string | undefined {
  if (reader.peek() !== QUOTE) return undefined;
  const { text, bytes, position } = reader;
  const between = text.indexOf('"', position + 1);
  const two = between > 0 && text.startsWith('" "', between);
  const close = two ? text.indexOf('"', between + 3) : -1;
  // A quote that no space follows may belong to the type.
  const ends = close > 0 && close < reader.end && bytes[close + 1] === SPACE;
  const known = ends ? mediaTypes.get(text.substring(position + 1, close)) : undefined;
  if (known === undefined) return readNewType(reader, position);
  reader.position = close + 1;
  return known;
}

function readNewType(reader: Reader, start: number): string | undefined {
  const type = reader.quoted();
  reader.skipSpaces();
  if (reader.peek() !== QUOTE || (type.length === 9 && type.toLowerCase() === 'multipart')) {
    reader.position = start;
    return undefined;
  }
  const subtype = reader.quoted();
  const written = reader.text.substring(start + 1, reader.position - 1);
  return mediaTypes.keep(written, ownedText(validType(`${type.trim()}/${subtypeOf(subtype)}`.toLowerCase())));
}

/** Tolerance: Dovecot's `"" ""` and `"text" ""`, where the message has a type that can't be read. RFC 2045 §5.2: text/plain. */
function validType(type: string): string {
  return type === '/' || type === 'text/' ? 'text/plain' : type;
}

/** Tolerance: parameters that were not taken off, `"PDF NAME="x""` (mailcore2 #1473). */
function subtypeOf(written: string): string {
  return written.trim().replace(/[\s;].*$/s, '');
}

/** By what stands between the first quote and the last; by their subtypes. */
const mediaTypes = new Remembered<string>(1000, 100);
const multipartTypes = new Remembered<string>(1000, 100);

/**
 * body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
 * body-type-basic = media-basic SP body-fields
 * body-type-text  = media-text SP body-fields SP body-fld-lines
 * body-fields     = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
 */
function readSinglePart(reader: Reader, number: string): SinglePart | undefined {
  const fields = new BodyFields(number);
  const type = readKnownHead(reader, fields) ?? readHead(reader, fields);
  if (type === undefined) return undefined;
  if (atNumber(reader)) fields.size = readNumber(reader);
  else fields.size = Number(/^\d{1,15}$/.exec(reader.field() ?? '')?.[0] ?? 0);
  readAfterSize(reader, type, fields);
  return new SinglePartObject(type, fields);
}

/** What stands in front of the size. Returns the type; undefined, with nothing taken, where there is none. */
function readHead(reader: Reader, fields: BodyFields): string | undefined {
  const start = reader.position;
  const type = readMediaType(reader);
  if (type === undefined) return undefined;
  fields.params = readParameters(reader);
  setIdentity(fields, reader.field(), reader.field());
  fields.encoding = encodingName(reader.field());
  if (type.startsWith('text/')) keepHead(reader, start, type, fields);
  return type;
}

/**
 * What stands in front of the size of text parts, `"text" "plain" (…) NIL NIL "7bit"`: a mailbox has few different ones, and
 * each is read once.
 */
const textHeads = new Remembered<Pick<SinglePart, 'type' | 'params' | 'encoding'>>(200, 100);
const SMALL_T = 116;

/** Takes what stands in front of the size if the same was read before, to the letter. */
function readKnownHead(reader: Reader, fields: BodyFields): string | undefined {
  if ((reader.codeAt(reader.position + 1) | 32) !== SMALL_T) return undefined;
  const end = endOfHead(reader.text, reader.position);
  const head = reader.codeAt(end) === SPACE ? textHeads.get(reader.text.substring(reader.position, end)) : undefined;
  if (head === undefined) return undefined;
  reader.position = end;
  fields.params = { ...head.params };
  fields.encoding = head.encoding;
  return head.type;
}

/** The parameters are copied, both ways: they are the caller's to change. */
function keepHead(reader: Reader, start: number, type: string, { params, encoding, further }: BodyFields): void {
  const { text, position } = reader;
  if (further === undefined && endOfHead(text, start) === position)
    textHeads.keep(text.substring(start, position), owned({ type, params, encoding }));
}

/**
 * Of a part with parameters, and with neither body-fld-id nor body-fld-desc; -1 for another. A ")" within a parameter gives a
 * place where no head ends.
 */
function endOfHead(text: string, start: number): number {
  const close = text.indexOf(')', start);
  return text.startsWith(' NIL NIL "', close + 1) ? text.indexOf('"', close + 11) + 1 : -1;
}

/** body-fld-id, body-fld-desc */
function setIdentity(fields: BodyFields, id: string | undefined, description: string | undefined): void {
  if (id !== undefined) fields.add('id', id);
  if (description !== undefined) fields.add('description', decodeWords(description));
}

/** What follows a single part's size: lines, or the message within, then extension data and the ")". */
function readAfterSize(reader: Reader, type: string, fields: BodyFields): void {
  if (type === 'message/rfc822' || type === 'message/global') readMessage(reader, fields);
  if (atNumber(reader)) {
    const lines = readNumber(reader);
    // Some servers count the lines of parts that have none.
    if (type.startsWith('text/') || fields.further?.envelope !== undefined) fields.lines = lines;
  }
  // Of most parts nothing more is told.
  if (reader.closeBehind(' NIL NIL NIL NIL)')) return;
  readMd5(reader, fields);
  readExtension(reader, fields);
}

/**
 * body-type-msg = media-message SP body-fields SP envelope SP body SP body-fld-lines (RFC 3501 §9). Gmail sends a
 * message/rfc822 as a basic part too, without what follows the size (MailKit #32); `()` is no body (MailKit #944).
 */
function readMessage(reader: Reader, fields: BodyFields): void {
  reader.skipSpaces();
  if (reader.peek() !== OPEN) return;
  fields.add('envelope', readEnvelope(reader));
  reader.skipSpaces();
  const empty = reader.codeAt(reader.position + 1) === CLOSE;
  if (reader.peek() === OPEN && !empty) fields.add('body', readBody(reader, `${fields.part}.1`, fields.part));
  else if (!atNumber(reader)) reader.field();
}

/** What body-irregular.ts knows. */
function readIrregularBody(reader: Reader, number: string, multipart: string): BodyStructure {
  const { type, params, disposition, single } = readIrregular(reader);
  const fields = new BodyFields(single === undefined ? multipart : number);
  fields.params = decodedParameters(pairs(params));
  if (disposition !== undefined) fields.disposition = { type: disposition, params: {} };
  if (single === undefined) return new MultipartObject(type, fields, []);
  setIdentity(fields, single.id, single.description);
  fields.encoding = single.encoding;
  fields.size = single.size;
  if (!single.ended) readAfterSize(reader, type, fields);
  return new SinglePartObject(type, fields);
}

function* pairs(list: readonly unknown[]): Iterable<[string, string]> {
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index];
    const value = list[index + 1];
    if (typeof name === 'string') yield [name, typeof value === 'string' ? value : ''];
  }
}

/** A structure and every part within it, those of attached messages too, in the order of the message. */
export function* walk(structure: BodyStructure): Generator<BodyStructure, void, undefined> {
  yield structure;
  if ('parts' in structure) for (const part of structure.parts) yield* walk(part);
  else if (structure.body !== undefined) yield* walk(structure.body);
}

/** The part with this number ('1.2'); '' is the whole. Undefined where there is none. */
export function partByNumber(structure: BodyStructure, number: string): BodyStructure | undefined {
  if (number === '') return structure;
  for (const part of walk(structure)) if (part.part === number) return part;
  return undefined;
}
