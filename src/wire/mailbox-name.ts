import { shown, UsageError } from '../errors.ts';
import { utf8Text } from './text.ts';

/*
 * Mailbox names on the wire are modified UTF-7 (RFC 3501 §5.1.3), or should be. Names here are what a person reads.
 *
 * What a server lists is sent back byte by byte: encodeMailboxName(decodeMailboxName(x)) === x for every x without
 * CR, LF and NUL. Plain decoding can not give that, for `R&D`, sent raw by a careless server, would then read like
 * `R&-D`, which is how `R&D` is written. So, for a listed name that is not what encodeMailboxName would write:
 *
 * - A byte that stands for itself, against the rules, becomes the lone surrogate U+DC00 + byte (as PEP 383 has it):
 *   `&` where no proper shift sequence begins, a control character, 8-bit bytes that are not UTF-8.
 *   Lone surrogates are shown as U+FFFD, survive JSON, and no proper name holds one.
 * - Raw UTF-8 is decoded, behind the lone surrogate RAW_UTF8.
 * - A name of proper shift sequences, one of which holds a control character, stays encoded: `&AA0ACg-` is the name
 *   `&AA0ACg-`. So that `&-AA0ACg-` is not that same name, it stays as it is in turn, and so do
 *   `&--AA0ACg-` and its like.
 */

const ESCAPE = 0xdc00;
const AMPERSAND = 0x26;
const RAW_UTF8 = '\udc38';

/** Printable US-ASCII without `&` is its own encoding. */
const PLAIN = /^[\x20-\x25\x27-\x7e]*$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * The name as it goes on the wire: modified UTF-7 (RFC 3501 §5.1.3), each character a byte; only a name that was
 * listed so holds 8-bit bytes. Throws UsageError for CR, LF, NUL, surrogates without their other half, and what is no text.
 */
export function encodeMailboxName(name: string): string {
  requireName(name);
  if (PLAIN.test(name) || (PRINTABLE.test(name) && staysEncoded(name))) return name;
  return name.replace(PIECES, encodePiece);
}

function requireName(name: unknown): void {
  if (typeof name !== 'string') throw new UsageError(`not the name of a mailbox: ${shown(name)}`);
}

/** A run of raw UTF-8, a run to be shifted, or one character that stands for itself. */
const PIECES = /\udc38[\u0080-\ud7ff\ue000-\uffff\u{10000}-\u{10ffff}]+|[^\x20-\x7e\ud800-\udfff]+|&|[\ud800-\udfff]/gu;

function encodePiece(piece: string): string {
  if (piece === '&') return '&-';
  const code = piece.charCodeAt(0);
  if (piece.length > 1 && piece.startsWith(RAW_UTF8)) return rawBytes(piece.slice(1));
  if (piece.length === 1 && code >= 0xd800 && code <= 0xdfff) return escapedByte(code);
  return shift(requireSendable(piece));
}

function requireSendable(text: string): string {
  if (/[\0\r\n]/.test(text)) throw new UsageError('a mailbox name can not hold CR, LF or NUL');
  return text;
}

function rawBytes(text: string): string {
  return Buffer.from(requireSendable(text)).toString('latin1');
}

/** The byte behind an escape that decodeMailboxName writes; any other lone surrogate is no text. */
function escapedByte(code: number): string {
  const byte = code - ESCAPE;
  const escaped = byte === AMPERSAND || (byte >= 0 && byte < 0x20) || (byte >= 0x7f && byte <= 0xff);
  if (!escaped) throw new UsageError('a mailbox name can not hold half of a surrogate pair');
  return requireSendable(String.fromCharCode(byte));
}

/** modified base64 of UTF-16BE, between `&` and `-` (RFC 3501 §5.1.3) */
function shift(text: string): string {
  const base64 = Buffer.from(text, 'utf16le').swap16().toString('base64');
  return `&${base64.replaceAll('/', ',').replace(/=+$/, '')}-`;
}

/**
 * The name that stands on the wire as `encoded` (modified UTF-7, each character a byte). Throws UsageError for what is no
 * text, and nothing else: what is not proper modified UTF-7 stays recognisable, holds no control character, and encodes to
 * the same bytes again.
 */
export function decodeMailboxName(encoded: string): string {
  requireName(encoded);
  if (PLAIN.test(encoded) || (PRINTABLE.test(encoded) && staysEncoded(encoded))) return encoded;
  let runEnd = -1;
  return encoded.replace(ENCODED_PIECES, (piece: string, offset: number) => {
    if (piece === '&-') return '&';
    if (piece.length === 1 && piece < '\x80') return escaped(piece);
    const shifted = piece.startsWith('&');
    const text = shifted ? unshift(piece) : utf8Text(piece);
    // Runs that touch are one run for encodeMailboxName: the second one can only be kept as it is.
    if (text === undefined || CONTROL.test(text) || (shifted && offset === runEnd)) {
      return shifted ? escaped('&') + piece.slice(1) : escaped(piece);
    }
    runEnd = offset + piece.length;
    return shifted ? text : RAW_UTF8 + text;
  });
}

