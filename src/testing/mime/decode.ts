import { encoding } from './body-structure.ts';
import type { Header } from './header.ts';
import type { Part } from './structure.ts';
import { parameter } from './structured.ts';

/** Bytes (one character each) to text; what the charset cannot be found for is read as UTF-8. */
export function decodeCharset(bytes: Buffer, charset: string): string {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(charset.replace(/\*.*/, ''));
  } catch {
    decoder = new TextDecoder('utf-8');
  }
  // In one call Node 20 decodes windows-1252 as if it were ISO 8859-1; as a stream it does not.
  return decoder.decode(bytes, { stream: true }) + decoder.decode();
}

/** "=?" charset "?" encoding "?" encoded-text "?=" (RFC 2047 §2) */
const ENCODED_WORD = /=\?([^?\s]{1,100})\?([BbQq])\?([^?\s]*)\?=/g;
/** White space between two encoded words is not shown (RFC 2047 §6.2). */
const BETWEEN = /(=\?[^?\s]{1,100}\?[BbQq]\?[^?\s]*\?=)\s+(?==\?[^?\s]{1,100}\?[BbQq]\?[^?\s]*\?=)/g;

/** The text of an unstructured field, its encoded words decoded; raw 8-bit is read as UTF-8. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeRaw(value);
  let text = '';
  let at = 0;
  const joined = value.replace(BETWEEN, '$1');
  /** Bytes of words of one charset that follow each other: a character may be split between them. */
  let run: { charset: string; pieces: Buffer[] } | undefined;
  const flush = () => {
    if (run) text += decodeCharset(Buffer.concat(run.pieces), run.charset);
    run = undefined;
  };
  for (const match of joined.matchAll(ENCODED_WORD)) {
    const [word, charset = '', kind = '', content = ''] = match;
    if (match.index > at) {
      flush();
      text += decodeRaw(joined.slice(at, match.index));
    }
    if (run && run.charset !== charset.toLowerCase()) flush();
    run ??= { charset: charset.toLowerCase(), pieces: [] };
    run.pieces.push(kind.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : decodeQ(content));
    at = match.index + word.length;
  }
  flush();
  return text + decodeRaw(joined.slice(at));
}

function decodeRaw(value: string): string {
  return /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

function decodeQ(text: string): Buffer {
  return Buffer.from(
    text
      .replaceAll('_', ' ')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** quoted-printable (RFC 2045 §6.7), broken sequences left as they stand; the last line ends as the others do. */
function decodeQuotedPrintable(text: string): Buffer {
  const decoded = text
    // White space is looked at from its beginning alone: a line of nothing else takes linear time.
    .replace(/(?<![ \t])[ \t]+(?=\r?\n|$)/g, '')
    .replace(/=(?:([0-9A-Fa-f]{2})|\r?\n|$)/g, (_, hex?: string) =>
      hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(decoded, 'latin1');
}

/** base64 (RFC 2045 §6.8): other characters are passed over, and behind padding it goes on, as in Cyrus. */
function decodeBase64(text: string): Buffer {
  const pieces = text.replace(/[^A-Za-z0-9+/=]+/g, '').match(/[^=]+/g) ?? [];
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}

/** The body of a part with its transfer encoding undone; undefined if the encoding is not known. */
export function decodeBody({ header, bodyStart, bodyEnd }: Part): Buffer | undefined {
  const body = header.raw.subarray(bodyStart, bodyEnd);
  switch (encoding(header).toLowerCase()) {
    case 'base64':
      return decodeBase64(body.toString('latin1'));
    case 'quoted-printable':
      return decodeQuotedPrintable(body.toString('latin1'));
    case '7bit':
    case '8bit':
    case 'binary':
      return body;
    default:
      return undefined;
  }
}

export function decodeText(part: Part): string {
  const charset = parameter(part.contentType?.parameters ?? [], 'charset') ?? 'utf-8';
  const body = decodeBody(part) ?? part.header.raw.subarray(part.bodyStart, part.bodyEnd);
  return decodeCharset(body, charset.toLowerCase() === 'us-ascii' ? 'utf-8' : charset);
}

/** All fields, decoded, one a line. */
export function decodeHeader(header: Header): string {
  return header.fields
    .map(
      (field) =>
        `${header.raw.toString('latin1', field.start, field.valueStart)} ${decodeWords(header.value(field))}\n`,
    )
    .join('');
}
