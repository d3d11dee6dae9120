/** A connection that is lost or falls silent: every promise settles, once, and says what is known. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ConnectionError,
  type ConnectOptions,
  connect,
  type ImapClient,
  type ImapError,
  type Mailbox,
} from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { gatedStream, letters, microtasks, rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

afterEach(() => {
  vi.useRealTimers();
});

async function started(more: Partial<ConnectOptions> = {}, without: string[] = []) {
  const server = await createServer({ withoutCapabilities: without });
  const client = await connect({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    ...more,
  });
  await client.append(
    'INBOX',
    [...letters(20), `Subject: big\r\n\r\n${'x'.repeat(1_000_000)}`].map((content) => ({ content })),
  );
  const closes: { error?: ImapError }[] = [];
  client.on('close', (event) => closes.push(event));
  return { server, client, closes, mailbox: await client.open('INBOX'), [Symbol.asyncDispose]: () => server.close() };
}

/** So many UIDs, no two of them neighbours: they go in as many commands as their digits take. */
function everyOther(count: number): number[] {
  return Array.from({ length: count }, (_, at) => 2 * at + 1);
}

/** A message, and then nothing for ever. */
async function* oneAndNoMore() {
  yield { content: 'a: b\r\n\r\n' };
  await new Promise(() => {});
}

/** One of each kind of operation, under way. What is closed takes no other. */
function everything(client: ImapClient, mailbox: Mailbox, closing: Mailbox): Record<string, Promise<unknown>> {
  return {
    noop: client.noop(),
    list: client.list({ status: ['messages'] }),
    status: client.status('INBOX'),
    create: client.create('new'),
    open: client.open('other'),
    append: client.append('INBOX', { content: 'Subject: x\r\n\r\n' }),
    appends: client.append(
      'INBOX',
      letters(5).map((content) => ({ content })),
    ),
    command: client.command('NOOP'),
    search: mailbox.search({}),
    fetchAll: mailbox.fetchAll('1:*', { source: true }),
    fetchOne: mailbox.fetchOne(1, { flags: true }),
    iteration: (async () => {
      for await (const _ of mailbox.fetch('1:*', { source: true }));
    })(),
    addFlags: mailbox.addFlags('1:*', ['\\Seen']),
    setFlagsBySequence: mailbox.setFlags({ seq: '1:*' }, []),
    copy: mailbox.copy('1:2', 'other'),
    move: mailbox.move('1:2', 'other'),
    expunge: mailbox.expunge(),
    deleteMessages: mailbox.deleteMessages(3),
    download: mailbox.download(1),
    part: mailbox.download(1, '1'),
    watch: (async () => {
      for await (const _ of mailbox.watch());
    })(),
    check: mailbox.check(),
    close: closing.close(),
  };
}

