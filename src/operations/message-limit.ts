import { fetch } from '../commands/fetch.ts';
import { search } from '../commands/search.ts';
import { type SearchReturned, type SearchReturnOptions, searchReturn, toReturned } from '../commands/search-return.ts';
import { uidMap } from '../commands/uid-map.ts';
import { ImapError, type ResponseCode } from '../errors.ts';
import { type Command, missingCapability } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { ConnectionState } from '../session/state.ts';
import { fetchRequest } from '../syntax/fetch-items.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { type MessageSet, setBelow } from '../wire/sequence-set.ts';
import { UidSet, UidSetBuilder } from '../wire/uid-set.ts';
import { keyOf, namedBy } from './message-sets.ts';
import { misreadsQuery, searchBySets } from './misread-sets.ts';
import { isBad, unlessLacking } from './refusals.ts';
import { Steps } from './steps.ts';
import { watchedCommand } from './watched-command.ts';

/** Runs a command where its caller wants it run. */
export type Run = <Result>(command: Command<Result>) => Promise<Result>;

/**
 * Runs a command on a settled set of messages, and again on what is left of the set where a server with MESSAGELIMIT
 * stopped before its end (RFC 9738 §3.1): such a server goes from the highest UID down, and tells the lowest that it
 * came to. Resolves to the results in order; who needs those from before a failure gives the list for them.
 */
export async function runWhole<Result>(
  run: Run,
  connection: ConnectionState,
  set: MessageSet,
  command: (set: MessageSet) => Command<Result>,
  results: Result[] = [],
): Promise<Result[]> {
  if (connection.capabilities.messageLimit === undefined) {
    results.push(await run(command(set)));
    return results;
  }
  const steps = new Steps();
  let reach: Reach | undefined;
  for (let rest = set; ; ) {
    reach = new Reach(connection, reach);
    results.push(await steps.take(run(reach.watching(command(rest)))));
    if (reach.lowest === undefined) return results;
    const before = rest;
    rest = await restOf(run, connection, rest, reach);
    if (rest === '') return results;
    if (rest === before) throw stoppedNowhere();
  }
}

/** What a query finds, in ascending order, in as many searches as it takes. Throws for what is no query. */
export function searchWhole(
  run: Run,
  connection: ConnectionState,
  query: SearchQuery,
  before?: Reach,
): Promise<number[]> {
  if (oneSearches(connection, query)) return searching(run, connection, () => search(query, connection));
  if (misreadsQuery(connection, query)) return searchBySets(run, connection, query);
  return searchInParts(run, connection, query, before);
}

/** Whether one search finds all of it, as nearly always. */
export function oneSearches(connection: ConnectionState, query: SearchQuery): boolean {
  return connection.capabilities.messageLimit === undefined && !misreadsQuery(connection, query);
}

const SEARCH_RETURN = ['ESEARCH', 'SEARCHRES', 'PARTIAL', 'CONTEXT=SEARCH'];

/**
 * Runs a command that searches, and once more without RETURN where the server does not understand it. Tolerance: IONOS offers
 * ESEARCH and takes RETURN for no key (libredesk #181), mailo.com does not search with it (libredesk #187), nor Cyrus 2.4.7
 * where CHARSET stands behind it (Horde #9842). It then has none of it.
 */
async function searching<Result>(
  run: Run,
  connection: ConnectionState,
  command: () => Command<Result>,
): Promise<Result> {
  if (!connection.capabilities.has('ESEARCH')) return run(command());
  return unlessLacking(connection, SEARCH_RETURN, isBad, () => run(command()));
}

async function searchInParts(
  run: Run,
  connection: ConnectionState,
  query: SearchQuery,
  before: Reach | undefined,
): Promise<number[]> {
  let reach = new Reach(connection, before);
  const found = await run(reach.watching(search(query, connection)));
  if (reach.lowest === undefined) return found;
  const results = [found];
  while (reach.lowest !== undefined && reach.lowest > 1) {
    const part = queryBelow(query, reach.lowest);
    reach = new Reach(connection, reach);
    results.unshift(await run(reach.watching(search(part, connection))));
  }
  return results.flat();
}

/** What is asked of a query's result; worked out from all that it finds where one search does not come to the end. */
export async function searchReturnWhole(
  run: Run,
  connection: ConnectionState,
  query: SearchQuery,
  want: SearchReturnOptions,
): Promise<SearchReturned> {
  const reach = new Reach(connection);
  const command = searchReturn(query, want, connection);
  if (missingCapability(command, connection.capabilities) === undefined && misreadsQuery(connection, query))
    return toReturned({ all: UidSet.from(await searchWhole(run, connection, query)) }, want);
  const returned =
    want?.save || want?.relevancy
      ? await run(reach.watching(command))
      : await searching(run, connection, () => reach.watching(searchReturn(query, want, connection)));
  if (reach.lowest === undefined) return returned;
  if (want.save)
    throw new ImapError('MESSAGELIMIT', 'The server found more messages than it works on at once, and saved a part');
  return toReturned(await allFound(run, connection, query, want.relevancy === true, reach), want);
}

