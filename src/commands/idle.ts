import type { Command } from '../session/command.ts';

/** IDLE (RFC 2177): lasts until another operation wants the connection, or its signal aborts. `begun`: the server idles. */
export function idle(begun: () => void): Command<void> {
  return {
    name: 'IDLE',
    needs: 'IDLE',
    behaviour: { mailbox: true, alone: true, endedBy: 'DONE' },
    repeat: () => idle(begun),
    continuation: () => {
      begun();
      return undefined;
    },
    finish: () => undefined,
  };
}
