import { naming, shown, UsageError } from '../errors.ts';
import { isAscii, isAtom } from '../wire/chars.ts';
import { formatDate } from '../wire/date-time.ts';
import { formatMessageSet, isBySequence, type MessageSet, upwards } from '../wire/sequence-set.ts';
import { UidSet } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { ANNOTATE, writeAnnotationKeys } from './annotation.ts';
import { isRecord, requireBoolean } from './argument.ts';
import { type GmailQuery, writeGmailKeys } from './gmail.ts';

/**
 * What messages to find. Keys side by side are all required; one that is undefined is as if it were left out. Dates are whole
 * days: a Date means its UTC day, a string is 'YYYY-MM-DD' or '1-Feb-1994'. `since` and its kin are the server's INTERNALDATE,
 * `sentSince` the Date header.
 */
export interface SearchQuery {
  all?: boolean | undefined;
  seen?: boolean | undefined;
  answered?: boolean | undefined;
  flagged?: boolean | undefined;
  deleted?: boolean | undefined;
  draft?: boolean | undefined;
  recent?: boolean | undefined;
  /** Recent and not seen. */
  new?: boolean | undefined;
  /** Not recent. */
  old?: boolean | undefined;
  keyword?: string | readonly string[] | undefined;
  notKeyword?: string | readonly string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cc?: string | undefined;
  bcc?: string | undefined;
  subject?: string | undefined;
  body?: string | undefined;
  /** Header or body. */
  text?: string | undefined;
  /** Field name to a substring of its value; true: the field is there. */
  header?: Record<string, string | true> | undefined;
  since?: Date | string | undefined;
  before?: Date | string | undefined;
  on?: Date | string | undefined;
  sentSince?: Date | string | undefined;
  sentBefore?: Date | string | undefined;
  sentOn?: Date | string | undefined;
  /** When the message came into this mailbox (SAVEDATE, RFC 8514). */
  savedSince?: Date | string | undefined;
  savedBefore?: Date | string | undefined;
  savedOn?: Date | string | undefined;
  /** All messages of a mailbox in which the server keeps save dates, and none of another (RFC 8514 §4.3). */
  saveDateSupported?: boolean | undefined;
  /** Text that annotations contain, by entry, `/private/…` or `/shared/…` (ANNOTATE, RFC 5257). */
  annotations?: Record<string, string> | undefined;
  /** Bytes. */
  larger?: number | undefined;
  smaller?: number | undefined;
  /** Seconds (WITHIN, RFC 5032). */
  older?: number | undefined;
  younger?: number | undefined;
  uid?: MessageSet | undefined;
  seq?: number | string | Iterable<number> | undefined;
  /** Changed at or after this mod-sequence (CONDSTORE, RFC 7162 §3.1.5). */
  modseq?: bigint | undefined;
  emailId?: string | undefined;
  threadId?: string | undefined;
  /** A text is Gmail's own search language (X-GM-RAW). */
  gmail?: string | GmailQuery | undefined;
  /** The name of a filter that the server keeps (FILTERS, RFC 5466). */
  filter?: string | undefined;
  /** Matched approximately (SEARCH=FUZZY, RFC 6203). */
  fuzzy?: SearchQuery | undefined;
  and?: readonly SearchQuery[] | undefined;
  /** Any of these. */
  or?: readonly SearchQuery[] | undefined;
  /** None of these. */
  not?: SearchQuery | readonly SearchQuery[] | undefined;
}

/** What messages to find, built up by a program: its lists can be changed. Methods take lists `as const`, too. */
export interface OwnSearchQuery extends SearchQuery {
  keyword?: string | string[] | undefined;
  notKeyword?: string | string[] | undefined;
  fuzzy?: OwnSearchQuery | undefined;
  and?: OwnSearchQuery[] | undefined;
  or?: OwnSearchQuery[] | undefined;
  not?: OwnSearchQuery | OwnSearchQuery[] | undefined;
}

type Key = keyof SearchQuery;

interface Row<K extends Key> {
  /** Its value is true or false. */
  boolean?: true;
  /** Must be offered for the key to be used. */
  needs?: string;
  write(writer: Writer, value: NonNullable<SearchQuery[K]>): void;
}

