/** Which messages a call names, and what may come of them. */
import type { Mailbox, Thread } from '../../../src/index.ts';
import type { Choices } from './choices.ts';
import type { Watched } from './watched.ts';
import type { World } from './world.ts';

/** A mailbox that a session has open. */
export interface Opened {
  readonly mailbox: Mailbox;
  readonly uidValidity: number;
  /** UIDs that the server has told: what names them is to reach them. */
  readonly known: Set<number>;
  watched?: Watched;
  /** Flags were changed silently. */
  silent?: boolean;
}

export class NamedMessages {
  readonly #world: World;
  readonly #choices: Choices;

  constructor(world: World, choices: Choices) {
    this.#world = world;
    this.#choices = choices;
  }

  /** A set of messages, and which it names. */
  set({ uidValidity, known }: Opened): { set: string | number[]; names(uid: number): boolean } {
    const all = [...(this.#world.truth.of(uidValidity)?.subjects.keys() ?? []), 1];
    const first = this.#choices.one(all) ?? 1;
    const last = first + this.#world.random.below(4);
    if (this.#choices.odds(4)) return { set: `${first}:*`, names: (uid) => uid >= first };
    if (this.#choices.odds(2)) return { set: `${first}:${last}`, names: (uid) => uid >= first && uid <= last };
    const some = [...known].filter(() => this.#choices.odds(3));
    return { set: some, names: (uid) => some.includes(uid) };
  }

  /** UIDs that a set names or will name: those of messages that may still come, too. */
  upcoming({ uidValidity }: Opened, names: (uid: number) => boolean): number[] {
    const { subjects } = this.#world.truth.of(uidValidity) ?? {};
    const last = Math.max(0, ...(subjects?.keys() ?? []));
    return Array.from({ length: last + 300 }, (_, index) => index + 1).filter(names);
  }

  doom({ uidValidity }: Opened, uids: readonly number[]): void {
    for (const uid of uids) this.#world.truth.of(uidValidity)?.doomed.add(uid);
  }

  /** What is to be removed is marked first where the server can do no better. */
  willGo(opened: Opened, names: (uid: number) => boolean): void {
    const uids = this.upcoming(opened, names);
    this.doom(opened, uids);
    const { flagged } = this.#world.truth.of(opened.uidValidity) ?? {};
    for (const uid of uids) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add('\\Deleted'));
  }
}

/** All that a thread holds. */
export function uidsOf({ uid, children }: Thread): number[] {
  return [...(uid === undefined ? [] : [uid]), ...children.flatMap(uidsOf)];
}
