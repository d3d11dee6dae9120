import { numberSet, string } from './format.ts';
import type { Message } from './message.ts';
import type { Criterion } from './search-reader.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

/** More than any client keeps at once. */
const MAX_CONTEXTS = 100;

/** How far a mailbox had come: what is beyond it has not been looked at. */
export interface Progress {
  modseq: bigint;
  lastUid: number;
}

export function progressOf({ mailbox, lastUid }: View): Progress {
  return { modseq: mailbox.highestModseq, lastUid };
}

export interface ContextOptions {
  byUid: boolean;
  criterion: Criterion;
  /** Of a SORT: keys never change, so that what has a place keeps it. */
  order: ((a: Message, b: Message) => number) | undefined;
  found: readonly Message[];
  /** From before the search. */
  since: Progress;
}

/** A search whose result the client is kept told of (RFC 5267 §4.3). */
class SearchContext {
  readonly #found: Set<Message>;
  readonly #sorted: Message[];
  #since: Progress;

  constructor(
    private readonly tag: string,
    private readonly options: ContextOptions,
  ) {
    this.#found = new Set(options.found);
    this.#sorted = options.order ? [...options.found] : [];
    this.#since = options.since;
  }

  /** What is expunged leaves while it still has a sequence number. */
  expunged(view: View): string | undefined {
    const gone = view.messages.filter((message) => message.expunged && this.#found.has(message));
    return this.#response(view, gone, []);
  }

  changed(view: View): string | undefined {
    const { modseq, lastUid } = this.#since;
    this.#since = progressOf(view);
    if (modseq === this.#since.modseq && lastUid === this.#since.lastUid) return undefined;
    const gone: Message[] = [];
    const come: Message[] = [];
    for (const message of view.messages) {
      if (message.expunged || (message.modseq <= modseq && message.uid <= lastUid)) continue;
      const matches = this.options.criterion.test(message, view);
      if (matches !== this.#found.has(message)) (matches ? come : gone).push(message);
    }
    return this.#response(view, gone, come);
  }

  /** esearch-response with REMOVEFROM and ADDTO (RFC 5267 §5) */
  #response(view: View, gone: Message[], come: Message[]): string | undefined {
    for (const message of gone) this.#found.delete(message);
    for (const message of come) this.#found.add(message);
    const parts = [
      ...this.#part('REMOVEFROM', view, gone, (at) => this.#sorted.splice(at, 1)),
      ...this.#part('ADDTO', view, come, (at, message) => this.#sorted.splice(at, 0, message)),
    ];
    if (parts.length === 0) return undefined;
    return `ESEARCH (TAG ${string(this.tag)})${this.options.byUid ? ' UID' : ''} ${parts.join(' ')}`;
  }

  /** 0 is the position of what has no order; else it is where the message stands, or stood, when those before it are done. */
  #part(name: string, view: View, messages: Message[], move: (at: number, message: Message) => void): string[] {
    if (messages.length === 0) return [];
    const { order, byUid } = this.options;
    const numberOf = (message: Message) => (byUid ? message.uid : view.sequenceNumber(message));
    if (!order) return [`${name} (0 ${numberSet(messages.map(numberOf))})`];
    const pairs = messages.map((message) => {
      const at = placeIn(this.#sorted, message, order);
      move(at, message);
      return `${at + 1} ${numberOf(message)}`;
    });
    return [`${name} (${pairs.join(' ')})`];
  }
}

function placeIn(sorted: readonly Message[], message: Message, order: (a: Message, b: Message) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle];
    if (other && order(other, message) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The searches of one selected mailbox that go on, by the tags of their commands. */
export class SearchContexts {
  readonly #contexts = new Map<string, SearchContext>();

  /** NOUPDATE: there are too many already, or it can not be (RFC 5267 §4.3.1). */
  add(session: Session, options: ContextOptions | undefined): void {
    if (options && this.#contexts.size < MAX_CONTEXTS)
      this.#contexts.set(session.tag, new SearchContext(session.tag, options));
    else session.untagged(`NO [NOUPDATE ${string(session.tag)}] Too many searches go on`);
  }

  delete(tag: string): boolean {
    return this.#contexts.delete(tag);
  }

  /** Before EXPUNGE is told. */
  reportExpunged(session: Session, view: View): void {
    for (const context of this.#contexts.values()) write(session, context.expunged(view));
  }

  /** Once EXISTS is told. */
  reportChanged(session: Session, view: View): void {
    for (const context of this.#contexts.values()) write(session, context.changed(view));
  }
}

function write(session: Session, response: string | undefined): void {
  if (response !== undefined) session.untagged(response);
}
