/** What a caller does that it should not: functions that throw, handles of others, contents read twice. */
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CommandArg,
  type ConnectOptions,
  connect,
  decodeHeader,
  decodeMailboxName,
  encodeMailboxName,
  formatInternalDate,
  type ImapClient,
  imapUrl,
  type Mailbox,
  type NotifyGroup,
  parseInternalDate,
  parseUidSet,
  type SearchQuery,
  UsageError,
} from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { bigMessage, streamed } from '../server/operations/append.ts';
import { collect, letters, rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

let server: ImapServer;
let options: ConnectOptions;
let client: ImapClient;
let mailbox: Mailbox;

beforeAll(async () => {
  server = await createServer();
  options = { host: server.host, port: server.port, security: 'none', auth: { user: 'user', pass: 'pass' } };
  for (const content of letters(3)) server.store.deliver('INBOX', content);
  server.store.deliver('INBOX', bigMessage(300_000));
});
afterAll(() => server.close());
beforeEach(async () => {
  client = await connect(options);
  mailbox = await client.open('INBOX');
});
afterEach(() => client.logout());

/** So many NOTs around it. */
function nested(depth: number): SearchQuery {
  let query: SearchQuery = { seen: true };
  for (let inner = 0; inner < depth; inner++) query = { not: query };
  return query;
}

function deepList(depth: number): CommandArg[] {
  let list: CommandArg[] = [];
  for (let inner = 0; inner < depth; inner++) list = [list];
  return list;
}

/** What is thrown where nobody can catch it, while something is done. */
async function uncaughtDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const thrown: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  try {
    await work();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
  return [...new Set(thrown)];
}

describe('a function of the caller’s that throws', () => {
  const reason = new RangeError('the caller’s own fault');
  const fail = () => {
    throw reason;
  };

  it('as progress, as log, or as a listener: it is told as uncaught, and disturbs nothing', async () => {
    const bytes = bigMessage(400_000);
    const works: [string, () => Promise<unknown>][] = [
      [
        'progress of a download',
        async () => (await mailbox.download(4, undefined, { progress: fail })).content.bytes(),
      ],
      ['progress of an append', () => client.append('appended', { content: bytes }, { progress: fail })],
      [
        'progress of a stream',
        () =>
          client.append('appended', { content: { size: bytes.length, stream: streamed(bytes) } }, { progress: fail }),
      ],
      ['stored of an append', () => client.append('appended', { content: bytes }, { stored: fail })],
      ['stored of an append of many', () => client.append('appended', [{ content: bytes }], { stored: fail })],
      [
        'log',
        async () => {
          const noisy = await connect({ ...options, log: fail });
          await noisy.open('INBOX');
          await noisy.logout();
        },
      ],
      [
        'a listener',
        async () => {
          mailbox.on('exists', fail);
          await client.append('INBOX', { content: 'Subject: x\r\n\r\n' });
          await client.noop();
          await mailbox.deleteMessages('5:*');
        },
      ],
    ];
    await client.create('appended');
    for (const [name, work] of works) expect(await uncaughtDuring(work), name).toEqual([reason]);
    expect(await client.status('appended', ['messages'])).toEqual({ messages: 4 });
    expect(await mailbox.search({})).toEqual([1, 2, 3, 4]);
    await client.delete('appended');
  });

  it('an iteration over messages to append: it is rejected with it, and what came before is stored', async () => {
    function* some(): Generator<{ content: string }> {
      for (const content of letters(3)) yield { content };
      throw reason;
    }
    await client.create('some');
    expect(await rejection(client.append('some', some()))).toBe(reason);
    await client.noop();
    expect(await client.status('some', ['messages'])).toEqual({ messages: 3 });
    await client.delete('some');
  });
});

describe('a stream to append that fails before its turn comes', () => {
  const failing = () => {
    const stream = new Readable({ read() {} });
    stream.destroy(new Error('no such file'));
    return { content: { size: 5, stream } };
  };

  it.each<[string, (other: ImapClient) => Promise<unknown>]>([
    ['alone', (other) => other.append('INBOX', failing())],
    ['behind others', (other) => other.append('INBOX', [{ content: 'A: b' }, ...Array.from({ length: 40 }, failing)])],
    ['as a part', (other) => other.append('INBOX', { content: [{ text: 'A: b' }, { text: failing().content }] })],
    ['as a replacement', async (other) => (await other.open('INBOX')).replace(1, failing())],
  ])('%s: it is told by the call, and not as uncaught', async (_, call) => {
    // Literals wait for the server's go-ahead.
    await using patient = await createServer({ withoutCapabilities: ['LITERAL+', 'LITERAL-'] });
    patient.store.deliver('INBOX', 'A: b');
    await using other = await connect({ ...options, port: patient.port });
    let error: Error | undefined;
    const thrown = await uncaughtDuring(async () => {
      error = await rejection(call(other));
    });
    expect(error?.message).toBe('no such file');
    expect(thrown).toEqual([]);
  });

  it('where the call is refused: as what it is refused for', async () => {
    client.close();
    let error: Error | undefined;
    const thrown = await uncaughtDuring(async () => {
      error = await rejection(client.append('INBOX', failing()));
    });
    expect(error).toMatchObject({ code: 'CLOSED' });
    expect(thrown).toEqual([]);
  });
});

describe('a handle', () => {
  it('of another client is refused', async () => {
    const other = await connect(options);
    const foreign = await other.open('INBOX');
    expect(await rejection(client.command('CHECK', [], { mailbox: foreign }))).toBeInstanceOf(UsageError);
    await other.logout();
  });

  it('that was closed is refused for any command too', async () => {
    await mailbox.unselect();
    const error = await rejection(client.command('CHECK', [], { mailbox }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'CLOSED' });
  });

  it('whose UIDVALIDITY has changed is refused for any command too', async () => {
    await client.create('changing');
    const changing = await client.open('changing');
    await mailbox.search({});
    server.store.mailbox('changing').bumpUidValidity();
    const store = client.command('UID STORE', [{ set: 1 }, { atom: '+FLAGS' }, [{ atom: 'x' }]], { mailbox: changing });
    expect(await rejection(store)).toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
    await client.delete('changing');
  });
});

it('a listener of no event there is, as of one that is misspelt, is refused', () => {
  for (const event of ['closed', 'toString', 5]) {
    expect(() => client.on(event as 'close', () => {})).toThrow(UsageError); // what a caller without types may write
    expect(() => mailbox.on(event as 'exists', () => {})).toThrow(UsageError); // as above
  }
});

describe('a call that names no message is refused where any other is', () => {
  it('of a handle that was closed, and of a client', async () => {
    const other = await connect(options);
    const inbox = await other.open('INBOX');
    await mailbox.unselect();
    expect(await rejection(mailbox.copy([], 'x'))).toMatchObject({ name: 'UsageError', code: 'CLOSED' });
    expect(await rejection(collect(mailbox.fetch([], { flags: true })))).toMatchObject({ code: 'CLOSED' });
    other.close();
    for (const call of [inbox.addFlags([], ['a']), inbox.expunge([]), inbox.fetchAll([], {}), other.append('x', [])])
      expect(await rejection(call)).toMatchObject({ name: 'ConnectionError', code: 'CLOSED', maybeExecuted: false });
  });

  it('with a signal that has aborted', async () => {
    const reason = new Error('mine');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(mailbox.move([], 'x', { signal }))).toBe(reason);
    expect(await rejection(mailbox.fetchAll([], {}, { signal }))).toBe(reason);
    expect(await rejection(client.append('x', [], { signal }))).toBe(reason);
  });

  it('for what the server does not offer', async () => {
    await using poor = await createServer({ withoutCapabilities: ['X-GM-EXT-1', 'MOVE', 'UIDPLUS'] });
    await using other = await connect({ ...options, host: poor.host, port: poor.port });
    const inbox = await other.open('INBOX');
    expect(await rejection(inbox.addFlags([], ['a'], { gmailLabels: true }))).toMatchObject({
      code: 'MISSING_CAPABILITY',
    });
    expect(await inbox.move([], 'x')).toEqual({ uids: new Map() });
    expect(await inbox.deleteMessages([])).toMatchObject({ expunged: 0 });
    expect(await inbox.addFlags({ seq: '1:5' }, ['a'])).toEqual({ flags: new Map() });
  });
});

