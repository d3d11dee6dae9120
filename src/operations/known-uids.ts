/** UIDs in ascending order, of which any may go: those that are gone are negative until half of them are. */
export class KnownUids implements Iterable<number> {
  #uids: number[] = [];
  #gone = 0;
  /** The highest there ever was: UIDs only grow. */
  highest = 0;

  /** Whether it was added: only what is higher than all before. */
  add(uid: number): boolean {
    if (uid <= this.highest) return false;
    this.#uids.push(uid);
    this.highest = uid;
    return true;
  }

  has(uid: number): boolean {
    return this.#uids[this.#placeOf(uid)] === uid;
  }

  /** Whether it was there. */
  delete(uid: number): boolean {
    const at = this.#placeOf(uid);
    if (this.#uids[at] !== uid) return false;
    this.#uids[at] = -uid;
    if (++this.#gone * 2 > this.#uids.length) {
      this.#uids = this.#uids.filter((one) => one > 0);
      this.#gone = 0;
    }
    return true;
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (const uid of this.#uids) if (uid > 0) yield uid;
  }

  /** The first place of a UID that is not lower. */
  #placeOf(uid: number): number {
    let low = 0;
    let high = this.#uids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Math.abs(this.#uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
