/**
 * What is undefined is left out: each option, search key and item at once, as programs pass on what they may not have. It is
 * compiled with exactOptionalPropertyTypes, which otherwise lets no undefined through.
 */
import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type ConnectOptions,
  connect,
  createPool,
  type FetchItems,
  type ImapClient,
  imapUrl,
  type ListOptions,
  type Mailbox,
  type SearchQuery,
  type StoreOptions,
} from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';

/** A type whose properties may all be undefined. */
type Nothing<T> = { [K in keyof T]-?: undefined };

const OPTIONS: Nothing<Omit<ConnectOptions, 'host' | 'port' | 'security' | 'auth'>> = {
  tls: undefined,
  allowCleartextAuth: undefined,
  clientId: undefined,
  compress: undefined,
  enable: undefined,
  reconnect: undefined,
  timeouts: undefined,
  limits: undefined,
  log: undefined,
  socket: undefined,
  signal: undefined,
};
const QUERY: Nothing<SearchQuery> = {
  all: undefined,
  seen: undefined,
  answered: undefined,
  flagged: undefined,
  deleted: undefined,
  draft: undefined,
  recent: undefined,
  new: undefined,
  old: undefined,
  keyword: undefined,
  notKeyword: undefined,
  from: undefined,
  to: undefined,
  cc: undefined,
  bcc: undefined,
  subject: undefined,
  body: undefined,
  text: undefined,
  header: undefined,
  since: undefined,
  before: undefined,
  on: undefined,
  sentSince: undefined,
  sentBefore: undefined,
  sentOn: undefined,
  savedSince: undefined,
  savedBefore: undefined,
  savedOn: undefined,
  saveDateSupported: undefined,
  annotations: undefined,
  larger: undefined,
  smaller: undefined,
  older: undefined,
  younger: undefined,
  uid: undefined,
  seq: undefined,
  modseq: undefined,
  emailId: undefined,
  threadId: undefined,
  gmail: undefined,
  filter: undefined,
  fuzzy: undefined,
  and: undefined,
  or: undefined,
  not: undefined,
};
const ITEMS: Nothing<FetchItems> = {
  flags: undefined,
  envelope: undefined,
  internalDate: undefined,
  size: undefined,
  bodyStructure: undefined,
  modseq: undefined,
  headers: undefined,
  source: undefined,
  parts: undefined,
  binary: undefined,
  preview: undefined,
  saveDate: undefined,
  emailId: undefined,
  threadId: undefined,
  annotations: undefined,
  gmail: undefined,
  markSeen: undefined,
};
const LISTING: Nothing<ListOptions> = {
  reference: undefined,
  pattern: undefined,
  subscribed: undefined,
  remote: undefined,
  recursiveMatch: undefined,
  specialUse: undefined,
  status: undefined,
  myRights: undefined,
  metadata: undefined,
};
const STORE: Nothing<StoreOptions> = { unchangedSince: undefined, silent: undefined, gmailLabels: undefined };
const COMMON = { signal: undefined, timeout: undefined, progress: undefined };

let server: ImapServer;
let options: ConnectOptions;
let client: ImapClient;
let inbox: Mailbox;

beforeAll(async () => {
  server = await createServer({ users: undefined, capabilities: undefined, latency: undefined, intercept: undefined });
  const message = 'From: a@example.org\nSubject: One\n\nHello\n';
  server.store.deliver('INBOX', message, { flags: undefined, internalDate: undefined });
  const auth = { user: 'user', pass: 'pass', authzid: undefined, mechanism: undefined, channelBinding: undefined };
  options = { host: server.host, port: server.port, security: 'none', auth, ...OPTIONS };
  client = await connect(options);
  inbox = await client.open('INBOX', { readOnly: undefined, ...COMMON });
});
afterAll(async () => {
  await client.logout();
  await server.close();
});

it('where and how to connect', async () => {
  const socket = () => createConnection(server.port, server.host);
  const without = { ...options, ...OPTIONS, port: undefined, auth: undefined };
  await using unknown = await connect({ ...without, socket });
  expect(unknown.state).toBe('connected');
  const times = { connect: undefined, inactivity: undefined, farewell: undefined };
  const limits = { line: undefined, literal: undefined, depth: undefined, buffer: undefined };
  const reconnect = { attempts: undefined, minDelay: undefined, maxDelay: undefined };
  await using lasting = await connect({ ...options, timeouts: times, limits, reconnect });
  await lasting.noop();
  await using pool = createPool({ ...options, max: undefined, idleTimeout: undefined });
  expect(await pool.withMailbox('INBOX', async ({ exists }) => exists, { readOnly: undefined })).toBe(1);
});

it('what to find', async () => {
  const all = { min: undefined, max: undefined, count: undefined, all: undefined, partial: undefined, save: undefined };
  expect(await inbox.search(QUERY, COMMON)).toEqual([1]);
  expect(await inbox.sort(['date'], QUERY, { partial: undefined })).toEqual([1]);
  expect(String((await inbox.searchReturn(QUERY, { ...all, relevancy: undefined })).all)).toBe('1');
  const where = { mailboxes: ['INBOX'], subtree: undefined, subscribed: undefined, personal: undefined };
  expect([...(await client.searchMailboxes(QUERY, where)).keys()]).toEqual(['INBOX']);
});

it('what to fetch', async () => {
  const narrowed = { changedSince: undefined, vanished: undefined, partial: undefined, batch: undefined };
  for await (const message of inbox.fetch(1, ITEMS, narrowed)) expect(message).toEqual({ uid: 1, seq: 1 });
  const { content } = await inbox.download(1, '1', { decode: undefined, partial: undefined });
  expect(await content.text()).toBe('Hello\r\n');
  expect((await inbox.content(1, { maxBytes: undefined }))?.text).toBe('Hello\r\n');
});

it('what to watch', async () => {
  const events = inbox.watch({ signal: undefined, fetch: undefined, pollInterval: undefined })[Symbol.asyncIterator]();
  const first = events.next();
  await client.noop();
  server.store.mailbox('INBOX').setFlags(1, ['\\Flagged']);
  expect((await first).value).toMatchObject({ type: 'flags', uid: 1 });
  await events.return?.();
});

it('what to change', async () => {
  expect((await inbox.addFlags(1, ['\\Seen'], STORE)).flags.get(1)).toContain('\\Seen');
  const message = { content: 'Subject: x\r\n\r\n', flags: undefined, internalDate: undefined, annotations: undefined };
  const { uid = 0 } = await client.append('INBOX', message, { stored: undefined });
  await inbox.replace(uid, message, { target: undefined });
  await client.create('New', { use: undefined });
});

it('what else there is', async () => {
  expect((await client.list(LISTING)).map(({ name }) => name)).toContain('INBOX');
  expect(await client.metadata.get('', '/shared/comment', { depth: undefined, maxSize: undefined })).toBeDefined();
  const parts = { uidValidity: undefined, uid: undefined, section: undefined, partial: undefined, access: undefined };
  expect(imapUrl({ mailbox: 'x', server: undefined, expire: undefined, ...parts })).toBe('/x');
  await client.command('NOOP', [], { untagged: undefined, mailbox: undefined });
});
