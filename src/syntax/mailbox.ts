import { decodeUtf8 } from '../mime/charset.ts';
import { SPACE } from '../wire/chars.ts';
import { canonicalMailboxName, decodeMailboxName, decodeUtf8MailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';

/** A name, or a part of one, as it stands on the wire; `utf8`: UTF8=ACCEPT or IMAP4rev2 is enabled. */
export function decodeName(bytes: string, utf8: boolean): string {
  return utf8 ? decodeUtf8MailboxName(bytes) : decodeMailboxName(bytes);
}

/** mailbox = "INBOX" / astring (RFC 3501 §9): decoded, and INBOX as it is written here. */
export function decodeMailbox(bytes: string, utf8: boolean): string {
  return canonicalMailboxName(decodeName(bytes, utf8));
}

/** mailbox, decoded, and the space in front of it */
export function readMailbox(reader: Reader, utf8: boolean): string {
  return decodeMailbox(readMailboxBytes(reader), utf8);
}

/** The same as it stands on the wire. Tolerates parentheses and braces in a name without quotes (Telus: `folder(S)C ""`). */
export function readMailboxBytes(reader: Reader): string {
  reader.skipSpaces();
  if (reader.atString()) return reader.string();
  const { text, bytes, position, end } = reader;
  let at = position;
  while (at < end && (bytes[at] ?? 0) > SPACE) at++;
  if (at === position) reader.fail('a mailbox');
  reader.position = at;
  return text.substring(position, at);
}

/** *(SP astring): identifiers in UTF-8, rights in US-ASCII (RFC 4314 §7), quota roots, to the end of the response */
export function readWords(reader: Reader): string[] {
  const words: string[] = [];
  reader.skipSpaces();
  while (!reader.atEnd) {
    words.push(decodeUtf8(reader.astring()));
    reader.skipSpaces();
  }
  return words;
}
