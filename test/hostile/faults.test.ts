/** Faults at sampled bytes. At every byte: `npx tsx test/hostile/sweep.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available } from '../server/start/index.ts';
import { FAULT_KINDS, type Fault } from './fault-proxy.ts';
import { faultySession } from './fault-session.ts';
import { type FaultTarget, type FaultTargets, faultTargets, type TargetName } from './fault-targets.ts';

/** How many places each kind of fault is tried at, in each direction. */
const SAMPLES: Record<TargetName, number> = {
  memory: 4,
  'memory-starttls': 1,
  'memory-tls': 2,
  dovecot: 1,
  'dovecot-starttls': 1,
  'dovecot-tls': 1,
};
/** Sessions at a time. */
const AT_ONCE = 4;
/** What differs between TLS libraries; the rest is tried elsewhere. */
const ON_DOVECOT_TLS = ['cut', 'freeze', 'merge'] as const;
const HARMLESS: readonly string[] = ['delay', 'split', 'merge'];

for (const name of Object.keys(SAMPLES) as TargetName[]) {
  // the record has no others
  const can = name.startsWith('memory') || available('dovecot').ok;
  describe.skipIf(!can)(name, { timeout: 60_000 }, () => {
    let targets: FaultTargets;
    let passed: Record<Fault['direction'], number>;
    const expected = new Map<string, unknown>();
    beforeAll(async () => {
      targets = await faultTargets(name, AT_ONCE);
    }, 60_000);
    afterAll(() => targets[Symbol.asyncDispose](), 60_000);

    it('without a fault', async () => {
      const [target] = targets.accounts;
      if (target === undefined) throw new Error('No account');
      const outcome = await faultySession(target, expected);
      expect(outcome).toMatchObject({ wrong: [], rejected: [] });
      expect(expected.size).toBeGreaterThan(25);
      passed = outcome.passed;
    });

    it.each(name.startsWith('dovecot-') ? ON_DOVECOT_TLS : FAULT_KINDS)('%s', async (kind) => {
      const faults = (['toClient', 'toServer'] as const).flatMap((direction) =>
        Array.from({ length: SAMPLES[name] }, (_, sample): Fault => {
          return { kind, direction, at: Math.floor(((sample + 0.5) * passed[direction]) / SAMPLES[name]) };
        }),
      );
      const each = async (account: FaultTarget) => {
        for (let fault = faults.pop(); fault !== undefined; fault = faults.pop()) {
          const outcome = await faultySession(account, expected, fault);
          expect(outcome.wrong, JSON.stringify(fault)).toEqual([]);
          if (HARMLESS.includes(kind)) expect(outcome.rejected, JSON.stringify(fault)).toEqual([]);
        }
      };
      await Promise.all(targets.accounts.map(each));
    });
  });
}
