/** README's table of capabilities: each that the code asks for stands there, each that stands there is used, and its last column is true. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { collect, letters, rejection } from '../server/operations/target.ts';
import { repository } from './compile.ts';

interface Row {
  capabilities: string[];
  calls: string;
  without: string;
}

function rowsOf(readme: string): Row[] {
  const section = readme.slice(
    readme.indexOf('\n## Capabilities\n'),
    readme.indexOf('`client.command` reaches whatever'),
  );
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [, capabilities = '', , calls = '', without = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { capabilities: [...capabilities.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name), calls, without };
  });
}

/** The client's own sources. */
function sources(folder = join(repository, 'src')): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'testing') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : [readFileSync(path, 'utf8')];
  });
}

const rows = rowsOf(readFileSync(join(repository, 'README.md'), 'utf8'));
const tabled = new Set(rows.flatMap(({ capabilities }) => capabilities.map((name) => name.toUpperCase())));
const code = sources();

/** What each row's call does on a server that offers IMAP4rev1 and nothing else; none where no call shows it. */
const calls: Record<string, ((client: ImapClient, mailbox: Mailbox) => Promise<unknown>) | undefined> = {
  IMAP4rev1: (client) => client.noop(),
  ID: (client) => client.id({ name: 'test' }),
  ENABLE: (client) => client.enable(['CONDSTORE']),
  IDLE: (_, mailbox) => mailbox.watch()[Symbol.asyncIterator]().return?.() ?? Promise.reject(),
  NOTIFY: (client) => client.notify([])[Symbol.asyncIterator]().next(),
  UNAUTHENTICATE: (client) => client.unauthenticate(),
  LANGUAGE: (client) => client.language('de'),
  'I18NLEVEL=2': (client) => client.comparator(),
  JMAPACCESS: (client) => client.jmapAccess(),
  NAMESPACE: (client) => client.namespaces(),
  'LIST-EXTENDED': (client) => client.list({ subscribed: true, pattern: ['*', '%'], recursiveMatch: true }),
  'LIST-STATUS': (client) => client.list({ status: ['messages'] }),
  'SPECIAL-USE': (client) => client.list({ specialUse: true }),
  'CREATE-SPECIAL-USE': (client) => client.create('Kept', { use: '\\Archive' }),
  'MAILBOX-REFERRALS': (client) => client.list({ remote: true }),
  MULTIAPPEND: (client) =>
    client.append(
      'INBOX',
      letters(2).map((content) => ({ content })),
    ),
  CATENATE: async (client) => {
    const error = await rejection(client.append('INBOX', { content: [{ url: '/INBOX;UIDVALIDITY=1/;UID=1' }] }));
    expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await client.append('INBOX', { content: [{ text: 'Subject: joined\r\n' }, { text: '\r\nhere\r\n' }] });
  },
  APPENDLIMIT: async (client) => {
    const limit = client.status('INBOX', ['appendLimit']);
    expect(await rejection(limit)).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await client.append('INBOX', { content: 'Subject: x\r\n\r\n' });
  },
  BINARY: async (client, mailbox) => {
    const nul = client.append('INBOX', { content: '\0' });
    expect(await rejection(nul)).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await mailbox.fetchAll('1:*', { binary: ['1'] });
  },
  UIDPLUS: (_, mailbox) => mailbox.expunge('4294967295'),
  MOVE: (client, mailbox) => client.create('Moved').then(() => mailbox.move(1, 'Moved')),
  REPLACE: (_, mailbox) => mailbox.replace(2, { content: 'Subject: replaced\r\n\r\n' }),
  UNSELECT: (_, mailbox) => mailbox.unselect(),
  CONDSTORE: async (_, mailbox) => {
    const refused = { code: 'MISSING_CAPABILITY' };
    expect(await rejection(mailbox.fetchAll('1:*', {}, { changedSince: 1n }))).toMatchObject(refused);
    expect(await rejection(mailbox.addFlags('1:*', ['\\Seen'], { unchangedSince: 1n }))).toMatchObject(refused);
    expect((await mailbox.sync((await mailbox.sync()).state)).method).toBe('compare');
  },
  QRESYNC: async (_, mailbox) => {
    const fetched = mailbox.fetch('1:*', {}, { changedSince: 1n, vanished: true });
    expect(await rejection(collect(fetched))).toMatchObject({ code: 'MISSING_CAPABILITY' });
  },
  UIDBATCHES: (_, mailbox) => mailbox.uidBatches(2),
  ESEARCH: (_, mailbox) => mailbox.searchReturn({}, { min: true, count: true, all: true }),
  SEARCHRES: (_, mailbox) => mailbox.searchReturn({}, { save: true }),
  PARTIAL: async (_, mailbox) => {
    const partial = mailbox.fetchAll('1:*', {}, { partial: '1:1' });
    expect(await rejection(partial)).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await mailbox.searchReturn({}, { partial: '1:1' });
  },
  'CONTEXT=SEARCH': (_, mailbox) => mailbox.searchUpdates({})[Symbol.asyncIterator]().next(),
  'SEARCH=FUZZY': (_, mailbox) => mailbox.search({ fuzzy: { subject: 'x' } }),
  WITHIN: (_, mailbox) => mailbox.search({ younger: 60 }),
  FILTERS: (_, mailbox) => mailbox.search({ filter: 'mine' }),
  SAVEDATE: (_, mailbox) => mailbox.search({ savedSince: new Date() }),
  MULTISEARCH: (client) => client.searchMailboxes({ all: true }, { mailboxes: ['INBOX'] }),
  SORT: (_, mailbox) => mailbox.sort(['subject'], {}),
  'SORT=DISPLAY': (_, mailbox) => mailbox.sort(['displayFrom'], {}),
  'THREAD=REFERENCES': (_, mailbox) => mailbox.thread('REFERENCES', {}),
  OBJECTID: (_, mailbox) => mailbox.fetchAll('1:*', { emailId: true }),
  PREVIEW: (_, mailbox) => mailbox.fetchAll('1:*', { preview: true }),
  'ANNOTATE-EXPERIMENT-1': (_, mailbox) => mailbox.annotate('1:*', { '/comment/value.priv': 'x' }),
  ACL: (client) => client.acl.myRights('INBOX'),
  QUOTA: (client) => client.quota.root('INBOX'),
  METADATA: (client) => client.metadata.get('INBOX', '/private/comment'),
  URLAUTH: (client) => client.urlAuth.resetKey('INBOX'),
  'X-GM-EXT-1': (_, mailbox) => mailbox.fetchAll('1:*', { gmail: true }),
};

