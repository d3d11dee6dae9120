/** LANGUAGE and COMPARATOR (RFC 5255): no real server here has them. */
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/index.ts';
import { clientOf, freshMailbox, freshName, letter, type Operations, rejection } from './target.ts';

const MISSING = { name: 'UsageError', code: 'MISSING_CAPABILITY' };

export const i18nOperations: Operations = (target) => {
  describe('language', () => {
    it('has texts in the language asked for', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('LANGUAGE')) {
        expect(await rejection(client.language('de'))).toMatchObject(MISSING);
        return;
      }
      const languages = await client.language();
      expect(languages).toEqual(expect.arrayContaining(['i-default', 'en', 'de']));
      const name = freshName(target());
      await client.create(name);
      const text = async () => String((await rejection(client.create(name))).text);
      const english = await text();
      expect(await client.language(['x-none', 'de-AT', 'en'])).toEqual(['de']);
      expect(await text()).not.toBe(english);
      // What does not exist changes nothing.
      expect(await rejection(client.language('x-none'))).toBeInstanceOf(CommandError);
      expect(await text()).not.toBe(english);
      expect((await client.command('NOOP')).text).toContain('ü');
      expect(await client.language('i-default')).toEqual(['i-default']);
      expect(await text()).toBe(english);
    });
  });

  describe('comparator', () => {
    it('has texts compared otherwise', async () => {
      await using client = await clientOf(target());
      const texts = ['Zebra', 'apple', 'Épée', 'epee'].map((subject) => letter(subject));
      const mailbox = await freshMailbox(client, target(), texts);
      if (!client.capabilities.has('I18NLEVEL=2')) {
        expect(await rejection(client.comparator())).toMatchObject(MISSING);
        return;
      }
      expect(await client.comparator()).toEqual({ active: 'i;unicode-casemap' });
      const found = () => Promise.all(['ZEBRA', 'épée'].map((subject) => mailbox.search({ subject })));
      expect(await found()).toEqual([[1], [3]]);
      expect(await mailbox.sort(['subject'], {})).toEqual([2, 4, 3, 1]);
      expect(await client.comparator(['x;none', 'i;octet'])).toEqual({ active: 'i;octet', matching: ['i;octet'] });
      expect(await found()).toEqual([[], []]);
      expect(await mailbox.search({ subject: 'Épée' })).toEqual([3]);
      expect(await mailbox.sort(['subject'], {})).toEqual([1, 2, 4, 3]);
      const { active, matching } = await client.comparator('i;*');
      expect(matching).toContain(active);
      expect(await rejection(client.comparator('x;none'))).toMatchObject({ code: 'BADCOMPARATOR' });
      expect(await client.comparator('i;ascii-casemap')).toMatchObject({ active: 'i;ascii-casemap' });
      expect(await found()).toEqual([[1], []]);
    });
  });
};
