import { close } from '../commands/close.ts';
import { unselect } from '../commands/unselect.ts';
import { CommandError } from '../errors.ts';
import type { Link } from '../session/link.ts';
import { MailboxState } from '../session/mailbox-state.ts';
import type { OperationOptions } from '../session/operation.ts';
import { isBad, unlessLacking } from './refusals.ts';

/** Leaves the selected mailbox without expunging: UNSELECT (RFC 3691), else EXAMINE and CLOSE, which in a read-only mailbox expunges nothing. */
export function unselectMailbox(session: Link, mailbox: MailboxState, options: OperationOptions): Promise<void> {
  return unlessLacking(session.state, ['UNSELECT'], isLack, () => leaveMailbox(session, mailbox, options));
}

/** It has no arguments that could be meant. */
function isLack(error: unknown): boolean {
  return isBad(error) && error.command === 'UNSELECT';
}

async function leaveMailbox(session: Link, mailbox: MailboxState, options: OperationOptions): Promise<void> {
  const { state } = session;
  if (state.selected !== mailbox) return;
  if (state.capabilities.has('UNSELECT')) return session.run(unselect(state), { ...options, mailbox });
  // What is read-only is selected before it is closed, and nothing goes out between: a user can't be left there.
  const closed = mailbox.examine ? mailbox : new MailboxState(mailbox.name, true);
  try {
    await session.run(close(state), { ...options, mailbox: closed });
  } catch (error) {
    // As of a mailbox that another session has deleted. Nothing is selected then (RFC 3501 §6.3.1).
    if (!(error instanceof CommandError && error.status === 'NO' && error.command !== 'CLOSE')) throw error;
  }
}
