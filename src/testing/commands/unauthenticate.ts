import type { ServerCommand } from '../command.ts';

/** UNAUTHENTICATE (RFC 8437): back to before the login; TLS stays. */
export const unauthenticate: ServerCommand = {
  name: 'UNAUTHENTICATE',
  state: 'authenticated',
  capability: 'UNAUTHENTICATE',
  run(session, args) {
    args.end();
    session.logOut();
    return { text: 'UNAUTHENTICATE completed', code: `CAPABILITY ${session.capabilities}` };
  },
};
