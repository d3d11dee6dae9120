import { describe, expect, it } from 'vitest';
import { whileUserStays } from '../../../src/operations/while-user-stays.ts';
import type { OperationOptions } from '../../../src/session/operation.ts';

/** Whom it is told that the user was left. */
function user() {
  const waiting = new Set<() => void>();
  const onLeft = (left: () => void) => {
    waiting.add(left);
    return () => waiting.delete(left);
  };
  const leave = () => {
    for (const left of waiting) left();
  };
  return { waiting, onLeft, leave };
}

/** Ends with its signal alone. */
function endless({ signal }: OperationOptions): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

describe('whileUserStays', () => {
  it("ends the work once the user is left, and by the caller's signal", async () => {
    const { onLeft, leave, waiting } = user();
    const giving = new AbortController();
    const left = whileUserStays('X', {}, onLeft, endless);
    leave();
    await expect(left).rejects.toMatchObject({
      name: 'UsageError',
      code: 'CLOSED',
      message: 'X: the user was left meanwhile',
    });
    const given = whileUserStays('X', { signal: giving.signal }, onLeft, endless);
    giving.abort('enough');
    await expect(given).rejects.toBe('enough');
    expect(waiting.size).toBe(0);
  });

  it('begins the work before it returns, hands on its options, and waits for nothing behind it', async () => {
    const { onLeft, waiting } = user();
    let given: object = {};
    const work = whileUserStays('X', { timeout: 5, reference: 'a' }, onLeft, async (options) => {
      given = options;
      return 7;
    });
    expect(given).toMatchObject({ timeout: 5, reference: 'a' });
    expect(await work).toBe(7);
    expect(waiting.size).toBe(0);
  });

  it('has the work see a signal that has aborted already', async () => {
    const signal = AbortSignal.abort('before');
    const seen = whileUserStays('X', { signal }, user().onLeft, async (options) => options.signal?.reason);
    expect(await seen).toBe('before');
  });
});
