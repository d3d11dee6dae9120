import { describe, expect, it } from 'vitest';
import { EMPTY, mechanism, saslName, serverText, utf8 } from '../../../src/auth/mechanism.ts';
import { AuthenticationError } from '../../../src/errors.ts';
import { bytes, text } from './text.ts';

describe('mechanism', () => {
  it('answers each challenge once, in order, and none beyond', async () => {
    const two = mechanism('X', { steps: [() => utf8('one'), () => utf8('two')] });
    expect(text(await two.respond(EMPTY))).toBe('one');
    expect(text(await two.respond(EMPTY))).toBe('two');
    two.done?.();
    await expect(two.respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });

  it('takes no success before the last answer', async () => {
    const two = mechanism('X', { steps: [() => EMPTY, () => EMPTY] });
    expect(() => two.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
    await two.respond(EMPTY);
    expect(() => two.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
  });

  it('takes no success before the initial response', async () => {
    const first = mechanism('X', { initial: () => EMPTY });
    expect(() => first.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
    await first.initial?.();
    expect(() => first.done?.()).not.toThrow();
  });

  it('takes no success after a step that threw, nor repeats that step', async () => {
    const failing = mechanism('X', { steps: [() => Promise.reject(new Error('bad challenge'))] });
    await expect(failing.respond(EMPTY)).rejects.toThrow('bad challenge');
    expect(() => failing.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
    await expect(failing.respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });

  it('keeps a refusal, answers it once, and takes no success after it', async () => {
    const refused = mechanism('X', { refusal: (challenge) => ({ text: serverText(challenge), answer: utf8('ack') }) });
    expect(refused.failure).toBeUndefined();
    expect(text(await refused.respond(bytes('no\r\nway')))).toBe('ack');
    expect(refused.failure).toBe('no way');
    await expect(refused.respond(bytes('again'))).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
    expect(refused.failure).toBe('no way');
    expect(() => refused.done?.()).toThrow(AuthenticationError);
  });

  it('refuses a challenge of megabytes unread', async () => {
    let read = 0;
    const one = mechanism('X', { steps: [() => EMPTY], refusal: () => void read++ });
    await expect(one.respond(new Uint8Array(16_385))).rejects.toMatchObject({ code: 'SASL_CHALLENGE_TOO_LONG' });
    expect(read).toBe(0);
  });

  it('has no initial response where the server speaks first', () => {
    expect(mechanism('X', { steps: [] })).not.toHaveProperty('initial');
  });
});

describe('saslName', () => {
  it.each([
    ['user', 'user'],
    ['a,b=c', 'a=2Cb=3Dc'],
    ['=2C', '=3D2C'],
    ['üser', 'üser'],
  ])('%j is written %j', (name, written) => {
    expect(saslName(name)).toBe(written);
  });
});
