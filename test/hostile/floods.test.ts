/** Every kind of untagged response without end: as the answer to its own command, beside another, in IDLE, and to nobody. */
import { describe, expect } from 'vitest';
import { type ImapClient, type Mailbox, ProtocolError } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { growth, type Scene, scenario, turn } from './scenario.ts';

const MEGABYTE = 1 << 20;
/** A log would hold what the client does not. */
const SILENT = { log: () => {} };
/** What a command may gather is 64 MiB on the wire, and some times that as objects. */
const GATHERED = 900 * MEGABYTE;
const KEPT = 150 * MEGABYTE;
const SENT = 2 * MEGABYTE;

interface Kind {
  /** One or a few responses; `$T`: the tag of the command that is answered. */
  response: string;
  capabilities: string;
  /** The command that it answers. */
  operation: (mailbox: Mailbox, client: ImapClient) => Promise<unknown>;
  /** How a flood of answers ends: with this code, or with what the command resolves to. */
  ends: string | ((value: unknown) => void);
}

const sized = (size: number) => (value: unknown) => expect(Array.isArray(value) ? value.length : value).toBe(size);
const anything = () => {};

const KINDS: Readonly<Record<string, Kind>> = {
  METADATA: {
    response: '* METADATA INBOX (/private/comment {10}\r\n0123456789)\r\n',
    capabilities: 'METADATA',
    operation: (_, client) => client.metadata.get('INBOX', '/private/comment'),
    ends: (value) => expect((value as Map<string, Buffer>).size).toBe(1), // a Map
  },
  'METADATA of entries below': {
    response: '* METADATA INBOX (/private/comment/x {10}\r\n0123456789)\r\n',
    capabilities: 'METADATA',
    operation: (_, client) => client.metadata.get('INBOX', '/private/comment', { depth: 'infinity' }),
    ends: 'LIMIT_RESPONSES',
  },
  ACL: {
    response: '* ACL INBOX joe lr eve lrswi\r\n',
    capabilities: 'ACL',
    operation: (_, client) => client.acl.get('INBOX'),
    ends: 'LIMIT_RESPONSES',
  },
  LISTRIGHTS: {
    response: '* LISTRIGHTS INBOX joe "" l r s w\r\n',
    capabilities: 'ACL',
    operation: (_, client) => client.acl.listRights('INBOX', 'joe'),
    ends: 'LIMIT_RESPONSES',
  },
  MYRIGHTS: {
    response: '* MYRIGHTS INBOX lrsw\r\n',
    capabilities: 'ACL',
    operation: (_, client) => client.acl.myRights('INBOX'),
    ends: 'LIMIT_RESPONSES',
  },
  QUOTA: {
    response: '* QUOTA "" (STORAGE 10 512)\r\n',
    capabilities: 'QUOTA',
    operation: (_, client) => client.quota.get(''),
    ends: 'LIMIT_RESPONSES',
  },
  QUOTAROOT: {
    response: '* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 512)\r\n',
    capabilities: 'QUOTA',
    operation: (_, client) => client.quota.root('INBOX'),
    ends: 'LIMIT_RESPONSES',
  },
  NAMESPACE: {
    response: '* NAMESPACE (("" "/")) NIL NIL\r\n',
    capabilities: 'NAMESPACE',
    operation: (_, client) => client.namespaces(),
    ends: 'LIMIT_RESPONSES',
  },
  LSUB: {
    response: '* LSUB () "/" aaaaaaaa\r\n',
    capabilities: '',
    operation: (_, client) => client.list({ subscribed: true }),
    ends: 'LIMIT_RESPONSES',
  },
  STATUS: {
    response: '* STATUS x (MESSAGES 5 UNSEEN 3)\r\n',
    capabilities: '',
    operation: (_, client) => client.status('x'),
    ends: 'LIMIT_RESPONSES',
  },
  'STATUS of other mailboxes': {
    response: '* STATUS y (MESSAGES 5 UNSEEN 3)\r\n',
    capabilities: '',
    operation: (_, client) => client.status('x', ['messages']),
    ends: anything,
  },
  ID: {
    response: '* ID ("name" "x" "version" "y")\r\n',
    capabilities: 'ID',
    operation: (_, client) => client.id(),
    ends: 'LIMIT_RESPONSES',
  },
  ENABLED: {
    response: '* ENABLED CONDSTORE X Y Z\r\n',
    capabilities: 'ENABLE CONDSTORE',
    operation: (_, client) => client.command('ENABLE', [{ atom: 'CONDSTORE' }], { untagged: ['ENABLED'] }),
    ends: 'LIMIT_RESPONSES',
  },
  CAPABILITY: {
    response: '* CAPABILITY IMAP4rev1 ACL QUOTA METADATA SORT NAMESPACE ESEARCH IDLE ID THREAD=REFERENCES\r\n',
    capabilities: '',
    operation: (_, client) => client.command('CAPABILITY'),
    ends: anything,
  },
  ESEARCH: {
    response: '* ESEARCH (TAG "$T") UID ALL 1:3\r\n',
    capabilities: 'ESEARCH',
    operation: (mailbox) => mailbox.search({}),
    ends: sized(3),
  },
  'ESEARCH for nobody': {
    response: '* ESEARCH (TAG "A999") UID ALL 1:4294967295\r\n',
    capabilities: 'ESEARCH',
    operation: (mailbox) => mailbox.search({}),
    ends: sized(0),
  },
  SORT: {
    response: '* SORT 1 2 3\r\n',
    capabilities: 'SORT',
    operation: (mailbox) => mailbox.sort(['date'], {}),
    ends: 'LIMIT_RESPONSES',
  },
  THREAD: {
    response: '* THREAD (1 2)(3)\r\n',
    capabilities: 'THREAD=REFERENCES',
    operation: (mailbox) => mailbox.thread('REFERENCES', {}),
    ends: 'LIMIT_RESPONSES',
  },
  VANISHED: {
    response: '* VANISHED 1:4294967295\r\n',
    capabilities: 'QRESYNC ENABLE UIDPLUS',
    operation: (mailbox) => mailbox.expunge('1:3'),
    ends: anything,
  },
  'VANISHED (EARLIER)': {
    response: '* VANISHED (EARLIER) 1:4294967295\r\n',
    capabilities: 'QRESYNC ENABLE CONDSTORE',
    operation: async (mailbox) => {
      for await (const _ of mailbox.fetch('1:*', { flags: true }, { changedSince: 1n }));
    },
    ends: anything,
  },
  FETCH: {
    response: '* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 5)\r\n',
    capabilities: '',
    operation: (mailbox) => mailbox.fetchAll('1:3', { flags: true, size: true }),
    ends: sized(1),
  },
  'FETCH of a STORE': {
    response: '* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n',
    capabilities: '',
    operation: (mailbox) => mailbox.addFlags('1:3', ['\\Seen']),
    ends: (value) => expect((value as { flags: Map<number, unknown> }).flags.size).toBe(1), // a StoreResult
  },
  'FETCH of one section': {
    response: '* 1 FETCH (UID 1 BODY[] {10}\r\n0123456789)\r\n',
    capabilities: '',
    operation: (mailbox) => mailbox.download(1).then(({ content }) => content.bytes()),
    ends: anything,
  },
  COPYUID: {
    response: '* OK [COPYUID 1 1:3 4:6] moving\r\n',
    capabilities: 'MOVE UIDPLUS',
    operation: (mailbox) => mailbox.move('1:3', 'x'),
    ends: anything,
  },
  INPROGRESS: {
    response: '* OK [INPROGRESS ("$T" 1 2)] still at it\r\n',
    capabilities: '',
    operation: (mailbox) => mailbox.copy('1:3', 'x', { progress: () => {} }),
    ends: anything,
  },
};

