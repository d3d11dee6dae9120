import { shown, UsageError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { decodeCharset, decodeUtf8 } from './charset.ts';
import { decodeHexadecimal } from './hexadecimal.ts';

/** RFC 2047 §2: `encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="` (language: RFC 2231 §5). */
interface EncodedWord {
  charset: string;
  /** One character a byte. */
  bytes: string;
  /** Of a "B" word: the encoded text, without white space. */
  base64?: string;
  /** Where the value goes on. */
  end: number;
}

/** Encoded words side by side whose bytes are decoded together, because mailers split characters between them. */
interface Run {
  charset: string;
  bytes: string;
  /** The beginning of a group of base64 whose end is in the next word: mailers cut one long text into words. */
  cutOff: string;
  /** The last escape sequence in the bytes, as far as it goes. */
  lastEscape: string;
}

/**
 * A header value (a "latin1 binary string") as text: unfolded, RFC 2047 encoded words decoded, white space between two
 * of them dropped, raw 8-bit bytes read as UTF-8 where that is valid, else as windows-1252. Broken words stay as they
 * are. Words are also found inside other text and inside quoted strings, and may hold raw spaces: mailers do that.
 */
export function decodeWords(header: string): string {
  const value = unfold(header);
  let at = value.indexOf('=?');
  if (at < 0) return decodeUtf8(value);
  let text = '';
  let done = 0;
  let run: Run | undefined;
  while (at >= 0) {
    const word = readEncodedWord(value, at);
    if (!word) {
      at = value.indexOf('=?', at + 2);
      continue;
    }
    if (!run || !isBlank(value, done, at) || !goesOn(run, word)) {
      if (!run) text += decodeUtf8(value.slice(done, at));
      else text += decodeRun(run) + (isBlank(value, done, at) ? '' : decodeUtf8(value.slice(done, at)));
      run = { charset: word.charset, bytes: '', cutOff: '', lastEscape: '' };
    }
    append(word, run);
    done = word.end;
    at = value.indexOf('=?', done);
  }
  if (run) text += decodeRun(run);
  return text + decodeUtf8(value.slice(done));
}

/** The body of a header field as it stands in the message: unfolded (RFC 5322 §2.2.3), trimmed, and decoded. Throws for no text. */
export function decodeHeader(value: string): string {
  if (typeof value !== 'string') throw new UsageError(`not the text of a header field: ${shown(value)}`);
  return decodeWords(trim(value));
}

function decodeRun({ charset, bytes, cutOff }: Run): string {
  return decodeCharset(Buffer.from(bytes + fromBase64(cutOff), 'latin1'), charset);
}

/** Each word of these begins in the initial state again (RFC 2047 §3): joined, the end of one would garble the next. */
const KEEPS_STATE = /iso-?2022|utf-?7|^hz/;
/** Of UTF-16 and UTF-8: within text it is a character. */
const BYTE_ORDER_MARK = /^(?:\xfe\xff|\xff\xfe|\xef\xbb\xbf)/;

function goesOn({ charset, cutOff, lastEscape }: Run, word: EncodedWord): boolean {
  if (charset !== word.charset) return false;
  if (cutOff !== '' && word.base64 !== undefined && !isWhole(word.base64)) return true;
  if (/2022-?jp/.test(charset) && isCutInJapanese(lastEscape, word.bytes)) return true;
  return !KEEPS_STATE.test(charset) && !BYTE_ORDER_MARK.test(word.bytes);
}

/** Mailers cut ISO-2022-JP within an escape sequence, and within the state that the next word ends (mikel/mail #1397). */
function isCutInJapanese(lastEscape: string, next: string): boolean {
  if (lastEscape === '\x1b' || lastEscape === '\x1b$' || lastEscape === '\x1b(') return true;
  const end = next.indexOf('\x1b');
  return lastEscape.startsWith('\x1b$') && next.startsWith('\x1b(', end) && /^[!-~]+$/.test(next.slice(0, end));
}

/** Its padding ends a group, so that no group of the word before goes on in it. */
function isWhole(base64: string): boolean {
  return base64.endsWith('=') && base64.length % 4 === 0;
}

function append({ bytes, base64 }: EncodedWord, run: Run): void {
  if (base64 === undefined || isWhole(base64)) {
    add(fromBase64(run.cutOff) + bytes, run);
    run.cutOff = '';
    return;
  }
  const text = run.cutOff + base64;
  const cutOff = cutOffGroup(text);
  add(text === base64 && cutOff === '' ? bytes : fromBase64(text.slice(0, text.length - cutOff.length)), run);
  run.cutOff = cutOff;
}

function add(bytes: string, run: Run): void {
  run.bytes += bytes;
  const last = bytes.lastIndexOf('\x1b');
  run.lastEscape = (last < 0 ? run.lastEscape && run.lastEscape + bytes : bytes.slice(last)).slice(0, 3);
}

/** The last group, if it does not end here: one that only lacks its padding has no bits to spare (RFC 4648 §3.5). */
function cutOffGroup(base64: string): string {
  const group = base64.slice(base64.length & ~3);
  if (group === '' || base64.includes('=')) return '';
  return Buffer.from(group, 'base64').toString('base64').startsWith(group) ? '' : group;
}

/**
 * Reads at most to the next `=?`, where the search for the next word begins: that keeps decodeWords linear, whatever
 * the value.
 */
function readEncodedWord(value: string, start: number): EncodedWord | undefined {
  const charsetEnd = value.indexOf('?', start + 2);
  if (charsetEnd < 0 || charsetEnd - start > 80 || value.charAt(charsetEnd + 2) !== '?') return undefined;
  const charset = value.slice(start + 2, charsetEnd);
  if (!/^[!-<>-~]+$/.test(charset)) return undefined;
  const textStart = charsetEnd + 3;
  const next = value.indexOf('=?', textStart);
  // "=?" inside the word begins another one, unless it is padding before the final "?=".
  const limit = next < 0 ? value.length : next + 3;
  const textEnd = value.slice(textStart, limit).indexOf('?=') + textStart;
  if (textEnd < textStart) return undefined;
  const decoded = decodeText(value.charAt(charsetEnd + 1), value.slice(textStart, textEnd));
  if (decoded === undefined) return undefined;
  const language = charset.indexOf('*');
  const name = language < 0 ? charset : charset.slice(0, language);
  return { charset: name.toLowerCase(), ...decoded, end: textEnd + 2 };
}

function decodeText(encoding: string, text: string): Pick<EncodedWord, 'bytes' | 'base64'> | undefined {
  if (encoding === 'Q' || encoding === 'q') return { bytes: decodeQ(text) };
  if (encoding === 'B' || encoding === 'b') return decodeB(text);
  return undefined;
}

/** The "Q" encoding, RFC 2047 §4.2. A `=` that no two hexadecimal digits follow stays. */
function decodeQ(text: string): string {
  return decodeHexadecimal(text.includes('_') ? text.replaceAll('_', ' ') : text, '=');
}

/** The "B" encoding, RFC 2047 §4.1; also with white space in it, or with padding missing or in the middle. */
function decodeB(text: string): Pick<EncodedWord, 'bytes' | 'base64'> | undefined {
  if (!/^[A-Za-z0-9+/= \t\r\n]*$/.test(text)) return undefined;
  const base64 = text.replace(/[ \t\r\n]+/g, '');
  return { bytes: fromBase64(base64), base64 };
}

function fromBase64(text: string): string {
  const padding = text.indexOf('=');
  if (padding < 0 || padding >= text.length - 2) return Buffer.from(text, 'base64').toString('latin1');
  return decodeBase64(Buffer.from(text, 'latin1')).toString('latin1');
}

function unfold(value: string): string {
  if (!/[\r\n]/.test(value)) return value;
  // A line end that no white space follows can not stand in a field: a space keeps the words apart.
  return value.replace(/[\r\n]+[ \t]?/g, (fold) => (fold.endsWith('\t') ? '\t' : ' '));
}

/** String.trim would also take 0xA0, the last byte of "à" in UTF-8. */
function trim(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isWhiteSpace(value.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isBlank(value: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isWhiteSpace(value.charCodeAt(i))) return false;
  return true;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
