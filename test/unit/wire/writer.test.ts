import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { decodeMailboxName } from '../../../src/wire/mailbox-name.ts';
import type { MessageSet } from '../../../src/wire/sequence-set.ts';
import { requireText } from '../../../src/wire/text.ts';
import {
  CONTINUATION,
  type CommandPart,
  type LiteralStream,
  Writer,
  type WriterOptions,
} from '../../../src/wire/writer.ts';
import { Random } from './random.ts';

const UTF8: WriterOptions = { nonSynchronizing: 'none', utf8: true };
const ANY: WriterOptions = { nonSynchronizing: 'any', utf8: false };
const SMALL: WriterOptions = { nonSynchronizing: 'small', utf8: false };

/** The parts with their bytes as latin1; `…` where a continuation is waited for. */
function shown(parts: CommandPart[]): string[] {
  return parts.map((part) => {
    if (part === CONTINUATION) return '…';
    if (typeof part === 'string') return part;
    return part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : `stream of ${part.size}`;
  });
}

function written(write: (writer: Writer) => unknown, options?: WriterOptions): string[] {
  const writer = new Writer(options);
  write(writer);
  return shown(writer.end());
}

function expectRefused<T>(values: T[], write: (writer: Writer, value: T) => unknown): void {
  for (const value of values) {
    const writer = new Writer();
    expect(() => write(writer, value), String(value)).toThrow(UsageError);
    expect(shown(writer.end()), String(value)).toEqual(['\r\n']);
  }
}

const BREAKING = ['a\rb', 'a\nb', 'a\0b', '\r\nA2 LOGOUT', '\0', '\n', 'a\ud800', '\udc00a', '\udc00\ud800'];

describe('words', () => {
  it('stand as they are', () => {
    expect(written((writer) => writer.raw('A1').space().atom('NOOP'))).toEqual(['A1 NOOP\r\n']);
    expect(written((writer) => writer.atom('$Label1').space().atom('a[b}c'))).toEqual(['$Label1 a[b}c\r\n']);
    expect(written(() => {})).toEqual(['\r\n']);
  });

  it('atom() refuses what is none', () => {
    const specials = ['(', ')', '{', ' ', '%', '*', '"', '\\', ']', '\x7f', '\x01', '\t', '\xe9', '€', '\u{1f600}'];
    expectRefused(['', ...BREAKING, ...specials, ...specials.map((char) => `a${char}b`)], (writer, text) =>
      writer.atom(text),
    );
    expect(() => new Writer().atom('a b')).toThrow('not an atom: "a b"');
  });
});

describe('numbers', () => {
  it('are whole and not negative', () => {
    const numbers = [0, 7, 4294967296, Number.MAX_SAFE_INTEGER, 0n, 9223372036854775807n];
    expect(written((writer) => writer.list(numbers, (number) => writer.number(number)))).toEqual([
      '(0 7 4294967296 9007199254740991 0 9223372036854775807)\r\n',
    ]);
    expect(written((writer) => writer.number(-0))).toEqual(['0\r\n']);
    const none = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1n, 9223372036854775808n];
    expectRefused(none, (writer, number) => writer.number(number));
  });

  it('are at least what is asked', () => {
    expect(written((writer) => writer.number(1, 1).space().number(5n, 5))).toEqual(['1 5\r\n']);
    expectRefused([0, 0n, -1], (writer, number) => writer.number(number, 1));
  });
});

