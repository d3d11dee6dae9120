import { describe, expect, it } from 'vitest';
import { type Frame, STREAMED } from '../../../src/wire/frame.ts';
import { type FrameReceiver, Framer, type LiteralSink } from '../../../src/wire/framer.ts';
import { chunkings, chunksOf, feed } from './chunks.ts';

/** A frame as a list: line piece, literal, line piece, literal, … line piece. */
function listed(frame: Frame): string[] {
  expect(frame.pieces).toHaveLength(frame.literals.length);
  const list = [frame.line];
  frame.literals.forEach((literal, index) => {
    list.push(literal.toString('latin1'), frame.pieces[index] ?? 'no piece');
  });
  return list;
}

function framesOf(chunks: Buffer[]): string[][] {
  const frames: string[][] = [];
  const framer = new Framer({ frame: (frame) => frames.push(listed(frame)) });
  feed(framer, chunks);
  expect(framer.idle).toBe(true);
  expect(framer.received).toBe(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  return frames;
}

type Vector = [what: string, wire: string, ...frames: string[][]];

function itFrames(vectors: Vector[]): void {
  for (const [what, wire, ...expected] of vectors) {
    it(what, () => {
      for (const { name, chunks } of chunkings(wire)) expect(framesOf(chunks), name).toEqual(expected);
    });
    it(`${what}, with neighbours`, () => {
      const neighboured = `* 1 EXISTS\r\n${wire}* X (A {2}\r\n{1})\r\n`;
      for (const { name, chunks } of chunkings(neighboured)) {
        expect(framesOf(chunks), name).toEqual([['* 1 EXISTS'], ...expected, ['* X (A {2}', '{1', '})']]);
      }
    });
  }
}

/** One line that is a frame of its own. */
function itIsText(lines: string[]): void {
  itFrames(lines.map((line) => [JSON.stringify(line), `${line}\r\n`, [line]]));
}

/** Lines that a literal of five bytes follows. */
function itAnnounces(lines: string[]): void {
  itFrames(lines.map((line) => [JSON.stringify(line), `${line}\r\n"\r\n{9)]\r\n`, [line, '"\r\n{9', ')]']]));
}

describe('lines', () => {
  itFrames([
    ['one', '* OK hi\r\n', ['* OK hi']],
    ['several', '* 1 EXISTS\r\n* 0 RECENT\r\nA1 OK\r\n', ['* 1 EXISTS'], ['* 0 RECENT'], ['A1 OK']],
    ['bare LF', '* OK hi\n* BYE\n', ['* OK hi'], ['* BYE']],
    ['empty ones', '\r\n\n* OK\r\n\r\n', [''], [''], ['* OK'], ['']],
    ['CR elsewhere', '* OK a\rb\r\r\n\r\r\n', ['* OK a\rb\r'], ['\r']],
    ['NUL and 8-bit bytes', '* OK \0\x80\xe9\xff\r\n', ['* OK \0\x80\xe9\xff']],
  ]);

  it('longer than the blocks they are decoded in', () => {
    for (const length of [4093, 4094, 4095, 4096, 4097, 8190, 8192, 70_000]) {
      const lines = ['* 1 EXISTS', `* OK ${'x'.repeat(length - 5)}`, '* 2 EXISTS', 'y'.repeat(length), '* 3 EXISTS'];
      const wire = Buffer.from(`${lines.join('\r\n')}\r\n`);
      const expected = lines.map((line) => [line]);
      for (const size of [1000, 4096, 65_536, wire.length]) expect(framesOf(chunksOf(wire, size))).toEqual(expected);
      expect(framesOf([wire.subarray(0, length), wire.subarray(length)])).toEqual(expected);
    }
  });
});

describe('literals', { timeout: 30_000 }, () => {
  itFrames([
    ['in a list', '* 1 FETCH (BODY[] {3}\r\nabc)\r\n', ['* 1 FETCH (BODY[] {3}', 'abc', ')']],
    ['after a bare LF', '* 1 FETCH (BODY[] {3}\nabc)\n', ['* 1 FETCH (BODY[] {3}', 'abc', ')']],
    ['with junk behind it', '* 1 FETCH (BODY[] {3}\r\nabc)x\n', ['* 1 FETCH (BODY[] {3}', 'abc', ')x']],
    ['with a bare CR behind it', '* 1 FETCH (BODY[] {3}\r\nabc)\rx\r\n', ['* 1 FETCH (BODY[] {3}', 'abc', ')\rx']],
    ['at the end of the line', '* LIST () "/" {5}\r\nINBOX\r\n', ['* LIST () "/" {5}', 'INBOX', '']],
    ['non-synchronizing', '* LIST () "/" {5+}\r\nINBOX\r\n', ['* LIST () "/" {5+}', 'INBOX', '']],
    ['literal8', '* 1 FETCH (BINARY[1] ~{3}\r\n\0\r\n)\r\n', ['* 1 FETCH (BINARY[1] ~{3}', '\0\r\n', ')']],
    ['non-synchronizing literal8', '* X (A ~{1+}\r\nx)\r\n', ['* X (A ~{1+}', 'x', ')']],
    ['with junk in its header', '* 1 FETCH (BODY[] {3+x}Y\r\nabc)\r\n', ['* 1 FETCH (BODY[] {3+x}Y', 'abc', ')']],
    ['with spaces behind its header', '* 1 FETCH (BODY[] {3}  \r\nabc)\r\n', ['* 1 FETCH (BODY[] {3}  ', 'abc', ')']],
    ['empty', '* 1 FETCH (BODY[] {0}\r\n)\r\n', ['* 1 FETCH (BODY[] {0}', '', ')']],
    ['a size with leading zeros', `* X {${'0'.repeat(20)}2}\r\nab\r\n`, [`* X {${'0'.repeat(20)}2}`, 'ab', '']],
    [
      'several',
      '* 1 FETCH (A {2}\r\nab B {0}\r\n C {1}\r\n\n D {3}\r\n{1})\r\n',
      ['* 1 FETCH (A {2}', 'ab', ' B {0}', '', ' C {1}', '\n', ' D {3}', '{1}', ')'],
    ],
    [
      'that touch',
      '* X {1}\r\na{2}\r\nbc~{0}\r\n~{1}\r\nd\r\n',
      ['* X {1}', 'a', '{2}', 'bc', '~{0}', '', '~{1}', 'd', ''],
    ],
    ['a tilde at the end of one', '* X {1}\r\n~{2}\r\nab\r\n', ['* X {1}', '~', '{2}', 'ab', '']],
    ['a quote at the end of one', '* X {1}\r\n" {2}\r\nab"\r\n', ['* X {1}', '"', ' {2}', 'ab', '"']],
    ['that hold responses', '* X {17}\r\n* OK {3}\r\nabc\r\nA1\r\n', ['* X {17}', '* OK {3}\r\nabc\r\nA1', '']],
    ['within lists', '* X (({1}\r\na) {1}\r\nb)\r\n', ['* X (({1}', 'a', ') {1}', 'b', ')']],
    ['behind a section', '* X (B[]<0>{1}\r\na B[]{1}\r\nb)\r\n', ['* X (B[]<0>{1}', 'a', ' B[]{1}', 'b', ')']],
    ['where a name is due', '* {5}\r\nspam!...\r\n', ['* {5}', 'spam!', '...']],
  ]);

  it('of every size near those of blocks and chunks', () => {
    for (const size of [1, 4000, 4080, 4095, 4096, 4097, 8192, 65_535, 65_536, 200_000]) {
      const body = 'ab\r\n{5}\r\n'.repeat(size / 9 + 1).substring(0, size);
      const wire = `* 1 FETCH (BODY[] {${size}}\r\n${body} UID 7)\r\n* 2 EXISTS\r\n`.repeat(3);
      const expected = [[`* 1 FETCH (BODY[] {${size}}`, body, ' UID 7)'], ['* 2 EXISTS']];
      for (const chunk of [997, 4096, 65_536, wire.length]) {
        expect(framesOf(chunksOf(wire, chunk))).toEqual([...expected, ...expected, ...expected]);
      }
    }
  });

  it('larger than what is allocated at once', () => {
    const body = Buffer.alloc(9_500_000);
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, at);
    let seen: Buffer | undefined;
    const framer = new Framer({
      frame: (frame) => {
        seen = frame.literals[0];
      },
    });
    feed(framer, [Buffer.from(`* X {${body.length}}\r\n`), ...chunksOf(body, 300_001), Buffer.from('\r\n')]);
    expect(seen?.equals(body)).toBe(true);
  });
});

