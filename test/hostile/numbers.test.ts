/** Numbers that can not be, or that name other messages than those that were meant. */
import { describe, expect } from 'vitest';
import type { ImapClient, Mailbox, SyncState } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { type Scene, scenario } from './scenario.ts';

const MESSAGE = { content: 'a: b\r\n\r\nc\r\n' };

/** What an operation resolves to where the server answers its command so; `$T` stands for the tag. */
function answered(
  name: string,
  capabilities: string,
  answer: string[],
  operation: (mailbox: Mailbox, client: ImapClient) => Promise<unknown>,
  check: (value: unknown, scene: Scene) => void,
  more: { exists?: number; before?: (peer: Peer) => Promise<void> } = {},
): void {
  scenario(
    name,
    async (peer) => {
      await selected(peer, more.exists ?? 3, capabilities);
      await more.before?.(peer);
      const tag = await peer.expect('');
      peer.lines(...answer.map((line) => line.replaceAll('$T', tag)));
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      check(await operation(mailbox, client), scene);
      // Whatever it was, the next command is answered.
      await client.noop();
    },
  );
}

describe('COPYUID', () => {
  const copies: [name: string, code: string, pairs: [number, number][]][] = [
    ['with more sources than targets', 'COPYUID 7 1:3 4:5', []],
    ['with more targets than sources', 'COPYUID 7 1:2 4:9', []],
    ['with no targets', 'COPYUID 7 1:3', []],
    ['with UID 0', 'COPYUID 7 0:2 0:2', []],
    ['with a UID of 2^32', 'COPYUID 7 1:3 4294967294:4294967296', []],
    ['with a star', 'COPYUID 7 1:* 4:*', []],
    ['with words', 'COPYUID seven one two', []],
    ['with nothing', 'COPYUID', []],
    [
      'that is right',
      'COPYUID 7 1,3 9,12',
      [
        [1, 9],
        [3, 12],
      ],
    ],
    [
      'in descending order',
      'COPYUID 7 3:1 4:6',
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    ],
  ];
  for (const [name, code, pairs] of copies) {
    answered(
      name,
      'UIDPLUS',
      [`$T OK [${code}] done`],
      (mailbox) => mailbox.copy('1:3', 'x'),
      (value) => expect([...(value as { uids: Map<number, number> }).uids]).toEqual(pairs), // a CopyResult
    );
  }
});

describe('APPENDUID', () => {
  for (const code of [
    'APPENDUID',
    'APPENDUID 1',
    'APPENDUID 0 5',
    'APPENDUID 1 0',
    'APPENDUID 1 4294967296',
    'APPENDUID 1 99999999999999999999',
    'APPENDUID 1 *',
    'APPENDUID 1 5:6',
    'APPENDUID 1 -5',
    'APPENDUID -1 5',
    'APPENDUID x y',
    'APPENDUID 1 __proto__',
  ]) {
    answered(
      `that is ${code} is none`,
      'LITERAL+',
      [`$T OK [${code}] done`],
      (_, client) => client.append('x', MESSAGE),
      (value) => expect(value).toEqual({}),
      {},
    );
  }
});

