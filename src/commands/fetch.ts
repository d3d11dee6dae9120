import { naming, UsageError } from '../errors.ts';
import type { Command, Fit } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { Behaviour } from '../session/pipeline.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import type { FetchedMessage, FetchItems, FetchRequest } from '../syntax/fetch-items.ts';
import { requirePartialRange } from '../syntax/partial-range.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { readVanished } from '../syntax/vanished.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import type { Reader } from '../wire/reader.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import { LARGEST_IN_USE, MESSAGES, scanRanges, UidSetBuilder } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { Delivered } from './delivered.ts';
import { Gathering } from './gathering.ts';
import { requireSet, setBehaviour } from './message-set.ts';
import { PartialWindow } from './partial-window.ts';
import { selection } from './selection.ts';

/** What narrows a FETCH down (RFC 7162 §3.1.4.1, RFC 9394 §3.3). */
export interface FetchModifiers {
  changedSince?: bigint | undefined;
  /**
   * The mailbox's event `vanished` tells which messages of the set are gone since `changedSince`. Only by UID, not in batches,
   * and with QRESYNC enabled: client.enable(['QRESYNC']).
   */
  vanished?: boolean | undefined;
  partial?: string | undefined;
}

type Deliver<I extends FetchItems> = (message: FetchedMessage<I>, bytes: number) => void;

const NO_MODIFIERS: FetchModifiers = {};

/**
 * FETCH, UID FETCH (RFC 3501 §6.4.5, §6.4.8). Each message is delivered once, when all that was asked for has come, in one
 * response or in several; `bytes` is what it took on the wire. The result: whether the server says that some of them were
 * expunged already (EXPUNGEISSUED, RFC 5530).
 */
export function fetch<I extends FetchItems>(
  mailbox: MailboxState,
  set: MessageSet,
  request: FetchRequest,
  deliver: Deliver<I>,
  modifiers: FetchModifiers = NO_MODIFIERS,
  delivered?: Delivered,
): Command<boolean> {
  const { uid, text } = formatMessageSet(set);
  return new Fetch(mailbox, uid, text, request, deliver, modifiers, delivered);
}

/** A class: see Store. */
class Fetch<I extends FetchItems> implements Command<boolean> {
  readonly name: string;
  readonly behaviour: Behaviour;
  private readonly before: number;
  // Made when the first answer comes.
  private gathering: Gathering<I> | undefined = undefined;
  private matches: ReturnType<typeof messageMatcher> | undefined = undefined;
  /** The last message's sequence number when this was sent. */
  private lastSent = 0;
  private window: PartialWindow | undefined = undefined;

  constructor(
    private readonly mailbox: MailboxState,
    private readonly uid: boolean,
    private readonly text: string,
    private readonly request: FetchRequest,
    private readonly deliver: Deliver<I>,
    private readonly modifiers: FetchModifiers,
    private given: Delivered | undefined,
  ) {
    this.name = uid ? 'UID FETCH' : 'FETCH';
    this.behaviour = behaviourOf(uid, text, request, modifiers);
    this.before = given?.count ?? 0;
  }

  get needs(): string[] | undefined {
    return modifierNeeds(this.modifiers);
  }

  /** Numbers that mean no message are no set (RFC 3501 §9): Dovecot answers BAD. */
  get unsent(): boolean {
    return this.behaviour.sequenceNumbers === 'all' && this.mailbox.exists === 0;
  }

  get untagged(): Command<boolean>['untagged'] {
    return this.modifiers.vanished ? { VANISHED: (reader: Reader) => tellVanished(this.mailbox, reader) } : undefined;
  }

  /** By UID, behind what was delivered: numbers of another selection name other messages, and $ is empty there. */
  repeat(): Command<boolean> | undefined {
    const { mailbox, text, request, deliver, modifiers, given } = this;
    if (!this.uid || text === '$' || request.items.markSeen) return undefined;
    const left = modifiers.partial === undefined && given !== undefined ? without(text, given) : text;
    return left === '' ? selected() : fetch(mailbox, left, request, deliver, modifiers, given);
  }

  delivered(): boolean {
    return this.given !== undefined && this.given.count > this.before;
  }

  /** The server may take `*` for another message only where some came or went. */
  get last(): number {
    return Math.min(this.lastSent, this.mailbox.exists);
  }

