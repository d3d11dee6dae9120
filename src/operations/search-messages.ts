import type { SearchReturned, SearchReturnOptions } from '../commands/search-return.ts';
import { unanswered } from '../commands/unanswered.ts';
import { ImapError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions, RunOptions } from '../session/operation.ts';
import { notExecuted } from '../session/outcome.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { beforeLogout } from './before-logout.ts';
import { fetchAll } from './fetch-messages.ts';
import { oneSearches, type Run, searchReturnWhole, searchWhole } from './message-limit.ts';
import { keyOf, namedBy, numbered, queriesOf, withQuery } from './message-sets.ts';
import { watchedCommand } from './watched-command.ts';

/** See Mailbox.search. A set of UIDs that is too long for a command line is asked for in pieces, which ascend as it does. */
export function searchMessages(
  handle: MailboxHandle,
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[]> {
  const limits = numbered(handle, options);
  return searchBy((command) => handle.run(command, limits), handle, query, limits);
}

function searchBy(run: Run, handle: MailboxHandle, query: SearchQuery, limits: RunOptions): Promise<number[]> {
  const { state } = handle.session;
  const find = (one: SearchQuery) => {
    const found = searchWhole(run, state, one);
    return oneSearches(state, one) ? found : beforeLogout(handle.session, found);
  };
  return withQuery(handle, query, 'UID SEARCH', limits, (within) => {
    const [first = within, ...others] = queriesOf(within, state);
    if (others.length === 0) return find(first);
    return Promise.all([first, ...others].map(find)).then((found) => found.flat());
  });
}

/** See Mailbox.searchReturn. */
export async function searchReturned(
  handle: MailboxHandle,
  query: SearchQuery,
  want: SearchReturnOptions,
  options: OperationOptions,
): Promise<SearchReturned> {
  const limits = numbered(handle, options);
  const search = (asked: SearchQuery) =>
    searchReturnWhole((command) => handle.run(command, limits), handle.session.state, asked, want);
  // Whoever names $ behind this call means what it saves: it goes out at once.
  return want?.save ? search(query) : withQuery(handle, query, 'UID SEARCH', limits, search);
}

/**
 * Which of these messages are there, or by that query are marked \Deleted, where messages are moved or removed by the answer.
 * Where OK alone came FETCH tells which. A connection that is lost meanwhile has executed nothing of the operation that asks.
 */
export async function messagesThere(
  handle: MailboxHandle,
  messages: MessageSet,
  options: OperationOptions,
  query = keyOf(messages),
): Promise<number[]> {
  const limits = numbered(handle, options);
  try {
    const found = await searchAnswered(handle, query, limits);
    if (found !== undefined) return namedBy(messages, found);
    const fetched = await fetchAll(handle, messages, { flags: true }, limits);
    return fetched.filter(({ flags }) => !query.deleted || flags.has('\\Deleted')).map(({ uid }) => uid);
  } catch (error) {
    throw notExecuted(error);
  }
}

/**
 * What a query finds; undefined where OK alone came, which may be that of a server that leaves out an empty SEARCH, or of an
 * answer that was lost.
 */
export async function searchAnswered(
  handle: MailboxHandle,
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[] | undefined> {
  const limits = numbered(handle, options);
  const run: Run = (command) => handle.run(requiringAnswer(command), limits);
  try {
    return await searchBy(run, handle, query, limits);
  } catch (error) {
    if (error instanceof ImapError && error.code === 'UNREADABLE') return undefined;
    throw error;
  }
}

/** The command, no success without one of its responses. */
function requiringAnswer<Result>(command: Command<Result>): Command<Result> {
  return watchedCommand(command, ({ name, untagged = {} }) => {
    let answered = false;
    const readers = Object.entries(untagged).map(([response, read]): [string, typeof read] => [
      response,
      (reader, number, tag) => {
        const own = read(reader, number, tag);
        answered ||= own === true;
        return own;
      },
    ]);
    return {
      untagged: Object.fromEntries(readers),
      finish: () => {
        if (!answered) throw unanswered(name, 'SEARCH');
      },
    };
  });
}
