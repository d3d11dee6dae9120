/** A server that hangs while a connection is opened: given up in its time, in whatever phase, and nothing is left open. */
import { connect as connectTcp } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConnectionError, type ConnectOptions, connect } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { CREDENTIALS, failing, GREETING, leavesNothing, type Peer, scripted } from './scripted.ts';

const auth = CREDENTIALS;

/** A server that hangs in each phase in turn, with the options that lead there. */
const HANGING: [phase: string, name: string, play: (peer: Peer) => unknown, more: Partial<ConnectOptions>][] = [
  ['connect', 'an auth function', () => {}, { auth: () => new Promise<never>(() => {}) }],
  ['connect', 'a socket function', () => {}, { socket: () => new Promise<never>(() => {}) }],
  ['tls', 'the TLS handshake', () => {}, { security: 'tls', auth }],
  ['greeting', 'the greeting', () => {}, { auth }],
  ['greeting', 'a greeting byte by byte', (peer) => peer.socket.write('* OK [CAPAB'), { auth }],
  ['tls', 'the answer to STARTTLS', (peer) => peer.send(GREETING), { security: 'starttls', auth }],
  [
    'tls',
    'the handshake after STARTTLS',
    async (peer) => {
      peer.send(GREETING);
      await peer.expect('STARTTLS');
    },
    { security: 'starttls', auth },
  ],
  ['authenticate', 'CAPABILITY', (peer) => peer.send('* OK ready'), { auth }],
  ['authenticate', 'LOGIN', (peer) => peer.send('* OK [CAPABILITY IMAP4rev1] x'), { auth }],
  ['authenticate', 'AUTHENTICATE', (peer) => peer.send(GREETING), { auth }],
  [
    'authenticate',
    'a challenge',
    async (peer) => {
      peer.send(GREETING);
      await peer.command();
      peer.send('+ PDEyM0BsPg==');
    },
    { auth: { ...auth, mechanism: 'CRAM-MD5' } },
  ],
  [
    'authenticate',
    'a SASL function',
    async (peer) => {
      peer.send(GREETING);
      await peer.command();
      peer.send('+ ');
    },
    { auth: { sasl: { name: 'X-OWN', respond: () => new Promise<never>(() => {}) } } },
  ],
  [
    'authenticate',
    'a SASL function before anything is sent',
    (peer) => peer.send(GREETING),
    { auth: { sasl: { name: 'X-OWN', initial: () => new Promise<never>(() => {}), respond: () => Buffer.alloc(0) } } },
  ],
  [
    'authenticate',
    'CAPABILITY after LOGIN',
    async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1] x');
      await peer.expect('LOGIN');
    },
    { auth },
  ],
];

// What is loaded with the first connection is not to take a part of its time.
beforeAll(() => import('../../src/connected.ts'));

describe('a server that hangs', () => {
  it('is given up after timeouts.connect, in whatever phase', async () => {
    await Promise.all(
      HANGING.map(async ([phase, name, play, more]) => {
        const error = await failing(play, { ...more, timeouts: { connect: 1000 } });
        expect(error, name).toBeInstanceOf(ConnectionError);
        expect(error, name).toMatchObject({ code: 'TIMEOUT', phase });
        expect(error.message, name).toContain('1000 ms');
        expect(error.message.includes("Then security: 'tls'"), name).toBe(phase === 'greeting');
        const [, own] = /the (auth|socket) function has given nothing/.exec(error.message) ?? [];
        expect(own, name).toBe(phase === 'connect' ? name.split(' ')[1] : undefined);
      }),
    );
  });

  it('is given up when the signal aborts, in whatever phase', async () => {
    await Promise.all(
      HANGING.map(async ([, name, play, more]) => {
        const controller = new AbortController();
        const reason = new RangeError('changed my mind');
        let reached: () => void = () => {};
        const hanging = new Promise<void>((resolve) => {
          reached = resolve;
        });
        await using server = await scripted(async (peer) => {
          await play(peer);
          reached();
        });
        if (name === 'an auth function' || name === 'a socket function') reached();
        await leavesNothing(server, async () => {
          const connecting = rejection(connect({ ...server.options, ...more, signal: controller.signal }));
          await hanging;
          controller.abort(reason);
          expect(await connecting, name).toBe(reason);
        });
      }),
    );
  });

  it('is not even asked when the signal has aborted', async () => {
    await using server = await scripted((peer) => peer.send(GREETING));
    const reason = new RangeError('too late');
    expect(await rejection(connect({ ...server.options, signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await rejection(connect({ ...server.options, signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AbortError',
    });
    expect(server.peers).toEqual([]);
  });

  it('is left by a signal only until there is a client', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('NOOP');
    });
    const controller = new AbortController();
    const client = await connect({ ...server.options, signal: controller.signal });
    controller.abort();
    await client.noop();
    client.close();
  });

  it('may be left before it is reached: what comes late is closed', async () => {
    await using server = await scripted((peer) => peer.send(GREETING));
    const controller = new AbortController();
    let give: (socket: ReturnType<typeof connectTcp>) => void = () => {};
    const connecting = rejection(
      connect({
        ...server.options,
        signal: controller.signal,
        socket: () =>
          new Promise((resolve) => {
            give = resolve;
          }),
      }),
    );
    await Promise.resolve();
    controller.abort();
    await connecting;
    const socket = connectTcp({ host: '127.0.0.1', port: server.port });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    give(socket);
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});
