/** FETCH: every item, every way to name messages, by iteration and all at once. */
import { describe, expect, it } from 'vitest';
import { type FetchItems, type MessageSet, parseUidSet, UsageError } from '../../../src/index.ts';
import { clientOf, collect, freshMailbox, letters, type Operations, rejection } from './target.ts';

const TEXT = 'grüße aus köln\r\n';
const BINARY = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) & 255));

export const PARTS = [
  'From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>',
  'Sender: list@example.org',
  'To: undisclosed: anna@example.org, "B, C" <bc@example.org>;, carl@example.org',
  'Cc: dora@example.org',
  'Subject: =?iso-8859-1?Q?Gr=FC=DFe?= und',
  ' =?utf-8?B?w7xiZXJhbGw=?=',
  'Date: Mon, 5 May 2025 10:00:00 +0200',
  'Message-ID: <parts@example.org>',
  'In-Reply-To: <before@example.org>',
  'Received: one',
  'Received: two',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="=_b"',
  '',
  'preamble',
  '--=_b',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'gr=FC=DFe aus k=F6ln',
  '',
  '--inner',
  'Content-Type: text/html; charset="utf-8"',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from(`<p>${TEXT}</p>`).toString('base64'),
  '--inner--',
  '--=_b',
  "Content-Type: application/octet-stream; name*=utf-8''%E2%82%AC%20rates.bin",
  "Content-Disposition: attachment; filename*0*=utf-8''%E2%82%AC%20ra; filename*1*=tes.bin",
  'Content-Transfer-Encoding: base64',
  '',
  BINARY.toString('base64').replace(/.{76}/g, '$&\r\n'),
  '--=_b',
  'Content-Type: message/rfc822',
  '',
  'Subject: inside',
  'From: inner@example.org',
  '',
  'inner text',
  '--=_b--',
  '',
].join('\r\n');

