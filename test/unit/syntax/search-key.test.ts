import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  mapNumbers,
  requiredCapabilities,
  type SearchQuery,
  searchBehaviour,
  writeSearchProgram,
  writeSearchQuery,
} from '../../../src/syntax/search-key.ts';
import { written } from './reader-of.ts';

const keys = (query: SearchQuery) => written((writer) => writeSearchQuery(writer, query));

describe('writeSearchQuery', () => {
  const queries: [query: SearchQuery, text: string][] = [
    [{}, 'ALL'],
    [{ all: true }, 'ALL'],
    [{ and: [], not: [] }, 'ALL'],
    [{ seen: true, not: [] }, 'SEEN'],
    [{ seen: undefined as unknown as boolean, flagged: true }, 'FLAGGED'],
    [
      { draft: false, deleted: false, flagged: false, answered: false, seen: false },
      'UNSEEN UNANSWERED UNFLAGGED UNDELETED UNDRAFT',
    ],
    [{ recent: true, new: true, old: true }, 'RECENT NEW OLD'],
    [{ recent: false, old: false }, 'OLD RECENT'],
    [{ keyword: '$Junk', notKeyword: ['a', 'b'] }, 'KEYWORD $Junk UNKEYWORD a UNKEYWORD b'],
    [{ from: 'a "b" \\', subject: '' }, 'FROM "a \\"b\\" \\\\" SUBJECT ""'],
    [{ body: 'x', text: 'y', to: 'a', cc: 'b', bcc: 'c' }, 'TO "a" CC "b" BCC "c" BODY "x" TEXT "y"'],
    [{ header: { 'X-Spam': true, Subject: 'a' } }, 'HEADER "X-Spam" "" HEADER "Subject" "a"'],
    [
      { since: '1994-02-01', before: new Date('1994-03-01T23:59:59Z'), on: '2-Feb-1994' },
      'SINCE 1-Feb-1994 BEFORE 1-Mar-1994 ON 2-Feb-1994',
    ],
    [
      { sentSince: '1994-02-01', sentBefore: '1994-02-02', sentOn: '1994-02-03' },
      'SENTSINCE 1-Feb-1994 SENTBEFORE 2-Feb-1994 SENTON 3-Feb-1994',
    ],
    [
      { savedSince: '1994-02-01', savedBefore: '1994-02-02', savedOn: '1994-02-03' },
      'SAVEDSINCE 1-Feb-1994 SAVEDBEFORE 2-Feb-1994 SAVEDON 3-Feb-1994',
    ],
    [{ saveDateSupported: true }, 'SAVEDATESUPPORTED'],
    [{ saveDateSupported: false }, 'NOT SAVEDATESUPPORTED'],
    [
      { annotations: { '/private/comment': 'a "b"', '/Shared/x/y': 'c' } },
      'ANNOTATION "/comment" "value.priv" "a \\"b\\"" ANNOTATION "/x/y" "value.shared" "c"',
    ],
    [{ larger: 0, smaller: 5000000000 }, 'LARGER 0 SMALLER 5000000000'],
    [{ older: 60, younger: 3600 }, 'OLDER 60 YOUNGER 3600'],
    [{ uid: '9:7,1', seq: '2:*' }, 'UID 1,7:9 2:*'],
    [{ uid: [3, 1, 2] }, 'UID 1:3'],
    [{ uid: '1:*', not: { uid: '5,1:*' } }, 'ALL NOT (ALL)'],
    [{ uid: '7:*' }, 'UID 7:4294967295'],
    [{ uid: { seq: '1:3,7:*' } }, '1:3,7:*'],
    [{ uid: '$' }, 'UID $'],
    [{ uid: [] }, 'NOT ALL'],
    [{ modseq: 18n }, 'MODSEQ 18'],
    [{ emailId: 'M1', threadId: 'T1' }, 'EMAILID M1 THREADID T1'],
    [{ gmail: 'has:attachment in:"x"' }, 'X-GM-RAW "has:attachment in:\\"x\\""'],
    [
      { gmail: { raw: 'is:important', messageId: '18446744073709551615', threadId: '7' } },
      'X-GM-RAW "is:important" X-GM-MSGID 18446744073709551615 X-GM-THRID 7',
    ],
    [
      { not: { gmail: { label: '\\Inbox' } }, gmail: { label: 'A & B' } },
      'X-GM-LABELS "A &- B" NOT (X-GM-LABELS \\Inbox)',
    ],
    [{ gmail: { label: 'Grüße' } }, 'X-GM-LABELS "Gr&APwA3w-e"'],
    [{ filter: 'on-the-road' }, 'FILTER on-the-road'],
    [{ fuzzy: { subject: 'a', body: 'b' } }, 'FUZZY (SUBJECT "a" BODY "b")'],
    [{ and: [{ seen: true }, { from: 'a' }] }, '(SEEN) (FROM "a")'],
    [{ or: [{ seen: true }] }, '(SEEN)'],
    [{ or: [{ seen: true }, { from: 'a' }] }, 'OR (SEEN) (FROM "a")'],
    [{ or: [{ from: 'a' }, { from: 'b' }, { from: 'c', seen: true }] }, 'OR (FROM "a") OR (FROM "b") (SEEN FROM "c")'],
    [{ not: { from: 'a', seen: true } }, 'NOT (SEEN FROM "a")'],
    [{ not: [{ from: 'a' }, {}] }, 'NOT (FROM "a") NOT (ALL)'],
  ];

  it.each(queries.map(([query, text]) => ({ query, text })))('writes $text', ({ query, text }) => {
    expect(keys(query)).toBe(text);
  });

  it('writes keys in one order, whatever the order of the query', () => {
    expect(keys({ text: 'x', seen: true, uid: 1 })).toBe(keys({ uid: 1, seen: true, text: 'x' }));
  });

  it('sends text that is not US-ASCII as a literal', () => {
    expect(keys({ subject: 'é' })).toBe('SUBJECT {2}\r\n…\xc3\xa9');
  });

  const refused: unknown[] = [
    { keyword: '' },
    { keyword: 'a b' },
    { keyword: '\\Seen' },
    { keyword: 'a) ALL (b' },
    { keyword: [] },
    { from: 'a\r\nb' },
    { from: 'a\0b' },
    { from: 1 },
    { from: null },
    { header: {} },
    { header: { 'a b': true } },
    { header: { 'a:': true } },
    { header: { 'a"': true } },
    { header: { a: 1 } },
    { header: { a: false } },
    { header: { a: 'x\ny' } },
    { since: 'yesterday' },
    { since: new Date(Number.NaN) },
    { since: '1994-02-30' },
    { since: 760060800000 },
    { larger: -1 },
    { larger: 1.5 },
    { larger: '1 ALL' },
    { modseq: '1 ALL' },
    { modseq: 1.5 },
    { older: 0 },
    { uid: 0 },
    { uid: '1 ALL' },
    { seq: '1\r\n' },
    { emailId: 'a b' },
    { threadId: ['a'] },
    { filter: 'a/b' },
    { filter: 'a b' },
    { gmail: 'a\r\nb' },
    { gmail: {} },
    { gmail: { subject: 'a' } },
    { gmail: { messageId: '1 ALL' } },
    { gmail: { messageId: 'ALL 1' } },
    { gmail: { messageId: '1'.repeat(21) } },
    { gmail: { threadId: 7 } },
    { gmail: { label: 'a\r\nb' } },
    { gmail: { label: '\\a b' } },
    { gmail: { raw: null } },
    { gmail: 1 },
    { or: [] },
    { or: {} },
    { and: {} },
    { not: 'x' },
    { not: [null] },
    { fuzzy: 'x' },
    { seen: 'yes' },
    { unseen: true },
    { toString: true },
    { not: { unseen: true } },
    [],
    null,
    'ALL',
  ];

  it.each(refused.map((query) => ({ query, shown: JSON.stringify(query) })))('refuses $shown', ({ query }) => {
    expect(() => keys(query as SearchQuery)).toThrow(UsageError); // a caller without types
  });

  it.each(['from', 'since', 'uid', 'gmail'])('tells of a key without a value: %s', (key) => {
    expect(() => keys({ [key]: null })).toThrow(new UsageError(`${key}: the search key has no value`));
  });

  it('refuses a query that is nested without end', () => {
    const endless: SearchQuery = {};
    endless.not = endless;
    expect(() => keys(endless)).toThrow(UsageError);
    expect(() => written((writer) => writeSearchProgram(writer, endless, false))).toThrow(UsageError);
    expect(() => requiredCapabilities('X', endless)).toThrow(UsageError);
  });
});