describe('UIDs', () => {
  const messages: [name: string, line: string][] = [
    ['0', '* 1 FETCH (UID 0 RFC822.SIZE 5)'],
    ['2^32', '* 1 FETCH (UID 4294967296 RFC822.SIZE 5)'],
    ['2^32 + 1, which is 1 in 32 bits', '* 1 FETCH (UID 4294967297 RFC822.SIZE 5)'],
    ['2^53 + 1', '* 1 FETCH (UID 9007199254740993 RFC822.SIZE 5)'],
    ['2^64 + 1', '* 1 FETCH (UID 18446744073709551617 RFC822.SIZE 5)'],
    ['-1', '* 1 FETCH (UID -1 RFC822.SIZE 5)'],
    ['1.0', '* 1 FETCH (UID 1.0 RFC822.SIZE 5)'],
    ['1e0', '* 1 FETCH (UID 1e0 RFC822.SIZE 5)'],
    ['0x1', '* 1 FETCH (UID 0x1 RFC822.SIZE 5)'],
    ['NIL', '* 1 FETCH (UID NIL RFC822.SIZE 5)'],
    ['a list', '* 1 FETCH (UID (1) RFC822.SIZE 5)'],
    ['one that nobody asked for', '* 1 FETCH (UID 2 RFC822.SIZE 5)'],
  ];
  for (const [name, line] of messages) {
    answered(
      `of ${name} are no message's`,
      '',
      [line, '$T OK done'],
      (mailbox) => mailbox.fetchAll('1', { size: true }),
      (value) => expect(value).toEqual([]),
    );
  }
  for (const set of ['*', '7,*', '4294967295,*', { seq: '*' }]) {
    answered(
      `of messages that are not the last one are no answer to ${JSON.stringify(set)}`,
      '',
      ['* 1 FETCH (UID 1 FLAGS (\\Seen))', '* 3 FETCH (UID 9 FLAGS ())', '* 2 FETCH (UID 5 FLAGS ())', '$T OK done'],
      (mailbox) => mailbox.fetchAll(set, { flags: true }),
      (value) => expect(value).toEqual([{ seq: 3, uid: 9, flags: new Set() }]),
    );
    answered(
      `may be those of a message that came or went meanwhile, as answers to ${JSON.stringify(set)}`,
      '',
      ['* 4 EXISTS', '* 1 EXPUNGE', '* 5 EXISTS', '* 3 FETCH (UID 10 FLAGS ())', '$T OK done'],
      (mailbox) => mailbox.fetchAll(set, { flags: true }),
      (value) => expect(value).toEqual([{ seq: 3, uid: 10, flags: new Set() }]),
    );
  }
  for (const set of ['*', '2,*']) {
    answered(
      `of messages that are not the last one are no answer to a STORE of ${set}`,
      '',
      ['* 1 FETCH (UID 1 FLAGS (\\Seen))', '* 3 FETCH (UID 9 FLAGS (x))', '* 2 FETCH (UID 5 FLAGS ())', '$T OK done'],
      (mailbox) => mailbox.addFlags(set, ['x']),
      (value) => expect(value).toEqual({ flags: new Map([[9, new Set(['x'])]]) }),
    );
    answered(
      `may be those of a message that came or went meanwhile, as answers to a STORE of ${set}`,
      '',
      ['* 4 EXISTS', '* 1 EXPUNGE', '* 5 EXISTS', '* 3 FETCH (UID 10 FLAGS (x))', '$T OK done'],
      (mailbox) => mailbox.addFlags(set, ['x']),
      (value) => expect(value).toEqual({ flags: new Map([[10, new Set(['x'])]]) }),
    );
  }
  /** Of five messages: what is told of which one, and which are results. */
  const windows: [set: string, partial: string, told: number[], results: number[]][] = [
    ['1:*', '1:2', [3, 1, 2], [1, 2]],
    ['1:*', '2:2', [1, 2, 5], [2]],
    ['1:*', '-1:-2', [4, 5, 1], [4, 5]],
    ['1:*', '-2:-3', [5, 3, 4, 2], [3, 4]],
    ['2:9', '4:3', [2, 4, 5], [4, 5]],
    ['2:9', '1:2', [2, 3, 5], [2, 3]],
    ['1:4', '-2:-9', [3, 2, 1, 5], [3, 2, 1]],
    ['1:4', '-3:-9', [4, 2, 1], [2, 1]],
    ['2,4', '1:9', [2, 3, 4], [2, 4]],
  ];
  for (const [set, partial, told, results] of windows) {
    answered(
      `of messages that PARTIAL ${partial} leaves out of ${set} are no results (${told} are told)`,
      'PARTIAL',
      [...told.map((n) => `* ${n} FETCH (UID ${n} FLAGS ())`), '$T OK done'],
      (mailbox) => mailbox.fetchAll(set, { flags: true }, { partial }),
      (value) => expect(value).toEqual(results.map((n) => ({ seq: n, uid: n, flags: new Set() }))),
      { exists: 5 },
    );
  }
  for (const [news, told, results] of [
    ['* 1 EXPUNGE', [1, 2, 3, 4], [1, 2]],
    ['* 7 EXISTS', [3, 4, 5, 7], [4, 5]],
  ] as const)
    answered(
      `may be within PARTIAL -1:-2 of what there was before ${news}`,
      'PARTIAL',
      [news, ...told.map((n) => `* ${n} FETCH (UID ${n} FLAGS ())`), '$T OK done'],
      (mailbox) => mailbox.fetchAll('1:*', { flags: true }, { partial: '-1:-2' }),
      (value) => expect(value).toEqual(results.map((n) => ({ seq: n, uid: n, flags: new Set() }))),
      { exists: 5 },
    );
  answered(
    'of what has changed may be higher than PARTIAL counts',
    'PARTIAL CONDSTORE',
    ['* 2 FETCH (UID 2 FLAGS () MODSEQ (9))', '* 4 FETCH (UID 4 FLAGS () MODSEQ (9))', '$T OK done'],
    (mailbox) => mailbox.fetchAll('1:*', { flags: true, modseq: true }, { partial: '1:2', changedSince: 5n }),
    (value) => expect(value).toMatchObject([{ uid: 2 }, { uid: 4 }]),
    { exists: 5 },
  );
  answered(
    'with leading zeros are read exactly',
    '',
    ['* 001 FETCH (UID 0000000000000000000001 RFC822.SIZE 00000000000000005)', '$T OK done'],
    (mailbox) => mailbox.fetchAll('1', { size: true }),
    (value) => expect(value).toEqual([{ seq: 1, uid: 1, size: 5 }]),
  );
  for (const seq of ['0', '4', '4294967295', '4294967296', '18446744073709551617', '-1']) {
    answered(
      `of message ${seq} where there are three are no message's`,
      '',
      [`* ${seq} FETCH (UID 1 RFC822.SIZE 5)`, '$T OK done'],
      (mailbox) => mailbox.fetchAll('1', { size: true }),
      (value) => expect(value).toEqual([]),
    );
  }
  answered(
    'of SEARCH that can not be are left out, or the answer is none',
    '',
    ['* SEARCH 0 3 4294967296 18446744073709551617', '$T OK done'],
    (mailbox, client) => mailbox.search({}).catch(() => client.noop().then(() => [3])),
    (value) => expect(value).toEqual([3]),
  );
});

