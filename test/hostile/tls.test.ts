/** TLS, and what someone in the middle does before it. */
import { describe, expect } from 'vitest';
import { EXPIRED, GOOD, NAME_ONLY, OTHER_NAME } from './certificates.ts';
import type { Peer } from './peer.ts';
import { USER } from './plays.ts';
import { type Scene, scenario } from './scenario.ts';

const STARTTLS = { security: 'starttls', auth: USER } as const;

/** No command but CAPABILITY and STARTTLS, and no secret, has gone out in cleartext. */
function nothingTold(scene: Scene): void {
  for (const { received } of scene.stage.peers) {
    for (const line of received.split('\r\n').filter(Boolean)) expect(line).toMatch(/^A\d+ (CAPABILITY|STARTTLS)$/);
  }
  expect(scene.told).not.toContain('sw0rdf1sh');
}

async function refused(scene: Scene, expected: object): Promise<void> {
  const error = await scene.refusal(STARTTLS);
  expect(error).toMatchObject(expected);
  const { host, port } = scene.stage.options;
  expect(error.message.split(`${host}:${port}`), error.message).toHaveLength(2);
  await scene.peer.gone();
  nothingTold(scene);
}

/** Grants STARTTLS, with these bytes behind its OK in the same segment. */
async function grant(peer: Peer, behind = ''): Promise<void> {
  peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready');
  const tag = await peer.expect('STARTTLS');
  peer.send(`${tag} OK go on\r\n${behind}`);
}

async function serve(peer: Peer): Promise<void> {
  await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1 AUTH=PLAIN');
  const tag = await peer.expect('AUTHENTICATE PLAIN');
  peer.lines('+');
  await peer.line();
  peer.lines(`${tag} OK [CAPABILITY IMAP4rev1 IDLE] in`);
  await peer.agree();
}

