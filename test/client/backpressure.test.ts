/** A consumer that is slow: the socket waits for it, unless somebody else needs the connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectOptions, connect, type ImapClient, type MessageSet } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { bigMessage, sha256 } from '../server/operations/append.ts';
import { letters, rejection } from '../server/operations/target.ts';

const BUFFER = 100_000;
const SIZE = 20_000_000;
const bytes = bigMessage(SIZE);
/** What the sockets of both sides and one read may hold beside the limit. */
const UNDER_WAY = 8_000_000;

let server: ImapServer;
let options: ConnectOptions;

beforeAll(async () => {
  server = await createServer();
  options = {
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    limits: { buffer: BUFFER },
  };
  server.store.deliver('INBOX', bytes);
  for (const content of letters(300)) server.store.deliver('INBOX', `${content}${'x'.repeat(20_000)}\r\n`);
});
afterAll(() => server.close());

/** What the client has received once nothing more comes. */
async function receivedInAll(client: ImapClient): Promise<number> {
  for (let before = -1; before !== client.bytes.received; ) {
    before = client.bytes.received;
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return client.bytes.received;
}

/** The messages from 2 on, all that there are, wait for who takes them one by one; in the end none is missing. */
async function isHeldBack(set: MessageSet): Promise<void> {
  const client = await connect(options);
  const inbox = await client.open('INBOX');
  const iterator = inbox.fetch(set, { source: true })[Symbol.asyncIterator]();
  expect((await iterator.next()).value.uid).toBe(2);
  expect(await receivedInAll(client)).toBeLessThan(3_000_000);
  let last = 2;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) last = next.value.uid;
  expect(last).toBe(301);
  await client.logout();
}

describe('a slow consumer', () => {
  it('of a download makes the server wait, and then gets the rest', async () => {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const { content } = await inbox.download(1);
    const iterator = content[Symbol.asyncIterator]();
    const chunks = [(await iterator.next()).value];
    expect(await receivedInAll(client)).toBeLessThan(UNDER_WAY);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) chunks.push(next.value);
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes));
    expect(await inbox.search({ uid: 1 })).toEqual([1]);
    await client.logout();
  });

  it('of a fetch too', async () => {
    await isHeldBack('2:*');
  });

  it('of a fetch whose set takes several commands too: they are no other operations', async () => {
    const absent = Array.from({ length: 3000 }, (_, index) => 100_001 + 2 * index);
    await isHeldBack([...Array.from({ length: 300 }, (_, index) => index + 2), ...absent]);
  });

  it.each(['2:301', '2:999'])('of a fetch of the numbers %s can log out', async (seq) => {
    const client = await connect({ ...options, limits: { buffer: 1_000_000 }, timeouts: { farewell: 1_000_000 } });
    const inbox = await client.open('INBOX');
    let last = 0;
    for await (const { uid } of inbox.fetch({ seq }, { source: true })) {
      if (last === 0) await client.logout();
      last = uid;
    }
    expect(last).toBe(301);
  });

  it('does not hold up another operation, up to a limit, and is then told that it was too slow', async () => {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const { content } = await inbox.download(1);
    const iterator = content[Symbol.asyncIterator]();
    await iterator.next();
    expect(await inbox.search({ uid: '2:3' })).toEqual([2, 3]);
    const error = await rejection(
      (async () => {
        while (!(await iterator.next()).done);
      })(),
    );
    expect(error).toMatchObject({ name: 'ImapError', code: 'SLOW_CONSUMER' });
    expect(error.message).toContain('limits.buffer');
    expect(await inbox.search({ uid: '2:3' })).toEqual([2, 3]);
    await client.logout();
  });

  it('that leaves lets the connection go on', async () => {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const iterator = inbox.fetch('1:*', { source: true })[Symbol.asyncIterator]();
    await iterator.next();
    await receivedInAll(client);
    await iterator.return?.();
    expect(await inbox.search({ uid: '2:3' })).toEqual([2, 3]);
    await client.logout();
  });

  it('that leaves a decoded download before it asks for anything lets it go on, too', async () => {
    const encoded = `Content-Transfer-Encoding: base64\r\n\r\n${`${'YWFh'.repeat(19)}\r\n`.repeat(SIZE / 78)}`;
    const uid = server.store.deliver('INBOX', encoded);
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const { content, size } = await inbox.download(uid, '1');
    const before = await receivedInAll(client);
    expect(before).toBeLessThan(UNDER_WAY);
    await content[Symbol.asyncIterator]().return?.();
    expect(await receivedInAll(client)).toBeGreaterThan(size);
    await client.logout();
  });
});
