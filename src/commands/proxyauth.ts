import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/**
 * PROXYAUTH (Netscape, Sun): an administrator acts for this user from here on. No capability announces it. `left` is called
 * before anything else is sent.
 */
export function proxyAuth(user: string, connection: ConnectionState, left?: () => void): Command<void> {
  return {
    name: 'PROXYAUTH',
    behaviour: { alone: true, leavesUser: true },
    write: (writer) => writer.space().string(user),
    finish: () => {
      connection.selected = undefined;
      left?.();
    },
  };
}
