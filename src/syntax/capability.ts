import { CLOSE, isAtom, OPEN, OPEN_BRACE, QUOTE, SPACE } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';

/** More capabilities than any server has; what follows is not kept. */
const MAX_CAPABILITIES = 1000;

/** Spaces, tabs, quotes and parentheses stand around capabilities, and mean nothing. */
function startsNoAtom(code: number): boolean {
  return code <= SPACE || code === OPEN || code === CLOSE || code === QUOTE || code === OPEN_BRACE;
}

/**
 * What follows the word CAPABILITY, in upper case. Skips what is no atom (Netscape 4: `* CAPABILITY * CAPABILITY IMAP4`).
 *
 *     capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)     (RFC 3501 §9)
 *     capability      = ("AUTH=" auth-type) / atom
 */
export function readCapabilities(reader: Reader): string[] {
  const words: string[] = [];
  reader.skipSpaces();
  while (reader.peek() !== -1 && words.length < MAX_CAPABILITIES) {
    if (startsNoAtom(reader.peek())) {
      reader.position++;
      continue;
    }
    // Commas between them are none of their own.
    const word = reader.atom().replace(/,$/, '');
    if (isAtom(word)) words.push(word.toUpperCase());
  }
  return words;
}

/**
 * What one capability promises besides itself. Of IMAP4rev2 (RFC 9051 Appendix E) these are commands and arguments of their own,
 * which a server that has them has in IMAP4rev1 too.
 */
const IMPLIED = new Map(
  Object.entries({
    IMAP4REV2: ['ENABLE', 'IDLE', 'LITERAL-', 'MOVE', 'NAMESPACE', 'SASL-IR', 'UIDPLUS', 'UNSELECT'],
    'LITERAL+': ['LITERAL-'],
    QRESYNC: ['CONDSTORE', 'ENABLE'],
    'UTF8=ONLY': ['UTF8=ACCEPT'],
    'UTF8=ACCEPT': ['ENABLE'],
  }),
);

/**
 * What IMAP4rev2 adds to commands that IMAP4rev1 has without it: there where IMAP4rev2 is spoken. Of BINARY it takes in no more than
 * FETCH (see binaryFetch), of SPECIAL-USE no more than the attributes that LIST returns unasked.
 */
const WHERE_SPOKEN: readonly string[] = [
  'ESEARCH',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'SEARCHRES',
  'STATUS=DELETED',
  'STATUS=SIZE',
];

const shared = new Map<string, Capabilities>();
const MAX_SHARED = 100;
const LONGEST_SHARED = 4096;

/** What a server says it can do (RFC 3501 §6.1.1, §7.2.1). Immutable. */
export class Capabilities {
  static readonly none: Capabilities = new Capabilities([]);

  /** As announced, in upper case, without what is only implied. */
  readonly names: ReadonlySet<string>;
  /** The SASL mechanisms of `AUTH=`, in upper case. */
  readonly auth: ReadonlySet<string>;
  /** Bytes that a message to be appended may have (RFC 7889), where the server gives one number for all mailboxes. */
  declare readonly appendLimit?: number;
  /** Messages that one command may work on (RFC 9738). */
  declare readonly messageLimit?: number;
  /** Messages that one COPY or APPEND may work on (RFC 9738); where there is a messageLimit, that one. */
  declare readonly saveLimit?: number;
  /**
   * IMAP4rev2 is spoken: a server that offers IMAP4rev1 beside it speaks that until IMAP4rev2 is enabled (RFC 9051 Appendix A).
   * Office 365 refuses IMAP4rev2's ways before (MailKit #2016).
   */
  readonly rev2: boolean;
  readonly #known: Set<string>;

  /** Many connections to one server have the same: they share one object. */
  static of(words: readonly string[], rev2 = false): Capabilities {
    const key = `${rev2 ? '2 ' : ''}${words.join(' ')}`;
    const known = shared.get(key);
    if (known !== undefined) return known;
    if (shared.size >= MAX_SHARED) shared.clear();
    const capabilities = new Capabilities(words, rev2);
    if (key.length < LONGEST_SHARED) shared.set(key, capabilities);
    return capabilities;
  }

  /** `rev2`: IMAP4rev2 is enabled. */
  constructor(words: Iterable<string>, rev2 = false) {
    const names = new Set(Array.from(words, (word) => word.toUpperCase()));
    const auth = new Set<string>();
    this.#known = new Set();
    this.names = names;
    this.rev2 = rev2 || this.onlyRev2;
    for (const name of names) {
      this.#learn(name);
      if (name.startsWith('AUTH=') && name.length > 5) auth.add(name.slice(5));
    }
    this.auth = auth;
    const appendLimit = limitOf(names, 'APPENDLIMIT=');
    if (appendLimit !== undefined) this.appendLimit = appendLimit;
    // A limit of no message is none: nothing could be done with it.
    const messageLimit = limitOf(names, 'MESSAGELIMIT=') || undefined;
    if (messageLimit !== undefined) this.messageLimit = messageLimit;
    const saveLimit = messageLimit ?? (limitOf(names, 'SAVELIMIT=') || undefined);
    if (saveLimit !== undefined) this.saveLimit = saveLimit;
  }

  /** Case does not matter. Knows what another one implies: IMAP4rev2 has MOVE, and ESEARCH once it is spoken. `APPENDLIMIT` finds `APPENDLIMIT=1000`. */
  has(name: string): boolean {
    return this.#known.has(name.toUpperCase());
  }

  /** BINARY in FETCH (RFC 3516), which IMAP4rev2 takes in; BINARY itself, for APPEND, it does not. */
  get binaryFetch(): boolean {
    return this.has('BINARY') || this.rev2;
  }

  /** IMAP4rev2 is all that is spoken: it needs no ENABLE then (RFC 9051 §6.3.1). */
  get onlyRev2(): boolean {
    return this.names.has('IMAP4REV2') && !this.names.has('IMAP4REV1');
  }

  #learn(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    if (/^(?:APPEND|MESSAGE|SAVE)LIMIT=/.test(name)) this.#known.add(name.split('=', 1)[0] ?? '');
    // RFC 9208 §7 has no QUOTA beside what it can count.
    if (name.startsWith('QUOTA=RES-')) this.#learn('QUOTA');
    for (const implied of IMPLIED.get(name) ?? []) this.#learn(implied);
    if (name === 'IMAP4REV2' && this.rev2) for (const implied of WHERE_SPOKEN) this.#learn(implied);
  }
}

/** The type without the class, as PublicUidSet is. */
export type PublicCapabilities = Capabilities;

/** The number behind a prefix such as `APPENDLIMIT=`. */
function limitOf(names: Iterable<string>, prefix: string): number | undefined {
  for (const name of names) {
    const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    const value = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
  }
  return undefined;
}