/** search-key (RFC 3501 §9, and the extensions named): one row each, in the order in which they are sent. */
const rows: { readonly [K in Key]-?: Row<K> } = {
  uid: { write: writeUids },
  seq: { write: (writer, set) => writeSet(writer, '', formatMessageSet({ seq: set }).text) },
  all: flag('ALL'),
  seen: flag('SEEN', 'UNSEEN'),
  answered: flag('ANSWERED', 'UNANSWERED'),
  flagged: flag('FLAGGED', 'UNFLAGGED'),
  deleted: flag('DELETED', 'UNDELETED'),
  draft: flag('DRAFT', 'UNDRAFT'),
  recent: flag('RECENT', 'OLD'),
  new: flag('NEW', 'NOT NEW'),
  old: flag('OLD', 'RECENT'),
  keyword: keyword('KEYWORD'),
  notKeyword: keyword('UNKEYWORD'),
  from: text('FROM'),
  to: text('TO'),
  cc: text('CC'),
  bcc: text('BCC'),
  subject: text('SUBJECT'),
  body: text('BODY'),
  text: text('TEXT'),
  header: { write: writeHeader },
  since: date('SINCE'),
  before: date('BEFORE'),
  on: date('ON'),
  sentSince: date('SENTSINCE'),
  sentBefore: date('SENTBEFORE'),
  sentOn: date('SENTON'),
  savedSince: { ...date('SAVEDSINCE'), needs: 'SAVEDATE' },
  savedBefore: { ...date('SAVEDBEFORE'), needs: 'SAVEDATE' },
  savedOn: { ...date('SAVEDON'), needs: 'SAVEDATE' },
  saveDateSupported: { ...flag('SAVEDATESUPPORTED'), needs: 'SAVEDATE' },
  annotations: { needs: ANNOTATE, write: writeAnnotationKeys },
  larger: number('LARGER'),
  smaller: number('SMALLER'),
  older: { ...number('OLDER', 1), needs: 'WITHIN' },
  younger: { ...number('YOUNGER', 1), needs: 'WITHIN' },
  modseq: { needs: 'CONDSTORE', write: (writer, value) => void writer.raw('MODSEQ ').number(value) },
  emailId: { needs: 'OBJECTID', write: (writer, value) => void writer.raw('EMAILID ').atom(value) },
  threadId: { needs: 'OBJECTID', write: (writer, value) => void writer.raw('THREADID ').atom(value) },
  gmail: { needs: 'X-GM-EXT-1', write: writeGmailKeys },
  filter: { needs: 'FILTERS', write: writeFilter },
  fuzzy: { needs: 'SEARCH=FUZZY', write: (writer, query) => writeGroup(writer.raw('FUZZY '), query) },
  and: { write: (writer, queries) => void writer.spaced(queries, (query) => writeGroup(writer, query)) },
  or: { write: writeOr },
  not: {
    write: (writer, value) => void writer.spaced(asArray(value), (query) => writeGroup(writer.raw('NOT '), query)),
  },
};

const order = Object.keys(rows) as Key[]; // the table has a row for every key, and no other
/** Deeper than any query that a person or a program means. */
const MAX_DEPTH = 50;

/** search-key *(SP search-key) (RFC 3501 §9). An empty query is ALL. */
export function writeSearchQuery(writer: Writer, query: SearchQuery): void {
  checkQuery(query, 0);
  writeKeys(writer, query);
}

/** search-program = ["CHARSET" SP charset SP] search-key *(SP search-key) (RFC 4466 §3); no CHARSET where UTF-8 is enabled. */
export function writeSearchProgram(writer: Writer, query: SearchQuery, utf8: boolean): void {
  checkQuery(query, 0);
  if (!utf8 && holdsNonAscii(query)) writer.raw('CHARSET UTF-8 ');
  writeKeys(writer, query);
}

/** The capabilities without which a server does not know some key of a command's query. Throws UsageError for what is no query. */
export function requiredCapabilities(command: string, query: SearchQuery): Set<string> {
  naming(command, () => checkQuery(query, 0));
  return neededBy(query);
}

/** Throws UsageError where nothing in the query has a relevancy. */
export function requireFuzzy(query: SearchQuery): void {
  if (!neededBy(query).has('SEARCH=FUZZY'))
    throw new UsageError('relevancy needs a fuzzy key in the query (RFC 6203 §4, §6)');
}

function neededBy(query: SearchQuery): Set<string> {
  const needed = new Set<string>();
  for (const key of present(query)) {
    const { needs } = rows[key];
    if (needs !== undefined) needed.add(needs);
  }
  for (const inner of partsOf(query)) for (const name of neededBy(inner)) needed.add(name);
  return needed;
}

