/** Connecting: security, URLs, sockets of one's own, credentials; against the in-memory server and scripted ones. */
import { spawn } from 'node:child_process';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Auth,
  AuthenticationError,
  ConnectionError,
  type ConnectOptions,
  connect,
  type LogEntry,
  UsageError,
} from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { failing, type Peer, scripted } from './scripted.ts';

let server: ImapServer;
let options: ConnectOptions;
const auth = { user: 'user', pass: 'pass' };
const tls = { ca: AUTHORITY };

beforeAll(async () => {
  server = await createServer({ tls: GOOD, users: { user: 'pass', 'q"u\\o te': 'p"a\\s s%{3}', ümlaut: 'pässwörd€' } });
  options = { host: server.host, port: server.port, security: 'none', auth };
});
afterAll(() => server.close());

const tlsPort = () => server.tlsPort ?? 0;

describe('security', () => {
  it.each<['tls' | 'starttls']>([['tls'], ['starttls']])(
    '%s fails with what checkServerIdentity throws',
    async (how) => {
      const reason = new Error('another fingerprint');
      for (const thrown of [reason, undefined]) {
        const checkServerIdentity = () => {
          throw thrown;
        };
        const port = how === 'tls' ? tlsPort() : server.port;
        const refused = connect({ ...options, port, security: how, tls: { ...tls, checkServerIdentity } });
        expect(await rejection(refused)).toMatchObject({
          name: 'ConnectionError',
          phase: 'tls',
          code: 'CONNECTION_LOST',
        });
      }
    },
  );

  it('tells the server by which name it is asked (SNI), which an address is not', async () => {
    const names: unknown[] = [];
    await using named = await scripted((peer) => {
      names.push((peer.socket as TLSSocket).servername); // with a certificate it listens to TLS
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
    }, GOOD);
    const { port } = named;
    const any = { ...tls, checkServerIdentity: () => undefined };
    for (const more of [
      { host: 'localhost' },
      { host: '127.0.0.1' },
      { host: 'mail.example', socket: () => connectTcp(port) },
    ]) {
      const client = await connect({ ...named.options, ...more, tls: any });
      client.close();
    }
    expect(names).toEqual(['localhost', false, 'mail.example']);
  });

  it('is TLS from the first byte unless said otherwise', async () => {
    await using client = await connect({ host: server.host, port: tlsPort(), tls, auth });
    expect([client.secure, client.state]).toEqual([true, 'authenticated']);
    await client.noop();
  });

  it('is STARTTLS where asked for: capabilities are asked again, and nothing but STARTTLS goes before it', async () => {
    const log: LogEntry[] = [];
    await using client = await connect({
      ...options,
      host: 'localhost',
      security: 'starttls',
      tls,
      log: (entry) => log.push(entry),
    });
    expect([client.secure, client.state]).toEqual([true, 'authenticated']);
    const out = log.filter(({ direction }) => direction === 'out').map(({ text }) => text.replace(/^A\d+ /, ''));
    expect(out.slice(0, 2)).toEqual(['STARTTLS', 'CAPABILITY']);
    await client.noop();
  });

  it('is none where asked for', async () => {
    await using client = await connect(options);
    expect(client.secure).toBe(false);
  });

  it('lets no credentials cross a network in cleartext, unless it is asked to', async () => {
    let opened = 0;
    const socket = () => {
      opened++;
      return connectTcp({ host: server.host, port: server.port });
    };
    const far: ConnectOptions = { host: 'mail.example.org', security: 'none', auth, socket };
    const error = await rejection(connect(far));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'CLEARTEXT_AUTH' });
    expect(opened).toBe(0);
    await using client = await connect({ ...far, allowCleartextAuth: true });
    expect(client.state).toBe('authenticated');
    const { auth: _, ...anonymous } = far;
    await using unauthenticated = await connect(anonymous);
    expect(unauthenticated.state).toBe('connected');
    expect(opened).toBe(2);
  });
});

