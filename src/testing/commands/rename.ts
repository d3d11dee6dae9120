import type { ServerCommand } from '../command.ts';
import { nameFromWire } from '../mailbox-name.ts';

/** RENAME (RFC 3501 §6.3.5) */
export const rename: ServerCommand = {
  name: 'RENAME',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const from = nameFromWire(args.astring());
    args.space();
    const to = nameFromWire(args.astring());
    args.end();
    session.mail.rename(from, to);
    return { text: 'RENAME completed' };
  },
};
