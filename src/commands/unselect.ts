import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** UNSELECT (RFC 3691): leaves no mailbox selected, and expunges nothing. */
export function unselect(connection: ConnectionState): Command<void> {
  return {
    name: 'UNSELECT',
    needs: 'UNSELECT',
    behaviour: { mailbox: true, selects: true },
    finish: () => {
      connection.selected = undefined;
    },
  };
}
