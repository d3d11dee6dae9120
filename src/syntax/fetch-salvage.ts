import { requireSyntaxError } from '../errors.ts';
import { CLOSE, OPEN } from '../wire/chars.ts';
import type { Frame } from '../wire/frame.ts';
import type { Reader } from '../wire/reader.ts';
import { type FetchData, FetchItemBit, type FetchItemRow } from './fetch-item.ts';
import { FetchDataObject, rowAt, skipUnknown } from './fetch-reader.ts';

/** What could be read of a FETCH response. */
export interface SalvagedFetch {
  data: FetchData;
  /** FetchItemBits of what it holds. */
  items: number;
}

/** Items that are left out of one response. */
const MOST_SKIPPED = 4;

/**
 * A FETCH, or UIDFETCH (RFC 9586 §3.3), response that could not be read as a whole, without the items that fit no grammar:
 * what a server makes of a broken MIME structure (swift-nio-imap #757: the most frequent failure there is), or of a value that
 * it does not know, is not worth the message's UID, flags and bytes. Undefined where the parentheses do not match either.
 */
export function salvageFetch(reader: Reader, frame: Frame): SalvagedFetch | undefined {
  const [start = '', digits, byUid] = /^\* *(\d{1,10}) +(UID)?FETCH(?= *\()/i.exec(frame.line) ?? [];
  const number = Number(digits ?? 0);
  if (number === 0) return undefined;
  const skipped = new Set<FetchItemRow>();
  while (skipped.size <= MOST_SKIPPED) {
    reader.reset(frame);
    reader.position += start.length;
    const salvaged: SalvagedFetch =
      byUid === undefined
        ? { data: new FetchDataObject(0, number), items: 0 }
        : { data: new FetchDataObject(number, undefined), items: FetchItemBit.UID };
    const read = readItems(reader, salvaged, skipped);
    if (read !== 'again') return read;
  }
  return undefined;
}

/** A section is looked at so far: a line can hold very many. */
const LONGEST_SECTION = 1000;

/** The place behind what stands in the brackets, and where of it the bytes begin. */
function behindSection({ text, position, end }: Reader): number {
  const section = /^[^\]]*\](?:<\d*>)? */.exec(text.substring(position, Math.min(end, position + LONGEST_SECTION)));
  return position + (section?.[0].length ?? 0);
}

/** One item that can not be read is skipped the next time: a literal that it held can not be given back. */
function readItems(
  reader: Reader,
  salvaged: SalvagedFetch,
  skipped: Set<FetchItemRow>,
): SalvagedFetch | undefined | 'again' {
  let reading: FetchItemRow | undefined;
  let some = salvaged.items !== 0;
  try {
    reader.skipSpaces();
    reader.open();
    while (!reader.close()) {
      const row = rowAt(reader, reader.position);
      if (row === undefined) {
        if (reader.peek() === OPEN) reader.skipValue();
        else skipUnknown(reader);
        continue;
      }
      reader.position += row.name.length;
      reader.skipSpaces();
      if (skipped.has(row)) {
        if (row.name.endsWith('[')) reader.position = behindSection(reader);
        // The value may be missing, and the next item stand in its place.
        if (reader.peek() !== CLOSE && rowAt(reader, reader.position) === undefined) reader.skipValue();
        salvaged.items |= FetchItemBit.UNREADABLE;
        continue;
      }
      reading = row;
      row.read(reader, salvaged.data);
      reading = undefined;
      salvaged.items |= row.bit;
      some = true;
    }
    reader.skipSpaces();
    return reader.atEnd && some ? salvaged : undefined;
  } catch (error) {
    requireSyntaxError(error);
    if (reading === undefined) return undefined;
    skipped.add(reading);
    return 'again';
  }
}
