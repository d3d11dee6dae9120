import { ImapError, UsageError } from '../errors.ts';
import type { StatusName } from '../syntax/response.ts';
import type { CommandPart, LiteralStream } from '../wire/writer.ts';
import { missingCapability } from './command.ts';
import { callGuarded } from './events.ts';
import { joinedBytes, joins, newJoined, type Several } from './joined.ts';
import type { Logger } from './log.ts';
import type { MailboxState } from './mailbox-state.ts';
import { NO_PARTS, type Operation, type Outcome, settle } from './operation.ts';
import { OperationQueue } from './operation-queue.ts';
import { ownError } from './outcome.ts';
import type { Hold, Output, Sending } from './output.ts';
import { count, mayStart, nothingInFlight } from './pipeline.ts';
import type { ConnectionState } from './state.ts';
import { rewriteOperation } from './write-operation.ts';

/** More would not make a link faster, and every response looks for its command among those in flight. */
const MAX_IN_FLIGHT = 500;
/** Tolerance: of some fifty STATUS at a time Outlook.com misreads one, and answers BAD (Geary, GNOME #766552). */
const MAX_ON_EXCHANGE = 25;
/** Of joined commands, which may be large: those that wait can still be given up. */
const MAX_JOINED = 8;
/** How long one mailbox's operations in the background may go on while another's wait, ms. */
const TURN = 10_000;
/** How long the turn of a mailbox lasts that has nothing to run in the background: the next may be on its way, ms. */
const PAUSE = 100;

/** What the operations run on. */
export interface SchedulerHost {
  readonly state: ConnectionState;
  /** Makes the operation that selects a mailbox for the one that is first to need it. */
  selection(mailbox: MailboxState, first: Operation): Operation;
  /** For an operation that does what others were to do. */
  nextTicket(): number;
  /** A command is to end that lasts until the client ends it. */
  ending(operation: Operation): void;
  /** A command's bytes can not be sent to the end. */
  broken(operation: Operation, error: unknown): void;
  /** Bytes of a literal went out. */
  moved(): void;
  /** Something that waited may start now: pump() is due. */
  schedule(): void;
}

/**
 * Which operation goes out when: what waits, what is in flight, and the mailbox that each needs. Here, and in what else every
 * command passes through, members are private, and not #: V8 looks a # up by its name until the function is compiled, and
 * takes longer to compile it, which was a tenth of the time that 2,000 STOREs take.
 */
export class Scheduler {
  /** Commands without their tagged answer, oldest first. */
  inFlight: Operation[] = [];
  private readonly summary = nothingInFlight();
  /** What waits: nothing, most of the time of most connections. */
  private queue: OperationQueue | undefined;
  private readonly host: SchedulerHost;
  private readonly output: Output;
  private readonly logger: Logger;
  /** The mailbox whose turn in the background it is. */
  private turn: MailboxState | undefined;
  private turnTimer: ReturnType<typeof setTimeout> | undefined;
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;
  /** Where the set `$` was saved, or will be by a search in flight, as long as its mailbox stays selected. */
  private saved: MailboxState | undefined;
  /** The same, as far as searches are answered. */
  private kept: MailboxState | undefined;

  constructor(host: SchedulerHost, output: Output, logger: Logger) {
    this.host = host;
    this.output = output;
    this.logger = logger;
  }

  /** Operations that wait or are in flight, without those that wait in the background. */
  get size(): number {
    return this.summary.count + (this.queue?.size ?? 0);
  }

  /** The command in flight that lasts until it is ended, if there is one. It is alone. */
  get lasting(): Operation | undefined {
    const operation = this.inFlight[0];
    return operation?.behaviour.endedBy === undefined ? undefined : operation;
  }

  add(operation: Operation): void {
    this.queue ??= new OperationQueue();
    this.queue.push(operation);
  }

  /** Takes an operation out that waits. */
  withdraw(operation: Operation): void {
    this.queue?.remove(operation);
  }

