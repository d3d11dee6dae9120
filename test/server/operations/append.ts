/** APPEND: from a string, bytes and a stream; one message and many. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CommandError, ConnectionError, type ImapClient, type Mailbox, UsageError } from '../../../src/index.ts';
import { clientOf, current, freshMailbox, freshName, letter, letters, type Operations, rejection } from './target.ts';

const PIECE = Buffer.from(`${'0123456789abcdef'.repeat(4)}\r\n`.repeat(1000));

/** A message of so many bytes, and never two lines alike where a mix-up would show. */
export function bigMessage(size: number): Buffer {
  const head = Buffer.from(letter('big', ''));
  const bytes = Buffer.alloc(size, PIECE);
  head.copy(bytes);
  for (let at = head.length; at + 16 < size; at += 66_000) bytes.write(String(at).padStart(12, '0'), at, 'latin1');
  bytes.write('\r\n', size - 2, 'latin1');
  return bytes;
}

/** The bytes in uneven pieces. */
export async function* streamed(bytes: Uint8Array, piece = 70_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function lastUid(mailbox: Mailbox): Promise<number> {
  return (await mailbox.search({})).at(-1) ?? 0;
}

/** Where the message is: as the server says, or the last one. */
async function place(
  client: ImapClient,
  mailbox: Mailbox,
  said: { uid?: number; uidValidity?: number },
): Promise<number> {
  if (!client.capabilities.has('UIDPLUS')) {
    expect(said).toEqual({});
    return lastUid(mailbox);
  }
  expect(said.uidValidity).toBe(mailbox.uidValidity);
  return said.uid ?? 0;
}

export const appendOperations: Operations = (target) => {
  describe('append', () => {
    it('stores a string, with flags and a date', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const content = letter('from a string');
      const internalDate = new Date('2024-02-29T12:34:56Z');
      const { noKeywords, dropsFlags, datesByHeader } = target();
      const keywords = noKeywords ? [] : ['$Label1'];
      const said = await client.append(mailbox.name, {
        content,
        flags: ['\\Seen', '\\Flagged', ...keywords],
        internalDate,
      });
      const now = await current(client, target(), mailbox);
      const uid = await place(client, now, said);
      const message = await now.fetchOne(uid, { source: true, flags: true, internalDate: true, size: true });
      expect(message?.source.toString()).toBe(content);
      expect([...(message?.flags ?? [])].filter((flag) => flag !== '\\Recent').sort()).toEqual(
        dropsFlags ? [] : [...keywords, '\\Flagged', '\\Seen'],
      );
      expect(message?.internalDate).toEqual(datesByHeader ? new Date('2025-05-06T07:08:07Z') : internalDate);
      expect(message?.size).toBe(content.length);
    });

    it('stores in a mailbox that is open read-only, too', async () => {
      await using client = await clientOf(target());
      const { name } = await freshMailbox(client, target(), letters(1));
      const mailbox = await client.open(name, { readOnly: true });
      await client.append(name, { content: letter('one more') });
      await client.searchMailboxes({}, { mailboxes: [name] });
      await client.append(
        name,
        letters(2).map((content) => ({ content })),
      );
      const now = await current(client, target(), mailbox);
      expect(await now.search({})).toEqual([1, 2, 3, 4]);
      expect(mailbox.readOnly).toBe(true);
    });

    it('stores text outside ASCII as UTF-8, and bytes as they are', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const text = letter(
        '8 bit',
        'grüße 😀 日本\r\n',
        'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n',
      );
      const bytes = Buffer.from(letter('latin1', 'gr\xfc\xdfe \x80\xff\r\n'), 'latin1');
      await client.append(mailbox.name, { content: text });
      await client.append(mailbox.name, { content: new Uint8Array(bytes) });
      const now = await current(client, target(), mailbox);
      const [first, second] = await now.fetchAll('1:*', { source: true });
      expect(first?.source.toString('utf8')).toBe(text);
      expect(second?.source.equals(bytes)).toBe(true);
    });

    it('stores a stream, its progress told', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      const bytes = bigMessage(1_000_000);
      const moved: [number, number | undefined][] = [];
      const said = await client.append(
        mailbox.name,
        { content: { size: bytes.length, stream: streamed(bytes) } },
        { progress: (done, total) => moved.push([done, total]) },
      );
      const now = await current(client, target(), mailbox);
      const uid = await place(client, now, said);
      expect(sha256((await now.fetchOne(uid, { source: true }))?.source ?? Buffer.alloc(0))).toBe(sha256(bytes));
      expect(moved.at(-1)).toEqual([bytes.length, bytes.length]);
      expect(moved.map(([done]) => done)).toEqual([...moved.map(([done]) => done)].sort((a, b) => a - b));
    });

    it.each([
      ['fewer', 5000, 4999],
      ['more', 5000, 5001],
      ['none', 5000, 0],
    ])(
      'rejects a stream that gives %s bytes than it promised, and closes: nothing is stored',
      async (_, size, given) => {
        await using client = await clientOf(target());
        const mailbox = await freshMailbox(client, target());
        const closed = new Promise<{ error?: Error }>((resolve) => client.on('close', resolve));
        const error = await rejection(
          client.append(mailbox.name, {
            content: { size, stream: streamed(bigMessage(6000).subarray(0, given), 1000) },
          }),
        );
        expect(error).toBeInstanceOf(UsageError);
        expect(error).toMatchObject({ code: 'STREAM_SIZE' });
        expect((await closed).error).toMatchObject({ code: 'INCOMPLETE_COMMAND' });
        expect(client.state).toBe('closed');
        await using other = await clientOf(target());
        expect(await other.status(mailbox.name, ['messages'])).toEqual({ messages: 0 });
      },
    );

    it('rejects with the error of the stream, and closes', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('Subject: x\r\n');
        throw new RangeError('the disk is gone');
      }
      const appending = rejection(client.append(mailbox.name, { content: { size: 1000, stream: failing() } }));
      const behind = rejection(client.noop());
      expect(await appending).toMatchObject({ name: 'RangeError', message: 'the disk is gone' });
      expect(await behind).toBeInstanceOf(ConnectionError);
      expect(await rejection(client.noop())).toBeInstanceOf(ConnectionError);
    });

    it('stores many from an array and from an iteration, in order', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      async function* more(): AsyncGenerator<{ content: string }> {
        for (const content of letters(40)) yield { content };
      }
      const first = await client.append(
        mailbox.name,
        letters(60).map((content) => ({ content })),
      );
      const second = await client.append(mailbox.name, more());
      expect(first).toHaveLength(60);
      expect(second).toHaveLength(40);
      expect(await client.append(mailbox.name, [])).toEqual([]);
      const now = await current(client, target(), mailbox);
      const subjects = (await now.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope.subject);
      expect(subjects).toEqual([...Array(60).keys(), ...Array(40).keys()].map((index) => `letter ${index + 1}`));
      if (client.capabilities.has('UIDPLUS')) {
        expect([...first, ...second].map(({ uid }) => uid)).toEqual([...Array(100).keys()].map((index) => index + 1));
      }
    });

    it('is refused with TRYCREATE where there is no such mailbox: alone, among many, and with a stream', async () => {
      await using client = await clientOf(target());
      const name = freshName(target(), 'not there');
      const refused = await rejection(client.append(name, { content: letter('lost') }));
      expect(refused).toBeInstanceOf(CommandError);
      expect(refused).toMatchObject({ status: 'NO', command: 'APPEND', code: 'TRYCREATE' });
      expect(
        await rejection(
          client.append(
            name,
            letters(50).map((content) => ({ content })),
          ),
        ),
      ).toMatchObject({ code: 'TRYCREATE' });
      const bytes = bigMessage(300_000);
      expect(
        await rejection(client.append(name, { content: { size: bytes.length, stream: streamed(bytes) } })),
      ).toMatchObject({
        code: 'TRYCREATE',
      });
      await client.noop();
      expect(client.state).not.toBe('closed');
    });

    it('of a message to the selected mailbox is seen there', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      await client.append(mailbox.name, { content: letter('second') });
      await client.noop();
      expect((await current(client, target(), mailbox)).exists).toBe(2);
    });

    it('takes nothing that is no message, flag or date, before a byte is sent', async () => {
      await using client = await clientOf(target());
      const { sent } = client.bytes;
      const content = letter('never sent');
      const anything = (value: unknown) => client.append('INBOX', value as { content: string }); // what a caller without types may write
      for (const attempt of [
        () => client.append('INBOX', { content, flags: ['a b'] }),
        () => client.append('INBOX', { content, flags: ['\\Seen)'] }),
        () => client.append('INBOX', { content, flags: ['x\r\n'] }),
        () => client.append('INBOX', { content, flags: [''] }),
        () => client.append('INBOX', { content, internalDate: new Date(Number.NaN) }),
        () => client.append('INBOX', { content: { size: -1, stream: streamed(Buffer.from('x')) } }),
        () => client.append('INBOX', { content: { size: 1.5, stream: streamed(Buffer.from('x')) } }),
        () => anything({ content: 42 }),
        () => anything({ content: null }),
        () => anything({ content: { size: 1 } }),
        () => anything('a message'),
        () => anything(null),
        () => anything([null]),
        () => anything(['a message']),
        () => anything({ flags: [] }),
      ]) {
        expect(await rejection(attempt()), attempt.toString()).toBeInstanceOf(UsageError);
      }
      await client.noop();
      expect(client.bytes.sent - sent).toBeLessThan(16);
    });
  });
};
