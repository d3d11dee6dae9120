import type { Account, Credentials } from './account.ts';
import { type AclCommands, aclCommands } from './acl.ts';
import { appendMessage, appendMessages } from './append-messages.ts';
import type { Auth } from './auth/mechanism.ts';
import { type AnyResult, any, type CommandArg } from './commands/any.ts';
import type { AppendMessage, AppendResult } from './commands/append.ts';
import { type Comparator, comparator } from './commands/comparator.ts';
import { type CreateResult, create } from './commands/create.ts';
import { deleteMailbox } from './commands/delete.ts';
import type { FoundByMailbox, SearchScope } from './commands/esearch.ts';
import { getJmapAccess } from './commands/getjmapaccess.ts';
import { id } from './commands/id.ts';
import { language } from './commands/language.ts';
import { list } from './commands/list.ts';
import { logout } from './commands/logout.ts';
import { type Namespaces, namespace } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import type { NotifyGroup } from './commands/notify.ts';
import { rename } from './commands/rename.ts';
import { sameMailbox } from './commands/status.ts';
import { subscribe } from './commands/subscribe.ts';
import { unsubscribe } from './commands/unsubscribe.ts';
import { enableExtensions } from './enable-extensions.ts';
import { ConnectionError, type ImapError } from './errors.ts';
import { type ListOptions, listMailboxes, type MailboxInfo } from './list-mailboxes.ts';
import { type Endings, type Mailbox, MailboxHandle } from './mailbox.ts';
import { mailboxStatus } from './mailbox-status.ts';
import { type MetadataCommands, metadataCommands } from './metadata.ts';
import { type Notification, type NotifyOptions, notifications } from './notify.ts';
import { type QuotaCommands, quotaCommands } from './quota.ts';
import { searchMailboxes } from './search-mailboxes.ts';
import type { Command, UntaggedResponse } from './session/command.ts';
import { Listeners } from './session/events.ts';
import type { Link } from './session/link.ts';
import type { OperationOptions } from './session/operation.ts';
import { MailboxState } from './session/state.ts';
import type { Capabilities } from './syntax/capability.ts';
import type { FetchItems } from './syntax/fetch-items.ts';
import type { SpecialUse } from './syntax/mailbox-list.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import type { MailboxStatus, StatusItem } from './syntax/status-item.ts';
import { unselectMailbox } from './unselect-mailbox.ts';
import { type UrlAuthCommands, urlAuthCommands } from './url-auth.ts';
import { canonicalMailboxName } from './wire/mailbox-name.ts';
import { Writer } from './wire/writer.ts';

/** What happens to a client as a whole. */
export interface ClientEvents {
  /** The connection is gone for good; `error` is absent when this side asked for it. An unobserved error never crashes the process. */
  close: { error?: ImapError };
  /** There is a connection again (`reconnect`): after so many attempts, and so many ms without one. */
  reconnected: { attempts: number; downtime: number };
  /** Text the server marked [ALERT]; only ever from an authenticated, secured session. */
  alert: { text: string };
  /** An untagged response that no command claimed and the library does not know. */
  unknown: UntaggedResponse;
}

/**
 * A connection that is ready for commands: what can be done without a selected mailbox. Operations may be started at any
 * time, any number at once; they are sent together wherever the protocol allows it. A refused one rejects with CommandError,
 * a lost connection rejects all with ConnectionError.
 */
export interface ImapClient extends AsyncDisposable {
  readonly state: 'connected' | 'authenticated' | 'selected' | 'reconnecting' | 'closed';
  /** What the server offers; `has('MOVE')` knows what IMAP4rev2 implies. */
  readonly capabilities: Capabilities;
  /** What was enabled with ENABLE (RFC 5161). */
  readonly enabled: ReadonlySet<string>;
  /** What the server said of itself (RFC 2971), once it has: it is asked for at the start, and not waited for. */
  readonly serverId?: Readonly<Record<string, string>>;
  /** True over TLS. */
  readonly secure: boolean;
  /** Where the server said at the login that this user's mailboxes are: an IMAP URL (RFC 2221), which is never followed. */
  readonly referral?: string;
  /** Bytes of IMAP sent and received. */
  readonly bytes: { readonly sent: number; readonly received: number };

