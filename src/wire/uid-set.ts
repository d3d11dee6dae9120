import { shown, UsageError } from '../errors.ts';
import { COLON, COMMA, NINE, STAR, ZERO } from './chars.ts';
import { LARGEST_UINT32 } from './limits.ts';

/** Stands for `*`, the largest number in use (RFC 3501 §9), while a set is read: greater than any number. */
export const LARGEST_IN_USE = LARGEST_UINT32 + 1;

/** More ranges of different UIDs than COPYUID has room for in the longest line: one takes eight bytes of each of its sets. */
const MOST_RANGES = 1 << 22;

/** First and last UID of a range, both included. */
export type UidRange = [first: number, last: number];

/**
 * An immutable, compact set of UIDs: kept as ranges that are never expanded, so that `1:4294967295` costs two numbers.
 * Iterates lazily in ascending order.
 */
export class UidSet implements Iterable<number> {
  static readonly empty: UidSet = new UidSet(new Uint32Array(0));

  /** How many UIDs the set holds. */
  readonly size: number;
  /** first, last, first, last…: ascending, disjoint and not adjacent. */
  readonly #bounds: Uint32Array;

  private constructor(bounds: Uint32Array) {
    let size = bounds.length / 2;
    for (let index = 0; index < bounds.length; index += 2) size += bound(bounds, index + 1) - bound(bounds, index);
    this.size = size;
    this.#bounds = bounds;
  }

  /**
   * A set of one UID, of a text such as `'7,9:12'` (see parseUidSet), or of UIDs in any order.
   * Throws UsageError for anything that is no UID.
   */
  static from(input: number | string | Iterable<number>): UidSet {
    if (input instanceof UidSet) return input;
    if (typeof input === 'string') return parseUidSet(input);
    if (typeof input === 'number') return UidSet.range(input, input);
    const builder = new UidSetBuilder();
    for (const uid of iterated(input)) builder.add(checked(uid));
    return builder.build();
  }

  /** Every UID from `first` to `last`, both included, in either order. */
  static range(first: number, last: number): UidSet {
    const bounds = Uint32Array.of(checked(first), checked(last));
    return new UidSet(bounds.sort());
  }

  /** For the builder: takes first, last, first, last…, ascending, disjoint, not adjacent, and keeps the array. */
  static fromBounds(bounds: Uint32Array): UidSet {
    return bounds.length === 0 ? UidSet.empty : new UidSet(bounds);
  }

  get first(): number | undefined {
    return this.#bounds[0];
  }

  get last(): number | undefined {
    return this.#bounds[this.#bounds.length - 1];
  }

  /** Logarithmic in the number of ranges. */
  has(uid: number): boolean {
    const index = this.#rangeFrom(uid);
    return index < this.#bounds.length && bound(this.#bounds, index) <= uid && Number.isInteger(uid);
  }

  /** Any of it lies between these, or is one of them. Logarithmic in the number of ranges. */
  touches(first: number, last: number): boolean {
    const index = this.#rangeFrom(first);
    return index < this.#bounds.length && bound(this.#bounds, index) <= last;
  }

  *ranges(): IterableIterator<UidRange> {
    const bounds = this.#bounds;
    for (let index = 0; index < bounds.length; index += 2) yield [bound(bounds, index), bound(bounds, index + 1)];
  }

  *[Symbol.iterator](): IterableIterator<number> {
    const bounds = this.#bounds;
    for (let index = 0; index < bounds.length; index += 2) {
      const last = bound(bounds, index + 1);
      for (let uid = bound(bounds, index); uid <= last; uid++) yield uid;
    }
  }

  /** This set and one more UID. */
  add(uid: number): UidSet {
    return this.has(uid) ? this : this.union(UidSet.range(uid, uid));
  }

  union(other: UidSet): UidSet {
    if (other.size === 0) return this;
    if (this.size === 0) return other;
    const left = this.#bounds;
    const right = other.#bounds;
    const builder = new UidSetBuilder();
    let l = 0;
    let r = 0;
    while (l < left.length || r < right.length) {
      const takeLeft = r >= right.length || (l < left.length && bound(left, l) <= bound(right, r));
      if (takeLeft) builder.addRange(bound(left, l), bound(left, l + 1));
      else builder.addRange(bound(right, r), bound(right, r + 1));
      if (takeLeft) l += 2;
      else r += 2;
    }
    return builder.build();
  }

  intersect(other: UidSet): UidSet {
    const left = this.#bounds;
    const right = other.#bounds;
    const builder = new UidSetBuilder();
    let l = 0;
    let r = 0;
    while (l < left.length && r < right.length) {
      const leftLast = bound(left, l + 1);
      const rightLast = bound(right, r + 1);
      const first = Math.max(bound(left, l), bound(right, r));
      const last = Math.min(leftLast, rightLast);
      if (first <= last) builder.addRange(first, last);
      if (leftLast <= rightLast) l += 2;
      else r += 2;
    }
    return builder.build();
  }

