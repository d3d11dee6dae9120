/**
 * The public surface that users build on: names, shapes and behaviours that stay as they are, whatever else is added. The
 * library's own declarations have the docstrings; surface.ts compiles only where they satisfy these.
 */
import type { Duplex } from 'node:stream';
import type { ConnectionOptions as TlsOptions } from 'node:tls';

export declare function connect(options: ConnectOptions | string | URL): Promise<ImapClient>;

export interface ConnectOptions {
  host: string;
  port?: number;
  security?: 'tls' | 'starttls' | 'none';
  tls?: TlsOptions;
  auth?: Auth | (() => Auth | Promise<Auth>);
  allowCleartextAuth?: boolean;
  clientId?: Record<string, string> | false;
  reconnect?: boolean | { attempts?: number; minDelay?: number; maxDelay?: number };
  timeouts?: {
    connect?: number;
    inactivity?: number;
    farewell?: number;
  };
  limits?: {
    line?: number;
    literal?: number;
    depth?: number;
    buffer?: number;
  };
  log?: (entry: LogEntry) => void;
  socket?: () => Duplex | Promise<Duplex>;
  signal?: AbortSignal;
}

export type Auth =
  | {
      user: string;
      pass: string;
      authzid?: string;
      mechanism?: 'LOGIN' | 'PLAIN' | 'CRAM-MD5' | 'SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      channelBinding?: boolean | 'tls-exporter' | 'tls-unique';
    }
  | { user: string; accessToken: string; mechanism?: 'XOAUTH2' | 'OAUTHBEARER' }
  | { mechanism: 'EXTERNAL' | 'ANONYMOUS'; user?: string }
  | { sasl: SaslMechanism };

