import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox } from '../syntax/acl.ts';
import { type MetadataValues, writeEntry } from '../syntax/metadata.ts';
import { isCode } from '../syntax/response-code.ts';
import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { sameMailbox } from './status.ts';

export interface MetadataOptions {
  /** Entries below those that are named: none (0, the default), one level, all. */
  depth?: 0 | 1 | 'infinity';
  /** Longer values are left out, bytes. */
  maxSize?: number;
}

export interface MetadataAnswer {
  values: MetadataValues;
  /** The size of the longest value that was left out, bytes. */
  longEntries?: number;
}

/**
 * GETMETADATA (RFC 5464 §4.2). Mailbox '' is the server.
 *
 *     metadata-resp = "METADATA" SP mailbox SP (entry-values / entry-list)      (RFC 5464 §5)
 */
export function getMetadata(
  mailbox: string,
  entries: readonly string[],
  { depth = 0, maxSize }: MetadataOptions,
  connection: Pick<ConnectionState, 'utf8'>,
): Command<MetadataAnswer> {
  const values: MetadataValues = new Map();
  return {
    name: 'GETMETADATA',
    // Two for one mailbox could ask for the same entries.
    behaviour: { unmarkedAnswer: true },
    repeat: () => getMetadata(mailbox, entries, { depth, ...(maxSize === undefined ? {} : { maxSize }) }, connection),
    write: (writer) => {
      if (![0, 1, 'infinity'].includes(depth)) throw new UsageError(`Not a depth: ${JSON.stringify(depth)}`);
      if (entries.length === 0) throw new UsageError('GETMETADATA needs an entry to ask for');
      writer.space();
      if (maxSize !== undefined || depth !== 0) {
        writer.raw('(');
        if (maxSize !== undefined) writer.raw('MAXSIZE ').number(maxSize);
        if (depth !== 0) writer.raw(`${maxSize === undefined ? '' : ' '}DEPTH ${depth}`);
        writer.raw(') ');
      }
      writer.listMailbox(mailbox).space();
      writer.list(entries, (entry) => writeEntry(writer, entry));
    },
    untagged: {
      METADATA: (reader) => {
        if (!sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        reader.skipSpaces();
        // Without values it tells that entries were changed, and answers nothing (RFC 5464 §4.4.2).
        if (reader.peek() !== OPEN) return false;
        readEntryValues(reader, values);
        return true;
      },
    },
    finish: ({ code }) =>
      isCode(code, 'METADATA') && code.reason === 'LONGENTRIES' && code.size !== undefined
        ? { values, longEntries: code.size }
        : { values },
  };
}

/** entry-values = "(" entry-value *(SP entry-value) ")"; entry-value = entry SP value (RFC 5464 §5) */
function readEntryValues(reader: Reader, values: MetadataValues): void {
  reader.list(() => {
    const entry = reader.astring();
    reader.skipSpaces();
    values.set(entry, reader.nstringBytes());
  });
}
