/** A server that lies while it is told who comes. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect } from 'vitest';
import { AuthenticationError, type ConnectOptions, ImapError, ProtocolError } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { USER } from './plays.ts';
import { growth, type Scene, scenario } from './scenario.ts';

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const unbase64 = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString('latin1');

/** Greets, and returns the tag of the AUTHENTICATE that comes. */
async function authenticating(peer: Peer, mechanism: string, capabilities = ''): Promise<string> {
  peer.lines(`* OK [CAPABILITY IMAP4rev1 AUTH=${mechanism} ${capabilities}] ready`);
  return peer.expect(`AUTHENTICATE ${mechanism}`);
}

/** Nothing that is secret was told, in any form. */
function discreet(scene: Scene, secret: string = USER.pass): void {
  const bytes = Buffer.from(secret, 'utf8');
  const forms = [secret, secret.replace(/["\\]/g, '\\$&'), bytes.toString('latin1'), bytes.toString('base64')];
  for (const form of forms) expect(scene.told).not.toContain(form);
  for (const lead of ['\0user\0', 'user\0user\0']) {
    expect(scene.told).not.toContain(Buffer.from(lead + secret, 'utf8').toString('base64'));
  }
}

const PLAIN = base64(`\0user\0${USER.pass}`);

interface ScramLie {
  /** What stands in place of the server's nonce. */
  nonce?: (own: string) => string;
  iterations?: string;
  signature?: (right: string) => string | undefined;
  extension?: string;
}

/** The server's side of SCRAM-SHA-256, up to the tagged OK. */
async function scram(peer: Peer, lie: ScramLie): Promise<void> {
  const tag = await authenticating(peer, 'SCRAM-SHA-256');
  peer.lines('+');
  const first = unbase64(await peer.line()).replace(/^n,,/, '');
  const own = /r=([^,]*)/.exec(first)?.[1] ?? '';
  const salt = Buffer.from('salt salt');
  const nonce = (lie.nonce ?? ((one) => `${one}server`))(own);
  const iterations = lie.iterations ?? '4096';
  const serverFirst = `${lie.extension ?? ''}r=${nonce},s=${salt.toString('base64')},i=${iterations}`;
  peer.lines(`+ ${base64(serverFirst)}`);
  const answer = await peer.line();
  if (answer === undefined || answer === '*') return;
  const final = unbase64(answer);
  const withoutProof = final.replace(/,p=.*$/, '');
  const salted = pbkdf2Sync(USER.pass, salt, Number(iterations) || 1, 32, 'sha256');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest();
  const right = createHmac('sha256', serverKey).update(`${first},${serverFirst},${withoutProof}`).digest('base64');
  const signature = (lie.signature ?? ((one) => one))(right);
  if (signature !== undefined) {
    peer.lines(`+ ${base64(`v=${signature}`)}`);
    await peer.line();
  }
  peer.lines(`${tag} OK [CAPABILITY IMAP4rev1] in`);
  await peer.agree();
}

describe('SCRAM', () => {
  scenario(
    'succeeds with a server that knows the password',
    (peer) => scram(peer, {}),
    async (scene) => {
      const client = await scene.connect({ auth: USER });
      await client.noop();
      discreet(scene);
    },
  );
  const lies: [name: string, lie: ScramLie, code: string][] = [
    ['a nonce of the server alone', { nonce: () => 'serverserverserver' }, 'SCRAM_NONCE'],
    ['the client nonce with nothing added', { nonce: (own) => own }, 'SCRAM_NONCE'],
    ['a nonce that only ends with the client nonce', { nonce: (own) => `x${own}` }, 'SCRAM_NONCE'],
    ['an empty nonce', { nonce: () => '' }, 'SASL_MALFORMED_CHALLENGE'],
    ['1 iteration', { iterations: '1' }, 'SCRAM_ITERATIONS'],
    ['4095 iterations', { iterations: '4095' }, 'SCRAM_ITERATIONS'],
    ['two billion iterations', { iterations: '2000000000' }, 'SCRAM_ITERATIONS'],
    ['10^40 iterations', { iterations: `1${'0'.repeat(40)}` }, 'SCRAM_ITERATIONS'],
    ['iterations in hexadecimal', { iterations: '0x2000' }, 'SASL_MALFORMED_CHALLENGE'],
    ['negative iterations', { iterations: '-4096' }, 'SASL_MALFORMED_CHALLENGE'],
    ['an extension that must be understood', { extension: 'm=x,' }, 'SCRAM_EXTENSION'],
    ['a wrong signature', { signature: () => createHash('sha256').update('x').digest('base64') }, 'SCRAM_SIGNATURE'],
    ['an empty signature', { signature: () => '' }, 'SCRAM_SIGNATURE'],
    ['half a signature', { signature: (right) => base64(unbase64(right).substring(0, 16)) }, 'SCRAM_SIGNATURE'],
    ['no signature at all', { signature: () => undefined }, 'SASL_INCOMPLETE'],
  ];
  for (const [name, lie, code] of lies) {
    scenario(
      `refuses ${name}`,
      async (peer) => {
        await scram(peer, lie).catch(() => {});
        await peer.gone();
      },
      async (scene) => {
        const error = await scene.refusal({ auth: USER });
        expect([code, code === 'SCRAM_SIGNATURE' ? 'SASL_MALFORMED_CHALLENGE' : code]).toContain(error.code);
        expect(error).toBeInstanceOf(ProtocolError);
        discreet(scene);
      },
    );
  }
  scenario(
    'takes no success that comes at once',
    async (peer) => {
      const tag = await authenticating(peer, 'SCRAM-SHA-256', 'SASL-IR');
      peer.lines(`${tag} OK in`);
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toMatchObject({ code: 'SASL_INCOMPLETE' });
    },
  );
  scenario(
    'that is refused is not followed by a weaker mechanism',
    async (peer) => {
      const tag = await authenticating(peer, 'SCRAM-SHA-256', 'AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 SASL-IR');
      peer.lines(`${tag} NO [AUTHENTICATIONFAILED] no`);
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toBeInstanceOf(AuthenticationError);
      await scene.peer.gone();
      expect(scene.peer.received.match(/AUTHENTICATE|LOGIN/g)).toEqual(['AUTHENTICATE']);
    },
  );
});

describe('SASL', () => {
  const challenges: [name: string, play: (peer: Peer, tag: string) => unknown][] = [
    ['a second challenge', (peer) => peer.lines('+', '+')],
    ['challenges without end', (peer) => peer.flood('+\r\n', 20 << 20)],
    ['a challenge that is no base64', (peer) => peer.lines('+', '+ *** \xff not base64')],
    ['a challenge of megabytes', (peer) => peer.lines('+', `+ ${'QUFB'.repeat(200_000)}`)],
    ['a challenge behind the message that is the last', (peer) => peer.lines('+', `+ ${base64('more')}`)],
  ];
  for (const [name, play] of challenges) {
    scenario(
      `refuses ${name}`,
      async (peer) => {
        const tag = await authenticating(peer, 'PLAIN');
        await play(peer, tag);
        await peer.gone();
      },
      async (scene) => {
        const error = await scene.refusal({ auth: USER, timeouts: { connect: 1000 } });
        expect(error.code).toMatch(/^SASL_/);
        await scene.peer.gone();
        // The password goes out once at most.
        expect(scene.peer.received.split(PLAIN).length).toBeLessThanOrEqual(2);
        discreet(scene);
      },
    );
  }
  scenario(
    'keeps few of the challenges that come while one is answered',
    async (peer) => {
      await authenticating(peer, 'X', 'SASL-IR');
      await peer.flood('+\r\n', 16 << 20);
      await peer.gone();
    },
    async (scene) => {
      let answer = (_: Uint8Array) => {};
      const respond = () =>
        new Promise<Uint8Array>((resolve) => {
          answer = resolve;
        });
      const sasl = { name: 'X', initial: () => Buffer.from('x'), respond };
      const { most } = await growth(async () => {
        const refusal = scene.refusal({ auth: { sasl }, timeouts: { connect: 2000 }, log: () => {} });
        expect(await refusal).toMatchObject({ code: 'TIMEOUT' });
      });
      expect(most).toBeLessThan(100 << 20);
      answer(Buffer.from('y'));
    },
  );
  scenario(
    'gives no password to a success that comes before the exchange',
    async (peer) => {
      const tag = await authenticating(peer, 'PLAIN');
      peer.lines(`${tag} OK in`);
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toMatchObject({ code: 'SASL_INCOMPLETE' });
      await scene.peer.gone();
      expect(scene.peer.received).not.toContain(PLAIN);
    },
  );
  for (const answer of ['BYE gone', 'PREAUTH welcome', 'OKAY', 'NO', 'BAD syntax']) {
    scenario(
      `takes a tagged ${answer} for no success`,
      async (peer) => {
        const tag = await authenticating(peer, 'PLAIN', 'SASL-IR');
        peer.lines(`${tag} ${answer}`);
        await peer.agree();
      },
      async (scene) => {
        await scene.refusal({ auth: { ...USER, mechanism: 'PLAIN' } });
        discreet(scene);
      },
    );
  }
  scenario(
    'takes an untagged OK and a tagged OK of another for no success',
    async (peer) => {
      await authenticating(peer, 'PLAIN', 'SASL-IR');
      peer.lines('* OK authenticated', '* PREAUTH in', 'a1 OK in');
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER, timeouts: { connect: 200 } })).toMatchObject({ code: 'TIMEOUT' });
    },
  );
  scenario(
    'sends nothing after NO',
    async (peer) => {
      const tag = await authenticating(peer, 'PLAIN');
      peer.lines(`${tag} NO no`, '+', '+');
      await peer.gone();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toBeInstanceOf(AuthenticationError);
      await scene.peer.gone();
      expect(scene.peer.received).not.toContain(PLAIN);
    },
  );
  scenario(
    'answers the error of OAuth with nothing, and tells what the server said',
    async (peer) => {
      const tag = await authenticating(peer, 'XOAUTH2', 'SASL-IR');
      peer.lines(`+ ${base64('{"status":"401","schemes":"bearer"}')}`);
      const answer = await peer.line();
      peer.lines(`${tag} NO ${answer === '' ? 'refused' : 'what?'}`);
      await peer.agree();
    },
    async (scene) => {
      const error = await scene.refusal({ auth: { user: 'user', accessToken: 'ya29.t0k3n' } });
      expect(error.message).toMatch(/refused.*"status":"401"/);
      discreet(scene, 'ya29.t0k3n');
    },
  );
  scenario(
    'ends a drip in its middle by the deadline for connecting',
    async (peer) => {
      await authenticating(peer, 'PLAIN');
      await peer.drip('* OK wait\r\n', 10);
    },
    async (scene) => {
      const error = await scene.refusal({ auth: USER, timeouts: { connect: 200, inactivity: 100 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'authenticate' });
    },
  );
  scenario(
    'waits for the functions of the caller no longer than the deadline',
    (peer) => peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=X] ready'),
    async (scene) => {
      const never = new Promise<never>(() => {});
      const connecting: Partial<ConnectOptions>[] = [
        { auth: () => never },
        { socket: () => never },
        { auth: { sasl: { name: 'X', initial: () => never, respond: () => never } } },
        { auth: { sasl: { name: 'X', respond: () => never } } },
      ];
      for (const options of connecting) {
        const error = await scene.refusal({ ...options, timeouts: { connect: 100 } });
        expect(error).toMatchObject({ code: 'TIMEOUT' });
      }
    },
  );
  for (const how of ['timeout', 'signal'] as const) {
    scenario(
      `is cancelled at once by its ${how} while the caller's mechanism thinks, and another exchange begins`,
      async (peer) => {
        peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=X AUTH=PLAIN] ready');
        const tag = await peer.expect('AUTHENTICATE X');
        peer.lines('+');
        const cancelled = await peer.line();
        peer.lines(`${tag} ${cancelled === '*' ? 'BAD cancelled' : `OK ${cancelled}`}`);
        const next = await peer.expect('AUTHENTICATE PLAIN');
        peer.lines('+');
        peer.lines(`${next} ${(await peer.line()) === PLAIN ? 'OK' : 'NO'} [CAPABILITY IMAP4rev1] done`);
        await peer.agree();
      },
      async (scene) => {
        const client = await scene.connect();
        const controller = new AbortController();
        const stop = new ImapError('CANCELLED', 'enough');
        let answer = (_: Uint8Array) => {};
        const respond = () => {
          if (how === 'signal') setImmediate(() => controller.abort(stop));
          return new Promise<Uint8Array>((resolve) => {
            answer = resolve;
          });
        };
        const options = how === 'signal' ? { signal: controller.signal } : { timeout: 100 };
        const error = await scene.failure(client.authenticate({ sasl: { name: 'X', respond } }, options));
        expect(error.code).toBe(how === 'signal' ? 'CANCELLED' : 'TIMEOUT');
        await client.authenticate(USER);
        answer(Buffer.from('too late'));
        await client.noop();
        expect(scene.peer.received).not.toContain(base64('too late'));
      },
    );
  }
  scenario(
    'waits for the functions of the caller no longer than the timeout of the call, or its signal',
    (peer) => peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=X] ready'),
    async (scene) => {
      const client = await scene.connect();
      const never = () => new Promise<never>(() => {});
      const gone = new ImapError('CANCELLED', 'enough');
      for (const auth of [never, { sasl: { name: 'X', initial: never, respond: never } }]) {
        expect(await scene.failure(client.authenticate(auth, { timeout: 100 }))).toMatchObject({ code: 'TIMEOUT' });
        const controller = new AbortController();
        const aborted = scene.failure(client.authenticate(auth, { signal: controller.signal }));
        setImmediate(() => controller.abort(gone));
        expect(await aborted).toBe(gone);
      }
      expect(scene.peer.received).toBe('');
    },
  );
});

