import { type AccountEvent, Subscriptions, type Tell } from './account-event.ts';
import { Mailbox } from './mailbox.ts';
import { canonicalName } from './mailbox-name.ts';
import { type DeliverOptions, zonedDate } from './message.ts';
import { checkLimits, DEFAULT_LIMITS, type QuotaLimits } from './quota.ts';
import { no } from './refusal.ts';
import { ALL_RIGHTS } from './rights.ts';
import { ThreadIds } from './thread-ids.ts';

/** What the accounts of a store share. */
interface StoreContext {
  now: () => Date;
  nextUidValidity: () => number;
  nextContentId: () => number;
}

/** The mailboxes of one user. */
export class Account {
  readonly #mailboxes = new Map<string, Mailbox>();
  /** Names stay subscribed whether they exist or not (RFC 3501 §6.3.6). */
  readonly subscriptions: Set<string>;
  /** Those who are told what happens. */
  readonly watchers = new Set<Tell>();
  readonly threads = new ThreadIds(this);
  #quota: QuotaLimits = { ...DEFAULT_LIMITS };
  /** Annotations of the server that are this user's (RFC 5464), by entry, in lower case. */
  readonly metadata = new Map<string, Buffer>();
  readonly #context: StoreContext;

  constructor(
    readonly user: string,
    readonly delimiter: string,
    context: StoreContext,
  ) {
    this.#context = context;
    this.subscriptions = new Subscriptions((event) => this.tell(event));
    this.create('INBOX');
  }

  tell(event: AccountEvent): void {
    for (const tell of this.watchers) tell(event);
  }

  get quota(): QuotaLimits {
    return this.#quota;
  }

  set quota(limits: QuotaLimits) {
    checkLimits(limits);
    this.#quota = limits;
  }

  /** In the order in which they were made. */
  get mailboxes(): Iterable<Mailbox> {
    return this.#mailboxes.values();
  }

  mailbox(name: string): Mailbox | undefined {
    return this.#mailboxes.get(this.#canonical(name));
  }

