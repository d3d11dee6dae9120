import type { ServerCommand } from '../command.ts';

/** NOOP (RFC 3501 §6.1.2): news comes before its tagged OK, as with every command. */
export const noop: ServerCommand = {
  name: 'NOOP',
  state: 'any',
  run(_session, args) {
    args.end();
    return { text: 'NOOP completed' };
  },
};
