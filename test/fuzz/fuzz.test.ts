/** A quick run with fixed seeds. The long one: `npx tsx test/fuzz/long.ts [seconds] [seed]`. */
import { expect, it } from 'vitest';
import { Random } from '../unit/wire/random.ts';
import { chunks, corpus, mutated, noise } from './mutate.ts';
import { ROUND_TRIPS } from './round-trips.ts';
import { readers, session } from './targets.ts';

const inputs = corpus();

it.each(Object.keys(ROUND_TRIPS))('%s, written and read', (name) => {
  for (let seed = 1; seed <= 1500; seed++)
    expect(() => ROUND_TRIPS[name]?.(new Random(seed)), `seed ${seed}`).not.toThrow();
});

it('mutated transcripts and noise, framer and readers', { timeout: 20_000 }, () => {
  expect(inputs.length).toBeGreaterThan(100);
  for (let seed = 1; seed <= 3000; seed++) {
    const random = new Random(seed);
    const text = seed % 5 === 0 ? noise(random) : mutated(inputs, random);
    expect(() => readers(chunks(text, random)), `seed ${seed}: ${JSON.stringify(text)}`).not.toThrow();
  }
});

it('mutated transcripts and noise, a whole session', { timeout: 20_000 }, async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const text = seed % 5 === 0 ? noise(random) : mutated(inputs, random);
    const failure = await session(chunks(text, random)).catch((error: unknown) => error);
    expect(failure, `seed ${seed}: ${JSON.stringify(text)}`).toBeUndefined();
  }
});
