import type { ServerCommand } from '../command.ts';
import { parseStatusItems, writeStatus } from '../status-items.ts';

/** STATUS (RFC 3501 §6.3.10) */
export const status: ServerCommand = {
  name: 'STATUS',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const name = args.givenMailbox();
    args.space();
    const items = parseStatusItems(session, args);
    args.end();
    writeStatus(session, session.mailbox(name, undefined, 'r'), items, name);
    return { text: 'STATUS completed' };
  },
};
