/** A server that lies about its state, falls silent, or hangs up. */
import { describe, expect } from 'vitest';
import { ConnectionError, encodeMailboxName } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { scenario, turn } from './scenario.ts';

describe('answers', () => {
  scenario(
    'for a tag of nobody end the session',
    async (peer) => {
      await selected(peer);
      await peer.expect('NOOP');
      peer.lines('A999 OK done');
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect();
      await client.open('INBOX');
      expect(await scene.failure(client.noop())).toMatchObject({ code: 'UNKNOWN_TAG' });
    },
  );
  scenario(
    'that come twice are given to nobody else',
    async (peer) => {
      preauth(peer);
      const first = await peer.expect('NOOP');
      peer.lines(`${first} OK`, `${first} NO no`, `${first} BAD what`);
      await peer.ok('NOOP');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      await client.noop();
      await client.noop();
    },
  );
  scenario(
    'of a FETCH without what was asked for, or for others, are no result',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('UID FETCH');
      peer.lines('* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 2 RFC822.SIZE 5)', '* 9 FETCH (UID 9 RFC822.SIZE 5)');
      peer.lines('* 0 FETCH (UID 1 RFC822.SIZE 7)', '* 3 FETCH (UID 4294967296 RFC822.SIZE 5)', `${tag} OK`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      expect(await mailbox.fetchAll('1', { size: true })).toEqual([]);
    },
  );
  scenario(
    'whose names are those of prototypes are data',
    async (peer) => {
      preauth(peer, 'ID');
      await peer.ok('ID', '* ID ("__proto__" "x" "constructor" "y" "toString" "z")');
      await peer.ok(
        'LIST',
        '* LIST () "/" "../../etc/passwd"',
        '* LIST () "/" "__proto__"',
        '* LIST () "/" {3}\r\n\x01\x07\x1b',
      );
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      expect(Object.keys(await client.id())).toContain('constructor');
      expect(({} as Record<string, unknown>).x).toBeUndefined();
      const names = (await client.list()).map(({ name }) => name);
      expect(names.slice(0, 2)).toEqual(['../../etc/passwd', '__proto__']);
      // Control characters stay visible as what they are, and the name goes back byte for byte.
      expect(encodeMailboxName(names[2] ?? '')).toBe('\x01\x07\x1b');
    },
  );
});

describe('a mailbox', () => {
  scenario(
    'whose EXISTS goes down and whose EXPUNGE goes beyond is stale and harms nothing',
    async (peer) => {
      await selected(peer);
      await peer.ok('NOOP', '* 1 EXISTS', '* 7 EXPUNGE', '* 1 EXPUNGE', '* 1 EXPUNGE', '* 18446744073709551616 EXISTS');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      await client.noop();
      expect(mailbox.exists).toBe(0);
    },
  );
  scenario(
    'whose UIDVALIDITY changes while it is selected voids the UIDs held',
    async (peer) => {
      await selected(peer);
      await peer.ok('NOOP', '* OK [UIDVALIDITY 2] changed');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      await client.noop();
      expect(await scene.failure(mailbox.addFlags('1', ['\\Deleted']))).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
      expect(scene.peer.received).not.toContain('STORE');
    },
  );
});

