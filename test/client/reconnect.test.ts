/** A connection that is lost and found again, with the in-memory server. */
import { getEventListeners } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AuthenticationError,
  type ConnectionError,
  type ConnectOptions,
  connect,
  type ImapClient,
  type Mailbox,
  type MailboxEvent,
} from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { letter, letters, rejection } from '../server/operations/target.ts';
import { CERTIFICATE } from '../unit/testing/certificate.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { lineByLine } from './line-by-line.ts';
import { CREDENTIALS, scripted } from './scripted.ts';
import { countingVerifications } from './verifications.ts';

const QUICK = { minDelay: 1, maxDelay: 20 };

let server: ImapServer;
let lines: string[];

beforeEach(async () => {
  server = await createServer();
  lines = [];
});
afterEach(() => server.close());

it('goes on as who it was, whatever its caller does to the options meanwhile', async () => {
  await using several = await createServer({ users: { user: 'pass', other: 'pass2' } });
  const auth = { user: 'user', pass: 'pass', mechanism: 'PLAIN' as const };
  await using client = await connect({ ...options(), port: several.port, auth });
  const reconnected = new Promise((resolve) => client.on('reconnected', resolve));
  Object.assign(auth, { user: 'other', pass: 'pass2' });
  several.store.deliver('INBOX', letter('one'));
  several.dropConnections();
  await reconnected;
  expect((await client.status('INBOX', ['messages'])).messages).toBe(1);
});

function options(more: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    reconnect: QUICK,
    log: ({ direction, text }) => lines.push(`${direction} ${text}`),
    ...more,
  };
}

async function filled(more?: Partial<ConnectOptions>): Promise<ImapClient> {
  const client = await connect(options(more));
  await client.append(
    'INBOX',
    letters(20).map((content) => ({ content })),
  );
  return client;
}

function reconnected(client: ImapClient): Promise<{ attempts: number; downtime: number }> {
  return new Promise((resolve) => client.on('reconnected', resolve));
}

function sentCount(pattern: RegExp): number {
  return lines.filter((line) => line.startsWith('out ') && pattern.test(line)).length;
}

/** Drops the connections as soon as the client sends such a command: it is lost before its answer. */
function dropAt(pattern: RegExp, times = 1): Partial<ConnectOptions> {
  let left = times;
  return {
    log: ({ direction, text }) => {
      lines.push(`${direction} ${text}`);
      if (direction !== 'out' || !pattern.test(text) || left === 0) return;
      left--;
      server.dropConnections();
    },
  };
}

