/** IMAP4rev2 (RFC 9051) and UTF8=ACCEPT (RFC 9755): what ENABLE changes. */
import { describe, expect, it } from 'vitest';
import { type ConnectOptions, connect, type LogEntry, UsageError } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES } from '../../src/testing/capabilities.ts';
import { createServer, type ServerOptions } from '../../src/testing/index.ts';
import { collect, letter, rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

const NAME = 'Grüße & Küsse/台北';

/** The server, a client, and what the client sends, latin1 as it goes. */
async function dialogue(options: ServerOptions, more: Partial<ConnectOptions> = {}) {
  const sent: string[] = [];
  const server = await createServer({
    ...options,
    log: ({ direction, text }) => direction === 'in' && sent.push(Buffer.from(text, 'latin1').toString()),
  });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  const client = await connect({ host, port, security: 'none', auth, clientId: false, ...more });
  return { server, client, sent, [Symbol.asyncDispose]: () => client.logout().then(() => server.close()) };
}

const REV2 = { capabilities: [...DEFAULT_CAPABILITIES, 'IMAP4rev2'] };

describe.each([
  ['UTF8=ACCEPT', {}, ['UTF8=ACCEPT']],
  ['IMAP4rev2', REV2, ['imap4rev2']],
  ['both', REV2, ['IMAP4rev2', 'UTF8=ACCEPT']],
  ['IMAP4rev2 alone', { capabilities: REV2.capabilities.filter((name) => name !== 'IMAP4REV1') }, []],
] satisfies [string, ServerOptions, string[]][])('%s', (_, options, names) => {
  const talk = () => dialogue(options, names.length > 0 ? { enable: names } : {});

  it('writes and reads mailbox names as UTF-8', async () => {
    await using it = await talk();
    const { client, sent } = it;
    await client.create(NAME);
    await client.subscribe(NAME);
    await client.append(NAME, { content: letter('ä') });
    const listed = await client.list({ subscribed: true, status: ['messages'] });
    expect(listed.find(({ name }) => name === NAME)).toMatchObject({ status: { messages: 1 } });
    expect(await client.status(NAME, ['messages'])).toEqual({ messages: 1 });
    await using mailbox = await client.open(NAME);
    expect(mailbox.name).toBe(NAME);
    expect((await mailbox.copy(1, NAME)).uids).toEqual(new Map([[1, 2]]));
    await mailbox.unselect();
    await client.rename(NAME, `${NAME}&-`);
    expect((await client.list()).map(({ name }) => name)).toContain(`${NAME}&-`);
    await client.delete(`${NAME}&-`);
    expect(sent.filter((line) => / "?Gr/.test(line)).every((line) => line.includes('"Grüße & Küsse/台北'))).toBe(true);
  });

  it('searches without a CHARSET', async () => {
    await using it = await talk();
    const { client, server, sent } = it;
    server.store.deliver('INBOX', letter('Grüße'));
    server.store.deliver('INBOX', letter('other'));
    const inbox = await client.open('INBOX');
    expect(await inbox.search({ subject: 'grüße' })).toEqual([1]);
    expect((await inbox.searchReturn({ subject: 'grüße' }, { count: true })).count).toBe(1);
    expect(sent.filter((line) => line.includes('SEARCH')).every((line) => line.includes('SUBJECT "grüße"'))).toBe(true);
  });
});

describe('IMAP4rev2', () => {
  it('tells of names that the server normalizes', async () => {
    await using it = await dialogue(REV2, { enable: ['IMAP4rev2'] });
    const { client } = it;
    const given = 'Gru\u0308n';
    expect(await client.create(given)).toMatchObject({ name: 'Grün' });
    expect(await client.create('plain')).not.toHaveProperty('name');
    const mailbox = await client.open(given);
    expect(mailbox.name).toBe('Grün');
    await client.append(given, { content: letter('1') });
    await client.open('INBOX');
    expect(await mailbox.search({})).toEqual([1]);
  });

  it('has no unknown response, no \\Recent, and answers every search with ESEARCH', async () => {
    await using it = await dialogue(REV2, { enable: ['IMAP4rev2'] });
    const { client, server } = it;
    const unknown: string[] = [];
    client.on('unknown', ({ text }) => unknown.push(text));
    server.store.deliver('INBOX', letter('1'));
    const inbox = await client.open('INBOX');
    expect(await inbox.fetchAll('1:*', { flags: true })).toEqual([{ uid: 1, seq: 1, flags: new Set() }]);
    const { untagged } = await client.command('UID SEARCH', [{ atom: 'ALL' }], {
      mailbox: inbox,
      untagged: ['ESEARCH', 'SEARCH'],
    });
    expect(untagged.map(({ name }) => name)).toEqual(['ESEARCH']);
    await client.create('other');
    await client.open('other');
    expect(unknown).toEqual([]);
  });
});

describe('IMAP4rev2 alone, which announces nothing of what it has with it', () => {
  const ALONE = { capabilities: ['IMAP4rev2', 'AUTH=PLAIN'] };

  it('lists no subscribed mailboxes where none is: LSUB is no more', async () => {
    await using it = await dialogue(ALONE);
    const { client, sent } = it;
    expect(await client.list({ subscribed: true })).toEqual([]);
    expect(await client.list({ pattern: 'nothing' })).toEqual([]);
    await client.subscribe('INBOX');
    expect((await client.list({ subscribed: true })).map(({ name }) => name)).toEqual(['INBOX']);
    expect(sent.filter((line) => line.includes('LSUB'))).toEqual([]);
  });

  it('tells why it does not list', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev2] ready');
      const { tag } = await peer.command();
      peer.send(`${tag} BAD Not today`);
    });
    const client = await connect(server.options);
    expect(await rejection(client.list({ subscribed: true }))).toMatchObject({
      name: 'CommandError',
      text: 'Not today',
    });
    client.close();
  });

  it('has NOOP for CHECK (RFC 9051 Appendix E)', async () => {
    await using it = await dialogue(ALONE);
    const { client, sent } = it;
    const inbox = await client.open('INBOX');
    await inbox.check();
    expect(sent.at(-1)).toMatch(/ NOOP$/);
  });
});

