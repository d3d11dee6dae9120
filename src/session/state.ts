import type { ChannelBinding } from '../auth/scram.ts';
import type { ResponseCode } from '../errors.ts';
import { Capabilities } from '../syntax/capability.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { UidSet } from '../wire/uid-set.ts';
import type { Subscriber } from './command.ts';
import { Listeners } from './events.ts';
import { SequenceMap } from './sequence-map.ts';
import { kindByExtension, kindByGreeting, kindByName, type ServerKind } from './server-kind.ts';

const NO_FLAGS: ReadonlySet<string> = new Set();
const NOTHING_ENABLED: ReadonlySet<string> = new Set();
const NOTHING_CHOSEN: Chosen = {};
const NO_BINDINGS: readonly ChannelBinding[] = [];
const NO_SUBSCRIBERS: ReadonlySet<Subscriber> = new Set();
const NO_LISTENERS: readonly (() => void)[] = [];
const ALL_PERMANENT = '\\*';
/** More messages than any mailbox holds: what lies beyond is not kept by number, for a server can name any number. */
const MOST_TRACKED = 10_000_000;
/** So many expunged messages are told one by one where nothing but the server's word says that they were there. */
const MOST_TOLD = 1_000_000;
/** Limits of so many mailboxes are kept. */
const MOST_LIMITS = 10_000;

/** What the server says unasked of the selected mailbox. */
export interface MailboxEvents {
  exists: { count: number; previous: number };
  expunge: { seq?: number; uid?: number };
  /** Also in answer to what changes flags here: others' changes may be told with it. */
  flags: { seq?: number; uid?: number; flags: ReadonlySet<string>; modseq?: bigint };
  /** What a fetch with `vanished` asked for: messages that are gone since. Among them may be UIDs that nobody knew. */
  vanished: { uids: UidSet };
}

/** What a selected mailbox is known to hold, as the server's responses tell it (RFC 3501 §2.3, §7). Outlives a reselection. */
export class MailboxState {
  /** Changes where the server tells of another (OLDNAME, RFC 9051 §6.3.9.7). */
  name: string;
  /** Asked for with EXAMINE. */
  readonly examine: boolean;
  readonly listeners = new Listeners<MailboxEvents>();
  readOnly: boolean;
  exists = 0;
  uidValidity = 0;
  uidNext: number | undefined;
  highestModseq: bigint | undefined;
  mailboxId: string | undefined;
  flags: ReadonlySet<string> = NO_FLAGS;
  permanentFlags: ReadonlySet<string> = NO_FLAGS;
  /** The UID of each message, while somebody wants expunged messages told by UID. */
  uids: SequenceMap | undefined;
  /** How often it was selected. */
  selections = 0;
  /** How often its messages were numbered anew, as far as can be told: some went, or a selection found it so. 0: it was never selected. */
  numberings = 0;
  /** Handles that are open on it. */
  handles = 0;
  /** It belongs to a user that the connection is no longer authenticated as. */
  left = false;
  #selectListeners: readonly (() => void)[] = NO_LISTENERS;
  /** How many messages were told as expunged since the mailbox was selected on nothing but the server's word. */
  #told = 0;
  /** How many messages there were when the last SELECT was sent. */
  #before = 0;
  /** How many UIDs below UIDNEXT belong to no message, where the server tells UIDNEXT. */
  #vacant: number | undefined;
  /** The UIDVALIDITY of the last selection. */
  #validity = 0;
  /** How many watchers need `uids`. */
  #tracked = 0;

  constructor(name: string, examine: boolean) {
    this.name = name;
    this.examine = examine;
    this.readOnly = examine;
  }

  /** Tells of every SELECT that is sent for it, until the returned function is called. */
  onSelect(listener: () => void): () => void {
    this.#selectListeners = [...this.#selectListeners, listener];
    return () => {
      this.#selectListeners = this.#selectListeners.filter((one) => one !== listener);
    };
  }

