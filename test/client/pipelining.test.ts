/** Commands in flight together: what the distance to a server costs, and what one that asks for each literal costs. */
import { describe, expect, it } from 'vitest';
import { type ConnectOptions, connect, type LogEntry } from '../../src/index.ts';
import { createServer, type ServerOptions } from '../../src/testing/index.ts';
import { letters } from '../server/operations/target.ts';

async function far(options: ServerOptions = {}) {
  const server = await createServer({ latency: 20, ...options });
  const log: LogEntry[] = [];
  const connecting: ConnectOptions = {
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    log: (entry) => log.push(entry),
  };
  for (const content of letters(200)) server.store.deliver('INBOX', content);
  const client = await connect(connecting);
  const mailbox = await client.open('INBOX');
  return {
    client,
    mailbox,
    /** How often this side had to wait for an answer before it could send on. */
    async roundTrips(work: () => Promise<unknown>): Promise<number> {
      const from = log.length;
      await work();
      const directions = log
        .slice(from)
        .filter(({ direction }) => direction !== 'note')
        .map(({ direction }) => direction);
      return directions.filter((direction, index) => direction === 'out' && directions[index - 1] !== 'out').length;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close();
    },
  };
}

describe('on a link of 20 ms', () => {
  it('200 STOREs take one round trip, and about as long as one of them', async () => {
    await using link = await far();
    const { mailbox, roundTrips } = link;
    const timed = async (work: () => Promise<unknown>) => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    const one = await timed(() => mailbox.addFlags(1, ['$One']));
    let many = 0;
    const trips = await roundTrips(async () => {
      many = await timed(() =>
        Promise.all(Array.from({ length: 200 }, (_, index) => mailbox.addFlags(index + 1, ['\\Flagged']))),
      );
    });
    expect(trips).toBe(1);
    // One after the other they would take 200 times as long.
    expect(many / one).toBeLessThan(20);
    expect(await mailbox.search({ flagged: true })).toHaveLength(200);
  });

  it('what belongs together goes together', async () => {
    await using link = await far();
    const { client, mailbox, roundTrips } = link;
    const cases: [string, () => Promise<unknown>, number][] = [
      ['searches', () => Promise.all(Array.from({ length: 50 }, (_, index) => mailbox.search({ uid: index + 1 }))), 1],
      [
        'fetches',
        () => Promise.all(Array.from({ length: 50 }, (_, index) => mailbox.fetchOne(index + 1, { source: true }))),
        1,
      ],
      ['creations', () => Promise.all(Array.from({ length: 50 }, (_, index) => client.create(`m${index}`))), 1],
      [
        'appends',
        () =>
          client.append(
            'm1',
            letters(30).map((content) => ({ content })),
          ),
        1,
      ],
      ['a listing with counts', () => client.list({ status: ['messages', 'unseen'] }), 1],
      ['the download of a part', async () => (await mailbox.download(1, '1')).content.text(), 1],
      ['an expunge of a set', () => mailbox.expunge('1:3'), 1],
      ['flags by sequence number', () => mailbox.setFlags({ seq: '1:3' }, ['\\Seen']), 1],
      [
        'two mailboxes in turn',
        async () => {
          const other = await client.open('m1');
          await Promise.all([other.search({}), mailbox.search({}), other.search({}), mailbox.search({})]);
        },
        4,
      ],
    ];
    for (const [name, work, most] of cases) expect(await roundTrips(work), name).toBeLessThanOrEqual(most);
  });

  it('a listing with counts takes two where each is asked for', async () => {
    await using link = await far({ withoutCapabilities: ['LIST-STATUS'] });
    const { client, roundTrips } = link;
    await Promise.all(Array.from({ length: 50 }, (_, index) => client.create(`m${index}`)));
    expect(await roundTrips(() => client.list({ status: ['messages'] }))).toBeLessThanOrEqual(2);
  });

  it('what reads flags waits for what writes them', async () => {
    await using link = await far();
    const { mailbox } = link;
    const [, seen, , unseen] = await Promise.all([
      mailbox.addFlags(1, ['\\Seen']),
      mailbox.fetchOne(1, { flags: true }),
      mailbox.removeFlags(1, ['\\Seen']),
      mailbox.fetchOne(1, { flags: true }),
    ]);
    expect([seen?.flags.has('\\Seen'), unseen?.flags.has('\\Seen')]).toEqual([true, false]);
  });
});