describe('what only looks like the header of a literal', () => {
  describe('in the text of a status response or a continuation request', () => {
    itIsText([
      '* OK see {5}',
      '* NO see {5}',
      '* BAD {5}',
      '* BYE (see {5}',
      '* PREAUTH see {5}',
      '* ok See {5}',
      '*  OK see {5}',
    ]);
    itIsText(['*OK see {5}', 'A1 OK see {5}', 'A1 NO {5}', 'A1  bad ({5}', '+ see {5}', '+ {5}', '+ ~{5}', '+ OK {5}']);
    itIsText([
      '* OK [ALERT] see {5}',
      'A1 NO [ALERT]{5}',
      '* OK[ALERT] see {5}',
      '* OK [X [Y] {5}',
      'A1 OK [COPYUID 1 2 3] {5}',
    ]);
  });

  describe('in a line that is none of the grammar', () => {
    itIsText(['A1 FOO {5}', '{5}', ' {5}', 'hello {5}', '(BODY[] {5}']);
  });

  describe('by its form', () => {
    itIsText([
      '* X {}',
      '* X {+}',
      '* X {5+x}',
      '* X {-5}',
      '* X {5 }',
      '* X { 5}',
      '* X {5} ',
      '* X {5}}',
      '* X {{}',
      '* X {5++}',
    ]);
    itIsText([
      '* X {0x5}',
      '* X {5.0}',
      '* X 5}',
      '* X }',
      '}',
      '* LIST () "/" foo{5}',
      '* LIST () "/" foo~{5}',
      '* X \\{5}',
    ]);
  });

  describe('in a quoted string', () => {
    itIsText([
      '* X "a {5}',
      '* X "a" "b {5}',
      '* X "a\\" {5}',
      '* X "a\\\\" "b\\\\\\" {5}',
      '* X (" {5}',
      '* X "a\\")" "b {5}',
    ]);
  });
});

