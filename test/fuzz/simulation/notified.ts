/** What NOTIFY tells of mailboxes: what was told adds up to what there is. */
import type { MailboxInfo, Notification, NotifyGroup } from '../../../src/index.ts';
import type { Expectations } from './expectations.ts';
import type { World } from './world.ts';

type Told = Notification<{ headers: true }>;

interface Counts {
  messages: number | undefined;
  uidNext: number | undefined;
  uidValidity: number | undefined;
  unseen: number | undefined;
}

export class Notified {
  /** Of the last STATUS of each mailbox. */
  readonly #counts = new Map<string, Counts>();
  /** Names that there are, by what was told; undefined where some may have changed untold. */
  #names: Set<string> | undefined;
  readonly #namings: MailboxInfo[] = [];
  /** It has ended. */
  over = false;
  /** Messages of the selected mailbox that were told, as `UIDVALIDITY:UID`. */
  readonly messages = new Set<string>();
  readonly #world: World;
  readonly #expect: Expectations;
  readonly #label: string;
  readonly #asks: (name: string) => boolean;
  readonly #mayTell: (name: string) => boolean;
  readonly #tellsNames: boolean;
  readonly #tellsFlags: boolean;
  readonly #tellsMetadata: boolean;
  readonly #tellsServerMetadata: boolean;
  /** Whether a name is subscribed, as was told last; undefined: nobody asked. */
  readonly #subscribed: Map<string, boolean> | undefined;
  /** Entries of metadata that were told. */
  readonly #entries = new Set<string>();
  /** How many entries had been set when it was known that all are told from there on; undefined: some may be untold. */
  #entriesBefore: number | undefined;

  constructor(world: World, expect: Expectations, label: string, groups: readonly NotifyGroup[]) {
    this.#world = world;
    this.#expect = expect;
    this.#label = label;
    const [others] = groups.filter(({ scope }) => scope !== 'selected' && scope !== 'selected-delayed');
    // Before NOTIFY is answered others may be told: which are `inboxes` or `subscribed` the server alone knows.
    const isServers = others?.scope === 'inboxes' || others?.scope === 'subscribed';
    this.#mayTell = isServers ? () => true : (name) => this.#asks(name);
    this.#asks = others === undefined ? () => false : asked(others);
    this.#tellsNames = others?.events.includes('mailboxName') ?? false;
    this.#tellsFlags = others?.events.includes('flagChange') ?? false;
    this.#tellsMetadata = others?.events.includes('mailboxMetadataChange') ?? false;
    this.#tellsServerMetadata = others?.events.includes('serverMetadataChange') ?? false;
    if (others?.events.includes('subscriptionChange')) this.#subscribed = new Map();
  }

  /** What LIST has told behind NOTIFY; undefined: some names may have changed untold. */
  knowNames(names: Iterable<string> | undefined): void {
    this.#names = names && new Set(names);
    this.#entriesBefore = names && this.#world.truth.annotations.size;
    if (names === undefined) this.#subscribed?.clear();
    // Those told before LIST are in it already.
    if (names !== undefined) for (const naming of this.#namings) this.#name(naming);
  }

  take(event: Told): void {
    if (event.type === 'status') this.#status(event.mailbox, event.status);
    else if (event.type === 'mailbox') this.#mailbox(event.mailbox);
    else if (event.type === 'message') this.#message(event);
    else this.#metadata(event.mailbox, event.entries);
  }

  #metadata(mailbox: string, entries: readonly string[]): void {
    if (mailbox !== '' && !this.#mayTell(mailbox)) this.#expect.tell(this.#label, `nobody asked for ${mailbox}`);
    for (const entry of entries) {
      const known = this.#world.truth.annotations.get(entry);
      if (entry === '/private/none') continue;
      if (known === undefined || known.state === 'not set') this.#expect.tell(this.#label, `nobody set ${entry}`);
      this.#entries.add(entry);
    }
  }

  #status(name: string, status: Partial<Counts>): void {
    if (!this.#mayTell(name)) this.#expect.tell(this.#label, `nobody asked for ${name}`);
    const before = this.#counts.get(name);
    const same = before?.uidValidity === status.uidValidity ? before : undefined;
    const { messages = same?.messages, uidNext = same?.uidNext, unseen = same?.unseen, uidValidity } = status;
    if (uidValidity !== undefined) this.#expect.mailbox(this.#label, uidValidity, undefined, name);
    if ((same?.uidNext ?? 0) > (uidNext ?? 0)) this.#expect.tell(this.#label, `UIDNEXT of ${name} falls to ${uidNext}`);
    this.#counts.set(name, { messages, uidNext, unseen, uidValidity });
  }

  #mailbox(told: MailboxInfo): void {
    const { name, oldName } = told;
    if (!this.#mayTell(name) && !(oldName !== undefined && this.#mayTell(oldName)))
      this.#expect.tell(this.#label, `nobody asked for the name ${name}`);
    this.#namings.push(told);
    this.#name(told);
    this.#subscribed?.set(name, told.subscribed === true);
    const counts = this.#counts.get(oldName ?? '');
    // Else it may be its subscription that has changed.
    if (told.attributes.has('\\NonExistent') || oldName !== undefined) this.#counts.delete(name);
    if (oldName === undefined || counts === undefined) return;
    this.#counts.delete(oldName);
    this.#counts.set(name, counts);
  }

  #name({ name, oldName, selectable, attributes }: MailboxInfo): void {
    if (oldName !== undefined) this.#names?.delete(oldName);
    if (selectable && !attributes.has('\\NonExistent')) this.#names?.add(name);
    else this.#names?.delete(name);
  }

