import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import { CLOSE, OPEN, SPACE, STAR } from '../../../src/wire/chars.ts';
import { type Frame, STREAMED } from '../../../src/wire/frame.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { readNumber } from '../../../src/wire/number.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { expectRead, expectRefused, outcome, readerOf, within } from './reading.ts';

/** The frame of a response without its CRLF. */
function framed(wire: string): Frame {
  const frames: Frame[] = [];
  const framer = new Framer({ frame: (frame) => frames.push(frame.copy()) });
  framer.receive(Buffer.from(`${wire}\r\n`, 'latin1'));
  const [frame] = frames;
  if (frame === undefined || frames.length > 1 || !framer.idle) throw new Error(`Not one response: ${wire}`);
  return frame;
}

describe('what does not fit the grammar', () => {
  it('is an error without a stack trace, for one is dear, and leaves those of others as they are', () => {
    const { stackTraceLimit } = Error;
    const { error } = outcome('x', readNumber);
    expect(error?.stack).not.toMatch(/\n +at /);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect(new Error('x').stack).toContain('reader.test.ts');
  });

  it('is an error all the same where stack traces are frozen', () => {
    const found = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
    Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false, configurable: true });
    try {
      expect(outcome('x', readNumber).error?.code).toBe('SYNTAX');
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', found ?? { value: 10 });
    }
  });
});

describe('single characters', () => {
  it('peek() and take() end with the line', () => {
    expectRead(
      (reader) => [reader.peek(), reader.take(STAR), reader.take(STAR), reader.peek()],
      [
        ['', [-1, false, false, -1]],
        ['*', [STAR, true, false, -1]],
        ['**(', [STAR, true, true, OPEN], '('],
        ['(*', [OPEN, false, false, OPEN], '(*'],
      ],
    );
  });

  it('expect() takes the character or says what was due', () => {
    expectRead((reader) => reader.expect(OPEN), [['(a', undefined, 'a']]);
    expectRefused((reader) => reader.expect(OPEN), ['', 'a(', ')'], /^Expected "\("/);
  });

  it('space() takes one or more, and none before a parenthesis or the end', () => {
    expectRead(
      (reader) => reader.space(),
      [
        [' a', undefined, 'a'],
        ['   a', undefined, 'a'],
        ['  ', undefined],
        ['', undefined],
        ['(a', undefined, '(a'],
        [')a', undefined, ')a'],
      ],
    );
    expectRefused((reader) => reader.space(), ['a', '\ta', '"a"', '[', '\ra'], /a space/);
  });

  it('atEnd is true behind the last piece only', () => {
    const reader = readerOf(framed('* X {1}\r\na'));
    expect(reader.atEnd).toBe(false);
    reader.position += 4;
    expect(reader.atEnd).toBe(false);
    reader.literal();
    expect(reader.atEnd).toBe(true);
    expect(readerOf(framed('')).atEnd).toBe(true);
  });
});

describe('atoms', () => {
  it('atom() reads generously', () => {
    expectRead(
      (reader) => reader.atom(),
      [
        ['abc', 'abc'],
        ['\\Seen)', '\\Seen', ')'],
        ['\\* x', '\\*', ' x'],
        ['$Junk(', '$Junk', '('],
        ['[Gmail]/foo]bar', '[Gmail]/foo]bar'],
        ['caf\xe9~\x80 x', 'caf\xe9~\x80', ' x'],
        ['foo"bar', 'foo', '"bar'],
        ['foo{5}', 'foo', '{5}'],
        ['foo\tbar', 'foo', '\tbar'],
        ['foo\0', 'foo', '\0'],
        ['+', '+'],
        ['~', '~'],
      ],
    );
    expectRefused((reader) => reader.atom(), ['', ' a', '(', ')', '"a"', '{1}', '\ta', '\r'], /an atom/);
  });

  it('name() ends before brackets too', () => {
    expectRead(
      (reader) => reader.name(),
      [
        ['BODY[TEXT]', 'BODY', '[TEXT]'],
        ['READ-WRITE]', 'READ-WRITE', ']'],
        ['RFC822.SIZE 5', 'RFC822.SIZE', ' 5'],
        ['FLAGS(', 'FLAGS', '('],
      ],
    );
    expectRefused((reader) => reader.name(), ['', '[', ']', ' A', '(', ')', '"A"'], /a name/);
  });
});

