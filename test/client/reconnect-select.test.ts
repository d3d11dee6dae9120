/** What ends the connection, each time. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

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

it.each(['', 'CONDSTORE'])(
  'a sync whose answer ends every connection behind its first message is given up (%s)',
  {
    timeout: 20_000,
  },
  async (capabilities) => {
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`);
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [HIGHESTMODSEQ 9] x');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('UID FETCH')) {
          peer.send('* 1 FETCH (UID 1 FLAGS () MODSEQ (9))');
          peer.socket.end();
          return;
        }
        peer.send(`${tag} OK done`);
      }
    });
    const client = await connect({ ...server.options, reconnect: { minDelay: 1, maxDelay: 1 } });
    const mailbox = await client.open('INBOX');
    const before = { uidValidity: 1, uidNext: 4, uids: '1:3', ...(capabilities ? { highestModseq: '5' } : {}) };
    expect(await rejection(mailbox.sync(before))).toMatchObject({ name: 'ConnectionError' });
    expect(server.peers.length).toBeLessThan(20);
    client.close();
  },
);
