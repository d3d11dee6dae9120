import { shown, UsageError } from '../errors.ts';
import type { Behaviour } from '../session/pipeline.ts';
import { isMessageNumber } from '../wire/sequence-set.ts';

const BY_UID: Behaviour = { mailbox: true };
const BY_SEQUENCE: Behaviour = { mailbox: true, sequenceNumbers: true };
const OF_SAVED: Behaviour = { mailbox: true, usesSavedResult: true };

/** The behaviour of a command on a set of messages. One object for all commands: thousands may wait. */
export function setBehaviour(uid: boolean, text: string): Behaviour {
  if (text === '$') return OF_SAVED;
  return uid ? BY_UID : BY_SEQUENCE;
}

/** Throws UsageError for what is not the UID of one message. */
export function requireUid(uid: unknown): void {
  if (!isMessageNumber(uid)) throw new UsageError(`one message is named by its UID, not by ${shown(uid)}`);
}

/** The set's text, which formatMessageSet has checked. */
export function requireSet(text: string): string {
  if (text === '') throw new UsageError('an empty set of messages');
  return text;
}
