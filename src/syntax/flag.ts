import { shown, UsageError } from '../errors.ts';
import { BACKSLASH, isAtom, OPEN, OPEN_BRACE, QUOTE, SPACE, TAB } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { ownedText, Remembered } from './remembered.ts';

const SYSTEM_FLAGS = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '\\Recent'].map((flag) => [flag.toLowerCase(), flag]),
);

const RECENT = '\\recent';

/** Few different lists stand in the FETCH responses of a whole mailbox, so equal ones share one set. */
const LONGEST_SHARED = 200;
/** Flags in one: a server could fill 19 MB with lists of short ones. */
const MOST_SHARED = 16;
/** The flags and labels in them: fewer yet. */
const names = new Remembered<string>(1000, 100);

/** Reads lists in parentheses, or NIL: those with the same text once. */
export class ListReader {
  readonly #readList: (reader: Reader) => string[];
  readonly #known: Remembered<ReadonlySet<string>>;

  /** `most`: how many lists are remembered. */
  constructor(most: number, readList: (reader: Reader) => string[]) {
    this.#readList = readList;
    this.#known = new Remembered(most, LONGEST_SHARED + 1);
  }

  read(reader: Reader): ReadonlySet<string> {
    const { text, position, end } = reader;
    // Only of a list something is looked for: thousands that are NIL may follow each other in a line.
    const close = reader.peek() === OPEN ? text.indexOf(')', position) : -1;
    const isShort = close >= 0 && close < end && close - position <= LONGEST_SHARED;
    const key = isShort ? text.substring(position, close + 1) : '';
    const known = isShort ? this.#known.get(key) : undefined;
    if (known === undefined) return this.#readNew(reader, key);
    reader.position = close + 1;
    return known;
  }

  /** Apart, so that it is not compiled into the way of the others. Without a key it is not remembered. */
  #readNew(reader: Reader, key: string): ReadonlySet<string> {
    const { text, position } = reader;
    const flags = this.#readList(reader);
    // A list with a literal or a quoted ")" in it does not end where the key does, and what an escaped quote means its line says.
    const whole = reader.position === position + key.length && reader.text === text && !key.includes('\\"');
    return whole && flags.length <= MOST_SHARED ? this.#known.keep(key, flagSet(flags.map(ownedName))) : flagSet(flags);
  }
}

/** What readFlags() reads by: FETCH goes there by itself, for each function between is compiled. */
export const flagLists = new ListReader(5000, readFlagList);

/**
 * The flags of a list, system flags in the case of RFC 3501. Equal lists may give the same set: nobody can change it.
 *
 *     flag-list = "(" [flag *(SP flag)] ")"                           (RFC 3501 §9)
 *     flag      = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension
 */
export function readFlags(reader: Reader): ReadonlySet<string> {
  return flagLists.read(reader);
}

function ownedName(flag: string): string {
  return names.get(flag) ?? names.keep(flag, ownedText(flag));
}

function readFlagList(reader: Reader): string[] {
  const flags: string[] = [];
  if (reader.nil()) return flags;
  reader.open();
  while (!reader.close()) {
    readFlag(reader, flags);
    reader.skipSpaces();
  }
  return flags;
}

/** Tolerance: flags with no space between them (home.pl: `\Sent\HasNoChildren`), or with a comma. */
export function splitFlags(word: string): string[] {
  if (word.charCodeAt(0) !== BACKSLASH || !word.includes('\\', 1)) return [word];
  return word.split(/,?(?=\\)/);
}

/**
 * Adds a flag to the list, and nothing for what is none: NIL in a list (MailKit #1042), a lone backslash (Dovecot's XLIST),
 * control characters (Dovecot, of a damaged index: K-9 Mail #4925). Tabs are spaces: see withoutTabs().
 */
function readFlag(reader: Reader, flags: string[]): void {
  if (reader.nil()) return;
  const code = reader.peek();
  if (code >= 0 && code < SPACE && code !== TAB) {
    reader.position++;
    return;
  }
  // Quoted flags: MailKit #771.
  const flag = code === QUOTE || code === OPEN_BRACE ? reader.string() : reader.atom();
  if (flag.charCodeAt(0) !== BACKSLASH) {
    if (flag !== '') flags.push(flag);
    return;
  }
  // Escaped as if it were quoted, it begins with a backslash of its own: `\\\\Answered`.
  for (const one of splitFlags(flag)) if (one.length > 1) flags.push(SYSTEM_FLAGS.get(one.toLowerCase()) ?? one);
}

/** A Set that refuses to be changed, for it is shared. Equal to a plain Set with the same members. */
export function flagSet(flags: Iterable<string>): ReadonlySet<string> {
  const set = new Set(flags);
  // One by one: defineProperties takes half as long again.
  Object.defineProperty(set, 'add', REFUSED);
  Object.defineProperty(set, 'delete', REFUSED);
  Object.defineProperty(set, 'clear', REFUSED);
  return Object.freeze(set);
}

function refuseChange(): never {
  throw new TypeError('This set of flags is read-only: copy it with new Set(flags)');
}

const REFUSED = { value: refuseChange };

/**
 * Writes a list of flags to set. Throws UsageError for what is no flag, and for `\Recent` and `\*`, which no client sets.
 *
 *     flag-list = "(" [flag *(SP flag)] ")"                           (RFC 3501 §9)
 */
export function writeFlags(writer: Writer, flags: Iterable<string>): void {
  writer.raw(`(${Array.from(listed(flags), flagText).join(' ')})`);
}

function listed(flags: Iterable<string>): Iterable<string> {
  if (Array.isArray(flags) || flags instanceof Set) return flags;
  throw new UsageError(`flags come as a list, not as ${shown(flags)}`);
}

/**
 * The flags that a message is to have, as they are set: what was fetched of one message is taken for another, and `\Recent`,
 * which may be among that, is the server's to set.
 */
export function withoutRecent(flags: Iterable<string>): string[] {
  return Array.from(listed(flags)).filter((flag) => typeof flag !== 'string' || isLasting(flag));
}

/** flag = "\Answered" / … / flag-keyword / flag-extension (RFC 3501 §9), as it is given. */
function flagText(flag: string): string {
  if (typeof flag !== 'string' || !isAtom(flag.startsWith('\\') ? flag.slice(1) : flag))
    throw new UsageError(`not a flag: ${shown(flag)}`);
  if (!isLasting(flag)) throw new UsageError('only the server sets \\Recent');
  return flag;
}

/** flag-extension = "\" atom: no flag that every server knows (RFC 3501 §9). */
export function isExtension(flag: string): boolean {
  return flag.startsWith('\\') && !SYSTEM_FLAGS.has(flag.toLowerCase());
}

/** \Recent belongs to a session, not to the message (RFC 3501 §2.3.2). */
export function isLasting(flag: string): boolean {
  return flag.length !== RECENT.length || flag.toLowerCase() !== RECENT;
}