describe('a connection that is lost', () => {
  it.each<[string, boolean]>([
    ['before anything was sent', false],
    ['after everything that can be was sent', true],
  ])('%s: everything rejects with ConnectionError, once, and logging out does nothing', async (_, sent) => {
    await using all = await started();
    const { server, client, mailbox, closes } = all;
    await client.create('other');
    const closing = await client.open('INBOX');
    const settled = Object.entries(everything(client, mailbox, closing)).map(
      async ([name, promise]) => [name, await rejection(promise)] as const,
    );
    if (sent) await microtasks();
    server.dropConnections();
    for (const [name, error] of await Promise.all(settled)) {
      expect(error, name).toBeInstanceOf(ConnectionError);
      expect(error, name).toMatchObject({ code: expect.stringMatching(/^(CONNECTION_LOST|CLOSED)$/) });
    }
    expect(closes).toHaveLength(1);
    expect(closes[0]?.error).toMatchObject({ code: 'CONNECTION_LOST', phase: 'command' });
    expect(client.state).toBe('closed');
    const late = await rejection(client.noop());
    expect(late).toMatchObject({ name: 'ConnectionError', code: 'CLOSED', maybeExecuted: false });
    await client.logout();
    await mailbox.unselect();
    await mailbox[Symbol.asyncDispose]();
    expect(closes).toHaveLength(1);
  });

  it('in the middle of an iteration and of a download: what has come may be read, then the error comes', async () => {
    const bytes = 'x'.repeat(1000);
    await using server = await scripted(async (peer) => {
      await selected(peer);
      await peer.command();
      peer.send('* 1 FETCH (UID 1 FLAGS ())');
      await peer.command();
      peer.socket.write(`* 1 FETCH (UID 1 BODY[] {5000}\r\n${bytes}`);
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const iterator = mailbox.fetch('1:*', { flags: true })[Symbol.asyncIterator]();
    expect((await iterator.next()).value.uid).toBe(1);
    const { size, content } = await mailbox.download(1);
    expect(size).toBe(5000);
    let got = '';
    const downloading = rejection(
      (async () => {
        for await (const chunk of content) {
          got += chunk.toString();
          if (got.length === bytes.length) server.peers[0]?.socket.destroy();
        }
      })(),
    );
    const lost = { name: 'ConnectionError', code: 'CONNECTION_LOST', maybeExecuted: true };
    expect(await downloading).toMatchObject(lost);
    expect(got).toBe(bytes);
    expect(await rejection(iterator.next())).toMatchObject(lost);
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('tells whether a command may have been executed', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.command();
      await peer.command();
      peer.socket.destroy();
    });
    const client = await connect(server.options);
    const gate = gatedStream('Subject: x\r\n\r\n');
    const [created, appended, waiting] = [
      client.create('one'),
      client.append('INBOX', { content: gate.content }),
      client.create('two'),
    ].map(rejection);
    expect(await created).toMatchObject({ code: 'CONNECTION_LOST', maybeExecuted: true });
    expect(await appended).toMatchObject({ code: 'CONNECTION_LOST', maybeExecuted: false });
    expect(await waiting).toMatchObject({ code: 'CONNECTION_LOST', maybeExecuted: false });
  });

  it.each<[string, RegExp, (mailbox: Mailbox, client: ImapClient) => Promise<unknown>, string?]>([
    ['moved without MOVE', /COPY/, (mailbox) => mailbox.move('1:2', 'other')],
    ['replaced without REPLACE', /APPEND/, (mailbox) => mailbox.replace(1, { content: 'a: b\r\n\r\n' })],
    ['marked as deleted', /STORE/, (mailbox) => mailbox.deleteMessages('1:2')],
    ['unmarked for an EXPUNGE', /STORE/, (mailbox) => mailbox.expunge(1), ''],
    ['expunged without UIDPLUS', /EXPUNGE/, (mailbox) => mailbox.expunge(1), ''],
    ['appended, the first of many', /APPEND/, (_, client) => client.append('INBOX', oneAndNoMore())],
    ['copied, of a set too long for one command', /COPY/, (mailbox) => mailbox.copy(everyOther(10_000), 'other')],
    ['limited', /SETQUOTA/, (_, client) => client.quota.set('', { STORAGE: 5 }), 'QUOTA'],
    ['expunged with UIDPLUS, and counted then', /UID EXPUNGE/, (mailbox) => mailbox.expunge([1, 2])],
    ['flagged, up to MESSAGELIMIT', /STORE/, (mailbox) => mailbox.addFlags('1:9', ['\\Seen']), 'MESSAGELIMIT=5'],
  ])('after something was %s: it may have been executed', async (_name, last, work, offered = 'UIDPLUS') => {
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ ${offered}] ready`);
      await peer.expect('SELECT', '* 20000 EXISTS', '* OK [UIDVALIDITY 1]');
      for (;;) {
        const { tag, text } = await peer.command();
        if (text.includes('SEARCH')) peer.send('* SEARCH 1 2');
        if (text.includes('APPEND')) for (let line = 0; line < 3; line++) await peer.line();
        const done = `${tag} OK ${offered.startsWith('MESSAGELIMIT') ? '[MESSAGELIMIT 5 5] ' : ''}done`;
        // In one segment: nothing is sent in between.
        if (last.test(text)) return peer.send(done, '* BYE going');
        peer.send(done);
      }
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(work(mailbox, client))).toMatchObject({
      name: 'ConnectionError',
      message: expect.stringMatching(
        /^(\w+: stored.*: )?[A-Z ]+: the connection is closed: The server said goodbye: going$/,
      ),
      maybeExecuted: true,
    });
  });

  it.each<[string, (mailbox: Mailbox) => Promise<unknown>]>([
    ['moved without MOVE', (mailbox) => mailbox.move('1:2', 'other')],
    ['replaced without REPLACE', (mailbox) => mailbox.replace(1, { content: 'a: b\r\n\r\n' })],
    ['deleted', (mailbox) => mailbox.deleteMessages({ seq: '1:2' })],
    ['flagged by number, beyond the last message', (mailbox) => mailbox.addFlags({ seq: '1:4' }, ['\\Seen'])],
    ['expunged without UIDPLUS', (mailbox) => mailbox.expunge(1)],
  ])('before anything was %s, while it is looked what is there: nothing was executed', async (_, work) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      expect((await peer.command()).text).toMatch(/^(UID SEARCH|NOOP)/);
      peer.socket.destroy();
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(work(mailbox))).toMatchObject({
      code: 'CONNECTION_LOST',
      message: expect.stringMatching(/^(UID SEARCH|NOOP): The server closed the connection$/),
      maybeExecuted: false,
    });
  });

  it('tells that an EXPUNGE was sent, and not that its marks could not be put back', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      await peer.expect('UID SEARCH', '* SEARCH 1');
      await peer.expect('UID SEARCH', '* SEARCH 1 2');
      await peer.expect('UID STORE 2');
      expect((await peer.command()).text).toBe('EXPUNGE');
      peer.socket.destroy();
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.expunge(1))).toMatchObject({
      code: 'CONNECTION_LOST',
      message: 'EXPUNGE: The server closed the connection',
      maybeExecuted: true,
    });
  });

  it('with the server’s reason, where it says goodbye', async () => {
    for (const close of [true, false]) {
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
        await peer.command();
        peer.send('* BYE [UNAVAILABLE] going down');
        if (close) peer.socket.end();
        await peer.gone();
      });
      const client = await connect({ ...server.options, timeouts: { farewell: 50 } });
      const closed = new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
      const error = await rejection(client.noop());
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'BYE', phase: 'command' });
      expect(error.message).toContain('[UNAVAILABLE] going down');
      expect((await closed).error).toMatchObject({ code: 'BYE' });
    }
  });

  it('without a listener and without an operation: nothing is thrown anywhere', async () => {
    await using all = await started();
    const { server, client } = all;
    server.dropConnections();
    await expect.poll(() => client.state).toBe('closed');
  });

  it('while it idles: watch rejects, and says so', async () => {
    await using all = await started();
    const { server, mailbox } = all;
    const watching = rejection(
      (async () => {
        for await (const _ of mailbox.watch());
      })(),
    );
    await mailbox.search({});
    await mailbox.search({});
    server.dropConnections();
    expect(await watching).toMatchObject({ name: 'ConnectionError', code: 'CONNECTION_LOST' });
  });

  it.each(['CONNECTION_LOST', 'CLOSED'])('while a watch polls: it rejects at once, with %s', async (code) => {
    await using all = await started({}, ['IDLE']);
    const { server, client, mailbox } = all;
    const watching = rejection(
      (async () => {
        for await (const _ of mailbox.watch({ pollInterval: 0x7fffffff }));
      })(),
    );
    // What it begins with is done, and it waits.
    for (let count = 0; count < 5; count++) await mailbox.search({});
    if (code === 'CLOSED') client.close();
    else server.dropConnections();
    expect(await watching).toMatchObject({ name: 'ConnectionError', code });
  });

  it('together with the answer that a watch would poll behind: it rejects at once', async () => {
    await using server = await scripted(async (peer) => {
      await selected(peer);
      await peer.expect('UID SEARCH', '* SEARCH 1 2 3');
      const { tag } = await peer.command();
      const flags = [1, 2, 3].map((n) => `* ${n} FETCH (UID ${n} FLAGS ())`);
      peer.send(...flags, `${tag} OK done`, '* BYE shutting down');
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const watching = rejection(
      (async () => {
        for await (const _ of mailbox.watch({ pollInterval: 0x7fffffff }));
      })(),
    );
    const error = await watching;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toContain('shutting down');
  });
});

/** Greeted and selected, and then the script's own. */
async function selected(peer: Peer, capabilities = ''): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
  await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
}

describe('a server that falls silent', () => {
  const fakeClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

  it('is given up after timeouts.inactivity, and not while it goes on sending', async () => {
    fakeClock();
    let peer: Peer | undefined;
    await using server = await scripted((one) => {
      peer = one;
      one.send('* PREAUTH [CAPABILITY IMAP4rev1] ready');
    });
    const client = await connect(server.options);
    // Silence without a command is no fault.
    vi.advanceTimersByTime(3_600_000);
    const noop = rejection(client.noop());
    await peer?.command();
    for (let round = 0; round < 5; round++) {
      vi.advanceTimersByTime(59_000);
      const { received } = client.bytes;
      peer?.send(`* ${round} RECENT`);
      await expect.poll(() => client.bytes.received, { interval: 1 }).toBeGreaterThan(received);
    }
    expect(client.state).not.toBe('closed');
    vi.advanceTimersByTime(60_001);
    const error = await noop;
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'command', maybeExecuted: true });
    expect(error.message).toContain('60000 ms');
    expect(client.state).toBe('closed');
  });

  it('does not hold up logging out', async () => {
    fakeClock();
    await using server = await scripted((peer) => peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready'));
    const client = await connect({ ...server.options, timeouts: { farewell: 700 } });
    const pending = rejection(client.noop());
    const leaving = client.logout();
    await microtasks();
    vi.advanceTimersByTime(701);
    await leaving;
    expect(client.state).toBe('closed');
    expect(await pending).toBeInstanceOf(ConnectionError);
  });

  it('is found out when IDLE is to end', async () => {
    fakeClock();
    let done = false;
    await using server = await scripted(async (peer) => {
      await selected(peer, 'IDLE');
      const search = await peer.command();
      peer.send('* SEARCH 1 2 3', `${search.tag} OK`);
      const fetch = await peer.command();
      peer.send(`${fetch.tag} OK`);
      await peer.command();
      peer.send('+ idling');
      done = (await peer.line()) === 'DONE';
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const watching = rejection(
      (async () => {
        for await (const _ of mailbox.watch());
      })(),
    );
    await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toMatch(/IDLE$/);
    const searching = rejection(mailbox.search({}));
    await expect.poll(() => done, { interval: 1 }).toBe(true);
    vi.advanceTimersByTime(5_001);
    expect(await searching).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', maybeExecuted: false });
    expect(await watching).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'idle' });
  });

  it('is found out when IDLE is begun anew, long before a server may end it', async () => {
    fakeClock();
    await using server = await scripted(async (peer) => {
      await selected(peer, 'IDLE');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text === 'IDLE') {
          peer.send('+ idling');
          if (peer.received.filter((line) => line.endsWith('IDLE')).length > 2) return; // dead from here on
          await peer.line();
        }
        peer.send(`${tag} OK`);
      }
    });
    const log: string[] = [];
    const client = await connect({ ...server.options, log: ({ text }) => log.push(text) });
    const mailbox = await client.open('INBOX');
    const watching = rejection(
      (async () => {
        for await (const _ of mailbox.watch());
      })(),
    );
    const idles = () => server.peers[0]?.received.filter((line) => line.endsWith('IDLE')).length;
    const continued = () => log.filter((text) => text.startsWith('+')).length;
    for (let round = 1; round <= 3; round++) {
      await expect.poll(idles, { interval: 1 }).toBe(round);
      await expect.poll(continued, { interval: 1 }).toBe(round);
      vi.advanceTimersByTime(9 * 60_000 + 1);
    }
    await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toBe('DONE');
    vi.advanceTimersByTime(5_001);
    expect(await watching).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'idle' });
    expect(client.state).toBe('closed');
  });

  it('ends an operation at its own timeout, and the connection stays', async () => {
    await using server = await scripted(async (peer) => {
      await selected(peer);
      const search = await peer.command();
      const { tag } = await peer.command();
      // The answer to what was given up belongs to nobody.
      peer.send('* SEARCH 1', `${search.tag} OK late`, `${tag} OK`);
      await peer.expect('UID SEARCH', '* SEARCH 2');
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.search({}, { timeout: 20 }))).toMatchObject({ code: 'TIMEOUT', name: 'ImapError' });
    await client.noop();
    expect(await mailbox.search({})).toEqual([2]);
    client.close();
  });
});

describe('an operation that is given up', () => {
  it('in the middle of what it sends ends the connection: nothing else could be told apart', async () => {
    const reason = new RangeError('no more');
    for (const capabilities of ['', 'LITERAL+']) {
      await using server = await scripted(async (peer) => {
        peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
        await peer.command();
        await peer.gone();
      });
      const client = await connect(server.options);
      const controller = new AbortController();
      const gate = gatedStream('Subject: x\r\n\r\n');
      const appending = rejection(client.append('INBOX', { content: gate.content }, { signal: controller.signal }));
      const behind = rejection(client.noop());
      await microtasks();
      controller.abort(reason);
      expect(await appending).toBe(reason);
      expect(await behind).toMatchObject({ name: 'ConnectionError', code: 'INCOMPLETE_COMMAND', maybeExecuted: false });
      expect(client.state).toBe('closed');
    }
  });

  it('before it was sent is never sent', async () => {
    await using all = await started();
    const { client, mailbox } = all;
    const gate = gatedStream('Subject: x\r\n\r\n');
    const appending = client.append('INBOX', { content: gate.content });
    const controller = new AbortController();
    const flagging = rejection(mailbox.addFlags('1:*', ['\\Deleted'], { signal: controller.signal }));
    await microtasks();
    controller.abort();
    expect(await flagging).toMatchObject({ name: 'AbortError' });
    gate.open();
    await appending;
    expect(await mailbox.search({ deleted: true })).toEqual([]);
  });

  it('leaves no listener on a signal that is used for many, and has one at a time', async () => {
    await using all = await started();
    const { mailbox } = all;
    const warnings: Error[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on('warning', listener);
    const controller = new AbortController();
    const { signal } = controller;
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening--;
      remove(...args);
    };
    await Promise.all(Array.from({ length: 50 }, () => mailbox.search({}, { signal })));
    for await (const _ of mailbox.fetch('1:*', { flags: true }, { signal }));
    // Node keeps an AbortSignal.any() that somebody listens to.
    expect(listening).toBe(0);
    const loops = Array.from({ length: 20 }, async () => {
      for await (const _ of mailbox.watch({ signal }));
    });
    await mailbox.search({});
    expect(listening).toBe(1);
    controller.abort();
    await Promise.all(loops);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listener);
    expect(listening).toBe(0);
    expect(warnings).toEqual([]);
  });
});