describe('reconnect', () => {
  it('keeps client and handles valid', async () => {
    await using client = await filled();
    const mailbox = await client.open('INBOX');
    const again = reconnected(client);
    const states: string[] = [client.state];
    server.dropConnections();
    const { attempts, downtime } = await again;
    states.push(client.state);
    expect([attempts, downtime > 0]).toEqual([1, true]);
    expect(await mailbox.search({})).toHaveLength(20);
    expect(states[0]).toBe('selected');
    expect(client.state).toBe('selected');
    expect(client.bytes.received).toBeGreaterThan(1000);
  });

  it('tells that it is reconnecting, and lets what is asked meanwhile wait in order', async () => {
    await using client = await filled({ reconnect: { minDelay: 30, maxDelay: 50 } });
    const mailbox = await client.open('INBOX');
    const lost = new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (client.state !== 'reconnecting') return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    server.dropConnections();
    await lost;
    expect(client.capabilities.has('MOVE')).toBe(true);
    const done: string[] = [];
    await Promise.all([
      client.create('one').then(() => done.push('create')),
      client.append('one', { content: letter('one') }).then(() => done.push('append')),
      mailbox.addFlags(1, ['\\Flagged']).then(() => done.push('flags')),
      client.status('one').then(({ messages }) => done.push(`status ${messages}`)),
    ]);
    expect(done.sort()).toEqual(['append', 'create', 'flags', 'status 1']);
  });

  it.each([
    ['UID SEARCH', (client: ImapClient) => client.open('INBOX').then((box) => box.search({ all: true }))],
    ['STATUS', (client: ImapClient) => client.status('INBOX')],
    ['LIST', (client: ImapClient) => client.list()],
    ['NOOP', (client: ImapClient) => client.noop().then(() => 'done')],
    ['UID FETCH', (client: ImapClient) => client.open('INBOX').then((box) => box.fetchOne(3, { size: true }))],
    ['UID STORE', (client: ImapClient) => client.open('INBOX').then((box) => box.addFlags(3, ['\\Seen']))],
    ['SELECT', (client: ImapClient) => client.open('INBOX')],
    ['NAMESPACE', (client: ImapClient) => client.namespaces()],
    ['UID FETCH', (client: ImapClient) => client.open('INBOX').then((box) => box.download(3).then((d) => d.size))],
  ])('repeats %s', async (name, operation) => {
    await using client = await filled(dropAt(new RegExp(`^A\\d+ ${name}\\b`), 2));
    expect(await operation(client)).not.toBe(undefined);
    expect(sentCount(new RegExp(`^out A\\d+ ${name}\\b`))).toBeGreaterThanOrEqual(3);
  });

  it('repeats a search for the same UIDs, though they came of an iteration that can be read once', async () => {
    function* uids(): Generator<number> {
      yield* [2, 5];
    }
    await using client = await filled(dropAt(/^A\d+ UID SEARCH\b/, 2));
    const mailbox = await client.open('INBOX');
    expect(await mailbox.search({ uid: '1:6', not: { uid: uids() } })).toEqual([1, 3, 4, 6]);
    expect(sentCount(/^out A\d+ UID SEARCH\b/)).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['APPEND', (client: ImapClient) => client.append('INBOX', { content: letter('once') })],
    ['CREATE', (client: ImapClient) => client.create('once')],
    ['UID MOVE', (client: ImapClient) => client.open('INBOX').then((box) => box.move(1, 'INBOX'))],
    ['UID COPY', (client: ImapClient) => client.open('INBOX').then((box) => box.copy(1, 'INBOX'))],
    ['UID EXPUNGE', (client: ImapClient) => client.open('INBOX').then((box) => box.deleteMessages(1))],
    ['UID STORE', (client: ImapClient) => unchanged(client)],
    ['XNOTHING', (client: ImapClient) => client.command('XNOTHING')],
  ])('does not repeat %s', async (name, operation) => {
    const before = await filled();
    await before.logout();
    lines = [];
    await using client = await connect(options(dropAt(new RegExp(`^A\\d+ ${name}\\b`))));
    const error = await rejection(operation(client));
    expect(error).toMatchObject({ name: 'ConnectionError', phase: 'command' });
    expect((error as unknown as ConnectionError).maybeExecuted).toBeTypeOf('boolean'); // what rejection() gives has any fields
    await client.noop();
    expect(sentCount(new RegExp(`^out A\\d+ ${name}\\b`))).toBe(1);
  });

  it('goes on with a fetch behind the last message that it delivered', async () => {
    await using client = await filled({ limits: { buffer: 100_000 } });
    const mailbox = await client.open('INBOX');
    // More than the sockets of both sides hold: much of it is on no way yet when the connection is dropped.
    const big = 'x'.repeat(2_000_000);
    for (let index = 0; index < 10; index++) await client.append('INBOX', { content: letter(`big ${index}`, big) });
    const uids: number[] = [];
    for await (const { uid, source } of mailbox.fetch('1:*', { source: true })) {
      uids.push(uid);
      expect(source.length).toBeGreaterThan(100);
      if (uid === 21 || uid === 25) server.dropConnections();
    }
    expect(uids).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(sentCount(/UID FETCH 1:\*/)).toBe(1);
    expect(sentCount(/UID FETCH \d+:\*/)).toBeGreaterThan(1);
  });

  it('rejects what belongs to another UIDVALIDITY', async () => {
    await using client = await filled();
    const mailbox = await client.create('box').then(() => client.open('box'));
    const other = await connect(options({ reconnect: false }));
    const again = reconnected(client);
    server.dropConnections();
    await other.logout();
    await again;
    await using second = await connect(options());
    await client.open('INBOX');
    await second.delete('box');
    await second.create('box');
    await expect(mailbox.search({})).rejects.toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
  });

  it.each([
    ['deleteMessages', (mailbox: Mailbox) => mailbox.deleteMessages({ seq: 2 }).then(({ uids = [] }) => [...uids])],
    [
      'addFlags',
      (mailbox: Mailbox) => mailbox.addFlags({ seq: 2 }, ['\\Flagged']).then(({ flags }) => [...flags.keys()]),
    ],
    ['fetchAll', (mailbox: Mailbox) => mailbox.fetchAll({ seq: 2 }, {}).then((all) => all.map(({ uid }) => uid))],
    ['search', (mailbox: Mailbox) => mailbox.search({ seq: 2 })],
  ])('does not take %s by sequence number for another message', async (_, operation) => {
    for (const expunging of [true, false]) {
      let proceed = () => {};
      let gate = Promise.resolve();
      const auth = async () => {
        await gate;
        return { user: 'user', pass: 'pass' };
      };
      const name = `box ${expunging}`;
      await using client = await connect(options({ auth, ...dropAt(/^A\d+ NOOP/) }));
      await client.create(name);
      await client.append(
        name,
        letters(5).map((content) => ({ content })),
      );
      const mailbox = await client.open(name);
      gate = new Promise((resolve) => (proceed = resolve));
      // The connection does not outlive it, and nothing is sent beside it.
      const noop = client.command('NOOP').catch(() => {});
      const outcome = operation(mailbox).catch((error) => error);
      await noop;
      await using second = await connect(options({ reconnect: false, log: () => {} }));
      if (expunging) await (await second.open(name)).deleteMessages(1);
      else await second.append(name, { content: letter('new') });
      proceed();
      if (expunging) expect(await outcome).toMatchObject({ name: 'ImapError', code: 'SEQUENCE_CHANGED' });
      else expect(await outcome).toEqual([2]);
    }
  });

  it('does not copy another message by sequence number where one went as the connection was lost', async () => {
    await using losing = await scripted(async (peer) => {
      const first = losing.peers.length === 1;
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('SELECT', `* ${first ? 3 : 2} EXISTS`, '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 4]');
      const { tag, text } = await peer.command();
      peer.send(first ? '* 1 EXPUNGE' : `${tag} NO ${text}`);
      if (first) peer.socket.end();
    });
    const client = await connect({ ...losing.options, reconnect: QUICK });
    const mailbox = await client.open('INBOX');
    const expunged = rejection(client.command('EXPUNGE'));
    expect(await rejection(mailbox.copy({ seq: 2 }, 'x'))).toMatchObject({ code: 'SEQUENCE_CHANGED' });
    expect(await expunged).toMatchObject({ maybeExecuted: true });
    client.close();
  });

  it('watches on, and tells what happened meanwhile', async () => {
    await using client = await filled({ reconnect: { minDelay: 50, maxDelay: 50 } });
    const mailbox = await client.open('INBOX');
    const events: MailboxEvent[] = [];
    let wake = () => {};
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
    };
    const ended = new AbortController();
    const watching = (async () => {
      for await (const event of mailbox.watch({ signal: ended.signal })) {
        events.push(event);
        wake();
      }
    })();
    await using second = await connect(options({ reconnect: false, log: () => {} }));
    const other = await second.open('INBOX');
    await second.append('INBOX', { content: letter('before') });
    await until(() => events.some(({ type }) => type === 'arrived'));
    const again = reconnected(client);
    server.dropConnections();
    await using third = await connect(options({ reconnect: false, log: () => {} }));
    await third.append('INBOX', { content: letter('meanwhile') });
    const box = await third.open('INBOX');
    await box.deleteMessages(2);
    await box.addFlags(3, ['\\Flagged']);
    await again;
    await until(() => ['vanished', 'flags'].every((type) => events.some((event) => event.type === type)));
    await until(() => events.filter(({ type }) => type === 'arrived').length === 2);
    ended.abort();
    await watching;
    await other.unselect().catch(() => {});
  });

  it('asks for fresh credentials, and stops where they are refused', async () => {
    let asked = 0;
    const auth = () => ({ user: 'user', pass: ++asked < 3 ? 'pass' : 'wrong' });
    const client = await connect(options({ auth }));
    const closed = new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
    const again = reconnected(client);
    server.dropConnections();
    await again;
    expect(asked).toBe(2);
    server.dropConnections();
    const waiting = rejection(new Promise((resolve, reject) => client.noop().then(resolve, reject)));
    expect((await closed).error).toBeInstanceOf(AuthenticationError);
    expect(await waiting).toMatchObject({ name: 'ConnectionError' });
    expect(asked).toBe(3);
    expect(client.state).toBe('closed');
    await expect(client.noop()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('tells why it gives up where that is an error of the caller', async () => {
    const wrong = new Error('no token');
    let asked = 0;
    const auth = () => {
      if (asked++ > 0) throw wrong;
      return { user: 'user', pass: 'pass' };
    };
    const client = await connect(options({ auth, reconnect: { ...QUICK, attempts: 2 } }));
    const closed = new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
    server.dropConnections();
    expect((await closed).error).toMatchObject({
      name: 'ConnectionError',
      code: 'RECONNECT_FAILED',
      phase: 'connect',
      message: expect.stringContaining('no token'),
      cause: wrong,
    });
    expect(asked).toBe(3);
  });

  it('gives up after so many attempts', async () => {
    const client = await connect(options({ reconnect: { ...QUICK, attempts: 3 } }));
    const closed = new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
    await server.close();
    const waiting = rejection(client.status('INBOX'));
    expect((await closed).error).toMatchObject({ name: 'ConnectionError', phase: 'connect' });
    expect(await waiting).toMatchObject({ name: 'ConnectionError' });
    expect(lines.filter((line) => line.startsWith('note No connection'))).toHaveLength(3);
    server = await createServer();
  });

  it.each(['close', 'logout'] as const)('%s ends the search for a connection', async (how) => {
    const client = await connect(options({ reconnect: { minDelay: 60_000, maxDelay: 60_000 } }));
    const closings: unknown[] = [];
    client.on('close', (event) => closings.push(event));
    const waiting = rejection(client.noop().then(() => client.create('x')));
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    const pending = rejection(client.status('INBOX'));
    await client[how]();
    await client[how]();
    expect(client.state).toBe('closed');
    expect(await pending).toMatchObject({ name: 'ConnectionError', code: 'CLOSED' });
    await waiting;
    expect(closings).toEqual([{}]);
  });

  it('takes a connection that ended right behind its last answer for none', async () => {
    const plays = [
      ['* PREAUTH [CAPABILITY IMAP4rev1 LANGUAGE] ready', '* LANGUAGE (de)'],
      ['* PREAUTH [CAPABILITY IMAP4rev1 LANGUAGE] ready', '* BYE one'],
      ['* PREAUTH [CAPABILITY IMAP4rev1 LANGUAGE] ready', 'NO not now', '* BYE two'],
      ['* PREAUTH [CAPABILITY IMAP4rev1] ready'],
    ];
    await using ending = await scripted(async (peer) => {
      const [greeting = '', ...more] = plays.shift() ?? [];
      if (more[0]?.startsWith('* BYE')) peer.send(greeting, ...more);
      else peer.send(greeting);
      const { tag } = await peer.command();
      if (more[0]?.startsWith('NO')) peer.send(`${tag} ${more[0]}`, ...more.slice(1));
      else peer.send(...more, `${tag} OK done`);
      await peer.gone();
    });
    const client = await connect({ ...ending.options, reconnect: QUICK });
    await client.language(['de']);
    const again = reconnected(client);
    ending.peers[0]?.socket.destroy();
    await client.noop();
    expect((await again).attempts).toBe(3);
    client.close();
  });

  it('replaces a connection whose server breaks the protocol: what had not begun goes on there', async () => {
    await using broken = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE] ready');
      if (broken.peers.length === 1) {
        await peer.command();
        peer.send('A999 OK done');
      } else {
        await peer.expect('NAMESPACE', '* NAMESPACE (("" "/")) NIL NIL');
      }
      await peer.gone();
    });
    const client = await connect({ ...broken.options, reconnect: QUICK });
    const refused = rejection(client.command('XALONE'));
    const namespaces = client.namespaces();
    expect(await refused).toMatchObject({ name: 'ProtocolError', code: 'UNKNOWN_TAG' });
    expect((await namespaces).personal).toEqual([{ prefix: '', delimiter: '/' }]);
    client.close();
  });

  it('tells alerts, and what belongs to nothing, of every connection', async () => {
    await using telling = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      const { tag } = await peer.command();
      peer.send(`* OK [ALERT] alert ${telling.peers.length}`, `* X ${telling.peers.length}`, `${tag} OK done`);
      await peer.gone();
    }, GOOD);
    const client = await connect({ ...telling.options, tls: { ca: AUTHORITY }, reconnect: QUICK });
    const told: unknown[] = [];
    client.on('alert', ({ text }) => told.push(text));
    client.on('unknown', ({ text }) => told.push(text));
    await client.noop();
    telling.peers[0]?.socket.destroy();
    await reconnected(client);
    await client.noop();
    expect(told).toEqual(['alert 1', '* X 1', 'alert 2', '* X 2']);
    client.close();
  });

  it('leaves no timer where it is closed while it looks for a connection', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const client = await connect(options());
      server.dropConnections();
      while (client.state !== 'reconnecting') await new Promise(setImmediate);
      const late = rejection(client.noop({ timeout: 3_600_000 }));
      client.close();
      expect(await late).toMatchObject({ name: 'ConnectionError', code: 'CLOSED' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('sends nothing that was given up while it waited for a connection', async () => {
    let find = () => {};
    const found = new Promise<void>((resolve) => {
      find = resolve;
    });
    let opened = 0;
    const socket = async () => {
      if (++opened > 1) await found;
      return connectTcp(server.port, server.host);
    };
    await using client = await connect(options({ socket }));
    const again = reconnected(client);
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    const controller = new AbortController();
    const aborted = rejection(client.create('x', { signal: controller.signal }));
    const late = rejection(client.create('x', { timeout: 1 }));
    controller.abort();
    await aborted;
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    find();
    await again;
    await client.noop();
    expect(sentCount(/CREATE/)).toBe(0);
  });

  it('lets go of a stream that no connection will ask for any more, whenever its operation came', async () => {
    const client = await connect(options({ reconnect: { minDelay: 60_000, maxDelay: 60_000 } }));
    const streams: Readable[] = [];
    const append = () => {
      const stream = new Readable({ read() {} });
      streams.push(stream);
      return rejection(client.append('INBOX', { content: { size: 14, stream } }));
    };
    const whenLost = append();
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    const waiting = append();
    client.close();
    await Promise.all([whenLost, waiting, append()]);
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it('lets go of a stream that had not begun where it is closed', async () => {
    const client = await connect(options());
    const stream = new Readable({ read() {} });
    const appending = rejection(client.append('INBOX', { content: { size: 14, stream } }));
    client.close();
    expect(await appending).toMatchObject({ name: 'ConnectionError', code: 'CLOSED' });
    expect(stream.destroyed).toBe(true);
  });

  it('lets go of a stream whose operation can not be run as it was asked for', async () => {
    await using client = await connect(options());
    const stream = new Readable({ read() {} });
    const appending = client.append('INBOX', { content: { size: 14, stream } }, { timeout: -1 });
    expect(await rejection(appending)).toMatchObject({ name: 'UsageError' });
    expect(stream.destroyed).toBe(true);
  });

  it('does not listen to a signal for the wait once the operation runs', async () => {
    await using client = await connect(options());
    const controller = new AbortController();
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    await client.noop({ signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('closes the connection that it has found where it is closed before that is ready', async () => {
    const asked: string[] = [];
    await using slow = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 LANGUAGE] ready');
      const { tag, text } = await peer.command();
      asked.push(text);
      if (asked.length === 1) peer.send('* LANGUAGE (de)', `${tag} OK done`);
      await peer.gone();
    });
    const client = await connect({ ...slow.options, reconnect: QUICK });
    const closings: unknown[] = [];
    client.on('close', (event) => closings.push(event));
    await client.language(['de']);
    slow.peers[0]?.socket.destroy();
    while (asked.length < 2) await new Promise(setImmediate);
    client.close();
    while (slow.open > 0) await new Promise(setImmediate);
    expect(asked).toEqual(['LANGUAGE "de"', 'LANGUAGE "de"']);
    expect([client.state, closings]).toEqual(['closed', [{}]]);
  });

  it('lets a waiting operation be aborted, and keeps its deadline', async () => {
    const client = await connect(options({ reconnect: { minDelay: 60_000, maxDelay: 60_000 } }));
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    const controller = new AbortController();
    const aborted = rejection(client.noop({ signal: controller.signal }));
    const late = rejection(client.noop({ timeout: 5 }));
    const reason = new Error('no longer wanted');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await late).toMatchObject({ code: 'TIMEOUT' });
    expect(await rejection(client.noop({ signal: controller.signal }))).toBe(reason);
    client.close();
  });

  it('keeps a stream for the next connection, unless its operation is given up', async () => {
    await using client = await connect(options());
    const controller = new AbortController();
    const streams = Array.from({ length: 2 }, () => Readable.from([Buffer.from('Subject: x\r\n\r\n')]));
    const [kept, dropped] = streams.map((stream) => ({ content: { size: 14, stream } }));
    if (kept === undefined || dropped === undefined) throw new Error('two streams were made');
    server.dropConnections();
    while (client.state !== 'reconnecting') await new Promise(setImmediate);
    const appended = client.append('INBOX', kept);
    const aborted = rejection(client.append('INBOX', dropped, { signal: controller.signal }));
    controller.abort();
    await aborted;
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([false, true]);
    expect(await appended).toMatchObject({ uid: 1 });
  });

  it('tells the deadline that was given, not what is left of it', async () => {
    await using silent = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.gone();
    });
    const client = await connect({ ...silent.options, reconnect: QUICK });
    expect(await rejection(client.noop({ timeout: 1 }))).toMatchObject({ message: 'NOOP: not done within 1 ms' });
    client.close();
  });

  it.each<[string, number]>([
    ['[AUTHENTICATIONFAILED] Too many invalid passwords, try again later', 2],
    ['[CONTACTADMIN] Account throttled', 2],
    ['Too many invalid passwords, try again later', 3],
  ])('after "%s" it has connected %i times', async (refusal, connections) => {
    await using refusing = await scripted(async (peer) => {
      const count = refusing.peers.length;
      peer.send('* OK [CAPABILITY IMAP4rev1] ready');
      const { tag } = await peer.command();
      peer.send(count === 2 ? `${tag} NO ${refusal}` : `${tag} OK [CAPABILITY IMAP4rev1] done`);
      if (count === 1) {
        await peer.expect('NOOP');
        peer.socket.destroy();
      }
      await peer.gone();
    });
    const client = await connect({ ...refusing.options, auth: CREDENTIALS, reconnect: QUICK });
    const settled = Promise.race([reconnected(client), new Promise((resolve) => client.on('close', resolve))]);
    await client.noop();
    await settled;
    client.close();
    expect(refusing.peers).toHaveLength(connections);
  });

  it('tells that a change of flags may have been executed, where no connection comes to repeat it', async () => {
    await using lonely = await scripted(async (peer) => {
      if (lonely.peers.length === 1) {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
        await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
        expect((await peer.command()).text).toContain('UID STORE');
      }
      peer.socket.destroy();
    });
    const client = await connect({ ...lonely.options, reconnect: { ...QUICK, attempts: 2 } });
    const mailbox = await client.open('INBOX');
    const error = await rejection(mailbox.addFlags(1, ['\\Seen']));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'CLOSED', maybeExecuted: true });
    expect(lonely.peers).toHaveLength(3);
  });

  it('repeats for as long as each connection brings something', async () => {
    await using dropping = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('SELECT', '* 15 EXISTS', '* OK [UIDVALIDITY 1]');
      const [, next] = /^UID FETCH (\d+)/.exec((await peer.command()).text) ?? [];
      peer.send(`* ${next} FETCH (UID ${next})`);
      peer.socket.end();
    });
    const client = await connect({ ...dropping.options, reconnect: { minDelay: 0, maxDelay: 1 } });
    const all = await (await client.open('INBOX')).fetchAll('1:15', {});
    expect(all.map(({ uid }) => uid)).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    client.close();
  });

  it('lets go of the content of a message where the SELECT in front of it ends each connection', async () => {
    await using dropping = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 REPLACE] ready');
      for (const name of dropping.peers.length === 1 ? ['"A"', '"B"'] : [])
        await peer.expect(`SELECT ${name}`, '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
      expect((await peer.command()).text).toMatch(/^SELECT "A"/);
      peer.socket.destroy();
    });
    const client = await connect({ ...dropping.options, reconnect: { minDelay: 0, maxDelay: 1 } });
    const mailbox = await client.open('A');
    await client.open('B');
    const stream = new Readable({ read() {} });
    const error = await rejection(mailbox.replace(1, { content: { size: 5, stream } }));
    expect(error).toMatchObject({ name: 'ConnectionError', maybeExecuted: false });
    expect(stream.destroyed).toBe(true);
    client.close();
  });

  it('does not repeat for ever what ends each connection', async () => {
    await using client = await filled({ ...dropAt(/^A\d+ STATUS/, 1000), reconnect: { minDelay: 0, maxDelay: 1 } });
    expect(await rejection(client.status('INBOX'))).toMatchObject({ name: 'ConnectionError', maybeExecuted: true });
    expect(sentCount(/STATUS/)).toBe(11);
  });

  it.each(['tls', 'starttls'] as const)('resumes TLS (%s): the certificate is verified once', async (security) => {
    await using secured = await createServer({ tls: CERTIFICATE });
    const verified = countingVerifications();
    const port = security === 'tls' ? secured.tlsPort : secured.port;
    await using client = await connect(options({ security, tls: verified.tls, port: port ?? 0 }));
    for (let round = 0; round < 3; round++) {
      // A ticket comes with or behind the first answer.
      await client.noop();
      const again = reconnected(client);
      secured.dropConnections();
      await again;
    }
    await client.noop();
    expect([verified.times, client.secure]).toEqual([1, true]);
  });

  it('resumes TLS though a handshake was given up meanwhile', async () => {
    await using secured = await createServer({ tls: CERTIFICATE });
    const verified = countingVerifications();
    const givingUp = options({ security: 'tls', tls: verified.tls, port: secured.tlsPort ?? 0, reconnect: false });
    const once = async () => {
      await using client = await connect(givingUp);
      await client.noop();
    };
    await once();
    const reason = new Error('no time');
    const giving = new AbortController();
    // The handshake is never answered.
    await using silent = await scripted((peer) => peer.socket.once('data', () => giving.abort(reason)));
    const socket = () => connectTcp(silent.port, '127.0.0.1');
    expect(await rejection(connect({ ...givingUp, socket, signal: giving.signal }))).toBe(reason);
    await silent.peers[0]?.gone();
    for (let round = 0; round < 2; round++) await once();
    expect(verified.times).toBe(1);
  });

  it('does not resume TLS any more with a server that ends a connection for it', async () => {
    await using secured = await createServer({ tls: CERTIFICATE });
    const verified = countingVerifications();
    let connections = 0;
    const socket = () => {
      const stream = connectTcp(secured.tlsPort ?? 0, secured.host);
      if (++connections === 2) stream.once('connect', () => stream.destroy());
      return stream;
    };
    await using client = await connect(options({ security: 'tls', tls: verified.tls, socket }));
    for (const expected of [
      { connections: 3, verified: 2 },
      { connections: 4, verified: 3 },
    ]) {
      await client.noop();
      const again = reconnected(client);
      secured.dropConnections();
      expect((await again).attempts).toBe(1);
      expect({ connections, verified: verified.times }).toEqual(expected);
    }
  });

  it('syncs by other means where QRESYNC can not be enabled again', async () => {
    let enables = 0;
    const intercept = ({ name }: { name: string }) =>
      name === 'ENABLE' && ++enables > 1 ? 'NO [UNAVAILABLE] Not now' : undefined;
    await using refusing = await createServer({ intercept });
    refusing.store.deliver('INBOX', letter('one'));
    await using client = await connect({
      ...options({
        log: ({ direction, text }) => {
          if (direction === 'out' && text.includes('(QRESYNC (') && enables === 1) refusing.dropConnections();
        },
      }),
      port: refusing.port,
    });
    const mailbox = await client.open('INBOX');
    const { state } = await mailbox.sync();
    await mailbox.unselect();
    refusing.store.deliver('INBOX', letter('two'));
    const { method, arrived } = await (await client.open('INBOX')).sync(state);
    expect([method, `${arrived}`, enables > 1]).toEqual(['condstore', '2', true]);
  });

  it('enables again what was enabled', async () => {
    await using client = await connect(options());
    await client.enable(['QRESYNC']);
    const again = reconnected(client);
    server.dropConnections();
    await again;
    expect(client.enabled.has('QRESYNC')).toBe(true);
    expect(sentCount(/ENABLE QRESYNC/)).toBe(2);
  });

  it('enables at once what is wanted on every connection and what was enabled on the one before', async () => {
    await using client = await connect(options({ enable: ['UTF8=ACCEPT'] }));
    await client.enable(['QRESYNC']);
    const again = reconnected(client);
    server.dropConnections();
    await again;
    const sent = lines.flatMap((line) => /^out \S+ (ENABLE .*)$/.exec(line)?.[1] ?? []);
    expect(sent).toEqual(['ENABLE UTF8=ACCEPT', 'ENABLE QRESYNC', 'ENABLE UTF8=ACCEPT QRESYNC']);
  });

  it('goes on where the server enables nothing any more, and notes it', async () => {
    let connections = 0;
    await using refusing = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE] hello');
      if (connections++ === 0) {
        await peer.expect('ENABLE CONDSTORE', '* ENABLED CONDSTORE');
        peer.socket.destroy();
        return;
      }
      const { tag } = await peer.command();
      peer.send(`${tag} BAD not today`);
      await peer.expect('NOOP');
      await peer.expect('LOGOUT', '* BYE');
    });
    const log: string[] = [];
    const { auth: _, ...more } = options({ log: ({ text }) => log.push(text) });
    await using client = await connect({ ...more, ...refusing.options });
    const again = reconnected(client);
    await client.enable(['CONDSTORE']);
    await again;
    await client.noop();
    expect([...client.enabled]).toEqual([]);
    expect(log.filter((line) => line.includes('refused'))).toEqual(['The server refused ENABLE']);
  });

  it('speaks the language and compares texts as it was told to before (RFC 5255)', async () => {
    await using client = await connect(options());
    await client.append('INBOX', { content: 'Subject: ABC\r\n\r\n' });
    const inbox = await client.open('INBOX');
    await client.language(['x-none', 'de']);
    await client.comparator('i;octet');
    const search = () => inbox.search({ subject: 'abc' });
    expect(await search()).toEqual([]);
    const again = reconnected(client);
    server.dropConnections();
    await again;
    expect(await search()).toEqual([]);
    expect(await client.comparator()).toEqual({ active: 'i;octet' });
    expect(sentCount(/LANGUAGE "x-none" "de"/)).toBe(2);
    await client.comparator('i;ascii-casemap');
    expect(await search()).toEqual([1]);
  });

  it('goes on where the server does not tell by what it compares texts now', async () => {
    let asked = 0;
    const intercept = ({ name }: { name: string }) => (name === 'COMPARATOR' && ++asked > 0 ? 'OK done' : undefined);
    await using silent = await createServer({ intercept });
    await using client = await connect(options({ port: silent.port, reconnect: { ...QUICK, attempts: 1 } }));
    expect(await rejection(client.comparator('i;octet'))).toMatchObject({ code: 'UNREADABLE' });
    const again = reconnected(client);
    silent.dropConnections();
    await again;
    await client.noop();
    expect(asked).toBe(2);
  });

  it.each([
    ['* BYE [UNAVAILABLE] Try later', 40],
    ['* BYE [LIMIT] Too many connections', 40],
    ['* BYE Request is throttled. Suggested Backoff Time: 120 milliseconds', 120],
    ['* BYE Server shutting down', 0],
  ])('backs off as %s asks for', async (bye, least) => {
    let busy: Socket | undefined;
    const client = await connect(
      options({
        reconnect: { minDelay: 10, maxDelay: 1000 },
        socket: () => {
          busy = connectTcp(server.port, server.host);
          return busy;
        },
      }),
    );
    const again = reconnected(client);
    busy?.emit('data', Buffer.from(`${bye}\r\n`));
    const { downtime } = await again;
    expect(downtime).toBeGreaterThanOrEqual(least);
    // 10 ms and a connection: without a reason to wait it is soon there.
    if (least === 0) expect(lines.some((line) => / in (?:[5-9]|10) ms$/.test(line))).toBe(true);
    client.close();
  });

  it('replaces a connection that fails while it is being handed over', async () => {
    await using greeting = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      for (;;) await peer.expect('NOOP');
    });
    for (let turns = 0; turns < 20; turns++) {
      let opened = 0;
      // As what reads a web stream pushes it, and what inflates at once: with nothing but promises in between.
      const socket = () =>
        lineByLine(greeting.options.port ?? 0, async (line, push) => {
          push(line);
          if (!line.startsWith('* PREAUTH') || ++opened > 2) return;
          for (let turn = 0; turn < turns; turn++) await undefined;
          push('A999 OK for whom?\r\n');
        });
      const client = await connect({ ...greeting.options, socket, reconnect: QUICK }).catch(() => undefined);
      if (client === undefined) continue;
      for (let tries = 0; tries < 2; tries++) await client.noop().catch(() => {});
      await client.noop();
      expect([client.state, opened], `${turns} turns`).toEqual(['authenticated', 3]);
      client.close();
    }
  });

  it.each(['UNAVAILABLE', 'SERVERBUG'])('tries on where the login is answered with NO [%s]', async (code) => {
    await using failing = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1] ready');
      const { tag } = await peer.command();
      peer.send(
        failing.peers.length === 2 ? `${tag} NO [${code}] Internal error` : `${tag} OK [CAPABILITY IMAP4rev1] done`,
      );
    });
    const reconnect = { minDelay: 1, maxDelay: 1 };
    const client = await connect({ ...failing.options, auth: CREDENTIALS, reconnect });
    const again = new Promise<{ attempts: number }>((resolve, reject) => {
      client.on('reconnected', resolve);
      client.on('close', ({ error }) => reject(error));
    });
    failing.peers[0]?.socket.destroy();
    expect(await again).toMatchObject({ attempts: 2 });
    client.close();
  });

  it.each([
    [0, [4, 8, 10]],
    [0.5, [6, 12, 15]],
  ])('waits longer from attempt to attempt, by chance (%d) and up to a limit', async (chance, delays) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(chance);
    try {
      await using client = await connect(options({ reconnect: { minDelay: 8, maxDelay: 20, attempts: 3 } }));
      const closed = new Promise((resolve) => client.on('close', resolve));
      await server.close();
      await closed;
      const waits = lines.flatMap((line) => /Attempt \d in (\d+) ms$/.exec(line)?.[1] ?? []);
      expect(waits.map(Number)).toEqual(delays);
    } finally {
      random.mockRestore();
    }
  });

  it('waits longer behind a connection that ended at once, and as long as at first behind one that lasted', async () => {
    let now = performance.now();
    const mocks = [
      vi.spyOn(Math, 'random').mockReturnValue(0.5),
      vi.spyOn(performance, 'now').mockImplementation(() => now),
    ];
    try {
      await using flapping = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
        await peer.gone();
      });
      const waits: number[] = [];
      const log = ({ text }: { text: string }) => {
        const wait = /Attempt 1 in (\d+) ms$/.exec(text)?.[1];
        if (wait !== undefined) waits.push(Number(wait));
      };
      const client = await connect({ ...flapping.options, log, reconnect: { minDelay: 8 } });
      for (const lasted of [0, 0, 0, 1000]) {
        now += lasted;
        const again = reconnected(client);
        flapping.peers.at(-1)?.socket.destroy();
        await again;
      }
      client.close();
      expect(waits).toEqual([6, 12, 24, 6]);
    } finally {
      for (const mock of mocks) mock.mockRestore();
    }
  });

  it('ends a block that a mailbox was declared in, where the connection is lost as it is left', async () => {
    await using client = await filled(dropAt(/UNSELECT/));
    {
      await using mailbox = await client.open('INBOX');
      expect(await mailbox.search({})).toHaveLength(20);
    }
    expect(sentCount(/UNSELECT/)).toBe(1);
    expect(await client.status('INBOX', ['messages'])).toEqual({ messages: 20 });
  });

  it('tells nothing more once it was closed by who is told an alert of the next connection', async () => {
    await using alerting = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello');
      const { tag } = await peer.command();
      peer.send(`${tag} OK [ALERT] look`, '* CAPABILITY IMAP4rev1');
      while (!peer.closed) peer.send(`${(await peer.command()).tag} OK done`);
    }, GOOD);
    const tls = { ca: AUTHORITY, servername: 'localhost' };
    const client = await connect({ ...alerting.options, tls, auth: CREDENTIALS, reconnect: QUICK });
    const told: string[] = [];
    client.on('alert', ({ text }) => {
      told.push(text);
      if (alerting.peers.length > 1) client.close();
    });
    client.on('close', () => told.push('close'));
    client.on('reconnected', () => told.push('reconnected'));
    await client.noop();
    alerting.peers[0]?.socket.destroy();
    await alerting.peers[1]?.gone();
    await expect.poll(() => told).toContain('close');
    await new Promise(setImmediate);
    expect(told).toEqual(['look', 'look', 'close']);
  });

  it('refuses delays that are none', async () => {
    await expect(connect(options({ reconnect: { attempts: -1 } }))).rejects.toThrow('reconnect.attempts');
  });
});

/** A STORE on the condition that nothing has changed. */
async function unchanged(client: ImapClient): Promise<unknown> {
  return (await client.open('INBOX')).addFlags(1, ['\\Seen'], { unchangedSince: 1_000_000n });
}
