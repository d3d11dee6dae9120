import { deepStrictEqual } from 'node:assert';
import { describe, expect, it, vi } from 'vitest';
import { partByNumber, readBodyStructure, unknownStructure, walk } from '../../../src/syntax/body-structure.ts';
import { readerOf } from './reader-of.ts';

const bodyOf = (text: string) => readBodyStructure(readerOf(text));
const TEXT = '("text" "plain" NIL NIL NIL "7bit" 1 1)';
const ENVELOPE = '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';
const NESTED = `(${TEXT}("message" "rfc822" NIL NIL NIL "7bit" 9 ${ENVELOPE} (${TEXT}${TEXT} "mixed") 3)("message" "rfc822" NIL NIL NIL "7bit" 9 ${ENVELOPE} ${TEXT} 3) "mixed")`;

describe('readBodyStructure', () => {
  it('gives plain objects without the keys that say nothing', () => {
    deepStrictEqual(bodyOf('("TEXT" "Plain" NIL NIL NIL "7BIT" 12 3)'), {
      part: '1',
      type: 'text/plain',
      params: {},
      encoding: '7bit',
      size: 12,
      lines: 3,
    });
    deepStrictEqual(bodyOf(`(${TEXT} "Mixed" NIL NIL NIL NIL)`), {
      part: '',
      type: 'multipart/mixed',
      params: {},
      parts: [bodyOf(TEXT)],
    });
  });

  it('reads every field and extension', () => {
    const text =
      '("application" "pdf" ("Name" "a.pdf") "<id>" "a =?utf-8?q?=E2=82=AC?=" "BASE64" 5000000000 "md5" ("ATTACHMENT" ("FileName" "b.pdf")) ("en" "de") "http://x/" "new" (1 ("x" NIL)) 2)';
    deepStrictEqual(bodyOf(text), {
      part: '1',
      type: 'application/pdf',
      params: { name: 'a.pdf' },
      id: '<id>',
      description: 'a €',
      encoding: 'base64',
      size: 5_000_000_000,
      md5: 'md5',
      disposition: { type: 'attachment', params: { filename: 'b.pdf' } },
      language: ['en', 'de'],
      location: 'http://x/',
      filename: 'b.pdf',
    });
    expect(bodyOf(`(${TEXT} "mixed" ("boundary" "b") ("inline" NIL) "en" "loc" (7))`)).toMatchObject({
      params: { boundary: 'b' },
      disposition: { type: 'inline', params: {} },
      language: ['en'],
      location: 'loc',
    });
  });

  it('numbers parts as BODY[…] does', () => {
    expect([...walk(bodyOf(NESTED))].map(({ part, type }) => `${part} ${type}`)).toEqual([
      ' multipart/mixed',
      '1 text/plain',
      '2 message/rfc822',
      '2 multipart/mixed',
      '2.1 text/plain',
      '2.2 text/plain',
      '3 message/rfc822',
      '3.1 text/plain',
    ]);
  });

  it('takes parameter names for names', () => {
    const { params } = bodyOf('("text" "plain" ("__proto__" "p" "constructor" "c" "toString" "t") NIL NIL "7bit" 1 1)');
    expect(Object.entries(params)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['tostring', 't'],
    ]);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    const broken = bodyOf('("text" "plain" ({5}\r\na\r\nb* "utf-8\'\'x") NIL NIL "7bit" 1 1)').params;
    expect(Object.entries(broken)).toEqual([['a\r\nb', 'x']]);
    const coded = bodyOf('("text" "plain" ("__proto__*" "utf-8\'\'%e2%82%ac" "a" "1") NIL NIL "7bit" 1 1)').params;
    expect(Object.entries(coded)).toEqual([
      ['__proto__', '€'],
      ['a', '1'],
    ]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined(); // a key that nobody has
  });

  it('decodes parameters of all kinds, the first of a name', () => {
    const params = (list: string) => bodyOf(`("text" "plain" ${list} NIL NIL "7bit" 1 1)`).params;
    expect(params('("NAME*0" "a" "name*1" "b" "charset" "x")')).toEqual({ name: 'ab', charset: 'x' });
    expect(params('("charset" "x" "name" "=?utf-8?q?=E2=82=AC?=")')).toEqual({ charset: 'x', name: '€' });
    expect(params('("name" {5}\r\n\xe2\x82\xac.a)')).toEqual({ name: '€.a' });
    expect(params('("a" "1" "A" "2")')).toEqual({ a: '1' });
    expect(params('("a")')).toEqual({ a: '' });
    expect(params('("a" NIL NIL "b" "c" ("d") "e" "f")')).toEqual({ a: '', c: '', e: 'f' });
    expect(params('()')).toEqual({});
    expect(params('"a"')).toEqual({});
  });

  it('decodes the same parameter of parts that are alike, each a literal', () => {
    const part = '("text" "plain" ("name" {5}\r\n\xe2\x82\xac.a) NIL NIL "7bit" 1 1)';
    const names = Array.from(walk(bodyOf(`(${part.repeat(4)} "mixed")`)), ({ params: { name } }) => name);
    expect(names.slice(1)).toEqual(['€.a', '€.a', '€.a', '€.a']);
  });

  it('reads what it has read before as it did the first time', () => {
    const text =
      '("text" "PLAIN" ("CHARSET" "remembered" "name" "=?utf-8?q?=C3=A9?=" "__proto__" "x") NIL NIL "8BIT" 5 1)';
    const first = bodyOf(text);
    const again = bodyOf(text.replace('5 1', '6 2'));
    deepStrictEqual(again, { ...first, size: 6, lines: 2 });
    expect(Object.entries(again.params)).toEqual([
      ['charset', 'remembered'],
      ['name', 'é'],
      ['__proto__', 'x'],
    ]);
    again.params.charset = 'changed';
    first.params.name = 'changed';
    deepStrictEqual(bodyOf(text).params, { ...again.params, charset: 'remembered' });
  });

  it.each([
    ['an unescaped quote', '("text" "plain" ("charset" "q") NIL NIL "7bit"x" 5 1)', { encoding: '7bit"x' }],
    ['no space', '("text" "plain" ("charset" "q") NIL NIL "7bit"5 1)', undefined],
    ['the end', '("text" "plain" ("charset" "q") NIL NIL "7bit")', { size: 0 }],
    ['a number in quotes', '("text" "plain" ("charset" "q") NIL NIL "7bit" "5" 1)', { size: 5, lines: 1 }],
  ])('takes nothing for granted of what follows a text that it has read before: %s', (_, text, wanted) => {
    bodyOf('("text" "plain" ("charset" "q") NIL NIL "7bit" 5 1)');
    const read = () => bodyOf(text);
    if (wanted === undefined) expect(read).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
    else expect(read()).toMatchObject({ type: 'text/plain', params: { charset: 'q' }, ...wanted });
  });

  it('is not misled by a parenthesis in a parameter', () => {
    const text = '("text" "plain" ("name" "a) NIL NIL " "b" "c") NIL NIL "7bit" 5 1)';
    const first = bodyOf(text);
    expect(first).toMatchObject({ params: { name: 'a) NIL NIL ', b: 'c' }, encoding: '7bit', size: 5 });
    deepStrictEqual(bodyOf(text), first);
  });

  it('limits the depth', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}${TEXT}${' "mixed")'.repeat(depth)}`;
    expect(() => readBodyStructure(readerOf(nested(10), 10))).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
    expect([...walk(readBodyStructure(readerOf(nested(9), 10)))]).toHaveLength(10);
    const messages = `${`("message" "rfc822" NIL NIL NIL "7bit" 9 ${ENVELOPE} `.repeat(200)}${TEXT}`;
    expect(() => bodyOf(messages)).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
    expect(() => bodyOf('('.repeat(100_000))).toThrow(expect.objectContaining({ code: 'LIMIT_DEPTH' }));
  });

  it('stops behind the body', () => {
    for (const text of [TEXT, NESTED, '()', '("mixed" NIL)', '("TEXT" NIL NIL NIL "7bit" 1 1)', '(NIL NIL)']) {
      const reader = readerOf(`${text} UID 1`);
      readBodyStructure(reader);
      expect(reader.rest()).toBe(' UID 1');
    }
  });

  it.each([
    TEXT,
    NESTED,
    '("TEXT" "PLAIN" ("CHARSET" "utf-8" "FORMAT" "flowed") NIL NIL "7BIT" 12 3 NIL NIL NIL NIL)',
    `((${TEXT}("image" "png" ("name" "a.png") "<i>" "d" "base64" 9 NIL ("inline" ("filename*" "utf-8''%E2%82%AC")) "en" NIL) "ALTERNATIVE" ("BOUNDARY" "b") NIL NIL NIL) "mixed" NIL NIL NIL NIL)`,
  ])('means the same with more spaces than there have to be: %s', (text) => {
    deepStrictEqual(bodyOf(text), bodyOf(text.replaceAll(' ', '  ').replaceAll(')', ' )')));
  });

  it('reads parts of which the server tells no more than a type, or no type', () => {
    const part = { part: '1', params: {}, encoding: '7bit', size: 0 };
    expect(bodyOf('("TEXT" NIL NIL)')).toEqual({ ...part, type: 'text/plain' });
    expect(bodyOf('("image" ("name" "a") NIL)')).toEqual({ ...part, type: 'image/octet-stream' });
    expect(bodyOf('(NIL NIL ("a" "1" "b" NIL "c" "3") NIL NIL NIL 0)')).toEqual({
      ...part,
      type: 'application/octet-stream',
      params: { a: '1', b: '', c: '3' },
    });
    expect(bodyOf('(NIL NIL NIL "<id>" "=?utf-8?q?=E2=82=AC?=" "BASE64" 7)')).toEqual({
      ...part,
      type: 'application/octet-stream',
      id: '<id>',
      description: '€',
      encoding: 'base64',
      size: 7,
    });
  });

  it('is text/plain where Dovecot could not read the type (RFC 2045 §5.2)', () => {
    expect(bodyOf('("text" "" ("charset" "us-ascii") NIL NIL "7bit" 8 1)')).toMatchObject({
      type: 'text/plain',
      size: 8,
    });
    expect(bodyOf('("" "" NIL NIL NIL "7bit" 8 NIL NIL NIL NIL)')).toMatchObject({ type: 'text/plain', size: 8 });
    expect(bodyOf('("" "" NIL NIL NIL "7bit" 9 NIL NIL NIL NIL)')).toMatchObject({ type: 'text/plain', size: 9 });
    expect(bodyOf('("image" "" NIL NIL NIL "7bit" 8 NIL NIL NIL NIL)').type).toBe('image/');
  });

  it('reads a multipart without parts', () => {
    const related = { part: '', type: 'multipart/related', params: { boundary: 'x' }, parts: [] };
    expect(bodyOf('("multipart" "related" ("boundary" "x"))')).toEqual(related);
    expect(bodyOf('("RELATED" ("boundary" "x") ("INLINE" NIL) NIL)')).toEqual({
      ...related,
      disposition: { type: 'inline', params: {} },
    });
  });

  it('takes a section of a parameter for what it is, though it is the only one', () => {
    const paramsOf = (params: string) => bodyOf(`("a" "b" (${params}) NIL NIL "7bit" 1)`).params;
    expect(paramsOf('"name*" "utf-8\'\'%41"')).toEqual({ name: 'A' });
    expect(paramsOf('"name*0*" "utf-8\'\'%41"')).toEqual({ name: 'A' });
    expect(paramsOf('"name*0" "utf-8\'\'%41"')).toEqual({ name: "utf-8''%41" });
  });

  it('is one part, of no known size, where the server tells nothing', () => {
    const bytes = { part: '1', type: 'application/octet-stream', params: {}, encoding: '7bit' };
    expect(unknownStructure()).toEqual({ ...bytes, size: 0 });
    expect(unknownStructure(7)).toEqual({ ...bytes, size: 7 });
  });

  it.each(['NIL', '("text" "plain"', '(', '"text"', `(${TEXT}`, `(${'NIL '.repeat(21)})`])('refuses %j', (text) => {
    expect(() => bodyOf(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });

  it.each([
    ['parts', TEXT],
    ['parts with a charset', '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 1 1)'],
    ['parts without a subtype', '("TEXT" NIL NIL NIL NIL NIL ("inline" NIL) NIL)'],
    ['parts with what looks like an encoded word', '("text" "plain" ("name" "=?x?=") NIL NIL "7bit" 1 1)'],
  ])('looks for nothing again and again to the end of a line of many %s', (_, part) => {
    const text = `(${part.repeat(5_000)} "mixed")`;
    const reader = readerOf(text);
    const { indexOf } = String.prototype;
    let passed = 0;
    const counting = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, what, from = 0) {
      const place = indexOf.call(this, what, from);
      passed += (place < 0 ? this.length : place) - from;
      return place;
    });
    readBodyStructure(reader);
    counting.mockRestore();
    expect(passed).toBeGreaterThan(text.length / 10);
    expect(passed).toBeLessThan(text.length * 10);
  });

  it('costs time in proportion to its length', () => {
    const started = performance.now();
    expect([...walk(bodyOf(`(${TEXT.repeat(20_000)} "mixed")`))]).toHaveLength(20_001);
    expect([
      ...walk(bodyOf(`(${'("TEXT" NIL NIL NIL NIL NIL ("inline" NIL) NIL)'.repeat(10_000)} "mixed")`)),
    ]).toHaveLength(10_001);
    bodyOf(`("text" "plain" ("charset " "x${' '.repeat(400_000)}x") NIL NIL "7bit" 1 1)`);
    bodyOf(`("text" "plain" (${'"name*1*" "=?x" '.repeat(2_000)}) NIL NIL "7bit" 1 1)`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('partByNumber', () => {
  it('finds parts by their numbers', () => {
    const structure = bodyOf(NESTED);
    expect(partByNumber(structure, '')).toBe(structure);
    expect(partByNumber(structure, '2')?.type).toBe('message/rfc822');
    expect(partByNumber(structure, '2.2')?.part).toBe('2.2');
    expect(partByNumber(structure, '4')).toBeUndefined();
    expect(partByNumber(bodyOf(TEXT), '1')?.type).toBe('text/plain');
  });
});
