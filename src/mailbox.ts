import type { AppendMessage, AppendResult } from './commands/append.ts';
import { check } from './commands/check.ts';
import { close } from './commands/close.ts';
import type { CopyResult } from './commands/copy.ts';
import type { ExpungeResult } from './commands/expunge.ts';
import type { FetchModifiers } from './commands/fetch.ts';
import { noop } from './commands/noop.ts';
import type { SearchReturned, SearchReturnOptions } from './commands/search-return.ts';
import { selection } from './commands/selection.ts';
import type { StoreOptions, StoreResult } from './commands/store.ts';
import { content, type MessageContent } from './content.ts';
import { copyMessages, moveMessages } from './copy-messages.ts';
import { type Download, download } from './download.ts';
import { UsageError } from './errors.ts';
import { deleteMessages, expungeMessages } from './expunge-messages.ts';
import { fetchAll, fetchInBatches, fetchMessages } from './fetch-messages.ts';
import { searchReturnWhole } from './message-limit.ts';
import type { SortCriterion } from './mime/sort.ts';
import type { Thread, ThreadAlgorithm } from './mime/thread.ts';
import { replaceMessage } from './replace-message.ts';
import { searchMessages } from './search-messages.ts';
import { type SearchUpdate, type SearchUpdatesOptions, updatesOf } from './search-updates.ts';
import type { Command } from './session/command.ts';
import { Listeners } from './session/events.ts';
import type { Link } from './session/link.ts';
import type { OperationOptions, RunOptions } from './session/operation.ts';
import type { MailboxEvents, MailboxState } from './session/state.ts';
import { sortMessages } from './sort-messages.ts';
import { annotateMessages, storeMessages } from './store-messages.ts';
import { type SyncResult, type SyncState, sync } from './sync.ts';
import type { FetchedMessage, FetchItems } from './syntax/fetch-items.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import { threadFound } from './thread-messages.ts';
import { batchesOf } from './uid-batches.ts';
import { unselectMailbox } from './unselect-mailbox.ts';
import { type MailboxEvent, type WatchOptions, watch } from './watch.ts';
import type { MessageSet, UidSet } from './wire/sequence-set.ts';

/**
 * A handle on a mailbox. Its operations run with the mailbox selected, the client reselecting where another was. When the
 * mailbox's UIDVALIDITY has changed since the handle was opened, they reject with the code UIDVALIDITY_CHANGED: UIDs held
 * from before name other messages now. Messages are named by UID unless `{ seq }` says otherwise; `n:*` names those from n on,
 * and none where there is no such message.
 */
export interface Mailbox extends AsyncDisposable {
  readonly name: string;
  readonly readOnly: boolean;
  /** How many messages it holds, as far as the server has told. */
  readonly exists: number;
  readonly uidValidity: number;
  readonly uidNext?: number;
  readonly highestModseq?: bigint;
  /** The flags in use. */
  readonly flags: ReadonlySet<string>;
  /** The flags that can be changed for good; `\*`: new keywords too. */
  readonly permanentFlags: ReadonlySet<string>;
  readonly mailboxId?: string;

  /** SEARCH (RFC 3501 §6.4.4): UIDs in ascending order. ESEARCH where offered. */
  search(query: SearchQuery, options?: OperationOptions): Promise<number[]>;
  /**
   * What of a query's result is asked for: RETURN of ESEARCH (RFC 4731), PARTIAL (RFC 9394), SAVE (RFC 5182), RELEVANCY
   * (RFC 6203). Without these extensions it is worked out from a plain SEARCH; `save` and `relevancy` then reject with the
   * code MISSING_CAPABILITY. After `save`, the set `'$'` names the messages found. The server forgets them when another
   * mailbox is selected, as operations on another handle of this client have it.
   */
  searchReturn(query: SearchQuery, want: SearchReturnOptions, options?: OperationOptions): Promise<SearchReturned>;
  /**
   * What a query finds, and then what joins its result and leaves it, as the server tells (CONTEXT=SEARCH, CONTEXT=SORT,
   * RFC 5267), until the loop is left or `signal` aborts. Told while this mailbox is selected; once it is selected again,
   * `found` comes anew. Rejects with the code MISSING_CAPABILITY where the server does not offer it, and with NOUPDATE where
   * it keeps no more such searches.
   */
  searchUpdates(query: SearchQuery, options?: SearchUpdatesOptions): AsyncIterable<SearchUpdate>;
  /**
   * What a query finds, as UIDs in this order: SORT (RFC 5256, RFC 5957) where offered; else the keys of the messages are
   * fetched and sorted here by the same rules.
   */
  sort(criteria: SortCriterion[], query: SearchQuery, options?: OperationOptions): Promise<number[]>;
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
   * `n:*` names the messages from n upwards, and none where there is no such message.
   */
  fetch<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options?: OperationOptions & FetchModifiers & { batch?: number },
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
   * Rejects with the code NO_SUCH_MESSAGE or NO_SUCH_PART.
   */
  download(uid: number, part?: string, options?: OperationOptions & { decode?: boolean }): Promise<Download>;

