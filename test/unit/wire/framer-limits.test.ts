import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { DEFAULT_FRAMER_LIMITS, type FramerLimits } from '../../../src/wire/limits.ts';
import { chunkings, chunksOf, feed } from './chunks.ts';

const SMALL: FramerLimits = { line: 40, longLine: 100, literal: 50 };

interface Outcome {
  frames: number;
  error?: ProtocolError;
}

function outcome(chunks: Buffer[], limits: FramerLimits = SMALL): Outcome {
  const result: Outcome = { frames: 0 };
  const framer = new Framer({ frame: () => result.frames++ }, limits);
  try {
    feed(framer, chunks);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    result.error = error;
  }
  return result;
}

function line(beginning: string, length: number): string {
  return beginning.padEnd(length, 'x');
}

describe('the limit of a line', () => {
  const taken = [
    line('* 1 FETCH ', 40),
    line('* SEARCH ', 100),
    line('* SORT ', 100),
    line('* THREAD ', 100),
    line('* ESEARCH ', 100),
    line('* VANISHED ', 100),
    line('*  search ', 100),
    line('* OK [COPYUID ', 100),
    line('A1234567 OK [COPYUID ', 100),
    line('A12 NO [MODIFIED ', 100),
    `* X {9}\r\n123456789${line(')', 33)}`,
    `* ESEARCH {9}\r\n123456789${line(')', 87)}`,
  ];
  const refused = [
    line('* 1 FETCH ', 41),
    line('* OK SEARCH ', 41),
    line('* SEARCHED ', 41),
    line('A12 OK COPYUID ', 41),
    line('A12 OK [COPYUID ', 101),
    line('SEARCH ', 41),
    line('* SEARCH ', 101),
    line('* VANISHED ', 101),
    `* X {9}\r\n123456789${line(')', 34)}`,
    `* X {9}\r\n123456789${line(')', 20)} {0}\r\n${line(')', 10)}`,
    `* ESEARCH {9}\r\n123456789${line(')', 88)}`,
  ];

  it('counts all line pieces of a response, however they come', () => {
    for (const wire of taken) {
      for (const { name, chunks } of chunkings(`${wire}\r\n`)) {
        expect(outcome(chunks), `${name}: ${wire}`).toEqual({ frames: 1 });
      }
    }
    for (const wire of refused) {
      for (const { name, chunks } of chunkings(`${wire}\r\n`)) {
        expect(outcome(chunks).error?.code, `${name}: ${wire}`).toBe('LIMIT_LINE');
      }
    }
  });

  it('starts anew with every response', () => {
    expect(outcome([Buffer.from('* X {9}\r\n123456789)\r\n* 1 EXISTS\r\n'.repeat(20))])).toEqual({ frames: 40 });
  });

  it('is reached without the end of the line', () => {
    const endless = chunksOf('x'.repeat(1000), 7);
    const framer = new Framer({ frame: () => {} }, SMALL);
    expect(() => feed(framer, endless)).toThrow(ProtocolError);
    expect(framer.received).toBeLessThan(48);
  });

  it('says where it was reached', () => {
    const wire = `* 1 EXISTS\r\n${line('* 1 FETCH ', 41)}\r\n`;
    const { error, frames } = outcome([Buffer.from(wire)], SMALL);
    expect(frames).toBe(1);
    expect(error?.offset).toBeLessThanOrEqual(12);
    expect(error?.message).toBe('The server sent a response of more than 40 bytes (limits.line) outside its literals');
  });
});

