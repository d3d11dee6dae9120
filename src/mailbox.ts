import type { AppendMessage, AppendResult } from './commands/append.ts';
import type { ExpungeResult } from './commands/expunge.ts';
import type { FetchModifiers } from './commands/fetch.ts';
import type { SearchReturned, SearchReturnOptions } from './commands/search-return.ts';
import type { SortOptions } from './commands/sort.ts';
import type { StoreOptions, StoreResult } from './commands/store.ts';
import type { CopyResult } from './errors.ts';
import type { SortCriterion } from './mime/sort.ts';
import type { Thread, ThreadAlgorithm } from './mime/thread.ts';
import type { MessageContent } from './operations/content.ts';
import type { Download, DownloadOptions } from './operations/download.ts';
import type { OptionsTaken } from './operations/method-options.ts';
import type { SearchUpdate, SearchUpdatesOptions } from './operations/search-updates.ts';
import type { SyncResult, SyncState } from './operations/sync.ts';
import type { MailboxEvent, WatchOptions } from './operations/watch-options.ts';
import type { MailboxEvents } from './session/mailbox-state.ts';
import type { OperationOptions } from './session/operation.ts';
import type { FetchedMessage, FetchItems } from './syntax/fetch-items.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import type { MessageSet } from './wire/sequence-set.ts';
import type { UidSet } from './wire/uid-set.ts';

/**
 * A handle on a mailbox. Its operations run with the mailbox selected, the client reselecting where another was. When the
 * mailbox's UIDVALIDITY has changed since the handle was opened, they reject with the code UIDVALIDITY_CHANGED: UIDs held
 * from before name other messages now. Messages are named by UID unless `{ seq }` says otherwise (SEQUENCE_CHANGED: see
 * MessageSet); `n:*` names those from n on, and none where there is no such message.
 */
export interface Mailbox extends AsyncDisposable {
  /** Decoded, as it was opened. */
  readonly name: string;
  /** Opened with `readOnly`, or the server lets nothing be changed in it. */
  readonly readOnly: boolean;
  /** How many messages it holds, as far as the server has told. */
  readonly exists: number;
  /** What its UIDs belong to (RFC 3501 §2.3.1.1): under another one they name other messages. 0: the server told none. */
  readonly uidValidity: number;
  /** As of its selection, or as the server has told since. */
  readonly uidNext?: number;
  /** CONDSTORE (RFC 7162): the highest mod-sequence of its messages, as of its selection, or as the server has told since. */
  readonly highestModseq?: bigint;
  /** The flags in use. */
  readonly flags: ReadonlySet<string>;
  /** The flags that can be changed for good; `\*`: new keywords too. */
  readonly permanentFlags: ReadonlySet<string>;
  /** OBJECTID (RFC 8474): the same under another name. */
  readonly mailboxId?: string;

  /** SEARCH (RFC 3501 §6.4.4): UIDs in ascending order. ESEARCH where offered. */
  search(query: SearchQuery, options?: OperationOptions): Promise<number[]>;
  /**
   * What of a query's result is asked for: RETURN of ESEARCH (RFC 4731), PARTIAL (RFC 9394), SAVE (RFC 5182), RELEVANCY
   * (RFC 6203). Without these extensions it is worked out from a plain SEARCH; `save`, also of a `partial` where PARTIAL is
   * missing, and `relevancy` then reject with the code MISSING_CAPABILITY. After `save`, the set `'$'` names the messages
   * found. The server forgets them when another mailbox is selected, as operations on another handle of this client have it.
   */
  searchReturn(query: SearchQuery, want: SearchReturnOptions, options?: OperationOptions): Promise<SearchReturned>;
  /**
   * What a query finds, and then what joins its result and leaves it, as the server tells (CONTEXT=SEARCH, CONTEXT=SORT,
   * RFC 5267), until the loop is left or `signal` aborts. Told while this mailbox is selected; once it is selected again,
   * `found` comes anew. Rejects with the code MISSING_CAPABILITY where the server does not offer it, with NOUPDATE where it
   * keeps no more such searches, and with SLOW_CONSUMER where it tells more than can be kept until it is taken.
   */
  searchUpdates(query: SearchQuery, options?: SearchUpdatesOptions): AsyncIterable<SearchUpdate>;
  /**
   * What a query finds, as UIDs in this order: SORT (RFC 5256, RFC 5957) where offered; else the keys of the messages are
   * fetched and sorted here by the same rules. With `partial`, so many places of the order: the server tells only those where
   * it can (PARTIAL, RFC 9394, with ESORT; CONTEXT=SORT, RFC 5267), else they are taken from the whole order here.
   */
  sort(
    criteria: readonly SortCriterion[],
    query: SearchQuery,
    options?: OperationOptions & SortOptions,
  ): Promise<number[]>;
  /**
   * What a query finds, as conversations: THREAD (RFC 5256) where the server has the algorithm; else computed here by the
   * same rules. Threads may be as deep as there are messages: walk them without recursion.
   */
  thread(algorithm: ThreadAlgorithm, query: SearchQuery, options?: OperationOptions): Promise<Thread[]>;

