import type { ResponseCode } from '../errors.ts';
import {
  AT,
  BACKSLASH,
  CLOSE,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  escaped,
  OPEN,
  OPEN_BRACKET,
  QUOTE,
  SLASH,
} from '../wire/chars.ts';
import { Frame } from '../wire/frame.ts';
import { readMessageNumber, readModSequenceValue, readNumber } from '../wire/number.ts';
import { Reader } from '../wire/reader.ts';
import { parseUidList, readUidSet, type UidRange, type UidSet } from '../wire/uid-set.ts';
import { readCapabilities } from './capability.ts';
import { flagSet, readFlags } from './flag.ts';
import { readObjectId } from './object-id.ts';

/**
 * The response codes whose arguments are read into fields: one row each. A field that the server left out, or that is 0
 * where the grammar wants more (`UIDNEXT 0`, `UIDVALIDITY 0`: SmarterMail and others), is absent.
 * Codes without arguments (ALERT, PARSE, TRYCREATE, those of RFC 5530…) need no row.
 */
const rows = {
  /** RFC 3501 §7.1 */
  BADCHARSET: (reader: Reader) => ({ charsets: readNames(reader) }),
  CAPABILITY: (reader: Reader) => ({ capabilities: readCapabilities(reader) }),
  PERMANENTFLAGS: (reader: Reader) => ({ flags: withStar(readFlags(reader)) }),
  UIDNEXT: (reader: Reader) => ({ uidNext: nzNumber(reader) }),
  UIDVALIDITY: (reader: Reader) => ({ uidValidity: uidValidity(reader) }),
  UNSEEN: (reader: Reader) => ({ unseen: nzNumber(reader) }),
  /** RFC 4315 §3 */
  APPENDUID: (reader: Reader) => ({ uidValidity: uidValidity(reader), uids: uidSet(word(reader)) }),
  COPYUID: readCopyUid,
  /** RFC 7162 §3.1.2, §3.1.3 */
  HIGHESTMODSEQ: (reader: Reader) => ({ modseq: readModSequenceValue(reader) || undefined }),
  MODIFIED: (reader: Reader) => {
    const set = word(reader);
    return { set, uids: uidSet(set) };
  },
  /** RFC 8474 §4 */
  MAILBOXID: (reader: Reader) => ({ mailboxId: readObjectId(reader) }),
  /** RFC 9738 §3.1 */
  MESSAGELIMIT: (reader: Reader) => ({ limit: nzNumber(reader), uid: nzNumber(reader) }),
  /** RFC 9585 §4 */
  INPROGRESS: readProgress,
  /** RFC 5464 §4.2.1, §4.3 */
  METADATA: (reader: Reader) => ({ reason: word(reader)?.toUpperCase(), size: numberOrNil(reader) }),
  /** RFC 2221, RFC 2193: an address to be reported, never followed */
  REFERRAL: readReferral,
  /** RFC 4469 §4.1 */
  BADURL: (reader: Reader) => ({ url: urlsOf(reader).join(' ') }),
  /** RFC 4467 §8 */
  URLMECH: (reader: Reader) => ({ mechanisms: words(reader) }),
  /** RFC 5257 §4.1, §4.5 */
  ANNOTATIONS: readAnnotations,
  ANNOTATE: (reader: Reader) => ({ reason: word(reader)?.toUpperCase() }),
  /** RFC 5465 §8: those known; Dovecot names those unknown */
  BADEVENT: (reader: Reader) => ({ events: readNames(reader) }),
  /** RFC 5267 §4.3.1 */
  NOUPDATE: (reader: Reader) => ({ tag: word(reader) }),
  /** RFC 5466 §3.1 */
  'UNDEFINED-FILTER': (reader: Reader) => ({ filter: word(reader) }),
} satisfies Record<string, (reader: Reader) => Record<string, unknown>>;

/** The codes that are read, and how. */
export type Rows = typeof rows;

const rowsByName = new Map<string, (reader: Reader) => Record<string, unknown>>(Object.entries(rows));

/**
 * A response code at its "[", up to its "]", which is taken too. Undefined, with nothing taken, where no "]" follows.
 * `args` is what stands behind the name, as sent, a literal in the form of a quoted string.
 *
 *     resp-text-code = "ALERT" / "BADCHARSET" … / atom [SP 1*<any TEXT-CHAR except "]">]     (RFC 3501 §9)
 */
export function readResponseCode(reader: Reader): ResponseCode | undefined {
  const start = reader.position;
  reader.expect(OPEN_BRACKET);
  let content = '';
  let close = closingBracket(reader, reader.position);
  while (close < 0) {
    const header = reader.text.lastIndexOf('{', reader.end - 1);
    if (reader.codeAt(reader.end - 1) !== CLOSE_BRACE || header < reader.position) {
      reader.position = start;
      return undefined;
    }
    content += reader.text.substring(reader.position, header);
    reader.position = header;
    content += `"${escaped(reader.literal().toString('latin1'))}"`;
    close = closingBracket(reader, reader.position);
  }
  content += reader.text.substring(reader.position, close);
  reader.position = close + 1;
  return codeOf(content.trim());
}

/**
 * The place of the "]" that ends the code: not one in a quoted string (Outlook: `[Error="…"]`), in a list (Gmail:
 * `(\Seen foo] \*)`) or behind the host of a URL (`imap://[::1]/`, RFC 3986 §3.2.2).
 */