  /**
   * What a person reads: the text and html bodies as strings, decoded by transfer encoding and charset, and the list of
   * attachments. Only the bodies cross the wire: `maxBytes` of them, as they are encoded, text before html. Undefined where
   * there is no such message.
   */
  content(uid: number, options?: OperationOptions & { maxBytes?: number }): Promise<MessageContent | undefined>;

  addFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  removeFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  setFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;

  /**
   * Annotations of messages (ANNOTATE, RFC 5257), entries `/private/…` or `/shared/…`: null removes one. fetch() has the item
   * `annotations` to read them. Without ANNOTATE-EXPERIMENT-1, a UsageError.
   */
  annotate(
    set: MessageSet,
    entries: Record<string, string | Uint8Array | null>,
    options?: OperationOptions,
  ): Promise<void>;

  copy(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  /** MOVE where offered; else COPY, STORE and UID EXPUNGE of exactly these messages. */
  move(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  /**
   * Without a set, all messages marked \Deleted. With one, those of them that are marked, and never any other message,
   * UIDPLUS or not. Resolves to the UIDs that went, where they are known.
   */
  expunge(set?: MessageSet, options?: OperationOptions): Promise<ExpungeResult>;
  /** Marks \Deleted and expunges exactly these. */
  deleteMessages(set: MessageSet, options?: OperationOptions): Promise<ExpungeResult>;
  /**
   * Stores a message, in `target` where that is given, and removes this one: REPLACE (RFC 8508), which does both or neither;
   * else APPEND, and then the deletion of exactly this message. Without REPLACE, a failure in between leaves both. Rejects
   * where there is no such message, and stores nothing then.
   */
  replace(uid: number, message: AppendMessage, options?: OperationOptions & { target?: string }): Promise<AppendResult>;

  /**
   * What happens in this mailbox, by UID, until `signal` aborts or the loop is left: IDLE where offered, else polling.
   * Other operations may run meanwhile.
   */
  watch<I extends FetchItems = Record<never, never>>(options?: WatchOptions<I>): AsyncIterable<MailboxEvent<I>>;

  /**
   * The difference between `since` (an earlier call's `state`, plain JSON) and now, by UID: QRESYNC (RFC 7162), else
   * CONDSTORE, else a comparison of UIDs and flags. Without `since`: everything is new. Under another UIDVALIDITY too, with
   * `reset`; the handle's own UIDs are void then.
   */
  sync(since?: SyncState, options?: OperationOptions): Promise<SyncResult>;

  /** What the server says unasked, while this mailbox is selected. Returns what removes the listener. */
  on<E extends keyof MailboxEvents>(event: E, listener: (value: MailboxEvents[E]) => void): () => void;
  check(options?: OperationOptions): Promise<void>;
  /** CLOSE: expunges \Deleted messages silently. */
  close(options?: OperationOptions): Promise<void>;
  /** UNSELECT (or its emulation): expunges nothing. What disposal does. */
  unselect(options?: OperationOptions): Promise<void>;
}

/** When whatever goes on by itself is to end. */
export interface Endings {
  end: undefined;
}

/** NOOP for a mailbox's news: it waits for the SELECT that may still be under way, and fails with it. */
function news(): Command<void> {
  return { ...noop(), behaviour: { mailbox: true } };
}

export class MailboxHandle implements Mailbox {
  readonly session: Link;
  readonly mailbox: MailboxState;
  /** What the UIDs that this handle's user holds belong to. */
  readonly #uidValidity: number;
  readonly #endings = new Listeners<Endings>();
  readonly #clientEndings: Listeners<Endings>;
  #closed = false;
  #closing: Promise<void> | undefined;

  private constructor(session: Link, mailbox: MailboxState, clientEndings: Listeners<Endings>) {
    this.session = session;
    this.mailbox = mailbox;
    this.#uidValidity = mailbox.uidValidity;
    this.#clientEndings = clientEndings;
    mailbox.handles++;
  }

  /** Selects the mailbox, or asks for its news where it is selected. */
  static async open(
    session: Link,
    mailbox: MailboxState,
    clientEndings: Listeners<Endings>,
    options: OperationOptions,
  ): Promise<Mailbox> {
    const selected = session.state.selected === mailbox;
    await session.run<void>(selected ? news() : selection(), { ...options, mailbox });
    return new MailboxHandle(session, mailbox, clientEndings);
  }

  /** The handle behind a mailbox, which must be one of this session's. */
  static of(mailbox: Mailbox, session: Link): MailboxHandle {
    if (mailbox instanceof MailboxHandle && mailbox.session === session) return mailbox;
    throw new UsageError('Not a mailbox of this client');
  }

  get name(): string {
    return this.mailbox.name;
  }

  get readOnly(): boolean {
    return this.mailbox.readOnly;
  }

  get exists(): number {
    return this.mailbox.exists;
  }

  get uidValidity(): number {
    return this.#uidValidity;
  }

  get flags(): ReadonlySet<string> {
    return this.mailbox.flags;
  }

  get permanentFlags(): ReadonlySet<string> {
    return this.mailbox.permanentFlags;
  }

  // Absent and undefined are the same to who reads them; exactOptionalPropertyTypes wants it said.
  declare readonly uidNext?: number;
  declare readonly highestModseq?: bigint;
  declare readonly mailboxId?: string;

  static {
    for (const name of ['uidNext', 'highestModseq', 'mailboxId'] as const) {
      Object.defineProperty(MailboxHandle.prototype, name, {
        get(this: MailboxHandle) {
          return this.mailbox[name];
        },
      });
    }
  }

  async search(query: SearchQuery, options: OperationOptions = {}): Promise<number[]> {
    return searchMessages(this, query, options);
  }

  async searchReturn(
    query: SearchQuery,
    want: SearchReturnOptions,
    options: OperationOptions = {},
  ): Promise<SearchReturned> {
    return searchReturnWhole((command) => this.run(command, options), this.session.state, query, want);
  }

  searchUpdates(query: SearchQuery, options: SearchUpdatesOptions = {}): AsyncIterable<SearchUpdate> {
    return updatesOf(this, query, options);
  }

  async sort(criteria: SortCriterion[], query: SearchQuery, options: OperationOptions = {}): Promise<number[]> {
    return sortMessages(this, criteria, query, options);
  }

  async thread(algorithm: ThreadAlgorithm, query: SearchQuery, options: OperationOptions = {}): Promise<Thread[]> {
    return threadFound(this, algorithm, query, options);
  }

  fetch<I extends FetchItems>(
    set: MessageSet,
    items: I,
    { batch, ...options }: OperationOptions & FetchModifiers & { batch?: number } = {},
  ): AsyncIterable<FetchedMessage<I>> {
    return batch === undefined
      ? fetchMessages(this, set, items, options)
      : fetchInBatches(this, set, items, { ...options, batch });
  }

  async fetchAll<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options: OperationOptions & FetchModifiers = {},
  ): Promise<FetchedMessage<I>[]> {
    return fetchAll(this, set, items, options);
  }

  async fetchOne<I extends FetchItems>(
    message: number | { seq: number },
    items: I,
    options: OperationOptions = {},
  ): Promise<FetchedMessage<I> | undefined> {
    const [first] = await fetchAll(this, message, items, options);
    return first;
  }

  async uidBatches(size: number, options: OperationOptions = {}): Promise<UidSet[]> {
    return batchesOf(this, size, options);
  }

  async download(uid: number, part?: string, options: OperationOptions & { decode?: boolean } = {}): Promise<Download> {
    return download(this, uid, part, options);
  }

  async content(
    uid: number,
    options: OperationOptions & { maxBytes?: number } = {},
  ): Promise<MessageContent | undefined> {
    return content(this, uid, options);
  }

  addFlags(set: MessageSet, flags: string[], options: OperationOptions & StoreOptions = {}): Promise<StoreResult> {
    return storeMessages(this, set, '+', flags, options);
  }

  removeFlags(set: MessageSet, flags: string[], options: OperationOptions & StoreOptions = {}): Promise<StoreResult> {
    return storeMessages(this, set, '-', flags, options);
  }

  setFlags(set: MessageSet, flags: string[], options: OperationOptions & StoreOptions = {}): Promise<StoreResult> {
    return storeMessages(this, set, '', flags, options);
  }

  async annotate(
    set: MessageSet,
    entries: Record<string, string | Uint8Array | null>,
    options: OperationOptions = {},
  ): Promise<void> {
    return annotateMessages(this, set, entries, options);
  }

  async copy(set: MessageSet, target: string, options: OperationOptions = {}): Promise<CopyResult> {
    return copyMessages(this, set, target, options);
  }

  async move(set: MessageSet, target: string, options: OperationOptions = {}): Promise<CopyResult> {
    return moveMessages(this, set, target, options);
  }

  async expunge(set?: MessageSet, options: OperationOptions = {}): Promise<ExpungeResult> {
    return expungeMessages(this, set, options);
  }

  async deleteMessages(set: MessageSet, options: OperationOptions = {}): Promise<ExpungeResult> {
    return deleteMessages(this, set, options);
  }

  async replace(
    uid: number,
    message: AppendMessage,
    options: OperationOptions & { target?: string } = {},
  ): Promise<AppendResult> {
    return replaceMessage(this, uid, message, options);
  }

  watch<I extends FetchItems = Record<never, never>>(options: WatchOptions<I> = {}): AsyncIterable<MailboxEvent<I>> {
    return watch(this, options);
  }

  async sync(since?: SyncState, options: OperationOptions = {}): Promise<SyncResult> {
    return sync(this, since, options);
  }

  on<E extends keyof MailboxEvents>(event: E, listener: (value: MailboxEvents[E]) => void): () => void {
    return this.mailbox.listeners.on(event, listener);
  }

  async check(options: OperationOptions = {}): Promise<void> {
    return this.run(check(), options);
  }

  async close(options: OperationOptions = {}): Promise<void> {
    if (this.#closed) return;
    this.#closing ??= this.run(close(this.session.state), options).finally(() => {
      this.#closing = undefined;
    });
    await this.#closing;
    this.#release();
  }

