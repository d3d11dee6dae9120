import { isBusy } from './busy.ts';
import type { Client } from './client.ts';
import { type ConnectOptions, connectClient } from './connect.ts';
import { ConnectionError, ImapError, shown, UsageError } from './errors.ts';
import type { ImapClient } from './imap-client.ts';
import type { Mailbox } from './mailbox.ts';
import { copyOptions, type OptionsTaken } from './operations/method-options.ts';
import { publicMethods } from './operations/public-methods.ts';
import { onAbort } from './session/abort.ts';
import { requireBounds } from './session/bounded.ts';
import { Chain, type Chained } from './session/chain.ts';
import type { OperationOptions } from './session/operation.ts';
import { settingsOf } from './settings.ts';
import { LONGEST_TIMER } from './wire/limits.ts';

export interface PoolOptions extends ConnectOptions {
  /** The most connections at a time. Default 5; many servers take no more than 10 to 15 of an account. */
  max?: number | undefined;
  /** A connection that nobody used for so long is closed, ms. Default 60_000. */
  idleTimeout?: number | undefined;
}

/**
 * Up to `max` connections to one account, opened when needed and closed when idle: operations on different mailboxes run
 * side by side. Who comes first is served first. One is opened alone, and others right behind it: wrong credentials are tried
 * once. A connection on which a user was left or let in (authenticate, unauthenticate, proxyAuth) is given to nobody else.
 */
export interface ImapPool extends AsyncDisposable {
  /**
   * Gives a client to `work`, to it alone until its promise settles. `timeout` and `signal` bound the whole: the wait for a
   * connection and the work; the connection is given on only once the work has ended. `progress` tells nothing here: it is for
   * the operations of the work. The client is the next one's then: listeners and loops are taken back by the work itself.
   * Work that waits for the pool again needs a second connection: with a `max` of 1 it waits for itself, for as long as its
   * `timeout` lets it, and so does work that waits for `close`.
   */
  use<T>(work: (client: ImapClient) => Promise<T>, options?: OperationOptions): Promise<T>;
  /**
   * As `use`, with a mailbox open; a connection that has it selected already is taken first. Where the server has closed one
   * that nobody used, another is taken.
   */
  withMailbox<T>(
    name: string,
    work: (mailbox: Mailbox) => Promise<T>,
    options?: OperationOptions & { readOnly?: boolean | undefined },
  ): Promise<T>;
  /** How many connections are open. */
  readonly size: number;
  /** How many of them nobody uses. */
  readonly idle: number;
  /** Refuses what waits, lets what runs come to its end, and logs out. */
  close(): Promise<void>;
}

/** So long a pool makes do with fewer connections before it tries for more, ms. */
const CONTENT = 60_000;

/** Makes a pool; nothing is connected before something is to be done. */
export function createPool(options: PoolOptions): ImapPool {
  return new Pool(options);
}

/** By method. */
const OPTIONS: Readonly<Record<string, OptionsTaken>> = {
  use: { at: 1 },
  withMailbox: { at: 2, booleans: ['readOnly'] },
};

function checkOptions(name: string, args: unknown[]): void {
  const taken = OPTIONS[name];
  const options = taken && args[taken.at];
  if (taken !== undefined && options !== undefined) args[taken.at] = copyOptions(name, options, taken);
}

/** One connection of the pool. */
interface Place {
  client: Client;
  busy: boolean;
  /** It is given for the first time, as it was opened. */
  fresh: boolean;
  /** What withMailbox left selected, and how it was asked for. */
  mailbox: { key: string; handle: Mailbox } | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

function requireWork(name: string, work: unknown, options: OperationOptions): void {
  if (typeof work !== 'function') throw new UsageError(`${name}: the work is a function, not ${shown(work)}`);
  requireBounds(name, options);
}

/** Somebody who waits for a connection. */
interface Waiter extends Chained<Waiter> {
  /** The mailbox that is to be opened. */
  key: string | undefined;
  /** Who came first has the lower one. */
  arrival: number;
  take(place: Place): void;
  fail(error: unknown): void;
}

class Pool implements ImapPool {
  static {
    publicMethods(Pool.prototype, { prepare: checkOptions });
  }

  readonly #options: ConnectOptions;
  readonly #max: number;
  readonly #idleTimeout: number;
  /** The one that was used last comes last. */
  readonly #places = new Set<Place>();
  readonly #waiting = new Chain<Waiter>();
  readonly #openings = new AbortController();
  readonly #releaseSignal: (() => void) | undefined;
  readonly #farewells = new Set<Promise<void>>();
  #arrivals = 0;
  #opening = 0;
  /** A connection was opened just now: the credentials are right. */
  #opened = false;
  /** As many as the server takes, where it has refused one more. */
  #limit: number;
  /** When that was, ms of the monotonic clock. */
  #limitedAt = 0;
  #closed: Promise<void> | undefined;
  #allFree: (() => void) | undefined;