  /**
   * Messages as the server sends them, each with exactly what was asked for: the type of a result follows from `items`.
   * A consumer that stops reading pauses the socket; one that issues another operation inside the loop is served, what is
   * left of the FETCH being taken in meanwhile, up to a bound (limits.buffer; SLOW_CONSUMER past it). With `batch`, so many
   * messages are fetched at a time, and operations inside the loop run between two FETCHes: for loops over large messages
   * that do something to each. `break` ends the iteration and leaves the connection usable.
   * `n:*` names the messages from n upwards, and none where there is no such message. With `vanished`, on('vanished') tells
   * what is gone.
   */
  fetch<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options?: OperationOptions & FetchModifiers & { batch?: number | undefined },
  ): AsyncIterable<FetchedMessage<I>>;
  /** As fetch, all at once. */
  fetchAll<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options?: OperationOptions & FetchModifiers,
  ): Promise<FetchedMessage<I>[]>;
  /** One message; undefined where there is none of that number. */
  fetchOne<I extends FetchItems>(
    message: number | { seq: number },
    items: I,
    options?: OperationOptions,
  ): Promise<FetchedMessage<I> | undefined>;

  /**
   * Ranges of UIDs that hold so many messages each, from the highest down, and together all messages: UIDBATCHES
   * (draft-ietf-mailmaint-imap-uidbatches) where offered, else from a SEARCH. The last one may hold fewer.
   */
  uidBatches(size: number, options?: OperationOptions): Promise<UidSet[]>;

  /**
   * The bytes of a message or of one part, streamed from a single FETCH: never held whole, whatever their size; a slow
   * reader pauses the socket. Transfer encoding is undone for a part (not for a whole message) unless `decode: false`.
   * With `partial`, some of the bytes: the beginning, or what a transfer that was cut off left.
   * Rejects with the code NO_SUCH_MESSAGE or NO_SUCH_PART.
   */
  download(uid: number, part?: string, options?: OperationOptions & DownloadOptions): Promise<Download>;

  /**
   * What a person reads: the text and html bodies as strings, decoded by transfer encoding and charset, and the list of
   * attachments. Only the bodies cross the wire: `maxBytes` of them, as they are encoded, text before html. Undefined where
   * there is no such message.
   */
  content(
    uid: number,
    options?: OperationOptions & { maxBytes?: number | undefined },
  ): Promise<MessageContent | undefined>;

  /**
   * STORE +FLAGS (RFC 3501 §6.4.6): adds flags to those that the messages have. Resolves to their flags then, as far as the
   * server tells. `unchangedSince` without CONDSTORE, or `gmailLabels` without X-GM-EXT-1: a UsageError, code MISSING_CAPABILITY.
   */
  addFlags(set: MessageSet, flags: readonly string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  /** STORE -FLAGS: takes these flags off, else as addFlags. */
  removeFlags(
    set: MessageSet,
    flags: readonly string[],
    options?: OperationOptions & StoreOptions,
  ): Promise<StoreResult>;
  /** STORE FLAGS: these flags in the place of those that the messages have (\Recent is the server's, and left out), else as addFlags. */
  setFlags(set: MessageSet, flags: readonly string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;

  /**
   * Annotations of messages (ANNOTATE, RFC 5257), entries `/private/…` or `/shared/…`: null removes one. fetch() has the item
   * `annotations` to read them. Without ANNOTATE-EXPERIMENT-1, a UsageError.
   */
  annotate(
    set: MessageSet,
    entries: Record<string, string | Uint8Array | null>,
    options?: OperationOptions,
  ): Promise<void>;

  /**
   * COPY (RFC 3501 §6.4.7). Resolves to the UIDs of the copies, where the server tells them (UIDPLUS, RFC 4315). A CommandError
   * of the code TRYCREATE: there is no such `target`, but it could be created. A set that takes several commands may be copied
   * in part where one fails: see `copied` of the error.
   */
  copy(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  /**
   * MOVE where offered; else COPY, STORE and UID EXPUNGE of exactly these messages. Rejects with the code NOT_EXPUNGED where
   * the server has made the copies and then refuses the rest, or answers OK and leaves messages where they were: they are in
   * both then. So it does where the handle is closed behind the copy, the mailbox replaced, or the connection lost (a
   * ConnectionError of this code); `cause` has the reason. What was moved by then stands in the error's `copied`, as far as
   * the server told.
   */
  move(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  /**
   * EXPUNGE (RFC 3501 §6.4.3). Without a set, all messages marked \Deleted. With one, those of them that are marked, and with
   * UIDPLUS (RFC 4315) never any other. Without UIDPLUS the mark is taken off all others meanwhile; what another session marks
   * then goes too, unless the server tells of that before the EXPUNGE. Resolves to the UIDs that went, where they are known.
   */
  expunge(set?: MessageSet, options?: OperationOptions): Promise<ExpungeResult>;
  /** Marks \Deleted and expunges exactly these. */
  deleteMessages(set: MessageSet, options?: OperationOptions): Promise<ExpungeResult>;
  /**
   * Stores a message, in `target` where that is given, and removes this one: REPLACE (RFC 8508), which does both or neither;
   * else APPEND, and then the deletion of exactly this message. Without REPLACE, a failure in between leaves both: code
   * NOT_EXPUNGED as of `move`, and the error's `copied` has the new UID.
   * Rejects where there is no such message, and stores nothing then.
   */
  replace(
    uid: number,
    message: AppendMessage,
    options?: OperationOptions & { target?: string | undefined },
  ): Promise<AppendResult>;

  /**
   * What happens in this mailbox, by UID, until `signal` aborts or the loop is left: IDLE where offered and not refused,
   * else polling. Other operations may run meanwhile; what they change is told, too, as far as the server tells it.
   * What is there when it begins, at the first `next()`, is not told: a `search` that is called for behind that finds it.
   * Nor is a message that came and went again before it could be fetched, though such a search may have found it.
   */
  watch<I extends FetchItems = Record<never, never>>(options?: WatchOptions<I>): AsyncIterable<MailboxEvent<I>>;

  /**
   * The difference between `since` (an earlier call's `state`, plain JSON) and now, by UID: QRESYNC (RFC 7162), else
   * CONDSTORE, else a comparison of UIDs and flags. Without `since`: everything is new. Under another UIDVALIDITY too, with
   * `reset`: what arrived is fetched through this handle, unless it was opened before the mailbox was replaced; then it goes on
   * to reject (UIDVALIDITY_CHANGED). Rejects with the code UNREADABLE where the server counts messages and, asked twice, finds
   * none.
   */
  sync(since?: SyncState, options?: OperationOptions): Promise<SyncResult>;

  /**
   * What the server says unasked, while this mailbox is selected, and that is with most servers while commands or a watch()
   * run; what a fetch with `vanished` asks for. Returns what removes the listener, which ends with this handle, too.
   */
  on<E extends keyof MailboxEvents>(event: E, listener: (value: MailboxEvents[E]) => void): () => void;
  /**
   * CHECK (RFC 3501 §6.4.1): the server writes down what it holds in memory of this mailbox, and tells its news. NOOP where it
   * speaks IMAP4rev2 alone, which has no CHECK.
   */
  check(options?: OperationOptions): Promise<void>;
  /** CLOSE: expunges \Deleted messages silently. What is called behind it is refused, unless it fails by then. */
  close(options?: OperationOptions): Promise<void>;
  /** UNSELECT (or its emulation): expunges nothing. What disposal does. */
  unselect(options?: OperationOptions): Promise<void>;
}

const OF_FETCH: OptionsTaken = { at: 2, booleans: ['vanished'], others: ['changedSince', 'partial'] };
const OF_STORE: OptionsTaken = { at: 2, booleans: ['silent', 'gmailLabels'], others: ['unchangedSince'] };

/** What these methods take for options. */
export const MAILBOX_OPTIONS: Readonly<Record<string, OptionsTaken>> = {
  search: { at: 1 },
  searchReturn: { at: 2 },
  searchUpdates: { at: 1, others: ['sort'], lasts: true },
  sort: { at: 2, others: ['partial'] },
  thread: { at: 2 },
  fetch: { at: 2, booleans: ['vanished'], others: ['changedSince', 'partial', 'batch'], later: true },
  fetchAll: OF_FETCH,
  fetchOne: OF_FETCH,
  uidBatches: { at: 1 },
  download: { at: 2, booleans: ['decode'], others: ['partial'] },
  content: { at: 1, others: ['maxBytes'] },
  addFlags: OF_STORE,
  removeFlags: OF_STORE,
  setFlags: OF_STORE,
  annotate: { at: 2 },
  copy: { at: 2 },
  move: { at: 2 },
  expunge: { at: 1 },
  deleteMessages: { at: 1 },
  replace: { at: 2, others: ['target'] },
  watch: { at: 0, others: ['fetch', 'pollInterval'], lasts: true },
  sync: { at: 1 },
  check: { at: 0 },
  close: { at: 0 },
  unselect: { at: 0 },
} satisfies Partial<Record<keyof Mailbox, OptionsTaken>>;
