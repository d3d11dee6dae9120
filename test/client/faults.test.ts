/** What goes wrong while a connection is opened: each its own error, within its time, and nothing is left open. */
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ConnectionError,
  type ConnectOptions,
  connect,
  ProtocolError,
  UsageError,
} from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { AUTHORITY, GOOD, OTHER_NAME, SELF_SIGNED } from './certificates.ts';
import { CREDENTIALS, failing, GREETING, leavesNothing, type Peer, scripted } from './scripted.ts';

const auth = CREDENTIALS;

describe('a server that is not there', () => {
  it('has no address', async () => {
    const error = await rejection(connect({ host: 'no-such-host.invalid', auth }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: 'connect', maybeExecuted: false });
    expect(error.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(error.message).toContain('no-such-host.invalid');
  });

  it('does not listen', async () => {
    const closed = await scripted(() => {});
    await closed[Symbol.asyncDispose]();
    for (const security of ['tls', 'starttls', 'none'] as const) {
      const error = await rejection(connect({ ...closed.options, security, auth }));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code: 'ECONNREFUSED', phase: 'connect' });
      expect(error.message).toContain(String(closed.port));
    }
  });
});

describe('a certificate', () => {
  it.each<[string, typeof GOOD, Partial<ConnectOptions>, string]>([
    ['of nobody known', GOOD, {}, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['signed by itself', SELF_SIGNED, { tls: { ca: AUTHORITY } }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of another name', OTHER_NAME, { tls: { ca: AUTHORITY } }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'of another name, for a host with a name',
      OTHER_NAME,
      { host: 'localhost', tls: { ca: AUTHORITY } },
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
  ])('%s is refused, and no credentials are sent', async (_, certificate, more, code) => {
    await using server = await scripted((peer) => peer.send(GREETING), certificate);
    await leavesNothing(server, async () => {
      const error = await rejection(connect({ ...server.options, ...more, auth }));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code, phase: 'tls' });
    });
    expect(server.peers.flatMap(({ received }) => received)).toEqual([]);
  });

  it('is taken where the caller says so', async () => {
    await using server = await scripted((peer) => peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready'), OTHER_NAME);
    for (const tls of [{ rejectUnauthorized: false }, { ca: AUTHORITY, servername: 'other.example' }]) {
      const client = await connect({ ...server.options, tls });
      expect(client.secure).toBe(true);
      client.close();
    }
  });

  it('is refused once: nothing was to be resumed, so no second connection tells more', async () => {
    await using server = await scripted(() => {}, OTHER_NAME);
    const counted = createServer((client) => {
      connections++;
      const onward = connectTcp({ host: '127.0.0.1', port: server.port });
      for (const socket of [client, onward]) socket.on('error', () => {});
      client.pipe(onward).pipe(client);
    });
    let connections = 0;
    await new Promise<void>((resolve) => counted.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = counted.address() as AddressInfo; // of a TCP server
      const error = await rejection(connect({ ...server.options, port, tls: { ca: AUTHORITY }, auth }));
      expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      expect(connections).toBe(1);
    } finally {
      counted.close();
    }
  });

  it('is verified with STARTTLS too', async () => {
    const { createServer: createImapServer } = await import('../../src/testing/index.ts');
    await using server = await createImapServer({ tls: OTHER_NAME });
    const base: ConnectOptions = { host: server.host, port: server.port, security: 'starttls', auth };
    expect(await rejection(connect({ ...base, tls: { ca: AUTHORITY } }))).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      phase: 'tls',
    });
    expect(await rejection(connect(base))).toMatchObject({ phase: 'tls', name: 'ConnectionError' });
    await expect.poll(() => server.connections).toBe(0);
  });
});

