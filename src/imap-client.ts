import type { Auth } from './auth/mechanism.ts';
import type { AnyResult, CommandArg } from './commands/any.ts';
import type { AppendMessage, AppendResult } from './commands/append.ts';
import type { Comparator } from './commands/comparator.ts';
import type { CreateResult } from './commands/create.ts';
import type { FoundByMailbox, SearchScope } from './commands/esearch.ts';
import type { Namespaces } from './commands/namespace.ts';
import type { NotifyGroup } from './commands/notify.ts';
import type { Mailbox } from './mailbox.ts';
import type { AclCommands } from './operations/acl.ts';
import type { AppendOptions } from './operations/append-messages.ts';
import type { ListOptions, MailboxInfo } from './operations/list-mailboxes.ts';
import type { MetadataCommands } from './operations/metadata.ts';
import type { OptionsTaken } from './operations/method-options.ts';
import type { Notification, NotifyOptions } from './operations/notify.ts';
import type { QuotaCommands } from './operations/quota.ts';
import type { UrlAuthCommands } from './operations/url-auth.ts';
import type { ClientEvents } from './session/link.ts';
import type { OperationOptions } from './session/operation.ts';
import type { Capabilities } from './syntax/capability.ts';
import type { FetchItems } from './syntax/fetch-items.ts';
import type { SpecialUse } from './syntax/mailbox-list.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import type { MailboxStatus, StatusItem } from './syntax/status-item.ts';

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
   * started anywhere, inside a `for await` over another one too: it never deadlocks. With `readOnly` (EXAMINE, RFC 3501 §6.3.2)
   * what would change flags or messages is refused before it is sent (UsageError, code READ-ONLY).
   */
  open(name: string, options?: OperationOptions & { readOnly?: boolean | undefined }): Promise<Mailbox>;

  /** LIST (RFC 3501 §6.3.8, RFC 5258), with what the options ask for beside the names. */
  list(options?: OperationOptions & ListOptions): Promise<MailboxInfo[]>;
  /** STATUS (RFC 3501 §6.3.10). Default items: messages, unseen, uidNext, uidValidity. */
  status(name: string, items?: readonly StatusItem[], options?: OperationOptions): Promise<MailboxStatus>;
  /**
   * CREATE (RFC 3501 §6.3.3), for a special use where the server can (RFC 6154), or several. Rejects where there is such a
   * mailbox: CommandError, code ALREADYEXISTS, or NO where the server gives none (Cyrus).
   */
  create(
    name: string,
    options?: OperationOptions & { use?: SpecialUse | readonly SpecialUse[] | undefined },
  ): Promise<CreateResult>;
  /** DELETE (RFC 3501 §6.3.4). A selected mailbox is unselected first. */
  delete(name: string, options?: OperationOptions): Promise<void>;
  /**
   * RENAME (RFC 3501 §6.3.5), with what is below it. A selected mailbox is unselected first; handles keep the old names, and so
   * do subscriptions on most servers.
   */
  rename(from: string, to: string, options?: OperationOptions): Promise<void>;
  /** SUBSCRIBE (RFC 3501 §6.3.6): `list({ subscribed: true })` tells of it from here on. A server may refuse a name without a mailbox. */
  subscribe(name: string, options?: OperationOptions): Promise<void>;
  /** UNSUBSCRIBE (RFC 3501 §6.3.7): of a mailbox that is gone too. */
  unsubscribe(name: string, options?: OperationOptions): Promise<void>;
  /** NAMESPACE (RFC 2342); without it, one personal namespace with LIST's delimiter. */
  namespaces(options?: OperationOptions): Promise<Namespaces>;

  /**
   * APPEND (RFC 3501 §6.3.11): one message, or many. A stream needs its size: nothing is buffered. It is read to
   * its end, or destroyed where the server does not take it. A message that is larger than the server's APPENDLIMIT
   * (RFC 7889) is not sent: UsageError, code TOOBIG.
   *
   * Many go in batches of up to 100 messages and 1 MiB where MULTIAPPEND (RFC 3502) is offered: each batch is stored whole
   * or not at all. Without it each message is stored by itself. Either way the call as a whole is not atomic: where it
   * rejects, messages before and after the refused ones may have been stored: `stored` is told of each, and once the call has
   * rejected nothing of it is under way any more. After a CommandError what was not told is not stored. The results are in the
   * order of the messages.
   *
   * Calls of one message each that are made side by side, to the same mailbox, are sent together, too. Where they are refused
   * each is sent again, alone: every call has an outcome of its own. Their messages may stand behind those of later calls then.
   *
   *     const left = new Set(messages.keys());
   *     await client.append('Archive', messages, { stored: (_, index) => left.delete(index) });
   */
  append(mailbox: string, message: AppendMessage, options?: AppendOptions): Promise<AppendResult>;
  append(
    mailbox: string,
    messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options?: AppendOptions,
  ): Promise<AppendResult[]>;

  /**
   * One search over several mailboxes: MULTISEARCH (RFC 7377) where offered, else, and where the query names messages by number,
   * each is selected with EXAMINE in turn.
   * Mailboxes without a match, and those that can't be selected, are left out of the result.
   */
  searchMailboxes(query: SearchQuery, where: SearchScope, options?: OperationOptions): Promise<FoundByMailbox>;

  /** NOOP (RFC 3501 §6.1.2): does nothing, but lets the server tell what is new. */
  noop(options?: OperationOptions): Promise<void>;
  /** ID (RFC 2971): at most 30 fields, with names of 30 bytes and values of 1024. */
  id(fields?: Record<string, string>, options?: OperationOptions): Promise<Record<string, string>>;
  /**
   * ENABLE (RFC 5161). Resolves to all that is enabled now. A selected mailbox is unselected first, and selected again
   * when something needs it. With IMAP4rev2 or UTF8=ACCEPT mailbox names and strings are UTF-8 on the wire; with UIDONLY
   * (RFC 9586) there are no sequence numbers: `{ seq }` sets reject with a UsageError, code UIDREQUIRED, and results and
   * events have no `seq`. What is enabled is so on every connection that replaces a lost one.
   */
  enable(names: readonly string[], options?: OperationOptions): Promise<ReadonlySet<string>>;

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
  language(preferred?: string | readonly string[], options?: OperationOptions): Promise<string[]>;
  /** COMPARATOR (RFC 5255, I18NLEVEL=2): how texts are compared from here on, by the first of these that the server has; without, how they are. */
  comparator(preferred?: string | readonly string[], options?: OperationOptions): Promise<Comparator>;
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
   * was sent; nothing stays selected or enabled, mailboxes that were opened before are closed, and watching ends, as does
   * what takes several commands, such as an append of several messages: what is left of it would be the next user's. Where
   * this is given up (`signal`, `timeout`) and carried out all the same, what was called for meanwhile is refused (CLOSED).
   * Rejects with the code COMPRESSED where COMPRESS is in effect.
   */
  unauthenticate(options?: OperationOptions): Promise<void>;
  /**
   * PROXYAUTH (Netscape, Sun): from here on this connection, an administrator's, acts for this user. Mailboxes that were
   * opened before are closed, as by unauthenticate(). No capability announces it: a server that has it not answers BAD, a CommandError.
   */
  proxyAuth(user: string, options?: OperationOptions): Promise<void>;

  /**
   * Any command of any extension: `untagged` names the untagged responses that belong to it. Nothing runs beside it. What is
   * selected so stays so until a handle's operation selects its own mailbox. IDLE, STARTTLS, COMPRESS, UNAUTHENTICATE and
   * PROXYAUTH are refused: they have methods and options of their own. LOGIN and AUTHENTICATE are held to what holds for
   * `auth`: rejects with the code CLEARTEXT_AUTH without TLS, and with NO_MECHANISM where the server has LOGIN disabled.
   */
  command(
    name: string,
    args?: readonly CommandArg[],
    options?: OperationOptions & { untagged?: readonly string[] | undefined; mailbox?: Mailbox | undefined },
  ): Promise<AnyResult>;

  /**
   * Ends the session in order: waits for what is under way, LOGOUT, and closes. All of it takes timeouts.farewell at most,
   * whatever the server does: what is not done by then rejects with ConnectionError, so await first what takes longer.
   * Never throws for a connection already gone.
   */
  logout(): Promise<void>;
  /** Closes now. Everything pending rejects with ConnectionError. */
  close(): void;

  /** Adds a listener and returns what removes it. */
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void;
}

/** What these methods take for options. */
export const CLIENT_OPTIONS: Readonly<Record<string, OptionsTaken>> = {
  open: { at: 1, booleans: ['readOnly'] },
  list: {
    at: 0,
    booleans: ['subscribed', 'remote', 'recursiveMatch', 'specialUse', 'myRights'],
    others: ['reference', 'pattern', 'status', 'metadata'],
  },
  status: { at: 2 },
  create: { at: 1, others: ['use'] },
  delete: { at: 1 },
  rename: { at: 2 },
  subscribe: { at: 1 },
  unsubscribe: { at: 1 },
  namespaces: { at: 0 },
  append: { at: 2, others: ['stored'] },
  searchMailboxes: { at: 2 },
  noop: { at: 0 },
  id: { at: 1 },
  enable: { at: 1 },
  language: { at: 1 },
  comparator: { at: 1 },
  jmapAccess: { at: 0 },
  authenticate: { at: 1 },
  unauthenticate: { at: 0 },
  proxyAuth: { at: 1 },
  notify: { at: 1, booleans: ['status'], lasts: true },
  command: { at: 2, others: ['untagged', 'mailbox'] },
} satisfies Partial<Record<keyof ImapClient, OptionsTaken>>;
