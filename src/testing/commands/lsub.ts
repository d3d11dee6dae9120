import type { ServerCommand } from '../command.ts';
import { mailboxName } from '../dialect.ts';
import { string } from '../format.ts';
import { subscribedNames } from '../listing.ts';

/** LSUB (RFC 3501 §6.3.9) */
export const lsub: ServerCommand = {
  name: 'LSUB',
  state: 'authenticated',
  capability: 'IMAP4REV1',
  run(session, args) {
    args.space();
    const reference = args.astring();
    args.space();
    const pattern = args.listMailbox();
    args.end();
    const names = subscribedNames(session.mail, args.decoded(reference), args.decoded(pattern));
    for (const [name, { subscribed }] of names) {
      const attributes = subscribed ? '' : '\\Noselect';
      session.untagged(`LSUB (${attributes}) ${string(session.mail.delimiter)} ${mailboxName(session, name)}`);
    }
    return { text: 'LSUB completed' };
  },
};
