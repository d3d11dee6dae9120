/** Transfers far larger than the memory that they may take: nothing of them is kept by a client whose caller is slow. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { type ConnectOptions, connect, type ImapClient } from '../../src/index.ts';

const MB = 1_000_000;
const BUFFER = 1 * MB;
/** What the sockets of both sides may hold: the kernel's buffers on loopback grow to several megabytes. */
const UNDER_WAY = 16 * MB;
/** What a process may grow by that holds none of the data: unswept garbage of two sides in one process. */
const GROWTH = 150 * MB;
/** A gigabyte takes a second, and a busy machine its time. */
const PATIENCE_MS = 120_000;
/** Operations that wait together. */
const MANY = 5000;
const BLOCK = Buffer.alloc(64_000, 'x');

let server: Server | undefined;
let client: ImapClient | undefined;

afterEach(() => {
  client?.close();
  server?.close();
});

/** The server's side: answers a command and returns true, or leaves it to the common answers. */
type Part = (socket: Socket, line: string, behind: { text: string; chunks: AsyncIterator<Buffer> }) => Promise<boolean>;

async function play(part: Part): Promise<ImapClient> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.setNoDelay(true);
    talk(socket, part).catch(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const options: ConnectOptions = {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    limits: { buffer: BUFFER },
  };
  client = await connect(options);
  return client;
}

async function talk(socket: Socket, part: Part): Promise<void> {
  await write(socket, '* OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] ready\r\n');
  let text = '';
  const chunks: AsyncIterator<Buffer> = socket.iterator();
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    text += next.value.toString('latin1');
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.substring(0, end);
      text = text.substring(end + 2);
      const [tag = '', name = ''] = line.split(' ');
      const behind = { text, chunks };
      const answered = await part(socket, line, behind);
      text = behind.text;
      if (answered) continue;
      if (name === 'SELECT')
        await write(socket, '* 100000 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n* OK [UIDNEXT 100001] .\r\n');
      await write(socket, `${tag} OK done\r\n`);
    }
  }
}

/** Resolves when the bytes were handed to the kernel, or can't be. */
async function write(socket: Socket, bytes: string | Uint8Array): Promise<void> {
  await new Promise((resolve) => socket.write(bytes, resolve));
}

/** Answers a FETCH of bodies with so many messages of this size. */
function sending(count: number, size: number, progress: { sent: number }): Part {
  const body = Buffer.alloc(size, 'y');
  return async (socket, line) => {
    if (!line.includes(' UID FETCH ')) return false;
    for (let uid = 1; uid <= count && !socket.destroyed; uid++) {
      await write(socket, `* ${uid} FETCH (UID ${uid} BODY[] {${size}}\r\n`);
      await write(socket, body);
      await write(socket, ')\r\n');
      progress.sent += size;
    }
    await write(socket, `${line.split(' ')[0]} OK done\r\n`);
    return true;
  };
}

/** One transfer of this size, to a caller of download(). */
function sendingOne(size: number): Part {
  return async (socket, line) => {
    if (!line.includes(' UID FETCH ')) return false;
    if (line.includes('BODY.PEEK[]')) {
      await write(socket, `* 1 FETCH (UID 1 BODY[] {${size}}\r\n`);
      for (let left = size; left > 0 && !socket.destroyed; left -= BLOCK.length)
        await write(socket, BLOCK.subarray(0, left));
      await write(socket, ')\r\n');
    }
    await write(socket, `${line.split(' ')[0]} OK done\r\n`);
    return true;
  };
}

