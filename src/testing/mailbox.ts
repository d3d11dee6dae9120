import type { Tell } from './account-event.ts';
import type { ZonedDate } from './dates.ts';
import { isAtom } from './format.ts';
import { contentOf, type DeliverOptions, FlagNames, type Message, zonedDate } from './message.ts';
import type { MessageContent } from './mime/content.ts';

/** Who has a mailbox selected and is told what happens to it. */
export interface MailboxObserver {
  arrived(): void;
  flagsChanged(message: Message): void;
  expunged(messages: Message[]): void;
  /** The mailbox is gone, or its UIDs are no longer what they were. */
  gone(reason: string): void;
}

export interface MailboxOptions {
  uidValidity: number;
  mailboxId: string;
  owner: string;
  /** Of the mailbox above; without one the owner has all rights and nobody else any. */
  acl: ReadonlyMap<string, string>;
  now: () => Date;
  nextContentId: () => number;
  /** Whoever watches the account is told what happens here. */
  tell: Tell;
}

/** nz-number (RFC 3501 §9) */
const LARGEST = 0xffffffff;
/** mod-sequence-value (RFC 7162 §7): 63 bits */
const LARGEST_MODSEQ = 2n ** 63n - 1n;

/** A mailbox that holds messages. */
export class Mailbox {
  uidValidity: number;
  #uidNext = 1;
  /** UIDs from here on have been \Recent to no session yet (RFC 3501 §2.3.2). */
  recentFrom = 1;
  #specialUse: string | undefined;
  readonly mailboxId: string;
  /** The user whose account it is in. */
  readonly owner: string;
  /** Rights by identifier (RFC 4314). */
  readonly acl: Map<string, string>;
  readonly flagNames = new FlagNames();
  /** Annotations (RFC 5464) by entry, in lower case. */
  readonly metadata = new Map<string, Buffer>();
  #size = 0;
  readonly observers = new Set<MailboxObserver>();
  /** What was expunged, for QRESYNC (RFC 7162), in the order of its modseqs. */
  readonly expunges: { uid: number; modseq: bigint }[] = [];
  readonly #now: () => Date;
  readonly #nextContentId: () => number;
  readonly #tell: Tell;
  #messages: Message[] = [];
  /** Somebody may still look at them. */
  #lent = false;
  #modseq = 1n;
  #contents: { modseq: bigint; ids: Set<number> } | undefined;

  constructor(
    /** Decoded; changes when the mailbox is renamed. */
    public name: string,
    options: MailboxOptions,
  ) {
    this.uidValidity = options.uidValidity;
    this.mailboxId = options.mailboxId;
    this.owner = options.owner;
    this.acl = new Map(options.acl);
    this.#now = options.now;
    this.#nextContentId = options.nextContentId;
    this.#tell = options.tell;
  }

  /** In ascending order of their UIDs. */
  get messages(): readonly Message[] {
    this.#lent = true;
    return this.#messages;
  }

  /** Bytes of all messages. */
  get size(): number {
    return this.#size;
  }

  /** The UID of the next message; beyond 32 bits where none is left. */
  get uidNext(): number {
    return this.#uidNext;
  }