describe('sizes', () => {
  for (const [name, literal] of [
    ['-1', '{-1}'],
    ['nothing', '{}'],
    ['a plus', '{+}'],
    ['1e3', '{1e3}'],
    ['0x10', '{0x10}'],
    ['a word', '{NIL}'],
  ] as const) {
    answered(
      `of a literal that are ${name} are none, and the response is dropped`,
      '',
      [`* 1 FETCH (UID 1 BODY[] ${literal}`, '* 1 FETCH (UID 1 BODY[] {1}', 'x)', '$T OK done'],
      (mailbox) => mailbox.fetchAll('1', { source: true }),
      (value) => expect(String((value as { source: Buffer }[])[0]?.source)).toBe('x'), // FetchedMessages
    );
  }
  answered(
    'of messages are exact up to 2^53, and no other number is made of what lies beyond',
    '',
    [
      '* 1 FETCH (UID 1 RFC822.SIZE 9007199254740991)',
      '* 2 FETCH (UID 2 RFC822.SIZE 9007199254740993)',
      '* 3 FETCH (UID 3 RFC822.SIZE 18446744073709551617)',
      '$T OK done',
    ],
    (mailbox) => mailbox.fetchAll('1:3', { size: true }),
    (value) => expect(value).toEqual([{ seq: 1, uid: 1, size: 9007199254740991 }]),
  );
  answered(
    'of mod-sequences are exact',
    'CONDSTORE',
    ['* 1 FETCH (UID 1 MODSEQ (9223372036854775807))', '$T OK done'],
    (mailbox) => mailbox.fetchAll('1', { modseq: true }),
    (value) => expect(value).toEqual([{ seq: 1, uid: 1, modseq: 9223372036854775807n }]),
  );
  for (const modseq of ['9223372036854775808', '18446744073709551615']) {
    scenario(
      `of mod-sequences are none where no client can send them back: ${modseq}`,
      async (peer) => {
        preauth(peer, 'CONDSTORE');
        for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
          const [tag, name, sub] = line.split(' ');
          if (name === 'SELECT')
            peer.lines(
              '* 1 EXISTS',
              '* OK [UIDVALIDITY 1] x',
              `* OK [HIGHESTMODSEQ ${line.includes('a') ? 5 : modseq}] x`,
            );
          if (sub === 'FETCH') peer.lines(`* 1 FETCH (UID 1 FLAGS () MODSEQ (${modseq}))`);
          if (sub === 'SEARCH') peer.lines('* SEARCH 1');
          peer.lines(`${tag} OK done`);
        }
      },
      async (scene) => {
        const client = await scene.connect();
        for (const name of ['a', 'b']) {
          const mailbox = await client.open(name);
          let state: SyncState | undefined;
          for (let round = 0; round < 3; round++) ({ state } = await mailbox.sync(state));
          expect(state).toMatchObject({ uids: '1' });
          expect(
            await mailbox.fetchAll('1', { flags: true }, { changedSince: mailbox.highestModseq ?? 1n }),
          ).toHaveLength(1);
        }
      },
    );
  }
});

