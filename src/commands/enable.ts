import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** ENABLE (RFC 5161). Resolves to all that is enabled now. */
export function enable(names: readonly string[], connection: ConnectionState): Command<ReadonlySet<string>> {
  let told = false;
  return {
    name: 'ENABLE',
    needs: 'ENABLE',
    behaviour: {},
    repeat: () => enable(names, connection),
    write: (writer) => {
      if (names.length === 0) throw new UsageError('ENABLE needs the name of a capability');
      for (const name of names) writer.space().atom(name.toUpperCase());
    },
    untagged: {
      ENABLED: () => {
        told = true;
        return true;
      },
    },
    finish: () => {
      // Tolerance: iCloud sends no ENABLED: its OK is trusted.
      if (!told) connection.enable(names.map((name) => name.toUpperCase()));
      return connection.enabled;
    },
  };
}