describe('the content of a download', () => {
  it('can be read once: a second time is a mistake that is told', async () => {
    const { content } = await mailbox.download(1);
    expect((await content.text()).length).toBeGreaterThan(100);
    expect(await rejection(content.text())).toBeInstanceOf(UsageError);
    expect(await rejection(content.bytes())).toBeInstanceOf(UsageError);
    expect(await rejection(collect(content))).toBeInstanceOf(UsageError);
    const { content: left } = await mailbox.download(4, '1');
    for await (const _ of left) break;
    expect(await rejection(left.bytes())).toBeInstanceOf(UsageError);
    expect(await mailbox.search({})).toHaveLength(4);
  });

  it('ends with the signal of the call, though all of it has come', async () => {
    const controller = new AbortController();
    const { content } = await mailbox.download(1, undefined, { signal: controller.signal });
    await mailbox.search({});
    controller.abort(new Error('mine'));
    expect(await rejection(content.bytes())).toMatchObject({ message: 'mine' });
  });

  it('need not be read at all', async () => {
    for (let count = 0; count < 5; count++) expect((await mailbox.download(4)).size).toBe(300_000);
    expect(await mailbox.search({})).toHaveLength(4);
  });
});

describe('options that are none', () => {
  it.each([Number.NaN, -1, '5', null])('a timeout of %s', async (timeout) => {
    const error = await rejection(mailbox.search({}, { timeout: timeout as number })); // what a caller without types may write
    expect(error).toBeInstanceOf(UsageError);
  });

  it('a signal that is none', async () => {
    expect(await rejection(mailbox.search({}, { signal: {} as AbortSignal }))).toBeInstanceOf(UsageError); // as above
  });
});

