import type { AppendMessage, AppendResult } from './commands/append.ts';
import { check } from './commands/check.ts';
import { close } from './commands/close.ts';
import type { ExpungeResult } from './commands/expunge.ts';
import type { FetchModifiers } from './commands/fetch.ts';
import type { SearchReturned, SearchReturnOptions } from './commands/search-return.ts';
import { refresh } from './commands/selection.ts';
import type { SortOptions } from './commands/sort.ts';
import type { StoreOptions, StoreResult } from './commands/store.ts';
import { ConnectionError, type CopyResult, shown, UsageError } from './errors.ts';
import { MAILBOX_OPTIONS, type Mailbox } from './mailbox.ts';
import type { SortCriterion } from './mime/sort.ts';
import type { Thread, ThreadAlgorithm } from './mime/thread.ts';
import { beforeLogout, requireStaying } from './operations/before-logout.ts';
import { content, type MessageContent } from './operations/content.ts';
import { copyArguments } from './operations/copy-arguments.ts';
import { copyMessages, moveMessages } from './operations/copy-messages.ts';
import { type Download, type DownloadOptions, download } from './operations/download.ts';
import { waitFor } from './operations/early-end.ts';
import { deleteMessages, expungeMessages } from './operations/expunge-messages.ts';
import { fetchAll, fetchInBatches, fetchMessages } from './operations/fetch-messages.ts';
import { numbered, requireOne } from './operations/message-sets.ts';
import { publicMethods } from './operations/public-methods.ts';
import { replaceMessage } from './operations/replace-message.ts';
import { searchMessages, searchReturned } from './operations/search-messages.ts';
import { type SearchUpdate, type SearchUpdatesOptions, updatesOf } from './operations/search-updates.ts';
import { sortMessages } from './operations/sort-messages.ts';
import { annotateMessages, changeFlags } from './operations/store-messages.ts';
import { type SyncResult, type SyncState, sync } from './operations/sync.ts';
import { threadFound } from './operations/thread-messages.ts';
import { batchesOf } from './operations/uid-batches.ts';
import { unselectMailbox } from './operations/unselect-mailbox.ts';
import { watch } from './operations/watch.ts';
import type { MailboxEvent, WatchOptions } from './operations/watch-options.ts';
import type { Command } from './session/command.ts';
import { type Listener, Listeners, requireEvent } from './session/events.ts';
import type { Link } from './session/link.ts';
import type { MailboxEvents, MailboxState } from './session/mailbox-state.ts';
import { type OperationOptions, type RunOptions, readRunOptions } from './session/operation.ts';
import type { FetchedMessage, FetchItems } from './syntax/fetch-items.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import type { MessageSet } from './wire/sequence-set.ts';
import type { UidSet } from './wire/uid-set.ts';

/** What was called for before this of the client's calls to leave a user is to end; all is where it comes of no such call. */
export interface Endings {
  /** What goes on by itself. */
  end: number;
  /** The user was left: the rest of what takes several commands would be the next one's. */
  left: number;
}

const EVENTS: Readonly<Record<keyof MailboxEvents, true>> = {
  exists: true,
  expunge: true,
  flags: true,
  vanished: true,
};

/** Apart: a function of its own in each call takes memory as long as it waits. */
function firstOf<T>([first]: readonly T[]): T | undefined {
  return first;
}