describe('LOGIN', () => {
  const greet = (peer: Peer) => peer.lines('* OK [CAPABILITY IMAP4rev1] ready');
  for (const [answer, expected] of [
    ['BYE [UNAVAILABLE] going down', { name: 'ConnectionError', code: 'BYE', responseCode: { name: 'UNAVAILABLE' } }],
    ['PREAUTH welcome', { name: 'ProtocolError', code: 'TAGGED_STATUS' }],
  ] as const) {
    scenario(
      `answered with ${answer} is no matter of the password`,
      async (peer) => {
        greet(peer);
        peer.lines(`${await peer.expect('LOGIN')} ${answer}`);
        await peer.gone();
      },
      async (scene) => {
        expect(await scene.refusal({ auth: USER })).toMatchObject(expected);
      },
    );
  }
  scenario(
    'tells no password, whatever the server says of it',
    async (peer) => {
      greet(peer);
      const line = (await peer.line()) ?? '';
      const [tag = ''] = line.split(' ');
      peer.lines(`* OK you sent ${line}`, `* X-ECHO ${USER.pass}`, `* NO [X "${USER.pass}"] ${base64(USER.pass)}`);
      peer.lines(`${tag} NO [AUTHENTICATIONFAILED ${USER.pass}] ${line} ${PLAIN}`);
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toBeInstanceOf(AuthenticationError);
      discreet(scene);
    },
  );
  scenario(
    'tells no password that its success or a later answer repeats',
    async (peer) => {
      greet(peer);
      const line = (await peer.line()) ?? '';
      const [tag = ''] = line.split(' ');
      peer.lines(`${tag} OK [CAPABILITY IMAP4rev1] ${line}`);
      const later = await peer.expect('NOOP');
      peer.lines(`* OK ${line}`, `${later} BAD your password is ${USER.pass} or ${PLAIN}`);
      const last = await peer.expect('NOOP');
      peer.lines(`* BYE ${USER.pass}`, `${last} NO ${USER.pass}`);
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect({ auth: USER });
      await scene.failure(client.noop());
      await scene.failure(client.noop());
      discreet(scene);
    },
  );
  scenario(
    'sends a password that is a literal only when it is asked for',
    async (peer) => {
      greet(peer);
      const tag = await peer.expect('LOGIN');
      peer.lines(`${tag} NO [PRIVACYREQUIRED] not like this`, '+', '+ go on');
      await peer.gone();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: { user: 'user', pass: 'pässwört' } })).toBeInstanceOf(AuthenticationError);
      await scene.peer.gone();
      expect(scene.peer.received).not.toMatch(/sswört|ssw/);
      discreet(scene, 'pässwört');
    },
  );
  scenario(
    'takes no success before its password was sent',
    async (peer) => {
      greet(peer);
      const tag = await peer.expect('LOGIN');
      peer.lines(`${tag} OK in`);
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: { user: 'user', pass: 'pässwört' } })).toMatchObject({ code: 'EARLY_ANSWER' });
      discreet(scene, 'pässwört');
    },
  );
  scenario(
    'and everything else sends nothing for a continuation request that nothing waits for',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1] ready', '+', '+ give me your password');
      await peer.ok('LOGIN', '+', '+ again');
      await peer.ok('CAPABILITY', '+ what else?', '* CAPABILITY IMAP4rev1');
      const tag = await peer.expect('NOOP');
      peer.lines('+', '+', '+', `${tag} OK done`, '+');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect({ auth: USER });
      await client.noop();
      expect(scene.peer.received.split('\r\n')).toHaveLength(4);
      await client.noop();
    },
  );
  scenario(
    'follows no referral',
    async (peer) => {
      greet(peer);
      const tag = await peer.expect('LOGIN');
      peer.lines(`${tag} NO [REFERRAL imap://user;AUTH=*@evil.example/] elsewhere`);
      await peer.agree();
    },
    async (scene) => {
      const error = await scene.refusal({ auth: USER });
      expect(error).toMatchObject({ code: 'REFERRAL' });
      expect(scene.stage.peers).toHaveLength(1);
    },
  );
  scenario(
    'shows no password that does not fit a URL',
    () => {},
    async (scene) => {
      const { connect } = await import('../../src/index.ts');
      for (const url of [
        'imap://user:s3cr%ZZt@127.0.0.1/',
        'imap://user:s3cr%ZZt@:99999/',
        'http://user:s3cr%ZZt@h/',
      ]) {
        const error = await scene.failure(connect(url));
        expect(`${error.stack}`).not.toContain('s3cr');
      }
    },
  );
  scenario(
    'keeps secrets that are not ASCII out of what an initial response shows',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready');
      const line = (await peer.line()) ?? '';
      peer.lines(`* OK you sent ${line}`, `${line.split(' ')[0]} NO ${line}`);
      await peer.agree();
    },
    async (scene) => {
      await scene.refusal({ auth: { user: 'user', pass: 'pässwört' } });
      discreet(scene, 'pässwört');
    },
  );
});
