import { type ConnectionPhase, type ImapError, UsageError } from '../errors.ts';
import { type Command, missingCapability } from './command.ts';
import { newOperation, type Operation, type RunOptions } from './operation.ts';
import { closedError } from './outcome.ts';
import type { ConnectionState } from './state.ts';
import { requireUids, writeOperation } from './write-operation.ts';

/** Where commands are to be sent. */
export interface TaggerHost {
  readonly state: ConnectionState;
  readonly phase: ConnectionPhase;
  /** Why it is closed. */
  readonly failure: ImapError | undefined;
  /** It was told to end. */
  readonly leaving: boolean;
}

/** Makes operations of commands: each has a tag of its own, and is written before it waits. */
export class Tagger {
  readonly #host: TaggerHost;
  #tags = 0;

  constructor(host: TaggerHost) {
    this.#host = host;
  }

  /** Throws where it can't be sent, before anything is. */
  accept(command: Command<unknown>, options: RunOptions): Operation {
    this.#requireTakable(command, options);
    const operation = newOperation(command, options, ++this.#tags);
    requireUids(operation, this.#host.state);
    writeOperation(operation, this.#host.state);
    return operation;
  }

  #requireTakable(command: Command<unknown>, { signal }: RunOptions): void {
    const { name } = command;
    const { failure, leaving, phase, state } = this.#host;
    if (failure) throw closedError(name, failure, phase);
    if (leaving) throw new UsageError(`${name}: the client was told to log out`, 'CLOSED');
    if (signal?.aborted) throw signal.reason;
    const missing = missingCapability(command, state.capabilities);
    if (missing !== undefined)
      throw new UsageError(`${name}: the server does not offer ${missing}${this.hint}`, 'MISSING_CAPABILITY');
  }

  /** What a refusal may come of. Few servers say so themselves: `BAD Error in IMAP command received by server.` */
  get hint(): string {
    const { phase, state } = this.#host;
    const forgotten = phase === 'command' && !state.authenticated;
    return forgotten ? ' (the client is not authenticated: `auth`)' : '';
  }

  /** The operation that selects a mailbox for the one that is first to need it, which is told how far it is. */
  selection(command: Command<unknown>, first: Operation, refused: (error: unknown) => void): Operation {
    const progress = (done: number, total?: number) => {
      if (!first.settled) first.options.progress?.(done, total);
    };
    const operation = newOperation(command, { progress }, ++this.#tags);
    operation.reject = refused;
    writeOperation(operation, this.#host.state);
    return operation;
  }

  /** True for a tag that was given to a command, now or before. */
  wasSent(tag: string): boolean {
    return Number(tag.substring(1)) <= this.#tags;
  }
}
