import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { capabilitiesChange } from './capability.ts';

/**
 * UNAUTHENTICATE (RFC 8437): the connection is as it was before it was authenticated. Sun's servers have it as
 * X-UNAUTHENTICATE, from before the RFC. `left` is called before anything else is sent.
 */
export function unauthenticate(connection: ConnectionState, left: () => void): Command<void> {
  return {
    name: 'UNAUTHENTICATE',
    needs: connection.capabilities.has('X-UNAUTHENTICATE') ? 'X-UNAUTHENTICATE' : 'UNAUTHENTICATE',
    behaviour: { alone: true, leavesUser: true },
    ...capabilitiesChange(connection, () => {
      connection.forgetUser();
      left();
    }),
  };
}
