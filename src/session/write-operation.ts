import { named, UsageError } from '../errors.ts';
import { Writer } from '../wire/writer.ts';
import { type Command, missingCapability } from './command.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';

/** Throws UsageError for an argument that can't be written: such mistakes are found before anything is sent. */
export function checkArguments(command: Command<unknown>): void {
  writeArguments(command, new Writer());
}

/**
 * Whether a command would be sent: the session refuses one whose capability is missing. Throws UsageError for one that
 * can't be written.
 */
export function isSound(command: Command<unknown>, { capabilities }: ConnectionState): boolean {
  checkArguments(command);
  return missingCapability(command, capabilities) === undefined;
}

function writeArguments(command: Command<unknown>, writer: Writer): void {
  try {
    command.write?.(writer);
  } catch (error) {
    throw named(command.name, error);
  }
}

/** Writes an operation's command. Throws UsageError for an argument that can't be written. */
export function writeOperation(operation: Operation, state: ConnectionState): void {
  const writer = new Writer(state);
  writer.raw(`${operation.tag} ${operation.command.name}`);
  writeArguments(operation.command, writer);
  operation.parts = writer.end();
  operation.utf8 = state.utf8;
}

/**
 * Writes an operation once more where UTF-8 was enabled since: mailbox names and strings are written otherwise then.
 * Throws UsageError where it can not be sent any more.
 */
export function rewriteOperation(operation: Operation, state: ConnectionState): void {
  requireUids(operation, state);
  if (operation.utf8 !== state.utf8) writeOperation(operation, state);
}

/** Throws UsageError where only UIDs may name messages (RFC 9586 §3, RFC 5465 §5.3). */
export function requireUids({ command, behaviour }: Operation, state: ConnectionState): void {
  if (!behaviour.sequenceNumbers) return;
  const isUidOnly = state.enabled.has('UIDONLY');
  if (!isUidOnly && !state.expungesAnyTime) return;
  const why = isUidOnly ? 'UIDONLY is enabled' : "by notify(), scope 'selected', numbers may change at any time";
  throw new UsageError(`${command.name}: ${why}: messages are named by UID alone`, 'UIDREQUIRED');
}