  /** An operation had its tagged answer. */
  complete(operation: Operation, status: StatusName): void {
    // Nearly always the oldest.
    if (this.inFlight[0] === operation) this.inFlight.shift();
    else this.inFlight.splice(this.inFlight.indexOf(operation), 1);
    count(this.summary, operation.behaviour, -1);
    if (operation.behaviour.savesResult) this.observeSaved(operation, status);
  }

  /** RFC 5182 §2.1: a search that is refused empties the saved result; one that is not understood (BAD) leaves what was there. */
  private observeSaved({ behaviour, options }: Operation, status: StatusName): void {
    if (status === 'OK') this.kept = options.mailbox;
    else if (status === 'NO' && behaviour.savesResult === true) this.kept = undefined;
    if (!this.inFlight.some((other) => other.behaviour.savesResult)) this.saved = this.kept;
  }

  /** A mailbox could not be selected: nothing on it can run. */
  refuse(mailbox: MailboxState, error: unknown): void {
    for (const operation of this.queue?.takeMailbox(mailbox) ?? []) settle(operation, { error: ownError(error) });
  }

  /** The user was left: what waits for him is not carried out for the next one. What needs a mailbox is refused with that. */
  refuseForUser(error: (name: string) => ImapError): void {
    for (let next = this.queue?.general(); next !== undefined; next = this.queue?.general()) {
      if (next.behaviour.leavesUser) return;
      this.withdraw(next);
      settle(next, { error: error(next.command.name) });
    }
  }

  /** The connection is gone. Returns all operations, those in flight first. */
  stop(): Operation[] {
    this.endTurn();
    return [...this.inFlight.splice(0), ...(this.queue?.takeAll() ?? [])];
  }

  /** Starts all that may start now. */
  pump(): void {
    this.startWaiting();
    if (this.queue?.empty) this.queue = undefined;
  }

  private startWaiting(): void {
    const most = this.host.state.server === 'Exchange' ? MAX_ON_EXCHANGE : MAX_IN_FLIGHT;
    // A transport within this process may bring the server's BYE while it is written to.
    while (!this.output.closed && !this.output.blocked && this.summary.count < most) {
      const general = this.queue?.general();
      const mailbox = this.queue?.mailbox(this.host.state.selected);
      const { lasting } = this;
      const generalFirst = mailbox === undefined || (general !== undefined && general.ticket < mailbox.ticket);
      const first = generalFirst ? general : mailbox;
      const second = generalFirst ? mailbox : general;
      if (first === undefined) {
        if (!this.startBackground(lasting)) return;
        continue;
      }
      if (lasting !== undefined) {
        this.endLasting(lasting);
        return;
      }
      if (this.tryStart(first)) continue;
      if (second === undefined || this.holdsBack(first, second) || !this.tryStart(second)) return;
    }
  }

  /**
   * True where the second must not overtake the first, which waits for answers: it would have to wait for that of the
   * second as well, and so again, for ever.
   */
  private holdsBack(first: Operation, second: Operation): boolean {
    const { mailbox } = first.options;
    const { alone, selects, sequenceNumbers } = first.behaviour;
    if (mailbox !== undefined && mailbox !== this.host.state.selected && this.summary.mailbox === 0) return true;
    if (alone || this.summary.alone > 0) return true;
    if (selects) return second.behaviour.mailbox === true;
    return sequenceNumbers !== undefined && this.summary.mayExpunge > 0 && !second.behaviour.keepsSequenceNumbers;
  }