describe('STARTTLS', () => {
  scenario(
    'works, and forgets what was said in cleartext',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS X-EVIL LOGINDISABLED] ready', '* ENABLED UTF8=ACCEPT IMAP4REV2');
      const tag = await peer.expect('STARTTLS');
      peer.lines(
        '* OK [ALERT] evil',
        '* CAPABILITY IMAP4rev1 X-EVIL AUTH=XEVIL',
        '* 77 EXISTS',
        `${tag} OK [CAPABILITY X-EVIL2] go on`,
      );
      await peer.startTls();
      await serve(peer);
    },
    async (scene) => {
      const client = await scene.connect(STARTTLS);
      expect(client.secure).toBe(true);
      expect([...client.capabilities.names].sort()).toEqual(['IDLE', 'IMAP4REV1']);
      expect(client.enabled.size).toBe(0);
      await client.noop();
    },
  );
  for (const [as, greeting] of [
    ['Exchange 2003', 'Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (x) ready.'],
    ['UW', 'localhost IMAP4rev1 2007f.404 at Mon, 1 Jan 2024'],
  ]) {
    scenario(
      `works, and a greeting in cleartext as ${as}'s changes nothing of what is told`,
      async (peer) => {
        peer.lines(`* OK [CAPABILITY IMAP4rev1 STARTTLS] ${greeting}`);
        const tag = await peer.expect('STARTTLS');
        peer.lines(`${tag} OK go on`);
        await peer.startTls();
        await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1 NAMESPACE AUTH=PLAIN SASL-IR');
        await peer.ok('AUTHENTICATE PLAIN', '* CAPABILITY IMAP4rev1 NAMESPACE');
        await peer.ok('NAMESPACE', '* NAMESPACE (("INBOX." ".")) NIL NIL');
        await peer.ok('LIST', '* LIST () "/" a', '* LIST () "/" a.lock');
        await peer.agree();
      },
      async (scene) => {
        const client = await scene.connect(STARTTLS);
        expect((await client.namespaces()).personal).toEqual([{ prefix: 'INBOX.', delimiter: '.' }]);
        expect((await client.list()).map(({ name }) => name)).toEqual(['a', 'a.lock']);
      },
    );
  }
  scenario(
    "works, and a greeting in cleartext as QQ's lets no sender forge fields",
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] QQMail IMAP4Server ready');
      const tag = await peer.expect('STARTTLS');
      peer.lines(`${tag} OK go on`);
      await peer.startTls();
      await peer.ok('CAPABILITY', '* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR');
      await peer.ok('AUTHENTICATE PLAIN', '* CAPABILITY IMAP4rev1');
      await peer.ok('SELECT', '* 1 EXISTS');
      // The name is one string: what its sender wrote behind the quote is no address.
      const from = '(("Mallory \\") (\\"Boss\\" NIL \\"boss\\" \\"x\\") (\\"" NIL "mallory" "evil.example"))';
      await peer.ok('UID FETCH 1 ', `* 1 FETCH (UID 1 ENVELOPE (NIL "s" ${from} NIL NIL NIL NIL NIL NIL NIL))`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect(STARTTLS);
      const inbox = await client.open('INBOX');
      const message = await inbox.fetchOne(1, { envelope: true });
      expect(message?.envelope.from).toEqual([
        { name: 'Mallory ") ("Boss" NIL "boss" "x") ("', address: 'mallory@evil.example' },
      ]);
    },
  );
  scenario(
    'stripped from the capabilities of the greeting',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready');
      await peer.agree();
    },
    (scene) => refused(scene, { code: 'STARTTLS_UNAVAILABLE', phase: 'tls' }),
  );
  scenario(
    'stripped from the capabilities that come before its answer',
    async (peer) => {
      peer.lines('* OK ready');
      const tag = await peer.expect('');
      peer.lines('* CAPABILITY IMAP4rev1 AUTH=PLAIN', `${tag} BAD what?`);
      await peer.agree();
    },
    (scene) => refused(scene, { phase: 'tls' }),
  );
  for (const [name, answer] of [
    ['refused with NO', 'NO not now'],
    ['refused with BAD', 'BAD what?'],
    ['answered with a tagged BYE', 'BYE gone'],
    ['answered with a tagged PREAUTH', 'PREAUTH you are in'],
    ['answered with nonsense', 'OKAY then'],
    ['answered with nothing behind the tag', ''],
  ] as const) {
    scenario(
      name,
      async (peer) => {
        peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready');
        const tag = await peer.expect('STARTTLS');
        peer.lines(`${tag} ${answer}`);
        await peer.agree();
      },
      (scene) => refused(scene, {}),
    );
  }
  scenario(
    'never answered',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready');
      await peer.gone();
    },
    async (scene) => {
      const error = await scene.refusal({ ...STARTTLS, timeouts: { connect: 150 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'tls' });
      nothingTold(scene);
    },
  );
  scenario(
    'granted with an untagged OK',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready');
      await peer.expect('STARTTLS');
      peer.lines('* OK begin TLS');
      await peer.startTls();
    },
    async (scene) => {
      await scene.refusal({ ...STARTTLS, timeouts: { connect: 300 } });
      nothingTold(scene);
    },
  );
  scenario(
    'granted before it was asked for',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready', 'A1 OK go on');
      await peer.agree();
    },
    (scene) => refused(scene, { code: 'UNKNOWN_TAG' }),
  );
  scenario(
    'with responses injected behind its OK',
    async (peer) => {
      await grant(peer, '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA2 OK done\r\n');
      await peer.startTls();
    },
    (scene) => refused(scene, { code: 'STARTTLS_INJECTION', phase: 'tls' }),
  );
  scenario(
    'with half a response injected behind its OK',
    async (peer) => {
      await grant(peer, '*');
      await peer.startTls();
    },
    (scene) => refused(scene, { code: 'STARTTLS_INJECTION' }),
  );
  scenario(
    'with responses injected before the handshake, in a segment of their own',
    async (peer) => {
      await grant(peer);
      await new Promise((resolve) => setImmediate(resolve));
      peer.lines('* PREAUTH come in', 'A2 OK done');
    },
    (scene) => refused(scene, { phase: 'tls' }),
  );
  scenario(
    'after PREAUTH',
    async (peer) => {
      peer.lines('* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] you are in');
      await peer.agree();
    },
    (scene) => refused(scene, { code: 'PREAUTH_BEFORE_TLS', phase: 'tls' }),
  );
  scenario(
    'of a server that hangs up in the handshake',
    async (peer) => {
      await grant(peer);
      await new Promise((resolve) => peer.socket.once('data', resolve));
      peer.reset();
    },
    async (scene) => {
      expect(await scene.refusal(STARTTLS)).toMatchObject({ phase: 'tls' });
    },
  );
  scenario(
    'of a server that hangs up with its OK',
    async (peer) => {
      await grant(peer);
      peer.close();
    },
    async (scene) => {
      expect(await scene.refusal(STARTTLS)).toMatchObject({ phase: 'tls' });
    },
  );
  scenario(
    'of a server that is silent in the handshake',
    (peer) => grant(peer),
    async (scene) => {
      const error = await scene.refusal({ ...STARTTLS, timeouts: { connect: 200 } });
      expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'tls' });
    },
  );
  for (const [name, certificate] of [
    ['with a certificate for another name', OTHER_NAME],
    ['with a certificate that holds no address, for an address', NAME_ONLY],
    ['with an expired certificate', EXPIRED],
  ] as const) {
    scenario(
      name,
      async (peer) => {
        await grant(peer);
        await peer.startTls(certificate);
        await peer.gone();
      },
      async (scene) => {
        expect(await scene.refusal(STARTTLS)).toMatchObject({ phase: 'tls' });
        expect(scene.peer.received).toBe('');
      },
    );
  }
});

