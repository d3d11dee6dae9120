import { CLOSE, COMMA, isLetter, OPEN, QUOTE, SPACE, ZERO } from '../wire/chars.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import { readMessageNumber, readModSequenceValue, readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import { eachUidRange, readUidSet, type UidSet } from '../wire/uid-set.ts';

const BLANK = SPACE - ZERO;
/** Bytes of numbers for which room is made at once: a list that grows is copied again and again. */
const MANY = 65_536;
/** More messages than any mailbox holds, whatever the server says of it. */
export const MOST_FOUND = 10_000_000;

/** What a SEARCH or SORT response says of its numbers. */
export interface SearchNumbers {
  /** Each is above the one before it. */
  ascending: boolean;
  modseq?: bigint;
}

/**
 * The numbers of a SEARCH or SORT response, behind its name, are added to a list, until it has more than MOST_FOUND.
 *
 *     mailbox-data =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]      (RFC 3501 §9, RFC 7162 §7)
 *     search-sort-mod-seq = "(" "MODSEQ" SP mod-sequence-value ")"
 */
export function readSearch(reader: Reader, numbers: number[]): SearchNumbers {
  const { length } = numbers;
  try {
    return readAllNumbers(reader, numbers);
  } catch (error) {
    // Nothing stays of a response that can not be read: it may be read once more, with what completes it.
    numbers.length = length;
    throw error;
  }
}

function readAllNumbers(reader: Reader, numbers: number[]): SearchNumbers {
  const result: SearchNumbers = { ascending: true };
  for (let first = true; ; first = false) {
    result.ascending = readNumbers(reader, numbers, first) && result.ascending;
    reader.skipSpaces();
    const code = reader.peek();
    if (code === -1 || numbers.length > MOST_FOUND) return result;
    // Tolerances: numbers behind the mod-sequence, in parentheses, with commas between them, 0 and NIL for none.
    if (code === OPEN && isLetter(reader.codeAt(reader.position + 1))) {
      const modseq = readSearchModseq(reader);
      if (modseq !== undefined) result.modseq = modseq;
    } else if (code === OPEN || code === CLOSE || code === COMMA) {
      reader.position++;
    } else if (!reader.nil()) {
      const number = readMessageNumber(reader);
      result.ascending &&= number > (numbers.at(-1) ?? 0);
      if (number > 0) numbers.push(number);
    }
  }
}

/**
 * *(SP nz-number), up to what is neither: one loop, for the mailbox may have a million messages. True: all ascend. Room is
 * made for the first ones of a response alone, for that looks at the whole line.
 */
function readNumbers(reader: Reader, numbers: number[], first: boolean): boolean {
  const { bytes } = reader;
  let at = reader.position;
  let count = numbers.length;
  const end = endOfMost(reader, count);
  let last = numbers[count - 1] ?? 0;
  let ascending = true;
  if (first && end - at > MANY) numbers.length += Math.min(MOST_FOUND, Math.floor((reader.end - at) / width(reader)));
  while (at < end) {
    let digit = (bytes[at] ?? SPACE) - ZERO;
    if (digit === BLANK) {
      at++;
      continue;
    }
    const start = at;
    let value = 0;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = ++at < end ? (bytes[at] ?? SPACE) - ZERO : BLANK;
    }
    if (at === start || digit !== BLANK || value > LARGEST_UINT32 || value === 0) {
      at = start;
      break;
    }
    if (value <= last) ascending = false;
    last = value;
    numbers[count++] = value;
  }
  numbers.length = count;
  reader.position = at;
  return ascending;
}

/** Where no more than MOST_FOUND numbers can end: each takes two bytes at least. So none has to be counted while it is read. */
function endOfMost({ bytes, position, end }: Reader, count: number): number {
  const near = position + 2 * Math.max(0, MOST_FOUND - count);
  if (near >= end) return end;
  const space = bytes.indexOf(SPACE, near);
  return space < 0 ? end : Math.min(space, end);
}

/** About what a number takes with its space: between the first and the last, for they ascend nearly always. */
function width({ bytes, position, end }: Reader): number {
  const first = bytes.indexOf(SPACE, position + 1) - position;
  const last = end - bytes.lastIndexOf(SPACE, end - 2);
  return Math.max(2, (first + last) / 2);
}

function readSearchModseq(reader: Reader): bigint | undefined {
  reader.open();
  const name = reader.atom().toUpperCase();
  reader.space();
  const value = readModseq(reader);
  reader.close();
  return name === 'MODSEQ' ? value : undefined;
}

/** Tolerance: Zoho's -1. */
function readModseq(reader: Reader): bigint | undefined {
  if (reader.atNumber()) return readModSequenceValue(reader);
  reader.skipValue();
  return undefined;
}

/** What an ESEARCH response says (RFC 4731, RFC 9394, RFC 6203, RFC 7377). */
export interface ExtendedSearch {
  /** The tag of the command that it answers; absent for an update that answers none. */
  tag?: string;
  /** MULTISEARCH: the mailbox that it is about, as sent, and its UIDVALIDITY. */
  mailbox?: string;
  uidValidity?: number;
  /** The numbers are UIDs. */
  uid: boolean;
  min?: number;
  max?: number;
  count?: number;
  all?: UidSet;
  /** `all` as sent: its order is that of a SORT (RFC 5267 §3.1). */
  allText?: string;
  partial?: UidSet;
  /** `partial` as sent: its order is that of a SORT. */
  partialText?: string;
  /** The range that `partial` answers, as sent. */
  partialRange?: string;
  modseq?: bigint;
  relevancy?: number[];
  /** How an earlier result changed (RFC 5267 §4.3), in order. */
  updates?: { type: 'added' | 'removed'; position: number; set: string }[];
}

