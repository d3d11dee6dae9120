/** Mailbox handles: several open on one client, operations interleaved, no locks and no deadlock. */
import { describe, expect, it } from 'vitest';
import { CommandError, ImapError, type Mailbox, UsageError } from '../../../src/index.ts';
import {
  clientOf,
  collect,
  current,
  freshMailbox,
  freshName,
  gatedStream,
  letter,
  letters,
  type Operations,
  rejection,
  renew,
} from './target.ts';

export const handleOperations: Operations = (target) => {
  describe('handles', () => {
    it('several are open at once, and each works in its own mailbox', async () => {
      await using client = await clientOf(target());
      const boxes: Mailbox[] = [];
      for (let count = 1; count <= 4; count++) boxes.push(await freshMailbox(client, target(), letters(count)));
      const flag = (round: number) => (target().noKeywords ? '\\Answered' : `$Round${round}`);
      const rounds: Promise<number>[] = [];
      for (let round = 0; round < 10; round++) {
        for (const box of boxes) {
          rounds.push(box.search({}).then((uids) => uids.length));
          rounds.push(box.fetchAll('1:*', { envelope: true }).then((all) => all.length));
          rounds.push(box.addFlags('1:*', [flag(round)], { silent: true }).then(({ flags }) => flags.size));
        }
      }
      const said = (messages: number) => (target().answersSilent ? messages : 0);
      const expected = [1, 2, 3, 4].flatMap((count) => [count, count, said(count)]);
      expect(await Promise.all(rounds)).toEqual(Array.from({ length: 10 }, () => expected).flat());
      for (const [index, box] of boxes.entries()) {
        expect(box.exists).toBe(index + 1);
        const [first] = await box.fetchAll(1, { flags: true });
        for (let round = 0; round < 10; round++) expect(first?.flags.has(flag(round))).toBe(true);
      }
    });

    it('name no message by a sequence number above the last one, and none by n:* from there', async () => {
      await using client = await clientOf(target());
      await using other = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(3));
      const beyond = freshName(target());
      await client.create(beyond);
      const copied = async () => (await client.status(beyond, ['messages'])).messages;
      for (const seq of ['4:*', 4, '4,9', '7:9', [5]]) {
        expect(await collect(box.fetch({ seq }, { flags: true }))).toEqual([]);
        expect(await collect(box.fetch({ seq }, { flags: true }, { batch: 2 }))).toEqual([]);
        expect(await box.fetchAll({ seq }, { flags: true })).toEqual([]);
        expect((await box.addFlags({ seq }, ['\\Flagged'])).flags).toEqual(new Map());
        expect((await box.copy({ seq }, beyond)).uids).toEqual(new Map());
        expect((await box.move({ seq }, beyond)).uids).toEqual(new Map());
        expect((await box.expunge({ seq })).expunged).toBe(0);
        expect((await box.deleteMessages({ seq })).expunged).toBe(0);
        expect(await box.search({ seq })).toEqual([]);
        expect(await box.search({ uid: { seq } })).toEqual([]);
        expect(await box.search({ or: [{ and: [{ seq }] }, { uid: 2 }] })).toEqual([2]);
        expect(await box.search({ seq: '1:2', not: [{ not: { seq } }, { seen: true }] })).toEqual([]);
        expect(await box.search({ not: { seq } })).toEqual([1, 2, 3]);
        expect(await box.sort([{ by: 'size' }], { seq })).toEqual([]);
        expect(await box.thread('REFERENCES', { seq })).toEqual([]);
        if (client.capabilities.has('ESEARCH'))
          expect(await box.searchReturn({ seq }, { count: true })).toEqual({ count: 0 });
      }
      expect(await box.search({ seq: '1,3:9', answered: false })).toEqual([1, 3]);
      expect(await box.search({})).toEqual([1, 2, 3]);
      expect(await box.search({ flagged: true })).toEqual([]);
      expect(await copied()).toBe(0);
      const uids = async (seq: string) => (await box.fetchAll({ seq }, { flags: true })).map(({ uid }) => uid);
      expect([await uids('2:9'), await uids('1,4:*'), await uids('1,7,*')]).toEqual([[2, 3], [1], [1, 3]]);
      if (target().tellsNothing) return;
      // What has come since counts.
      await other.append(box.name, { content: letter('fourth') });
      expect(await uids('4:*')).toEqual([4]);
      await other.append(box.name, { content: letter('fifth') });
      expect(await box.fetchOne({ seq: 5 }, { flags: true })).toMatchObject({ uid: 5 });
    });

    it('work inside an iteration: on its own mailbox and on another', async () => {
      await using client = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(20));
      const other = await freshMailbox(client, target(), letters(3));
      const seen: number[] = [];
      for await (const { uid, envelope } of box.fetch('1:*', { envelope: true, flags: true })) {
        seen.push(uid);
        expect(envelope.subject).toBe(`letter ${uid}`);
        if (uid % 5 === 0) await box.addFlags(uid, ['\\Flagged']);
        if (uid % 7 === 0) await other.addFlags('1:*', ['\\Seen']);
        if (uid % 10 === 0) await client.append(other.name, { content: letter('more') });
        if (uid === 11) expect(await collect(other.fetch('1:3', { flags: true }))).toHaveLength(3);
        if (uid === 12) expect(await (await box.download(12, '1')).content.text()).toBe('Hello\r\n');
        if (uid === 13) for await (const inner of box.fetch('1:*', { source: true })) if (inner.uid === 2) break;
      }
      expect(seen).toEqual([...Array(20).keys()].map((index) => index + 1));
      expect(await box.search({ flagged: true })).toEqual([5, 10, 15, 20]);
      expect(await other.search({ seen: true })).toEqual(
        [1, 2, 3, 4].slice(0, (await other.search({ seen: true })).length),
      );
      expect(await other.search({})).toHaveLength(5);
    });

    it('iterate two mailboxes side by side', async () => {
      await using client = await clientOf(target());
      const first = await freshMailbox(client, target(), letters(15));
      const second = await freshMailbox(client, target(), letters(15));
      const one = first.fetch('1:*', { envelope: true })[Symbol.asyncIterator]();
      const two = second.fetch('1:*', { source: true })[Symbol.asyncIterator]();
      for (let uid = 1; uid <= 15; uid++) {
        expect((await one.next()).value.uid).toBe(uid);
        expect((await two.next()).value.uid).toBe(uid);
      }
      expect((await Promise.all([one.next(), two.next()])).map(({ done }) => done)).toEqual([true, true]);
    });

    it('of one mailbox share its selection, for reading and for writing', async () => {
      await using client = await clientOf(target());
      const writing = await freshMailbox(client, target(), letters(3));
      const again = await client.open(writing.name);
      const reading = await client.open(writing.name, { readOnly: true });
      await writing.addFlags(1, ['\\Seen']);
      expect(await reading.search({ seen: true })).toEqual([1]);
      await again.addFlags(2, ['\\Seen']);
      expect(await reading.search({ seen: true })).toEqual([1, 2]);
      await writing.unselect();
      expect(await again.search({})).toEqual([1, 2, 3]);
      expect(await rejection(writing.search({}))).toBeInstanceOf(UsageError);
      await again.close();
      expect(await reading.search({})).toEqual([1, 2, 3]);
    });

    it('are of no use once closed: UsageError, and closing again does nothing', async () => {
      await using client = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(2));
      const same = await client.open(box.name);
      await Promise.all([box.close(), box.close()]);
      await box.close();
      await box.unselect();
      await box[Symbol.asyncDispose]();
      const { sent } = client.bytes;
      const other = freshName(target());
      for (const attempt of [
        () => box.search({}),
        () => box.fetchAll(1, { flags: true }),
        () => box.fetchOne(1, { flags: true }),
        () => collect(box.fetch(1, { flags: true })),
        () => box.download(1),
        () => box.download(1, '1'),
        () => box.addFlags(1, ['\\Seen']),
        () => box.addFlags({ seq: 9 }, ['\\Seen']),
        () => box.copy(1, other),
        () => box.move(1, other),
        () => box.expunge(),
        () => box.expunge(1),
        () => box.deleteMessages(1),
        () => box.check(),
        () => collect(box.watch()),
      ]) {
        const error = await rejection(attempt());
        expect(error, attempt.toString()).toBeInstanceOf(UsageError);
        expect(error).toMatchObject({ code: 'CLOSED', message: expect.not.stringContaining('NOOP') });
      }
      expect(client.bytes.sent).toBe(sent);
      expect(await same.search({})).toEqual([1, 2]);
      await same.unselect();
      await same.unselect();
      expect(client.state).toBe('authenticated');
    });

    it('open together on a mailbox that is not there: each is told', async () => {
      await using client = await clientOf(target());
      const name = freshName(target(), 'not there');
      const errors = await Promise.all([client.open(name), client.open(name), client.open(name)].map(rejection));
      for (const error of errors) expect(error).toBeInstanceOf(CommandError);
      const late = rejection(client.open(name));
      expect(await late).toBeInstanceOf(CommandError);
      await client.create(name);
      const [one, two] = await Promise.all([client.open(name), client.open(name)]);
      expect([one?.exists, two?.uidValidity]).toEqual([0, one?.uidValidity]);
    });

    it('outlive a mailbox that could not be opened, and are disposed of without expunging', async () => {
      await using client = await clientOf(target());
      const name = await (async () => {
        await using box = await freshMailbox(client, target(), letters(2));
        expect(await rejection(client.open(freshName(target(), 'not there')))).toBeInstanceOf(CommandError);
        expect(client.state).toBe('authenticated');
        expect(await box.search({})).toEqual([1, 2]);
        const together = [box.search({}), rejection(client.open(freshName(target(), 'not there'))), box.search({})];
        expect(await Promise.all(together)).toMatchObject([[1, 2], { status: 'NO' }, [1, 2]]);
        await box.addFlags(1, ['\\Deleted']);
        return box.name;
      })();
      expect(client.state).toBe('authenticated');
      expect(await client.status(name, ['messages'])).toEqual({ messages: 2 });
    });

    it('reject once the UIDVALIDITY has changed, and a new one works', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(3));
      const elsewhere = await freshMailbox(client, target(), letters(1));
      await elsewhere.search({});
      const before = box.uidValidity;
      await renew(second, box.name, letters(5));
      const other = freshName(target());
      for (const attempt of [
        () => box.search({}),
        () => box.fetchAll('1:*', { flags: true }),
        () => collect(box.fetch('1:*', { flags: true })),
        () => box.download(1),
        () => box.addFlags('1:*', ['\\Deleted']),
        () => box.addFlags({ seq: 1 }, ['\\Deleted']),
        () => box.copy(1, other),
        () => box.move(1, other),
        () => box.expunge(),
        () => box.deleteMessages(1),
      ]) {
        const error = await rejection(attempt());
        expect(error, attempt.toString()).toBeInstanceOf(ImapError);
        expect(error).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
        await elsewhere.search({});
      }
      expect(box.uidValidity).toBe(before);
      const now = await client.open(box.name);
      expect(now.uidValidity).not.toBe(before);
      expect(await now.search({})).toEqual([1, 2, 3, 4, 5]);
      expect(await now.search({ deleted: true })).toEqual([]);
      expect(await rejection(box.search({}))).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
      await box.unselect();
      expect(await now.search({})).toHaveLength(5);
    });

    it('tell what the server says unasked', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(3));
      const events: unknown[] = [];
      const stop = [
        box.on('exists', (event) => events.push({ exists: event })),
        box.on('expunge', (event) => events.push({ expunge: event.seq })),
        box.on('flags', ({ seq, flags }) => events.push({ flags: seq, flagged: flags.has('\\Flagged') })),
      ];
      const other = await second.open(box.name);
      await second.append(box.name, { content: letter('fourth') });
      await client.noop();
      if (target().tellsNothing) {
        expect((await current(client, target(), box)).exists).toBe(4);
        return;
      }
      expect(events).toEqual([{ exists: { count: 4, previous: 3 } }]);
      await other.addFlags(2, ['\\Flagged']);
      await client.noop();
      expect(events.at(-1)).toEqual({ flags: 2, flagged: true });
      await other.deleteMessages(1);
      await client.noop();
      expect(events).toContainEqual({ expunge: 1 });
      expect(box.exists).toBe(3);
      for (const one of stop) one();
      const { length } = events;
      await second.append(box.name, { content: letter('fifth') });
      await client.noop();
      expect(box.exists).toBe(4);
      expect(events).toHaveLength(length);
    });

    it('wait behind a message that is still being appended, and then work', async () => {
      await using client = await clientOf(target());
      const box = await freshMailbox(client, target(), letters(2));
      const other = await freshMailbox(client, target(), letters(1));
      const gate = gatedStream(letter('slow'));
      const appending = client.append(box.name, { content: gate.content });
      const searches = [box.search({}), other.search({}), box.search({ all: true })];
      gate.open();
      await appending;
      const [first, second, third] = await Promise.all(searches);
      expect([first, second, third]).toEqual([[1, 2, 3], [1], [1, 2, 3]]);
    });
  });
};
