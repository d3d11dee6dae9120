/** What one session calls, at random, and what is expected of each answer. */
import {
  CommandError,
  ConnectionError,
  type ImapClient,
  ImapError,
  type Mailbox,
  parseUidSet,
  type SyncState,
  type Thread,
} from '../../../src/index.ts';
import type { Random } from '../../unit/wire/random.ts';
import { pause, turns } from './pieces.ts';
import type { Truth } from './truth.ts';
import { Watched } from './watched.ts';

export const NAMES = ['INBOX', 'A', 'B', 'C/D'];

/** A mailbox that a session has open. */
interface Opened {
  readonly mailbox: Mailbox;
  readonly uidValidity: number;
  /** UIDs that the server has told: what names them is to reach them. */
  readonly known: Set<number>;
  state?: SyncState;
  watched?: Watched;
}

/** How long a watch may take until it has told everything, ms: others have their turns, too. */
const PATIENCE = 5000;

/** What all sessions of a simulation share. */
export interface World {
  readonly truth: Truth;
  readonly random: Random;
  /** Something is not as it should be. */
  tell(what: string): void;
  /** A word that no other message or flag has. */
  unique(prefix: string): string;
}

type Options = { signal?: AbortSignal; timeout?: number };

export class Caller {
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #passwords: Record<string, string>;
  readonly #opened: Opened[] = [];
  readonly #ends = new AbortController();
  /** The user whose mailboxes are to be had; undefined while that changes. */
  #user: string | undefined;
  #calls = 0;

  constructor(world: World, client: ImapClient, user: string, passwords: Record<string, string>) {
    this.#world = world;
    this.#client = client;
    this.#user = user;
    this.#passwords = passwords;
  }

  /** One call, whatever comes of it. `changesUser`: it may be one that leaves the user. */
  async call(changesUser: boolean): Promise<void> {
    const { random } = this.#world;
    const calls = this.#all();
    const names = Object.keys(calls).filter((name) => changesUser || !/User$/.test(name));
    const name = names[random.below(names.length)] ?? 'noop';
    const label = `${name} ${++this.#calls}`;
    try {
      await calls[name]?.(label);
    } catch (error) {
      this.#expect(label, error);
    }
  }

