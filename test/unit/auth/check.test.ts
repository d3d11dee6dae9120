import { describe, expect, it } from 'vitest';
import { checkAuth } from '../../../src/auth/check.ts';
import type { Auth, SaslMechanism } from '../../../src/auth/mechanism.ts';
import { UsageError } from '../../../src/errors.ts';
import { bytes } from './text.ts';

const PASSWORD = { user: 'user', pass: 'pencil' };

/** The code of the error, or that there is none. */
function verdict(auth: Auth): string {
  try {
    checkAuth(auth);
    return 'fit';
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

describe('checkAuth', () => {
  it.each<Auth>([
    PASSWORD,
    { ...PASSWORD, mechanism: 'LOGIN' },
    { ...PASSWORD, authzid: 'boss', mechanism: 'PLAIN' },
    { ...PASSWORD, channelBinding: 'tls-unique', mechanism: 'SCRAM-SHA-1' },
    { user: 'user', accessToken: 'ya29.token', mechanism: 'XOAUTH2' },
    { mechanism: 'EXTERNAL' },
    { mechanism: 'ANONYMOUS', user: 'a'.repeat(255) },
    { sasl: { name: 'X-OWN_1', respond: (challenge) => challenge } },
    // What a program gives for all its accounts.
    { user: 'user', accessToken: 'ya29.token', channelBinding: false } as Auth,
  ])('takes %j', (auth) => {
    expect(verdict(auth)).toBe('fit');
  });

  it.each([
    null,
    'user:pass',
    {},
    { user: 'user' },
    { user: 'user', pass: undefined },
    { user: '', pass: 'x' },
    { pass: 'x' },
    { user: 'user', pass: '' },
    { user: 'user', pass: 7 },
    { user: 'user', pass: 'a\0b' },
    { user: 'user', pass: 'a\0b', mechanism: 'CRAM-MD5' },
    { user: 'user', pass: 'a\ud800' },
    { user: 'user', pass: '', mechanism: 'PLAIN' },
    { user: 'user', pass: 'a\ud800', mechanism: 'PLAIN' },
    { user: 'us\0er', pass: 'x' },
    { user: 'us\r\ner', pass: 'x' },
    { user: 'user', pass: 'x', authzid: '' },
    { user: 'user', pass: 'x', authzid: 'a\nb' },
    { user: 'user', pass: 'x', accessToken: 'y' },
    { user: 'user', pass: 'x', mechanism: 'XOAUTH2' },
    { user: 'user', pass: 'x', mechanism: 'plain' },
    { user: 'user', pass: 'x', mechanism: 'SCRAM-MD5' },
    { user: 'user', pass: 'x', channelBinding: 'tls-server-end-point' },
    { user: 'user', pass: 'x', channelBinding: 1 },
    { user: '', accessToken: 'x' },
    { user: 'us\x01er', accessToken: 'x' },
    { user: 'user', accessToken: '' },
    { user: 'user', accessToken: 7 },
    { user: 'user', accessToken: null },
    { user: 'user', accessToken: 'Bearer x' },
    { user: 'user', accessToken: 'x\r\nA2 LOGOUT' },
    { user: 'user', accessToken: 'x\x01auth=y' },
    { user: 'user', accessToken: 'x\n' },
    { user: 'user', accessToken: 'tökén' },
    { user: 'user', accessToken: 'x', mechanism: 'PLAIN' },
    { mechanism: 'EXTERNAL', user: 'a\r\nb' },
    { mechanism: 'GSSAPI' },
    { mechanism: 'ANONYMOUS', user: 'a'.repeat(256) },
    // What has no effect there.
    { user: 'user', accessToken: 'x', authzid: 'boss' },
    { user: 'user', accessToken: 'x', channelBinding: true },
    { mechanism: 'EXTERNAL', authzid: 'boss' },
    { sasl: { name: 'X-OWN_1', respond: () => Buffer.alloc(0) }, authzid: 'boss' },
    { ...PASSWORD, mechanism: 'LOGIN', authzid: 'boss' },
    { ...PASSWORD, mechanism: 'PLAIN', channelBinding: true },
  ])('refuses %j', (auth) => {
    expect(verdict(auth as Auth)).toBe('USAGE'); // a caller without types
  });

  it('refuses what SASLprep prohibits (RFC 4013 §2.3) where SCRAM may be chosen', () => {
    const auth: Auth = { user: 'user', pass: 'a\u2028b' };
    expect(verdict(auth)).toBe('USAGE');
    expect(verdict({ ...auth, mechanism: 'SCRAM-SHA-256' })).toBe('USAGE');
    expect(verdict({ ...auth, mechanism: 'PLAIN' })).toBe('fit');
  });

  it.each(['', 'lower', 'SPACE D', 'A\r\nB', 'PLAIN =', 'A'.repeat(21), undefined])(
    'refuses a mechanism named %j',
    (name) => {
      const sasl = { name, respond: () => bytes('') } as SaslMechanism; // a caller without types
      expect(verdict({ sasl })).toBe('USAGE');
    },
  );

  it('refuses a mechanism that cannot answer', () => {
    const sasl = { name: 'X' } as SaslMechanism; // a caller without types
    expect(verdict({ sasl })).toBe('USAGE');
  });

  it.each(['initial', 'respond', 'done'])('refuses a mechanism whose %s is no function', (method) => {
    const sasl = { name: 'X', respond: () => bytes(''), [method]: 'text' };
    expect(verdict({ sasl })).toBe('USAGE');
  });
});
