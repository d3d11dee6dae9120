/** A server that sends too much. */
import { describe, expect } from 'vitest';
import type { ImapClient, Mailbox } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { growth, type Scene, scenario } from './scenario.ts';

const MEGABYTE = 1 << 20;
const LAST = 4_294_967_295;
/** A log would hold what the client does not. */
const SILENT = { log: () => {} };

/** What the server sends while this operation waits ends it with this code, and costs no more than so many bytes. */
function attack(
  name: string,
  send: (peer: Peer, tag: string) => unknown,
  operation: (mailbox: Mailbox, client: ImapClient) => Promise<unknown>,
  check: (scene: Scene, work: Promise<unknown>) => Promise<void>,
  { most = 100 * MEGABYTE, exists = 3, capabilities = '' } = {},
): void {
  scenario(
    name,
    async (peer) => {
      await selected(peer, exists, capabilities);
      const tag = await peer.expect('');
      await send(peer, tag);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect(SILENT);
      const mailbox = await client.open('INBOX');
      const grown = await growth(() => check(scene, operation(mailbox, client)));
      expect(grown.most).toBeLessThan(most);
    },
    { within: 20_000 },
  );
}

const fails =
  (code: string | RegExp) =>
  async (scene: Scene, work: Promise<unknown>): Promise<void> => {
    expect((await scene.failure(work)).code).toMatch(code);
  };
const resolves =
  (value: unknown) =>
  async (_: Scene, work: Promise<unknown>): Promise<void> => {
    expect(await work).toEqual(value);
  };
const settles = async (scene: Scene, work: Promise<unknown>): Promise<void> => {
  await scene.outcome(work);
};

async function taken(iteration: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of iteration);
}
const noop = (_: Mailbox, client: ImapClient) => client.noop();
const subjects = (mailbox: Mailbox) => mailbox.fetchAll('1:3', { envelope: true });

/** A COPYUID that is small on the wire, and ten thousand ranges. */
const ONES = Array.from({ length: 5000 }, () => '1').join();

describe('nothing is kept of', () => {
  attack(
    'COPYUID codes that name the same message again and again',
    async (peer, tag) => {
      await peer.flood(`* OK [COPYUID 7 ${ONES} ${ONES}] x\r\n`, 10 * MEGABYTE);
      peer.lines(`${tag} OK done`);
    },
    (mailbox) => mailbox.move('1:3', 'x'),
    resolves({ uidValidity: 7, uids: new Map([[1, 1]]) }),
    { most: 200 * MEGABYTE, capabilities: 'MOVE UIDPLUS' },
  );
});