/** Lets everything happen that can happen without the caller. */
async function settled(measure: () => number): Promise<number> {
  for (let before = -1; before !== measure(); ) {
    before = measure();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return measure();
}

/** Most that the process grew by, looked at whenever the returned function is called. */
function growth(): () => number {
  const before = process.memoryUsage().rss;
  let most = 0;
  return () => {
    most = Math.max(most, process.memoryUsage().rss - before);
    return most;
  };
}

it('a fetch of 100,000 large messages waits for a loop that takes one now and then', {
  timeout: PATIENCE_MS,
}, async () => {
  const progress = { sent: 0 };
  const { bytes, ...opened } = await openedFor(sending(100_000, 50_000, progress));
  const grown = growth();
  const messages = opened.inbox.fetch('1:*', { source: true })[Symbol.asyncIterator]();
  for (let taken = 1; taken <= 40; taken++) {
    const { value } = await messages.next();
    expect([value.uid, value.source.length]).toEqual([taken, 50_000]);
    if (taken % 10 === 0) expect(await settled(bytes)).toBeLessThan(taken * 50_000 + BUFFER + UNDER_WAY);
    grown();
  }
  expect(progress.sent).toBeLessThan(40 * 50_000 + BUFFER + 2 * UNDER_WAY);
  expect(grown()).toBeLessThan(GROWTH);
});

it('another operation is served beside it, and the loop is told in the end that it was too slow', {
  timeout: PATIENCE_MS,
}, async () => {
  const { inbox, client } = await openedFor(sending(10_000, 50_000, { sent: 0 }));
  const grown = growth();
  const messages = inbox.fetch('1:*', { source: true })[Symbol.asyncIterator]();
  await messages.next();
  await client.noop();
  grown();
  let taken = 1;
  const rest = (async () => {
    for (; !(await messages.next()).done; taken++);
  })();
  await expect(rest).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
  expect(taken).toBeGreaterThan(BUFFER / 50_000);
  expect(grown()).toBeLessThan(GROWTH);
  await client.noop();
});

it('a download of 1 GB waits for a slow writer, and never stands in memory', { timeout: PATIENCE_MS }, async () => {
  const { inbox, bytes } = await openedFor(sendingOne(1000 * MB));
  const grown = growth();
  let written = 0;
  let chunks = 0;
  for await (const chunk of (await inbox.download(1)).content) {
    written += chunk.length;
    if (++chunks <= 3) expect(await settled(bytes)).toBeLessThan(written + BUFFER + UNDER_WAY);
    if (chunks % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (chunks % 1000 === 0) grown();
  }
  expect(written).toBe(1000 * MB);
  expect(grown()).toBeLessThan(GROWTH);
});

it('an append of 1 GB waits for a slow server, and never stands in memory', { timeout: PATIENCE_MS }, async () => {
  const size = 1000 * MB;
  let taken = 0;
  let given = 0;
  let ahead = 0;
  const grown = growth();
  const client = await play(async (socket, line, behind) => {
    const [, announced] = /APPEND .*\{(\d+)\+?\}$/.exec(line) ?? [];
    if (announced === undefined) return false;
    taken += behind.text.length;
    behind.text = '';
    while (taken < size + 2) {
      taken += (await behind.chunks.next()).value.length;
      ahead = Math.max(ahead, given - taken);
    }
    await write(socket, `${line.split(' ')[0]} OK [APPENDUID 1 7] done\r\n`);
    return true;
  });
  async function* stream() {
    for (let left = size; left > 0; left -= BLOCK.length) {
      const chunk = BLOCK.subarray(0, Math.min(left, BLOCK.length));
      given += chunk.length;
      if (given % (100 * BLOCK.length) === 0) grown();
      yield chunk;
    }
  }
  expect(await client.append('Archive', { content: { size, stream: stream() } })).toEqual({ uid: 7, uidValidity: 1 });
  expect(ahead).toBeLessThan(BUFFER + UNDER_WAY);
  expect(grown()).toBeLessThan(GROWTH);
});

it('thousands of operations wait, and take little each', { timeout: PATIENCE_MS }, async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const { inbox, client } = await openedFor(async (_, line) => /^A\d+ (?:UID|STATUS) /.test(line));
  const waiting: Promise<unknown>[] = [];
  const taken = async (call: (uid: number) => Promise<unknown>) => {
    const heap = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await heap();
    for (let uid = 1; uid <= MANY; uid++) waiting.push(call(uid));
    return Math.round(((await heap()) - before) / MANY);
  };
  expect(await taken((uid) => inbox.fetchOne(uid, { flags: true }))).toBeLessThan(3500);
  expect(await taken((uid) => inbox.copy(uid, 'Archive'))).toBeLessThan(2000);
  expect(await taken((uid) => inbox.search({ uid }))).toBeLessThan(2000);
  expect(await taken((uid) => inbox.addFlags(uid, ['\\Seen']))).toBeLessThan(2000);
  client.close();
  await Promise.allSettled(waiting);
});

it('nothing that is remembered of many responses keeps one of them', { timeout: PATIENCE_MS }, async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const count = 100;
  const subject = 'x'.repeat(500_000);
  const { inbox } = await openedFor(async (socket, line) => {
    if (!line.includes(' UID FETCH ')) return false;
    for (let uid = 1; uid <= count; uid++) {
      const sender = `("Somebody of a long name =?utf-8?q?${uid}?=" NIL "somebody.${uid}" "example.org")`;
      const text = `("TEXT" "x-some-long-type-${uid}" ("charset" "x-some-long-charset-${uid}") NIL NIL "7BIT" 1 1)`;
      const file = `("application" "x-some-long-type-${uid}" NIL NIL NIL "base64" 1)`;
      const items = `FLAGS ($SomeLongKeyword${uid}) ENVELOPE (NIL "${subject}" (${sender}) NIL NIL NIL NIL NIL NIL NIL)`;
      await write(socket, `* OK [CAPABILITY IMAP4rev1 X-SOME-LONG-CAPABILITY-${uid}] ${subject}\r\n`);
      await write(
        socket,
        `* ${uid} FETCH (UID ${uid} ${items} BODYSTRUCTURE (${text}${file} "x-some-long-type-${uid}"))\r\n`,
      );
    }
    await write(socket, `${line.split(' ')[0]} OK done\r\n`);
    return true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const before = process.memoryUsage().heapUsed;
  let last: unknown;
  for await (const message of inbox.fetch('1:*', { flags: true, envelope: true, bodyStructure: true })) {
    const { flags, bodyStructure } = message;
    last = [flags, bodyStructure.type, 'parts' in bodyStructure && bodyStructure.parts.map(({ type }) => type)];
  }
  expect(last).toEqual([
    new Set([`$SomeLongKeyword${count}`]),
    `multipart/x-some-long-type-${count}`,
    [`text/x-some-long-type-${count}`, `application/x-some-long-type-${count}`],
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * MB);
});

it('any number of mailboxes is opened one after the other, and nothing is kept of those that were closed or are not there', {
  timeout: PATIENCE_MS,
}, async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const client = await play(async (socket, line) => {
    const [tag] = line.split(' ');
    if (line.includes('NONE ')) await write(socket, `${tag} NO there is none\r\n`);
    return line.includes('NONE ');
  });
  const heap = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    return process.memoryUsage().heapUsed;
  };
  const open = async (from: number) => {
    for (let at = from; at < from + 1000; at++) {
      await (await client.open(`Box ${at}`)).unselect();
      await client.open(`NONE ${at}`).catch(() => {});
      await client.searchMailboxes({ seen: true }, { mailboxes: [`Found ${at}`] });
    }
  };
  const held = await client.open('Held');
  await open(0);
  // What is kept is kept each time; what else grows, such as compiled code, does not.
  let least = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= 5 && least >= 400; round++) {
    const before = await heap();
    await open(1000 * round);
    least = Math.min(least, Math.round(((await heap()) - before) / 1000));
  }
  expect(least).toBeLessThan(400);
  expect(await client.open('Held')).toMatchObject({ exists: held.exists });
});

async function openedFor(part: Part) {
  const client = await play(part);
  return { client, inbox: await client.open('INBOX'), bytes: () => client.bytes.received };
}
