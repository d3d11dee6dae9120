import { cancelUpdate, noUpdate, searchUpdates } from '../commands/search-updates.ts';
import { selection } from '../commands/selection.ts';
import { ImapError, naming, ProtocolError, type ResponseCode } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { SortCriterion } from '../mime/sort.ts';
import { Cancellation, type StopSignal } from '../session/abort.ts';
import type { Subscriber } from '../session/command.ts';
import { readRunOptions } from '../session/operation.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { mapNumbers, type SearchQuery } from '../syntax/search-key.ts';
import { type ExtendedSearch, MOST_FOUND, readExtendedSearch } from '../syntax/search-result.ts';
import { eachUidRange } from '../wire/uid-set.ts';
import { type Publisher, Subscription } from './subscription.ts';

/** How the result of a search changes (RFC 5267 §4.3). */
export type SearchUpdate =
  /** What it is now: at first, and whenever the mailbox was selected anew. */
  | { type: 'found'; uids: number[] }
  /** `position`: where in a sorted result the first of them stands now, counted from 1, the others behind it; 0 without an order. */
  | { type: 'added'; uids: number[]; position: number }
  | { type: 'removed'; uids: number[]; position: number };

export interface SearchUpdatesOptions {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
  /** The order of the result: SORT. */
  sort?: readonly SortCriterion[] | undefined;
}

const EVENT_WEIGHT = 200;
/** What may wait for a consumer, bytes. */
const MOST_HELD = 8 * MOST_FOUND;

/** See Mailbox.searchUpdates. */
export function updatesOf(
  handle: MailboxHandle,
  query: SearchQuery,
  { sort, ...options }: SearchUpdatesOptions,
): AsyncIterable<SearchUpdate> {
  const { signal } = readRunOptions('searchUpdates', options);
  const once = naming('UID SEARCH', () => mapNumbers(query));
  return new FollowedSearch(handle, once, sort, signal).subscription.backlog;
}

/** A search whose result the server keeps, and tells the changes of. */
class FollowedSearch implements Publisher, Subscriber {
  readonly subscription: Subscription<SearchUpdate>;
  readonly #handle: MailboxHandle;
  readonly #query: SearchQuery;
  readonly #sort: readonly SortCriterion[] | undefined;
  /** Of the command that the server's answers name; undefined until the first one, and after the last. */
  #tag: string | undefined;
  /** Takes back the last command where it has not been sent. */
  #finding: Cancellation | undefined;

  constructor(
    handle: MailboxHandle,
    query: SearchQuery,
    sort: readonly SortCriterion[] | undefined,
    signal: StopSignal | undefined,
  ) {
    this.#handle = handle;
    this.#query = query;
    this.#sort = sort;
    this.subscription = new Subscription(handle.session, signal, this, sort === undefined ? 'UID SEARCH' : 'UID SORT');
  }

  begin(): (() => void)[] {
    const { session, mailbox } = this.#handle;
    const endings = { end: () => this.subscription.left() };
    this.#handle.onEnd(endings);
    // Selecting the mailbox begins the search as well.
    if (session.state.selected === mailbox) this.#find();
    else this.#handle.run(selection()).catch((error) => this.subscription.fail(error));
    return [
      session.state.subscribe(this),
      // What the server kept of the search went with the selection.
      mailbox.onSelect(() => {
        // The user is about to be left: nothing of this mailbox is asked for behind that.
        if (mailbox.left) this.subscription.left();
        else this.#find();
      }),
      () => this.#handle.offEnd(endings),
    ];
  }

  left(): void {
    const { session, mailbox } = this.#handle;
    const tag = this.#tag;
    this.#tag = undefined;
    this.#finding?.abort();
    if (tag !== undefined && session.state.selected === mailbox && !mailbox.left && !session.closed)
      session.run(cancelUpdate(tag, session.state)).catch(() => {});
  }

  readonly untagged: Subscriber['untagged'] = {
    ESEARCH: (reader) => {
      const answer = readExtendedSearch(reader);
      if (this.#tag === undefined || answer.tag !== this.#tag || !answer.uid) return false;
      this.#take(answer, false);
      return true;
    },
  };

  code(code: ResponseCode): boolean {
    if (!isCode(code, 'NOUPDATE') || code.tag === undefined || code.tag !== this.#tag) return false;
    this.subscription.fail(noUpdate());
    return true;
  }

  #find(): void {
    this.#tag = undefined;
    // One that was lost with the connection waits to be sent again, perhaps.
    this.#finding?.abort();
    const finding = new Cancellation();
    this.#finding = finding;
    // A query that can't be asked fails this search, not whoever selected the mailbox.
    const find = async (): Promise<void> => {
      const { state } = this.#handle.session;
      const command = searchUpdates(this.#sort, this.#query, state, (answer, tag) => {
        const first = this.#tag !== tag;
        this.#tag = tag;
        if (this.subscription.active) this.#take(answer, first);
        // Left before it was answered: only now is there something to cancel.
        else this.left();
      });
      await this.#handle.run(command, { signal: finding });
    };
    find().catch((error) => {
      if (this.#finding === finding) this.subscription.fail(error);
    });
  }

  #take(answer: ExtendedSearch, first: boolean): void {
    const { backlog } = this.subscription;
    for (const event of eventsOf(answer, first)) {
      backlog.push(event, EVENT_WEIGHT + 8 * event.uids.length);
      // A few bytes on the wire can be millions of numbers: many of them may come before anything can be paused.
      if (backlog.held <= MOST_HELD) continue;
      const message = 'The server told more updates of a search than are kept until taken';
      backlog.overflow(new ImapError('SLOW_CONSUMER', message));
      return;
    }
  }
}

/** One after the other: a response can name many times what is kept of it. */
function* eventsOf({ allText, updates = [] }: ExtendedSearch, first: boolean): IterableIterator<SearchUpdate> {
  if (first) yield { type: 'found', uids: spelt(allText) };
  for (const { type, position, set } of updates) yield { type, position, uids: spelt(set) };
}

function tooMuchFound(): ProtocolError {
  return new ProtocolError('LIMIT_RESULTS', 'The server found more messages than any mailbox holds');
}

/** A set of ranges is small on the wire whatever it names. */
function spelt(set = ''): number[] {
  const uids: number[] = [];
  eachUidRange(set, (first, last) => {
    if (uids.length + last - first > MOST_FOUND) throw tooMuchFound();
    for (let uid = first; uid <= last; uid++) uids.push(uid);
  });
  return uids;
}
