import { ImapError } from '../errors.ts';
import type { Logger } from './log.ts';
import { type Operation, OperationQueue, settle } from './operation.ts';
import type { Output } from './output.ts';
import { count, mayStart, nothingInFlight } from './pipeline.ts';
import type { ConnectionState, MailboxState } from './state.ts';

/** More would not make a link faster, and every response looks for its command among those in flight. */
const MAX_IN_FLIGHT = 500;
/** How long one mailbox's IDLE may go on while another's waits, ms. */
const IDLE_TURN = 10_000;

export interface SchedulerOptions {
  state: ConnectionState;
  output: Output;
  logger: Logger;
  /** Makes the operation that selects a mailbox. */
  select(mailbox: MailboxState): Operation;
  /** An operation's last byte was sent. */
  sent(operation: Operation): void;
  /** A command is to end that lasts until the client ends it. */
  ending(operation: Operation): void;
  /** A command's bytes can not be sent to the end. */
  broken(operation: Operation, error: unknown): void;
  /** Bytes of a literal went out. */
  moved(): void;
}

/** Which operation goes out when: what waits, what is in flight, and the mailbox that each needs. */
export class Scheduler {
  /** Commands without their tagged answer, oldest first. */
  readonly inFlight: Operation[] = [];
  readonly #summary = nothingInFlight();
  readonly #queue = new OperationQueue();
  readonly #options: SchedulerOptions;
  #turn: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Operations that wait or are in flight. */
  get size(): number {
    return this.#summary.count + this.#queue.size;
  }

  /** The command in flight that lasts until it is ended, if there is one. It is alone. */
  get lasting(): Operation | undefined {
    const operation = this.inFlight[0];
    return operation?.command.behaviour.endedBy === undefined ? undefined : operation;
  }

  add(operation: Operation): void {
    this.#queue.push(operation);
  }

  /** Takes an operation out that has not started. */
  withdraw(operation: Operation): void {
    this.#queue.remove(operation);
  }

  /** An operation had its tagged answer. */
  complete(operation: Operation): void {
    this.inFlight.splice(this.inFlight.indexOf(operation), 1);
    count(this.#summary, operation.command.behaviour, -1);
  }

  /** A mailbox could not be selected: nothing on it can run. */
  refuse(mailbox: MailboxState, error: unknown): void {
    for (const operation of this.#queue.takeAll(mailbox)) settle(operation, { error });
  }

  /** The connection is gone: all there was, those in flight first. */
  stop(): Operation[] {
    this.#stopped = true;
    clearTimeout(this.#turn);
    return [...this.inFlight.splice(0), ...this.#queue.takeAll()];
  }

  /** Starts all that may start now. */
  pump(): void {
    while (!this.#stopped && !this.#options.output.blocked && this.#summary.count < MAX_IN_FLIGHT) {
      const general = this.#queue.general();
      const mailbox = this.#queue.mailbox(this.#options.state.selected);
      const { lasting } = this;
      if (general === undefined && mailbox === undefined) {
        const background = this.#queue.background();
        if (background === undefined) return;
        if (lasting !== undefined) return this.#takeTurns(lasting, background);
        if (!this.#tryStart(background)) return;
        continue;
      }
      if (lasting !== undefined) return this.endLasting(lasting);
      const generalFirst = mailbox === undefined || (general !== undefined && general.ticket < mailbox.ticket);
      const [first, second] = generalFirst ? [general, mailbox] : [mailbox, general];
      if (first !== undefined && this.#tryStart(first)) continue;
      // What is to run alone is not overtaken for ever by what comes after it.
      if (first?.command.behaviour.alone || second === undefined || !this.#tryStart(second)) return;
    }
  }

  /** One mailbox's IDLE lets another's in after a while. */
  #takeTurns(lasting: Operation, next: Operation): void {
    if (next.options.mailbox === lasting.options.mailbox) return;
    this.#turn ??= setTimeout(() => {
      this.#turn = undefined;
      if (this.lasting !== undefined) this.endLasting(this.lasting);
    }, IDLE_TURN);
  }

  endLasting(operation: Operation): void {
    const { endedBy } = operation.command.behaviour;
    if (endedBy === undefined || operation.ended) return;
    operation.ended = true;
    this.#options.logger.write('out', endedBy);
    this.#options.output.line(endedBy);
    this.#options.ending(operation);
  }

  #tryStart(operation: Operation): boolean {
    const { mailbox, uidValidity } = operation.options;
    if (mailbox !== undefined && mailbox !== this.#options.state.selected) {
      if (!mayStart({ selects: true }, this.#summary)) return false;
      this.#start(this.#options.select(mailbox));
      return true;
    }
    if (!mayStart(operation.command.behaviour, this.#summary)) return false;
    this.#queue.remove(operation);
    if (mailbox !== undefined && uidValidity !== undefined && uidValidity !== mailbox.uidValidity) {
      settle(operation, { error: staleHandle(mailbox, uidValidity) });
      return true;
    }
    if (operation.command.unsent) settle(operation, { value: undefined });
    else this.#start(operation);
    return true;
  }

  #start(operation: Operation): void {
    const { output, logger } = this.#options;
    const { command, parts } = operation;
    operation.started = true;
    command.started?.();
    operation.startedAt = performance.now();
    this.inFlight.push(operation);
    count(this.#summary, command.behaviour, 1);
    if (logger.enabled) logger.command(`${operation.tag} ${command.name}`, parts, command.secrets !== undefined);
    output.add({
      parts,
      sent: () => {
        operation.complete = true;
        this.#options.sent(operation);
      },
      progress: (done, total) => {
        this.#options.moved();
        operation.options.progress?.(done, total);
      },
      broken: (error) => this.#options.broken(operation, error),
    });
  }
}

function staleHandle(mailbox: MailboxState, expected: number): ImapError {
  return new ImapError(
    'UIDVALIDITY_CHANGED',
    `The UIDVALIDITY of ${JSON.stringify(mailbox.name)} changed from ${expected} to ${mailbox.uidValidity}: UIDs held from before name other messages now. Open the mailbox again.`,
  );
}
