/** What one session reads of messages, and changes of them, in all the ways that there are. */
import type { FetchedMessage, FetchItems, ImapClient } from '../../../src/index.ts';
import type { Choices, Options } from './choices.ts';
import type { Expectations } from './expectations.ts';
import { NamedMessages, type Opened, uidsOf } from './named-messages.ts';
import type { World } from './world.ts';

type Message = FetchedMessage<FetchItems>;

const ITEMS: readonly FetchItems[] = [
  { flags: true },
  { envelope: true },
  { internalDate: true },
  { size: true },
  { bodyStructure: true },
  { modseq: true },
  { headers: true },
  { source: true },
  { parts: ['1', 'TEXT'] },
  { binary: ['1'] },
  { preview: true },
  { saveDate: true },
  { emailId: true },
  { threadId: true },
];
/** Where parts of messages and of results begin and end. */
const PLACES = ['1:3', '2:2', '-1:-2'];

export class MessageCalls {
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #opened: Opened[];
  readonly #messages: NamedMessages;

  constructor(world: World, client: ImapClient, choices: Choices, expect: Expectations, opened: Opened[]) {
    this.#world = world;
    this.#client = client;
    this.#choices = choices;
    this.#expect = expect;
    this.#opened = opened;
    this.#messages = new NamedMessages(world, choices);
  }

