/** A mailbox's listeners end with the handle that they were added by. */
import { expect, it } from 'vitest';
import { connect, createPool, type Mailbox } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';

async function letters() {
  const server = await createServer();
  const { host, port } = server;
  const deliver = () => server.store.deliver('INBOX', '\r\n');
  return { server, deliver, options: { host, port, security: 'none', auth: { user: 'user', pass: 'pass' } } as const };
}

it.each([
  ['unselect', (mailbox: Mailbox) => mailbox.unselect()],
  ['close', (mailbox: Mailbox) => mailbox.close()],
  ['its disposal', (mailbox: Mailbox) => mailbox[Symbol.asyncDispose]()],
])('after %s nothing is told to them, whoever opens the mailbox again', async (_, leave) => {
  const { server, deliver, options } = await letters();
  await using _server = server;
  await using client = await connect(options);
  const told: string[] = [];
  const stays = await client.open('INBOX');
  stays.on('exists', () => told.push('stays'));
  const left = await client.open('INBOX');
  const removed = left.on('exists', () => told.push('removed'));
  left.on('exists', () => told.push('left'));
  removed();
  await leave(left);
  removed();
  const again = await client.open('INBOX');
  again.on('exists', () => told.push('again'));
  deliver();
  await client.noop();
  expect(told).toEqual(['stays', 'again']);
  expect(() => left.on('exists', () => {})).toThrow(expect.objectContaining({ code: 'CLOSED' }));
});

it('the next who borrows a connection has none of those of the last', async () => {
  const { server, deliver, options } = await letters();
  await using _server = server;
  await using pool = createPool({ ...options, max: 1 });
  const told: number[] = [];
  for (const turn of [1, 2, 3]) {
    await pool.withMailbox('INBOX', async (mailbox) => {
      mailbox.on('exists', () => told.push(turn));
      deliver();
      await mailbox.check();
    });
  }
  expect(told).toEqual([1, 2, 3]);
});
