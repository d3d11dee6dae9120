import type { Message } from './message.ts';
import type { Session } from './session.ts';
import type { View, ViewChanges } from './view.ts';

/** Tells a session of changes that it did not make: EXPUNGE first, for the numbers after it count without them. */
export function writeChanges(session: Session, view: View, changes: ViewChanges): void {
  for (const { sequenceNumber } of changes.expunged) session.untagged(`${sequenceNumber} EXPUNGE`);
  if (changes.exists !== undefined) session.untagged(`${changes.exists} EXISTS`);
  if (changes.recent !== undefined) session.untagged(`${changes.recent} RECENT`);
  for (const message of changes.messages) writeFlags(session, view, message, false);
}

/** `* n FETCH (FLAGS …)`, which also answers STORE. */
export function writeFlags(session: Session, view: View, message: Message, withUid: boolean): void {
  const uid = withUid ? `UID ${message.uid} ` : '';
  session.untagged(`${view.sequenceNumber(message)} FETCH (${uid}FLAGS (${view.flags(message).join(' ')}))`);
}
