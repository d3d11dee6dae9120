import type { ConnectionPhase, ImapError } from '../errors.ts';
import type { Command, UntaggedResponse } from './command.ts';
import type { Listeners } from './events.ts';
import type { Flow } from './flow.ts';
import type { Abortable, LastingCommand, LastingOptions } from './lasting-command.ts';
import type { RunOptions } from './operation.ts';
import type { ConnectionState } from './state.ts';

/** What happens to a client as a whole. */
export interface ClientEvents {
  /** The connection is gone for good; `error` is absent when this side asked for it. An unobserved error never crashes the process. */
  close: { error?: ImapError };
  /** There is a connection again (`reconnect`): after so many attempts, and so many ms without one. */
  reconnected: { attempts: number; downtime: number };
  /** Text the server marked [ALERT]; only ever from an authenticated, secured session. */
  alert: { text: string };
  /** An untagged response that no command claimed and the library does not know. */
  unknown: UntaggedResponse;
}

/** What a client and its mailboxes run their commands on: one session, or one after the other. */
export interface Link {
  readonly state: ConnectionState;
  readonly flow: Flow;
  readonly listeners: Listeners<ClientEvents>;
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
  /** Tells the alerts that came before anybody could listen, if anybody does now. */
  tellAlerts(): void;
  /** Tells the log. */
  note(text: string): void;
  /** The user was left: what waits for him, in front of the next command that leaves one, is refused with this, by its name. */
  refuseForUser(error: (name: string) => ImapError): void;
  /** From here on no operation is taken. */
  end(): void;
  /** Closes, for this reason; what is pending rejects. */
  fail(error: ImapError): void;
}
