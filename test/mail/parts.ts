/** MIME parts (RFC 2045, 2046) that ordinary mail is built of. */
import { base64Lines, encodedWords } from './encoding.ts';
import type { Pools } from './pools.ts';
import type { Random } from './random.ts';
import { PHRASES, WORDS } from './words.ts';

export interface Part {
  /** Its header lines, each ending in CRLF. */
  readonly headers: string;
  readonly body: readonly Buffer[];
}

/** What is known of a message beforehand: for assertions. */
export interface Facts {
  readonly index: number;
  readonly kind: string;
  /** Decoded; null where the header is malformed and nothing is promised. */
  subject: string | null;
  fromName: string | null;
  fromAddress: string | null;
  messageId: string;
  inReplyTo: string | null;
  /** The decoded file names of attachments and inline images; those of nested messages are not counted. */
  readonly attachments: string[];
  /** Of the text, where the kind is 'charset'. */
  charset?: string;
}

/** What everything that makes a part of one message works with. */
export interface Making {
  readonly random: Random;
  readonly pools: Pools;
  readonly facts: Facts;
}

const FILE_TYPES: readonly (readonly [extension: string, contentType: string])[] = [
  ['txt', 'text/plain; '],
  ['pdf', 'application/pdf; '],
  ['jpg', 'image/jpeg; '],
  ['png', 'image/png; '],
  ['zip', 'application/zip; '],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document;\r\n\t'],
  ['bin', 'application/octet-stream; '],
  ['xls', 'application/vnd.ms-excel; '],
  ['mp3', 'audio/mpeg; '],
  ['dat', 'application/ms-tnef; '],
];
const IMAGES = FILE_TYPES.slice(2, 4);

export function text(contentType: string, transferEncoding: string, body: readonly (Buffer | string)[]): Part {
  const encoding = transferEncoding === '' ? '' : `Content-Transfer-Encoding: ${transferEncoding}\r\n`;
  return { headers: `Content-Type: ${contentType}\r\n${encoding}`, body: body.map(bytesOf) };
}

export function bytesOf(piece: Buffer | string): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

export function plain({ random, pools }: Making, size: number): Part {
  const contentType = random.chance(0.7) ? 'text/plain; charset=us-ascii' : 'text/plain';
  return text(contentType, random.chance(0.6) ? '7bit' : '', pools.ascii.cut(random, size));
}

export interface MultipartOptions {
  readonly preamble?: string;
  /** More parameters, as ' name=value;'. */
  readonly parameters?: string;
  /** Without its closing delimiter. */
  readonly open?: boolean;
}

export function multipart(
  { random }: Making,
  subtype: string,
  parts: readonly Part[],
  options: MultipartOptions = {},
): Part {
  const { preamble = '', parameters = '', open = false } = options;
  const delimiter = boundary(random);
  const body: Buffer[] = [];
  if (preamble !== '') body.push(Buffer.from(`${preamble}\r\n`));
  for (const part of parts) {
    body.push(Buffer.from(`--${delimiter}\r\n${part.headers}\r\n`), ...part.body);
    const endsInLine = body.at(-1)?.at(-1) === 0x0a;
    if (!endsInLine || !part.headers.includes('multipart')) body.push(Buffer.from('\r\n'));
  }
  if (!open) body.push(Buffer.from(`--${delimiter}--\r\n`));
  return { headers: `Content-Type: multipart/${subtype};${parameters}\r\n\tboundary="${delimiter}"\r\n`, body };
}

/** As various programs make them, the characters that only a quoted boundary may have included. */
function boundary(random: Random): string {
  const make = random.pick([
    () => `----=_Part_${random.integer(1, 9999)}_${random.uint32()}.${random.uint32()}`,
    () => `=_${random.hex(32)}`,
    () => `000000000000${random.hex(16)}`,
    () => `_${random.integer(100, 999)}_${random.hex(12)}'()+,-./:=?`,
    () => `Apple-Mail=_${random.hex(8).toUpperCase()}`,
    () => `${random.hex(8)} ${random.hex(8)}`,
  ]);
  return make();
}

