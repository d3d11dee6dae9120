import type { ServerCommand } from '../command.ts';

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
    session.mail.rename(from, to);
    return { text: 'RENAME completed' };
  },
};
