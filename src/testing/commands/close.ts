import type { ServerCommand } from '../command.ts';
import { mayAny } from '../rights.ts';

/** CLOSE (RFC 3501 §6.4.2): expunges without saying so, and not at all in a read-only mailbox. */
export const close: ServerCommand = {
  name: 'CLOSE',
  state: 'selected',
  run(session, args) {
    args.end();
    const { mailbox, readOnly } = session.view;
    const expunges = !readOnly && mayAny(session, mailbox, 'e');
    session.deselect();
    if (expunges) mailbox.remove(mailbox.messages.filter((message) => message.flags.has('\\Deleted')));
    return { text: 'CLOSE completed' };
  },
};