function holdsNonAscii(query: SearchQuery): boolean {
  return Object.values(query).some(saysNonAscii) || partsOf(query).some(holdsNonAscii);
}

/**
 * A text, several, or those of an object: what is deeper is no value of a key, and may be so deep that no call reaches its
 * end.
 */
function saysNonAscii(value: unknown): boolean {
  if (!isRecord(value)) return isNonAscii(value) || (Array.isArray(value) && value.some(isNonAscii));
  return Object.entries(value).flat().some(isNonAscii);
}

function isNonAscii(value: unknown): boolean {
  return typeof value === 'string' && !isAscii(value);
}

/** `path`: the keys that this query stands in, for the message. */
function checkQuery(query: SearchQuery, depth: number, path = ''): void {
  // Without keys it would find every message.
  if (!isRecord(query)) throw new UsageError(`${path}a search query is an object, not ${shown(query)}`);
  if (depth > MAX_DEPTH) throw new UsageError(`a search query nested deeper than ${MAX_DEPTH}`);
  for (const key of Object.keys(query)) {
    if (!Object.hasOwn(rows, key)) throw new UsageError(`${path}not a search key: ${shown(key)}`);
  }
  const { and = [], or = [], not = [], fuzzy } = query;
  const lists = { and, or, not: asArray(not), fuzzy: fuzzy === undefined ? [] : [fuzzy] };
  for (const [key, queries] of Object.entries(lists)) {
    if (!Array.isArray(queries))
      throw new UsageError(`${path}${key}: queries come as a list, not as ${shown(queries)}`);
    for (const inner of queries) checkQuery(inner, depth + 1, `${path}${key}: `);
  }
}

/** The keys that say something: all of no queries, and none of none, is every message. */
function present(query: SearchQuery): Key[] {
  const empty = (key: Key) => (key === 'and' || key === 'not') && Array.isArray(query[key]) && query[key].length === 0;
  return order.filter((key) => query[key] !== undefined && !empty(key));
}

function writeKeys(writer: Writer, query: SearchQuery): void {
  const keys = present(query);
  if (keys.length === 0) writer.raw('ALL');
  writer.spaced(keys, (key) => writeKey(writer, key, query));
}

function writeKey<K extends Key>(writer: Writer, key: K, query: SearchQuery): void {
  const value = query[key];
  if (rows[key].boolean) requireBoolean(key, value);
  naming(key, () => {
    if (value === undefined || value === null) throw new UsageError('the search key has no value');
    (rows[key] as Row<K>).write(writer, value); // the compiler does not see that the key ties the row to the value
  });
}

/** One search-key: in parentheses where it is several. */
function writeGroup(writer: Writer, query: SearchQuery): void {
  writer.raw('(');
  writeKeys(writer, query);
  writer.raw(')');
}

/** "OR" SP search-key SP search-key (RFC 3501 §9) takes two: more are nested. */
function writeOr(writer: Writer, queries: readonly SearchQuery[]): void {
  if (queries.length === 0) throw new UsageError('no query is named');
  queries.forEach((query, index) => {
    if (index < queries.length - 1) writer.raw('OR ');
    writeGroup(writer, query);
    if (index < queries.length - 1) writer.space();
  });
}

function writeHeader(writer: Writer, fields: Record<string, string | true>): void {
  if (!isRecord(fields)) throw new UsageError('the fields are an object');
  const entries = Object.entries(fields);
  if (entries.length === 0) throw new UsageError('no field is named');
  writer.spaced(entries, ([name, value]) => {
    if (!isAtom(name) || name.includes(':')) throw new UsageError(`not the name of a header field: ${shown(name)}`);
    if (value !== true && typeof value !== 'string')
      throw new UsageError(`${name} is a text or true, not ${shown(value)}`);
    writer
      .raw('HEADER ')
      .quoted(name)
      .space()
      .string(value === true ? '' : value);
  });
}

/** filter-name = 1*<any ATOM-CHAR except "/"> (RFC 5466 §4) */
function writeFilter(writer: Writer, name: string): void {
  if (typeof name !== 'string' || name.includes('/')) throw new UsageError(`not the name of a filter: ${shown(name)}`);
  writer.raw('FILTER ').atom(name);
}

function writeUids(writer: Writer, set: MessageSet): void {
  const { uid, text } = formatMessageSet(set);
  // Tolerance: mailutils finds nothing by `UID 1:*`.
  if (uid && text === '1:*') writer.raw('ALL');
  else writeSet(writer, uid ? 'UID ' : '', uid ? upwards(text) : text);
}

