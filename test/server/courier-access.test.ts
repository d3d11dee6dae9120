/** Quotas, access control and LIST's options against Courier, which has no METADATA and no SPECIAL-USE. */
import { expect, it } from 'vitest';
import { describeServer } from './describe.ts';
import { accessOperations } from './operations/access.ts';
import { clientOf } from './operations/target.ts';
import { targetOf } from './targets.ts';

describeServer('courier', (server) => {
  const target = () => targetOf(server());

  accessOperations(target);

  it('tells special uses by name', async () => {
    await using client = await clientOf(target(), {}, 2);
    const uses = (await client.list()).map(({ name, specialUse, specialUseSource }) => [
      name,
      specialUse,
      specialUseSource,
    ]);
    expect(uses).toContainEqual(['INBOX.Sent', '\\Sent', 'name']);
    expect(uses).toContainEqual(['INBOX.Trash', '\\Trash', 'name']);
    expect(uses).toContainEqual(['INBOX', '\\Inbox', 'name']);
  });

  it('tells how many messages there may be', async () => {
    await using client = await clientOf(target(), {}, 2);
    const { roots, quotas } = await client.quota.root('INBOX.Sent');
    expect(roots).toEqual(['ROOT']);
    expect(Object.keys(quotas[0]?.resources ?? {}).sort()).toEqual(['MESSAGE', 'STORAGE']);
  });
});
