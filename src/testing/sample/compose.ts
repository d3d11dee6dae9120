/** A message of the sample mail, as it is written down. */
export interface Sample {
  mailbox: string;
  /** Its Message-ID is made of it, and its boundaries. */
  id: string;
  hoursAgo: number;
  /** Minutes east of UTC. */
  zone?: number;
  from: string;
  to: string;
  cc?: string;
  subject: string;
  /** Ids of the messages that it answers, the oldest first. */
  answers?: string[];
  /** Further header fields, as they stand in the message. */
  fields?: string[];
  body: Entity;
  flags?: string[];
}

/** A MIME entity without its place: the fields of its own and what follows them. */
export interface Entity {
  fields: string[];
  content: string;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** UTF-8 text, quoted-printable where it is not ASCII. */
export function text(content: string, subtype = 'plain'): Entity {
  const lines = content.replace(/\n/g, '\r\n');
  if (/^[\x20-\x7e\r\n]*$/.test(lines) && !/[^\r\n]{990}/.test(lines))
    return { fields: [`Content-Type: text/${subtype}; charset=us-ascii`], content: lines };
  return {
    fields: [`Content-Type: text/${subtype}; charset=utf-8`, 'Content-Transfer-Encoding: quoted-printable'],
    content: lines.split('\r\n').map(quotedPrintable).join('\r\n'),
  };
}

/** Soft line breaks keep lines under 76 characters (RFC 2045 §6.7). */
function quotedPrintable(line: string): string {
  let encoded = '';
  let width = 0;
  for (const byte of Buffer.from(line, 'utf8')) {
    const plain = byte >= 32 && byte < 127 && byte !== 61;
    const piece = plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (width + piece.length > 75) {
      encoded += '=\r\n';
      width = 0;
    }
    encoded += piece;
    width += piece.length;
  }
  return encoded.replace(/ $/, '=20');
}

/** Text in an old charset, given as the base64 of its bytes. */
export function encodedText(charset: string, base64: string): Entity {
  return {
    fields: [`Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: base64'],
    content: wrap(base64),
  };
}

/** Raw ISO 8859-1 text, 8bit. */
export function latin1Text(content: string): Entity {
  return {
    fields: ['Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: 8bit'],
    content: content.replace(/\n/g, '\r\n'),
  };
}

export function html(content: string): Entity {
  return text(`<!DOCTYPE html>\n<html><body>\n${content}\n</body></html>\n`, 'html');
}

/** An attachment; its name becomes an RFC 2231 value where it is not ASCII. */
export function attachment(name: string, type: string, bytes: Buffer, extra: string[] = []): Entity {
  const ascii = /^[\x20-\x7e]*$/.test(name);
  const parameter = ascii ? `filename="${name}"` : `filename*=utf-8''${encodeURIComponent(name)}`;
  return {
    fields: [
      `Content-Type: ${type}${ascii ? `; name="${name}"` : ''}`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: ${extra.length > 0 ? 'inline' : 'attachment'}; ${parameter}`,
      ...extra,
    ],
    content: wrap(bytes.toString('base64')),
  };
}

/** A part of any type whose content is plain ASCII. */
export function plainPart(type: string, content: string, fields: string[] = []): Entity {
  return { fields: [`Content-Type: ${type}`, ...fields], content: content.replace(/\n/g, '\r\n') };
}

export function multipart(subtype: string, boundary: string, parts: Entity[], preamble = ''): Entity {
  const inner = parts.map((part) => `--${boundary}\r\n${part.fields.join('\r\n')}\r\n\r\n${part.content}\r\n`);
  return {
    fields: [`Content-Type: multipart/${subtype}; boundary="${boundary}"`],
    content: `${preamble}${inner.join('')}--${boundary}--\r\n`,
  };
}

function wrap(base64: string): string {
  return base64.replace(/.{76}/g, '$&\r\n');
}

/** encoded-word (RFC 2047), in pieces that fit their line; ASCII stays as it is. */
function encodeWords(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const words: string[] = [];
  let piece = '';
  for (const character of value) {
    if (Buffer.byteLength(piece + character) > 42) {
      words.push(piece);
      piece = '';
    }
    piece += character;
  }
  words.push(piece);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=`).join('\r\n ');
}

function messageId(id: string): string {
  return `<${id}@sample.example>`;
}

function formatDate(at: number, zone: number): string {
  const local = new Date(at + zone * 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = Math.abs(zone);
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const day = `${DAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${day} ${time} ${zone < 0 ? '-' : '+'}${two(Math.floor(offset / 60))}${two(offset % 60)}`;
}

/** The bytes of the message, sent at `at`. */
export function compose(sample: Sample, at: number): Buffer {
  const { answers = [] } = sample;
  const parent = answers.at(-1);
  const fields = [
    `Date: ${formatDate(at, sample.zone ?? 0)}`,
    `From: ${sample.from}`,
    `To: ${sample.to}`,
    ...(sample.cc ? [`Cc: ${sample.cc}`] : []),
    `Subject: ${encodeWords(sample.subject)}`,
    `Message-ID: ${messageId(sample.id)}`,
    ...(parent ? [`In-Reply-To: ${messageId(parent)}`, `References: ${answers.map(messageId).join('\r\n ')}`] : []),
    ...(sample.fields ?? []),
    'MIME-Version: 1.0',
    ...sample.body.fields,
  ];
  const raw = `${fields.join('\r\n')}\r\n\r\n${sample.body.content}`;
  // latin1: what is not ASCII here is 8-bit text of its own charset, a byte a character.
  return Buffer.from(raw, 'latin1');
}
