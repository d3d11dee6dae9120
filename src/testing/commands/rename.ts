import type { ServerCommand } from '../command.ts';
import { requireRights } from '../rights.ts';

/** RENAME (RFC 3501 §6.3.5) */
export const rename: ServerCommand = {
  name: 'RENAME',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const from = args.mailbox();
    args.space();
    const to = args.mailbox();
    args.end();
    const { mail } = session;
    const mailbox = mail.mailbox(from);
    if (mailbox) requireRights(session, mailbox, 'x');
    const parent = mail.parent(to);
    if (parent) requireRights(session, parent, 'k');
    mail.rename(from, to);
    return { text: 'RENAME completed' };
  },
};