  /** Every failure is one that the library tells, or the caller's own. */
  #expect(label: string, error: unknown): void {
    if (error === ABORTED) return;
    const told = error instanceof ImapError;
    if (!told || error.code === 'INTERNAL' || error.code === 'SYNTAX' || error.code === 'UNREADABLE')
      this.#tell(label, error instanceof Error ? String(error.stack) : String(error));
    else if (error instanceof CommandError && error.status === 'BAD' && !/authenticated/i.test(error.text))
      this.#tell(label, error.message);
  }

  #tell(label: string, what: string): void {
    this.#world.tell(`${label}: ${what}`);
  }

  #all(): Record<string, (label: string) => Promise<unknown>> {
    const on =
      (work: (label: string, opened: Opened, options: Options) => Promise<unknown>) => async (label: string) => {
        const opened = this.#one(this.#opened);
        if (opened !== undefined) await work(label, opened, this.#options());
      };
    return {
      open: (label) => this.#open(label),
      openAgain: (label) => this.#open(label),
      append: (label) => this.#append(label),
      appendMany: (label) => this.#appendMany(label),
      list: () => this.#client.list({ ...this.#options(), ...(this.#odds(2) ? { status: ['messages'] } : {}) }),
      status: () => this.#client.status(this.#name(), ['messages', 'uidNext'], this.#options()),
      noop: () => this.#client.noop(this.#options()),
      searchMailboxes: (label) => this.#searchMailboxes(label),
      enable: () =>
        this.#client.enable([this.#one(['CONDSTORE', 'QRESYNC', 'UIDONLY', 'IMAP4rev2']) ?? ''], this.#options()),
      create: () => this.#client.create(this.#odds(2) ? this.#name() : this.#world.unique('made'), this.#options()),
      deleteMailbox: () =>
        this.#client.delete(this.#odds(4) ? this.#name() : this.#world.unique('none'), this.#options()),
      renameMailbox: () => this.#client.rename('C/D', this.#world.unique('renamed'), this.#options()),
      notify: () => this.#notify(),
      changeUser: () => this.#changeUser(),
      actAsUser: () => this.#actAs(),
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
      unselect: on((_, { mailbox }, options) => (this.#odds(3) ? mailbox.unselect(options) : mailbox.check(options))),
    };
  }

  #odds(one: number): boolean {
    return this.#world.random.below(one) === 0;
  }

  #one<T>(from: readonly T[]): T | undefined {
    return from[this.#world.random.below(from.length)];
  }

  #name(): string {
    return this.#one(NAMES) ?? 'INBOX';
  }

  /** Now and then a call is given up. */
  #options(): Options {
    const { random } = this.#world;
    if (this.#odds(12)) return { timeout: random.below(4) };
    if (!this.#odds(6)) return {};
    return { signal: this.#until(12) };
  }

  /** Aborts some time within so many turns. */
  #until(most: number): AbortSignal {
    const controller = new AbortController();
    void turns(this.#world.random.below(most)).then(() => controller.abort(ABORTED));
    return controller.signal;
  }

  // ── Of the client ──────────────────────────────────────────────────────────────────────────────────────────────

  async #open(label: string): Promise<void> {
    const user = this.#user;
    const name = this.#name();
    const mailbox = await this.#client.open(name, { ...this.#options(), readOnly: this.#odds(4) });
    this.#expectMailbox(label, mailbox.uidValidity, user, name);
    this.#opened.push({ mailbox, uidValidity: mailbox.uidValidity, known: new Set() });
  }

  /** A mailbox is the one of that name, and of whose call it was. */
  #expectMailbox(label: string, uidValidity: number, user: string | undefined, name: string): void {
    const found = this.#world.truth.of(uidValidity);
    if (found === undefined || !found.names.has(name)) this.#tell(label, `${uidValidity} is no ${name}`);
    else if (user !== undefined && found.user !== user) this.#tell(label, `${name} of ${found.user}, not of ${user}`);
  }

  #message(subject: string) {
    return { content: `Subject: ${subject}\r\n\r\n${'x'.repeat(this.#world.random.below(300))}\r\n` };
  }

  async #append(label: string): Promise<void> {
    const user = this.#user;
    const name = this.#name();
    const subject = this.#world.unique('appended');
    const result = await this.#client.append(name, this.#message(subject), this.#options()).catch((error) => {
      if (error instanceof CommandError || (error instanceof ConnectionError && !error.maybeExecuted))
        this.#world.truth.refused.set(subject, label);
      throw error;
    });
    this.#expectAppended(label, result, user, name, subject);
  }

  async #appendMany(label: string): Promise<void> {
    const user = this.#user;
    const name = this.#name();
    const subjects = Array.from({ length: 3 }, () => this.#world.unique('appended'));
    const random = this.#world.random;
    const message = (subject: string) => this.#message(subject);
    const given = async function* () {
      for (const subject of subjects) {
        await turns(random.below(4));
        yield message(subject);
      }
    };
    const results = await this.#client.append(name, given(), this.#options());
    for (const [at, result] of results.entries()) this.#expectAppended(label, result, user, name, subjects[at] ?? '');
  }

  #expectAppended(
    label: string,
    { uid, uidValidity }: { uid?: number | undefined; uidValidity?: number | undefined },
    user: string | undefined,
    name: string,
    subject: string,
  ): void {
    if (uid === undefined || uidValidity === undefined) return;
    this.#expectMailbox(label, uidValidity, user, name);
    this.#expectSubject(label, uidValidity, uid, subject);
  }

  #expectSubject(label: string, uidValidity: number, uid: number, subject: string | undefined): void {
    const truth = this.#world.truth.of(uidValidity)?.subjects.get(uid);
    if (truth !== subject) this.#tell(label, `${uid} of ${uidValidity} is ${truth}, not ${subject}`);
  }

  async #searchMailboxes(label: string): Promise<void> {
    const user = this.#user;
    const found = await this.#client.searchMailboxes(
      this.#odds(2) ? { all: true } : { seq: '1:*' },
      this.#odds(2) ? { mailboxes: NAMES } : { personal: true },
      this.#options(),
    );
    for (const [name, { uidValidity, uids }] of found) {
      this.#expectMailbox(label, uidValidity, user, name);
      this.#expectUids(label, uidValidity, uids);
    }
  }

  /** They are UIDs of this mailbox: no others. */
  #expectUids(label: string, uidValidity: number, uids: Iterable<number>): void {
    const { subjects } = this.#world.truth.of(uidValidity) ?? {};
    const others = [...uids].filter((uid) => !subjects?.has(uid));
    if (others.length > 0) this.#tell(label, `${others.join()} is none of ${uidValidity}`);
  }

  async #changeUser(): Promise<void> {
    const user = this.#one(this.#world.truth.users) ?? '';
    await this.#leave(user, async () => {
      await this.#client.unauthenticate();
      await this.#client.authenticate({ user, pass: this.#passwords[user] ?? '' });
    });
  }

  async #actAs(): Promise<void> {
    const user = this.#one(this.#world.truth.users) ?? '';
    await this.#leave(user, () => this.#client.proxyAuth(user));
  }

  async #leave(user: string, leave: () => Promise<void>): Promise<void> {
    const before = this.#user;
    if (before === undefined) return;
    this.#user = undefined;
    await leave();
    this.#user = user;
  }

  // ── Of a mailbox ───────────────────────────────────────────────────────────────────────────────────────────────

  async #search(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const uids = await mailbox.search(this.#odds(3) ? { seq: '1:*' } : { all: true }, options);
    this.#expectUids(label, uidValidity, uids);
    this.#expectAll(label, uidValidity, must, new Set(uids));
    for (const uid of uids) known.add(uid);
  }

  /** What the session knew of and what is still there has not been left out. */
  #expectAll(label: string, uidValidity: number, must: readonly number[], found: ReadonlySet<number>): void {
    const there = new Set(this.#world.truth.uids(uidValidity));
    const missing = must.filter((uid) => there.has(uid) && !found.has(uid));
    if (missing.length > 0) this.#tell(label, `${missing.join()} of ${uidValidity} is missing`);
  }

  /** A set of messages, and which it names. */
  #set({ uidValidity, known }: Opened): { set: string | number[]; names(uid: number): boolean } {
    const all = [...(this.#world.truth.of(uidValidity)?.subjects.keys() ?? []), 1];
    const first = this.#one(all) ?? 1;
    const last = first + this.#world.random.below(4);
    if (this.#odds(4)) return { set: `${first}:*`, names: (uid) => uid >= first };
    if (this.#odds(2)) return { set: `${first}:${last}`, names: (uid) => uid >= first && uid <= last };
    const some = [...known].filter(() => this.#odds(3));
    return { set: some, names: (uid) => some.includes(uid) };
  }

  async #fetch(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, uidValidity, known } = opened;
    const { set, names } = this.#set(opened);
    const must = [...known].filter(names);
    const found = new Set<number>();
    const batch = this.#odds(4) ? { batch: 2 } : {};
    for await (const { uid, headers } of mailbox.fetch(set, { headers: ['subject'] }, { ...options, ...batch })) {
      if (found.has(uid)) this.#tell(label, `${uid} came twice`);
      if (!names(uid)) this.#tell(label, `${uid} is none of ${String(set)}`);
      found.add(uid);
      this.#expectSubject(label, uidValidity, uid, headers.get('subject'));
      if (this.#odds(8)) return;
      if (this.#odds(8)) await this.call(false);
    }
    this.#expectAll(label, uidValidity, must, found);
    for (const uid of found) known.add(uid);
  }

  async #fetchBySequence(label: string, { mailbox, uidValidity }: Opened, options: Options): Promise<void> {
    const messages = await mailbox.fetchAll({ seq: '1:*' }, { headers: ['subject'], flags: true }, options);
    for (const { uid, headers } of messages) this.#expectSubject(label, uidValidity, uid, headers.get('subject'));
    const seqs = messages.map(({ seq }) => seq);
    if (new Set(seqs).size < seqs.length) this.#tell(label, `numbers ${seqs.join()}`);
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
    await store(flag);
    const mailbox = this.#world.truth.now(uidValidity);
    const without = must.filter((uid) => mailbox?.message(uid)?.flags.has(flag) === false);
    if (without.length > 0) this.#tell(label, `${without.join()} of ${uidValidity} has no ${flag}`);
  }

  async #store(label: string, opened: Opened, options: Options): Promise<void> {
    const { set, names } = this.#set(opened);
    const must = [...opened.known].filter(names);
    // What comes meanwhile is named too.
    await this.#flag(label, opened, this.#upcoming(opened, names), must, async (flag) => {
      const { flags } = await opened.mailbox.addFlags(set, [flag], options);
      for (const uid of flags.keys()) if (!names(uid)) this.#tell(label, `${uid} is none of ${String(set)}`);
    });
  }

  /** UIDs that a set names or will name: those of messages that may still come, too. */
  #upcoming({ uidValidity }: Opened, names: (uid: number) => boolean): number[] {
    const { subjects } = this.#world.truth.of(uidValidity) ?? {};
    const last = Math.max(0, ...(subjects?.keys() ?? []));
    return Array.from({ length: last + 300 }, (_, index) => index + 1).filter(names);
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

  #doom({ uidValidity }: Opened, uids: readonly number[]): void {
    for (const uid of uids) this.#world.truth.of(uidValidity)?.doomed.add(uid);
  }

  async #mark(opened: Opened, options: Options): Promise<void> {
    const { known, mailbox, uidValidity } = opened;
    const some = [...known].filter(() => this.#odds(6));
    this.#doom(opened, some);
    const { flagged } = this.#world.truth.of(uidValidity) ?? {};
    for (const uid of some) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add('\\Deleted'));
    await mailbox.addFlags(some, ['\\Deleted'], options);
  }

  async #copy(label: string, opened: Opened, options: Options, how: 'copy' | 'move'): Promise<void> {
    const user = this.#user;
    const { set, names } = this.#set(opened);
    const { mailbox, uidValidity } = opened;
    const target = this.#name();
    if (how === 'move') this.#willGo(opened, names);
    const copied = await mailbox[how](set, target, options);
    if (copied.uidValidity === undefined) return;
    this.#expectMailbox(label, copied.uidValidity, user, target);
    for (const [from, to] of copied.uids) {
      if (!names(from)) this.#tell(label, `${from} is none of ${String(set)}`);
      const subject = this.#world.truth.of(uidValidity)?.subjects.get(from);
      this.#expectSubject(label, copied.uidValidity, to, subject);
    }
  }

  /** What is to be removed is marked first where the server can do no better. */
  #willGo(opened: Opened, names: (uid: number) => boolean): void {
    const uids = this.#upcoming(opened, names);
    this.#doom(opened, uids);
    const { flagged } = this.#world.truth.of(opened.uidValidity) ?? {};
    for (const uid of uids) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add('\\Deleted'));
  }

  async #delete(label: string, opened: Opened, options: Options): Promise<void> {
    if (!this.#odds(2)) return;
    const { set, names } = this.#set(opened);
    const { mailbox, uidValidity, known } = opened;
    const must = [...known].filter(names);
    this.#willGo(opened, names);
    await mailbox.deleteMessages(set, options);
    const there = new Set(this.#world.truth.uids(uidValidity));
    const left = must.filter((uid) => there.has(uid));
    if (left.length > 0) this.#tell(label, `${left.join()} of ${uidValidity} is still there`);
  }

  async #replace(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, known, uidValidity } = opened;
    const uid = this.#one([...known]);
    if (uid === undefined) return;
    const user = this.#user;
    const subject = this.#world.unique('replaced');
    this.#willGo(opened, (one) => one === uid);
    const result = await mailbox.replace(uid, this.#message(subject), options);
    this.#expectAppended(label, result, user, mailbox.name, subject);
    if (this.#world.truth.now(uidValidity)?.message(uid)) this.#tell(label, `${uid} is still there`);
  }

  /** What was found is named by `$`, unless it is told that it is not. */
  async #saved(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const half = [...known].filter(() => this.#odds(2));
    await mailbox.searchReturn({ uid: half }, { save: true }, options);
    for (const { uid, headers } of await mailbox.fetchAll('$', { headers: ['subject'] }, options))
      this.#expectSubject(label, uidValidity, uid, headers.get('subject'));
  }

  async #sort(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const uids = this.#odds(2)
      ? await mailbox.sort(['subject'], { all: true }, options)
      : (await mailbox.thread('ORDEREDSUBJECT', { all: true }, options)).flatMap(uidsOf);
    this.#expectUids(label, uidValidity, uids);
    this.#expectAll(label, uidValidity, must, new Set(uids));
  }

  async #download(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const uid = this.#one([...known]);
    if (uid === undefined) return;
    const { content } = await mailbox.download(uid, undefined, options);
    // What nobody reads is let go of.
    if (this.#odds(4)) return void content[Symbol.asyncIterator]().return?.();
    const text = await content.text();
    this.#expectSubject(label, uidValidity, uid, /Subject: (.*)\r\n/.exec(text)?.[1]);
  }

  async #notify(): Promise<void> {
    const events = ['messageNew', 'messageExpunge', 'flagChange'] as const;
    const scope = this.#odds(2) ? 'personal' : 'selected';
    for await (const _ of this.#client.notify([{ scope, events: [...events] }], { signal: this.#until(80) }))
      if (this.#odds(3)) return;
  }

  async #updates(label: string, { mailbox, uidValidity }: Opened): Promise<void> {
    for await (const { uids } of mailbox.searchUpdates({ all: true }, { signal: this.#until(80) })) {
      this.#expectUids(label, uidValidity, uids);
      if (this.#odds(4)) return;
    }
  }

  async #sync(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, state } = opened;
    const { state: next, reset, arrived, vanished } = await mailbox.sync(state, options);
    this.#expectUids(label, next.uidValidity, arrived);
    const before = reset || state === undefined ? [] : [...parseUidSet(state.uids)];
    const expected = new Set([...before.filter((uid) => !vanished.has(uid)), ...arrived]);
    if ([...parseUidSet(next.uids)].join() !== [...expected].sort((a, b) => a - b).join())
      this.#tell(label, `${next.uids} is not ${before.join()} + ${String(arrived)} - ${String(vanished)}`);
    if (state === opened.state) opened.state = next;
  }

  async #watch(label: string, opened: Opened): Promise<void> {
    const { mailbox } = opened;
    const others = this.#opened.filter(({ watched }) => watched?.over === false);
    // Watches of several mailboxes would have turns of seconds.
    if (opened.watched?.over === false || others.some((other) => other.mailbox.name !== mailbox.name)) return;
    opened.watched = new Watched(opened.uidValidity, (what) => this.#tell(label, what));
    await opened.watched.begin(mailbox, opened.known, this.#ends.signal, (error) => this.#expect(label, error));
  }

  // ── At the end ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Nothing is under way any more: everything is known as it is. */
  async settle(): Promise<void> {
    for (const opened of this.#opened) {
      const label = `${opened.mailbox.name} at the end`;
      try {
        await this.#expectTruth(label, opened);
      } catch (error) {
        this.#expect(label, error);
      }
    }
  }

  /** No watch goes on. */
  end(): void {
    this.#ends.abort();
  }

  async #expectTruth(label: string, opened: Opened): Promise<void> {
    const { mailbox, uidValidity, state } = opened;
    await mailbox.check();
    const truth = this.#world.truth.uids(uidValidity);
    if (truth === undefined) throw new Error(`${uidValidity} is no more`);
    const same = (what: string, uids: Iterable<number>) => {
      const told = [...uids].sort((a, b) => a - b).join();
      if (told !== truth.join()) this.#tell(label, `${what}: ${told} is not ${truth.join()}`);
    };
    if (mailbox.exists !== truth.length) this.#tell(label, `exists: ${mailbox.exists} is not ${truth.length}`);
    same('search', await mailbox.search({ all: true }));
    const messages = await mailbox.fetchAll('1:*', { flags: true });
    same(
      'fetch',
      messages.map(({ uid }) => uid),
    );
    const synced = await mailbox.sync(state);
    same('sync', parseUidSet(synced.state.uids));
    const { watched } = opened;
    if (watched === undefined || watched.uidValidity !== uidValidity) return;
    const isTold = () => watched.now(truth).join() === truth.join();
    for (const end = Date.now() + PATIENCE; Date.now() < end && !watched.over && !isTold(); ) await pause(5);
    if (!watched.over) same('watch', watched.now(truth));
  }
}

function uidsOf({ uid, children }: Thread): number[] {
  return [...(uid === undefined ? [] : [uid]), ...children.flatMap(uidsOf)];
}

/** What the caller gives a call up with. */
export const ABORTED = new Error('The caller gave it up');