export interface SaslMechanism {
  name: string;
  initial?: () => Uint8Array | Promise<Uint8Array>;
  respond: (challenge: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  done?: () => void;
}

export interface LogEntry {
  direction: 'in' | 'out' | 'note';
  text: string;
  connection: number;
  at: number;
}

export interface OperationOptions {
  signal?: AbortSignal;
  timeout?: number;
  progress?: (done: number, total?: number) => void;
}

export type MessageSet = number | string | Iterable<number> | { seq: number | string | Iterable<number> };

export interface UidSet extends Iterable<number> {
  readonly size: number;
  has(uid: number): boolean;
  ranges(): Iterable<[first: number, last: number]>;
  toString(): string;
}

export interface ImapClient extends AsyncDisposable {
  readonly state: 'connected' | 'authenticated' | 'selected' | 'reconnecting' | 'closed';
  readonly capabilities: {
    has(name: string): boolean;
    readonly names: ReadonlySet<string>;
    readonly auth: ReadonlySet<string>;
    readonly appendLimit?: number;
    readonly messageLimit?: number;
    readonly saveLimit?: number;
  };
  readonly enabled: ReadonlySet<string>;
  readonly serverId?: Readonly<Record<string, string>>;
  readonly secure: boolean;
  readonly referral?: string;
  readonly bytes: { readonly sent: number; readonly received: number };
  open(name: string, options?: OperationOptions & { readOnly?: boolean }): Promise<Mailbox>;
  list(options?: OperationOptions & ListOptions): Promise<MailboxInfo[]>;
  status(name: string, items?: StatusItem[], options?: OperationOptions): Promise<MailboxStatus>;
  create(
    name: string,
    options?: OperationOptions & { use?: SpecialUse },
  ): Promise<{ mailboxId?: string; name?: string }>;
  delete(name: string, options?: OperationOptions): Promise<void>;
  rename(from: string, to: string, options?: OperationOptions): Promise<void>;
  subscribe(name: string, options?: OperationOptions): Promise<void>;
  unsubscribe(name: string, options?: OperationOptions): Promise<void>;
  namespaces(
    options?: OperationOptions,
  ): Promise<{ personal: Namespace[]; otherUsers: Namespace[]; shared: Namespace[] }>;
  append(mailbox: string, message: AppendMessage, options?: OperationOptions): Promise<AppendResult>;
  append(
    mailbox: string,
    messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
    options?: OperationOptions,
  ): Promise<AppendResult[]>;
  searchMailboxes(
    query: SearchQuery,
    where: { mailboxes?: string[]; subtree?: string; subscribed?: boolean; personal?: boolean },
    options?: OperationOptions,
  ): Promise<Map<string, { uidValidity: number; uids: UidSet }>>;
  noop(options?: OperationOptions): Promise<void>;
  id(fields?: Record<string, string>, options?: OperationOptions): Promise<Record<string, string>>;
  enable(names: string[], options?: OperationOptions): Promise<ReadonlySet<string>>;
  notify(
    groups: readonly NotifyGroup[],
    options?: { signal?: AbortSignal; status?: boolean },
  ): AsyncIterable<Notification>;
  urlAuth: {
    generate(url: string, options?: OperationOptions & { mechanism?: string }): Promise<string>;
    fetch(
      url: string,
      options?: OperationOptions & { decode?: boolean; structure?: boolean },
    ): Promise<{ content: Buffer; structure?: BodyStructure } | undefined>;
    resetKey(mailbox?: string, options?: OperationOptions & { mechanisms?: string[] }): Promise<string[]>;
  };
  language(preferred?: string | string[], options?: OperationOptions): Promise<string[]>;
  comparator(
    preferred?: string | string[],
    options?: OperationOptions,
  ): Promise<{ active: string; matching?: string[] }>;
  jmapAccess(options?: OperationOptions): Promise<string>;
  authenticate(auth: Auth | (() => Auth | Promise<Auth>), options?: OperationOptions): Promise<void>;
  unauthenticate(options?: OperationOptions): Promise<void>;
  proxyAuth(user: string, options?: OperationOptions): Promise<void>;
  command(
    name: string,
    args?: CommandArg[],
    options?: OperationOptions & { untagged?: string[]; mailbox?: Mailbox },
  ): Promise<{ text: string; code?: ResponseCode; untagged: UntaggedResponse[] }>;
  logout(): Promise<void>;
  close(): void;
  on<E extends keyof ClientEvents>(event: E, listener: (value: ClientEvents[E]) => void): () => void;
}

export interface ClientEvents {
  close: { error?: ImapError };
  reconnected: { attempts: number; downtime: number };
  alert: { text: string };
  unknown: UntaggedResponse;
}

export interface ListOptions {
  reference?: string;
  pattern?: string | string[];
  subscribed?: boolean;
  specialUse?: boolean;
  status?: StatusItem[];
  metadata?: string[];
}
export interface NotifyGroup {
  scope:
    | 'selected'
    | 'selected-delayed'
    | 'inboxes'
    | 'personal'
    | 'subscribed'
    | { mailboxes: string | readonly string[] }
    | { subtree: string | readonly string[] };
  events: readonly (
    | 'messageNew'
    | 'messageExpunge'
    | 'flagChange'
    | 'annotationChange'
    | 'mailboxName'
    | 'subscriptionChange'
    | 'mailboxMetadataChange'
    | 'serverMetadataChange'
  )[];
}
export type Notification =
  | { type: 'status'; mailbox: string; status: MailboxStatus }
  | { type: 'mailbox'; mailbox: MailboxInfo }
  | { type: 'metadata'; mailbox: string; entries: string[] }
  | { type: 'message'; mailbox: string; message: { uid: number; seq: number } };
export type SearchUpdate =
  | { type: 'found'; uids: number[] }
  | { type: 'added'; uids: number[]; position: number }
  | { type: 'removed'; uids: number[]; position: number };
export interface MailboxInfo {
  name: string;
  delimiter: string | null;
  attributes: ReadonlySet<string>;
  specialUse?: SpecialUse;
  specialUseSource?: 'server' | 'name';
  subscribed?: boolean;
  selectable: boolean;
  hasChildren?: boolean;
  status?: MailboxStatus;
  metadata?: Map<string, Buffer | null>;
  oldName?: string;
}
export type SpecialUse =
  | '\\All'
  | '\\Archive'
  | '\\Drafts'
  | '\\Flagged'
  | '\\Junk'
  | '\\Sent'
  | '\\Trash'
  | '\\Important'
  | '\\Inbox';
export type StatusItem =
  | 'messages'
  | 'recent'
  | 'unseen'
  | 'uidNext'
  | 'uidValidity'
  | 'highestModseq'
  | 'size'
  | 'deleted'
  | 'deletedStorage'
  | 'appendLimit'
  | 'mailboxId';
export interface MailboxStatus {
  messages?: number;
  recent?: number;
  unseen?: number;
  uidNext?: number;
  uidValidity?: number;
  highestModseq?: bigint;
  size?: number;
  deleted?: number;
  deletedStorage?: number;
  appendLimit?: number | null;
  mailboxId?: string;
}
export interface Namespace {
  prefix: string;
  delimiter: string | null;
}

export type Content = string | Uint8Array | { size: number; stream: AsyncIterable<Uint8Array> };
export interface AppendMessage {
  content: Content | ({ text: Content } | { url: string })[];
  flags?: string[];
  internalDate?: Date;
  annotations?: Record<string, string | Uint8Array>;
}
export interface AppendResult {
  uid?: number;
  uidValidity?: number;
}

export interface Mailbox extends AsyncDisposable {
  readonly name: string;
  readonly readOnly: boolean;
  readonly exists: number;
  readonly uidValidity: number;
  readonly uidNext?: number;
  readonly highestModseq?: bigint;
  readonly flags: ReadonlySet<string>;
  readonly permanentFlags: ReadonlySet<string>;
  readonly mailboxId?: string;
  search(query: SearchQuery, options?: OperationOptions): Promise<number[]>;
  searchReturn(
    query: SearchQuery,
    want: {
      min?: boolean;
      max?: boolean;
      count?: boolean;
      all?: boolean;
      partial?: string;
      save?: boolean;
      relevancy?: boolean;
    },
    options?: OperationOptions,
  ): Promise<{
    min?: number;
    max?: number;
    count?: number;
    all?: UidSet;
    partial?: UidSet;
    modseq?: bigint;
    relevancy?: number[];
  }>;
  sort(
    criteria: SortCriterion[],
    query: SearchQuery,
    options?: OperationOptions & { partial?: string },
  ): Promise<number[]>;
  thread(
    algorithm: 'REFERENCES' | 'ORDEREDSUBJECT' | 'REFS',
    query: SearchQuery,
    options?: OperationOptions,
  ): Promise<Thread[]>;
  content(uid: number, options?: OperationOptions & { maxBytes?: number }): Promise<MessageContent | undefined>;
  fetch<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options?: OperationOptions & { changedSince?: bigint; vanished?: boolean; partial?: string },
  ): AsyncIterable<FetchedMessage<I>>;
  fetchAll<I extends FetchItems>(
    set: MessageSet,
    items: I,
    options?: OperationOptions & { changedSince?: bigint; partial?: string },
  ): Promise<FetchedMessage<I>[]>;
  fetchOne<I extends FetchItems>(
    message: number | { seq: number },
    items: I,
    options?: OperationOptions,
  ): Promise<FetchedMessage<I> | undefined>;
  uidBatches(size: number, options?: OperationOptions): Promise<UidSet[]>;
  searchUpdates(
    query: SearchQuery,
    options?: { signal?: AbortSignal; sort?: SortCriterion[] },
  ): AsyncIterable<SearchUpdate>;
  download(uid: number, part?: string, options?: OperationOptions & { decode?: boolean }): Promise<Download>;
  annotate(
    set: MessageSet,
    entries: Record<string, string | Uint8Array | null>,
    options?: OperationOptions,
  ): Promise<void>;
  addFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  removeFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  setFlags(set: MessageSet, flags: string[], options?: OperationOptions & StoreOptions): Promise<StoreResult>;
  copy(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  move(set: MessageSet, target: string, options?: OperationOptions): Promise<CopyResult>;
  expunge(set?: MessageSet, options?: OperationOptions): Promise<{ expunged: number; uids?: UidSet }>;
  deleteMessages(set: MessageSet, options?: OperationOptions): Promise<{ expunged: number; uids?: UidSet }>;
  replace(uid: number, message: AppendMessage, options?: OperationOptions & { target?: string }): Promise<AppendResult>;
  watch<I extends FetchItems = Record<never, never>>(options?: {
    signal?: AbortSignal;
    fetch?: I;
    pollInterval?: number;
  }): AsyncIterable<MailboxEvent<I>>;
  sync(since?: SyncState, options?: OperationOptions): Promise<SyncResult>;
  on<E extends keyof MailboxEvents>(event: E, listener: (value: MailboxEvents[E]) => void): () => void;
  check(options?: OperationOptions): Promise<void>;
  close(options?: OperationOptions): Promise<void>;
  unselect(options?: OperationOptions): Promise<void>;
}

export interface FetchItems {
  flags?: boolean;
  envelope?: boolean;
  internalDate?: boolean;
  size?: boolean;
  bodyStructure?: boolean;
  modseq?: boolean;
  headers?: boolean | string[];
  source?: boolean | { offset: number; length: number };
  parts?: string[];
  binary?: string[];
  preview?: boolean | 'lazy';
  saveDate?: boolean;
  emailId?: boolean;
  threadId?: boolean;
  annotations?: string[];
  gmail?: boolean;
  markSeen?: boolean;
}

export interface FetchedItems {
  flags: ReadonlySet<string>;
  envelope: Envelope;
  internalDate: Date | undefined;
  size: number;
  bodyStructure: BodyStructure;
  modseq: bigint;
  headers: Headers;
  source: Buffer;
  parts: Map<string, Buffer | null>;
  binary: Map<string, Buffer | null>;
  preview: string | null;
  saveDate: Date | null;
  emailId: string;
  threadId: string | null;
  annotations: Map<string, Buffer | null>;
  gmail: { labels: ReadonlySet<string>; messageId: string; threadId: string };
}

export type FetchedMessage<I extends FetchItems> = { uid: number; seq: number } & {
  [K in keyof I & keyof FetchedItems as I[K] extends false | undefined ? never : K]: FetchedItems[K];
};

export interface Headers extends Iterable<[name: string, value: string]> {
  get(name: string): string | undefined;
  getAll(name: string): string[];
  readonly raw: Buffer;
}

export interface Envelope {
  date?: Date;
  subject?: string;
  from: Address[];
  sender: Address[];
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  inReplyTo?: string;
  messageId?: string;
  raw: { date?: string; subject?: string };
}
export type Address =
  | { name?: string; address: string }
  | { group: string; members: { name?: string; address: string }[] };

export type BodyStructure = Multipart | SinglePart;
export interface Part {
  part: string;
  type: string;
  params: Record<string, string>;
  disposition?: { type: string; params: Record<string, string> };
  language?: string[];
  location?: string;
}
export interface Multipart extends Part {
  parts: BodyStructure[];
}
export interface SinglePart extends Part {
  id?: string;
  description?: string;
  encoding: string;
  size: number;
  lines?: number;
  md5?: string;
  envelope?: Envelope;
  body?: BodyStructure;
  filename?: string;
}

export interface Download {
  readonly size: number;
  readonly type?: string;
  readonly charset?: string;
  readonly filename?: string;
  readonly content: AsyncIterable<Buffer> & { text(): Promise<string>; bytes(): Promise<Buffer> };
}

export type SortCriterion = SortKey | { by: SortKey; reverse?: boolean };
export type SortKey = 'arrival' | 'cc' | 'date' | 'displayFrom' | 'displayTo' | 'from' | 'size' | 'subject' | 'to';
export interface Thread {
  uid?: number;
  children: Thread[];
}
export interface MessageContent {
  text?: string;
  html?: string;
  attachments: SinglePart[];
  structure: BodyStructure;
  truncated: boolean;
}

export interface SearchQuery {
  all?: boolean;
  seen?: boolean;
  answered?: boolean;
  flagged?: boolean;
  deleted?: boolean;
  draft?: boolean;
  recent?: boolean;
  new?: boolean;
  old?: boolean;
  keyword?: string | string[];
  notKeyword?: string | string[];
  from?: string;
  to?: string;
  cc?: string;
  bcc?: string;
  subject?: string;
  body?: string;
  text?: string;
  header?: Record<string, string | true>;
  since?: Date | string;
  before?: Date | string;
  on?: Date | string;
  sentSince?: Date | string;
  sentBefore?: Date | string;
  sentOn?: Date | string;
  larger?: number;
  smaller?: number;
  older?: number;
  younger?: number;
  uid?: MessageSet;
  seq?: number | string | Iterable<number>;
  modseq?: bigint;
  emailId?: string;
  threadId?: string;
  gmail?: string;
  and?: SearchQuery[];
  or?: SearchQuery[];
  not?: SearchQuery | SearchQuery[];
}

export interface StoreOptions {
  unchangedSince?: bigint;
  silent?: boolean;
  gmailLabels?: boolean;
}

export interface StoreResult {
  flags: Map<number, ReadonlySet<string>>;
  modified?: UidSet;
  highestModseq?: bigint;
}
export interface CopyResult {
  uidValidity?: number;
  uids: Map<number, number>;
}

export type MailboxEvent<I extends FetchItems = Record<never, never>> =
  | { type: 'arrived'; messages: FetchedMessage<I & { flags: true }>[] }
  | { type: 'vanished'; uids: UidSet }
  | { type: 'flags'; uid: number; flags: ReadonlySet<string>; modseq?: bigint }
  | { type: 'reset'; uidValidity: number };
export interface MailboxEvents {
  exists: { count: number; previous: number };
  expunge: { seq?: number; uid?: number };
  flags: { seq?: number; uid?: number; flags: ReadonlySet<string>; modseq?: bigint };
}

export declare class ImapError extends Error {
  readonly code: string;
  readonly copied?: CopyResult;
}

export declare class CommandError extends ImapError {
  readonly status: 'NO' | 'BAD';
  readonly responseCode?: ResponseCode;
  readonly command: string;
  readonly text: string;
}

export declare class AuthenticationError extends CommandError {}

export declare class ConnectionError extends ImapError {
  readonly phase: 'connect' | 'tls' | 'greeting' | 'authenticate' | 'command' | 'idle';
  readonly maybeExecuted: boolean;
}

export declare class ProtocolError extends ImapError {
  readonly offset?: number;
  readonly excerpt?: string;
}

export declare class UsageError extends ImapError {}

export interface ResponseCode {
  name: string;
  args?: string;
  [field: string]: unknown;
}
export interface UntaggedResponse {
  name: string;
  number?: number;
  text: string;
  literals: Buffer[];
}
export type CommandArg =
  | string
  | number
  | Date
  | Uint8Array
  | { atom: string }
  | { mailbox: string }
  | { set: MessageSet }
  | CommandArg[];

export declare function imapUrl(parts: {
  server?: string;
  mailbox: string;
  uidValidity?: number;
  uid?: number;
  section?: string;
  partial?: { offset: number; length?: number };
  expire?: Date;
  access?: string;
}): string;
export declare function parseInternalDate(text: string): Date | undefined;
export declare function formatInternalDate(date: Date, offsetMinutes?: number): string;
export declare function encodeMailboxName(name: string): string;
export declare function decodeMailboxName(encoded: string): string;
export declare function decodeHeader(value: string): string;
export declare function parseUidSet(text: string): UidSet;

export interface SyncState {
  uidValidity: number;
  uidNext: number;
  highestModseq?: string;
  uids: string;
  flags?: Record<string, string>;
}
export interface SyncResult {
  state: SyncState;
  reset: boolean;
  arrived: UidSet;
  vanished: UidSet;
  flags: Map<number, ReadonlySet<string>>;
  method: 'initial' | 'qresync' | 'condstore' | 'compare';
}

export interface ImapPool extends AsyncDisposable {
  use<T>(work: (client: ImapClient) => Promise<T>, options?: OperationOptions): Promise<T>;
  withMailbox<T>(
    name: string,
    work: (mailbox: Mailbox) => Promise<T>,
    options?: OperationOptions & { readOnly?: boolean },
  ): Promise<T>;
  readonly size: number;
  readonly idle: number;
  close(): Promise<void>;
}
export declare function createPool(options: ConnectOptions & { max?: number; idleTimeout?: number }): ImapPool;
