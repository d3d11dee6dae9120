import { expect } from 'vitest';
import { ProtocolError } from '../../../src/errors.ts';
import { Frame } from '../../../src/wire/frame.ts';
import { Reader } from '../../../src/wire/reader.ts';

/** The line within a block that would change its meaning, were its bounds not kept. */
export function within(before: string, line: string, after: string): Frame {
  const frame = Frame.of(before + line + after);
  frame.start = before.length;
  frame.end = before.length + line.length;
  return frame;
}

const BAITS = [
  '',
  '\r\n',
  '9',
  '.5',
  'e9',
  'x',
  'NIL',
  '"',
  '\\"',
  '") ',
  '\\") ',
  '")',
  ')',
  ' )',
  ']',
  '{5}',
  '~{5}',
];

/** A reader at the beginning of a frame. */
export function readerOf(frame: Frame): Reader {
  const reader = new Reader();
  reader.reset(frame);
  return reader;
}

interface Outcome {
  value?: unknown;
  error?: ProtocolError;
  rest: string;
}

function attempt(frame: Frame, read: (reader: Reader) => unknown): Outcome {
  const reader = readerOf(frame);
  try {
    return { value: read(reader), rest: reader.rest() };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { error, rest: reader.rest() };
  }
}

/** What comes of reading the line: the same whatever stands before and behind it. */
export function outcome(line: string, read: (reader: Reader) => unknown): Outcome {
  const alone = attempt(within('', line, ''), read);
  for (const after of BAITS) {
    const there = attempt(within('("\\{~', line, after), read);
    expect({ ...there, message: there.error?.message }, after).toEqual({ ...alone, message: alone.error?.message });
  }
  return alone;
}

/** A test's cases: each line gives this value, and leaves the rest of it. */
export function expectRead<T>(read: (reader: Reader) => T, cases: [line: string, value: T, rest?: string][]): void {
  for (const [line, value, rest = ''] of cases) expect(outcome(line, read), line).toEqual({ value, rest });
}

export function expectRefused(read: (reader: Reader) => unknown, lines: string[], message = /^Expected /): void {
  for (const line of lines) {
    const { error } = outcome(line, read);
    expect(error?.code, line).toBe('SYNTAX');
    expect(error?.message, line).toMatch(message);
  }
}
