/** Acting for another user, and where else the mail is to be had: no real server here knows either. */
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/index.ts';
import { clientOf, freshName, type Operations, rejection } from './target.ts';

export const delegationOperations: Operations = (target) => {
  describe('proxyAuth', () => {
    it('acts for another user', async () => {
      await using client = await clientOf(target());
      const name = freshName(target());
      await client.create(name);
      const administrator = target().administrator?.();
      if (administrator === undefined) {
        const open = await client.open(name);
        expect(await rejection(client.proxyAuth('someone'))).toBeInstanceOf(CommandError);
        expect(await open.search({})).toEqual([]);
        return;
      }
      await using admin = await clientOf({ ...target(), options: () => administrator });
      const before = await admin.open('INBOX');
      expect((await admin.list()).some((mailbox) => mailbox.name === name)).toBe(false);
      await admin.proxyAuth('user1');
      expect(await rejection(before.search({}))).toMatchObject({ name: 'UsageError' });
      expect(await (await admin.open(name)).search({})).toEqual([]);
      await admin.proxyAuth('user2');
      expect(await rejection(admin.open(name))).toMatchObject({ command: 'SELECT', status: 'NO' });
      expect(await rejection(admin.proxyAuth('nobody'))).toMatchObject({ code: 'AUTHORIZATIONFAILED' });
      // Others than administrators act for nobody.
      expect(await rejection(client.proxyAuth('user2'))).toMatchObject({ code: 'AUTHORIZATIONFAILED' });
      expect(client.state).toBe('authenticated');
    });

    it('by SASL, from the beginning', async () => {
      const administrator = target().administrator?.();
      if (administrator === undefined) return;
      await using client = await clientOf(target(), {}, 3);
      const name = freshName(target());
      await client.create(name);
      const auth = { user: 'admin', pass: 'pass', authzid: 'user3', mechanism: 'PLAIN' } as const;
      await using admin = await clientOf({ ...target(), options: () => ({ ...administrator, auth }) });
      expect((await admin.list()).some((mailbox) => mailbox.name === name)).toBe(true);
      const wrong = { ...administrator, auth: { ...auth, user: 'user4' } };
      expect(await rejection(clientOf({ ...target(), options: () => wrong }))).toMatchObject({
        name: 'AuthenticationError',
        code: 'AUTHORIZATIONFAILED',
      });
    });
  });

  describe('jmapAccess', () => {
    it('tells where the mail is to be had by JMAP', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('JMAPACCESS')) {
        expect(await rejection(client.jmapAccess())).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      expect(new URL(await client.jmapAccess()).protocol).toBe('https:');
    });
  });
};
