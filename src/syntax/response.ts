import type { ResponseCode } from '../errors.ts';
import { decodeUtf8 } from '../mime/charset.ts';
import { OPEN_BRACKET } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { readResponseCode } from './response-code.ts';

export type StatusName = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH';

/** What a status response says, behind its word. */
export interface ResponseText {
  code?: ResponseCode;
  /** For a person to read; UTF-8 where the server sends 8-bit characters. */
  text: string;
}

/** A status response, untagged or tagged (RFC 3501 §7.1). */
export interface StatusResponse extends ResponseText {
  status: StatusName;
}

const STATUS_NAMES = new Set<string>(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH']);

/** True for the words that begin a status response, in upper case. */
export function isStatusName(word: string): word is StatusName {
  return STATUS_NAMES.has(word);
}

/**
 * A status response behind its "* " or its tag.
 *
 *     resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text            (RFC 3501 §9)
 *     resp-cond-bye   = "BYE" SP resp-text
 */
export function readStatus(reader: Reader): StatusResponse {
  reader.skipSpaces();
  const status = reader.name().toUpperCase();
  if (!isStatusName(status)) return reader.fail('OK, NO, BAD, BYE or PREAUTH');
  if (status === 'NO') {
    // Tolerance: mailutils names the command first: `NO UID COPY [TRYCREATE] failed`.
    const { text, position } = reader;
    const command = /^ [A-Z]+(?: [A-Z]+)? (?=\[TRYCREATE\])/.exec(text.substring(position, position + 40));
    reader.position += command?.[0].length ?? 0;
  }
  const code = readCode(reader);
  return code === undefined ? { status, text: readText(reader) } : { status, code, text: readText(reader) };
}

/**
 * The rest of a status response or of a continuation request. Tolerates missing text and a missing SP before it
 * (iCloud, QQ, Gmail: `T3 OK [READ-WRITE]`, `A1 OK`).
 *
 *     resp-text = ["[" resp-text-code "]" SP] text                    (RFC 3501 §9)
 */
export function readResponseText(reader: Reader): ResponseText {
  const code = readCode(reader);
  return code === undefined ? { text: readText(reader) } : { code, text: readText(reader) };
}

function readCode(reader: Reader): ResponseCode | undefined {
  reader.skipSpaces();
  return reader.peek() === OPEN_BRACKET ? readResponseCode(reader) : undefined;
}

/** text = 1*TEXT-CHAR (RFC 3501 §9), or none. */
export function readText(reader: Reader): string {
  reader.skipSpaces();
  return decodeUtf8(reader.rest());
}
