/** A quick run with fixed seeds. The long one: `npx tsx test/fuzz/simulation/long.ts [seconds] [seed]`. */
import { expect, it } from 'vitest';
import { simulatePool } from './simulation/pooled.ts';
import { simulate } from './simulation/run.ts';

it('sessions that call at random get what is true, and change what they name', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 20; seed++) expect(await simulate(seed), `seed ${seed}`).toEqual([]);
});

it('callers that share a pool each get their own, and nothing is left of it', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 20; seed++) expect(await simulatePool(seed), `seed ${seed}`).toEqual([]);
});

it('all that is said comes again with its seed', { timeout: 60_000 }, async () => {
  const said = async (seed: number) => {
    const texts: string[] = [];
    await simulate(seed, (text) => texts.push(text));
    return texts;
  };
  for (const seed of [3, 5]) expect(await said(seed)).toEqual(await said(seed));
});