export const fetchOperations: Operations = (target) => {
  describe('fetch', () => {
    it('gives each item as it is, and nothing else', async () => {
      await using client = await clientOf(target());
      const { datesByHeader, dropsFlags, losesGroups, unfoldsWide } = target();
      const internalDate = new Date(`2025-05-05T08:00:0${datesByHeader ? 0 : 1}Z`);
      const mailbox = await freshMailbox(client, target(), [{ content: PARTS, flags: ['\\Answered'], internalDate }]);
      const message = await mailbox.fetchOne(1, {
        flags: true,
        internalDate: true,
        size: true,
        envelope: true,
        bodyStructure: true,
        headers: true,
        source: true,
      });
      if (message === undefined) throw new Error('no message');
      expect(Object.keys(message).sort()).toEqual([
        'bodyStructure',
        'envelope',
        'flags',
        'headers',
        'internalDate',
        'seq',
        'size',
        'source',
        'uid',
      ]);
      expect([message.uid, message.seq]).toEqual([1, 1]);
      expect(message.flags.has('\\Answered')).toBe(!dropsFlags);
      expect(message.internalDate).toEqual(internalDate);
      expect(message.size).toBe(Buffer.byteLength(PARTS));
      expect(message.source.toString('latin1')).toBe(PARTS);
      expect(message.envelope).toMatchObject({
        subject: unfoldsWide ? 'Grüße und  überall' : 'Grüße und überall',
        date: new Date('2025-05-05T08:00:00Z'),
        from: [{ name: 'Jörg', address: 'joerg@example.org' }],
        sender: [{ address: 'list@example.org' }],
        cc: [{ address: 'dora@example.org' }],
        bcc: [],
        messageId: '<parts@example.org>',
        inReplyTo: '<before@example.org>',
      });
      const members = [{ address: 'anna@example.org' }, { name: 'B, C', address: 'bc@example.org' }];
      const group = losesGroups === 'names' ? '' : 'undisclosed';
      expect(message.envelope.to).toMatchObject([
        ...(losesGroups === 'all' ? members : [{ group, members }]),
        { address: 'carl@example.org' },
      ]);
      expect(message.headers.get('subject')).toBe('Grüße und überall');
      expect(message.headers.getAll('Received')).toEqual(['one', 'two']);
      expect([...message.headers].map(([name]) => name)).toContain('MIME-Version');
      expect(PARTS.startsWith(message.headers.raw.toString('latin1'))).toBe(true);
    });

    it('tells the structure of a message', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [PARTS]);
      const structure = (await mailbox.fetchOne(1, { bodyStructure: true }))?.bodyStructure;
      expect(structure).toMatchObject({
        part: '',
        type: 'multipart/mixed',
        params: { boundary: '=_b' },
        parts: [
          {
            part: '1',
            type: 'multipart/alternative',
            parts: [
              { part: '1.1', type: 'text/plain', params: { charset: 'iso-8859-1' }, encoding: 'quoted-printable' },
              { part: '1.2', type: 'text/html', params: { charset: 'utf-8' }, encoding: 'base64' },
            ],
          },
          { part: '2', type: 'application/octet-stream', disposition: { type: 'attachment' }, filename: '€ rates.bin' },
          {
            part: '3',
            type: 'message/rfc822',
            envelope: { subject: 'inside' },
            body: { type: 'text/plain', part: '3.1' },
          },
        ],
      });
    });

    it('gives sections, slices and decoded parts', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), [PARTS]);
      const message = await mailbox.fetchOne(1, {
        parts: ['1.1', '1.1.MIME', '2', '3', '3.HEADER', '3.TEXT', 'TEXT', 'HEADER', '9'],
        binary: ['1.1', '1.2', '2'],
        headers: ['Subject', 'received', 'X-Not-There'],
      });
      if (message === undefined) throw new Error('no message');
      const part = (name: string) => message.parts.get(name)?.toString('latin1');
      expect(part('1.1')).toBe('gr=FC=DFe aus k=F6ln\r\n');
      expect(part('1.1.MIME')).toMatch(/^Content-Type: text\/plain; charset=iso-8859-1\r\n/);
      expect(part('3.HEADER')).toBe('Subject: inside\r\nFrom: inner@example.org\r\n\r\n');
      expect(part('3.TEXT')).toBe(target().spoilsNestedEnd ? 'inner text\r' : 'inner text');
      expect(part('TEXT')).toBe(PARTS.slice(PARTS.indexOf('\r\n\r\n') + 4));
      expect(part('HEADER')).toBe(PARTS.slice(0, PARTS.indexOf('\r\n\r\n') + 4));
      expect(message.parts.get('9')?.length ?? 0).toBe(0);
      expect(message.binary.get('1.1')?.toString('latin1')).toBe('grüße aus köln\r\n');
      expect(message.binary.get('1.2')?.toString()).toBe(`<p>${TEXT}</p>`);
      expect(message.binary.get('2')?.equals(BINARY)).toBe(true);
      expect(message.headers.get('Subject')).toBe('Grüße und überall');
      expect(message.headers.getAll('Received')).toEqual(['one', 'two']);
      expect(message.headers.get('X-Not-There')).toBeUndefined();
      expect(message.headers.get('To')).toBeUndefined();
      const slice = await mailbox.fetchOne(1, { source: { offset: 6, length: 20 } });
      expect(slice?.source.toString('latin1')).toBe(PARTS.slice(6, 26));
      const beyond = await mailbox.fetchOne(1, { source: { offset: 1_000_000, length: 20 } });
      expect(beyond?.source.length).toBe(0);
      const parts = ['3.HEADER', { section: '1.1', offset: 3, length: 6 }, { section: 'TEXT', offset: 0, length: 9 }];
      const beginnings = await mailbox.fetchAll('1:*', { parts, source: { offset: 0, length: 5 } });
      const text = PARTS.slice(PARTS.indexOf('\r\n\r\n') + 4);
      expect(beginnings.map((one) => [one.source, ...one.parts.values()].map(String))).toEqual([
        [PARTS.slice(0, 5), part('3.HEADER'), 'FC=DFe', text.slice(0, 9)],
      ]);
    });

    it('gives parts as they are sent where nobody can undo their transfer encoding, and the other messages', async () => {
      await using client = await clientOf(target());
      const encoded = [
        ['base64', 'b25l'],
        ['x-uuencode', 'two'],
        ['base64', 'dGhyZWU='],
      ].map(([encoding, body]) =>
        [
          'Subject: encoded',
          'MIME-Version: 1.0',
          'Content-Type: text/plain',
          `Content-Transfer-Encoding: ${encoding}`,
          '',
          body,
          '',
        ].join('\r\n'),
      );
      const mailbox = await freshMailbox(client, target(), encoded);
      const found: [number, string | undefined][] = [];
      for (const set of ['1:*', { seq: '1:3' }])
        for await (const { uid, binary } of mailbox.fetch(set, { binary: ['1'] }))
          found.push([uid, binary.get('1')?.toString().trim()]);
      const each: [number, string][] = [
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
      ];
      expect(found).toEqual([...each, ...each]);
      const sizes = await mailbox.fetchAll([2, 3], { binary: ['1'], size: true });
      expect(sizes.map(({ uid, size }) => [uid, size])).toEqual([2, 3].map((uid) => [uid, encoded[uid - 1]?.length]));
    });

    it('gives parts that are not encoded as they should be, as downloads do', async () => {
      await using client = await clientOf(target());
      const bodies = ['base64\r\n\r\nYWJjZA', 'base64\r\n\r\n!@#YWJj', 'quoted-printable\r\n\r\n=ZZ=3D'];
      const mailbox = await freshMailbox(
        client,
        target(),
        bodies.map((body) => `Content-Type: image/png\r\nContent-Transfer-Encoding: ${body}\r\n`),
      );
      const messages = await mailbox.fetchAll('1:*', { binary: ['1'] });
      expect(messages.map(({ binary }) => binary.get('1')?.toString().trim())).toEqual(['abcd', 'abc', '=ZZ=']);
      for (const { uid, binary } of messages)
        expect(await (await mailbox.download(uid, '1')).content.bytes()).toEqual(binary.get('1'));
    });

    it('gives messages within a message decoded, as downloads do', async () => {
      await using client = await clientOf(target());
      const inner = 'Reporting-MTA: dns; x.example\r\n\r\nAction: failed\r\n';
      const encodings = [
        `base64\r\n\r\n${Buffer.from(inner).toString('base64')}\r\n`,
        `quoted-printable\r\n\r\n${inner.replace('Action', '=41ction')}`,
      ];
      const messages = ['message/delivery-status', 'message/rfc822'].flatMap((type) =>
        encodings.map((encoded) => `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoded}`),
      );
      const mailbox = await freshMailbox(client, target(), messages);
      const fetched = await mailbox.fetchAll('1:*', { binary: ['1'] });
      expect(fetched.map(({ binary }) => binary.get('1')?.toString())).toEqual(messages.map(() => inner));
      for (const { uid } of fetched)
        expect((await (await mailbox.download(uid, '1')).content.bytes()).toString()).toBe(inner);
    });

    it('marks nothing as seen, unless it is asked to', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      await mailbox.fetchAll('1:*', {
        source: true,
        headers: true,
        parts: ['1', 'TEXT'],
        binary: ['1'],
        envelope: true,
      });
      await (await mailbox.download(1)).content.bytes();
      await (await mailbox.download(1, '1')).content.bytes();
      expect(await mailbox.search({ seen: true })).toEqual([]);
      expect(await mailbox.fetchOne(77, { source: true, markSeen: true })).toBeUndefined();
      expect(await mailbox.search({ seen: true })).toEqual([]);
      await mailbox.fetchOne(2, { source: true, markSeen: true });
      expect(await mailbox.search({ seen: true })).toEqual([2]);
    });

    it('finds messages however they are named', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(8));
      await mailbox.deleteMessages([2, 3]);
      const uids = async (set: MessageSet) =>
        (await mailbox.fetchAll(set, { flags: true })).map(({ uid }) => uid).sort();
      expect(await uids('1:*')).toEqual([1, 4, 5, 6, 7, 8]);
      expect(await uids(4)).toEqual([4]);
      expect(await uids('4')).toEqual([4]);
      expect(await uids('6,4:5')).toEqual([4, 5, 6]);
      expect(await uids('5:1')).toEqual([1, 4, 5]);
      expect(await uids([8, 1, 8])).toEqual([1, 8]);
      expect(await uids(new Set([7]))).toEqual([7]);
      expect(await uids(parseUidSet('1,5:6'))).toEqual([1, 5, 6]);
      expect(await uids('*')).toEqual([8]);
      expect(await uids('7:*')).toEqual([7, 8]);
      expect(await uids({ seq: '2:3' })).toEqual([4, 5]);
      expect(await uids({ seq: 1 })).toEqual([1]);
      expect(await uids({ seq: [6] })).toEqual([8]);
      expect(await uids({ seq: '*' })).toEqual([8]);
      expect((await mailbox.fetchOne({ seq: 2 }, { flags: true }))?.uid).toBe(4);
      // What is not there is not there.
      for (const gone of [2, '2:3']) expect(await uids(gone)).toEqual([]);
      expect(await uids('100:200')).toEqual([]);
      expect(await uids('9:*')).toEqual([]);
      expect(await uids('4000000000:*')).toEqual([]);
      expect(await uids([])).toEqual([]);
      expect(await mailbox.fetchOne(3, { envelope: true })).toBeUndefined();
      expect(await mailbox.fetchOne(4_294_967_295, { envelope: true })).toBeUndefined();
    });

    it('gives nothing in an empty mailbox', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target());
      expect(await mailbox.fetchAll('1:*', { envelope: true })).toEqual([]);
      expect(await collect(mailbox.fetch('1:*', { source: true }))).toEqual([]);
      expect(await mailbox.search({})).toEqual([]);
    });

    it('iterates, and can be left at any point', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(50));
      const all = await collect(mailbox.fetch('1:*', { envelope: true }));
      expect(all.map(({ uid }) => uid)).toEqual([...Array(50).keys()].map((index) => index + 1));
      for await (const { uid } of mailbox.fetch('1:*', { source: true })) if (uid === 3) break;
      const failing = (async () => {
        for await (const { uid } of mailbox.fetch('1:*', { source: true })) if (uid === 5) throw new Error('enough');
      })();
      await expect(failing).rejects.toThrow('enough');
      // Never begun, or left before the first message: nothing hangs.
      mailbox.fetch('1:*', { source: true });
      const iterator = mailbox.fetch('1:*', { source: true })[Symbol.asyncIterator]();
      await iterator.return?.();
      expect(await iterator.next()).toEqual({ value: undefined, done: true });
      expect(await mailbox.search({ uid: '1:2' })).toEqual([1, 2]);
    });

    it('answers several next() at once, in order', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const iterator = mailbox.fetch('1:*', { flags: true })[Symbol.asyncIterator]();
      const results = await Promise.all([
        iterator.next(),
        iterator.next(),
        iterator.next(),
        iterator.next(),
        iterator.next(),
      ]);
      expect(results.map(({ done, value }) => (done ? 'done' : value.uid))).toEqual([1, 2, 3, 'done', 'done']);
    });

    it('takes nothing that is no set, item, section or slice, before a byte is sent', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const { sent } = client.bytes;
      const sets: unknown[] = [
        '',
        '0',
        'a',
        '1:',
        ':1',
        '1,,2',
        '1 2',
        '1\r\n',
        '-1',
        0,
        -1,
        1.5,
        Number.NaN,
        4_294_967_296,
        [0],
        ['1'],
        null,
        undefined,
        {},
        { seq: 0 },
        { seq: 'x' },
        true,
      ];
      for (const set of sets) {
        const error = await rejection((async () => collect(mailbox.fetch(set as number, { flags: true })))()); // what a caller without types may write
        expect(error, JSON.stringify(set)).toBeInstanceOf(UsageError);
        expect(await rejection(mailbox.fetchAll(set as number, { flags: true })), JSON.stringify(set)).toBeInstanceOf(
          UsageError,
        ); // as above
        expect(await rejection(mailbox.addFlags(set as number, ['x'])), JSON.stringify(set)).toBeInstanceOf(UsageError); // as above
      }
      const items: unknown[] = [
        { nonsense: true },
        { parts: ['x'] },
        { parts: ['1\r\n'] },
        { parts: ['1] BODY[2'] },
        { binary: ['TEXT'] },
        { headers: ['a b'] },
        { headers: ['a)'] },
        { headers: ['a\r\nb'] },
        { headers: [] },
        { parts: '1' },
        { source: { offset: -1, length: 1 } },
        { source: { offset: 0, length: 0 } },
        null,
        'FLAGS',
      ];
      for (const item of items) {
        const error = await rejection(mailbox.fetchAll(1, item as FetchItems)); // as above
        expect(error, JSON.stringify(item)).toBeInstanceOf(UsageError);
      }
      for (const modifiers of [
        { changedSince: '1) x' },
        { changedSince: -1n },
        { partial: '1:2) x' },
        { partial: '1:5\r\n' },
        { vanished: true },
      ]) {
        const error = await rejection(mailbox.fetchAll(1, { flags: true }, modifiers as object)); // as above
        expect(error, JSON.stringify(Object.keys(modifiers))).toBeInstanceOf(UsageError);
      }
      await client.noop();
      expect(client.bytes.sent - sent).toBeLessThan(16);
    });

    it('needs what the server does not offer: told before a byte is sent', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const needs: [FetchItems, string][] = [
        [{ modseq: true }, 'CONDSTORE'],
        [{ gmail: true }, 'X-GM-EXT-1'],
        [{ preview: true }, 'PREVIEW'],
        [{ saveDate: true }, 'SAVEDATE'],
        [{ emailId: true }, 'OBJECTID'],
      ];
      for (const [items, capability] of needs) {
        if (client.capabilities.has(capability)) {
          expect(await mailbox.fetchAll(1, items), capability).toHaveLength(1);
          continue;
        }
        const error = await rejection(mailbox.fetchAll(1, items));
        expect(error).toBeInstanceOf(UsageError);
        expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
        expect(error.message).toContain(capability);
      }
    });
  });
};