describe('TLS from the first byte', () => {
  const play = (peer: Peer) => {
    peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready');
    return peer.agree();
  };
  for (const [name, certificate, options, code] of [
    ['with a certificate for another name', OTHER_NAME, {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['with a certificate that holds no address, for an address', NAME_ONLY, {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['with an expired certificate', EXPIRED, {}, 'CERT_HAS_EXPIRED'],
    ['with a certificate of an unknown authority', GOOD, { tls: {} }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    [
      'with the verification left undefined',
      GOOD,
      { tls: { rejectUnauthorized: undefined } },
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'of version 1.1',
      { ...GOOD, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      {},
      /.*/,
    ],
  ] as const) {
    scenario(
      name,
      play,
      async (scene) => {
        const error = await scene.refusal({ auth: USER, ...(options as object) }); // undefined is not in the contract
        expect(error).toMatchObject({ phase: 'tls', code: expect.stringMatching(code) });
        for (const { received } of scene.stage.peers) expect(received).toBe('');
      },
      { tls: { ...certificate } },
    );
  }
  let asked: string | undefined;
  scenario(
    'says whom it wants, and takes a certificate of that name',
    play,
    async (scene) => {
      const client = await scene.connect({ host: 'localhost', auth: USER });
      expect(client.secure).toBe(true);
      expect(asked).toBe('localhost');
    },
    {
      tls: {
        ...NAME_ONLY,
        SNICallback: (name, done) => {
          asked = name;
          done(null);
        },
      },
    },
  );
  scenario(
    'cut off in the middle of a response',
    async (peer) => {
      peer.lines('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('SELECT');
      peer.send('* 3 EXI');
      peer.reset();
    },
    async (scene) => {
      const client = await scene.connect();
      expect(await scene.failure(client.open('INBOX'))).toMatchObject({ code: 'CONNECTION_LOST', phase: 'command' });
    },
    { tls: GOOD },
  );
  scenario(
    'ended in order in the middle of a literal that streams',
    async (peer) => {
      peer.lines('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.ok('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x');
      await peer.expect('UID FETCH');
      peer.send('* 1 FETCH (UID 1 BODY[] {1000}\r\nhalf');
      peer.close();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const { content } = await mailbox.download(1);
      expect(await scene.failure(content.bytes())).toMatchObject({ code: 'CONNECTION_LOST' });
    },
    { tls: GOOD },
  );
});

describe('cleartext', () => {
  scenario(
    'takes no password to another machine',
    () => {},
    async (scene) => {
      const error = await scene.refusal({ host: '192.0.2.1', security: 'none', auth: USER });
      expect(error).toMatchObject({ code: 'CLEARTEXT_AUTH' });
      expect(scene.stage.peers).toEqual([]);
    },
  );
  scenario(
    'takes none for a name that only looks like this machine',
    () => {},
    async (scene) => {
      for (const host of ['127.0.0.1.example', 'localhost.example', '127.1.evil', '127-0-0-1'])
        expect(await scene.refusal({ host, security: 'none', auth: USER })).toMatchObject({ code: 'CLEARTEXT_AUTH' });
    },
  );
  scenario(
    'is this machine: LOGINDISABLED is honoured all the same',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready');
      await peer.agree();
    },
    async (scene) => {
      expect(await scene.refusal({ auth: USER })).toMatchObject({ code: 'NO_MECHANISM' });
      await scene.peer.gone();
      expect(scene.peer.received).toBe('');
    },
  );
});
