import { expect, it } from 'vitest';
import { connect, type FetchItems, UsageError } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { collect, rejection } from '../server/operations/target.ts';

const SIZE = 1000;

async function withMessages(count: number, limits: { buffer: number }) {
  const server = await createServer();
  for (let n = 1; n <= count; n++) server.store.deliver('INBOX', `Subject: ${n}\r\n\r\n${'x'.repeat(SIZE)}\r\n`);
  const { host, port } = server;
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' }, limits });
  return { server, client, inbox: await client.open('INBOX') };
}

it('fetches so many at a time, and serves what the loop does to each', async () => {
  const { server, client, inbox } = await withMessages(200, { buffer: 4096 });
  const seen: number[] = [];
  for await (const { uid, source } of inbox.fetch('1:*', { source: true }, { batch: 8 })) {
    expect(source.length).toBeGreaterThan(SIZE);
    await inbox.addFlags(uid, ['\\Seen']);
    seen.push(uid);
  }
  expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(await inbox.search({ seen: false })).toEqual([]);
  await client.logout();
  await server.close();
});

it('without batches tells a loop that leaves too much waiting, and goes on', async () => {
  const { server, client, inbox } = await withMessages(200, { buffer: 4096 });
  const loop = async () => {
    for await (const { uid } of inbox.fetch('1:*', { source: true })) await inbox.addFlags(uid, ['\\Seen']);
  };
  await expect(loop()).rejects.toMatchObject({ code: 'SLOW_CONSUMER' });
  expect((await inbox.search({})).length).toBe(200);
  await client.logout();
  await server.close();
});

it('takes sequence numbers, leaves at a break, and refuses a batch of none, or of what is no item', async () => {
  const { server, client, inbox } = await withMessages(20, { buffer: 4096 });
  for await (const { uid } of inbox.fetch({ seq: '5:*' }, { flags: true }, { batch: 3 })) {
    expect(uid).toBeGreaterThan(4);
    if (uid === 9) break;
  }
  expect(await inbox.search({ uid: 3 })).toEqual([3]);
  for (const batch of [0, 1.5, Number.NaN])
    expect(() => inbox.fetch('1:*', { flags: true }, { batch })).toThrow(UsageError);
  const wrong = { flag: true } as FetchItems; // what a caller without types may write
  expect(() => inbox.fetch('1:*', wrong, { batch: 3 })).toThrow(UsageError);
  await client.logout();
  await server.close();
});

it.each([[[]], [{ seq: [] }], ['2:3']])('gives the messages of %j, and no others, in batches of one', async (set) => {
  const { server, client, inbox } = await withMessages(5, { buffer: 4096 });
  const given = await collect(inbox.fetch(set, { flags: true }, { batch: 1 }));
  expect(given.map(({ uid }) => uid)).toEqual(typeof set === 'string' ? [2, 3] : []);
  await client.logout();
  await server.close();
});

it('counts a part of what has changed as it does without batches', async () => {
  const { server, client, inbox } = await withMessages(20, { buffer: 4096 });
  const { highestModseq: changedSince = 0n } = inbox;
  for (const uid of [4, 9, 11, 17]) server.store.mailbox('INBOX').setFlags(uid, ['\\Seen']);
  const options = { partial: '2:3', changedSince };
  const uids = async (more: { batch?: number }) => {
    const found: number[] = [];
    for await (const { uid } of inbox.fetch('1:*', { flags: true }, { ...options, ...more })) found.push(uid);
    return found;
  };
  expect(await uids({})).toEqual([9, 11]);
  expect(await uids({ batch: 1 })).toEqual([9, 11]);
  await client.logout();
  await server.close();
});

it.each([[undefined], [1]])(
  'a loop by sequence number is over the messages of the call, in batches of %s',
  async (batch) => {
    const { server, client, inbox } = await withMessages(3, { buffer: 1 << 20 });
    const options = batch === undefined ? {} : { batch };
    const messages = inbox.fetch({ seq: 2 }, {}, options);
    await inbox.deleteMessages(1);
    expect(await rejection(collect(messages))).toMatchObject({ code: 'SEQUENCE_CHANGED' });
    expect((await collect(inbox.fetch({ seq: 2 }, {}, options))).map(({ uid }) => uid)).toEqual([3]);
    await client.logout();
    await server.close();
  },
);
