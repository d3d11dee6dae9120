/** Quotas, access control, metadata and LIST's options against Cyrus, with METADATA and with ANNOTATEMORE alone. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { accessOperations } from './operations/access.ts';
import { clientOf, rejection } from './operations/target.ts';
import { targetOf } from './targets.ts';

describeServer('cyrus', (server) => {
  const target = () => targetOf(server());
  const admin = () => connect({ ...target().options(), auth: server().specialUsers.admin });

  accessOperations(target);

  it('sets quotas of all its resources, and lifts them', async () => {
    await using client = await clientOf(target(), {}, 2);
    await client.noop();
    await using manager = await admin();
    const root = `user/${server().user(2).user}`;
    const limits = { STORAGE: 2_000_000_000, MESSAGE: 500, 'X-ANNOTATION-STORAGE': 70, 'X-NUM-FOLDERS': 30 };
    const quota = await manager.quota.set(root, limits);
    expect(quota.root).toBe(root);
    expect(Object.fromEntries(Object.entries(quota.resources).map(([name, { limit }]) => [name, limit]))).toEqual(
      limits,
    );
    expect((await client.quota.root('INBOX')).quotas[0]?.resources.MESSAGE).toEqual({ used: 0, limit: 500 });
    expect((await manager.quota.set(root, {})).resources).toEqual({});
    expect(await rejection(client.quota.set('INBOX', { STORAGE: 1 }))).toMatchObject({ status: 'NO' });
    expect(await rejection(manager.quota.get('user/nobody'))).toMatchObject({ status: 'NO' });
  });

  it('keeps metadata of the server', async () => {
    await using manager = await admin();
    await manager.metadata.set('', { '/shared/comment': 'The server', '/shared/admin': 'mailto:root@localhost' });
    const values = await manager.metadata.get('', ['/shared/admin', '/shared/comment']);
    expect(values.get('/shared/admin')?.toString()).toBe('mailto:root@localhost');
    await manager.metadata.set('', { '/shared/comment': null, '/shared/admin': null });
  });

  it('tells what is above subscribed mailboxes: whether it exists, and its metadata', async () => {
    await using client = await clientOf(target(), {}, 4);
    for (const name of ['Above', 'Above/Below']) await client.create(name);
    await client.metadata.set('Above', { '/private/comment': 'mine' });
    await client.unsubscribe('Above');
    await client.subscribe('Above/Below');
    const options = { subscribed: true, recursiveMatch: true, pattern: '%', metadata: ['/private/comment'] };
    const above = (await client.list(options)).find(({ name }) => name === 'Above');
    expect(above).toMatchObject({ selectable: true, subscribed: false });
    expect(String(above?.metadata?.get('/private/comment'))).toBe('mine');
  });

  it('lists rights along with mailboxes in one command', async () => {
    const sent: string[] = [];
    const log = ({ direction, text }: { direction: string; text: string }) => direction === 'out' && sent.push(text);
    await using client = await clientOf(target(), { log, clientId: false, compress: false }, 5);
    sent.length = 0;
    const mailboxes = await client.list({ myRights: true, status: ['messages'] });
    expect(mailboxes.length).toBeGreaterThan(3);
    for (const { myRights, status } of mailboxes) {
      expect(myRights).toContain('lrsw');
      expect(status).toEqual({ messages: 0 });
    }
    expect(sent).toHaveLength(1);
  });
});

describeServer(
  'cyrus',
  { suppress: 'METADATA METADATA-SERVER SPECIAL-USE CREATE-SPECIAL-USE LIST-MYRIGHTS' },
  (server) => {
    const target = () => targetOf(server());

    accessOperations(target);

    it('tells special uses by XLIST', async () => {
      await using client = await clientOf(target());
      expect(client.capabilities.has('SPECIAL-USE')).toBe(false);
      const uses = (await client.list({ specialUse: true })).map(({ name, specialUse, specialUseSource }) => [
        name,
        specialUse,
        specialUseSource,
      ]);
      expect(uses).toContainEqual(['Sent', '\\Sent', 'server']);
      expect(uses).toContainEqual(['Trash', '\\Trash', 'server']);
    });
  },
);

describeServer(
  'cyrus',
  { suppress: 'METADATA METADATA-SERVER ANNOTATEMORE QUOTA ACL SPECIAL-USE XLIST LIST-EXTENDED' },
  (server) => {
    const target = () => targetOf(server());

    accessOperations(target);

    it('lists plainly', async () => {
      await using client = await clientOf(target());
      expect((await client.list()).find(({ name }) => name === 'Sent')).toMatchObject({ specialUse: '\\Sent' });
      expect((await client.list({ subscribed: true, remote: true })).map(({ name }) => name)).toContain('Sent');
    });
  },
);