function closingBracket(reader: Reader, from: number): number {
  const { bytes, end } = reader;
  let depth = 0;
  let quoted = false;
  let inHost = false;
  for (let at = from; at < end; at++) {
    const code = bytes[at];
    if (code === QUOTE) quoted = !quoted;
    else if (quoted) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN) depth++;
    else if (code === CLOSE) depth--;
    else if (code === OPEN_BRACKET) inHost ||= bytes[at - 1] === SLASH || bytes[at - 1] === AT;
    else if (code === CLOSE_BRACKET && inHost) inHost = false;
    else if (code === CLOSE_BRACKET && depth <= 0) return at;
  }
  // A quote or parenthesis that nothing closes: then any "]" will do.
  const plain = bytes.indexOf(CLOSE_BRACKET, from);
  return plain < end ? plain : -1;
}

/** Tolerates `*` for `\*` (vmime's tests, node-imap #19): no keyword can be named so (RFC 3501 §9, list-wildcards). */
function withStar(flags: ReadonlySet<string>): ReadonlySet<string> {
  return flags.has('*') ? flagSet([...flags].map((flag) => (flag === '*' ? '\\*' : flag))) : flags;
}

/** Undefined for brackets with nothing in them. */
function codeOf(content: string): ResponseCode | undefined {
  let end = 0;
  while (end < content.length && !' "=('.includes(content.charAt(end))) end++;
  const name = content.substring(0, end).toUpperCase();
  if (name === '') return undefined;
  const args = content.substring(end).trim();
  return args === '' ? { name } : { name, args, ...fieldsOf(name, args) };
}

function fieldsOf(name: string, args: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const read = rowsByName.get(name);
  if (read === undefined) return fields;
  try {
    // A list that was not closed; flags in none at all.
    const open = args.startsWith('(') && !args.includes(')') ? `${args})` : args;
    const whole = name === 'PERMANENTFLAGS' && args.startsWith('\\') ? `(${args})` : open;
    for (const [field, value] of Object.entries(read(readerOf(whole)))) if (value !== undefined) fields[field] = value;
  } catch {
    // Arguments that do not fit leave a code without fields: the status response itself is worth more than they are.
  }
  return fields;
}

function readerOf(text: string): Reader {
  const reader = new Reader();
  reader.reset(Frame.of(text));
  return reader;
}

/** Tolerance: names without parentheses, as in RFC 9051 §6.4.4.4 itself (`BADCHARSET UTF-8`), and Dovecot's BADEVENT. */
function readNames(reader: Reader): string[] {
  reader.skipSpaces();
  return reader.peek() === OPEN ? readList(reader) : reader.rest().trim().split(/ +/);
}

/** "(" astring *(SP astring) ")" */
function readList(reader: Reader): string[] {
  const words: string[] = [];
  reader.list(() => words.push(reader.astring()));
  return words;
}

/** resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set (RFC 4315 §4). Outlook.com leaves out the sets of an empty copy. */
function readCopyUid(reader: Reader) {
  const validity = uidValidity(reader);
  const source = word(reader);
  const target = word(reader);
  return { uidValidity: validity, source: uidRanges(source), target: uidRanges(target) };
}

/** "INPROGRESS" [SP "(" (nil / tag) SP (nil / number) SP (nil / nz-number) ")"] (RFC 9585 §5) */
function readProgress(reader: Reader) {
  reader.open();
  const tag = reader.nstring();
  reader.skipSpaces();
  const done = numberOrNil(reader);
  return { tag, done, total: numberOrNil(reader) };
}

/** "REFERRAL" 1*(SP url): a mailbox can be on several servers (RFC 2193 §4.1) */
function readReferral(reader: Reader) {
  const urls = urlsOf(reader);
  return { url: urls[0], urls: urls.length > 1 ? urls : undefined };
}

/** URLs, in quotes or as they are: parentheses, which imapUrl() leaves as well, and all else that no atom holds can stand in one. */
function urlsOf(reader: Reader): string[] {
  reader.skipSpaces();
  return reader.atString() ? words(reader) : reader.rest().trim().split(/ +/);
}

/** "ANNOTATIONS" SP ("NONE" / (("READ-ONLY" / nz-number) [SP "NOPRIVATE"])): the longest value, bytes (RFC 5257 §5) */
function readAnnotations(reader: Reader) {
  const [limit = '', extra] = words(reader).map((one) => one.toUpperCase());
  const writable = /^\d{1,15}$/.test(limit);
  return { maxSize: writable ? Number(limit) : undefined, readOnly: !writable, private: extra !== 'NOPRIVATE' };
}

/** nz-number = digit-nz *DIGIT (RFC 3501 §9), undefined where none stands here or it is 0 */
function nzNumber(reader: Reader): number | undefined {
  reader.skipSpaces();
  return (reader.atNumber() ? readMessageNumber(reader) : 0) || undefined;
}

/** nz-number. Tolerates one past 32 bits: GreenMail makes it of the milliseconds since 1970. */
function uidValidity(reader: Reader): number | undefined {
  reader.skipSpaces();
  return (reader.atNumber() ? readNumber(reader) : 0) || undefined;
}

function numberOrNil(reader: Reader): number | undefined {
  reader.skipSpaces();
  return reader.atNumber() ? readNumber(reader) : undefined;
}

function word(reader: Reader): string | undefined {
  reader.skipSpaces();
  return reader.peek() === -1 ? undefined : reader.astring();
}

function words(reader: Reader): string[] {
  const found: string[] = [];
  for (let next = word(reader); next !== undefined; next = word(reader)) found.push(next);
  return found;
}

function uidSet(text: string | undefined): UidSet | undefined {
  return text === undefined ? undefined : readUidSet(text);
}

function uidRanges(text: string | undefined): UidRange[] {
  return text === undefined ? [] : (parseUidList(text) ?? []);
}
