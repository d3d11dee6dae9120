/** A SELECT that is refused, for all who wait for it. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';

it('is told to each in an error of his own: what one has copied stands in no other', async () => {
  let isGone = false;
  await using server = await createServer({
    intercept: ({ name, text }) => {
      isGone ||= name === 'UID COPY';
      return isGone && name === 'SELECT' && text.includes('"A"') ? 'NO It is gone' : undefined;
    },
  });
  server.store.create('A').deliverAll(Array.from({ length: 4000 }, () => ({ raw: '\r\n' })));
  server.store.create('B');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const b = await client.open('B');
  const a = await client.open('A');
  // So many ranges take two command lines, and between them the other mailbox has its turn.
  const odd = Array.from({ length: 2000 }, (_, index) => 2 * index + 1);
  const copied = rejection(a.copy(odd, 'B'));
  await b.search({ all: true });
  const searched = rejection(a.search({ all: true }));
  const copyError = await copied;
  const searchError = await searched;
  expect(copyError).toMatchObject({ name: 'CommandError', command: 'SELECT', copied: { uids: expect.any(Map) } });
  expect(searchError).toMatchObject({ name: 'CommandError', command: 'SELECT', message: copyError.message });
  expect(searchError).not.toHaveProperty('copied');
});