  all(): Record<string, (label: string) => Promise<unknown>> {
    const on =
      (work: (label: string, opened: Opened, options: Options) => Promise<unknown>) => async (label: string) => {
        const opened = this.#choices.one(this.#opened);
        if (opened !== undefined) await work(label, opened, this.#choices.options());
      };
    return {
      fetchItems: on((label, opened, options) => this.#fetch(label, opened, options)),
      fetchOne: on((label, opened, options) => this.#fetchOne(label, opened, options)),
      content: on((label, opened, options) => this.#content(label, opened, options)),
      partOf: on((label, opened, options) => this.#download(label, opened, options)),
      searchReturn: on((label, opened, options) => this.#searchReturn(label, opened, options)),
      searchBySubject: on((label, opened, options) => this.#searchSubject(label, opened, options)),
      sortSome: on((label, opened, options) => this.#sort(label, opened, options)),
      threads: on(async (label, { mailbox, uidValidity }, options) => {
        const threads = await mailbox.thread(this.#choices.odds(2) ? 'REFERENCES' : 'REFS', { all: true }, options);
        this.#expect.uids(label, uidValidity, threads.flatMap(uidsOf));
      }),
      batches: on((label, opened, options) => this.#batches(label, opened, options)),
      storeUnchanged: on((label, opened, options) => this.#storeUnchanged(label, opened, options)),
      setFlags: on((label, opened, options) => this.#setFlags(label, opened, options)),
      expungeSome: on((label, opened, options) => this.#expunge(label, opened, options)),
      rawFetch: on((label, opened, options) => this.#rawFetch(label, opened, options)),
      closeMailbox: on((_, opened, options) => this.#close(opened, options)),
    };
  }

  /** What the server says unasked is true, and counts go on from what was told before. */
  listen(label: string, { mailbox, uidValidity }: Opened): void {
    let { exists } = mailbox;
    const isThis = () => mailbox.uidValidity === uidValidity && this.#world.truth.now(uidValidity) !== undefined;
    const gone = (what: string, uids: Iterable<number>) => {
      const there = new Set(isThis() ? this.#world.truth.uids(uidValidity) : []);
      const left = [...uids].filter((uid) => there.has(uid));
      if (left.length > 0) this.#expect.tell(label, `${what}: ${left.join()} is there`);
    };
    mailbox.on('exists', ({ count, previous }) => {
      if (previous !== exists) this.#expect.tell(label, `there were ${exists}, not ${previous}`);
      exists = count;
    });
    mailbox.on('expunge', ({ uid }) => gone('expunge', uid === undefined ? [] : [uid]));
    mailbox.on('vanished', ({ uids }) => gone('vanished', uids));
    mailbox.on('flags', ({ uid }) => {
      if (uid !== undefined && isThis()) this.#expect.uids(label, uidValidity, [uid]);
    });
  }

  async #fetch(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox } = opened;
    const { set, names } = this.#messages.set(opened);
    const must = [...opened.known].filter(names);
    const items = this.#items(opened, names);
    const narrowed = {
      ...(this.#choices.odds(4) ? { changedSince: BigInt(1 + this.#world.random.below(30)) } : {}),
      ...(this.#choices.odds(4) ? { partial: this.#choices.one(PLACES) ?? '' } : {}),
    };
    const vanished =
      narrowed.changedSince !== undefined && this.#client.enabled.has('QRESYNC') && this.#choices.odds(2);
    const found = new Set<number>();
    const fetched = mailbox.fetch(set, items, { ...options, ...narrowed, ...(vanished ? { vanished } : {}) });
    for await (const message of fetched) {
      if (found.has(message.uid)) this.#expect.tell(label, `${message.uid} came twice`);
      if (!names(message.uid)) this.#expect.tell(label, `${message.uid} is none of ${String(set)}`);
      found.add(message.uid);
      this.#message(label, opened, items, message);
      if (this.#choices.odds(12)) return;
    }
    if (narrowed.partial !== undefined && found.size > 3) this.#expect.tell(label, `${found.size} came`);
    if (Object.keys(narrowed).length === 0) this.#expect.all(label, opened.uidValidity, must, found);
  }

  #items(opened: Opened, names: (uid: number) => boolean): FetchItems {
    const items: FetchItems = Object.assign({}, ...ITEMS.filter(() => this.#choices.odds(5)));
    if (!this.#client.capabilities.has('CONDSTORE')) delete items.modseq;
    if (this.#choices.odds(8))
      items.source = { offset: this.#world.random.below(30), length: 1 + this.#world.random.below(9) };
    if (this.#choices.odds(8)) {
      items.markSeen = true;
      this.#flagged(opened, this.#messages.upcoming(opened, names), '\\Seen');
    }
    return items;
  }

  #flagged({ uidValidity }: Opened, uids: Iterable<number>, flag: string): void {
    const { flagged } = this.#world.truth.of(uidValidity) ?? {};
    for (const uid of uids) flagged?.set(uid, (flagged.get(uid) ?? new Set()).add(flag));
  }

  /** All that was asked for is there, and is the message's. */
  #message(label: string, { uidValidity }: Opened, items: FetchItems, message: Message): void {
    const { uid } = message;
    const subject = this.#world.truth.of(uidValidity)?.subjects.get(uid);
    const raw = this.#world.truth.raw(subject ?? '');
    if (raw === undefined) {
      this.#expect.tell(label, `${uid} is none of ${uidValidity}`);
      return;
    }
    const header = raw.indexOf('\r\n\r\n') + 4;
    const body = raw.subarray(header);
    const { source } = items;
    const slice = typeof source === 'object' ? raw.subarray(source.offset, source.offset + source.length) : raw;
    const is = (what: string, told: unknown, truth: unknown) => {
      const same = Buffer.isBuffer(truth) ? Buffer.isBuffer(told) && truth.equals(told) : told === truth;
      if (!same) this.#expect.tell(label, `${what} of ${uid} (${subject}) is ${String(told).slice(0, 60)}`);
    };
    if (source) is('the source', message.source, slice);
    if (items.envelope) is('the envelope', message.envelope?.subject, subject);
    if (items.size) is('the size', message.size, raw.length);
    if (items.headers) is('the header', message.headers?.raw, raw.subarray(0, header));
    if (items.bodyStructure && 'size' in message.bodyStructure)
      is('the structure', message.bodyStructure.size, body.length);
    for (const [part, bytes] of message.parts ?? []) is(`part ${part}`, bytes, body);
    if (items.binary) is('binary', message.binary.get('1'), body);
    if (items.modseq) is('modseq', typeof message.modseq, 'bigint');
    if (items.flags) is('flags', message.flags instanceof Set, true);
    if (items.preview) is('preview', message.preview === null || typeof message.preview === 'string', true);
    for (const name of Object.keys(items))
      if (name !== 'markSeen' && !(name in message)) this.#expect.tell(label, `${uid} has no ${name}`);
  }

  async #fetchOne(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, known } = opened;
    const uid = this.#choices.one([...known]) ?? 1;
    const must = known.has(uid) ? [uid] : [];
    const items = this.#items(opened, (one) => one === uid);
    const message = await mailbox.fetchOne(uid, items, options);
    if (message === undefined) return this.#expect.all(label, opened.uidValidity, must, new Set());
    if (message.uid !== uid) this.#expect.tell(label, `${message.uid} is not ${uid}`);
    this.#message(label, opened, items, message);
  }

  async #content(label: string, opened: Opened, options: Options): Promise<void> {
    const uid = this.#choices.one([...opened.known]) ?? 1;
    const maxBytes = this.#choices.odds(2) ? { maxBytes: this.#world.random.below(200) } : {};
    const content = await opened.mailbox.content(uid, { ...options, ...maxBytes });
    const body = this.#body(opened, uid);
    if (content === undefined || body === undefined) return;
    const { text = '', truncated } = content;
    if (truncated ? !body.startsWith(text) : text !== body)
      this.#expect.tell(label, `the text of ${uid} is ${text.slice(0, 60)}, ${text.length} long`);
  }

  #body({ uidValidity }: Opened, uid: number): string | undefined {
    const raw = this.#world.truth.raw(this.#world.truth.of(uidValidity)?.subjects.get(uid) ?? '');
    return raw?.subarray(raw.indexOf('\r\n\r\n') + 4).toString();
  }

  async #download(label: string, opened: Opened, options: Options): Promise<void> {
    const uid = this.#choices.one([...opened.known]);
    if (uid === undefined) return;
    const decode = this.#choices.odds(2);
    const { content } = await opened.mailbox.download(uid, '1', { ...options, decode });
    const bytes = await content.bytes();
    if (bytes.toString() !== this.#body(opened, uid))
      this.#expect.tell(label, `part 1 of ${uid} is of ${bytes.length} bytes`);
  }

  async #searchReturn(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const odds = () => this.#choices.odds(2);
    const want = {
      min: odds(),
      max: odds(),
      count: odds(),
      all: odds(),
      ...(this.#choices.odds(3) ? { partial: this.#choices.one(PLACES) ?? '' } : {}),
    };
    const found = await mailbox.searchReturn(odds() ? { all: true } : { seq: '1:*' }, want, options);
    const { min, max, count, all, partial } = found;
    const uids = [
      ...(all ?? []),
      ...(partial ?? []),
      ...(min === undefined ? [] : [min]),
      ...(max === undefined ? [] : [max]),
    ];
    this.#expect.uids(label, uidValidity, uids);
    if (all !== undefined) {
      const is = [...all];
      this.#expect.all(label, uidValidity, must, new Set(is));
      if (want.min && min !== is[0]) this.#expect.tell(label, `min is ${min} of ${all}`);
      if (want.max && max !== is[is.length - 1]) this.#expect.tell(label, `max is ${max} of ${all}`);
      if (want.count && count !== is.length) this.#expect.tell(label, `${count} of ${all}`);
      for (const uid of partial ?? []) if (!all.has(uid)) this.#expect.tell(label, `${uid} is none of ${all}`);
    }
    if (want.count && count === undefined) this.#expect.tell(label, 'nothing was counted');
    if (want.all && all === undefined) this.#expect.tell(label, 'not all were told');
    if (want.partial !== undefined && (partial === undefined || partial.size > 3))
      this.#expect.tell(label, `places ${partial}`);
  }

  /** A message is found by what no other has. */
  async #searchSubject(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const uid = this.#choices.one([...known]);
    const subjects = this.#world.truth.of(uidValidity)?.subjects;
    const subject = subjects?.get(uid ?? 0);
    if (uid === undefined || subject === undefined) return;
    const uids = await mailbox.search(
      { or: [{ subject }, { uid: [uid], flagged: true, not: { all: true } }] },
      options,
    );
    for (const one of uids)
      if (!subjects?.get(one)?.includes(subject)) this.#expect.tell(label, `${one} is no ${subject}`);
    this.#expect.all(label, uidValidity, [uid], new Set(uids));
  }

  async #sort(label: string, { mailbox, uidValidity }: Opened, options: Options): Promise<void> {
    const partial = this.#choices.one(PLACES) ?? '';
    const criteria = [{ by: 'subject', reverse: this.#choices.odds(2) }, 'arrival'] as const;
    const uids = await mailbox.sort(criteria, { all: true }, { ...options, partial });
    this.#expect.uids(label, uidValidity, uids);
    if (uids.length > 3) this.#expect.tell(label, `${uids.length} of ${partial}`);
    const subjects = uids.map((uid) => this.#world.truth.of(uidValidity)?.subjects.get(uid) ?? '');
    const sorted = [...subjects].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    if (criteria[0].reverse) sorted.reverse();
    if (subjects.join() !== sorted.join()) this.#expect.tell(label, `${subjects.join()} are not in order`);
  }

  async #batches(label: string, { mailbox, uidValidity, known }: Opened, options: Options): Promise<void> {
    const must = [...known];
    const size = this.#choices.odds(2) ? 500 : 1 + this.#world.random.below(4);
    const batches = await mailbox.uidBatches(size, options);
    const there = new Set(this.#world.truth.uids(uidValidity));
    const missing = must.filter((uid) => there.has(uid) && !batches.some((batch) => batch.has(uid)));
    if (missing.length > 0) this.#expect.tell(label, `${missing.join()} is in no batch`);
    const ranges = batches.flatMap((batch) => [...batch.ranges()]);
    for (const [at, [first]] of ranges.entries())
      if (ranges.slice(at + 1).some(([, last]) => last >= first))
        this.#expect.tell(label, `${ranges.join(' ')} overlap`);
  }

  /** What is told as changed meanwhile has not got the flag; all else has. */
  async #storeUnchanged(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, uidValidity, known } = opened;
    const { truth } = this.#world;
    const { set, names } = this.#messages.set(opened);
    const must = [...known].filter(names);
    const flag = this.#world.unique('$u');
    this.#flagged(opened, this.#messages.upcoming(opened, names), flag);
    const since = this.#choices.odds(2) ? mailbox.highestModseq : BigInt(1 + this.#world.random.below(30));
    const { modified } = await mailbox
      .addFlags(set, [flag], { ...options, unchangedSince: since ?? 1n, silent: this.#silent(opened) })
      .catch((error) => {
        if (this.#expect.isUndone(error)) truth.notSet.set(flag, label);
        throw error;
      });
    const now = truth.now(uidValidity);
    for (const uid of modified ?? []) {
      if (!names(uid)) this.#expect.tell(label, `${uid} is none of ${String(set)}`);
      if (now?.message(uid)?.flags.has(flag)) this.#expect.tell(label, `${uid} has ${flag}, and was told as changed`);
    }
    const without = must.filter((uid) => now?.message(uid)?.flags.has(flag) === false && !modified?.has(uid));
    this.#has(label, uidValidity, without, flag);
  }

  /** Of all that are open under this name. */
  #silent({ mailbox }: Opened): boolean {
    const silent = this.#choices.odds(4);
    if (silent) for (const one of this.#opened) if (one.mailbox.name === mailbox.name) one.silent = true;
    return silent;
  }

  #has(label: string, uidValidity: number, without: readonly number[], flag: string): void {
    const { replaced } = this.#world.truth;
    const wrong = without.filter((uid) => !replaced.has(`${uidValidity}:${uid}`));
    if (wrong.length > 0) this.#expect.tell(label, `${wrong.join()} of ${uidValidity} has no ${flag}`);
  }

  /** Others' flags are gone then. */
  async #setFlags(label: string, opened: Opened, options: Options): Promise<void> {
    const { mailbox, uidValidity, known } = opened;
    const uid = this.#choices.one([...known]);
    if (uid === undefined) return;
    const { truth } = this.#world;
    truth.replaced.add(`${uidValidity}:${uid}`);
    const flag = this.#world.unique('$s');
    this.#flagged(opened, [uid], flag);
    const one = truth.now(uidValidity)?.message(uid);
    const others = [...(one?.flags ?? [])].filter((name) => name.startsWith('$'));
    if (this.#choices.odds(2)) await mailbox.removeFlags(uid, others, { ...options, silent: this.#silent(opened) });
    else {
      const { flags } = await mailbox.setFlags([uid], [flag], options);
      for (const [told] of flags) if (told !== uid) this.#expect.tell(label, `${told} is not ${uid}`);
    }
  }

  async #expunge(label: string, opened: Opened, options: Options): Promise<void> {
    const { set, names } = this.#messages.set(opened);
    const { uids } = await opened.mailbox.expunge(set, options);
    for (const uid of uids ?? []) if (!names(uid)) this.#expect.tell(label, `${uid} is none of ${String(set)}`);
    const there = new Set(this.#world.truth.uids(opened.uidValidity));
    for (const uid of uids ?? []) if (there.has(uid)) this.#expect.tell(label, `${uid} is still there`);
  }

  async #rawFetch(label: string, { mailbox, uidValidity }: Opened, options: Options): Promise<void> {
    const command = { ...options, untagged: ['FETCH'], mailbox };
    const { untagged } = await this.#client.command('UID FETCH', [{ set: '1:*' }, [{ atom: 'UID' }]], command);
    const uids = untagged.flatMap(({ text, number }) => Number(/UID (\d+)/.exec(text)?.[1] ?? number ?? 0));
    if (!this.#client.enabled.has('UIDONLY')) this.#expect.uids(label, uidValidity, uids);
  }

  /** What is marked goes; nobody has it open any more. */
  async #close(opened: Opened, options: Options): Promise<void> {
    if (!this.#choices.odds(3)) return;
    this.#opened.splice(this.#opened.indexOf(opened), 1);
    await opened.mailbox.close(options);
  }
}
