import { shown, UsageError } from '../errors.ts';
import { LARGEST_UINT32 } from './limits.ts';
import { LARGEST_IN_USE, MESSAGES, rangeText, scanRanges, UidSet, UidSetBuilder } from './uid-set.ts';

/**
 * UIDs: `42`, `'1:*'`, `'7,9:12'`, `[1, 2, 3]`, a UidSet. An empty iterable names none; an empty text is no set in IMAP: a
 * UsageError. Sequence numbers only when asked for: `{ seq: '1:10' }`.
 * They are those of the time of the call: where messages have gone before the command could be sent, or may have, as in a
 * mailbox that is selected anew, it rejects with the code SEQUENCE_CHANGED. Numbers above the last message name none.
 * `'$'`: the saved search result (RFC 5182).
 */
export type MessageSet = number | string | Iterable<number> | { seq: number | string | Iterable<number> };

/**
 * A caller's message set as it goes on the wire: sorted, merged, never `n:m` with n greater than m (hMailServer and
 * Tencent refuse those), `*` kept. An empty iterable gives the text '': there is nothing to send then.
 * Throws UsageError for whatever is not a message set.
 *
 *     sequence-set = (seq-number / seq-range) *("," sequence-set)     (RFC 3501 §9)
 *     seq-range    = seq-number ":" seq-number
 *     seq-number   = nz-number / "*"
 *     sequence-set =/ "$"                                             (RFC 5182 §3)
 */
export function formatMessageSet(set: MessageSet): { uid: boolean; text: string } {
  if (isBySequence(set)) return { uid: false, text: membersText(set.seq) };
  return { uid: true, text: membersText(set) };
}

/**
 * The text of a set of UIDs that means by `n:*` the messages from n on: `*` is the last message, and where it lies below n
 * the range goes down to it and names it (RFC 3501 §9). An end that no UID goes beyond says what is meant.
 */
export function upwards(text: string): string {
  return text === '1:*' ? text : text.replace(/:\*$/, ':4294967295');
}

/** True for `{ seq }`. */
export function isBySequence(set: MessageSet): set is { seq: number | string | Iterable<number> } {
  return typeof set === 'object' && set !== null && 'seq' in set && !(Symbol.iterator in set);
}

/** nz-number (RFC 3501 §9): the UID, or the sequence number, of one message, which is what most sets name. */
export function isMessageNumber(set: unknown): set is number {
  return typeof set === 'number' && Number.isInteger(set) && set > 0 && set <= LARGEST_UINT32;
}

function membersText(members: number | string | Iterable<number>): string {
  if (isMessageNumber(members)) return String(members);
  if (typeof members === 'string') return SINGLE.test(members) ? members : setText(members);
  return UidSet.from(members).toString();
}

const SINGLE = /^[1-9]\d{0,8}$/;

function setText(text: string): string {
  if (text === '$') return text;
  const builder = new UidSetBuilder();
  /** The start of `n:*`, the lowest one of several; LARGEST_IN_USE for a single `*`. */
  let open = 0;
  const valid = scanRanges(text, MESSAGES, (first, last) => {
    if (last !== LARGEST_IN_USE) builder.addRange(first, last);
    else open = open === 0 ? first : Math.min(open, first);
  });
  if (!valid) throw new UsageError(`not a message set: ${shown(text)}`);
  return open === 0 ? builder.build().toString() : openText(builder.build(), open);
}

/**
 * `open:*` takes in what lies after its start or touches it: where `*` is less than that start, nothing lies there. By itself
 * `*` is no such range: it names the last message, whichever that is.
 */
function openText(set: UidSet, open: number): string {
  if (open === LARGEST_IN_USE) return set.size === 0 ? '*' : `${set},*`;
  const texts: string[] = [];
  let start = open;
  for (const [first, last] of set.ranges()) {
    if (last >= start - 1) {
      start = Math.min(start, first);
      break;
    }
    texts.push(rangeText(first, last));
  }
  texts.push(`${start}:*`);
  return texts.join(',');
}

/** What of a set's text lies below a UID. A `*` that stands alone names the last message, which never does. */
export function setBelow(text: string, uid: number): string {
  const builder = new UidSetBuilder();
  scanRanges(text, MESSAGES, (first, last) => {
    if (first < uid) builder.addRange(first, Math.min(last, uid - 1));
  });
  return builder.build().toString();
}

/**
 * Cuts the text of a set at commas into texts of at most `maxLength` characters, for servers limit a command line.
 * A single range that is longer (they have 21 characters at most) stays whole.
 */
export function splitSet(text: string, maxLength: number): string[] {
  const texts: string[] = [];
  let start = 0;
  while (text.length - start > maxLength) {
    let comma = text.lastIndexOf(',', start + maxLength);
    if (comma <= start) comma = text.indexOf(',', start + 1);
    if (comma < 0) break;
    texts.push(text.slice(start, comma));
    start = comma + 1;
  }
  if (start < text.length) texts.push(text.slice(start));
  return texts;
}
