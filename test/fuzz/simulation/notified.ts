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

  constructor(world: World, expect: Expectations, label: string, groups: readonly NotifyGroup[]) {
    this.#world = world;
    this.#expect = expect;
    this.#label = label;
    const [others] = groups.filter(({ scope }) => scope !== 'selected' && scope !== 'selected-delayed');
    // Before NOTIFY is answered others may be told: which are `inboxes` the server alone knows.
    this.#mayTell = others?.scope === 'inboxes' ? () => true : (name) => this.#asks(name);
    this.#asks = others === undefined ? () => false : asked(others);
    this.#tellsNames = others?.events.includes('mailboxName') ?? false;
    this.#tellsFlags = others?.events.includes('flagChange') ?? false;
  }

  /** What LIST has told behind NOTIFY; undefined: some names may have changed untold. */
  knowNames(names: Iterable<string> | undefined): void {
    this.#names = names && new Set(names);
    // Those told before LIST are in it already.
    if (names !== undefined) for (const naming of this.#namings) this.#name(naming);
  }

  take(event: Told): void {
    if (event.type === 'status') this.#status(event.mailbox, event.status);
    else if (event.type === 'mailbox') this.#mailbox(event.mailbox);
    else if (event.type === 'message') this.#message(event);
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
    const counts = this.#counts.get(oldName ?? '');
    this.#counts.delete(name);
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
    if (!this.#tellsNames || this.#names === undefined) return;
    const there = all.map(({ name }) => name).filter(this.#asks);
    const told = [...this.#names].filter(this.#asks);
    if (told.sort().join() !== there.sort().join()) yield `there are ${there.join()}, not ${told.join()}`;
  }
}

/** Whether a mailbox is one of those that a group is about. */
function asked({ scope }: NotifyGroup): (name: string) => boolean {
  if (scope === 'inboxes') return (name) => name === 'INBOX';
  if (typeof scope === 'string') return () => true;
  if ('mailboxes' in scope) return (name) => scope.mailboxes.includes(name);
  return (name) => name === scope.subtree || name.startsWith(`${scope.subtree}/`);
}
