import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** CLOSE (RFC 3501 §6.4.2): expunges silently, and leaves no mailbox selected. `done` is called before any other command is sent. */
export function close(connection: ConnectionState, done?: () => void): Command<void> {
  return {
    name: 'CLOSE',
    behaviour: { mailbox: true, selects: true },
    finish: () => {
      connection.selected = undefined;
      done?.();
    },
  };
}
