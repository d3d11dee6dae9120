import { connect as connectTcp } from 'node:net';
import { expect, test } from 'vitest';
import { createServer, type ServerOptions, type ServerStore } from '../../../src/testing/index.ts';
import type { Mailbox } from '../../../src/testing/mailbox.ts';
import { RawClient } from './raw-client.ts';
import { connect, fill, login, mail, start } from './servers.ts';

test.each([
  'GARBAGE',
  '',
  ' ',
  'A',
  'A ',
  'A\tNOOP',
  '+ NOOP',
  'A NOOP extra',
  'A UID',
  'A UID NOOP',
  'A UID  FETCH 1 FLAGS',
  'A LOGIN "unclosed',
  'A LOGIN "bad \\escape" x',
  'A LOGIN user pass extra',
  'A LOGIN {x} y',
  'A AUTHENTICATE',
  'A \xff\xfe',
  'A {3',
  'GET / HTTP/1.1',
  `A LOGIN ${'('.repeat(10_000)}`,
])('answers BAD and lives on: %j', async (line) => {
  const client = connect(await start());
  await client.response();
  client.send(`${line}\r\n`);
  expect(await client.response()).toMatch(/^\S+ BAD/);
  await client.ok('LOGIN user pass');
});

test.each([null, 'INBOX', 143])('options that are none are told: %s', async (options) => {
  const started = createServer(options as unknown as ServerOptions); // a caller without types
  await expect(started).rejects.toThrow(new TypeError(`createServer: the options are no object: ${options}`));
});

test.each<[string, ServerOptions]>([
  ['delimiter', { delimiter: '' }],
  ['delimiter', { delimiter: '::' }],
  ['delimiter', { delimiter: 'é' }],
  ['capability', { capabilities: ['IMAP4rev1', 'A B'] }],
  ['capability', { capabilities: [''] }],
  ['maxLiteral', { maxLiteral: Number.NaN }],
  ['maxLiteral', { maxLiteral: 1.5 }],
  ['latency', { latency: Number.NaN }],
  ['latency', { latency: -1 }],
  ['latency', { latency: 2 ** 31 }],
  ['greeting', { greeting: '' }],
  ['greeting', { greeting: 'BYE' }],
  ['greeting', { greeting: 'PREAUTH ' }],
  ['greeting', { greeting: 'hello\r\n* 1 EXISTS' }],
  ['jmap', { jmap: '' }],
  ['jmap', { jmap: 'not a url' }],
  ['users', { users: {} }],
  ['capability', { capabilities: [] }],
  ['Not a date', { now: () => new Date(Number.NaN) }],
])('a %s that IMAP has no word for is refused: %j', async (name, options) => {
  await expect(createServer(options)).rejects.toThrow(RangeError);
  await expect(createServer(options)).rejects.toThrow(name);
});

test.each<[string, (store: ServerStore) => void]>([
  ...['', 'a b', '(a', 'é', 'a\r\nb', '\\a b', '%', '\\Sen', '\\Recent'].flatMap(
    (flag): [string, (store: ServerStore) => void][] => [
      [`a flag: ${flag}`, (store) => store.deliver('INBOX', '', { flags: [flag] })],
      [`a flag: ${flag}`, (store) => store.mailbox('INBOX').setFlags(1, [flag])],
    ],
  ),
  ...['', 'Sent', '\\', '\\a b'].flatMap((specialUse): [string, (store: ServerStore) => void][] => [
    [`a special use: ${specialUse}`, (store) => store.create('x', { specialUse })],
    [`a special use: ${specialUse}`, (store) => void Object.assign(store.mailbox('INBOX'), { specialUse })],
  ]),
  ...[new Date(Number.NaN), new Date('+010000-01-01'), { at: 0, zone: 0.5 }, { at: 0, zone: 6000 }].map(
    (internalDate): [string, (store: ServerStore) => void] => [
      'a date',
      (store) => store.deliver('INBOX', '', { internalDate }),
    ],
  ),
  ...[Number.NaN, 0, -1, 1.5, 2 ** 32].map((uidValidity): [string, (store: ServerStore) => void] => [
    `a UIDVALIDITY: ${uidValidity}`,
    (store) => store.mailbox('INBOX').bumpUidValidity(uidValidity),
  ]),
  ...[Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY].map((MESSAGE): [string, (store: ServerStore) => void] => [
    `a quota: ${MESSAGE}`,
    (store) => void Object.assign(store.account(), { quota: { MESSAGE } }),
  ]),
  ['flags in one text', (store) => store.deliver('INBOX', '', { flags: 'Seen' })],
  ['a modseq', (store) => void Object.assign(store.mailbox('INBOX'), { highestModseq: 2n ** 63n })],
  ...[Number.NaN, 0, 1, 2.5, 2 ** 33].map((uidNext): [string, (store: ServerStore) => void] => [
    `a UID: ${uidNext}`,
    (store) => void Object.assign(store.mailbox('INBOX'), { uidNext }),
  ]),
])('what IMAP has no word for is refused: %s', async (_, change) => {
  const server = await start();
  fill(server, 1);
  expect(() => change(server.store)).toThrow(RangeError);
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1:* (UID FLAGS)')).toEqual(['1 FETCH (UID 1 FLAGS (\\Recent))']);
  expect(await client.ok('LIST "" *')).toEqual(['LIST (\\HasNoChildren) "/" INBOX']);
});

