/** Searches that go on (CONTEXT=SEARCH, CONTEXT=SORT, RFC 5267). */
import { describe, expect, it } from 'vitest';
import type { SearchQuery, SearchUpdate, SearchUpdatesOptions } from '../../../src/index.ts';
import { clientOf, freshMailbox, letter, letters, type Operations, rejection, type Target } from './target.ts';

const PATIENCE = { timeout: 20_000 };

/** Two clients in one mailbox; what the first one is told of a search there. */
async function following(target: Target, query: SearchQuery, options: SearchUpdatesOptions = {}) {
  const reader = await clientOf(target, {}, 4);
  const writer = await clientOf(target, {}, 4);
  const theirs = await freshMailbox(writer, target, letters(4));
  const inbox = await reader.open(theirs.name);
  const told: SearchUpdate[] = [];
  const ending = new AbortController();
  const listening = (async () => {
    for await (const update of inbox.searchUpdates(query, { ...options, signal: ending.signal })) told.push(update);
  })();
  listening.catch(() => {});
  const last = async () => {
    await reader.noop();
    return told.at(-1);
  };
  return {
    ...{ reader, writer, inbox, theirs, told, last },
    end: async () => {
      ending.abort();
      await listening;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.all([reader.logout(), writer.logout()]);
    },
  };
}

export const searchUpdatesOperations: Operations = (target) => {
  describe('searchUpdates', () => {
    it('tells what joins a result and leaves it', async () => {
      await using client = await clientOf(target(), {}, 4);
      if (!client.capabilities.has('CONTEXT=SEARCH')) {
        const mailbox = await client.open('INBOX');
        const updates = mailbox.searchUpdates({})[Symbol.asyncIterator]();
        expect(await rejection(updates.next())).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      await using both = await following(target(), { seen: false });
      const { reader, writer, inbox, theirs, told, last, end } = both;
      await expect.poll(() => told).toEqual([{ type: 'found', uids: [1, 2, 3, 4] }]);
      await theirs.addFlags(2, ['\\Seen']);
      await expect.poll(last, PATIENCE).toEqual({ type: 'removed', position: 0, uids: [2] });
      await theirs.removeFlags(2, ['\\Seen']);
      await expect.poll(last, PATIENCE).toEqual({ type: 'added', position: 0, uids: [2] });
      await writer.append(theirs.name, { content: letter('new') });
      await expect.poll(last, PATIENCE).toEqual({ type: 'added', position: 0, uids: [5] });
      await theirs.deleteMessages(3);
      await expect.poll(last, PATIENCE).toEqual({ type: 'removed', position: 0, uids: [3] });
      // Changes of one's own count as well.
      await inbox.addFlags('4:5', ['\\Seen']);
      const removed = () => told.flatMap(({ type, uids }) => (type === 'removed' ? uids : [])).sort();
      await expect.poll(async () => (await last()) && removed(), PATIENCE).toEqual([2, 3, 4, 5]);
      await end();
      const count = told.length;
      await theirs.addFlags(1, ['\\Seen']);
      await reader.noop();
      expect(told).toHaveLength(count);
      expect(await inbox.search({ seen: false })).toEqual([2]);
    });

    it('tells where in an order it stands', async () => {
      await using client = await clientOf(target(), {}, 4);
      if (!client.capabilities.has('CONTEXT=SORT')) {
        const mailbox = await client.open('INBOX');
        const updates = mailbox.searchUpdates({}, { sort: ['date'] })[Symbol.asyncIterator]();
        expect(await rejection(updates.next())).toMatchObject({ code: 'MISSING_CAPABILITY' });
        return;
      }
      const sort = [{ by: 'subject', reverse: true } as const];
      await using both = await following(target(), { flagged: false }, { sort });
      const { writer, theirs, told, last } = both;
      await expect.poll(() => told).toEqual([{ type: 'found', uids: [4, 3, 2, 1] }]);
      await theirs.addFlags('2,4', ['\\Flagged']);
      await expect.poll(last, PATIENCE).toMatchObject({ type: 'removed' });
      await writer.append(theirs.name, { content: letter('letter 25') });
      await expect.poll(last, PATIENCE).toMatchObject({ type: 'added', uids: [5] });
      await theirs.removeFlags(2, ['\\Flagged']);
      await expect.poll(last, PATIENCE).toMatchObject({ type: 'added', uids: [2] });
      await theirs.deleteMessages(3);
      await expect.poll(last, PATIENCE).toMatchObject({ type: 'removed', uids: [3] });
      expect(applied(told)).toEqual([5, 2, 1]);
      const now = await (await writer.open(theirs.name)).sort(sort, { flagged: false });
      expect(now).toEqual([5, 2, 1]);
    });
  });
};

/** The result, by what was told of it. */
function applied(updates: readonly SearchUpdate[]): number[] {
  const result: number[] = [];
  for (const update of updates) {
    if (update.type === 'found') result.splice(0, result.length, ...update.uids);
    else if (update.type === 'added') result.splice(update.position - 1, 0, ...update.uids);
    else expect(result.splice(update.position - 1, update.uids.length)).toEqual(update.uids);
  }
  return result;
}
