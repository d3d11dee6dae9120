import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isAtom } from '../wire/chars.ts';

/** What is written and read otherwise once it is enabled: nothing is in flight meanwhile. */
const CHANGES_SYNTAX: ReadonlySet<string> = new Set(['UTF8=ACCEPT', 'IMAP4REV2', 'UIDONLY']);

/** ENABLE (RFC 5161). Resolves to all that is enabled now. */
export function enable(names: readonly string[], connection: ConnectionState): Command<ReadonlySet<string>> {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string' || !isAtom(name)))
    throw new UsageError('ENABLE: the names of capabilities come in an array');
  const upper = names.map((name) => name.toUpperCase());
  // QRESYNC brings CONDSTORE (RFC 7162 §3.2.3).
  const enables = new Set(upper.includes('QRESYNC') ? [...upper, 'CONDSTORE'] : upper);
  let told = false;
  return {
    name: 'ENABLE',
    needs: 'ENABLE',
    enables,
    behaviour: upper.some((name) => CHANGES_SYNTAX.has(name)) ? { alone: true } : {},
    repeat: () => enable(names, connection),
    write: (writer) => {
      if (names.length === 0) throw new UsageError('no capability is named');
      for (const name of upper) writer.space().atom(name);
    },
    leavesOut: true,
    untagged: {
      ENABLED: () => {
        told = true;
        return true;
      },
    },
    finish: () => {
      // Tolerance: iCloud sends no ENABLED: its OK is trusted. Nor do Dovecot and Cyrus where they can enable none of these.
      if (!told) connection.enable([...enables].filter((name) => connection.capabilities.has(name)));
      return connection.enabled;
    },
  };
}