describe('strings', () => {
  it('are quoted where they are US-ASCII', () => {
    const texts = ['', 'a', 'NIL', 'a b', '"', '\\', 'a"b\\c', '\\"', '{5}', '{5+}', '(%*]', '\t\x01\x7f'];
    expect(written((writer) => writer.list(texts, (text) => writer.string(text)))).toEqual([
      '("" "a" "NIL" "a b" "\\"" "\\\\" "a\\"b\\\\c" "\\\\\\"" "{5}" "{5+}" "(%*]" "\t\x01\x7f")\r\n',
    ]);
  });

  it('are literals of their UTF-8 where they are not', () => {
    expect(written((writer) => writer.string('é€').space().string('b'))).toEqual([
      '{5}\r\n',
      '…',
      '\xc3\xa9\xe2\x82\xac',
      ' "b"\r\n',
    ]);
    expect(written((writer) => writer.string('\u{1f600}'), ANY)).toEqual(['{4+}\r\n', '\xf0\x9f\x98\x80', '\r\n']);
  });

  it('are quoted UTF-8 where that is enabled', () => {
    const parts = written((writer) => writer.string('é"\\').space().string('b'), UTF8);
    expect(parts.join('')).toBe('"\xc3\xa9\\"\\\\" "b"\r\n');
    expect(parts).not.toContain('…');
  });

  it('are literals where they are long', () => {
    expect(written((writer) => writer.string('a'.repeat(1000)))).toEqual([`"${'a'.repeat(1000)}"\r\n`]);
    for (const char of ['a', '"', 'é']) {
      const [header, waits] = written((writer) => writer.string(char.repeat(1001)), UTF8);
      expect([header, waits]).toEqual([`{${Buffer.byteLength(char) * 1001}}\r\n`, '…']);
    }
  });

  it('hold no CR, LF, NUL or half of a surrogate pair', () => {
    for (const text of BREAKING) {
      for (const options of [undefined, UTF8, ANY]) {
        for (const write of ['string', 'quoted', 'mailbox', 'listMailbox'] as const) {
          for (const hostile of [text, `${text}${'é'.repeat(2000)}`]) {
            const writer = new Writer(options);
            expect(() => writer[write](hostile), `${write} ${JSON.stringify(text)}`).toThrow(UsageError);
            expect(shown(writer.end())).toEqual(['\r\n']);
          }
        }
      }
    }
    expect(() => requireText('sesame\r')).toThrow(/^(?!.*sesame)/);
    expect(requireText('a "\\ é\u{1f600}')).toBe('a "\\ é\u{1f600}');
  });

  it('quoted() holds nothing but US-ASCII', () => {
    expect(written((writer) => writer.quoted('a"b'))).toEqual(['"a\\"b"\r\n']);
    for (const options of [undefined, UTF8]) expect(() => new Writer(options).quoted('é')).toThrow(UsageError);
    expect(() => new Writer().quoted('sésame')).toThrow(/^(?!.*same)/);
  });
});

describe('literals', () => {
  const bytes = (size: number) => Buffer.alloc(size, 'x');

  it('wait for a continuation where the server takes no others', () => {
    expect(written((writer) => writer.raw('A1 X ').literal(bytes(2)).space().literal(bytes(1)))).toEqual([
      'A1 X {2}\r\n',
      '…',
      'xx',
      ' {1}\r\n',
      '…',
      'x',
      '\r\n',
    ]);
    expect(written((writer) => writer.literal(bytes(0)))).toEqual(['{0}\r\n', '…', '', '\r\n']);
  });

  it('do not wait where the server takes any', () => {
    expect(written((writer) => writer.literal(bytes(2)).literal8(bytes(1)), ANY)).toEqual([
      '{2+}\r\n',
      'xx',
      '~{1+}\r\n',
      'x',
      '\r\n',
    ]);
    expect(written((writer) => writer.literal(bytes(5000)), ANY)[0]).toBe('{5000+}\r\n');
  });

  it('wait above 4096 bytes where the server takes small ones', () => {
    expect(written((writer) => writer.literal(bytes(4096)), SMALL).slice(0, 1)).toEqual(['{4096+}\r\n']);
    expect(written((writer) => writer.literal(bytes(4097)), SMALL).slice(0, 2)).toEqual(['{4097}\r\n', '…']);
    expect(written((writer) => writer.literal8(bytes(4097)), SMALL).slice(0, 2)).toEqual(['~{4097}\r\n', '…']);
    expect(written((writer) => writer.string('é'.repeat(2048)), SMALL)[0]).toBe('{4096+}\r\n');
    expect(written((writer) => writer.string('é'.repeat(2049)), SMALL).slice(0, 2)).toEqual(['{4098}\r\n', '…']);
  });

  it('hold any byte, but NUL only as literal8', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, code) => code));
    expect(written((writer) => writer.literal8(all), ANY)).toEqual(['~{256+}\r\n', all.toString('latin1'), '\r\n']);
    expect(written((writer) => writer.literal(all.subarray(1)), ANY)[1]).toBe(all.toString('latin1', 1));
    expectRefused([all, Buffer.from([1, 0])], (writer, value) => writer.literal(value));
  });

  it.each(['abc', 5, [1], null, new ArrayBuffer(1), new Uint16Array(1)])(
    'takes nothing but bytes, case %#',
    (value) => {
      const other = value as never; // what no type check stops at run time
      expect(() => new Writer().literal(other)).toThrow(UsageError);
      expect(() => new Writer().literal8(other)).toThrow(UsageError);
    },
  );

  it('are sent from where they are, without a copy', () => {
    const content = new Uint8Array([65, 66]);
    expect(new Writer().literal(content).end()).toContain(content);
  });

  it('are as long as they say', () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 1;
      }
    }
    const lying = Object.defineProperty(Uint8Array.of(65, 66, 67), 'length', { value: 1 });
    for (const bytes of [lying, new Short([65, 66, 67])]) {
      const [header, content] = written((writer) => writer.literal(bytes), ANY);
      expect(header).toBe(`{${content?.length}+}\r\n`);
    }
  });

  it('are no list', () => {
    const other = {} as never; // what no type check stops at run time
    expect(() => new Writer().list(other, () => {})).toThrow(UsageError);
  });

  it('stream', () => {
    async function* stream() {
      yield bytes(1);
    }
    const source: LiteralStream = { size: 5000, stream: stream() };
    for (const [options, binary, ...expected] of [
      [ANY, false, '{5000+}\r\n'],
      [ANY, true, '~{5000+}\r\n'],
      [SMALL, false, '{5000}\r\n', '…'],
      [undefined, true, '~{5000}\r\n', '…'],
    ] as const) {
      const parts = new Writer(options).literalStream(source, binary).space().end();
      expect(shown(parts)).toEqual([...expected, 'stream of 5000', ' \r\n']);
      expect(parts).toContainEqual(source);
    }
    expectRefused([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53], (writer, size) =>
      writer.literalStream({ size, stream: stream() }),
    );
  });
});

