import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { unknownStructure } from '../../../src/syntax/body-structure.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { emptyEnvelope } from '../../../src/syntax/envelope.ts';
import { FetchItemBit } from '../../../src/syntax/fetch-item.ts';
import {
  type FetchItems,
  fetchRequest,
  hasSections,
  toIncompleteMessage,
  toMessage,
} from '../../../src/syntax/fetch-items.ts';
import { FetchReader } from '../../../src/syntax/fetch-reader.ts';
import { readerOf } from './reader-of.ts';

const everything = new Capabilities(['CONDSTORE', 'PREVIEW', 'SAVEDATE', 'OBJECTID', 'X-GM-EXT-1', 'BINARY']);
const asked = (items: FetchItems, capabilities = everything) => fetchRequest(items, capabilities).text;

/** What a caller gets who asked for these items and was answered so. */
function message(items: FetchItems, answer: string, capabilities = everything) {
  const reader = new FetchReader();
  const data = reader.read(readerOf(answer), 3);
  return toMessage(data, reader.items, fetchRequest(items, capabilities));
}

describe('fetchRequest', () => {
  it.each<[FetchItems, string]>([
    [{}, '(UID)'],
    [{ flags: false, envelope: true }, '(UID ENVELOPE)'],
    [
      { size: true, bodyStructure: true, internalDate: true, envelope: true, flags: true },
      '(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)',
    ],
    [
      { threadId: true, emailId: true, saveDate: true, preview: true, modseq: true, gmail: true },
      '(UID MODSEQ PREVIEW SAVEDATE EMAILID THREADID X-GM-LABELS X-GM-MSGID X-GM-THRID)',
    ],
    [{ headers: true }, '(UID BODY.PEEK[HEADER])'],
    [{ headers: ['From', 'message-id'] }, '(UID BODY.PEEK[HEADER.FIELDS (FROM MESSAGE-ID)])'],
    [{ source: true }, '(UID BODY.PEEK[])'],
    [{ source: true, markSeen: true }, '(UID BODY[])'],
    [{ source: { offset: 0, length: 4096 } }, '(UID BODY.PEEK[]<0.4096>)'],
    [{ parts: ['1', '2.mime'], headers: true }, '(UID BODY.PEEK[HEADER] BODY.PEEK[1] BODY.PEEK[2.MIME])'],
    [{ parts: ['text', 'TEXT', 'header'], headers: true }, '(UID BODY.PEEK[HEADER] BODY.PEEK[TEXT])'],
    [{ parts: ['1', { section: 'text', offset: 2, length: 3 }] }, '(UID BODY.PEEK[1] BODY.PEEK[TEXT]<2.3>)'],
    [
      { parts: [{ section: '1', offset: 0, length: 9 }], source: { offset: 0, length: 5 }, markSeen: true },
      '(UID BODY[1]<0.9> BODY[]<0.5>)',
    ],
    [{ binary: ['1', '2.1'] }, '(UID BINARY.PEEK[1] BINARY.PEEK[2.1])'],
    [{ binary: ['1'], markSeen: true }, '(UID BINARY[1])'],
  ])('asks for %j', (items, text) => {
    expect(asked(items)).toBe(text);
    expect(fetchRequest(items, everything).text).toBe(text);
  });

  it('asks for the encoding where the server does not decode', () => {
    expect(asked({ binary: ['1'] }, Capabilities.none)).toMatch(/BODY\.PEEK\[1\].*BODYSTRUCTURE/);
    expect(asked({ binary: ['1'] }, new Capabilities(['IMAP4rev2']))).toBe('(UID BINARY.PEEK[1])');
  });

  it('says which items an answer must hold', () => {
    const { wanted } = fetchRequest({ flags: true, source: true }, everything);
    expect(wanted).toBe(FetchItemBit.UID | FetchItemBit.FLAGS | FetchItemBit.SECTION);
    const { UID, ANNOTATION, BINARY, BODYSTRUCTURE, GMAIL_LABELS, GMAIL_MSGID, GMAIL_THRID, SECTION } = FetchItemBit;
    const wantedOf = (items: FetchItems, capabilities = everything) => fetchRequest(items, capabilities).wanted;
    expect(wantedOf({})).toBe(UID);
    expect(wantedOf({ gmail: true })).toBe(UID | GMAIL_LABELS | GMAIL_MSGID | GMAIL_THRID);
    expect(wantedOf({ binary: ['1'] })).toBe(UID | BINARY);
    expect(wantedOf({ binary: ['1'] }, Capabilities.none)).toBe(UID | SECTION | BODYSTRUCTURE);
    const annotate = new Capabilities(['ANNOTATE-EXPERIMENT-1']);
    expect(wantedOf({ annotations: ['/private/comment'] }, annotate)).toBe(UID | ANNOTATION);
  });

  it.each<FetchItems>([
    { modseq: true },
    { preview: true },
    { saveDate: true },
    { emailId: true },
    { threadId: true },
    { gmail: true },
  ])('asks for nothing that the server does not offer: %j', (items) => {
    expect(() => asked(items, Capabilities.none)).toThrow(expect.objectContaining({ code: 'MISSING_CAPABILITY' }));
  });

  const refused: unknown[] = [
    { parts: ['1]'] },
    { parts: ['1] FLAGS BODY[2'] },
    { parts: '1' },
    { parts: [null] },
    { parts: [{ section: '1' }] },
    { parts: [{ section: 'x', offset: 0, length: 1 }] },
    { parts: [{ section: '1', offset: 0, length: 0 }] },
    // `source` is the item for it.
    { parts: [{ section: '', offset: 0, length: 1 }] },
    // What comes could be either.
    { parts: ['text', { section: 'TEXT', offset: 0, length: 1 }] },
    { parts: [{ section: 'text', offset: 0, length: 1 }, 'TEXT'] },
    { parts: [0, 1].map((offset) => ({ section: '1', offset, length: 1 })) },
    { binary: ['TEXT'] },
    { binary: ['1]<0.1'] },
    { headers: [] },
    { headers: ['a)] FLAGS BODY[HEADER.FIELDS (b'] },
    { headers: ['a\r\nb'] },
    { headers: 'From' },
    { source: { offset: -1, length: 1 } },
    { source: { offset: 0, length: 0 } },
    { source: { offset: 0.5, length: 1 } },
    { source: { offset: 0, length: '1>' } },
    { flag: true },
    { __proto__: null, constructor: true },
    null,
    'flags',
  ];

  it.each(refused.map((items) => ({ items, shown: JSON.stringify(items) })))('refuses $shown', ({ items }) => {
    expect(() => asked(items as FetchItems)).toThrow(UsageError); // a caller without types
  });
});

