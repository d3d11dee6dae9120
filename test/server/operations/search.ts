/** SEARCH: every key of RFC 3501 §6.4.4, alone and together. */
import { describe, expect, it } from 'vitest';
import { type Mailbox, type SearchQuery, UsageError } from '../../../src/index.ts';
import { clientOf, freshMailbox, letters, type Operations, rejection } from './target.ts';

interface Sample {
  from: string;
  to?: string;
  cc?: string;
  bcc?: string;
  subject: string;
  date: string;
  extra?: string;
  text: string;
  flags: string[];
  internalDate: string;
}

const SAMPLES: Sample[] = [
  {
    from: 'Ann <ann@example.org>',
    to: 'bob@example.org',
    subject: 'Budget 2024',
    date: 'Mon, 1 Jan 2024 12:00:00 +0000',
    text: 'The "first" numbers (all\\of them)\r\n',
    flags: ['\\Seen'],
    internalDate: '2024-01-02T12:00:00Z',
  },
  {
    from: 'Bob <bob@example.org>',
    to: 'ann@example.org',
    cc: 'carl@example.com',
    subject: 'Re: Budget 2024',
    date: 'Fri, 1 Mar 2024 12:00:00 +0000',
    text: 'Looks fine to me\r\n',
    flags: ['\\Seen', '\\Answered'],
    internalDate: '2024-03-01T12:00:00Z',
  },
  {
    from: '=?utf-8?Q?J=C3=BCrgen?= <juergen@example.org>',
    to: 'ann@example.org',
    bcc: 'secret@example.net',
    subject: '=?utf-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=',
    date: 'Sat, 1 Jun 2024 12:00:00 +0000',
    extra: 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nX-Priority: 1\r\n',
    text: 'Schöne Grüße vom Rhein\r\n',
    flags: ['\\Flagged', '$Work'],
    internalDate: '2024-06-02T12:00:00Z',
  },
  {
    from: 'list@example.com',
    to: 'all@example.com',
    subject: 'Newsletter',
    date: 'Tue, 10 Sep 2024 12:00:00 +0000',
    extra: 'List-Id: <news.example.com>\r\n',
    text: `${'long line of news '.repeat(300)}\r\n`,
    flags: ['\\Deleted', '\\Draft', '$Work', '$Later'],
    internalDate: '2024-09-10T12:00:00Z',
  },
];

function raw({ from, to, cc, bcc, subject, date, extra = '', text }: Sample): string {
  const optional = [
    ['To', to],
    ['Cc', cc],
    ['Bcc', bcc],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]));
  return `From: ${from}\r\n${optional.join('')}Subject: ${subject}\r\nDate: ${date}\r\n${extra}\r\n${text}`;
}

type Case = [query: SearchQuery, uids: number[]];

/** What each query finds among the samples. */
const CASES: Case[] = [
  [{}, [1, 2, 3, 4]],
  [{ all: true }, [1, 2, 3, 4]],
  [{ seen: true }, [1, 2]],
  [{ seen: false }, [3, 4]],
  [{ answered: true }, [2]],
  [{ answered: false }, [1, 3, 4]],
  [{ flagged: true }, [3]],
  [{ flagged: false }, [1, 2, 4]],
  [{ deleted: true }, [4]],
  [{ deleted: false }, [1, 2, 3]],
  [{ draft: true }, [4]],
  [{ draft: false }, [1, 2, 3]],
  [{ keyword: '$Work' }, [3, 4]],
  [{ keyword: ['$Work', '$Later'] }, [4]],
  [{ notKeyword: '$Later' }, [1, 2, 3]],
  [{ from: 'ann@' }, [1]],
  [{ from: 'jürgen' }, [3]],
  [{ to: 'ANN' }, [2, 3]],
  [{ cc: 'carl' }, [2]],
  [{ bcc: 'secret' }, [3]],
  [{ subject: 'budget' }, [1, 2]],
  [{ subject: 'Grüße aus' }, [3]],
  [{ body: 'fine to' }, [2]],
  [{ body: '"first" numbers (all\\of' }, [1]],
  [{ body: 'Rhein' }, [3]],
  [{ text: 'example.com' }, [2, 4]],
  [{ header: { 'List-Id': 'news' } }, [4]],
  [{ header: { 'X-Priority': true } }, [3]],
  [{ header: { Subject: 'Re:', From: 'bob' } }, [2]],
  [{ since: '2024-03-01' }, [2, 3, 4]],
  [{ before: '2024-03-01' }, [1]],
  [{ on: new Date('2024-06-02T12:00:00Z') }, [3]],
  [{ on: '2-Jun-2024' }, [3]],
  [{ sentSince: '2024-06-01' }, [3, 4]],
  [{ sentBefore: new Date('2024-03-01T00:00:00Z') }, [1]],
  [{ sentOn: '2024-09-10' }, [4]],
  [{ larger: 3000 }, [4]],
  [{ smaller: 3000 }, [1, 2, 3]],
  [{ uid: '2:3' }, [2, 3]],
  [{ uid: [1, 4, 77] }, [1, 4]],
  [{ uid: [] }, []],
  [{ uid: '100:200' }, []],
  [{ seq: '1:2' }, [1, 2]],
  [{ seq: '*' }, [4]],
  [{ seen: true, subject: 'Re' }, [2]],
  [{ or: [{ flagged: true }, { answered: true }, { from: 'list' }] }, [2, 3, 4]],
  [{ or: [{ seen: true, answered: false }] }, [1]],
  [{ not: { seen: true } }, [3, 4]],
  [{ not: [{ seen: true }, { flagged: true }] }, [4]],
  [{ and: [{ or: [{ seen: true }, { flagged: true }] }, { not: { answered: true } }] }, [1, 3]],
  [{ not: { or: [{ subject: 'Grüße' }, { and: [{ seen: true }, { to: 'bob' }] }] } }, [2, 4]],
  [{ subject: 'nothing like it' }, []],
  [{ body: '' }, [1, 2, 3, 4]],
];

