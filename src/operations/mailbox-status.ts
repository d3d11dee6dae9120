import { noop } from '../commands/noop.ts';
import { status } from '../commands/status.ts';
import { UsageError } from '../errors.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import type { MailboxStatus, StatusItem } from '../syntax/status-item.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';

/** See ImapClient.status. */
export async function mailboxStatus(
  session: Link,
  name: string,
  items: readonly StatusItem[],
  options: OperationOptions,
): Promise<MailboxStatus> {
  const { asked, known } = statusItems(session, items);
  if (known !== undefined && asked.length === 0) return known;
  const command = status(name, asked, session.state);
  checkArguments(command);
  lookAgain(session, name);
  const told = await session.run(command, options);
  rememberLimit(session, name, told);
  return { ...told, ...known };
}

/** Of these a NOOP waits to be sent: it serves all that is asked behind it. */
const looking = new WeakSet<MailboxState>();

/**
 * Of the selected mailbox STATUS need not tell more than was told of it already (RFC 3501 §6.3.10), and on Dovecot and Courier
 * does not: a NOOP in front has the server look. Dovecot looks only once no other command has come. Without a name, for what
 * may ask of any mailbox.
 */
export function lookAgain(session: Link, name?: string): void {
  const { selected, server } = session.state;
  if (selected === undefined || (server !== 'Dovecot' && server !== 'Courier')) return;
  if (looking.has(selected) || (name !== undefined && !sameMailbox(selected.name, name))) return;
  looking.add(selected);
  const looked = () => void looking.delete(selected);
  // The counts are what was asked for: only they can fail.
  session.run({ ...noop(), behaviour: { alone: true }, started: looked }).then(looked, looked);
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
