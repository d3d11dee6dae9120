import { isLasting } from '../syntax/flag.ts';

type Flags = ReadonlySet<string>;

/**
 * UIDs in ascending order, of which any may go, and their flags where somebody wants them kept: two lists side by side take a
 * sixth of the memory of a Map. UIDs that are gone are negative until half of them are.
 */
export class KnownUids implements Iterable<number> {
  #uids: number[] = [];
  /** The list of UIDs is another's, too: it is copied before it changes. */
  #shared = false;
  #flags: (Flags | undefined)[] | undefined;
  #gone = 0;

  /** Of a list in ascending order that nobody changes. */
  static sharing(uids: readonly number[]): KnownUids {
    const known = new KnownUids();
    known.#uids = uids as number[]; // not changed either: see #own()
    known.#shared = true;
    return known;
  }

  /** Adds what is not there, in ascending order: nearly always higher than all before, and else not far from the end. */
  add(uids: readonly number[]): void {
    const [lowest] = uids;
    if (lowest === undefined) return;
    // One that has gone may come again.
    if (lowest <= this.highest && this.#gone > 0) this.#tidy();
    const at = this.#placeOf(lowest);
    const behind = this.#own().splice(at);
    const flags = this.#flags?.splice(at);
    let next = 0;
    const putBack = (below: number) => {
      for (let uid = behind[next]; uid !== undefined && uid < below; uid = behind[++next])
        this.#push(uid, flags?.[next]);
    };
    for (const uid of uids) {
      putBack(uid);
      this.#push(uid);
    }
    putBack(Number.POSITIVE_INFINITY);
  }

  #push(uid: number, flags?: Flags): void {
    this.#uids.push(uid);
    this.#flags?.push(flags);
  }

  /** The highest, which may be one that has gone. */
  get highest(): number {
    return Math.abs(this.#uids.at(-1) ?? 0);
  }

  get size(): number {
    return this.#uids.length - this.#gone;
  }

  has(uid: number): boolean {
    return this.#uids[this.#placeOf(uid)] === uid;
  }

  /** Whether it was there. */
  delete(uid: number): boolean {
    const at = this.#placeOf(uid);
    if (this.#uids[at] !== uid) return false;
    this.#own()[at] = -uid;
    if (++this.#gone * 2 > this.#uids.length) this.#tidy();
    return true;
  }

  #own(): number[] {
    if (this.#shared) this.#uids = this.#uids.slice();
    this.#shared = false;
    return this.#uids;
  }

  #tidy(): void {
    const uids = this.#uids;
    this.#flags = this.#flags?.filter((_, at) => (uids[at] ?? 0) > 0);
    this.#uids = uids.filter((one) => one > 0);
    this.#gone = 0;
  }

  /** From now on flags are kept. */
  keepFlags(): void {
    this.#flags ??= this.#uids.map(() => undefined);
  }

  /** What is known of a message's flags. */
  flags(uid: number): Flags | undefined {
    const at = this.#placeOf(uid);
    return this.#uids[at] === uid ? this.#flags?.[at] : undefined;
  }

  /** Keeps them where flags are kept, and the message is known. False: they are those that it had. */
  setFlags(uid: number, flags: Flags): boolean {
    const at = this.#placeOf(uid);
    if (this.#flags === undefined || this.#uids[at] !== uid) return true;
    const before = this.#flags[at];
    if (before !== undefined && sameFlags(before, flags)) return false;
    this.#flags[at] = flags;
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

function sameFlags(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return holdsAll(a, b) && holdsAll(b, a);
}

function holdsAll(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const flag of b) if (isLasting(flag) && !a.has(flag)) return false;
  return true;
}
