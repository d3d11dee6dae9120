import type { ServerCommand } from '../command.ts';
import { string } from '../format.ts';

/** NAMESPACE (RFC 2342): one personal namespace without a prefix. */
export const namespace: ServerCommand = {
  name: 'NAMESPACE',
  state: 'authenticated',
  capability: 'NAMESPACE',
  run(session, args) {
    args.end();
    session.untagged(`NAMESPACE (("" ${string(session.mail.delimiter)})) NIL NIL`);
    return { text: 'NAMESPACE completed' };
  },
};
