/** What the caller of an append of many knows of each message: while it is under way, after a refusal, after a loss. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type AppendMessage,
  type AppendResult,
  CommandError,
  ConnectionError,
  type ConnectOptions,
  connect,
  type ImapClient,
} from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { letter, rejection } from '../server/operations/target.ts';
import { type Peer, type Scripted, scripted } from './scripted.ts';

function messages(count: number): AppendMessage[] {
  return Array.from({ length: count }, (_, index) => ({ content: `a: ${index}\r\n\r\n` }));
}

/** Reads one APPEND, and answers nothing but what its literals wait for. */
async function appendOf(peer: Peer): Promise<{ tag: string; count: number }> {
  const { tag, text } = await peer.command();
  if (!text.startsWith('APPEND')) throw new Error(text);
  let count = 0;
  for (let line: string | undefined = text; line?.endsWith('}'); line = await peer.line()) {
    if (!line.endsWith('+}')) peer.send('+ go on');
    await peer.line();
    await peer.line();
    count++;
  }
  return { tag, count };
}

async function ready(peer: Peer, capabilities: string): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS ${capabilities}] ready`);
}

/** Appends, and lists what was told as `index:uid` when it ended, and later. */
async function told(client: ImapClient, count: number): Promise<{ stored: string; error: Error; later: () => string }> {
  const stored: string[] = [];
  const tell = ({ uid }: AppendResult, index: number) => stored.push(`${index}:${uid}`);
  const error = await rejection(client.append('Box', messages(count), { stored: tell }));
  return { stored: stored.join(' '), error, later: () => stored.join(' ') };
}

function connected(server: Scripted, more: Partial<ConnectOptions> = {}): Promise<ImapClient> {
  return connect({ ...server.options, ...more });
}

describe('what append tells as stored', () => {
  it.each([[[]], [['MULTIAPPEND']]])('is each message, once and in order, without %j', async (without) => {
    const server = await createServer({ withoutCapabilities: without });
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host: server.host, port: server.port, security: 'none', auth });
    const all: [AppendResult, number][] = [];
    const many = Array.from({ length: 110 }, (_, index) => ({ content: letter(`letter ${index}`) }));
    const results = await client.append('INBOX', many, { stored: (...one) => all.push(one) });
    expect(all).toEqual(results.map((result, index) => [result, index]));
    expect(all[109]?.[0]).toEqual({ uid: 110, uidValidity: expect.any(Number) });
    const one: [AppendResult, number][] = [];
    const result = await client.append('INBOX', { content: letter('one') }, { stored: (...it) => one.push(it) });
    expect(one).toEqual([[result, 0]]);
    await server.close();
  });

  it('comes before the messages behind it are there', async () => {
    const server = await createServer({ withoutCapabilities: ['MULTIAPPEND'] });
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host: server.host, port: server.port, security: 'none', auth });
    let tell = () => {};
    const first = new Promise<void>((resolve) => {
      tell = resolve;
    });
    async function* slow() {
      yield { content: letter('one') };
      await first;
      yield { content: letter('two') };
    }
    expect(await client.append('INBOX', slow(), { stored: () => tell() })).toHaveLength(2);
    await server.close();
  });

  it.each(['LITERAL+', ''])('after a refusal: the others, before it rejects (%s)', async (literal) => {
    await using server = await scripted(async (peer) => {
      await ready(peer, literal);
      for (let uid = 1; uid <= 5; uid++) {
        const { tag } = await appendOf(peer);
        peer.send(uid === 2 ? `${tag} NO no such keyword` : `${tag} OK [APPENDUID 7 ${uid}] done`);
        // The refusal is known before the next is answered.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await peer.expect('NOOP');
    });
    const client = await connected(server);
    const { stored, error, later } = await told(client, 5);
    expect(error).toBeInstanceOf(CommandError);
    expect(stored).toBe('0:1 2:3 3:4 4:5');
    await client.noop();
    expect(later()).toEqual(stored);
    client.close();
  });

  it('after the refusal of a batch: those of the others', async () => {
    await using server = await scripted(async (peer) => {
      await ready(peer, 'LITERAL+ MULTIAPPEND SAVELIMIT=2');
      const batches = [await appendOf(peer), await appendOf(peer), await appendOf(peer)];
      expect(batches.map(({ count }) => count)).toEqual([2, 2, 1]);
      peer.send(`${batches[1]?.tag} BAD what is that keyword`);
      await new Promise((resolve) => setImmediate(resolve));
      peer.send(`${batches[0]?.tag} OK [APPENDUID 7 1:2] done`, `${batches[2]?.tag} OK [APPENDUID 7 3] done`);
    });
    const client = await connected(server);
    const { stored, error } = await told(client, 5);
    expect(error).toMatchObject({ name: 'CommandError', status: 'BAD' });
    expect(stored).toEqual('0:1 1:2 4:3');
    client.close();
  });

  it.each<[string, string, (peer: Peer) => Promise<unknown>, string, boolean]>([
    [
      'between batches',
      'LITERAL+ MULTIAPPEND SAVELIMIT=2',
      async (peer) => {
        const { tag } = await appendOf(peer);
        await appendOf(peer);
        peer.send(`${tag} OK [APPENDUID 7 1:2] done`, '* BYE going');
      },
      '0:1 1:2',
      true,
    ],
    [
      'within the first batch',
      'MULTIAPPEND SAVELIMIT=2',
      async (peer) => {
        await peer.command();
        peer.send('* BYE going');
      },
      '',
      false,
    ],
    [
      'within a batch',
      'MULTIAPPEND SAVELIMIT=2',
      async (peer) => {
        const { tag } = await appendOf(peer);
        peer.send(`${tag} OK [APPENDUID 7 1:2] done`);
        await peer.command();
        peer.send('+ go on');
        peer.send('* BYE going');
      },
      '0:1 1:2',
      true,
    ],
    [
      'without MULTIAPPEND',
      'LITERAL+',
      async (peer) => {
        const [first, , third] = [await appendOf(peer), await appendOf(peer), await appendOf(peer)];
        peer.send(`${third.tag} OK [APPENDUID 7 2] done`, `${first.tag} OK [APPENDUID 7 1] done`, '* BYE going');
      },
      '2:2 0:1',
      true,
    ],
    [
      'after a refusal: that messages may be stored is what it tells',
      'LITERAL+',
      async (peer) => {
        const [first, second] = [await appendOf(peer), await appendOf(peer)];
        peer.send(`${first.tag} OK [APPENDUID 7 1] done`, `${second.tag} NO no such keyword`);
        for (let more = 0; more < 3; more++) await appendOf(peer);
        await new Promise((resolve) => setImmediate(resolve));
        peer.send('* BYE going');
      },
      '0:1',
      true,
    ],
  ])('of a connection that is lost %s', async (_, capabilities, play, expected, maybeExecuted) => {
    await using server = await scripted(async (peer) => {
      await ready(peer, capabilities);
      await play(peer);
      peer.socket.end();
    });
    const client = await connected(server);
    const { stored, error } = await told(client, 5);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ maybeExecuted });
    expect(stored).toEqual(expected);
  });

  it('of a connection that is replaced: what was not sent is stored over the next one, before it rejects', async () => {
    let connections = 0;
    await using server = await scripted(async (peer) => {
      await ready(peer, '');
      if (++connections === 1) {
        const { tag } = await appendOf(peer);
        peer.send(`${tag} OK [APPENDUID 7 1] done`);
        // It sends the second, and begins the third.
        await appendOf(peer);
        await peer.command();
        peer.socket.end();
        return;
      }
      for (let uid = 5; uid <= 6; uid++) {
        const { tag } = await appendOf(peer);
        peer.send(`${tag} OK [APPENDUID 7 ${uid}] done`);
      }
      await peer.expect('NOOP');
    });
    const client = await connected(server, { reconnect: { minDelay: 1 } });
    const { stored, error, later } = await told(client, 5);
    expect(error).toMatchObject({ name: 'ConnectionError', maybeExecuted: true });
    expect(stored).toEqual('0:1 3:5 4:6');
    await client.noop();
    expect(later()).toEqual(stored);
    client.close();
  });

  it('of a call that is aborted after a refusal: the refusal would tell that nothing else is stored', async () => {
    const controller = new AbortController();
    await using server = await scripted(async (peer) => {
      await ready(peer, 'LITERAL+');
      const { tag } = await appendOf(peer);
      await appendOf(peer);
      peer.send(`${tag} NO no room`);
      // Answered behind the refusal: that has come then.
      peer.send('* OK [ALERT] refused');
      await peer.gone();
    });
    const client = await connected(server, {
      log: ({ text }) => {
        if (text.includes('refused')) setImmediate(() => controller.abort(new Error('enough')));
      },
    });
    const { signal } = controller;
    const error = await rejection(client.append('Box', messages(2), { signal }));
    expect(error.message).toBe('enough');
    client.close();
  });

  it('of a call that is aborted is nothing more from then on', async () => {
    const controller = new AbortController();
    await using server = await scripted(async (peer) => {
      await ready(peer, 'LITERAL+');
      const [first, second] = [await appendOf(peer), await appendOf(peer)];
      peer.send(`${first.tag} OK [APPENDUID 7 1] done`);
      await aborted;
      peer.send(`${second.tag} OK [APPENDUID 7 2] done`);
      await peer.expect('NOOP');
    });
    const client = await connected(server);
    const stored: number[] = [];
    const tell = (_: AppendResult, index: number) => {
      stored.push(index);
      controller.abort(reason);
    };
    const reason = new Error('mine');
    const aborted = rejection(client.append('Box', messages(2), { stored: tell, signal: controller.signal }));
    expect(await aborted).toBe(reason);
    await client.noop();
    expect(stored).toEqual([0]);
    client.close();
  });
});

describe('what append sends together', () => {
  it.each(['', 'SAVELIMIT=2'])('is no more than a megabyte, but for what is larger by itself (%s)', async (limit) => {
    const counts: number[] = [];
    await using server = await scripted(async (peer) => {
      await ready(peer, `LITERAL+ MULTIAPPEND ${limit}`);
      for (let left = 6; left > 0; left -= counts.at(-1) ?? 0) {
        const { tag, count } = await appendOf(peer);
        counts.push(count);
        peer.send(`${tag} OK done`);
      }
    });
    const client = await connected(server);
    const half = { content: `a: ${'x'.repeat(500_000)}\r\n\r\n` };
    const large = { content: `a: ${'x'.repeat(1_100_000)}\r\n\r\n` };
    expect(await client.append('Box', [half, half, half, half, large, half])).toHaveLength(6);
    expect(counts).toEqual([2, 2, 1, 1]);
    client.close();
  });
});

it.each([[[]], [['MULTIAPPEND']]])('sends nothing of an array with a mistake in it, without %j', async (without) => {
  await using server = await createServer({ withoutCapabilities: without });
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host: server.host, port: server.port, security: 'none', auth });
  const mistakes: [object, string][] = [
    [{ flags: ['a b'] }, 'not a flag: "a b"'],
    [{ internalDate: new Date(Number.NaN) }, 'not a valid Date'],
    [{ content: 5 }, 'the content is'],
  ];
  for (const [mistake, message] of mistakes) {
    const stream = Readable.from([letter('streamed')]);
    const streamed = { content: { size: letter('streamed').length, stream } };
    const error = await rejection(client.append('INBOX', [...messages(2), streamed, { content: 'x', ...mistake }]));
    expect(error.message).toContain(`APPEND: ${message}`);
    expect(stream.destroyed).toBe(true);
  }
  expect(await client.status('INBOX', ['messages'])).toEqual({ messages: 0 });
});

it.each([[[]], [['MULTIAPPEND']]])(
  'destroys what streams of an array it has not come to when it is refused, without %j',
  async (without) => {
    await using server = await createServer({
      withoutCapabilities: without,
      intercept: ({ name }) => (name === 'APPEND' ? 'NO [OVERQUOTA] Full' : undefined),
    });
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host: server.host, port: server.port, security: 'none', auth });
    const bytes = Buffer.from(letter('streamed'));
    const streams = Array.from({ length: 60 }, () => Readable.from([bytes]));
    const streamed = streams.map((stream) => ({ content: { size: bytes.length, stream } }));
    expect(await rejection(client.append('INBOX', streamed))).toMatchObject({ code: 'OVERQUOTA' });
    expect(streams.filter(({ destroyed }) => !destroyed)).toEqual([]);
  },
);

it.each([[[]], [['MULTIAPPEND']]])(
  'tells which stream was wrong, and not that the connection went with it, without %j',
  async (without) => {
    await using server = await createServer({ withoutCapabilities: without });
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host: server.host, port: server.port, security: 'none', auth });
    const text = () => ({ content: { size: 9, stream: Readable.from(['A: b']) } });
    const error = await rejection(client.append('INBOX', Array.from({ length: 60 }, text)));
    expect(error).toMatchObject({ code: 'STREAM_TYPE' });
  },
);

it('waits for an iteration to come back no longer than it may', async () => {
  await using server = await scripted((peer) => ready(peer, 'LITERAL+'));
  const client = await connected(server);
  const given: AsyncIterable<AppendMessage> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: {} as AppendMessage }), // what a caller without types may write
      return: () => new Promise(() => {}),
    }),
  };
  expect(await rejection(client.append('Box', given, { timeout: 50 }))).toMatchObject({ name: 'UsageError' });
  expect(await rejection(client.append('Box', given, { signal: AbortSignal.timeout(50) }))).toMatchObject({
    name: 'UsageError',
  });
});

it('returns an iteration that gave what is no message', async () => {
  await using server = await scripted(async (peer) => {
    await ready(peer, 'LITERAL+');
    const { tag } = await appendOf(peer);
    peer.send(`${tag} OK done`);
  });
  const client = await connected(server);
  let returned = false;
  function* given() {
    try {
      yield* messages(1);
      yield {} as AppendMessage; // what a caller without types may write
    } finally {
      returned = true;
    }
  }
  expect(await rejection(client.append('Box', given()))).toMatchObject({ name: 'UsageError' });
  expect(returned).toBe(true);
  client.close();
});

describe('single appends that are called for side by side', () => {
  const JOINING = 'LITERAL- MULTIAPPEND';

  function appendAll(client: ImapClient, contents: string[], told: string[] = []) {
    const tell = (content: string) => (result: AppendResult, index: number) =>
      void told.push(`${content}:${result.uid}:${index}`);
    return Promise.allSettled(
      contents.map((content) => client.append('Box', { content: `a: ${content}\r\n\r\n` }, { stored: tell(content) })),
    );
  }

  it('are sent together, and alone where they are refused, before the client logs out', async () => {
    await using server = await scripted(async (peer) => {
      await ready(peer, JOINING);
      const all = await appendOf(peer);
      expect(all.count).toBe(3);
      peer.send(`${all.tag} NO one of them is no message`);
      for (const answer of ['OK [APPENDUID 7 1] done', 'NO no message', 'OK [APPENDUID 7 2] done']) {
        const { tag, count } = await appendOf(peer);
        expect(count).toBe(1);
        peer.send(`${tag} ${answer}`);
      }
      await peer.expect('LOGOUT', '* BYE');
    });
    const client = await connected(server);
    const told: string[] = [];
    const appending = appendAll(client, ['one', 'two', 'three'], told);
    await client.logout();
    const [one, two, three] = await appending;
    expect([one, three]).toEqual([1, 2].map((uid) => ({ status: 'fulfilled', value: { uid, uidValidity: 7 } })));
    expect(two).toMatchObject({ reason: { name: 'CommandError', command: 'APPEND', text: 'no message' } });
    expect(told).toEqual(['one:1:0', 'three:2:0']);
  });

  it('are sent over the next connection where they had not begun, and may be stored where they had', async () => {
    let connections = 0;
    await using server = await scripted(async (peer) => {
      await ready(peer, JOINING);
      const first = await appendOf(peer);
      if (++connections === 1) {
        expect(first.count).toBe(2);
        // It begins the third.
        await peer.command();
        peer.socket.end();
        return;
      }
      expect(first.count).toBe(2);
      peer.send(`${first.tag} OK [APPENDUID 7 5:6] done`);
      await peer.gone();
    });
    const client = await connected(server, { reconnect: { minDelay: 1 } });
    const results = await appendAll(client, ['one', 'two', 'x'.repeat(5000), 'three', 'four']);
    expect(results).toMatchObject([
      { reason: { name: 'ConnectionError', maybeExecuted: true } },
      { reason: { name: 'ConnectionError', maybeExecuted: true } },
      { reason: { name: 'ConnectionError', maybeExecuted: false } },
      { value: { uid: 5 } },
      { value: { uid: 6 } },
    ]);
    client.close();
  });
});
