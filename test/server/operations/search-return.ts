/** SEARCH RETURN: what the server answers, and the same worked out here where it seems to lack the extension. */
import { describe, expect, it } from 'vitest';
import { type SearchReturnOptions, UsageError } from '../../../src/index.ts';
import { hiding } from '../hiding.ts';
import { clientOf, freshMailbox, letters, type Operations, rejection } from './target.ts';

/** What each asks for of the UIDs 2, 3, 5, 8 and 9, and gets. */
const CASES: [SearchReturnOptions, Record<string, unknown>][] = [
  [{}, {}],
  [{ min: true }, { min: 2 }],
  [{ max: true }, { max: 9 }],
  [{ count: true }, { count: 5 }],
  [{ all: true }, { all: '2:3,5,8:9' }],
  [
    { min: true, max: true, count: true, all: true },
    { min: 2, max: 9, count: 5, all: '2:3,5,8:9' },
  ],
  [{ partial: '1:2' }, { partial: '2:3' }],
  [
    { partial: '4:2', count: true },
    { partial: '3,5,8', count: 5 },
  ],
  [{ partial: '-1:-2' }, { partial: '8:9' }],
  [
    { partial: '-5:-4', all: true },
    { partial: '2:3', all: '2:3,5,8:9' },
  ],
  [{ partial: '4:100' }, { partial: '8:9' }],
  [{ partial: '100:200' }, { partial: '' }],
  [{ partial: '-9:-7' }, { partial: '' }],
];

function shown(result: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
}

export const searchReturnOperations: Operations = (target) => {
  describe('searchReturn', () => {
    it('tells what was asked for of the messages found', async () => {
      await using client = await clientOf(target());
      await using poor = await clientOf(
        target(),
        hiding(target().options(), 'ESEARCH', 'CONTEXT=', 'PARTIAL', 'IMAP4rev2'),
      );
      await using middling = await clientOf(target(), hiding(target().options(), 'CONTEXT=', 'PARTIAL'));
      const { name } = await freshMailbox(client, target(), letters(10));
      for (const one of [client, poor, middling]) {
        const mailbox = await one.open(name);
        const query = { uid: '2:3,5,8:9' };
        for (const [want, expected] of CASES) {
          const wanted = Object.keys(want).length === 0 ? { all: '2:3,5,8:9' } : expected;
          expect(shown(await mailbox.searchReturn(query, want)), JSON.stringify(want)).toEqual(wanted);
        }
        // All of them at once: each gets its own answer.
        const together = CASES.slice(1).map(([want]) => mailbox.searchReturn(query, want));
        expect((await Promise.all(together)).map(shown)).toEqual(CASES.slice(1).map(([, expected]) => expected));
        const everything = { min: true, max: true, count: true, all: true };
        expect(shown(await mailbox.searchReturn({ subject: 'nothing' }, everything))).toEqual({ count: 0, all: '' });
        expect(shown(await mailbox.searchReturn({ subject: 'nöthing' }, { partial: '1:9' }))).toEqual({ partial: '' });
      }
    });

    it('takes nothing that is no return option', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const wants: unknown[] = [
        null,
        'MIN',
        { least: true },
        { min: 1 },
        { partial: '1' },
        { partial: '1:-2' },
        { partial: '0:1' },
      ];
      for (const want of wants) {
        const error = await rejection(mailbox.searchReturn({}, want as SearchReturnOptions)); // what a caller without types may write
        expect(error, JSON.stringify(want)).toBeInstanceOf(UsageError);
      }
    });

    it('keeps a result on the server, as a set for what follows', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(5));
      if (!client.capabilities.has('SEARCHRES') || !client.capabilities.has('ESEARCH')) {
        const error = await rejection(mailbox.searchReturn({}, { save: true }));
        expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      expect(await mailbox.searchReturn({ uid: '2,4' }, { save: true })).toEqual({});
      expect((await mailbox.fetchAll('$', { flags: true })).map(({ uid }) => uid)).toEqual([2, 4]);
      // Sent together, without waiting for the result.
      const [saved, found, messages] = await Promise.all([
        mailbox.searchReturn({ uid: '3:5' }, { save: true, count: true }),
        mailbox.search({ uid: '$', not: { uid: 4 } }),
        mailbox.fetchAll('$', {}),
      ]);
      expect(saved).toEqual({ count: 3 });
      expect(found).toEqual([3, 5]);
      expect(messages.map(({ uid }) => uid)).toEqual([3, 4, 5]);
      // Sent at once, though a number may lie above the last message.
      await mailbox.searchReturn({ uid: 1 }, { save: true });
      const beyond = [mailbox.searchReturn({ seq: '2:9' }, { save: true }), mailbox.fetchAll('$', {})] as const;
      expect((await Promise.all(beyond))[1].map(({ uid }) => uid)).not.toContain(1);
      await mailbox.searchReturn({ uid: '3:5' }, { save: true });
      await mailbox.addFlags('$', ['\\Flagged']);
      expect(await mailbox.search({ flagged: true })).toEqual([3, 4, 5]);
    });

    it('is gone when another mailbox was selected: what would silently do nothing is refused', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      if (!client.capabilities.has('SEARCHRES') || !client.capabilities.has('ESEARCH')) return;
      await expect(mailbox.addFlags('$', ['\\Flagged'])).rejects.toMatchObject({ code: 'NO_SAVED_RESULT' });
      await mailbox.searchReturn({ uid: '2' }, { save: true });
      await (await freshMailbox(client, target())).search({});
      for (const operation of [
        mailbox.addFlags('$', ['\\Flagged']),
        mailbox.search({ or: [{ uid: '$' }, { flagged: true }] }),
        mailbox.fetchAll('$', { flags: true }),
        mailbox.deleteMessages('$'),
        mailbox.copy('$', mailbox.name),
      ]) {
        const error = await rejection(operation);
        expect(error).toMatchObject({ name: 'UsageError', code: 'NO_SAVED_RESULT' });
      }
      await mailbox.searchReturn({ uid: '2' }, { save: true });
      expect((await mailbox.fetchAll('$', {})).map(({ uid }) => uid)).toEqual([2]);
    });

    it('tells the mod-sequence where the query asks for one', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      if (!client.capabilities.has('CONDSTORE')) return;
      const { modseq, count } = await mailbox.searchReturn({ modseq: 1n }, { count: true });
      expect(count).toBe(3);
      expect(modseq).toBeTypeOf('bigint');
    });
  });
};
