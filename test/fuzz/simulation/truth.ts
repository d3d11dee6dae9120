/** What the server's mailboxes hold and have held: what every answer is held against. */
import type { ServerAccount, ServerMailbox, ServerStore } from '../../../src/testing/index.ts';

/** A mailbox under one UIDVALIDITY, which no other has: messages by UID, those that are gone, too. */
export interface Incarnation {
  readonly user: string;
  readonly names: Set<string>;
  /** Which message it is: no two have the same, but copies. */
  readonly subjects: Map<number, string>;
  /** UIDs of messages that somebody may have had removed. */
  readonly doomed: Set<number>;
  /** Flags that somebody may have had set, by UID. */
  readonly flagged: Map<number, Set<string>>;
}

/** The server's account tells those who watch it at once: that is no part of what it exports. */
type Watched = ServerAccount & { watchers: Set<() => void> };

export class Truth {
  readonly users: readonly string[];
  /** Messages that were not stored, as the call was told that brought them. */
  readonly refused = new Map<string, string>();
  readonly #contents = new Map<string, unknown>();
  readonly #doubled = new Set<string>();
  readonly #store: ServerStore;
  readonly #incarnations = new Map<number, Incarnation>();

  constructor(store: ServerStore, users: readonly string[]) {
    this.#store = store;
    this.users = users;
    for (const user of users) {
      const account = store.account(user) as Watched; // what it is
      account.watchers.add(() => this.#observe(user));
      this.#observe(user);
    }
  }

  #observe(user: string): void {
    for (const mailbox of this.#store.account(user).mailboxes) {
      const { uidValidity, name, messages } = mailbox;
      const known = this.#incarnations.get(uidValidity) ?? {
        user,
        names: new Set(),
        subjects: new Map(),
        doomed: new Set(),
        flagged: new Map(),
      };
      this.#incarnations.set(uidValidity, known);
      known.names.add(name);
      for (let index = messages.length - 1; index >= 0; index--) {
        const message = messages[index];
        if (message === undefined || known.subjects.has(message.uid)) break;
        const subject = /Subject: (.*)\r\n/.exec(message.content.raw.toString('latin1'))?.[1] ?? '';
        known.subjects.set(message.uid, subject);
        // Copies share it.
        if ((this.#contents.get(subject) ?? message.content) !== message.content) this.#doubled.add(subject);
        this.#contents.set(subject, message.content);
      }
    }
  }

  of(uidValidity: number): Incarnation | undefined {
    return this.#incarnations.get(uidValidity);
  }

  /** The mailbox as it is now, while it has this UIDVALIDITY. */
  now(uidValidity: number): ServerMailbox | undefined {
    const user = this.of(uidValidity)?.user;
    if (user === undefined) return undefined;
    return [...this.#store.account(user).mailboxes].find((mailbox) => mailbox.uidValidity === uidValidity);
  }

  /** UIDs in ascending order; undefined where the mailbox is no more. */
  uids(uidValidity: number): number[] | undefined {
    return this.now(uidValidity)?.messages.map(({ uid }) => uid);
  }

  /** What changed though nobody asked for it. */
  *unaskedFor(): Iterable<string> {
    for (const subject of this.#doubled) yield `${subject} was stored twice`;
    for (const [subject, label] of this.refused)
      if (this.#contents.has(subject)) yield `${label}: ${subject} was stored`;
    const mayHave = new Map<string, Set<string>>();
    for (const { subjects, flagged } of this.#incarnations.values())
      for (const [uid, flags] of flagged) {
        const subject = subjects.get(uid) ?? '';
        mayHave.set(subject, new Set([...(mayHave.get(subject) ?? []), ...flags]));
      }
    for (const [uidValidity, { subjects, doomed, names }] of this.#incarnations) {
      const mailbox = this.now(uidValidity);
      if (mailbox === undefined) continue;
      const name = [...names].join();
      for (const [uid, subject] of subjects) {
        const message = mailbox.message(uid);
        // A copy is marked as what it was made of.
        if (message === undefined && !doomed.has(uid) && !mayHave.get(subject)?.has('\\Deleted'))
          yield `${name} ${uidValidity}: nobody removed ${uid}`;
        for (const flag of message?.flags ?? [])
          if (!mayHave.get(subject)?.has(flag)) yield `${name} ${uidValidity}: nobody set ${flag} of ${uid}`;
      }
    }
  }
}
