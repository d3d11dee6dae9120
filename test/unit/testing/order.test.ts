import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/testing/message.ts';
import { baseSubject } from '../../../src/testing/order/base-subject.ts';
import { collationKey } from '../../../src/testing/order/collation.ts';
import { ALGORITHMS, drawThreads } from '../../../src/testing/order/thread.ts';
import { Store } from '../../../src/testing/store.ts';
import { login, start } from './servers.ts';

describe('the base subject (RFC 5256 §2.1)', () => {
  test.each([
    ['Hello', 'Hello', false],
    ['Re: Hello', 'Hello', true],
    ['RE : re: Fwd:FW:  Hello  world', 'Hello world', true],
    ['Re[2]: Hello', 'Hello', true],
    ['[list] Re: [list] Re: Hello', 'Hello', true],
    ['[list] Hello', 'Hello', false],
    ['[a] [b]', '[b]', false],
    ['[list]', '[list]', false],
    ['Re: [list]', '[list]', true],
    ['Hello (fwd) (FWD)', 'Hello', true],
    ['[Fwd: [Fwd: Re: Hello]]', 'Hello', true],
    ['[Fwd: Hello] x', 'x', false],
    ['Re:', '', true],
    ['', '', false],
    ['Rework: all', 'Rework: all', false],
    ['=?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=', 'Grüße', true],
    ['[a[b] Re: x', '[a[b] Re: x', false],
  ])('of %j is %j', (subject, base, isReply) => {
    expect(baseSubject(subject, collationKey)).toEqual({ key: collationKey(base), isReply });
  });

  test.each(['[a]', 'Re: ', '[fwd:', '(fwd)', '(fwd) ', ']'])('of many %j takes linear time', (piece) => {
    expect(baseSubject(`${piece.repeat(20_000)}x${piece.repeat(20_000)}`, collationKey).key.length).toBeLessThan(
      2_000_000,
    );
  });
});

test('i;unicode-casemap (RFC 5051)', () => {
  const key = (text: string) => Buffer.from(collationKey(text), 'latin1').toString('utf8');
  expect(key('abc1')).toBe('ABC1');
  expect(key('éß')).toBe('E\u0301ß');
  expect(key('ǆ Ǆ ǅ')).toBe('Dz\u030c Dz\u030c Dz\u030c');
  expect(key('ﬁ')).toBe('fi');
  expect(key('ᾳ')).toBe('\u0391\u0345');
  // Georgian has upper case, and no title case.
  expect(key('აᲐ')).toBe('აᲐ');
  expect(collationKey('\uffff') < collationKey('😀')).toBe(true);
});

function raw(fields: Record<string, string>, body = 'x\n'): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  return `${lines.join('')}\n${body}`;
}

const minute = (n: number) => `Mon, 6 May 2024 10:${String(n).padStart(2, '0')}:00 +0000`;

