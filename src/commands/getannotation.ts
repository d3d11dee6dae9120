import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { annotationName, readAttributes } from '../syntax/annotation.ts';
import { readMailbox } from '../syntax/mailbox.ts';
import { type MetadataValues, writeEntry } from '../syntax/metadata.ts';
import { OPEN } from '../wire/chars.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import type { Writer } from '../wire/writer.ts';
import { type MetadataAnswer, type MetadataOptions, requireDepth } from './getmetadata.ts';

/**
 * GETANNOTATION (ANNOTATEMORE, draft-daboo-imap-annotatemore), asked and answered in METADATA's names; attributes that were
 * not asked for can come along. All entries and their values are asked for at once; maxSize is applied here.
 *
 *     annotate-data = "ANNOTATION" SP mailbox SP entry SP "(" att-value *(SP att-value) ")"
 */
export function getAnnotation(
  mailbox: string,
  entries: readonly string[],
  { depth = 0, maxSize = Number.POSITIVE_INFINITY }: MetadataOptions,
  connection: Pick<ConnectionState, 'utf8'>,
): Command<MetadataAnswer> {
  const values: MetadataValues = new Map();
  let longest = 0;
  return {
    name: 'GETANNOTATION',
    needs: 'ANNOTATEMORE',
    behaviour: { unmarkedAnswer: true },
    repeat: () => getAnnotation(mailbox, entries, { depth, maxSize }, connection),
    write: (writer) => {
      requireDepth(depth);
      writeRequest(writer.space().listMailbox(mailbox).space(), entries, depth);
    },
    untagged: {
      ANNOTATION: (reader) => {
        if (!sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        reader.skipSpaces();
        // Without values, and perhaps in a list, it tells that entries were changed.
        if (reader.peek() === OPEN) return false;
        const entry = reader.astring();
        reader.skipSpaces();
        if (reader.peek() !== OPEN) return false;
        readAttributes(reader, entry, (name, value) => {
          if (value !== null && value.length > maxSize) longest = Math.max(longest, value.length);
          else values.set(name, value);
        });
        return true;
      },
    },
    finish: () => (longest > 0 ? { values, longEntries: longest } : { values }),
  };
}

/** "GETANNOTATION" SP list-mailbox SP entries SP attribs (draft-daboo-imap-annotatemore), from behind the mailbox */
function writeRequest(writer: Writer, given: readonly string[], depth: MetadataOptions['depth']): void {
  if (!Array.isArray(given) || given.length === 0) throw new UsageError('no entry to ask for');
  const names = given.map(annotationName);
  const below = depth === 0 ? '' : depth === 1 ? '/%' : '/*';
  const entries = new Set(names.map(({ entry }) => entry));
  writer.list(below === '' ? entries : [...entries].flatMap((entry) => [entry, entry + below]), (entry) => {
    if (below !== '' && entry.endsWith(below)) writer.string(entry);
    else writeEntry(writer, entry);
  });
  writer.space().list(new Set(names.map(({ attribute }) => attribute)), (attribute) => writer.string(attribute));
}
