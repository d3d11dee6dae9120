import { bad } from './refusal.ts';

/** The largest number in use: what `*` stands for. */
export const STAR = Number.POSITIVE_INFINITY;

/** Ranges as written, each with its smaller number first. */
export type Ranges = [first: number, last: number][];

/** sequence-set = (seq-number / seq-range) ["," sequence-set] (RFC 3501 §9) */
export function parseSet(text: string): Ranges {
  return text.split(',').map((item) => {
    const match = /^(?:([1-9]\d{0,9})|\*)(?::(?:([1-9]\d{0,9})|\*))?$/.exec(item);
    if (!match) throw bad('Bad sequence set');
    const first = match[1] ? Number(match[1]) : STAR;
    const last = item.includes(':') ? (match[2] ? Number(match[2]) : STAR) : first;
    if ((first !== STAR && first > 0xffffffff) || (last !== STAR && last > 0xffffffff)) throw bad('Bad sequence set');
    return first <= last ? [first, last] : [last, first];
  });
}

/** The ranges without `*`, sorted, without overlaps. */
export function resolve(ranges: Ranges, star: number): Ranges {
  const resolved = ranges.map(([first, last]): [number, number] => {
    const low = first === STAR ? star : first;
    const high = last === STAR ? star : last;
    return low <= high ? [low, high] : [high, low];
  });
  resolved.sort((a, b) => a[0] - b[0]);
  const merged: Ranges = [];
  for (const range of resolved) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

/** Whether a number is in a set; what is to be known of the set is found out once for all that are asked. */
export function membership(ranges: Ranges, star: number): (number: number) => boolean {
  const resolved = resolve(ranges, star);
  return (number) => {
    let low = 0;
    let high = resolved.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((resolved[middle]?.[1] ?? number) < number) low = middle + 1;
      else high = middle;
    }
    const found = resolved[low];
    return found !== undefined && found[0] <= number;
  };
}
