import { describe, expect, it } from 'vitest';
import { HeaderFields } from '../../../src/mime/header.ts';

const read = (text: string): HeaderFields => new HeaderFields(Buffer.from(text, 'latin1'));

const MESSAGE = [
  'Return-Path: <a@example.com>',
  'Received: from one',
  '\tby two; Mon, 1 Jan 2024 00:00:00 +0000',
  'RECEIVED: from three',
  'Subject: =?utf-8?Q?caf=C3=A9?=',
  ' =?utf-8?Q?_au?= lait',
  'X-Empty:',
  'X-Space : padded  ',
  'X-Colon: a: b:c',
  '',
  'Not-A-Header: this is the body',
  '',
].join('\r\n');

describe('HeaderFields', () => {
  it('gives fields in order, unfolded and decoded', () => {
    expect([...read(MESSAGE)]).toEqual([
      ['Return-Path', '<a@example.com>'],
      ['Received', 'from one\tby two; Mon, 1 Jan 2024 00:00:00 +0000'],
      ['RECEIVED', 'from three'],
      ['Subject', 'café au lait'],
      ['X-Empty', ''],
      ['X-Space', 'padded'],
      ['X-Colon', 'a: b:c'],
    ]);
  });

  it('finds fields by name in any case', () => {
    const header = read(MESSAGE);
    expect(header.get('subject')).toBe('café au lait');
    expect(header.get('received')).toBe('from one\tby two; Mon, 1 Jan 2024 00:00:00 +0000');
    expect(header.getAll('Received')).toHaveLength(2);
    expect(header.get('x-empty')).toBe('');
    expect(header.get('Not-A-Header')).toBeUndefined();
    expect(header.getAll('Not-A-Header')).toEqual([]);
    expect(header.get('__proto__')).toBeUndefined();
    expect(header.raw.toString('latin1')).toBe(MESSAGE);
  });

  it('reads the same with bare LF and without the empty line', () => {
    const expected = [...read(MESSAGE)];
    expect([...read(MESSAGE.replaceAll('\r\n', '\n'))]).toEqual(expected);
    expect([...read(MESSAGE.slice(0, MESSAGE.indexOf('\r\n\r\n')))]).toEqual(expected);
  });

  it.each([
    ['nothing', '', []],
    ['an empty line', '\r\n', []],
    ["mbox's first line", 'From a@b Mon Jan  1 00:00:00 2024\r\nA: 1\r\n', [['A', '1']]],
    [
      'a line without a colon',
      'A: 1\r\nnonsense\r\n more of it\r\nB: 2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['a line that begins with a colon', ': x\r\nB: 2\r\n', [['B', '2']]],
    ['a continuation of nothing', ' x\r\nB: 2\r\n', [['B', '2']]],
    [
      'a line of white space, which continues',
      'A: 1\r\n \r\n 2\r\nB: 3',
      [
        ['A', '1  2'],
        ['B', '3'],
      ],
    ],
    [
      'raw 8-bit',
      'A: caf\xc3\xa9\r\nB: caf\xe9\r\n',
      [
        ['A', 'café'],
        ['B', 'café'],
      ],
    ],
  ])('reads %s', (_, text, fields) => {
    expect([...read(text)]).toEqual(fields);
  });

  it.each(['a:\n', 'a\n', '\na:', ' \n', 'a: b\r\n c\r\n', ':', '\r', 'a'])(
    'takes a megabyte of %j in its stride, and no more than 10,000 fields',
    (piece) => {
      const header = read(piece.repeat(1_000_000 / piece.length));
      expect([...header].length).toBeLessThanOrEqual(10_000);
      expect(header.get('z')).toBeUndefined();
    },
  );
});