  /**
   * A handle on a mailbox. Any number may be open on one client: each operation runs with its mailbox selected, the client
   * reselecting when the next operation belongs to another. There are no locks to take or to forget, and an operation may be
   * started anywhere, inside a `for await` over another one too: it never deadlocks.
   */
  open(name: string, options?: OperationOptions & { readOnly?: boolean }): Promise<Mailbox>;

  /** LIST (RFC 3501 §6.3.8, RFC 5258), with what the options ask for beside the names. */
  list(options?: OperationOptions & ListOptions): Promise<MailboxInfo[]>;
  /** STATUS (RFC 3501 §6.3.10). Default items: messages, unseen, uidNext, uidValidity. */
  status(name: string, items?: StatusItem[], options?: OperationOptions): Promise<MailboxStatus>;
  /** CREATE (RFC 3501 §6.3.3), for a special use where the server can (RFC 6154). */
  create(name: string, options?: OperationOptions & { use?: SpecialUse }): Promise<CreateResult>;
  /** DELETE (RFC 3501 §6.3.4). A selected mailbox is unselected first. */
  delete(name: string, options?: OperationOptions): Promise<void>;
  /** RENAME (RFC 3501 §6.3.5). A selected mailbox is unselected first. */
  rename(from: string, to: string, options?: OperationOptions): Promise<void>;
  subscribe(name: string, options?: OperationOptions): Promise<void>;
  unsubscribe(name: string, options?: OperationOptions): Promise<void>;
  /** NAMESPACE (RFC 2342); without it, one personal namespace with LIST's delimiter. */
  namespaces(options?: OperationOptions): Promise<Namespaces>;

  /**
   * APPEND (RFC 3501 §6.3.11): one message, or many. A stream needs its size: nothing is buffered. A message that is larger
   * than the server's APPENDLIMIT (RFC 7889) is not sent: UsageError, code TOOBIG.
   *
   * Many go in batches of up to 100 messages and 1 MiB where MULTIAPPEND (RFC 3502) is offered: each batch is stored whole
   * or not at all. Without it each message is stored by itself. Either way the call as a whole is not atomic: where it
   * rejects, messages before and after the refused ones may have been stored. The results are in the order of the messages.
   */
  append(mailbox: string, message: AppendMessage, options?: OperationOptions): Promise<AppendResult>;
  append(
    mailbox: string,
    messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options?: OperationOptions,
  ): Promise<AppendResult[]>;

  /**
   * One search over several mailboxes: MULTISEARCH (RFC 7377) where offered, else each is selected with EXAMINE in turn.
   * Mailboxes without a match, and those that can't be selected, are left out of the result.
   */
  searchMailboxes(query: SearchQuery, where: SearchScope, options?: OperationOptions): Promise<FoundByMailbox>;

  noop(options?: OperationOptions): Promise<void>;
  /** ID (RFC 2971) */
  id(fields?: Record<string, string>, options?: OperationOptions): Promise<Record<string, string>>;
  /**
   * ENABLE (RFC 5161). Resolves to all that is enabled now. A selected mailbox is unselected first, and selected again
   * when something needs it. With IMAP4rev2 or UTF8=ACCEPT mailbox names and strings are UTF-8 on the wire; with UIDONLY
   * (RFC 9586) there are no sequence numbers: `{ seq }` sets reject with a UsageError, code UIDREQUIRED, and results and
   * events have no `seq`. What is enabled is so on every connection that replaces a lost one.
   */
  enable(names: string[], options?: OperationOptions): Promise<ReadonlySet<string>>;