/** One for all: a process may have a thousand watches. */
const NO_OPTIONS = Object.freeze({});

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
  }

  /** Selects the mailbox, or asks for its news where it is selected. */
  static async open(
    session: Link,
    mailbox: MailboxState,
    clientEndings: Listeners<Endings>,
    options: OperationOptions,
  ): Promise<Mailbox> {
    mailbox.handles++;
    try {
      await session.run(refresh(mailbox, session.state), { ...options, mailbox });
    } catch (error) {
      mailbox.handles--;
      throw error;
    }
    return new MailboxHandle(session, mailbox, clientEndings);
  }

  /** The handle behind a mailbox, which must be one of this session's. */
  static of(mailbox: Mailbox, session: Link): MailboxHandle {
    if (mailbox instanceof MailboxHandle && mailbox.session === session) return mailbox;
    throw new UsageError('command: not a mailbox of this client');
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
    publicMethods(MailboxHandle.prototype, {
      throwing: ['fetch', 'watch', 'searchUpdates', 'on'],
      internal: ['run', 'requireOpen', 'onEnd', 'offEnd'],
      refuse: ({ session }, name) => requireStaying(session, name),
      prepare: (name, args) => copyArguments(name, args, MAILBOX_OPTIONS[name]),
    });
  }

  search(query: SearchQuery, options: OperationOptions = {}): Promise<number[]> {
    return searchMessages(this, query, options);
  }

  async searchReturn(
    query: SearchQuery,
    want: SearchReturnOptions,
    options: OperationOptions = {},
  ): Promise<SearchReturned> {
    return beforeLogout(this.session, searchReturned(this, query, want, options));
  }

  searchUpdates(query: SearchQuery, options: SearchUpdatesOptions = {}): AsyncIterable<SearchUpdate> {
    return updatesOf(this, query, options);
  }

  async sort(
    criteria: readonly SortCriterion[],
    query: SearchQuery,
    options: OperationOptions & SortOptions = {},
  ): Promise<number[]> {
    return beforeLogout(this.session, sortMessages(this, criteria, query, options));
  }

  async thread(algorithm: ThreadAlgorithm, query: SearchQuery, options: OperationOptions = {}): Promise<Thread[]> {
    return beforeLogout(this.session, threadFound(this, algorithm, query, options));
  }

  fetch<I extends FetchItems>(
    set: MessageSet,
    items: I,
    { batch, ...given }: OperationOptions & FetchModifiers & { batch?: number } = {},
  ): AsyncIterable<FetchedMessage<I>> {
    // The loop may begin later: sequence numbers are those of now.
    const options = numbered(this, given);
    return batch === undefined
      ? fetchMessages(this, set, items, options)
      : fetchInBatches(this, set, items, { ...options, batch });
  }

  fetchAll<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options: OperationOptions & FetchModifiers = {},
  ): Promise<FetchedMessage<I>[]> {
    return fetchAll(this, set, items, options);
  }

  fetchOne<I extends FetchItems>(
    message: number | { seq: number },
    items: I,
    options: OperationOptions = {},
  ): Promise<FetchedMessage<I> | undefined> {
    requireOne(message);
    // What `exists` says of an empty mailbox is no number of a message.
    const none = typeof message === 'object' && message.seq === 0;
    return fetchAll(this, none ? [] : message, items, options).then(firstOf);
  }

  uidBatches(size: number, options: OperationOptions = {}): Promise<UidSet[]> {
    return batchesOf(this, size, options);
  }

  download(uid: number, part?: string, options: OperationOptions & DownloadOptions = {}): Promise<Download> {
    return download(this, uid, part, options);
  }

  async content(
    uid: number,
    options: OperationOptions & { maxBytes?: number } = {},
  ): Promise<MessageContent | undefined> {
    return beforeLogout(this.session, content(this, uid, options));
  }

  addFlags(set: MessageSet, flags: readonly string[], options?: OperationOptions & StoreOptions): Promise<StoreResult> {
    this.#requireWritable('STORE');
    return changeFlags(this, set, '+', flags, options);
  }

  removeFlags(
    set: MessageSet,
    flags: readonly string[],
    options?: OperationOptions & StoreOptions,
  ): Promise<StoreResult> {
    this.#requireWritable('STORE');
    return changeFlags(this, set, '-', flags, options);
  }

  setFlags(set: MessageSet, flags: readonly string[], options?: OperationOptions & StoreOptions): Promise<StoreResult> {
    this.#requireWritable('STORE');
    return changeFlags(this, set, '', flags, options);
  }

  annotate(
    set: MessageSet,
    entries: Record<string, string | Uint8Array | null>,
    options: OperationOptions = {},
  ): Promise<void> {
    this.#requireWritable('STORE');
    return beforeLogout(this.session, annotateMessages(this, set, entries, options));
  }

  copy(set: MessageSet, target: string, options: OperationOptions = {}): Promise<CopyResult> {
    return copyMessages(this, set, target, options);
  }

  move(set: MessageSet, target: string, options: OperationOptions = {}): Promise<CopyResult> {
    this.#requireWritable('MOVE');
    return moveMessages(this, set, target, options);
  }

  async expunge(set?: MessageSet, options: OperationOptions = {}): Promise<ExpungeResult> {
    this.#requireWritable('EXPUNGE');
    return beforeLogout(this.session, expungeMessages(this, set, options));
  }

  async deleteMessages(set: MessageSet, options: OperationOptions = {}): Promise<ExpungeResult> {
    this.#requireWritable('deleteMessages');
    return beforeLogout(this.session, deleteMessages(this, set, options));
  }

  async replace(
    uid: number,
    message: AppendMessage,
    options: OperationOptions & { target?: string } = {},
  ): Promise<AppendResult> {
    this.#requireWritable('REPLACE');
    return beforeLogout(this.session, replaceMessage(this, uid, message, options));
  }

  watch<I extends FetchItems = Record<never, never>>(
    options: WatchOptions<I> = NO_OPTIONS,
  ): AsyncIterable<MailboxEvent<I>> {
    return watch(this, options);
  }

  async sync(since?: SyncState, options: OperationOptions = {}): Promise<SyncResult> {
    return beforeLogout(this.session, sync(this, since, options));
  }

  on<E extends keyof MailboxEvents>(event: E, listener: (value: MailboxEvents[E]) => void): () => void {
    requireEvent(EVENTS, event, 'a mailbox');
    this.requireOpen('on');
    const remove = this.mailbox.listeners.on(event, listener);
    // The mailbox outlives the handle.
    const forget = this.#endings.on('end', remove);
    return () => {
      remove();
      forget();
    };
  }

  async check(options: OperationOptions = {}): Promise<void> {
    return this.run(check(this.session.state), options);
  }

  async close(options: OperationOptions = {}): Promise<void> {
    // Another call may be given up by its own signal.
    while (this.#closing !== undefined) await this.#untilClosed('CLOSE', options);
    if (this.#closed) return;
    // Released before anything else is sent: a watch would select the mailbox again.
    this.#closing = this.run(
      close(this.session.state, () => this.#release()),
      options,
    ).finally(() => {
      this.#closing = undefined;
    });
    await this.#closing;
  }

  async unselect(options: OperationOptions = {}): Promise<void> {
    if (this.#closed) return;
    this.#release();
    // Behind CLOSE there is nothing to leave.
    if (this.#closing !== undefined) await this.#untilClosed('UNSELECT', options);
    // Other handles go on with the mailbox.
    if (this.mailbox.handles > 0 || this.mailbox.left || this.session.closed) return;
    await beforeLogout(this.session, unselectMailbox(this.session, this.mailbox, options)).catch((error) => {
      // With the connection went what was selected on it, and no handle has it selected again on the next one.
      if (this.session.closed || !(error instanceof ConnectionError)) throw error;
    });
  }

  /** Waits for the call of close() that is under way, whatever comes of it. */
  async #untilClosed(name: string, options: OperationOptions): Promise<void> {
    await waitFor(() => Promise.allSettled([this.#closing]), name, readRunOptions(name, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unselect().catch((error) => {
      // There is nothing to leave where the client is leaving, or the connection was lost with what was selected on it.
      if (error instanceof ConnectionError || (error instanceof UsageError && error.code === 'CLOSED')) return;
      if (!this.session.closed) throw error;
    });
  }

  /**
   * Throws where it was opened to be read alone. Left to the servers, Dovecot moves messages all the same and answers OK to a
   * STORE that does nothing, Courier stores, and leaves a copy of what it does not move.
   */
  #requireWritable(name: string): void {
    if (this.mailbox.examine)
      throw new UsageError(`${name}: ${shown(this.name)} was opened with readOnly: true`, 'READ-ONLY');
  }

  #release(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.mailbox.handles--;
    this.#endings.emit('end', Number.POSITIVE_INFINITY);
  }

  /** Tells when this handle is closed or the client logs out, until offEnd() is called. */
  onEnd(listener: Listener<Endings>): void {
    this.#endings.add(listener);
    this.#clientEndings.add(listener);
  }

  offEnd(listener: Listener<Endings>): void {
    this.#endings.remove(listener);
    this.#clientEndings.remove(listener);
  }

  /** Throws where this handle was closed, or is being closed: what follows would select the mailbox again. */
  requireOpen(name: string): void {
    if (!this.#isOpen) throw this.#refusal(name);
  }

  get #isOpen(): boolean {
    return !this.mailbox.left && !this.#closed && this.#closing === undefined;
  }

  #refusal(name: string): UsageError {
    const closed = this.#closed ? 'was closed' : 'is being closed';
    const why = this.mailbox.left ? 'was opened for another user' : closed;
    const what = this.mailbox.left ? '' : 'this handle on ';
    return new UsageError(`${name}: ${what}${JSON.stringify(this.name)} ${why}`, 'CLOSED');
  }

  /** Runs a command on this mailbox. */
  run<Result>(command: Command<Result>, options?: RunOptions): Promise<Result> {
    if (!this.#isOpen) {
      command.discard?.();
      return Promise.reject(this.#refusal(command.name));
    }
    return this.session.run(command, { ...options, mailbox: this.mailbox, uidValidity: this.#uidValidity });
  }
}
