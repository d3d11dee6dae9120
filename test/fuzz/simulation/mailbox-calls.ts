/** What one session calls of the mailboxes that it has open, and what is expected of each answer. */
import type { Choices, Options } from './choices.ts';
import { Copy, text } from './copy.ts';
import type { Expectations } from './expectations.ts';
import { NamedMessages, type Opened, uidsOf } from './named-messages.ts';
import { pause } from './pieces.ts';
import { Watched } from './watched.ts';
import type { World } from './world.ts';

/** Whose mailboxes they are. */
interface CallingSession {
  /** The user whose mailboxes are to be had; undefined while that changes. */
  readonly user: string | undefined;
  readonly opened: readonly Opened[];
  /** Aborts where no watch is to go on. */
  readonly ended: AbortSignal;
  call(changesUser: boolean): Promise<void>;
}

/** How long a watch may take until it has told everything, ms: others have their turns, too. */
const PATIENCE = 20_000;

export class MailboxCalls {
  readonly #world: World;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #session: CallingSession;
  readonly #messages: NamedMessages;

  constructor(world: World, choices: Choices, expect: Expectations, session: CallingSession) {
    this.#world = world;
    this.#choices = choices;
    this.#expect = expect;
    this.#session = session;
    this.#messages = new NamedMessages(world, choices);
  }

