import { shown, UsageError } from '../errors.ts';
import type { CommandPart } from '../wire/writer.ts';
import { Cancellation, type StopSignal } from './abort.ts';
import type { Command } from './command.ts';
import type { Behaviour } from './pipeline.ts';
import { MailboxState } from './state.ts';

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
export interface RunOptions extends Omit<OperationOptions, 'signal'> {
  signal?: StopSignal | undefined;
  /** What the caller gave as `timeout`, where that is what is left of it. */
  allowed?: number | undefined;
  /** The mailbox that must be selected. */
  mailbox?: MailboxState | undefined;
  /** The UIDVALIDITY that the caller's UIDs belong to. */
  uidValidity?: number | undefined;
  /** Starts only where nothing else waits (IDLE). */
  background?: boolean | undefined;
  /** Tells whoever runs it that its first byte goes out. */
  started?: (() => void) | undefined;
}

/**
 * The options of an operation, each looked at once: they are the caller's, and may be anything. Throws UsageError for what is
 * none.
 */
export function readRunOptions(name: string, options: RunOptions = {}): RunOptions {
  if (typeof options !== 'object' || options === null) throw new UsageError(`${name}: the options are an object`);
  const own = { ...options };
  const { signal, timeout, progress, allowed, mailbox, background, started } = own;
  if (timeout !== undefined && (typeof timeout !== 'number' || !(timeout >= 0)))
    throw new UsageError(`${name}: no number of milliseconds: ${shown(timeout)}`);
  if (signal !== undefined && !isSignal(signal)) throw new UsageError(`${name}: the signal is no AbortSignal`);
  if (progress !== undefined && typeof progress !== 'function')
    throw new UsageError(`${name}: progress is no function`);
  if (allowed !== undefined && typeof allowed !== 'number')
    throw new UsageError(`${name}: not an option of an operation: allowed`);
  if (mailbox !== undefined && !(mailbox instanceof MailboxState))
    throw new UsageError(`${name}: not an option of an operation: mailbox`);
  if (background !== undefined && typeof background !== 'boolean')
    throw new UsageError(`${name}: not an option of an operation: background`);
  if (started !== undefined && typeof started !== 'function')
    throw new UsageError(`${name}: not an option of an operation: started`);
  return own;
}

function isSignal(value: unknown): boolean {
  if (value instanceof Cancellation) return true;
  if (typeof value !== 'object' || value === null) return false;
  return 'aborted' in value && typeof value.aborted === 'boolean' && 'addEventListener' in value;
}

/** A command on its way: waiting, in flight, or settled. */
export interface Operation {
  readonly command: Command<unknown>;
  readonly options: RunOptions;
  /** What the command says of itself, and that it needs the mailbox it was given. */
  readonly behaviour: Behaviour;
  readonly ticket: number;
  /** Where it stands in its queue, counted from the first place that there ever was. */
  place: number;
  parts: CommandPart[];
  /** UTF-8 was enabled when it was written. */
  utf8: boolean;
  tag: string;
  /** Bytes of it were handed to the transport: the server may execute it, once it has all. */
  started: boolean;
  /** Its last byte was handed to the transport. */
  complete: boolean;
  /** What its untagged responses other than FETCH weigh. */
  weight: number;
  /** When it was started, ms of the monotonic clock. */
  startedAt: number;
  /** The server has asked it to go on. */
  continued: boolean;
  /** Its end was asked for: what ends it is sent, or will be once the server has asked it to go on. */
  ended: boolean;
  /** Its promise is settled: what still comes for it is dropped. */
  settled: boolean;
  /** Undoes what was set up for its time in the queue: timers, listeners. */
  release: (() => void) | undefined;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Whom an operation is settled for until that is said. */
const nobody = () => {};

/** The ticket says when it came, and is the number in its tag. */
export function newOperation(command: Command<unknown>, options: RunOptions, ticket: number): Operation {
  const { behaviour } = command;
  return {
    command,
    options,
    behaviour: options.mailbox === undefined || behaviour.mailbox ? behaviour : { ...behaviour, mailbox: true },
    ticket,
    place: 0,
    tag: `A${ticket}`,
    parts: [],
    utf8: false,
    started: false,
    complete: false,
    weight: 0,
    startedAt: 0,
    continued: false,
    ended: false,
    settled: false,
    release: undefined,
    resolve: nobody,
    reject: nobody,
  };
}

/** Settles an operation's promise, once. */
export function settle(operation: Operation, outcome: { value: unknown } | { error: unknown }): void {
  if (operation.settled) return;
  operation.settled = true;
  operation.release?.();
  if ('value' in outcome) {
    operation.resolve(outcome.value);
  } else {
    if (operation.started) operation.command.abandoned?.(outcome.error);
    // Who asks to be told of its start may run it once more.
    else if (operation.options.started === undefined) operation.command.discard?.();
    operation.reject(outcome.error);
  }
}

/** A mailbox other than the selected one gets its turn when its operations are this many tickets older. */
const FAIRNESS = 64;
/** So many empty places are kept at the front of a queue before they are cut off together. */
const MOST_EMPTY = 1024;

/**
 * What waits to be sent: operations in order, those of each mailbox apart, so that several mailboxes are worked on with few
 * reselections. Every step costs the same whatever the length.
 */
export class OperationQueue {
  /** Made when it is needed: most connections wait in a mailbox for most of their time. */
  #general: Fifo | undefined;
  readonly #mailboxes = new MailboxQueues();
  readonly #background = new MailboxQueues();
  /** How many wait, without those in the background. */
  size = 0;

