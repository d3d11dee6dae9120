import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { headerFieldsSection, parsePart, parseSection, partialText, readSection } from '../../../src/syntax/section.ts';
import { Frame } from '../../../src/wire/frame.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { readerOf } from './reader-of.ts';

describe('parseSection', () => {
  it.each([
    ['', ''],
    ['1', '1'],
    ['1.2.3', '1.2.3'],
    ['header', 'HEADER'],
    ['Text', 'TEXT'],
    ['1.2.mime', '1.2.MIME'],
    ['2.HEADER', '2.HEADER'],
    ['Header.Fields (From To)', 'HEADER.FIELDS (FROM TO)'],
    ['1.HEADER.FIELDS.NOT ( x-a  b )', '1.HEADER.FIELDS.NOT (X-A B)'],
    ['HEADER.FIELDS(a)', 'HEADER.FIELDS (A)'],
  ])('writes %j as %j', (text, expected) => {
    expect(parseSection(text)).toBe(expected);
  });

  it.each([
    '0',
    '1.0',
    '01',
    '1.',
    '.1',
    '1..2',
    'MIME',
    'BODY',
    '1TEXT',
    'HEADER.FIELDS',
    'HEADER.FIELDS ()',
    'HEADER.FIELDS (a:)',
  ])('refuses %j', (text) => {
    expect(() => parseSection(text)).toThrow(UsageError);
  });

  it.each([
    '1]',
    '1 ',
    'TEXT]<0.1>',
    'HEADER.FIELDS (a) ',
    'HEADER.FIELDS (a\r\nb)',
    'HEADER.FIELDS ("a")',
    'HEADER.FIELDS ({1})',
    '1\n',
    '1\0',
    'HEADER.FIELDS (é)',
  ])('lets nothing out of the brackets: %j', (text) => {
    expect(() => parseSection(text)).toThrow(UsageError);
  });

  it('refuses what is no text', () => {
    expect(() => parseSection(1 as unknown as string)).toThrow(UsageError); // a caller without types
  });
});

describe('headerFieldsSection', () => {
  it('names the fields in upper case', () => {
    expect(headerFieldsSection(['Message-ID', 'from'])).toBe('HEADER.FIELDS (MESSAGE-ID FROM)');
  });

  it.each([[[]], [['']], [['a b']], [['a)']], [['a:']], [['a', 'b\r\n']]])('refuses %j', (names) => {
    expect(() => headerFieldsSection(names)).toThrow(UsageError);
  });
});

describe('parsePart', () => {
  it('takes part numbers and the whole message', () => {
    expect(parsePart('1.2')).toBe('1.2');
    expect(parsePart('')).toBe('');
  });

  it.each(['TEXT', '1.MIME', '0', '1]'])('refuses %j', (text) => {
    expect(() => parsePart(text)).toThrow(UsageError);
  });
});

describe('readSection', () => {
  it.each([
    [']x', ''],
    ['1.mime]x', '1.MIME'],
    ['HEADER.FIELDS (From To)]x', 'HEADER.FIELDS (FROM TO)'],
    ['HEADER.FIELDS ("From" {2}\r\nTo)]x', 'HEADER.FIELDS (FROM TO)'],
    ['HEADER.FIELDS.NOT ( "a]b"  c )]x', 'HEADER.FIELDS.NOT (A]B C)'],
    ['TEXT] (a]x', 'TEXT'],
  ])('reads %j', (text, expected) => {
    const reader = readerOf(text);
    expect(readSection(reader)).toBe(expected);
    expect(reader.rest()).toMatch(/^( \(a\])?x$/);
  });

  it('reads any number of sections in linear time', () => {
    const count = 1_000_000;
    const reader = new Reader(1);
    reader.reset(Frame.of('1] '.repeat(count)));
    let read = 0;
    while (reader.peek() !== -1) {
      if (readSection(reader) === '1') read++;
      reader.skipSpaces();
    }
    expect(read).toBe(count);
  });

  it('refuses what does not end', () => {
    expect(() => readSection(readerOf('HEADER.FIELDS (a'))).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
    expect(() => readSection(readerOf('1'))).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });
});

describe('partialText', () => {
  it.each([
    [0, 1, '<0.1>'],
    [4294967295, 4294967295, '<4294967295.4294967295>'],
  ])('from %j, %j bytes', (offset, length, text) => {
    expect(partialText('source', { offset, length })).toBe(text);
  });

  it.each([
    [-1, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [4294967296, 1],
    [0, 0],
    [0, -1],
    [0, 1.5],
    [0, 4294967296],
  ])('refuses %j, %j', (offset, length) => {
    expect(() => partialText('source', { offset, length })).toThrow(UsageError);
  });
});
