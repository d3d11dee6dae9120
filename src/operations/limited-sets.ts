import { CommandError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { isUids, keyOf, setOf } from './message-sets.ts';
import { searchMessages } from './search-messages.ts';

/**
 * A settled set by UID, where a command on it may be cut short (MESSAGELIMIT, RFC 9738) and what it does would change
 * which messages the rest of the set names. A promise only where the server has to be asked: operations go out in the order
 * in which they were called.
 */
export function lasting(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
): MessageSet | Promise<MessageSet> {
  const { messageLimit = Number.POSITIVE_INFINITY } = handle.session.state.capabilities;
  if (handle.mailbox.exists <= messageLimit || (isUids(set) && set !== '$')) return set;
  return searchMessages(handle, keyOf(set), options).then(setOf);
}

/** A settled set in sets of as many messages as one COPY may take: one of more is refused (RFC 9738 §3.1). See lasting. */
export function withinSaveLimit(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
): MessageSet[] | Promise<MessageSet[]> {
  const { saveLimit = Number.POSITIVE_INFINITY } = handle.session.state.capabilities;
  if (handle.mailbox.exists <= saveLimit) return [set];
  return searchMessages(handle, keyOf(set), options).then((uids) => {
    const sets: MessageSet[] = [];
    for (let at = 0; at < uids.length; at += saveLimit) sets.push(setOf(uids.slice(at, at + saveLimit)));
    return sets;
  });
}

/** What the server computes, unless these are more messages than it will work on: then what is computed here. */
export async function unlessTooMany<Result>(there: Promise<Result>, here: () => Promise<Result>): Promise<Result> {
  try {
    return await there;
  } catch (error) {
    if (error instanceof CommandError && error.code === 'MESSAGELIMIT') return here();
    throw error;
  }
}
