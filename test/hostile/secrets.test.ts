/** What a login leaves behind: no secret in any log, error, stack or object, in no encoding, whole or in part. */
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { type Auth, AuthenticationError, type ConnectOptions } from '../../src/index.ts';
import { GOOD } from './certificates.ts';
import type { Peer } from './peer.ts';
import { type Scene, scenario } from './scenario.ts';

/** A token has no other characters (RFC 6750 §2.1). */
const TOKEN = 'Xq7v-Zk2.9fLp~wR4x';
const SECRET = 'Xq7"v\\Zk2 9fLp%wR4';
const encoded = (text: string) => [
  text,
  text.replace(/["\\]/g, '\\$&'),
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  Buffer.from(text).toString('hex'),
  ...[0, 1, 2].map((shift) => inBase64(text, shift)),
];
/** Every form of the secrets, and of each half of them. */
const FORMS = [SECRET, TOKEN].flatMap((secret) => [secret, secret.slice(0, 9), secret.slice(9)]).flatMap(encoded);

/** The characters of base64 that stand for the text alone, wherever it stands among other bytes. */
function inBase64(text: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  const skipped = [0, 2, 3][shift] ?? 0;
  return bytes
    .toString('base64')
    .replace(/=+$/, '')
    .slice(skipped, Math.floor((bytes.length * 8) / 6));
}

/** All that can be got at: own and hidden properties, stacks, causes, getters, JSON, text. */
function shown(value: unknown): string {
  const texts = [
    inspect(value, { depth: null, showHidden: true, getters: true, maxStringLength: null }),
    String(value),
  ];
  if (value instanceof Error) texts.push(String(value.stack), JSON.stringify(value, Object.getOwnPropertyNames(value)));
  return texts.join('\n');
}

function discreet(scene: Scene, ...more: unknown[]): void {
  const told = [scene.told, ...scene.errors.map(shown), ...more.map(shown)].join('\n');
  for (const form of FORMS) expect(told).not.toContain(form);
}

it('looks for what a server could make of it', () => {
  expect(new Set(FORMS.filter((form) => form.length < 8))).toEqual(new Set());
  expect(Buffer.from(`\0user\0${SECRET}`).toString('base64')).toContain(inBase64(SECRET, 0));
  expect(Buffer.from(`\0userx\0${SECRET}`).toString('base64')).toContain(inBase64(SECRET, 1));
});

const MECHANISMS: [name: string, capabilities: string, auth: Auth][] = [
  ['LOGIN', '', { user: 'user', pass: SECRET }],
  ['PLAIN', 'AUTH=PLAIN', { user: 'user', pass: SECRET }],
  ['PLAIN at once', 'AUTH=PLAIN SASL-IR', { user: 'user', pass: SECRET, authzid: 'other' }],
  ['LOGIN of SASL', 'AUTH=LOGIN', { user: 'user', pass: SECRET, mechanism: 'LOGIN' }],
  ['CRAM-MD5', 'AUTH=CRAM-MD5', { user: 'user', pass: SECRET }],
  ['SCRAM-SHA-256', 'AUTH=SCRAM-SHA-256', { user: 'user', pass: SECRET }],
  ['XOAUTH2', 'AUTH=XOAUTH2 SASL-IR', { user: 'user', accessToken: TOKEN }],
  ['OAUTHBEARER', 'AUTH=OAUTHBEARER', { user: 'user', accessToken: TOKEN }],
  ['X-OWN', 'AUTH=X-OWN', { sasl: { name: 'X-OWN', respond: ownResponse } }],
  ['X-OWN, initially', 'AUTH=X-OWN SASL-IR', { sasl: { name: 'X-OWN', initial: ownResponse, respond: ownResponse } }],
];

/** Of a mechanism of the caller's own. */
function ownResponse(): Buffer {
  return Buffer.from(`\0user\0${SECRET}`);
}

/** Asks on, and repeats whatever it was told, as it came and decoded. */
async function echo(
  peer: Peer,
  capabilities: string,
  end: (peer: Peer, tag: string, said: string) => unknown,
): Promise<void> {
  peer.lines(`* OK [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
  const command = (await peer.line()) ?? '';
  const [tag = ''] = command.split(' ');
  let said = command;
  if (!/^\S+ LOGIN/.test(command) && command.split(' ').length < 4) {
    peer.lines(/CRAM/.test(command) ? `+ ${Buffer.from('<1@h>').toString('base64')}` : '+ ');
    said += ` ${await peer.line()}`;
    if (/AUTHENTICATE LOGIN/.test(command)) {
      peer.lines('+ UGFzc3dvcmQ6');
      said += ` ${await peer.line()}`;
    }
  }
  const decoded = said.split(' ').map((word) =>
    Buffer.from(word, 'base64')
      .toString('latin1')
      .replace(/[^\x20-\xff]/g, ' '),
  );
  await end(peer, tag, `${said} ${decoded.join(' ')}`);
  await peer.gone();
}

const ENDS: [name: string, end: (peer: Peer, tag: string, said: string) => unknown][] = [
  ['refused', (peer, tag, said) => peer.lines(`* OK ${said}`, `${tag} NO [AUTHENTICATIONFAILED] ${said}`)],
  ['BAD', (peer, tag, said) => peer.lines(`${tag} BAD ${said}`)],
  ['answered with BYE', (peer, _, said) => peer.lines(`* BYE ${said}`)],
  ['answered with what is no IMAP', (peer, tag, said) => peer.lines(`${said}`, `${tag} ${said}`)],
  ['answered with another tag', (peer, _, said) => peer.lines(`A77 OK ${said}`)],
  ['asked for more', (peer, _, said) => peer.lines(`+ ${said}`, `+ ${said}`)],
  ['cut off', (peer) => peer.reset()],
  ['never answered', () => {}],
];

/** What only the time ends: LOGIN answers no challenge. */
const UNENDED = ['asked for more', 'never answered'];

for (const [mechanism, capabilities, auth] of MECHANISMS) {
  for (const [name, end] of ENDS) {
    scenario(
      `${mechanism}, ${name}`,
      (peer) => echo(peer, capabilities, end),
      async (scene) => {
        const options: Partial<ConnectOptions> = {
          auth: () => auth,
          timeouts: { connect: UNENDED.includes(name) ? 300 : 5000, farewell: 50 },
        };
        await scene.refusal(options);
        expect(scene.log.length).toBeGreaterThan(1);
        discreet(scene);
      },
    );
  }
  scenario(
    `${mechanism}: a client keeps no secret where it can be seen`,
    (peer) => peer.lines('* PREAUTH [CAPABILITY IMAP4rev1] ready'),
    async (scene) => {
      const client = await scene.connect({ auth, reconnect: true });
      discreet(scene, client, Object.values(client));
    },
  );
}

for (const [mechanism, capabilities, auth] of MECHANISMS.filter(([, , one]) => 'accessToken' in one)) {
  scenario(
    `${mechanism}, refused in a challenge that repeats the token, and then accepted`,
    async (peer) => {
      peer.lines(`* OK [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
      const tag = await peer.expect('AUTHENTICATE');
      if (!capabilities.includes('SASL-IR')) {
        peer.lines('+');
        await peer.line();
      }
      peer.lines(`+ ${Buffer.from(JSON.stringify({ status: 'invalid_token', token: TOKEN })).toString('base64')}`);
      await peer.line();
      peer.lines(`${tag} OK in`);
      await peer.gone();
    },
    async (scene) => {
      const error = await scene.refusal({ auth });
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error.message).toContain('invalid_token');
      discreet(scene);
    },
  );
}

scenario(
  'an alert that answers the login holds no secret that is too short to be looked for later',
  async (peer) => {
    peer.lines('* OK [CAPABILITY IMAP4rev1] ready');
    const said = (await peer.line()) ?? '';
    peer.lines(`${said.split(' ')[0]} OK [ALERT] pw1 is no good password`);
    await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1');
    await peer.agree();
  },
  async (scene) => {
    const client = await scene.connect({ auth: { user: 'user', pass: 'pw1' } });
    const told: string[] = [];
    client.on('alert', ({ text }) => told.push(text));
    await new Promise(setImmediate);
    expect(told).toEqual(['[secret] is no good password']);
  },
  { tls: GOOD },
);

scenario(
  'what an event tells holds no secret that the server repeats',
  async (peer) => {
    peer.lines('* OK [CAPABILITY IMAP4rev1] ready');
    const said = (await peer.line()) ?? '';
    peer.lines(`${said.split(' ')[0]} OK in`);
    await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1');
    const tag = await peer.expect('NOOP');
    peer.lines(`* X-ECHO ${said}`, `* X-ECHO {${SECRET.length + 2}}`, `=${SECRET}=`, `* OK [ALERT] ${said}`);
    peer.lines(`${tag} OK [ALERT] tagged ${SECRET}`);
    await peer.agree();
  },
  async (scene) => {
    const client = await scene.connect({ auth: { user: 'user', pass: SECRET } });
    const told: string[] = [];
    client.on('alert', ({ text }) => told.push(text));
    client.on('unknown', ({ text, literals }) => told.push(text, ...literals.map(String)));
    await client.noop();
    expect(told).toHaveLength(5);
    expect(told).toContain('=[secret]=');
    discreet(scene, told);
  },
  { tls: GOOD },
);
