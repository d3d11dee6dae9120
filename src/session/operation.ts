import { UsageError } from '../errors.ts';
import type { CommandPart } from '../wire/writer.ts';
import type { StopSignal } from './abort.ts';
import { requireBounds } from './bounded.ts';
import type { Chained } from './chain.ts';
import type { Command } from './command.ts';
import type { MailboxState } from './mailbox-state.ts';
import type { Behaviour } from './pipeline.ts';

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
  /** When `timeout` is over, ms of the monotonic clock, where it is not counted from now on. */
  until?: number | undefined;
  /** The mailbox that must be selected. */
  mailbox?: MailboxState | undefined;
  /** The UIDVALIDITY that the caller's UIDs belong to. */
  uidValidity?: number | undefined;
  /** Which of the mailbox's numberings the caller's sequence numbers belong to: as a rule the one at the time of the call. */
  numbering?: number | undefined;
  /** Starts only where nothing else waits (IDLE). */
  background?: boolean | undefined;
  /** Tells whoever runs it that its first byte goes out. */
  started?: (() => void) | undefined;
  /** Whoever runs it may run it once more where it has not started: the caller's streams are not let go of before. */
  mayRunAgain?: boolean | undefined;
}

/**
 * The options of an operation, each looked at once: those that methods take are the caller's, and may be anything. Throws
 * UsageError for what is none.
 */
export function readRunOptions(name: string, options: RunOptions = {}): RunOptions {
  if (typeof options !== 'object' || options === null) throw new UsageError(`${name}: the options are an object`);
  const own = { ...options };
  const { progress, until } = own;
  requireBounds(name, own);
  if (progress !== undefined && typeof progress !== 'function')
    throw new UsageError(`${name}: progress is no function`);
  if (until !== undefined && typeof until !== 'number')
    throw new UsageError(`${name}: not an option of an operation: until`);
  return own;
}

/** A command on its way: waiting, in flight, or settled. */
export interface Operation extends Chained<Operation> {
  readonly command: Command<unknown>;
  readonly options: RunOptions;
  /** What the command says of itself, and that it needs the mailbox it was given. */
  readonly behaviour: Behaviour;
  readonly ticket: number;
  /** Which of the mailbox's numberings its sequence numbers belong to. */
  readonly numbering: number;
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
  /** An untagged response that may be its own could not be read. */
  unreadable: boolean;
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

/** `resolve` and `reject` until somebody waits for the operation. */
const nobody = () => {};

/** The parts of an operation that is not written yet, or is sent: one list for all of them. */
export const NO_PARTS: CommandPart[] = [];

/** The ticket says when it came, and is the number in its tag. */
export function newOperation(command: Command<unknown>, options: RunOptions, ticket: number): Operation {
  const { behaviour } = command;
  return {
    command,
    options,
    behaviour: options.mailbox === undefined || behaviour.mailbox ? behaviour : { ...behaviour, mailbox: true },
    ticket,
    numbering: options.numbering ?? options.mailbox?.numberings ?? 0,
    before: undefined,
    behind: undefined,
    tag: `A${ticket}`,
    parts: NO_PARTS,
    utf8: false,
    started: false,
    complete: false,
    weight: 0,
    unreadable: false,
    continued: false,
    ended: false,
    settled: false,
    release: undefined,
    resolve: nobody,
    reject: nobody,
  };
}

/** What becomes of an operation. */
export type Outcome = { value: unknown } | { error: unknown };

/** Settles an operation's promise, once. */
export function settle(operation: Operation, outcome: Outcome): void {
  if (operation.settled) return;
  operation.settled = true;
  operation.release?.();
  if ('value' in outcome) {
    operation.resolve(outcome.value);
  } else {
    if (operation.started) operation.command.abandoned?.(outcome.error);
    else if (!operation.options.mayRunAgain) operation.command.discard?.();
    operation.reject(outcome.error);
  }
}
