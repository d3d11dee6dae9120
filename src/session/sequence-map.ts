import type { UidSet } from '../wire/uid-set.ts';

/** So many UIDs stand in a block at most: what comes or goes in between moves no others. */
const BLOCK = 1024;
/** So many messages may be passed over by those that come before their turn: one small response can name any of ten million. */
const MOST_PASSED_OVER = 100_000;
/** The known UIDs of a block in ascending order, where its map is not ascending, and perhaps some that are gone. */
const sortedBlocks = new WeakMap<number[], Uint32Array>();

/**
 * The UID of each message by its sequence number; 0: it is not known. A message that goes changes the numbers of all behind
 * it: they stand in blocks, so that a flood of EXPUNGE in a large mailbox costs little each.
 */
export class SequenceMap implements Iterable<number> {
  #blocks: number[][] = [];
  #length = 0;
  /** How many are not known. */
  #unknown = 0;
  /** How many that were passed over are no longer there: a few bytes can make room for them, and have it cut off, again and again. */
  #cutOff = 0;
  /** All are known, each higher than the one before. */
  #ascending = true;
  /** The block that was looked at last, and how many messages stand before it. */
  #block = 0;
  #before = 0;
  /** Somebody else has the block, too: it is copied before it changes. */
  #shared = false;

  static of(uids: Iterable<number>): SequenceMap {
    const map = new SequenceMap();
    for (const uid of uids) map.#append(uid);
    return map;
  }

  get length(): number {
    return this.#length;
  }

  /** No message's UID is unknown. */
  get complete(): boolean {
    return this.#unknown === 0;
  }

  /** The UID of the last message; 0 where there is none. */
  get last(): number {
    return this.#blocks.at(-1)?.at(-1) ?? 0;
  }

  /** Undefined beyond the last. */
  at(seq: number): number | undefined {
    return this.#find(seq)?.[seq - this.#before - 1];
  }