describe('a limit ends', () => {
  attack('a line without end', (peer) => peer.flood('* X aaaaaaaaaaaaaaa', 60 * MEGABYTE), noop, fails('LIMIT_LINE'));
  attack('a tag without end', (peer) => peer.flood('aaaaaaaaaaaaaaaa', 60 * MEGABYTE), noop, fails('LIMIT_LINE'));
  attack(
    'a literal of 4 GB that is announced',
    (peer) => peer.send('* 1 FETCH (BODY[] {4294967295}\r\n'),
    subjects,
    fails('LIMIT_LITERAL'),
    { most: 20 * MEGABYTE },
  );
  attack(
    'a literal of 2^64 bytes that is announced',
    (peer) => peer.send('* 1 FETCH (BODY[] {18446744073709551616}\r\n'),
    subjects,
    fails('LIMIT_LITERAL'),
    { most: 20 * MEGABYTE },
  );
  attack(
    'literals without number',
    (peer) => peer.send(`* X ${'{0}\r\n '.repeat(10_002)}\r\n`),
    noop,
    fails('LIMIT_LITERALS'),
  );
  attack(
    'nesting without bottom',
    (peer) => peer.send(`* 1 FETCH (BODYSTRUCTURE ${'('.repeat(100_000)}\r\n`),
    subjects,
    fails('LIMIT_DEPTH'),
  );
  attack(
    'a text of a megabyte in an answer',
    (peer, tag) => peer.send(`${tag} NO ${'x'.repeat(2 * MEGABYTE)}\r\n`),
    noop,
    fails('LIMIT_LINE'),
  );
  attack(
    'LIST without end',
    (peer) => peer.flood('* LIST () "/" aaaaaaaa\r\n', 400 * MEGABYTE),
    (_, client) => client.list(),
    fails('LIMIT_RESPONSES'),
    { most: 700 * MEGABYTE },
  );
  attack(
    'what an unknown command collects without end',
    (peer) => peer.flood('* X 1\r\n', 400 * MEGABYTE),
    (_, client) => client.command('X', [], { untagged: ['X'] }),
    fails('LIMIT_RESPONSES'),
    { most: 700 * MEGABYTE },
  );
  attack(
    'FETCH that an unknown command collects without end',
    (peer) => peer.flood('* 1 FETCH (FLAGS ())\r\n', 400 * MEGABYTE),
    (_, client) => client.command('X', [], { untagged: ['FETCH'] }),
    fails('LIMIT_RESPONSES'),
    { most: 700 * MEGABYTE },
  );
  attack(
    'SEARCH without end',
    (peer) => peer.flood('* SEARCH 1 2 3 4 5 6 7 8 9\r\n', 400 * MEGABYTE),
    (mailbox) => mailbox.search({}),
    fails('LIMIT_RES'),
    { most: 700 * MEGABYTE },
  );
  attack(
    'parts of one message without end',
    (peer) => peer.flood(`* 1 FETCH (BODY[1] {1000}\r\n${'x'.repeat(1000)})\r\n`, 700 * MEGABYTE),
    (mailbox) => mailbox.fetchAll({ seq: 1 }, { parts: ['1'] }),
    fails('LIMIT_'),
    { most: 700 * MEGABYTE },
  );
});

describe('a literal of megabytes where a text stands is not read', () => {
  const WORDS = '=?utf-8?q?a?= \xe9 '.repeat(MEGABYTE / 3);
  const literal = (text: string) => `{${text.length}}\r\n${text}`;
  const without =
    (value: object) =>
    async (scene: Scene, work: Promise<unknown>): Promise<void> => {
      const messages = await work;
      expect(messages).toMatchObject(value);
      expect(JSON.stringify(messages).length).toBeLessThan(1000);
      expect(scene.peer.closed).toBe(false);
    };
  const cases: [
    name: string,
    text: string,
    operation: Parameters<typeof attack>[2],
    check: Parameters<typeof attack>[3],
  ][] = [
    [
      'a subject',
      `* 1 FETCH (UID 1 ENVELOPE (NIL ${literal(WORDS)} NIL NIL NIL NIL NIL NIL NIL NIL) RFC822.SIZE 5)`,
      (mailbox) => mailbox.fetchAll('1', { envelope: true, size: true }),
      without([{ uid: 1 }]),
    ],
    [
      'the names of addresses',
      `* 1 FETCH (UID 1 ENVELOPE (NIL NIL (${`(${literal('a'.repeat(MEGABYTE))} NIL "a" "b")`.repeat(5)}) NIL NIL NIL NIL NIL NIL NIL))`,
      (mailbox) => mailbox.fetchAll('1', { envelope: true }),
      without([{ uid: 1, envelope: { from: [] } }]),
    ],
    [
      'a label',
      `* 1 FETCH (UID 1 X-GM-LABELS (${literal('&AGE-&'.repeat(MEGABYTE))}))`,
      (mailbox) => mailbox.fetchAll('1', { gmail: true }),
      without([]),
    ],
    [
      'the name of a mailbox',
      `* LIST () "/" ${literal('&AGE-&'.repeat(MEGABYTE))}`,
      (_, client) => client.list(),
      resolves([]),
    ],
  ];
  for (const [name, text, operation, check] of cases) {
    attack(name, (peer, tag) => peer.lines(text, `${tag} OK done`), operation, check, {
      most: 100 * MEGABYTE,
      capabilities: 'X-GM-EXT-1',
    });
  }
  attack(
    'but a section is, and a text of one megabyte',
    (peer, tag) =>
      peer.lines(`* 1 FETCH (UID 1 BODY[] ${literal(WORDS)} PREVIEW ${literal('a'.repeat(MEGABYTE))})`, `${tag} OK`),
    async (mailbox) =>
      (await mailbox.fetchAll('1', { source: true, preview: true })).map((one) => [
        one.source.length,
        one.preview?.length,
      ]),
    resolves([[WORDS.length, MEGABYTE]]),
    { most: 200 * MEGABYTE, capabilities: 'PREVIEW' },
  );
});

