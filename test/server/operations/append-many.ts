/** APPEND of many messages: MULTIAPPEND, or one after the other; limits; NUL. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  type AppendMessage,
  type AppendResult,
  CommandError,
  ConnectionError,
  UsageError,
} from '../../../src/index.ts';
import { hiding } from '../hiding.ts';
import { BULK } from './facts.ts';
import { clientOf, current, freshMailbox, freshName, letter, type Operations, rejection } from './target.ts';

/** Messages of all sorts, more than one batch by number and by bytes. */
async function* assorted(count: number): AsyncGenerator<AppendMessage> {
  for (let index = 0; index < count; index++) {
    const content = letter(`letter ${index}`, `${'x'.repeat(index % 40 === 0 ? 400_000 : 10)}\r\n`);
    if (index % 7 === 3) {
      const bytes = Buffer.from(content);
      const stream = (async function* () {
        yield bytes.subarray(0, 100);
        yield bytes.subarray(100);
      })();
      yield { content: { size: bytes.length, stream } };
    } else {
      yield {
        content,
        flags: index % 2 === 0 ? ['\\Seen'] : [],
        internalDate: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
      };
    }
  }
}

export const appendManyOperations: Operations = (target) => {
  describe('append of many', () => {
    it('stores all in order, in batches or one by one, and tells where', async () => {
      const { options, bulk = BULK, dropsFlags, datesByHeader } = target();
      const count = bulk.many;
      for (const one of [options(), hiding(options(), 'MULTIAPPEND')]) {
        await using client = await clientOf(target(), one);
        const mailbox = await freshMailbox(client, target());
        const stored: [AppendResult, number][] = [];
        const results = await client.append(mailbox.name, assorted(count), { stored: (...one) => stored.push(one) });
        expect(results).toHaveLength(count);
        expect(stored).toEqual(results.map((result, index) => [result, index]));
        const now = await current(client, target(), mailbox);
        const messages = await now.fetchAll('1:*', { envelope: true, flags: true, internalDate: true });
        expect(messages.map(({ envelope }) => envelope.subject)).toEqual(results.map((_, index) => `letter ${index}`));
        expect(messages.map(({ flags }) => flags.has('\\Seen'))).toEqual(
          results.map((_, i) => !dropsFlags && i % 7 !== 3 && i % 2 === 0),
        );
        const last = new Date(Date.UTC(2024, 0, 1, 0, 0, count - 1));
        expect(messages.at(-1)?.internalDate).toEqual(datesByHeader ? new Date('2025-05-06T07:08:07Z') : last);
        if (!client.capabilities.has('UIDPLUS')) break;
        expect(results.map(({ uid }) => uid)).toEqual(messages.map(({ uid }) => uid));
        expect(new Set(results.map(({ uidValidity }) => uidValidity))).toEqual(new Set([mailbox.uidValidity]));
        if (!client.capabilities.has('MULTIAPPEND')) break;
      }
    });

    it('tells which messages are stored where one is refused: a migration goes on with the others', async () => {
      const { options } = target();
      const many = Array.from({ length: 30 }, (_, index) => ({
        content: letter(`letter ${index}`),
        flags: index === 12 ? ['\\NoSuchFlag'] : [],
      }));
      for (const one of [options(), hiding(options(), 'MULTIAPPEND')]) {
        await using client = await clientOf(target(), one);
        const mailbox = await freshMailbox(client, target());
        const stored: number[] = [];
        const tell = (_: AppendResult, index: number) => stored.push(index);
        const error = await client.append(mailbox.name, many, { stored: tell }).catch((reason) => reason);
        const there = async () => {
          await using other = await clientOf(target());
          const messages = await (await other.open(mailbox.name)).fetchAll('1:*', { envelope: true });
          return messages.map(({ envelope }) => Number(envelope.subject?.split(' ')[1]));
        };
        expect(await there()).toEqual(stored);
        // Courier takes such a flag, and drops it.
        if (Array.isArray(error)) expect(stored).toHaveLength(30);
        else {
          expect(error).toBeInstanceOf(CommandError);
          expect(stored).not.toContain(12);
          for (const [index, { content }] of many.entries())
            if (!stored.includes(index)) await client.append(mailbox.name, { content });
          expect((await there()).sort((a, b) => a - b)).toEqual(many.map((_, index) => index));
        }
      }
    });

    it('of single ones that are called for side by side stores each, in order, and tells each where', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const { name } = mailbox;
      const count = 120;
      const one = (index: number) => ({
        content: letter(`letter ${index}`, `${'x'.repeat(index % 40 === 0 ? 300_000 : 10)}\r\n`),
        flags: index % 3 === 0 ? ['\\Seen'] : [],
      });
      const results = await Promise.all(Array.from({ length: count }, (_, index) => client.append(name, one(index))));
      const now = await current(client, target(), mailbox);
      const messages = await now.fetchAll('1:*', { envelope: true, flags: true, size: true });
      expect(messages.map(({ envelope }) => envelope.subject)).toEqual(results.map((_, index) => `letter ${index}`));
      expect(messages.map(({ size }) => size > 300_000)).toEqual(results.map((_, index) => index % 40 === 0));
      if (!target().dropsFlags)
        expect(messages.map(({ flags }) => flags.has('\\Seen'))).toEqual(results.map((_, index) => index % 3 === 0));
      if (!client.capabilities.has('UIDPLUS')) return;
      expect(results).toEqual(messages.map(({ uid }) => ({ uid, uidValidity: mailbox.uidValidity })));
    });

    it('of single ones that are refused together tells each why, and takes none of them for commands', async () => {
      await using client = await clientOf(target());
      const name = freshName(target());
      const made = freshName(target());
      const content = letter('no command', `X1 NOOP\r\nX2 CREATE "${made}"\r\nX3 NOOP\r\n`);
      const refused = await Promise.all([1, 2, 3].map(() => rejection(client.append(name, { content }))));
      for (const error of refused)
        expect(error).toMatchObject({ name: 'CommandError', command: 'APPEND', status: 'NO' });
      expect(new Set(refused).size).toBe(3);
      expect(await rejection(client.open(made))).toBeInstanceOf(CommandError);
      await client.create(name);
      await Promise.all([1, 2, 3].map(() => client.append(name, { content })));
      expect((await client.status(name, ['messages'])).messages).toBe(3);
    });

    it('is told once where it is refused, and takes nothing that is no message', async () => {
      await using client = await clientOf(target());
      const many = Array.from({ length: 150 }, (_, index) => ({ content: letter(`lost ${index}`) }));
      expect(await rejection(client.append(freshName(target()), many))).toBeInstanceOf(CommandError);
      expect(await client.append(freshName(target()), [])).toEqual([]);
      const wrong = [{ content: letter('right') }, { content: 7 }] as unknown as AppendMessage[]; // what a caller without types may write
      expect(await rejection(client.append('INBOX', wrong))).toBeInstanceOf(UsageError);
      await client.noop();
    });

    it('ends with its signal, its time, a refusal and the connection while the next message is waited for', async () => {
      const client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const first = letter('the first');
      /** One message, and none ever after it. */
      function stuck(content: AppendMessage['content'] = first) {
        let wait = () => {};
        const asked = new Promise<void>((resolve) => {
          wait = resolve;
        });
        const left = { yet: false };
        let count = 0;
        const messages: AsyncIterableIterator<AppendMessage> = {
          [Symbol.asyncIterator]: () => messages,
          next: async () => {
            if (count++ === 0) return { done: false, value: { content } };
            wait();
            return new Promise(() => {});
          },
          return: () => {
            left.yet = true;
            return new Promise(() => {});
          },
        };
        return { messages, asked, left };
      }
      const aborted = stuck();
      const controller = new AbortController();
      const appending = rejection(client.append(mailbox.name, aborted.messages, { signal: controller.signal }));
      await aborted.asked;
      const reason = new Error('mine');
      controller.abort(reason);
      expect(await appending).toBe(reason);
      expect(aborted.left.yet).toBe(true);
      const late = stuck();
      expect(await rejection(client.append(mailbox.name, late.messages, { timeout: 20 }))).toMatchObject({
        code: 'TIMEOUT',
        message: 'APPEND: not done within 20 ms',
      });
      expect(late.left.yet).toBe(true);
      // A stream is sent at once, whatever comes behind it.
      const streamed = stuck({ size: first.length, stream: Readable.from([Buffer.from(first)]) });
      expect(await rejection(client.append(freshName(target()), streamed.messages))).toBeInstanceOf(CommandError);
      await client.noop();
      const closed = stuck();
      const pending = rejection(client.append(mailbox.name, closed.messages));
      await closed.asked;
      client.close();
      expect(await pending).toBeInstanceOf(ConnectionError);
      expect(await pending).toMatchObject({ code: 'CLOSED' });
      expect(await rejection(client.append(mailbox.name, stuck().messages))).toMatchObject({ code: 'CLOSED' });
    });

    it('stores NUL where the server can', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const content = Buffer.from(
        letter(
          'binary',
          'a\0b\r\n',
          'MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n',
        ),
      );
      if (!client.capabilities.has('BINARY')) {
        for (const one of [content, content.toString()])
          expect(await rejection(client.append(mailbox.name, { content: one }))).toBeInstanceOf(UsageError);
        expect(await mailbox.search({})).toEqual([]);
        return;
      }
      await client.append(mailbox.name, [{ content }, { content: letter('text') }]);
      const [binary] = await mailbox.fetchAll('1', { binary: ['1'], envelope: true });
      expect(binary?.envelope.subject).toBe('binary');
      expect(binary?.binary.get('1')?.toString()).toBe('a\0b\r\n');
    });
  });
};
