import { Chain, type Chained } from './chain.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { Operation } from './operation.ts';

/** A mailbox other than the selected one gets its turn when its operations are this many tickets older. */
const FAIRNESS = 64;

/**
 * What waits to be sent: operations in order, those of each mailbox apart, so that several mailboxes are worked on with few
 * reselections. Every step costs the same whatever the length.
 */
export class OperationQueue {
  /** Each is made when it is needed: most connections have nothing that waits for most of their time. */
  private withoutMailbox: Chain<Operation> | undefined;
  private mailboxes: MailboxQueues | undefined;
  private inBackground: MailboxQueues | undefined;
  /** How many wait, without those in the background. */
  size = 0;

  /** Nothing waits, nor in the background. */
  get empty(): boolean {
    return this.withoutMailbox?.first === undefined && this.mailboxes === undefined && this.inBackground === undefined;
  }

  push(operation: Operation): void {
    if (!operation.options.background) this.size++;
    this.queueOf(operation).push(operation);
  }

  /** In front of what was called for later. None of these needs a mailbox; they are in order. */
  putBack(operations: readonly Operation[]): void {
    this.withoutMailbox ??= new Chain();
    let later = this.withoutMailbox.first;
    for (const operation of operations) {
      while (later !== undefined && later.ticket < operation.ticket) later = later.behind;
      this.withoutMailbox.push(operation, later);
    }
    this.size += operations.length;
  }

  remove(operation: Operation): void {
    const was = this.queueOf(operation).remove(operation);
    if (was && !operation.options.background) this.size--;
    if (this.mailboxes?.empty) this.mailboxes = undefined;
    if (this.inBackground?.empty) this.inBackground = undefined;
  }

  private queueOf({ options }: Operation): Chain<Operation> | MailboxQueues {
    if (options.background) {
      this.inBackground ??= new MailboxQueues();
      return this.inBackground;
    }
    if (options.mailbox !== undefined) {
      this.mailboxes ??= new MailboxQueues();
      return this.mailboxes;
    }
    this.withoutMailbox ??= new Chain();
    return this.withoutMailbox;
  }

  /** The next operation that needs no mailbox. */
  general(): Operation | undefined {
    const first = this.withoutMailbox?.first;
    if (first === undefined) this.withoutMailbox = undefined;
    return first;
  }

  /** The next operation on a mailbox: the selected one's, unless another has waited longer. */
  mailbox(selected: MailboxState | undefined): Operation | undefined {
    const own = this.mailboxes?.of(selected);
    const other = this.mailboxes?.beside(selected);
    if (own === undefined || other === undefined) return own ?? other;
    return own.ticket < other.ticket + FAIRNESS ? own : other;
  }

  /** The next operation in the background on this mailbox. */
  background(mailbox: MailboxState | undefined): Operation | undefined {
    return this.inBackground?.of(mailbox);
  }

  /** The next operation in the background on another mailbox than this one. */
  backgroundBeside(mailbox: MailboxState | undefined): Operation | undefined {
    return this.inBackground?.beside(mailbox);
  }

  /** Takes out all that wait for a mailbox. */
  takeMailbox(mailbox: MailboxState): Operation[] {
    const operations = this.mailboxes?.takeAll(mailbox) ?? [];
    this.size -= operations.length;
    return inOrder([...operations, ...(this.inBackground?.takeAll(mailbox) ?? [])]);
  }

  /** Takes out everything. */
  takeAll(): Operation[] {
    this.size = 0;
    const queues = [this.withoutMailbox, this.mailboxes, this.inBackground];
    return inOrder(queues.flatMap((queue) => queue?.takeAll() ?? []));
  }
}

function inOrder(operations: Operation[]): Operation[] {
  return operations.sort((a, b) => a.ticket - b.ticket);
}

/** What waits for one mailbox. */
interface MailboxQueue extends Chained<MailboxQueue> {
  readonly mailbox: MailboxState | undefined;
  readonly operations: Chain<Operation>;
}

/** A queue for each mailbox. The one that was served longest ago comes first. */
class MailboxQueues {
  private readonly queues = new Map<MailboxState | undefined, MailboxQueue>();
  private readonly order = new Chain<MailboxQueue>();
  private served: MailboxState | undefined;

  get empty(): boolean {
    return this.queues.size === 0;
  }

  push(operation: Operation): void {
    const { mailbox } = operation.options;
    const queue = this.queues.get(mailbox) ?? this.add(mailbox);
    queue.operations.push(operation);
  }

  private add(mailbox: MailboxState | undefined): MailboxQueue {
    const queue = { mailbox, operations: new Chain<Operation>(), before: undefined, behind: undefined };
    this.queues.set(mailbox, queue);
    this.order.push(queue);
    return queue;
  }

  /** False where it was not there. */
  remove(operation: Operation): boolean {
    const { mailbox } = operation.options;
    const queue = this.queues.get(mailbox);
    if (queue === undefined || !queue.operations.remove(operation)) return false;
    const more = queue.operations.first !== undefined;
    if (!more) this.drop(queue);
    else if (mailbox !== this.served && this.order.remove(queue)) this.order.push(queue);
    this.served = mailbox;
    return true;
  }

  private drop(queue: MailboxQueue): void {
    this.queues.delete(queue.mailbox);
    this.order.remove(queue);
  }

  /** The next operation on this mailbox. */
  of(mailbox: MailboxState | undefined): Operation | undefined {
    return this.queues.get(mailbox)?.operations.first;
  }

  /** The next operation on another mailbox. */
  beside(mailbox: MailboxState | undefined): Operation | undefined {
    const { first } = this.order;
    return (first?.mailbox === mailbox ? first?.behind : first)?.operations.first;
  }

  takeAll(mailbox?: MailboxState): Operation[] {
    const queues = mailbox === undefined ? [...this.queues.values()] : [this.queues.get(mailbox)];
    return queues.flatMap((queue) => {
      if (queue === undefined) return [];
      this.drop(queue);
      return queue.operations.takeAll();
    });
  }
}