describe('writeSearchProgram', () => {
  const program = (query: SearchQuery, utf8 = false) => written((writer) => writeSearchProgram(writer, query, utf8));

  it.each<SearchQuery>([
    { subject: 'é' },
    { header: { Subject: 'é' } },
    { or: [{ seen: true }, { not: [{ and: [{ text: 'é' }] }] }] },
    { fuzzy: { text: 'é' } },
  ])('names the charset of what is not US-ASCII, unless UTF-8 is enabled: %j', (query) => {
    expect(program(query)).toBe(`CHARSET UTF-8 ${keys(query)}`);
    expect(program(query, true)).toBe(keys(query));
  });

  it('names none for US-ASCII', () => {
    const query: SearchQuery = { subject: 'e', keyword: 'a', since: new Date(0), uid: [1], header: { a: true } };
    expect(program(query)).toBe(keys(query));
  });

  it('looks at no text that is left out', () => {
    expect(program({ subject: undefined as unknown as string, seen: true })).toBe('SEEN'); // a caller without types
  });
});

describe('requiredCapabilities', () => {
  it('names what the keys need, however deep', () => {
    expect([...requiredCapabilities('X', { seen: true })]).toEqual([]);
    expect(
      [
        ...requiredCapabilities('X', {
          older: 1,
          not: { modseq: 1n, or: [{ savedOn: '1994-02-01' }, { gmail: 'x' }] },
        }),
      ].sort(),
    ).toEqual(['CONDSTORE', 'SAVEDATE', 'WITHIN', 'X-GM-EXT-1']);
    expect([...requiredCapabilities('X', { fuzzy: { filter: 'a', emailId: 'b' } })].sort()).toEqual([
      'FILTERS',
      'OBJECTID',
      'SEARCH=FUZZY',
    ]);
  });
});

