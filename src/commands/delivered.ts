import { ProtocolError } from '../errors.ts';
import { MOST_FOUND } from '../syntax/search-result.ts';
import { UidSet, UidSetBuilder } from '../wire/uid-set.ts';

/** The UIDs that were delivered. They come in ascending order nearly always, and then a run of them costs two numbers. */
export class Delivered {
  /** Of some message the BINARY that was asked for did not come: Cyrus stops there, and says OK, where it can't undo an encoding. */
  undecoded = false;
  readonly #firsts: number[] = [];
  /** Without that of the run that goes on. */
  readonly #lasts: number[] = [];
  #last = 0;
  #ascending = 0;
  #others: Set<number> | undefined;

  get count(): number {
    return this.#others?.size ?? this.#ascending;
  }

  uids(): UidSet {
    if (this.#others !== undefined) return UidSet.from(this.#others);
    const builder = new UidSetBuilder();
    for (const [index, first] of this.#firsts.entries()) builder.addRange(first, this.#lasts[index] ?? this.#last);
    return builder.build();
  }

  has(uid: number): boolean {
    if (this.#others !== undefined) return this.#others.has(uid);
    if (uid > this.#last) return false;
    let low = 0;
    let high = this.#firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#firsts[middle] ?? 0) <= uid) low = middle + 1;
      else high = middle;
    }
    return low > 0 && uid <= (this.#lasts[low - 1] ?? this.#last);
  }

  /** False: it was there before. */
  add(uid: number): boolean {
    if (uid <= this.#last || this.#others !== undefined) return this.#addOther(uid);
    if (uid !== this.#last + 1 || this.#ascending === 0) this.#beginRun(uid);
    this.#last = uid;
    this.#ascending++;
    return true;
  }

  #beginRun(uid: number): void {
    if (this.#firsts.length >= MOST_FOUND) throw endless();
    if (this.#ascending > 0) this.#lasts.push(this.#last);
    this.#firsts.push(uid);
  }

  #addOther(uid: number): boolean {
    this.#others ??= new Set(this.uids());
    if (this.#others.has(uid)) return false;
    if (this.#others.size >= MOST_FOUND) throw endless();
    this.#others.add(uid);
    return true;
  }
}

function endless(): ProtocolError {
  return new ProtocolError('LIMIT_RESPONSES', `FETCH: the server sent ${MOST_FOUND} messages and more`);
}