describe('UIDVALIDITY', () => {
  for (const line of [
    '* OK [UIDVALIDITY 0] x',
    '* OK [UIDVALIDITY -1] x',
    '* OK [UIDVALIDITY 9007199254740993] x',
    '* OK [UIDVALIDITY] x',
    '* OK [UIDVALIDITY NIL] x',
  ]) {
    answered(
      `of ${line} is none, and voids nothing`,
      '',
      [line, '$T OK done'],
      (mailbox, client) => client.noop().then(() => mailbox),
      (value) => expect((value as Mailbox).uidValidity).toBe(1), // see above
    );
  }
  scenario(
    'that changes while another mailbox is selected voids the handle that knows of the other',
    async (peer) => {
      await selected(peer);
      await peer.ok('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 9] x');
      await peer.ok('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 2] x');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      await client.open('other');
      for (const work of [
        () => mailbox.addFlags('1', ['\\Deleted']),
        () => mailbox.copy('1', 'x'),
        () => mailbox.expunge('1'),
      ])
        expect(await scene.failure(work())).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
      expect(scene.peer.received).not.toMatch(/STORE|COPY|EXPUNGE/);
      expect((await client.open('INBOX')).uidValidity).toBe(2);
    },
  );
});

describe('ESEARCH', () => {
  const answers: [name: string, lines: string[], found: number[]][] = [
    ['with the tag of another', ['* ESEARCH (TAG "A999") UID ALL 1:3'], []],
    ['with a tag that only looks like it', ['* ESEARCH (TAG "$T0") UID ALL 1:3'], []],
    ['with sequence numbers, and without a tag', ['* ESEARCH ALL 1:3'], []],
    ['without a word that UIDs are meant, where there are none', ['* ESEARCH (TAG "$T")'], []],
    ['the same, with a count', ['* ESEARCH (TAG "$T") COUNT 0'], []],
    ['twice', ['* ESEARCH (TAG "$T") UID ALL 1', '* ESEARCH (TAG "$T") UID ALL 2:3'], [1]],
    ['with a set that overlaps itself', ['* ESEARCH (TAG "$T") UID ALL 1:2,2:3,1,3:1'], [1, 2, 3]],
    ['with what is not known', ['* ESEARCH (TAG "$T") UID X-EVIL (1 (2 {1}', '(3)) ALL 2'], [2]],
  ];
  for (const [name, lines, found] of answers) {
    answered(
      name,
      'ESEARCH',
      [...lines, '$T OK done'],
      (mailbox) => mailbox.search({}),
      (value) => expect(value).toEqual(found),
    );
  }
});

