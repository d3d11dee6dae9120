import { type Account, type Credentials, requireCover } from './account.ts';
import { type CommandGroups, commandGroup } from './command-groups.ts';
import { type AnyResult, any, type CommandArg } from './commands/any.ts';
import type { AppendMessage, AppendResult } from './commands/append.ts';
import { type Comparator, comparator } from './commands/comparator.ts';
import { type CreateResult, create } from './commands/create.ts';
import { deleteMailbox } from './commands/delete.ts';
import type { FoundByMailbox, SearchScope } from './commands/esearch.ts';
import { getJmapAccess } from './commands/getjmapaccess.ts';
import { id } from './commands/id.ts';
import { language } from './commands/language.ts';
import type { Namespaces } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import type { NotifyGroup } from './commands/notify.ts';
import { rename } from './commands/rename.ts';
import { select } from './commands/select.ts';
import { subscribe } from './commands/subscribe.ts';
import { unsubscribe } from './commands/unsubscribe.ts';
import { ConnectionError } from './errors.ts';
import { CLIENT_OPTIONS, type ImapClient } from './imap-client.ts';
import type { Mailbox } from './mailbox.ts';
import { type Endings, MailboxHandle } from './mailbox-handle.ts';
import type { AclCommands } from './operations/acl.ts';
import { type AppendOptions, appendMessage, appendMessages } from './operations/append-messages.ts';
import { beforeLogout, logOut, requireStaying } from './operations/before-logout.ts';
import { copyArguments } from './operations/copy-arguments.ts';
import { enableExtensions } from './operations/enable-extensions.ts';
import { type ListOptions, listMailboxes, type MailboxInfo } from './operations/list-mailboxes.ts';
import { mailboxStatus } from './operations/mailbox-status.ts';
import type { MetadataCommands } from './operations/metadata.ts';
import { namespacesOf } from './operations/namespaces.ts';
import { type Notification, type NotifyOptions, notifications } from './operations/notify.ts';
import { publicMethods } from './operations/public-methods.ts';
import type { QuotaCommands } from './operations/quota.ts';
import { runOutside } from './operations/run-outside.ts';
import { searchMailboxes } from './operations/search-mailboxes.ts';
import type { UrlAuthCommands } from './operations/url-auth.ts';
import { userLeft, whileUserStays } from './operations/while-user-stays.ts';
import type { Command } from './session/command.ts';
import { Listeners, requireEvent } from './session/events.ts';
import type { ClientEvents, Link } from './session/link.ts';
import { MailboxState } from './session/mailbox-state.ts';
import { MailboxStates } from './session/mailbox-states.ts';
import type { OperationOptions } from './session/operation.ts';
import { PatientTimer } from './session/patient-timer.ts';
import { checkArguments } from './session/write-operation.ts';
import { authenticateUser, learnCapabilities, proxyAuthAs, unauthenticateUser } from './sign-in.ts';
import type { Capabilities } from './syntax/capability.ts';
import type { FetchItems } from './syntax/fetch-items.ts';
import type { SpecialUse } from './syntax/mailbox-list.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import type { MailboxStatus, StatusItem } from './syntax/status-item.ts';
import { canonicalMailboxName, isBelowMailbox, sameMailbox } from './wire/mailbox-name.ts';

const DEFAULT_STATUS_ITEMS: readonly StatusItem[] = ['messages', 'unseen', 'uidNext', 'uidValidity'];

const EVENTS: Readonly<Record<keyof ClientEvents, true>> = {
  close: true,
  reconnected: true,
  alert: true,
  unknown: true,
};

export class Client implements ImapClient {
  serverId?: Readonly<Record<string, string>>;
  /** Few connections need any. */
  #groups: Partial<CommandGroups> | undefined;
  readonly #session: Link;
  readonly #farewell: number;
  readonly #account: Account;
  /** Whether somebody was signed in when it was made. */
  readonly #wasAuthenticated: boolean;
  /** A user was left, or let in, or was to be. */
  #userChanged = false;
  readonly #mailboxes = new MailboxStates();
  readonly #endings = new Listeners<Endings>();
  /** How often a user was to be left. */
  #leaves = 0;
  #logout: Promise<void> | undefined;

  // Absent and undefined are the same to who reads it; exactOptionalPropertyTypes wants it said.
  declare readonly referral?: string;

