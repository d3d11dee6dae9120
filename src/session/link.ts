import type { ConnectionPhase, ImapError } from '../errors.ts';
import type { Command, UntaggedResponse } from './command.ts';
import type { Listeners } from './events.ts';
import type { Flow } from './flow.ts';
import type { Abortable, LastingCommand, LastingOptions } from './lasting.ts';
import type { RunOptions } from './operation.ts';
import type { ConnectionState } from './state.ts';

export interface LinkEvents {
  close: { error?: ImapError };
  reconnected: { attempts: number; downtime: number };
  alert: { text: string };
  unknown: UntaggedResponse;
}

/** What a client and its mailboxes run their commands on: one session, or one after the other. */
export interface Link {
  readonly state: ConnectionState;
  readonly flow: Flow;
  readonly listeners: Listeners<LinkEvents>;
  readonly phase: ConnectionPhase;
  readonly bytes: { sent: number; received: number };
  /** Gone for good. */
  readonly closed: boolean;
  /** There is no connection now, but there may be one again. */
  readonly reconnecting: boolean;
  /** Runs a command as soon as it may run, and resolves to what it makes of the answer. */
  run<Result>(command: Command<Result>, options?: RunOptions): Promise<Result>;
  /** Runs a command that is told itself what comes of it. Throws what is known at once. */
  start<Result>(command: LastingCommand<Result>, options: LastingOptions): Abortable;
  /** From here on no operation is taken. */
  end(): void;
  /** Closes, for this reason; what is pending rejects. */
  fail(error: ImapError): void;
}
