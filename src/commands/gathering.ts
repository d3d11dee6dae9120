import { ProtocolError } from '../errors.ts';
import { Fit } from '../session/command.ts';
import { type FetchData, FetchItemBit, placeOfSection } from '../syntax/fetch-item.ts';
import {
  type FetchedMessage,
  type FetchItems,
  type FetchRequest,
  hasSections,
  toIncompleteMessage,
  toMessage,
} from '../syntax/fetch-items.ts';
import type { Delivered } from './delivered.ts';

/** More parts than anybody asks for at once: a server that sends more repeats them. */
const MOST_SECTIONS = 1000;
/** What of messages that are not complete yet may wait for the rest, bytes, and what each weighs beside its own. */
const MOST_GATHERED = 256 << 20;
const GATHERED_WEIGHT = 500;

/** Items that a server sends unasked: what holds nothing else is not the answer to a FETCH that asks for more. */
const UNASKED = FetchItemBit.UID | FetchItemBit.FLAGS | FetchItemBit.MODSEQ;
const SECTIONS = FetchItemBit.SECTION | FetchItemBit.BINARY;

/** What has come of a message that is not complete yet. */
interface Part {
  data: FetchData;
  items: number;
  bytes: number;
}

/** Puts the answers to a FETCH together: each message is delivered once, when all that was asked for has come. */
export class Gathering<I extends FetchItems> {
  readonly #byUid: boolean;
  readonly #request: FetchRequest;
  readonly #deliver: (message: FetchedMessage<I>, bytes: number) => void;
  readonly #delivered: Delivered;
  /** By UID; by sequence number where the command names those: no EXPUNGE comes while it is in progress. */
  readonly #parts = new Map<number, Part>();
  #weight = 0;

  constructor(
    byUid: boolean,
    request: FetchRequest,
    deliver: (message: FetchedMessage<I>, bytes: number) => void,
    delivered: Delivered,
  ) {
    this.#byUid = byUid;
    this.#request = request;
    this.#deliver = deliver;
    this.#delivered = delivered;
  }

  /** See Command.fetch. */
  take(data: FetchData, held: number, bytes: number, fit: Fit): boolean {
    const request = this.#request;
    if (
      held === request.wanted &&
      this.#parts.size === 0 &&
      (request.sections.length === 0 || allAsked(data, request))
    ) {
      if (!this.#delivered.add(data.uid)) return false;
      this.#give(data, held, bytes);
      return true;
    }
    return fit !== Fit.EXACT && this.#gather(data, held, bytes, fit);
  }

  #gather(data: FetchData, held: number, bytes: number, fit: Fit): boolean {
    const { wanted } = this.#request;
    const key = this.#byUid ? data.uid : (data.seq ?? data.uid);
    if (data.uid !== 0 && this.#delivered.has(data.uid)) return false;
    if (held === FetchItemBit.UID) this.#noteUndecoded(held);
    const known = this.#known(key, data);
    if (!brings(data, held, known, this.#request, fit)) return false;
    const sum = known === undefined ? { data, items: held, bytes } : merged(known, data, held, bytes);
    if ((sum.items & wanted) === wanted && hasSections(sum.data, this.#request)) {
      this.#forget(key);
      if (!this.#delivered.add(sum.data.uid)) return false;
      this.#give(sum.data, sum.items, sum.bytes);
      return true;
    }
    this.#keep(key, sum, bytes, known === undefined);
    // Flags alone, which can come unasked: they are told to all, and belong to the answer if the rest of it follows.
    return known !== undefined || (held & ~UNASKED) !== 0 || (wanted & ~UNASKED) === 0;
  }

  #give(data: FetchData, items: number, bytes: number): void {
    const message = toMessage<I>(data, items, this.#request);
    if (message !== undefined) this.#deliver(message, bytes);
  }

  /** What has come of the same message. */
  #known(key: number, { uid }: FetchData): Part | undefined {
    const known = this.#parts.get(key);
    if (known === undefined || known.data.uid === 0 || uid === 0 || known.data.uid === uid) return known;
    this.#forget(key);
    return undefined;
  }

  #keep(key: number, part: Part, bytes: number, first: boolean): void {
    this.#weight += bytes + (first ? GATHERED_WEIGHT : 0);
    if (this.#weight > MOST_GATHERED && this.#parts.size > 1) {
      const message = `FETCH: the server sent ${MOST_GATHERED} bytes of messages, and none whole`;
      throw new ProtocolError('LIMIT_RESPONSES', message);
    }
    this.#parts.set(key, part);
  }

  #forget(key: number): void {
    const known = this.#parts.get(key);
    if (known === undefined) return;
    this.#weight -= known.bytes + GATHERED_WEIGHT;
    this.#parts.delete(key);
  }

  #noteUndecoded(items: number): void {
    if ((this.#request.wanted & ~items & FetchItemBit.BINARY) !== 0) this.#delivered.undecoded = true;
  }

  /**
   * Delivers what is left. Tolerance: a server that leaves an item out (Exchange, of messages that it can't read), or writes
   * one that fits no grammar (swift-nio-imap #757: `BODYSTRUCTURE unavailable`).
   */
  finish(): void {
    const request = this.#request;
    for (const { data, items, bytes } of this.#parts.values()) {
      this.#noteUndecoded(items);
      if ((items & (request.wanted | FetchItemBit.UNREADABLE) & ~UNASKED) === 0) continue;
      const message = toIncompleteMessage<I>(data, items, request);
      if (message !== undefined && this.#delivered.add(data.uid)) this.#deliver(message, bytes);
    }
    this.#parts.clear();
  }
}

/** True where a response has something that was asked for, and that has not come yet. */
function brings(
  data: FetchData,
  held: number,
  known: Part | undefined,
  { wanted, sections }: FetchRequest,
  fit: Fit,
): boolean {
  const news = held & wanted & ~((known?.items ?? 0) | FetchItemBit.UID | SECTIONS);
  if (news !== 0 || (wanted === FetchItemBit.UID && fit === Fit.LOOSE)) return true;
  if (fit === Fit.LOOSE) return (held & (wanted | FetchItemBit.UNREADABLE) & ~FetchItemBit.UID) !== 0;
  const come = known?.data.sections ?? [];
  return (data.sections ?? []).some(
    (one) => placeOfSection(sections, one, come.length) >= 0 && placeOfSection(come, one, 0) < 0,
  );
}

/** True where the sections are those that were asked for, and no others. */
function allAsked({ sections = [] }: FetchData, request: FetchRequest): boolean {
  if (sections.length !== request.sections.length) return false;
  let index = 0;
  for (const one of sections) if (placeOfSection(request.sections, one, index++) < 0) return false;
  return true;
}

function merged(known: Part, data: FetchData, items: number, bytes: number): Part {
  const sections = known.data.sections ?? [];
  for (const one of data.sections ?? []) sections.push(one);
  if (sections.length > MOST_SECTIONS) {
    const message = `FETCH: the server sent more than ${MOST_SECTIONS} sections of one message`;
    throw new ProtocolError('LIMIT_RESPONSES', message);
  }
  const uid = data.uid || known.data.uid;
  Object.assign(known.data, data, { uid }, sections.length > 0 ? { sections } : {});
  return { data: known.data, items: known.items | items, bytes: known.bytes + bytes };
}