  /** A SELECT was sent: what follows describes the mailbox anew. */
  selecting(): void {
    this.selections++;
    this.#before = this.exists;
    for (const listener of this.#selectListeners) listener();
    this.forget();
  }

  /** What was told of it holds no more. */
  forget(): void {
    this.readOnly = this.examine;
    this.uidNext = undefined;
    this.highestModseq = undefined;
    this.flags = NO_FLAGS;
    this.permanentFlags = NO_FLAGS;
    if (this.uids !== undefined) this.uids = new SequenceMap();
    this.#told = 0;
  }

  /** Keeps the map from sequence numbers to UIDs, until untrack() was called as often. */
  track(): void {
    this.#tracked++;
    this.uids ??= new SequenceMap();
  }

  untrack(): void {
    if (--this.#tracked === 0) this.uids = undefined;
  }

  /** The UID of every message is known. */
  get mapped(): boolean {
    return this.uids !== undefined && this.uids.length === this.exists && this.uids.complete;
  }

  observeExists(count: number): void {
    const previous = this.exists;
    this.exists = count;
    if (count < previous) this.numberings++;
    this.uids?.truncate(count);
    if (count !== previous) this.listeners.emit('exists', { count, previous });
  }

  observeExpunge(seq: number): void {
    // A number past the end is a server's error: there is no such message to take away.
    if (seq < 1 || seq > this.exists) return;
    this.exists--;
    this.numberings++;
    if (this.#vacant !== undefined) this.#vacant++;
    const uid = this.uids?.remove(seq);
    this.listeners.emit('expunge', uid ? { seq, uid } : { seq });
    this.listeners.emit('exists', { count: this.exists, previous: this.exists + 1 });
  }

  /** VANISHED (RFC 7162 §3.2.10.2): with EARLIER they were gone before, and no count changes. */
  observeVanished(gone: UidSet, earlier: boolean): void {
    if (earlier) return;
    const previous = this.exists;
    const expunged = this.#takeUids(gone);
    this.exists = Math.max(0, previous - (expunged?.length ?? gone.size));
    if (this.#vacant !== undefined) this.#vacant += previous - this.exists;
    if (this.exists !== previous) this.numberings++;
    if (this.listeners.has('expunge')) {
      let left = expunged === undefined ? Math.min(previous, MOST_TOLD) : previous;
      for (const uid of expunged ?? gone) {
        if (left-- <= 0 || (expunged === undefined && this.#told++ >= MOST_TRACKED)) break;
        this.listeners.emit('expunge', { uid });
      }
    }
    if (this.exists !== previous) this.listeners.emit('exists', { count: this.exists, previous });
  }

  /** Takes UIDs out of the map. Returns which they were; undefined where the map does not know every message. */
  #takeUids(gone: UidSet): number[] | undefined {
    const { uids } = this;
    if (uids === undefined) return undefined;
    const complete = this.mapped;
    const taken = uids.removeAll(gone);
    return complete ? taken : undefined;
  }

  observeFetch(data: FetchData): void {
    const { uids } = this;
    const { seq, uid } = data;
    if (uids === undefined || uid === 0) return;
    if (seq === undefined) {
      this.#observeUid(uids, uid);
      return;
    }
    if (seq > this.exists || seq < 1 || seq > MOST_TRACKED) return;
    uids.set(seq, uid);
  }

  /** Under UIDONLY the place of a message is that of its UID among the others. */
  #observeUid(uids: SequenceMap, uid: number): void {
    if (uids.length < Math.min(this.exists, MOST_TRACKED)) uids.insert(uid);
  }

  /** FETCH data that no command asked for, or that answer one which changes flags. */
  tellFlags(data: FetchData): void {
    if (data.flags === undefined || !this.listeners.has('flags')) return;
    const uid = data.uid || this.uids?.at(data.seq ?? 0);
    this.listeners.emit('flags', {
      ...(data.seq === undefined ? {} : { seq: data.seq }),
      ...(uid ? { uid } : {}),
      flags: data.flags,
      ...(data.modseq === undefined ? {} : { modseq: data.modseq }),
    });
  }

  /** A response code that describes the mailbox (RFC 3501 §7.1, RFC 7162 §3.1.2, RFC 8474 §4). */
  observeCode(code: ResponseCode): void {
    switch (code.name) {
      case 'UIDVALIDITY':
        if (typeof code.uidValidity === 'number') this.uidValidity = code.uidValidity;
        break;
      case 'UIDNEXT':
        if (typeof code.uidNext === 'number') this.uidNext = code.uidNext;
        break;
      case 'HIGHESTMODSEQ':
        if (typeof code.modseq === 'bigint') this.highestModseq = code.modseq;
        break;
      case 'MAILBOXID':
        if (typeof code.mailboxId === 'string') this.mailboxId = code.mailboxId;
        break;
      case 'PERMANENTFLAGS':
        if (code.flags instanceof Set) this.permanentFlags = code.flags;
        break;
      case 'READ-ONLY':
        this.readOnly = true;
        break;
      case 'READ-WRITE':
        this.readOnly = this.examine;
        break;
    }
  }

  /** SELECT is done. A server that names no PERMANENTFLAGS keeps all (RFC 3501 §6.3.1). */
  selected(): void {
    this.#observeNumbering();
    if (this.permanentFlags === NO_FLAGS) this.permanentFlags = new Set([...this.flags, ALL_PERMANENT]);
  }

  /** A message that goes leaves its UID vacant, and one that comes takes a new one: where no more are vacant, none has gone. */
  #observeNumbering(): void {
    const vacant = this.uidNext === undefined ? undefined : this.uidNext - this.exists;
    // Without UIDNEXT (Courier) only fewer messages than before tell that some have gone.
    const same = vacant === undefined ? this.exists >= this.#before : vacant === this.#vacant;
    if (!same || this.uidValidity !== this.#validity) this.numberings++;
    this.#vacant = vacant;
    this.#validity = this.uidValidity;
  }
}

/** What LANGUAGE and COMPARATOR chose from (RFC 5255). */
interface Chosen {
  readonly languages?: readonly string[];
  readonly comparators?: readonly string[];
}

/** What the connection as a whole is known to be. */
export class ConnectionState {
  /** Which server this is, where it needs what others don't. */
  server: ServerKind | undefined;
  /** The same by its greeting, else by its answer to ID. */
  introduced: ServerKind | undefined;
  /** The greeting came before TLS: anyone can have written it. */
  #greetedInCleartext = false;
  capabilities = Capabilities.none;
  /** False where the server has not told its capabilities since they were last forgotten. */
  capabilitiesKnown = false;
  enabled = NOTHING_ENABLED;
  chosen = NOTHING_CHOSEN;
  secure = false;
  authenticated = false;
  selected: MailboxState | undefined;
  /** The mailbox that a SELECT leaves, until the server has closed it. */
  #leaving: MailboxState | undefined;
  /** The last EXISTS until then, which may be of either. */
  #exists: number | undefined;
  /** What an authentication can be bound to, the best first: nothing without TLS. */
  channelBindings = NO_BINDINGS;
  /** COMPRESS is in effect. */
  compressed = false;
  /** Where the server says that the user's mailboxes are (RFC 2221). */
  referral: string | undefined;
  /** IMAP4rev2 is spoken (RFC 9051). */
  rev2 = false;
  /** UTF-8 stands in quoted strings, and mailbox names are not encoded (RFC 9755 §3, RFC 9051 §5.1). */
  utf8 = false;
  /** NOTIFY has messages told as expunged whenever they are, within commands too (RFC 5465 §5.3). */
  expungesAnyTime = false;
  /** Of which size literals need no continuation request (RFC 7888). */
  nonSynchronizing: 'any' | 'small' | 'none' = 'none';
  /** Made when one is told: few connections append. */
  #appendLimits: Map<string, number | null> | undefined;

  /** Private, so that it outlives the connection: see Session.succeed. Few connections have any. */
  #subscribers: Set<Subscriber> | undefined;

  /** The text of the server's greeting: of no use but for this. */
  set greeting(text: string) {
    this.introduced = kindByGreeting(text);
    this.#observe();
  }

  /** What the server calls itself in answer to ID: of no use but for this. */
  set serverName(name: string | undefined) {
    this.introduced ??= kindByName(name);
    this.#observe();
  }

  /** It is this server for certain: only then is anything hidden, or not asked for, on account of it. */
  isCertainly(kind: ServerKind): boolean {
    return this.server === kind && (!this.#greetedInCleartext || kindByExtension(this.capabilities) === kind);
  }

  get subscribers(): ReadonlySet<Subscriber> {
    return this.#subscribers ?? NO_SUBSCRIBERS;
  }

  /** The mailbox that numbers of messages belong to. */
  get told(): MailboxState | undefined {
    return this.#leaving ?? this.selected;
  }

  /**
   * A SELECT was sent. A server that sends CLOSED (RFC 7162 §3.2.11, RFC 9051 §7.1) tells of the mailbox that is left before
   * it, and of the new one behind it; one that does not, of the new one from its UIDVALIDITY on (RFC 3501 §6.3.1).
   */
  select(mailbox: MailboxState): void {
    this.#leaving = this.selected;
    this.#exists = undefined;
    this.selected = mailbox;
    mailbox.selecting();
  }

  /** A SELECT was answered. */
  entered(): void {
    if (this.#leaving === undefined) return;
    this.#leaving = undefined;
    if (this.#exists !== undefined) this.selected?.observeExists(this.#exists);
  }

  observeExists(count: number): void {
    if (this.#leaving === undefined) this.selected?.observeExists(count);
    else this.#exists = count;
  }

  /** A response code that describes the selected mailbox. */
  observeCode(code: ResponseCode): void {
    if (this.#leaving !== undefined) {
      if (code.name === 'CLOSED') {
        this.#leaving = undefined;
        this.selected?.forget();
      } else if (code.name === 'UIDVALIDITY') {
        this.entered();
      }
    }
    this.selected?.observeCode(code);
  }

  /** Until the returned function is called. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers ??= new Set();
    this.#subscribers.add(subscriber);
    return () => this.#subscribers?.delete(subscriber);
  }

  setCapabilities(words: readonly string[]): void {
    this.capabilities = Capabilities.of(words);
    this.capabilitiesKnown = true;
    this.#observe();
  }

  /** After TLS what was said before it is void (RFC 3501 §6.2.1). */
  forgetCleartext(): void {
    this.#greetedInCleartext = true;
    this.capabilities = Capabilities.none;
    this.capabilitiesKnown = false;
    this.enabled = NOTHING_ENABLED;
    this.#observe();
  }

  /** Bytes that a message may have to be appended to this mailbox, where that is known (RFC 7889). */
  appendLimit(mailbox: string): number | undefined {
    return this.capabilities.appendLimit ?? this.#appendLimits?.get(canonicalMailboxName(mailbox)) ?? undefined;
  }

  /** What STATUS told of a mailbox's limit; null: it has none. */
  setAppendLimit(mailbox: string, limit: number | null): void {
    this.#appendLimits ??= new Map();
    if (this.#appendLimits.size < MOST_LIMITS) this.#appendLimits.set(mailbox, limit);
  }

  /** After UNAUTHENTICATE nothing is left of the user's session (RFC 8437 §3). Capabilities that came with its answer hold. */
  forgetUser(): void {
    this.authenticated = false;
    this.selected = undefined;
    this.referral = undefined;
    this.#appendLimits = undefined;
    this.expungesAnyTime = false;
    this.chosen = NOTHING_CHOSEN;
    this.enabled = NOTHING_ENABLED;
    this.#observe();
  }

  enable(names: Iterable<string>): void {
    this.enabled = new Set([...this.enabled, ...names]);
    this.#observe();
  }

  /** What follows from greeting, capabilities and ENABLED: every command asks for it. */
  #observe(): void {
    this.server = this.introduced ?? kindByExtension(this.capabilities);
    this.rev2 = this.enabled.has('IMAP4REV2') || this.capabilities.onlyRev2;
    this.utf8 = this.enabled.has('UTF8=ACCEPT') || this.rev2;
    const { capabilities } = this;
    this.nonSynchronizing = capabilities.has('LITERAL+') ? 'any' : capabilities.has('LITERAL-') ? 'small' : 'none';
  }
}