  /** Starts an operation in the background, one mailbox after the other; false where none can start now. */
  private startBackground(lasting: Operation | undefined): boolean {
    const holder = lasting === undefined ? this.turn : lasting.options.mailbox;
    const own = this.queue?.background(holder);
    const other = this.queue?.backgroundBeside(holder);
    if (other !== undefined && holder !== undefined) this.turnTimer ??= setTimeout(() => this.passTurn(), TURN);
    if (lasting !== undefined) return false;
    clearTimeout(this.pauseTimer);
    this.pauseTimer = undefined;
    if (own !== undefined) return this.tryStart(own);
    if (other === undefined) return false;
    if (holder !== undefined) {
      this.pauseTimer = setTimeout(() => this.passTurn(), PAUSE);
      return false;
    }
    if (!this.tryStart(other)) return false;
    this.turn = other.options.mailbox;
    return true;
  }

  private passTurn(): void {
    this.endTurn();
    if (this.lasting !== undefined) this.endLasting(this.lasting);
    this.host.schedule();
  }

  private endTurn(): void {
    this.turn = undefined;
    clearTimeout(this.turnTimer);
    clearTimeout(this.pauseTimer);
    this.turnTimer = undefined;
    this.pauseTimer = undefined;
  }

  /** Ends a command that lasts until it is ended: at once if the server has asked it to go on, else as soon as it does. */
  endLasting(operation: Operation): void {
    if (operation.behaviour.endedBy === undefined || operation.ended) return;
    operation.ended = true;
    operation.command.ending?.();
    // In front of the line that ends it: a transport within this process may answer while it is written to.
    this.host.ending(operation);
    if (operation.continued) this.writeEnd(operation.behaviour.endedBy);
  }

  /** The server has asked a command to go on. */
  continued(operation: Operation): void {
    if (operation.continued) return;
    operation.continued = true;
    if (operation.ended && operation.behaviour.endedBy !== undefined) this.writeEnd(operation.behaviour.endedBy);
  }

  private writeEnd(line: string): void {
    this.logger.write('out', line);
    this.output.line(line);
  }

  private tryStart(operation: Operation): boolean {
    const { mailbox } = operation.options;
    if (mailbox !== undefined && mailbox !== this.host.state.selected) return this.trySelect(mailbox, operation);
    if (!mayStart(operation.behaviour, this.summary) && !this.mayFollow(operation)) return false;
    this.withdraw(operation);
    const outcome = this.withoutSending(operation);
    if (outcome === undefined) this.start(this.join(operation));
    else settle(operation, outcome);
    return true;
  }

  /** Joined commands have beside them only what could be joined to them. */
  private mayFollow({ command: { joining } }: Operation): boolean {
    return (
      joining !== undefined && this.summary.alone < MAX_JOINED && this.inFlight.at(-1)?.command.joining !== undefined
    );
  }

  /** Joins an operation with those that were called for directly behind it, where they can be sent as one. */
  private join(first: Operation): Operation {
    const { joining } = first.command;
    if (joining === undefined || missingCapability(joining, this.host.state.capabilities) !== undefined) return first;
    const all: Several = [first];
    let bytes = joinedBytes(first);
    for (let next = this.queue?.general(); next !== undefined; next = this.queue?.general()) {
      bytes += joinedBytes(next);
      if (!joins(next, all, bytes, joining)) break;
      this.withdraw(next);
      all.push(next);
    }
    if (all.length === 1) return first;
    return newJoined(all, joining, this.host.nextTicket(), (refused) => {
      this.queue ??= new OperationQueue();
      this.queue.putBack(refused);
    });
  }