  static {
    Object.defineProperty(Client.prototype, 'referral', {
      get(this: Client) {
        return this.#session.state.referral;
      },
    });
    publicMethods(Client.prototype, {
      throwing: ['notify', 'close', 'on'],
      refuse: (client, name) => {
        if (name !== 'logout') requireStaying(client.#session, name);
      },
      prepare: (name, args) => copyArguments(name, args, CLIENT_OPTIONS[name]),
    });
  }

  constructor(session: Link, farewell: number, account: Account) {
    this.#session = session;
    this.#farewell = farewell;
    this.#account = account;
    this.#wasAuthenticated = session.state.authenticated;
  }

  /** Who uses the connection may be another than at first: a pool gives it to nobody else. */
  get userChanged(): boolean {
    return this.#userChanged || this.#session.state.authenticated !== this.#wasAuthenticated;
  }

  get quota(): QuotaCommands {
    return this.#group('quota');
  }

  get acl(): AclCommands {
    return this.#group('acl');
  }

  get metadata(): MetadataCommands {
    return this.#group('metadata');
  }

  get urlAuth(): UrlAuthCommands {
    return this.#group('urlAuth');
  }

  #group<Name extends keyof CommandGroups>(name: Name): CommandGroups[Name] {
    this.#groups ??= {};
    const group: CommandGroups[Name] =
      this.#groups[name] ??
      commandGroup(name, this.#session, (call, options, work) => this.#steps(call, options, work));
    this.#groups[name] = group;
    return group;
  }

  get state(): ImapClient['state'] {
    const { state, closed, reconnecting } = this.#session;
    if (closed) return 'closed';
    if (reconnecting) return 'reconnecting';
    if (!state.authenticated) return 'connected';
    return state.selected === undefined ? 'authenticated' : 'selected';
  }

  get capabilities(): Capabilities {
    return this.#session.state.capabilities;
  }

  get enabled(): ReadonlySet<string> {
    return this.#session.state.enabled;
  }

  get secure(): boolean {
    return this.#session.state.secure;
  }

  get bytes(): { sent: number; received: number } {
    return this.#session.bytes;
  }

  async open(
    name: string,
    { readOnly = false, ...options }: OperationOptions & { readOnly?: boolean } = {},
  ): Promise<Mailbox> {
    const canonical = canonicalMailboxName(name);
    // The SELECT is written when its turn comes: a name that can not be sent is told now.
    checkArguments(select(new MailboxState(canonical, readOnly), this.#session.state));
    const state = this.#mailboxes.of(canonical, readOnly, this.#session.state.selected);
    return MailboxHandle.open(this.#session, state, this.#endings, options);
  }

  list(options: OperationOptions & ListOptions = {}): Promise<MailboxInfo[]> {
    return this.#whileUserStays('LIST', options, (own) => listMailboxes(this.#session, own));
  }

  async status(
    name: string,
    items: readonly StatusItem[] = DEFAULT_STATUS_ITEMS,
    options: OperationOptions = {},
  ): Promise<MailboxStatus> {
    return mailboxStatus(this.#session, canonicalMailboxName(name), items, options);
  }

  async create(
    name: string,
    { use, ...options }: OperationOptions & { use?: SpecialUse | readonly SpecialUse[] } = {},
  ): Promise<CreateResult> {
    // Gmail takes no delimiter at the end of a name (MailKit).
    const isGmail = this.#session.state.server === 'Gmail';
    const taken = isGmail && typeof name === 'string' ? name.replace(/(?<!\/)\/+$/, '') : name;
    return this.#session.run(create(taken, use, this.#session.state), options);
  }

  async delete(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#outside((selected) => sameMailbox(selected, name), deleteMailbox(name), options);
  }

  async rename(from: string, to: string, options: OperationOptions = {}): Promise<void> {
    const renamed = (selected: string) => sameMailbox(selected, from) || isBelowMailbox(selected, from);
    return this.#outside(renamed, rename(from, to), options);
  }

  /**
   * Some servers (UW) do not delete or rename the selected mailbox, nor one above it (Courier), or say BYE behind that (Dovecot).
   */
  #outside(concerned: (selected: string) => boolean, command: Command<void>, options: OperationOptions): Promise<void> {
    return this.#steps(command.name, options, async (own) => {
      checkArguments(command);
      return runOutside(this.#session, command, own, concerned);
    });
  }

  /** What takes several commands. */
  #steps<Options extends OperationOptions, Result>(
    name: string,
    options: Options,
    work: (options: Options) => Promise<Result>,
  ): Promise<Result> {
    return beforeLogout(this.#session, this.#whileUserStays(name, options, work));
  }

  #whileUserStays<Options extends OperationOptions, Result>(
    name: string,
    options: Options,
    work: (options: Options) => Promise<Result>,
  ): Promise<Result> {
    return whileUserStays(name, options, (end) => this.#onEnding('left', end), work);
  }

  /** What is called for behind a call to leave the user does not end with it. */
  #onEnding(event: keyof Endings, end: () => void): () => void {
    const before = this.#leaves;
    return this.#endings.on(event, (leave) => {
      if (leave > before) end();
    });
  }

  async subscribe(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#session.run(subscribe(name), options);
  }

  async unsubscribe(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#session.run(unsubscribe(name), options);
  }

