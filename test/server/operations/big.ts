/** Much at once: messages of 20 MB, and a mailbox of 10,000. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { bigMessage, sha256, streamed } from './append.ts';
import { BULK } from './facts.ts';
import { clientOf, current, fillTo, freshMailbox, letter, letters, type Operations } from './target.ts';

export const bigOperations: Operations = (target) => {
  describe('a message of 20 MB', () => {
    let bytes: Buffer;
    let sha: string;
    beforeAll(() => {
      bytes = bigMessage((target().bulk ?? BULK).message);
      sha = sha256(bytes);
    });

    it('is appended from a string, bytes and a stream, fetched and downloaded unharmed', async () => {
      await using client = await clientOf(target(), {}, 4);
      const mailbox = await freshMailbox(client, target());
      await client.append(mailbox.name, { content: bytes.toString('latin1') });
      await client.append(mailbox.name, { content: bytes });
      await client.append(mailbox.name, { content: { size: bytes.length, stream: streamed(bytes) } });
      const now = await current(client, target(), mailbox);
      expect(await client.status(mailbox.name, ['messages'])).toEqual({ messages: 3 });
      const fetched = await now.fetchOne(1, { source: true, size: true });
      expect(fetched?.size).toBe(bytes.length);
      expect(sha256(fetched?.source ?? Buffer.alloc(0))).toBe(sha);
      for (const uid of [2, 3]) {
        const { size, content } = await now.download(uid);
        expect(size).toBe(bytes.length);
        const hash = createHash('sha256');
        let chunks = 0;
        for await (const chunk of content) {
          hash.update(chunk);
          chunks++;
        }
        expect(hash.digest('hex')).toBe(sha);
        expect(chunks).toBeGreaterThan(bytes.length > 5_000_000 ? 10 : 1);
      }
    });

    it('is downloaded beside other operations, and left in the middle', async () => {
      await using client = await clientOf(target(), {}, 4);
      const mailbox = await freshMailbox(client, target(), [{ content: bytes }, letter('small')]);
      const { content } = await mailbox.download(1);
      const hash = createHash('sha256');
      let operations = 0;
      for await (const chunk of content) {
        hash.update(chunk);
        if (operations < 3) {
          operations++;
          expect((await mailbox.fetchOne(2, { envelope: true }))?.envelope.subject).toBe('small');
        }
      }
      expect(hash.digest('hex')).toBe(sha);
      const left = await mailbox.download(1);
      for await (const chunk of left.content) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(await mailbox.search({})).toEqual([1, 2]);
    });
  });

  describe('a mailbox of 10,000 messages', () => {
    it('is fetched while every tenth is flagged inside the loop', { timeout: 120_000 }, async () => {
      await using client = await clientOf(target(), {}, 5);
      const count = (target().bulk ?? BULK).mailbox;
      const box = await fillTo(client, target(), await freshMailbox(client, target(), letters(50)), count);
      const flag = target().noKeywords ? '\\Flagged' : '$Tenth';
      let seen = 0;
      let wrong = 0;
      for await (const { uid, flags, envelope } of box.fetch('1:*', { flags: true, envelope: true })) {
        if (uid !== ++seen || !(flags instanceof Set) || !envelope.subject?.startsWith('letter ')) wrong++;
        if (uid % 10 === 0) await box.addFlags(uid, [flag]);
      }
      expect([seen, wrong]).toEqual([count, 0]);
      const tenths = Array.from({ length: count / 10 }, (_, index) => (index + 1) * 10);
      expect(await box.search(target().noKeywords ? { flagged: true } : { keyword: flag })).toEqual(tenths);
    });
  });
};
