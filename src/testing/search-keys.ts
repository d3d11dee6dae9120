import type { Arguments } from './arguments.ts';
import { dayOf, parseMessageDate } from './dates.ts';
import { isUidOnly, usesUtf8 } from './dialect.ts';
import { filterNamed } from './filters.ts';
import { hasLabel, parseLabel, rawContains } from './gmail.ts';
import { emailId, type Message } from './message.ts';
import { bad, no, Refusal } from './refusal.ts';
import { type Criterion, SearchReader, scoreOf } from './search-reader.ts';
import { bodyScore, headerScore, textScore, type Wanted } from './search-text.ts';
import { membership, parseSet } from './sequence.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

const MAX_DEPTH = 100;

interface KeyKind {
  capability?: string;
  parse(reader: SearchReader): Criterion;
}

const flag = (name: string, present: boolean): KeyKind => ({
  parse: () => ({ cost: 0, test: (message) => message.flags.has(name) === present }),
});

const keyword = (present: boolean): KeyKind => ({
  parse({ args }) {
    args.space();
    const name = args.atom().toLowerCase();
    return { cost: 0, test: ({ flags }) => [...flags].some((other) => other.toLowerCase() === name) === present };
  },
});

const recent = (test: (isRecent: boolean, message: Message) => boolean): KeyKind => ({
  capability: 'IMAP4REV1',
  parse: () => ({ cost: 0, test: (message, view) => test(view.isRecent(message), message) }),
});

const size = (test: (size: number, than: bigint) => boolean): KeyKind => ({
  parse(reader) {
    const than = reader.size();
    return { cost: 0, test: ({ content }) => test(content.raw.length, than) };
  },
});

const internalDay = (test: (day: number, than: number) => boolean): KeyKind => ({
  parse(reader) {
    const than = reader.day();
    return { cost: 0, test: ({ internalDate }) => test(dayOf(internalDate), than) };
  },
});

const sentDay = (test: (day: number, than: number) => boolean): KeyKind => ({
  parse(reader) {
    const than = reader.day();
    return {
      cost: 1,
      test({ content }) {
        const date = parseMessageDate(content.header.get('date') ?? '');
        return date !== undefined && test(dayOf(date), than);
      },
    };
  },
});

const text = (cost: 1 | 2, score: (content: Message['content'], wanted: Wanted) => number): KeyKind => ({
  parse(reader) {
    const wanted = reader.text();
    return {
      cost,
      test: ({ content }) => score(content, wanted) > 0,
      ...(reader.fuzzy ? { score: ({ content }) => score(content, wanted) } : {}),
    };
  },
});

const header = (name: string) => text(1, (content, wanted) => headerScore(content, name, wanted));

/** The day on which a message came into the mailbox (RFC 8514 §4.3), in UTC. */
const savedDay = (test: (day: number, than: number) => boolean): KeyKind => ({
  capability: 'SAVEDATE',
  parse(reader) {
    const than = reader.day();
    return { cost: 0, test: ({ saveDate }) => test(dayOf({ at: saveDate, zone: 0 }), than) };
  },
});

/** Within so many seconds of now, by the internal date (RFC 5032). */
const within = (test: (at: number, limit: number) => boolean): KeyKind => ({
  capability: 'WITHIN',
  parse(reader) {
    reader.args.space();
    const limit = reader.session.context.now().getTime() - reader.args.nonZeroNumber() * 1000;
    return { cost: 0, test: ({ internalDate }) => test(internalDate.at, limit) };
  },
});

const objectId = (idOf: (message: Message, session: Session) => string): KeyKind => ({
  capability: 'OBJECTID',
  parse({ args, session }) {
    args.space();
    const id = args.match(/[A-Za-z0-9_-]{1,255}/y);
    if (id === undefined) throw bad('Expected an objectid');
    return { cost: 1, test: (message) => idOf(message, session) === id };
  },
});

/** A number that Gmail gives to messages. */
const gmailNumber = (numberOf: (message: Message, session: Session) => number): KeyKind => ({
  capability: 'X-GM-EXT-1',
  parse({ args, session }) {
    args.space();
    const wanted = args.bigNumber();
    return { cost: 1, test: (message) => BigInt(numberOf(message, session)) === wanted };
  },
});

const before = (day: number, than: number) => day < than;
const on = (day: number, than: number) => day === than;
const since = (day: number, than: number) => day >= than;