  /** The UIDs of this set that are not in the other. */
  subtract(other: UidSet): UidSet {
    if (this.size === 0 || other.size === 0) return this;
    const right = other.#bounds;
    const builder = new UidSetBuilder();
    let r = 0;
    for (const [start, last] of this.ranges()) {
      let first = start;
      while (r < right.length && bound(right, r + 1) < first) r += 2;
      while (r < right.length && bound(right, r) <= last) {
        if (bound(right, r) > first) builder.addRange(first, bound(right, r) - 1);
        first = bound(right, r + 1) + 1;
        // A range of the other set that goes on past this one can meet the next one too.
        if (first > last) break;
        r += 2;
      }
      if (first <= last) builder.addRange(first, last);
    }
    return builder.build();
  }

  /** The UIDs at positions `start` to `end` (not included), counted as Array.prototype.slice counts. */
  slice(start = 0, end = this.size): UidSet {
    let skip = position(start, this.size);
    let take = position(end, this.size) - skip;
    if (skip === 0 && take === this.size) return this;
    const builder = new UidSetBuilder();
    for (const [first, last] of this.ranges()) {
      if (take <= 0) break;
      const count = last - first + 1;
      if (skip < count) {
        const from = first + skip;
        const to = Math.min(last, from + take - 1);
        builder.addRange(from, to);
        take -= to - from + 1;
      }
      skip = Math.max(0, skip - count);
    }
    return builder.build();
  }

  /** As IMAP writes it: `1:3,7`; the empty set is the empty string. */
  toString(): string {
    const texts: string[] = [];
    for (const [first, last] of this.ranges()) texts.push(rangeText(first, last));
    return texts.join(',');
  }

  /** In JSON it is that text, which parseUidSet takes back. */
  toJSON(): string {
    return this.toString();
  }

  /** What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `UidSet(${this.size}) '${this.toString()}'`;
  }

  /** The place in #bounds of the first range that ends at `uid` or after it. */
  #rangeFrom(uid: number): number {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bound(bounds, middle * 2 + 1) < uid) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }
}

/** The type without the class: `export type` of a class stands as a value in the bundled declarations. */
export type PublicUidSet = UidSet;

/**
 * Gathers UIDs into a UidSet. Constant time for each UID or range that comes in ascending order; those out of order
 * cost one sort at the end. Takes what it is given: the caller has seen that they are UIDs.
 */
export class UidSetBuilder {
  #bounds = new Uint32Array(16);
  #length = 0;
  #sorted = true;

  add(uid: number): void {
    this.addRange(uid, uid);
  }

