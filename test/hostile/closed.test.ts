/** No call is left waiting, whatever it is: of a client that is closed, and with a signal that has aborted. */
import { expect, it } from 'vitest';
import { type Agreed, agreed, RICH } from './agreeable.ts';
import { call } from './bench.ts';
import { EXAMPLES } from './methods.ts';

/** What is done already, or needs no connection. */
const DONE = ['client.logout', 'client.close', 'client.on', 'mailbox.on', 'mailbox.unselect'];
/** They end in order with their signal. */
const LASTING = ['client.notify', 'mailbox.watch', 'mailbox.searchUpdates'];

async function lost({ client, server }: Agreed): Promise<void> {
  const closed = new Promise((resolve) => {
    client.on('close', resolve);
  });
  server.stream.destroy();
  await closed;
}

function outcome(ready: Agreed, method: string, args: readonly unknown[]): Promise<unknown> {
  return call(ready, method, [...args]).then(
    () => 'done',
    (error: unknown) => error,
  );
}

it.each<[string, (ready: Agreed) => unknown]>([
  ['was closed', ({ client }) => client.close()],
  ['has logged out', ({ client }) => client.logout()],
  ['was lost', lost],
])('every method of a client that %s rejects at once', async (_, end) => {
  const ready = await agreed(RICH);
  await end(ready);
  for (const [method, [example = []]] of Object.entries(EXAMPLES)) {
    const error = await outcome(ready, method, example);
    if (DONE.includes(method)) expect(error, method).toBe('done');
    else expect(error, method).toMatchObject({ name: 'ConnectionError', code: 'CLOSED', maybeExecuted: false });
  }
});

it('every method rejects with the reason of a signal that has aborted, and sends nothing', async () => {
  const ready = await agreed(RICH);
  ready.server.commands = [];
  const reason = new Error('mine');
  const signal = AbortSignal.abort(reason);
  for (const [method, [example = []]] of Object.entries(EXAMPLES)) {
    if (DONE.includes(method) && method !== 'mailbox.unselect') continue;
    const { timeout: _, ...others } = (example.at(-1) ?? {}) as { timeout?: number }; // or more
    const error = await outcome(ready, method, [...example.slice(0, -1), { ...others, signal }]);
    if (method === 'client.authenticate') expect(error).toMatchObject({ code: 'AUTHENTICATED' });
    else expect(error, method).toBe(LASTING.includes(method) ? 'done' : reason);
  }
  expect(ready.server.commands).toEqual([]);
  ready.client.close();
});