/** search-key (RFC 3501 §6.4.4 and §9): a new key is a new row. */
const KEYS: Readonly<Record<string, KeyKind>> = {
  ALL: { parse: () => ({ cost: 0, test: () => true }) },
  ANSWERED: flag('\\Answered', true),
  DELETED: flag('\\Deleted', true),
  DRAFT: flag('\\Draft', true),
  FLAGGED: flag('\\Flagged', true),
  SEEN: flag('\\Seen', true),
  UNANSWERED: flag('\\Answered', false),
  UNDELETED: flag('\\Deleted', false),
  UNDRAFT: flag('\\Draft', false),
  UNFLAGGED: flag('\\Flagged', false),
  UNSEEN: flag('\\Seen', false),
  KEYWORD: keyword(true),
  UNKEYWORD: keyword(false),
  RECENT: recent((isRecent) => isRecent),
  OLD: recent((isRecent) => !isRecent),
  NEW: recent((isRecent, { flags }) => isRecent && !flags.has('\\Seen')),
  LARGER: size((bytes, than) => bytes > than),
  SMALLER: size((bytes, than) => bytes < than),
  BEFORE: internalDay(before),
  ON: internalDay(on),
  SINCE: internalDay(since),
  SENTBEFORE: sentDay(before),
  SENTON: sentDay(on),
  SENTSINCE: sentDay(since),
  SAVEDBEFORE: savedDay(before),
  SAVEDON: savedDay(on),
  SAVEDSINCE: savedDay(since),
  SAVEDATESUPPORTED: { capability: 'SAVEDATE', parse: () => ({ cost: 0, test: () => true }) },
  OLDER: within((at, limit) => at <= limit),
  YOUNGER: within((at, limit) => at >= limit),
  EMAILID: objectId((message) => emailId(message)),
  THREADID: objectId((message, session) => session.mail.threads.idOf(message)),
  'X-GM-MSGID': gmailNumber(({ contentId }) => contentId),
  'X-GM-THRID': gmailNumber((message, session) => session.mail.threads.numberOf(message)),
  'X-GM-LABELS': {
    capability: 'X-GM-EXT-1',
    parse({ args, session }) {
      args.space();
      const label = parseLabel(args);
      return { cost: 0, test: (message, view) => hasLabel(session, view, message, label) };
    },
  },
  'X-GM-RAW': {
    capability: 'X-GM-EXT-1',
    parse(reader) {
      const wanted = reader.text();
      const { key: collate } = reader.session.collation;
      return { cost: 2, test: (message) => rawContains(message, wanted.text, collate) };
    },
  },
  BCC: header('bcc'),
  CC: header('cc'),
  FROM: header('from'),
  SUBJECT: header('subject'),
  TO: header('to'),
  HEADER: {
    parse(reader) {
      reader.args.space();
      return header(reader.args.astring().toLowerCase()).parse(reader);
    },
  },
  BODY: text(2, bodyScore),
  TEXT: text(2, textScore),
  FUZZY: {
    capability: 'SEARCH=FUZZY',
    parse(reader) {
      reader.args.space();
      const { fuzzy } = reader;
      reader.fuzzy = true;
      const criterion = readKey(reader);
      reader.fuzzy = fuzzy;
      return criterion;
    },
  },
  FILTER: { capability: 'FILTERS', parse: readFilter },
  UID: {
    parse(reader) {
      reader.args.space();
      return inSet(reader.session, reader.args.set(), true);
    },
  },
  MODSEQ: {
    capability: 'CONDSTORE',
    parse(reader) {
      reader.args.space();
      if (reader.args.peek() === '"') skipEntry(reader.args);
      const than = reader.args.bigNumber();
      reader.withModseq = true;
      reader.session.useModseqs();
      return { cost: 0, test: ({ modseq }) => modseq >= than };
    },
  },
  NOT: {
    parse(reader) {
      reader.args.space();
      const { cost, test } = readKey(reader);
      return { cost, test: (message, view) => !test(message, view) };
    },
  },
  OR: {
    parse(reader) {
      reader.args.space();
      const one = readKey(reader);
      reader.args.space();
      const other = readKey(reader);
      const [first, second] = one.cost <= other.cost ? [one, other] : [other, one];
      const score = (key: Criterion, message: Message, view: View) =>
        key.test(message, view) ? scoreOf(key, message, view) : 0;
      return {
        cost: second.cost,
        test: (message, view) => first.test(message, view) || second.test(message, view),
        score: (message, view) => Math.max(score(first, message, view), score(second, message, view)),
      };
    },
  },
};

/** entry-name SP entry-type-req SP (RFC 7162 §3.1.5): modseqs are kept for messages as a whole, so all are the same. */
function skipEntry(args: Arguments): void {
  args.quoted();
  args.space();
  if (!['PRIV', 'SHARED', 'ALL'].includes(args.word())) throw bad('Bad entry type');
  args.space();
}

export interface Search {
  criterion: Criterion;
  /** What the sets of messages among its keys leave to be searched. */
  searched: Criterion;
  withModseq: boolean;
}