describe('quoted strings', () => {
  it('quoted() undoes escapes', () => {
    expectRead(
      (reader) => reader.quoted(),
      [
        ['""', ''],
        ['"a b" c', 'a b', ' c'],
        ['"a")', 'a', ')'],
        ['"(){}%*]\t\0\xe9" x', '(){}%*]\t\0\xe9', ' x'],
        ['"\\""', '"'],
        ['"\\\\"', '\\'],
        ['"\\\\\\""', '\\"'],
        ['"a\\"b\\\\c" d', 'a"b\\c', ' d'],
        ['"\\"undisclosed\\"" x', '"undisclosed"', ' x'],
        ['"say \\"hi\\") now" x', 'say "hi") now', ' x'],
        ['"\\\\" "\\""', '\\', ' "\\""'],
        ['"NIL"', 'NIL'],
        ['"{5}"', '{5}'],
      ],
    );
  });

  it('keeps a backslash that escapes nothing', () => {
    expectRead(
      (reader) => reader.quoted(),
      [
        ['"a\\b" x', 'a\\b', ' x'],
        ['"C:\\\\x\\y\\"" x', 'C:\\x\\y"', ' x'],
      ],
    );
  });

  it('takes an unescaped DQUOTE where no string can end (iCloud, GreenMail, 163)', () => {
    expectRead(
      (reader) => reader.quoted(),
      [
        ['"<1.JavaMail."FOO\\BAR"@HOST>")', '<1.JavaMail."FOO\\BAR"@HOST>', ')'],
        ['"a"b" c', 'a"b', ' c'],
        ['"""" "base64"', '""', ' "base64"'],
        ['"MOUNDARY="_006_"" "X"', 'MOUNDARY="_006_"', ' "X"'],
        ['"a"b\\"c" d', 'a"b"c', ' d'],
      ],
    );
  });

  it('ends at \\" before a parenthesis where it would have no end (QQ)', () => {
    expectRead(
      (reader) => reader.quoted(),
      [
        ['"sina.com\\"))', 'sina.com\\', '))'],
        ['"a\\\\b\\") NIL NIL NIL)', 'a\\b\\', ') NIL NIL NIL)'],
        ['"a\\"b\\"c\\") NIL', 'a"b"c\\', ') NIL'],
      ],
    );
    expectRead(
      (reader) => [reader.quoted(), reader.close(), reader.space(), reader.quoted(), reader.close()],
      [['"a\\") "b\\") c', ['a\\', true, undefined, 'b\\', true], ' c']],
    );
  });

  it('refuses what does not end', () => {
    const lines = ['"', '"a', '"\\', '"a\\"', '"\\\\\\"', '"a"b', '"a \\" b', '"a\\"x)', '"a\\\\"y'];
    expectRefused((reader) => reader.quoted(), lines, /a closing quote/);
    expectRefused((reader) => reader.quoted(), ['', 'abc"', '{1}', ' "a"', '\\"a"'], /a quoted string/);
  });
});

