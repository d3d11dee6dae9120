import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import { OPEN } from '../../../src/wire/chars.ts';
import type { Frame } from '../../../src/wire/frame.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { readNumber, readNumber64 } from '../../../src/wire/number.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { CONTINUATION, Writer } from '../../../src/wire/writer.ts';
import { chunksOf, feed } from './chunks.ts';
import { Random } from './random.ts';

type Value = string | number | bigint | null | Value[];

const CHARS = 'ab "\\(){}[]%*+~&\t\x01\x7f5éß€';

function anyText(random: Random): string {
  let text = '';
  for (let left = random.below(12); left > 0; left--) text += random.pick(CHARS);
  return random.below(12) === 0 ? text.repeat(random.below(600)) : text;
}

function anyValue(random: Random, depth: number): Value {
  const kind = random.below(depth > 0 ? 8 : 5);
  if (kind === 0) return null;
  if (kind === 1) return random.below(2 ** 31) * random.below(2 ** 21);
  if (kind === 2) return BigInt(random.below(2 ** 31)) ** 2n;
  if (kind < 5) return anyText(random);
  return Array.from({ length: random.below(5) }, () => anyValue(random, depth - 1));
}

function write(writer: Writer, value: Value, random: Random): void {
  if (value === null) writer.raw('NIL');
  else if (Array.isArray(value)) writer.list(value, (item) => write(writer, item, random));
  else if (typeof value !== 'string') writer.number(value);
  else if (random.below(4) > 0) writer.string(value);
  else if (random.below(2) > 0) writer.literal(Buffer.from(value));
  else writer.literal8(Buffer.from(value));
}

/** Reads a value of the same form as `like`. */
function read(reader: Reader, like: Value): Value {
  if (typeof like === 'number') return readNumber(reader);
  if (typeof like === 'bigint') return readNumber64(reader);
  if (like === null) return reader.nil() ? null : 'not NIL';
  if (typeof like === 'string') return Buffer.from(reader.string(), 'latin1').toString('utf8');
  const values: Value[] = [];
  reader.list(() => values.push(read(reader, like[values.length] ?? null)));
  return values;
}

function wireOf(values: Value[], random: Random): Buffer {
  const nonSynchronizing = random.below(2) === 0 ? 'any' : 'none';
  const writer = new Writer({ nonSynchronizing, utf8: random.below(2) === 0 });
  writer.raw('* X ');
  write(writer, values, random);
  const bytes: Buffer[] = [];
  for (const part of writer.end()) {
    if (typeof part === 'string') bytes.push(Buffer.from(part, 'latin1'));
    else if (part instanceof Uint8Array) bytes.push(Buffer.from(part));
    else if (part !== CONTINUATION) expect.unreachable('no stream was written');
  }
  return Buffer.concat(bytes);
}

describe('what is written, framed and read', { timeout: 30_000 }, () => {
  it('is what it was', () => {
    const random = new Random(9051);
    for (let round = 0; round < 300; round++) {
      const responses = Array.from({ length: 1 + random.below(6) }, () => [anyValue(random, 3), anyValue(random, 3)]);
      const wire = Buffer.concat(responses.map((values) => wireOf(values, random)));
      const reader = new Reader();
      const seen: Value[] = [];
      const framer = new Framer({
        frame: (frame) => {
          reader.reset(frame);
          reader.position += 4;
          seen.push(read(reader, responses[seen.length] ?? []));
          expect(reader.atEnd).toBe(true);
          reader.reset(frame);
          reader.position += 4;
          reader.skipValue();
          expect(reader.atEnd).toBe(true);
        },
      });
      feed(framer, chunksOf(wire, 1 + random.below(random.below(2) === 0 ? 30 : 9000)));
      expect(seen).toEqual(responses);
    }
  });
});

describe('whatever comes', { timeout: 30_000 }, () => {
  const SNIPPETS = [
    '* ',
    'A1 ',
    '+ ',
    'OK ',
    'NO [X ',
    '* 1 FETCH (',
    'BODY[',
    ']',
    '<0>',
    '"',
    '\\',
    '\\"',
    '(',
    ')',
    ' ',
    ' ',
  ];
  SNIPPETS.push(
    '{0}\r\n',
    '{2}\r\n',
    ' {3+}\r\n',
    ' ~{1}\r\n',
    '{99}',
    '\r\n',
    '\r\n',
    '\n',
    '\r',
    '\0',
    '\xff',
    'NIL',
    '12',
    '-1',
  );

  function anyWire(random: Random): Buffer {
    let wire = '';
    for (let left = 1 + random.below(60); left > 0; left--) wire += SNIPPETS[random.below(SNIPPETS.length)];
    return Buffer.from(`${wire}${'\r\n'.repeat(60)}`, 'latin1');
  }

  /** Everything that can be read from a frame, or the error. */
  function readings(frame: Frame, reader: Reader): string[] {
    const seen = [frame.lines, ...frame.literals.map((literal) => literal.toString('latin1'))];
    for (const step of [
      () => reader.skipValue(),
      () => seen.push(`${reader.nstring()}`),
      () => reader.list(() => seen.push(reader.astring())),
    ]) {
      reader.reset(frame);
      try {
        while (!reader.atEnd) {
          const before = seen.length;
          step();
          if (seen.length === before) seen.push('value');
          if (reader.peek() !== OPEN) reader.space();
        }
        seen.push('end');
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        seen.push(error.message);
      }
    }
    return seen;
  }

  it('ends, with the same outcome however it is cut', () => {
    const random = new Random(3501);
    for (let round = 0; round < 400; round++) {
      const wire = anyWire(random);
      const outcomes = [wire.length, 1, 1 + random.below(40)].map((size) => {
        const seen: string[] = [];
        const reader = new Reader(5);
        const framer = new Framer({ frame: (frame) => seen.push(...readings(frame, reader)) });
        feed(framer, chunksOf(wire, size));
        return seen;
      });
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect(outcomes[2]).toEqual(outcomes[0]);
    }
  });
});
