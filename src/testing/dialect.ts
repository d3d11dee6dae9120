/** What a session has made of the protocol by ENABLE. */
import { astring, utf8Bytes } from './format.ts';
import { encodeName } from './mailbox-name.ts';
import type { Session } from './session.ts';

/** IMAP4rev2 (RFC 9051) is spoken: enabled, or all there is. */
export function speaksRev2(session: Session): boolean {
  return session.enabled.has('IMAP4REV2') || (session.offers('IMAP4REV2') && !session.offers('IMAP4REV1'));
}

/** UTF-8 stands in quoted strings, and names are not encoded (RFC 9755 §3, RFC 9051 §5.1). */
export function usesUtf8(session: Session): boolean {
  return session.enabled.has('UTF8=ACCEPT') || speaksRev2(session);
}

/** Messages are named by UID alone (RFC 9586). */
export function isUidOnly(session: Session): boolean {
  return session.enabled.has('UIDONLY');
}

/** A mailbox name as it is written in a response. */
export function mailboxName(session: Session, name: string): string {
  if (!usesUtf8(session)) return astring(encodeName(name));
  const bytes = utf8Bytes(name);
  return /[\x80-\xff]/.test(bytes) ? `"${bytes.replace(/["\\]/g, '\\$&')}"` : astring(bytes);
}

/** A name as the server keeps it: IMAP4rev2 has one form of each (RFC 9051 §5.1, RFC 5198). */
export function normalized(session: Session, name: string): string {
  return speaksRev2(session) ? name.normalize('NFC') : name;
}
