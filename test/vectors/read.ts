import { namespace } from '../../src/commands/namespace.ts';
import { readThreads } from '../../src/commands/thread.ts';
import { ProtocolError } from '../../src/errors.ts';
import type { Command } from '../../src/session/command.ts';
import { withoutTabs } from '../../src/session/irregular.ts';
import { Capabilities, readCapabilities } from '../../src/syntax/capability.ts';
import { FetchReader } from '../../src/syntax/fetch-reader.ts';
import { salvageFetch } from '../../src/syntax/fetch-salvage.ts';
import { readFlags } from '../../src/syntax/flag.ts';
import { readMailbox } from '../../src/syntax/mailbox.ts';
import { readMailboxList } from '../../src/syntax/mailbox-list.ts';
import { readEntryValues } from '../../src/syntax/metadata.ts';
import { readQuota, readQuotaRoots } from '../../src/syntax/quota.ts';
import { isStatusName, readResponseText } from '../../src/syntax/response.ts';
import { type ExtendedSearch, readExtendedSearch, readSearch } from '../../src/syntax/search-result.ts';
import { readStatusItems, readStatusMailbox } from '../../src/syntax/status-item.ts';
import { readVanished } from '../../src/syntax/vanished.ts';
import { OPEN } from '../../src/wire/chars.ts';
import type { Frame } from '../../src/wire/frame.ts';
import { Framer } from '../../src/wire/framer.ts';
import { readMessageNumber } from '../../src/wire/number.ts';
import { Reader } from '../../src/wire/reader.ts';
import { UidSet } from '../../src/wire/uid-set.ts';

/** The responses in these chunks, each as plain JSON. */
export function readResponses(chunks: Iterable<Buffer>): unknown[] {
  const reader = new Reader();
  return eachFrame(chunks, (frame) => {
    while (frame.start < frame.end && frame.text.charCodeAt(frame.start) === 0) frame.start++;
    reader.reset(frame);
    return plain(readOrDrop(reader, frame));
  });
}

/** The responses in these chunks, cut apart and not read any further. */
export function cutResponses(chunks: Iterable<Buffer>): string[] {
  return eachFrame(chunks, (frame) => JSON.stringify([frame.line, frame.pieces, frame.literals]));
}

function eachFrame<T>(chunks: Iterable<Buffer>, read: (frame: Frame) => T): T[] {
  const results: T[] = [];
  const framer = new Framer({ frame: (frame) => void results.push(read(frame)) });
  for (const chunk of chunks) framer.receive(chunk);
  if (!framer.idle) throw new Error('The vector ends within a response');
  return results;
}

/** What fits no grammar is read as a session reads it, or dropped as a whole, and the next response is read. */
function readOrDrop(reader: Reader, frame: Frame): object {
  try {
    return readResponse(reader, frame);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'SYNTAX') throw error;
    const untabbed = withoutTabs(frame);
    if (untabbed !== undefined) {
      reader.reset(untabbed);
      return readOrDrop(reader, untabbed);
    }
    const salvaged = salvageFetch(new Reader(), frame);
    return salvaged === undefined
      ? { dropped: frame.lines }
      : { name: 'FETCH', number: salvaged.data.seq, data: salvaged.data };
  }
}

function readResponse(reader: Reader, frame: Frame): object {
  const tag = reader.atom();
  reader.skipSpaces();
  if (tag === '+') return { continuation: readResponseText(reader) };
  const tagged = tag === '*' ? {} : { tag };
  const number = reader.atNumber() ? { number: readMessageNumber(reader) } : undefined;
  reader.skipSpaces();
  const name = reader.name().toUpperCase();
  if (isStatusName(name)) return { ...tagged, status: name, ...readResponseText(reader) };
  return { name, ...number, ...readData(reader, name, number?.number, frame) };
}

function readData(reader: Reader, name: string, number: number | undefined, frame: Frame): object {
  switch (name) {
    case 'CAPABILITY':
      return { capabilities: new Capabilities(readCapabilities(reader)).names };
    case 'ENABLED':
      return { enabled: readCapabilities(reader) };
    case 'FLAGS':
      reader.skipSpaces();
      return { flags: readFlags(reader) };
    case 'LIST':
    case 'LSUB':
    case 'XLIST':
      return { listed: readMailboxList(reader, false) };
    case 'STATUS':
      return { mailbox: readStatusMailbox(reader, false), items: readStatusItems(reader) };
    case 'SEARCH':
    case 'SORT': {
      const numbers: number[] = [];
      const { modseq } = readSearch(reader, numbers);
      return modseq === undefined ? { numbers } : { numbers, modseq };
    }
    case 'ESEARCH':
      return { result: withoutText(readExtendedSearch(reader)) };
    case 'FETCH':
      return { data: new FetchReader().read(reader, number) };
    case 'THREAD':
      return { threads: readThreads(reader) };
    case 'QUOTA':
      return { quota: readQuota(reader) };
    case 'QUOTAROOT':
      return { roots: readQuotaRoots(reader) };
    case 'VANISHED':
      return { ...readVanished(reader) };
    case 'METADATA':
      return { mailbox: readMailbox(reader, false), ...readMetadata(reader) };
    case 'NAMESPACE':
      return { namespaces: readBy(namespace({ utf8: false }), name, reader) };
    case 'EXISTS':
    case 'RECENT':
    case 'EXPUNGE':
      return {};
    default:
      return { unknown: frame.lines };
  }
}

/** Values by entry; only the names in a response that was not asked for (RFC 5464 §4.4.2). */
function readMetadata(reader: Reader): object {
  reader.skipSpaces();
  return reader.peek() === OPEN ? { values: readEntryValues(reader) } : { entries: reader.rest().split(' ') };
}

/** What a command makes of one response. */
function readBy<Result>(command: Command<Result>, name: string, reader: Reader): Result {
  command.untagged?.[name]?.(reader, 0, '');
  return command.finish({ status: 'OK', text: '' });
}

/** Dates as ISO 8601, bytes as latin1, sets as lists, UID sets as IMAP writes them, big integers with an `n`. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (value instanceof UidSet) return value.toString();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  if (value instanceof Set || Array.isArray(value)) return [...value].map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

/** `allText` and `partialText` say nothing that the sets do not, but for the order that ESORT gives them. */
function withoutText({
  allText,
  partialText,
  ...result
}: ExtendedSearch): Omit<ExtendedSearch, 'allText' | 'partialText'> {
  for (const [text, set] of [
    [allText, result.all],
    [partialText, result.partial],
  ])
    if ((text === undefined) !== (set === undefined)) throw new Error('What is there as a set is there as a text');
  return result;
}
