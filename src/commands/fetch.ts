import { ProtocolError, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { MailboxState } from '../session/state.ts';
import { type FetchData, FetchItemBit } from '../syntax/fetch-item.ts';
import {
  type FetchedMessage,
  type FetchItems,
  type FetchRequest,
  toIncompleteMessage,
  toMessage,
  writeFetchRequest,
} from '../syntax/fetch-items.ts';
import { requirePartialRange } from '../syntax/partial-range.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import { formatMessageSet, type MessageSet, UidSet, UidSetBuilder } from '../wire/sequence-set.ts';
import { MESSAGES, STAR, scanRanges } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { requireSet, setBehaviour } from './message-set.ts';
import { selection } from './selection.ts';

/** What narrows a FETCH down (RFC 7162 §3.1.4.1, RFC 9394 §3.3). */
export interface FetchModifiers {
  changedSince?: bigint | undefined;
  vanished?: boolean | undefined;
  partial?: string | undefined;
}

/** More parts than anybody asks for at once: a server that sends more repeats them. */
const MOST_SECTIONS = 1000;
/** What of messages that are not complete yet may wait for the rest, bytes, and what each weighs beside its own. */
const MOST_GATHERED = 256 << 20;
const GATHERED_WEIGHT = 500;

/** Items that a server sends unasked: what holds nothing else is not the answer to a FETCH that asks for more. */
const UNASKED = FetchItemBit.UID | FetchItemBit.FLAGS | FetchItemBit.MODSEQ;

/**
 * FETCH, UID FETCH (RFC 3501 §6.4.5, §6.4.8). Each message is delivered once, when all that was asked for has come, in one
 * response or in several; `bytes` is what it took on the wire.
 */
export function fetch<I extends FetchItems>(
  mailbox: MailboxState,
  set: MessageSet,
  request: FetchRequest,
  deliver: (message: FetchedMessage<I>, bytes: number) => void,
  modifiers: FetchModifiers = {},
  delivered = new Delivered(),
): Command<void> {
  const { uid, text } = formatMessageSet(set);
  const { wanted, items } = request;
  const matches = messageMatcher(text);
  const partial = new Map<number, { data: FetchData; items: number; bytes: number }>();
  let gathered = 0;

  const take = (data: FetchData, held: number, bytes: number): boolean => {
    if (!matches(uid ? data.uid : (data.seq ?? 0), mailbox.exists)) return false;
    if ((held & wanted) === wanted && partial.size === 0) {
      if (!delivered.add(data.uid)) return false;
      deliver(toMessage(data, held, request), bytes);
      return true;
    }
    return gather(data, held, bytes);
  };

  const gather = (data: FetchData, held: number, bytes: number): boolean => {
    const key = data.seq ?? data.uid;
    const known = partial.get(key);
    if (known === undefined && (held & wanted) !== wanted && (held & ~UNASKED) === 0 && (wanted & ~UNASKED) !== 0)
      return false;
    const sum = known === undefined ? { data, items: held, bytes } : merged(known, data, held, bytes);
    if ((sum.items & wanted) !== wanted) {
      gathered += bytes + (known === undefined ? GATHERED_WEIGHT : 0);
      if (gathered > MOST_GATHERED && partial.size > 1) throw incomplete();
      partial.set(key, sum);
      return true;
    }
    if (known !== undefined) gathered -= known.bytes + GATHERED_WEIGHT;
    partial.delete(key);
    if (!delivered.add(sum.data.uid)) return false;
    deliver(toMessage(sum.data, sum.items, request), sum.bytes);
    return true;
  };

  // By UID, behind what was delivered: numbers of another selection name other messages, and $ is empty there.
  const rest = (): Command<void> | undefined => {
    if (!uid || text === '$' || items.markSeen) return undefined;
    const left = modifiers.partial === undefined ? without(text, delivered) : text;
    return left === '' ? selection() : fetch(mailbox, left, request, deliver, modifiers, delivered);
  };

  const before = delivered.count;
  return {
    name: uid ? 'UID FETCH' : 'FETCH',
    needs: modifierNeeds(modifiers),
    behaviour: {
      ...setBehaviour(uid, text),
      ...(uid ? {} : { keepsSequenceNumbers: true }),
      ...(items.flags || items.modseq ? { readsFlags: true } : {}),
      ...(items.markSeen ? { writesFlags: true } : {}),
    },
    repeat: rest,
    delivered: () => delivered.count > before,
    write: (writer) => {
      writer.space().raw(requireSet(text)).space();
      writeFetchRequest(writer, request);
      writeModifiers(writer, modifiers);
    },
    fetch: take,
    // Tolerance: a server that leaves an item out (Exchange, of messages that it can't read), or writes one that fits no
    // grammar (swift-nio-imap #757: `BODYSTRUCTURE unavailable`).
    finish: () => {
      for (const { data, items: held, bytes } of partial.values()) {
        if ((held & (wanted | FetchItemBit.UNREADABLE) & ~UNASKED) === 0) continue;
        const message = toIncompleteMessage<I>(data, held, request);
        if (message !== undefined && delivered.add(data.uid)) deliver(message, bytes);
      }
      partial.clear();
    },
  };
}

function incomplete(): ProtocolError {
  return new ProtocolError(
    'LIMIT_RESPONSES',
    `FETCH: the server sent ${MOST_GATHERED} bytes of messages, and none whole`,
  );
}

function merged(
  known: { data: FetchData; items: number; bytes: number },
  data: FetchData,
  items: number,
  bytes: number,
) {
  const sections = [...(known.data.sections ?? []), ...(data.sections ?? [])];
  if (sections.length > MOST_SECTIONS) {
    throw new ProtocolError(
      'LIMIT_RESPONSES',
      `FETCH: the server sent more than ${MOST_SECTIONS} sections of one message`,
    );
  }
  const uid = data.uid || known.data.uid;
  Object.assign(known.data, data, { uid }, sections.length > 0 ? { sections } : {});
  return { data: known.data, items: known.items | items, bytes: known.bytes + bytes };
}

/** VANISHED means QRESYNC, which has CONDSTORE with it (RFC 7162 §3.2). */
function modifierNeeds({ changedSince, vanished, partial }: FetchModifiers): string[] {
  const needs = partial === undefined ? [] : ['PARTIAL'];
  if (vanished) needs.push('QRESYNC');
  else if (changedSince !== undefined) needs.push('CONDSTORE');
  return needs;
}

/** fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")" (RFC 4466 §3, RFC 7162 §7, RFC 9394 §4) */
function writeModifiers(writer: Writer, { changedSince, vanished, partial }: FetchModifiers): void {
  if (vanished && changedSince === undefined)
    throw new UsageError('FETCH: vanished needs changedSince (RFC 7162 §3.2.6)');
  if (partial !== undefined) requirePartialRange(partial, 'FETCH');
  const writes: (() => void)[] = [];
  if (changedSince !== undefined) writes.push(() => writer.raw('CHANGEDSINCE ').number(changedSince, 1));
  if (vanished) writes.push(() => writer.raw('VANISHED'));
  if (partial !== undefined) writes.push(() => writer.raw(`PARTIAL ${partial}`));
  if (writes.length > 0) writer.space().list(writes, (write) => write());
}

/** What of a set is not delivered yet. `*` alone can not be taken apart: what it names only the server knows. */
function without(text: string, delivered: Delivered): string {
  const builder = new UidSetBuilder();
  let lastAlone = false;
  scanRanges(text, MESSAGES, (first, last) => {
    if (first === STAR) lastAlone = true;
    else builder.addRange(first, Math.min(last, STAR - 1));
  });
  if (lastAlone || delivered.count === 0) return text;
  const left = builder.build().subtract(delivered.uids()).toString();
  return text.endsWith('*') ? left.replace(/4294967295$/, '*') : left;
}

/** The UIDs that were delivered. They come in ascending order nearly always, and then a run of them costs two numbers. */
class Delivered {
  readonly #firsts: number[] = [];
  /** Without that of the run that goes on. */
  readonly #lasts: number[] = [];
  #last = 0;
  #ascending = 0;
  #others: Set<number> | undefined;

  get count(): number {
    return this.#others?.size ?? this.#ascending;
  }

  uids(): UidSet {
    if (this.#others !== undefined) return UidSet.from(this.#others);
    const builder = new UidSetBuilder();
    for (const [index, first] of this.#firsts.entries()) builder.addRange(first, this.#lasts[index] ?? this.#last);
    return builder.build();
  }

  /** False: it was there before. */
  add(uid: number): boolean {
    if (uid <= this.#last || this.#others !== undefined) return this.#addOther(uid);
    if (uid !== this.#last + 1 || this.#ascending === 0) this.#beginRun(uid);
    this.#last = uid;
    this.#ascending++;
    return true;
  }

  #beginRun(uid: number): void {
    if (this.#ascending > 0) this.#lasts.push(this.#last);
    this.#firsts.push(uid);
  }

  #addOther(uid: number): boolean {
    this.#others ??= new Set(this.uids());
    if (this.#others.has(uid)) return false;
    this.#others.add(uid);
    return true;
  }
}
