/** What one session calls of the account: metadata, rights, quotas, subscriptions, names, counts. */
import type { ImapClient, ListOptions, MailboxInfo, MailboxStatus, StatusItem } from '../../../src/index.ts';
import { type Choices, NAMES } from './choices.ts';
import type { Expectations } from './expectations.ts';
import type { World } from './world.ts';

const STATUS: readonly StatusItem[] = [
  ...(['messages', 'unseen', 'uidNext', 'size', 'deleted', 'mailboxId', 'appendLimit', 'highestModseq'] as const),
  ...(['recent', 'deletedStorage'] as const),
];
/** Names, and what is put in place of one for the server itself. */
const ANNOTATED = [...NAMES, ''];

export class AccountCalls {
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #user: () => string | undefined;

  constructor(
    world: World,
    client: ImapClient,
    choices: Choices,
    expect: Expectations,
    user: () => string | undefined,
  ) {
    this.#world = world;
    this.#client = client;
    this.#choices = choices;
    this.#expect = expect;
    this.#user = user;
  }

  all(): Record<string, (label: string) => Promise<unknown>> {
    const client = this.#client;
    const options = () => this.#choices.options();
    return {
      list: (label) => this.#list(label),
      status: (label) => this.#status(label),
      annotateMailbox: () => this.#setMetadata(),
      annotations: (label) => this.#getMetadata(label),
      grant: (label) => this.#grant(label),
      rights: (label) => this.#rights(label),
      quota: (label) => this.#quota(label),
      limit: (label) => this.#limit(label),
      subscribe: () => client.subscribe(this.#choices.name(), options()),
      unsubscribe: () => client.unsubscribe(this.#choices.name(), options()),
      told: (label) => this.#told(label),
      raw: (label) => this.#raw(label),
    };
  }

  /** Counts that a mailbox of this name had. */
  #counts(label: string, user: string | undefined, name: string, status: MailboxStatus): void {
    const { uidValidity, messages, uidNext } = status;
    if (uidValidity === undefined) {
      // Where it is refused there is what the capabilities tell.
      if (Object.keys(status).some((item) => item !== 'appendLimit'))
        this.#expect.tell(label, `${name} has no UIDVALIDITY`);
      return;
    }
    this.#expect.mailbox(label, uidValidity, user, name);
    const known = this.#world.truth.of(uidValidity)?.subjects;
    const last = Math.max(0, ...(known?.keys() ?? []));
    if ((messages ?? 0) > (known?.size ?? 0)) this.#expect.tell(label, `${name} never had ${messages} messages`);
    if (uidNext !== undefined && uidNext > last + 1) this.#expect.tell(label, `UIDNEXT of ${name} is not ${uidNext}`);
  }

  #items(): StatusItem[] {
    const has = (item: StatusItem) => item !== 'highestModseq' || this.#client.capabilities.has('CONDSTORE');
    return [...STATUS.filter((item) => this.#choices.odds(3) && has(item)), 'uidValidity'];
  }

  async #status(label: string): Promise<void> {
    const user = this.#user();
    const name = this.#choices.name();
    this.#counts(label, user, name, await this.#client.status(name, this.#items(), this.#choices.options()));
  }

  async #list(label: string): Promise<void> {
    const user = this.#user();
    const entries = this.#choices.odds(3) ? this.#someEntries() : [];
    const asked: ListOptions = {
      ...(this.#choices.odds(3) ? { pattern: this.#choices.one(['%', 'C/*', ['A', 'C/%']]) ?? '' } : {}),
      ...(this.#choices.odds(2) ? { status: this.#items() } : {}),
      ...(this.#choices.odds(3) ? { subscribed: true, recursiveMatch: this.#choices.odds(2) } : {}),
      ...(this.#choices.odds(6) ? { specialUse: true } : {}),
      ...(this.#choices.odds(3) ? { myRights: true } : {}),
      ...(entries.length > 0 ? { metadata: entries } : {}),
    };
    const listed = await this.#client.list({ ...this.#choices.options(), ...asked });
    const names = listed.map(({ name }) => name);
    if (new Set(names).size < names.length) this.#expect.tell(label, `${names.join()} has a name twice`);
    for (const info of listed) this.#listed(label, user, info, asked);
  }

  #listed(label: string, user: string | undefined, info: MailboxInfo, asked: ListOptions): void {
    const { name, selectable, status, metadata, myRights } = info;
    const { truth } = this.#world;
    if (selectable && !info.attributes.has('\\NonExistent') && asked.subscribed !== true && !truth.named(name))
      this.#expect.tell(label, `nothing was ever named ${name}`);
    // It may have gone meanwhile where each is asked for with a command of its own.
    if (asked.status !== undefined && status !== undefined) this.#counts(label, user, name, status);
    if (status !== undefined && asked.status === undefined) this.#expect.tell(label, `nobody asked for counts`);
    if (myRights !== undefined && !myRights.includes('l')) this.#expect.tell(label, `${name} has rights ${myRights}`);
    for (const [entry, value] of metadata ?? []) {
      if (!asked.metadata?.includes(entry)) this.#expect.tell(label, `nobody asked for ${entry}`);
      this.#value(label, user, name, entry, value);
    }
  }

  /** A value of its own for an entry of its own. */
  async #setMetadata(): Promise<void> {
    const user = this.#user();
    const name = this.#choices.one(ANNOTATED) ?? '';
    const { annotations } = this.#world.truth;
    const removes = this.#choices.odds(4);
    if (removes) {
      const entries = this.#someEntries();
      for (const entry of entries) {
        const known = annotations.get(entry);
        if (known !== undefined) known.mayBeGone = true;
      }
      return this.#client.metadata.set(
        name,
        Object.fromEntries(entries.map((one) => [one, null])),
        this.#choices.options(),
      );
    }
    const entries: Record<string, string | Buffer> = {};
    for (let count = 1 + this.#world.random.below(3); count > 0; count--) {
      const entry = `/${this.#choices.odds(2) ? 'private' : 'shared'}/${this.#world.unique('e')}`;
      const value = this.#anyValue(entry);
      entries[entry] = value;
      annotations.set(entry, { user, name, value: Buffer.from(value), state: 'asked', mayBeGone: false });
    }
    const all = Object.keys(entries).flatMap((entry) => annotations.get(entry) ?? []);
    await this.#client.metadata.set(name, entries, this.#choices.options()).then(
      () => {
        for (const one of all) one.state = 'set';
      },
      (error) => {
        // All or none of them (RFC 5464 §4.3).
        if (this.#expect.isRefused(error) || this.#expect.isUndone(error)) for (const one of all) one.state = 'not set';
        throw error;
      },
    );
  }

  #anyValue(entry: string): string | Buffer {
    const filling = this.#choices.odds(4) ? 'x'.repeat(this.#world.random.below(6000)) : '';
    const kind = this.#world.random.below(4);
    if (kind === 0) return Buffer.from(`${entry}\0ä${filling}`);
    if (kind === 1) return `${entry} "\\ä\r\n* OK {5}\r\n${filling}`;
    return `${entry} ${filling}`;
  }

  #someEntries(): string[] {
    const all = [...this.#world.truth.annotations.keys(), '/private/none'];
    return [...new Set(Array.from({ length: 1 + this.#world.random.below(3) }, () => this.#choices.one(all) ?? ''))];
  }

  async #getMetadata(label: string): Promise<void> {
    const user = this.#user();
    const name = this.#choices.one(ANNOTATED) ?? '';
    const deep = this.#choices.odds(3);
    const entries = deep ? ['/private', '/shared'] : this.#someEntries();
    const maxSize = this.#choices.odds(4) ? { maxSize: this.#world.random.below(200) } : {};
    const found = await this.#client.metadata.get(name, this.#choices.odds(4) ? (entries[0] ?? '') : entries, {
      ...this.#choices.options(),
      ...(deep ? { depth: 'infinity' as const } : {}),
      ...maxSize,
    });
    for (const [entry, value] of found) {
      if (!deep && !entries.includes(entry)) this.#expect.tell(label, `nobody asked for ${entry}`);
      if (value !== null && value.length > (maxSize.maxSize ?? 1e9)) this.#expect.tell(label, `${entry} is too long`);
      this.#value(label, user, name, entry, value);
    }
  }

  #value(label: string, user: string | undefined, name: string, entry: string, value: Buffer | null): void {
    const known = this.#world.truth.annotations.get(entry);
    if (value === null) return;
    // A mailbox with another name is one that was renamed.
    if (known === undefined || (known.name !== name && ANNOTATED.includes(name)))
      this.#expect.tell(label, `nobody set ${entry} of ${name}`);
    else if (!known.value.equals(value)) this.#expect.tell(label, `${entry} is ${value.toString()}`);
    else if (known.state === 'not set') this.#expect.tell(label, `${entry} was not set, it was told`);
    const isShared = name === '' && entry.startsWith('/shared');
    if (!isShared && user !== undefined && known?.user !== undefined && known.user !== user)
      this.#expect.tell(label, `${entry} is ${known.user}'s, not ${user}'s`);
  }

  async #grant(label: string): Promise<void> {
    const user = this.#user();
    const name = this.#choices.name();
    const who = this.#world.unique('friend');
    if (this.#choices.odds(3)) return this.#client.acl.delete(name, who, this.#choices.options());
    await this.#client.acl.set(name, who, 'lr', this.#choices.options());
    if (user === undefined || user !== this.#user()) return;
    const rights = [...this.#world.truth.mailboxes(user)].flatMap(({ acl }) => acl.get(who) ?? []);
    // It may have been deleted since.
    if (rights.length > 1 || (rights[0] ?? 'lr') !== 'lr') this.#expect.tell(label, `${who} has ${rights.join()}`);
  }

  async #rights(label: string): Promise<void> {
    const name = this.#choices.name();
    if (this.#choices.odds(3)) await this.#client.acl.listRights(name, 'ann', this.#choices.options());
    // Who it is may have changed meanwhile.
    const user = this.#user();
    const [mine, all] = await Promise.all([
      this.#client.acl.myRights(name, this.#choices.options()),
      this.#client.acl.get(name, this.#choices.options()),
    ]);
    if (!mine.includes('l')) this.#expect.tell(label, `my rights are ${mine}`);
    for (const [who, rights] of all)
      if (user !== undefined && who !== user && !(/^friend\d+$/.test(who) && rights === 'lr'))
        this.#expect.tell(label, `${who} has ${rights}`);
  }

  async #quota(label: string): Promise<void> {
    const name = this.#choices.name();
    const { roots, quotas } = await this.#client.quota.root(name, this.#choices.options());
    if (roots.length !== 1 || quotas.length !== 1) this.#expect.tell(label, `${roots.length} roots`);
    const quota = await this.#client.quota.get(roots[0] ?? '', this.#choices.options());
    for (const resource of Object.keys(quota.resources))
      if (!/^(STORAGE|MESSAGE|MAILBOX)$/.test(resource)) this.#expect.tell(label, `a quota of ${resource}`);
  }

  /** Now and then less than there is: nothing more is taken then. */
  async #limit(label: string): Promise<void> {
    const most = this.#choices.odds(4) ? 1 + this.#world.random.below(20) : 1_000_000 + this.#world.random.below(1000);
    const { resources } = await this.#client.quota.set('User quota', { MESSAGE: most }, this.#choices.options());
    const told = Object.entries(resources).map(([name, { limit }]) => `${name} ${limit}`);
    if (told.join() !== `MESSAGE ${most}`) this.#expect.tell(label, `${told.join()} is not MESSAGE ${most}`);
  }

  /** What the server tells of itself. */
  async #told(label: string): Promise<void> {
    const options = this.#choices.options();
    const client = this.#client;
    const what = this.#world.random.below(4);
    if (what === 0) {
      const { personal } = await client.namespaces(options);
      if (personal.length !== 1 || personal[0]?.delimiter !== '/') this.#expect.tell(label, 'another namespace');
    } else if (what === 1) await client.id({ name: 'simulation' }, options);
    else if (what === 2) {
      const { active } = await client.comparator(this.#choices.odds(2) ? ['i;ascii-casemap'] : [], options);
      if (!/^i;/.test(active)) this.#expect.tell(label, `compares by ${active}`);
    } else await client.language(this.#choices.odds(2) ? 'i-default' : undefined, options);
  }

  /** Without a method of its own. */
  async #raw(label: string): Promise<void> {
    const name = this.#choices.name();
    const { untagged } = await this.#client.command('STATUS', [{ mailbox: name }, [{ atom: 'MESSAGES' }]], {
      ...this.#choices.options(),
      untagged: ['STATUS'],
    });
    // What NOTIFY tells has the same name.
    if (untagged.length < 1) this.#expect.tell(label, 'STATUS has no answer');
    for (const { text, name: told } of untagged)
      if (told !== 'STATUS') this.#expect.tell(label, `STATUS is answered with ${text}`);
  }
}
