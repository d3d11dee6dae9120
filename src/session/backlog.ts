import type { Consumer, Flow } from './flow.ts';

/**
 * What came for a consumer that has not taken it yet: an async iterable over it, and its part in the backpressure.
 * The work behind it begins with the first next().
 */
export class Backlog<T> implements Consumer, AsyncIterableIterator<T> {
  held = 0;
  readonly #flow: Flow;
  readonly #begin: () => void;
  #begun = false;
  #items: T[] = [];
  #sizes: number[] = [];
  #head = 0;
  #waiter: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void } | undefined;
  #ended = false;
  #error: { error: unknown } | undefined;
  #dropping = false;

  constructor(flow: Flow, begin: () => void) {
    this.#flow = flow;
    this.#begin = begin;
  }

  push(item: T, bytes: number): void {
    if (this.#dropping || this.#ended) return;
    const waiter = this.#waiter;
    if (waiter !== undefined) {
      this.#waiter = undefined;
      waiter.resolve({ value: item, done: false });
      return;
    }
    this.#items.push(item);
    this.#sizes.push(bytes);
    this.held += bytes;
  }

  /** Nothing more comes; with an error, the consumer is told once it has taken what there is. */
  end(failure?: { error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error ??= failure;
    this.#flow.remove(this);
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) return;
    if (this.#error === undefined) waiter.resolve({ value: undefined, done: true });
    else waiter.reject(this.#takeError());
  }

  overflow(error: unknown): void {
    this.#dropping = true;
    this.end({ error });
  }

  next(): Promise<IteratorResult<T>> {
    if (!this.#begun) this.#start();
    if (this.#head < this.#items.length) return Promise.resolve({ value: this.#take(), done: false });
    if (this.#error !== undefined) return Promise.reject(this.#takeError());
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** The consumer wants no more: what still comes is dropped, and the connection stays usable. */
  return(): Promise<IteratorResult<T>> {
    this.#begun = true;
    this.#dropping = true;
    this.#items = [];
    this.#sizes = [];
    this.#head = 0;
    this.held = 0;
    this.#error = undefined;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #start(): void {
    this.#begun = true;
    this.#flow.add(this);
    this.#begin();
  }

  #take(): T {
    const item = this.#items[this.#head] as T; // the caller has compared head with the length
    this.held -= this.#sizes[this.#head] ?? 0;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#sizes = [];
      this.#head = 0;
    }
    if (this.#flow.paused) this.#flow.regulate();
    return item;
  }

  /** An error is told once; after it the iteration is over. */
  #takeError(): unknown {
    const error = this.#error?.error;
    this.#error = undefined;
    return error;
  }
}