  async unselect(options: OperationOptions = {}): Promise<void> {
    if (this.#closed) return;
    this.#release();
    // Other handles go on with the mailbox.
    if (this.mailbox.handles > 0 || this.mailbox.left || this.session.closed) return;
    await unselectMailbox(this.session, this.mailbox, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unselect().catch((error) => {
      if (!this.session.closed) throw error;
    });
  }

  #release(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.mailbox.handles--;
    this.#endings.emit('end', undefined);
  }

  /** Calls back when this handle is closed or the client logs out, until the returned function is called. */
  onEnd(listener: () => void): () => void {
    const releases = [this.#endings.on('end', listener), this.#clientEndings.on('end', listener)];
    return () => {
      for (const release of releases) release();
    };
  }

  /** Throws where this handle was closed. */
  requireOpen(name: string): void {
    if (this.mailbox.left)
      throw new UsageError(`${name}: ${JSON.stringify(this.name)} was opened for another user`, 'CLOSED');
    if (this.#closed) throw new UsageError(`${name}: this handle on ${JSON.stringify(this.name)} was closed`, 'CLOSED');
  }

  /** Runs a command on this mailbox. */
  async run<Result>(command: Command<Result>, options: RunOptions = {}): Promise<Result> {
    this.requireOpen(command.name);
    return this.session.run(command, { ...options, mailbox: this.mailbox, uidValidity: this.#uidValidity });
  }
}