describe('without credentials', () => {
  it('a client is connected, and what needs more is refused by the server', async () => {
    const { auth: _, ...anonymous } = options;
    await using client = await connect(anonymous);
    expect(client.state).toBe('connected');
    await client.noop();
    expect(await rejection(client.list())).toMatchObject({ name: 'CommandError', status: 'BAD' });
    expect(await rejection(client.open('INBOX'))).toMatchObject({ name: 'CommandError' });
    await client.noop();
  });

  it('PREAUTH authenticates, with credentials or without', async () => {
    await using preauthenticated = await createServer({ greeting: 'PREAUTH [CAPABILITY IMAP4rev1] ready' });
    const { host, port } = preauthenticated;
    for (const more of [{}, { auth: { user: 'nobody', pass: 'nothing' } }]) {
      await using client = await connect({ host, port, security: 'none', ...more });
      expect(client.state).toBe('authenticated');
      expect((await client.open('INBOX')).exists).toBe(0);
    }
  });
});

describe('alerts that come while connecting, from the OK of authentication on', () => {
  const OFFERED = 'CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR COMPRESS=DEFLATE';
  const ANSWERS: Record<string, string[]> = {
    AUTHENTICATE: ['* OK [ALERT] two', 'OK [ALERT] three'],
    CAPABILITY: [`* ${OFFERED}`, 'OK'],
    COMPRESS: ['NO [ALERT] four'],
    NOOP: ['* OK [ALERT] five', 'OK'],
  };

  async function alerting(peer: Peer): Promise<void> {
    peer.send(`* OK [${OFFERED}] hello`, '* OK [ALERT] one');
    for (let { tag, text } = await peer.command(); !peer.closed; { tag, text } = await peer.command()) {
      const lines = ANSWERS[text.split(' ', 1).join('')] ?? ['BAD'];
      peer.send(...lines.map((line) => (line.startsWith('*') ? line : `${tag} ${line}`)));
    }
  }

  /** What is told to a listener that comes a moment after the client. */
  async function toldTo(more: Partial<ConnectOptions>, tlsOptions?: typeof GOOD): Promise<string[]> {
    await using peers = await scripted(alerting, tlsOptions);
    const client = await connect({ ...peers.options, auth, ...more });
    await new Promise(setImmediate);
    const told: string[] = [];
    const off = client.on('alert', ({ text }) => told.push(text));
    expect(told).toEqual([]);
    await client.noop();
    off();
    client.on('alert', ({ text }) => told.push(`again: ${text}`));
    client.close();
    return told;
  }

  it.each([[false], [true]])('are told to the first who listens (reconnect: %s)', async (reconnect) => {
    expect(await toldTo({ tls, reconnect }, GOOD)).toEqual(['three', 'four', 'five']);
  });

  it('are not told without TLS: anybody can have written them', async () => {
    expect(await toldTo({ compress: false })).toEqual([]);
  });

  it('are told with those of the next connection', async () => {
    await using peers = await scripted(alerting, GOOD);
    const client = await connect({ ...peers.options, auth, tls, reconnect: { minDelay: 1 } });
    const told: string[] = [];
    client.on('alert', ({ text }) => told.push(text));
    const back = new Promise((resolve) => client.on('reconnected', resolve));
    peers.peers[0]?.socket.destroy();
    await back;
    client.close();
    expect(told).toEqual(['three', 'four', 'three', 'four']);
  });

  it.each([[false], [true]])('wait where who came to listen left at once (reconnect: %s)', async (reconnect) => {
    await using peers = await scripted(alerting, GOOD);
    const client = await connect({ ...peers.options, auth, tls, reconnect });
    const told: string[] = [];
    const listen = () => client.on('alert', ({ text }) => told.push(text));
    listen()();
    await new Promise(setImmediate);
    listen();
    await new Promise(setImmediate);
    client.close();
    expect(told).toEqual(['three', 'four']);
  });

  it('wait where nobody listens as the connection is replaced', async () => {
    await using peers = await scripted(alerting, GOOD);
    const client = await connect({ ...peers.options, auth, tls, reconnect: { minDelay: 1 } });
    const back = new Promise((resolve) => client.on('reconnected', resolve));
    peers.peers[0]?.socket.destroy();
    await back;
    const told: string[] = [];
    client.on('alert', ({ text }) => told.push(text));
    await new Promise(setImmediate);
    client.close();
    expect(told).toEqual(['three', 'four']);
  });

  it('are told once a client is authenticated that was not', async () => {
    await using peers = await scripted(alerting, GOOD);
    const client = await connect({ ...peers.options, tls });
    const told: string[] = [];
    client.on('alert', ({ text }) => told.push(text));
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    await client.authenticate(auth);
    client.close();
    expect(told).toEqual(['three']);
  });
});

