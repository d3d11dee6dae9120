import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import type { Capabilities } from '../syntax/capability.ts';

/** CAPABILITY (RFC 3501 §6.1.1). The answer is taken by the connection's state. */
export function capability(): Command<void> {
  return { name: 'CAPABILITY', behaviour: {}, repeat: capability, finish: () => undefined };
}

/**
 * The capabilities from before hold where such a command is refused, and those that come along with its OK after it.
 * `finish` is the command's own.
 */
export function capabilitiesChange<Result>(
  connection: ConnectionState,
  finish: Command<Result>['finish'],
): Pick<Command<Result>, 'started' | 'abandoned' | 'finish'> {
  let before: Capabilities | undefined;
  return {
    started: () => {
      connection.capabilitiesKnown = false;
    },
    abandoned: () => {
      connection.capabilitiesKnown = true;
      before = connection.capabilities;
    },
    finish: (tagged) => {
      // It was given up, and is carried out all the same.
      if (connection.capabilities === before) connection.capabilitiesKnown = false;
      return finish(tagged);
    },
  };
}
