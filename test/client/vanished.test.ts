/** fetch() with `vanished` (RFC 7162 §3.2.6). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, type FetchModifiers, type ImapClient, UsageError } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { collect, letters, rejection } from '../server/operations/target.ts';

let server: ImapServer;
let client: ImapClient;

beforeEach(async () => {
  server = await createServer();
  for (const content of letters(6)) server.store.deliver('INBOX', content);
  const { host, port } = server;
  client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
});
afterEach(async () => {
  await client.logout();
  await server.close();
});

it('tells what is gone by the event', async () => {
  await client.enable(['QRESYNC']);
  const inbox = await client.open('INBOX');
  const { highestModseq: changedSince = 0n } = inbox;
  const told: string[] = [];
  inbox.on('vanished', ({ uids }) => told.push(`${uids}`));
  const box = server.store.mailbox('INBOX');
  box.remove([2, 5]);
  box.setFlags(6, ['\\Seen']);
  const changed = await inbox.fetchAll('1:*', { flags: true }, { changedSince, vanished: true });
  expect([changed.map(({ uid }) => uid), told]).toEqual([[6], ['2,5']]);
  box.remove([1, 3, 4, 6]);
  await collect(inbox.fetch('1:3', {}, { changedSince, vanished: true }));
  expect(told).toEqual(['2,5', '1:3']);
});

it('is refused where a server would not answer it', async () => {
  const inbox = await client.open('INBOX');
  const asked = (options: FetchModifiers & { batch?: number }) =>
    inbox.fetch('1:*', {}, { changedSince: 1n, vanished: true, ...options });
  const error = await rejection(collect(asked({})));
  expect(error).toBeInstanceOf(UsageError);
  expect(error?.message).toContain("client.enable(['QRESYNC'])");
  expect(() => asked({ batch: 2 })).toThrow(UsageError);
  await client.enable(['QRESYNC']);
  const bySequence = inbox.fetchAll({ seq: '1:*' }, {}, { changedSince: 1n, vanished: true });
  expect(await rejection(bySequence)).toBeInstanceOf(UsageError);
});
