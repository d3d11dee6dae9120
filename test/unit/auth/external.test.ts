import { describe, expect, it } from 'vitest';
import { external } from '../../../src/auth/external.ts';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { text } from './text.ts';

describe('EXTERNAL', () => {
  it('sends nothing, or whom to act as (RFC 4422 §A.4)', async () => {
    expect(await external().initial?.()).toEqual(EMPTY);
    expect(text(await external('fred@example.com').initial?.())).toBe('fred@example.com');
  });

  it('answers no challenge', async () => {
    await expect(external().respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });
});