  /** What is between the last and this one is not known. Where that is too much, this one stays unknown, too. */
  set(seq: number, uid: number): void {
    if (this.at(seq) === uid) return;
    const passedOver = seq - 1 - this.#length;
    if (passedOver > 0 && this.#unknown + this.#cutOff + passedOver > MOST_PASSED_OVER) return;
    while (this.#length < seq - 1) this.#append(0);
    this.#own();
    const block = this.#find(seq);
    if (block === undefined) {
      this.#append(uid);
      return;
    }
    const index = seq - this.#before - 1;
    if (block[index] === 0) this.#unknown--;
    if (uid === 0) this.#unknown++;
    block[index] = uid;
    this.#ascending = false;
    sortedBlocks.delete(block);
  }

  /** Puts a UID where it belongs among ascending ones, if it is not there. */
  insert(uid: number): void {
    if (uid > this.last) {
      this.#append(uid);
      return;
    }
    this.#own();
    const at = this.#blocks.findIndex((block) => (block.at(-1) ?? 0) >= uid);
    const block = this.#blocks[at] ?? [];
    const index = block.findIndex((one) => one >= uid);
    if (block[index] === uid) return;
    block.splice(index, 0, uid);
    sortedBlocks.delete(block);
    this.#length++;
    if (block.length > BLOCK) this.#blocks.splice(at, 1, block.slice(0, BLOCK / 2), block.slice(BLOCK / 2));
    this.#forget();
  }

  /** Takes a message out. Returns its UID, undefined beyond the last. */
  remove(seq: number): number | undefined {
    this.#own();
    const block = this.#find(seq);
    const [uid] = block?.splice(seq - this.#before - 1, 1) ?? [];
    if (block === undefined || uid === undefined) return undefined;
    if (uid === 0) this.#unknown--;
    this.#length--;
    if (block.length === 0) this.#drop();
    return uid;
  }

  /** Takes these out. Returns which of them were there. */
  removeAll(gone: UidSet): number[] {
    const taken: number[] = [];
    const stays = (uid: number) => !gone.has(uid) || !taken.push(uid);
    const { first = 0, last = 0 } = gone;
    let emptied = false;
    for (let index = 0; index < this.#blocks.length; index++) {
      const block = this.#blocks[index] ?? [];
      const uids = this.#ascending ? block : sortedOf(block);
      // Nearly all are passed over by this alone.
      if ((uids[uids.length - 1] ?? 0) < first || (uids[0] ?? 0) > last || !holdsAny(uids, gone)) continue;
      const left = block.filter(stays);
      this.#blocks[index] = left;
      emptied ||= left.length === 0;
    }
    if (emptied) this.#blocks = this.#blocks.filter((block) => block.length > 0);
    this.#length -= taken.length;
    this.#forget();
    return taken;
  }

  /** Leaves so many from the first. */
  truncate(length: number): void {
    if (this.#length <= length) return;
    while (this.#length > length) this.#cut(length);
    this.#forget();
  }

  /** Takes what stands beyond so many out of the last block. */
  #cut(length: number): void {
    const block = this.#blocks.pop() ?? [];
    const before = this.#length - block.length;
    const left = block.slice(0, Math.max(0, length - before));
    if (left.length > 0) this.#blocks.push(left);
    let unknown = 0;
    for (let at = left.length; at < block.length; at++) if (block[at] === 0) unknown++;
    this.#unknown -= unknown;
    this.#cutOff += unknown;
    this.#length = before + left.length;
  }

  /** The UIDs that are known. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (const block of this.#blocks) for (const uid of block) if (uid !== 0) yield uid;
  }

  /** Takes no more room than it needs: what grew has up to half as much to spare. */
  trim(): void {
    if (!this.#shared) this.#copy();
  }

  #copy(): void {
    this.#blocks = this.#blocks.map((block) => block.slice());
  }

  /** The UIDs that are known, where they stand in one list: it stays as it is, and is no other's until something changes here. */
  share(): readonly number[] | undefined {
    const [block = []] = this.#blocks;
    if (this.#blocks.length > 1 || !this.#ascending) return undefined;
    this.#shared = true;
    return block;
  }

  #own(): void {
    if (this.#shared) this.#copy();
    this.#shared = false;
  }

  #append(uid: number): void {
    this.#own();
    if (uid === 0) this.#unknown++;
    if (uid <= this.last) this.#ascending = false;
    const last = this.#blocks.at(-1);
    if (last !== undefined && !this.#ascending) sortedBlocks.delete(last);
    if (last !== undefined && last.length < BLOCK) last.push(uid);
    else if (last !== undefined) this.#blocks.push([uid]);
    else this.#blocks = [[uid]];
    this.#length++;
  }

  /** The block that this message is in, which is the current one then. */
  #find(seq: number): number[] | undefined {
    if (seq < 1 || seq > this.#length) return undefined;
    if (seq <= this.#before) this.#forget();
    let block = this.#blocks[this.#block];
    while (block !== undefined && seq > this.#before + block.length) {
      this.#before += block.length;
      block = this.#blocks[++this.#block];
    }
    return block;
  }

  /** The current block is empty. */
  #drop(): void {
    this.#blocks.splice(this.#block, 1);
    this.#forget();
  }

  #forget(): void {
    this.#block = 0;
    this.#before = 0;
  }
}

function sortedOf(block: number[]): Uint32Array {
  let sorted = sortedBlocks.get(block);
  if (sorted === undefined) {
    sorted = new Uint32Array(block.filter((uid) => uid !== 0)).sort();
    sortedBlocks.set(block, sorted);
  }
  return sorted;
}

/** Any of these ascending UIDs, from one place to another, is in the set: halved where the set has something between its ends. */
function holdsAny(uids: ArrayLike<number>, set: UidSet, from = 0, to = uids.length - 1): boolean {
  const first = uids[from];
  const last = uids[to];
  if (first === undefined || last === undefined || !set.touches(first, last)) return false;
  if (set.has(first) || set.has(last)) return true;
  const middle = (from + to) >>> 1;
  return to - from > 1 && (holdsAny(uids, set, from + 1, middle) || holdsAny(uids, set, middle + 1, to - 1));
}
