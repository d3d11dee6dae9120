import { casemapKey } from './casemap.ts';
import { baseSubject } from './subject.ts';

/** RFC 5256 §3, RFC 5957 §4, and RFC 6203 §6: by `relevancy` what matches a fuzzy key best comes first. */
export type SortKey =
  | 'arrival'
  | 'cc'
  | 'date'
  | 'displayFrom'
  | 'displayTo'
  | 'from'
  | 'relevancy'
  | 'size'
  | 'subject'
  | 'to';
export type SortCriterion = SortKey | { by: SortKey; reverse?: boolean | undefined };

/** An address as ENVELOPE gives it: names decoded, `address` is mailbox@host. */
export type SortAddress = { name?: string; address: string } | { group: string };

/** What the criteria look at; only what the criteria in use need has to be there. */
export interface SortableMessage {
  uid: number;
  /** The Date field. */
  date?: Date | undefined;
  internalDate?: Date | undefined;
  size?: number | undefined;
  relevancy?: number | undefined;
  /** Decoded. */
  subject?: string | undefined;
  from?: readonly SortAddress[] | undefined;
  to?: readonly SortAddress[] | undefined;
  cc?: readonly SortAddress[] | undefined;
}

type Key = string | number;

/**
 * Compares messages as SORT does (RFC 5256 §3): by each criterion in turn, then in mailbox order, which `reverse` does
 * not turn. Keys are made once for each message object, as long as the function lives.
 */
export function compareMessages(
  criteria: readonly SortCriterion[],
): (a: SortableMessage, b: SortableMessage) => number {
  const wanted = criteria.map((criterion) => (typeof criterion === 'string' ? { by: criterion } : criterion));
  const known = new Map<SortableMessage, Key[]>();
  const keysOf = (message: SortableMessage): Key[] => {
    let keys = known.get(message);
    if (!keys) {
      keys = wanted.map(({ by }) => keyOf(message, by));
      known.set(message, keys);
    }
    return keys;
  };
  return (a, b) => {
    const keysA = keysOf(a);
    const keysB = keysOf(b);
    for (const [i, { reverse }] of wanted.entries()) {
      const order = compare(keysA[i] ?? '', keysB[i] ?? '');
      if (order !== 0) return reverse ? -order : order;
    }
    return a.uid - b.uid;
  };
}

/**
 * RFC 5256 §2.2: the Date field in UTC, else the internal date, as milliseconds since 1970; where both are missing,
 * the earliest of all.
 */
export function sentDate(message: { date?: Date | undefined; internalDate?: Date | undefined }): number {
  return message.date?.getTime() ?? message.internalDate?.getTime() ?? Number.NEGATIVE_INFINITY;
}

function keyOf(message: SortableMessage, by: SortKey): Key {
  switch (by) {
    case 'arrival':
      return message.internalDate?.getTime() ?? Number.NEGATIVE_INFINITY;
    case 'date':
      return sentDate(message);
    case 'size':
      return message.size ?? 0;
    case 'relevancy':
      return -(message.relevancy ?? 0);
    case 'subject':
      return casemapKey(baseSubject(message.subject ?? '').text);
    case 'displayFrom':
      return casemapKey(displayName(message.from?.[0]));
    case 'displayTo':
      return casemapKey(displayName(message.to?.[0]));
    case 'from':
    case 'to':
    case 'cc':
      return casemapKey(mailbox(message[by]?.[0]));
  }
}

/** addr-mailbox of the envelope's first address: of a group it is the group's name (RFC 3501 §7.4.2). */
function mailbox(address: SortAddress | undefined): string {
  if (!address) return '';
  if ('group' in address) return address.group;
  const at = address.address.lastIndexOf('@');
  return at < 0 ? address.address : address.address.slice(0, at);
}

/** RFC 5957 §3: the decoded name, else the address. */
function displayName(address: SortAddress | undefined): string {
  if (!address) return '';
  return 'group' in address ? address.group : address.name || address.address;
}

/** Of two infinite numbers too. */
export function compare(a: Key, b: Key): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
