/** Faults at sampled bytes. At every byte: `npx tsx test/hostile/sweep.ts`. */
import { expect, it } from 'vitest';
import type { Fault } from './fault-proxy.ts';
import { faultySession } from './fault-session.ts';

const KINDS = ['cut', 'reset', 'freeze', 'delay', 'split', 'corrupt'] as const;
const SAMPLES = 7;

it.each(KINDS)('%s', { timeout: 60_000 }, async (kind) => {
  const expected = new Map<string, unknown>();
  const { passed, wrong, rejected } = await faultySession(expected);
  expect({ wrong, rejected }).toEqual({ wrong: [], rejected: 0 });
  for (const direction of ['toClient', 'toServer'] as const) {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const fault: Fault = { kind, direction, at: Math.floor(((sample + 0.5) * passed[direction]) / SAMPLES) };
      const swept = await faultySession(expected, fault);
      expect(swept.wrong, JSON.stringify(fault)).toEqual([]);
      if (kind === 'delay' || kind === 'split') expect(swept.rejected, JSON.stringify(fault)).toBe(0);
    }
  }
});
