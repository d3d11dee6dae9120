/** A mailbox whose selection ends the connection, each time. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';

it('a mailbox whose SELECT ends every connection is given up: what waits for it rejects', {
  timeout: 20_000,
}, async () => {
  let selections = 0;
  await using server = await createServer({
    users: { user: 'pass' },
    intercept: ({ name }) => {
      if (name !== 'SELECT') return undefined;
      selections++;
      return 'BYE crashed';
    },
  });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1, maxDelay: 1 } });
  expect(await rejection(client.open('INBOX'))).toMatchObject({ name: 'ConnectionError', maybeExecuted: false });
  expect(selections).toBeLessThan(20);
});

it('what has not begun outlives what ends every connection', { timeout: 20_000 }, async () => {
  await using server = await createServer({
    users: { user: 'pass' },
    intercept: ({ text }) => (/SEARCH.*poison/.test(text) ? 'BYE crashed' : undefined),
  });
  server.store.create('Other');
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1, maxDelay: 1 } });
  const other = await client.open('Other');
  const inbox = await client.open('INBOX');
  const crashing = rejection(inbox.search({ subject: 'poison' }));
  const waiting = other.search({ subject: 'harmless' });
  expect(await crashing).toMatchObject({ name: 'ConnectionError' });
  expect(await waiting).toEqual([]);
});