/**
 * True for the answer in UIDs to the command with this tag: it names the tag, or names none and is the first to come. One that
 * names it and tells of messages, though not that it is by UID ("MUST", RFC 4731 §3.1), may mean sequence numbers.
 */
export function isAnswerTo(reader: Reader, ownTag: string, answered: boolean, read: ExtendedSearch): boolean {
  const { uid, tag } = read;
  if (!uid && tag === ownTag && tellsOfMessages(read)) reader.fail('UID');
  return uid && (tag === undefined ? !answered : tag === ownTag);
}

function tellsOfMessages({ min, max, count, all, partial }: ExtendedSearch): boolean {
  return (min ?? max ?? all ?? partial) !== undefined || (count ?? 0) > 0;
}

/**
 * esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)      (RFC 4466 §3)
 * Tolerates return data in parentheses of their own, and numbers that belong to no name.
 */
export function readExtendedSearch(reader: Reader): ExtendedSearch {
  const result: ExtendedSearch = { uid: false };
  reader.skipSpaces();
  if (reader.peek() === OPEN) readCorrelator(reader, result);
  for (;;) {
    reader.skipSpaces();
    const code = reader.peek();
    if (code === -1) return result;
    if (code === OPEN || code === CLOSE) {
      reader.position++;
      continue;
    }
    if (reader.atNumber()) {
      reader.atom();
      continue;
    }
    const name = reader.atom().toUpperCase();
    if (name === 'UID') {
      result.uid = true;
      continue;
    }
    reader.skipSpaces();
    readReturnData(reader, name, result);
  }
}

/** search-correlator = SP "(" one-correlator *(SP one-correlator) ")" (RFC 7377 §4) */
export function readCorrelator(reader: Reader, result: Pick<ExtendedSearch, 'tag' | 'mailbox' | 'uidValidity'>): void {
  reader.list(() => {
    const name = reader.atom().toUpperCase();
    reader.space();
    if (name === 'TAG') result.tag = reader.astring();
    else if (name === 'MAILBOX') result.mailbox = reader.astring();
    else if (name === 'UIDVALIDITY') result.uidValidity = readNumber(reader);
    else reader.skipValue();
  });
}

/** search-return-data = "MIN" SP nz-number / "MAX" SP nz-number / "ALL" SP sequence-set / "COUNT" SP number / … (RFC 4731 §4) */
function readReturnData(reader: Reader, name: string, result: ExtendedSearch): void {
  switch (name) {
    case 'MIN':
    case 'MAX': {
      const number = reader.nil() ? 0 : readMessageNumber(reader);
      // 0 or NIL where nothing was found.
      if (number > 0) result[name === 'MIN' ? 'min' : 'max'] = number;
      break;
    }
    case 'COUNT':
      result.count = readNumber(reader);
      break;
    case 'MODSEQ': {
      if (reader.peek() === OPEN) reader.position++;
      const modseq = readModseq(reader);
      if (modseq !== undefined) result.modseq = modseq;
      break;
    }
    case 'ALL':
      // Nothing was found, and nothing, NIL or "" says so.
      if (reader.peek() === -1 || reader.nil() || (reader.peek() === QUOTE && reader.quoted() === '')) break;
      if (reader.peek() === OPEN) reader.position++;
      readAll(reader, result);
      break;
    case 'ADDTO':
    case 'REMOVEFROM':
      readUpdates(reader, name === 'ADDTO' ? 'added' : 'removed', result);
      break;
    case 'PARTIAL':
      readPartial(reader, result);
      break;
    case 'RELEVANCY': {
      const scores: number[] = [];
      reader.list(() => scores.push(readNumber(reader)));
      result.relevancy = scores;
      break;
    }
    default:
      reader.skipValue();
  }
}

/** sequence-set. Tolerates spaces for commas, or behind them: `1,2, 3`. */
function readAll(reader: Reader, result: ExtendedSearch): void {
  const sets = [reader.atom()];
  reader.skipSpaces();
  for (; reader.atNumber(); reader.skipSpaces()) sets.push(reader.atom());
  const text = sets.map((set) => set.replace(/,$/, '')).join(',');
  result.allText = text;
  result.all = readUidSet(text) ?? reader.fail('a sequence-set');
}

/** "(" context-position SP sequence-set *(SP context-position SP sequence-set) ")" (RFC 5267 §5) */
function readUpdates(reader: Reader, type: 'added' | 'removed', result: ExtendedSearch): void {
  result.updates ??= [];
  const { updates } = result;
  reader.list(() => {
    const position = readNumber(reader);
    reader.space();
    const set = reader.atom();
    if (!eachUidRange(set, () => {})) reader.fail('a sequence-set');
    updates.push({ type, position, set });
  });
}

/** ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")" (RFC 9394 §4) */
function readPartial(reader: Reader, result: ExtendedSearch): void {
  reader.open();
  result.partialRange = reader.atom();
  reader.space();
  if (!reader.nil()) {
    result.partialText = reader.atom();
    result.partial = readUidSet(result.partialText) ?? reader.fail('a sequence-set');
  }
  reader.close();
}
