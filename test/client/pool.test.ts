/** Several connections to one account, with the in-memory server. */
import { getEventListeners } from 'node:events';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AuthenticationError,
  type ConnectOptions,
  connect as connectClient,
  createPool,
  type ImapClient,
  type ImapPool,
  type OperationOptions,
  type PoolOptions,
} from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { letters, rejection } from '../server/operations/target.ts';
import { CERTIFICATE } from '../unit/testing/certificate.ts';
import { scripted } from './scripted.ts';
import { countingVerifications } from './verifications.ts';

const USER = { user: 'user', pass: 'pass' };
let server: ImapServer;
let pool: ImapPool;
let lines: string[];

beforeEach(async () => {
  server = await createServer();
  lines = [];
});
afterEach(async () => {
  await pool.close();
  await server.close();
});

function open(more: Partial<PoolOptions> = {}): ImapPool {
  pool = createPool({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: USER,
    log: ({ direction, text, connection }) => lines.push(`${connection} ${direction} ${text}`),
    ...more,
  });
  return pool;
}

/** Holds what calls it until it is opened. */
function gate(): { passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** A connection of the pool's is in use; returns what ends that. */
async function occupied(): Promise<() => Promise<void>> {
  const held = gate();
  const begun = gate();
  const holding = pool.use(() => {
    begun.open();
    return held.passed;
  });
  await begun.passed;
  return () => {
    held.open();
    return holding;
  };
}

describe('a pool', () => {
  it('resumes TLS: the certificate is verified once, unless other options are given', async () => {
    await using secured = await createServer({ tls: CERTIFICATE });
    const verified = countingVerifications();
    const options = { host: secured.host, port: secured.tlsPort ?? 0, security: 'tls', tls: verified.tls } as const;
    open(options);
    // A ticket comes with or behind the first answer.
    await pool.use((client) => client.noop());
    const all = gate();
    let running = 0;
    const work = async () => {
      if (++running === 3) all.open();
      await all.passed;
    };
    await Promise.all([1, 2, 3].map(() => pool.use(work)));
    expect([pool.size, verified.times]).toEqual([3, 1]);

    const own: ConnectOptions = { ...options, auth: { user: 'user', pass: 'pass' } };
    for (let round = 0; round < 2; round++) {
      await using client = await connectClient(own);
      await client.noop();
    }
    expect(verified.times).toBe(1);
    own.tls = { ...verified.tls, ciphers: 'DEFAULT' };
    await using _client = await connectClient(own);
    expect(verified.times).toBe(2);
  });

  it('does not resume TLS where the options of TLS were changed within: the server would take one client for another', async () => {
    await using secured = await createServer({ tls: CERTIFICATE });
    const verified = countingVerifications();
    const tls: ConnectOptions['tls'] = verified.tls;
    const options: ConnectOptions = { host: secured.host, port: secured.tlsPort ?? 0, tls, clientId: false };
    for (const { cert, key } of [{}, CERTIFICATE]) {
      if (cert !== undefined) Object.assign(tls, { cert, key });
      await using client = await connectClient(options);
      await client.noop();
    }
    expect(verified.times).toBe(2);
  });

  describe('gives no connection on as somebody else', () => {
    const other = { user: 'other', pass: 'pass2' };
    const changes: [string, PoolOptions['auth'], (client: ImapClient) => Promise<unknown>][] = [
      ['unauthenticate', other, (client) => client.unauthenticate()],
      [
        'unauthenticate and authenticate',
        other,
        async (client) => {
          await client.unauthenticate();
          await client.authenticate({ user: 'user', pass: 'pass' });
        },
      ],
      ['proxyAuth', { user: 'admin', pass: 'pass' }, (client) => client.proxyAuth('user')],
      ['authenticate, where it was not', undefined, (client) => client.authenticate(other)],
      ['LOGIN, where it was not', undefined, (client) => client.command('LOGIN', ['other', 'pass2'])],
    ];
    for (const [name, auth, change] of changes)
      it(name, async () => {
        const users = { user: 'pass', other: 'pass2', admin: 'pass' };
        await using several = await createServer({ users, administrators: ['admin'] });
        const { host, port } = several;
        pool = createPool({ host, port, security: 'none', compress: false, max: 1, ...(auth && { auth }) });
        const clients: ImapClient[] = [];
        let before = '';
        await pool.use(async (client) => {
          before = client.state;
          clients.push(client);
          await change(client);
        });
        await pool.use(async (client) => {
          expect(client.state).toBe(before);
          clients.push(client);
        });
        expect(new Set(clients).size).toBe(2);
      });
  });

  it('opens nothing before it is used, and no more than needed', async () => {
    open();
    expect([pool.size, pool.idle, server.connections]).toEqual([0, 0, 0]);
    for (let round = 0; round < 3; round++) await pool.use((client) => client.noop());
    expect([pool.size, pool.idle, server.connections]).toEqual([1, 1, 1]);
  });

  it('runs side by side up to max, and lets the others wait in order', async () => {
    open({ max: 2 });
    const started: number[] = [];
    const gates = [gate(), gate(), gate(), gate()];
    const clients = new Set<ImapClient>();
    const done = gates.map(({ passed }, index) =>
      pool.use(async (client) => {
        started.push(index);
        clients.add(client);
        await client.noop();
        await passed;
        return index;
      }),
    );
    while (started.length < 2) await new Promise(setImmediate);
    expect([pool.size, pool.idle]).toEqual([2, 0]);
    gates[1]?.open();
    await done[1];
    while (started.length < 3) await new Promise(setImmediate);
    for (const { open: pass } of gates) pass();
    expect(await Promise.all(done)).toEqual([0, 1, 2, 3]);
    expect(started.slice(2)).toEqual([2, 3]);
    expect([...started].sort()).toEqual([0, 1, 2, 3]);
    expect(clients.size).toBe(2);
    expect(pool.idle).toBe(2);
  });

  it('prefers a connection that has the mailbox selected', async () => {
    open({ max: 3 });
    await pool.use(async (client) => {
      for (const name of ['a', 'b', 'c']) await client.create(name);
    });
    const all = ['a', 'b', 'c'];
    const both = gate();
    let inside = 0;
    const meet = async () => {
      if (++inside === 3) both.open();
      await both.passed;
    };
    await Promise.all(all.map((name) => pool.withMailbox(name, meet)));
    for (const name of ['c', 'a', 'b', 'a', 'c']) {
      expect(await pool.withMailbox(name, async (mailbox) => mailbox.name)).toBe(name);
    }
    expect(lines.filter((line) => / out A\d+ SELECT/.test(line))).toHaveLength(3);
    expect(lines.filter((line) => / out A\d+ (UNSELECT|CLOSE)/.test(line))).toHaveLength(0);
    await pool.withMailbox('a', async (mailbox) => expect(mailbox.readOnly).toBe(true), { readOnly: true });
  });

  it('passes on what the work gives and throws', async () => {
    open();
    expect(await pool.use(async () => 'given')).toBe('given');
    const error = new Error('thrown');
    expect(await rejection(pool.use(() => Promise.reject(error)))).toBe(error);
    expect(
      await rejection(
        pool.use(() => {
          throw error;
        }),
      ),
    ).toBe(error);
    expect(await rejection(pool.withMailbox('missing', async () => {}))).toMatchObject({ name: 'CommandError' });
    expect([pool.size, pool.idle]).toEqual([1, 1]);
  });

  it('closes what is idle for too long', async () => {
    open({ idleTimeout: 10 });
    await pool.use((client) => client.noop());
    expect(pool.size).toBe(1);
    while (server.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(pool.size).toBe(0);
    expect(lines.some((line) => /out A\d+ LOGOUT/.test(line))).toBe(true);
    await pool.use((client) => client.noop());
    expect(pool.size).toBe(1);
  });

  it('replaces a connection that broke, idle or in use', async () => {
    open({ max: 1 });
    await pool.use((client) => client.noop());
    server.dropConnections();
    await pool.use((client) => client.noop()).catch(() => {});
    expect(await pool.withMailbox('INBOX', async (mailbox) => mailbox.exists)).toBe(0);
    let begun = 0;
    const broken = pool.use(async (client) => {
      begun++;
      server.dropConnections();
      await client.append('INBOX', { content: letters(1)[0] ?? '' });
    });
    const next = pool.use(async (client) => client.state);
    expect(await rejection(broken)).toMatchObject({ name: 'ConnectionError' });
    expect(await next).toBe('authenticated');
    expect([pool.size, begun]).toEqual([1, 1]);
  });

  it('opens the mailbox on another connection where those that were idle have been closed by then', async () => {
    open({ max: 3 });
    const idle = async () => {
      const all = gate();
      let inside = 0;
      const meet = async () => {
        if (++inside === 3) all.open();
        await all.passed;
      };
      await Promise.all([1, 2, 3].map(() => pool.withMailbox('INBOX', meet)));
    };
    let begun = 0;
    const work = async () => ++begun;
    await idle();
    server.dropConnections();
    expect(await pool.withMailbox('INBOX', work)).toBe(1);
    await idle();
    server.dropConnections();
    const several = [1, 2, 3, 4].map(() => pool.withMailbox('INBOX', work, { readOnly: true }));
    // One connection is opened alone: who came first has it.
    expect((await Promise.all(several))[0]).toBe(2);
    await idle();
    server.dropConnections();
    const given = new AbortController();
    const late = pool.withMailbox('INBOX', work, { signal: given.signal });
    given.abort(new Error('enough'));
    expect(await rejection(late)).toMatchObject({ message: 'enough' });
    expect(begun).toBe(5);
  });

  it('rejects where the server closes the connection that was opened for it, too', async () => {
    const closing = await createServer({
      intercept: async ({ name }) => {
        if (name !== 'SELECT') return;
        closing.dropConnections();
        await new Promise(() => {});
      },
    });
    const { host, port } = closing;
    let opened = 0;
    const socket = () => {
      opened++;
      return connect(port, host);
    };
    open({ max: 1, socket });
    await pool.use((client) => client.noop());
    const work = vi.fn();
    expect(await rejection(pool.withMailbox('INBOX', work))).toMatchObject({ name: 'ConnectionError' });
    expect([work.mock.calls.length, opened]).toEqual([0, 2]);
    await closing.close();
  });

  it.each([
    ['logout, which nobody waits for', (client: ImapClient) => void client.logout()],
    ['close', (client: ImapClient) => client.close()],
  ])('gives nobody a connection that its user has ended by %s', async (_, end) => {
    open({ max: 1 });
    const ended = pool.use(async (client) => end(client));
    const next = [1, 2].map(() => pool.withMailbox('INBOX', ({ exists }) => Promise.resolve(exists)));
    expect(await Promise.all([ended, ...next])).toEqual([undefined, 0, 0]);
  });

  it('gives nobody a connection that is logged out while nobody uses it', async () => {
    open({ max: 1 });
    let leaked: ImapClient | undefined;
    await pool.use(async (client) => {
      leaked = client;
    });
    const logout = leaked?.logout();
    await pool.use((client) => client.noop());
    await logout;
  });

  it('takes a connection that has no mailbox selected, else the one that was used longest ago', async () => {
    await using client = await connectClient({ host: server.host, port: server.port, security: 'none', auth: USER });
    for (const name of ['A', 'B', 'C']) await client.create(name);
    open({ max: 2 });
    const enter = (name: string) => pool.withMailbox(name, async () => {});
    const leave = await occupied();
    await pool.use(async () => {});
    await leave();
    await enter('A');
    await pool.use(async () => {});
    await enter('B');
    await enter('A');
    await enter('C');
    await enter('A');
    const selected = lines.flatMap((line) => /^(\d+) out \S+ SELECT "?(\w+)/.exec(line)?.slice(1).join(' ') ?? []);
    const [first, second] = new Set(selected.map((line) => line.split(' ')[0]));
    expect(selected).toEqual([`${first} A`, `${second} B`, `${second} C`]);
  });

  it('lets a caller give up waiting', async () => {
    open({ max: 1 });
    const held = gate();
    const holding = pool.use(() => held.passed);
    const controller = new AbortController();
    const reason = new Error('enough');
    let done = 0;
    const work = async () => {
      done++;
    };
    const aborted = rejection(pool.use(work, { signal: controller.signal }));
    const late = rejection(pool.use(work, { timeout: 5 }));
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    held.open();
    await holding;
    expect(await rejection(pool.use(work, { signal: controller.signal }))).toBe(reason);
    await pool.use((client) => client.noop());
    expect(done).toBe(0);
  });

  it('selects nothing for a caller who gave up waiting', async () => {
    open({ max: 1 });
    const release = await occupied();
    const late = rejection(pool.withMailbox('INBOX', async () => {}, { timeout: 5 }));
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    await release();
    await pool.use((client) => client.noop());
    expect(lines.filter((line) => line.includes(' SELECT '))).toEqual([]);
  });

  it.each(['who gave up', 'whose time is over', 'of a pool that is closed'])(
    'does not try again for a caller %s',
    async (who) => {
      const selecting = gate();
      const over = gate();
      await using slow = await scripted(async (peer) => {
        const first = slow.peers.length === 1;
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
        if (first) {
          await peer.command();
          selecting.open();
          await over.passed;
          peer.socket.destroy();
        }
        while (!peer.closed) peer.send(`${(await peer.command()).tag} OK done`);
      });
      open({ ...slow.options, max: 1 });
      await pool.use(async () => {});
      const given = new AbortController();
      const bounds = who === 'whose time is over' ? { timeout: 50 } : { signal: given.signal };
      const late = rejection(pool.withMailbox('INBOX', async () => {}, bounds));
      await selecting.passed;
      if (who !== 'of a pool that is closed') {
        given.abort(new Error('enough'));
        expect(await late).toMatchObject(who === 'who gave up' ? { message: 'enough' } : { code: 'TIMEOUT' });
        over.open();
        await expect.poll(() => pool.size, { interval: 1 }).toBe(0);
        await pool.use((client) => client.noop());
        expect(slow.peers[1]?.received.map((line) => line.replace(/^\S+ /, ''))).toEqual(['NOOP']);
      } else {
        const closing = pool.close();
        over.open();
        expect(await late).toMatchObject({ name: 'ConnectionError' });
        await closing;
        expect(slow.peers).toHaveLength(1);
      }
    },
  );

  it('closes what it gave of a mailbox once the connection is given on for another', async () => {
    open({ max: 1 });
    const kept = await pool.withMailbox('INBOX', async (mailbox) => mailbox);
    await pool.withMailbox('INBOX', async () => {}, { readOnly: true });
    expect(await rejection(kept.search({}))).toMatchObject({ code: 'CLOSED' });
  });

  it('does not begin work whose mailbox is open only when its caller was told that it is too late', async () => {
    const told = gate();
    await using slow = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      const { tag } = await peer.command();
      await told.passed;
      peer.send('* 0 EXISTS', '* OK [UIDVALIDITY 1]', `${tag} OK done`);
      await peer.expect('NOOP');
      await peer.expect('LOGOUT', '* BYE');
    });
    open({ ...slow.options, max: 1 });
    await pool.use(async () => {});
    let begun = false;
    const work = async () => {
      begun = true;
    };
    expect(await rejection(pool.withMailbox('INBOX', work, { timeout: 5 }))).toMatchObject({ code: 'TIMEOUT' });
    told.open();
    await pool.use((client) => client.noop());
    expect(begun).toBe(false);
    await pool.close();
  });

  it.each([1, 5])('rejects all who wait where the credentials are refused, after one try of %s', async (max) => {
    open({ auth: { user: 'user', pass: 'wrong' }, max });
    const errors = await Promise.all([1, 2, 3].map(() => rejection(pool.use((client) => client.noop()))));
    for (const error of errors) expect(error).toBeInstanceOf(AuthenticationError);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(1);
  });

  it('opens all that are needed at once behind the first, and the first alone again once none is left', async () => {
    const greeted: (() => void)[] = [];
    await using shy = await scripted(async (peer) => {
      await new Promise<void>((resolve) => greeted.push(resolve));
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      while (!peer.closed) await peer.expect('');
    });
    open({ ...shy.options, max: 4 });
    for (const round of [1, 2]) {
      const clients: ImapClient[] = [];
      const held = gate();
      const working = [1, 2, 3, 4].map(() =>
        pool.use((client) => {
          clients.push(client);
          return held.passed;
        }),
      );
      await expect.poll(() => greeted.length).toBe(1);
      expect(shy.peers).toHaveLength(4 * (round - 1) + 1);
      greeted.pop()?.();
      // None of them has to be done before the next.
      await expect.poll(() => greeted.length).toBe(3);
      for (const greet of greeted.splice(0)) greet();
      await expect.poll(() => clients.length).toBe(4);
      held.open();
      await Promise.all(working);
      for (const client of clients) client.close();
      expect(pool.size).toBe(0);
    }
  });

  it('tries credentials that are not right any more once, though connections are open', async () => {
    let opened = 0;
    let password = 'pass';
    open({
      auth: () => ({ user: 'user', pass: password }),
      socket: () => {
        opened++;
        return connect(server.port, server.host);
      },
    });
    const release = await occupied();
    password = 'changed';
    const errors = await Promise.all([1, 2, 3].map(() => rejection(pool.use((client) => client.noop()))));
    for (const error of errors) expect(error).toBeInstanceOf(AuthenticationError);
    expect([opened, pool.size]).toEqual([2, 1]);
    await release();
  });

  it.each([
    '[ALERT] Too many simultaneous connections. (Failure)',
    '[UNAVAILABLE] Later',
    '[INUSE] The mailbox is locked',
  ])('makes do with fewer where the server lets no more in: NO %s', async (refusal) => {
    let connections = 0;
    await using full = await scripted(async (peer) => {
      const first = connections++ === 0;
      peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello');
      const { tag } = await peer.command();
      peer.send(first ? `${tag} OK [CAPABILITY IMAP4rev1] in` : `${tag} NO ${refusal}`);
      while (!peer.closed) await peer.expect('');
    });
    open({ ...full.options, max: 3 });
    const numbers = await Promise.all([1, 2, 3, 4].map((n) => pool.use((client) => client.noop().then(() => n))));
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect(pool.size).toBe(1);
  });

  it('rejects all who wait where the first connection hangs, when its time is over', async () => {
    await using silent = await scripted((peer) => peer.gone());
    let opened = 0;
    const socket = () => {
      opened++;
      return connect(silent.port);
    };
    open({ ...silent.options, socket, max: 3, timeouts: { connect: 20 } });
    const errors = await Promise.all([1, 2, 3].map(() => rejection(pool.use((client) => client.noop()))));
    for (const error of errors) expect(error).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT' });
    expect(opened).toBe(1);
  });

  it('rejects all who wait where no connection can be opened', async () => {
    open({ max: 2 });
    await server.close();
    const errors = await Promise.all([1, 2, 3].map(() => rejection(pool.use((client) => client.noop()))));
    for (const error of errors) expect(error).toMatchObject({ name: 'ConnectionError', code: 'ECONNREFUSED' });
    server = await createServer();
  });

  it('makes do with fewer where the server takes no more', async () => {
    const refusing = createNetServer((socket) => {
      socket.on('error', () => {});
      socket.end('* BYE [LIMIT] Too many connections\r\n');
    });
    await new Promise<void>((resolve) => refusing.listen(0, server.host, resolve));
    const { port } = refusing.address() as AddressInfo; // of a TCP server that listens
    let opened = 0;
    open({ max: 3, socket: () => connect(++opened > 1 ? port : server.port, server.host) });
    const numbers = await Promise.all([1, 2, 3, 4].map((n) => pool.use((client) => client.noop().then(() => n))));
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect([pool.size, opened]).toEqual([1, 3]);
    await new Promise((resolve) => refusing.close(resolve));
  });

  it('tries for more again after a minute, though none of those that it has is ever idle', async () => {
    let opened = 0;
    const refused = gate();
    const refusing = () => connect(1, server.host).on('close', () => setImmediate(refused.open));
    open({ socket: () => (++opened === 2 ? refusing() : connect(server.port, server.host)) });
    const release = await occupied();
    const second = pool.use((client) => client.noop());
    await refused.passed;
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 61_000);
    await Promise.all([second, pool.use((client) => client.noop())]);
    clock.mockRestore();
    await release();
  });

  it('waits for what runs when it is closed, and refuses the rest', async () => {
    open({ max: 1 });
    const held = gate();
    const holding = pool.use(async (client) => {
      await held.passed;
      await client.noop();
      return 'done';
    });
    const waiting = rejection(pool.use((client) => client.noop()));
    while (pool.size === 0) await new Promise(setImmediate);
    const closing = pool.close();
    expect(await waiting).toMatchObject({ code: 'CLOSED' });
    held.open();
    expect(await holding).toBe('done');
    await closing;
    await pool.close();
    expect(pool.size).toBe(0);
    expect(await rejection(pool.use((client) => client.noop()))).toMatchObject({ code: 'CLOSED' });
  });

  it('leaves no timer and listens to no signal, however its work and its connections ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      open({ max: 1 });
      const controller = new AbortController();
      const bounds = { timeout: 3_600_000, signal: controller.signal };
      const client = await pool.use(async (one) => one, bounds);
      expect(await rejection(pool.use(() => Promise.reject(new Error('thrown')), bounds))).toMatchObject({
        message: 'thrown',
      });
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
      for (let round = 0; round < 3; round++) await pool.use((one) => one.noop(), bounds);
      await new Promise(setImmediate);
      // The one that closes it once it is idle for too long.
      expect([pool.idle, vi.getTimerCount()]).toEqual([1, 1]);
      client.close();
      expect([pool.size, vi.getTimerCount()]).toEqual([0, 0]);
      const release = await occupied();
      const waiting = rejection(pool.use((one) => one.noop(), bounds));
      controller.abort();
      await waiting;
      await release();
      await pool.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps a connection from others until the work has ended that was given up', async () => {
    open({ max: 1 });
    const [begun, held] = [gate(), gate()];
    const controller = new AbortController();
    let working = true;
    const given = rejection(
      pool.use(
        async () => {
          begun.open();
          await held.passed;
          working = false;
        },
        { signal: controller.signal },
      ),
    );
    await begun.passed;
    const next = pool.use(async () => working);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await given).toBe(reason);
    expect([pool.size, pool.idle]).toEqual([1, 0]);
    held.open();
    expect(await next).toBe(false);
  });

  it('is closed though the connection is lost that is still worked on', async () => {
    open();
    const release = await occupied();
    const closing = pool.close();
    server.dropConnections();
    await closing;
    await release();
    expect(pool.size).toBe(0);
  });

  it.each(['returned', 'lost'])('is not closed before the last connection is, though another was %s', async (how) => {
    open();
    const clients: ImapClient[] = [];
    const gates = [gate(), gate()];
    const working = gates.map(({ passed }) =>
      pool.use((client) => {
        clients.push(client);
        return passed;
      }),
    );
    while (clients.length < 2) await new Promise(setImmediate);
    let closed = false;
    const closing = pool.close().then(() => {
      closed = true;
    });
    if (how === 'lost') clients[0]?.close();
    else gates[0]?.open();
    while (pool.size > 1) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    for (const { open: pass } of gates) pass();
    await Promise.all(working);
    await closing;
  });

  it('gives up what is being opened when it is closed', async () => {
    await using silent = await scripted((peer) => peer.gone());
    open(silent.options);
    const opening = rejection(pool.use((client) => client.noop()));
    while (silent.open === 0) await new Promise(setImmediate);
    await pool.close();
    expect(await opening).toMatchObject({ code: 'CLOSED' });
    while (silent.open > 0) await new Promise(setImmediate);
  });

  it('has logged out when it is closed', async () => {
    let left = false;
    await using slow = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('NOOP');
      const { tag } = await peer.command();
      await new Promise(setImmediate);
      left = true;
      peer.send('* BYE', `${tag} OK gone`);
      peer.socket.end();
    });
    open(slow.options);
    await pool.use((client) => client.noop());
    await pool.close();
    expect(left).toBe(true);
  });

  it('does not count a connection that is lost as it is opened', async () => {
    let connections = 0;
    await using fickle = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      if (connections++ === 0) peer.send('* BYE changed my mind');
      else while (!peer.closed) await peer.expect('');
    });
    open({ ...fickle.options, max: 1, idleTimeout: 1_000_000 });
    await pool.use((client) => client.noop()).catch(() => {});
    expect(await pool.use((client) => client.noop().then(() => client.state))).toBe('authenticated');
    expect(pool.size).toBe(1);
  });

  it('is closed with what is being opened', async () => {
    open();
    const opening = rejection(pool.use((client) => client.noop()));
    await pool.close();
    expect(await opening).toMatchObject({ code: 'CLOSED' });
    while (server.connections > 0) await new Promise(setImmediate);
  });

  it('counts those that are being logged out', async () => {
    const [asked, answer] = [gate(), gate()];
    let answered = false;
    await using slow = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('NOOP');
      const { tag } = await peer.command();
      asked.open();
      await answer.passed;
      peer.send('* BYE', `${tag} OK gone`);
      peer.socket.end();
    });
    open({ ...slow.options, max: 1, idleTimeout: 0 });
    await pool.use((client) => client.noop());
    await asked.passed;
    const second = pool.use(async (client) => {
      await client.noop();
      return answered;
    });
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    expect(slow.open).toBe(1);
    answered = true;
    answer.open();
    expect(await second).toBe(true);
    expect(slow.peers).toHaveLength(2);
  });

  it('opens nothing where its signal is aborted already', async () => {
    const reason = new Error('never mind');
    open({ signal: AbortSignal.abort(reason) });
    expect(await rejection(pool.use((client) => client.noop()))).toBe(reason);
    expect(server.connections).toBe(0);
    expect(lines).toEqual([]);
  });

  it('listens to a signal once for all that it opens, and is let go of when it is closed', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const { signal } = new AbortController();
    const options = { host: server.host, port: server.port, security: 'none', signal } as const;
    const opening = Promise.all(Array.from({ length: 12 }, () => connectClient(options)));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const client of await opening) client.close();
    const closed = await (async () => {
      const other = createPool(options);
      await other.close();
      return new WeakRef(other);
    })();
    await new Promise(setImmediate);
    collect();
    expect(closed.deref()).toBeUndefined();
    expect(signal.aborted).toBe(false);
  });

  it('refuses null where options belong', async () => {
    open();
    const none = null as unknown as undefined; // what a caller without types passes
    for (const work of [pool.use(async () => {}, none), pool.withMailbox('INBOX', async () => {}, none)])
      expect(await rejection(work)).toMatchObject({ name: 'UsageError', message: expect.stringContaining('null') });
    expect(pool.size).toBe(0);
  });

  it('refuses options that are none when it is made', () => {
    open();
    // What a caller without types may write.
    const wrong: [string, object][] = [
      ['createPool: max is no number', { max: 0 }],
      ['createPool: idleTimeout is no number', { idleTimeout: -1 }],
      ['createPool: idleTimeout is no number', { idleTimeout: '5' }],
      ['createPool: port is no number', { port: '143' }],
      ['createPool: host ', { host: '' }],
      ['createPool: the signal is no AbortSignal', { signal: {} }],
    ];
    for (const [message, more] of wrong) expect(() => open(more)).toThrow(message);
    for (const none of [undefined, null, 'imaps://example.org/'])
      expect(() => createPool(none as unknown as PoolOptions)).toThrow('createPool: '); // as above
  });

  it('refuses work that is no function, and options that are none, before it opens anything', async () => {
    open();
    const none = 'INBOX' as unknown as () => Promise<void>; // what a caller without types may write
    const options = [{ timeout: '5' }, { signal: {} }] as unknown as { timeout: number }[]; // as above
    const readOnly = [{ readOnly: 'false' }, { readOnly: 0 }, true] as unknown as { readOnly: boolean }[]; // as above
    const refused = [
      pool.use(none),
      pool.withMailbox('INBOX', none),
      ...options.map((wrong) => pool.use(async () => {}, wrong)),
      ...[...options, ...readOnly].map((wrong) => pool.withMailbox('INBOX', async () => {}, wrong)),
    ];
    for (const work of refused)
      expect(await rejection(work)).toMatchObject({
        name: 'UsageError',
        message: expect.stringMatching(/^(use|withMailbox): /),
      });
    expect(lines).toEqual([]);
  });

  it('has the mailbox selected as it was asked for, whatever its caller does to the options then', async () => {
    open();
    const options = { readOnly: true };
    const work = pool.withMailbox('INBOX', async (mailbox) => mailbox.readOnly, options);
    options.readOnly = false;
    expect(await work).toBe(true);
  });

  it('opens read-only where that is inherited', async () => {
    open();
    const inherited: { readOnly: boolean } = Object.create({ readOnly: true });
    expect(await pool.withMailbox('INBOX', async ({ readOnly }) => readOnly, inherited)).toBe(true);
  });

  it('connects to nothing where an option is misspelt', async () => {
    open();
    const misspelt = { timout: 5 } as unknown as OperationOptions; // what a caller without types may write
    for (const work of [pool.use(async () => {}, misspelt), pool.withMailbox('INBOX', async () => {}, misspelt)])
      expect(await rejection(work)).toMatchObject({
        message: expect.stringMatching(/^(use|withMailbox): not an option: "timout"$/),
      });
    expect(lines).toEqual([]);
  });

  it('selects nothing where an option is misspelt', async () => {
    open();
    const misspelt = { readonly: true } as unknown as { readOnly: boolean }; // what a caller without types may write
    const work = pool.withMailbox('INBOX', async () => {}, misspelt);
    expect(await rejection(work)).toMatchObject({
      name: 'UsageError',
      message: 'withMailbox: not an option: "readonly"',
    });
    expect(lines.filter((line) => line.includes(' SELECT'))).toEqual([]);
  });
});