describe('a connection that ends as soon as it is ready', () => {
  const bye = '* BYE [UNAVAILABLE] too many sessions';
  it.each<[string, (peer: Peer) => unknown]>([
    ['PREAUTH', (peer) => peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready', bye)],
    [
      'authentication',
      async (peer) => {
        peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready');
        const { tag } = await peer.command();
        peer.send(`${tag} OK [CAPABILITY IMAP4rev1] done`, bye);
      },
    ],
    [
      'a COMPRESS that is refused',
      async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready');
        const { tag } = await peer.command();
        peer.send(`${tag} NO not now`, bye);
      },
    ],
  ])('is none: BYE behind %s', async (_, play) => {
    const error = await failing(play, { auth });
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'BYE', responseCode: { name: 'UNAVAILABLE' } });
  });
});

describe('options', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no host', {}],
    ['an empty host', { host: '' }],
    ['a host with a space', { host: 'a b' }],
    ['a URL as host', { host: 'imaps://example.org' }],
    ['a host with CR LF', { host: 'a\r\nb' }],
    ['port 0', { host: 'x', port: 0 }],
    ['port 70000', { host: 'x', port: 70_000 }],
    ['a port of text', { host: 'x', port: '993' }],
    ['unknown security', { host: 'x', security: 'ssl' }],
    ['a timeout of 0', { host: 'x', timeouts: { connect: 0 } }],
    ['a timeout of text', { host: 'x', timeouts: { inactivity: '5' } }],
    ['a timeout for ever', { host: 'x', timeouts: { farewell: Number.POSITIVE_INFINITY } }],
    ['timeouts of null', { host: 'x', timeouts: null }],
    ['timeouts of a number', { host: 'x', timeouts: 5 }],
    ['limits of null', { host: 'x', limits: null }],
    ['reconnect of null', { host: 'x', reconnect: null }],
    ['reconnect of text', { host: 'x', reconnect: 'yes' }],
    ['a signal that is none', { host: 'x', signal: 5 }],
    ['a signal that is another object', { host: 'x', signal: {} }],
    ['a permission that is no boolean', { host: 'x', allowCleartextAuth: 'false' }],
    ['a compress that is no boolean', { host: 'x', compress: 'false' }],
    ['a log that is no function', { host: 'x', log: 5 }],
    ['tls of text', { host: 'x', tls: 'yes' }],
    ['a limit below 0', { host: 'x', limits: { line: -1 } }],
    ['a limit that is no number', { host: 'x', limits: { buffer: Number.NaN } }],
    ['a limit of text', { host: 'x', limits: { literal: '5' } }],
    ['no URL', 'example.org'],
    ['a URL of HTTP', 'https://example.org/'],
    ['a URL without host', 'imaps:///'],
    ['a URL with a broken user', 'imaps://%ff%:x@example.org/'],
    ['a URL with a user and no password', 'imaps://joe@example.org/'],
    ['a user with CR LF', { host: 'x', auth: { user: 'a\r\nb', pass: 'x' } }],
    ['no user', { host: 'x', auth: { user: '', pass: 'x' } }],
    ['no password', { host: 'x', auth: { user: 'a' } }],
    ['a password with NUL', { host: 'x', auth: { user: 'a', pass: 'x\0y' } }],
    ['a token with a space', { host: 'x', auth: { user: 'a', accessToken: 'x y' } }],
    ['a mechanism that does not fit', { host: 'x', auth: { user: 'a', pass: 'x', mechanism: 'XOAUTH2' } }],
    ['auth of text', { host: 'x', auth: 'secret' }],
    ['an auth function that gives nothing', { host: 'x', auth: () => undefined }],
    ['clientId of no fields', { host: 'x', clientId: ['imapwire'] }],
    ['clientId of a promise', { host: 'x', clientId: Promise.resolve({ name: 'x' }) }],
    ['a SASL mechanism without a name', { host: 'x', auth: { sasl: { respond: () => Buffer.alloc(0) } } }],
  ])('are refused before a connection is opened: %s', async (_, given) => {
    let opened = 0;
    const socket = () => {
      opened++;
      return connectTcp({ host: server.host, port: server.port });
    };
    const full = typeof given === 'object' && given !== null ? { socket, ...given } : given;
    const error = await rejection((async () => connect(full as ConnectOptions))()); // what a caller without types may write
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).not.toMatch(/secret|x y/);
    expect(opened).toBe(0);
  });

  it.each<[string, unknown]>([
    ['connect: port is no number from 1 to 65535: 0', { host: 'x', port: 0 }],
    ['connect: security is none of tls, starttls and none: "ssl"', { host: 'x', security: 'ssl' }],
    ['connect: the options are an object or a URL', undefined],
    ['connect: timeouts: not an option: "conect"', { host: 'x', timeouts: { conect: 5 } }],
    ['connect: limits: not an option: "lines"', { host: 'x', limits: { lines: 5 } }],
    ['connect: reconnect: not an option: "minDelays"', { host: 'x', reconnect: { minDelays: 5 } }],
  ])('are told with the call that they were given to: %s', async (message, given) => {
    expect(await rejection(connect(given as ConnectOptions))).toMatchObject({ message }); // as above
  });

  it('fail with what the auth function throws, and leave nothing open', async () => {
    const reason = new RangeError('no token today');
    const failing = [
      () => Promise.reject(reason),
      () => {
        throw reason;
      },
    ];
    for (const fail of failing) expect(await rejection(connect({ ...options, auth: fail }))).toBe(reason);
    await using client = await connect({ ...options, auth: async () => auth });
    expect(client.state).toBe('authenticated');
  });
});

