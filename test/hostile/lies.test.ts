/** A server that says one thing and does another: sizes, counts, numbers, and bytes that swell. */
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { ConnectionError, type ImapClient, type Mailbox, ProtocolError } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { growth, type Scene, scenario } from './scenario.ts';

const MEGABYTE = 1 << 20;
const LAST = 4_294_967_295;
const SILENT = { log: () => {} };

async function opened(scene: Scene): Promise<{ client: ImapClient; mailbox: Mailbox }> {
  const client = await scene.connect(SILENT);
  return { client, mailbox: await client.open('INBOX') };
}

describe('EXISTS', () => {
  for (const exists of [0, 1, LAST]) {
    scenario(
      `of ${exists}, where three messages come, is held against what comes`,
      async (peer) => {
        await selected(peer, exists);
        const line = await peer.line();
        const [tag = ''] = (line ?? '').split(' ');
        for (const uid of [1, 2, 3]) peer.lines(`* ${uid} FETCH (UID ${uid} RFC822.SIZE 5)`);
        peer.lines(`${tag} OK`);
        await peer.agree();
      },
      async (scene) => {
        const { client, mailbox } = await opened(scene);
        if (exists === 0) {
          // Nothing is asked of an empty mailbox by sequence number, where servers answer BAD.
          await client.noop();
          expect(mailbox.exists).toBe(0);
          return;
        }
        const all = await mailbox.fetchAll('1:*', { size: true });
        expect(all.map(({ uid }) => uid)).toEqual(exists === 1 ? [1] : [1, 2, 3]);
      },
    );
  }
  scenario(
    'of four billion, with no message there, ends an iteration',
    async (peer) => {
      await selected(peer, LAST);
      await peer.agree();
    },
    async (scene) => {
      const { mailbox } = await opened(scene);
      const { most } = await growth(async () => {
        expect(await mailbox.fetchAll('1:*', { flags: true })).toEqual([]);
        expect(await mailbox.fetchOne(LAST, { flags: true })).toBeUndefined();
        for await (const _ of mailbox.fetch({ seq: '1:*' }, { size: true })) expect.unreachable();
        expect(await mailbox.content(7)).toBeUndefined();
      });
      expect(most).toBeLessThan(20 * MEGABYTE);
    },
  );
});

describe('sizes', () => {
  scenario(
    'of parts that are four gigabytes, of which ten bytes come',
    async (peer) => {
      await selected(peer);
      const structure = `("text" "plain" NIL NIL NIL "7bit" ${LAST} ${LAST})`;
      await peer.ok('UID FETCH 2', `* 2 FETCH (UID 2 BODYSTRUCTURE ${structure})`);
      await peer.ok('UID FETCH 2', '* 2 FETCH (UID 2 BODY[1]<0> {10}\r\n0123456789)');
      await peer.agree();
    },
    async (scene) => {
      const { mailbox } = await opened(scene);
      const { most } = await growth(async () => {
        const content = await mailbox.content(2, { maxBytes: 100 });
        expect(content).toMatchObject({ text: '0123456789', truncated: true });
      });
      expect(most).toBeLessThan(20 * MEGABYTE);
    },
  );
  scenario(
    'of a slice that was asked for: more than asked for is cut off, or less is taken as it is',
    async (peer) => {
      await selected(peer);
      await peer.ok('UID FETCH', '* 1 FETCH (UID 1 BODY[] {20}\r\n01234567890123456789)');
      await peer.ok('UID FETCH', '* 1 FETCH (UID 1 BODY[]<4> {2}\r\n45)');
      await peer.agree();
    },
    async (scene) => {
      const { mailbox } = await opened(scene);
      const slice = { source: { offset: 4, length: 5 } };
      expect((await mailbox.fetchOne(1, slice))?.source.toString()).toBe('45678');
      expect((await mailbox.fetchOne(1, slice))?.source.toString()).toBe('45');
    },
  );
});

describe('a limit', () => {
  for (const limit of ['MESSAGELIMIT=0', 'SAVELIMIT=0', 'MESSAGELIMIT=0 SAVELIMIT=0']) {
    scenario(
      `of no message is none: ${limit}`,
      async (peer) => {
        await selected(peer, 3, limit);
        await peer.ok('UID COPY 1:3');
        await peer.ok('UID FETCH 1:*', '* 1 FETCH (UID 1 FLAGS ())');
        await peer.agree();
      },
      async (scene) => {
        const { mailbox } = await opened(scene);
        await mailbox.copy('1:3', 'x');
        expect(await mailbox.fetchAll('1:*', { flags: true })).toHaveLength(1);
      },
    );
  }
});

