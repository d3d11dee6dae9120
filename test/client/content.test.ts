import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';

it('of which a part was cut off costs time in proportion to its length, whatever its bytes', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const header = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';
  store.deliver('INBOX', Buffer.concat([Buffer.from(header), Buffer.alloc(400_000, 0xff), Buffer.from('xx')]));
  store.deliver('INBOX', `${header}aé`);
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const started = performance.now();
  const content = await inbox.content(1, { maxBytes: 400_001 });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(content).toMatchObject({ text: `${'\ufffd'.repeat(400_000)}x`, truncated: true });
  expect(await inbox.content(2, { maxBytes: 2 })).toMatchObject({ text: 'a', truncated: true });
  await client.logout();
});