/** What a program hands over that fills in what it has. */
function withUndefined(given: Auth, name: 'pass' | 'accessToken' | 'sasl'): Auth {
  return { ...given, [name]: undefined };
}

describe('credentials', () => {
  const cases: [string, Auth][] = [
    ['the LOGIN command', { ...auth, mechanism: 'LOGIN' }],
    ['PLAIN', { ...auth, mechanism: 'PLAIN' }],
    ['CRAM-MD5', { ...auth, mechanism: 'CRAM-MD5' }],
    ['whatever is best', auth],
    ['XOAUTH2', { user: 'user', accessToken: 'pass', mechanism: 'XOAUTH2' }],
    ['a token, and whatever is best', { user: 'user', accessToken: 'pass' }],
    ['a token, and a password that is undefined', withUndefined({ user: 'user', accessToken: 'pass' }, 'pass')],
    ['a password, and a token that is undefined', withUndefined(auth, 'accessToken')],
    [
      'a password for LOGIN, and a mechanism of one’s own that is undefined',
      withUndefined({ ...auth, mechanism: 'LOGIN' }, 'sasl'),
    ],
    ['quotes, backslashes and spaces', { user: 'q"u\\o te', pass: 'p"a\\s s%{3}' }],
    ['quotes, backslashes and spaces in LOGIN', { user: 'q"u\\o te', pass: 'p"a\\s s%{3}', mechanism: 'LOGIN' }],
    ['UTF-8', { user: 'ümlaut', pass: 'pässwörd€' }],
    ['UTF-8 in PLAIN', { user: 'ümlaut', pass: 'pässwörd€', mechanism: 'PLAIN' }],
    [
      'a mechanism of one’s own',
      { sasl: { name: 'PLAIN', initial: () => Buffer.from('\0user\0pass'), respond: () => Buffer.alloc(0) } },
    ],
    [
      'a mechanism that answers',
      {
        sasl: {
          name: 'LOGIN',
          respond: async (challenge) => Buffer.from(challenge.toString().startsWith('User') ? 'user' : 'pass'),
        },
      },
    ],
  ];

  it.each(cases)('by %s', async (_, given) => {
    await using client = await connect({ ...options, auth: given });
    expect(client.state).toBe('authenticated');
  });

  it('that are wrong: AuthenticationError, and the connection is closed', async () => {
    for (const wrong of [
      { user: 'user', pass: 'wrong secret' },
      { user: 'user', pass: 'wrong secret', mechanism: 'LOGIN' },
      { user: 'user', pass: 'wrong secret', mechanism: 'PLAIN' },
      { user: 'user', pass: 'wrong secret', mechanism: 'CRAM-MD5' },
      { user: 'user', accessToken: 'wrong-secret' },
    ] satisfies Auth[]) {
      const error = await rejection(connect({ ...options, auth: wrong }));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ name: 'AuthenticationError', code: 'AUTHENTICATIONFAILED', status: 'NO' });
      expect(JSON.stringify(error) + error.stack).not.toMatch(/wrong.secret/);
    }
    await expect.poll(() => server.connections).toBe(0);
  });

  it('that nothing offered fits: UsageError before they are sent', async () => {
    for (const unfit of [
      { ...auth, mechanism: 'SCRAM-SHA-512' },
      { mechanism: 'EXTERNAL' },
      { mechanism: 'ANONYMOUS' },
    ] satisfies Auth[]) {
      const log: LogEntry[] = [];
      const error = await rejection(connect({ ...options, auth: unfit, log: (entry) => log.push(entry) }));
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: 'NO_MECHANISM' });
      expect(log.filter(({ direction, text }) => direction === 'out' && /AUTHENTICATE|LOGIN/.test(text))).toEqual([]);
    }
  });

  it('are not sent where login is disabled', async () => {
    await using strict = await createServer({ tls: GOOD, requireTls: true, users: { user: 'pass' } });
    const strictOptions: ConnectOptions = { host: strict.host, port: strict.port, security: 'none', auth };
    expect(await rejection(connect(strictOptions))).toMatchObject({ name: 'UsageError', code: 'NO_MECHANISM' });
    await using client = await connect({ ...strictOptions, security: 'starttls', tls });
    expect(client.state).toBe('authenticated');
  });
});

