import type { ServerCommand } from '../command.ts';

/** CAPABILITY (RFC 3501 §6.1.1) */
export const capability: ServerCommand = {
  name: 'CAPABILITY',
  state: 'any',
  run(session, args) {
    args.end();
    session.untagged(`CAPABILITY ${session.capabilities}`);
    return { text: 'CAPABILITY completed' };
  },
};
