/** What the in-memory server knows beyond its own choice, and what no real server here has, through a client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../src/index.ts';
import { createServer, DEFAULT_CAPABILITIES, type ImapServer, type ServerOptions } from '../../src/testing/index.ts';
import { compressOperations } from '../server/operations/compress.ts';
import { operations } from '../server/operations/index.ts';
import { clientOf, freshMailbox, letter, letters, rejection, type Target } from '../server/operations/target.ts';
import { CERTIFICATE } from '../unit/testing/certificate.ts';

/** A server for the tests of a describe, as the operations see it. */
function serverWith(options: ServerOptions): { server: () => ImapServer; target: () => Target } {
  let server: ImapServer | undefined;
  const running = () => {
    if (!server) throw new Error('Only inside a test');
    return server;
  };
  beforeAll(async () => {
    const users = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`user${index + 1}`, 'pass']));
    server = await createServer({ users, ...options });
  });
  afterAll(() => server?.close());
  const target = (): Target => ({
    name: 'in-memory',
    options: (n = 1) => ({
      host: running().host,
      port: running().port,
      security: 'none',
      auth: { user: `user${n}`, pass: 'pass' },
    }),
    separator: '/',
    prefix: '',
    explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
  });
  return { server: running, target };
}

describe('COMPRESS=DEFLATE', () => {
  const { server, target } = serverWith({
    capabilities: [...DEFAULT_CAPABILITIES, 'COMPRESS=DEFLATE'],
    tls: CERTIFICATE,
  });
  const tls = (): Partial<ConnectOptions> => ({
    port: server().tlsPort ?? 0,
    security: 'tls',
    tls: { ca: CERTIFICATE.cert },
  });
  compressOperations(target, tls);
  operations(target);
});

describe('X-GM-EXT-1', () => {
  const { server, target } = serverWith({ capabilities: [...DEFAULT_CAPABILITIES, 'X-GM-EXT-1'] });

  it('labels come and go, and are searched for', async () => {
    await using client = await clientOf(target());
    await client.create('All Mail', { use: '\\All' });
    const mailbox = await freshMailbox(client, target(), letters(3));
    const added = await mailbox.addFlags('1:2', ['Grün & "so"', '\\Starred'], { gmailLabels: true });
    expect([...(added.flags.get(1) ?? [])].sort()).toEqual(['Grün & "so"', '\\Starred']);
    await mailbox.removeFlags(1, ['\\Starred'], { gmailLabels: true });
    expect(await mailbox.search({ flagged: true })).toEqual([2]);
    const messages = await mailbox.fetchAll('1:*', { gmail: true });
    expect(messages.map(({ gmail }) => [...gmail.labels].sort())).toEqual([
      ['Grün & "so"'],
      ['Grün & "so"', '\\Starred'],
      [],
    ]);
    expect(new Set(messages.map(({ gmail }) => gmail.messageId)).size).toBe(3);
    expect(server().store.mailbox('Grün & "so"').messages).toHaveLength(2);
    expect(await mailbox.search({ gmail: '"letter 2" hello' })).toEqual([2]);
    const { messageId = '', threadId = '' } = messages[2]?.gmail ?? {};
    expect(await mailbox.search({ gmail: { messageId, threadId } })).toEqual([3]);
    expect(await mailbox.search({ gmail: { label: 'Grün & "so"', raw: 'letter' } })).toEqual([1, 2]);
  });
});

describe('INPROGRESS', () => {
  const { server, target } = serverWith({ capabilities: [...DEFAULT_CAPABILITIES, 'INPROGRESS'] });

  it('disturbs nothing', async () => {
    const raw = letter('one');
    server()
      .store.mailbox('INBOX')
      .deliverAll(Array.from({ length: 2500 }, () => ({ raw })));
    await using client = await clientOf(target());
    const mailbox = await client.open('INBOX');
    const [found, sorted, threads] = await Promise.all([
      mailbox.search({ subject: 'one' }),
      mailbox.sort(['arrival'], {}),
      mailbox.thread('ORDEREDSUBJECT', {}),
    ]);
    expect([found.length, sorted.length, threads.length]).toEqual([2500, 2500, 1]);
  });
});

describe('what a server refuses', () => {
  const { server, target } = serverWith({});

  it('for want of room', async () => {
    await using client = await clientOf(target(), {}, 2);
    const { store } = server();
    store.account('user2').quota = { MESSAGE: 2 };
    const mailbox = await freshMailbox(client, target(), letters(1));
    const three = letters(3).map((content) => ({ content }));
    expect(await rejection(client.append(mailbox.name, three))).toMatchObject({ code: 'OVERQUOTA' });
    await client.append(mailbox.name, { content: letter('second') });
    expect(await rejection(client.append(mailbox.name, { content: letter('third') }))).toMatchObject({
      code: 'OVERQUOTA',
    });
    expect(await rejection(mailbox.copy(1, 'INBOX'))).toMatchObject({ code: 'OVERQUOTA' });
    await mailbox.move(1, 'INBOX');
    expect((await client.quota.root('INBOX')).quotas[0]?.resources.MESSAGE).toEqual({ used: 2, limit: 2 });
  });

  it('for want of rights', async () => {
    await using client = await clientOf(target(), {}, 3);
    const mailbox = await freshMailbox(client, target(), letters(2));
    await client.acl.set(mailbox.name, 'user3', '-ie');
    expect(await rejection(client.append(mailbox.name, { content: letter('x') }))).toMatchObject({ code: 'NOPERM' });
    expect(await rejection(mailbox.deleteMessages(1))).toMatchObject({ code: 'NOPERM' });
    await client.acl.set(mailbox.name, 'user3', '-swt');
    await using other = await clientOf(target(), {}, 3);
    const reading = await other.open(mailbox.name);
    expect(reading.readOnly).toBe(true);
    expect(await rejection(reading.addFlags(1, ['\\Seen']))).toMatchObject({ code: 'READ-ONLY' });
  });
});

describe('SCRAM-SHA-256', () => {
  const said: string[] = [];
  const { target } = serverWith({
    capabilities: [...DEFAULT_CAPABILITIES, 'AUTH=SCRAM-SHA-256'],
    log: ({ text }) => said.push(text),
  });

  it('is what the client chooses, and takes one password alone', async () => {
    await (await clientOf(target())).logout();
    expect(said.filter((text) => text.includes(' AUTHENTICATE '))).toEqual([
      expect.stringMatching(/ AUTHENTICATE SCRAM-SHA-256 \S+$/),
    ]);
    expect(await rejection(clientOf(target(), { auth: { user: 'user1', pass: 'wrong' } }))).toMatchObject({
      code: 'AUTHENTICATIONFAILED',
    });
  });
});
