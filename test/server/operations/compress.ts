/** COMPRESS=DEFLATE on a server that has it: everything works as without. */
import { expect, it } from 'vitest';
import type { ConnectOptions } from '../../../src/index.ts';
import { clientOf, collect, freshMailbox, letter, type Operations } from './target.ts';

export function compressOperations(target: Parameters<Operations>[0], tls: () => Partial<ConnectOptions>): void {
  const sentBy = (more: Partial<ConnectOptions>) => {
    const sent: string[] = [];
    const log: ConnectOptions['log'] = ({ direction, text }) => {
      if (direction === 'out') sent.push(text);
    };
    return { sent, options: { ...more, log } };
  };

  it.each(['none', 'tls'] as const)('is asked for once authenticated, over %s', async (security) => {
    const { sent, options } = sentBy(security === 'tls' ? tls() : {});
    await using client = await clientOf(target(), options);
    expect(sent.filter((line) => line.includes('COMPRESS DEFLATE'))).toHaveLength(1);
    const mailbox = await freshMailbox(client, target(), [letter('one'), letter('two')]);
    const subjects = (await mailbox.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope.subject);
    expect(subjects).toEqual(['one', 'two']);
  });

  it('is left alone where it is not wanted', async () => {
    const { sent, options } = sentBy({ compress: false });
    await using client = await clientOf(target(), options);
    await client.noop();
    expect(sent.filter((line) => line.includes('COMPRESS'))).toEqual([]);
  });

  it('carries large messages in both directions, read slowly too', async () => {
    await using client = await clientOf(target(), { limits: { buffer: 64 << 10 } });
    const lines = Array.from({ length: 150_000 }, (_, index) => `line ${(index * 2654435761) % 1_000_003} of many\r\n`);
    const message = letter('large', lines.join(''));
    const mailbox = await freshMailbox(client, target(), [message]);
    const { content, size } = await mailbox.download(1);
    expect(size).toBe(message.length);
    const chunks: Buffer[] = [];
    for await (const chunk of content) {
      chunks.push(chunk);
      if (chunks.length % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Buffer.concat(chunks).toString('latin1') === message).toBe(true);
    const [fetched] = await collect(mailbox.fetch(1, { source: true }));
    expect(fetched?.source.toString('latin1') === message).toBe(true);
  });

  it('keeps IDLE and its end', async () => {
    // Cyrus tells at once only of what comes while it knows of the IDLE.
    let idle = () => {};
    const idling = new Promise<void>((resolve) => {
      idle = resolve;
    });
    let asked = false;
    const log: ConnectOptions['log'] = ({ direction, text }) => {
      if (direction === 'out' && / IDLE\b/.test(text)) asked = true;
      if (direction === 'in' && asked && text.startsWith('+')) idle();
    };
    await using client = await clientOf(target(), { log });
    await using other = await clientOf(target(), { compress: false });
    const mailbox = await freshMailbox(client, target());
    const events = mailbox.watch()[Symbol.asyncIterator]();
    const first = events.next();
    await idling;
    await other.append(mailbox.name, { content: letter('new') });
    expect((await first).value).toMatchObject({ type: 'arrived', messages: [{ uid: 1 }] });
    await events.return?.();
    await client.noop();
  });
}