describe('SORT and THREAD', () => {
  const answers: [
    name: string,
    capabilities: string,
    operation: (mailbox: Mailbox) => Promise<unknown>,
    lines: (tag: string) => string[],
  ][] = [
    ['SORT of four billion', 'SORT', (mailbox) => mailbox.sort(['date'], {}), () => [`* SORT 1:${LAST}`]],
    [
      'ESORT of four billion',
      'SORT ESORT ESEARCH',
      (mailbox) => mailbox.sort(['date'], {}),
      (tag) => [`* ESEARCH (TAG "${tag}") UID ALL 1:${LAST}`],
    ],
    [
      'THREAD of four billion',
      'THREAD=REFERENCES',
      (mailbox) => mailbox.thread('REFERENCES', {}),
      () => [`* THREAD (1:${LAST})`],
    ],
    [
      'THREAD of numbers beyond all UIDs',
      'THREAD=REFERENCES',
      (mailbox) => mailbox.thread('REFERENCES', {}),
      () => ['* THREAD (4294967296 99999999999999999999 -1 0 007)'],
    ],
    [
      'THREAD without bottom',
      'THREAD=REFERENCES',
      (mailbox) => mailbox.thread('REFERENCES', {}),
      () => [`* THREAD ${'('.repeat(200_000)}`],
    ],
    [
      'THREAD as deep as it is long',
      'THREAD=REFERENCES',
      (mailbox) => mailbox.thread('REFERENCES', {}),
      () => [`* THREAD (${Array.from({ length: 50_000 }, (_, n) => n + 1).join(' ')})`],
    ],
    [
      'PARTIAL of four billion',
      'ESEARCH PARTIAL',
      (mailbox) => mailbox.searchReturn({}, { partial: '1:10' }),
      (tag) => [`* ESEARCH (TAG "${tag}") UID PARTIAL (1:10 1:${LAST})`],
    ],
    [
      'MIN, MAX and COUNT out of range',
      'ESEARCH',
      (mailbox) => mailbox.searchReturn({}, { min: true, max: true, count: true }),
      (tag) => [`* ESEARCH (TAG "${tag}") UID MIN 0 MAX 99999999999999999999 COUNT -1`],
    ],
  ];
  for (const [name, capabilities, operation, lines] of answers) {
    scenario(
      name,
      async (peer) => {
        await selected(peer, 3, capabilities);
        const tag = await peer.expect('');
        peer.lines(...lines(tag), `${tag} OK done`);
        await peer.agree();
      },
      async (scene) => {
        const { mailbox } = await opened(scene);
        const { most } = await growth(() => scene.outcome(operation(mailbox)));
        expect(most).toBeLessThan(60 * MEGABYTE);
      },
    );
  }
});

describe('COMPRESS', () => {
  /** Inflates to so many bytes, a thousandth of which cross the wire. */
  const bomb = (text: string, bytes: number) =>
    deflateRawSync(Buffer.from(text.repeat(Math.ceil(bytes / text.length)), 'latin1'), {
      finishFlush: constants.Z_SYNC_FLUSH,
      level: 9,
    });
  async function compressed(peer: Peer): Promise<void> {
    preauth(peer, 'COMPRESS=DEFLATE');
    const tag = await peer.expect('COMPRESS DEFLATE');
    peer.send(`${tag} OK go on\r\n`);
  }
  for (const [name, text, end] of [
    ['a line without end', '* X aaaaaaaaaaaaaaaaaaaaaaaaa', 'LIMIT_LINE'],
    ['LIST without end', '* LIST () "/" aaaaaaaa\r\n', 'LIMIT_RESPONSES'],
  ] as const) {
    scenario(
      `a bomb of ${name} meets the same limit`,
      async (peer) => {
        await compressed(peer);
        while (peer.received.endsWith('DEFLATE\r\n') && !peer.closed)
          await new Promise((resolve) => setTimeout(resolve, 5));
        const piece = bomb(text, 32 * MEGABYTE);
        expect(piece.length).toBeLessThan(MEGABYTE);
        peer.send(piece);
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect({ ...SILENT, timeouts: { inactivity: 20_000 } });
        const { most } = await growth(async () => {
          const error = await scene.failure(client.list());
          expect(error).toBeInstanceOf(ProtocolError);
          expect(error.code).toBe(end);
        });
        expect(most).toBeLessThan(250 * MEGABYTE);
      },
      { within: 30_000 },
    );
  }
  scenario(
    'bytes that are not deflated end the connection',
    async (peer) => {
      await compressed(peer);
      peer.send('\xff\xff\xff\xffplain\r\n'.repeat(100));
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect().catch((error: unknown) => error);
      const error = client instanceof Error ? client : await scene.failure((client as ImapClient).noop()); // one or the other
      // Where the connection has ended before NOOP, the error says that, and why.
      expect(error instanceof ConnectionError ? error.cause : error).toMatchObject({ code: 'COMPRESSION' });
    },
  );
});

