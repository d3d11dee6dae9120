import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** PROXYAUTH (Netscape, Sun): an administrator acts for this user from here on. No capability announces it. */
export function proxyAuth(user: string, connection: ConnectionState): Command<void> {
  return {
    name: 'PROXYAUTH',
    behaviour: { alone: true },
    write: (writer) => writer.space().string(user),
    finish: () => {
      connection.selected = undefined;
    },
  };
}