describe('strings', () => {
  /** What `read` makes of the first value in a list of two. */
  function first<T>(value: string, read: (reader: Reader) => T): T {
    const reader = readerOf(framed(`* (${value} next)`));
    reader.position += 2;
    reader.open();
    const result = read(reader);
    reader.space();
    expect(reader.atom()).toBe('next');
    expect(reader.close()).toBe(true);
    expect(reader.atEnd).toBe(true);
    return result;
  }

  const literals = ['{3}\r\na\xe9b', '{3+}\r\na\xe9b', '~{3}\r\na\xe9b', '~{3+}\r\na\xe9b'];

  it('string() takes quoted strings and literals', () => {
    for (const literal of literals) expect(first(literal, (reader) => reader.string())).toBe('a\xe9b');
    expect(first('"a\\"b"', (reader) => reader.string())).toBe('a"b');
    expect(first('{0}\r\n', (reader) => reader.string())).toBe('');
    expectRefused((reader) => reader.string(), ['', 'abc', 'NIL', '()', 'a {5}', '{5}'], /a literal/);
  });

  it('astring() takes atoms too', () => {
    for (const literal of literals) expect(first(literal, (reader) => reader.astring())).toBe('a\xe9b');
    expect(first('"a b"', (reader) => reader.astring())).toBe('a b');
    expect(first('a]b', (reader) => reader.astring())).toBe('a]b');
    expect(first('NIL', (reader) => reader.astring())).toBe('NIL');
    expect(first('~a', (reader) => reader.astring())).toBe('~a');
    expect(first('~', (reader) => reader.astring())).toBe('~');
    expectRead((reader) => reader.astring(), [['a{b', 'a', '{b']]);
  });

  it('nstring() takes NIL too, and an atom as it comes', () => {
    for (const literal of literals) expect(first(literal, (reader) => reader.nstring())).toBe('a\xe9b');
    expect(first('NIL', (reader) => reader.nstring())).toBeUndefined();
    expect(first('nil', (reader) => reader.nstring())).toBeUndefined();
    expect(first('"NIL"', (reader) => reader.nstring())).toBe('NIL');
    expect(first('{3}\r\nNIL', (reader) => reader.nstring())).toBe('NIL');
    expect(first('7BIT', (reader) => reader.nstring())).toBe('7BIT');
    expect(first('NILs', (reader) => reader.nstring())).toBe('NILs');
    expectRefused((reader) => reader.nstring(), ['', ' ', '(', ')'], /an atom/);
  });

  it('nstringBytes() gives bytes, a literal without copying', () => {
    for (const literal of literals) {
      expect(first(literal, (reader) => reader.nstringBytes())).toEqual(Buffer.from('a\xe9b', 'latin1'));
    }
    expect(first('"a\\\\\xe9"', (reader) => reader.nstringBytes())).toEqual(Buffer.from('a\\\xe9', 'latin1'));
    expect(first('a\xe9', (reader) => reader.nstringBytes())).toEqual(Buffer.from('a\xe9', 'latin1'));
    expect(first('NIL', (reader) => reader.nstringBytes())).toBeNull();
    const frame = framed('* {3}\r\nabc');
    const reader = readerOf(frame);
    reader.position += 2;
    expect(reader.nstringBytes()).toBe(frame.literals[0]);
  });

  it('nil() takes the whole word only', () => {
    expectRead(
      (reader) => reader.nil(),
      [
        ['NIL', true],
        ['nIl)', true, ')'],
        ['NIL]', true, ']'],
        ['NIL(', true, '('],
        ['NIL NIL', true, ' NIL'],
        ['NI', false, 'NI'],
        ['NILS', false, 'NILS'],
        ['NIL"', false, 'NIL"'],
        ['"NIL"', false, '"NIL"'],
        ['', false],
        ['.IL', false, '.IL'],
      ],
    );
  });

  it('atString() is true before a quoted string or a literal', () => {
    expectRead(
      (reader) => reader.atString(),
      [
        ['"', true, '"'],
        ['{1}', true, '{1}'],
        ['~{1}', true, '~{1}'],
        ['~', false, '~'],
        ['~a', false, '~a'],
        ['a', false, 'a'],
        ['', false],
      ],
    );
  });
});

describe('literals', () => {
  it('are read with their pieces, in order', () => {
    const reader = readerOf(framed('* X {3}\r\n{1} ~{0}\r\n("a" {2+}\r\n")) b'));
    reader.position += 2;
    const seen = [reader.atom(), reader.space(), `${reader.literal()}`, reader.space(), `${reader.literal()}`];
    seen.push(reader.list(() => void seen.push(reader.string(), reader.space(), reader.string())) as undefined);
    reader.space();
    seen.push(reader.rest());
    expect(seen).toEqual(['X', undefined, '{1}', undefined, '', 'a', undefined, '")', undefined, 'b']);
    expect(reader.atEnd).toBe(true);
  });

  it('are found at the very place only', () => {
    const wire = '* a {3}\r\nabc';
    for (const skipped of [0, 1, 2, 3, 5, 6, 7]) {
      const reader = readerOf(framed(wire));
      reader.position += skipped;
      expect(() => reader.literal(), `${skipped}`).toThrow(ProtocolError);
    }
    const reader = readerOf(framed(wire));
    reader.position += 4;
    expect(`${reader.literal()}`).toBe('abc');
    expect(() => reader.literal()).toThrow(ProtocolError);
  });

  it('are not what only looks like one', () => {
    for (const line of ['* OK {3}', '* X foo{3}', '+ {3}', '* X "a {3}', '* X {3} (', '* X {3']) {
      const reader = readerOf(framed(line));
      reader.position = line.indexOf('{');
      expect(() => reader.literal(), line).toThrow(ProtocolError);
    }
    const reader = readerOf(framed('* {3 {3}\r\nabc'));
    reader.position += 2;
    expect(() => reader.literal()).toThrow(ProtocolError);
  });

  it('that were streamed are empty', () => {
    const sink = { chunk: () => {}, end: () => {} };
    const literals: Buffer[] = [];
    const framer = new Framer({
      literal: () => sink,
      frame: (frame) => {
        const reader = readerOf(frame);
        reader.position += 4;
        literals.push(reader.literal());
        expect(reader.rest()).toBe(')');
      },
    });
    framer.receive(Buffer.from('* X {3}\r\nabc)\r\n'));
    expect(literals).toEqual([STREAMED]);
  });

  it('can be read again after reset()', () => {
    const frame = framed('* {3}\r\nabc {1}\r\nd');
    const reader = new Reader();
    for (let round = 0; round < 3; round++) {
      reader.reset(frame);
      reader.position += 2;
      expect([`${reader.literal()}`, reader.space(), `${reader.literal()}`]).toEqual(['abc', undefined, 'd']);
    }
  });
});

