import type { ZonedDate } from './dates.ts';
import type { DeliverOptions } from './message.ts';
import type { QuotaLimits } from './quota.ts';

/** One message of one mailbox, as it is now: what clients change shows here. */
export interface ServerMessage {
  readonly uid: number;
  /** Its bytes; shared with its copies. */
  readonly content: { readonly raw: Buffer };
  /** Without \Recent, which belongs to the session. */
  readonly flags: ReadonlySet<string>;
  /** INTERNALDATE, with the zone that it was given in. */
  readonly internalDate: ZonedDate;
  /** When it came into this mailbox, ms since 1970 (RFC 8514). */
  readonly saveDate: number;
  /** Of its last change (RFC 7162). */
  readonly modseq: bigint;
  /** It has been expunged, and is in no mailbox any more. */
  readonly expunged: boolean;
}

/**
 * A mailbox of the server. What a test changes here the connected clients are told of, as if another client had done it:
 * at once in IDLE, else with the answer to their next command.
 */
export interface ServerMailbox {
  /** Decoded, with the levels above it. Changes when the mailbox is renamed. */
  readonly name: string;
  readonly uidValidity: number;
  /** The UID of the next message. May be raised, so that large UIDs can be had. */
  uidNext: number;
  /** May be raised, so that numbers beyond 2^53 can be had; a RangeError where it would fall. */
  highestModseq: bigint;
  /** MAILBOXID (RFC 8474) */
  readonly mailboxId: string;
  /** Rights by identifier (RFC 4314): `lrswipkxtea` for its owner, nothing for others. What is taken away is refused. */
  readonly acl: Map<string, string>;
  /** Special use, such as `\Sent` (RFC 6154). */
  specialUse: string | undefined;
  /** In ascending order of their UIDs. */
  readonly messages: readonly ServerMessage[];
  message(uid: number): ServerMessage | undefined;
  /** Adds a message, as a delivery would. A string is text: UTF-8, its line ends made CRLF. Returns the UID. */
  deliver(raw: string | Uint8Array, options?: DeliverOptions): number;
  /** Several at once: the clients are told once. Returns the UIDs. */
  deliverAll(messages: Iterable<{ raw: string | Uint8Array } & DeliverOptions>): number[];
  /** Replaces the flags of a message, named by its UID. A RangeError where there is no such message. */
  setFlags(message: number | ServerMessage, flags: Iterable<string>): void;
  /** Expunges messages, named by their UIDs, whatever their flags. Returns those that were there. */
  remove(messages: Iterable<number | ServerMessage>): ServerMessage[];
  /** As after a restored backup: every UID means another message. Clients in the mailbox are disconnected. */
  bumpUidValidity(uidValidity?: number): void;
}

/** The mailboxes of one user. What an IMAP server would refuse throws an Error with the text that a client would read. */
export interface ServerAccount {
  readonly user: string;
  /** Between the levels of mailbox names. */
  readonly delimiter: string;
  /** In the order in which they were made; INBOX is always there. */
  readonly mailboxes: Iterable<ServerMailbox>;
  /** Subscribed names, whether there is such a mailbox or not. */
  readonly subscriptions: Set<string>;
  /**
   * What the user may hold, for clients; `deliver` and `create` here do not mind it. Default: 10 GiB. `{ MESSAGE: 3 }` lets
   * clients add messages until there are three: then [OVERQUOTA].
   */
  quota: QuotaLimits;
  mailbox(name: string): ServerMailbox | undefined;
  create(name: string, options?: { specialUse?: string | undefined }): ServerMailbox;
  /** Clients that have it selected are disconnected. */
  delete(name: string): void;
  /** With everything below it; clients that have one of them selected are disconnected. From INBOX the messages move, and INBOX stays. */
  rename(from: string, to: string): void;
  /** Adds a message to a mailbox; a RangeError where there is none of that name. Returns the UID. */
  deliver(mailbox: string, raw: string | Uint8Array, options?: DeliverOptions): number;
  /** Several at once: the clients are told once. Returns the UIDs. */
  deliverAll(mailbox: string, messages: Iterable<{ raw: string | Uint8Array } & DeliverOptions>): number[];
}

/** What the server holds, of all its users. */
export interface ServerStore {
  /** By user name; without one, the first user's. A RangeError where there is no such user. */
  account(user?: string): ServerAccount;
  /** A mailbox of the first user; a RangeError where there is none of that name. */
  mailbox(name: string): ServerMailbox;
  /** Makes a mailbox of the first user. */
  create(name: string, options?: { specialUse?: string | undefined }): ServerMailbox;
  /** Adds a message to a mailbox of the first user. Returns its UID. */
  deliver(mailbox: string, raw: string | Uint8Array, options?: DeliverOptions): number;
}
