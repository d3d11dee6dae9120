/** A quick run with fixed seeds. The long one: `npx tsx test/fuzz/simulation/long.ts [seconds] [seed]`. */
import { expect, it } from 'vitest';
import { simulate } from './simulation/run.ts';

it('sessions that call at random get what is true, and change what they name', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 20; seed++) expect(await simulate(seed), `seed ${seed}`).toEqual([]);
});