describe('numbers', () => {
  it('atNumber() is true before a digit', () => {
    expectRead(
      (reader) => reader.atNumber(),
      [
        ['1', true, '1'],
        ['9a', true, '9a'],
        ['-1', false, '-1'],
        ['a1', false, 'a1'],
        ['', false],
      ],
    );
  });
});

describe('lists', () => {
  const atoms = (reader: Reader): string[] => {
    const seen: string[] = [];
    reader.list(() => seen.push(reader.atom()));
    return seen;
  };

  it('list() reads values with spaces between, before and after them, or none', () => {
    expectRead(atoms, [
      ['()', []],
      ['(a) x', ['a'], ' x'],
      ['(a b c)', ['a', 'b', 'c']],
      ['( a  b )', ['a', 'b']],
      ['(   )', []],
    ]);
    expectRead(
      (reader) => {
        const seen: string[][] = [];
        reader.list(() => seen.push(atoms(reader)));
        return seen;
      },
      [
        ['((a)(b c)())', [['a'], ['b', 'c'], []]],
        ['((a) (b))(c)', [['a'], ['b']], '(c)'],
      ],
    );
    expectRefused(atoms, ['', 'a', '(', '(a', '(a ', '(a (b)', '(a "b")', ')'], /^Expected ("\("|an atom)/);
  });

  it('limits the depth, not the number of lists', () => {
    const skipped = (depth: number, wire: string): Reader => {
      const reader = new Reader(depth);
      reader.reset(framed(`* ${wire}`));
      reader.position += 2;
      reader.skipValue();
      return reader;
    };
    const nested = (depth: number) => '('.repeat(depth) + ')'.repeat(depth);
    expect(skipped(3, nested(3)).atEnd).toBe(true);
    expect(skipped(3, `(${nested(2).repeat(500)})`).atEnd).toBe(true);
    const code = (depth: number, wire: string) => {
      try {
        return `${skipped(depth, wire)}`;
      } catch (error) {
        return error instanceof ProtocolError ? error.code : error;
      }
    };
    expect(code(3, nested(4))).toBe('LIMIT_DEPTH');
    expect(code(100, '('.repeat(1_000_000))).toBe('LIMIT_DEPTH');
    expect(code(100, nested(101))).toBe('LIMIT_DEPTH');
    expect(skipped(100, nested(100)).atEnd).toBe(true);
  });

  it('counts the depth anew after reset()', () => {
    const reader = new Reader(2);
    const frame = framed('* ((a))');
    for (let round = 0; round < 3; round++) {
      reader.reset(frame);
      reader.position += 2;
      reader.open();
      reader.open();
      expect(() => reader.open()).toThrow(ProtocolError);
    }
  });
});

