import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { FetchItemBit } from '../../../src/syntax/fetch-item.ts';
import { FetchReader } from '../../../src/syntax/fetch-reader.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { readerOf } from './reader-of.ts';

const fetchReader = new FetchReader();
const read = (text: string, seq: number | undefined = 1, uid?: number) => fetchReader.read(readerOf(text), seq, uid);

/** A response with literals, behind `* 1 FETCH `. */
function framed(text: string): unknown {
  const results: unknown[] = [];
  const reader = new Reader();
  const framer = new Framer({
    frame: (frame) => {
      reader.reset(frame);
      reader.position += '* 1 FETCH '.length;
      results.push(fetchReader.read(reader, 1));
    },
  });
  framer.receive(Buffer.from(`${text}\r\n`, 'latin1'));
  return results[0];
}

describe('FetchReader', () => {
  it('gives a plain object with the keys that came, in their order', () => {
    const data = read(' (UID 7 RFC822.SIZE 4286 FLAGS (\\Seen))', 3);
    deepStrictEqual(data, { uid: 7, seq: 3, size: 4286, flags: new Set(['\\Seen']) });
    expect(Object.keys(data)).toEqual(['uid', 'seq', 'size', 'flags']);
    expect(Object.keys(read('(FLAGS ())'))).toEqual(['uid', 'seq', 'flags']);
  });

  it('tells what the response held', () => {
    read('(UID 7 FLAGS ())');
    expect(fetchReader.items).toBe(FetchItemBit.UID | FetchItemBit.FLAGS);
    read('(BODY[] NIL INTERNALDATE NIL BODY[1] NIL)');
    expect(fetchReader.items).toBe(FetchItemBit.SECTION | FetchItemBit.INTERNALDATE);
    read('(BODY ("text" "plain" NIL NIL NIL "7bit" 1 1))');
    expect(fetchReader.items).toBe(FetchItemBit.BODY);
    read('()');
    expect(fetchReader.items).toBe(0);
    expect(new Set(Object.values(FetchItemBit)).size).toBe(Object.keys(FetchItemBit).length);
  });

  it('knows no sequence number under UIDONLY', () => {
    deepStrictEqual(fetchReader.read(readerOf('(RFC822.SIZE 5)'), undefined, 99), { uid: 99, size: 5 });
    expect(fetchReader.items).toBe(FetchItemBit.UID | FetchItemBit.SIZE);
  });

  it('takes names in any case', () => {
    expect(read('(uid 7 Flags () Rfc822.Size 1 body[text] "x")')).toEqual({
      uid: 7,
      seq: 1,
      flags: new Set(),
      size: 1,
      sections: [{ kind: 'BODY', section: 'TEXT', bytes: Buffer.from('x') }],
    });
  });

  it('reads the older items as sections', () => {
    expect(read('(RFC822 "a" RFC822.HEADER "b" RFC822.TEXT NIL)').sections).toEqual([
      { kind: 'BODY', section: '', bytes: Buffer.from('a') },
      { kind: 'BODY', section: 'HEADER', bytes: Buffer.from('b') },
      { kind: 'BODY', section: 'TEXT', bytes: null },
    ]);
  });

  it('reads sections, origins and literals, empty ones too', () => {
    expect(
      read(
        '(BODY[HEADER.FIELDS ("To" from)]<5> {3}\r\na\0b BODY[1.MIME] {0}\r\n BINARY[2] ~{1}\r\n\xff BINARY.SIZE[2] 7)',
      ),
    ).toEqual({
      uid: 0,
      seq: 1,
      sections: [
        { kind: 'BODY', section: 'HEADER.FIELDS (TO FROM)', origin: 5, bytes: Buffer.from('a\0b') },
        { kind: 'BODY', section: '1.MIME', bytes: Buffer.alloc(0) },
        { kind: 'BINARY', section: '2', bytes: Buffer.of(0xff) },
      ],
      binarySizes: new Map([['2', 7]]),
    });
  });

  it('passes over items that it does not know, whole', () => {
    expect(
      read(
        '(X-A 1 X-B (a (b "c)" {2}\r\n)))) X-C "d" X-D NIL X-E[1.2]<3> {1}\r\n) X-F[a (b)] x UIDX 9 UI 8 UID 7 X-G)',
      ),
    ).toEqual({ uid: 7, seq: 1 });
    expect(fetchReader.items).toBe(FetchItemBit.UID);
  });

  it('reads numbers of 64 bits exactly', () => {
    expect(
      read('(MODSEQ (9223372036854775807) X-GM-MSGID 18446744073709551615 X-GM-THRID 9007199254740993)'),
    ).toMatchObject({
      modseq: 9223372036854775807n,
      gmailMessageId: '18446744073709551615',
      gmailThreadId: '9007199254740993',
    });
  });

  it('decodes labels and previews', () => {
    expect(read('(X-GM-LABELS ("\\\\Important" "&ZeVnLIqe-" a+b) PREVIEW "\xe2\x82\xac =?a?q?b?=")')).toMatchObject({
      gmailLabels: new Set(['\\Important', '日本語', 'a+b']),
      preview: '€ =?a?q?b?=',
    });
  });

  it('reads equal lists of labels once, and takes none for another', () => {
    const labels = (list: string) => read(`(X-GM-LABELS ${list} UID 7)`).gmailLabels;
    expect(labels('("\\\\Inbox" "Entw&APw-rfe")')).toBe(labels('("\\\\Inbox" "Entw&APw-rfe")'));
    expect([...(labels('("a)" b)') ?? [])]).toEqual(['a)', 'b']);
    expect([...(labels('("a)" c)') ?? [])]).toEqual(['a)', 'c']);
    // In a line that nothing else ends, an escaped quote ends the string.
    expect([...(read('(X-GM-LABELS ("d\\")').gmailLabels ?? [])]).toEqual(['d\\']);
    expect([...(labels('("d\\")" e)') ?? [])]).toEqual(['d")', 'e']);
  });

  it.each(['(UID 1.5)', '(UID -1)', '(UID 4294967296)', '(UID 1e3)'])(
    'refuses a UID that it would have to guess: %s',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
    },
  );

  it('reads items without parentheses', () => {
    const data = { uid: 1, seq: 1, flags: new Set(['a']) };
    expect([read('UID 1 FLAGS (a)'), read('flags (a) X y UID 1'), read('UID 1 FLAGS (a) )')]).toEqual([
      data,
      data,
      data,
    ]);
  });

  it.each(['', 'X 1', '(UID)', '(FLAGS \\Seen)', '(BODY[1 "x")', '(RFC822.SIZE x)', '(ENVELOPE (', '(BODY[]<x> "y")'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
    },
  );

  it('limits the depth', () => {
    expect(() => read(`(X ${'('.repeat(200)}`)).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
    expect(() => read('(X '.repeat(200))).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
    const tooMany = `(UID 1${') A 1'.repeat(50_000)} X ${'('.repeat(50_000)}`;
    expect(() => read(tooMany)).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
  });

  it('takes a structure of parts nested too deeply for an unknown one, if it ends', () => {
    const text = '("text" "plain" ("name" ")(") NIL {1}\r\n( "7bit" 1 1)';
    const nested = (depth: number) => `${'('.repeat(depth)}${text}${' "mixed")'.repeat(depth)}`;
    const unknown = { type: 'application/octet-stream', size: 9 };
    for (const depth of [99, 100, 5000]) {
      const deep = framed(`* 1 FETCH (RFC822.SIZE 9 BODYSTRUCTURE ${nested(depth)} UID 7)`);
      expect(deep).toMatchObject({ uid: 7, bodyStructure: unknown });
    }
    expect(framed(`* 1 FETCH (BODYSTRUCTURE ${nested(90)} UID 7)`)).toMatchObject({
      uid: 7,
      bodyStructure: { part: '' },
    });
    expect(() => read(`(BODY ${'('.repeat(5000)}`)).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
  });

  it('costs time in proportion to its length', () => {
    const started = performance.now();
    read(`(${'X-A 1 '.repeat(100_000)})`);
    expect(read(`(${'BODY[1] NIL '.repeat(80_000)})`).sections).toHaveLength(80_000);
    read(`(${'BODY[1'.repeat(100_000)}] NIL)`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
