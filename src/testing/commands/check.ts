import type { ServerCommand } from '../command.ts';

/** CHECK (RFC 3501 §6.4.1): nothing is to be written out here, so it is a NOOP. */
export const check: ServerCommand = {
  name: 'CHECK',
  state: 'selected',
  capability: 'IMAP4REV1',
  tells: 'everything',
  run(_session, args) {
    args.end();
    return { text: 'CHECK completed' };
  },
};
