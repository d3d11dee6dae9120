import { shown, UsageError } from '../errors.ts';
import { isQuotable, OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { requireUnicode } from '../wire/text.ts';
import type { Writer } from '../wire/writer.ts';

/** Values by entry name; null where there is none. */
export type MetadataValues = Map<string, Buffer | null>;

/** The longest value that is written as a quoted string. */
const LONGEST_QUOTED = 1000;

/** entry = astring; slash-separated path of the entry, without `*` and `%` (RFC 5464 §5), of US-ASCII alone (§3.2) */
export function writeEntry(writer: Writer, entry: string): void {
  if (typeof entry !== 'string' || !/^(?:\/[ -$&-)+-.0-~]+)+$/.test(entry)) {
    throw new UsageError(`not the name of an entry: ${shown(entry)}`);
  }
  writer.quoted(entry);
}

/** value = nstring / literal8 (RFC 5464 §5): literal8 only where nothing else can hold it. */
export function writeValue(writer: Writer, value: string | Uint8Array | null): void {
  if (value === null) {
    writer.raw('NIL');
    return;
  }
  const bytes = typeof value === 'string' ? Buffer.from(requireUnicode(value), 'utf8') : value;
  if (!(bytes instanceof Uint8Array)) throw new UsageError('the value of an entry is a string, bytes or null');
  const text = bytes.length > LONGEST_QUOTED ? '\n' : Buffer.from(bytes).toString('latin1');
  if (isQuotable(text)) writer.quoted(text);
  else if (bytes.includes(0)) writer.literal8(bytes);
  else writer.literal(bytes);
}

/** entry-values = "(" entry-value *(SP entry-value) ")"; entry-value = entry SP value (RFC 5464 §5) */
export function readEntryValues(reader: Reader, values: MetadataValues = new Map()): MetadataValues {
  reader.list(() => {
    const entry = reader.astring();
    reader.skipSpaces();
    values.set(entry, reader.nstringBytes());
  });
  return values;
}

/** The names in entry-values / entry-list = entry *(SP entry) (RFC 5464 §5) */
export function readEntries(reader: Reader): string[] {
  const entries: string[] = [];
  reader.skipSpaces();
  if (reader.peek() === OPEN) {
    reader.list(() => {
      entries.push(reader.astring());
      reader.skipSpaces();
      reader.skipValue();
    });
    return entries;
  }
  for (; reader.peek() !== -1; reader.skipSpaces()) entries.push(reader.astring());
  return entries;
}
