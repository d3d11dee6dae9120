import { CLOSE, isLetter, OPEN, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from '../wire/chars.ts';
import { bytesOf } from '../wire/frame.ts';
import type { Reader } from '../wire/reader.ts';
import { type FetchData, FetchItemBit, type FetchItemRow, fetchItemRows, readOrigin } from './fetch-item.ts';
import { plainConstructor } from './plain-object.ts';
import { readSection } from './section.ts';

interface Candidate {
  row: FetchItemRow;
  name: Uint8Array;
  length: number;
  /** A section follows, and not a space. */
  section: boolean;
}

const NONE: readonly Candidate[] = [];
/** The rows by the first byte of their names, in either case: a name is found without being cut out of the response. */
const rowsByByte: (readonly Candidate[])[] = Array.from({ length: 256 }, () => NONE);
for (const row of fetchItemRows) {
  const upper = row.name.charCodeAt(0);
  const lower = row.name.toLowerCase().charCodeAt(0);
  const { length } = row.name;
  const candidate = { row, name: bytesOf(row.name), length, section: row.name.endsWith('[') };
  rowsByByte[upper] = rowsByByte[lower] = [...(rowsByByte[upper] ?? NONE), candidate];
}

/** The row of the item whose name stands at a place, in any case of letters. */
export function rowAt(reader: Reader, start: number): FetchItemRow | undefined {
  const candidates = rowsByByte[reader.codeAt(start)] ?? NONE;
  return candidates.find(({ row: { name }, section }) => {
    const behind = start + name.length;
    if (reader.text.substring(start, Math.min(reader.end, behind)).toUpperCase() !== name) return false;
    return behind === reader.end || section || endsName(reader.codeAt(behind));
  })?.row;
}

function endsName(code: number): boolean {
  return code === SPACE || code === OPEN || code === CLOSE || code === QUOTE || code === OPEN_BRACE;
}

/** `seq`: see FetchData. */
export const FetchDataObject = plainConstructor(function (this: FetchData, uid: number, seq: number | undefined) {
  this.uid = uid;
  if (seq !== undefined) this.seq = seq;
});

/** Reads FETCH responses, one after the other. */
export class FetchReader {
  /** FetchItemBit of what the last response held. */
  items = 0;

  /**
   * A FETCH response behind the word FETCH. Under UIDONLY (RFC 9586) there is no `seq`, and `uid` stands before the word.
   * Items that nobody knows are passed over (AOL and others add their own). Tolerates missing spaces between items
   * (Zimbra: `UID 42MODSEQ (1)`; Office 365, behind a literal), items in parentheses of their own (Domino: `UID 1
   * (ENVELOPE (…))`), a list that belongs to no item (mail.ru, behind a BODYSTRUCTURE), a missing ")" at the end
   * (a literal that was announced too short, MailKit #954), and both missing (Mailutils: `* 1 FETCH FLAGS ()`). One function
   * on purpose: see Reader.field.
   *
   *     message-data = nz-number SP "FETCH" SP msg-att                              (RFC 3501 §9)
   *     msg-att      = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
   */
  read(reader: Reader, seq: number | undefined, uid = 0): FetchData {
    const data = new FetchDataObject(uid, seq);
    this.items = uid === 0 ? 0 : FetchItemBit.UID;
    if (reader.peek() === OPEN) {
      reader.enter();
    } else {
      reader.skipSpaces();
      if (reader.peek() === OPEN || rowAt(reader, reader.position) === undefined) reader.open();
    }
    let depth = 1;
    for (;;) {
      // A literal puts others in their place.
      const { bytes, end } = reader;
      let at = reader.position;
      while (bytes[at] === SPACE) at++;
      const candidates = rowsByByte[bytes[at] ?? 0] ?? NONE;
      let row: FetchItemRow | undefined;
      let length = 0;
      for (let index = 0; index < candidates.length; index++) {
        const one = candidates[index];
        if (one === undefined) continue;
        const { name } = one;
        length = one.length;
        // The first byte led here.
        let same = 1;
        while (same < length && bytes[at + same] === name[same]) same++;
        if (same < length || (!one.section && bytes[at + length] !== SPACE)) continue;
        row = one.row;
        break;
      }
      if (row !== undefined) {
        at += length;
        while (bytes[at] === SPACE) at++;
        reader.position = at;
        row.read(reader, data);
        this.items |= row.bit;
        continue;
      }
      if (at >= end) return data;
      reader.position = at;
      if (bytes[at] === CLOSE) {
        if (depth === 1 && at + 2 < end && isLetter(bytes[at + 2] ?? 0)) {
          // A parenthesis too many, behind a BODYSTRUCTURE: the items go on, as deep as before.
          reader.position++;
          continue;
        }
        reader.leave();
        if (--depth === 0) return data;
      } else if (bytes[at] === OPEN && isLetter(bytes[at + 1] ?? 0)) {
        reader.open();
        depth++;
      } else {
        this.#readOther(reader, data);
      }
    }
  }

  /** An item whose name is in small letters or has no space behind it, or none at all, which is passed over. */
  #readOther(reader: Reader, data: FetchData): void {
    const row = rowAt(reader, reader.position);
    const code = reader.peek();
    if (row !== undefined) {
      reader.position += row.name.length;
      reader.skipSpaces();
      row.read(reader, data);
      this.items |= row.bit;
    } else if (code === OPEN || code === QUOTE || code === OPEN_BRACE) {
      reader.skipValue();
    } else {
      skipUnknown(reader);
    }
  }
}

/** A name, with a section and an origin perhaps, and one value. */
export function skipUnknown(reader: Reader): void {
  reader.name();
  if (reader.take(OPEN_BRACKET)) readSection(reader);
  readOrigin(reader);
  reader.skipSpaces();
  if (reader.peek() !== CLOSE && reader.peek() !== -1) reader.skipValue();
}