describe('enable', () => {
  it('takes the mailbox of open handles away and gives it back', async () => {
    await using it = await dialogue(REV2);
    const { client, server, sent } = it;
    await client.create(NAME);
    await client.append(NAME, { content: letter('1') });
    const mailbox = await client.open(NAME);
    expect(sent.at(-1)).toContain('&-');
    const counts: number[] = [];
    mailbox.on('exists', ({ count }) => counts.push(count));
    expect((await client.enable(['IMAP4rev2'])).has('IMAP4REV2')).toBe(true);
    // Unasked: who listens goes on hearing of the mailbox.
    await expect.poll(() => sent.at(-1)).toContain(`SELECT "${NAME}"`);
    server.store.deliver(NAME, letter('2'));
    await client.noop();
    expect(counts.at(-1)).toBe(2);
    expect((await mailbox.fetchAll('1:*', {})).map(({ uid }) => uid)).toEqual([1, 2]);
    expect((await collect(mailbox.fetch('2', { flags: true })))[0]?.uid).toBe(2);
  });

  it('holds back what is written after it until it is answered', async () => {
    await using it = await dialogue({});
    const { client, sent } = it;
    const before = client.create(`${NAME} 1`);
    const enabled = client.enable(['UTF8=ACCEPT']);
    const after = client.create(`${NAME} 2`);
    await Promise.all([before, enabled, after]);
    expect(sent.slice(-3).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'CREATE "Gr&APwA3w-e &- K&APw-sse/&U,BTFw- 1"',
      'ENABLE UTF8=ACCEPT',
      `CREATE "${NAME} 2"`,
    ]);
    expect((await client.list()).map(({ name }) => name)).toEqual(expect.arrayContaining([`${NAME} 1`, `${NAME} 2`]));
  });

  it('follows what the server says that it enabled', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT] hello');
      await peer.expect('ENABLE UTF8=ACCEPT', '* ENABLED');
      await peer.expect('CREATE "&APw-"');
      // Dovecot and Cyrus say nothing where they enable nothing.
      await peer.expect('ENABLE IMAP4REV2');
      await peer.expect('CREATE "&APw-"');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    expect((await client.enable(['UTF8=ACCEPT'])).size).toBe(0);
    await client.create('ü');
    expect((await client.enable(['IMAP4rev2'])).size).toBe(0);
    await client.create('ü');
  });

  it('finds mistakes before the mailbox is left', async () => {
    await using it = await dialogue({});
    const { client, sent } = it;
    const inbox = await client.open('INBOX');
    const before = sent.length;
    expect(await rejection(client.enable(['A B']))).toBeInstanceOf(UsageError);
    expect(await rejection(client.enable([]))).toBeInstanceOf(UsageError);
    expect(sent.length).toBe(before);
    expect(client.state).toBe('selected');
    await inbox.unselect();
  });
});

