import { status } from '../commands/status.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { OperationOptions } from '../session/operation.ts';
import { toldUnlessRefused } from './refusals.ts';

/**
 * Asks how many messages the selected mailbox holds where its selection did not tell: a server may take the command for a
 * duplicate, as EXAMINE of what is selected already, and answer nothing but OK. It would seem to be empty.
 */
export async function askUntold(session: Link, mailbox: MailboxState, options: OperationOptions): Promise<void> {
  const { state } = session;
  if (state.selected !== mailbox) return;
  const asked = session.run(status(mailbox.name, ['messages', 'uidNext', 'uidValidity'], state), options);
  const { messages, uidNext, uidValidity } = (await toldUnlessRefused(asked)) ?? {};
  if (mailbox.counted || messages === undefined) return;
  mailbox.observeExists(messages);
  // What STATUS tells is no sign that the mailbox was selected as it was to be.
  mailbox.counted = false;
  mailbox.uidNext ??= uidNext;
  if (mailbox.uidValidity === 0 && uidValidity !== undefined) mailbox.uidValidity = uidValidity;
}
