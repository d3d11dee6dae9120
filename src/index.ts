export type { Auth, SaslMechanism } from './auth/mechanism.ts';
export type { AnyResult, OwnCommandArg as CommandArg } from './commands/any.ts';
export type { AppendResult, Content, ContentPart, OwnAppendMessage as AppendMessage } from './commands/append.ts';
export type { Comparator } from './commands/comparator.ts';
export type { CreateResult } from './commands/create.ts';
export type { FoundByMailbox, OwnSearchScope as SearchScope } from './commands/esearch.ts';
export type { ExpungeResult } from './commands/expunge.ts';
export type { FetchModifiers } from './commands/fetch.ts';
export type { MetadataOptions } from './commands/getmetadata.ts';
export type { QuotaRoots } from './commands/getquotaroot.ts';
export type { Rights } from './commands/listrights.ts';
export type { Namespace, Namespaces } from './commands/namespace.ts';
export type { NotifyEventName, NotifyGroup, NotifyScope } from './commands/notify.ts';
export type { SearchReturned, SearchReturnOptions } from './commands/search-return.ts';
export type { SortOptions } from './commands/sort.ts';
export type { StoreOptions, StoreResult } from './commands/store.ts';
export type { FetchedUrl, UrlFetchOptions } from './commands/urlfetch.ts';
export { type ConnectOptions, connect } from './connect.ts';
export {
  AuthenticationError,
  CommandError,
  ConnectionError,
  type ConnectionPhase,
  type CopyResult,
  ImapError,
  ProtocolError,
  type ResponseCode,
  UsageError,
} from './errors.ts';
export type { ImapClient } from './imap-client.ts';
export { type ImapUrlParts, imapUrl } from './imap-url.ts';
export type { Mailbox } from './mailbox.ts';
export { decodeHeader } from './mime/encoded-word.ts';
export type { Headers } from './mime/header.ts';
export type { SortCriterion, SortKey } from './mime/sort.ts';
export type { Thread, ThreadAlgorithm } from './mime/thread.ts';
export type { AclCommands } from './operations/acl.ts';
export type { AppendOptions } from './operations/append-messages.ts';
export type { MessageContent } from './operations/content.ts';
export type { Download, DownloadContent, DownloadOptions } from './operations/download.ts';
export type { MailboxInfo, OwnListOptions as ListOptions } from './operations/list-mailboxes.ts';
export type { Metadata, MetadataCommands } from './operations/metadata.ts';
export type { Notification, NotifyOptions } from './operations/notify.ts';
export type { QuotaCommands } from './operations/quota.ts';
export type { SearchUpdate, SearchUpdatesOptions } from './operations/search-updates.ts';
export type { SyncResult, SyncState } from './operations/sync.ts';
export type { UrlAuthCommands } from './operations/url-auth.ts';
export type { MailboxEvent, WatchOptions } from './operations/watch-options.ts';
export { createPool, type ImapPool, type PoolOptions } from './pool.ts';
export type { ReconnectOptions } from './reconnect.ts';
export type { UntaggedResponse } from './session/command.ts';
export type { ClientEvents } from './session/link.ts';
export type { LogEntry } from './session/log.ts';
export type { MailboxEvents } from './session/mailbox-state.ts';
export type { OperationOptions } from './session/operation.ts';
export type { Address } from './syntax/address.ts';
export type { BodyStructure, Multipart, SinglePart } from './syntax/body-structure.ts';
export type { PublicCapabilities as Capabilities } from './syntax/capability.ts';
export type { Envelope } from './syntax/envelope.ts';
export type { FetchedMessage, OwnFetchItems as FetchItems } from './syntax/fetch-items.ts';
export type { GmailQuery } from './syntax/gmail.ts';
export { Keyword } from './syntax/keyword.ts';
export type { SpecialUse } from './syntax/mailbox-list.ts';
export type { Quota } from './syntax/quota.ts';
export type { OwnSearchQuery as SearchQuery } from './syntax/search-key.ts';
export type { MailboxStatus, StatusItem } from './syntax/status-item.ts';
export { formatInternalDate, parseInternalDate } from './wire/date-time.ts';
export { decodeMailboxName, encodeMailboxName } from './wire/mailbox-name.ts';
export type { MessageSet } from './wire/sequence-set.ts';
export { type PublicUidSet as UidSet, parseUidSet } from './wire/uid-set.ts';
