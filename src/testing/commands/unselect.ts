import type { ServerCommand } from '../command.ts';

/** UNSELECT (RFC 3691) */
export const unselect: ServerCommand = {
  name: 'UNSELECT',
  state: 'selected',
  capability: 'UNSELECT',
  run(session, args) {
    args.end();
    session.deselect();
    return { text: 'UNSELECT completed' };
  },
};