describe('the table of capabilities in README.md', () => {
  let server: ImapServer;
  let client: ImapClient;

  beforeAll(async () => {
    server = await createServer({ capabilities: ['IMAP4rev1'] });
    for (const content of letters(4)) server.store.deliver('INBOX', content);
    const { host, port } = server;
    client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  });

  afterAll(() => server.close());

  it('has every capability that the code asks for', () => {
    const asked = /(?:has\(|needs: |canUse\()'([A-Z0-9][A-Z0-9=+-]*)'/g;
    const names = code.flatMap((text) => [...text.matchAll(asked)].map(([, name = '']) => name));
    expect(names.length).toBeGreaterThan(40);
    expect([...new Set(names)].filter((name) => !tabled.has(name) && !NO_CAPABILITIES.has(name))).toEqual([]);
  });

  it('has none that the code does not know', () => {
    // `THREAD=` and its like are completed where they are asked for.
    const known = (name: string) => code.some((text) => text.toUpperCase().includes(name));
    const unknown = [...tabled].filter((name) => !known(name) && !known(`\`${name.slice(0, name.indexOf('=') + 1)}$`));
    expect(unknown).toEqual([]);
  });

  it('names calls that are there', async () => {
    const mailbox = await client.open('INBOX');
    const named = rows.flatMap(({ calls }) => [
      ...calls.matchAll(/\b(client|mailbox)\.([A-Za-z]+)(?:\.([A-Za-z]+))?/g),
    ]);
    expect(named.length).toBeGreaterThan(40);
    for (const [call, object, name = '', further] of named) {
      const owner = object === 'client' ? client : mailbox;
      const member: unknown = Reflect.get(owner, name);
      expect(name in owner, call).toBe(true);
      if (further !== undefined) expect(Reflect.get(Object(member), further), call).toBeTypeOf('function');
    }
  });

  it.each(rows.filter(({ capabilities: [name = ''] }) => name in calls))(
    '$capabilities: without it $without',
    async ({ capabilities: [name = ''], without }) => {
      const call = calls[name];
      await using mailbox = await client.open('INBOX');
      const outcome = Promise.resolve(call?.(client, mailbox));
      if (/^refused\b/.test(without)) expect(await rejection(outcome)).toMatchObject({ code: 'MISSING_CAPABILITY' });
      else await outcome;
    },
  );

  it('has a call for every row that says refused', () => {
    const refused = rows.filter(({ without }) => without.includes('refused'));
    expect(refused.length).toBeGreaterThan(15);
    expect(refused.map(({ capabilities: [name = ''] }) => name).filter((name) => !(name in calls))).toEqual([
      'STARTTLS',
    ]);
  });
});

/** What is asked of other sets in the same way. */
const NO_CAPABILITIES = new Set(['FETCH', 'UIDFETCH', 'SAML20', 'OPENID20', 'SECURID']);
