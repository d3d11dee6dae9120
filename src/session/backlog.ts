import { ConnectionError, ImapError } from '../errors.ts';
import type { StopSignal } from './abort.ts';
import type { Consumer, Flow } from './flow.ts';

/** So many empty places are kept at the front before they are cut off together. */
const MOST_EMPTY = 16;

/** Settles a promise of next(). A failure is given as a promise, too: a second function would take more room than the rest. */
type Waiter<T> = (result: IteratorResult<T> | Promise<never>) => void;

/** Where a backlog's items come from. */
export interface Source {
  /** The first item is asked for. */
  begin(): void;
  /** The consumer wants no more, or was too slow for more. */
  left?(): void;
  /** Ends the iteration at once, with its reason. */
  readonly signal?: StopSignal | undefined;
}

/**
 * What came for a consumer that has not taken it yet: an async iterable over it, and its part in the backpressure.
 * The work behind it begins with the first next().
 */
export class Backlog<T> implements Consumer, AsyncIterableIterator<T> {
  held = 0;
  /** See Consumer: as a rule one operation brings all of it. */
  own = 1;
  readonly #flow: Flow;
  readonly #source: Source;
  #begun = false;
  /** Made when an item has to wait: as a rule it is the consumer that does. */
  #queue: Queue<T> | undefined;
  /** The call of next() that waits, as a rule the only one; then there are no items. */
  #waiter: Waiter<T> | undefined;
  #further: Queue<Waiter<T>> | undefined;
  #ended = false;
  #error: { error: unknown } | undefined;

  constructor(flow: Flow, source: Source) {
    this.#flow = flow;
    this.#source = source;
  }

  get hungry(): boolean {
    return this.#waiter !== undefined;
  }

  push(item: T, bytes: number): void {
    if (this.#ended) return;
    if (this.#waiter !== undefined) {
      this.#serve({ value: item, done: false });
    } else {
      this.#queue ??= new Queue();
      this.#queue.push(item, bytes);
      this.held += bytes;
      if (this.held > this.#flow.limit) this.#flow.filled();
    }
  }

  /** Once for all the items that come together: apart, so that it is not compiled into the way of the others. */
  #serve(result: IteratorResult<T> | Promise<never>): void {
    const waiter = this.#waiter;
    this.#waiter = this.#further === undefined || this.#further.empty ? undefined : this.#further.take();
    waiter?.(result);
  }

  /** Nothing more comes; with an error, the consumer is told once it has taken what there is. */
  end(failure?: { error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error ??= failure;
    this.#flow.remove(this);
    while (this.#waiter !== undefined)
      this.#serve(this.#error === undefined ? { value: undefined, done: true } : Promise.reject(this.#takeError()));
  }

  /**
   * What brings the items has failed. The consumer is told once it has taken what there is; at once where the time for all of
   * it is over.
   */
  fail(error: unknown): void {
    if (error instanceof ImapError && error.code === 'TIMEOUT' && !(error instanceof ConnectionError)) this.#drop();
    this.end({ error });
  }

  overflow(error: unknown): void {
    this.end({ error });
    // It was told the end first: what the source says of it is not heard.
    this.#source.left?.();
  }

  /** These operations bring all of it together. The last one counts until the end: another may follow it. */
  countOwn(operations: readonly Promise<unknown>[]): void {
    let left = operations.length;
    this.own = left;
    const over = () => {
      if (--left === 0) return;
      this.own = left;
      // Who waits for the connection is no longer taken for one of these.
      if (this.#flow.paused) this.#flow.regulate();
    };
    for (const operation of operations) operation.then(over, over);
  }

  next(): Promise<IteratorResult<T>> {
    if (!this.#begun) this.#start();
    const queue = this.#queue;
    if (queue === undefined || queue.empty) return this.#nextToCome();
    if (this.#source.signal?.aborted) return this.#abort(this.#source.signal.reason);
    return Promise.resolve({ value: this.#take(queue), done: false });
  }

  /** What waits was not taken in time. */
  #abort(reason: unknown): Promise<never> {
    this.return();
    return Promise.reject(reason);
  }

  /** Apart: a function with closures in it takes memory whenever it is called. */
  #nextToCome(): Promise<IteratorResult<T>> {
    if (this.#error !== undefined) return Promise.reject(this.#takeError());
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#wait(resolve));
  }

  #wait(waiter: Waiter<T>): void {
    if (this.#waiter === undefined) {
      this.#waiter = waiter;
    } else {
      this.#further ??= new Queue();
      this.#further.push(waiter, 0);
    }
    if (this.#flow.paused) this.#flow.regulate();
  }

  /** The consumer wants no more: what still comes is dropped, and the connection stays usable. */
  return(): Promise<IteratorResult<T>> {
    this.#source.left?.();
    this.#begun = true;
    this.#drop();
    this.#error = undefined;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  #drop(): void {
    this.#queue = undefined;
    this.held = 0;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #start(): void {
    this.#begun = true;
    // A download has all of it, perhaps, before anything is asked for.
    if (!this.#ended) this.#flow.add(this);
    this.#source.begin();
  }

  #take(queue: Queue<T>): T {
    this.held -= queue.bytes;
    const item = queue.take();
    if (this.#flow.attentive) this.#flow.taken(this);
    return item;
  }

  /** An error is told once; after it the iteration is over. */
  #takeError(): unknown {
    const error = this.#error?.error;
    this.#error = undefined;
    return error;
  }
}

/** Items in order. Those from #head to #tail wait; the places around them are empty, and used again. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  /** What each of the items takes. */
  #bytes: number[] = [];
  #head = 0;
  #tail = 0;

  get empty(): boolean {
    return this.#head === this.#tail;
  }

  /** What the first item takes. */
  get bytes(): number {
    return this.#bytes[this.#head] ?? 0;
  }

  push(item: T, bytes: number): void {
    if (this.#tail === this.#items.length && this.#head >= MOST_EMPTY && this.#head * 2 >= this.#tail) this.#closeGap();
    this.#items[this.#tail] = item;
    this.#bytes[this.#tail++] = bytes;
  }

  /** The first item, where there is one. */
  take(): T {
    const item = this.#items[this.#head] as T; // the caller has asked whether it is empty
    this.#items[this.#head++] = undefined;
    if (this.empty) {
      this.#head = 0;
      this.#tail = 0;
    }
    return item;
  }

  /** Takes the empty places at the front away. */
  #closeGap(): void {
    this.#items = this.#items.slice(this.#head, this.#tail);
    this.#bytes = this.#bytes.slice(this.#head, this.#tail);
    this.#tail -= this.#head;
    this.#head = 0;
  }
}