  started(): void {
    const { partial, changedSince } = this.modifiers;
    this.lastSent = this.mailbox.exists;
    if (partial !== undefined)
      this.window = new PartialWindow(partial, this.mailbox, this.text === '1:*' && changedSince === undefined);
  }

  write(writer: Writer): void {
    writer.space().raw(requireSet(this.text)).space().raw(this.request.text);
    writeModifiers(writer, this.modifiers);
  }

  fetch(data: FetchData, held: number, bytes: number, fit: Fit): boolean {
    this.matches ??= messageMatcher(this.text);
    const { seq } = data;
    if (!this.matches(this.uid ? data.uid : (seq ?? 0), seq, this)) return false;
    if (this.window?.mayHold(seq, (this.given?.count ?? 0) - this.before) === false) return false;
    this.gathering ??= this.begun();
    return this.gathering.take(data, held, bytes, fit);
  }

  private begun(): Gathering<I> {
    this.given ??= new Delivered();
    return new Gathering(this.uid, this.request, this.deliver, this.given);
  }

  finish({ code }: StatusResponse): boolean {
    this.gathering?.finish();
    return code?.name === 'EXPUNGEISSUED';
  }
}

/** Nothing is left to be fetched. */
function selected(): Command<boolean> {
  return { ...selection(), repeat: selected, finish: () => false };
}

function behaviourOf(
  uid: boolean,
  text: string,
  { items, sections }: FetchRequest,
  modifiers: FetchModifiers,
): Behaviour {
  return {
    ...setBehaviour(uid, text),
    fetches: true,
    ...(uid ? {} : { keepsSequenceNumbers: true }),
    ...(!uid && text === '1:*' ? { sequenceNumbers: 'all' } : {}),
    ...(sections.length > 0 ? { sections: true } : {}),
    // Nor does an answer with annotations say which ones were asked for.
    ...(isNarrowed(modifiers) || items.annotations ? { narrowed: true } : {}),
    ...(items.flags || items.modseq || isNarrowed(modifiers) ? { readsFlags: true } : {}),
    ...(items.markSeen ? { writesFlags: true } : {}),
  };
}

/** What is gone only now is told as expunged by the state. */
function tellVanished({ listeners }: MailboxState, reader: Reader): undefined {
  const { uids, earlier } = readVanished(reader);
  if (earlier) listeners.emit('vanished', { uids });
}

function isNarrowed({ changedSince, partial }: FetchModifiers): boolean {
  return changedSince !== undefined || partial !== undefined;
}

/** VANISHED means QRESYNC, which has CONDSTORE with it (RFC 7162 §3.2). */
function modifierNeeds({ changedSince, vanished, partial }: FetchModifiers): string[] | undefined {
  if (changedSince === undefined && !vanished && partial === undefined) return undefined;
  const needs = partial === undefined ? [] : ['PARTIAL'];
  if (vanished) needs.push('QRESYNC');
  else if (changedSince !== undefined) needs.push('CONDSTORE');
  return needs;
}

/** fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")" (RFC 4466 §3, RFC 7162 §7, RFC 9394 §4) */
function writeModifiers(writer: Writer, { changedSince, vanished, partial }: FetchModifiers): void {
  if (vanished && changedSince === undefined) throw new UsageError('vanished needs changedSince (RFC 7162 §3.2.6)');
  if (partial !== undefined) naming('partial', () => requirePartialRange(partial));
  const writes: (() => void)[] = [];
  if (changedSince !== undefined)
    writes.push(() => naming('changedSince', () => writer.raw('CHANGEDSINCE ').number(changedSince, 1)));
  if (vanished) writes.push(() => writer.raw('VANISHED'));
  if (partial !== undefined) writes.push(() => writer.raw(`PARTIAL ${partial}`));
  if (writes.length > 0) writer.space().list(writes, (write) => write());
}

/** What of a set is not delivered yet. `*` alone can not be taken apart: what it names only the server knows. */
function without(text: string, delivered: Delivered): string {
  const builder = new UidSetBuilder();
  let lastAlone = false;
  scanRanges(text, MESSAGES, (first, last) => {
    if (first === LARGEST_IN_USE) lastAlone = true;
    else builder.addRange(first, Math.min(last, LARGEST_IN_USE - 1));
  });
  if (lastAlone || delivered.count === 0) return text;
  const left = builder.build().subtract(delivered.uids()).toString();
  return text.endsWith('*') ? left.replace(/4294967295$/, '*') : left;
}