describe('connect', () => {
  const enabling = async (
    capabilities: string,
    enable: string[],
    answer: (peer: Peer) => Promise<unknown>,
    log?: (entry: LogEntry) => void,
  ) => {
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ENABLE ${capabilities}] hello`);
      await answer(peer);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect({ ...server.options, enable, ...(log && { log }) });
    return [...client.enabled];
  };

  it('enables UTF8=ACCEPT where the server insists on it', async () => {
    const enabled = await enabling('UTF8=ONLY', [], (peer) =>
      peer.expect('ENABLE UTF8=ACCEPT', '* ENABLED UTF8=ACCEPT'),
    );
    expect(enabled).toEqual(['UTF8=ACCEPT']);
  });

  it('enables what it is told to, as far as it is offered', async () => {
    const enabled = await enabling('UTF8=ACCEPT QRESYNC', ['QRESYNC', 'IMAP4rev2', 'utf8=accept'], (peer) =>
      peer.expect('ENABLE QRESYNC UTF8=ACCEPT', '* ENABLED QRESYNC'),
    );
    expect(enabled).toEqual(['QRESYNC']);
    expect(await enabling('X', ['IMAP4rev2'], async () => {})).toEqual([]);
  });

  it.each([false, true])('enables it for who signs in later, too (reconnect: %s)', async (reconnect) => {
    await using server = await scripted(async (peer) => {
      peer.send('* OK [CAPABILITY IMAP4rev1] hello');
      for (let round = 0; round < 2; round++) {
        const { tag } = await peer.command();
        peer.send(`${tag} OK [CAPABILITY IMAP4rev1 UTF8=ONLY QRESYNC UNAUTHENTICATE] in`);
        await peer.expect('ENABLE QRESYNC UTF8=ACCEPT', '* ENABLED QRESYNC UTF8=ACCEPT');
        await peer.expect('CREATE "ma\xc3\xb1ana"');
        const { tag: leaving } = await peer.command();
        peer.send(`${leaving} OK [CAPABILITY IMAP4rev1] out`);
      }
    });
    const client = await connect({ ...server.options, reconnect, enable: ['QRESYNC', 'IMAP4rev2'] });
    for (const user of ['ann', 'joe']) {
      await client.authenticate({ user, pass: 'x' });
      expect([...client.enabled]).toEqual(['QRESYNC', 'UTF8=ACCEPT']);
      await client.create('mañana');
      await client.unauthenticate();
    }
    client.close();
  });

  it('goes on where the server refuses, and notes it', async () => {
    const notes: string[] = [];
    const log = ({ direction, text }: LogEntry) => void (direction === 'note' && notes.push(text));
    const refuse = async (peer: Peer) => {
      const { tag } = await peer.command();
      peer.send(`${tag} BAD no`);
    };
    expect(await enabling('UTF8=ACCEPT', ['UTF8=ACCEPT'], refuse, log)).toEqual([]);
    expect(notes).toEqual(['The server refused ENABLE']);
  });

  it('takes names alone', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give
    const wrong = 'IMAP4rev2' as any;
    expect(await rejection(connect({ host: 'localhost', enable: wrong }))).toBeInstanceOf(UsageError);
  });
});
