import type { ZonedDate } from './dates.ts';
import { isAtom } from './format.ts';
import { MessageContent } from './mime/content.ts';

/** One message of one mailbox. Its content is shared with its copies. */
export interface Message {
  readonly uid: number;
  readonly content: MessageContent;
  /** Counts the messages of the store; copies share it. */
  readonly contentId: number;
  readonly internalDate: ZonedDate;
  /** When it came into this mailbox (RFC 8514). */
  readonly saveDate: number;
  /** In the case in which the mailbox knows them; without \Recent, which belongs to the session. */
  flags: ReadonlySet<string>;
  modseq: bigint;
  expunged: boolean;
}

/** EMAILID (RFC 8474 §5.1) */
export function emailId({ contentId }: Message): string {
  return `E${contentId.toString(36)}`;
}

/** What delivering a message may say beside its bytes. */
export interface DeliverOptions {
  /** Default: none. */
  flags?: Iterable<string> | undefined;
  /** Default: now, in UTC. */
  internalDate?: Date | ZonedDate | undefined;
}

/**
 * A string is meant as text: UTF-8, its line ends made CRLF. Bytes are kept as they are, in a copy of their own: a slice
 * of a socket's chunk would keep the whole chunk alive, and the caller's array may change.
 */
export function contentOf(raw: string | Uint8Array): MessageContent {
  if (typeof raw === 'string') return new MessageContent(Buffer.from(raw.replace(/\r?\n/g, '\r\n'), 'utf8'));
  return new MessageContent(Buffer.from(raw));
}

/** A RangeError for what no date-time can say: four digits are the year, and four the zone. */
export function zonedDate(date: Date | ZonedDate): ZonedDate {
  const zoned = date instanceof Date ? { at: date.getTime(), zone: 0 } : date;
  const { at, zone } = zoned;
  const year = new Date(at + zone * 60_000).getUTCFullYear();
  if (!(year >= 0 && year <= 9999 && Number.isInteger(zone) && Math.abs(zone) < 6000))
    throw new RangeError(`Not a date: ${at}, zone ${zone}`);
  return zoned;
}

const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'];
const BY_LOWER_CASE = new Map(SYSTEM_FLAGS.map((flag) => [flag.toLowerCase(), flag]));

/** A system flag in the case of RFC 3501. */
export function canonicalFlag(flag: string): string {
  return BY_LOWER_CASE.get(flag.toLowerCase()) ?? flag;
}

/** The flags of a mailbox by lower-case name: a keyword keeps the case in which it first came. */
export class FlagNames {
  readonly #keywords = new Map<string, string>();

  /** undefined: a system flag that does not exist (RFC 3501 §2.3.2). */
  canonical(flag: string): string | undefined {
    const key = flag.toLowerCase();
    if (flag.startsWith('\\')) return BY_LOWER_CASE.get(key);
    const known = this.#keywords.get(key);
    if (known === undefined) this.#keywords.set(key, flag);
    return known ?? flag;
  }

  /** A RangeError where one is neither an atom nor a system flag that a client could set. */
  set(flags: Iterable<string>): Set<string> {
    if (typeof flags === 'string') throw new RangeError(`Not flags: ${JSON.stringify(flags)}`);
    const set = new Set<string>();
    for (const flag of flags) {
      const name = isAtom(flag.replace('\\', '')) ? this.canonical(flag) : undefined;
      if (name === undefined) throw new RangeError(`Not a flag: ${JSON.stringify(flag)}`);
      set.add(name);
    }
    return set;
  }

  /** It only grows. */
  get size(): number {
    return SYSTEM_FLAGS.length + this.#keywords.size;
  }

  get all(): string[] {
    return [...SYSTEM_FLAGS, ...this.#keywords.values()];
  }
}
