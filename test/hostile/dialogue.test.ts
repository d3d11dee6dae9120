import { describe, expect } from 'vitest';
import { CommandError, ConnectionError, type ImapError } from '../../src/index.ts';
import { GOOD } from './certificates.ts';
import type { Peer } from './peer.ts';
import { preauth, selected, USER } from './plays.ts';
import { type Scene, scenario, turn } from './scenario.ts';

describe('bytes that look like responses', () => {
  const forged = 'A1 OK done\r\nA2 NO no\r\n* 1 EXPUNGE\r\n* BYE gone\r\n+ go on\r\n* CAPABILITY EVIL\r\n';
  scenario(
    'are content within a literal, however it is cut',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('UID FETCH');
      const response = `* 1 FETCH (UID 1 BODY[] {${forged.length}}\r\n${forged})\r\n${tag} OK done\r\n`;
      for (const byte of response) {
        peer.send(byte);
        await turn();
      }
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      expect(String((await mailbox.fetchOne(1, { source: true }))?.source)).toBe(forged);
      expect(mailbox.exists).toBe(3);
      expect(client.capabilities.has('EVIL')).toBe(false);
      expect(await mailbox.download(1).catch((error: ImapError) => error.code)).toBe('NO_SUCH_MESSAGE');
    },
  );
  scenario(
    'with NUL, bare CR, bare LF and 8-bit everywhere end nothing',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('NOOP');
      peer.send('* OK \0\0\0\r\n* \0\r\n\0\r\n* 1 FETCH (FLAGS (a\0b \xff))\r\n* LIST (\0) "\0" "\0"\r\n');
      peer.send(
        '* OK [\0] x\r\n* OK [ALERT\0] \r x\r\r\n\r\n\n\n* \xff\xfe\r\n* 2 \xc3\x28\r\n\x1b[31m\r\n*\r\n* \r\n+\0\r\n',
      );
      peer.lines(`${tag} OK \0\xff`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      await client.noop();
      await client.noop();
      expect(mailbox.exists).toBe(3);
    },
  );
  scenario(
    'with bare LF as the line end of everything are read',
    async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] ready\n');
      const tag = await peer.expect('SELECT');
      peer.send(`* 3 EXISTS\n* OK [UIDVALIDITY 1] x\n${tag} OK done\n`);
      const fetch = await peer.expect('UID FETCH');
      peer.send(`* 1 FETCH (UID 1 BODY[] {3}\nabc)\n${fetch} OK done\n`);
      await peer.agree();
    },
    async (scene) => {
      const mailbox = await (await scene.connect()).open('INBOX');
      expect(String((await mailbox.fetchOne(1, { source: true }))?.source)).toBe('abc');
    },
  );
  const wrong: [name: string, line: string][] = [
    ['a literal for flags', '* 1 FETCH (UID 1 FLAGS {3}\r\n(a) RFC822.SIZE 5)'],
    ['a list for a size', '* 1 FETCH (UID 1 RFC822.SIZE (5))'],
    ['a string for an envelope', '* 1 FETCH (UID 1 ENVELOPE "x")'],
    ['a number for a body structure', '* 1 FETCH (UID 1 BODYSTRUCTURE 5)'],
    ['no list at all', '* 1 FETCH'],
    ['half a list', '* 1 FETCH (UID 1 RFC822.SIZE'],
    ['too many parentheses', '* 1 FETCH (UID 1 RFC822.SIZE 6)))))) (((('],
    ['a section that does not end', '* 1 FETCH (UID 1 BODY[ {1}\r\nx)'],
    ['a section of sections', `* 1 FETCH (UID 1 BODY[${'1.'.repeat(20_000)}1] "x")`],
    ['another name', '* 1 FETCHED (UID 1 RFC822.SIZE 5)'],
    ['no number', '* FETCH (UID 1 RFC822.SIZE 5)'],
    ['the same item many times', `* 1 FETCH (UID 2 ${'FLAGS () '.repeat(10_000)})`],
  ];
  for (const [name, line] of wrong) {
    scenario(
      `of FETCH with ${name} do no harm to the next`,
      async (peer) => {
        await selected(peer);
        const tag = await peer.expect('UID FETCH');
        peer.lines(line, '* 1 FETCH (UID 1 RFC822.SIZE 5)', `${tag} OK done`);
        await peer.agree();
      },
      async (scene) => {
        const mailbox = await (await scene.connect()).open('INBOX');
        const all = await mailbox.fetchAll('1', { size: true });
        expect(all).toHaveLength(1);
        expect([5, 6]).toContain(all[0]?.size);
      },
    );
  }
});