describe('continuation requests', () => {
  scenario(
    'without end, in IDLE, while a literal waits, and while nothing does, send nothing',
    async (peer) => {
      preauth(peer, 'IDLE');
      await peer.ok('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 1] x');
      await peer.ok('UID SEARCH', '* SEARCH');
      const tag = await peer.expect('IDLE');
      peer.lines(...new Array(20_000).fill('+ idling'));
      expect(await peer.line()).toBe('DONE');
      peer.lines(`${tag} OK done`);
      const append = await peer.expect('APPEND');
      peer.lines(...new Array(20_000).fill('+ go on'));
      expect(await peer.bytes(10)).toBe('a: b\r\n\r\n\r\n');
      peer.lines(`${append} OK done`, ...new Array(20_000).fill('+ what else?'));
      await peer.agree();
    },
    async (scene) => {
      const { client, mailbox } = await opened(scene);
      const events = mailbox.watch()[Symbol.asyncIterator]();
      const next = events.next();
      while (!scene.peer.received.includes('IDLE')) await new Promise((resolve) => setTimeout(resolve, 5));
      await client.append('x', { content: 'a: b\r\n\r\n' });
      await events.return?.();
      await next;
      await client.noop();
    },
    { within: 20_000 },
  );
});

describe('the end, in every state, twice and at once', () => {
  const ways: [name: string, end: (client: ImapClient) => unknown][] = [
    ['close', (client) => client.close()],
    ['logout', (client) => client.logout()],
    ['dispose', (client) => client[Symbol.asyncDispose]()],
  ];
  const states: [
    name: string,
    capabilities: string,
    work: (client: ImapClient, mailbox: Mailbox) => Promise<unknown>[],
  ][] = [
    ['nothing under way', '', () => []],
    ['a command in flight', '', (client) => [client.noop()]],
    ['commands that wait', '', (client) => [client.open('a'), client.open('b'), client.command('X'), client.noop()]],
    ['a literal that waits', '', (client) => [client.append('x', { content: 'x'.repeat(5000) })]],
    ['an iteration', '', (_, mailbox) => [mailbox.fetch('1:*', { flags: true })[Symbol.asyncIterator]().next()]],
    ['a download', '', (_, mailbox) => [mailbox.download(1)]],
    ['a watch', 'IDLE', (_, mailbox) => [mailbox.watch()[Symbol.asyncIterator]().next()]],
    ['a watch that polls', '', (_, mailbox) => [mailbox.watch({ pollInterval: 5 })[Symbol.asyncIterator]().next()]],
  ];
  for (const [state, capabilities, work] of states) {
    for (const [first, one] of ways) {
      for (const [second, other] of ways) {
        scenario(
          `${state}: ${first} and ${second}`,
          async (peer) => {
            await selected(peer, 3, capabilities);
            await peer.gone();
          },
          async (scene) => {
            const client = await scene.connect({ timeouts: { farewell: 60, inactivity: 60_000 } });
            const mailbox = await client.open('INBOX');
            const pending = work(client, mailbox).map((promise) => scene.outcome(promise));
            await new Promise((resolve) => setImmediate(resolve));
            await Promise.all([one(client), other(client), mailbox[Symbol.asyncDispose]()]);
            expect(client.state).toBe('closed');
            await Promise.all(pending);
            await Promise.all([one(client), other(client)]);
            expect(await scene.failure(client.noop())).toMatchObject({ code: 'CLOSED' });
          },
        );
      }
    }
  }
});
