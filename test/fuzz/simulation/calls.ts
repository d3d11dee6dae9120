/** What one session calls, at random, and what is expected of each answer. */
import { CommandError, type ImapClient } from '../../../src/index.ts';
import { Choices, NAMES, type Options } from './choices.ts';
import { Expectations } from './expectations.ts';
import { MailboxCalls, type Opened } from './mailbox-calls.ts';
import { turns } from './pieces.ts';
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
  readonly #mailboxCalls: MailboxCalls;
  readonly #ends = new AbortController();
  #calls = 0;

  constructor(world: World, client: ImapClient, user: string, passwords: Record<string, string>) {
    this.#world = world;
    this.#client = client;
    this.user = user;
    this.#passwords = passwords;
    this.#choices = new Choices(world.random);
    this.#expect = new Expectations(world);
    this.#mailboxCalls = new MailboxCalls(world, this.#choices, this.#expect, this);
  }

  get ended(): AbortSignal {
    return this.#ends.signal;
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
      this.#expect.failure(label, error);
    }
  }

  #all(): Record<string, (label: string) => Promise<unknown>> {
    return {
      open: (label) => this.#open(label),
      openAgain: (label) => this.#open(label),
      append: (label) => this.#append(label),
      appendBeside: (label) => this.#appendBeside(label),
      appendMany: (label) => this.#appendMany(label),
      list: () =>
        this.#client.list({ ...this.#choices.options(), ...(this.#choices.odds(2) ? { status: ['messages'] } : {}) }),
      status: () => this.#client.status(this.#choices.name(), ['messages', 'uidNext'], this.#choices.options()),
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
      ...this.#mailboxCalls.all(),
    };
  }

  async #open(label: string): Promise<void> {
    const user = this.user;
    const name = this.#choices.name();
    const mailbox = await this.#client.open(name, { ...this.#choices.options(), readOnly: this.#choices.odds(4) });
    this.#expect.mailbox(label, mailbox.uidValidity, user, name);
    this.opened.push({ mailbox, uidValidity: mailbox.uidValidity, known: new Set() });
  }

  #named(label: string, prefix: string, make: (name: string, options: Options) => Promise<unknown>): Promise<void> {
    const name = this.#world.unique(prefix);
    return this.#expect.names(label, name, () => make(name, this.#choices.options()));
  }

  async #append(label: string, name = this.#choices.name()): Promise<void> {
    const user = this.user;
    const subject = this.#world.unique('appended');
    const result = await this.#client
      .append(name, this.#choices.message(subject), this.#choices.options())
      .catch((error) => {
        if (error instanceof CommandError || this.#expect.isUndone(error))
          this.#world.truth.refused.set(subject, label);
        throw error;
      });
    if (!this.#world.truth.isStored(subject)) this.#expect.tell(label, `${subject} was not stored`);
    this.#expect.appended(label, result, user, name, subject);
  }

  /** Several single ones, which may go as one command. */
  async #appendBeside(label: string): Promise<void> {
    const name = this.#choices.name();
    const count = 2 + this.#world.random.below(4);
    const all = await Promise.allSettled(Array.from({ length: count }, () => this.#append(label, name)));
    for (const one of all) if (one.status === 'rejected') this.#expect.failure(label, one.reason);
  }

  async #appendMany(label: string): Promise<void> {
    const user = this.user;
    const name = this.#choices.name();
    const subjects = Array.from({ length: 3 }, () => this.#world.unique('appended'));
    const random = this.#world.random;
    const message = (subject: string) => this.#choices.message(subject);
    const given = async function* () {
      for (const subject of subjects) {
        await turns(random.below(4));
        yield message(subject);
      }
    };
    const results = await this.#client.append(name, given(), this.#choices.options()).catch((error) => {
      if (this.#expect.isUndone(error)) for (const subject of subjects) this.#world.truth.refused.set(subject, label);
      throw error;
    });
    for (const subject of subjects)
      if (!this.#world.truth.isStored(subject)) this.#expect.tell(label, `${subject} was not stored`);
    for (const [at, result] of results.entries()) this.#expect.appended(label, result, user, name, subjects[at] ?? '');
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
