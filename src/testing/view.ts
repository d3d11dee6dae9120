import { lowerBound, type Mailbox, type MailboxObserver, withoutExpunged } from './mailbox.ts';
import type { Message } from './message.ts';
import { bad } from './refusal.ts';
import { SearchContexts } from './search-context.ts';
import { parseSet, type Ranges, resolve } from './sequence.ts';

/** How a command is answered that names messages which another session has expunged (RFC 5530). */
export const GONE = { text: 'Some of the messages no longer exist', code: 'EXPUNGEISSUED' };

/** What a view tells its session as it happens. */
export interface ViewListener {
  /** Something waits to be reported. */
  changed(): void;
  gone(reason: string): void;
}

/**
 * A session's own picture of its selected mailbox: sequence numbers move only when the session has been told (RFC 3501
 * §7.4.1), so a message that is gone keeps its number here until then, and one that has arrived has none yet.
 */
export class View implements MailboxObserver {
  readonly contexts = new SearchContexts();
  #messages: Message[];
  /** How many flags of the mailbox the session knows. */
  flagNamesReported = 0;
  readonly #recent = new Set<number>();
  readonly #flagsChanged = new Set<Message>();
  /** `$` (RFC 5182); undefined where there is no such thing. */
  #saved: ReadonlySet<Message> | undefined;
  #expunged: Message[] = [];
  #hasArrivals = false;
  #reportedExists: number;
  #reportedRecent: number;

  constructor(
    readonly mailbox: Mailbox,
    readonly readOnly: boolean,
    private readonly listener: ViewListener,
  ) {
    this.#messages = [...mailbox.messages];
    this.#claimRecent(mailbox.recentFrom);
    this.#reportedExists = this.#messages.length;
    this.#reportedRecent = this.#recent.size;
    mailbox.observers.add(this);
  }

  close(): void {
    this.mailbox.observers.delete(this);
  }

  /** In the order of their sequence numbers. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  get exists(): number {
    return this.#messages.length;
  }

  get recent(): number {
    return this.#recent.size;
  }

  isRecent(message: Message): boolean {
    return this.#recent.has(message.uid);
  }

  /** The flags as this session sees them. */
  flags(message: Message): string[] {
    return this.isRecent(message) ? [...message.flags, '\\Recent'] : [...message.flags];
  }

  sequenceNumber(message: Message): number {
    return lowerBound(this.#messages, message.uid) + 1;
  }

  message(sequenceNumber: number): Message | undefined {
    return this.#messages[sequenceNumber - 1];
  }

  /** From this UID on no session has been told of \Recent: the first that may change the mailbox takes it. */
  #claimRecent(from: number): void {
    for (let index = lowerBound(this.#messages, from); index < this.#messages.length; index++)
      this.#recent.add(this.#messages[index]?.uid ?? 0);
    if (!this.readOnly) this.mailbox.recentFrom = Math.max(this.mailbox.recentFrom, this.lastUid + 1);
  }

  arrived(): void {
    this.#hasArrivals = true;
    this.listener.changed();
  }

  /** What has arrived has a sequence number from now on. */
  #takeArrivals(): Message[] {
    this.#hasArrivals = false;
    const first = this.lastUid + 1;
    const { messages } = this.mailbox;
    for (let index = lowerBound(messages, first); index < messages.length; index++) {
      const message = messages[index];
      if (message) this.#messages.push(message);
    }
    this.#claimRecent(Math.max(first, this.mailbox.recentFrom));
    return this.#messages.slice(lowerBound(this.#messages, first));
  }

  flagsChanged(message: Message): void {
    this.#flagsChanged.add(message);
    this.listener.changed();
  }

  expunged(messages: Message[]): void {
    for (const message of messages) this.#expunged.push(message);
    this.listener.changed();
  }

  gone(reason: string): void {
    this.listener.gone(reason);
  }

  /** The session will be told in another way that these flags changed. */
  forgetFlagChange(message: Message): void {
    this.#flagsChanged.delete(message);
  }

  /**
   * Takes what waits to be reported: the sequence numbers of EXPUNGE in order, each valid after those before it; the
   * counts if they changed; the messages whose flags did.
   */
  takeChanges(withExpunges: boolean): ViewChanges {
    const changes: ViewChanges = { expunged: [], arrived: [], messages: [] };
    if (withExpunges && this.#expunged.length > 0) changes.expunged = this.#dropExpunged();
    if (this.#hasArrivals) changes.arrived = this.#takeArrivals();
    if (this.#messages.length !== this.#reportedExists) {
      this.#reportedExists = this.#messages.length;
      changes.exists = this.#reportedExists;
    }
    if (this.#recent.size !== this.#reportedRecent) {
      this.#reportedRecent = this.#recent.size;
      changes.recent = this.#reportedRecent;
    }
    for (const message of this.#flagsChanged)
      if (!message.expunged && message.uid <= this.lastUid) changes.messages.push(message);
    this.#flagsChanged.clear();
    changes.messages.sort((a, b) => a.uid - b.uid);
    return changes;
  }

  #dropExpunged(): { sequenceNumber: number; message: Message }[] {
    const expunged = this.#expunged.sort((a, b) => a.uid - b.uid);
    const dropped: { sequenceNumber: number; message: Message }[] = [];
    for (const message of expunged) {
      const at = lowerBound(this.#messages, message.uid);
      if (this.#messages[at] === message) dropped.push({ sequenceNumber: at - dropped.length + 1, message });
    }
    this.#messages = withoutExpunged(
      this.#messages,
      dropped.map(({ message }) => message),
    );
    for (const { message } of dropped) this.#recent.delete(message.uid);
    // A client takes one from EXISTS for each EXPUNGE (RFC 3501 §7.4.1).
    this.#reportedExists -= dropped.length;
    this.#expunged = [];
    return dropped;
  }

  /** The messages of a sequence set of sequence numbers (BAD if one does not exist) or of UIDs. */
  select(text: string, byUid: boolean): Message[] {
    if (text === '$') {
      // Asked for once, and in an empty mailbox too: it refuses where SEARCHRES is not offered.
      const { saved } = this;
      return this.#messages.filter((message) => saved.has(message));
    }
    const ranges = parseSet(text);
    return byUid ? this.#selectUids(ranges) : this.#selectNumbers(ranges);
  }

  /** What `$` means from now on. */
  save(found: Iterable<Message>): void {
    this.#saved = new Set(found);
  }

  get saved(): ReadonlySet<Message> {
    if (!this.#saved) throw bad('No search results are saved here');
    return this.#saved;
  }

  #selectNumbers(ranges: Ranges): Message[] {
    const { length } = this.#messages;
    const selected: Message[] = [];
    for (const [first, last] of resolve(ranges, length)) {
      if (first < 1 || last > length) throw bad('No message with such a sequence number');
      for (const message of this.#messages.slice(first - 1, last)) selected.push(message);
    }
    return selected;
  }

  #selectUids(ranges: Ranges): Message[] {
    const selected: Message[] = [];
    for (const [first, last] of resolve(ranges, this.lastUid)) {
      for (let index = lowerBound(this.#messages, first); index < this.#messages.length; index++) {
        const message = this.#messages[index];
        if (!message || message.uid > last) break;
        selected.push(message);
      }
    }
    return selected;
  }

  get lastUid(): number {
    return this.#messages.at(-1)?.uid ?? 0;
  }
}

export interface ViewChanges {
  expunged: { sequenceNumber: number; message: Message }[];
  arrived: Message[];
  exists?: number;
  recent?: number;
  messages: Message[];
}