  /** The outcome of an operation whose turn it is, where nothing is sent for it; undefined where it is to be sent. */
  private withoutSending(operation: Operation): Outcome | undefined {
    const { command, behaviour } = operation;
    const { mailbox, uidValidity } = operation.options;
    if (mailbox !== undefined && uidValidity !== undefined && uidValidity !== mailbox.uidValidity)
      return { error: staleHandle(mailbox, uidValidity) };
    if (isRenumbered(operation)) return { error: staleNumbers(command.name, mailbox) };
    if (behaviour.usesSavedResult && mailbox !== this.saved) return { error: noSavedResult(command.name) };
    if (command.unsent) return { value: undefined };
    try {
      rewriteOperation(operation, this.host.state);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  private trySelect(mailbox: MailboxState, first: Operation): boolean {
    const state = this.host.state;
    // What a command in flight still tells of the mailbox that is left must not be taken for the next one's.
    if (state.selected === undefined ? !mayStart({ selects: true }, this.summary) : this.summary.count > 0)
      return false;
    let operation: Operation;
    try {
      operation = this.host.selection(mailbox, first);
    } catch (error) {
      this.refuse(mailbox, error);
      return true;
    }
    this.start(operation);
    return true;
  }

  private start(operation: Operation): void {
    const logger = this.logger;
    const { command, parts } = operation;
    operation.started = true;
    command.started?.();
    operation.options.started?.();
    if (operation.behaviour.selects) {
      this.saved = undefined;
      this.kept = undefined;
    }
    if (operation.behaviour.savesResult) {
      this.saved = operation.options.mailbox;
      this.host.state.saved = {};
    }
    // A list of one takes no more room than it: a push makes room for 17.
    if (this.inFlight.length === 0) this.inFlight = [operation];
    else this.inFlight.push(operation);
    count(this.summary, operation.behaviour, 1);
    if (logger.enabled) logger.command(`${operation.tag} ${command.name}`, parts, command.secrets !== undefined);
    const line = parts[0];
    // Nearly all commands are one line.
    if (parts.length > 1 || typeof line !== 'string') {
      this.output.add(new Outgoing(operation, this.host));
    } else {
      this.output.text(line);
      operation.complete = true;
      operation.parts = NO_PARTS;
      this.host.schedule();
    }
  }
}

/** An operation as the output sees it. */
class Outgoing implements Sending {
  readonly name: string;
  readonly parts: CommandPart[];
  begun = 0;
  hold: Hold | undefined;
  source: LiteralStream | undefined;
  private readonly operation: Operation;
  private readonly host: SchedulerHost;

  constructor(operation: Operation, host: SchedulerHost) {
    this.name = operation.command.name;
    this.parts = operation.parts;
    this.operation = operation;
    this.host = host;
  }

  sent(): void {
    this.operation.complete = true;
    this.operation.parts = NO_PARTS;
    this.host.schedule();
  }

  moved(): void {
    this.host.moved();
  }

  progress(done: number, total: number): void {
    this.host.moved();
    const { settled, options } = this.operation;
    if (!settled) callGuarded(() => options.progress?.(done, total));
  }

  broken(error: unknown): void {
    this.host.broken(this.operation, error);
  }
}

/**
 * True where messages have gone since the call, or may have: its sequence numbers may name others now. Those of before
 * the first selection (0) can not be out of date.
 */
function isRenumbered({ behaviour, numbering, options: { mailbox } }: Operation): boolean {
  return behaviour.sequenceNumbers === true && numbering !== 0 && numbering !== mailbox?.numberings;
}

export function staleNumbers(name: string, mailbox: MailboxState | undefined): ImapError {
  return new ImapError(
    'SEQUENCE_CHANGED',
    `${name}: ${JSON.stringify(mailbox?.name)} may have lost messages before this could be sent, and sequence numbers may name others now. Ask again, or name messages by UID.`,
  );
}

function staleHandle(mailbox: MailboxState, expected: number): ImapError {
  return new ImapError(
    'UIDVALIDITY_CHANGED',
    `The UIDVALIDITY of ${JSON.stringify(mailbox.name)} changed from ${expected} to ${mailbox.uidValidity}: UIDs held from before name other messages now. Open the mailbox again.`,
  );
}

/** The server would take `$` for no message at all (RFC 5182 §2.1), and say nothing. */
function noSavedResult(name: string): UsageError {
  return new UsageError(
    `${name}: there is no saved search result: none was saved, or another mailbox was selected since`,
    'NO_SAVED_RESULT',
  );
}
