import type { Operation } from './operation.ts';
import type { MailboxState } from './state.ts';

/** A mailbox other than the selected one gets its turn when its operations are this many tickets older. */
const FAIRNESS = 64;
/** So many empty places are kept at the front of a queue before they are cut off together. */
const MOST_EMPTY = 1024;

/**
 * What waits to be sent: operations in order, those of each mailbox apart, so that several mailboxes are worked on with few
 * reselections. Every step costs the same whatever the length.
 */
export class OperationQueue {
  /** Each is made when it is needed: most connections have nothing that waits for most of their time. */
  #general: Fifo | undefined;
  #mailboxes: MailboxQueues | undefined;
  #background: MailboxQueues | undefined;
  /** How many wait, without those in the background. */
  size = 0;

  push(operation: Operation): void {
    if (!operation.options.background) this.size++;
    this.#queueOf(operation).push(operation);
  }

  remove(operation: Operation): void {
    const was = this.#queueOf(operation).remove(operation);
    if (was && !operation.options.background) this.size--;
    if (this.#mailboxes?.empty) this.#mailboxes = undefined;
    if (this.#background?.empty) this.#background = undefined;
  }

  #queueOf({ options }: Operation): Fifo | MailboxQueues {
    if (options.background) {
      this.#background ??= new MailboxQueues();
      return this.#background;
    }
    if (options.mailbox !== undefined) {
      this.#mailboxes ??= new MailboxQueues();
      return this.#mailboxes;
    }
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
    const own = this.#mailboxes?.of(selected);
    const other = this.#mailboxes?.beside(selected);
    if (own === undefined || other === undefined) return own ?? other;
    return own.ticket < other.ticket + FAIRNESS ? own : other;
  }

  /** The next operation on this mailbox that yields to every other. */
  background(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#background?.of(mailbox);
  }

  /** The next operation that yields to every other, on another mailbox than this one. */
  backgroundBeside(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#background?.beside(mailbox);
  }

  /** Takes out all that wait for a mailbox. */
  takeMailbox(mailbox: MailboxState): Operation[] {
    const operations = this.#mailboxes?.takeAll(mailbox) ?? [];
    this.size -= operations.length;
    return inOrder([...operations, ...(this.#background?.takeAll(mailbox) ?? [])]);
  }

  /** Takes out everything. */
  takeAll(): Operation[] {
    this.size = 0;
    const queues = [this.#general, this.#mailboxes, this.#background];
    return inOrder(queues.flatMap((queue) => queue?.takeAll() ?? []));
  }
}

function inOrder(operations: Operation[]): Operation[] {
  return operations.sort((a, b) => a.ticket - b.ticket);
}

/** A queue for each mailbox. The one that was served longest ago comes first. */
class MailboxQueues {
  readonly #queues = new Map<MailboxState | undefined, Fifo>();
  #served: MailboxState | undefined;

  get empty(): boolean {
    return this.#queues.size === 0;
  }

  push(operation: Operation): void {
    const { mailbox } = operation.options;
    const queue = this.#queues.get(mailbox) ?? new Fifo();
    this.#queues.set(mailbox, queue);
    queue.push(operation);
  }

  /** False where it was not there. */
  remove(operation: Operation): boolean {
    const { mailbox } = operation.options;
    const queues = this.#queues;
    const queue = queues.get(mailbox);
    if (queue === undefined || !queue.remove(operation)) return false;
    const more = queue.head() !== undefined;
    if (!more || mailbox !== this.#served) queues.delete(mailbox);
    if (more && mailbox !== this.#served) queues.set(mailbox, queue);
    this.#served = mailbox;
    return true;
  }

  /** The next operation on this mailbox. */
  of(mailbox: MailboxState | undefined): Operation | undefined {
    return this.#queues.get(mailbox)?.head();
  }

  /** The next operation on another mailbox. */
  beside(mailbox: MailboxState | undefined): Operation | undefined {
    const queues = this.#queues;
    if (queues.size === 1 && queues.has(mailbox)) return undefined;
    for (const [other, queue] of queues) if (other !== mailbox) return queue.head();
    return undefined;
  }

  takeAll(mailbox?: MailboxState): Operation[] {
    const queues = this.#queues;
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
