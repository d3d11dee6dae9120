import type { ResponseCode } from '../errors.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import type { UidSet } from '../wire/uid-set.ts';
import { Listeners } from './events.ts';
import { SequenceMap } from './sequence-map.ts';

const NO_FLAGS: ReadonlySet<string> = new Set();
const NO_LISTENERS: readonly (() => void)[] = [];
const ALL_PERMANENT = '\\*';
/** More messages than any mailbox holds: what lies beyond is not kept by number, for a server can name any number. */
const MOST_TRACKED = 10_000_000;
/** So many expunged messages are told one by one where nothing but the server's word says that they were there. */
const MOST_TOLD = 1_000_000;

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
export class MailboxState extends Listeners<MailboxEvents> {
  /** Changes where the server tells of another (OLDNAME, RFC 9051 §6.3.9.7). */
  name: string;
  /** Asked for with EXAMINE. */
  readonly examine: boolean;
  readOnly: boolean;
  exists = 0;
  /** EXISTS was told since the last SELECT was sent. */
  counted = false;
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
  /** The highest mod-sequence that a sync told in this selection: it can be past what the SELECT told. */
  synced = 0n;
  /** How often its messages were numbered anew, as far as can be told: some went, or a selection found it so. 0: it was never selected. */
  numberings = 0;
  /** Handles that are open on it, or are being opened. */
  handles = 0;
  /** Whose it is: the connection may be told to leave him. Once he is gone, one of that name would be another's. */
  user: 'here' | 'leaving' | 'gone' = 'here';
  #selectListeners: readonly (() => void)[] = NO_LISTENERS;
  /** How many messages were told as expunged since the mailbox was selected on nothing but the server's word. */
  #told = 0;
  /** How many UIDs below UIDNEXT belong to no message, where the server tells UIDNEXT. */
  #vacant: number | undefined;
  /** The UIDVALIDITY of the last selection. */
  #validity = 0;
  /** How many watchers need `uids`. */
  #tracked = 0;

  constructor(name: string, examine: boolean) {
    super();
    this.name = name;
    this.examine = examine;
    this.readOnly = examine;
  }

  /** Nothing more is called for on behalf of its user, who is gone or soon will be. */
  get left(): boolean {
    return this.user !== 'here';
  }

  /** Itself: of their own, they would be one object more for each connection. */
  get listeners(): Listeners<MailboxEvents> {
    return this;
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
    this.counted = false;
    for (const listener of this.#selectListeners) listener();
    this.forget();
  }

  /** What was told of it holds no more. */
  forget(): void {
    this.readOnly = this.examine;
    this.uidNext = undefined;
    this.highestModseq = undefined;
    this.synced = 0n;
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
    this.counted = true;
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
      case 'NOMODSEQ': // What came before it was of the mailbox that is left.
        this.highestModseq = undefined;
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

  /**
   * A message that goes leaves its UID vacant, and one that comes takes a new one: where no more are vacant, none has gone.
   * Without UIDNEXT (Courier) nothing tells that none has: as many as before may be others.
   */
  #observeNumbering(): void {
    const vacant = this.uidNext === undefined ? undefined : this.uidNext - this.exists;
    if (vacant === undefined || vacant !== this.#vacant || this.uidValidity !== this.#validity) this.numberings++;
    this.#vacant = vacant;
    this.#validity = this.uidValidity;
  }
}
