import type { ServerCommand } from '../command.ts';

/** LOGOUT (RFC 3501 §6.1.3) */
export const logout: ServerCommand = {
  name: 'LOGOUT',
  state: 'any',
  run(session, args) {
    args.end();
    session.deselect();
    session.untagged('BYE Logging out');
    return { text: 'LOGOUT completed', after: () => session.end() };
  },
};