describe('one number again and again', () => {
  const MILLION = 1_000_000;
  /** Holds no more after its failure than so many bytes beyond what it held before: the garbage of one go is counted. */
  const failsWithin = (code: string, bytes: number) => async (scene: Scene, work: Promise<unknown>) => {
    let most = 0;
    const measured = () => {
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = measured();
    await work.catch(() => {
      most = measured() - before;
    });
    await fails(code)(scene, work);
    expect(most).toBeLessThan(bytes);
  };
  for (const [name, response, operation] of [
    ['a SEARCH', 'SEARCH', (mailbox) => mailbox.search({})],
    ['a search for what to return', 'SEARCH', (mailbox) => mailbox.searchReturn({}, { count: true })],
    ['a SORT', 'SORT', (mailbox) => mailbox.sort(['date'], {})],
  ] as [string, string, Parameters<typeof attack>[2]][]) {
    attack(
      `as the answer to ${name} is not read to its end`,
      (peer, tag) => peer.lines(`* ${response} ${'1 '.repeat(11 * MILLION)}1`, `${tag} OK`),
      operation,
      fails('LIMIT_RESULTS'),
      { most: 400 * MEGABYTE, exists: LAST, capabilities: 'SORT' },
    );
  }
  attack(
    'as the set that answers a SORT is counted before it is kept',
    (peer, tag) => peer.lines(`* ESEARCH (TAG "${tag}") UID ALL ${'1,'.repeat(4 * MILLION)}1`, `${tag} OK`),
    (mailbox) => mailbox.sort(['date'], {}),
    failsWithin('LIMIT_RESULTS', 200 * MEGABYTE),
    { most: 400 * MEGABYTE, capabilities: 'SORT ESORT' },
  );
});

describe('entries below one that was asked for', () => {
  attack(
    'end at a limit, many of them in one response',
    async (peer, tag) => {
      const entry = (n: number) => `/p/${n.toString(36)} ""`;
      const response = (n: number) =>
        `* METADATA INBOX (${Array.from({ length: 60_000 }, (_, at) => entry(n * 60_000 + at)).join(' ')})\r\n`;
      for (let n = 0; n < 90 && !peer.closed; n++) await peer.flood(response(n), 1);
      peer.lines(`${tag} OK done`);
    },
    (_, client) => client.metadata.get('INBOX', '/p', { depth: 'infinity' }),
    fails('LIMIT_RESPONSES'),
    { most: 400 * MEGABYTE, capabilities: 'METADATA' },
  );
});

describe('threads', () => {
  const ONES = '1 '.repeat(MEGABYTE);
  for (const [name, exists, text] of [
    ['than the mailbox has messages', 3, `(${ONES.repeat(2)})`],
    ['than the mailbox has messages, side by side', 3, '(1)'.repeat(2 * MEGABYTE)],
    ['that are not there than the mailbox has messages', 3, '('.repeat(2 * MEGABYTE)],
    ['than any mailbox has messages', LAST, `(${ONES.repeat(20)})`],
  ] as const) {
    attack(
      `of more ${name} end the connection`,
      (peer, tag) => peer.lines(`* THREAD ${text}`, `${tag} OK done`),
      (mailbox) => mailbox.thread('REFERENCES', {}),
      fails('LIMIT_RESULTS'),
      { most: 1500 * MEGABYTE, exists, capabilities: 'THREAD=REFERENCES' },
    );
  }
});

describe('a set of four billion costs nothing', () => {
  attack(
    'in COPYUID',
    (peer, tag) => peer.lines(`${tag} OK [COPYUID 1 1:${LAST} 1:${LAST}] done`),
    (mailbox) => mailbox.copy('1:3', 'x'),
    settles,
    { most: 60 * MEGABYTE },
  );
  attack(
    'in COPYUID of all messages',
    (peer, tag) => peer.lines(`${tag} OK [COPYUID 1 1:${LAST} 1:${LAST}] done`),
    (mailbox) => mailbox.copy('1:*', 'x'),
    settles,
    { most: 60 * MEGABYTE },
  );
  attack(
    'in APPENDUID',
    (peer, tag) => peer.lines(`${tag} OK [APPENDUID 1 1:${LAST}] done`),
    (_, client) => client.append('x', { content: 'a: b\r\n\r\n' }),
    settles,
    { most: 60 * MEGABYTE, capabilities: 'LITERAL+' },
  );
  attack(
    'in VANISHED',
    (peer, tag) => peer.lines(`* VANISHED 1:${LAST}`, `* VANISHED (EARLIER) 1:${LAST}`, `${tag} OK`),
    (mailbox, client) => {
      mailbox.on('expunge', () => {});
      return client.noop();
    },
    settles,
  );
  attack(
    'in ESEARCH',
    (peer, tag) => peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:${LAST}`, `${tag} OK`),
    (mailbox) => mailbox.search({}),
    fails('LIMIT_RESULTS'),
    { most: 60 * MEGABYTE, capabilities: 'ESEARCH' },
  );
  attack(
    'in ESEARCH of a mailbox that is said to hold as many',
    (peer, tag) => peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:${LAST}`, `${tag} OK`),
    (mailbox) => mailbox.search({}),
    fails('LIMIT_RESULTS'),
    { most: 60 * MEGABYTE, capabilities: 'ESEARCH', exists: LAST },
  );
  for (const [name, capabilities, operation] of [
    [
      'by relevancy',
      'ESEARCH SEARCH=FUZZY',
      (mailbox: Mailbox) => mailbox.sort(['relevancy'], { fuzzy: { text: 'x' } }),
    ],
    ['in batches', 'ESEARCH PARTIAL', (mailbox) => taken(mailbox.fetch('1:*', {}, { partial: '1:9', batch: 5 }))],
  ] satisfies [string, string, (mailbox: Mailbox) => Promise<unknown>][]) {
    attack(
      `in the ESEARCH of a search ${name}`,
      (peer, tag) =>
        peer.lines(
          `* ESEARCH (TAG "${tag}") UID ALL 1:${LAST} PARTIAL (1:9 1:${LAST}) RELEVANCY (1 2)`,
          `${tag} OK done`,
        ),
      operation,
      fails('LIMIT_RESULTS'),
      { most: 60 * MEGABYTE, capabilities },
    );
  }
  attack(
    'in the ESEARCH of a search that gives a set',
    (peer, tag) => peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:${LAST}`, `${tag} OK done`),
    async (mailbox) => String((await mailbox.searchReturn({}, { all: true })).all),
    resolves(`1:${LAST}`),
    { most: 60 * MEGABYTE, capabilities: 'ESEARCH' },
  );
  attack(
    'in the ESEARCH of a search that stopped, and is searched again',
    async (peer, tag) => {
      peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:${LAST}`, `${tag} OK [MESSAGELIMIT 9 7] done`);
      const again = await peer.expect('UID SEARCH');
      peer.lines(`* ESEARCH (TAG "${again}") UID ALL 1:${LAST}`, `${again} OK done`);
    },
    async (mailbox) => String((await mailbox.searchReturn({}, { all: true })).all),
    resolves(`1:${LAST}`),
    { most: 60 * MEGABYTE, capabilities: 'ESEARCH MESSAGELIMIT=9' },
  );
  attack(
    'in MODIFIED',
    (peer, tag) => peer.lines(`${tag} OK [MODIFIED 1:${LAST}] x`),
    async (mailbox) => (await mailbox.addFlags('1:3', ['\\Seen'], { unchangedSince: 1n })).modified?.size,
    resolves(LAST),
    { most: 20 * MEGABYTE, capabilities: 'CONDSTORE' },
  );
  attack(
    'in SEARCH',
    (peer, tag) => peer.lines(`* SEARCH 1:${LAST}`, `${tag} OK`),
    (mailbox) => mailbox.search({}),
    settles,
    { most: 20 * MEGABYTE },
  );
  attack(
    'in EXISTS and EXPUNGE, and a watch goes on',
    (peer, tag) =>
      peer.lines(
        `* ${LAST} EXISTS`,
        `* ${LAST} EXPUNGE`,
        '* 0 EXPUNGE',
        `* ${LAST} FETCH (UID 1 FLAGS ())`,
        `${tag} OK`,
      ),
    (mailbox, client) => client.noop().then(() => mailbox.exists),
    resolves(LAST - 1),
    { most: 20 * MEGABYTE },
  );
});

