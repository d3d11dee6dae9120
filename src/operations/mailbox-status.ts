import { status } from '../commands/status.ts';
import { UsageError } from '../errors.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { MailboxStatus, StatusItem } from '../syntax/status-item.ts';

/** See ImapClient.status. */
export async function mailboxStatus(
  session: Link,
  name: string,
  items: readonly StatusItem[],
  options: OperationOptions,
): Promise<MailboxStatus> {
  const { asked, known } = statusItems(session, items);
  if (known !== undefined && asked.length === 0) return known;
  const told = await session.run(status(name, asked, session.state), options);
  rememberLimit(session, name, told);
  return { ...told, ...known };
}

/** append() holds messages against it. */
export function rememberLimit({ state }: Link, name: string, { appendLimit }: MailboxStatus): void {
  if (appendLimit !== undefined) state.setAppendLimit(name, appendLimit);
}

/**
 * What STATUS is asked for, and what the capabilities tell already: servers with one APPENDLIMIT for all mailboxes need
 * not know it as an item (RFC 7889 §2).
 */
export function statusItems(
  { state }: Link,
  items: readonly StatusItem[],
): { asked: readonly StatusItem[]; known?: MailboxStatus } {
  if (!Array.isArray(items)) throw new UsageError('STATUS: the items come in an array');
  if (!items.includes('appendLimit')) return { asked: items };
  if (!state.capabilities.has('APPENDLIMIT'))
    throw new UsageError('STATUS: the server does not offer APPENDLIMIT', 'MISSING_CAPABILITY');
  const { appendLimit } = state.capabilities;
  if (appendLimit === undefined) return { asked: items };
  return { asked: items.filter((item) => item !== 'appendLimit'), known: { appendLimit } };
}
