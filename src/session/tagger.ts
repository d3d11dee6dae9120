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
  /** The number of the next operation, which makes its tag. */
  nextTicket(): number;
}

/** Makes an operation of a command: it has a tag of its own, and is written before it waits. Throws where it can't be sent. */
export function accept(host: TaggerHost, command: Command<unknown>, options: RunOptions): Operation {
  const { name } = command;
  const { failure, leaving, phase, state } = host;
  if (failure) throw closedError(name, failure, phase);
  if (leaving) throw new UsageError(`${name}: the client was told to log out`, 'CLOSED');
  const { signal } = options;
  if (signal?.aborted) throw signal.reason;
  const missing = missingCapability(command, state.capabilities);
  if (missing !== undefined)
    throw new UsageError(`${name}: the server does not offer ${missing}${hint(host)}`, 'MISSING_CAPABILITY');
  const operation = newOperation(command, options, host.nextTicket());
  requireUids(operation, state);
  writeOperation(operation, state);
  return operation;
}

/**
 * What may be the reason for a refusal. Few servers say so themselves: `BAD Error in IMAP command received by server.`
 */
export function hint({ phase, state }: TaggerHost): string {
  const forgotten = phase === 'command' && !state.authenticated;
  return forgotten ? ' (the client is not authenticated: `auth`)' : '';
}

/** The operation that selects a mailbox for the one that is first to need it, which is told how far it is. */
export function selectFor(
  first: Operation,
  host: TaggerHost,
  command: Command<unknown>,
  refused: (error: unknown) => void,
): Operation {
  const progress = (done: number, total?: number) => {
    if (!first.settled) first.options.progress?.(done, total);
  };
  const operation = newOperation(command, { progress }, host.nextTicket());
  operation.reject = refused;
  writeOperation(operation, host.state);
  return operation;
}