/** All that a query finds, with what belongs to it, in as many searches as it takes. */
async function allFound(
  run: Run,
  connection: ConnectionState,
  query: SearchQuery,
  relevancy: boolean,
  { saved }: Reach,
) {
  const parts: SearchReturned[] = [];
  let reach = new Reach(connection, { saved });
  const find = async (part: SearchQuery) =>
    parts.unshift(await run(reach.watching(searchReturn(part, { all: true, relevancy }, connection))));
  await find(query);
  while (reach.lowest !== undefined && reach.lowest > 1) {
    const part = queryBelow(query, reach.lowest);
    reach = new Reach(connection, reach);
    await find(part);
  }
  let highest: bigint | undefined;
  const found = new UidSetBuilder();
  for (const { all = UidSet.empty, modseq } of parts) {
    found.addSet(all);
    if (modseq !== undefined && modseq > (highest ?? 0n)) highest = modseq;
  }
  return {
    all: found.build(),
    ...(relevancy ? { relevancy: parts.flatMap((part) => part.relevancy ?? []) } : {}),
    ...(highest === undefined ? {} : { modseq: highest }),
  };
}

/**
 * Has the state of a mailbox know which UID each sequence number stands for. Resolves to the UIDs of all messages: also
 * where the mailbox was selected anew meanwhile, and the state knows only those told since. `searched`: see uidMap.
 */
export async function mapUids(
  run: Run,
  connection: ConnectionState,
  mailbox: MailboxState,
  searched?: (found: readonly number[], last: number) => void,
): Promise<Iterable<number>> {
  // Only the answer of a whole search fits.
  const reach = new Reach(connection);
  const map = await searching(run, connection, () => reach.watching(uidMap(mailbox, connection, searched)));
  if (map !== undefined) return map;
  if (mailbox.mapped) return mailbox.uids ?? [];
  // What stands in its place is left: another watch has expunged messages told by it meanwhile.
  mailbox.uids?.truncate(mailbox.exists);
  const told: number[] = [];
  if (mailbox.exists === 0) return told;
  // The answers to a FETCH have each UID beside its number, and the state notes them.
  const request = fetchRequest({}, connection.capabilities);
  await runWhole(run, connection, '1:*', (set) => fetch(mailbox, set, request, ({ uid }) => told.push(uid)));
  return told;
}

/** The query for messages below a UID alone. What is to be searched stands in front, for that is what counts. */
function queryBelow(query: SearchQuery, uid: number): SearchQuery {
  const range = { uid: `1:${uid - 1}` };
  return Object.keys(query).length === 0 ? range : { ...range, and: [query] };
}

async function restOf(run: Run, connection: ConnectionState, set: MessageSet, before: Reach): Promise<string> {
  const { lowest: uid = 0 } = before;
  const key = keyOf(set);
  // All are the same messages, whatever their numbers are by now.
  const known = key.seq === '1:*' ? key.seq : set;
  if (typeof known === 'string' && known !== '$') return setBelow(known, uid);
  // Which messages these are only the server knows.
  return UidSet.from(namedBy(set, await searchWhole(run, connection, queryBelow(key, uid), before))).toString();
}

function stoppedNowhere(): ImapError {
  return new ImapError('MESSAGELIMIT', 'The server stopped at its limit of messages, and does not tell where');
}

function savedAnew(): ImapError {
  return new ImapError(
    'MESSAGELIMIT',
    'The server stopped at its limit of messages, and `$` was saved anew before the rest',
  );
}

/** How far one command came. */
class Reach {
  /** The lowest UID that was processed, where that was not the last one. */
  lowest: number | undefined;
  /** What `$` meant as it went out. */
  saved: object | undefined;
  readonly #connection: ConnectionState;
  readonly #above: number;
  readonly #savedBefore: object | undefined;
  /** It stopped, and does not tell at which UID. */
  #lost = false;

  /** `before`: how far the one came whose work it goes on with. */
  constructor(connection: ConnectionState, before: { lowest?: number | undefined; saved?: object | undefined } = {}) {
    this.#connection = connection;
    this.#above = before.lowest ?? Number.POSITIVE_INFINITY;
    this.#savedBefore = before.saved;
  }

  /** The command, its end observed. The code stands in its tagged OK, or in an untagged NO where that has another. */
  watching<Result>(command: Command<Result>): Command<Result> {
    return watchedCommand(command, (one) => ({
      started: () => {
        this.saved = this.#connection.saved;
        one.started?.();
      },
      code: (code) => this.#take(code) || one.code?.(code) === true,
      finish: ({ code }) => {
        this.#take(code);
        if (this.#lost) throw stoppedNowhere();
        const { usesSavedResult } = one.behaviour;
        if (usesSavedResult && this.#savedBefore !== undefined && this.#savedBefore !== this.saved) throw savedAnew();
      },
    }));
  }

  #take(code: ResponseCode | undefined): boolean {
    if (!isCode(code, 'MESSAGELIMIT')) return false;
    const { uid = 0 } = code;
    if (uid >= 1 && uid < this.#above) this.lowest = uid;
    else this.#lost = true;
    return true;
  }
}