describe('a tag', () => {
  for (const [name, tag] of [
    ['of a command that comes later', 'A3'],
    ['far beyond all commands', 'A99999999999999999999'],
  ] as const) {
    scenario(
      `${name} ends the session`,
      async (peer) => {
        preauth(peer);
        await peer.expect('NOOP');
        peer.lines(`${tag} OK done`);
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect();
        expect(await scene.failure(client.noop())).toMatchObject({ code: 'UNKNOWN_TAG' });
      },
    );
  }
  for (const tag of ['a1', '1', '*1', 'A01', 'A1.0', 'A', '"A1"', '%', '__proto__', 'A1\0']) {
    scenario(
      `of ${JSON.stringify(tag)} answers nothing`,
      async (peer) => {
        preauth(peer);
        const own = await peer.expect('NOOP');
        peer.lines(`${tag} NO not you`, `${own} OK [X] you`);
        await peer.agree();
      },
      async (scene) => {
        const client = await scene.connect();
        await client.noop();
        await client.noop();
      },
    );
  }
  scenario(
    'answers its own command, in whatever order the answers come',
    async (peer) => {
      preauth(peer);
      const tags = [await peer.expect('CREATE'), await peer.expect('UNSUBSCRIBE'), await peer.expect('SUBSCRIBE')];
      peer.lines(`${tags[2]} OK third`, `${tags[0]} NO [ALREADYEXISTS] first`, `${tags[1]} BAD second`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const work: Promise<unknown>[] = [client.create('a'), client.unsubscribe('b'), client.subscribe('c')];
      const [first, second, third] = await Promise.all(work.map((one) => scene.outcome(one)));
      expect(first?.error).toMatchObject({ status: 'NO', text: 'first' });
      expect(second?.error).toMatchObject({ status: 'BAD', text: 'second' });
      expect(third?.error).toBeUndefined();
    },
  );
});

describe('a literal that goes', () => {
  const message = { content: `a: b\r\n\r\n${'x'.repeat(5000)}` };
  for (const answer of ['NO [TRYCREATE] no such mailbox', 'BAD too much', 'NO [OVERQUOTA] full']) {
    scenario(
      `is not sent after ${answer}`,
      async (peer) => {
        preauth(peer);
        const tag = await peer.expect('APPEND');
        peer.lines(`${tag} ${answer}`, '+ go on', '+ go on');
        await peer.agree();
      },
      async (scene) => {
        const client = await scene.connect();
        expect(await scene.failure(client.append('x', message))).toBeInstanceOf(CommandError);
        await client.noop();
        expect(scene.peer.received).not.toContain('xxxx');
      },
    );
  }
  scenario(
    'and a success before it went end the session',
    async (peer) => {
      preauth(peer);
      const tag = await peer.expect('APPEND');
      peer.lines(`${tag} OK [APPENDUID 1 1] stored already`);
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect();
      expect(await scene.failure(client.append('x', message))).toMatchObject({ code: 'EARLY_ANSWER' });
      expect(scene.peer.received).not.toContain('xxxx');
    },
  );
  scenario(
    'that nobody asks on for ends by the deadline',
    async (peer) => {
      preauth(peer);
      await peer.expect('APPEND');
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect({ timeouts: { inactivity: 100 } });
      expect(await scene.failure(client.append('x', message))).toMatchObject({ code: 'TIMEOUT' });
      expect(scene.peer.received).not.toContain('xxxx');
    },
  );
  scenario(
    'and another are each asked for, though all requests come at once',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('UID SEARCH');
      peer.lines('+ go on', '+ go on', '+ go on', '+ go on');
      const rest = [await peer.line(), await peer.line(), await peer.line()].join('|');
      peer.lines(`* SEARCH ${/{/.test(rest) ? 1 : 2}`, `${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const found = scene.outcome(mailbox.search({ subject: 'ä', body: 'ö' }, { timeout: 300 }));
      await found;
      expect(scene.peer.received).not.toMatch(/\r\n(?!A\d+ )[^\r]*A\d+ /);
    },
  );
});

describe('the bytes of a literal', () => {
  const play = async (peer: Peer) => {
    preauth(peer);
    await peer.expect('APPEND');
    peer.lines('+ go on');
    await peer.gone();
  };
  /** What came behind the header of the literal, until the connection ended. */
  const sent = async ({ peer }: Scene) => {
    await peer.gone();
    return peer.received.slice(peer.received.indexOf('}\r\n') + 3);
  };

  scenario('are counted as they lie in a stream', play, async (scene) => {
    class Fewer extends Uint8Array {
      override get length(): number {
        return 5;
      }
    }
    async function* stream() {
      yield new Fewer(Buffer.from('a: b\n\r\nA2 DELETE INBOX\r\n'));
    }
    const client = await scene.connect();
    const error = await scene.failure(client.append('x', { content: { size: 5, stream: stream() } }));
    expect(error).toMatchObject({ code: 'STREAM_SIZE' });
    expect(await sent(scene)).toBe('');
  });

  scenario('are those of the call, though the memory that they share grows', play, async (scene) => {
    const client = await scene.connect();
    // The types know of none that can grow yet.
    const shared: SharedArrayBuffer & { grow?(length: number): void } = Reflect.construct(SharedArrayBuffer, [
      5,
      { maxByteLength: 50 },
    ]);
    const content = new Uint8Array(shared).fill(65);
    const appending = scene.failure(client.append('x', { content }, { timeout: 100 }));
    shared.grow?.(22);
    content.set(Buffer.from('\r\nA2 DELETE INBOX'), 5);
    expect(await appending).toMatchObject({ code: 'TIMEOUT' });
    client.close();
    expect(await sent(scene)).toBe('AAAAA\r\n');
  });

  for (const [name, make] of [
    ['Buffer', (buffer: ArrayBuffer) => Buffer.from(buffer)],
    ['Uint8Array', (buffer: ArrayBuffer) => new Uint8Array(buffer)],
  ] as const) {
    scenario(`are sent all or not at all, though the memory of their ${name} is given away`, play, async (scene) => {
      const client = await scene.connect();
      const buffer = new ArrayBuffer(20);
      const content = make(buffer).fill(65);
      const appending = scene.failure(client.append('x', { content }));
      const creating = scene.failure(client.create('aaaaaaaa A9 DELETE INBOX'));
      await turn();
      structuredClone(buffer, { transfer: [buffer] });
      expect(await appending).toMatchObject({ code: 'STREAM_SIZE' });
      expect(await creating).toBeInstanceOf(ConnectionError);
      expect(await sent(scene)).toBe('');
    });
  }
});

describe('what was not asked for', () => {
  scenario(
    'and is said to be enabled is not',
    async (peer) => {
      preauth(peer, 'ENABLE CONDSTORE QRESYNC UTF8=ACCEPT UIDONLY');
      await peer.ok('NOOP', '* ENABLED UTF8=ACCEPT UIDONLY IMAP4REV2');
      await peer.ok('ENABLE CONDSTORE', '* ENABLED CONDSTORE UTF8=ACCEPT UIDONLY X-EVIL');
      await peer.ok('LIST', '* LIST () "/" &AOQ-', '* ENABLED UTF8=ACCEPT');
      await peer.ok('CREATE "&AOQ-"');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      await client.noop();
      expect([...client.enabled]).toEqual([]);
      expect([...(await client.enable(['CONDSTORE']))]).toEqual(['CONDSTORE']);
      expect((await client.list()).map(({ name }) => name)).toEqual(['ä']);
      await client.create('ä');
    },
  );
  scenario(
    'as capabilities that shrink is believed from then on',
    async (peer) => {
      await selected(peer, 3, 'LITERAL+ MOVE ESEARCH IDLE');
      await peer.ok('NOOP', '* CAPABILITY IMAP4rev1');
      await peer.ok('UID SEARCH ALL', '* SEARCH 1');
      const tag = await peer.expect('APPEND');
      peer.lines('+ go on');
      await peer.bytes(12);
      peer.lines(`${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      await client.noop();
      expect(client.capabilities.has('MOVE')).toBe(false);
      expect(await mailbox.search({})).toEqual([1]);
      await client.append('x', { content: 'a: b\r\n\r\nc\r' });
      expect(scene.peer.received).toMatch(/APPEND \S+ \{10\}\r\n/);
      expect(await scene.failure(client.command('X', [], { mailbox }).then(() => client.enable(['X'])))).toMatchObject({
        code: 'MISSING_CAPABILITY',
      });
    },
  );
  scenario(
    'as referrals of every kind is told, and followed nowhere',
    async (peer) => {
      preauth(peer, 'MAILBOX-REFERRALS');
      for (const command of ['SELECT', 'STATUS', 'CREATE', 'APPEND', 'LIST']) {
        const tag = await peer.expect(command);
        peer.lines('* OK [REFERRAL imap://evil.example/] x', `${tag} NO [REFERRAL imap://evil.example/x] elsewhere`);
      }
      const last = await peer.expect('NOOP');
      peer.lines('* BYE [REFERRAL imap://evil.example/] elsewhere', `${last} NO [REFERRAL imap://evil.example/] x`);
      await peer.gone();
    },
    async (scene) => {
      const client = await scene.connect();
      const work = [
        () => client.open('x'),
        () => client.status('x'),
        () => client.create('x'),
        () => client.append('x', { content: 'a: b\r\n\r\n' }),
        () => client.list(),
      ];
      for (const one of work)
        expect(await scene.failure(one())).toMatchObject({
          responseCode: { name: 'REFERRAL', url: 'imap://evil.example/x' },
        });
      const closed = new Promise((resolve) => client.on('close', resolve));
      expect(await scene.failure(client.noop())).toMatchObject({ responseCode: { name: 'REFERRAL' } });
      expect(await closed).toMatchObject({ error: { code: 'BYE', responseCode: { name: 'REFERRAL' } } });
      expect(scene.stage.peers).toHaveLength(1);
    },
  );
  scenario(
    'as a limit that stops every command where it began is not asked for again',
    async (peer) => {
      await selected(peer, 3, 'MESSAGELIMIT=1 UIDPLUS');
      const tag = await peer.expect('UID STORE');
      peer.lines(`${tag} OK [MESSAGELIMIT 1 4294967295] go on`);
      await peer.agree();
    },
    async (scene) => {
      const mailbox = await (await scene.connect()).open('INBOX');
      expect(await scene.failure(mailbox.addFlags('1:3', ['x']))).toMatchObject({ code: 'MESSAGELIMIT' });
      expect(scene.peer.received.match(/STORE/g)).toHaveLength(1);
    },
  );
  scenario(
    'as alerts is told only once who speaks is known',
    async (peer) => {
      peer.lines('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] [ALERT] greeting', '* OK [ALERT] early');
      const tag = await peer.expect('AUTHENTICATE');
      peer.lines('* OK [ALERT] before it is over', `${tag} OK [CAPABILITY IMAP4rev1] in`);
      await peer.ok('NOOP', '* NO [ALERT] late');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect({ auth: USER });
      const alerts: string[] = [];
      client.on('alert', ({ text }) => alerts.push(text));
      await client.noop();
      expect(alerts).toEqual(['late']);
    },
    { tls: GOOD },
  );
});