  constructor(given: PoolOptions) {
    if (typeof given !== 'object' || given === null) throw new UsageError('createPool: the options are an object');
    const { max = 5, idleTimeout = 60_000, ...options } = given;
    if (!Number.isInteger(max) || max < 1)
      throw new UsageError(`createPool: max is no number of connections: ${shown(max)}`);
    if (typeof idleTimeout !== 'number' || !(idleTimeout >= 0 && idleTimeout <= LONGEST_TIMER))
      throw new UsageError(`createPool: idleTimeout is no number of milliseconds: ${shown(idleTimeout)}`);
    const { options: own } = settingsOf('createPool', options);
    // The same for every connection: TLS is resumed by them.
    this.#options = { ...own, signal: this.#openings.signal };
    this.#max = max;
    this.#limit = max;
    this.#idleTimeout = idleTimeout;
    const { signal } = options;
    this.#releaseSignal = signal && onAbort(signal, () => this.#openings.abort(signal.reason));
  }

  get size(): number {
    return this.#places.size;
  }

  /** What the server counts: those that are opened or logged out, too. */
  get #connections(): number {
    return this.#places.size + this.#opening + this.#farewells.size;
  }

  get idle(): number {
    return [...this.#places].filter(({ busy }) => !busy).length;
  }

  async use<T>(work: (client: ImapClient) => Promise<T>, options: OperationOptions = {}): Promise<T> {
    requireWork('use', work, options);
    const run = ({ client }: Place, begin: () => void) => {
      begin();
      return work(client);
    };
    return this.#run(undefined, run, options);
  }

  async withMailbox<T>(
    name: string,
    work: (mailbox: Mailbox) => Promise<T>,
    options: OperationOptions & { readOnly?: boolean | undefined } = {},
  ): Promise<T> {
    requireWork('withMailbox', work, options);
    const { readOnly = false } = options;
    const key = `${readOnly ? 'EXAMINE' : 'SELECT'} ${name}`;
    // The time is that of the whole, and counted here.
    const own = { ...options, readOnly, timeout: undefined };
    const run = async (place: Place, begin: () => void) => {
      const before = place.mailbox?.handle;
      const handle = await place.client.open(name, own);
      place.mailbox = { key, handle };
      // It is not selected any more, or is under the new handle: nothing is sent for this.
      await before?.unselect();
      begin();
      return work(handle);
    };
    return this.#run(key, run, options);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const error = new UsageError('The pool was closed', 'CLOSED');
    this.#releaseSignal?.();
    this.#openings.abort(error);
    for (const waiter of this.#waiting.takeAll()) waiter.fail(error);
    for (const place of [...this.#places]) if (!place.busy) this.#retire(place);
    if (this.#places.size > 0) {
      await new Promise<void>((resolve) => {
        this.#allFree = resolve;
      });
    }
    await Promise.all(this.#farewells);
  }

  /** Takes a connection out, and ends it in order. */
  #retire(place: Place): void {
    clearTimeout(place.timer);
    this.#places.delete(place);
    const farewell = place.client.logout().finally(() => {
      this.#farewells.delete(farewell);
      this.#serve();
    });
    this.#farewells.add(farewell);
    if (this.#places.size === 0) this.#allFree?.();
  }

  /**
   * Waits for a connection and works on it, both within the options' time. `begin` throws where that is over already. A connection
   * that is lost before then, as one that the server closed while nobody used it, is replaced by another; not one that was opened
   * for this: that might have no end.
   */
  #run<T>(
    key: string | undefined,
    work: (place: Place, begin: () => void) => Promise<T>,
    { signal, timeout = Number.POSITIVE_INFINITY }: OperationOptions,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) return reject(new UsageError('The pool was closed', 'CLOSED'));
      if (signal?.aborted) return reject(signal.reason);
      let failure: { error: unknown } | undefined;
      const fail = (error: unknown) => {
        failure = { error };
        this.#waiting.remove(waiter);
        release?.();
        clearTimeout(timer);
        reject(error);
      };
      const succeed = (value: T) => {
        release?.();
        clearTimeout(timer);
        resolve(value);
      };
      let begun = false;
      const begin = () => {
        // Its caller was told, and may have begun anew.
        if (failure !== undefined) throw failure.error;
        begun = true;
      };
      const waiter: Waiter = {
        key,
        take: (place) => {
          const { client, fresh } = place;
          const failed = (error: unknown) => {
            const lost = error instanceof ConnectionError && client.state === 'closed';
            if (!lost || begun || fresh || failure !== undefined || this.#closed !== undefined) return fail(error);
            this.#waitAgain(waiter);
            this.#serve();
          };
          // async: work that throws before it gives a promise rejects too.
          (async () => work(place, begin))()
            .then(succeed, failed)
            .finally(() => this.#free(place));
        },
        fail,
        arrival: this.#arrivals++,
        before: undefined,
        behind: undefined,
      };
      const release = signal && onAbort(signal, () => fail(signal.reason));
      const late = () => fail(new ImapError('TIMEOUT', `The pool's work was not done within ${timeout} ms`));
      const timer = timeout > LONGEST_TIMER ? undefined : setTimeout(late, timeout);
      this.#waiting.push(waiter);
      this.#serve();
    });
  }

  /** Before all who came later: those who came earlier were served, but for some who wait again. */
  #waitAgain(waiter: Waiter): void {
    let next = this.#waiting.first;
    while (next !== undefined && next.arrival < waiter.arrival) next = next.behind;
    this.#waiting.push(waiter, next);
  }

  /** Gives connections to those who wait, in their order, and opens as many more as are needed and allowed. */
  #serve(): void {
    for (let waiter = this.#waiting.first; waiter !== undefined; waiter = this.#waiting.first) {
      const place = this.#choose(waiter.key);
      if (place === undefined) break;
      this.#waiting.remove(waiter);
      clearTimeout(place.timer);
      place.busy = true;
      waiter.take(place);
    }
    if (performance.now() - this.#limitedAt > CONTENT) this.#limit = this.#max;
    while (this.#opening < this.#waiting.size && this.#connections < this.#limit && this.#mayOpen) this.#open();
  }

  /** Of the free connections one that has the mailbox selected, else one that has none, else the one that was used longest ago. */
  #choose(key: string | undefined): Place | undefined {
    let found: Place | undefined;
    for (const place of this.#places) {
      if (place.busy || place.client.leaving || place.client.state === 'closed') continue;
      if (key !== undefined && place.mailbox?.key === key) return place;
      if (found === undefined || (found.mailbox !== undefined && place.mailbox === undefined)) found = place;
    }
    return found;
  }

  /** One connection is opened alone: credentials that are wrong by now would be tried `max` times at once, and that locks accounts. */
  get #mayOpen(): boolean {
    return this.#opened || this.#opening === 0;
  }

  #open(): void {
    this.#opening++;
    connectClient(this.#options).then(
      (client) => {
        this.#opening--;
        this.#add(client);
      },
      (error) => {
        this.#opening--;
        this.#notOpened(error);
      },
    );
  }

