import type { CommandPart } from '../wire/writer.ts';
import type { Command } from './command.ts';
import type { MailboxState } from './state.ts';

/** What every operation of the client takes. */
export interface OperationOptions {
  /** Rejects the operation with the signal's reason. The connection stays usable unless bytes of this operation can no longer be told apart. */
  signal?: AbortSignal | undefined;
  /** Overall deadline, ms. Default none. */
  timeout?: number | undefined;
  /** What the server reports of a long operation (INPROGRESS, RFC 9585), and what a transfer has moved. */
  progress?: ((done: number, total?: number) => void) | undefined;
}

/** What a command needs beside what it says of itself. */
export interface RunOptions extends OperationOptions {
  /** The mailbox that must be selected. */
  mailbox?: MailboxState | undefined;
  /** The UIDVALIDITY that the caller's UIDs belong to. */
  uidValidity?: number | undefined;
  /** Starts only where nothing else waits (IDLE). */
  background?: boolean | undefined;
}

/** A command on its way: waiting, in flight, or settled. */
export interface Operation {
  readonly command: Command<unknown>;
  readonly options: RunOptions;
  readonly ticket: number;
  parts: CommandPart[];
  tag: string;
  /** Bytes of it were handed to the transport: the server may execute it, once it has all. */
  started: boolean;
  /** Its last byte was handed to the transport. */
  complete: boolean;
  /** When it was started, ms of the monotonic clock. */
  startedAt: number;
  /** Its end was asked for, see Behaviour.endedBy. */
  ended: boolean;
  /** Its promise is settled: what still comes for it is dropped. */
  settled: boolean;
  /** Undoes what was set up for its time in the queue: timers, listeners. */
  release: (() => void) | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Settles an operation's promise, once. */
export function settle(operation: Operation, outcome: { value: unknown } | { error: unknown }): void {
  if (operation.settled) return;
  operation.settled = true;
  operation.release?.();
  if ('error' in outcome) operation.reject(outcome.error);
  else operation.resolve(outcome.value);
}

/** A mailbox other than the selected one gets its turn when its operations are this many tickets older. */
const FAIRNESS = 64;

/**
 * What waits to be sent: operations in order, those of each mailbox apart, so that several mailboxes are worked on with few
 * reselections. Every step costs the same whatever the length.
 */
export class OperationQueue {
  readonly #general: Fifo = new Fifo();
  readonly #byMailbox = new Map<MailboxState, Fifo>();
  readonly #background: Fifo = new Fifo();
  size = 0;

  push(operation: Operation): void {
    this.size++;
    const { mailbox, background } = operation.options;
    if (background) return this.#background.push(operation);
    if (mailbox === undefined) return this.#general.push(operation);
    const fifo = this.#byMailbox.get(mailbox) ?? new Fifo();
    this.#byMailbox.set(mailbox, fifo);
    fifo.push(operation);
  }

  /** The next operation that yields to every other. */
  background(): Operation | undefined {
    return this.#background.head();
  }

  /** The next operation that needs no mailbox. */
  general(): Operation | undefined {
    return this.#general.head();
  }

  /** The next operation on a mailbox: the selected one's, unless another has waited longer. */
  mailbox(selected: MailboxState | undefined): Operation | undefined {
    const own = selected && this.#byMailbox.get(selected)?.head();
    let other: Operation | undefined;
    for (const [mailbox, fifo] of this.#byMailbox) {
      if (mailbox === selected) continue;
      other = fifo.head();
      if (other !== undefined) break;
      this.#byMailbox.delete(mailbox);
    }
    if (own === undefined || other === undefined) return own ?? other;
    return own.ticket < other.ticket + FAIRNESS ? own : other;
  }

  remove(operation: Operation): void {
    this.size--;
    const { mailbox, background } = operation.options;
    if (background) return this.#background.remove(operation);
    if (mailbox === undefined) return this.#general.remove(operation);
    const fifo = this.#byMailbox.get(mailbox);
    fifo?.remove(operation);
    if (fifo?.head() === undefined) this.#byMailbox.delete(mailbox);
  }

  /** Takes out all that wait for a mailbox, or everything. */
  takeAll(mailbox?: MailboxState): Operation[] {
    const fifos = mailbox === undefined ? [this.#general, ...this.#byMailbox.values(), this.#background] : [this.#byMailbox.get(mailbox)];
    const operations = fifos.flatMap((fifo) => fifo?.takeAll() ?? []);
    for (const operation of this.#backgroundOf(mailbox)) operations.push(operation);
    if (mailbox === undefined) this.#byMailbox.clear();
    else this.#byMailbox.delete(mailbox);
    this.size -= operations.length;
    return operations.sort((a, b) => a.ticket - b.ticket);
  }

  #backgroundOf(mailbox: MailboxState | undefined): Operation[] {
    const own = this.#background.all().filter(({ options }) => options.mailbox === mailbox);
    for (const operation of own) this.#background.remove(operation);
    return own;
  }
}

/** Operations in order of arrival. One that is removed leaves a gap, passed over when it comes to the head. */
class Fifo {
  #operations: (Operation | undefined)[] = [];
  readonly #places = new Map<Operation, number>();
  #head = 0;

  push(operation: Operation): void {
    this.#places.set(operation, this.#operations.length);
    this.#operations.push(operation);
  }

  head(): Operation | undefined {
    while (this.#head < this.#operations.length) {
      const operation = this.#operations[this.#head];
      if (operation !== undefined) return operation;
      this.#head++;
    }
    this.#operations = [];
    this.#head = 0;
    return undefined;
  }

  remove(operation: Operation): void {
    const place = this.#places.get(operation);
    if (place === undefined) return;
    this.#places.delete(operation);
    this.#operations[place] = undefined;
  }

  all(): Operation[] {
    return [...this.#places.keys()];
  }

  takeAll(): Operation[] {
    const all = this.all();
    this.#operations = [];
    this.#places.clear();
    this.#head = 0;
    return all;
  }
}
