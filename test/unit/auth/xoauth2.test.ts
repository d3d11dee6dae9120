import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { xoauth2 } from '../../../src/auth/xoauth2.ts';
import { AuthenticationError } from '../../../src/errors.ts';
import { base64, bytes } from './text.ts';

const CREDENTIALS = { user: 'someuser@example.com', accessToken: 'ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg' };

describe('XOAUTH2', () => {
  it('is what Google documents', async () => {
    expect(base64(await xoauth2(CREDENTIALS).initial?.())).toBe(
      'dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==',
    );
  });

  it('keeps the error, and answers with nothing', async () => {
    const json = '{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}';
    const mechanism = xoauth2(CREDENTIALS);
    await mechanism.initial?.();
    expect(mechanism.failure).toBeUndefined();
    expect(await mechanism.respond(bytes(json))).toEqual(EMPTY);
    expect(mechanism.failure).toBe(json);
    expect(() => mechanism.done?.()).toThrow(AuthenticationError);
    await expect(mechanism.respond(bytes(json))).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });

  it('takes success without a challenge', async () => {
    const mechanism = xoauth2(CREDENTIALS);
    await mechanism.initial?.();
    expect(() => mechanism.done?.()).not.toThrow();
  });
});