describe('what an object inherits from another counts as if it were its own', () => {
  const bare = (keys: object) => Object.assign(Object.create(null), keys);

  it.each([
    ['an object', (keys: object) => Object.create(keys)],
    ['one without a prototype', (keys: object) => Object.create(bare(keys))],
    ['one of another realm', (keys: object) => Object.create(Object.assign(runInNewContext('({})'), keys))],
    ['two, one upon the other', (keys: object) => Object.assign(Object.create(Object.create(keys)), { timeout: 5000 })],
  ])('%s', async (_, upon) => {
    expect((await client.open('INBOX', upon({ readOnly: true }))).readOnly).toBe(true);
    const store = mailbox.addFlags(4, ['\\Flagged'], upon({ unchangedSince: 1n }));
    expect([...((await store).modified ?? [])]).toEqual([4]);
    const misspelt = mailbox.addFlags(4, ['\\Flagged'], upon({ unchangedsince: 1n }));
    expect(await rejection(misspelt)).toMatchObject({ message: 'addFlags: not an option: "unchangedsince"' });
  });

  it('a search query, alone and beside what is its own', async () => {
    expect(await mailbox.search(Object.create({ uid: 2 }))).toEqual([2]);
    expect(await mailbox.search(Object.create(bare({ uid: 2 })))).toEqual([2]);
    expect(await mailbox.search(Object.assign(Object.create({ not: { uid: 2 } }), { uid: '1:3' }))).toEqual([1, 3]);
    expect(await rejection(mailbox.search(Object.create({ unheard: 'of' })))).toBeInstanceOf(UsageError);
  });

  it('the items of a fetch', async () => {
    expect(await mailbox.fetchAll(2, Object.create({ size: true }))).toEqual([
      expect.objectContaining({ uid: 2, size: expect.any(Number) }),
    ]);
  });
});