  /**
   * What happens in mailboxes that are not selected, told as it happens, until the loop is left or `signal` aborts: NOTIFY
   * (RFC 5465); without it the iteration rejects with the code MISSING_CAPABILITY. Of the selected mailbox the server goes
   * on to tell all unless a group says otherwise, so that watches go on. A further call takes the place of the one before,
   * whose iteration ends. Rejects with the code BADEVENT (`responseCode.events`) or
   * NOTIFICATIONOVERFLOW. Survives a lost connection (`reconnect`); what happened meanwhile is not told, unless `status` asks
   * for all counts.
   */
  notify<I extends FetchItems = Record<never, never>>(
    groups: readonly NotifyGroup<I>[],
    options?: NotifyOptions,
  ): AsyncIterable<Notification<I>>;

  readonly quota: QuotaCommands;
  readonly acl: AclCommands;
  readonly metadata: MetadataCommands;
  readonly urlAuth: UrlAuthCommands;

  /**
   * LANGUAGE (RFC 5255): with the languages that its texts are wanted in, the best first (e.g. 'de', 'i-default'), the one that
   * the server speaks from here on; without, those that it has. A server that has none of them refuses.
   */
  language(preferred?: string | string[], options?: OperationOptions): Promise<string[]>;
  /** COMPARATOR (RFC 5255, I18NLEVEL=2): how texts are compared from here on, by the first of these that the server has; without, how they are. */
  comparator(preferred?: string | string[], options?: OperationOptions): Promise<Comparator>;
  /** GETJMAPACCESS (RFC 9698): the URL of the JMAP session for the same mail. It is the server's word, and not followed here. */
  jmapAccess(options?: OperationOptions): Promise<string>;

  /**
   * Authenticates a connection that is not: one that was opened without `auth`, or after unauthenticate(). New connections
   * (`reconnect`) are authenticated in the same way from here on. Rejects with AuthenticationError where the server refuses;
   * the connection stays.
   */
  authenticate(auth: Auth | (() => Auth | Promise<Auth>), options?: OperationOptions): Promise<void>;
  /**
   * UNAUTHENTICATE (RFC 8437; X-UNAUTHENTICATE): another user can be authenticated on this connection then. Waits for what
   * is under way; nothing stays selected or enabled, mailboxes that were opened before are closed, and watching ends.
   * Rejects with the code COMPRESSED where COMPRESS is in effect.
   */
  unauthenticate(options?: OperationOptions): Promise<void>;
  /**
   * PROXYAUTH (Netscape, Sun): from here on this connection, an administrator's, acts for this user. Mailboxes that were
   * opened before are closed. No capability announces it: a server that has it not answers BAD, a CommandError.
   */
  proxyAuth(user: string, options?: OperationOptions): Promise<void>;

  /** Any command of any extension: `untagged` names the untagged responses that belong to it. Nothing runs beside it. */
  command(
    name: string,
    args?: CommandArg[],
    options?: OperationOptions & { untagged?: string[]; mailbox?: Mailbox },
  ): Promise<AnyResult>;

  /** Ends the session in order: waits for what is under way, LOGOUT, and closes. Never hangs (timeouts.farewell), never throws for a connection already gone. */
  logout(): Promise<void>;
  /** Closes now. Everything pending rejects with ConnectionError. */
  close(): void;

  /** Adds a listener and returns what removes it. */
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void;
}

const DEFAULT_STATUS_ITEMS: StatusItem[] = ['messages', 'unseen', 'uidNext', 'uidValidity'];

export class Client implements ImapClient {
  serverId?: Readonly<Record<string, string>>;
  #quota: QuotaCommands | undefined;
  #acl: AclCommands | undefined;
  #metadata: MetadataCommands | undefined;
  #urlAuth: UrlAuthCommands | undefined;
  readonly #session: Link;
  readonly #farewell: number;
  readonly #account: Account;
  readonly #mailboxes = new Map<string, MailboxState>();
  readonly #endings = new Listeners<Endings>();
  #logout: Promise<void> | undefined;

  // Absent and undefined are the same to who reads it; exactOptionalPropertyTypes wants it said.
  declare readonly referral?: string;

  static {
    Object.defineProperty(Client.prototype, 'referral', {
      get(this: Client) {
        return this.#session.state.referral;
      },
    });
  }