  push(operation: Operation): void {
    if (!operation.options.background) this.size++;
    this.#queueOf(operation).push(operation);
  }

  remove(operation: Operation): void {
    const was = this.#queueOf(operation).remove(operation);
    if (was && !operation.options.background) this.size--;
  }

  #queueOf({ options }: Operation): Fifo | MailboxQueues {
    if (options.background) return this.#background;
    if (options.mailbox !== undefined) return this.#mailboxes;
    this.#general ??= new Fifo();
    return this.#general;
  }

  /** The next operation that needs no mailbox. */
  general(): Operation | undefined {
    const head = this.#general?.head();
    if (head === undefined) this.#general = undefined;
    return head;
  }

  /** The next operation on a mailbox: the selected one's, unless another has waited longer. */
  mailbox(selected: MailboxState | undefined): Operation | undefined {
    const own = this.#mailboxes.of(selected);
    const other = this.#mailboxes.beside(selected);
    if (own === undefined || other === undefined) return own ?? other;
    return own.ticket < other.ticket + FAIRNESS ? own : other;
  }

  /** The next operation on this mailbox that yields to every other. */
  background(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#background.of(mailbox);
  }

  /** The next operation that yields to every other, on another mailbox than this one. */
  backgroundBeside(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#background.beside(mailbox);
  }

  /** Takes out all that wait for a mailbox. */
  takeMailbox(mailbox: MailboxState): Operation[] {
    const operations = this.#mailboxes.takeAll(mailbox);
    this.size -= operations.length;
    return inOrder([...operations, ...this.#background.takeAll(mailbox)]);
  }

  /** Takes out everything. */
  takeAll(): Operation[] {
    this.size = 0;
    return inOrder([...(this.#general?.takeAll() ?? []), ...this.#mailboxes.takeAll(), ...this.#background.takeAll()]);
  }
}

function inOrder(operations: Operation[]): Operation[] {
  return operations.sort((a, b) => a.ticket - b.ticket);
}

/** A queue for each mailbox. The one that was served longest ago comes first. */
class MailboxQueues {
  /** Most connections need one only now and then. */
  #queues: Map<MailboxState | undefined, Fifo> | undefined;
  #served: MailboxState | undefined;

  push(operation: Operation): void {
    const { mailbox } = operation.options;
    this.#queues ??= new Map();
    const queue = this.#queues.get(mailbox) ?? new Fifo();
    this.#queues.set(mailbox, queue);
    queue.push(operation);
  }

  /** False where it was not there. */
  remove(operation: Operation): boolean {
    const { mailbox } = operation.options;
    const queues = this.#queues;
    const queue = queues?.get(mailbox);
    if (queues === undefined || queue === undefined || !queue.remove(operation)) return false;
    const more = queue.head() !== undefined;
    if (!more || mailbox !== this.#served) queues.delete(mailbox);
    if (more && mailbox !== this.#served) queues.set(mailbox, queue);
    if (queues.size === 0) this.#queues = undefined;
    this.#served = mailbox;
    return true;
  }

  /** The next operation on this mailbox. */
  of(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#queues?.get(mailbox)?.head();
  }

  /** The next operation on another mailbox. */
  beside(mailbox: MailboxState | undefined): Operation | undefined {
    const queues = this.#queues;
    if (queues === undefined || (queues.size === 1 && queues.has(mailbox))) return undefined;
    for (const [other, queue] of queues) if (other !== mailbox) return queue.head();
    return undefined;
  }

  takeAll(mailbox?: MailboxState): Operation[] {
    const queues = this.#queues ?? new Map<MailboxState | undefined, Fifo>();
    const taken = mailbox === undefined ? [...queues.values()] : [queues.get(mailbox)];
    if (mailbox === undefined) queues.clear();
    else queues.delete(mailbox);
    return taken.flatMap((queue) => queue?.takeAll() ?? []);
  }
}

/** Operations in order of arrival. One that is removed leaves a gap, passed over when it comes to the head. */
class Fifo {
  #operations: (Operation | undefined)[] = [];
  /** How many places were cut off at the front. */
  #cut = 0;
  #head = 0;

  push(operation: Operation): void {
    operation.place = this.#cut + this.#operations.length;
    // A list of one takes no more room than it: a push makes room for 17.
    if (this.#operations.length === 0) this.#operations = [operation];
    else this.#operations.push(operation);
  }

  head(): Operation | undefined {
    while (this.#head < this.#operations.length && this.#operations[this.#head] === undefined) this.#head++;
    const empty = this.#head > 0 && this.#head === this.#operations.length;
    if (empty || (this.#head >= MOST_EMPTY && this.#head * 2 >= this.#operations.length)) {
      this.#operations = this.#operations.slice(this.#head);
      this.#cut += this.#head;
      this.#head = 0;
    }
    return this.#operations[this.#head];
  }

  /** False where it was not there. */
  remove(operation: Operation): boolean {
    const index = operation.place - this.#cut;
    if (this.#operations[index] !== operation) return false;
    this.#operations[index] = undefined;
    return true;
  }

  takeAll(): Operation[] {
    const all = this.#operations.filter((operation) => operation !== undefined);
    this.#operations = [];
    this.#cut = 0;
    this.#head = 0;
    return all;
  }
}
