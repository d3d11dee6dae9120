import type { MailboxHandle } from '../mailbox-handle.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import { type OperationOptions, readRunOptions } from '../session/operation.ts';
import { waitFor } from './early-end.ts';

/** By mailbox, the last of the calls that take turns: see inTurn(). */
const turns = new WeakMap<MailboxState, Promise<void>>();

export function hasUidPlus({ session }: MailboxHandle): boolean {
  return session.state.capabilities.has('UIDPLUS');
}

/**
 * Without UIDPLUS one at a time on each mailbox: each takes the mark off messages that others are to remove, and what these
 * put their mark back on would go with its own.
 */
export async function inTurn<Result>(
  handle: MailboxHandle,
  name: string,
  options: OperationOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  if (hasUidPlus(handle)) return work();
  const limits = readRunOptions(name, options);
  const { mailbox } = handle;
  const before = turns.get(mailbox);
  const turn = before === undefined ? work() : waitFor(before, name, limits).then(work);
  // One that gives up its turn is over before those that it waited for.
  const over = Promise.allSettled([before, turn]).then(() => {
    if (turns.get(mailbox) === over) turns.delete(mailbox);
  });
  turns.set(mailbox, over);
  return turn;
}

/** Such a call is under way on the handle's mailbox. */
export function takesTurns(handle: MailboxHandle): boolean {
  return turns.has(handle.mailbox) && !hasUidPlus(handle);
}
