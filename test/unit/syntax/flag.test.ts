import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { flagSet, readFlags, writeFlags } from '../../../src/syntax/flag.ts';
import { Keyword } from '../../../src/syntax/keyword.ts';
import { Frame } from '../../../src/wire/frame.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { readerOf, written } from './reader-of.ts';

const flagsOf = (text: string) => [...readFlags(readerOf(text))];
const writtenFlags = (...flags: string[]) => written((writer) => writeFlags(writer, flags));

describe('readFlags', () => {
  it.each([
    ['()', []],
    [
      '(\\seen \\ANSWERED \\Flagged \\deleted \\draft \\recent \\*)',
      ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '\\Recent', '\\*'],
    ],
    ['($Forwarded NonJunk \\Custom)', ['$Forwarded', 'NonJunk', '\\Custom']],
    ['(\\Seen \\Seen a a)', ['\\Seen', 'a']],
    ['( \\Seen  a )', ['\\Seen', 'a']],
    ['("\\Seen" "a b" {3}\r\nx)y)', ['\\Seen', 'a b', 'x)y']],
    ['(NIL \\ \\Seen)', ['\\Seen']],
    ['(a] [b])', ['a]', '[b]']],
    ['(__proto__ constructor)', ['__proto__', 'constructor']],
    ['NIL', []],
  ])('reads %s', (text, expected) => {
    expect(flagsOf(text)).toEqual(expected);
  });

  it('stops behind the list', () => {
    const reader = readerOf('(\\Seen) UID 1');
    readFlags(reader);
    expect(reader.rest()).toBe(' UID 1');
  });

  it('stops behind a list that it has seen before', () => {
    readFlags(readerOf('(\\Seen again)'));
    const reader = readerOf('(\\Seen again) UID 1');
    readFlags(reader);
    expect(reader.rest()).toBe(' UID 1');
  });

  it('gives equal lists one set', () => {
    expect(readFlags(readerOf('(\\Seen one)'))).toBe(readFlags(readerOf('(\\Seen one)')));
  });

  it('keeps no list of more flags than a message has: of short ones they would fill the memory', () => {
    const list = (count: number) => `(${Array.from({ length: count }, (_, index) => `k${index}`).join(' ')})`;
    expect(readFlags(readerOf(list(16)))).toBe(readFlags(readerOf(list(16))));
    expect(readFlags(readerOf(list(17)))).toEqual(readFlags(readerOf(list(17))));
    expect(readFlags(readerOf(list(17)))).not.toBe(readFlags(readerOf(list(17))));
  });

  it('reads long lists that it does not keep', () => {
    const flags = Array.from({ length: 300 }, (_, index) => `keyword${index}`);
    expect(flagsOf(`(${flags.join(' ')})`)).toEqual(flags);
  });

  it('reads any number of different lists', () => {
    for (let index = 0; index < 2500; index++) expect(flagsOf(`(a${index})`)).toEqual([`a${index}`]);
  });

  it('reads any number of lists that are none in linear time', () => {
    const reader = new Reader();
    reader.reset(Frame.of('NIL '.repeat(500_000)));
    let read = 0;
    for (; reader.peek() !== -1; reader.skipSpaces()) read += 1 + readFlags(reader).size;
    expect(read).toBe(500_000);
  });

  it.each(['', '(\\Seen', 'x', '(('])('refuses %j', (text) => {
    expect(() => flagsOf(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });
});

describe('flagSet', () => {
  it('equals a plain Set and refuses to be changed', () => {
    const flags = flagSet(['a', 'b']) as Set<string>; // as a caller without types has it
    deepStrictEqual(flags, new Set(['a', 'b']));
    expect(() => flags.add('c')).toThrow(TypeError);
    expect(() => flags.delete('a')).toThrow(TypeError);
    expect(() => flags.clear()).toThrow(TypeError);
    expect([...flags]).toEqual(['a', 'b']);
    expect(new Set(flags).add('c').size).toBe(3);
  });
});

describe('writeFlags', () => {
  it('writes a list', () => {
    expect(writtenFlags('\\Seen', Keyword.forwarded, 'a')).toBe('(\\Seen $Forwarded a)');
    expect(writtenFlags()).toBe('()');
    // As long as \Recent.
    expect(writtenFlags('Archive', '\\Custom')).toBe('(Archive \\Custom)');
  });

  it.each([
    '',
    '\\',
    'a b',
    'a)',
    '\\Recent',
    '\\recent',
    '\\*',
    'é',
    'a\r\nb',
    '"a"',
    '\\\\Seen',
    '{1}',
    'a]',
    '*',
    'a%',
  ])('refuses %j', (flag) => {
    expect(() => writtenFlags(flag)).toThrow(UsageError);
  });

  it('refuses what is no list of texts', () => {
    expect(() => written((writer) => writeFlags(writer, '\\Seen'))).toThrow(UsageError);
    expect(() => written((writer) => writeFlags(writer, [1] as unknown as string[]))).toThrow(UsageError); // a caller without types
  });
});