describe('toMessage', () => {
  it('hands on what was read where nothing is to be done', () => {
    const reader = new FetchReader();
    const data = reader.read(readerOf('(UID 7 FLAGS (\\Seen))'), 3);
    expect(toMessage(data, reader.items, fetchRequest({ flags: true }, everything))).toBe(data);
  });

  it('leaves out what was not asked for', () => {
    expect(message({ size: true }, '(UID 7 FLAGS (\\Seen) RFC822.SIZE 5 MODSEQ (4))')).toEqual({
      uid: 7,
      seq: 3,
      size: 5,
    });
    const read = message({ source: true }, '(UID 7 FLAGS (\\Seen) BODY[] "x")');
    expect(read).toEqual({ uid: 7, seq: 3, source: Buffer.from('x') });
  });

  it('keeps a date that the server does not know', () => {
    expect(
      message({ internalDate: true, flags: true }, '(UID 7 INTERNALDATE NIL FLAGS () RFC822.SIZE 1)'),
    ).toHaveProperty('internalDate', undefined);
  });

  it('gives headers', () => {
    const { headers } = message(
      { headers: ['Subject'] },
      '(UID 7 BODY[HEADER.FIELDS ("SUBJECT")] {21}\r\nSubject: a\r\n  b\r\n\r\n\r\n)',
    ) as { headers: { get(name: string): string | undefined; raw: Buffer } }; // the items say so
    expect(headers.get('subject')).toBe('a  b');
    expect(headers.raw).toHaveLength(21);
  });

  it('takes the header fields in the order that the server names them', () => {
    const { headers } = message({ headers: ['A', 'B'] }, '(UID 7 BODY[HEADER.FIELDS (B A)] {8}\r\nA: 1\r\n\r\n)') as {
      headers: { get(name: string): string | undefined };
    }; // the items say so
    expect(headers.get('a')).toBe('1');
  });

  it('names parts as the caller does', () => {
    expect(message({ parts: ['1', '2.mime', '3'] }, '(UID 7 BODY[2.MIME] "m" BODY[1] NIL)')).toEqual({
      uid: 7,
      seq: 3,
      parts: new Map([
        ['1', null],
        ['2.mime', Buffer.from('m')],
        ['3', null],
      ]),
    });
  });

  it('takes the server for its word where it decodes', () => {
    expect(message({ binary: ['1', '2'] }, '(UID 7 BINARY[1] ~{2}\r\n\0\xff BODY[2] "x")')).toEqual({
      uid: 7,
      seq: 3,
      binary: new Map([
        ['1', Buffer.of(0, 255)],
        ['2', null],
      ]),
    });
  });

  it('decodes where the server does not', () => {
    const structure =
      '(("text" "plain" NIL NIL NIL "BASE64" 8 1)("text" "plain" NIL NIL NIL "quoted-printable" 8 1) "mixed")';
    const answer = `(UID 7 BODY[1] "4oKs" BODY[2] "=E2=82=AC" BODYSTRUCTURE ${structure})`;
    expect(message({ binary: ['1', '2', '3'] }, answer, Capabilities.none)).toEqual({
      uid: 7,
      seq: 3,
      binary: new Map([
        ['1', Buffer.from('€')],
        ['2', Buffer.from('€')],
        ['3', null],
      ]),
    });
  });

  it.each([['parts'], ['binary']])('has no %s where none were asked for, and asks for nothing then', (item) => {
    const items = { flags: true, [item]: [] };
    expect(asked(items, Capabilities.none)).toBe('(UID FLAGS)');
    const flags = new Set(['\\Seen']);
    expect(message(items, '(UID 7 FLAGS (\\Seen))', Capabilities.none)).toEqual({
      uid: 7,
      seq: 3,
      flags,
      [item]: new Map(),
    });
  });

  it('does not take a slice for the whole, nor the whole for a slice', () => {
    const source = { offset: 2, length: 3 };
    expect(message({ source }, '(UID 7 BODY[]<2> "cde")')).toMatchObject({ source: Buffer.from('cde') });
    expect(message({ source }, '(UID 7 BODY[] "abcdefgh")')).toMatchObject({ source: Buffer.from('cde') });
    expect(message({ source, parts: [''] }, '(UID 7 BODY[]<2> "cde" BODY[] "abcdefgh")')).toMatchObject({
      source: Buffer.from('cde'),
      parts: new Map([['', Buffer.from('abcdefgh')]]),
    });
  });

  it.each<[answer: string, slice: string | null]>([
    ['BODY[TEXT]<2> "cde"', 'cde'],
    ['BODY[TEXT]<2> ""', ''],
    ['BODY[TEXT]<2> NIL', null],
    // More than was asked for; Exchange: the whole.
    ['BODY[TEXT]<2> "cdefgh"', 'cde'],
    ['BODY[TEXT] "abcdefgh"', 'cde'],
    ['BODY[TEXT] "ab"', ''],
  ])('gives a slice of a section: %s', (answer, slice) => {
    const items = { parts: ['1', { section: 'text', offset: 2, length: 3 }], source: { offset: 2, length: 1 } };
    expect(message(items, `(UID 7 BODY[1] "x" BODY[]<2> "b" ${answer})`)).toStrictEqual({
      uid: 7,
      seq: 3,
      source: Buffer.from('b'),
      parts: new Map([
        ['1', Buffer.from('x')],
        ['text', slice === null ? null : Buffer.from(slice)],
      ]),
    });
  });

  it('gathers what Gmail says', () => {
    expect(message({ gmail: true }, '(UID 7 X-GM-LABELS (a) X-GM-MSGID 1 X-GM-THRID 2)')).toEqual({
      uid: 7,
      seq: 3,
      gmail: { labels: new Set(['a']), messageId: '1', threadId: '2' },
    });
  });
});

