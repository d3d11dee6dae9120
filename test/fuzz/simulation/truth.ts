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

/** Metadata that somebody has asked to be set: no two calls set the same entry. */
export interface Annotation {
  /** Undefined where that was changing. */
  readonly user: string | undefined;
  readonly name: string;
  readonly value: Buffer;
  state: 'asked' | 'set' | 'not set';
  /** Somebody has asked to have it removed. */
  mayBeGone: boolean;
}

/** What the server's account has that is no part of what it exports: it tells those who watch it at once, and has metadata. */
type Watched = ServerAccount & Annotated & { watchers: Set<() => void> };
type Annotated = { metadata: ReadonlyMap<string, Buffer> };

export class Truth {
  readonly users: readonly string[];
  /** Messages that were not stored, as the call was told that brought them. */
  readonly refused = new Map<string, string>();
  /** Flags that were not set, as the call was told that sets them. */
  readonly notSet = new Map<string, string>();
  /** Names that were not given to a mailbox, as the call was told that gives them. */
  readonly notNamed = new Map<string, string>();
  /** Messages, as `UIDVALIDITY:UID`, whose flags somebody may have taken away. */
  readonly replaced = new Set<string>();
  /** Flags with which messages may have come, by subject. */
  readonly brought = new Map<string, readonly string[]>();
  /** By entry. */
  readonly annotations = new Map<string, Annotation>();
  /** Calls that may have made one copy of each message that they name. */
  readonly copying: { uidValidity: number; names(uid: number): boolean }[] = [];
  /** How many copies of a message were made besides, by subject. */
  readonly #restored = new Map<string, number>();
  readonly #contents = new Map<string, { readonly raw: Buffer }>();
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

  /** A mailbox is to have another UIDVALIDITY: all that it holds is there a second time. */
  restores({ messages, uidValidity }: ServerMailbox): void {
    for (const { uid } of messages) {
      const subject = this.of(uidValidity)?.subjects.get(uid) ?? '';
      this.#restored.set(subject, (this.#restored.get(subject) ?? 0) + 1);
    }
  }

  /** Some mailbox has had this name. */
  named(name: string): boolean {
    return [...this.#incarnations.values()].some(({ names }) => names.has(name));
  }

  /** The UIDVALIDITY of a mailbox that has had this name and this message. */
  holding(name: string, uid: number, subject: string | undefined): number | undefined {
    for (const [uidValidity, { names, subjects }] of this.#incarnations)
      if (names.has(name) && subjects.get(uid) === subject) return uidValidity;
    return undefined;
  }

  /** The bytes of a message. */
  raw(subject: string): Buffer | undefined {
    return this.#contents.get(subject)?.raw;
  }

  isStored(subject: string): boolean {
    return this.#contents.has(subject);
  }

  of(uidValidity: number): Incarnation | undefined {
    return this.#incarnations.get(uidValidity);
  }

  mailboxes(user: string): Iterable<ServerMailbox> {
    return this.#store.account(user).mailboxes;
  }

  subscriptions(user: string): ReadonlySet<string> {
    return this.#store.account(user).subscriptions;
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
    for (const [name, label] of this.notNamed) if (this.named(name)) yield `${label}: ${name} was made`;
    yield* this.#copiedTooOften();
    yield* this.#annotatedUnasked();
    const mayHave = new Map([...this.brought].map(([subject, flags]) => [subject, new Set(flags)]));
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
        for (const flag of message?.flags ?? []) {
          if (this.notSet.has(flag)) yield `${this.notSet.get(flag)}: ${flag} was set`;
          if (!mayHave.get(subject)?.has(flag)) yield `${name} ${uidValidity}: nobody set ${flag} of ${uid}`;
        }
      }
    }
  }

  /** Metadata that was not set, the caller was told, and is there, or the other way round. */
  *#annotatedUnasked(): Iterable<string> {
    const accounts = this.users.map((user) => this.#store.account(user) as Watched); // what they are
    const mailboxes = accounts.flatMap((account) => [...account.mailboxes]) as unknown as Annotated[]; // what they are
    const ofServer = [this.#store as unknown as Annotated, ...accounts]; // what it is
    const has = (all: readonly Annotated[], entry: string) => all.some(({ metadata }) => metadata.has(entry));
    for (const [entry, { name, state, mayBeGone }] of this.annotations) {
      if (state === 'not set' && has([...ofServer, ...mailboxes], entry)) yield `${entry} of ${name} was set`;
      // A mailbox may be gone.
      if (state === 'set' && name === '' && !mayBeGone && !has(ofServer, entry)) yield `${entry} was not set`;
    }
  }

  /** Messages of which there are more than were brought and may have been copied. */
  *#copiedTooOften(): Iterable<string> {
    const counts = new Map<string, { there: number; may: number }>();
    for (const [uidValidity, { subjects }] of this.#incarnations)
      for (const [uid, subject] of subjects) {
        const count = counts.get(subject) ?? { there: 0, may: 1 + (this.#restored.get(subject) ?? 0) };
        count.there++;
        count.may += this.copying.filter((one) => one.uidValidity === uidValidity && one.names(uid)).length;
        counts.set(subject, count);
      }
    for (const [subject, { there, may }] of counts)
      if (there > may) yield `${subject} is there ${there} times, and not ${may}`;
  }
}
