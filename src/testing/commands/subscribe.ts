import type { ServerCommand } from '../command.ts';

/** SUBSCRIBE (RFC 3501 §6.3.6): to names that exist. */
export const subscribe: ServerCommand = {
  name: 'SUBSCRIBE',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const name = args.mailbox();
    args.end();
    if (!session.mail.exists(name)) session.mailbox(name);
    session.mail.subscriptions.add(name);
    return { text: 'SUBSCRIBE completed' };
  },
};

/** UNSUBSCRIBE (RFC 3501 §6.3.7) */
export const unsubscribe: ServerCommand = {
  name: 'UNSUBSCRIBE',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const name = args.mailbox();
    args.end();
    session.mail.subscriptions.delete(name);
    return { text: 'UNSUBSCRIBE completed' };
  },
};
