import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
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

describe('a host with other letters than ASCII', () => {
  it.each([
    'imaps://b\u00fccher.example/',
    'imaps://B%C3%BCcher.example:993/',
    'imaps://bu\u0308cher.example/',
    { host: 'b\u00fccher.example' },
    { host: 'xn--bcher-kva.example' },
  ])('has the name that DNS and certificates have for it: %j', (options) => {
    expect(settingsOf('connect', options)).toMatchObject({ host: 'xn--bcher-kva.example', port: 993 });
  });

  it.each([
    'imaps://%/',
    'imaps://%ff/',
    { host: '\u00fc@x' },
    { host: '\u00fc:993' },
    { host: '\u00fc#' },
    { host: '\u00fc%00' },
  ])('is none that no host has: %j', (options) => {
    expect(() => settingsOf('connect', options)).toThrow(UsageError);
  });
});

it('tells of a port in the host that it has an option of its own', () => {
  expect(() => settingsOf('connect', { host: 'imap.example.org:993' })).toThrow(
    'host names a port, which goes in `port`',
  );
  expect(settingsOf('connect', { host: '::1' })).toMatchObject({ host: '::1' });
  expect(settingsOf('connect', { host: '2001:db8::143' })).toMatchObject({ host: '2001:db8::143' });
});
