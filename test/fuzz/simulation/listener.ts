/** A session that is told by NOTIFY what happens, and that has one mailbox selected, or none. */
import type { ImapClient, Mailbox, NotifyEventName, NotifyGroup } from '../../../src/index.ts';
import { ABORTED, Choices, OTHER } from './choices.ts';
import { Expectations } from './expectations.ts';
import { Notified } from './notified.ts';
import { pause, turns } from './pieces.ts';
import { Watched } from './watched.ts';
import type { World } from './world.ts';

const SELECTED = 'A';
/** So long it may take until all is told, ms. */
const PATIENCE = 4000;

export class Listener {
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #user: string;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #label: string;
  #ends = new AbortController();
  #notified: Notified | undefined;
  #mailbox: Mailbox | undefined;
  #watched: Watched | undefined;
  /** The selected mailbox's messages are told as expunged at any time. */
  #atAnyTime = false;
  #fetches = false;
  /** Messages of the selected mailbox that come behind this one are told, where that is asked for. */
  #before: { uidValidity: number; uid: number } | undefined;
  #reconnections = 0;
  readonly #over = new AbortController();

  constructor(world: World, client: ImapClient, user: string, label: string) {
    this.#world = world;
    this.#client = client;
    this.#user = user;
    this.#label = label;
    this.#choices = new Choices(world.random);
    this.#expect = new Expectations(world);
    client.on('reconnected', () => {
      this.#reconnections++;
      this.#before = undefined;
      this.#notified?.knowNames(undefined);
    });
  }

