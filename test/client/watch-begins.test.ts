/** Where a watch begins: what is searched for behind it, and what it tells, leave out no message. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';

it.each([
  ['selected', 1, ['Other', 'INBOX']],
  ['selected', 2, ['Other', 'INBOX']],
  ['not selected', 1, ['INBOX', 'Other']],
  ['not selected', 2, ['INBOX', 'Other']],
])('loses nothing between a watch and a search behind it, in a mailbox that is %s (%i)', async (_, at, order) => {
  let searches = 0;
  await using server = await createServer({
    users: { anna: 'secret' },
    intercept: ({ name }) => {
      if (name === 'UID SEARCH' && ++searches === at) server.store.deliver('INBOX', 'Subject: second\n\n\n');
      return undefined;
    },
  });
  server.store.deliver('INBOX', 'Subject: first\n\n\n');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'anna', pass: 'secret' } });
  await client.create('Other');
  const handles = new Map<string, Awaited<ReturnType<typeof client.open>>>();
  for (const name of order) handles.set(name, await client.open(name));
  const inbox = handles.get('INBOX');
  const known = new Set<number>();
  const watched = (async () => {
    for await (const event of inbox?.watch() ?? [])
      if (event.type === 'arrived') for (const { uid } of event.messages) known.add(uid);
  })();
  for (const uid of (await inbox?.search({ all: true })) ?? []) known.add(uid);
  await expect.poll(() => [...known].sort()).toEqual([1, 2]);
  await client.logout();
  await watched;
});

it('tells what is in a mailbox that was replaced before the watch began', async () => {
  await using server = await createServer({ users: { anna: 'secret' } });
  const { host, port } = server;
  const options = { host, port, security: 'none', auth: { user: 'anna', pass: 'secret' } } as const;
  await using client = await connect(options);
  await client.create('Box');
  const box = await client.open('Box');
  await client.open('INBOX');
  await using other = await connect(options);
  await other.delete('Box');
  await other.create('Box');
  await other.append('Box', { content: 'Subject: new\r\n\r\n' });
  const told: unknown[] = [];
  for await (const event of box.watch()) {
    told.push(event.type === 'arrived' ? event.messages.map(({ uid }) => uid) : event.type);
    if (event.type === 'arrived') break;
  }
  expect(told).toEqual(['reset', [1]]);
});
