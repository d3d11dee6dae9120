import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createServer, type ImapServer, type ServerOptions } from '../../src/testing/index.ts';
import { CERTIFICATE } from '../unit/testing/certificate.ts';

/** As much of imapflow as is used here. */
interface Flow {
  connect(): Promise<void>;
  logout(): Promise<void>;
  close(): void;
  on(event: string, listener: (...args: never[]) => void): void;
  getMailboxLock(path: string): Promise<{ release(): void }>;
  mailboxOpen(path: string, options?: object): Promise<{ exists: number; uidValidity: bigint; readOnly: boolean }>;
  mailboxClose(): Promise<boolean>;
  mailboxCreate(path: string | string[]): Promise<{ path: string; created: boolean }>;
  mailboxRename(path: string, newPath: string): Promise<{ newPath: string }>;
  mailboxDelete(path: string): Promise<unknown>;
  mailboxSubscribe(path: string): Promise<boolean>;
  list(): Promise<{ path: string; specialUse?: string; subscribed?: boolean; flags: Set<string> }[]>;
  status(path: string, query: object): Promise<{ messages?: number; unseen?: number; uidNext?: number }>;
  append(path: string, content: string | Buffer, flags?: string[], date?: Date): Promise<{ uid?: number }>;
  search(query: object, options?: object): Promise<number[]>;
  fetch(range: string, query: object, options?: object): AsyncIterable<FlowMessage>;
  fetchOne(seq: string, query: object, options?: object): Promise<FlowMessage>;
  download(range: string, part?: string, options?: object): Promise<{ meta: object; content: AsyncIterable<Buffer> }>;
  messageFlagsAdd(range: string, flags: string[], options?: object): Promise<boolean>;
  messageFlagsRemove(range: string, flags: string[], options?: object): Promise<boolean>;
  messageCopy(range: string, path: string, options?: object): Promise<{ uidMap?: Map<number, number> }>;
  messageMove(range: string, path: string, options?: object): Promise<{ uidMap?: Map<number, number> }>;
  messageDelete(range: string, options?: object): Promise<boolean>;
  noop(): Promise<void>;
  idle(): Promise<boolean>;
  capabilities: Map<string, unknown>;
  secureConnection: boolean;
}

interface FlowMessage {
  seq: number;
  uid: number;
  flags?: Set<string>;
  size?: number;
  envelope?: { subject?: string; from?: { name: string; address: string }[] };
  bodyStructure?: { type: string; childNodes?: { type: string; part: string }[] };
  bodyParts?: Map<string, Buffer>;
  source?: Buffer;
  internalDate?: Date;
  modseq?: bigint;
}

const modules = process.env.IMAPFLOW_DIR ?? join(import.meta.dirname, '../bench/node_modules');
const available = existsSync(join(modules, 'imapflow'));
if (!available) console.warn('imapflow against the testing server: skipped, for it is not installed in test/bench');

test('imapflow is there, at least in CI', () => {
  expect(available || process.env.CI !== 'true').toBe(true);
});

const mail = (subject: string) =>
  `From: "A. Sender" <a@example.org>\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n` +
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  'Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n--b\r\nContent-Type: image/png; name=x.png\r\n' +
  'Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n';

