/** What a person reads of a message: its text and html, and the list of what is attached. */
import { describe, expect, it } from 'vitest';
import { type MessageContent, UsageError } from '../../../src/index.ts';
import { clientOf, freshMailbox, letter, type Operations, rejection } from './target.ts';

type Entity = string;

function leaf(type: string, body: string, headers = ''): Entity {
  return `Content-Type: ${type}\r\n${headers}\r\n${body}`;
}

let boundaries = 0;

function multi(subtype: string, ...parts: Entity[]): Entity {
  const boundary = `b${++boundaries}`;
  const [name, params = ''] = subtype.split('; ');
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${name}; boundary=${boundary}${params && `; ${params}`}\r\n\r\n${body}--${boundary}--\r\n`;
}

const PLAIN = leaf('text/plain; charset=utf-8', 'Gr=C3=BC=C3=9Fe', 'Content-Transfer-Encoding: quoted-printable\r\n');
const HTML = leaf('text/html; charset=iso-8859-1', 'PGI+R3L832U8L2I+', 'Content-Transfer-Encoding: base64\r\n');
const PICTURE = leaf('image/png', 'AAAA', 'Content-ID: <p@x>\r\nContent-Transfer-Encoding: base64\r\n');
const FILE = leaf('text/plain; name=notes.txt', 'notes', 'Content-Disposition: attachment; filename=notes.txt\r\n');
const FOOTER = leaf('text/plain', 'the list');
const SIGNATURE = leaf('application/pgp-signature', 'sig');
const INNER = `Content-Type: message/rfc822\r\n\r\n${letter('inner', 'inner text\r\n')}`;

/** A message's body, and what is read of it: text, html, the parts attached. */
const CASES: [name: string, entity: Entity, text: string | undefined, html: string | undefined, attached: string[]][] =
  [
    ['no MIME at all', '\r\njust text', 'just text', undefined, []],
    ['a text', PLAIN, 'Grüße', undefined, []],
    ['an html', HTML, undefined, '<b>Grüße</b>', []],
    ['a picture alone', PICTURE, undefined, undefined, ['1']],
    ['alternatives', multi('alternative', PLAIN, HTML), 'Grüße', '<b>Grüße</b>', []],
    [
      'alternatives, one with pictures, and a file',
      multi('mixed', multi('alternative', PLAIN, multi('related', HTML, PICTURE)), FILE),
      'Grüße',
      '<b>Grüße</b>',
      ['1.2.2', '2'],
    ],
    ['a footer of a list', multi('mixed', PLAIN, FOOTER), 'Grüße\r\nthe list', undefined, []],
    ['a signature', multi('signed', multi('mixed', PLAIN, FILE), SIGNATURE), 'Grüße', undefined, ['1.2', '2']],
    ['a message within', multi('mixed', PLAIN, INNER), 'Grüße', undefined, ['2']],
    ['a text marked as attached', multi('mixed', FILE, HTML), undefined, '<b>Grüße</b>', ['1']],
    [
      'related, its root not the first',
      multi('related; start="<r@x>"', PICTURE, `Content-ID: <r@x>\r\n${HTML}`),
      undefined,
      '<b>Grüße</b>',
      ['1'],
    ],
    [
      'an alternative of another kind',
      multi('alternative', PLAIN, leaf('text/calendar', 'BEGIN')),
      'Grüße',
      undefined,
      ['2'],
    ],
    [
      'a report',
      multi('report', FOOTER, leaf('message/delivery-status', 'Status: 5.0.0\r\n')),
      'the list',
      undefined,
      ['2'],
    ],
  ];

function message(entity: Entity): string {
  return `From: ann@example.org\r\nSubject: content\r\nMIME-Version: 1.0\r\n${entity}`;
}

function trimmed(content: MessageContent | undefined): unknown[] {
  return [content?.text?.trimEnd(), content?.html?.trimEnd(), content?.attachments.map(({ part }) => part)];
}

export const contentOperations: Operations = (target) => {
  describe('content', () => {
    it('tells bodies from attachments', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(
        client,
        target(),
        CASES.map(([, entity]) => message(entity)),
      );
      const contents = await Promise.all(CASES.map((_, index) => mailbox.content(index + 1)));
      for (const [index, [name, , ...expected]] of CASES.entries()) {
        const content = contents[index];
        expect(trimmed(content), name).toEqual(expected);
        expect(content?.truncated).toBe(false);
        expect(content?.structure.type).toMatch(/\//);
      }
      expect((await mailbox.fetchAll('1:*', { flags: true })).some(({ flags }) => flags.has('\\Seen'))).toBe(false);
      expect(await mailbox.content(1000)).toBeUndefined();
    });

    it('leaves attachments where they are, and what goes beyond maxBytes', async () => {
      await using client = await clientOf(target());
      const long = 'ü'.repeat(5000);
      const mailbox = await freshMailbox(client, target(), [
        message(
          multi(
            'mixed',
            multi(
              'alternative',
              leaf('text/plain; charset=utf-8', long, 'Content-Transfer-Encoding: 8bit\r\n'),
              leaf('text/html; charset=utf-8', `<p>${long}`, 'Content-Transfer-Encoding: 8bit\r\n'),
            ),
            leaf(
              'application/octet-stream',
              `${'A'.repeat(76)}\r\n`.repeat(4000),
              'Content-Transfer-Encoding: base64\r\n',
            ),
          ),
        ),
      ]);
      const before = client.bytes.received;
      const whole = await mailbox.content(1);
      expect([whole?.text, whole?.html, whole?.truncated]).toEqual([long, `<p>${long}`, false]);
      expect(client.bytes.received - before).toBeLessThan(25_000);
      const some = await mailbox.content(1, { maxBytes: 10_101 });
      expect([some?.text, some?.html?.replace(/ü/g, '').length, some?.truncated]).toEqual([long, 3, true]);
      expect(some?.html?.length).toBeLessThan(60);
      const less = await mailbox.content(1, { maxBytes: 101 });
      expect([less?.text, less?.html, less?.truncated]).toEqual(['ü'.repeat(50), undefined, true]);
      const none = await mailbox.content(1, { maxBytes: 0 });
      expect([none?.text, none?.html, none?.truncated, none?.attachments.length]).toEqual([
        undefined,
        undefined,
        true,
        1,
      ]);
      for (const maxBytes of [-1, Number.NaN])
        expect(await rejection(mailbox.content(1, { maxBytes }))).toBeInstanceOf(UsageError);
    });

    it.each([
      ['quoted-printable', '=C3=BCabc =E2=82=AC=\r\n d=C3=BC.'],
      ['base64', Buffer.from('üabc € dü').toString('base64')],
      ['8bit', 'üabc € dü.'],
    ])('cuts %s where a character ends', async (encoding, body) => {
      await using client = await clientOf(target());
      const header = `Content-Transfer-Encoding: ${encoding}\r\n`;
      const mailbox = await freshMailbox(client, target(), [message(leaf('text/plain; charset=utf-8', body, header))]);
      const whole = (await mailbox.content(1))?.text ?? '';
      expect(whole).toMatch(/^üabc € dü/);
      const lengths = Array.from({ length: Buffer.byteLength(body) - 1 }, (_, index) => index + 1);
      const cut = await Promise.all(lengths.map((maxBytes) => mailbox.content(1, { maxBytes })));
      for (const content of cut) expect(whole.startsWith(content?.text ?? '?'), content?.text).toBe(true);
      expect(cut.at(-1)?.text).toMatch(/^üabc € d/);
    });
  });
};
