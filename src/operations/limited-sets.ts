import { CommandError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { ConnectionState } from '../session/state.ts';
import { isSound } from '../session/write-operation.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { fitsLine, isEmpty, isUids, keyOf, namedBy, setOf } from './message-sets.ts';
import { existing, misreadsSets } from './misread-sets.ts';
import { searchMessages } from './search-messages.ts';

/** Nearly always one command does: by UID, no longer than a line may be, and not cut short by the server. */
export function oneDoes(named: MessageSet, state: ConnectionState): named is number | string {
  if (typeof named === 'object' || named === '' || misreadsSets(state)) return false;
  const { messageLimit, saveLimit } = state.capabilities;
  if (messageLimit !== undefined || saveLimit !== undefined) return false;
  return typeof named === 'number' || fitsLine(named, state);
}

/**
 * A settled set by UID, where the server misreads sets, or where a command on it may be cut short (MESSAGELIMIT, RFC 9738)
 * and what it does would change which messages the rest of the set names. Undefined where the set does as it is: nothing is
 * asked then, and operations go out in the order in which they were called. Nor is for a `command` that will not be sent.
 */
export function stableSet(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
  command: (set: MessageSet) => Command<unknown>,
): Promise<MessageSet> | undefined {
  const { state } = handle.session;
  const { messageLimit = Number.POSITIVE_INFINITY } = state.capabilities;
  const misread = misreadsSets(state);
  const cutShort = handle.mailbox.exists > messageLimit && (set === '$' || !isUids(set));
  if (!(misread || cutShort) || !isSound(command(set), state)) return undefined;
  if (misread) return existing((one) => handle.run(one, options), state, set);
  return searchMessages(handle, keyOf(set), options).then((uids) => setOf(namedBy(set, uids)));
}

/**
 * A settled set in sets of as many messages as one COPY may take: one of more is refused (RFC 9738 §3.1). Undefined where the
 * set does as it is: see stableSet.
 */
export function withinSaveLimit(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
  command: (set: MessageSet) => Command<unknown>,
): Promise<MessageSet[]> | undefined {
  const { state } = handle.session;
  const { saveLimit = Number.POSITIVE_INFINITY } = state.capabilities;
  const misread = misreadsSets(state);
  if (!(misread || handle.mailbox.exists > saveLimit) || !isSound(command(set), state)) return undefined;
  if (misread)
    return existing((one) => handle.run(one, options), state, set).then((left) => (isEmpty(left) ? [] : [left]));
  return searchMessages(handle, keyOf(set), options).then((found) => {
    const uids = namedBy(set, found);
    const sets: MessageSet[] = [];
    for (let at = 0; at < uids.length; at += saveLimit) sets.push(setOf(uids.slice(at, at + saveLimit)));
    return sets;
  });
}

/**
 * What the server computes, unless these are more messages than it will work on, or it does not compute it at all: then what
 * is computed here. Tolerance: Courier offers SORT and THREAD where its administrator has disabled them.
 */
export async function unlessRefusedThere<Result>(there: Promise<Result>, here: () => Promise<Result>): Promise<Result> {
  try {
    return await there;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // A refusal of these messages, or for now, has a code.
    if (error.code === 'MESSAGELIMIT' || error.responseCode === undefined) return here();
    throw error;
  }
}