describe('what is the header of a literal', () => {
  describe('within a response code', () => {
    itAnnounces(['* NO [BADCHARSET ({5}', 'A1 NO [BADCHARSET ({5}', 'A1 BAD [X {5+}', '* [BADCHARSET ({5}']);

    itFrames([
      [
        'several, then text',
        'A1 NO [BADCHARSET ({5}\r\nUTF-8 {8}\r\nUS-ASCII)] see {5}\r\n',
        ['A1 NO [BADCHARSET ({5}', 'UTF-8', ' {8}', 'US-ASCII', ')] see {5}'],
      ],
      [
        'a response with brackets behind it',
        '* NO [X {1}\r\na] b\r\n* 1 FETCH (BODY[1] {1}\r\na BODY[2] {1}\r\nb)\r\n',
        ['* NO [X {1}', 'a', '] b'],
        ['* 1 FETCH (BODY[1] {1}', 'a', ' BODY[2] {1}', 'b', ')'],
      ],
      ['a bracket in one', '* NO [X {1}\r\n] {1}\r\n]] {5}\r\n', ['* NO [X {1}', ']', ' {1}', ']', '] {5}']],
    ]);
  });

  describe('in a response whose name begins like a status', () => {
    itAnnounces(['* OKAY {5}', '* NOTIFIED {5}', '* BYE-BYE {5}', '* BADGE {5}']);
  });

  describe('after quoted strings', () => {
    itAnnounces([
      '* X "a {5}" {5}',
      '* X "a\\\\" {5}',
      '* X "a\\"b" {5}',
      '* X "" {5}',
      '* X ("a" "b") {5}',
      '* X "]" ({5}',
    ]);
  });

  describe('after what servers send as quoted strings', () => {
    // iCloud, GreenMail; 163; QQ
    itAnnounces(['* X "<1."F\\B"@H>" {5}', '* X "a"b" {5}', '* X """" {5}', '* X ("x.com\\") NIL {5}']);
  });
});

