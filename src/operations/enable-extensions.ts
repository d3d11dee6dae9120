import { enable } from '../commands/enable.ts';
import type { Command } from '../session/command.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import { selectAgain } from './select-again.ts';
import { unselectMailbox } from './unselect-mailbox.ts';

/**
 * Runs ENABLE, which is for a time when no mailbox is selected (RFC 5161 §3.1, RFC 9051 §6.3.1). `requireUser` throws where
 * another user was let in meanwhile, for whom nothing was to be enabled.
 */
export async function enableUnselected(
  session: Link,
  command: Command<ReadonlySet<string>>,
  options: OperationOptions,
  requireUser?: () => void,
): Promise<ReadonlySet<string>> {
  const { selected } = session.state;
  if (selected !== undefined) await unselectMailbox(session, selected, options);
  requireUser?.();
  return session.run(command, options);
}

/** See ImapClient.enable. */
export async function enableExtensions(
  session: Link,
  names: readonly string[],
  options: OperationOptions,
): Promise<ReadonlySet<string>> {
  const command = enable(names, session.state);
  const { selected, capabilities } = session.state;
  checkArguments(command);
  if (selected === undefined || !capabilities.has('ENABLE')) return session.run(command, options);
  try {
    return await enableUnselected(session, command, options);
  } finally {
    selectAgain(session, selected);
  }
}
