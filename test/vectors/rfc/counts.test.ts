import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { clientLines } from './commands/all.ts';

/** By RFC: the responses in its file, the client's lines that commands of ours write, and those that none does. */
const counts: Record<string, [responses: number, commands: number, unsent: number]> = {
  3501: [175, 49, 5],
  4315: [17, 6, 0],
  4466: [6, 2, 1],
  4731: [18, 9, 0],
  5256: [15, 6, 0],
  5258: [135, 20, 0],
  5464: [26, 11, 0],
  5465: [31, 8, 0],
  7162: [224, 36, 0],
  9051: [501, 136, 5],
  9208: [28, 8, 0],
  9394: [21, 8, 0],
};

const folder = new URL('./', import.meta.url);

function responsesIn(file: string): number {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean);
  const vectors = lines.map((line) => JSON.parse(line) as { expected: unknown[] }); // the files are part of this test
  return vectors.reduce((sum, { expected }) => sum + expected.length, 0);
}

it('has every line of the examples', () => {
  const numbers = readdirSync(folder).flatMap((file) => /^rfc(\d+)\.jsonl$/.exec(file)?.[1] ?? []);
  const found = numbers.map((number) => {
    const { rows = [], unsent = [] } = clientLines[number] ?? {};
    return [number, [responsesIn(`rfc${number}.jsonl`), rows.length, unsent.length]];
  });
  expect(Object.fromEntries(found)).toEqual(counts);
  expect(Object.keys(clientLines)).toEqual(Object.keys(counts));
});

it('has each line of a client once', () => {
  for (const [number, { rows, unsent = [] }] of Object.entries(clientLines)) {
    const lines = [...rows, ...unsent].map(([theirs]) => theirs);
    expect(new Set(lines).size, number).toBe(lines.length);
  }
});