  all(): Record<string, (label: string) => Promise<unknown>> {
    const on =
      (work: (label: string, opened: Opened, options: Options) => Promise<unknown>) => async (label: string) => {
        const opened = this.#choices.one(this.#session.opened);
        if (opened !== undefined) await work(label, opened, this.#choices.options());
      };
    return {
      search: on((label, opened, options) => this.#search(label, opened, options)),
      searchAgain: on((label, opened, options) => this.#search(label, opened, options)),
      fetch: on((label, opened, options) => this.#fetch(label, opened, options)),
      fetchBySequence: on((label, opened, options) => this.#fetchBySequence(label, opened, options)),
      storeBySequence: on((label, opened, options) => this.#storeBySequence(label, opened, options)),
      store: on((label, opened, options) => this.#store(label, opened, options)),
      mark: on((_, opened, options) => this.#mark(opened, options)),
      copy: on((label, opened, options) => this.#copy(label, opened, options, 'copy')),
      move: on((label, opened, options) => this.#copy(label, opened, options, 'move')),
      delete: on((label, opened, options) => this.#delete(label, opened, options)),
      expunge: on((_, { mailbox }, options) => mailbox.expunge(undefined, options)),
      replace: on((label, opened, options) => this.#replace(label, opened, options)),
      saved: on((label, opened, options) => this.#saved(label, opened, options)),
      sort: on((label, opened, options) => this.#sort(label, opened, options)),
      download: on((label, opened, options) => this.#download(label, opened, options)),
      updates: on((label, opened) => this.#updates(label, opened)),
      sync: on((label, opened, options) => this.#sync(label, opened, options)),
      watch: on((label, opened) => this.#watch(label, opened)),
      unselect: on((_, { mailbox }, options) =>
        this.#choices.odds(3) ? mailbox.unselect(options) : mailbox.check(options),
      ),
    };
  }

  async #search(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const uids = await mailbox.search(this.#choices.odds(3) ? { seq: '1:*' } : { all: true }, options);
    this.#expect.uids(label, uidValidity, uids);
    this.#expect.all(label, uidValidity, must, new Set(uids));
    for (const uid of uids) known.add(uid);
  }

  async #fetch(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, uidValidity, known } = opened;
    const { set, names } = this.#messages.set(opened);
    const must = [...known].filter(names);
    const found = new Set<number>();
    const batch = this.#choices.odds(4) ? { batch: 2 } : {};
    for await (const { uid, headers } of mailbox.fetch(set, { headers: ['subject'] }, { ...options, ...batch })) {
      if (found.has(uid)) this.#expect.tell(label, `${uid} came twice`);
      if (!names(uid)) this.#expect.tell(label, `${uid} is none of ${String(set)}`);
      found.add(uid);
      this.#expect.subject(label, uidValidity, uid, headers.get('subject'));
      if (this.#choices.odds(8)) return;
      if (this.#choices.odds(8)) await this.#session.call(false);
    }
    this.#expect.all(label, uidValidity, must, found);
    for (const uid of found) known.add(uid);
  }

  async #fetchBySequence(label: string, { mailbox, uidValidity }: Opened, options: Options): Promise<void> {
    const messages = await mailbox.fetchAll({ seq: '1:*' }, { headers: ['subject'], flags: true }, options);
    for (const { uid, headers } of messages) this.#expect.subject(label, uidValidity, uid, headers.get('subject'));
    const seqs = messages.map(({ seq }) => seq);
    if (new Set(seqs).size < seqs.length) this.#expect.tell(label, `numbers ${seqs.join()}`);
  }

  /** Adds a flag, and looks where it came. */
  async #flag(
    label: string,
    { uidValidity }: Opened,
    named: readonly number[],
    must: readonly number[],
    store: (flag: string) => Promise<unknown>,
  ): Promise<void> {
    const flag = this.#world.unique('$f');
    const { flagged } = this.#world.truth.of(uidValidity) ?? {};
    for (const uid of named) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add(flag));
    await store(flag).catch((error) => {
      if (this.#expect.isUndone(error)) this.#world.truth.notSet.set(flag, label);
      throw error;
    });
    const mailbox = this.#world.truth.now(uidValidity);
    const { replaced } = this.#world.truth;
    const without = must.filter(
      (uid) => mailbox?.message(uid)?.flags.has(flag) === false && !replaced.has(`${uidValidity}:${uid}`),
    );
    if (without.length > 0) this.#expect.tell(label, `${without.join()} of ${uidValidity} has no ${flag}`);
  }

  async #store(label: string, opened: Opened, options: Options): Promise<void> {
    const { set, names } = this.#messages.set(opened);
    const must = [...opened.known].filter(names);
    // What comes meanwhile is named too.
    await this.#flag(label, opened, this.#messages.upcoming(opened, names), must, async (flag) => {
      const { flags } = await opened.mailbox.addFlags(set, [flag], options);
      for (const uid of flags.keys()) if (!names(uid)) this.#expect.tell(label, `${uid} is none of ${String(set)}`);
    });
  }

  async #storeBySequence(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox } = opened;
    const { mailbox: state } = mailbox as unknown as { mailbox: { numberings: number } }; // what it is
    const before = state.numberings;
    const one = await mailbox.fetchOne({ seq: 1 + this.#world.random.below(3) }, { flags: true });
    // The caller's own number would be of before.
    if (one === undefined || state.numberings !== before) return;
    await this.#flag(label, opened, [one.uid], [one.uid], (flag) =>
      mailbox.addFlags({ seq: one.seq }, [flag], options),
    );
  }

  async #mark(opened: Opened, options: Options): Promise<void> {
    const { known, mailbox, uidValidity } = opened;
    const some = [...known].filter(() => this.#choices.odds(6));
    this.#messages.doom(opened, some);
    const { flagged } = this.#world.truth.of(uidValidity) ?? {};
    for (const uid of some) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add('\\Deleted'));
    await mailbox.addFlags(some, ['\\Deleted'], options);
  }

  async #copy(label: string, opened: Opened, options: Options, how: 'copy' | 'move'): Promise<void> {
    const user = this.#session.user;
    const { set, names } = this.#messages.set(opened);
    const { mailbox, uidValidity } = opened;
    const target = this.#choices.name();
    if (how === 'move') this.#messages.willGo(opened, names);
    const { copying } = this.#world.truth;
    const may = { uidValidity, names };
    copying.push(may);
    const copied = await mailbox[how](set, target, options).catch((error) => {
      if (this.#expect.isUndone(error)) copying.splice(copying.indexOf(may), 1);
      throw error;
    });
    if (copied.uidValidity === undefined) return;
    this.#expect.mailbox(label, copied.uidValidity, user, target);
    for (const [from, to] of copied.uids) {
      if (!names(from)) this.#expect.tell(label, `${from} is none of ${String(set)}`);
      const subject = this.#world.truth.of(uidValidity)?.subjects.get(from);
      this.#expect.subject(label, copied.uidValidity, to, subject);
    }
  }

  async #delete(label: string, opened: Opened, options: Options): Promise<void> {
    if (!this.#choices.odds(2)) return;
    const { set, names } = this.#messages.set(opened);
    const { mailbox, uidValidity, known } = opened;
    const must = [...known].filter(names);
    this.#messages.willGo(opened, names);
    await mailbox.deleteMessages(set, options);
    const there = new Set(this.#world.truth.uids(uidValidity));
    // The mark may be taken off meanwhile.
    const { replaced } = this.#world.truth;
    const left = must.filter((uid) => there.has(uid) && !replaced.has(`${uidValidity}:${uid}`));
    if (left.length > 0) this.#expect.tell(label, `${left.join()} of ${uidValidity} is still there`);
  }

  async #replace(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, known, uidValidity } = opened;
    const uid = this.#choices.one([...known]);
    if (uid === undefined) return;
    const user = this.#session.user;
    const subject = this.#world.unique('replaced');
    this.#messages.willGo(opened, (one) => one === uid);
    const target = this.#choices.odds(2) ? this.#choices.name() : undefined;
    const message = this.#choices.message(subject);
    const result = await mailbox
      .replace(uid, message, { ...options, ...(target === undefined ? {} : { target }) })
      .catch((error) => {
        if (this.#expect.isUndone(error)) this.#world.truth.refused.set(subject, label);
        throw error;
      });
    this.#expect.appended(label, result, user, target ?? mailbox.name, subject);
    if (this.#world.truth.now(uidValidity)?.message(uid) && !this.#world.truth.replaced.has(`${uidValidity}:${uid}`))
      this.#expect.tell(label, `${uid} is still there`);
  }

  /** What was found is named by `$`, unless it is told that it is not. */
  async #saved(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const half = [...known].filter(() => this.#choices.odds(2));
    await mailbox.searchReturn({ uid: half }, { save: true }, options);
    for (const { uid, headers } of await mailbox.fetchAll('$', { headers: ['subject'] }, options))
      this.#expect.subject(label, uidValidity, uid, headers.get('subject'));
  }

  async #sort(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const uids = this.#choices.odds(2)
      ? await mailbox.sort(['subject'], { all: true }, options)
      : (await mailbox.thread('ORDEREDSUBJECT', { all: true }, options)).flatMap(uidsOf);
    this.#expect.uids(label, uidValidity, uids);
    this.#expect.all(label, uidValidity, must, new Set(uids));
  }

  async #download(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const uid = this.#choices.one([...known]);
    if (uid === undefined) return;
    const { content } = await mailbox.download(uid, undefined, options);
    // What nobody reads is let go of.
    if (this.#choices.odds(4)) return void content[Symbol.asyncIterator]().return?.();
    if (this.#choices.odds(3)) {
      for await (const _ of content) {
        if (this.#choices.odds(2)) await this.#session.call(false);
        if (this.#choices.odds(3)) return;
      }
      return;
    }
    const text = await content.text();
    this.#expect.subject(label, uidValidity, uid, /Subject: (.*)\r\n/.exec(text)?.[1]);
  }

  async #updates(label: string, { mailbox, uidValidity }: Opened): Promise<void> {
    for await (const { uids } of mailbox.searchUpdates({ all: true }, { signal: this.#choices.until(80) })) {
      this.#expect.uids(label, uidValidity, uids);
      if (this.#choices.odds(4)) return;
    }
  }

  async #sync(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox } = opened;
    const copy = this.#copyOf(opened);
    const result = await copy.sync(mailbox, options, (what) => this.#expect.tell(label, what));
    if (result !== undefined) this.#expect.uids(label, result.state.uidValidity, result.arrived);
  }

  /** All sessions have the same one of a mailbox: what one has found another goes on with. */
  #copyOf({ mailbox, uidValidity }: Opened): Copy {
    const { copies, truth } = this.#world;
    const key = `${truth.of(uidValidity)?.user}: ${mailbox.name}`;
    const copy = copies.get(key) ?? new Copy();
    copies.set(key, copy);
    return copy;
  }

  async #watch(label: string, opened: Opened): Promise<void> {
    const { mailbox } = opened;
    const others = this.#session.opened.filter(({ watched }) => watched?.over === false);
    // Watches of several mailboxes, or of one by SELECT and EXAMINE, would have turns of seconds.
    const isSame = ({ mailbox: one }: Opened) => one.name === mailbox.name && one.readOnly === mailbox.readOnly;
    if (opened.watched?.over === false || !others.every(isSame)) return;
    opened.watched = new Watched(opened.uidValidity, (what) => this.#expect.tell(label, what));
    const failed = (error: unknown) => this.#expect.failure(label, error);
    await opened.watched.begin(mailbox, opened.known, this.#session.ended, failed, (...told) =>
      this.#expect.subject(label, ...told),
    );
  }

  /** Another session does, and the watch is to tell it. */
  #changeFlags({ uidValidity }: Opened, watched: Watched): void {
    const mailbox = this.#world.truth.now(uidValidity);
    const message = this.#choices.one(mailbox?.messages ?? []);
    if (mailbox === undefined || message === undefined) return;
    const flag = this.#world.unique('$w');
    const { flagged } = this.#world.truth.of(uidValidity) ?? {};
    flagged?.set(message.uid, (flagged.get(message.uid) ?? new Set()).add(flag));
    watched.willChange(message.uid);
    mailbox.setFlags(message, [...message.flags, flag]);
  }

  /** Nothing is under way any more: the mailbox is known as it is. */
  async expectTruth(label: string, opened: Opened): Promise<void> {
    const { mailbox, uidValidity } = opened;
    await mailbox.check();
    const truth = this.#world.truth.uids(uidValidity);
    if (truth === undefined) throw new Error(`${uidValidity} is no more`);
    const same = (what: string, uids: Iterable<number>) => {
      const told = [...uids].sort((a, b) => a - b).join();
      if (told !== truth.join()) this.#expect.tell(label, `${what}: ${told} is not ${truth.join()}`);
    };
    if (mailbox.exists !== truth.length) this.#expect.tell(label, `exists: ${mailbox.exists} is not ${truth.length}`);
    same('search', await mailbox.search({ all: true }));
    const messages = await mailbox.fetchAll('1:*', { flags: true });
    same(
      'fetch',
      messages.map(({ uid }) => uid),
    );
    const copy = this.#copyOf(opened);
    const synced = await copy.sync(mailbox, {}, (what) => this.#expect.tell(label, what));
    const now = this.#world.truth.now(uidValidity)?.messages ?? [];
    const is = text(now.map(({ uid, flags }) => [uid, flags]));
    if (copy.text !== is) this.#expect.tell(label, `the copy (${synced?.method}) is ${copy.text}, and not ${is}`);
    const { watched } = opened;
    if (watched === undefined || watched.uidValidity !== uidValidity) return;
    this.#changeFlags(opened, watched);
    // Of its own silent STOREs a session is told nothing.
    const flags = () =>
      opened.silent ? undefined : watched.wrongFlags(this.#world.truth.now(uidValidity)?.messages ?? []);
    const isTold = () => watched.now(truth).join() === truth.join() && flags() === undefined;
    for (const end = performance.now() + PATIENCE; performance.now() < end && !watched.over && !isTold(); )
      await pause(5);
    if (watched.over) return;
    same('watch', watched.now(truth));
    const wrong = flags();
    if (wrong !== undefined) this.#expect.tell(label, wrong);
  }
}
