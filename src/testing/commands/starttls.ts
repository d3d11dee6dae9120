import type { ServerCommand } from '../command.ts';
import { bad } from '../refusal.ts';

/** STARTTLS (RFC 3501 §6.2.1) */
export const startTls: ServerCommand = {
  name: 'STARTTLS',
  state: 'not authenticated',
  capability: 'STARTTLS',
  run(session, args) {
    args.end();
    if (!session.announces('STARTTLS')) throw bad('STARTTLS is not available');
    return { text: 'Begin TLS negotiation now', after: () => session.connection.startTls() };
  },
};