test.each(['1970-01-01', '1960-01-01', '2200-01-01'])('UIDVALIDITY is a number by the clock of %s too', async (day) => {
  const client = await login(await start({ now: () => new Date(day) }));
  expect(await client.ok('STATUS INBOX (UIDVALIDITY)')).toEqual(['STATUS INBOX (UIDVALIDITY 1)']);
});

test('half a surrogate pair is no mailbox name: UTF-8 has no word for it', async () => {
  const server = await start();
  expect(() => server.store.create('a\ud800')).toThrow('surrogate');
  expect(await (await login(server)).tagged('CREATE a&2AA-')).toMatch(/^NO \[CANNOT\]/);
});

test('NUL is sent where a literal8 may stand, and nowhere else', async () => {
  const server = await start();
  server.store.deliver('INBOX', Buffer.from('Subject: a\0b\r\n\r\nx\0y'));
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 (BODY.PEEK[TEXT] BINARY.PEEK[1] RFC822.HEADER)')).toEqual([
    '1 FETCH (BODY[TEXT] {3}\r\nx\x80y BINARY[1] ~{3}\r\nx\0y RFC822.HEADER {16}\r\nSubject: a\x80b\r\n\r\n)',
  ]);
  expect(await client.ok('FETCH 1 ENVELOPE')).toEqual([
    '1 FETCH (ENVELOPE (NIL {5}\r\na\xef\xbf\xbdb NIL NIL NIL NIL NIL NIL NIL NIL))',
  ]);
});

test('leaves after too many bad commands', async () => {
  const client = connect(await start());
  await client.response();
  client.send('?\r\n'.repeat(30));
  const responses: string[] = [];
  while (responses.at(-1) !== 'closed') responses.push(await client.response());
  expect(responses.slice(-2)).toEqual(['* BYE Too many bad commands', 'closed']);
});

test('a line without end is cut off', async () => {
  const client = connect(await start());
  await client.response();
  client.send('x'.repeat(2 * 1024 * 1024));
  expect(await client.response()).toMatch(/^\* BYE \[TOOBIG\]/);
});

test('before login a literal stays small', async () => {
  const client = connect(await start());
  await client.response();
  expect(await client.tagged('LOGIN {99999999}')).toMatch(/^BAD \[TOOBIG\]/);
});

test('commands may come byte by byte, or many at once', async () => {
  const server = await start();
  fill(server, 1);
  const client = await login(server);
  for (const byte of 'a SELECT INBOX\r\n') {
    client.send(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await client.until('a')).at(-1)).toMatch(/^OK/);
  client.send('b FETCH 1 UID\r\nc APPEND INBOX {3+}\r\na\r\n\r\nd SEARCH ALL\r\ne LOGOUT\r\n');
  expect(await client.until('b')).toEqual(['* 1 FETCH (UID 1)', 'OK FETCH completed']);
  expect((await client.until('c')).slice(0, 2)).toEqual(['* 2 EXISTS', '* 2 RECENT']);
  expect(await client.until('d')).toEqual(['* SEARCH 1 2', 'OK SEARCH completed']);
  expect((await client.until('e')).at(-1)).toMatch(/^OK/);
});

test('every argument may be a literal', async () => {
  const client = connect(await start());
  await client.response();
  await client.ok('LOGIN {4+}\r\nuser {4+}\r\npass');
  await client.ok('CREATE {3+}\r\nBox');
  await client.ok('SELECT {3+}\r\nbox'.replace('box', 'Box'));
  expect(await client.ok('SEARCH HEADER {7+}\r\nSubject {0+}\r\n')).toEqual(['SEARCH']);
  client.send('x LIST {0}\r\n');
  expect(await client.response()).toBe('+ OK');
  client.send(' {1}\r\n');
  expect(await client.response()).toBe('+ OK');
  client.send('*\r\n');
  expect(await client.until('x')).toHaveLength(3);
});