  #add(client: Client): void {
    const place: Place = { client, busy: false, fresh: true, mailbox: undefined, timer: undefined };
    this.#places.add(place);
    client.on('close', () => this.#lost(place));
    if (this.#closed !== undefined) this.#retire(place);
    else if (client.state === 'closed') this.#lost(place);
    else {
      this.#opened = true;
      this.#free(place);
      this.#opened = false;
      place.fresh = false;
    }
  }

  #notOpened(error: unknown): void {
    const others = this.#connections;
    if (others > 0 && (error instanceof ConnectionError || isBusy(error))) {
      // The server takes no more of them, it may be: the others have to do.
      this.#limit = others;
      this.#limitedAt = performance.now();
    } else {
      // The next one would fail for the same reason, and accounts are locked after too many tries.
      this.#limit = this.#max;
      for (const waiter of this.#waiting.takeAll()) waiter.fail(error);
    }
    this.#serve();
  }

  #free(place: Place): void {
    if (!this.#places.delete(place)) return;
    this.#places.add(place);
    place.busy = false;
    if (this.#closed !== undefined || place.client.userChanged) {
      this.#retire(place);
      return;
    }
    place.timer = setTimeout(() => this.#expire(place), this.#idleTimeout);
    this.#serve();
  }

  #expire(place: Place): void {
    this.#limit = this.#max;
    this.#retire(place);
  }

  /** Closed, and for good: whoever waits gets another in its place. */
  #lost(place: Place): void {
    clearTimeout(place.timer);
    if (!this.#places.delete(place)) return;
    this.#limit = this.#max;
    if (this.#places.size === 0) this.#allFree?.();
    this.#serve();
  }
}
