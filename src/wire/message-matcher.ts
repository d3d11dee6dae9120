/** Who knows the last message's sequence number: it is asked for only where a set has `*` alone. */
export interface LastMessage {
  readonly last: number;
}

/**
 * Tells whether a message's number may be named by a sequence-set's text (RFC 3501 §9). A range `n:*` names n and what is above
 * it, and not a last message below it. `*` alone names the last one: which UID that has only the server knows, but not one
 * whose sequence number is below `last`, where both are known. `$` may name any.
 */
export function messageMatcher(text: string): (number: number, seq?: number, mailbox?: LastMessage) => boolean {
  if (text === '1:*') return (number) => number > 0;
  const single = Number(text);
  if (single > 0) return (number) => number === single;
  const ranges = text
    .split(',')
    .map((range) => {
      const [first = '', last = first] = range.split(':');
      return { first: bound(first), last: bound(last) };
    })
    .sort((a, b) => a.first - b.first);
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined && only.first !== Number.POSITIVE_INFINITY) {
    return (number) => number >= only.first && number <= only.last;
  }
  return (number, seq, mailbox) => {
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range === undefined) return false;
      if (number < range.first) high = middle - 1;
      else if (number > range.last) low = middle + 1;
      else return true;
    }
    if (text !== '*' && !text.endsWith(',*')) return text === '$';
    return seq === undefined || seq >= (mailbox?.last ?? 0);
  };
}

function bound(text: string): number {
  return text === '*' || text === '$' ? Number.POSITIVE_INFINITY : Number(text);
}