describe('the end', () => {
  for (const [name, end, answered] of [
    ['BYE', '* BYE [UNAVAILABLE] going down', 0],
    ['BYE with a tagged answer', '* BYE [UNAVAILABLE] going down\r\nA1 OK done', 1],
  ] as const) {
    scenario(
      `by ${name} tells every operation why that is not answered`,
      async (peer) => {
        preauth(peer);
        await peer.line();
        peer.lines(end);
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect();
        const work = [client.noop(), client.list(), client.open('INBOX'), client.append('x', { content: 'a' })];
        const outcomes = await Promise.all(work.map((one) => scene.outcome<unknown>(one)));
        expect(outcomes.slice(0, answered)).toEqual(outcomes.slice(0, answered).map(() => ({ value: undefined })));
        for (const { error } of outcomes.slice(answered)) {
          expect(error).toBeInstanceOf(ConnectionError);
          expect(error?.message).toContain('going down');
        }
      },
    );
  }
  for (const how of ['reset', 'close'] as const) {
    scenario(
      `by ${how} in the middle of a literal that comes`,
      async (peer) => {
        await selected(peer);
        await peer.expect('UID FETCH');
        peer.send('* 1 FETCH (UID 1 BODY[] {1000}\r\nhalf');
        setImmediate(() => peer[how]());
        await peer.gone();
      },
      async (scene) => {
        const mailbox = await (await scene.connect()).open('INBOX');
        const error = await scene.failure(mailbox.fetchAll('1', { source: true }));
        expect(error).toMatchObject({ phase: 'command', maybeExecuted: true });
      },
    );
    scenario(
      `by ${how} in the middle of a literal that goes`,
      async (peer) => {
        preauth(peer, 'LITERAL+');
        await peer.line();
        await peer.bytes(70_000);
        peer[how]();
      },
      async (scene) => {
        const client = await scene.connect();
        const error = await scene.failure(client.append('x', { content: Buffer.alloc(8 << 20, 'a') }));
        expect(error).toBeInstanceOf(ConnectionError);
      },
    );
  }
  scenario(
    'of a command that is never answered comes by the deadline',
    async (peer) => {
      preauth(peer);
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect({ timeouts: { inactivity: 100 } });
      expect(await scene.failure(client.noop())).toMatchObject({
        code: 'TIMEOUT',
        phase: 'command',
        maybeExecuted: true,
      });
    },
  );
  for (const [name, drips] of [
    ['is silent', false],
    ['drips', true],
  ] as const) {
    scenario(
      `of a LOGOUT comes by the deadline where the server ${name}`,
      async (peer) => {
        preauth(peer);
        await peer.expect('LOGOUT');
        if (drips) await peer.drip('* OK wait\r\n', 10);
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect({ timeouts: { farewell: 100 } });
        await client.logout();
        expect(client.state).toBe('closed');
      },
      { within: 3000 },
    );
  }
  const endless: [name: string, go: (peer: Peer) => unknown][] = [
    ['is silent', () => {}],
    ['drips', (peer) => peer.drip('* OK wait\r\n* 9 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n', 5)],
    [
      'drips a literal of the command',
      (peer) => {
        peer.send('* 2 FETCH (UID 2 BODY[] {900000}\r\n');
        return peer.drip('x', 5);
      },
    ],
    ['drips answers of the command', (peer) => peer.drip('* 2 FETCH (UID 2 BODY[] {1}\r\nx)\r\n', 1)],
    ['floods', (peer) => peer.flood('* 9 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n', Number.POSITIVE_INFINITY)],
  ];
  for (const [name, go] of endless) {
    scenario(
      `of a LOGOUT behind a command that hangs comes by the deadline where the server ${name}`,
      async (peer) => {
        await selected(peer);
        await peer.expect('UID FETCH');
        await go(peer);
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect({ timeouts: { farewell: 300, inactivity: 60_000 } });
        const mailbox = await client.open('INBOX');
        const hanging = scene.failure(mailbox.fetchAll('2', { source: true }));
        await Promise.all([client.logout(), client.logout(), client[Symbol.asyncDispose]()]);
        expect(client.state).toBe('closed');
        expect(await hanging).toMatchObject({ code: 'CLOSED' });
        client.close();
        await client.logout();
      },
      { within: 5000 },
    );
  }
  scenario(
    'of a LOGOUT waits for a message that comes slowly',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('UID FETCH');
      peer.send('* 2 FETCH (UID 2 BODY[] {30}\r\n');
      for (let byte = 0; byte < 30; byte++) {
        await turn();
        peer.send('x');
      }
      peer.lines(')', `${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect({ timeouts: { farewell: 60_000 } });
      const mailbox = await client.open('INBOX');
      const [messages] = await Promise.all([mailbox.fetchAll('2', { source: true }), client.logout()]);
      expect(messages[0]?.source.toString()).toBe('x'.repeat(30));
    },
    { within: 10_000 },
  );
  scenario(
    'of IDLE comes by the deadline where DONE is not answered',
    async (peer) => {
      preauth(peer, 'IDLE');
      await peer.ok('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 1] x');
      await peer.ok('UID SEARCH', '* SEARCH');
      await peer.expect('IDLE');
      peer.lines('+ idling', '* 1 RECENT');
      await peer.drip('* OK still here\r\n', 10);
    },
    async (scene) => {
      const client = await scene.connect({ timeouts: { farewell: 150 } });
      const mailbox = await client.open('INBOX');
      const watching = scene.outcome(mailbox.watch()[Symbol.asyncIterator]().next());
      while (!scene.peer.received.includes('IDLE')) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await scene.failure(client.noop())).toMatchObject({ code: 'TIMEOUT' });
      expect((await watching).error).toBeInstanceOf(ConnectionError);
    },
  );
});
