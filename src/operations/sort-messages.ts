import { spelt } from '../commands/search.ts';
import { canSort, inRange, type SortOptions, sort, sortKeys } from '../commands/sort.ts';
import { naming } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { compareMessages, type SortableMessage, type SortCriterion, type SortKey } from '../mime/sort.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { FetchedItems, FetchItems } from '../syntax/fetch-items.ts';
import { requirePartialRange } from '../syntax/partial-range.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { UidSet } from '../wire/uid-set.ts';
import { fetchAll } from './fetch-messages.ts';
import { unlessRefusedThere } from './limited-sets.ts';
import { numbered, withQuery } from './message-sets.ts';
import { searchMessages, searchReturned } from './search-messages.ts';

const ITEMS: Readonly<Record<SortKey, FetchItems>> = {
  arrival: { internalDate: true },
  cc: { envelope: true },
  date: { envelope: true, internalDate: true },
  displayFrom: { envelope: true },
  displayTo: { envelope: true },
  from: { envelope: true },
  relevancy: {},
  size: { size: true },
  subject: { envelope: true },
  to: { envelope: true },
};

/** A message with what of it was asked for. */
type Found = { uid: number } & Partial<FetchedItems>;

/** See Mailbox.sort. */
export async function sortMessages(
  handle: MailboxHandle,
  criteria: readonly SortCriterion[],
  query: SearchQuery,
  { partial, ...given }: OperationOptions & SortOptions,
): Promise<number[]> {
  const options = numbered(handle, given);
  if (partial !== undefined) naming('SORT', () => requirePartialRange(partial));
  const { state } = handle.session;
  return withQuery(handle, query, 'UID SORT', options, (within) => {
    const here = async () => inRange(await sortHere(handle, criteria, within, options), partial);
    if (!canSort(criteria, state.capabilities)) return here();
    return unlessRefusedThere(handle.run(sort(criteria, within, state, { partial }), options), here);
  });
}

async function sortHere(
  handle: MailboxHandle,
  criteria: readonly SortCriterion[],
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[]> {
  const keys = sortKeys(criteria);
  const items: FetchItems = Object.assign({}, ...keys.map(({ by }) => ITEMS[by]));
  const byRelevancy = keys.some(({ by }) => by === 'relevancy');
  const scores = byRelevancy ? await scoresOf(handle, query, options) : undefined;
  const found: Found[] = await (scores
    ? fetchAll(handle, [...scores.keys()], items, options)
    : fetchFound(handle, query, items, options));
  const messages = found.map(({ uid, internalDate, size, envelope }): SortableMessage => {
    return { ...envelope, uid, internalDate, size, relevancy: scores?.get(uid) };
  });
  return messages.sort(compareMessages(criteria)).map(({ uid }) => uid);
}

/** How well each message that the query finds matches it. */
async function scoresOf(
  handle: MailboxHandle,
  query: SearchQuery,
  options: OperationOptions,
): Promise<Map<number, number>> {
  const want = { all: true, relevancy: true };
  const { all = UidSet.empty, relevancy = [] } = await searchReturned(handle, query, want, options);
  const uids = spelt('UID SEARCH', all, handle.mailbox.exists);
  return new Map(uids.map((uid, index) => [uid, relevancy[index] ?? 0]));
}

/** These items of each message that the query finds. */
export async function fetchFound(
  handle: MailboxHandle,
  query: SearchQuery,
  items: FetchItems,
  options: OperationOptions,
): Promise<Found[]> {
  return fetchAll(handle, await searchMessages(handle, query, options), items, options);
}