describe.runIf(available)('the testing server before imapflow', () => {
  const open: { close(): unknown }[] = [];

  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function start(options: ServerOptions = {}): Promise<ImapServer> {
    const server = await createServer(options);
    open.push(server);
    return server;
  }

  async function connect(server: ImapServer, options: object = {}): Promise<Flow> {
    const { ImapFlow } = createRequire(join(modules, 'package.json'))('imapflow');
    const auth = { user: 'user', pass: 'pass' };
    const client: Flow = new ImapFlow({
      host: server.host,
      port: server.port,
      secure: false,
      auth,
      logger: false,
      ...options,
    });
    open.push(client);
    await client.connect();
    return client;
  }

  test.each([
    ['in plain text', {}],
    ['with STARTTLS', { doSTARTTLS: true, tls: { rejectUnauthorized: false } }],
    ['with AUTHENTICATE LOGIN', { auth: { user: 'user', pass: 'pass', loginMethod: 'AUTH=LOGIN' } }],
    ['with XOAUTH2', { auth: { user: 'user', accessToken: 'pass' } }],
  ])('logs in %s', async (_, options) => {
    const server = await start({ tls: CERTIFICATE });
    const client = await connect(server, { tls: { rejectUnauthorized: false }, ...options });
    expect(client.capabilities.has('UIDPLUS')).toBe(true);
    await client.logout();
    await expect.poll(() => server.connections).toBe(0);
  });

  test('is refused with a wrong password', async () => {
    const server = await start();
    await expect(connect(server, { auth: { user: 'user', pass: 'wrong' } })).rejects.toMatchObject({
      authenticationFailed: true,
    });
  });

  test('makes, lists, renames and deletes mailboxes', async () => {
    const server = await start();
    const client = await connect(server);
    server.store.create('Sent', { specialUse: '\\Sent' });
    expect(await client.mailboxCreate(['Projekte', 'Größe'])).toMatchObject({ path: 'Projekte/Größe', created: true });
    await client.mailboxSubscribe('Projekte/Größe');
    const listed = await client.list();
    expect(listed.map(({ path }) => path).toSorted()).toEqual(['INBOX', 'Projekte', 'Projekte/Größe', 'Sent']);
    expect(listed.find(({ path }) => path === 'Sent')?.specialUse).toBe('\\Sent');
    expect(listed.find(({ path }) => path === 'Projekte/Größe')?.subscribed).toBe(true);
    await client.mailboxRename('Projekte/Größe', 'Alt');
    await client.mailboxDelete('Alt');
    expect((await client.list()).map(({ path }) => path).toSorted()).toEqual(['INBOX', 'Sent']);
  });

  test('appends, searches, fetches and downloads', async () => {
    const server = await start();
    const client = await connect(server);
    const date = new Date('2024-03-05T06:07:08Z');
    for (const subject of ['one', 'two', '=?utf-8?q?dr=C3=A9i?='])
      await client.append('INBOX', mail(subject), ['\\Seen'], date);
    expect(await client.append('INBOX', mail('four'), ['$Label'], date)).toMatchObject({ uid: 4 });
    expect(await client.status('INBOX', { messages: true, unseen: true, uidNext: true })).toMatchObject({
      messages: 4,
      unseen: 1,
      uidNext: 5,
    });
    await client.mailboxOpen('INBOX');
    expect(await client.search({ seen: false }, { uid: true })).toEqual([4]);
    expect(await client.search({ subject: 'dréi' }, { uid: true })).toEqual([3]);
    expect(await client.search({ body: 'grüße', or: [{ uid: '2' }, { uid: '4' }] }, { uid: true })).toEqual([2, 4]);

    const fetched: FlowMessage[] = [];
    const query = { uid: true, flags: true, envelope: true, bodyStructure: true, size: true, internalDate: true };
    for await (const message of client.fetch('1:*', { ...query, bodyParts: ['1', '2.MIME'], source: true }))
      fetched.push(message);
    expect(fetched).toHaveLength(4);
    const third = fetched[2];
    expect(third?.envelope?.subject).toBe('dréi');
    expect(third?.envelope?.from).toEqual([{ name: 'A. Sender', address: 'a@example.org' }]);
    expect(third?.source?.toString()).toBe(mail('=?utf-8?q?dr=C3=A9i?='));
    expect(third?.internalDate).toEqual(date);
    expect(third?.bodyStructure?.childNodes?.map(({ type, part }) => [part, type])).toEqual([
      ['1', 'text/plain'],
      ['2', 'image/png'],
    ]);
    expect(third?.bodyParts?.get('1')?.toString()).toBe('Gr=C3=BC=C3=9Fe');
    const { content } = await client.download('3', '1', { uid: true });
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('Grüße');
  });

  test('changes flags, copies, moves and deletes', async () => {
    const server = await start();
    const client = await connect(server);
    server.store.mailbox('INBOX').deliverAll(['a', 'b', 'c', 'd'].map((subject) => ({ raw: mail(subject) })));
    server.store.create('Archive');
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('2:3', ['\\Flagged', 'Blue'], { uid: true });
    await client.messageFlagsRemove('3', ['Blue'], { uid: true });
    expect((await client.fetchOne('3', { flags: true }, { uid: true })).flags).toEqual(
      new Set(['\\Flagged', '\\Recent']),
    );
    const copied = await client.messageCopy('1,3', 'Archive', { uid: true });
    expect([...(copied.uidMap ?? [])]).toEqual([
      [1, 1],
      [3, 2],
    ]);
    const moved = await client.messageMove('2', 'Archive', { uid: true });
    expect([...(moved.uidMap ?? [])]).toEqual([[2, 3]]);
    await client.messageDelete('1', { uid: true });
    expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([3, 4]);
    expect(server.store.mailbox('Archive').messages.map(({ flags }) => [...flags].join())).toEqual([
      '',
      '\\Flagged',
      '\\Flagged,Blue',
    ]);
  });

  test('hears in IDLE what others do', async () => {
    const server = await start();
    server.store.mailbox('INBOX').deliverAll([{ raw: mail('a') }, { raw: mail('b') }]);
    const client = await connect(server);
    const events: string[] = [];
    client.on('exists', ({ count }: { count: number }) => events.push(`exists ${count}`));
    client.on('expunge', ({ seq }: { seq: number }) => events.push(`expunge ${seq}`));
    client.on('flags', ({ seq, flags }: { seq: number; flags: Set<string> }) =>
      events.push(`flags ${seq} ${[...flags]}`),
    );
    await client.mailboxOpen('INBOX');
    const idling = client.idle();
    await new Promise((resolve) => setImmediate(resolve));
    const inbox = server.store.mailbox('INBOX');
    inbox.deliver(mail('c'));
    inbox.setFlags(2, ['\\Answered']);
    inbox.remove([1]);
    await expect.poll(() => events).toHaveLength(3);
    expect(events.toSorted()).toEqual(['exists 2', 'expunge 1', 'flags 1 \\Answered,\\Recent']);
    await client.noop();
    await idling;
  });
});
