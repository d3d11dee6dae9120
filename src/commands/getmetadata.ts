import { ProtocolError, shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { readMailbox } from '../syntax/mailbox.ts';
import { type MetadataValues, readEntryValues, writeEntry } from '../syntax/metadata.ts';
import { OPEN } from '../wire/chars.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import type { Writer } from '../wire/writer.ts';

/** Each takes some hundred bytes beside its own, and a response has room for thousands. */
const MOST_ENTRIES = 500_000;

export interface MetadataOptions {
  /** Entries below those that are named: none (0, the default), one level, all. */
  depth?: 0 | 1 | 'infinity' | undefined;
  /** Longer values are left out, bytes. */
  maxSize?: number | undefined;
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
  if (!Array.isArray(entries) || entries.some((entry) => typeof entry !== 'string'))
    throw new UsageError('GETMETADATA: the entries to ask for are texts, in an array');
  // Entry names are case-insensitive (RFC 5464 §3.1).
  const asked = new Set(entries.map((entry) => entry.toLowerCase()));
  const had = new Set<string>();
  return {
    name: 'GETMETADATA',
    // An answer names its mailbox and its entries; what lies below those is told apart from no other's.
    behaviour: depth === 0 ? {} : { alone: true },
    repeat: () => getMetadata(mailbox, entries, { depth, ...(maxSize === undefined ? {} : { maxSize }) }, connection),
    write: (writer) => {
      if (entries.length === 0) throw new UsageError('no entry to ask for');
      writeOptions(writer.space(), depth, maxSize);
      writer.listMailbox(mailbox).space();
      writer.list(entries, (entry) => writeEntry(writer, entry));
    },
    untagged: {
      METADATA: (reader) => {
        if (!sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        reader.skipSpaces();
        // Without values it tells that entries were changed, and answers nothing (RFC 5464 §4.4.2).
        if (reader.peek() !== OPEN) return false;
        const told = readEntryValues(reader);
        // Answers come in the order of the commands: an entry that is there already is the next one's.
        const names = [...told.keys()].map((entry) => entry.toLowerCase());
        if (depth === 0 && (!names.some((name) => asked.has(name)) || names.some((name) => had.has(name))))
          return false;
        for (const name of names) had.add(name);
        for (const [entry, value] of told) values.set(entry, value);
        if (values.size > MOST_ENTRIES)
          throw new ProtocolError(
            'LIMIT_RESPONSES',
            `GETMETADATA: the server told of more than ${MOST_ENTRIES} entries`,
          );
        return true;
      },
    },
    finish: ({ code }) =>
      isCode(code, 'METADATA') && code.reason === 'LONGENTRIES' && code.size !== undefined
        ? { values, longEntries: code.size }
        : { values },
  };
}

/** getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")" (RFC 5464 §5), with the space behind them */
function writeOptions(writer: Writer, depth: MetadataOptions['depth'], maxSize: number | undefined): void {
  requireDepth(depth);
  const writes: (() => void)[] = [];
  if (maxSize !== undefined) writes.push(() => writer.raw('MAXSIZE ').number(maxSize));
  if (depth !== 0) writes.push(() => writer.raw(`DEPTH ${depth}`));
  if (writes.length > 0) writer.list(writes, (write) => write()).space();
}

/** How deep below the entries is asked for (RFC 5464 §4.2.2). */
export function requireDepth(depth: unknown): void {
  if (depth !== 0 && depth !== 1 && depth !== 'infinity') throw new UsageError(`not a depth: ${shown(depth)}`);
}