describe('the limit of literals', () => {
  it('counts those of one response together', () => {
    expect(outcome([Buffer.from(`* X {50}\r\n${'x'.repeat(50)}\r\n`.repeat(3))])).toEqual({ frames: 3 });
    expect(outcome([Buffer.from('* X {51}\r\n')]).error?.code).toBe('LIMIT_LITERAL');
    const two = `* X {30}\r\n${'x'.repeat(30)} {21}\r\n`;
    for (const { chunks } of chunkings(two)) expect(outcome(chunks).error?.code).toBe('LIMIT_LITERAL');
  });

  it('does not count those that are streamed', () => {
    let streamed = 0;
    const sink = {
      chunk: (bytes: Buffer) => {
        streamed += bytes.length;
      },
      end: () => {},
    };
    const framer = new Framer({ frame: () => {}, literal: (_, size) => (size > 50 ? sink : undefined) }, SMALL);
    feed(framer, chunksOf(`* X {500}\r\n${'x'.repeat(500)} {50}\r\n${'x'.repeat(50)}\r\n`, 64));
    expect(streamed).toBe(500);
    expect(framer.idle).toBe(true);
  });

  it.each(['9007199254740992', '99999999999999999999', '9'.repeat(36)])('refuses a size of %s', (size) => {
    const wire = `* X {${size}}\r\n`;
    for (const { chunks } of chunkings(wire)) {
      expect(outcome(chunks, DEFAULT_FRAMER_LIMITS).error?.code).toBe('LIMIT_LITERAL');
    }
    const sink = { chunk: () => {}, end: () => {} };
    const streaming = new Framer({ frame: () => {}, literal: () => sink });
    expect(() => streaming.receive(Buffer.from(wire))).toThrow(ProtocolError);
  });

  it('allocates nothing for what was only announced', () => {
    const framers: Framer[] = [];
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 8; index++) {
      const framer = new Framer({ frame: () => {} });
      framer.receive(Buffer.from('* X {268435456}\r\nx'));
      framers.push(framer);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * (5 << 20));
    expect(() => framers[0]?.receive(Buffer.from('x'))).not.toThrow();
    const { error } = outcome([Buffer.from('* X {268435457}\r\n')], DEFAULT_FRAMER_LIMITS);
    expect(error?.message).toBe(
      'The server sent literals of 268435457 bytes in one response, over the limit of 268435456 (limits.literal)',
    );
  });

  it('is 10,000 of them in one response', () => {
    const empty = '{0}\r\n';
    const limits = DEFAULT_FRAMER_LIMITS;
    expect(outcome([Buffer.from(`* X ${empty.repeat(10_000)}\r\n`)], limits)).toEqual({ frames: 1 });
    expect(outcome([Buffer.from(`* X ${empty.repeat(10_001)}\r\n`)], limits).error?.code).toBe('LIMIT_LITERALS');
    expect(outcome([Buffer.from(`* X ${empty.repeat(6_000)}\r\n`.repeat(2))], limits)).toEqual({ frames: 2 });
  });
});

/** Each of these takes minutes where the work grows with the square of the bytes. */
describe('work that grows with the bytes, not with their square', { timeout: 30_000 }, () => {
  const limits: FramerLimits = { ...DEFAULT_FRAMER_LIMITS, longLine: 4 << 20 };

  it('a byte a segment', () => {
    const wire = `* SEARCH${' 1234567'.repeat(125_000)}\r\n* X {500000}\r\n${'x'.repeat(500_000)}\r\n`;
    expect(outcome(chunksOf(wire, 1), limits)).toEqual({ frames: 2 });
  });

  it('a long line in chunks', () => {
    const wire = `* SEARCH${' 1234567'.repeat(500_000)}\r\n`;
    for (const size of [100, 5000, 65_536]) expect(outcome(chunksOf(wire, size), limits)).toEqual({ frames: 1 });
  });

  it('a million short lines', () => {
    expect(outcome([Buffer.from('*\n'.repeat(1_000_000))])).toEqual({ frames: 1_000_000 });
    expect(outcome([Buffer.from('\n'.repeat(1_000_000))])).toEqual({ frames: 1_000_000 });
  });

  it('short lines among long ones', () => {
    const wire = Buffer.from(`\n${'x'.repeat(4095)}\n\n${'x'.repeat(9000)}\n`.repeat(300));
    expect(outcome([wire], limits)).toEqual({ frames: 1200 });
  });

  it('many literals behind a long beginning', () => {
    for (const beginning of [`*${' '.repeat(900_000)}X`, `*${'x'.repeat(900_000)}`, `* X "${'\\"'.repeat(450_000)}"`]) {
      const wire = `${beginning} ${'{1}\r\nx'.repeat(9_999)}\r\n`;
      expect(outcome([Buffer.from(wire)], limits)).toEqual({ frames: 1 });
    }
  });

  it('many small literals in one chunk', () => {
    expect(outcome([Buffer.from('* X {1}\r\nx\r\n'.repeat(300_000))], limits)).toEqual({ frames: 300_000 });
  });

  it('lines that nearly are the header of a literal', () => {
    const nearly = [
      `${'{'.repeat(5000)}5}`,
      `${'1'.repeat(5000)}}`,
      `"${'\\"'.repeat(2500)} {5}`,
      `"${'"x'.repeat(2500)} {5}`,
    ];
    const wire = nearly.map((text) => `* X ${text}\r\n`).join('');
    expect(outcome([Buffer.from(wire.repeat(200))], limits)).toEqual({ frames: 800 });
  });
});
