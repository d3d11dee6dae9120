import type { ServerCommand } from '../command.ts';

/** NOOP (RFC 3501 §6.1.2): news comes before its tagged OK. */
export const noop: ServerCommand = {
  name: 'NOOP',
  state: 'any',
  tells: 'everything',
  run(_session, args) {
    args.end();
    return { text: 'NOOP completed' };
  },
};