/** `&-`, a shift sequence, a run of 8-bit bytes, or one byte that has no business in a name. */
const ENCODED_PIECES = /&-|&[A-Za-z0-9+,]+-|[\x80-\xff]+|[&\p{Cc}]/gu;
const CONTROL = /\p{Cc}/u;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** False for a listed name that holds CR, LF or NUL, raw: it can't be written. */
export function isSendable(decoded: string): boolean {
  return PRINTABLE.test(decoded) || !/[\udc00\udc0a\udc0d]/u.test(decoded);
}

function escaped(bytes: string): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) text += String.fromCharCode(ESCAPE + bytes.charCodeAt(index));
  return text;
}

/** The text of a shift sequence, where it is the one that `shift` makes of that text; else undefined. */
function unshift(piece: string): string | undefined {
  const bytes = Buffer.from(piece.slice(1, -1).replaceAll(',', '/'), 'base64');
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  const text = bytes.swap16().toString('utf16le');
  const proper = shift(text) === piece && !/[\x20-\x7e]/.test(text) && !LONE_SURROGATE.test(text);
  return proper ? text : undefined;
}

/**
 * True for proper shift sequences that would decode to a control character, and for what becomes of it when `&` is
 * written as `&-` any number of times.
 */
function staysEncoded(name: string): boolean {
  let dashes = name.length;
  for (const [ampersand] of name.matchAll(/&-*/g)) dashes = Math.min(dashes, ampersand.length - 1);
  const encoded = dashes === 0 ? name : name.replaceAll(`&${'-'.repeat(dashes)}`, '&');
  let controls = false;
  for (const [piece] of encoded.matchAll(ENCODED_PIECES)) {
    if (piece === '&-') continue;
    const text = piece.length === 1 ? undefined : unshift(piece);
    if (text === undefined) return false;
    controls ||= CONTROL.test(text);
  }
  return controls;
}

/**
 * The name as it goes on the wire once UTF8=ACCEPT or IMAP4rev2 is enabled (RFC 9755 §3, RFC 9051 §5.1): UTF-8, each
 * character a byte. What decodeMailboxName or decodeUtf8MailboxName escaped goes back as the bytes that it was.
 * Throws UsageError as encodeMailboxName does.
 */
export function encodeUtf8MailboxName(name: string): string {
  requireName(name);
  return PRINTABLE.test(name) ? name : name.replace(UTF8_PIECES, encodeUtf8Piece);
}

const UTF8_PIECES = /\udc38?[^\x20-\x7e\ud800-\udfff]+|[\ud800-\udfff]/gu;

function encodeUtf8Piece(piece: string): string {
  const code = piece.charCodeAt(0);
  if (piece.length === 1 && code >= 0xd800 && code <= 0xdfff) return escapedByte(code);
  return rawBytes(piece.startsWith(RAW_UTF8) ? piece.slice(1) : piece);
}

/** The name that stands on the wire as `encoded`: UTF-8, each character a byte. Never throws; escapes as above. */
export function decodeUtf8MailboxName(encoded: string): string {
  if (PRINTABLE.test(encoded)) return encoded;
  return encoded.replace(/[\x80-\xff]+|\p{Cc}/gu, (piece) => {
    const text = piece < '\x80' ? undefined : utf8Text(piece);
    return text === undefined || CONTROL.test(text) ? escaped(piece) : text;
  });
}

/** The name that raw UTF-8 stands for, where a server is known to write it though its names are modified UTF-7 elsewhere. */
export function readAsUtf8(decoded: string): string {
  return decoded.replace(/[\udc26\udc38]/gu, (mark) => (mark === RAW_UTF8 ? '' : '&'));
}

/** Of US-ASCII alone: the upper case of `ınbox` is INBOX, too. */
const INBOX = /^inbox$/i;
/** The delimiters that servers have. */
const INBOX_OR_BELOW = /^inbox(?=$|[./\\])/i;

/**
 * INBOX in any case of letters is one mailbox (RFC 3501 §5.1); every other name is its own. A caller's that is no text is
 * refused where it is written, by the name of its command.
 */
export function canonicalMailboxName(name: string): string {
  return typeof name === 'string' && INBOX.test(name) ? 'INBOX' : name;
}

/**
 * INBOX is the same in any case (RFC 3501 §5.1), to most servers as the root of a hierarchy too. `b` may be a caller's: one
 * that holds a control character a server names by what it was sent, or by the raw character.
 */
export function sameMailbox(a: string, b: string): boolean {
  requireName(b);
  if (a === b || (INBOX_OR_BELOW.test(a) && INBOX_OR_BELOW.test(b) && a.slice(5) === b.slice(5))) return true;
  if (!CONTROL.test(b)) return false;
  return a === decodeMailboxName(encodeMailboxName(b)) || a === decodeUtf8MailboxName(encodeUtf8MailboxName(b));
}

/** Whether one may stand below the other: whatever the delimiter is, it is neither letter nor digit. */
export function isBelowMailbox(name: string, parent: string): boolean {
  return parent !== '' && name.startsWith(parent) && /^[^\p{L}\p{N}]/u.test(name.slice(parent.length));
}
