import { type ImapError, ProtocolError } from '../errors.ts';
import type { Logger } from './log.ts';
import { type Operation, settle } from './operation.ts';
import type { Output } from './output.ts';
import { SHORTEST_KEPT } from './redact.ts';
import type { Scheduler } from './scheduler.ts';

const NONE: readonly string[] = [];
/** So many continuation requests wait while one is answered. No exchange has more: a flood of them is passed over. */
const MOST_WAITING = 64;

/** Whose exchange it is. */
export interface ExchangeHost {
  fail(error: ImapError): void;
}

/** Answers to continuation requests, and what of them is secret (AUTHENTICATE, RFC 3501 §6.2.2). */
export class Exchange {
  readonly #host: ExchangeHost;
  readonly #scheduler: Scheduler;
  readonly #output: Output;
  readonly #logger: Logger;
  /** Answers are given one after the other; `waiting`: how many are not given. One may never be, but holds up no other command. */
  #answers: { last: Promise<void>; waiting: number } | undefined;
  /** What was answered in the exchange under way, as far as it is secret. */
  #answered: readonly string[] = NONE;
  /** The secrets of exchanges that are over: a server can repeat them as long as it lives. */
  #kept: readonly string[] = NONE;

  constructor(host: ExchangeHost, scheduler: Scheduler, output: Output, logger: Logger) {
    this.#host = host;
    this.#scheduler = scheduler;
    this.#output = output;
    this.#logger = logger;
  }

  /** An exchange of secrets is under way. */
  get secret(): boolean {
    return this.#holder() !== undefined;
  }

  /** What no log and no error may show. */
  get secrets(): readonly string[] {
    const { secrets } = this.#holder()?.command ?? {};
    return secrets === undefined ? this.#kept : [...this.#kept, ...secrets, ...this.#answered];
  }

  #holder(): Operation | undefined {
    return this.#scheduler.inFlight.find(({ command }) => command.secrets !== undefined);
  }

  /** A continuation request that no literal waits for; false: no command waits for it either. */
  answer(text: string): boolean {
    const operation = this.#scheduler.inFlight.find(({ command }) => command.continuation !== undefined);
    if (operation === undefined) return false;
    this.#scheduler.continued(operation);
    this.#answers ??= { last: Promise.resolve(), waiting: 0 };
    const answers = this.#answers;
    if (answers.waiting > MOST_WAITING) return true;
    answers.waiting++;
    answers.last = answers.last.then(async () => {
      await this.#answer(operation, text);
      if (--answers.waiting === 0 && this.#answers === answers) this.#answers = undefined;
    });
    return true;
  }

  /** The caller gave a command up: the request that is being answered is answered with "*", however long the answer takes. */
  giveUp(operation: Operation): void {
    if (this.#answers !== undefined && operation.command.continuation !== undefined) this.#awaitsAnswer(operation);
  }

  async #answer(operation: Operation, text: string): Promise<void> {
    const { command } = operation;
    if (!this.#awaitsAnswer(operation)) return;
    try {
      const line = await command.continuation?.(text);
      if (line === undefined || !this.#awaitsAnswer(operation)) return;
      if (command.secrets !== undefined) this.#answered = [...this.#answered, line];
      this.#logger.answer(line, command.secrets !== undefined);
      this.#output.line(line);
    } catch (error) {
      settle(operation, { error });
      this.#awaitsAnswer(operation);
      // A server that lies while it is told who comes is told nothing more.
      if (error instanceof ProtocolError) this.#host.fail(error);
    }
  }

  /** False where nothing is to be answered any more; "*" cancels an exchange that this side gave up (RFC 3501 §6.2.2). */
  #awaitsAnswer(operation: Operation): boolean {
    if (this.#output.closed || !this.#scheduler.inFlight.includes(operation)) return false;
    if (!operation.settled) return true;
    if (operation.behaviour.endedBy === undefined && !operation.ended) {
      operation.ended = true;
      this.#logger.answer('*', false);
      this.#output.line('*');
    }
    return false;
  }

  #keep(secrets: readonly string[]): void {
    const kept = secrets.filter(({ length }) => length >= SHORTEST_KEPT);
    // A copy has just the room that it needs.
    this.#kept = kept.length === 0 ? NONE : kept.slice();
  }

  /** A command had its tagged answer. Returns the secrets that may stand in it; undefined: none can. */
  over({ command }: Operation, status: string): readonly string[] | undefined {
    const secrets = command.secrets === undefined && status === 'OK' ? undefined : this.secrets;
    if (command.secrets !== undefined && secrets !== undefined) this.#keep(secrets);
    this.#answered = NONE;
    this.#answers = undefined;
    return secrets;
  }
}