it('an option that is undefined is one that is left out, whatever its name', async () => {
  const shared: object = { readOnly: undefined, silent: undefined };
  expect((await mailbox.addFlags(2, ['\\Seen'], shared)).flags.get(2)).toContain('\\Seen');
  await client.create('Left out', shared);
});

describe('a mistake in an argument is told with its command, and the option or key that it stands in', () => {
  const any = <T>(value: unknown) => value as T; // what a caller without types may write
  const SIGNAL = new AbortController().signal;
  const HALF = 'half of a surrogate pair in a text that is sent to the server';
  const mistakes: [string, () => Promise<unknown>][] = [
    ['LIST: the signal is no AbortSignal', () => client.list({ signal: any(5) })],
    ['DELETE: the signal is no AbortSignal', () => client.delete('x', { signal: any(5) })],
    ['APPEND: the signal is no AbortSignal', () => client.append('x', [], { signal: any({}) })],
    ['searchMailboxes: the signal is no AbortSignal', () => client.searchMailboxes({}, {}, { signal: any({}) })],
    ['UID THREAD: a search query is an object, not "ALL"', () => mailbox.thread('REFS', any('ALL'))],
    ['DELETE: not the name of a mailbox: 1', () => client.delete(any(1))],
    ['content: one message is named by its UID, not by 0', () => mailbox.content(0)],
    ['UID SEARCH: since: not a day like 2024-12-31: "soon"', () => mailbox.search({ since: 'soon' })],
    ['UID SEARCH: fuzzy: a search query is an object, not true', () => mailbox.search({ fuzzy: any(true) })],
    ['UID SEARCH: not: a search query is an object, not "seen"', () => mailbox.search({ not: any('seen') })],
    ['UID SEARCH: or: not a search key: "unseen"', () => mailbox.search({ or: [any({ unseen: true })] })],
    [
      'UID SEARCH: or: queries come as a list, not as [object Object]',
      () => mailbox.search({ or: any({ seen: true }) }),
    ],
    ['UID SEARCH: not: and: queries come as a list, not as "a"', () => mailbox.search({ not: { and: any('a') } })],
    [
      'UID SEARCH: or: sentSince: not a valid Date: [object Date]',
      () => mailbox.search({ or: [{ sentSince: new Date('?') }] }),
    ],
    ['UID SEARCH: larger: a number below 0: -1', () => mailbox.search({ larger: -1 })],
    ['UID SEARCH: notKeyword: not an atom: "a b"', () => mailbox.search({ notKeyword: 'a b' })],
    ['UID SEARCH: uid: not a message set: "x"', () => mailbox.search({ uid: 'x' })],
    ['UID SEARCH: not a range of results: "1"', () => mailbox.searchReturn({}, { partial: '1' })],
    ['STORE: not a message set: "1;2"', () => mailbox.addFlags('1;2', ['\\Seen'])],
    ['UID STORE: not a flag: "a b"', () => mailbox.addFlags(1, ['a b'])],
    ['COPY: not a message number from 1 to 4294967295: 0', () => mailbox.copy([0], 'x')],
    ['UID COPY: a mailbox needs a name', () => mailbox.copy(1, '')],
    ['FETCH: not an item: "body"', () => mailbox.fetchAll(1, any<object>({ body: true }))],
    ['FETCH: not an item: "body"', () => mailbox.fetchAll([], any<object>({ body: true }))],
    ['FETCH: parts: not a section of a message: "1."', () => mailbox.fetchAll(1, { parts: ['1.'] })],
    ['UID FETCH: not a section of a message: "x"', () => mailbox.download(1, 'x')],
    ['APPEND: stored is no function', () => client.append('x', { content: 'x' }, any({ stored: true }))],
    ['APPEND: stored is no function', () => client.append('x', [], any({ stored: [] }))],
    ['append: not an option: "onStored"', () => client.append('x', [], any({ onStored: () => {} }))],
    ['APPEND: not a valid Date: "now"', () => client.append('x', { content: 'x', internalDate: any('now') })],
    ['SELECT: a mailbox needs a name', () => client.open('')],
    ['SELECT: not the name of a mailbox: undefined', () => client.open(any(undefined))],
    ['STATUS: not the name of a mailbox: undefined', () => client.status(any(undefined))],
    ['GETACL: not the name of a mailbox: 5', () => client.acl.get(any(5))],
    ['GETQUOTAROOT: not the name of a mailbox: undefined', () => client.quota.root(any(undefined))],
    ['SETMETADATA: not the name of a mailbox: 5', () => client.metadata.set(any(5), { '/private/comment': 'x' })],
    ['ESEARCH: not the name of a mailbox: 5', () => client.searchMailboxes({}, { mailboxes: any([5]) })],
    ['FETCH: markSeen is neither true nor false: "false"', () => mailbox.fetchAll(1, { markSeen: any('false') })],
    ['FETCH: flags is neither true nor false: null', () => mailbox.fetchAll(1, { flags: any(null) })],
    ['EXAMINE: a mailbox name can not hold half of a surrogate pair', () => client.open('\ud800', { readOnly: true })],
    ['LIST: not an item of STATUS: "read"', () => client.list({ status: any(['read']) })],
    [
      'setFlags: gmailLabels is neither true nor false: "false"',
      () => mailbox.setFlags(1, ['\\Seen'], { gmailLabels: any('false') }),
    ],
    ['addFlags: silent is neither true nor false: "false"', () => mailbox.addFlags(1, ['a'], { silent: any('false') })],
    ['open: readOnly is neither true nor false: "false"', () => client.open('INBOX', { readOnly: any('false') })],
    ['open: readOnly is neither true nor false: null', () => client.open('INBOX', { readOnly: any(null) })],
    ['list: subscribed is neither true nor false: "false"', () => client.list({ subscribed: any('false') })],
    ['list: recursiveMatch is neither true nor false: 0', () => client.list({ recursiveMatch: any(0) })],
    ['notify: status is neither true nor false: "no"', async () => client.notify([], { status: any('no') })],
    ['download: decode is neither true nor false: "false"', () => mailbox.download(1, '1', { decode: any('false') })],
    ['fetch: vanished is neither true nor false: ""', async () => mailbox.fetch(1, {}, { vanished: any('') })],
    ['urlAuth.fetch: structure is neither true nor false: 1', () => client.urlAuth.fetch('x', { structure: any(1) })],
    ['UID SEARCH: save is neither true nor false: "false"', () => mailbox.searchReturn({}, { save: any('false') })],
    ['UID SEARCH: seen is neither true nor false: "false"', () => mailbox.search({ seen: any('false') })],
    [
      'searchMailboxes: subscribed is neither true nor false: "false"',
      () => client.searchMailboxes({}, { subscribed: any('false') }),
    ],
    ['SORT: reverse is neither true nor false: "false"', () => mailbox.sort([{ by: 'to', reverse: any('false') }], {})],
    ['FETCH: headers: names of header fields come in an array', () => mailbox.fetchAll(1, { headers: any('Subject') })],
    ['FETCH: headers is neither true nor false: 0', () => mailbox.fetchAll(1, { headers: any(0) })],
    ['FETCH: source is neither true nor false: null', () => mailbox.fetchAll(1, { source: any(null) })],
    ['FETCH: preview is neither true nor false: 0', () => mailbox.fetchAll(1, { preview: any(0) })],
    ['open: the options are an object, not true', () => client.open('INBOX', any(true))],
    ['create: the options are an object, not "\\\\Sent"', () => client.create('x', any('\\Sent'))],
    ['replace: the options are an object, not "x"', () => mailbox.replace(1, { content: '' }, any('x'))],
    ['addFlags: the options are an object, not 5', () => mailbox.addFlags(1, ['a'], any(5n))],
    ['search: the options are an object, not [object AbortSignal]', () => mailbox.search({}, any(SIGNAL))],
    ['metadata.get: the options are an object, not 1', () => client.metadata.get('', '/shared/comment', any(1))],
    ['quota.get: the options are an object, not [object AbortSignal]', () => client.quota.get('', any(SIGNAL))],
    ['quota.root: the options are an object, not 1', () => client.quota.root('', any(1))],
    ['quota.set: the options are an object, not 1', () => client.quota.set('', {}, any(1))],
    ['acl.get: the options are an object, not 1', () => client.acl.get('x', any(1))],
    ['acl.set: the options are an object, not 1', () => client.acl.set('x', 'joe', 'lr', any(1))],
    ['acl.delete: the options are an object, not 1', () => client.acl.delete('x', 'joe', any(1))],
    ['acl.listRights: the options are an object, not 1', () => client.acl.listRights('x', 'joe', any(1))],
    ['acl.myRights: the options are an object, not 1', () => client.acl.myRights('x', any(1))],
    ['open: not an option: "readonly"', () => client.open('INBOX', any({ readonly: true }))],
    ['addFlags: not an option: "unchangedsince"', () => mailbox.addFlags(1, ['a'], any({ unchangedsince: 5n }))],
    ['deleteMessages: not an option: "unchangedSince"', () => mailbox.deleteMessages(1, any({ unchangedSince: 5n }))],
    ['move: not an option: "silent"', () => mailbox.move(1, 'x', any({ silent: true }))],
    ['replace: not an option: "mailbox"', () => mailbox.replace(1, { content: '' }, any({ mailbox: 'x' }))],
    ['fetchAll: not an option: "batch"', () => mailbox.fetchAll('1:*', {}, any({ batch: 5 }))],
    ['SORT: not a part of a criterion: "revers"', () => mailbox.sort([any({ by: 'date', revers: true })], {})],
    [
      'searchMailboxes: not a part of where to search: "subtre"',
      () => client.searchMailboxes({}, any({ mailboxes: ['INBOX'], subtre: 'x' })),
    ],
    [
      'NOTIFY: not a part of a group: "fetsh"',
      async () => client.notify([any<NotifyGroup>({ scope: 'personal', events: ['mailboxName'], fetsh: {} })]),
    ],
    ['imapUrl: not a part of a URL: "sections"', async () => imapUrl(any({ mailbox: 'x', uid: 1, sections: '1' }))],
    ['UID SEARCH: what to return is an object, e.g. { count: true }', () => mailbox.searchReturn({}, any([]))],
    ['UID SEARCH: what to return is an object, e.g. { count: true }', () => mailbox.searchReturn({}, any(new Map()))],
    ['ID: the fields are an object', () => client.id(any(['imapwire']))],
    ['ID: the fields are an object', () => client.id(any(Promise.resolve({ name: 'x' })))],
    ['fetchOne: one message is named by its UID, not by "1:*"', () => mailbox.fetchOne(any('1:*'), {})],
    ['fetchOne: one message is named by its UID, not by [object Array]', () => mailbox.fetchOne(any([1, 2]), {})],
    ['fetchOne: one message is named by its UID, not by [object Array]', () => mailbox.fetchOne(any([]), {})],
    ['fetchOne: one message is named by { seq }, not by "1:2"', () => mailbox.fetchOne(any({ seq: '1:2' }), {})],
    [
      'UID SEARCH: a search query is an object, not [object Promise]',
      () => mailbox.search(any(Promise.resolve({ seen: true }))),
    ],
    ['UID SEARCH: not a search key: "unheard"', async () => mailbox.searchUpdates(any({ unheard: 'of' }))],
    ['UID SEARCH: header: the fields are an object', () => mailbox.search({ header: any('subject') })],
    [
      'FETCH: the items are an object, e.g. { flags: true }',
      () => mailbox.fetchAll(1, any<object>(new Set(['flags']))),
    ],
    ['FETCH: the items are an object, e.g. { flags: true }', () => mailbox.fetchAll(1, any<object>([]))],
    ['SETQUOTA: the limits are an object', () => client.quota.set('', any(Promise.resolve({ STORAGE: 1 })))],
    ['deleteMessages: not a message set: [object Uint8Array]', () => mailbox.deleteMessages(Buffer.from('1:3'))],
    ['UID SEARCH: a search query nested deeper than 50', () => mailbox.search(nested(20_000))],
    ['UID SEARCH: from: not a text, in a place that needs one', () => mailbox.search({ from: any(nested(20_000)) })],
    ['UID SEARCH: larger: not a whole number: [object Object]', () => mailbox.search({ larger: any(nested(20_000)) })],
    [
      'UID SEARCH: header: not is a text or true, not [object Object]',
      () => mailbox.search({ header: any(nested(20_000)) }),
    ],
    ['X: an argument nested deeper than 100', () => client.command('X', any(deepList(20_000)))],
    ['list: an array with a hole', () => client.list({ status: new Array(1) })],
    ['LIST: no pattern is named', () => client.list({ pattern: [] })],
    [`SETMETADATA: ${HALF}`, () => client.metadata.set('INBOX', { '/private/comment': 'a\ud83d' })],
    [`APPEND: ${HALF}`, () => client.append('INBOX', { content: 'Subject: \ud83d\r\n\r\n' })],
    [`APPEND: ${HALF}`, () => client.append('INBOX', { content: [{ text: 'Subject: ' }, { text: '\ude00' }] })],
    ['CREATE: a mailbox name can not hold CR, LF or NUL', () => client.create('a\rb')],
  ];

  it.each<[string, (value: unknown) => unknown]>([
    ['not the text of a date-time', (value) => parseInternalDate(any(value))],
    ['not a valid Date', (value) => formatInternalDate(any(value))],
    ['not a zone offset in minutes', (value) => formatInternalDate(new Date(0), any(value))],
    ['not the name of a mailbox', (value) => encodeMailboxName(any(value))],
    ['not the name of a mailbox', (value) => decodeMailboxName(any(value))],
    ['not the text of a header field', (value) => decodeHeader(any(value))],
    ['not a set of UIDs', (value) => parseUidSet(any(value))],
  ])('%s: of a function that needs no connection', (what, call) => {
    for (const value of [null, {}, 0.5]) expect(() => call(value)).toThrow(new UsageError(`${what}: ${String(value)}`));
  });

  it.each(mistakes)('%s', async (message, call) => {
    expect(await rejection(call())).toMatchObject({ name: 'UsageError', message });
  });

  // So that a program with such a mistake is told on its first run, whatever its mailbox holds.
  it.each<[string, () => Promise<unknown>]>([
    ['UID STORE: not a flag: "a b"', () => mailbox.addFlags([], ['a b'])],
    ['UID STORE: not a flag: "a b"', () => mailbox.removeFlags({ seq: [] }, ['a b'])],
    ['UID STORE: flags come as a list, not as "\\\\Seen"', () => mailbox.setFlags([], any('\\Seen'))],
    ['UID STORE: unchangedSince: a number below 0: -1', () => mailbox.addFlags([], ['a'], { unchangedSince: -1n })],
    ['UID STORE: neither a /private nor a /shared entry: "comment"', () => mailbox.annotate([], { comment: 'x' })],
    ['UID COPY: a mailbox needs a name', () => mailbox.copy([], '')],
    ['UID MOVE: not the name of a mailbox: undefined', () => mailbox.move([], any(undefined))],
    ['UID MOVE: timeout is no number of milliseconds: -1', () => mailbox.move([], 'x', { timeout: -1 })],
    ['EXPUNGE: progress is no function', () => mailbox.expunge([], { progress: any(true) })],
    ['EXPUNGE: the signal is no AbortSignal', () => mailbox.deleteMessages([], { signal: any({}) })],
    ['UID FETCH: partial: not a range of results: "1"', () => mailbox.fetchAll([], { flags: true }, { partial: '1' })],
    ['UID FETCH: changedSince: a number below 1: -1', () => collect(mailbox.fetch([], {}, { changedSince: -1n }))],
    [
      'UID FETCH: changedSince: a number below 1: -1',
      () => collect(mailbox.fetch([], {}, { changedSince: -1n, batch: 5 })),
    ],
    [
      'FETCH: what has vanished is told by UID, not by sequence number',
      () => mailbox.fetchAll({ seq: [] }, {}, { changedSince: 1n, vanished: true }),
    ],
    ['APPEND: a mailbox needs a name', () => client.append('', [])],
  ])('also where no message is named: %s', async (message, call) => {
    expect(await rejection(call())).toMatchObject({ name: 'UsageError', message });
  });
});

