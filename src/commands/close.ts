import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** CLOSE (RFC 3501 §6.4.2): expunges silently, and leaves no mailbox selected. */
export function close(connection: ConnectionState): Command<void> {
  return {
    name: 'CLOSE',
    behaviour: { mailbox: true, selects: true },
    finish: () => {
      connection.selected = undefined;
    },
  };
}