/** So many bytes of it, then an answer if somebody waits. */
async function pour(peer: Peer, { response }: Kind, tag: string, most: number): Promise<void> {
  await peer.flood(response.replaceAll('$T', tag), most);
}

async function opened(scene: Scene): Promise<{ client: ImapClient; mailbox: Mailbox }> {
  const client = await scene.connect({ ...SILENT, timeouts: { connect: 5000, inactivity: 30_000, farewell: 20_000 } });
  return { client, mailbox: await client.open('INBOX') };
}

describe.each(Object.entries(KINDS))('%s without end', (_, kind) => {
  const { capabilities, ends } = kind;
  const limited = typeof ends === 'string';
  scenario(
    'during the command that it answers',
    async (peer) => {
      await selected(peer, 3, capabilities);
      const tag = await peer.expect('');
      await pour(peer, kind, tag, limited ? 400 * MEGABYTE : SENT);
      peer.lines(`${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const { client, mailbox } = await opened(scene);
      const { most } = await growth(async () => {
        const { value, error } = await scene.outcome(kind.operation(mailbox, client));
        if (limited) {
          expect(error).toBeInstanceOf(ProtocolError);
          expect(error?.code).toBe(ends);
          expect(client.state).toBe('closed');
        } else {
          expect(error).toBeUndefined();
          ends(value);
          await client.noop();
        }
      });
      expect(most).toBeLessThan(limited ? GATHERED : KEPT);
    },
    { within: 60_000 },
  );
  scenario(
    'while another command runs',
    async (peer) => {
      await selected(peer, 3, capabilities);
      const tag = await peer.expect('NOOP');
      await pour(peer, kind, tag, SENT);
      peer.lines(`${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const { client } = await opened(scene);
      const { most } = await growth(() => client.noop());
      expect(most).toBeLessThan(KEPT);
      await client.noop();
    },
    { within: 30_000 },
  );
  scenario(
    'in IDLE, while nobody reads',
    async (peer) => {
      preauth(peer, `IDLE ${capabilities}`);
      await peer.ok('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
      const search = await peer.expect('UID SEARCH');
      peer.lines(
        /ESEARCH/.test(capabilities) ? `* ESEARCH (TAG "${search}") UID ALL 1:3` : '* SEARCH 1 2 3',
        `${search} OK`,
      );
      let idle: string | undefined;
      for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
        const [tag = '', name] = line.split(' ');
        if (name === 'IDLE') {
          peer.lines('+ idling');
          if (idle === undefined) await pour(peer, kind, tag, SENT);
          idle = tag;
        } else peer.lines(`${line === 'DONE' ? idle : tag} OK done`);
      }
    },
    async (scene) => {
      const { client, mailbox } = await opened(scene);
      const events = mailbox.watch()[Symbol.asyncIterator]();
      const first = scene.outcome(events.next());
      const { most } = await growth(async () => {
        while (client.bytes.received < SENT / 8 && client.state !== 'closed') await turn();
      });
      expect(most).toBeLessThan(KEPT);
      // It may have been paused by then: another operation is served all the same.
      await client.noop();
      await events.return?.();
      await first;
    },
    { within: 30_000 },
  );
  scenario(
    'while nothing runs and nobody listens',
    async (peer) => {
      await selected(peer, 3, capabilities);
      await pour(peer, kind, 'A1', SENT);
      await peer.agree();
    },
    async (scene) => {
      const { client } = await opened(scene);
      const { most } = await growth(async () => {
        while (client.bytes.received < SENT) await turn();
      });
      expect(most).toBeLessThan(KEPT);
      await client.noop();
    },
    { within: 30_000 },
  );
});

describe('messages of which something is missing', () => {
  for (const [name, line] of [
    ['small ones', (n: number) => `* ${n} FETCH (UID ${n} RFC822.SIZE 5)\r\n`],
    ['large ones', (n: number) => `* ${n} FETCH (UID ${n} FLAGS () BODY[] {50000}\r\n${'x'.repeat(50_000)})\r\n`],
  ] as const) {
    scenario(
      `without end, ${name}, end at a limit`,
      async (peer) => {
        await selected(peer, 4_294_967_295);
        await peer.expect('UID FETCH');
        for (let n = 1; !peer.closed && n < 4_000_000; ) {
          let lines = '';
          while (lines.length < 200_000) lines += line(n++);
          await peer.flood(lines, 1);
        }
        await peer.gone();
      },
      async (scene) => {
        const { mailbox } = await opened(scene);
        const { most } = await growth(async () => {
          const all = async () => {
            for await (const _ of mailbox.fetch('1:*', { size: true, source: true, envelope: true }));
          };
          expect(await scene.failure(all())).toMatchObject({ code: 'LIMIT_RESPONSES' });
        });
        expect(most).toBeLessThan(GATHERED);
      },
      { within: 60_000 },
    );
  }
});

describe('updates of a search', () => {
  const TEN_MILLION = 'ADDTO (0 1:9999999)';
  for (const [how, updates] of [
    ['without end', TEN_MILLION],
    ['many of them in one response', Array(60).fill(TEN_MILLION).join(' ')],
  ]) {
    scenario(
      `of ten million messages each, ${how}, end for their consumer alone`,
      async (peer) => {
        await selected(peer, 3, 'ESEARCH CONTEXT=SEARCH');
        const tag = await peer.expect('UID SEARCH RETURN');
        peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:3`, `${tag} OK done`);
        await peer.flood(`* ESEARCH (TAG "${tag}") UID ${updates}\r\n`, SENT);
        await peer.agree();
      },
      async (scene) => {
        const { client, mailbox } = await opened(scene);
        const updates = mailbox.searchUpdates({})[Symbol.asyncIterator]();
        expect((await updates.next()).value).toMatchObject({ type: 'found', uids: [1, 2, 3] });
        const { most } = await growth(async () => {
          const all = async () => {
            while (!(await updates.next()).done);
          };
          // No ProtocolError: with that, the connection would be gone.
          const error = await scene.failure(turn().then(all));
          expect(error).toMatchObject({ name: 'ImapError', code: 'SLOW_CONSUMER' });
        });
        expect(most).toBeLessThan(GATHERED);
        await client.noop();
        expect(scene.peer.received).toMatch(/ CANCELUPDATE "A\d+"\r\n/);
      },
      { within: 30_000 },
    );
  }
  for (const [which, update] of [
    ['the first', 'ALL 1:4294967295'],
    ['a later', 'ADDTO (0 1:4294967295)'],
  ]) {
    scenario(
      `of which ${which} names more messages than any mailbox holds end the connection`,
      async (peer) => {
        await selected(peer, 3, 'ESEARCH CONTEXT=SEARCH');
        const tag = await peer.expect('UID SEARCH RETURN');
        if (which !== 'the first') peer.lines(`* ESEARCH (TAG "${tag}") UID ALL 1:3`, `${tag} OK done`);
        peer.lines(`* ESEARCH (TAG "${tag}") UID ${update}`);
        await peer.gone();
      },
      async (scene) => {
        const { client, mailbox } = await opened(scene);
        const all = async () => {
          for await (const _ of mailbox.searchUpdates({}));
        };
        expect(await scene.failure(all())).toMatchObject({ name: 'ProtocolError', code: 'LIMIT_RESULTS' });
        expect(client.state).toBe('closed');
      },
    );
  }
});

describe('a watched mailbox of 200,000 messages', () => {
  const COUNT = 200_000;
  const expunge: [name: string, line: (left: number) => string][] = [
    ['EXPUNGE of the first, again and again', () => '* 1 EXPUNGE\r\n'],
    ['EXPUNGE of the last', (left) => `* ${left} EXPUNGE\r\n`],
    ['EXPUNGE in the middle', (left) => `* ${Math.ceil(left / 2)} EXPUNGE\r\n`],
    ['EXPUNGE anywhere', (left) => `* ${1 + ((Math.imul(left, 0x9e3779b1) >>> 0) % left)} EXPUNGE\r\n`],
    ['VANISHED of each', (left) => `* VANISHED ${((left * 7919) % COUNT) + 1}\r\n`],
  ];
  for (const [name, line] of expunge) {
    scenario(
      `that is emptied by ${name} tells of each once`,
      async (peer) => {
        preauth(peer, 'IDLE CONDSTORE ESEARCH');
        await peer.ok('SELECT', `* ${COUNT} EXISTS`, '* OK [UIDVALIDITY 1] x', '* OK [HIGHESTMODSEQ 5] x');
        const search = await peer.expect('UID SEARCH');
        peer.lines(`* ESEARCH (TAG "${search}") UID ALL 1:${COUNT}`, `${search} OK`);
        let told = false;
        let idle = '';
        for (let one = await peer.line(); one !== undefined; one = await peer.line()) {
          const [tag = '', command] = one.split(' ');
          if (command === 'IDLE') {
            idle = tag;
            peer.lines('+ idling');
            const lines = told ? [] : Array.from({ length: COUNT }, (_, gone) => line(COUNT - gone));
            told = true;
            peer.send(lines.join(''));
          } else peer.lines(`${one === 'DONE' ? idle : tag} OK done`);
        }
      },
      async (scene) => {
        const { client, mailbox } = await opened(scene);
        let left = COUNT;
        const vanished = new Set<number>();
        for await (const event of mailbox.watch()) {
          if (event.type !== 'vanished') continue;
          for (const uid of event.uids) vanished.add(uid);
          if (--left === 0) break;
        }
        expect(vanished.size).toBe(COUNT);
        expect(mailbox.exists).toBe(0);
        await client.noop();
      },
      { within: 60_000 },
    );
  }
  scenario(
    'that is said to hold four billion that vanish, again and again, tells of no more than there can be',
    async (peer) => {
      await selected(peer, 3);
      const tag = await peer.expect('NOOP');
      await peer.flood('* 4294967295 EXISTS\r\n* VANISHED 1:4294967295\r\n', MEGABYTE);
      peer.lines(`${tag} OK done`);
      await peer.agree();
    },
    async (scene) => {
      const { client, mailbox } = await opened(scene);
      let told = 0;
      mailbox.on('expunge', () => told++);
      await client.noop();
      expect(told).toBeLessThanOrEqual(10_000_000);
    },
    { within: 60_000 },
  );
});
