import { selection } from '../commands/selection.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';

/** Has a mailbox selected as it was before, behind all that waits: who listens to it goes on hearing of it. */
export function selectAgain(session: Link, mailbox: MailboxState): void {
  if (mailbox.handles === 0 || mailbox.left || session.closed) return;
  session.run(selection(), { mailbox, background: true }).catch(() => {
    // The next operation on it is told why.
  });
}
