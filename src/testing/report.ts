import { isUidOnly, speaksRev2 } from './dialect.ts';
import { numberSet } from './format.ts';
import { labelsItem } from './gmail.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';
import type { View, ViewChanges } from './view.ts';

/** Tells a session of changes that it did not make: EXPUNGE first, for the numbers after it count without them. */
export function writeChanges(session: Session, view: View, changes: ViewChanges, withUids: boolean): void {
  reportFlagNames(session, view);
  if (session.enabled.has('QRESYNC') || isUidOnly(session)) {
    const uids = changes.expunged.map(({ message }) => message.uid);
    if (uids.length > 0) session.untagged(`VANISHED ${numberSet(uids)}`);
  } else {
    for (const { sequenceNumber } of changes.expunged) session.untagged(`${sequenceNumber} EXPUNGE`);
  }
  if (changes.exists !== undefined) session.untagged(`${changes.exists} EXISTS`);
  if (changes.recent !== undefined && !speaksRev2(session)) session.untagged(`${changes.recent} RECENT`);
  for (const message of changes.messages) writeFlags(session, view, message, withUids);
}

/** `* n FETCH (FLAGS …)`, which also answers STORE; with the modseq where the client knows of them (RFC 7162 §3.1.4.2). */
export function writeFlags(session: Session, view: View, message: Message, withUid: boolean): void {
  writeItems(session, view, message, withUid, flagsItem(session, view, message));
}

/** `* n FETCH (X-GM-LABELS …)` answers STORE too. */
export function writeLabels(session: Session, view: View, message: Message, withUid: boolean): void {
  writeItems(session, view, message, withUid, labelsItem(session, view, message));
}

/** Only the modseq, after a silent STORE (RFC 7162 §3.1.3). */
export function writeModseq(session: Session, view: View, message: Message, withUid: boolean): void {
  writeItems(session, view, message, withUid);
}

function writeItems(session: Session, view: View, message: Message, withUid: boolean, flags?: string): void {
  const items: string[] = [];
  if (!isUidOnly(session) && (withUid || session.enabled.has('QRESYNC'))) items.push(`UID ${message.uid}`);
  if (flags !== undefined) items.push(flags);
  if (session.usesModseqs) items.push(`MODSEQ (${message.modseq})`);
  session.untagged(`${fetchHead(session, view, message)} (${items.join(' ')})`);
}

/** How a FETCH response begins; UIDFETCH names the UID (RFC 9586 §3.3). */
export function fetchHead(session: Session, view: View, message: Message): string {
  return isUidOnly(session) ? `${message.uid} UIDFETCH` : `${view.sequenceNumber(message)} FETCH`;
}

/** IMAP4rev2 has no \\Recent (RFC 9051 Appendix E). */
export function flagsItem(session: Session, view: View, message: Message): string {
  const flags = speaksRev2(session) ? [...message.flags] : view.flags(message);
  return `FLAGS (${flags.join(' ')})`;
}

/** FLAGS and PERMANENTFLAGS, at SELECT and whenever the mailbox has got another keyword (RFC 3501 §7.2.6). */
export function reportFlagNames(session: Session, view: View): void {
  const { flagNames } = view.mailbox;
  if (view.flagNamesReported === flagNames.size) return;
  view.flagNamesReported = flagNames.size;
  const names = flagNames.all.join(' ');
  session.untagged(`FLAGS (${names})`);
  if (view.readOnly) session.untagged('OK [PERMANENTFLAGS ()] Read-only');
  else session.untagged(`OK [PERMANENTFLAGS (${names} \\*)] Flags permitted`);
}