describe('a message says what helps', () => {
  it('where the authority of a certificate is not known', async () => {
    for (const certificate of [GOOD, SELF_SIGNED]) {
      await using server = await scripted((peer) => peer.send(GREETING), certificate);
      const error = await rejection(connect({ ...server.options, auth }));
      expect(error.message).toMatch(/ \(an authority of your own: tls: \{ ca \}\)$/);
    }
  });

  it.each(['none', 'starttls'] as const)('where no greeting comes without TLS: %s', async (security) => {
    await using server = await scripted(() => {});
    const error = await rejection(connect({ ...server.options, security, auth, timeouts: { connect: 100 } }));
    expect(error).toMatchObject({ code: 'TIMEOUT', phase: 'greeting' });
    expect(error.message).toContain(
      "(does the server speak TLS from the first byte on this port? Then security: 'tls')",
    );
  });

  it('where `auth` was forgotten', async () => {
    const { createServer: createImapServer } = await import('../../src/testing/index.ts');
    await using server = await createImapServer();
    await using client = await connect({ host: server.host, port: server.port, security: 'none' });
    const hint = / \(the client is not authenticated: `auth`\)$/;
    const refused = await rejection(client.list());
    expect(refused).toMatchObject({ name: 'CommandError', code: 'BAD' });
    expect(refused.message).toMatch(hint);
    expect((await rejection(client.quota.root('INBOX'))).message).toMatch(hint);
    await client.authenticate({ user: 'user', pass: 'pass' });
    expect((await rejection(client.open('Nope'))).message).not.toMatch(hint);
    await using refusing = await scripted(async (peer) => {
      peer.send(GREETING);
      const { tag } = await peer.command();
      peer.send(`${tag} NO not today`);
    });
    expect((await rejection(connect({ ...refusing.options, security: 'starttls', auth }))).message).not.toMatch(hint);
  });
});

it('does not tell that `auth` was forgotten while the connection is still being opened', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready');
    const { tag } = await peer.command();
    peer.send(`${tag} NO not now`);
  });
  const error = await rejection(connect({ ...server.options, security: 'starttls', auth }));
  expect(error).toMatchObject({ code: 'STARTTLS_REFUSED', message: expect.stringMatching(/answered NO not now$/) });
});

describe('a server that speaks something else', () => {
  it.each([
    ['SMTP', '220 mail.example.org ESMTP ready'],
    ['HTTP', 'HTTP/1.1 400 Bad Request'],
    ['POP3', '+OK POP3 ready'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2'],
    ['nothing known', 'hello there'],
    ['an empty line', ''],
    ['IMAP, but no greeting', '* CAPABILITY IMAP4rev1'],
    ['IMAP, but refusing', '* NO go away'],
    ['a tagged greeting', 'A1 OK ready'],
  ])('%s: ProtocolError NOT_IMAP', async (_, line) => {
    const error = await failing((peer) => peer.send(line), { auth });
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'NOT_IMAP' });
    if (line !== '') expect(error.excerpt).toContain(line.slice(0, 20));
  });

  it('TLS on a port for plain text', async () => {
    await using server = await scripted(() => {}, GOOD);
    await leavesNothing(server, async () => {
      // A server with TLS waits for the client to begin, as this one does: the deadline ends it.
      const error = await rejection(connect({ ...server.options, security: 'none', timeouts: { connect: 300 } }));
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'greeting' });
    });
    const alert = await failing((peer) => peer.socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 10])));
    expect(alert).toMatchObject({ name: 'ProtocolError', code: 'NOT_IMAP' });
    expect(alert.message).toContain('TLS');
  });

  it('plain text on a port for TLS', async () => {
    for (const line of [GREETING, '220 mail.example.org ESMTP', 'HTTP/1.1 400 Bad Request']) {
      await using server = await scripted((peer) => peer.send(line));
      await leavesNothing(server, async () => {
        const error = await rejection(connect({ ...server.options, security: 'tls', auth }));
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ phase: 'tls' });
        expect(error.code).toMatch(/^ERR_SSL_|^EPROTO$/);
        expect(error.message).toContain('starttls');
      });
    }
  });
});