describe('hasSections', () => {
  const has = (items: FetchItems, answer: string) =>
    hasSections(new FetchReader().read(readerOf(answer), 3), fetchRequest(items, everything));

  it.each<[FetchItems, string]>([
    [{ flags: true }, '(UID 7)'],
    [{ source: true }, '(BODY[] "x")'],
    [{ parts: ['1', '2'] }, '(BODY[2] "x" BODY[1] NIL)'],
    [{ binary: ['1'] }, '(BINARY[1] "x")'],
    [{ headers: ['A', 'B'] }, '(BODY[HEADER.FIELDS (B A)] "x")'],
    [{ source: { offset: 2, length: 3 } }, '(BODY[]<2> "cde")'],
    // Exchange
    [{ source: { offset: 2, length: 3 } }, '(BODY[] "abcdefgh")'],
    [{ parts: [{ section: '1', offset: 2, length: 3 }] }, '(BODY[1]<2> "cde")'],
    [{ parts: [{ section: '1', offset: 2, length: 3 }] }, '(BODY[1] "abcdefgh")'],
  ])('%j: all is in %s', (items, answer) => {
    expect(has(items, answer)).toBe(true);
  });

  it.each<[FetchItems, string]>([
    [{ source: true }, '(UID 7)'],
    [{ source: true }, '(BODY[]<0> "x")'],
    [{ source: true }, '(BODY[1] "x")'],
    [{ parts: ['1', '2'] }, '(BODY[1] "x")'],
    [{ parts: ['1'] }, '(BODY[1]<0> "x")'],
    [{ parts: ['1'] }, '(BINARY[1] "x")'],
    [{ binary: ['1'] }, '(BODY[1] "x")'],
    [{ headers: true }, '(BODY[HEADER.FIELDS (A)] "x")'],
    [{ headers: ['A'] }, '(BODY[] "x")'],
    [{ source: { offset: 2, length: 3 } }, '(BODY[]<3> "def")'],
    [{ parts: [{ section: '1', offset: 2, length: 3 }] }, '(BODY[1]<3> "def")'],
    [{ parts: [{ section: '1', offset: 2, length: 3 }] }, '(BODY[2]<2> "cde")'],
  ])('%j: something is missing in %s', (items, answer) => {
    expect(has(items, answer)).toBe(false);
  });
});

