import { shown, UsageError } from '../errors.ts';

/** partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number (RFC 9394 §4) */
const RANGE = /^(-?)([1-9]\d{0,9}):\1([1-9]\d{0,9})$/;

/** Throws UsageError for what is no range. */
export function requirePartialRange(range: unknown): void {
  if (typeof range !== 'string' || !RANGE.test(range)) throw new UsageError(`not a range of results: ${shown(range)}`);
}

/** The places of a range among so many results, for slice(): from the first, or back from the last (RFC 9394 §3.1). */
export function placesOf(range: string, count: number): [from: number, to: number] {
  const [, minus, first, last] = RANGE.exec(range) ?? [];
  const low = Math.min(Number(first), Number(last));
  const high = Math.max(Number(first), Number(last));
  return minus === '' ? [low - 1, high] : [Math.max(0, count - high), Math.max(0, count - low + 1)];
}
