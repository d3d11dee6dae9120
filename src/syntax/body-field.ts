import { decodeWords } from '../mime/encoded-word.ts';
import { decodeExtended, decodeParameters } from '../mime/parameter.ts';
import { CLOSE, MINUS, OPEN, QUOTE, withoutSpacesBehind } from '../wire/chars.ts';
import { readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import type { Disposition, SinglePart } from './body-structure.ts';
import { plainConstructor } from './plain-object.ts';

/** What few parts have. */
type Further = Pick<SinglePart, 'id' | 'description' | 'envelope' | 'body' | 'md5' | 'language' | 'location'>;

const FurtherObject = plainConstructor(function (this: Further) {});

/**
 * A body while it is read. Every key is always there, and what is rare is kept apart: objects that have some keys and others
 * not are of many shapes, and V8 compiles what works on them again for each.
 */
export class BodyFields {
  readonly part: string;
  params: Record<string, string> = {};
  encoding = '7bit';
  size = 0;
  lines: number | undefined = undefined;
  disposition: Disposition | undefined = undefined;
  further: Further | undefined = undefined;

  constructor(part: string) {
    this.part = part;
  }

  add<K extends keyof Further>(key: K, value: Further[K]): void {
    this.further ??= new FurtherObject();
    this.further[key] = value;
  }
}

/** True where a number stands; `-1` octets come from Exchange and Dovecot. */
export function atNumber(reader: Reader): boolean {
  reader.skipSpaces();
  return reader.atNumber() || reader.peek() === MINUS;
}

const COMMON_NAMES = new Map<string, string>();
for (const name of [
  'charset',
  'name',
  'boundary',
  'filename',
  'format',
  'delsp',
  'type',
  'size',
  'method',
  'protocol',
]) {
  COMMON_NAMES.set(name, name).set(name.toUpperCase(), name);
}

/** One string for all parts that have it. */
const COMMON_VALUES = new Map(
  ['utf-8', 'UTF-8', 'us-ascii', 'US-ASCII', 'iso-8859-1', 'ISO-8859-1', 'windows-1252', 'flowed'].map((value) => [
    value,
    value,
  ]),
);

/**
 * The parameters of Content-Type or Content-Disposition, decoded. Tolerates NIL for a value (Exchange, mail.ru).
 *
 *     body-fld-param = "(" string SP string *(SP string SP string) ")" / nil       (RFC 3501 §9)
 */
export function readParameters(reader: Reader): Record<string, string> {
  const params: Record<string, string> = {};
  reader.skipSpaces();
  if (reader.peek() !== OPEN) {
    reader.field();
    return params;
  }
  let coded: [string, string][] | undefined;
  const plainUntil = reader.plainUntil();
  const { bytes } = reader;
  reader.open();
  while (!reader.close()) {
    const written = reader.field();
    let value = reader.field() ?? '';
    if (written === undefined) continue;
    const name = COMMON_NAMES.get(written) ?? written.trim().toLowerCase();
    // Taken apart at a space: `"charset " " "utf-8""` (imapclient #288).
    if (name.length !== written.length) value = withoutSpacesBehind(value.replace(/^ *"?/, '')).replace(/"$/, '');
    const plain = reader.position <= plainUntil && reader.bytes === bytes;
    if (name.includes('*')) {
      coded ??= [];
      coded.push([name, value]);
      // It has its place here, and its value in the end: it outweighs a plain one that stands beside it for older readers.
      setParameter(params, attributeOf(name), '');
    } else if (!Object.hasOwn(params, name)) {
      setParameter(params, name, plain ? (COMMON_VALUES.get(value) ?? value) : decodeWords(value));
    }
  }
  if (coded !== undefined) addCoded(params, coded);
  return params;
}

/** The parameters of names and values, decoded. */
export function decodedParameters(coded: Iterable<readonly [string, string]>): Record<string, string> {
  const params: Record<string, string> = {};
  setDecoded(params, coded);
  return params;
}

function setDecoded(params: Record<string, string>, coded: Iterable<readonly [string, string]>): void {
  for (const [name, value] of Object.entries(decodeParameters(coded))) setParameter(params, name, value);
}

/** parameter-name = attribute ["*" section] ["*"] (RFC 2231 §7): the attribute. */
function attributeOf(name: string): string {
  return /^(.+?)(?:\*\d{1,9})?\*?$/s.exec(name)?.[1] ?? name;
}

/** Nearly always there is one, in one piece: `filename*`. */
function addCoded(params: Record<string, string>, coded: [string, string][]): void {
  const [name, value] = coded[0] ?? ['', ''];
  const attribute = attributeOf(name);
  if (coded.length === 1 && name === `${attribute}*`) setParameter(params, attribute, decodeExtended(value));
  else setDecoded(params, coded);
}

/** `__proto__` is a name like any other: assigning it would reach the prototype. */
function setParameter(params: Record<string, string>, name: string, value: string): void {
  if (name !== '__proto__') params[name] = value;
  else Object.defineProperty(params, name, { value, enumerable: true, configurable: true, writable: true });
}

const COMMON_ENCODINGS = new Map<string, string>();
for (const name of ['7bit', '8bit', 'binary', 'base64', 'quoted-printable']) {
  COMMON_ENCODINGS.set(name, name).set(name.toUpperCase(), name);
}

/** body-fld-enc, in lower case: NIL is 7bit (maddy, Exchange), and spaces at its end are none of it (Office 365). */
export function encodingName(written: string | undefined): string {
  if (written === undefined) return '7bit';
  return COMMON_ENCODINGS.get(written) ?? (written.trim().toLowerCase() || '7bit');
}

/**
 * body-fld-md5 = nstring (RFC 3501 §9). Tolerates a list of parameters in its place, which is passed over (QQ, GMX), a
 * disposition that comes one place early, and in front of it what a message/rfc822 has and no message/delivery-status (Bigfoot).
 */
export function readMd5(reader: Reader, fields: BodyFields): void {
  reader.skipSpaces();
  if (reader.peek() === OPEN) {
    if (atDisposition(reader)) return;
    if (atEnvelope(reader)) skipMessage(reader);
  }
  const md5 = reader.field();
  if (md5 !== undefined) fields.add('md5', md5);
}

/**
 * What ends a body, with its ")". At the end of the list field() takes nothing, so that what is left out needs no question.
 *
 *     body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
 *     body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]
 */
export function readExtension(reader: Reader, fields: BodyFields): void {
  reader.skipSpaces();
  fields.disposition = readDisposition(reader);
  reader.skipSpaces();
  readLanguage(reader, fields);
  const location = reader.field();
  if (location !== undefined) fields.add('location', location);
  while (!reader.close()) reader.skipValue();
}

/** By a constructor, as the addresses of an envelope. */
const DispositionObject = plainConstructor(function (this: Disposition, type: string, params: Record<string, string>) {
  this.type = type;
  this.params = params;
});

/**
 * body-fld-dsp = "(" string SP body-fld-param ")" / nil (RFC 3501 §9). Tolerates "inline" without its list (MailKit #919),
 * its parameters behind it (libetpan; both Exchange), (NIL NIL) for none (Exchange), and another string, which is a description
 * gone astray (Exchange).
 */
function readDisposition(reader: Reader): Disposition | undefined {
  if (reader.peek() !== OPEN) {
    const word = reader.field()?.toLowerCase();
    if (word !== 'inline' && word !== 'attachment') return undefined;
    return { type: word, params: atFileParameters(reader) ? readParameters(reader) : {} };
  }
  reader.open();
  const type = reader.field();
  reader.skipSpaces();
  const params = reader.peek() === CLOSE ? {} : readParameters(reader);
  while (!reader.close()) reader.skipValue();
  return type === undefined ? undefined : new DispositionObject(type.toLowerCase(), params);
}

/**
 * body-fld-lang = nstring / "(" string *(SP string) ")" (RFC 3501 §9). IceWarp swaps disposition and language
 * (MailKit #953); other servers are one place late.
 */
function readLanguage(reader: Reader, fields: BodyFields): void {
  if (reader.peek() !== OPEN) {
    const language = reader.field();
    // As with objects: V8 compiles a function with an array literal again when the arrays turn out to live long.
    if (language !== undefined && language !== '') fields.add('language', Array.of(language));
    return;
  }
  if (fields.disposition === undefined && atDisposition(reader)) {
    fields.disposition = readDisposition(reader);
    return;
  }
  const languages = readLanguages(reader);
  if (languages.length > 0) fields.add('language', languages);
}

/** Apart: a function with a closure in it takes memory whenever it is called. */
function readLanguages(reader: Reader): string[] {
  const languages: string[] = [];
  reader.list(() => {
    const language = reader.field();
    if (language !== undefined) languages.push(language);
  });
  return languages;
}

/** True at `("Mon, …" "subject" ((` and `(NIL NIL NIL `, and not at a list of parameters: takes nothing. */
function atEnvelope({ text, position, end }: Reader): boolean {
  return /^\((?:(?:NIL|"(?:[^"\\]|\\.)*") ){2}(?:NIL |\(\()/i.test(
    text.substring(position, Math.min(end, position + 4096)),
  );
}

/** Passes over envelope SP body SP body-fld-lines. */
function skipMessage(reader: Reader): void {
  reader.skipValue();
  reader.skipSpaces();
  if (reader.peek() === OPEN) reader.skipValue();
  if (atNumber(reader)) readNumber(reader);
}

/** True at ` ("filename" "a.pdf")`, and not at a list of languages: takes nothing. */
function atFileParameters({ text, position, end }: Reader): boolean {
  return /^ *\("(?:file)?name\*?" /i.test(text.substring(position, Math.min(end, position + 20)));
}

/** True at `("attachment" (…))` and `("inline" NIL)`: takes nothing. */
function atDisposition(reader: Reader): boolean {
  const start = reader.position;
  reader.position++;
  reader.skipSpaces();
  let found = false;
  if (reader.peek() === QUOTE) {
    const type = reader.quoted().toLowerCase();
    reader.skipSpaces();
    found = reader.peek() === OPEN || ((type === 'inline' || type === 'attachment') && reader.nil());
  }
  reader.position = start;
  return found;
}
