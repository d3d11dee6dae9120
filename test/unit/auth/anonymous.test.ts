import { describe, expect, it } from 'vitest';
import { anonymous } from '../../../src/auth/anonymous.ts';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { base64 } from './text.ts';

describe('ANONYMOUS', () => {
  it('RFC 4505 §3', async () => {
    expect(base64(await anonymous('sirhc').initial?.())).toBe('c2lyaGM=');
  });

  it('sends nothing without a trace', async () => {
    expect(await anonymous().initial?.()).toEqual(EMPTY);
  });

  it('takes 255 characters', async () => {
    expect(await anonymous('😀'.repeat(255)).initial?.()).toHaveLength(1020);
  });

  it('answers no challenge', async () => {
    await expect(anonymous().respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });
});