export function alternative(making: Making, size: number): Part {
  const { random, pools } = making;
  const words = random.chance(0.5)
    ? text('text/plain; charset="UTF-8"', 'quoted-printable', pools.quotedPrintable.cut(random, size * 0.25))
    : text('text/plain; charset=utf-8', '8bit', pools.utf8.cut(random, size * 0.25));
  const html = random.chance(0.7)
    ? text('text/html; charset="UTF-8"', 'quoted-printable', [
        '<html><head><meta http-equiv=3D"Content-Type" content=3D"text/html; charset=3Dut=\r\nf-8"></head><body>\r\n',
        ...pools.htmlQuotedPrintable.cut(random, size * 0.7),
        '</body></html>\r\n',
      ])
    : text('text/html; charset=utf-8', 'base64', [
        inBase64(['<html><body>\r\n', ...pools.html.cut(random, size * 0.5), '</body></html>']),
      ]);
  return multipart(making, 'alternative', [words, html]);
}

export function inBase64(pieces: readonly (Buffer | string)[]): string {
  return `${base64Lines(Buffer.concat(pieces.map(bytesOf)))}\r\n`;
}

export function attachment({ random, pools, facts }: Making, size: number, inline = false): Part {
  const [extension, contentType] = random.pick(inline ? IMAGES : FILE_TYPES);
  const file = fileName(random, extension);
  const body = pools.base64.cut(random, size);
  const tail = Buffer.alloc(random.integer(1, 56));
  for (let i = 0; i < tail.length; i++) tail[i] = random.uint32() & 0xff;
  body.push(Buffer.from(`${tail.toString('base64')}\r\n`));
  facts.attachments.push(file.name);
  const disposition = inline ? 'inline' : 'attachment';
  return {
    headers:
      `Content-Type: ${contentType}name=${file.typeName}\r\nContent-Disposition: ${disposition}; ${file.filename}\r\n` +
      (inline ? `Content-ID: <img${random.hex(8)}@example.org>\r\n` : '') +
      'Content-Transfer-Encoding: base64\r\n',
    body,
  };
}

interface FileName {
  readonly name: string;
  /** The value of Content-Type's name parameter. */
  readonly typeName: string;
  /** Content-Disposition's filename parameter. */
  readonly filename: string;
}

/** Quoted, as a token, as encoded words (forbidden, and everywhere), or by RFC 2231, in one piece or in sections. */
function fileName(random: Random, extension: string): FileName {
  const phrases = PHRASES['utf-8'] ?? [];
  const way = random.fraction();
  if (way < 0.55) {
    const name = `${random.pick(WORDS)}-${random.integer(1, 2025)}.${extension}`;
    return { name, typeName: `"${name}"`, filename: `filename="${name}"` };
  }
  if (way < 0.65) {
    const name = `${random.pick(WORDS)}.${extension}`;
    return { name, typeName: name, filename: `filename=${name}` };
  }
  if (way < 0.8) {
    const name = `${random.pick(phrases)}.${extension}`;
    const words = encodedWords(name, 'utf-8', 'B');
    return { name, typeName: `"${words}"`, filename: `filename="${words}"` };
  }
  const name = `${random.pick(phrases)} ${random.pick(WORDS)} (${random.integer(1, 9)}).${extension}`;
  const encoded = percentEncoded(name);
  const typeName = `"${random.pick(WORDS)}.${extension}"`;
  if (way < 0.9) return { name, typeName, filename: `filename*=UTF-8''${encoded}` };
  const sections = sectionsOf(encoded).map((part, i) => `filename*${i}*=${i === 0 ? "UTF-8''" : ''}${part}`);
  return { name, typeName, filename: sections.join(';\r\n\t') };
}

function percentEncoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*!]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** In pieces of about 40 characters, none of which ends inside a %XX. */
function sectionsOf(encoded: string): string[] {
  const sections: string[] = [];
  for (let from = 0; from < encoded.length; ) {
    let to = Math.min(encoded.length, from + 40);
    while (to < encoded.length && /%.?$/.test(encoded.slice(from, to))) to--;
    sections.push(encoded.slice(from, to));
    from = to;
  }
  return sections;
}
