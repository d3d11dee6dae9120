import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/errors.ts';
import { Greeting } from '../../../src/session/greeting.ts';

const HELLO = { status: 'OK', text: 'hello' } as const;
const LOST = new ConnectionError('LOST', 'gone', { phase: 'greeting' });

describe('Greeting', () => {
  it('is told where it comes first', async () => {
    const greeting = new Greeting();
    greeting.come(HELLO);
    expect(await greeting.wait(undefined)).toBe(HELLO);
  });

  it('is told where it is waited for', async () => {
    const greeting = new Greeting();
    const told = greeting.wait(undefined);
    greeting.come(HELLO);
    greeting.fail(LOST);
    expect(await told).toBe(HELLO);
  });

  it('is told though the connection was lost behind it', async () => {
    const greeting = new Greeting();
    greeting.come(HELLO);
    greeting.fail(LOST);
    expect(await greeting.wait(LOST)).toBe(HELLO);
  });

  it('rejects where it will not come any more', async () => {
    const greeting = new Greeting();
    await expect(greeting.wait(LOST)).rejects.toBe(LOST);
    const told = greeting.wait(undefined);
    greeting.fail(LOST);
    await expect(told).rejects.toBe(LOST);
  });
});