  /** So that large UIDs can be had. */
  set uidNext(value: number) {
    if (!Number.isInteger(value) || value < this.#uidNext || value > LARGEST + 1)
      throw new RangeError(`Not the UID of a next message: ${value}`);
    this.#uidNext = value;
  }

  /** Special use, such as \Sent (RFC 6154). */
  get specialUse(): string | undefined {
    return this.#specialUse;
  }

  set specialUse(value: string | undefined) {
    if (value !== undefined && !(value.startsWith('\\') && isAtom(value.slice(1))))
      throw new RangeError(`Not a special use: ${JSON.stringify(value)}`);
    this.#specialUse = value;
  }

  get highestModseq(): bigint {
    return this.#modseq;
  }

  /** So that numbers beyond 2^53 can be had. */
  set highestModseq(value: bigint) {
    if (typeof value !== 'bigint' || value > LARGEST_MODSEQ) throw new RangeError(`Not a modseq: ${value}`);
    if (value < this.#modseq) throw new RangeError('A modseq never falls');
    this.#modseq = value;
  }

  /** Whether one of the messages has this content. */
  holds(contentId: number): boolean {
    // Every arrival and every removal has a modseq of its own.
    if (this.#contents?.modseq !== this.#modseq)
      this.#contents = { modseq: this.#modseq, ids: new Set(this.#messages.map((message) => message.contentId)) };
    return this.#contents.ids.has(contentId);
  }

  message(uid: number): Message | undefined {
    const found = this.#messages[lowerBound(this.#messages, uid)];
    return found?.uid === uid ? found : undefined;
  }

  /** Adds a message, as a delivery would. Returns its UID. */
  deliver(raw: string | Uint8Array, options: DeliverOptions = {}): number {
    return this.add(contentOf(raw), options.flags ?? [], zonedDate(options.internalDate ?? this.#now())).uid;
  }

  /** Several at once, the sessions being told once. */
  deliverAll(messages: Iterable<{ raw: string | Uint8Array } & DeliverOptions>): number[] {
    const uids: number[] = [];
    for (const { raw, flags, internalDate } of messages)
      uids.push(this.#add(contentOf(raw), flags ?? [], zonedDate(internalDate ?? this.#now())).uid);
    this.#announce();
    return uids;
  }

  add(content: MessageContent, flags: Iterable<string>, internalDate: ZonedDate): Message {
    const message = this.#add(content, flags, internalDate);
    this.#announce();
    return message;
  }

  /** Messages that a client brings, all at once. */
  append(messages: Iterable<{ content: MessageContent; flags: Iterable<string>; date: ZonedDate }>): Message[] {
    const added = [...messages].map(({ content, flags, date }) => this.#add(content, flags, date));
    this.#announce();
    return added;
  }

  /** Copies of messages of any mailbox, the sessions being told once. */
  addAll(messages: Iterable<Message>): Message[] {
    const added = [...messages].map(({ content, flags, internalDate, contentId }) =>
      this.#add(content, flags, internalDate, contentId),
    );
    this.#announce();
    return added;
  }

  #add(
    content: MessageContent,
    flags: Iterable<string>,
    internalDate: ZonedDate,
    contentId = this.#nextContentId(),
  ): Message {
    if (this.#uidNext > LARGEST) throw new RangeError('No UIDs are left');
    const names = this.flagNames.set(flags);
    const message: Message = {
      uid: this.#uidNext++,
      content,
      contentId,
      internalDate,
      saveDate: this.#now().getTime(),
      flags: names,
      modseq: ++this.#modseq,
      expunged: false,
    };
    this.#messages.push(message);
    this.#size += content.raw.length;
    return message;
  }

  #announce(): void {
    for (const observer of this.observers) observer.arrived();
    this.#tell({ type: 'new', mailbox: this });
  }

  /** Replaces the flags of a message, and says whether they were others; who made the change is not told of it. */
  setFlags(target: number | Message, flags: Iterable<string>, by?: MailboxObserver): boolean {
    const message = typeof target === 'number' ? this.message(target) : target;
    if (!message) throw new RangeError('No such message');
    const wanted = this.flagNames.set(flags);
    if (wanted.size === message.flags.size && [...wanted].every((flag) => message.flags.has(flag))) return false;
    message.flags = wanted;
    message.modseq = ++this.#modseq;
    for (const observer of this.observers) if (observer !== by) observer.flagsChanged(message);
    this.#tell({ type: 'flags', mailbox: this });
    return true;
  }

  /** Takes messages away for good, whatever their flags. */
  remove(targets: Iterable<number | Message>): Message[] {
    const wanted = new Set<number>();
    for (const target of targets) wanted.add(typeof target === 'number' ? target : target.uid);
    const uids = [...wanted].sort((a, b) => a - b);
    const removed = uids.map((uid) => this.message(uid)).filter((message) => message !== undefined);
    if (removed.length === 0) return removed;
    const modseq = ++this.#modseq;
    for (const message of removed) {
      message.expunged = true;
      this.#size -= message.content.raw.length;
      this.expunges.push({ uid: message.uid, modseq });
    }
    // Who goes through them while he removes some is to come to all of them.
    this.#messages = withoutExpunged(this.#lent ? this.#messages.slice() : this.#messages, removed);
    this.#lent = false;
    for (const observer of this.observers) observer.expunged(removed);
    this.#tell({ type: 'gone', mailbox: this });
    return removed;
  }

  /** As after a restored backup: every UID means another message. Sessions in the mailbox are sent away. */
  bumpUidValidity(uidValidity = this.uidValidity + 1): void {
    if (!(Number.isInteger(uidValidity) && uidValidity > 0 && uidValidity <= LARGEST))
      throw new RangeError(`Not a UIDVALIDITY: ${uidValidity}`);
    this.dismiss('UIDVALIDITY of the selected mailbox changed');
    this.uidValidity = uidValidity;
    this.#messages = this.#messages.map((message, index) => ({ ...message, uid: index + 1 }));
    this.#uidNext = this.#messages.length + 1;
    this.recentFrom = 1;
    this.expunges.length = 0;
    this.#tell({ type: 'gone', mailbox: this });
  }

  dismiss(reason: string): void {
    for (const observer of [...this.observers]) observer.gone(reason);
    this.observers.clear();
  }
}

/** So few are taken out one by one. */
const FEW = 16;

/** Takes these out, all of them expunged and among the messages, in ascending order: from the array itself where they are few. */
export function withoutExpunged(messages: Message[], expunged: readonly Message[]): Message[] {
  if (expunged.length > FEW) return messages.filter((message) => !message.expunged);
  for (const { uid } of expunged.toReversed()) messages.splice(lowerBound(messages, uid), 1);
  return messages;
}

/** The index of the first message whose UID is not below `uid`. */
export function lowerBound(messages: readonly { uid: number }[], uid: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.uid ?? uid) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}