describe('a byte stream of one’s own', () => {
  it('is a socket, connected or not yet', async () => {
    for (const wait of [false, true]) {
      const socket = async () => {
        const opened = connectTcp({ host: server.host, port: server.port });
        if (wait) await new Promise((resolve) => opened.once('connect', resolve));
        return opened;
      };
      for (const security of ['none', 'starttls'] as const) {
        await using client = await connect({ ...options, host: 'localhost', security, tls, socket });
        expect([client.secure, (await client.open('INBOX')).exists]).toEqual([security === 'starttls', 0]);
      }
    }
    const socket = () => connectTcp({ host: server.host, port: tlsPort() });
    await using client = await connect({ ...options, host: 'localhost', security: 'tls', tls, socket });
    expect(client.secure).toBe(true);
  });

  it('is any Duplex: TLS and STARTTLS run on top of it', async () => {
    const duplex = (port: number) => () => {
      const socket = connectTcp({ host: server.host, port });
      // Not a socket any more: what a library for proxies or tunnels gives.
      return Duplex.from({ readable: socket, writable: socket });
    };
    for (const [security, port] of [
      ['none', server.port],
      ['starttls', server.port],
      ['tls', tlsPort()],
    ] as const) {
      const client = await connect({ ...options, host: 'localhost', security, tls, socket: duplex(port) });
      expect([security, client.secure, client.state]).toEqual([security, security !== 'none', 'authenticated']);
      await client.append('INBOX', { content: `Subject: x\r\n\r\n${'y'.repeat(200_000)}\r\n` });
      const inbox = await client.open('INBOX');
      expect((await inbox.fetchOne({ seq: 1 }, { source: true }))?.source.length).toBe(200_016);
      await inbox.deleteMessages('1:*');
      await client.logout();
    }
  });

  it('is the stdio of a child process', async () => {
    const program = `
      const socket = require('node:net').connect(${server.port}, '${server.host}');
      process.stdin.pipe(socket); socket.pipe(process.stdout);
      socket.on('close', () => process.exit(0));`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    const client = await connect({
      ...options,
      socket: () => Duplex.from({ readable: child.stdout, writable: child.stdin }),
    });
    expect((await client.open('INBOX')).exists).toBe(0);
    await client.logout();
    expect(await exited).toBe(0);
  });

  it('that throws as it is written to ends the connection, with what it threw', async () => {
    const reason = new Error('no more');
    let broken = false;
    const socket = () => {
      const below = connectTcp({ host: server.host, port: server.port });
      const stream = new Duplex({
        read() {},
        write(chunk, _encoding, done) {
          if (broken) throw reason;
          below.write(chunk);
          done();
        },
        destroy(error, done) {
          below.destroy();
          done(error);
        },
      });
      below.on('data', (chunk) => stream.push(chunk));
      return stream;
    };
    for (const compress of [false, true]) {
      broken = false;
      const client = await connect({ ...options, socket, compress });
      broken = true;
      const failure = await rejection(client.noop());
      expect(failure).toMatchObject({ name: 'ConnectionError', code: 'CONNECTION_LOST', cause: reason });
      expect(client.state).toBe('closed');
      expect(await rejection(connect({ ...options, socket }))).toMatchObject({ cause: reason });
    }
  });

  it('that can not be had, or breaks', async () => {
    const reason = new RangeError('no tunnel');
    expect(await rejection(connect({ ...options, socket: () => Promise.reject(reason) }))).toBe(reason);
    const broken = connect({
      ...options,
      socket: () => {
        const socket = connectTcp({ host: server.host, port: server.port });
        socket.once('data', () => socket.destroy(new Error('the tunnel broke')));
        return socket;
      },
    });
    const error = await rejection(broken);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain('the tunnel broke');
    expect(await rejection(connect({ ...options, socket: () => undefined as unknown as Duplex }))).toBeInstanceOf(
      UsageError,
    ); // what a caller without types may write
  });

  it('that is closed without a word in the TLS handshake is not waited for', async () => {
    const socket = () => {
      const stream: Duplex = new Duplex({ read() {}, write: () => void stream.destroy() });
      return stream;
    };
    expect(await rejection(connect({ ...options, security: 'tls', socket }))).toMatchObject({
      name: 'ConnectionError',
      phase: 'tls',
      code: 'CONNECTION_LOST',
    });
  });

  it('is one of bytes: what gives text or objects is refused, and closed', async () => {
    const text = () => connectTcp({ host: server.host, port: server.port }).setEncoding('latin1');
    const objects = () =>
      new Duplex({ readableObjectMode: true, read() {}, write: (_chunk, _encoding, done) => done() });
    for (const security of ['none', 'starttls', 'tls'] as const) {
      for (const make of [text, objects]) {
        const stream = make();
        const error = await rejection(connect({ ...options, security, tls, socket: () => stream }));
        expect(error, `${security} ${make.name}`).toMatchObject({ name: 'UsageError' });
        expect(error.message).toBe('The socket option gave a stream of text or objects, and not of bytes');
        expect(stream.destroyed).toBe(true);
      }
    }
  });

  it('that can not be closed is none', async () => {
    const endless = { on: () => {}, write: () => true } as unknown as Duplex; // what a caller without types may write
    const error = await rejection(connect({ ...options, socket: () => endless }));
    expect(error).toMatchObject({ name: 'UsageError', message: 'The socket option gave no byte stream' });
  });

  const ended = () => {
    const stream = new PassThrough().end();
    stream.resume();
    return new Promise<Duplex>((resolve) => stream.once('end', () => resolve(stream)));
  };
  const destroyed = (reason?: Error) => () => {
    const stream = new PassThrough();
    stream.on('error', () => {});
    stream.destroy(reason);
    return new Promise<Duplex>((resolve) => stream.once('close', () => resolve(stream)));
  };
  /** Before TLS can listen to it. */
  const failing = async () => {
    const stream = new PassThrough();
    const fail = () => stream.destroy().emit('error', new Error('the tunnel broke'));
    void Promise.resolve().then().then().then().then(fail);
    return stream;
  };
  it.each<[string, () => Duplex | Promise<Duplex>, string]>([
    ['has come to its end', ended, 'closed'],
    ['was destroyed', destroyed(), 'closed'],
    ['has failed', destroyed(new Error('the tunnel broke')), 'the tunnel broke'],
    ['fails at once', failing, ''],
  ])('that %s, is not waited for', async (_, socket, why) => {
    for (const security of ['none', 'starttls', 'tls'] as const) {
      const error = await rejection(connect({ ...options, security, socket }));
      expect(error, security).toBeInstanceOf(ConnectionError);
      expect(error, security).toMatchObject({ code: 'CONNECTION_LOST' });
      expect(error.message, security).toContain(why);
    }
  });
});