describe('streamed literals', () => {
  class Streaming implements FrameReceiver {
    readonly events: string[] = [];
    constructor(private readonly streams: (frame: Frame, size: number) => boolean) {}

    literal(frame: Frame, size: number): LiteralSink | undefined {
      this.events.push(`literal ${size} after ${JSON.stringify([frame.line, ...frame.pieces])}`);
      if (!this.streams(frame, size)) return undefined;
      let content = '';
      return {
        chunk: (bytes) => {
          expect(bytes.length).toBeGreaterThan(0);
          content += bytes.toString('latin1');
        },
        end: () => this.events.push(`streamed ${content}`),
      };
    }

    frame(frame: Frame): void {
      this.events.push(JSON.stringify(frame.literals.map((literal) => (literal === STREAMED ? null : `${literal}`))));
      this.events.push(frame.lines);
    }
  }

  const wire = '* 1 FETCH (A {5}\r\n1\r\n{2 B {0}\r\n C {3}\r\nxyz D ~{2+}\r\n\r\n)\r\n* OK {3}\r\n';
  const lines = ['* 1 FETCH (A {5}', ' B {0}', ' C {3}', ' D ~{2+}', ')'];
  const asked = [5, 0, 3, 2].map((size, index) => `literal ${size} after ${JSON.stringify(lines.slice(0, index + 1))}`);

  it('hands on all bytes, each literal before what follows it', () => {
    for (const { name, chunks } of chunkings(wire)) {
      const receiver = new Streaming(() => true);
      feed(new Framer(receiver), chunks);
      const streamed = ['streamed 1\r\n{2', 'streamed ', 'streamed xyz', 'streamed \r\n'];
      const expected = asked.flatMap((event, index) => [event, streamed[index]]);
      expect(receiver.events, name).toEqual([
        ...expected,
        '[null,null,null,null]',
        lines.join('\r\n'),
        '[]',
        '* OK {3}',
      ]);
    }
  });

  it('leaves the choice to the receiver, for each literal', () => {
    for (const { name, chunks } of chunkings(wire)) {
      const receiver = new Streaming((frame, size) => size === 3 || frame.pieces.length === 0);
      feed(new Framer(receiver), chunks);
      const expected = [asked[0], 'streamed 1\r\n{2', asked[1], asked[2], 'streamed xyz', asked[3]];
      const literals = '[null,"",null,"\\r\\n"]';
      expect(receiver.events, name).toEqual([...expected, literals, lines.join('\r\n'), '[]', '* OK {3}']);
    }
  });

  it('says so while one is under way', () => {
    const sink = { chunk: () => {}, end: () => {} };
    const framer = new Framer({ frame: () => {}, literal: (_, size) => (size > 3 ? sink : undefined) });
    const streaming = chunksOf('* X {2}\r\nab {4}\r\nabcd\r\n', 1).map((byte) => {
      framer.receive(byte);
      return framer.streaming ? '1' : '0';
    });
    expect(streaming.join('')).toBe(`${'0'.repeat(16)}1111000`);
  });

  it('passes parts of the chunk, not copies', () => {
    const parts: Buffer[] = [];
    const sink = { chunk: (bytes: Buffer) => parts.push(bytes), end: () => {} };
    const framer = new Framer({ frame: () => {}, literal: () => sink });
    const chunk = Buffer.from('* X {4}\r\nabcd\r\n');
    framer.receive(chunk);
    expect(parts.map((part) => part.buffer === chunk.buffer)).toEqual([true]);
  });
});

