import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cutResponses, readResponses } from './read.ts';

/** A line of a .jsonl file: what a server sent, latin1, and what is read from it. */
interface Vector {
  /** Where it comes from. */
  source: string;
  input: string;
  expected: unknown[];
}

/** Pieces of so many bytes, each in the memory that the one before it was in, as a socket's reads are. */
function* inSharedMemory(bytes: Buffer, size: number): Generator<Buffer> {
  const shared = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    yield shared.subarray(0, bytes.copy(shared, 0, at, at + size));
    shared.fill('"');
  }
}

const folder = new URL('./', import.meta.url);

function vectorsOf(file: string): Vector[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Vector); // the files are part of this test
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /^(rfc|servers).*\.jsonl$/.test(name),
);

describe.each(files.sort())('%s', (file) => {
  it.each(vectorsOf(file))('$source', ({ input, expected }) => {
    const bytes = Buffer.from(input, 'latin1');
    expect(readResponses([bytes])).toEqual(expected);
    expect(readResponses([...bytes].map((byte) => Buffer.of(byte)))).toEqual(expected);
    for (const size of [2, 7, 31, 100]) expect(readResponses(inSharedMemory(bytes, size))).toEqual(expected);
    const whole = cutResponses([bytes]);
    for (let at = 1; at < bytes.length; at++) {
      expect(cutResponses([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });
});
