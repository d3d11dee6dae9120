/** STORE, COPY, MOVE, EXPUNGE, UID EXPUNGE, CLOSE, UNSELECT, CHECK. */
import { describe, expect, it } from 'vitest';
import { CommandError, type Mailbox, UsageError } from '../../../src/index.ts';
import { clientOf, freshMailbox, freshName, letters, type Operations, rejection } from './target.ts';

async function flagsOf(mailbox: Mailbox): Promise<Record<number, string[]>> {
  const all = await mailbox.fetchAll('1:*', { flags: true });
  return Object.fromEntries(all.map(({ uid, flags }) => [uid, sorted(flags)]));
}

function sorted(flags: Iterable<string> | undefined): string[] {
  return [...(flags ?? [])].filter((flag) => flag !== '\\Recent').sort();
}

export const changeOperations: Operations = (target) => {
  describe('flags', () => {
    it('are added, removed and set', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(4));
      const work = target().noKeywords ? '\\Answered' : '$Work';
      const added = await mailbox.addFlags('1:3', ['\\Seen', work]);
      expect([...added.flags.keys()].sort()).toEqual([1, 2, 3]);
      expect(sorted(added.flags.get(1))).toEqual([work, '\\Seen']);
      const removed = await mailbox.removeFlags([1, 2], ['\\Seen']);
      expect(sorted(removed.flags.get(2))).toEqual([work]);
      const set = await mailbox.setFlags(3, ['\\Flagged']);
      expect(sorted(set.flags.get(3))).toEqual(['\\Flagged']);
      expect(await flagsOf(mailbox)).toEqual({ 1: [work], 2: [work], 3: ['\\Flagged'], 4: [] });
      await mailbox.setFlags('1:*', []);
      expect(await flagsOf(mailbox)).toEqual({ 1: [], 2: [], 3: [], 4: [] });
    });

    it('are changed silently, by sequence number, and of messages that are not there', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(4));
      const silent = await mailbox.addFlags('1:2', ['\\Seen'], { silent: true });
      expect(silent.flags.size).toBe(target().answersSilent ? 2 : 0);
      await mailbox.deleteMessages(1);
      expect([...(await mailbox.addFlags({ seq: 1 }, ['\\Draft'])).flags.keys()]).toEqual([2]);
      expect(await flagsOf(mailbox)).toEqual({ 2: ['\\Draft', '\\Seen'], 3: [], 4: [] });
      const gone = [1, '100:200'];
      for (const set of gone) expect((await mailbox.addFlags(set, ['\\Seen'])).flags.size).toBe(0);
      expect((await mailbox.addFlags([], ['\\Seen'])).flags.size).toBe(0);
      expect(await flagsOf(mailbox)).toEqual({ 2: ['\\Draft', '\\Seen'], 3: [], 4: [] });
    });

    it('have names, or are refused before a byte is sent', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const { sent } = client.bytes;
      for (const flag of ['', 'a b', '\\', '\\Seen x', 'x)', 'x\r\n', 'ü', '"x"', 'a\\b', '{3}', 'a\0']) {
        expect(await rejection(mailbox.addFlags(1, [flag])), JSON.stringify(flag)).toBeInstanceOf(UsageError);
      }
      expect(await rejection(mailbox.addFlags(1, 'Seen' as unknown as string[]))).toBeInstanceOf(UsageError); // what a caller without types may write
      if (!client.capabilities.has('CONDSTORE')) {
        expect(await rejection(mailbox.addFlags(1, ['x'], { unchangedSince: 1n }))).toMatchObject({
          code: 'MISSING_CAPABILITY',
        });
      }
      expect(await rejection(mailbox.addFlags(1, ['x'], { gmailLabels: true }))).toMatchObject({
        code: 'MISSING_CAPABILITY',
      });
      await client.noop();
      expect(client.bytes.sent - sent).toBeLessThan(16);
    });

    it('change only where nothing else changed, with CONDSTORE', async () => {
      await using client = await clientOf(target());
      if (!client.capabilities.has('CONDSTORE')) return;
      const mailbox = await freshMailbox(client, target(), letters(3));
      const before = await mailbox.fetchAll('1:*', { modseq: true });
      const known = before.map(({ modseq }) => modseq).sort((a, b) => Number(b - a))[0] ?? 0n;
      await mailbox.addFlags(2, ['\\Seen']);
      const result = await mailbox.addFlags('1:3', ['\\Flagged'], { unchangedSince: known });
      expect([...(result.modified ?? [])]).toEqual([2]);
      expect(await mailbox.search({ flagged: true })).toEqual([1, 3]);
      const changed = await mailbox.fetchAll('1:*', { flags: true, modseq: true }, { changedSince: known });
      expect(changed.map(({ uid }) => uid)).toEqual([1, 2, 3]);
    });

    it('can not be changed in a mailbox that was opened read-only', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const reading = await client.open(mailbox.name, { readOnly: true });
      expect(reading.readOnly).toBe(true);
      expect(mailbox.readOnly).toBe(false);
      const changes = [
        () => reading.addFlags(1, ['\\Seen']),
        () => reading.setFlags(1, ['\\Seen']),
        () => reading.removeFlags(1, ['\\Seen']),
        () => reading.annotate(1, { '/private/comment': 'x' }),
        () => reading.move(1, 'INBOX'),
        () => reading.expunge(),
        () => reading.deleteMessages(1),
        () => reading.replace(1, { content: letters(1)[0] ?? '' }),
      ];
      for (const change of changes)
        expect(await rejection(change())).toMatchObject({ name: 'UsageError', code: 'READ-ONLY' });
      await reading.fetchAll(1, { source: true, markSeen: true });
      expect(await mailbox.search({ seen: false })).toEqual([1]);
      await mailbox.addFlags(1, ['\\Seen']);
      expect(await reading.search({ seen: true })).toEqual([1]);
    });
  });

  describe('copy and move', () => {
    it('copies messages, with their flags and dates, and tells where they are', async () => {
      await using client = await clientOf(target());
      const internalDate = new Date('2020-01-02T03:04:05Z');
      const source = await freshMailbox(client, target(), [
        { content: letters(1)[0] ?? '', flags: ['\\Flagged'], internalDate },
        ...letters(3),
      ]);
      const to = await freshMailbox(client, target(), letters(2));
      const result = await source.copy([1, 3], to.name);
      if (client.capabilities.has('UIDPLUS')) {
        expect(result).toEqual({
          uidValidity: to.uidValidity,
          uids: new Map([
            [1, 3],
            [3, 4],
          ]),
        });
      } else expect(result).toEqual({ uids: new Map() });
      expect(await source.search({})).toEqual([1, 2, 3, 4]);
      const [copied] = await to.fetchAll(3, { flags: true, internalDate: true });
      const { dropsFlags, datesByHeader } = target();
      expect(sorted(copied?.flags)).toEqual(dropsFlags ? [] : ['\\Flagged']);
      expect(copied?.internalDate).toEqual(datesByHeader ? new Date('2025-05-06T07:08:07Z') : internalDate);
      // Where no UIDNEXT is told (Courier), a number of before another mailbox was selected may name another message.
      await source.check();
      expect((await source.copy({ seq: '2' }, to.name)).uids.size).toBe(client.capabilities.has('UIDPLUS') ? 1 : 0);
      expect(await to.search({})).toEqual([1, 2, 3, 4, 5]);
    });

    it('moves messages, with MOVE or without', async () => {
      await using client = await clientOf(target());
      const source = await freshMailbox(client, target(), letters(5));
      const to = await freshMailbox(client, target());
      await source.addFlags(5, ['\\Deleted']);
      const result = await source.move('2:3', to.name);
      if (client.capabilities.has('UIDPLUS'))
        expect(result).toEqual({
          uidValidity: to.uidValidity,
          uids: new Map([
            [2, 1],
            [3, 2],
          ]),
        });
      expect(await source.search({})).toEqual([1, 4, 5]);
      expect(await source.search({ deleted: true })).toEqual([5]);
      expect(await to.search({})).toEqual([1, 2]);
      expect((await to.fetchAll('1:*', { flags: true })).flatMap(({ flags }) => sorted(flags))).toEqual([]);
      await source.check();
      await source.move({ seq: 1 }, to.name);
      expect(await source.search({})).toEqual([4, 5]);
      expect(await to.search({})).toEqual([1, 2, 3]);
    });

    it('of nothing does nothing; to nowhere says TRYCREATE', async () => {
      await using client = await clientOf(target());
      const source = await freshMailbox(client, target(), letters(2));
      const to = await freshMailbox(client, target());
      for (const set of [[], 77, '50:60']) {
        expect((await source.copy(set, to.name)).uids.size).toBe(0);
        expect((await source.move(set, to.name)).uids.size).toBe(0);
      }
      expect(await to.search({})).toEqual([]);
      expect(await source.search({})).toEqual([1, 2]);
      for (const attempt of [() => source.copy(1, freshName(target())), () => source.move(1, freshName(target()))]) {
        const error = await rejection(attempt());
        expect(error).toBeInstanceOf(CommandError);
        expect(error).toMatchObject({ code: 'TRYCREATE', status: 'NO' });
      }
      expect(await source.search({})).toEqual([1, 2]);
      for (const name of ['', 'a\r\nb', 'a\0']) {
        expect(await rejection(source.copy(1, name))).toBeInstanceOf(UsageError);
        expect(await rejection(source.move(1, name))).toBeInstanceOf(UsageError);
      }
    });
  });

  describe('expunge', () => {
    it('removes all that is marked, and tells what went', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(6));
      await mailbox.addFlags([2, 5], ['\\Deleted']);
      const { expunged, uids } = await mailbox.expunge();
      expect(expunged).toBe(2);
      expect(uids?.toString()).toBe('2,5');
      expect(await mailbox.search({})).toEqual([1, 3, 4, 6]);
      expect(mailbox.exists).toBe(4);
      expect((await mailbox.expunge()).expunged).toBe(0);
    });

    it('with a set removes those of it that are marked, and never another', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(6));
      await mailbox.addFlags([1, 2, 3], ['\\Deleted']);
      const first = await mailbox.expunge('2:4');
      expect(first.expunged).toBe(2);
      expect(first.uids?.toString()).toBe('2:3');
      expect(await mailbox.search({})).toEqual([1, 4, 5, 6]);
      expect(await mailbox.search({ deleted: true })).toEqual([1]);
      expect((await mailbox.expunge([])).expunged).toBe(0);
      expect((await mailbox.expunge('50:60')).expunged).toBe(0);
      expect((await mailbox.expunge({ seq: '1:2' })).uids?.toString()).toBe('1');
      expect(await mailbox.search({})).toEqual([4, 5, 6]);
    });

    it('deletes exactly the messages named', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(8));
      await mailbox.addFlags([1, 8], ['\\Deleted']);
      const { expunged, uids } = await mailbox.deleteMessages([3, 4]);
      expect([expunged, uids?.toString()]).toEqual([2, '3:4']);
      expect(await mailbox.search({})).toEqual([1, 2, 5, 6, 7, 8]);
      expect(await mailbox.search({ deleted: true })).toEqual([1, 8]);
      expect((await mailbox.deleteMessages({ seq: 2 })).uids?.toString()).toBe('2');
      expect((await mailbox.deleteMessages([])).expunged).toBe(0);
      expect((await mailbox.deleteMessages('90:99')).expunged).toBe(0);
      expect(await mailbox.search({})).toEqual([1, 5, 6, 7, 8]);
    });

    it('and every other change from a UID upwards leaves what is below it alone', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(5));
      const other = await freshMailbox(client, target());
      // In IMAP `9:*` is `*:9`, and names the last message (RFC 3501 §9).
      expect((await mailbox.addFlags('9:*', ['\\Flagged'])).flags.size).toBe(0);
      expect((await mailbox.copy('9:*', other.name)).uids.size).toBe(0);
      expect((await mailbox.move('2,9:*', other.name)).uids.size).toBe(client.capabilities.has('UIDPLUS') ? 1 : 0);
      expect((await mailbox.deleteMessages('9:*')).expunged).toBe(0);
      await mailbox.addFlags('5', ['\\Deleted']);
      expect((await mailbox.expunge('9:*')).expunged).toBe(0);
      expect(await mailbox.search({ uid: '9:*' })).toEqual([]);
      expect(await mailbox.search({ not: { uid: '9:*' } })).toEqual([1, 3, 4, 5]);
      expect(await mailbox.search({ flagged: true })).toEqual([]);
      expect(await other.search({})).toEqual([1]);
      expect((await mailbox.deleteMessages('4:*')).expunged).toBe(2);
      expect(await mailbox.search({ uid: '2:*' })).toEqual([3]);
      expect(await mailbox.search({ seq: '*' })).toEqual([3]);
      expect(await mailbox.search({ uid: '*' })).toEqual([3]);
      expect(await mailbox.search({ or: [{ uid: '3,*' }, { flagged: true }], not: { seq: 4 } })).toEqual([3]);
      expect(await mailbox.searchReturn({ not: { uid: '*' } }, { count: true, min: true })).toEqual({
        count: 1,
        min: 1,
      });
    });

    it('happens with close, and not with unselect', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const { name } = mailbox;
      await mailbox.addFlags(1, ['\\Deleted']);
      await mailbox.unselect();
      expect(client.state).toBe('authenticated');
      const second = await client.open(name);
      expect(await second.search({})).toEqual([1, 2, 3]);
      await second.check();
      await second.close();
      expect(client.state).toBe('authenticated');
      const third = await client.open(name);
      expect(await third.search({})).toEqual([2, 3]);
    });
  });
};
