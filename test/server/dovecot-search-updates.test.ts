/** CONTEXT=SEARCH (RFC 5267) on Dovecot. */
import { expect, it } from 'vitest';
import { connect, type SearchUpdate } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { letters } from './operations/target.ts';

describeServer('dovecot', (server) => {
  it('tells what joins a result and leaves it', async () => {
    const options = { host: server().host, port: server().port, security: 'none', auth: server().user(4) } as const;
    await using reader = await connect(options);
    await using writer = await connect(options);
    await writer.append(
      'INBOX',
      letters(3).map((content) => ({ content })),
    );
    await using inbox = await reader.open('INBOX');
    await using theirs = await writer.open('INBOX');
    const told: SearchUpdate[] = [];
    const ending = new AbortController();
    const listening = (async () => {
      for await (const update of inbox.searchUpdates({ seen: false }, { signal: ending.signal })) told.push(update);
    })();
    await expect.poll(() => told).toEqual([{ type: 'found', uids: [1, 2, 3] }]);
    const news = async () => {
      await reader.noop();
      return told.at(-1);
    };
    await theirs.addFlags(2, ['\\Seen']);
    await expect.poll(news, { timeout: 20_000 }).toEqual({ type: 'removed', position: 0, uids: [2] });
    await theirs.removeFlags(2, ['\\Seen']);
    await expect.poll(news, { timeout: 20_000 }).toEqual({ type: 'added', position: 0, uids: [2] });
    ending.abort();
    await listening;
    await theirs.addFlags(3, ['\\Seen']);
    await reader.noop();
    expect(told).toHaveLength(3);
    expect(await inbox.search({ seen: false })).toEqual([1, 2]);
  });
});