  #canonical(name: string): string {
    return canonicalName(name, this.delimiter);
  }

  /** A mailbox, or a level of the hierarchy above one: a name that LIST shows. */
  exists(name: string): boolean {
    return this.#mailboxes.has(name) || this.hasChildren(name);
  }

  /** The mailbox one level above a name. */
  parent(name: string): Mailbox | undefined {
    return this.#mailboxes.get(name.slice(0, Math.max(0, name.lastIndexOf(this.delimiter))));
  }

  hasChildren(name: string): boolean {
    const prefix = name + this.delimiter;
    for (const other of this.#mailboxes.keys()) if (other.startsWith(prefix)) return true;
    return false;
  }

  /** RFC 3501 §6.3.3. Levels above the name that do not exist show as \Noselect. */
  create(name: string, options: { specialUse?: string | undefined } = {}): Mailbox {
    const canonical = this.#canonical(name.endsWith(this.delimiter) ? name.slice(0, -this.delimiter.length) : name);
    if (this.#mailboxes.has(canonical)) throw no('Mailbox already exists', 'ALREADYEXISTS');
    this.#checkName(canonical);
    const uidValidity = this.#context.nextUidValidity();
    const mailbox = new Mailbox(canonical, {
      uidValidity,
      mailboxId: `M${uidValidity.toString(36)}`,
      owner: this.user,
      acl: this.parent(canonical)?.acl ?? new Map([[this.user, ALL_RIGHTS]]),
      now: this.#context.now,
      nextContentId: this.#context.nextContentId,
      tell: (event) => this.tell(event),
    });
    mailbox.specialUse = options.specialUse;
    this.#mailboxes.set(canonical, mailbox);
    this.tell({ type: 'name', name: canonical });
    return mailbox;
  }

  #checkName(name: string): void {
    if (name === '' || name.length > 1000) throw no('Mailbox name is empty or too long', 'CANNOT');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\x00-\x1f\x7f]/.test(name)) throw no('Control character in a mailbox name', 'CANNOT');
    if (!name.isWellFormed()) throw no('Half a surrogate pair in a mailbox name', 'CANNOT');
    if (name.split(this.delimiter).includes('')) throw no('Empty level in a mailbox name', 'CANNOT');
  }

  /** RFC 3501 §6.3.4: what lies below stays, and the name then stays as \Noselect. */
  delete(name: string): void {
    const canonical = this.#canonical(name);
    if (canonical === 'INBOX') throw no('INBOX cannot be deleted');
    const mailbox = this.#mailboxes.get(canonical);
    if (!mailbox && this.hasChildren(canonical)) throw no('Mailbox has children and cannot be selected', 'HASCHILDREN');
    if (!mailbox) throw no("Mailbox doesn't exist", 'NONEXISTENT');
    this.#mailboxes.delete(canonical);
    mailbox.dismiss('Selected mailbox was deleted');
    this.tell({ type: 'name', name: canonical });
  }

  /**
   * RFC 3501 §6.3.5: with everything below it. From INBOX the messages move and INBOX stays, empty. Who has one of the others
   * selected is sent away, as by Dovecot.
   */
  rename(from: string, to: string): void {
    const source = this.#canonical(from);
    const target = this.#canonical(to);
    if (!this.exists(source)) throw no("Mailbox doesn't exist", 'NONEXISTENT');
    if (this.exists(target)) throw no('Target mailbox already exists', 'ALREADYEXISTS');
    this.#checkName(target);
    if (source === 'INBOX') {
      this.#renameInbox(target);
      return;
    }
    if (target.startsWith(source + this.delimiter)) throw no('A mailbox cannot move below itself', 'CANNOT');
    for (const mailbox of [...this.#mailboxes.values()]) {
      if (mailbox.name !== source && !mailbox.name.startsWith(source + this.delimiter)) continue;
      const oldName = mailbox.name;
      this.#mailboxes.delete(oldName);
      mailbox.name = target + oldName.slice(source.length);
      this.#mailboxes.set(mailbox.name, mailbox);
      mailbox.dismiss('Selected mailbox was renamed');
      this.tell({ type: 'name', name: mailbox.name, oldName });
    }
  }

  #renameInbox(target: string): void {
    const inbox = this.mailbox('INBOX');
    const mailbox = this.create(target);
    if (!inbox) return;
    const messages = inbox.messages;
    mailbox.addAll(messages);
    inbox.remove(messages);
  }

  /** Adds a message to a mailbox, which must exist, and tells the sessions that have it selected. Returns the UID. */
  deliver(name: string, raw: string | Uint8Array, options?: DeliverOptions): number {
    return this.#required(name).deliver(raw, options);
  }

  deliverAll(name: string, messages: Iterable<{ raw: string | Uint8Array } & DeliverOptions>): number[] {
    return this.#required(name).deliverAll(messages);
  }

  #required(name: string): Mailbox {
    const mailbox = this.mailbox(name);
    if (!mailbox) throw new RangeError(`No mailbox ${JSON.stringify(name)}`);
    return mailbox;
  }
}

/** nz-number (RFC 3501 §9): a clock of a test may stand at 1970, or before. */
function firstUidValidity(now: Date): number {
  const seconds = Math.floor(zonedDate(now).at / 1000);
  return seconds > 0 && seconds < 0xf0000000 ? seconds : 1;
}

/** Everything the server holds. Changes made here are told to the sessions, as changes by other clients would be. */
export class Store {
  /** Annotations of the server that all users share. */
  readonly metadata = new Map<string, Buffer>();
  readonly #accounts = new Map<string, Account>();

  constructor(users: Iterable<string>, options: { delimiter: string; now: () => Date }) {
    let uidValidity = firstUidValidity(options.now());
    let contentId = 1;
    const context = { now: options.now, nextUidValidity: () => uidValidity++, nextContentId: () => contentId++ };
    for (const user of users) this.#accounts.set(user, new Account(user, options.delimiter, context));
  }

  /** By name; without one, the first user's. */
  account(user?: string): Account {
    const account = user === undefined ? [...this.#accounts.values()][0] : this.#accounts.get(user);
    if (!account) throw new RangeError(`No user ${JSON.stringify(user)}`);
    return account;
  }

  /** Of the server's metadata all users are told. */
  tell(event: AccountEvent): void {
    for (const account of this.#accounts.values()) account.tell(event);
  }

  /** A mailbox of the first user; it must exist. */
  mailbox(name: string): Mailbox {
    const mailbox = this.account().mailbox(name);
    if (!mailbox) throw new RangeError(`No mailbox ${JSON.stringify(name)}`);
    return mailbox;
  }

  /** Makes a mailbox of the first user. */
  create(name: string, options?: { specialUse?: string | undefined }): Mailbox {
    return this.account().create(name, options);
  }

  /** Adds a message to a mailbox of the first user. Returns its UID. */
  deliver(name: string, raw: string | Uint8Array, options?: DeliverOptions): number {
    return this.account().deliver(name, raw, options);
  }
}
