/** A pool whose first connection fails at a sampled byte: what was asked is right or has rejected, and no place is lost. */
import { describe, expect, it } from 'vitest';
import '../../src/connected.ts'; // loaded here, so that no time limit of a test counts it
import { ConnectionError, createPool, type ImapClient } from '../../src/index.ts';
import { createServer, DEFAULT_CAPABILITIES } from '../../src/testing/index.ts';
import { Random } from '../unit/wire/random.ts';
import { type Fault, faultProxy } from './fault-proxy.ts';

const random = new Random(1);
const SAMPLES = 6;
/** Of the first connection, without a fault, some more pass. */
const BYTES = { toClient: 3000, toServer: 300 };

async function reads(client: ImapClient): Promise<void> {
  const inbox = await client.open('INBOX');
  const [found, messages, status] = await Promise.all([
    inbox.search({ subject: 'three' }),
    inbox.fetchAll('1:*', { envelope: true, gmail: true }),
    client.status('INBOX', ['messages']),
  ]);
  expect(found).toEqual([3]);
  expect(messages.map(({ envelope }) => envelope.subject)).toEqual(['one', 'two', 'three']);
  expect(messages.every(({ gmail }) => /^\d+$/.test(gmail.messageId))).toBe(true);
  expect(status.messages).toBe(3);
}

describe.each([false, { minDelay: 1 }])('with reconnect: %o', (reconnect) => {
  it.each(['cut', 'reset'] as const)('%s', async (kind) => {
    await using server = await createServer({ capabilities: [...DEFAULT_CAPABILITIES, 'X-GM-EXT-1'] });
    for (const subject of ['one', 'two', 'three']) server.store.deliver('INBOX', `Subject: ${subject}\r\n\r\n`);
    for (const direction of ['toClient', 'toServer'] as const) {
      for (let sample = 0; sample < SAMPLES; sample++) {
        const fault: Fault = { kind, direction, at: random.below(BYTES[direction]) };
        const where = JSON.stringify(fault);
        let left: Fault | undefined = fault;
        await using proxy = await faultProxy(server.port, () => {
          const own = left;
          left = undefined;
          return own;
        });
        const auth = { user: 'user', pass: 'pass' };
        const pool = createPool({ host: '127.0.0.1', port: proxy.port, security: 'none', auth, reconnect, max: 2 });
        const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => pool.use(reads)));
        for (const one of outcomes) {
          if (one.status === 'rejected') expect(one.reason, where).toBeInstanceOf(ConnectionError);
        }
        // Where it has not come by now it does not come any more.
        fault.at = -1;
        await Promise.all([1, 2, 3].map(() => pool.use(reads)));
        expect(pool.idle, where).toBe(pool.size);
        await pool.close();
        expect(pool.size).toBe(0);
      }
    }
  });
});
