import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cramMd5 } from '../../../src/auth/cram-md5.ts';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { base64, bytes, text } from './text.ts';

describe('CRAM-MD5', () => {
  it('RFC 2195 §2', async () => {
    const mechanism = cramMd5({ user: 'tim', pass: 'tanstaaftanstaaf' });
    const answer = await mechanism.respond(bytes('<1896.697170952@postoffice.reston.mci.net>'));
    expect(text(answer)).toBe('tim b913a602c7eda7a495b4e6e7334d3890');
    expect(base64(answer)).toBe('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw');
    mechanism.done?.();
  });

  it('keys with the UTF-8 of the password, over whatever bytes the challenge has', async () => {
    const challenge = Buffer.from([0, 255, 13, 10]);
    const digest = createHmac('md5', 'pässwörd€').update(challenge).digest('hex');
    expect(text(await cramMd5({ user: 'ü s', pass: 'pässwörd€' }).respond(challenge))).toBe(`ü s ${digest}`);
  });

  it('refuses an empty challenge, a second one, and a success without any', async () => {
    const mechanism = cramMd5({ user: 'u', pass: 'p' });
    expect(() => mechanism.done?.()).toThrow(expect.objectContaining({ code: 'SASL_INCOMPLETE' }));
    await expect(cramMd5({ user: 'u', pass: 'p' }).respond(EMPTY)).rejects.toMatchObject({
      code: 'SASL_MALFORMED_CHALLENGE',
    });
    await mechanism.respond(bytes('<1@x>'));
    await expect(mechanism.respond(bytes('<2@x>'))).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
  });
});
