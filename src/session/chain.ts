/** An item of a Chain. It can be in one chain at a time. */
export interface Chained<T> {
  /** Its neighbours there, kept by the chain. */
  before: T | undefined;
  behind: T | undefined;
}

/**
 * A list in order of arrival. Adding an item and removing one, wherever it stands, cost the same whatever the length.
 */
export class Chain<T extends Chained<T>> {
  first: T | undefined;
  size = 0;
  #last: T | undefined;

  /** Adds an item at the end, or in front of one that is in the chain. */
  push(item: T, behind?: T): void {
    const before = behind === undefined ? this.#last : behind.before;
    item.before = before;
    item.behind = behind;
    if (before === undefined) this.first = item;
    else before.behind = item;
    if (behind === undefined) this.#last = item;
    else behind.before = item;
    this.size++;
  }

  /** False where it is not there. */
  remove(item: T): boolean {
    const { before, behind } = item;
    if (before === undefined && this.first !== item) return false;
    if (before === undefined) this.first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    item.before = undefined;
    item.behind = undefined;
    this.size--;
    return true;
  }

  takeAll(): T[] {
    const all: T[] = [];
    for (let item = this.first; item !== undefined; item = this.first) {
      this.remove(item);
      all.push(item);
    }
    return all;
  }
}
