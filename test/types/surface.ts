/** Compiled, never run: the library satisfies its contract. */
import type * as imapwire from 'imapwire';
import type * as contract from './contract.ts';

/** Compiles only where whatever is `Actual` is `Wanted` too. */
type Is<Actual extends Wanted, Wanted> = [Actual, Wanted];
/** Methods that are compared with what is asked for filled in: TypeScript can not compare their types before. */
type Generic = 'fetch' | 'fetchAll' | 'fetchOne' | 'watch';
/** The parameters of methods, which TypeScript itself compares in both directions. */
type Takes<T> = { [Name in keyof T]: T[Name] extends (...args: infer Args) => unknown ? Required<Args> : never };

/** What users are given. */
export type Given = [
  Is<ReturnType<typeof imapwire.connect>, Promise<imapwire.ImapClient>>,
  Is<Omit<imapwire.ImapClient, 'open' | 'command'>, Omit<contract.ImapClient, 'open' | 'command'>>,
  Is<ReturnType<imapwire.ImapClient['open']>, Promise<imapwire.Mailbox>>,
  Is<ReturnType<imapwire.ImapClient['command']>, ReturnType<contract.ImapClient['command']>>,
  Is<imapwire.ClientEvents, contract.ClientEvents>,
  Is<Omit<imapwire.ImapPool, 'use' | 'withMailbox'>, Omit<contract.ImapPool, 'use' | 'withMailbox'>>,
  Is<imapwire.SyncResult, contract.SyncResult>,
  Is<imapwire.MailboxInfo, contract.MailboxInfo>,
  Is<imapwire.MailboxStatus, contract.MailboxStatus>,
  Is<imapwire.AppendResult, contract.AppendResult>,
  Is<Omit<imapwire.Mailbox, Generic>, Omit<contract.Mailbox, Generic>>,
  Is<imapwire.Envelope, contract.Envelope>,
  Is<imapwire.Address, contract.Address>,
  Is<imapwire.BodyStructure, contract.BodyStructure>,
  Is<imapwire.Headers, contract.Headers>,
  Is<imapwire.Download, contract.Download>,
  Is<imapwire.StoreResult, contract.StoreResult>,
  Is<imapwire.CopyResult, contract.CopyResult>,
  Is<imapwire.UidSet, contract.UidSet>,
  Is<imapwire.LogEntry, contract.LogEntry>,
  Is<imapwire.MailboxEvents, contract.MailboxEvents>,
  Is<imapwire.MailboxEvent, contract.MailboxEvent>,
  Is<imapwire.MailboxEvent<{ size: true }>, contract.MailboxEvent<{ size: true }>>,
  Is<imapwire.ResponseCode, contract.ResponseCode>,
  Is<imapwire.UntaggedResponse, contract.UntaggedResponse>,
  Is<imapwire.FetchedMessage<Everything>, contract.FetchedMessage<Everything>>,
  Is<
    imapwire.FetchedMessage<{ flags?: boolean; size: false }>,
    contract.FetchedMessage<{ flags?: boolean; size: false }>
  >,
];
type Everything = { [Item in keyof contract.FetchItems]-?: NonNullable<contract.FetchItems[Item]> };

declare const mailbox: imapwire.Mailbox;
declare const wanted: contract.Mailbox;
export type Fetched = [
  Is<ReturnType<typeof mailbox.fetch<Everything>>, ReturnType<typeof wanted.fetch<Everything>>>,
  Is<ReturnType<typeof mailbox.fetchAll<Everything>>, ReturnType<typeof wanted.fetchAll<Everything>>>,
  Is<ReturnType<typeof mailbox.fetchOne<Everything>>, ReturnType<typeof wanted.fetchOne<Everything>>>,
  Is<ReturnType<typeof mailbox.watch<Everything>>, ReturnType<typeof wanted.watch<Everything>>>,
];

/** What users give. */
export type Taken = [
  Is<Parameters<typeof contract.connect>, Parameters<typeof imapwire.connect>>,
  Is<contract.ConnectOptions, imapwire.ConnectOptions>,
  Is<contract.SyncState, imapwire.SyncState>,
  Is<Parameters<typeof contract.createPool>, Parameters<typeof imapwire.createPool>>,
  Is<contract.Auth, imapwire.Auth>,
  Is<contract.SaslMechanism, imapwire.SaslMechanism>,
  Is<contract.OperationOptions, imapwire.OperationOptions>,
  Is<contract.MessageSet, imapwire.MessageSet>,
  Is<contract.ListOptions, imapwire.ListOptions>,
  Is<contract.StatusItem, imapwire.StatusItem>,
  Is<contract.SpecialUse, imapwire.SpecialUse>,
  Is<contract.AppendMessage, imapwire.AppendMessage>,
  Is<contract.FetchItems, imapwire.FetchItems>,
  Is<contract.SearchQuery, imapwire.SearchQuery>,
  Is<contract.StoreOptions, imapwire.StoreOptions>,
  Is<contract.CommandArg, imapwire.CommandArg>,
];

type Commands =
  | 'list'
  | 'status'
  | 'create'
  | 'delete'
  | 'rename'
  | 'subscribe'
  | 'unsubscribe'
  | 'namespaces'
  | 'noop'
  | 'id'
  | 'enable'
  | 'open';
type Operations =
  | 'search'
  | 'download'
  | 'addFlags'
  | 'removeFlags'
  | 'setFlags'
  | 'copy'
  | 'move'
  | 'expunge'
  | 'deleteMessages'
  | 'check'
  | 'close'
  | 'unselect';
export type Asked = [
  Is<Takes<Pick<contract.ImapClient, Commands>>, Takes<Pick<imapwire.ImapClient, Commands>>>,
  Is<Takes<Pick<contract.Mailbox, Operations>>, Takes<Pick<imapwire.Mailbox, Operations>>>,
  Is<Parameters<typeof wanted.fetch<Everything>>, Parameters<typeof mailbox.fetch<Everything>>>,
  Is<Parameters<typeof wanted.fetchAll<Everything>>, Parameters<typeof mailbox.fetchAll<Everything>>>,
  Is<Parameters<typeof wanted.fetchOne<Everything>>, Parameters<typeof mailbox.fetchOne<Everything>>>,
  Is<Parameters<typeof wanted.watch<Everything>>, Parameters<typeof mailbox.watch<Everything>>>,
];

export type Errors = [
  Is<imapwire.ImapError, contract.ImapError>,
  Is<imapwire.CommandError, contract.CommandError>,
  Is<imapwire.AuthenticationError, contract.AuthenticationError>,
  Is<imapwire.ConnectionError, contract.ConnectionError>,
  Is<imapwire.ProtocolError, contract.ProtocolError>,
  Is<imapwire.UsageError, contract.UsageError>,
];

export type Tools = [
  Is<typeof imapwire.parseInternalDate, typeof contract.parseInternalDate>,
  Is<typeof imapwire.imapUrl, typeof contract.imapUrl>,
  Is<typeof imapwire.formatInternalDate, typeof contract.formatInternalDate>,
  Is<typeof imapwire.encodeMailboxName, typeof contract.encodeMailboxName>,
  Is<typeof imapwire.decodeMailboxName, typeof contract.decodeMailboxName>,
  Is<typeof imapwire.decodeHeader, typeof contract.decodeHeader>,
  Is<typeof imapwire.parseUidSet, typeof contract.parseUidSet>,
];
