import type { ServerCommand } from '../command.ts';
import { requireRights } from '../rights.ts';

/** DELETE (RFC 3501 §6.3.4) */
export const deleteMailbox: ServerCommand = {
  name: 'DELETE',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const name = args.mailbox();
    args.end();
    const mailbox = session.mail.mailbox(name);
    if (mailbox) requireRights(session, mailbox, 'x');
    session.mail.delete(name);
    return { text: 'DELETE completed' };
  },
};