  constructor(session: Link, farewell: number, account: Account) {
    this.#session = session;
    this.#farewell = farewell;
    this.#account = account;
  }

  get quota(): QuotaCommands {
    this.#quota ??= quotaCommands(this.#session);
    return this.#quota;
  }

  get acl(): AclCommands {
    this.#acl ??= aclCommands(this.#session);
    return this.#acl;
  }

  get metadata(): MetadataCommands {
    this.#metadata ??= metadataCommands(this.#session);
    return this.#metadata;
  }

  get urlAuth(): UrlAuthCommands {
    this.#urlAuth ??= urlAuthCommands(this.#session);
    return this.#urlAuth;
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
    new Writer().mailbox(canonical);
    const state = this.#mailboxState(canonical, readOnly);
    return MailboxHandle.open(this.#session, state, this.#endings, options);
  }

  /** One state for all handles of a mailbox that were opened in the same way. */
  #mailboxState(name: string, readOnly: boolean): MailboxState {
    const key = `${readOnly ? 'EXAMINE' : 'SELECT'} ${name}`;
    const state = this.#mailboxes.get(key) ?? new MailboxState(name, readOnly);
    this.#mailboxes.set(key, state);
    return state;
  }

  list(options: OperationOptions & ListOptions = {}): Promise<MailboxInfo[]> {
    return listMailboxes(this.#session, options);
  }

  async status(
    name: string,
    items: StatusItem[] = DEFAULT_STATUS_ITEMS,
    options: OperationOptions = {},
  ): Promise<MailboxStatus> {
    return mailboxStatus(this.#session, canonicalMailboxName(name), items, options);
  }

  async create(name: string, { use, ...options }: OperationOptions & { use?: SpecialUse } = {}): Promise<CreateResult> {
    // Gmail takes no delimiter at the end of a name (MailKit).
    const its = this.#session.state.server === 'Gmail' && typeof name === 'string' ? name.replace(/\/+$/, '') : name;
    return this.#run(create(its, use, this.#session.state), options);
  }

  async delete(name: string, options: OperationOptions = {}): Promise<void> {
    await this.#leave(name, options);
    return this.#run(deleteMailbox(name), options);
  }

  async rename(from: string, to: string, options: OperationOptions = {}): Promise<void> {
    await this.#leave(from, options);
    return this.#run(rename(from, to), options);
  }

  /** Some servers (UW) do not delete or rename the selected mailbox. */
  async #leave(name: string, options: OperationOptions): Promise<void> {
    const { selected } = this.#session.state;
    if (selected !== undefined && sameMailbox(selected.name, name))
      await unselectMailbox(this.#session, selected, options);
  }

  async subscribe(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#run(subscribe(name), options);
  }

  async unsubscribe(name: string, options: OperationOptions = {}): Promise<void> {
    return this.#run(unsubscribe(name), options);
  }

  async namespaces(options: OperationOptions = {}): Promise<Namespaces> {
    // Exchange 2003 hangs up at NAMESPACE (MailKit #1512).
    if (this.capabilities.has('NAMESPACE') && this.#session.state.server !== 'Exchange 2003')
      return this.#run(namespace(this.#session.state), options);
    const [root] = await this.#run(list({ pattern: '' }, this.#session.state), options);
    return { personal: [{ prefix: '', delimiter: root?.delimiter ?? null }], otherUsers: [], shared: [] };
  }

  append(mailbox: string, message: AppendMessage, options?: OperationOptions): Promise<AppendResult>;
  append(
    mailbox: string,
    messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options?: OperationOptions,
  ): Promise<AppendResult[]>;
  async append(
    mailbox: string,
    what: AppendMessage | Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options: OperationOptions = {},
  ): Promise<AppendResult | AppendResult[]> {
    const several =
      typeof what === 'object' && what !== null && (Symbol.iterator in what || Symbol.asyncIterator in what);
    return several
      ? appendMessages(this.#session, mailbox, what, options)
      : appendMessage(this.#session, mailbox, what, options);
  }

  async searchMailboxes(
    query: SearchQuery,
    where: SearchScope,
    options: OperationOptions = {},
  ): Promise<FoundByMailbox> {
    const session = this.#session;
    return searchMailboxes(this, session, (name) => this.#mailboxState(name, true), query, where, options);
  }

  async noop(options: OperationOptions = {}): Promise<void> {
    return this.#run(noop(), options);
  }

  async id(fields?: Record<string, string>, options: OperationOptions = {}): Promise<Record<string, string>> {
    const serverId = await this.#run(id(fields), options);
    this.serverId = serverId;
    return serverId;
  }

  async enable(names: string[], options: OperationOptions = {}): Promise<ReadonlySet<string>> {
    return enableExtensions(this.#session, names, options);
  }

  async language(preferred: string | string[] = [], options: OperationOptions = {}): Promise<string[]> {
    return this.#run(language([preferred].flat()), options);
  }

  async comparator(preferred: string | string[] = [], options: OperationOptions = {}): Promise<Comparator> {
    return this.#run(comparator([preferred].flat()), options);
  }

  async jmapAccess(options: OperationOptions = {}): Promise<string> {
    return this.#run(getJmapAccess(), options);
  }

  async authenticate(auth: Credentials, options: OperationOptions = {}): Promise<void> {
    return this.#account.authenticate(this.#session, auth, options);
  }

  async unauthenticate(options: OperationOptions = {}): Promise<void> {
    return this.#leaveUser(() => this.#account.unauthenticate(this.#session, options));
  }

  async proxyAuth(user: string, options: OperationOptions = {}): Promise<void> {
    return this.#leaveUser(() => this.#account.proxyAuth(this.#session, user, options));
  }

  /** No handle goes on with mailboxes of the next user, unless there is none. */
  async #leaveUser(leave: () => Promise<void>): Promise<void> {
    const mailboxes = [...this.#mailboxes];
    this.#mailboxes.clear();
    for (const [, mailbox] of mailboxes) mailbox.left = true;
    this.#endings.emit('end', undefined);
    try {
      await leave();
    } catch (error) {
      for (const [key, mailbox] of mailboxes) {
        mailbox.left = false;
        if (!this.#mailboxes.has(key)) this.#mailboxes.set(key, mailbox);
      }
      throw error;
    }
  }

  notify<I extends FetchItems = Record<never, never>>(
    groups: readonly NotifyGroup<I>[],
    options: NotifyOptions = {},
  ): AsyncIterable<Notification<I>> {
    return notifications(this.#session, groups, options, (listener) => this.#endings.on('end', listener));
  }

  async command(
    name: string,
    args: CommandArg[] = [],
    { untagged = [], mailbox, ...options }: OperationOptions & { untagged?: string[]; mailbox?: Mailbox } = {},
  ): Promise<AnyResult> {
    const command = any(name, args, untagged, mailbox !== undefined);
    if (mailbox === undefined) return this.#session.run(command, options);
    return MailboxHandle.of(mailbox, this.#session).run(command, options);
  }

  logout(): Promise<void> {
    this.#logout ??= this.#leaveInOrder();
    return this.#logout;
  }

  async #leaveInOrder(): Promise<void> {
    const session = this.#session;
    if (session.closed) return;
    this.#endings.emit('end', undefined);
    // There is nobody to say goodbye to.
    if (session.reconnecting) return this.close();
    let late: ReturnType<typeof setTimeout> | undefined;
    const done = session.run(
      logout(() => {
        // From here on the time is limited, whatever the server goes on to say.
        late = setTimeout(() => this.close(), this.#farewell);
      }),
    );
    session.end();
    const silence = session.onSilence(this.#farewell, () => this.close());
    try {
      await done;
    } catch {
      // Whatever went wrong, the connection is at its end: that is what was asked for.
    } finally {
      silence();
      clearTimeout(late);
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
    return this.#session.listeners.on(event, listener);
  }

  #run<Result>(command: Command<Result>, options: OperationOptions): Promise<Result> {
    return this.#session.run(command, options);
  }
}
