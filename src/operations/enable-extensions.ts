import { enable } from '../commands/enable.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import { runOutside } from './run-outside.ts';
import { selectAgain } from './select-again.ts';

/** See ImapClient.enable. ENABLE is for a time when no mailbox is selected (RFC 5161 §3.1, RFC 9051 §6.3.1). */
export async function enableExtensions(
  session: Link,
  names: readonly string[],
  options: OperationOptions,
): Promise<ReadonlySet<string>> {
  const command = enable(names, session.state);
  const { selected, capabilities } = session.state;
  checkArguments(command);
  // The session tells that it can't be sent.
  if (!capabilities.has('ENABLE')) return session.run(command, options);
  try {
    return await runOutside(session, command, options);
  } finally {
    if (selected !== undefined) selectAgain(session, selected);
  }
}
