import { nstring, string } from '../format.ts';
import { parseAddresses } from './address.ts';
import type { Header } from './header.ts';
import { countLines, isType, type Part } from './structure.ts';
import { parseList, parseParameterized, parseToken } from './structured.ts';

/** envelope (RFC 3501 §7.4.2 and §9) */
export function writeEnvelope(header: Header): string {
  const from = addresses(header, 'from');
  const orFrom = (name: string) => {
    const list = addresses(header, name);
    return list === 'NIL' ? from : list;
  };
  const fields = [
    text(header, 'date'),
    text(header, 'subject'),
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    addresses(header, 'to'),
    addresses(header, 'cc'),
    addresses(header, 'bcc'),
    text(header, 'in-reply-to'),
    text(header, 'message-id'),
  ];
  return `(${fields.join(' ')})`;
}

function text(header: Header, name: string): string {
  return nstring(header.get(name));
}

function addresses(header: Header, name: string): string {
  const list = header.all(name).flatMap(parseAddresses);
  if (list.length === 0) return 'NIL';
  return `(${list.map(({ name, route, mailbox, host }) => `(${[name, route, mailbox, host].map(nstring).join(' ')})`).join('')})`;
}

/** body (RFC 3501 §9); `extended` gives the extension data of BODYSTRUCTURE. */
export function writeBody(part: Part, extended: boolean): string {
  return part.kind === 'multipart' ? writeMultipart(part, extended) : writeSinglePart(part, extended);
}

/** body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart] */
function writeMultipart(part: Part, extended: boolean): string {
  const { contentType } = part;
  const parts = part.children.map((child) => writeBody(child, extended)).join('');
  const subtype = string(contentType?.subtype ?? 'mixed');
  const extension = extended ? ` ${parameters(contentType?.parameters ?? [])} ${dispositionAndRest(part)}` : '';
  return `(${parts} ${subtype}${extension})`;
}

/** body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part] */
function writeSinglePart(part: Part, extended: boolean): string {
  const { header, contentType, bodyStart, bodyEnd } = part;
  const raw = header.raw;
  const isText = !contentType || isType(contentType, 'text');
  const fields = [
    string(contentType?.type ?? 'text'),
    string(contentType?.subtype ?? 'plain'),
    bodyParameters(part, isText),
    nstring(header.get('content-id')),
    nstring(header.get('content-description')),
    string(encoding(header)),
    String(bodyEnd - bodyStart),
  ];
  const message = part.kind === 'message' ? part.children[0] : undefined;
  if (message) fields.push(writeEnvelope(message.header), writeBody(message, extended));
  if (message || isText) fields.push(String(countLines(raw, bodyStart, bodyEnd)));
  if (extended) fields.push(nstring(header.get('content-md5')), dispositionAndRest(part));
  return `(${fields.join(' ')})`;
}

/** body-fld-enc; the default is that of RFC 2045 §6.1, also for what is more than one token. */
export function encoding(header: Header): string {
  return parseToken(header.get('content-transfer-encoding') ?? '') ?? '7bit';
}

function bodyParameters(part: Part, isText: boolean): string {
  const list = part.contentType?.parameters ?? [];
  const hasCharset = list.some(([name]) => name.toLowerCase() === 'charset');
  return parameters(isText && !hasCharset ? [...list, ['charset', 'us-ascii']] : list);
}

function parameters(list: [string, string][]): string {
  if (list.length === 0) return 'NIL';
  return `(${list.map(([name, value]) => `${string(name)} ${string(value)}`).join(' ')})`;
}

/** body-fld-dsp [SP body-fld-lang [SP body-fld-loc]] */
function dispositionAndRest({ header }: Part): string {
  const field = header.get('content-disposition');
  const disposition = field === undefined ? undefined : parseParameterized(field);
  const languages = parseList(header.get('content-language') ?? '');
  return [
    disposition ? `(${string(disposition.value)} ${parameters(disposition.parameters)})` : 'NIL',
    languages.length === 0
      ? 'NIL'
      : languages.length === 1
        ? string(languages[0] ?? '')
        : `(${languages.map(string).join(' ')})`,
    nstring(header.get('content-location')),
  ].join(' ');
}