  namespaces(options: OperationOptions = {}): Promise<Namespaces> {
    return namespacesOf(this.#session, options);
  }

  append(mailbox: string, message: AppendMessage, options?: AppendOptions): Promise<AppendResult>;
  append(
    mailbox: string,
    messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options?: AppendOptions,
  ): Promise<AppendResult[]>;
  async append(
    mailbox: string,
    what: AppendMessage | Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options: AppendOptions = {},
  ): Promise<AppendResult | AppendResult[]> {
    const several =
      typeof what === 'object' && what !== null && (Symbol.iterator in what || Symbol.asyncIterator in what);
    return several
      ? this.#steps('APPEND', options, (own) => appendMessages(this.#session, mailbox, what, own))
      : appendMessage(this.#session, mailbox, what, options);
  }

  async searchMailboxes(
    query: SearchQuery,
    where: SearchScope,
    options: OperationOptions = {},
  ): Promise<FoundByMailbox> {
    const session = this.#session;
    const stateOf = (name: string) => this.#mailboxes.of(name, true, session.state.selected);
    return this.#steps('searchMailboxes', options, (own) => searchMailboxes(session, stateOf, query, where, own));
  }

  async noop(options: OperationOptions = {}): Promise<void> {
    return this.#session.run(noop(), options);
  }

  async id(fields?: Record<string, string>, options: OperationOptions = {}): Promise<Record<string, string>> {
    const serverId = await this.#session.run(id(fields), options);
    this.serverId = serverId;
    return serverId;
  }

  async enable(names: readonly string[], options: OperationOptions = {}): Promise<ReadonlySet<string>> {
    return this.#steps('ENABLE', options, (own) => enableExtensions(this.#session, names, own));
  }

  async language(preferred: string | readonly string[] = [], options: OperationOptions = {}): Promise<string[]> {
    return this.#session.run(language([preferred].flat(), this.#session.state), options);
  }

  async comparator(preferred: string | readonly string[] = [], options: OperationOptions = {}): Promise<Comparator> {
    return this.#session.run(comparator([preferred].flat(), this.#session.state), options);
  }

  async jmapAccess(options: OperationOptions = {}): Promise<string> {
    return this.#session.run(getJmapAccess(), options);
  }

  async authenticate(auth: Credentials, options: OperationOptions = {}): Promise<void> {
    this.#userChanged = true;
    return authenticateUser(this.#session, this.#account, auth, options);
  }

  async unauthenticate(options: OperationOptions = {}): Promise<void> {
    return this.#leaveUser((left) => unauthenticateUser(this.#session, this.#account, left, options));
  }

  async proxyAuth(user: string, options: OperationOptions = {}): Promise<void> {
    return this.#leaveUser((left) => proxyAuthAs(this.#session, this.#account, user, left, options));
  }

  /** What goes on by itself ends once there is another user, or none. */
  async #leaveUser(leave: (left: () => void) => Promise<void>): Promise<void> {
    this.#userChanged = true;
    let until = ++this.#leaves;
    try {
      await this.#mailboxes.leaveUser((left) =>
        leave(() => {
          left();
          this.#endings.emit('end', until);
          this.#endings.emit('left', until);
          if (until === Number.POSITIVE_INFINITY) this.#session.refuseForUser(userLeft);
        }),
      );
    } catch (error) {
      // Where it is carried out all the same, what is called for until then is for the user who was to stay.
      until = Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  notify<I extends FetchItems = Record<never, never>>(
    groups: readonly NotifyGroup<I>[],
    options: NotifyOptions = {},
  ): AsyncIterable<Notification<I>> {
    return notifications(this.#session, groups, options, (end) => this.#onEnding('end', end));
  }

  async command(
    name: string,
    args: readonly CommandArg[] = [],
    { untagged = [], mailbox, ...options }: OperationOptions & { untagged?: readonly string[]; mailbox?: Mailbox } = {},
  ): Promise<AnyResult> {
    const session = this.#session;
    const command = any(name, args, { untagged, inMailbox: mailbox !== undefined }, session.state);
    if (command.secrets !== undefined) requireCover(this.#account);
    if (mailbox !== undefined) return MailboxHandle.of(mailbox, session).run(command, options);
    const result = await session.run(command, options);
    await learnCapabilities(session, options);
    return result;
  }

  /** It was told to log out. */
  get leaving(): boolean {
    return this.#logout !== undefined;
  }

  logout(): Promise<void> {
    this.#logout ??= this.#leaveInOrder();
    return this.#logout;
  }

  async #leaveInOrder(): Promise<void> {
    const session = this.#session;
    if (session.closed) return;
    this.#endings.emit('end', Number.POSITIVE_INFINITY);
    // A server can let what is under way go on for ever: one deadline for all of it.
    const late = new PatientTimer(this.#farewell, () => this.close());
    try {
      await logOut(session);
    } catch {
      // Whatever went wrong, the connection is at its end: that is what was asked for.
    } finally {
      late.stop();
      this.close();
    }
  }

  close(): void {
    this.#session.fail(
      new ConnectionError('CLOSED', 'The connection was closed by this side', { phase: this.#session.phase }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.logout();
  }

  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void {
    requireEvent(EVENTS, event, 'a client');
    const off = this.#session.listeners.on(event, listener);
    // Not before the caller has what takes the listener off.
    if (event === 'alert') queueMicrotask(() => this.#session.tellAlerts());
    return off;
  }
}