describe('stop', () => {
  const wire = '* OK\r\nA1 OK Begin TLS {4}\r\n\x16\x03{1}\r\n* OK [ALERT]\r\n';
  const end = wire.indexOf('\x16');

  it('leaves the rest of the chunk, from within frame()', () => {
    for (const { name, chunks } of chunkings(wire)) {
      const lines: string[] = [];
      const framer = new Framer({
        frame: (frame) => {
          lines.push(frame.line);
          if (frame.line.startsWith('A1')) framer.stop();
        },
      });
      let taken = 0;
      for (const chunk of chunks) {
        const took = framer.receive(chunk);
        taken += took;
        if (took < chunk.length || taken === end) break;
      }
      expect(taken, name).toBe(end);
      expect(framer.received, name).toBe(end);
      expect(framer.idle, name).toBe(true);
      expect(lines, name).toEqual(['* OK', 'A1 OK Begin TLS {4}']);
      // What comes after that is framed anew.
      feed(framer, [Buffer.from('A2 OK\r\n')]);
      expect(lines, name).toEqual(['* OK', 'A1 OK Begin TLS {4}', 'A2 OK']);
    }
  });

  it('works after a literal and after a long line', () => {
    for (const response of ['A1 NO [X {2}\r\nab] no\r\n', `* X {2}\r\nab\r\n`, `A1 OK ${'x'.repeat(10_000)}\r\n`]) {
      const framer = new Framer({ frame: () => framer.stop() });
      const chunk = Buffer.from(`${response}* X {3}\r\nabc\r\n`);
      expect(framer.receive(chunk)).toBe(response.length);
    }
  });
});

describe('idle', () => {
  it('is true only between responses', () => {
    const framer = new Framer({ frame: () => {} });
    const idle = chunksOf('* X {2}\r\nab\r\n* {0}\r\n\r\n', 1).map((byte) => {
      framer.receive(byte);
      return framer.idle ? '1' : '0';
    });
    expect(idle.join('')).toBe(`${'0'.repeat(12)}1${'0'.repeat(8)}1`);
  });
});

describe('the frame', () => {
  it('is used again, and copy() outlives that', () => {
    const copies: Frame[] = [];
    const same = new Set<Frame>();
    const framer = new Framer({
      frame: (frame) => {
        same.add(frame);
        copies.push(frame.copy());
      },
    });
    feed(framer, [Buffer.from('* 1 EXISTS\r\n* X {1}\r\na {1}\r\nb)\r\n* 2 EXISTS\r\n* Y {1}\r\nc\r\n')]);
    expect(same.size).toBe(1);
    expect(copies.map(listed)).toEqual([
      ['* 1 EXISTS'],
      ['* X {1}', 'a', ' {1}', 'b', ')'],
      ['* 2 EXISTS'],
      ['* Y {1}', 'c', ''],
    ]);
    expect(copies.map((frame) => frame.lines)).toEqual([
      '* 1 EXISTS',
      '* X {1}\r\n {1}\r\n)',
      '* 2 EXISTS',
      '* Y {1}\r\n',
    ]);
    expect(copies.map((frame) => [frame.start, frame.text])).toEqual(copies.map((frame) => [0, frame.line]));
  });

  it('lets a literal outlive it', () => {
    const literals: Buffer[] = [];
    const framer = new Framer({ frame: (frame) => literals.push(...frame.literals) });
    for (const body of ['one', 'two', 'six']) feed(framer, [Buffer.from(`* X {3}\r\n${body}\r\n`)]);
    expect(literals.map(String)).toEqual(['one', 'two', 'six']);
  });
});
