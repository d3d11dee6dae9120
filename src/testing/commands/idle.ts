import type { ServerCommand } from '../command.ts';
import { bad } from '../refusal.ts';

/** IDLE (RFC 2177) */
export const idle: ServerCommand = {
  name: 'IDLE',
  state: 'authenticated',
  capability: 'IDLE',
  tells: 'everything',
  async run(session, args) {
    args.end();
    const answer = session.connection.ask('idling');
    session.startIdle();
    session.connection.output.flush();
    try {
      if ((await answer).toUpperCase() !== 'DONE') throw bad('Expected DONE');
    } finally {
      session.endIdle();
    }
    return { text: 'IDLE terminated' };
  },
};
