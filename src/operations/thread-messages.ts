import { thread } from '../commands/thread.ts';
import { shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { type Thread, type ThreadAlgorithm, threadMessages } from '../mime/thread.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { FetchItems } from '../syntax/fetch-items.ts';
import type { SearchQuery } from '../syntax/search-key.ts';
import { unlessRefusedThere } from './limited-sets.ts';
import { numbered, withQuery } from './message-sets.ts';
import { fetchFound } from './sort-messages.ts';

const BY_REFERENCES: FetchItems = { envelope: true, internalDate: true, headers: ['References', 'In-Reply-To'] };
const ITEMS: Readonly<Record<ThreadAlgorithm, FetchItems>> = {
  REFERENCES: BY_REFERENCES,
  REFS: BY_REFERENCES,
  ORDEREDSUBJECT: { envelope: true, internalDate: true },
};

/** See Mailbox.thread. */
export async function threadFound(
  handle: MailboxHandle,
  algorithm: ThreadAlgorithm,
  query: SearchQuery,
  given: OperationOptions,
): Promise<Thread[]> {
  const options = numbered(handle, given);
  if (typeof algorithm !== 'string' || !Object.hasOwn(ITEMS, algorithm))
    throw new UsageError(`THREAD: not an algorithm: ${shown(algorithm)}`);
  const { state } = handle.session;
  return withQuery(handle, query, 'UID THREAD', options, (within) => {
    const here = () => threadHere(handle, algorithm, within, options);
    if (!state.capabilities.has(`THREAD=${algorithm}`)) return here();
    return unlessRefusedThere(handle.run(thread(algorithm, within, state), options), here);
  });
}

async function threadHere(
  handle: MailboxHandle,
  algorithm: ThreadAlgorithm,
  query: SearchQuery,
  options: OperationOptions,
): Promise<Thread[]> {
  const messages = await fetchFound(handle, query, ITEMS[algorithm], options);
  return threadMessages(
    algorithm,
    messages.map(({ uid, envelope, internalDate, headers }) => ({
      uid,
      date: envelope?.date,
      internalDate,
      subject: envelope?.subject,
      messageId: envelope?.messageId,
      references: headers?.get('References'),
      inReplyTo: headers?.get('In-Reply-To'),
    })),
  );
}
