import { uidBatches } from '../commands/uidbatches.ts';
import { CommandError, shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import { UidSet } from '../wire/uid-set.ts';
import { searchMessages } from './search-messages.ts';

/** Servers may refuse smaller batches (draft-ietf-mailmaint-imap-uidbatches §3). */
const SMALLEST = 500;

/** See Mailbox.uidBatches. */
export async function batchesOf(handle: MailboxHandle, size: number, options: OperationOptions): Promise<UidSet[]> {
  if (!Number.isInteger(size) || size < 1) throw new UsageError(`uidBatches: not a number of messages: ${shown(size)}`);
  if (!handle.session.state.capabilities.has('UIDBATCHES') || size < SMALLEST)
    return batchesHere(handle, size, options);
  try {
    return await handle.run(uidBatches(size), options);
  } catch (error) {
    // The server may allow fewer batches, or larger ones alone.
    if (error instanceof CommandError) return batchesHere(handle, size, options);
    throw error;
  }
}

async function batchesHere(handle: MailboxHandle, size: number, options: OperationOptions): Promise<UidSet[]> {
  const uids = await searchMessages(handle, {}, options);
  const batches: UidSet[] = [];
  let last = uids[uids.length - 1] ?? 0;
  for (let at = uids.length - size; last > 0; at -= size) {
    const first = at > 0 ? (uids[at] ?? 1) : 1;
    batches.push(UidSet.range(first, last));
    last = first - 1;
  }
  return batches;
}
