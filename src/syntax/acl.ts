import { decodeUtf8 } from '../mime/charset.ts';
import { canonicalMailboxName, decodeMailboxName, decodeUtf8MailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';

/** mailbox = "INBOX" / astring (RFC 3501 §9), decoded, and the space in front of it */
export function readMailbox(reader: Reader, utf8: boolean): string {
  reader.skipSpaces();
  const name = reader.astring();
  return canonicalMailboxName(utf8 ? decodeUtf8MailboxName(name) : decodeMailboxName(name));
}

/** *(SP astring): identifiers in UTF-8, rights in US-ASCII (RFC 4314 §7), to the end of the response */
export function readWords(reader: Reader): string[] {
  const words: string[] = [];
  reader.skipSpaces();
  while (!reader.atEnd) {
    words.push(decodeUtf8(reader.astring()));
    reader.skipSpaces();
  }
  return words;
}