function writeSet(writer: Writer, prefix: string, normalised: string): void {
  // No message is in an empty set: NOT ALL finds none.
  writer.raw(normalised === '' ? 'NOT ALL' : `${prefix}${normalised}`);
}

function flag(name: string, opposite = `NOT ${name}`): { boolean: true; write(writer: Writer, value: boolean): void } {
  return { boolean: true, write: (writer, value) => void writer.raw(value ? name : opposite) };
}

function keyword(name: string): { write(writer: Writer, value: string | readonly string[]): void } {
  return {
    write: (writer, value) => {
      const keywords = asArray(value);
      if (keywords.length === 0) throw new UsageError('no keyword is named');
      writer.spaced(keywords, (one) => writer.raw(`${name} `).atom(one));
    },
  };
}

function text(name: string): { write(writer: Writer, value: string): void } {
  return {
    write: (writer, value) => {
      writer.raw(`${name} `).string(value);
    },
  };
}

function date(name: string): { write(writer: Writer, value: Date | string): void } {
  return { write: (writer, value) => void writer.raw(`${name} ${formatDate(value)}`) };
}

function number(name: string, least = 0): { write(writer: Writer, value: number): void } {
  return { write: (writer, value) => void writer.raw(`${name} `).number(value, least) };
}

function asArray<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]; // the compiler takes no readonly array for one
}

/** What may be in flight beside a search. */
export function searchBehaviour(query: SearchQuery): {
  mailbox: true;
  sequenceNumbers?: true;
  usesSavedResult?: true;
} {
  return {
    mailbox: true,
    ...(usesSequenceNumbers(query) ? { sequenceNumbers: true } : {}),
    ...(usesSavedResult(query) ? { usesSavedResult: true } : {}),
  };
}

/** True where sequence numbers stand in the query. */
export function usesSequenceNumbers(query: SearchQuery): boolean {
  const { seq, uid } = query;
  const inSet = uid !== undefined && isBySequence(uid);
  return seq !== undefined || inSet || partsOf(query).some(usesSequenceNumbers);
}

/**
 * A query whose sets, wherever in it they stand, were read once, for it may be written again; those of sequence numbers are put
 * through `change`. Throws UsageError for what is no query.
 */
export function mapNumbers(query: SearchQuery, change = (set: string): string => set): SearchQuery {
  checkQuery(query, 0);
  const of = (seq: NonNullable<SearchQuery['seq']>) => {
    const text = change(formatMessageSet({ seq }).text);
    return text === '' ? [] : text;
  };
  const inner = (one: SearchQuery): SearchQuery => {
    if (!holdsSet(one)) return one;
    const { seq, uid, and, or, not, fuzzy } = one;
    return {
      ...one,
      ...(seq === undefined ? {} : { seq: naming('seq', () => of(seq)) }),
      ...(uid === undefined
        ? {}
        : { uid: naming('uid', () => (isBySequence(uid) ? { seq: of(uid.seq) } : readOnce(uid))) }),
      ...(and === undefined ? {} : { and: naming('and', () => and.map(inner)) }),
      ...(or === undefined ? {} : { or: naming('or', () => or.map(inner)) }),
      ...(not === undefined ? {} : { not: naming('not', () => asArray(not).map(inner)) }),
      ...(fuzzy === undefined ? {} : { fuzzy: naming('fuzzy', () => inner(fuzzy)) }),
    };
  };
  return inner(query);
}

function holdsSet(query: SearchQuery): boolean {
  return query.seq !== undefined || query.uid !== undefined || partsOf(query).some(holdsSet);
}

function readOnce(uids: number | string | Iterable<number>): number | string | UidSet {
  return typeof uids === 'object' ? UidSet.from(uids) : uids;
}

/** True for a query that another session would understand differently: by sequence number, or by the saved result. */
export function ofThisSession(query: SearchQuery): boolean {
  return usesSequenceNumbers(query) || usesSavedResult(query);
}

/** True where the set `$` stands in the query. */
function usesSavedResult(query: SearchQuery): boolean {
  const { uid, seq } = query;
  const saved = seq === '$' || uid === '$' || (uid !== undefined && isBySequence(uid) && uid.seq === '$');
  return saved || partsOf(query).some(usesSavedResult);
}

function partsOf({ fuzzy, and, or, not }: SearchQuery): SearchQuery[] {
  return [fuzzy, and, or, not].flat().filter((part) => part !== undefined);
}
