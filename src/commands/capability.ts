import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** CAPABILITY (RFC 3501 §6.1.1). The answer is taken by the connection's state. */
export function capability(): Command<void> {
  return { name: 'CAPABILITY', behaviour: {}, repeat: capability, finish: () => undefined };
}

/** The capabilities from before hold where such a command is refused, and those that come along with its OK after it. */
export function capabilitiesChange(connection: ConnectionState): Pick<Command<unknown>, 'started' | 'abandoned'> {
  return {
    started: () => {
      connection.capabilitiesKnown = false;
    },
    abandoned: () => {
      connection.capabilitiesKnown = true;
    },
  };
}