  /** `first` is not greater than `last`. */
  addRange(first: number, last: number): void {
    const length = this.#length;
    if (length > 0) {
      const lastEnd = bound(this.#bounds, length - 1);
      const lastStart = bound(this.#bounds, length - 2);
      if (first >= lastStart && first <= lastEnd + 1) {
        if (last > lastEnd) this.#bounds[length - 1] = last;
        return;
      }
      if (first < lastStart) this.#sorted = false;
      if (length === this.#bounds.length) this.#grow();
    }
    this.#bounds[length] = first;
    this.#bounds[length + 1] = last;
    this.#length = length + 2;
  }

  addSet(set: UidSet): void {
    for (const [first, last] of set.ranges()) this.addRange(first, last);
  }

  /** The set of what was added so far; the builder can go on. */
  build(): UidSet {
    if (!this.#sorted) this.#sort();
    return UidSet.fromBounds(this.#bounds.slice(0, this.#length));
  }

  #grow(): void {
    const larger = new Uint32Array(this.#bounds.length * 2);
    larger.set(this.#bounds);
    this.#bounds = larger;
  }

  #sort(): void {
    const bounds = this.#bounds;
    const order = new Uint32Array(this.#length / 2);
    for (let index = 0; index < order.length; index++) order[index] = index * 2;
    order.sort((a, b) => bound(bounds, a) - bound(bounds, b));
    this.#bounds = new Uint32Array(bounds.length);
    this.#length = 0;
    this.#sorted = true;
    for (const index of order) this.addRange(bound(bounds, index), bound(bounds, index + 1));
  }
}

/**
 * Reads a set of UIDs as IMAP writes it: `'1:3,7'`; ranges in any order, and either way round. The empty string is the
 * empty set, so that every UidSet survives its own toString. Throws UsageError for anything else, `*` included.
 */
export function parseUidSet(text: string): UidSet {
  if (typeof text !== 'string') throw new UsageError(`not a set of UIDs: ${shown(text)}`);
  const builder = new UidSetBuilder();
  const valid = scanRanges(text, STRICT, (first, last) => builder.addRange(first, last));
  if (!valid && text !== '') throw new UsageError(`not a set of UIDs: ${shown(text)}`);
  return builder.build();
}

/**
 * Reads a set from the server, or undefined where the text is none: ranges in any order and either way round,
 * overlapping ones merged, leading zeros let pass.
 *
 *     uid-set = (uniqueid / uid-range) *("," uid-set)                 (RFC 4315 §4; known-uids, RFC 7162 §7)
 *     uid-range = (uniqueid ":" uniqueid)
 */
export function readUidSet(text: string): UidSet | undefined {
  const builder = new UidSetBuilder();
  return scanRanges(text, TOLERANT, (first, last) => builder.addRange(first, last)) ? builder.build() : undefined;
}

/**
 * The ranges of a uid-set in the order in which they were sent, which is what COPYUID's two sets are matched by
 * (RFC 4315 §3); each range from its lower UID to its higher one (`4:2` equals `2:4`). Undefined for nonsense.
 */
export function parseUidList(text: string): UidRange[] | undefined {
  const list: UidRange[] = [];
  const isSet = eachUidRange(text, (first, last) => {
    if (list.length <= MOST_RANGES) list.push([first, last]);
  });
  return isSet && list.length <= MOST_RANGES ? list : undefined;
}

/** As parseUidList(), with nothing kept: a range takes fifty times what it does on the wire. False for nonsense. */
export function eachUidRange(text: string, take: (first: number, last: number) => void): boolean {
  return scanRanges(text, TOLERANT, take);
}

/**
 * Adds COPYUID's source and target UIDs to a map, matched one by one (RFC 4315 §3), the first `limit` of them at most. Sets
 * of unequal size match nothing: a guess would hand one message's UID to another.
 */
export function zipUidRanges(
  uids: Map<number, number>,
  source: readonly UidRange[],
  target: readonly UidRange[],
  limit: number,
): void {
  if (countOf(source) !== countOf(target)) return;
  let index = 0;
  let used = 0;
  let taken = 0;
  for (const [first, last] of source) {
    for (let uid = first; uid <= last && taken < limit; uid++, taken++) {
      const range = target[index];
      if (range === undefined) return;
      uids.set(uid, range[0] + used);
      used++;
      if (range[0] + used > range[1]) {
        index++;
        used = 0;
      }
    }
    if (taken >= limit) return;
  }
}

interface Grammar {
  star: boolean;
  leadingZeros: boolean;
}

/** What a caller may write. */
const STRICT: Grammar = { star: false, leadingZeros: false };
export const MESSAGES: Grammar = { star: true, leadingZeros: false };
/** What servers write. */
const TOLERANT: Grammar = { star: false, leadingZeros: true };

/** Hands over each range, lower number first, in the order of the text. False as soon as the text is no set. */
export function scanRanges(text: string, grammar: Grammar, take: (first: number, last: number) => void): boolean {
  let first = 0;
  let number = 0;
  let digits = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : COMMA;
    if (code >= ZERO && code <= NINE) {
      if (number === LARGEST_IN_USE || (digits > 0 && number === 0 && !grammar.leadingZeros)) return false;
      number = number * 10 + code - ZERO;
      if (number > LARGEST_UINT32) return false;
      digits++;
    } else if (code === STAR) {
      if (!grammar.star || digits > 0) return false;
      number = LARGEST_IN_USE;
      digits = 1;
    } else {
      if (number === 0) return false;
      if (code === COLON && first === 0) first = number;
      else if (code !== COMMA) return false;
      else {
        if (first === 0) first = number;
        take(Math.min(first, number), Math.max(first, number));
        first = 0;
      }
      number = 0;
      digits = 0;
    }
  }
  return true;
}

/** Every index that comes here is inside the array; the compiler can not know it. */
function bound(bounds: Uint32Array, index: number): number {
  return bounds[index] ?? 0;
}

export function rangeText(first: number, last: number): string {
  return first === last ? `${first}` : `${first}:${last}`;
}

function countOf(ranges: readonly UidRange[]): number {
  let count = 0;
  for (const [first, last] of ranges) count += last - first + 1;
  return count;
}

function position(index: number, size: number): number {
  return index < 0 ? Math.max(0, size + index) : Math.min(index, size);
}

function checked(number: number): number {
  if (Number.isInteger(number) && number >= 1 && number <= LARGEST_UINT32) return number;
  throw new UsageError(`not a message number from 1 to 4294967295: ${shown(number)}`);
}

function iterated(input: Iterable<number>): Iterable<number> {
  // A Buffer's numbers are bytes: of a text that names UIDs, its characters.
  if (typeof input === 'object' && input !== null && Symbol.iterator in input && !Buffer.isBuffer(input)) return input;
  throw new UsageError(`not a message set: ${shown(input)}`);
}