test('a client that goes away in the middle of anything leaves no trace', async () => {
  const server = await start();
  fill(server, 3);
  const half = await login(server, 'INBOX');
  half.send('x APPEND INBOX {1000}\r\nabc');
  const idle = await login(server, 'INBOX');
  idle.send('x IDLE\r\n');
  const authenticating = connect(server);
  authenticating.send('x AUTHENTICATE PLAIN\r\n');
  await expect.poll(() => authenticating.unread.length).toBe(2);
  for (const client of [half, idle, authenticating]) client.close();
  await expect.poll(() => server.connections).toBe(0);
  const inbox = server.store.mailbox('INBOX') as Mailbox; // the class behind the interface
  await expect.poll(() => inbox.observers.size).toBe(0);
  expect(server.store.mailbox('INBOX').messages).toHaveLength(3);
});

test('answers nothing to a client that ends its side in the middle of a command', async () => {
  const server = await start();
  let told = '';
  const socket = connectTcp(server.port, server.host);
  socket.on('data', (chunk) => {
    told += chunk;
    if (told.includes('\r\n+')) socket.end();
    else if (told.endsWith('\r\n')) socket.write('x AUTHENTICATE PLAIN\r\n');
  });
  await new Promise((resolve) => socket.on('close', resolve));
  expect(told).toMatch(/^\* OK .*\r\n\+ ?\r\n$/);
});

test('takes and gives a message of 25 MB', async () => {
  const server = await start();
  const client = await login(server, 'INBOX');
  const raw = `Subject: big\r\n\r\n${'0123456789abcdef\r\n'.repeat(1_400_000)}`;
  expect((await client.command(`APPEND INBOX {${raw.length}+}\r\n${raw}`)).at(-1)).toMatch(/^OK/);
  const [response = ''] = await client.ok('FETCH 1 BODY.PEEK[TEXT]');
  expect(response.length).toBe(`1 FETCH (BODY[TEXT] {25200000}\r\n)`.length + 25_200_000);
  expect(response.endsWith('0123456789abcdef\r\n)')).toBe(true);
});

test('a peer that does not read is waited for, and others are served meanwhile', async () => {
  const server = await start();
  const big = `Subject: big\r\n\r\n${'x'.repeat(1_000_000)}\r\n`;
  server.store.mailbox('INBOX').deliverAll(Array.from({ length: 60 }, () => ({ raw: big })));
  const slow = await login(server, 'INBOX');
  slow.pause();
  slow.send('x FETCH 1:* BODY.PEEK[]\r\n');
  const other = await login(server, 'INBOX');
  expect(await other.ok('FETCH 60 UID')).toEqual(['60 FETCH (UID 60)']);
  slow.resume();
  expect(await slow.until('x')).toHaveLength(61);
});

test('ten thousand messages and a hundred connections', async () => {
  const server = await start();
  const inbox = server.store.mailbox('INBOX');
  inbox.deliverAll(Array.from({ length: 10_000 }, (_, index) => ({ raw: mail(`m${index}`) })));
  const clients = await Promise.all(Array.from({ length: 100 }, () => login(server, 'INBOX')));
  const [first] = clients;
  if (!first) throw new Error('no client');
  expect(await first.ok('FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE)')).toHaveLength(10_000);
  await first.ok('STORE 1:5000 +FLAGS.SILENT \\Deleted');
  expect(await first.ok('EXPUNGE')).toHaveLength(5001);
  const told = await Promise.all(clients.slice(1).map((client) => client.ok('NOOP')));
  for (const responses of told) expect(responses).toHaveLength(5000);
  expect(await first.ok('SEARCH SUBJECT m9999')).toEqual(['SEARCH 5000']);
}, 60_000);

test('an internal fault is NO [SERVERBUG], not the end', async () => {
  const server = await start();
  fill(server, 1);
  const inbox = server.store.mailbox('INBOX');
  const client = await login(server, 'INBOX');
  inbox.uidNext = 2 ** 32;
  expect(await client.tagged('COPY 1 INBOX')).toMatch(/^NO \[SERVERBUG\] Internal error: RangeError/);
  await client.ok('NOOP');
});

test('the server stops with clients connected', async () => {
  const server = await start();
  const client = await login(server, 'INBOX');
  await server.close();
  expect(await client.response()).toBe('closed');
  const late = RawClient.connect(server.port);
  expect(await late.response()).toBe('closed');
});