describe('mailboxes', () => {
  it('are quoted, in modified UTF-7', () => {
    const names = ['INBOX', 'a b', 'Entwürfe', 'R&D', 'a"b\\c', '{5}'];
    expect(written((writer) => writer.list(names, (name) => writer.mailbox(name)))).toEqual([
      '("INBOX" "a b" "Entw&APw-rfe" "R&-D" "a\\"b\\\\c" "{5}")\r\n',
    ]);
    expectRefused([''], (writer, name) => writer.mailbox(name));
  });

  it('are UTF-8 where that is enabled', () => {
    const parts = written(
      (writer) => writer.mailbox('Entwürfe').space().mailbox('R&D').space().listMailbox('%é*'),
      UTF8,
    );
    expect(parts.join('')).toBe('"Entw\xc3\xbcrfe" "R&D" "%\xc3\xa9*"\r\n');
  });

  it('go back as they were listed', () => {
    for (const listed of ['caf\xe9', 'R&D', 'a\xff&b', 'Entw\xc3\xbcrfe', 'a\tb']) {
      const [content] = strings(written((writer) => writer.mailbox(decodeMailboxName(listed))));
      expect(content).toBe(listed);
    }
  });

  it('listMailbox() writes patterns', () => {
    expect(written((writer) => writer.listMailbox('').space().listMailbox('ä/%*'))).toEqual(['"" "&AOQ-/%*"\r\n']);
  });
});

describe('sets and lists', () => {
  it('set() writes what is one', () => {
    const sets: MessageSet[] = [5, '1:*', [3, 1, 2, 9], '$', { seq: '7:5' }];
    expect(written((writer) => writer.list(sets, (set) => writer.set(set)))).toEqual(['(5 1:* 1:3,9 $ 5:7)\r\n']);
    const none: MessageSet[] = [
      '',
      [],
      0,
      -1,
      1.5,
      2 ** 32,
      '1 2',
      '1:',
      'a',
      '1\r\n',
      '1,2 FLAGS',
      '1:2)',
      { seq: '0' },
      { seq: [] },
    ];
    expectRefused(none, (writer, set) => writer.set(set));
  });

  it('list() separates what it writes', () => {
    expect(written((writer) => writer.list([], () => writer.raw('never')))).toEqual(['()\r\n']);
    expect(written((writer) => writer.list(new Set(['a']), (item) => writer.atom(item)))).toEqual(['(a)\r\n']);
    const nested = (writer: Writer) =>
      writer.list([1, 2], (item) => writer.list(['é', 'b'], (text) => writer.number(item).space().string(text)));
    expect(written(nested).join('')).toBe('((1 {2}\r\n…\xc3\xa9 1 "b") (2 {2}\r\n…\xc3\xa9 2 "b"))\r\n');
  });
});

/** The strings of a command, by a strict reading of RFC 3501 §9 and RFC 7888. Throws for whatever they do not allow. */
function strings(parts: string[], utf8 = false): string[] {
  const wire = parts.join('');
  const values: string[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(wire);
  };
  while (at < wire.length) {
    const quoted = match(/"((?:[^"\\\r\n\0]|\\["\\])*)"(?=[ )\r])/y);
    const literal = match(/(~?)\{(\d+)(\+?)\}\r\n(…?)/y);
    const plain = match(/[\x20\x21\x23-\x5b\x5d-\x7a|}]+|~/y);
    if (quoted !== null) {
      const [whole, content = ''] = quoted;
      const isUtf8 = Buffer.from(Buffer.from(content, 'latin1').toString('utf8'), 'utf8').equals(
        Buffer.from(content, 'latin1'),
      );
      if (/[\x80-\xff]/.test(content) && !(utf8 && isUtf8)) throw new Error(`8-bit in ${JSON.stringify(whole)}`);
      values.push(content.replace(/\\(.)/g, '$1'));
      at += whole.length;
    } else if (literal !== null) {
      const [header, binary, size, plus, waits] = literal;
      if ((plus === '+') === (waits === '…')) throw new Error(`A literal's wait: ${JSON.stringify(header)}`);
      at += header.length;
      const content = wire.substring(at, at + Number(size));
      if (content.length !== Number(size)) throw new Error('A literal without its bytes');
      if (binary === '' && content.includes('\0')) throw new Error('NUL in a literal');
      values.push(content);
      at += content.length;
    } else if (plain !== null) {
      at += plain[0].length;
    } else if (wire.endsWith('\r\n') && at === wire.length - 2) {
      return values;
    } else {
      throw new Error(`Not a command: ${JSON.stringify(wire.substring(at, at + 40))}`);
    }
  }
  throw new Error('A command without its end');
}