describe('a server that goes', () => {
  const closes = (peer: Peer) => peer.socket.end();
  const resets = (peer: Peer) => peer.socket.resetAndDestroy();

  it.each<[string, (peer: Peer) => unknown, string]>([
    ['closes at once', closes, 'greeting'],
    ['resets at once', resets, 'greeting'],
    ['closes within the greeting', (peer) => peer.socket.end('* OK [CAPABI'), 'greeting'],
    [
      'closes after LOGIN',
      async (peer) => {
        peer.send('* OK [CAPABILITY IMAP4rev1] x');
        await peer.command();
        closes(peer);
      },
      'authenticate',
    ],
    [
      'resets after AUTHENTICATE',
      async (peer) => {
        peer.send(GREETING);
        await peer.command();
        resets(peer);
      },
      'authenticate',
    ],
  ])('%s', async (_, play, phase) => {
    const error = await failing(play, { auth });
    expect(error).toBeInstanceOf(ConnectionError);
    // A reset can come before the greeting is waited for.
    const early = play === resets && phase === 'greeting' && error.phase === 'connect';
    expect(error).toMatchObject(early ? { code: 'ECONNRESET' } : { code: 'CONNECTION_LOST', phase });
  });

  it.each<[string, (peer: Peer) => unknown, string]>([
    ['in the greeting', (peer) => peer.send('* BYE [UNAVAILABLE] too busy'), 'greeting'],
    [
      'in answer to LOGIN',
      async (peer) => {
        peer.send('* OK [CAPABILITY IMAP4rev1] x');
        await peer.command();
        peer.send('* BYE [UNAVAILABLE] too busy');
      },
      'authenticate',
    ],
    [
      'and closes',
      async (peer) => {
        peer.send(GREETING);
        await peer.command();
        peer.send('* BYE [UNAVAILABLE] too busy');
        closes(peer);
      },
      'authenticate',
    ],
  ])('says goodbye %s', async (_, play, phase) => {
    const error = await failing(play, { auth, timeouts: { farewell: 50 } });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'BYE', phase });
    expect(error.message).toContain('[UNAVAILABLE] too busy');
  });

  it('closes within the TLS handshake', async () => {
    for (const play of [closes, resets]) {
      const error = await failing(play, { security: 'tls', auth });
      expect(error).toBeInstanceOf(ConnectionError);
      // A reset can come before the handshake has begun.
      expect(error.phase).toMatch(play === resets ? /^(connect|tls)$/ : /^tls$/);
      expect(error.code).toMatch(/^(ECONNRESET|CONNECTION_LOST|EPIPE)$/);
    }
  });
});

describe('STARTTLS', () => {
  const starttls = { security: 'starttls', tls: { ca: AUTHORITY }, auth } as const;
  const answering =
    (...answer: string[]) =>
    async (peer: Peer) => {
      peer.send(GREETING);
      const { tag, text } = await peer.command();
      expect(text).toBe('STARTTLS');
      peer.send(...answer.map((line) => line.replace('TAG', tag)));
    };

  it.each<[string, (peer: Peer) => unknown, string]>([
    ['is not offered', (peer) => peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x'), 'STARTTLS_UNAVAILABLE'],
    ['is refused', answering('TAG NO not today'), 'STARTTLS_REFUSED'],
    ['is not known', answering('TAG BAD what?'), 'STARTTLS_REFUSED'],
    ['comes after PREAUTH', (peer) => peer.send('* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] x'), 'PREAUTH_BEFORE_TLS'],
    [
      'is answered with more than OK',
      answering('TAG OK begin', '* CAPABILITY IMAP4rev1 AUTH=PLAIN'),
      'STARTTLS_INJECTION',
    ],
    ['is answered with a second answer', answering('TAG OK begin', 'A2 OK logged in'), 'STARTTLS_INJECTION'],
    ['is answered with goodbye', answering('* BYE no'), 'BYE'],
  ])('%s: the connection ends, and no credentials are sent', async (_, play, code) => {
    await using server = await scripted(play);
    await leavesNothing(server, async () => {
      const error = await rejection(connect({ ...server.options, ...starttls }));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ code, phase: 'tls' });
    });
    expect(server.peers.flatMap(({ received }) => received).filter((line) => !/^A1 STARTTLS$/.test(line))).toEqual([]);
  });

  it('asks for capabilities where the greeting told none, and an answer ahead of the question does not count', async () => {
    const error = await failing((peer) => peer.send('* OK ready', 'A1 OK begin TLS'), starttls);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'UNKNOWN_TAG' });
  });

  it('is followed by something that is no TLS', async () => {
    const error = await failing(async (peer) => {
      peer.send(GREETING);
      const { tag } = await peer.command();
      peer.send(`${tag} OK begin`);
      peer.socket.once('data', () => peer.send('* OK no TLS here'));
    }, starttls);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: 'tls' });
  });

  it('is followed by the end of the connection', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(GREETING);
      await peer.expect('STARTTLS');
    });
    // It is at its end as soon as the OK has come.
    const socket = () => {
      const tcp = connectTcp(server.port, '127.0.0.1');
      const stream = Duplex.from({ readable: tcp, writable: tcp });
      return stream.on('data', (chunk) => chunk.includes(' OK done') && stream.destroy());
    };
    const error = await rejection(connect({ ...server.options, ...starttls, socket }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ phase: 'tls' });
  });
});

