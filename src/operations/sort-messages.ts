import { canSort, inRange, type SortOptions, sort, sortKeys } from '../commands/sort.ts';
import { naming } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { compareMessages, type SortableMessage, type SortCriterion, type SortKey } from '../mime/sort.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { FetchedItems, FetchItems } from '../syntax/fetch-items.ts';
import { requirePartialRange } from '../syntax/partial-range.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { fetchAll } from './fetch-messages.ts';
import { unlessTooMany } from './limited-sets.ts';
import { numbered, withQuery } from './message-sets.ts';
import { searchMessages } from './search-messages.ts';

const ITEMS: Readonly<Record<SortKey, FetchItems>> = {
  arrival: { internalDate: true },
  cc: { envelope: true },
  date: { envelope: true, internalDate: true },
  displayFrom: { envelope: true },
  displayTo: { envelope: true },
  from: { envelope: true },
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
    return unlessTooMany(handle.run(sort(criteria, within, state, { partial }), options), here);
  });
}

async function sortHere(
  handle: MailboxHandle,
  criteria: readonly SortCriterion[],
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[]> {
  const items: FetchItems = Object.assign({}, ...sortKeys(criteria).map(({ by }) => ITEMS[by]));
  const messages = (await fetchFound(handle, query, items, options)).map(
    ({ uid, internalDate, size, envelope }): SortableMessage => ({ ...envelope, uid, internalDate, size }),
  );
  return messages.sort(compareMessages(criteria)).map(({ uid }) => uid);
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
