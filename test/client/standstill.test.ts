/** A process that stood still (stopped, asleep, or busy) for longer than a deadline: the server had answered, and nobody read. */
import { expect, it } from 'vitest';
import { type ConnectOptions, connect } from '../../src/index.ts';
import { createServer, type ImapServer, type ServerOptions } from '../../src/testing/index.ts';

const DEADLINE_MS = 300;

async function served(given: ServerOptions = {}): Promise<ImapServer & { options: ConnectOptions }> {
  const server = await createServer(given);
  server.store.deliver('INBOX', 'Subject: x\r\n\r\n');
  const { host, port } = server;
  const timeouts = { inactivity: DEADLINE_MS, farewell: DEADLINE_MS };
  return Object.assign(server, {
    options: { host, port, security: 'none' as const, auth: { user: 'user', pass: 'pass' }, timeouts },
  });
}

/** Where timers come next, and what was received behind them. */
async function standStill(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 2 * DEADLINE_MS;
  while (performance.now() < until);
}

it('has a command answered', async () => {
  await using server = await served();
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const found = inbox.search({});
  await standStill();
  expect(await found).toEqual([1]);
});

it('goes on with its watch', async () => {
  let idling = () => {};
  const begun = new Promise<void>((resolve) => {
    idling = resolve;
  });
  await using server = await served({ log: ({ text }) => text.startsWith('+') && idling() });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const watch = inbox.watch()[Symbol.asyncIterator]();
  const first = watch.next();
  await begun;
  const found = inbox.search({});
  await standStill();
  expect(await found).toEqual([1]);
  server.store.deliver('INBOX', 'Subject: y\r\n\r\n');
  expect(await first).toMatchObject({ value: { type: 'arrived', messages: [{ uid: 2 }] } });
});

it('connects', async () => {
  await using server = await served();
  // What it loads takes its time, once.
  await (await connect(server.options)).logout();
  const connecting = connect({ ...server.options, timeouts: { connect: DEADLINE_MS } });
  await standStill();
  await using client = await connecting;
  expect(client.state).toBe('authenticated');
});

it('logs out behind what is under way', async () => {
  await using server = await served();
  const client = await connect(server.options);
  const appended = client.append('INBOX', { content: 'Subject: y\r\n\r\n' });
  const left = client.logout();
  await standStill();
  expect(await appended).toMatchObject({ uid: 2 });
  await left;
});
