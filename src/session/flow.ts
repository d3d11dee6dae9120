import { ImapError } from '../errors.ts';
import type { Transport } from './output.ts';

/** While other operations wait, a slow consumer's data are taken in up to this many times the limit. */
const OVERFLOW = 8;
const NONE: Consumer[] = [];

/** Whoever receives data that its consumer has not taken yet. */
export interface Consumer {
  /** Bytes that wait for the consumer. */
  readonly held: number;
  /** How many of the operations under way bring it what it takes: they wait for it, and not it for them. */
  readonly own: number;
  /** Told that too much waits: what is held may still be taken, then this error comes. */
  overflow(error: ImapError): void;
}

/** Whose data flow. */
export interface FlowHost {
  /** How many operations are under way, consumers' own included, and without those in the background. */
  readonly operations: number;
  /** Bytes flow again. */
  moved(): void;
}

/**
 * Backpressure. A consumer that leaves more than `limit` bytes waiting pauses the socket, unless another operation waits on
 * this connection: then the rest is taken in, up to a bound, and past that the slow one is told so, never the connection.
 */
export class Flow {
  transport: Transport;
  readonly #limit: number;
  /** As a rule one or none. */
  #consumers = NONE;
  #host: FlowHost;
  #paused = false;
  #stopped = false;

  constructor(transport: Transport, limit: number, host: FlowHost) {
    this.transport = transport;
    this.#limit = limit;
    this.#host = host;
  }

  /** True while the server is silent because this side does not listen. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Another connection takes the place of the one that was lost. */
  moveTo(transport: Transport, host: FlowHost): void {
    this.transport = transport;
    this.#host = host;
    this.#paused = false;
    this.regulate();
  }

  add(consumer: Consumer): void {
    // A list of one takes no more room than it: a push makes room for 17.
    if (this.#consumers.length === 0) this.#consumers = [consumer];
    else if (!this.#consumers.includes(consumer)) this.#consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    if (this.#take(consumer)) this.regulate();
  }

  /** Whether it was there. */
  #take(consumer: Consumer): boolean {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
    return index >= 0;
  }

  /** Lets nothing in until start(): the stream is about to change. */
  stop(): void {
    this.#stopped = true;
    this.regulate();
  }

  start(): void {
    this.#stopped = false;
    this.regulate();
  }

  /** Called when data came, were taken, or an operation began or ended. */
  regulate(): void {
    let slow = false;
    let own = 0;
    for (const consumer of this.#consumers) {
      if (consumer.held <= this.#limit) continue;
      slow = true;
      own += consumer.own;
    }
    const othersWait = slow && this.#host.operations > own;
    if (othersWait) this.#tellOverflowing();
    this.#set(this.#stopped || (slow && !othersWait));
  }

  #tellOverflowing(): void {
    for (const consumer of [...this.#consumers]) {
      if (consumer.held <= this.#limit * OVERFLOW) continue;
      this.#take(consumer);
      consumer.overflow(
        new ImapError(
          'SLOW_CONSUMER',
          `More than ${OVERFLOW} × ${this.#limit} bytes (limits.buffer) waited for a slow consumer while other operations needed the ` +
            'connection: what lay beyond was dropped. Fetch fewer messages at a time, or run the other operations on another connection.',
        ),
      );
    }
  }

  #set(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) {
      this.transport.pause();
    } else {
      this.transport.resume();
      this.#host.moved();
    }
  }
}
