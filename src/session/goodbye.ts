import type { ConnectionError, ConnectionPhase, ImapError } from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';
import type { Deadlines } from './deadlines.ts';
import type { Exchange } from './exchange.ts';
import type { Operation, Outcome } from './operation.ts';
import { goodbyeError, isUnexplained, lossOf, redactedStatus } from './outcome.ts';
import type { Output } from './output.ts';
import type { Scheduler } from './scheduler.ts';

/** How long the last answers are waited for, ms: a server sends them along with its BYE, and closes. */
const LAST_ANSWERS = 1000;

/** Whom the server leaves. */
export interface GoodbyeHost {
  /** No operation is taken any more: the last one is LOGOUT. */
  readonly leaving: boolean;
  readonly currentPhase: ConnectionPhase;
  fail(error: ImapError): void;
}

/** What follows a BYE (RFC 3501 §7.1.5). */
export class Goodbye {
  /** It was said for LOGOUT, which brings it (RFC 3501 §6.1.3). */
  forLogout = false;
  /**
   * The BYE was said for this reason, and not for LOGOUT: nothing more is sent, and what is under way may still be
   * answered.
   */
  reason: ConnectionError | undefined;
  readonly #host: GoodbyeHost;
  readonly #scheduler: Scheduler;
  readonly #output: Output;
  readonly #exchange: Exchange;
  readonly #deadlines: Deadlines;
  /** How long the server may take, ms. */
  readonly #farewell: number;

  constructor(
    host: GoodbyeHost,
    scheduler: Scheduler,
    output: Output,
    exchange: Exchange,
    deadlines: Deadlines,
    farewell: number,
  ) {
    this.#host = host;
    this.#scheduler = scheduler;
    this.#output = output;
    this.#exchange = exchange;
    this.#deadlines = deadlines;
    this.#farewell = farewell;
  }

  /** What is under way may be answered yet: RFC 3501 §7.1.5 has the client read on until the server closes. */
  come(status: StatusResponse): void {
    if (this.#isForLogout) this.forLogout = true;
    if (this.forLogout || this.reason !== undefined) return;
    const error = this.#errorOf(status);
    this.reason = error;
    this.#output.close();
    this.#deadlines.expectWithin(Math.min(this.#farewell, LAST_ANSWERS), () => this.#host.fail(error));
    this.failUnlessAwaited();
  }

  /** A BYE in place of a command's tagged answer. */
  comeTagged(status: StatusResponse): void {
    if (this.#isForLogout) this.forLogout = true;
    else this.#host.fail(this.#errorOf(status));
  }

  get #isForLogout(): boolean {
    return this.#host.leaving && this.#scheduler.size <= 1;
  }

  #errorOf(status: StatusResponse): ConnectionError {
    return goodbyeError(redactedStatus(status, this.#exchange.secrets), this.#host.currentPhase);
  }

  /** The outcome of an operation that was answered behind the BYE. */
  explained(operation: Operation, outcome: Outcome): Outcome {
    if (this.reason === undefined || !isUnexplained(outcome)) return outcome;
    return { error: lossOf(operation, this.reason, this.#host.currentPhase) };
  }

  /**
   * Ends the session unless an answer is awaited: that of IDLE is not, nor that of STARTTLS, behind which nothing could
   * be said. True: it has ended.
   */
  failUnlessAwaited(): boolean {
    if (this.reason === undefined) return false;
    const awaited = this.#scheduler.inFlight.some(
      ({ settled, behaviour }) => !settled && behaviour.endedBy === undefined && !behaviour.switchesStream,
    );
    if (!awaited) this.#host.fail(this.reason);
    return !awaited;
  }
}