async function samples(mailbox: Mailbox, queries: readonly Case[]): Promise<void> {
  for (const [query, uids] of queries) {
    expect(await mailbox.search(query), JSON.stringify(query)).toEqual(uids);
  }
}

export const searchOperations: Operations = (target) => {
  describe('search', () => {
    it('finds by every key, alone and together', async () => {
      await using client = await clientOf(target());
      const { noKeywords, dropsFlags, datesByHeader } = target();
      const flagsOf = ({ flags }: Sample) => flags.filter((flag) => !noKeywords || flag.startsWith('\\'));
      const mailbox = await freshMailbox(
        client,
        target(),
        SAMPLES.map((sample) => ({
          content: Buffer.from(raw(sample)),
          flags: flagsOf(sample),
          internalDate: new Date(sample.internalDate),
        })),
      );
      if (dropsFlags)
        for (const [index, sample] of SAMPLES.entries()) await mailbox.addFlags(index + 1, flagsOf(sample));
      const cases = CASES.map(([query, uids]): Case => {
        if (noKeywords && query.notKeyword !== undefined) return [query, [1, 2, 3, 4]];
        const lost = (query.on !== undefined && datesByHeader) || (noKeywords && query.keyword !== undefined);
        return [query, lost ? [] : uids];
      });
      await samples(mailbox, cases);
      // All of them at once: each gets its own answer.
      const found = await Promise.all(cases.map(([query]) => mailbox.search(query)));
      expect(found).toEqual(cases.map(([, uids]) => uids));
    });

    it('tells recent messages apart', async () => {
      await using client = await clientOf(target());
      const name = (await freshMailbox(client, target(), letters(2))).name;
      const other = await client.open(`${name}`, { readOnly: true });
      const recent = await other.search({ recent: true });
      expect(await other.search({ old: false })).toEqual(recent);
      expect([...(await other.search({ old: true })), ...recent].sort()).toEqual([1, 2]);
      expect(await other.search({ new: true })).toEqual(recent);
    });

    it('gives UIDs, whatever was removed', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(9));
      await mailbox.deleteMessages('1:3,5');
      expect(await mailbox.search({})).toEqual([4, 6, 7, 8, 9]);
      expect(await mailbox.search({ uid: '1:6' })).toEqual([4, 6]);
      expect(await mailbox.search({ seq: '1:2' })).toEqual([4, 6]);
    });

    it('takes nothing that is no query, before a byte is sent', async () => {
      await using client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const { sent } = client.bytes;
      const queries: unknown[] = [
        { nonsense: 1 },
        null,
        'ALL',
        [],
        { from: 'a\r\nb' },
        { subject: 'a\0b' },
        { from: 3 },
        { keyword: 'a b' },
        { keyword: '\\Seen' },
        { keyword: [] },
        { header: { 'a b': 'x' } },
        { header: { 'a:': 'x' } },
        { header: {} },
        { since: 'yesterday' },
        { since: '2024-13-01' },
        { before: new Date(Number.NaN) },
        { sentOn: '31-Feb-2024x' },
        { larger: -1 },
        { larger: 1.5 },
        { smaller: '10' },
        { uid: '0' },
        { uid: 'x' },
        { seq: '1 2' },
        { or: [] },
        { or: { seen: true } },
        { not: 'x' },
        { seen: 'yes' },
        { text: undefined, subject: null },
      ];
      for (const query of queries) {
        const error = await rejection(mailbox.search(query as SearchQuery)); // what a caller without types may write
        expect(error, JSON.stringify(query)).toBeInstanceOf(UsageError);
      }
      const needs: [SearchQuery, string][] = [
        [{ modseq: 1n }, 'CONDSTORE'],
        [{ gmail: 'in:inbox' }, 'X-GM-EXT-1'],
        [{ savedSince: '2024-01-01' }, 'SAVEDATE'],
        [{ older: 1 }, 'WITHIN'],
        [{ emailId: 'x' }, 'OBJECTID'],
        [{ not: { fuzzy: { body: 'x' } } }, 'SEARCH=FUZZY'],
      ];
      let answered = 0;
      for (const [query, capability] of needs) {
        if (client.capabilities.has(capability)) {
          await mailbox.search(query);
          answered++;
        } else expect(await rejection(mailbox.search(query))).toMatchObject({ code: 'MISSING_CAPABILITY' });
      }
      await client.noop();
      if (answered === 0) expect(client.bytes.sent - sent).toBeLessThan(16);
    });
  });
};
