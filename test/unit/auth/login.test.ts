import { describe, expect, it } from 'vitest';
import { login } from '../../../src/auth/login.ts';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { bytes, text } from './text.ts';

describe('LOGIN', () => {
  it.each([
    ['as in the draft', 'User Name\0', 'Password\0'],
    ['as servers prompt', 'Username:', 'Password:'],
    ['empty', '', ''],
    ['binary', '\xff\0', '\r\n'],
  ])('answers name and password by their order: prompts %s', async (_, first, second) => {
    const mechanism = login({ user: 'jürgen', pass: 'geh€im' });
    expect(mechanism).not.toHaveProperty('initial');
    expect(text(await mechanism.respond(bytes(first)))).toBe('jürgen');
    expect(text(await mechanism.respond(bytes(second)))).toBe('geh€im');
    mechanism.done?.();
  });

  it('sends the password no second time', async () => {
    const mechanism = login({ user: 'u', pass: 'p' });
    await mechanism.respond(EMPTY);
    await mechanism.respond(EMPTY);
    await expect(mechanism.respond(bytes('Password:'))).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });

  it('takes no success before the password was asked for', async () => {
    const mechanism = login({ user: 'u', pass: 'p' });
    await mechanism.respond(bytes('Username:'));
    expect(() => mechanism.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
  });
});