describe('an answer that can not be read is not taken for a part of it, nor for none', () => {
  const box = 'INBOX';
  const works: [answer: string, work: (mailbox: Mailbox, client: ImapClient) => Promise<unknown>, without?: string][] =
    [
      ['* SEARCH 1 2 x 3', (mailbox) => mailbox.search({}), 'ESEARCH'],
      ['* SEARCH 1:3', (mailbox) => mailbox.searchReturn({}, { count: true }), 'ESEARCH'],
      ['* ESEARCH (TAG "$T") UID ALL 0:3', (mailbox) => mailbox.search({})],
      ['* ESEARCH (TAG "$T") ALL 1:3', (mailbox) => mailbox.search({})],
      ['* ESEARCH (TAG "$T") COUNT 3', (mailbox) => mailbox.searchReturn({}, { count: true })],
      ['* ESEARCH (TAG "$T") MIN 3', (mailbox) => mailbox.searchReturn({}, { min: true })],
      ['* ESEARCH (TAG "$T") UID ALL 1:*', (mailbox) => mailbox.search({})],
      ['* ESEARCH (TAG "$T") UID COUNT x', (mailbox) => mailbox.searchReturn({}, { count: true })],
      ['* SORT 3 x 2', (mailbox) => mailbox.sort(['subject'], {})],
      ['* THREAD (1 2)(3 x)', (mailbox) => mailbox.thread('REFERENCES', {})],
      ['* UIDBATCHES (TAG "$T") 9:x', (mailbox) => mailbox.uidBatches(2000)],
      ['* ACL INBOX joe lr (', (_, client) => client.acl.get(box)],
      ['* MYRIGHTS INBOX (', (_, client) => client.acl.myRights(box)],
      [
        '* METADATA INBOX (/private/a "b" /private/c',
        (_, client) => client.metadata.get(box, ['/private/a', '/private/c']),
      ],
      ['* QUOTA "" (STORAGE 1', (_, client) => client.quota.get('')],
      ['* NAMESPACE (("" "/")) NIL (', (_, client) => client.namespaces()],
    ];
  const all = ['ESEARCH', 'SORT', 'THREAD=REFERENCES', 'UIDBATCHES', 'ACL', 'METADATA', 'QUOTA', 'NAMESPACE'];
  for (const [answer, work, without] of works) {
    answered(
      answer,
      all.filter((name) => name !== without).join(' '),
      [answer, '$T OK done'],
      (mailbox, client) => work(mailbox, client).catch((error) => error),
      (value) => expect(value).toMatchObject({ name: 'ImapError', code: 'UNREADABLE' }),
    );
  }
});

describe('counts', () => {
  for (const line of ['* -1 EXISTS', '* 4294967296 EXISTS', '* 99999999999999999999 EXISTS', '* NIL EXISTS'])
    answered(
      `of ${line} leave the mailbox as it was`,
      '',
      [line, '$T OK done'],
      (mailbox, client) => client.noop().then(() => mailbox.exists),
      (value) => expect(value).toBe(3),
    );
  for (const line of [
    '* 0 EXPUNGE',
    '* 4 EXPUNGE',
    '* 4294967295 EXPUNGE',
    '* -1 EXPUNGE',
    '* EXPUNGE',
    '* 99999999999999999999 EXPUNGE',
  ])
    answered(
      `of ${line} take no message away`,
      '',
      [line, '$T OK done'],
      (mailbox, client) => client.noop().then(() => mailbox.exists),
      (value) => expect(value).toBe(3),
    );
  for (const line of [
    '* VANISHED 0',
    '* VANISHED 0:1',
    '* VANISHED *',
    '* VANISHED x',
    '* VANISHED',
    '* VANISHED -1',
    '* VANISHED 4294967296',
  ])
    answered(
      `of ${line} take no message away`,
      'QRESYNC ENABLE',
      [line, '$T OK done'],
      (mailbox, client) => client.noop().then(() => mailbox.exists),
      (value) => expect(value).toBe(3),
    );
  answered(
    'of STATUS that can not be are left out',
    '',
    [
      '* STATUS x (MESSAGES -1 UIDNEXT 0 UIDVALIDITY 9007199254740993 UNSEEN NIL)',
      '* STATUS x (MESSAGES 7)',
      '$T OK done',
    ],
    (_, client) => client.status('x', ['messages', 'uidNext', 'uidValidity', 'unseen']),
    (value) => expect(value).toEqual({ messages: 7 }),
  );
});
