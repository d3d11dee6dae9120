/** Quotas, access control lists and metadata, where a server has them; each says so where it has not. */
import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from '../../../src/index.ts';
import { clientOf, freshName, type Operations, rejection } from './target.ts';

export const accessOperations: Operations = (target) => {
  it('tells the quotas that count for INBOX', async () => {
    await using client = await clientOf(target());
    if (!client.capabilities.has('QUOTA')) {
      expect(await rejection(client.quota.root('INBOX'))).toBeInstanceOf(UsageError);
      return;
    }
    const { roots, quotas } = await client.quota.root('inbox');
    expect(roots.length).toBeGreaterThan(0);
    const [quota] = quotas;
    if (quota === undefined) throw new Error('no quota');
    expect(quota.resources.STORAGE?.limit).toBeGreaterThan(0);
    // Cyrus tells users of their quota by mailbox only.
    if (target().name !== 'cyrus') expect(await client.quota.get(quota.root)).toEqual(quota);
    expect(await rejection(client.quota.set(quota.root, { STORAGE: 1 }))).toBeInstanceOf(CommandError);
  });

  describe('access control', () => {
    it('gives rights, tells them and takes them away', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('ACL')) {
        for (const refused of [client.acl.get('INBOX'), client.acl.myRights('INBOX')]) {
          expect(await rejection(refused)).toMatchObject({ code: 'MISSING_CAPABILITY' });
        }
        return;
      }
      const name = freshName(target(), 'shared ü');
      await client.create(name);
      expect(await client.acl.myRights(name)).toMatch(/^(?=.*l)(?=.*r)(?=.*a)/);
      // Courier knows other users by another name, Dovecot lets nobody share with all.
      const who = target().name === 'courier' ? 'anyone' : 'user2';
      await client.acl.set(name, who, 'lr');
      await client.acl.set(name, who, '+s');
      const after = await client.acl.get(name);
      expect([...(after.get(who) ?? '')].sort().join('')).toBe('lrs');
      const { required, optional } = await client.acl.listRights(name, who);
      expect(required + optional.join('')).toContain('r');
      await client.acl.delete(name, who);
      expect((await client.acl.get(name)).has(who)).toBe(false);
    });

    it('tells the rights of mailboxes with LIST', async () => {
      await using client = await clientOf(target());
      const [inbox] = await client.list({ pattern: 'INBOX', myRights: true });
      if (client.capabilities.has('ACL')) expect(inbox?.myRights).toMatch(/^(?=.*l)(?=.*r)/);
      else expect(inbox?.myRights).toBeUndefined();
    });
  });

  describe('metadata', () => {
    it('keeps values of mailboxes', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('METADATA') && !client.capabilities.has('ANNOTATEMORE')) {
        expect(await rejection(client.metadata.get('INBOX', '/private/comment'))).toBeInstanceOf(UsageError);
        return;
      }
      const name = freshName(target(), 'noted ü');
      await client.create(name);
      const long = 'x'.repeat(2000);
      await client.metadata.set(name, {
        '/private/comment': 'Grüße',
        '/shared/comment': Buffer.from('a "quoted"\r\nline \xff', 'latin1'),
      });
      await client.metadata.set(name, { '/private/vendor/x/a': 'abc', '/private/vendor/x/b/c': long });
      const { get } = client.metadata;
      const values = await get(name, ['/private/comment', '/Shared/Comment', '/private/vendor/none']);
      expect(values.get('/private/comment')?.toString()).toBe('Grüße');
      expect(values.get('/Shared/Comment')?.toString('latin1')).toBe('a "quoted"\r\nline \xff');
      expect(values.get('/private/vendor/none')).toBeNull();
      expect(values.size).toBe(3);
      expect((await get(name, '/private/vendor/x', { depth: 1 })).get('/private/vendor/x/a')?.toString()).toBe('abc');
      expect((await get(name, '/private/vendor/x', { depth: 1 })).has('/private/vendor/x/b/c')).toBe(false);
      const all = await get(name, '/private/vendor/x', { depth: 'infinity' });
      expect(all.get('/private/vendor/x/b/c')?.toString()).toBe(long);
      const short = await get(name, '/private/vendor/x', { depth: 'infinity', maxSize: 100 });
      expect(short.get('/private/vendor/x/a')?.toString()).toBe('abc');
      expect(short.get('/private/vendor/x/b/c') ?? null).toBeNull();
      expect(short.longEntries).toBe(2000);
      await client.metadata.set(name, { '/private/comment': null });
      expect(await get(name, '/private/comment')).toEqual(new Map([['/private/comment', null]]));
    });

    it('tells what the server says of itself', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('METADATA') && !client.capabilities.has('ANNOTATEMORE')) return;
      expect(await client.metadata.get('', '/shared/comment')).toEqual(new Map([['/shared/comment', null]]));
    });
  });
};
