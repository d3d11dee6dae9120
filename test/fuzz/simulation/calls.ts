/** What one session calls, at random, and what is expected of each answer. */
import type { ImapClient } from '../../../src/index.ts';
import { AccountCalls } from './account-calls.ts';
import { Appending } from './appending.ts';
import { Choices, NAMES, type Options } from './choices.ts';
import { Expectations } from './expectations.ts';
import { MailboxCalls } from './mailbox-calls.ts';
import { MessageCalls } from './message-calls.ts';
import type { Opened } from './named-messages.ts';
import type { World } from './world.ts';

export class Caller {
  readonly opened: Opened[] = [];
  /** The user whose mailboxes are to be had; undefined while that changes. */
  user: string | undefined;
  readonly #world: World;
  readonly #client: ImapClient;
  readonly #passwords: Record<string, string>;
  readonly #choices: Choices;
  readonly #expect: Expectations;
  readonly #appending: Appending;
  readonly #accountCalls: AccountCalls;
  readonly #mailboxCalls: MailboxCalls;
  readonly #messageCalls: MessageCalls;
  readonly #ends = new AbortController();
  #called = 0;

  constructor(world: World, client: ImapClient, user: string, passwords: Record<string, string>) {
    this.#world = world;
    this.#client = client;
    this.user = user;
    this.#passwords = passwords;
    this.#choices = new Choices(world.random);
    this.#expect = new Expectations(world);
    this.#appending = new Appending(world, client, this.#choices, this.#expect, () => this.user);
    this.#accountCalls = new AccountCalls(world, client, this.#choices, this.#expect, () => this.user);
    this.#messageCalls = new MessageCalls(world, client, this.#choices, this.#expect, this.opened);
    this.#mailboxCalls = new MailboxCalls(world, this.#choices, this.#expect, this);
  }

  get ended(): AbortSignal {
    return this.#ends.signal;
  }

  /** One call, whatever comes of it. `changesUser`: it may be one that leaves the user. */
  async call(changesUser: boolean): Promise<void> {
    const { random } = this.#world;
    const calls = this.#calls();
    const names = Object.keys(calls).filter((name) => changesUser || !/User$/.test(name));
    const name = names[random.below(names.length)] ?? 'noop';
    const label = `${name} ${++this.#called}`;
    try {
      await calls[name]?.(label);
    } catch (error) {
      this.#expect.failure(label, error);
    }
  }

  /** Of one kind each. Most are of what is open. */
  #calls(): Record<string, (label: string) => Promise<unknown>> {
    const kind = this.#world.random.below(8);
    if (kind < 2) return this.#own();
    if (kind === 2) return this.#accountCalls.all();
    if (this.opened.length === 0 && this.#choices.odds(2)) return { open: (label) => this.#open(label) };
    return kind < 6 ? this.#mailboxCalls.all() : this.#messageCalls.all();
  }

  #own(): Record<string, (label: string) => Promise<unknown>> {
    return {
      open: (label) => this.#open(label),
      openAgain: (label) => this.#open(label),
      ...this.#appending.all(),
      noop: () => this.#client.noop(this.#choices.options()),
      searchMailboxes: (label) => this.#searchMailboxes(label),
      enable: () =>
        this.#client.enable(
          [this.#choices.one(['CONDSTORE', 'QRESYNC', 'UIDONLY', 'IMAP4rev2']) ?? ''],
          this.#choices.options(),
        ),
      create: (label) =>
        this.#choices.odds(2)
          ? this.#client.create(this.#choices.name(), this.#choices.options())
          : this.#named(label, 'made', (name, options) => this.#client.create(name, options)),
      deleteMailbox: () =>
        this.#client.delete(
          this.#choices.odds(4) ? this.#choices.name() : this.#world.unique('none'),
          this.#choices.options(),
        ),
      renameMailbox: (label) =>
        this.#named(label, 'renamed', (name, options) => this.#client.rename('C/D', name, options)),
      notify: () => this.#notify(),
      changeUser: () => this.#changeUser(),
      actAsUser: () => this.#actAs(),
    };
  }

  async #open(label: string): Promise<void> {
    const user = this.user;
    const name = this.#choices.name();
    const mailbox = await this.#client.open(name, { ...this.#choices.options(), readOnly: this.#choices.odds(4) });
    this.#expect.mailbox(label, mailbox.uidValidity, user, name);
    const opened = { mailbox, uidValidity: mailbox.uidValidity, known: new Set<number>() };
    this.#messageCalls.listen(label, opened);
    this.opened.push(opened);
    // Else nothing is known of it yet.
    if (this.#choices.odds(2)) for (const uid of await mailbox.search({ all: true })) opened.known.add(uid);
  }

  #named(label: string, prefix: string, make: (name: string, options: Options) => Promise<unknown>): Promise<void> {
    const name = this.#world.unique(prefix);
    return this.#expect.names(label, name, () => make(name, this.#choices.options()));
  }

  async #searchMailboxes(label: string): Promise<void> {
    const user = this.user;
    const found = await this.#client.searchMailboxes(
      this.#choices.odds(2) ? { all: true } : { seq: '1:*' },
      this.#choices.odds(2) ? { mailboxes: NAMES } : { personal: true },
      this.#choices.options(),
    );
    for (const [name, { uidValidity, uids }] of found) {
      this.#expect.mailbox(label, uidValidity, user, name);
      this.#expect.uids(label, uidValidity, uids);
    }
  }

  async #notify(): Promise<void> {
    const events = ['messageNew', 'messageExpunge', 'flagChange'] as const;
    const scope = this.#choices.odds(2) ? 'personal' : 'selected';
    for await (const _ of this.#client.notify([{ scope, events: [...events] }], { signal: this.#choices.until(80) }))
      if (this.#choices.odds(3)) return;
  }

  async #changeUser(): Promise<void> {
    const user = this.#choices.one(this.#world.truth.users) ?? '';
    await this.#leave(user, async () => {
      await this.#client.unauthenticate();
      await this.#client.authenticate({ user, pass: this.#passwords[user] ?? '' });
    });
  }

  async #actAs(): Promise<void> {
    const user = this.#choices.one(this.#world.truth.users) ?? '';
    await this.#leave(user, () => this.#client.proxyAuth(user));
  }

  async #leave(user: string, leave: () => Promise<void>): Promise<void> {
    const before = this.user;
    if (before === undefined) return;
    this.user = undefined;
    await leave();
    this.user = user;
  }

  /** Nothing is under way any more: everything is known as it is. */
  async settle(): Promise<void> {
    for (const opened of this.opened) {
      const label = `${opened.mailbox.name} at the end`;
      try {
        await this.#mailboxCalls.expectTruth(label, opened);
      } catch (error) {
        this.#expect.failure(label, error);
      }
    }
  }

  /** No watch goes on. */
  end(): void {
    this.#ends.abort();
  }
}