describe('a flood is taken in without being kept', () => {
  const flood = (bytes: string) => async (peer: Peer, tag: string) => {
    await peer.flood(bytes, MEGABYTE);
    peer.lines('', `${tag} OK done`);
  };
  for (const [name, bytes] of [
    ['unknown responses', '* XYZZY plugh\r\n'],
    ['literals of length 0', '* X {0}\r\n\r\n'],
    ['empty lines', '\r\n'],
    ['lines that are no response', 'what\r\n'],
    ['OK', '* OK still here\r\n'],
    ['EXPUNGE', '* 1 EXPUNGE\r\n'],
    ['EXISTS up and down', '* 5 EXISTS\r\n* 4 EXISTS\r\n'],
    ['FETCH for messages not asked for', '* 2 FETCH (UID 77 FLAGS (\\Seen))\r\n'],
    ['CAPABILITY', '* CAPABILITY IMAP4rev1 A B C\r\n'],
    ['ENABLED', '* ENABLED A B C\r\n'],
    ['FLAGS', '* FLAGS (a b c d e f g)\r\n'],
    ['continuation requests', '+ go on\r\n'],
    ['parentheses that do not close', '* X (((((((((((((((\r\n'],
    ['quotes that do not close', '* 1 FETCH (ENVELOPE ("\r\n'],
  ] as const) {
    attack(name, flood(bytes), noop, settles, { most: 150 * MEGABYTE });
  }
  attack(
    'messages not asked for, of a FETCH',
    flood(`* 2 FETCH (UID 77 BODY[] {10}\r\n0123456789 FLAGS ())\r\n`),
    (mailbox) => mailbox.fetchAll('1', { source: true }),
    settles,
    { most: 250 * MEGABYTE },
  );
  attack(
    'the same message of a FETCH',
    flood(`* 1 FETCH (UID 1 BODY[] {10}\r\n0123456789)\r\n`),
    async (mailbox) => (await mailbox.fetchAll('1', { source: true })).length,
    resolves(1),
    { most: 250 * MEGABYTE },
  );
  scenario(
    'untagged data in IDLE that nobody reads',
    async (peer) => {
      preauth(peer, 'IDLE');
      await peer.ok('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1] x');
      await peer.ok('UID SEARCH', '* SEARCH 1');
      await peer.ok('', '* 1 FETCH (UID 1 FLAGS ())');
      await peer.expect('IDLE');
      peer.lines('+ idling');
      await peer.flood('* 1 FETCH (UID 1 FLAGS (a))\r\n* 1 FETCH (UID 1 FLAGS ())\r\n', 16 * MEGABYTE);
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect(SILENT);
      const mailbox = await client.open('INBOX');
      const events = mailbox.watch()[Symbol.asyncIterator]();
      const { most } = await growth(async () => {
        await events.next();
        for (let round = 0; round < 20; round++) await new Promise((resolve) => setTimeout(resolve, 10));
      });
      expect(most).toBeLessThan(250 * MEGABYTE);
      await events.return?.();
    },
  );
});