  /** One thing, whatever comes of it. */
  async call(): Promise<void> {
    const what = this.#world.random.below(10);
    try {
      if (what === 0 || this.#notified === undefined) this.#listen();
      else if (what === 1 && this.#mailbox === undefined) await this.#select();
      else if (what === 2) await this.#client.status(OTHER, ['messages'], this.#choices.options());
      else if (what === 3) await this.#list();
      else if (what === 4) await this.#client.append(this.#choices.name(), this.#message());
      else if (what < 9 && this.#mailbox !== undefined) await this.#use(this.#mailbox, what);
      else await this.#client.noop();
    } catch (error) {
      this.#expect.failure(this.#label, error);
    }
  }

  /** What it tells is its own answer, whatever news come with it. */
  async #list(): Promise<void> {
    const name = this.#choices.name();
    const what = this.#world.random.below(5);
    if (what === 0) await this.#client.list();
    else if (what === 1) await this.#client.subscribe(name, this.#choices.options());
    else if (what === 2) await this.#client.unsubscribe(name, this.#choices.options());
    else if (what === 3)
      await this.#client.metadata.get(name, ['/private/none', '/shared/none'], this.#choices.options());
    else {
      const subscribed = this.#choices.odds(2) ? { subscribed: true } : {};
      const counts = this.#choices.odds(2) ? { status: ['messages', 'uidValidity'] as const } : {};
      const listed = await this.#client.list({ pattern: name, ...subscribed, ...counts, ...this.#choices.options() });
      const names = listed.map((one) => one.name);
      if (names.some((one) => one !== name) || names.length > 1)
        this.#expect.tell(this.#label, `LIST of ${name} tells ${names.join()}`);
    }
  }

  #message() {
    return this.#choices.message(this.#world.unique('appended'));
  }

  /** What was asked for before is replaced. */
  #listen(): void {
    const groups = this.#groups();
    const before = this.#ends;
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    const notified = new Notified(this.#world, this.#expect, this.#label, groups);
    this.#notified = notified;
    this.#atAnyTime = groups.some(({ scope }) => scope === 'selected');
    this.#fetches = groups.some(({ fetch }) => fetch !== undefined);
    this.#before = undefined;
    const follow = async () => {
      for await (const event of this.#client.notify(groups, { status: true, signal })) {
        notified.take(event);
        if (this.#choices.odds(6)) await turns(this.#world.random.below(10));
      }
    };
    follow()
      .catch((error) => this.#expect.failure(this.#label, error))
      .finally(() => {
        notified.over = true;
      });
    if (this.#choices.odds(2)) before.abort(ABORTED);
    else void turns(this.#world.random.below(20)).then(() => before.abort(ABORTED));
    this.#learn(notified).catch((error) => this.#expect.failure(this.#label, error));
  }

  /** What there is behind the answer to NOTIFY. */
  async #learn(notified: Notified): Promise<void> {
    const reconnections = this.#reconnections;
    const list = await this.#client.list();
    if (this.#notified !== notified || this.#reconnections !== reconnections) return;
    notified.knowNames(list.filter(({ selectable }) => selectable).map(({ name }) => name));
    const { uidValidity } = this.#mailbox ?? {};
    const { subjects } = this.#world.truth.of(uidValidity ?? 0) ?? {};
    if (uidValidity !== undefined && subjects !== undefined)
      this.#before = { uidValidity, uid: Math.max(0, ...subjects.keys()) };
  }

  #groups(): NotifyGroup<{ headers: true }>[] {
    const events: NotifyEventName[] = ['messageNew', 'messageExpunge'];
    if (this.#choices.odds(2)) events.push('flagChange');
    const groups: NotifyGroup<{ headers: true }>[] = [];
    if (this.#choices.odds(2)) {
      const scope = this.#choices.odds(2) ? 'selected' : 'selected-delayed';
      const fetch = this.#choices.odds(2) ? { fetch: { headers: true } as const } : {};
      groups.push({ scope, events: [...events, ...(events.length === 2 ? (['flagChange'] as const) : [])], ...fetch });
    }
    const scope = this.#choices.one([
      'personal',
      'inboxes',
      'subscribed',
      { mailboxes: [OTHER, 'INBOX'] },
      { mailboxes: 'C/D' },
      { subtree: 'C' },
    ] as const);
    const more = ['mailboxName', 'subscriptionChange', 'mailboxMetadataChange', 'serverMetadataChange'] as const;
    events.push(...more.filter(() => this.#choices.odds(2)));
    if (scope !== undefined) groups.push({ scope, events });
    return groups;
  }

  async #select(): Promise<void> {
    const mailbox = await this.#client.open(SELECTED);
    this.#mailbox = mailbox;
    if (this.#notified !== undefined) await this.#learn(this.#notified);
    if (!this.#choices.odds(2)) return;
    const watched = new Watched(mailbox.uidValidity, (what) => this.#expect.tell(`${this.#label} watch`, what));
    this.#watched = watched;
    const failed = (error: unknown) => this.#expect.failure(this.#label, error);
    await watched.begin(mailbox, [], this.#over.signal, failed, (...told) =>
      this.#expect.subject(this.#label, ...told),
    );
  }

  async #use(mailbox: Mailbox, what: number): Promise<void> {
    const { uidValidity } = mailbox;
    if (what === 5) this.#expect.uids(this.#label, uidValidity, await mailbox.search({ all: true }));
    else {
      const set = what === 6 && !this.#atAnyTime ? { seq: '1:*' } : '1:*';
      const reconnections = this.#reconnections;
      const messages = await mailbox.fetchAll(set, { headers: ['subject'] }, this.#choices.options());
      for (const { uid, headers } of messages)
        this.#expect.subject(this.#label, uidValidity, uid, headers.get('subject'));
      const numbers = messages.map(({ seq }) => seq);
      // On another connection they are numbered anew.
      if (this.#reconnections !== reconnections) return;
      if (new Set(numbers).size < numbers.length && !this.#client.enabled.has('UIDONLY') && !this.#atAnyTime)
        this.#expect.tell(this.#label, `numbers ${numbers.join()}`);
    }
  }

  /** Nothing is under way any more: what was told is what there is. */
  async settle(): Promise<void> {
    const notified = this.#notified;
    try {
      const all = () => [...this.#wrong(notified)];
      for (const end = performance.now() + PATIENCE; performance.now() < end && all().length > 0; ) {
        // What is expunged may be told with an answer alone; this one may be refused.
        await this.#client.noop().catch(() => {});
        await pause(5);
      }
      for (const what of all()) this.#expect.tell(`${this.#label} at the end`, what);
    } catch (error) {
      this.#expect.failure(this.#label, error);
    }
  }

  *#wrong(notified: Notified | undefined): Iterable<string> {
    const selected = this.#mailbox === undefined ? undefined : SELECTED;
    if (notified !== undefined && !notified.over) yield* notified.wrong(this.#user, selected);
    const mailbox = this.#mailbox;
    // Where it was renamed another one may have its name, and be the one that is selected.
    const isNamed = mailbox && this.#world.truth.now(mailbox.uidValidity)?.name === SELECTED;
    const there = isNamed ? this.#world.truth.uids(mailbox.uidValidity) : undefined;
    if (mailbox === undefined || there === undefined || this.#client.state !== 'selected') return;
    if (mailbox.exists !== there.length) yield `exists: ${mailbox.exists}, not ${there.length}`;
    if (this.#fetches && this.#before?.uidValidity === mailbox.uidValidity && notified?.over === false)
      for (const uid of there)
        if (uid > this.#before.uid && !notified.messages.has(`${mailbox.uidValidity}:${uid}`))
          yield `message ${uid} was not told`;
    const watched = this.#watched;
    if (watched === undefined || watched.over || watched.uidValidity !== mailbox.uidValidity) return;
    const told = watched.now(there).join();
    if (told !== there.join()) yield `watch: ${told}, not ${there.join()}`;
    const flags = watched.wrongFlags(this.#world.truth.now(mailbox.uidValidity)?.messages ?? []);
    if (flags !== undefined) yield `watch: ${flags}`;
  }

  end(): void {
    this.#over.abort();
    this.#ends.abort();
  }
}