/** [CHARSET SP astring SP] search-key *(SP search-key) */
export function parseSearch(session: Session, args: Arguments): Search {
  const hasCharset = args.match(/CHARSET /iy) !== undefined;
  // Text is UTF-8 as it stands (RFC 9755 §3).
  if (hasCharset && usesUtf8(session)) throw bad('No CHARSET once UTF-8 is enabled');
  return hasCharset ? parseSearchIn(session, args) : parseKeys(session, args, usesUtf8(session) ? 'UTF-8' : 'US-ASCII');
}

/** charset SP search-key *(SP search-key), as SORT and THREAD have it (RFC 5256 §5) */
export function parseSearchIn(session: Session, args: Arguments): Search {
  return parseKeys(session, args, readCharset(args));
}

/** charset SP */
function readCharset(args: Arguments): string {
  const charset = args.astring().toUpperCase();
  args.space();
  if (charset !== 'UTF-8' && charset !== 'US-ASCII') throw no('Charset not supported', 'BADCHARSET (US-ASCII UTF-8)');
  return charset;
}

function parseKeys(session: Session, args: Arguments, charset: string): Search {
  const reader = new SearchReader(session, args, charset === 'UTF-8');
  const keys = readKeyList(reader);
  const searched = all(keys.filter(({ isSet }) => isSet));
  return { criterion: all(keys), searched, withModseq: reader.withModseq };
}

function readKeys(reader: SearchReader): Criterion {
  return all(readKeyList(reader));
}

function readKeyList(reader: SearchReader): Criterion[] {
  const keys = [readKey(reader)];
  while (reader.args.take(' ')) keys.push(readKey(reader));
  return keys;
}

function all(keys: Criterion[]): Criterion {
  const [first] = keys;
  if (first && keys.length === 1) return first;
  const ordered = keys.toSorted((a, b) => a.cost - b.cost);
  const scored = ordered.filter(({ score }) => score !== undefined);
  return {
    cost: ordered.at(-1)?.cost ?? 0,
    test: (message, view) => ordered.every((key) => key.test(message, view)),
    score: (message, view) => Math.min(100, ...scored.map((key) => scoreOf(key, message, view))),
  };
}

function readKey(reader: SearchReader): Criterion {
  const { args, session } = reader;
  if (isUidOnly(session) && /[\d*]/.test(args.peek())) throw bad('Messages are named by UID alone', 'UIDREQUIRED');
  if (++reader.depth > MAX_DEPTH) throw bad('Search nests too deep');
  let criterion: Criterion;
  if (args.take('(')) {
    criterion = readKeys(reader);
    args.expect(')');
  } else if (/[\d*$]/.test(args.peek())) {
    criterion = inSet(session, args.set(), false);
  } else {
    const name = args.word();
    const kind = KEYS[name];
    if (!kind || (kind.capability !== undefined && !session.offers(kind.capability)))
      throw bad(`Unknown search key ${name}`);
    criterion = kind.parse(reader);
  }
  reader.depth--;
  return criterion;
}

/** Filters that one search may read: one that names itself never ends, and others double with every level. */
const MAX_FILTERS = 100;

/** FILTER filter-name (RFC 5466 §3.1). A search that does not stand under the name is the fault of no command. */
function readFilter(reader: SearchReader): Criterion {
  reader.args.space();
  const name = reader.args.atom();
  const stored = filterNamed(reader.session, name);
  const refusal = (why: string) => no(`${why} ${name}`, `UNDEFINED-FILTER ${name}`);
  if (!stored || ++reader.filters > MAX_FILTERS) throw refusal('No filter');
  try {
    return readStored(reader, stored);
  } catch (error) {
    throw error instanceof Refusal && error.status === 'BAD' ? refusal('No search in the filter') : error;
  }
}

/** [CHARSET SP astring SP] search-key *(SP search-key) */
function readStored(reader: SearchReader, stored: Arguments): Criterion {
  const { session, depth, filters, fuzzy } = reader;
  const hasCharset = stored.match(/CHARSET /iy) !== undefined;
  const utf8 = hasCharset ? readCharset(stored) === 'UTF-8' : usesUtf8(session);
  const inner = Object.assign(new SearchReader(session, stored, utf8), { depth, filters, fuzzy });
  const criterion = readKeys(inner);
  stored.end();
  reader.filters = inner.filters;
  reader.withModseq ||= inner.withModseq;
  return criterion;
}

function inSet(session: Session, text: string, byUid: boolean): Criterion {
  if (text === '$') {
    const { saved } = session.view;
    return { cost: 0, test: (message) => saved.has(message) };
  }
  const ranges = parseSet(text);
  let star = 0;
  let isMember = membership(ranges, star);
  const test = (message: Message, view: View) => {
    const last = byUid ? view.lastUid : view.exists;
    if (last !== star) isMember = membership(ranges, last);
    star = last;
    return isMember(byUid ? message.uid : view.sequenceNumber(message));
  };
  return { cost: 0, isSet: true, test };
}
