import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { annotationName } from '../syntax/annotation.ts';
import { writeEntry, writeValue } from '../syntax/metadata.ts';

/** SETANNOTATION (ANNOTATEMORE, draft-daboo-imap-annotatemore), in METADATA's names. */
export function setAnnotation(
  mailbox: string,
  entries: Readonly<Record<string, string | Uint8Array | null>>,
): Command<void> {
  return {
    name: 'SETANNOTATION',
    needs: 'ANNOTATEMORE',
    behaviour: {},
    write: (writer) => {
      const all = Object.entries(entries).map(([name, value]) => ({ ...annotationName(name), value }));
      if (all.length === 0) throw new UsageError('SETANNOTATION needs an entry to set');
      writer.space().listMailbox(mailbox).space();
      let first = true;
      for (const [entry, attributes] of byEntry(all)) {
        if (!first) writer.space();
        first = false;
        writeEntry(writer, entry);
        writer.space().list(attributes, ({ attribute, value }) => {
          writer.string(attribute).space();
          writeValue(writer, value);
        });
      }
    },
    finish: () => undefined,
  };
}

function byEntry<T extends { entry: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.entry, [...(groups.get(one.entry) ?? []), one]);
  return groups;
}
