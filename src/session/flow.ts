import { ImapError } from '../errors.ts';
import type { Transport } from './output.ts';

/** While other operations wait, a slow consumer's data are taken in up to this many times the limit. */
const OVERFLOW = 8;
/**
 * How long a slow consumer may take nothing while another one waits for what comes next, ms: the slow one may itself
 * wait for that other.
 */
const PATIENCE = 10_000;
const NONE: readonly Consumer[] = [];

/** Whoever receives data that its consumer has not taken yet. */
export interface Consumer {
  /** Bytes that wait for the consumer. */
  readonly held: number;
  /** How many of the operations under way bring its data. They wait for it: it does not hold them up. */
  readonly own: number;
  /** It waits for what is to come: of its own operations, or unasked, as a watch's events do. */
  readonly hungry: boolean;
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
 * Backpressure. A consumer that leaves more than `limit` bytes waiting pauses the socket, unless another operation
 * waits on this connection: then the rest is taken in, up to a bound, and past that the slow one is told so, never the
 * connection. Another consumer that waits counts as such an operation once the slow one has taken nothing for long: a
 * watch must neither make a download fail that is only slow, nor wait for ever inside a loop over a FETCH.
 */
export class Flow {
  transport: Transport;
  /** Bytes that a consumer may leave waiting. */
  readonly limit: number;
  /**
   * A consumer holds more than the limit, or did so when it was last asked. While this is false no consumer has to be
   * asked.
   */
  #filled = false;
  /** As a rule one or none, which need no Set. */
  #consumers: Set<Consumer> | Consumer | undefined;
  #host: FlowHost;
  #paused = false;
  #stopped = false;
  /** Runs while a consumer waits beside a slow one that takes nothing. */
  #patience: ReturnType<typeof setTimeout> | undefined;
  #impatient = false;

  constructor(transport: Transport, limit: number, host: FlowHost) {
    this.transport = transport;
    this.limit = limit;
    this.#host = host;
  }

  /** True while the server is silent because this side does not listen. */
  get paused(): boolean {
    return this.#paused;
  }

  /** True while it matters that a consumer takes something: taken() is to be called then. */
  get attentive(): boolean {
    return this.#paused || this.#patience !== undefined;
  }

  /** Another connection takes the place of the one that was lost. */
  moveTo(transport: Transport, host: FlowHost): void {
    this.transport = transport;
    this.#host = host;
    this.#paused = false;
    this.regulate();
  }

  /** A consumer has come to hold more than the limit. */
  filled(): void {
    this.#filled = true;
  }

  add(consumer: Consumer): void {
    if (consumer.held > this.limit) this.filled();
    const consumers = this.#consumers;
    if (consumers instanceof Set) consumers.add(consumer);
    else if (consumers === undefined) this.#consumers = consumer;
    else if (consumers !== consumer) this.#consumers = new Set([consumers, consumer]);
  }

  remove(consumer: Consumer): void {
    // Who leaves gives no reason to pause.
    if (this.#take(consumer) && this.attentive) this.regulate();
  }

  /** Whether it was there. */
  #take(consumer: Consumer): boolean {
    const consumers = this.#consumers;
    if (consumers instanceof Set) return consumers.delete(consumer);
    if (consumers !== consumer) return false;
    this.#consumers = undefined;
    return true;
  }

  get #all(): Iterable<Consumer> {
    const consumers = this.#consumers;
    if (consumers instanceof Set) return consumers;
    return consumers === undefined ? NONE : [consumers];
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

  /** A consumer took something. */
  taken({ held }: Consumer): void {
    if (held > this.limit) this.#calm();
    this.regulate();
  }

  /** Called when data came, an operation began or ended, or a consumer waits. */
  regulate(): void {
    let slow = false;
    let hungry = false;
    let own = 0;
    const asked = this.#filled ? this.#all : NONE;
    for (const consumer of asked) {
      if (consumer.held > this.limit) {
        slow = true;
        own += consumer.own;
      } else if (consumer.hungry) {
        hungry = true;
      }
    }
    this.#filled = slow;
    if (!slow) this.#calm();
    else if (hungry) this.#patience ??= setTimeout(() => this.#losePatience(), PATIENCE);
    const othersWait = slow && (this.#host.operations > own || (hungry && this.#impatient));
    if (othersWait && this.#tellOverflowing()) this.regulate();
    else this.#set(this.#stopped || (slow && !othersWait));
  }

  #losePatience(): void {
    this.#impatient = true;
    this.regulate();
  }

  #calm(): void {
    if (this.#patience === undefined) return;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#impatient = false;
  }

  /** Whether there were any. */
  #tellOverflowing(): boolean {
    let told = false;
    for (const consumer of [...this.#all]) {
      if (consumer.held <= this.limit * OVERFLOW) continue;
      told = true;
      this.#take(consumer);
      consumer.overflow(
        new ImapError(
          'SLOW_CONSUMER',
          `More than ${OVERFLOW} × ${this.limit} bytes (limits.buffer) waited for a slow consumer while other operations needed the ` +
            'connection: what lay beyond was dropped. Fetch fewer messages at a time, or run the other operations on another connection.',
        ),
      );
    }
    return told;
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