describe('toIncompleteMessage', () => {
  function incomplete(items: FetchItems, answer: string, capabilities = everything) {
    const reader = new FetchReader();
    const data = reader.read(readerOf(answer), 3);
    return toIncompleteMessage(data, reader.items, fetchRequest(items, capabilities));
  }

  it.each<[FetchItems, unknown]>([
    [{ internalDate: true }, { internalDate: undefined }],
    [{ envelope: true }, { envelope: emptyEnvelope() }],
    [{ bodyStructure: true }, { bodyStructure: unknownStructure() }],
    [{ preview: true }, { preview: null }],
    [{ saveDate: true }, { saveDate: null }],
    [{ threadId: true }, { threadId: null }],
  ])('has something in place of %j', (items, expected) => {
    const flags = new Set();
    expect(incomplete({ ...items, flags: true }, '(UID 7 FLAGS ())')).toStrictEqual({
      uid: 7,
      seq: 3,
      flags,
      ...(expected as object), // of the table above
    });
  });

  it('tells the size of a structure that the server does not', () => {
    expect(incomplete({ bodyStructure: true, size: true }, '(UID 7 RFC822.SIZE 5)')).toMatchObject({
      bodyStructure: { type: 'application/octet-stream', size: 5 },
    });
  });

  it.each<FetchItems>([
    { flags: true },
    { size: true },
    { modseq: true },
    { emailId: true },
    { gmail: true },
    { source: true },
    { headers: true },
    { headers: ['A'] },
    { parts: ['1'] },
    { binary: ['1'] },
  ])('is none without %j', (items) => {
    expect(incomplete({ ...items, internalDate: true }, '(UID 7)')).toBeUndefined();
  });

  it('is none without the structure that tells how to decode', () => {
    expect(incomplete({ binary: ['1'] }, '(UID 7 BODY[1] "x")', Capabilities.none)).toBeUndefined();
  });

  it('is none where bytes from another place came', () => {
    expect(incomplete({ source: true, envelope: true }, '(UID 7 BODY[]<3> "x")')).toBeUndefined();
    expect(incomplete({ headers: true, envelope: true }, '(UID 7 BODY[1] "x")')).toBeUndefined();
  });
});
