/** Downloads: whole messages and parts, decoded; what stands around them. */
import { describe, expect, it } from 'vitest';
import { ImapError, UsageError } from '../../../src/index.ts';
import { PARTS } from './fetch.ts';
import { clientOf, collect, freshMailbox, letter, letters, type Operations, rejection } from './target.ts';

const CHARSETS: [charset: string, bytes: Buffer, text: string][] = [
  ['utf-8', Buffer.from('Zażółć gęślą jaźń 😀'), 'Zażółć gęślą jaźń 😀'],
  ['iso-8859-1', Buffer.from('gr\xfc\xdfe', 'latin1'), 'grüße'],
  ['windows-1252', Buffer.from('\x80 and \x93quotes\x94', 'latin1'), '€ and “quotes”'],
  ['koi8-r', Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]), 'Привет'],
  ['shift_jis', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), '日本'],
  ['iso-2022-jp', Buffer.from([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42]), '日本'],
  ['gb2312', Buffer.from([0xd6, 0xd0, 0xce, 0xc4]), '中文'],
  ['us-ascii', Buffer.from('plain'), 'plain'],
];

/** A message with a part for each charset, in every transfer encoding. */
function inCharsets(): Buffer {
  const parts = CHARSETS.map(([charset, bytes], index) => {
    const encoding = index % 2 === 0 ? 'base64' : 'quoted-printable';
    const body =
      encoding === 'base64'
        ? bytes.toString('base64')
        : [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
    return `--b\r\nContent-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
  });
  const head = 'Subject: charsets\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  return Buffer.from(`${head}${parts.join('')}--b--\r\n`);
}

export const downloadOperations: Operations = (target) => {
  describe('download', () => {
    it('brings a whole message as it is', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [PARTS, letter('other')]);
      const { size, type, charset, filename, content } = await mailbox.download(1);
      expect({ size, type, charset, filename }).toEqual({ size: Buffer.byteLength(PARTS) });
      expect((await content.bytes()).toString('latin1')).toBe(PARTS);
    });

    it('brings a part decoded, or as it stands', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [PARTS]);
      const text = await mailbox.download(1, '1.1');
      expect(text).toMatchObject({
        type: 'text/plain',
        charset: 'iso-8859-1',
        size: 'gr=FC=DFe aus k=F6ln\r\n'.length,
      });
      expect(await text.content.text()).toBe('grüße aus köln\r\n');
      expect(await (await mailbox.download(1, '1.2')).content.text()).toBe('<p>grüße aus köln\r\n</p>');
      const file = await mailbox.download(1, '2');
      expect(file).toMatchObject({ type: 'application/octet-stream', filename: '€ rates.bin' });
      const bytes = Buffer.concat(await collect(file.content));
      expect(bytes.length).toBe(5000);
      expect(bytes[999]).toBe((999 * 7) & 255);
      const encoded = await mailbox.download(1, '2', { decode: false });
      expect((await encoded.content.bytes()).toString('latin1').slice(0, 20)).toBe(
        bytes.toString('base64').slice(0, 20),
      );
      const nested = await mailbox.download(1, '3');
      expect(nested.type).toBe('message/rfc822');
      expect(await nested.content.text()).toContain('Subject: inside');
      const inner = await (await mailbox.download(1, '3.1')).content.text();
      if (target().nestsWhole) expect(inner).toMatch(/^Subject: inside\r\n.*\r\ninner text$/s);
      else expect(inner).toBe(target().spoilsNestedEnd ? 'inner text\r' : 'inner text');
      expect((await (await mailbox.download(1, '3.HEADER')).content.bytes()).toString()).toMatch(
        /^Subject: inside\r\n/,
      );
    });

    it('reads text by its charset', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [{ content: inCharsets() }]);
      const texts = await Promise.all(
        CHARSETS.map(async (_, index) => (await mailbox.download(1, String(index + 1))).content.text()),
      );
      expect(texts.map((text) => text.trim())).toEqual(CHARSETS.map(([, , text]) => text));
    });

    it('says what is not there', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      await mailbox.deleteMessages(1);
      for (const attempt of [
        () => mailbox.download(1),
        () => mailbox.download(1, '1'),
        () => mailbox.download(77),
        () => mailbox.download(77, '2'),
      ]) {
        const error = await rejection(attempt());
        expect(error).toBeInstanceOf(ImapError);
        expect(error).toMatchObject({ code: 'NO_SUCH_MESSAGE' });
      }
      for (const part of ['2', '7.3', ...(target().leavesHaveParts ? [] : ['1.1'])]) {
        expect(await rejection(mailbox.download(2, part)), part).toMatchObject({ code: 'NO_SUCH_PART' });
      }
      for (const part of ['x', '0', '1\r\n', '1] BODY[2', '1.', '-1']) {
        expect(await rejection(mailbox.download(2, part)), part).toBeInstanceOf(UsageError);
      }
      for (const uid of [0, -1, 1.5, Number.NaN, 4_294_967_296, '1:*' as unknown as number]) {
        expect(await rejection(mailbox.download(uid)), String(uid)).toBeInstanceOf(UsageError); // one of them as a caller without types may write it
      }
      expect(await (await mailbox.download(2, '1')).content.text()).toBe('Hello\r\n');
    });

    it('brings empty parts and empty messages', async () => {
      await using client = await clientOf(target());
      const empty = 'Subject: empty\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
      const mailbox = await freshMailbox(client, target(), [empty]);
      const part = await mailbox.download(1, '1');
      expect(part.size).toBe(0);
      expect(await part.content.text()).toBe('');
      const text = await mailbox.download(1, 'TEXT');
      expect(await collect(text.content)).toEqual([]);
    });

    it('brings some of the bytes: the beginning, decoded, or what a transfer that was cut off left, as sent', async () => {
      await using client = await clientOf(target());
      const base64 = Buffer.from('0123456789'.repeat(30)).toString('base64');
      const head = 'Subject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n';
      const message = `${head}${base64}\r\n`;
      const mailbox = await freshMailbox(client, target(), [message]);
      const some = async (part: string | undefined, offset: number, length: number) => {
        const { size, content } = await mailbox.download(1, part, { partial: { offset, length } });
        return [size, (await content.bytes()).toString()];
      };
      expect(await some('1', 0, 40)).toEqual([40, '0123456789'.repeat(3)]);
      expect(await some('1', 40, 8)).toEqual([8, base64.slice(40, 48)]);
      expect(await some(undefined, 9, 5)).toEqual([5, message.slice(9, 14)]);
      expect(await some(undefined, message.length - 3, 100)).toEqual([3, message.slice(-3)]);
      expect(await some(undefined, message.length + 5, 100)).toEqual([0, '']);
      const none = null as unknown as { offset: number; length: number }; // what a caller without types may write
      for (const partial of [{ offset: -1, length: 1 }, { offset: 0, length: 0 }, none])
        expect(await rejection(mailbox.download(1, '1', { partial }))).toMatchObject({
          name: 'UsageError',
          message: expect.stringMatching(/^UID FETCH: partial: /),
        });
    });

    it('leaves out what the cut goes through: an escape in quoted-printable, or a character', async () => {
      await using client = await clientOf(target());
      const head = 'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n';
      const mailbox = await freshMailbox(client, target(), [
        `${head}Content-Transfer-Encoding: quoted-printable\r\n\r\ngr=C3=BC=C3=9Fe\r\n`,
      ]);
      const beginning = async (length: number) => {
        const { content } = await mailbox.download(1, '1', { partial: { offset: 0, length } });
        return content.text();
      };
      expect(await Promise.all([3, 4, 5, 8, 10, 11, 17, 100].map(beginning))).toEqual([
        ...['gr', 'gr', 'gr', 'grü', 'grü', 'grü', 'grüße\r\n', 'grüße\r\n'],
      ]);
    });

    it('tells its progress', async () => {
      await using client = await clientOf(target());
      const text = `${'x'.repeat(78)}\r\n`.repeat(5000);
      const mailbox = await freshMailbox(client, target(), [letter('long', text)]);
      const moved: [number, number | undefined][] = [];
      const { size, content } = await mailbox.download(1, undefined, {
        progress: (done, total) => moved.push([done, total]),
      });
      await content.bytes();
      expect(moved.at(-1)).toEqual([size, size]);
      expect(moved.length).toBeGreaterThan(1);
    });

    it('many at once, each its own', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(30));
      const texts = await Promise.all(
        Array.from({ length: 30 }, async (_, index) =>
          (await (await mailbox.download(index + 1)).content.bytes()).toString(),
        ),
      );
      expect(texts).toEqual(letters(30));
    });
  });
};