describe('credentials that the server refuses', () => {
  it.each<[string, string[], string]>([
    ['NO', ['TAG NO [AUTHENTICATIONFAILED] wrong'], 'AUTHENTICATIONFAILED'],
    ['NO without a code', ['TAG NO wrong'], 'NO'],
    ['BAD', ['TAG BAD what?'], 'BAD'],
    ['NO that repeats the password', ['TAG NO "secret word" is wrong'], 'NO'],
    ['EXPIRED', ['TAG NO [EXPIRED] your password'], 'EXPIRED'],
  ])('%s: AuthenticationError', async (_, answer, code) => {
    for (const mechanism of ['LOGIN', 'PLAIN'] as const) {
      const error = await failing(
        async (peer) => {
          peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] x');
          const { tag } = await peer.command();
          peer.send(...answer.map((line) => line.replace('TAG', tag)));
        },
        { auth: { ...auth, mechanism } },
      );
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ code });
      expect(error.text).not.toContain('secret word');
    }
  });

  it('only the tagged OK of the command itself is success', async () => {
    const error = await failing(
      async (peer) => {
        peer.send('* OK [CAPABILITY IMAP4rev1] x');
        const { tag } = await peer.command();
        peer.send('* OK logged in', '* PREAUTH welcome', `${tag} NO [AUTHENTICATIONFAILED] no`);
      },
      { auth },
    );
    expect(error).toBeInstanceOf(AuthenticationError);
  });

  it('a mechanism of one’s own that throws cancels the exchange, and its error is told', async () => {
    const reason = new RangeError('that challenge is a lie');
    let cancelled: string | undefined;
    const error = await failing(
      async (peer) => {
        peer.send(GREETING);
        const { tag } = await peer.command();
        peer.send('+ Y2hhbGxlbmdl');
        cancelled = await peer.line();
        peer.send(`${tag} BAD cancelled`);
      },
      {
        auth: {
          sasl: {
            name: 'X-OWN',
            respond: () => {
              throw reason;
            },
          },
        },
      },
    );
    expect(error).toBe(reason);
    expect(cancelled).toBe('*');
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['a string, which may be a password', 'hunter2', 'a string'],
    ['an object', { pass: 'hunter2' }, '[object Object]'],
  ])('a mechanism of one’s own that answers with %s is named, and the connection stays', async (_, answer, shown) => {
    const given = answer as Uint8Array; // a caller without types
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 SASL-IR] ready');
      const { tag } = await peer.command();
      peer.send('+ Y2hhbGxlbmdl');
      expect(await peer.line()).toBe('*');
      peer.send(`${tag} BAD cancelled`);
      await peer.expect('NOOP');
    });
    await using client = await connect(server.options);
    const responding = client.authenticate({ sasl: { name: 'X-OWN', respond: async () => given } });
    const late = await rejection(responding);
    expect(late).toBeInstanceOf(UsageError);
    expect(late.message).toBe(`AUTHENTICATE X-OWN: sasl.respond gives bytes (Uint8Array), and gave ${shown}`);
    const initial = client.authenticate({ sasl: { name: 'X-OWN', initial: () => given, respond: () => given } });
    const early = await rejection(initial);
    expect(early).toBeInstanceOf(UsageError);
    expect(early.message).toBe(`AUTHENTICATE X-OWN: sasl.initial gives bytes (Uint8Array), and gave ${shown}`);
    await client.noop();
    client.close();
  });
});

describe('a client that is connected', () => {
  it('no longer listens to the signal that its opening had', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('NOOP');
      await peer.expect('LOGOUT', '* BYE');
      peer.socket.end();
    });
    const controller = new AbortController();
    const client = await connect({ ...server.options, signal: controller.signal });
    controller.abort();
    await client.noop();
    await client.logout();
    expect(await rejection(client.noop())).not.toBeInstanceOf(UsageError);
  });

  it('is not refused for the number of the port, whoever listens', async () => {
    const listener = createServer((socket) => socket.end('* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n'));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = await connect({ host: '127.0.0.1', port, security: 'none' });
    const { error } = await new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', phase: 'command' });
    expect(client.state).toBe('closed');
    await new Promise((resolve) => listener.close(resolve));
  });
});
