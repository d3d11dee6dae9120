import { UsageError } from '../errors.ts';
import type { Behaviour } from '../session/pipeline.ts';

/** What a command on a set of messages may have beside it. */
export function setBehaviour(uid: boolean, text: string): Behaviour {
  if (text === '$') return { mailbox: true, usesSavedResult: true };
  return uid ? { mailbox: true } : { mailbox: true, sequenceNumbers: true };
}

/** The set's text, which formatMessageSet has checked. */
export function requireSet(text: string): string {
  if (text === '') throw new UsageError('An empty set of messages');
  return text;
}
