import type { ServerCommand } from '../command.ts';
import { utf8Text } from '../format.ts';
import { bad } from '../refusal.ts';

/** PROXYAUTH (Netscape, Sun): an administrator acts for a user. No capability announces it. */
export const proxyAuth: ServerCommand = {
  name: 'PROXYAUTH',
  state: 'authenticated',
  run(session, args) {
    if (session.context.administrators.size === 0) throw bad('Unknown command');
    args.space();
    const user = args.astring();
    args.end();
    session.actFor(utf8Text(user) ?? user);
    return { text: 'PROXYAUTH completed' };
  },
};
