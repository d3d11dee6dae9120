import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { writeEntry, writeValue } from '../syntax/metadata.ts';

/** SETMETADATA (RFC 5464 §4.3). Mailbox '' is the server; null removes an entry. */
export function setMetadata(
  mailbox: string,
  entries: Readonly<Record<string, string | Uint8Array | null>>,
): Command<void> {
  return {
    name: 'SETMETADATA',
    behaviour: {},
    write: (writer) => {
      if (typeof entries !== 'object' || entries === null) throw new UsageError('the entries to set are an object');
      const all = Object.entries(entries);
      if (all.length === 0) throw new UsageError('no entry to set');
      writer.space().listMailbox(mailbox).space();
      writer.list(all, ([entry, value]) => {
        writeEntry(writer, entry);
        writer.space();
        writeValue(writer, value);
      });
    },
    finish: () => undefined,
  };
}
