import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { searchWhole } from './message-limit.ts';
import { numbered, queriesOf, withQuery } from './message-sets.ts';

/** See Mailbox.search. A set of UIDs that is too long for a command line is asked for in pieces, which ascend as it does. */
export async function searchMessages(
  handle: MailboxHandle,
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[]> {
  const { state } = handle.session;
  const limits = numbered(handle, options);
  const find = (one: SearchQuery) => searchWhole((command) => handle.run(command, limits), state, one);
  return withQuery(handle, query, 'UID SEARCH', limits, async (within) => {
    const [first = within, ...others] = queriesOf(within, state);
    if (others.length === 0) return find(first);
    return (await Promise.all([first, ...others].map(find))).flat();
  });
}