describe('the client’s own name', () => {
  it('is told with ID where offered, and not where it is not wanted', async () => {
    const ids: string[] = [];
    await using listening = await createServer({
      log: ({ direction, text }) => {
        if (direction === 'in' && / ID /.test(text)) ids.push(text.replace(/^\S+ /, ''));
      },
    });
    const base: ConnectOptions = { host: listening.host, port: listening.port, security: 'none', auth };
    for (const clientId of [undefined, { name: 'mine', 'os"x': 'a\\b' }, false] as const) {
      const client = await connect(clientId === undefined ? base : { ...base, clientId });
      await client.noop();
      await client.logout();
    }
    expect(ids).toEqual(['ID ("name" "imapwire")', 'ID ("name" "mine" "os\\"x" "a\\\\b")']);
  });

  it('is answered with the server’s: equal answers are one object, which nobody can change', async () => {
    let names = ['Replay', 'Replay', 'Other'];
    await using telling = await scripted(async (peer) => {
      const [name, ...rest] = names;
      names = rest;
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ID] ready');
      await peer.expect('ID', `* ID ("name" "${name}")`);
      await peer.expect('NOOP');
    });
    const { clientId: _, ...base } = telling.options;
    const told = [];
    for (let n = 0; n < 3; n++) {
      const client = await connect(base);
      await client.noop();
      told.push(client.serverId ?? {});
      client.close();
    }
    expect(told).toEqual([{ name: 'Replay' }, { name: 'Replay' }, { name: 'Other' }]);
    expect(told[0]).toBe(told[1]);
    expect(told.every(Object.isFrozen)).toBe(true);
  });

  it.each<[string, Record<string, string>, string]>([
    ['more than 30 fields', Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`x${n}`, ''])), 'more than 30'],
    ['a long name', { ['n'.repeat(31)]: '' }, 'more than 30 bytes'],
    ['a long value', { name: 'ü'.repeat(513) }, 'name: the value has more than 1024 bytes'],
    ['a name that comes twice', { name: 'a', NAME: 'b' }, 'twice'],
    ['a line end', { name: 'a\r\nb' }, 'name: CR, LF'],
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give
    ['a value that is no text', { version: 1 as any }, 'version: not a text'],
  ])('does not have %s (RFC 2971 §3.3): it is found before anything is sent', async (_, fields, message) => {
    const { clientId: __, ...base } = options;
    expect(await rejection(connect({ ...base, clientId: fields }))).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(`^connect: clientId: .*${message}`),
    });
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ID] ready');
      await peer.expect('ID (', '* ID NIL');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    expect(await rejection(client.id(fields))).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(`^ID: .*${message}`),
    });
    expect(await client.id({ ['n'.repeat(30)]: 'v'.repeat(1000) })).toEqual({});
  });

  it('may be refused: the client goes on, and notes it', async () => {
    await using refusing = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ID] ready');
      const { tag } = await peer.command();
      peer.send(`${tag} BAD no ID here`);
      await peer.expect('NOOP');
    });
    const { clientId: _, ...base } = refusing.options;
    const notes: string[] = [];
    const client = await connect({ ...base, log: ({ direction, text }) => direction === 'note' && notes.push(text) });
    await client.noop();
    expect(client.serverId).toBeUndefined();
    expect(notes).toEqual(['The server refused ID']);
    client.close();
  });

  it('is not noted as refused where the connection has gone before the answer came', async () => {
    await using leaving = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ID] ready');
      await peer.command();
      peer.socket.destroy();
    });
    const { clientId: _, ...base } = leaving.options;
    const notes: string[] = [];
    const client = await connect({ ...base, log: ({ direction, text }) => direction === 'note' && notes.push(text) });
    expect(await rejection(client.noop())).toMatchObject({ name: 'ConnectionError' });
    expect(notes).toEqual([]);
  });
});

describe('a port', () => {
  it('may be another server’s: nothing is sent to one that does not greet', async () => {
    const received: Buffer[] = [];
    const silent = createTcpServer((socket) => {
      socket.on('data', (chunk) => received.push(chunk));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await rejection(connect({ ...options, port, timeouts: { connect: 200 } }));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'greeting' });
    expect(received).toEqual([]);
    await new Promise((resolve) => silent.close(resolve));
  });
});
