import type { AccountEvent } from './account-event.ts';
import { writeMessage } from './commands/fetch.ts';
import { mailboxName } from './dialect.ts';
import type { FetchItem } from './fetch-items.ts';
import { astring, string } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import type { MailboxFilter } from './mailbox-filter.ts';
import type { Message } from './message.ts';
import { Refusal } from './refusal.ts';
import { mayAny } from './rights.ts';
import type { Session } from './session.ts';
import { writeStatus } from './status-items.ts';
import type { Account } from './store.ts';
import type { View } from './view.ts';

/** Of which mailboxes which events are told (RFC 5465 §6). */
export interface EventGroup {
  filter: MailboxFilter;
  /** Upper case. */
  events: ReadonlySet<string>;
  /** Of new messages in the selected mailbox. */
  items: readonly FetchItem[];
}

/** What a client has asked to be told by NOTIFY. Of a mailbox in several groups the first one counts. */
export class Notify {
  readonly #groups: readonly EventGroup[];
  readonly #mail: Account;
  readonly #lines: string[] = [];
  /** The mailboxes whose counts, or flags, have changed. */
  readonly #changed = new Map<Mailbox, { counts: boolean; flags: boolean }>();

  constructor(
    private readonly session: Session,
    groups: readonly EventGroup[],
  ) {
    this.#groups = groups;
    this.#mail = session.mail;
    this.#mail.watchers.add(this.#take);
  }

  stop(): void {
    this.#mail.watchers.delete(this.#take);
  }

  /** What is told of the selected mailbox; undefined: nothing. */
  get selected(): EventGroup | undefined {
    return this.#groups.find(({ filter, events }) => filter.kind.startsWith('SELECTED') && events.size > 0);
  }

  /** The counts of all mailboxes whose messages are told of, at once (RFC 5465 §3.1). */
  writeAllCounts(): void {
    for (const mailbox of this.#mail.mailboxes) {
      const tells = (event: string) => this.#tells(event, mailbox.name);
      if (tells('MESSAGENEW')) this.#changed.set(mailbox, { counts: true, flags: tells('FLAGCHANGE') });
    }
    this.write();
  }

  readonly #take = (event: AccountEvent): void => {
    if ('mailbox' in event) this.#noteChange(event.mailbox, event.type === 'flags');
    else if (event.type === 'metadata') this.#noteMetadata(event.name, event.entries);
    else this.#noteName(event);
    this.session.planReport();
  };

  #tells(event: string, name: string): boolean {
    return this.#groups.find(({ filter }) => filter.test(name))?.events.has(event) ?? false;
  }

  #noteChange(mailbox: Mailbox, flags: boolean): void {
    if (!this.#tells(flags ? 'FLAGCHANGE' : 'MESSAGENEW', mailbox.name)) return;
    const known = this.#changed.get(mailbox) ?? { counts: false, flags: false };
    // What comes or goes is seen or not.
    this.#changed.set(mailbox, {
      counts: known.counts || !flags,
      flags: known.flags || this.#tells('FLAGCHANGE', mailbox.name),
    });
  }

  /** The attributes are those of the moment (RFC 5465 §5.4, §5.5). */
  #noteName(event: Extract<AccountEvent, { type: 'name' | 'subscription' }>): void {
    const { name } = event;
    const oldName = 'oldName' in event ? event.oldName : undefined;
    const wanted = event.type === 'name' ? 'MAILBOXNAME' : 'SUBSCRIPTIONCHANGE';
    if (![name, oldName ?? name].some((one) => this.#tells(wanted, one))) return;
    const mailbox = this.#mail.mailbox(name);
    if (mailbox && !mayAny(this.session, mailbox, 'l')) return;
    const attributes = mailbox ? [] : [this.#mail.hasChildren(name) ? '\\Noselect' : '\\NonExistent'];
    if (this.#mail.subscriptions.has(name)) attributes.push('\\Subscribed');
    const written = (one: string) => mailboxName(this.session, one);
    const old = oldName === undefined ? '' : ` ("OLDNAME" (${written(oldName)}))`;
    this.#lines.push(`LIST (${attributes.join(' ')}) ${string(this.#mail.delimiter)} ${written(name)}${old}`);
  }

  /** entry-list = entry *(SP entry) (RFC 5464 §5) */
  #noteMetadata(name: string, entries: string[]): void {
    const ofServer = name === '' && this.#groups.some(({ events }) => events.has('SERVERMETADATACHANGE'));
    if (ofServer || (name !== '' && this.#tells('MAILBOXMETADATACHANGE', name)))
      this.#lines.push(`METADATA ${mailboxName(this.session, name)} ${entries.map(astring).join(' ')}`);
  }

  /** Writes what has happened outside the selected mailbox. */
  write(): void {
    for (const line of this.#lines.splice(0)) this.session.untagged(line);
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const [mailbox, { counts, flags }] of changed) {
      const isThere = this.#mail.mailbox(mailbox.name) === mailbox && mayAny(this.session, mailbox, 'r');
      // Renamed meanwhile, it may be one that nobody asked for.
      if (!isThere || !this.#tells('MESSAGENEW', mailbox.name) || mailbox === this.session.selectedMailbox) continue;
      writeStatus(this.session, mailbox, [
        'UIDVALIDITY',
        ...(counts ? ['UIDNEXT', 'MESSAGES'] : []),
        ...(flags ? ['UNSEEN'] : []),
        ...(this.session.usesModseqs ? ['HIGHESTMODSEQ'] : []),
      ]);
    }
  }

  /** Of new messages in the selected mailbox what was asked for, once EXISTS is told (RFC 5465 §5.2). */
  writeArrivals(view: View, messages: readonly Message[]): void {
    const items = this.selected?.items ?? [];
    if (items.length === 0) return;
    for (const message of messages) {
      if (message.expunged) continue;
      try {
        writeMessage(this.session, view, message, items);
      } catch (error) {
        // A part that can not be decoded: nobody asked for this message, so that nobody is told.
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
}