describe('whatever it is given', { timeout: 30_000 }, () => {
  const NONE = 'none';
  const ENCODED = 'encoded';
  const SNIPPETS = [
    '"',
    '\\',
    '{',
    '}',
    '{5}',
    '{3+}',
    '~{1}',
    '\r\n',
    '\r',
    '\n',
    '\0',
    ' ',
    '(',
    ')',
    '*',
    '%',
    ']',
    '&',
    '&-',
    '+',
  ];
  SNIPPETS.push(
    'A2 LOGOUT',
    'é',
    '€',
    '\u{1f600}',
    '\ud800',
    '\udc41',
    '\udc00',
    '\udcff',
    '\x7f',
    '\x01',
    '\t',
    'x',
    'NIL',
    '0',
    '1:*',
    ',',
  );

  function hostile(random: Random): string {
    let text = '';
    for (let left = random.below(6); left > 0; left--) text += SNIPPETS[random.below(SNIPPETS.length)];
    if (random.below(20) === 0) text = text.repeat(random.below(800));
    return text;
  }

  /** Writes a value, and the string that this is; NONE where it is none, ENCODED where it is that of a mailbox. */
  const WRITES: [write: (writer: Writer, text: string) => unknown, value: (text: string) => string][] = [
    [(writer, text) => writer.atom(text), () => NONE],
    [(writer, text) => writer.set(text), () => NONE],
    [(writer, text) => writer.set({ seq: text }), () => NONE],
    [(writer, text) => writer.number(Number(text)), () => NONE],
    [(writer, text) => writer.string(text), utf8Bytes],
    [(writer, text) => writer.quoted(text), (text) => text],
    [(writer, text) => writer.literal(Buffer.from(text)), utf8Bytes],
    [(writer, text) => writer.literal8(Buffer.from(text)), utf8Bytes],
    [(writer, text) => writer.mailbox(text), () => ENCODED],
    [(writer, text) => writer.listMailbox(text), () => ENCODED],
  ];

  function anyWrite(random: Random) {
    return WRITES[random.below(WRITES.length)] ?? expect.unreachable();
  }

  function utf8Bytes(text: string): string {
    return Buffer.from(text, 'utf8').toString('latin1');
  }

  it('the bytes are one command that holds the values', () => {
    const random = new Random(20_231);
    let refused = 0;
    let taken = 0;
    for (let round = 0; round < 6000; round++) {
      const nonSynchronizing = (['none', 'small', 'any'] as const)[round % 3] ?? 'none';
      const options: WriterOptions = { nonSynchronizing, utf8: random.below(2) === 1 };
      const writer = new Writer(options);
      writer.raw('A1 X');
      const expected: string[] = [];
      for (let left = 1 + random.below(5); left > 0; left--) {
        const text = hostile(random);
        const [write, value] = anyWrite(random);
        writer.space();
        try {
          write(writer, text);
          if (value(text) !== NONE) expected.push(value(text));
          taken++;
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          refused++;
        }
      }
      const read = strings(shown(writer.end()), options.utf8);
      expect(read).toHaveLength(expected.length);
      expected.forEach((value, index) => {
        if (value !== ENCODED) expect(read[index]).toBe(value);
        else expect(read[index]).not.toMatch(/[\r\n\0]/);
      });
    }
    expect(refused).toBeGreaterThan(2000);
    expect(taken).toBeGreaterThan(5000);
  });

  it('a refused value leaves nothing behind', () => {
    const random = new Random(7);
    for (let round = 0; round < 3000; round++) {
      const writer = new Writer(round % 2 === 0 ? UTF8 : SMALL);
      const text = hostile(random);
      const [write] = anyWrite(random);
      try {
        write(writer, text);
      } catch {
        expect(shown(writer.end())).toEqual(['\r\n']);
      }
    }
  });
});
