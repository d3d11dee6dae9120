import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/settings.ts';

const credentialsOf = (url: string) => settingsOf('connect', url).account.credentials;

describe('the mechanism that an IMAP URL names (RFC 5092 §3.2)', () => {
  it.each([
    ['imaps://joe;AUTH=PLAIN:secret@x/', { user: 'joe', pass: 'secret', mechanism: 'PLAIN' }],
    ['imaps://joe;auth=scram-sha-256:secret@x/', { user: 'joe', pass: 'secret', mechanism: 'SCRAM-SHA-256' }],
    ['imaps://joe;AUTH=*:secret@x/', { user: 'joe', pass: 'secret' }],
    ['imaps://j%3Boe:secret@x/', { user: 'j;oe', pass: 'secret' }],
    ['imaps://;AUTH=ANONYMOUS@x/', { mechanism: 'ANONYMOUS' }],
    ['imaps://joe;AUTH=EXTERNAL@x/', { user: 'joe', mechanism: 'EXTERNAL' }],
    ['imaps://x/', undefined],
  ])('is no part of the user: %s', (url, credentials) => {
    expect(credentialsOf(url)).toEqual(credentials);
  });
});