  /** The mailbox may have become another one of its name. */
  #message({ mailbox, message: { uid, headers } }: Extract<Told, { type: 'message' }>): void {
    const subject = headers.get('subject');
    const uidValidity = this.#world.truth.holding(mailbox, uid, subject);
    if (uidValidity === undefined) this.#expect.tell(this.#label, `${uid} of ${mailbox} is not ${subject}`);
    const key = `${uidValidity}:${uid}`;
    if (this.messages.has(key)) this.#expect.tell(this.#label, `message ${uid} was told twice`);
    this.messages.add(key);
  }

  /** What was told and is not so, but of the mailbox that is selected. */
  *wrong(user: string, selected: string | undefined): Iterable<string> {
    yield* this.#wrongCounts(user, selected);
    yield* this.#wrongNames(user);
    const subscribed = this.#world.truth.subscriptions(user);
    for (const [name, told] of this.#subscribed ?? [])
      if (this.#asks(name) && subscribed.has(name) !== told) yield `${name} is told as ${told ? '' : 'not '}subscribed`;
    const { annotations } = this.#world.truth;
    for (const [entry, { user: setter, name, state }] of [...annotations].slice(
      this.#entriesBefore ?? annotations.size,
    )) {
      const isAsked = name === '' ? this.#tellsServerMetadata : this.#tellsMetadata && this.#asks(name);
      if (isAsked && setter === user && state === 'set' && !this.#entries.has(entry))
        yield `${entry} of ${name} is untold`;
    }
  }

  *#wrongCounts(user: string, selected: string | undefined): Iterable<string> {
    const all = [...this.#world.truth.mailboxes(user)];
    for (const { name, uidValidity, messages, uidNext } of all) {
      if (name === selected || !this.#asks(name)) continue;
      const told = this.#counts.get(name);
      if (told === undefined && messages.length === 0) continue;
      // Nobody asked for names: it may be another one.
      if (!this.#tellsNames && told?.uidValidity !== uidValidity) continue;
      const unseen = messages.filter(({ flags }) => !flags.has('\\Seen')).length;
      if (told?.messages !== messages.length) yield `${name} has ${messages.length}, not ${told?.messages} messages`;
      if (told?.uidNext !== uidNext) yield `UIDNEXT of ${name} is ${uidNext}, not ${told?.uidNext}`;
      if (this.#tellsFlags && told?.unseen !== unseen) yield `of ${name} ${unseen} are unseen, not ${told?.unseen}`;
    }
  }

  *#wrongNames(user: string): Iterable<string> {
    if (!this.#tellsNames || this.#names === undefined) return;
    const all = [...this.#world.truth.mailboxes(user)];
    const there = all.map(({ name }) => name).filter(this.#asks);
    const told = [...this.#names].filter(this.#asks);
    if (told.sort().join() !== there.sort().join()) yield `there are ${there.join()}, not ${told.join()}`;
  }
}

/** Whether a mailbox is one of those that a group is about. */
function asked({ scope }: NotifyGroup): (name: string) => boolean {
  // Which ones these are changes.
  if (scope === 'subscribed') return () => false;
  if (scope === 'inboxes') return (name) => name === 'INBOX';
  if (typeof scope === 'string') return () => true;
  if ('mailboxes' in scope) return (name) => scope.mailboxes.includes(name);
  return (name) => name === scope.subtree || name.startsWith(`${scope.subtree}/`);
}
