import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { plain } from '../../../src/auth/plain.ts';
import { UsageError } from '../../../src/errors.ts';
import { base64, text } from './text.ts';

describe('PLAIN', () => {
  it('RFC 4616 §4, first example', async () => {
    const message = await plain({ user: 'tim', pass: 'tanstaaftanstaaf' }).initial?.();
    expect(text(message)).toBe('\0tim\0tanstaaftanstaaf');
  });

  it('RFC 4616 §4, second example: an authorization identity', async () => {
    const message = await plain({ user: 'Kurt', pass: 'xipj3plmq', authzid: 'Ursel' }).initial?.();
    expect(text(message)).toBe('Ursel\0Kurt\0xipj3plmq');
  });

  it('RFC 4959 §5', async () => {
    expect(base64(await plain({ user: 'test', pass: 'test' }).initial?.())).toBe('AHRlc3QAdGVzdA==');
  });

  it('sends UTF-8, and any character but NUL', async () => {
    expect(text(await plain({ user: 'üser', pass: 'pä"\\\r\n€😀' }).initial?.())).toBe('\0üser\0pä"\\\r\n€😀');
  });

  it.each([
    { user: 'a\0b', pass: 'x' },
    { user: 'a', pass: 'x\0' },
    { user: 'a', pass: 'x', authzid: '\0' },
  ])('refuses NUL', (credentials) => {
    expect(() => plain(credentials)).toThrow(UsageError);
  });

  it('answers no challenge', async () => {
    const mechanism = plain({ user: 'a', pass: 'x' });
    await mechanism.initial?.();
    await expect(mechanism.respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });
});
