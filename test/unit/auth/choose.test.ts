import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { chooseMechanism, type Offered } from '../../../src/auth/choose.ts';
import type { Auth, Mechanism, SaslMechanism } from '../../../src/auth/mechanism.ts';
import type { ChannelBinding } from '../../../src/auth/scram.ts';
import { UsageError } from '../../../src/errors.ts';
import { bytes, text } from './text.ts';

const BINDING: ChannelBinding = { type: 'tls-exporter', data: Buffer.alloc(32, 1) };
const COMMAND = 'the LOGIN command';
const PASSWORD = { user: 'user', pass: 'pencil' };
const TOKEN = { user: 'user', accessToken: 'ya29.token' };

function offer(names: string, more: Partial<Offered> = {}): Offered {
  const auth = new Set(names.split(' ').filter(Boolean));
  return { auth, loginDisabled: false, secure: true, host: 'mail.example.com', port: 993, ...more };
}

/** The name of the mechanism chosen, the LOGIN command, or the code of the error. */
function choice(auth: Auth, offered: Offered): string {
  try {
    const chosen = chooseMechanism(auth, offered);
    return chosen === 'LOGIN' ? COMMAND : chosen.name;
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

describe('chooseMechanism with a password', () => {
  const all = 'LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 XOAUTH2 OAUTHBEARER EXTERNAL ANONYMOUS';

  it.each([
    [all, 'SCRAM-SHA-512'],
    ['PLAIN SCRAM-SHA-256 SCRAM-SHA-1', 'SCRAM-SHA-256'],
    ['PLAIN CRAM-MD5 SCRAM-SHA-1', 'SCRAM-SHA-1'],
    ['PLAIN CRAM-MD5 LOGIN DIGEST-MD5 GSSAPI', 'CRAM-MD5'],
    ['LOGIN PLAIN', 'PLAIN'],
    ['LOGIN', 'LOGIN'],
    ['XOAUTH2 OAUTHBEARER EXTERNAL', COMMAND],
    ['', COMMAND],
  ])('of %j takes the strongest: %s', (names, chosen) => {
    expect(choice(PASSWORD, offer(names))).toBe(chosen);
  });

  it('keeps the LOGIN command from a server that disabled it, and no mechanism', () => {
    expect(choice(PASSWORD, offer('XOAUTH2', { loginDisabled: true }))).toBe('NO_MECHANISM');
    expect(choice(PASSWORD, offer('', { loginDisabled: true }))).toBe('NO_MECHANISM');
    expect(choice(PASSWORD, offer('PLAIN', { loginDisabled: true }))).toBe('PLAIN');
    expect(choice(PASSWORD, offer('LOGIN', { loginDisabled: true }))).toBe('LOGIN');
  });

  it.each(['PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    'takes %s when asked for by name, or nothing',
    (mechanism) => {
      expect(choice({ ...PASSWORD, mechanism }, offer(all))).toBe(mechanism);
      expect(choice({ ...PASSWORD, mechanism }, offer(all.replace(mechanism, 'OTHER')))).toBe('NO_MECHANISM');
    },
  );

  it('takes LOGIN by name as the command, and as SASL only where the command is disabled', () => {
    const auth: Auth = { ...PASSWORD, mechanism: 'LOGIN' };
    expect(choice(auth, offer('LOGIN PLAIN'))).toBe(COMMAND);
    expect(choice(auth, offer('PLAIN'))).toBe(COMMAND);
    expect(choice(auth, offer('LOGIN PLAIN', { loginDisabled: true }))).toBe('LOGIN');
    expect(choice(auth, offer('PLAIN', { loginDisabled: true }))).toBe('NO_MECHANISM');
  });

  it('gives LOGIN and CRAM-MD5 user and password', async () => {
    const answers = async (name: string, ...challenges: string[]): Promise<string[]> => {
      const chosen = chooseMechanism(PASSWORD, offer(name, { loginDisabled: true })) as Mechanism; // not the LOGIN command
      const given: string[] = [];
      for (const challenge of challenges) given.push(text(await chosen.respond(bytes(challenge))));
      return given;
    };
    expect(await answers('LOGIN', 'Username:', 'Password:')).toEqual(['user', 'pencil']);
    const digest = createHmac('md5', 'pencil').update('<1@example.com>').digest('hex');
    expect(await answers('CRAM-MD5', '<1@example.com>')).toEqual([`user ${digest}`]);
  });

  it('gives an authzid only to what can carry it', async () => {
    const auth: Auth = { ...PASSWORD, authzid: 'boss' };
    expect(choice(auth, offer(all))).toBe('SCRAM-SHA-512');
    expect(choice(auth, offer('CRAM-MD5 PLAIN LOGIN'))).toBe('PLAIN');
    expect(choice(auth, offer('CRAM-MD5 LOGIN'))).toBe('NO_MECHANISM');
    expect(choice(auth, offer(''))).toBe('NO_MECHANISM');
    expect(choice({ ...auth, mechanism: 'LOGIN' }, offer(all))).toBe('USAGE');
    expect(choice({ ...auth, mechanism: 'CRAM-MD5' }, offer(all))).toBe('USAGE');
    expect(choice({ ...auth, mechanism: 'PLAIN' }, offer(all))).toBe('PLAIN');
    expect(await initial(auth, offer('PLAIN'))).toBe('boss\0user\0pencil');
    expect(await initial(auth, offer('SCRAM-SHA-1'))).toMatch(/^n,a=boss,n=user,r=/);
  });

  it.each([
    ['bound where both can', 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS', BINDING, 'SCRAM-SHA-256-PLUS', 'p=tls-exporter'],
    ['bound where only that is offered', 'PLAIN SCRAM-SHA-1-PLUS', BINDING, 'SCRAM-SHA-1-PLUS', 'p=tls-exporter'],
    ['the better hash before the binding', 'SCRAM-SHA-512 SCRAM-SHA-1-PLUS', BINDING, 'SCRAM-SHA-512', 'n'],
    ['unbound, and said so', 'SCRAM-SHA-256', BINDING, 'SCRAM-SHA-256', 'y'],
    [
      'unbound with GNU Mailutils, and told that nothing else was offered',
      'SECURID SCRAM-SHA-256 SCRAM-SHA-256-PLUS SAML20 OPENID20',
      BINDING,
      'SCRAM-SHA-256',
      'y',
    ],
    ['unbound on this side', 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS', undefined, 'SCRAM-SHA-256', 'n'],
  ])('SCRAM: %s', async (_, names, channelBinding, chosen, flag) => {
    const offered = offer(names, channelBinding && { channelBindings: [channelBinding] });
    expect(choice(PASSWORD, offered)).toBe(chosen);
    expect((await initial(PASSWORD, offered))?.split(',')[0]).toBe(flag);
  });

  it.each(['SAML20 OPENID20', 'SAML20 SECURID', 'OPENID20 SECURID'])(
    'SCRAM: bound though %s are offered, for these alone do not make a server GNU Mailutils',
    (names) => {
      const offered = offer(`${names} SCRAM-SHA-256 SCRAM-SHA-256-PLUS`, { channelBindings: [BINDING] });
      expect(choice(PASSWORD, offered)).toBe('SCRAM-SHA-256-PLUS');
    },
  );

  it('SCRAM by name is its -PLUS too', () => {
    const auth: Auth = { ...PASSWORD, mechanism: 'SCRAM-SHA-256' };
    expect(choice(auth, offer('SCRAM-SHA-256-PLUS', { channelBindings: [BINDING] }))).toBe('SCRAM-SHA-256-PLUS');
    expect(choice(auth, offer('SCRAM-SHA-256-PLUS'))).toBe('NO_MECHANISM');
  });

  it.each([
    [true, 'SCRAM-SHA-1 SCRAM-SHA-1-PLUS SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS', 'p=tls-exporter'],
    [true, 'SECURID SCRAM-SHA-256 SCRAM-SHA-256-PLUS SAML20 OPENID20', 'SCRAM-SHA-256-PLUS', 'p=tls-exporter'],
    ['tls-unique', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256-PLUS', 'p=tls-unique'],
    [false, 'SCRAM-SHA-256 SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'n'],
    [false, 'SCRAM-SHA-256', 'SCRAM-SHA-256', 'n'],
  ] as const)('channelBinding %j of %j takes %s', async (channelBinding, names, chosen, flag) => {
    const auth: Auth = { ...PASSWORD, channelBinding };
    const offered = offer(names, { channelBindings: [BINDING, { type: 'tls-unique', data: Buffer.alloc(12) }] });
    expect(choice(auth, offered)).toBe(chosen);
    expect((await initial(auth, offered))?.split(',')[0]).toBe(flag);
  });

  it('takes nothing unbound where binding is asked for', () => {
    const auth: Auth = { ...PASSWORD, channelBinding: true };
    const channelBindings = [BINDING];
    expect(choice(auth, offer(all, { channelBindings }))).toBe('NO_MECHANISM');
    expect(choice(auth, offer(`${all} SCRAM-SHA-1-PLUS`))).toBe('NO_MECHANISM');
    expect(choice(auth, offer('SCRAM-SHA-1-PLUS', { channelBindings, secure: false }))).toBe('NO_MECHANISM');
    const named: Auth = { ...PASSWORD, channelBinding: 'tls-unique' };
    expect(choice(named, offer('SCRAM-SHA-1-PLUS', { channelBindings }))).toBe('NO_MECHANISM');
    expect(choice({ ...auth, mechanism: 'PLAIN' }, offer(all, { channelBindings }))).toBe('USAGE');
    expect(choice({ ...auth, mechanism: 'SCRAM-SHA-256' }, offer(all, { channelBindings }))).toBe('NO_MECHANISM');
  });

  it('binds to no channel without TLS', async () => {
    const offered = offer('SCRAM-SHA-1 SCRAM-SHA-1-PLUS', { channelBindings: [BINDING], secure: false });
    expect(await initial(PASSWORD, offered)).toMatch(/^n,,/);
  });
});

describe('chooseMechanism with an access token', () => {
  it.each([
    ['XOAUTH2 OAUTHBEARER PLAIN', undefined, 'OAUTHBEARER'],
    ['XOAUTH2 PLAIN', undefined, 'XOAUTH2'],
    ['XOAUTH2 OAUTHBEARER', 'XOAUTH2', 'XOAUTH2'],
    ['XOAUTH2 OAUTHBEARER', 'OAUTHBEARER', 'OAUTHBEARER'],
    ['XOAUTH2', 'OAUTHBEARER', 'NO_MECHANISM'],
    ['PLAIN LOGIN SCRAM-SHA-256', undefined, 'NO_MECHANISM'],
  ] as const)('of %j, asked for %s, takes %s', (names, mechanism, chosen) => {
    expect(choice(mechanism ? { ...TOKEN, mechanism } : TOKEN, offer(names))).toBe(chosen);
  });

  it('tells OAUTHBEARER where it is', async () => {
    expect(await initial(TOKEN, offer('OAUTHBEARER'))).toBe(
      'n,a=user,\x01host=mail.example.com\x01port=993\x01auth=Bearer ya29.token\x01\x01',
    );
  });

  it('gives XOAUTH2 its user and its token', async () => {
    expect(await initial(TOKEN, offer('XOAUTH2'))).toBe('user=user\x01auth=Bearer ya29.token\x01\x01');
  });
});

describe('chooseMechanism without a secret', () => {
  it.each(['EXTERNAL', 'ANONYMOUS'] as const)('%s, only where offered', async (mechanism) => {
    expect(choice({ mechanism }, offer(`PLAIN ${mechanism}`))).toBe(mechanism);
    expect(choice({ mechanism }, offer('PLAIN'))).toBe('NO_MECHANISM');
    expect(await initial({ mechanism }, offer(mechanism))).toBe('');
    expect(await initial({ mechanism, user: 'fred' }, offer(mechanism))).toBe('fred');
  });

  it('hands on a mechanism of the caller’s, offered or not', () => {
    const sasl: SaslMechanism = { name: 'X-OWN_1', respond: (challenge) => challenge };
    expect(chooseMechanism({ sasl }, offer(''))).toBe(sasl);
  });
});

describe('an error of chooseMechanism', () => {
  it('says what was offered, and no more of it than fits', () => {
    const message = (offered: Offered): string => {
      try {
        chooseMechanism({ mechanism: 'EXTERNAL' }, offered);
      } catch (error) {
        return (error as Error).message; // chooseMechanism throws nothing else
      }
      return '';
    };
    expect(message(offer('PLAIN XOAUTH2'))).toBe(
      'no mechanism for EXTERNAL: the server offers PLAIN, XOAUTH2, the LOGIN command',
    );
    expect(message(offer('', { loginDisabled: true }))).toBe('no mechanism for EXTERNAL: the server offers nothing');
    expect(message(offer('', { loginDisabled: true, secure: false }))).toBe(
      'no mechanism for EXTERNAL: the server offers nothing without TLS',
    );
    const flood = Array.from({ length: 10_000 }, (_, i) => `X-${i}`).join(' ');
    expect(message(offer(`${'X'.repeat(100_000)} ${flood}`)).length).toBeLessThan(400);
  });

  it.each<[Auth, string]>([
    [PASSWORD, 'a password'],
    [{ ...PASSWORD, authzid: 'boss' }, 'a password and an authzid'],
    [{ ...PASSWORD, authzid: 'boss', mechanism: 'PLAIN' }, 'PLAIN'],
    [{ ...PASSWORD, channelBinding: true }, 'a password with channel binding'],
    [{ ...PASSWORD, channelBinding: true, mechanism: 'SCRAM-SHA-1' }, 'SCRAM-SHA-1 with channel binding'],
    [TOKEN, 'an access token'],
    [{ ...TOKEN, mechanism: 'XOAUTH2' }, 'XOAUTH2'],
  ])('says of %j that there is no mechanism for %s', (auth, wanted) => {
    const nothing = offer('', { loginDisabled: true });
    expect(() => chooseMechanism(auth, nothing)).toThrow(`no mechanism for ${wanted}: the server offers nothing`);
  });
});

describe('secrets', () => {
  const secret = 'pencil-9b1d';
  const offers = ['SCRAM-SHA-512', 'SCRAM-SHA-256-PLUS', 'CRAM-MD5', 'PLAIN', 'LOGIN', 'OAUTHBEARER', 'XOAUTH2'];

  it('are found by these tests where an object does show them', () => {
    const message = Buffer.from(`\0u\0${secret}`);
    for (const leak of [
      secret,
      message.toString('base64'),
      message.toString('hex'),
      [...message],
      message,
      new Uint8Array(message),
      { deep: [{ secret }] },
    ]) {
      expect(shown({ leak })).toMatch(forms(secret));
    }
  });

  it.each(offers)('%s: no inspection shows them, before or after use', async (name) => {
    const auth: Auth = /OAUTH/.test(name) ? { user: 'u', accessToken: secret } : { user: 'u', pass: secret };
    const chosen = chooseMechanism(auth, offer(name, { channelBindings: [BINDING], loginDisabled: true }));
    if (chosen === 'LOGIN') throw new Error('the command was disabled');
    expect(shown(chosen)).not.toMatch(forms(secret));
    await chosen.initial?.();
    const errors: unknown[] = [];
    for (let i = 0; i < 3; i++) await Promise.resolve(chosen.respond(bytes('?'))).catch((error) => errors.push(error));
    expect(errors.length).toBeGreaterThan(0);
    expect(shown(chosen)).not.toMatch(forms(secret));
    for (const error of errors) expect(shown(error)).not.toMatch(forms(secret));
  });

  it.each([
    { user: 'u', pass: `${secret}\0` },
    { user: 'u', pass: `${secret}\x07`, mechanism: 'SCRAM-SHA-1' },
    { user: `${secret}\r\n`, pass: secret },
    { user: 'u', pass: secret, accessToken: secret },
    { user: 'u', accessToken: `Bearer ${secret}` },
    { user: 'u', pass: secret, mechanism: 'CRAM-MD5' },
  ])('no error about the arguments shows them', (auth) => {
    let thrown: unknown;
    try {
      chooseMechanism(auth as Auth, offer('PLAIN SCRAM-SHA-1')); // a caller without types
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UsageError);
    expect(shown(thrown)).not.toMatch(forms(secret));
  });
});

async function initial(auth: Auth, offered: Offered): Promise<string | undefined> {
  const chosen = chooseMechanism(auth, offered);
  return chosen === 'LOGIN' ? undefined : text(await chosen.initial?.());
}

function shown(value: unknown): string {
  const deep = inspect(value, { depth: 20, showHidden: true, getters: true });
  const all = `${deep} ${inspect(value)} ${JSON.stringify(value)} ${value instanceof Error ? value.stack : ''}`;
  return all.replace(/\s+/g, '');
}

/** A secret in plain, in base64 at any of the three alignments, in hexadecimal, or as a list of numbers; without white space. */
function forms(secret: string): RegExp {
  const encoded = ['', 'x', 'xx'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  );
  const numbers = [...Buffer.from(secret)].join(',');
  return new RegExp([secret, ...encoded, Buffer.from(secret).toString('hex'), numbers].map(escaped).join('|'));
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