describe('skipValue', () => {
  it.each([
    ['NIL', ' x'],
    ['atom', ')'],
    ['"a \\" b"', ' x'],
    ['"<1."F\\B"@H>"', ')'],
    ['()', ' x'],
    ['(a "b)" (c ({3}\r\n))))) d)', ' x'],
    ['{3}\r\n) x', ' x'],
    ['~{1}\r\n"', '(x)'],
    ['{0}\r\n', ''],
    ['1:5,7', ' x'],
    ['[a', ''],
    ['foo]bar', ' x'],
    ['BODY[]', ' {5}x'],
    ['BODY[HEADER.FIELDS (DATE "FROM")]<0>', ' "a"'],
    ['BODY[HEADER.FIELDS ({4}\r\nDATE FROM)]', ' NIL'],
    ['[1.2.HEADER.FIELDS (DATE)]', '(x)'],
    ['A[a b "]" c]', ' x'],
  ])('passes over %j', (value, rest) => {
    const reader = readerOf(framed(`* ${value}${rest}`));
    reader.position += 2;
    reader.skipValue();
    expect(reader.rest()).toBe(rest);
    expect(reader.atEnd).toBe(true);
  });

  it('refuses what is no value', () => {
    const lines = ['', ' a', ')', '"a', '(', '(a', '("a)', '(((a))', '{5}', '\ta', 'A[("a]'];
    expectRefused((reader) => reader.skipValue(), lines);
  });
});

describe('the rest and the excerpt', () => {
  it('rest() takes all that is left of the piece', () => {
    expectRead((reader) => [reader.atom(), reader.rest(), reader.rest()], [['a b (c', ['a', ' b (c', '']]]);
  });

  it('an error shows a few characters of this line only', () => {
    const reader = readerOf(within('* OK secret\r\n', '* 1 FETCH x', '\r\n* OK secret'));
    reader.position += 10;
    expect(() => readNumber(reader)).toThrow('Expected a number: "* 1 FETCH x"');
    const long = readerOf(within('', `* ${'x'.repeat(1000)} ${'y'.repeat(1000)}`, ''));
    long.position = 1002;
    expect(() => readNumber(long)).toThrow(
      `Expected a number: ${JSON.stringify(`${'x'.repeat(10)} ${'y'.repeat(29)}`)}`,
    );
  });
});

/** Each of these takes minutes where the work grows with the square of the bytes. */
describe('work that grows with the bytes, not with their square', { timeout: 30_000 }, () => {
  const limits = { line: 16 << 20, longLine: 16 << 20, literal: 16 << 20 };

  function values(wire: string): number {
    let count = 0;
    const reader = new Reader();
    const framer = new Framer(
      {
        frame: (frame) => {
          reader.reset(frame);
          reader.position += 2;
          reader.list(() => {
            reader.skipValue();
            count++;
          });
          expect(reader.atEnd).toBe(true);
        },
      },
      limits,
    );
    framer.receive(Buffer.from(wire, 'latin1'));
    return count;
  }

  it('a million tokens', () => {
    expect(values(`* (${'a '.repeat(1_000_000)})\r\n`)).toBe(1_000_000);
    expect(values(`* (${'"" '.repeat(1_000_000)})\r\n`)).toBe(1_000_000);
    expect(values(`* (${'()'.repeat(1_000_000)})\r\n`)).toBe(1_000_000);
  });

  it('a long string of escapes, or of quotes', () => {
    expect(values(`* ("${'\\"'.repeat(1_000_000)}")\r\n`)).toBe(1);
    expect(values(`* ("${'"x'.repeat(1_000_000)}")\r\n`)).toBe(1);
  });

  it('strings that end nowhere but at an escaped quote', () => {
    expect(values(`* (${'("\\")'.repeat(300_000)})\r\n`)).toBe(300_000);
  });

  it('ten thousand literals', () => {
    expect(values(`* (${'{1}\r\n('.repeat(9_000)})\r\n`)).toBe(9_000);
  });

  it('spaces and digits', () => {
    expect(values(`* (${' '.repeat(1_000_000)})\r\n`)).toBe(0);
    const digits = outcome('1'.repeat(200_000), readNumber);
    expect(digits.error?.code).toBe('SYNTAX');
  });
});

describe('close', () => {
  it('takes a parenthesis, after spaces that some servers put before it', () => {
    expectRead(
      (reader) => reader.close(),
      [
        [')', true],
        ['  ) x', true, ' x'],
        ['a)', false, 'a)'],
        ['  a', false, 'a'],
        ['', false],
      ],
    );
    expectRead((reader) => [reader.take(SPACE), reader.take(CLOSE)], [[' )', [true, true]]]);
  });
});