describe('SORT', () => {
  async function mailbox() {
    const server = await start();
    const add = (fields: Record<string, string>, hour: number, body?: string) =>
      server.store.deliver('INBOX', raw(fields, body), { internalDate: new Date(Date.UTC(2024, 4, 7, hour)) });
    add({ From: 'Zoe <b@x>', To: 'Amy <z@x>', Cc: 'y@x', Subject: 'Re: beta', Date: minute(3) }, 1);
    add({ From: 'a@x', To: 'group: q@x;', Subject: '=?utf-8?q?=C3=84lpha?=', Date: 'never' }, 3, 'long'.repeat(100));
    add({ From: '"Bea" <c@x>', To: 'k@x', Cc: 'a@x', Subject: 'Beta (fwd)', Date: minute(1) }, 2);
    return login(server, 'INBOX');
  }

  test.each([
    ['(ARRIVAL)', '1 3 2'],
    ['(REVERSE ARRIVAL)', '2 3 1'],
    ['(CC)', '2 3 1'],
    ['(DATE)', '3 1 2'],
    ['(FROM)', '2 1 3'],
    ['(TO)', '2 3 1'],
    ['(SIZE)', '3 1 2'],
    ['(SUBJECT)', '2 1 3'],
    ['(REVERSE SUBJECT)', '1 3 2'],
    ['(SUBJECT DATE)', '2 3 1'],
    ['(SUBJECT REVERSE DATE)', '2 1 3'],
    ['(DISPLAYFROM)', '2 3 1'],
    ['(DISPLAYTO)', '1 2 3'],
  ])('%s gives %s', async (criteria, numbers) => {
    const client = await mailbox();
    expect(await client.ok(`SORT ${criteria} US-ASCII ALL`)).toEqual([`SORT ${numbers}`]);
  });

  test('a time that does not exist is 00:00:00, and a zone that does not is UTC (RFC 5256 §2.2)', async () => {
    const server = await start();
    const dates = ['6 May 2024 25:00:00 +0000', '6 May 2024 00:00:01 +0000', '6 May 2024 00:00:02 +9999'];
    for (const date of dates) server.store.deliver('INBOX', raw({ Date: date }));
    const client = await login(server, 'INBOX');
    expect(await client.ok('SORT (DATE) UTF-8 ALL')).toEqual(['SORT 1 2 3']);
    expect(await client.ok('SEARCH SENTON 6-May-2024')).toEqual(['SEARCH 1 2 3']);
    expect(await client.ok('SEARCH SENTON 7-May-2024')).toEqual(['SEARCH']);
  });

  test('takes keys of SEARCH, and what it does not know is BAD', async () => {
    const client = await mailbox();
    expect(await client.ok('UID SORT (DATE) UTF-8 NOT FROM a@x')).toEqual(['SORT 3 1']);
    expect(await client.ok('SORT (DATE) UTF-8 SUBJECT none')).toEqual(['SORT']);
    expect(await client.ok('UID SORT RETURN (COUNT MIN ALL) (DATE) UTF-8 1:3')).toEqual([
      'ESEARCH (TAG "A5") UID COUNT 3 MIN 3 ALL 3,1:2',
    ]);
    expect(await client.tagged('SORT (DATE) X-NONE ALL')).toMatch(/^NO \[BADCHARSET/);
    for (const command of ['SORT () UTF-8 ALL', 'SORT (UID) UTF-8 ALL', 'SORT (REVERSE) UTF-8 ALL', 'SORT (DATE) ALL'])
      expect(await client.tagged(command), command).toMatch(/^(BAD|NO \[BADCHARSET)/);
  });

  test('is there only with its capability', async () => {
    const server = await start({ withoutCapabilities: ['SORT=DISPLAY', 'ESORT', 'CONTEXT=SORT', 'THREAD=REFERENCES'] });
    const client = await login(server, 'INBOX');
    expect(await client.ok('SORT (DATE) UTF-8 ALL')).toEqual(['SORT']);
    expect(await client.tagged('SORT (DISPLAYTO) UTF-8 ALL')).toMatch(/^BAD/);
    expect(await client.tagged('SORT RETURN (COUNT) (DATE) UTF-8 ALL')).toMatch(/^BAD/);
    expect(await client.tagged('THREAD REFERENCES UTF-8 ALL')).toMatch(/^BAD/);
    const poor = await login(await start({ capabilities: ['IMAP4rev1'] }), 'INBOX');
    expect(await poor.tagged('SORT (DATE) UTF-8 ALL')).toBe('BAD Unknown command');
  });
});

describe('THREAD', () => {
  /** Each message: its number is its Message-ID and its minute. */
  async function threads(algorithm: string, messages: [n: number, subject: string, references?: string][]) {
    const server = await start();
    for (const [n, subject, references] of messages) {
      const ids = references === undefined ? '' : references.replace(/\S+/g, '<m$&@x>');
      server.store.deliver(
        'INBOX',
        raw({ Subject: subject, Date: minute(n), 'Message-ID': `<m${n}@x>`, ...(ids ? { References: ids } : {}) }),
      );
    }
    const client = await login(server, 'INBOX');
    const [line = ''] = await client.ok(`THREAD ${algorithm} UTF-8 ALL`);
    // By their IDs and not by the order in which they came.
    return line.replace(/^THREAD ?/, '').replace(/\d+/g, (number) => String(messages[Number(number) - 1]?.[0]));
  }

  test.each<[string, [number, string, string?][], string]>([
    ['nothing', [], ''],
    [
      'a chain',
      [
        [1, 'a'],
        [2, 'Re: a', '1'],
        [3, 'Re: a', '1 2'],
      ],
      '(1 2 3)',
    ],
    [
      'a fork',
      [
        [1, 'a'],
        [3, 'Re: a', '1'],
        [2, 'Re: a', '1'],
        [4, 'x', '1 3'],
      ],
      '(1 (2)(3 4))',
    ],
    [
      'answers before what they answer',
      [
        [3, 'Re: a', '1 2'],
        [2, 'Re: a', '1'],
        [1, 'a'],
      ],
      '(1 2 3)',
    ],
    [
      'answers to what is not there',
      [
        [2, 'Re: a', '1'],
        [3, 'Re: a', '1'],
      ],
      '((2)(3))',
    ],
    [
      'one answer to what is not there',
      [
        [2, 'Re: a', '1'],
        [3, 'b'],
      ],
      '(2)(3)',
    ],
    [
      'a gap in the middle',
      [
        [1, 'a'],
        [3, 'Re: a', '1 2'],
        [4, 'Re: a', '1 2'],
      ],
      '(1 (3)(4))',
    ],
    [
      'one subject, a reply',
      [
        [1, 'a'],
        [2, 'Re: a'],
        [3, 'a b'],
      ],
      '(1 2)(3)',
    ],
    [
      'one subject, the reply first',
      [
        [2, 'Re: a'],
        [5, 'a'],
      ],
      '(5 2)',
    ],
    [
      'one subject, no reply',
      [
        [1, 'a'],
        [2, 'a'],
        [3, 'Re: a'],
      ],
      '((1)(2)(3))',
    ],
    [
      'two lost threads of one subject',
      [
        [3, 'Re: a', '1'],
        [4, 'Re: a', '1'],
        [5, 'a', '2'],
        [6, 'a', '2'],
      ],
      '((3)(4)(5)(6))',
    ],
    [
      'a lost thread and a message of its subject',
      [
        [3, 'Re: a', '1'],
        [4, 'Re: a', '1'],
        [5, 'a'],
      ],
      '((3)(4)(5))',
    ],
    [
      'no subject is none in common',
      [
        [1, ''],
        [2, 'Re:'],
      ],
      '(1)(2)',
    ],
    [
      'a circle',
      [
        [1, 'a', '2'],
        [2, 'b', '1'],
      ],
      '(2 1)',
    ],
    ['itself', [[1, 'a', '1']], '(1)'],
    [
      'itself, though another is named before it',
      [
        [1, 'a', '8 9'],
        [2, 'b', '8 2'],
      ],
      '(1)(2)',
    ],
    [
      'what is below it, though another names its parent',
      [
        [1, 'a', '8 9 3'],
        [2, 'b', '8'],
        [3, 'c', '1 7'],
      ],
      '(2)(3 1)',
    ],
    [
      'a parent that was cut short',
      [
        [3, 'c', '1 2'],
        [2, 'b', '9'],
        [1, 'a'],
      ],
      '(1)(2 3)',
    ],
  ])('REFERENCES: %s', async (_, messages, drawn) => {
    expect(await threads('REFERENCES', messages)).toBe(drawn);
  });

  test('REFERENCES: one ID twice, In-Reply-To, an unreadable ID', async () => {
    const server = await start();
    const add = (fields: Record<string, string>) => server.store.deliver('INBOX', raw(fields));
    add({ 'Message-ID': '<a@x>', Subject: '1', Date: minute(1) });
    add({ 'Message-ID': '<a@x>', Subject: '2', Date: minute(2) });
    add({ 'Message-ID': '<"b".c@x>', 'In-Reply-To': 'yours of today <"a"@x> <c@x>', Subject: '3', Date: minute(3) });
    add({ 'Message-ID': 'none', References: 'nothing', 'In-Reply-To': '<b.c@x>', Subject: '4', Date: minute(4) });
    const client = await login(server, 'INBOX');
    expect(await client.ok('THREAD REFERENCES UTF-8 ALL')).toEqual(['THREAD (1 3 4)(2)']);
    expect(await client.ok('UID THREAD REFERENCES UTF-8 UID 3:4')).toEqual(['THREAD (3 4)']);
  });

  test('ORDEREDSUBJECT', async () => {
    const messages: [number, string][] = [
      [4, 'Re: a'],
      [1, 'b'],
      [2, 'A'],
      [3, 'Re: b'],
      [5, 'a (fwd)'],
    ];
    expect(await threads('ORDEREDSUBJECT', messages)).toBe('(1 3)(2 (4)(5))');
  });

  test('threads may be as deep as there are messages', async () => {
    const server = await start();
    const count = 3000;
    server.store.mailbox('INBOX').deliverAll(
      Array.from({ length: count }, (_, n) => ({
        raw: raw({
          'Message-ID': `<${n}@x>`,
          References: `<${n - 2}@x> <${n - 1}@x>`,
          Date: minute(1),
          Subject: `${n}`,
        }),
      })),
    );
    const client = await login(server, 'INBOX');
    const all = Array.from({ length: count }, (_, n) => n + 1);
    expect(await client.ok('THREAD REFERENCES UTF-8 ALL')).toEqual([`THREAD (${all.join(' ')})`]);
  });

  test('threads may be as wide as there are messages', () => {
    const inbox = new Store(['user'], { delimiter: '/', now: () => new Date(0) }).mailbox('INBOX');
    for (const id of ['a@x', 'b@x']) inbox.deliver(`References: <${id}>\r\nSubject: x\r\n\r\n`);
    const messages = Array.from({ length: 200_000 }, (_, n) => ({ ...inbox.messages[n < 2 ? 0 : 1], uid: n + 1 }));
    const threads = ALGORITHMS.REFERENCES?.(messages as Message[], collationKey) ?? []; // copies of the two
    const all = messages.map(({ uid }) => `(${uid})`).join('');
    expect(drawThreads(threads, ({ uid }) => uid) === `(${all})`).toBe(true);
  });

  test('what it does not know is BAD', async () => {
    const client = await login(await start(), 'INBOX');
    for (const command of ['THREAD NONE UTF-8 ALL', 'THREAD', 'THREAD REFERENCES ALL', 'THREAD toString UTF-8 ALL'])
      expect(await client.tagged(command), command).toMatch(/^BAD/);
    expect(await client.tagged('THREAD REFERENCES X-NONE ALL')).toMatch(/^NO \[BADCHARSET/);
  });
});

test('messages of one second keep the order of the mailbox, REVERSE or not', async () => {
  const server = await start();
  for (const at of [900, 100, 500])
    server.store.deliver('INBOX', 'Subject: m\n\n', { internalDate: new Date(1_700_000_000_000 + at) });
  const client = await login(server, 'INBOX');
  for (const key of ['ARRIVAL', 'REVERSE ARRIVAL', 'REVERSE DATE'])
    expect(await client.ok(`SORT (${key}) UTF-8 ALL`)).toEqual(['SORT 1 2 3']);
});
