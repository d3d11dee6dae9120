import { describe, expect, it } from 'vitest';
import type { ImapClient, Mailbox, SyncResult, SyncState } from '../../../src/index.ts';
import { parseUidSet } from '../../../src/index.ts';
import { clientOf, freshMailbox, letter, letters, type Operations, renew, type Target } from './target.ts';

/** A sequence of numbers below `limit` that is the same at every run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

type Flags = ReadonlyMap<number, readonly string[]>;

/** What another client sees. */
async function truth(client: ImapClient, name: string): Promise<Flags> {
  const mailbox = await client.open(name, { readOnly: true });
  const messages = await mailbox.fetchAll('1:*', { flags: true });
  await mailbox.unselect();
  return new Map(messages.map(({ uid, flags }) => [uid, lasting(flags)]));
}

function lasting(flags: Iterable<string>): string[] {
  return [...flags].filter((flag) => flag !== '\\Recent').sort();
}

const FLAGS = ['\\Seen', '\\Flagged', '\\Answered', '$Work'];

async function change(mailbox: Mailbox, append: () => Promise<unknown>, random: (limit: number) => number) {
  await mailbox.check();
  const uids = await mailbox.search({});
  const uid = uids[random(uids.length)];
  const flag = FLAGS[random(FLAGS.length)] ?? '';
  switch (uid === undefined ? 0 : random(5)) {
    case 0:
      await append();
      break;
    case 1:
      await mailbox.deleteMessages(uid ?? 0);
      break;
    case 2:
      await mailbox.removeFlags(uid ?? 0, [flag]);
      break;
    default:
      await mailbox.addFlags(uid ?? 0, [flag]);
  }
}

/** Applies a result to what was known before, and compares with the truth. */
function expectDifference(before: Flags, result: SyncResult, now: Flags): void {
  const known = new Map(before);
  expect(result.reset).toBe(false);
  for (const uid of result.vanished) expect(known.delete(uid)).toBe(true);
  for (const [uid, flags] of result.flags) {
    expect(known.has(uid)).toBe(true);
    known.set(uid, lasting(flags));
  }
  for (const uid of result.arrived) {
    expect(known.has(uid)).toBe(false);
    known.set(uid, now.get(uid) ?? []);
  }
  expect(known).toEqual(now);
  expect(result.state.uids).toBe(parseUidSet([...now.keys()].join(',')).toString());
}

function method(client: ImapClient): SyncResult['method'] {
  if (client.capabilities.has('QRESYNC') && client.capabilities.has('ENABLE')) return 'qresync';
  return client.capabilities.has('CONDSTORE') ? 'condstore' : 'compare';
}

/** A state as it comes back from where it was kept. */
function kept(state: SyncState): SyncState {
  return JSON.parse(JSON.stringify(state));
}

export const syncOperations: Operations = (target) => {
  describe('sync', () => {
    it('takes everything as new at first, and nothing afterwards', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(4));
      await mailbox.deleteMessages(2);
      const first = await mailbox.sync();
      expect(first).toMatchObject({ reset: false, method: 'initial' });
      expect([...first.arrived]).toEqual([1, 3, 4]);
      expect([first.vanished.size, first.flags.size]).toEqual([0, 0]);
      expect(first.state).toMatchObject({ uidValidity: mailbox.uidValidity, uidNext: 5, uids: '1,3:4' });
      const again = await mailbox.sync(kept(first.state));
      expect([again.arrived.size, again.vanished.size, again.flags.size]).toEqual([0, 0, 0]);
      expect(again.method).toBe(method(client));
    });

    it.each([1, 2, 3])('agrees with what a second client did (%i)', async (seed) => {
      const random = randomNumbers(seed);
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(6));
      const other = await second.open(mailbox.name);
      let { state } = await mailbox.sync();
      let before = await truth(second, mailbox.name);
      for (let round = 0; round < 6; round++) {
        for (let step = random(6); step >= 0; step--)
          await change(other, () => second.append(mailbox.name, { content: letter('new') }), random);
        if (round % 3 === 1) await client.open(await elsewhere(client, target()));
        const now = await truth(second, mailbox.name);
        const result = await mailbox.sync(kept(state));
        expectDifference(before, result, now);
        expect(result.method).toBe(method(client));
        before = now;
        state = result.state;
      }
    });

    it('goes on with a state of another connection', async () => {
      await using second = await clientOf(target());
      let state: SyncState;
      let name: string;
      {
        await using client = await clientOf(target());
        const mailbox = await freshMailbox(client, target(), letters(5));
        name = mailbox.name;
        state = kept((await mailbox.sync()).state);
      }
      const other = await second.open(name);
      const before = await truth(second, name);
      await other.addFlags(3, ['\\Flagged']);
      await other.deleteMessages([1, 5]);
      await second.append(name, { content: letter('sixth'), flags: ['\\Seen'] });
      const now = await truth(second, name);
      await using client = await clientOf(target());
      const result = await (await client.open(name)).sync(state);
      expectDifference(before, result, now);
      expect([...result.arrived]).toEqual([6]);
      expect([...result.vanished]).toEqual([1, 5]);
      expect([...result.flags.keys()]).toEqual([3]);
    });

    it('finds a mailbox emptied, and filled again', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const first = await mailbox.sync();
      await (await second.open(mailbox.name)).deleteMessages('1:*');
      const emptied = await mailbox.sync(first.state);
      expect([...emptied.vanished]).toEqual([1, 2, 3]);
      expect(emptied.state.uids).toBe('');
      await second.append(mailbox.name, { content: letter('again') });
      const filled = await mailbox.sync(kept(emptied.state));
      expect([...filled.arrived]).toEqual([4]);
      expect(filled.vanished.size).toBe(0);
    });

    it('starts anew under another UIDVALIDITY', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const { state } = await mailbox.sync();
      await mailbox.unselect();
      await renew(client, mailbox.name, letters(2));
      const anew = await client.open(mailbox.name);
      const result = await anew.sync(state);
      expect(result.reset).toBe(true);
      expect([...result.arrived]).toEqual([1, 2]);
      expect([result.vanished.size, result.flags.size]).toEqual([0, 0]);
      expect(result.state.uidValidity).toBe(anew.uidValidity);
    });

    it('refuses a state that is none', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const state = { uidValidity: 1, uidNext: 1, uids: '1:3', highestModseq: '7' };
      for (const wrong of [{ uids: '1:*' }, { highestModseq: '1) X' }, { uidValidity: -1 }, { flags: { a: 'b' } }])
        await expect(mailbox.sync({ ...state, ...wrong })).rejects.toThrow('not a');
    });
  });
};

async function elsewhere(client: ImapClient, target: Target): Promise<string> {
  const { name } = await freshMailbox(client, target);
  return name;
}
