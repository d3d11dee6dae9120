import { search } from './commands/search.ts';
import type { MailboxHandle } from './mailbox.ts';
import { queriesOf } from './message-sets.ts';
import type { OperationOptions } from './session/operation.ts';
import type { SearchQuery } from './syntax/search-key.ts';

/** See Mailbox.search. A set of UIDs that is too long for a command line is asked for in pieces, which ascend as it does. */
export async function searchMessages(
  handle: MailboxHandle,
  query: SearchQuery,
  options: OperationOptions,
): Promise<number[]> {
  const { state } = handle.session;
  const [first = query, ...others] = queriesOf(query, state);
  if (others.length === 0) return handle.run(search(first, state), options);
  return (await Promise.all([first, ...others].map((one) => handle.run(search(one, state), options)))).flat();
}