describe('searchBehaviour', () => {
  it.each<[SearchQuery, object]>([
    [{ seen: true, uid: '1:3' }, {}],
    [{ seq: 1 }, { sequenceNumbers: true }],
    [{ uid: { seq: 1 } }, { sequenceNumbers: true }],
    [{ or: [{ seen: true }, { not: { fuzzy: { seq: 1 } } }] }, { sequenceNumbers: true }],
    [{ uid: '$' }, { usesSavedResult: true }],
    [{ and: [{ seen: true }, { uid: '$' }] }, { usesSavedResult: true }],
    [{ seq: '$' }, { sequenceNumbers: true, usesSavedResult: true }],
    [{ uid: { seq: '$' } }, { sequenceNumbers: true, usesSavedResult: true }],
  ])('of %j tells what must not change meanwhile', (query, expected) => {
    expect(searchBehaviour(query)).toEqual({ mailbox: true, ...expected });
  });
});

describe('mapNumbers', () => {
  const mapped = (query: SearchQuery) => mapNumbers(query, (set) => (set === '1' ? '' : set.replaceAll(',', ':')));

  it.each<[SearchQuery, SearchQuery]>([
    [{ seq: '2,9' }, { seq: '2:9' }],
    [{ seq: 1 }, { seq: [] }],
    [{ uid: { seq: [2, 9] } }, { uid: { seq: '2:9' } }],
    [
      { seq: '2,9', uid: '2,9' },
      { seq: '2:9', uid: '2,9' },
    ],
    [
      { seen: true, and: [{ seq: '2,9' }, { uid: '2,9' }], or: [{ seq: '3,5' }, { not: { seq: '4,6' } }] },
      { seen: true, and: [{ seq: '2:9' }, { uid: '2,9' }], or: [{ seq: '3:5' }, { not: [{ seq: '4:6' }] }] },
    ],
    [
      { fuzzy: { seq: '2,9' }, not: [{ seq: '3,5' }] },
      { fuzzy: { seq: '2:9' }, not: [{ seq: '3:5' }] },
    ],
  ])('%j', (query, expected) => {
    expect(mapped(query)).toEqual(expected);
  });

  it('refuses what is no query', () => {
    expect(() => mapNumbers('ALL' as SearchQuery)).toThrow(UsageError); // a caller without types
  });

  it('hands back a query without sets as it is', () => {
    const query = { subject: 'x', or: [{ seen: true }] };
    expect(mapped(query)).toBe(query);
  });
});