describe('a timeout', () => {
  /** Answers a command of each name once. */
  const answers: Record<string, string[]> = {
    SELECT: ['* 2 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 3] x'],
    'UID SEARCH': ['* SEARCH 1 2'],
    LIST: ['* LIST () "/" INBOX'],
  };

  it.each<[string, (mailbox: Mailbox, client: ImapClient, timeout: number) => Promise<unknown>, string?]>([
    ['deleteMessages', (box, _, timeout) => box.deleteMessages(1, { timeout })],
    ['move', (box, _, timeout) => box.move(1, 'target', { timeout })],
    ['sort', (box, _, timeout) => box.sort(['from'], {}, { timeout })],
    ['replace', (box, _, timeout) => box.replace(1, { content: '' }, { timeout })],
    ['fetch in batches', (box, _, timeout) => collect(box.fetch([1, 2], { size: true }, { batch: 1, timeout }))],
    [
      'fetch',
      (box, _, timeout) => collect(box.fetch('1:*', { size: true }, { partial: '1:2', timeout })),
      'ESEARCH PARTIAL MESSAGELIMIT=1',
    ],
    ['sync', (box, _, timeout) => box.sync(undefined, { timeout })],
    ['list', (_, one, timeout) => one.list({ status: ['messages'], timeout })],
  ])('is one for all the commands of %s', async (_name, run, capabilities = '') => {
    const now = performance.now.bind(performance);
    let passed = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
    await using slow = await scripted(async (peer) => {
      peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`);
      for (const answered = new Set<string>(); !peer.closed; ) {
        const { tag, text } = await peer.command();
        const name = /^(?:UID )?\w+/.exec(text)?.[0] ?? '';
        if (name !== 'SELECT') passed += 61_000;
        if (answered.size < 2) peer.send(...(answers[name] ?? []), `${tag} OK`);
        answered.add(name);
      }
    });
    const client = await connect(slow.options);
    const box = await client.open('INBOX');
    expect(await rejection(run(box, client, 60_000))).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('not done within 60000 ms'),
    });
    client.close();
    clock.mockRestore();
  });
});

it('takes what holds more than is asked for: a server of one’s own settings, a message that was fetched', async () => {
  const account = { ...options, name: 'work', auth: { user: 'user', pass: 'pass', label: 'Anna' } };
  await using other = await connect(account);
  await other.create('Copies');
  const message = await mailbox.fetchOne(1, { flags: true, internalDate: true, source: true });
  if (message === undefined) throw new Error('no message');
  await other.append('Copies', { ...message, flags: ['\\Seen'], content: message.source });
  await using copies = await other.open('Copies');
  expect(await copies.fetchAll('1:*', { flags: true, internalDate: true, source: true })).toMatchObject([
    { flags: new Set(['\\Seen', '\\Recent']), internalDate: message.internalDate, source: message.source },
  ]);
});
