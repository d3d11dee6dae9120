import { MOST_FOUND } from '../commands/search.ts';
import { cancelUpdate, searchUpdates } from '../commands/search-updates.ts';
import { selection } from '../commands/selection.ts';
import { ImapError, ProtocolError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { SortCriterion } from '../mime/sort.ts';
import { onAbort } from '../session/abort.ts';
import { Backlog } from '../session/backlog.ts';
import { readRunOptions } from '../session/operation.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { type ExtendedSearch, readExtendedSearch } from '../syntax/search-result.ts';
import { parseUidList, type UidRange } from '../wire/sequence-set.ts';

/** How the result of a search changes (RFC 5267 §4.3). */
export type SearchUpdate =
  /** What it is now: at first, and whenever the mailbox was selected anew. */
  | { type: 'found'; uids: number[] }
  /** `position`: where in a sorted result the first of them stands now, counted from 1, the others behind it; 0 without an order. */
  | { type: 'added'; uids: number[]; position: number }
  | { type: 'removed'; uids: number[]; position: number };

export interface SearchUpdatesOptions {
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** The order of the result: SORT. */
  sort?: SortCriterion[];
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
  const { session, mailbox } = handle;
  const releases: (() => void)[] = [];
  let tag: string | undefined;
  const backlog: Backlog<SearchUpdate> = new Backlog(session.flow, {
    begin: () => begin(),
    left: () => leave(),
  });
  // What comes, comes unasked.
  backlog.own = 0;
  const stop = (failure?: { error: unknown }) => {
    for (const release of releases.splice(0)) release();
    backlog.end(failure);
  };
  const leave = () => {
    const cancelled = releases.length > 0 ? tag : undefined;
    tag = undefined;
    stop();
    if (cancelled !== undefined && session.state.selected === mailbox && !session.closed)
      session.run(cancelUpdate(cancelled), { mailbox }).catch(() => {});
  };
  const endings = { end: leave };
  const take = (answer: ExtendedSearch, first: boolean) => {
    const events = eventsOf(answer, first);
    for (const event of events) backlog.push(event, EVENT_WEIGHT + 8 * event.uids.length);
    // A few bytes on the wire can be millions of numbers: many of them may come before anything can be paused.
    if (backlog.held > MOST_HELD) stop({ error: tooMuchFound() });
  };
  const find = () => {
    tag = undefined;
    const command = searchUpdates(query, sort, session.state, (answer, own) => {
      const first = tag !== own;
      tag = own;
      if (releases.length > 0) take(answer, first);
    });
    handle.run(command).catch((error) => {
      if (releases.length > 0) stop({ error });
    });
  };
  const begin = () => {
    if (signal?.aborted) return backlog.end();
    releases.push(
      session.state.subscribe({
        untagged: {
          ESEARCH: (reader) => {
            const answer = readExtendedSearch(reader);
            if (tag === undefined || answer.tag !== tag || !answer.uid) return false;
            take(answer, false);
            return true;
          },
        },
        code: (code) => {
          if (!isCode(code, 'NOUPDATE') || code.tag === undefined || code.tag !== tag) return false;
          stop({ error: new ImapError('NOUPDATE', 'The server tells no more updates of this search') });
          return true;
        },
      }),
      // What the server kept of the search went with the selection.
      mailbox.onSelect(find),
      () => handle.offEnd(endings),
      session.listeners.on('close', ({ error }) => stop(error && { error })),
    );
    if (signal !== undefined) releases.push(onAbort(signal, leave));
    handle.onEnd(endings);
    // Selecting the mailbox begins the search as well.
    if (session.state.selected === mailbox) find();
    else handle.run(selection()).catch((error) => stop({ error }));
  };
  return backlog;
}

function eventsOf({ allText, updates = [] }: ExtendedSearch, first: boolean): SearchUpdate[] {
  const changes = updates.map(({ type, position, ranges }): SearchUpdate => ({ type, position, uids: spelt(ranges) }));
  return first ? [{ type: 'found', uids: spelt(parseUidList(allText ?? '') ?? []) }, ...changes] : changes;
}

function tooMuchFound(): ProtocolError {
  return new ProtocolError('LIMIT_RESULTS', 'The server found more messages than any mailbox holds');
}

/** A set of ranges is small on the wire whatever it names. */
function spelt(ranges: readonly UidRange[]): number[] {
  const uids: number[] = [];
  for (const [first, last] of ranges) {
    if (uids.length + last - first > MOST_FOUND) throw tooMuchFound();
    for (let uid = first; uid <= last; uid++) uids.push(uid);
  }
  return uids;
}
