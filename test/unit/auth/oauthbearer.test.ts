import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../../src/auth/mechanism.ts';
import { oauthbearer } from '../../../src/auth/oauthbearer.ts';
import { AuthenticationError } from '../../../src/errors.ts';
import { base64, bytes, text } from './text.ts';

const RFC_7628 = {
  user: 'user@example.com',
  accessToken: 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
  host: 'server.example.com',
  port: 143,
};

describe('OAUTHBEARER', () => {
  it('RFC 7628 §4.1', async () => {
    const message = await oauthbearer(RFC_7628).initial?.();
    expect(base64(message)).toBe(
      'bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI' +
        'HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB',
    );
  });

  it('RFC 7628 §4.3: keeps the error, answers with %x01', async () => {
    const json =
      '{"status":"invalid_token","scope":"example_scope",' +
      '"openid-configuration":"https://example.com/.well-known/openid-configuration"}';
    const mechanism = oauthbearer(RFC_7628);
    await mechanism.initial?.();
    expect(base64(await mechanism.respond(bytes(json)))).toBe('AQ==');
    expect(mechanism.failure).toBe(json);
    await expect(mechanism.respond(EMPTY)).rejects.toMatchObject({ code: 'SASL_UNEXPECTED_CHALLENGE' });
    expect(() => mechanism.done?.()).toThrow(AuthenticationError);
    expect(() => mechanism.done?.()).toThrow('invalid_token');
  });

  it('escapes the user', async () => {
    const message = text(await oauthbearer({ ...RFC_7628, user: 'a=b,c' }).initial?.());
    expect(message.split('\x01')[0]).toBe('n,a=a=3Db=2Cc,');
  });

  it.each([
    ['', ''],
    ['not json', 'not json'],
    ['a\r\nb\0c', 'a b c'],
  ])('keeps %j for people to read', async (challenge, failure) => {
    const mechanism = oauthbearer(RFC_7628);
    await mechanism.respond(bytes(challenge));
    expect(mechanism.failure).toBe(failure);
    expect(() => mechanism.done?.()).toThrow(AuthenticationError);
  });

  it('replaces what is not UTF-8', async () => {
    const mechanism = oauthbearer(RFC_7628);
    await mechanism.respond(Uint8Array.of(0x61, 0xff, 0x62));
    expect(mechanism.failure).toBe('a\ufffdb');
  });
});
