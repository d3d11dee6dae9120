import { expect, it } from 'vitest';
import { loadedOnce } from '../../../src/net/loaded-once.ts';

it('is loaded once for all that ask, and anew where that failed', async () => {
  let loads = 0;
  const load = loadedOnce(async () => {
    if (++loads === 1) throw new Error('not there');
    return loads;
  });
  expect(loads).toBe(0);
  await expect(load()).rejects.toThrow('not there');
  expect(await Promise.all([load(), load()])).toEqual([2, 2]);
});
