import { decodeUtf8 } from '../mime/charset.ts';
import { CLOSE, DOT, OPEN } from '../wire/chars.ts';
import { readNumber, readNumber64 } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import { readMailboxBytes, readWords } from './mailbox.ts';

/** What one quota root uses, and what it may use. */
export interface Quota {
  /** A name that the server gives: on Cyrus a mailbox as it stands on the wire, which encodeMailboxName makes. */
  root: string;
  /**
   * By upper-case name: STORAGE and ANNOTATION-STORAGE in units of 1024 octets, MESSAGE and MAILBOX as counts (RFC 9208 §5),
   * others as their server means them. Exact up to 2^53. A limit of Infinity: the server names none.
   */
  resources: Record<string, { used: number; limit: number }>;
}

/** More resources than a server has. */
const MAX_RESOURCES = 100;

/**
 * quota-response = "QUOTA" SP quota-root-name SP quota-list
 * quota-list = "(" quota-resource *(SP quota-resource) ")"        (RFC 9208 §7; RFC 2087 §6: the list may be empty)
 *
 * Tolerates more than one space, a root in spaces without quotes (Dovecot's `User quota` behind a proxy), and no list.
 */
export function readQuota(reader: Reader): Quota {
  reader.skipSpaces();
  const root = decodeUtf8(readRoot(reader));
  const resources: [string, { used: number; limit: number }][] = [];
  reader.skipSpaces();
  if (reader.peek() === OPEN) {
    reader.list(() => {
      const name = reader.astring().toUpperCase();
      const used = readAmount(reader);
      const limit = readLimit(reader);
      if (resources.length < MAX_RESOURCES) resources.push([name, { used, limit }]);
    });
  }
  // Names come from the server: "__proto__" is one like any other.
  return { root, resources: Object.fromEntries(resources) };
}

/**
 * What is known of a quota once `told` is told too. Tolerates several responses for one root, each with resources of its
 * own (KIMAP's tests): of a resource that is told twice, the later one holds.
 */
export function addQuota(known: Quota | undefined, told: Quota): Quota {
  if (known?.root !== told.root) return told;
  const resources = Object.entries({ ...known.resources, ...told.resources });
  return { root: told.root, resources: Object.fromEntries(resources.slice(0, MAX_RESOURCES)) };
}

/** Of what is told of one root: another's counts only where nothing is told of that one. */
export function quotaOf(root: string, known: Quota | undefined, told: Quota): Quota {
  return known?.root === root && told.root !== root ? known : addQuota(known, told);
}

/** quota-root-name = astring (RFC 9208 §7) */
function readRoot(reader: Reader): string {
  if (reader.atString()) return reader.string();
  const { text, position, end } = reader;
  const list = text.indexOf('(', position);
  reader.position = list < 0 || list > end ? end : list;
  return text.substring(position, reader.position).trim();
}

/** Tolerates what means that there is no limit: -1, NIL, a word, nothing. */
function readLimit(reader: Reader): number {
  reader.skipSpaces();
  if (reader.atNumber()) return readAmount(reader);
  if (reader.peek() !== CLOSE && reader.peek() !== -1) reader.skipValue();
  return Number.POSITIVE_INFINITY;
}

/** number64 (RFC 9208 §7), or a decimal number. Where a server means "no limit" by the greatest of them, it is not exact. */
function readAmount(reader: Reader): number {
  reader.skipSpaces();
  if (!reader.atNumber()) return readNumber(reader);
  const { position } = reader;
  const amount = Number(readNumber64(reader));
  if (reader.peek() !== DOT) return amount;
  reader.position = position;
  return readNumber(reader);
}

/** quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name) (RFC 9208 §7) */
export function readQuotaRoots(reader: Reader): string[] {
  readMailboxBytes(reader);
  return readWords(reader);
}
