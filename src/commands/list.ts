import type { Command, UntaggedReader } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/mailbox.ts';
import { type ListedMailbox, readMailboxList } from '../syntax/mailbox-list.ts';
import { type MetadataValues, readEntryValues, writeEntry } from '../syntax/metadata.ts';
import {
  hasExactly,
  type MailboxStatus,
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../syntax/status-item.ts';
import { OPEN } from '../wire/chars.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';

/** What LIST is asked for. What stands under LIST-EXTENDED is left out where the server does not offer it. */
export interface ListCommand {
  reference?: string | undefined;
  pattern: string | readonly string[];
  /** LIST-EXTENDED selection options (RFC 5258 §3.1), e.g. 'SUBSCRIBED'. */
  select?: readonly string[];
  /** LIST-EXTENDED return options (RFC 5258 §3.2), e.g. 'CHILDREN'. */
  return?: readonly string[];
  /** LIST-STATUS (RFC 5819) */
  status?: readonly StatusItem[] | undefined;
  /** LIST-MYRIGHTS (RFC 8440) */
  myRights?: boolean | undefined;
  /** LIST-METADATA (RFC 9590) */
  metadata?: readonly string[] | undefined;
}

/** A listed mailbox, with the STATUS, the MYRIGHTS and the METADATA that came along. */
export type ListRow = ListedMailbox & { status?: MailboxStatus; myRights?: string; metadata?: MetadataValues };

/** One of them has what RETURN (CHILDREN) lists; of a mailbox on another server its server need not know (RFC 5258 §4). */
const CHILDREN = ['\\HasChildren', '\\HasNoChildren', '\\Noinferiors', '\\Remote'];

/** What each command is answered with; RLIST and RLSUB (RFC 2193) list mailboxes of other servers too. */
const ANSWERS = { LIST: 'LIST', LSUB: 'LSUB', XLIST: 'XLIST', RLIST: 'LIST', RLSUB: 'LSUB' } as const;

/**
 * LIST (RFC 3501 §6.3.8, RFC 5258), LSUB (RFC 3501 §6.3.9) and their relations. Patterns in a list, select and return need
 * LIST-EXTENDED.
 */
export function list(
  options: ListCommand,
  connection: ConnectionState,
  name: keyof typeof ANSWERS = 'LIST',
): Command<ListRow[]> {
  const listing = new Listing(connection);
  return {
    name,
    behaviour: behaviourOf(options, name),
    repeat: () => list(options, connection, name),
    write: (writer) => writeList(writer, options),
    leavesOut: true,
    untagged: listing.readers(options, ANSWERS[name]),
    finish: () => listing.rows(),
  };
}

/** Neither does a METADATA response say whether it came with LIST, nor a LIST response which LIST it answers. */
function behaviourOf({ metadata }: ListCommand, name: keyof typeof ANSWERS): Behaviour {
  if (metadata !== undefined) return { alone: true };
  return ANSWERS[name] === 'LIST' ? { unmarkedAnswer: true } : {};
}

/** list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts] (RFC 9051 §9) */
function writeList(writer: Writer, options: ListCommand): void {
  const { reference = '', pattern, select = [], status, myRights = false, metadata } = options;
  if (select.length > 0) writer.space().list(select, (option) => writer.atom(option));
  writer.space().listMailbox(reference).space();
  // Only `INBOX` is sure to find it (RFC 3501 §6.3.8): Cyrus finds nothing by `inbox`.
  const writePattern = (one: string) => writer.listMailbox(reference === '' ? canonicalMailboxName(one) : one);
  if (typeof pattern === 'string') writePattern(pattern);
  else writer.list(pattern, writePattern);
  const words = [...(options.return ?? []), ...(myRights ? ['MYRIGHTS'] : [])];
  const writes: (() => unknown)[] = words.map((option) => () => writer.raw(option));
  if (metadata !== undefined)
    writes.push(() => writer.raw('METADATA ').list(metadata, (entry) => writeEntry(writer, entry)));
  if (status !== undefined) writes.push(() => writeStatusItems(writer.raw('STATUS '), status));
  if (writes.length > 0) writer.raw(' RETURN ').list(writes, (write) => write());
}

/** What has come of the mailboxes: what comes along with LIST comes in responses of its own. */
class Listing {
  readonly #connection: ConnectionState;
  readonly #rows: ListRow[] = [];
  readonly #statuses = new Map<string, MailboxStatus>();
  /** What may be the answer, or news. */
  readonly #news = new Map<string, MailboxStatus>();
  readonly #rights = new Map<string, string>();
  readonly #metadata = new Map<string, MetadataValues>();

  constructor(connection: ConnectionState) {
    this.#connection = connection;
  }

  /** Those of the responses that are asked for: others are no answer to this, nor is a second MYRIGHTS of a mailbox. */
  readers(options: ListCommand, answer: string): Record<string, UntaggedReader> {
    const { status, myRights, metadata } = options;
    return {
      [answer]: (reader) => {
        const listed = readMailboxList(reader, this.#connection.utf8);
        if (this.#isNews(listed, options)) return false;
        this.#rows.push(listed);
        return true;
      },
      ...(myRights ? { MYRIGHTS: (reader: Reader) => this.#readRights(reader) } : {}),
      ...(metadata === undefined ? {} : { METADATA: (reader: Reader) => this.#readMetadata(reader) }),
      ...(status === undefined ? {} : { STATUS: (reader: Reader) => this.#readStatus(reader, status) }),
    };
  }

  /** What NOTIFY has told of a mailbox (RFC 5465 §5.4) may come in front of the answer: it lacks what RETURN (CHILDREN) brings. */
  #isNews({ attributes }: ListedMailbox, { return: asked, select }: ListCommand): boolean {
    if (!this.#connection.notified || CHILDREN.some((attribute) => attributes.has(attribute))) return false;
    // A plain LIST lists none that is gone.
    if (!asked?.includes('CHILDREN')) return attributes.has('\\NonExistent');
    // One that is gone has no children: it is listed because it is subscribed.
    const isGone = attributes.has('\\NonExistent') || attributes.has('\\Noselect');
    return !(select?.includes('SUBSCRIBED') && isGone && attributes.has('\\Subscribed'));
  }

  #readRights(reader: Reader): boolean {
    const name = readMailbox(reader, this.#connection.utf8);
    if (this.#rights.has(name)) return false;
    this.#rights.set(name, readWords(reader).join(''));
    return true;
  }

  #readMetadata(reader: Reader): boolean {
    const name = readMailbox(reader, this.#connection.utf8);
    reader.skipSpaces();
    // Without values it tells that entries were changed (RFC 5464 §4.4.2).
    if (reader.peek() !== OPEN) return false;
    this.#metadata.set(name, readEntryValues(reader, this.#metadata.get(name)));
    return true;
  }

  /** One of which nothing was asked for, or all is known, is news of the mailbox (RFC 5465 §5), as one can be that tells some of it, or more. */
  #readStatus(reader: Reader, asked: readonly StatusItem[]): boolean {
    const name = readStatusMailbox(reader, this.#connection.utf8);
    const before = this.#statuses.get(name);
    const told = readStatusItems(reader);
    const isEmpty = before === undefined && Object.keys(told).length === 0;
    if (!isEmpty && !asked.some((item) => item in told && !(before && item in before))) return false;
    const isNews = this.#connection.notified && !hasExactly(told, asked);
    const kept = isNews ? this.#news : this.#statuses;
    kept.set(name, { ...kept.get(name), ...told });
    return !isNews;
  }

  rows(): ListRow[] {
    return this.#rows.map((row) => {
      const status = this.#statuses.get(row.name) ?? this.#news.get(row.name);
      const myRights = this.#rights.get(row.name);
      const metadata = this.#metadata.get(row.name);
      return {
        ...row,
        ...(status === undefined ? {} : { status }),
        ...(myRights === undefined ? {} : { myRights }),
        ...(metadata === undefined ? {} : { metadata }),
      };
    });
  }
}
