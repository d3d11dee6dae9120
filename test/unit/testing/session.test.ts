import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connect, fill, login, mail, start } from './servers.ts';

test('greets with its capabilities and says goodbye', async () => {
  const client = connect(await start());
  expect(await client.response()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*AUTH=PLAIN.*LITERAL\+.*\] /);
  expect(await client.command('LOGOUT')).toEqual(['* BYE Logging out', 'OK LOGOUT completed']);
  expect(await client.response()).toBe('closed');
});

test('capabilities change with the login, and only what is offered works', async () => {
  const server = await start({ withoutCapabilities: ['idle', 'UIDPLUS', 'SASL-IR', 'AUTH=CRAM-MD5'] });
  const client = connect(server);
  expect(await client.response()).not.toContain('IDLE');
  expect(await client.tagged('AUTHENTICATE PLAIN AHVzZXIAcGFzcw==')).toMatch(/^BAD/);
  expect(await client.tagged('AUTHENTICATE CRAM-MD5')).toMatch(/^NO/);
  expect(await client.tagged('LOGIN user pass')).toMatch(/^OK \[CAPABILITY IMAP4rev1 [^\]]*MOVE/);
  expect((await client.ok('CAPABILITY'))[0]).not.toContain('AUTH=');
  expect(await client.tagged('IDLE')).toMatch(/^BAD/);
  await client.ok('SELECT INBOX');
  expect(await client.tagged('UID EXPUNGE 1')).toMatch(/^BAD/);
});

test('a replaced capability list is announced and honoured, unknown names included', async () => {
  const client = connect(await start({ capabilities: ['IMAP4rev1', 'XFOO'] }));
  expect(await client.response()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 XFOO\]/);
  expect(await client.tagged('LOGIN {4+}\r\nuser {4+}\r\npass')).toMatch(/^BAD/);
  expect(await client.tagged('ID NIL')).toMatch(/^BAD/);
});

test.each([
  ['LOGIN user wrong', 'NO [AUTHENTICATIONFAILED]'],
  ['LOGIN nobody pass', 'NO [AUTHENTICATIONFAILED]'],
  ['LOGIN user', 'BAD'],
  ['AUTHENTICATE KERBEROS', 'NO'],
  ['AUTHENTICATE PLAIN !!!', 'BAD'],
  ['AUTHENTICATE PLAIN AHVzZXIAd3Jvbmc=', 'NO [AUTHENTICATIONFAILED]'],
  ['AUTHENTICATE PLAIN b3RoZXIAdXNlcgBwYXNz', 'NO [AUTHORIZATIONFAILED]'],
  ['SELECT INBOX', 'BAD'],
  ['FETCH 1 FLAGS', 'BAD'],
  ['STARTTLS', 'BAD'],
])('refuses %s before login', async (command, answer) => {
  const client = connect(await start());
  await client.response();
  expect(await client.tagged(command)).toContain(answer);
  expect(await client.tagged('LOGIN user pass')).toMatch(/^OK/);
});

test('every mechanism logs in, with and without an initial response', async () => {
  const server = await start({ users: { jürgen: 'pässwörd' } });
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  const attempt = async (...lines: string[]) => {
    const client = connect(server);
    await client.response();
    const [first = '', ...rest] = lines;
    client.send(`a ${first}\r\n`);
    for (const line of rest) {
      expect(await client.response()).toMatch(/^\+ /);
      client.send(`${line}\r\n`);
    }
    return (await client.until('a')).at(-1);
  };
  expect(await attempt(`AUTHENTICATE PLAIN ${base64('\0jürgen\0pässwörd')}`)).toMatch(/^OK/);
  expect(await attempt('AUTHENTICATE PLAIN', base64('jürgen\0jürgen\0pässwörd'))).toMatch(/^OK/);
  expect(await attempt('AUTHENTICATE PLAIN', '*')).toMatch(/^BAD/);
  expect(await attempt('AUTHENTICATE LOGIN', base64('jürgen'), base64('pässwörd'))).toMatch(/^OK/);
  const oauth = base64('user=jürgen\u0001auth=Bearer pässwörd\u0001\u0001');
  expect(await attempt(`AUTHENTICATE XOAUTH2 ${oauth}`)).toMatch(/^OK/);
  const cram = connect(server);
  await cram.response();
  cram.send('a AUTHENTICATE CRAM-MD5\r\n');
  const challenge = Buffer.from((await cram.response()).slice(2), 'base64');
  const digest = createHmac('md5', 'pässwörd').update(challenge).digest('hex');
  cram.send(`${base64(`jürgen ${digest}`)}\r\n`);
  expect((await cram.until('a')).at(-1)).toMatch(/^OK/);
  const expired = base64('user=jürgen\u0001auth=Bearer expired\u0001\u0001');
  expect(await attempt(`AUTHENTICATE XOAUTH2 ${expired}`, '')).toMatch(/^NO/);
});

test('OAUTHBEARER takes the token of the user that it names', async () => {
  const server = await start({ users: { 'anna,b': 'token' } });
  const answer = async (message: string, ...further: string[]) => {
    const client = connect(server);
    await client.response();
    client.send(`a AUTHENTICATE OAUTHBEARER ${Buffer.from(message).toString('base64')}\r\n`);
    for (const line of further) {
      expect(Buffer.from((await client.response()).slice(2), 'base64').toString()).toBe('{"status":"invalid_token"}');
      client.send(`${line}\r\n`);
    }
    return (await client.until('a')).at(-1);
  };
  expect(await answer('n,a=anna=2Cb,\x01host=h\x01port=143\x01auth=Bearer token\x01\x01')).toMatch(/^OK/);
  expect(await answer('n,a=anna=2Cb,\x01auth=Bearer old\x01\x01', 'AQ==')).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
  expect(await answer('n,a=anna=2Cb,\x01host=h\x01\x01', 'AQ==')).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
  expect(await answer('n,\x01auth=Bearer token\x01\x01')).toMatch(/^BAD/);
  expect(await answer('n,a=anna=2Cb,\x01auth=Bearer token\x01')).toMatch(/^BAD/);
});

test('SELECT tells what a client needs to know, in its own recent messages and first unseen', async () => {
  const server = await start();
  server.store.deliver('INBOX', mail('one'), { flags: ['\\Seen'] });
  server.store.deliver('INBOX', mail('two'), { flags: ['Label'] });
  const client = await login(server);
  const { uidValidity, mailboxId } = server.store.mailbox('INBOX');
  const responses = await client.command('SELECT "inbox"');
  expect(responses).toEqual([
    '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Label)',
    '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Label \\*)] Flags permitted',
    '* 2 EXISTS',
    '* 2 RECENT',
    '* OK [UNSEEN 2] First unseen',
    `* OK [UIDVALIDITY ${uidValidity}] UIDs valid`,
    '* OK [UIDNEXT 3] Predicted next UID',
    `* OK [MAILBOXID (${mailboxId})] Object`,
    '* OK [HIGHESTMODSEQ 3] Highest',
    'OK [READ-WRITE] SELECT completed',
  ]);
  const other = await login(server);
  expect(await other.command('EXAMINE INBOX')).toEqual(
    expect.arrayContaining(['* 0 RECENT', '* OK [PERMANENTFLAGS ()] Read-only', 'OK [READ-ONLY] EXAMINE completed']),
  );
  expect(await other.tagged('STORE 1 FLAGS ()')).toMatch(/^NO \[READ-ONLY\]/);
  expect(await other.tagged('EXPUNGE')).toMatch(/^NO \[READ-ONLY\]/);
  expect(await other.tagged('SELECT nothing')).toBe("NO Mailbox doesn't exist");
  expect(await other.tagged('FETCH 1 FLAGS')).toMatch(/^BAD/);
});

test('only the first session sees a message as \\Recent; EXAMINE does not take it', async () => {
  const server = await start();
  fill(server, 1);
  const reader = await login(server);
  await reader.ok('EXAMINE INBOX');
  expect(await reader.ok('FETCH 1 FLAGS')).toEqual(['1 FETCH (FLAGS (\\Recent))']);
  const first = await login(server, 'INBOX');
  expect(await first.ok('FETCH 1 FLAGS')).toEqual(['1 FETCH (FLAGS (\\Recent))']);
  const second = await login(server, 'INBOX');
  expect(await second.ok('FETCH 1 FLAGS')).toEqual(['1 FETCH (FLAGS ())']);
  server.store.deliver('INBOX', mail('new'));
  expect(await second.ok('NOOP')).toEqual(['2 EXISTS', '1 RECENT']);
  expect(await first.ok('NOOP')).toEqual(['2 EXISTS']);
});

test('each session has its own sequence numbers until it is told of an EXPUNGE', async () => {
  const server = await start();
  fill(server, 5);
  const one = await login(server, 'INBOX');
  const two = await login(server, 'INBOX');
  await one.ok('STORE 2,4 +FLAGS.SILENT (\\Deleted)');
  expect(await one.ok('EXPUNGE')).toEqual(['2 EXPUNGE', '3 EXPUNGE', '3 RECENT']);
  expect(await one.ok('FETCH 1:* UID')).toEqual(['1 FETCH (UID 1)', '2 FETCH (UID 3)', '3 FETCH (UID 5)']);

  expect(await two.ok('FETCH 5 UID')).toEqual(['5 FETCH (UID 5)']);
  expect(await two.ok('SEARCH ALL')).toEqual(['SEARCH 1 3 5']);
  expect(await two.ok('STORE 2 +FLAGS (\\Seen)')).toEqual([]);
  expect(await two.ok('UID SEARCH ALL')).toEqual(['SEARCH 1 3 5', '2 EXPUNGE', '3 EXPUNGE']);
  expect(await two.ok('FETCH 3 UID')).toEqual(['3 FETCH (UID 5)']);
  expect(await two.tagged('FETCH 4 UID')).toMatch(/^BAD/);
});

test.each([
  'CAPABILITY',
  'LIST "" INBOX',
  'LSUB "" *',
  'SUBSCRIBE INBOX',
  'STATUS INBOX (MESSAGES)',
  'ENABLE CONDSTORE',
])('%s tells no news, as with Dovecot', (command) => tellsNothing(command, 'OK'));

test.each([
  ['FETCH 9 UID', 'BAD'],
  ['COPY 1 Nowhere', 'NO'],
  ['SUBSCRIBE Nowhere', 'NO'],
  ['NONSENSE', 'BAD'],
])('the refused %s tells no news, as with Dovecot', tellsNothing);

async function tellsNothing(command: string, status: string): Promise<void> {
  const server = await start();
  fill(server, 1);
  const client = await login(server, 'INBOX');
  fill(server, 1);
  server.store.mailbox('INBOX').remove([1]);
  const responses = await client.command(command);
  expect(responses.at(-1)).toMatch(new RegExp(`^${status}`));
  expect(responses.filter((response) => /EXPUNGE|EXISTS|RECENT$/.test(response))).toEqual([]);
  expect(await client.ok('NOOP')).toEqual(['1 EXPUNGE', '1 EXISTS']);
}

test('a message that another session has expunged can be neither copied nor fetched, and storing its flags does nothing', async () => {
  const server = await start();
  fill(server, 2);
  server.store.create('Other');
  const client = await login(server, 'INBOX');
  const arrive = async () => {
    const uid = server.store.deliver('INBOX', mail('gone'));
    await client.ok('NOOP');
    server.store.mailbox('INBOX').remove([uid]);
    return uid;
  };
  for (const name of ['COPY', 'MOVE']) {
    const responses = await client.command(`UID ${name} 1,${await arrive()} Other`);
    expect(responses[0]).toBe('* 3 EXPUNGE');
    expect(responses.at(-1)).toMatch(/^NO \[EXPUNGEISSUED\]/);
  }
  expect(server.store.mailbox('Other').messages).toHaveLength(0);
  await arrive();
  expect(await client.command('FETCH 2:3 UID')).toEqual([
    '* 2 FETCH (UID 2)',
    'OK [EXPUNGEISSUED] Some of the messages no longer exist',
  ]);
  expect(await client.ok('STORE 3 +FLAGS (\\Seen)')).toEqual([]);
});

test('a message that has arrived cannot be seen before EXISTS told of it', async () => {
  const server = await start();
  fill(server, 1);
  const client = await login(server, 'INBOX');
  fill(server, 1);
  server.store.mailbox('INBOX').setFlags(2, ['\\Seen']);
  expect(await client.ok('FETCH * UID')).toEqual([
    '1 FETCH (UID 1)',
    '2 EXISTS',
    '2 RECENT',
    '2 FETCH (FLAGS (\\Seen \\Recent))',
  ]);
  expect(await client.ok('FETCH * UID')).toEqual(['2 FETCH (UID 2)']);
  const other = await login(server, 'INBOX');
  fill(server, 1);
  server.store.mailbox('INBOX').remove([3]);
  expect(await other.ok('NOOP')).toEqual([]);
});

test('flag changes reach other sessions, a silent STORE only stays unsaid to its own', async () => {
  const server = await start();
  fill(server, 2);
  const one = await login(server, 'INBOX');
  const two = await login(server, 'INBOX');
  expect(await one.ok('STORE 1 +FLAGS (\\Seen Work)')).toEqual([
    'FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work)',
    'OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work \\*)] Flags permitted',
    '1 FETCH (FLAGS (\\Seen Work \\Recent))',
  ]);
  expect(await one.ok('STORE 2 FLAGS.SILENT work')).toEqual([]);
  expect(await two.ok('NOOP')).toEqual([
    'FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work)',
    'OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft Work \\*)] Flags permitted',
    '1 FETCH (FLAGS (\\Seen Work))',
    '2 FETCH (FLAGS (Work))',
  ]);
  expect(await two.ok('UID STORE 1 -FLAGS (\\Seen)')).toEqual(['1 FETCH (UID 1 FLAGS (Work))']);
  expect(await one.ok('NOOP')).toEqual(['1 FETCH (FLAGS (Work \\Recent))']);
  expect(await one.tagged('STORE 1 +FLAGS (\\Recent)')).toMatch(/^BAD/);
  expect(await one.tagged('STORE 1 +FLAGS (\\Unheard)')).toMatch(/^BAD/);
});

test('IDLE hears at once what others do', async () => {
  const server = await start();
  fill(server, 3);
  const idler = await login(server, 'INBOX');
  idler.send('i IDLE\r\n');
  expect(await idler.response()).toBe('+ idling');
  server.store.deliver('INBOX', mail('new'));
  expect([await idler.response(), await idler.response()]).toEqual(['* 4 EXISTS', '* 4 RECENT']);
  const other = await login(server, 'INBOX');
  await other.ok('STORE 2 +FLAGS (\\Deleted)');
  expect(await idler.response()).toBe('* 2 FETCH (FLAGS (\\Deleted \\Recent))');
  await other.ok('EXPUNGE');
  expect([await idler.response(), await idler.response()]).toEqual(['* 2 EXPUNGE', '* 3 RECENT']);
  idler.send('DONE\r\n');
  expect(await idler.until('i')).toEqual(['OK IDLE terminated']);
  idler.send('j IDLE\r\n');
  expect(await idler.response()).toBe('+ idling');
  idler.send('k NOOP\r\n');
  expect(await idler.until('j')).toEqual(['BAD Expected DONE']);
});

test('CLOSE expunges without a word, UNSELECT does not', async () => {
  const server = await start();
  fill(server, 2);
  const client = await login(server, 'INBOX');
  await client.ok('STORE 1 +FLAGS.SILENT \\Deleted');
  expect(await client.ok('UNSELECT')).toEqual([]);
  expect(server.store.mailbox('INBOX').messages).toHaveLength(2);
  await client.ok('SELECT INBOX');
  expect(await client.ok('CLOSE')).toEqual([]);
  expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([2]);
  expect(await client.tagged('CLOSE')).toMatch(/^BAD/);
});

test('UID EXPUNGE takes only what is named and marked', async () => {
  const server = await start();
  fill(server, 4);
  const client = await login(server, 'INBOX');
  await client.ok('STORE 1:3 +FLAGS.SILENT \\Deleted');
  expect(await client.ok('UID EXPUNGE 2:4')).toEqual(['2 EXPUNGE', '2 EXPUNGE', '2 RECENT']);
  expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([1, 4]);
});

test('a deleted mailbox sends its sessions away, but not the one that deletes it', async () => {
  const server = await start();
  server.store.create('Temp');
  const one = await login(server, 'Temp');
  const two = await login(server, 'Temp');
  expect(await two.tagged('DELETE Temp')).toMatch(/^OK/);
  expect(await one.response()).toBe('* BYE Selected mailbox was deleted');
  expect(await one.response()).toBe('closed');
  expect(await two.tagged('FETCH 1 FLAGS')).toMatch(/^BAD/);
});

test('a new UIDVALIDITY numbers anew and sends sessions away', async () => {
  const server = await start();
  fill(server, 3);
  const inbox = server.store.mailbox('INBOX');
  const client = await login(server, 'INBOX');
  const before = inbox.uidValidity;
  inbox.remove([1]);
  inbox.bumpUidValidity();
  expect(await client.response()).toBe('* BYE UIDVALIDITY of the selected mailbox changed');
  expect(inbox.uidValidity).toBe(before + 1);
  expect(inbox.messages.map(({ uid }) => uid)).toEqual([1, 2]);
});

test('a greeting can be PREAUTH or BYE', async () => {
  const preauth = connect(await start({ greeting: 'PREAUTH come in' }));
  expect(await preauth.response()).toBe('* PREAUTH come in');
  await preauth.ok('SELECT INBOX');
  const bye = connect(await start({ greeting: 'BYE too many' }));
  expect(await bye.response()).toBe('* BYE too many');
  expect(await bye.response()).toBe('closed');
});

test('texts of the greeting, of BYE and of answers are UTF-8', async () => {
  const server = await start({
    greeting: 'Grüße, 日本',
    intercept: ({ name }) => ({ NOOP: 'NO [UNAVAILABLE] später', CHECK: 'BYE [UNAVAILABLE] später' })[name],
  });
  const client = connect(server);
  expect(await client.response()).toMatch(new RegExp(` ${utf8('Grüße, 日本')}$`));
  await client.ok('LOGIN user pass');
  await client.ok('SELECT INBOX');
  expect(await client.command('NOOP')).toEqual([utf8('NO [UNAVAILABLE] später')]);
  expect(await client.command('CHECK')).toEqual([utf8('* BYE [UNAVAILABLE] später'), 'closed']);
  const bye = connect(await start({ greeting: 'BYE [UNAVAILABLE] später' }));
  expect(await bye.response()).toBe(utf8('* BYE [UNAVAILABLE] später'));
});

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

test('connections are counted, and all end when they are dropped', async () => {
  const server = await start();
  const clients = [await login(server), await login(server, 'INBOX')];
  expect(server.connections).toBe(2);
  server.dropConnections();
  for (const client of clients) expect(await client.response()).toBe('closed');
  await expect.poll(() => server.connections).toBe(0);
  await (await login(server)).ok('NOOP');
  expect(server.url).toBe(`imap://user:pass@127.0.0.1:${server.port}/`);
});

test('the log has every line in both directions', async () => {
  const entries: string[] = [];
  const server = await start({
    log: ({ connection, direction, text }) => entries.push(`${connection} ${direction} ${text}`),
  });
  const client = await login(server);
  await client.command('NOOP');
  expect(entries.slice(1)).toEqual([
    '1 in A1 LOGIN user pass',
    expect.stringMatching(/^1 out A1 OK \[CAPABILITY/),
    '1 in A2 NOOP',
    '1 out A2 OK NOOP completed',
  ]);
});

test('messages may be removed while they are gone through', async () => {
  const server = await start();
  const inbox = server.store.mailbox('INBOX');
  inbox.deliverAll(Array.from({ length: 5 }, () => ({ raw: 'x' })));
  for (const message of inbox.messages) inbox.remove([message]);
  expect(inbox.messages).toEqual([]);
});

test.each([3, 40])(
  'EXPUNGE is told of messages that were removed one by one in any order, %i of them',
  async (count) => {
    const server = await start();
    const inbox = server.store.mailbox('INBOX');
    inbox.deliverAll(Array.from({ length: 100 }, () => ({ raw: 'x' })));
    const client = await login(server);
    await client.ok('SELECT INBOX');
    const gone = Array.from({ length: count }, (_, index) => 1 + ((index * 37) % 100));
    for (const uid of gone) inbox.remove([uid]);
    inbox.remove([inbox.deliver('y')]);
    const numbers = [...gone].sort((a, b) => a - b).map((uid, index) => `${uid - index} EXPUNGE`);
    expect(await client.ok('NOOP')).toEqual([...numbers, `${100 - count} RECENT`]);
    const left = inbox.messages.map(({ uid }) => uid);
    expect(left).toHaveLength(100 - count);
    expect(await client.ok('UID SEARCH 1:*')).toEqual([`SEARCH ${left.join(' ')}`]);
  },
);

test('a set may name its messages in any order, and more than once', async () => {
  const server = await start();
  server.store.mailbox('INBOX').deliverAll(Array.from({ length: 9 }, () => ({ raw: 'x' })));
  const client = await login(server);
  await client.ok('SELECT INBOX');
  expect(await client.ok('SEARCH 8,2:1,5:6,2:3,*')).toEqual(['SEARCH 1 2 3 5 6 8 9']);
  expect(await client.ok('SEARCH NOT UID 20:*,4:6,4')).toEqual(['SEARCH 1 2 3 7 8']);
});

test('what others did is told with UIDs by a command that names messages by theirs', async () => {
  const server = await start();
  fill(server, 3);
  const client = await login(server, 'INBOX');
  const inbox = server.store.mailbox('INBOX');
  inbox.setFlags(2, ['\\Seen']);
  expect(await client.ok('UID STORE 1 +FLAGS (\\Draft)')).toEqual([
    '1 FETCH (UID 1 FLAGS (\\Draft \\Recent))',
    '2 FETCH (UID 2 FLAGS (\\Seen \\Recent))',
  ]);
  inbox.setFlags(2, []);
  expect(await client.ok('UID FETCH 1 UID')).toEqual(['1 FETCH (UID 1)', '2 FETCH (UID 2 FLAGS (\\Recent))']);
  inbox.setFlags(3, ['\\Seen']);
  expect(await client.ok('STORE 1 -FLAGS (\\Draft)')).toEqual([
    '1 FETCH (FLAGS (\\Recent))',
    '3 FETCH (FLAGS (\\Seen \\Recent))',
  ]);
});

test('what is asked for more than once is told once', async () => {
  const server = await start();
  fill(server, 1);
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1 (UID FLAGS uid BODY.PEEK[1]<0.1> BODY.PEEK[1]<0.2> RFC822.SIZE UID)')).toEqual([
    expect.stringMatching(
      /^1 FETCH \(UID 1 FLAGS \(\\Recent\) BODY\[1\]<0> \{1\}\r\nB BODY\[1\]<0> \{2\}\r\nBo RFC822\.SIZE \d+\)$/,
    ),
  ]);
  expect(await client.ok('STATUS INBOX (MESSAGES messages UIDNEXT)')).toEqual(['STATUS INBOX (MESSAGES 1 UIDNEXT 2)']);
  expect(await client.ok('SEARCH RETURN (MIN COUNT MIN) ALL')).toEqual([
    expect.stringMatching(/^ESEARCH \(TAG "\w+"\) MIN 1 COUNT 1$/),
  ]);
});

test('tells where one mailbox ends and the next begins', async () => {
  const server = await start();
  server.store.create('Box');
  const client = await login(server, 'INBOX');
  const closed = 'OK [CLOSED] Previous mailbox closed';
  expect((await client.ok('SELECT Box'))[0]).toBe(closed);
  expect(await client.command('SELECT nothing')).toEqual([`* ${closed}`, "NO Mailbox doesn't exist"]);
  expect(await client.ok('SELECT Box')).not.toContain(closed);
});

test('says nothing of the mailbox before where QRESYNC is not offered', async () => {
  const client = await login(await start({ withoutCapabilities: ['QRESYNC'] }), 'INBOX');
  expect((await client.ok('SELECT INBOX')).join('\n')).not.toContain('CLOSED');
});

test('IMAP4rev2 alone has with it what is folded into it, and nothing of IMAP4rev1', async () => {
  const server = await start({ capabilities: ['IMAP4rev2', 'AUTH=PLAIN'], withoutCapabilities: ['MOVE'] });
  server.store.deliver('INBOX', mail('m'));
  const client = connect(server);
  expect(await client.response()).toMatch(/^\* OK \[CAPABILITY IMAP4rev2 AUTH=PLAIN\]/);
  await client.ok('AUTHENTICATE PLAIN AHVzZXIAcGFzcw==');
  expect(await client.ok('LIST () "" (*) RETURN (SUBSCRIBED STATUS (SIZE DELETED))')).toHaveLength(2);
  await client.ok('NAMESPACE');
  await client.ok('SELECT {5+}\r\nINBOX');
  await client.ok('UID FETCH 1 BINARY.SIZE[1]');
  await client.ok('SEARCH RETURN (SAVE) ALL');
  await client.ok('UID EXPUNGE $');
  for (const command of [
    'CHECK',
    'LSUB "" *',
    'STATUS INBOX (RECENT)',
    'SEARCH NEW',
    'FETCH 1 RFC822',
    'UID MOVE 1 INBOX',
    `SEARCH TEXT {4097+}\r\n${'x'.repeat(4097)}`,
  ])
    expect(await client.tagged(command), command.slice(0, 30)).toMatch(/^BAD/);
  await client.ok('UNSELECT');
});

test.each([
  ['SEARCH SMALLER 4294967296', 'SEARCH'],
  ['FETCH 1 BODY.PEEK[]<9223372036854775807.4294967296>', '1 FETCH (BODY[]<9223372036854775807> {0}\r\n)'],
  ['FETCH 1 BINARY.PEEK[]<4294967296.1>', '1 FETCH (BINARY[]<4294967296> {0}\r\n)'],
])('%s has a number of more than 32 bits, in IMAP4rev2 alone (RFC 9051 §9)', async (command, answer) => {
  const server = await start({ capabilities: ['IMAP4rev1', 'IMAP4rev2'] });
  server.store.deliver('INBOX', mail('m'));
  const client = await login(server, 'INBOX');
  expect(await client.tagged(command)).toMatch(/^BAD/);
  await client.ok('ENABLE IMAP4rev2');
  expect((await client.ok(command))[0]).toContain(answer);
  expect(await client.tagged(command.replace(/\d{10,}/, '10000000000000000000'))).toMatch(/^BAD/);
});

test('IMAP4rev1 goes without saying', async () => {
  const client = await login(await start({ capabilities: ['IDLE'] }), 'INBOX');
  await client.ok('CHECK');
  expect(await client.ok('STATUS INBOX (RECENT)')).toEqual(['STATUS INBOX (RECENT 0)']);
});

describe('SCRAM-SHA-256', () => {
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

  /** What is answered to the proof of a password. */
  async function proving(
    password: string,
    { user = 'j=C3=BCrgen', header = 'n,,', nonce = (given: string) => given } = {},
  ) {
    const server = await start({ users: { jürgen: 'pässwörd' }, capabilities: ['IMAP4rev1', 'AUTH=SCRAM-SHA-256'] });
    const client = connect(server);
    expect(await client.response()).toContain('AUTH=SCRAM-SHA-256');
    client.send('a AUTHENTICATE SCRAM-SHA-256\r\n');
    expect(await client.response()).toBe('+ ');
    const bare = `n=${decodeURIComponent(user.replaceAll('=', '%'))},r=abc`;
    client.send(`${base64(header + bare)}\r\n`);
    const serverFirst = Buffer.from((await client.response()).slice(2), 'base64').toString();
    const [, given = '', salt = ''] = /^r=(abc[^,]{20,}),s=([^,]+),i=4096$/.exec(serverFirst) ?? [];
    const withoutProof = `c=${base64(header)},r=${nonce(given)}`;
    const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), 4096, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const message = `${bare},${serverFirst},${withoutProof}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
    client.send(`${base64(`${withoutProof},p=${proof.toString('base64')}`)}\r\n`);
    const answer = await client.response();
    if (!answer.startsWith('+')) return answer;
    const verifier = hmac(hmac(salted, 'Server Key'), message).toString('base64');
    expect(Buffer.from(answer.slice(2), 'base64').toString()).toBe(`v=${verifier}`);
    client.send('\r\n');
    return client.response();
  }

  test('logs in who knows the password, and proves that the server does', async () => {
    expect(await proving('pässwörd')).toMatch(/^a OK \[CAPABILITY /);
    expect(await proving('pässwörd', { header: 'y,a=jürgen,' })).toMatch(/^a OK \[CAPABILITY /);
  });

  test('refuses all others', async () => {
    const refused = 'a NO [AUTHENTICATIONFAILED] Authentication failed';
    expect(await proving('wrong')).toBe(refused);
    expect(await proving('pässwörd', { user: 'nobody' })).toBe(refused);
    expect(await proving('pässwörd', { nonce: (given) => `${given}x` })).toBe(refused);
    expect(await proving('pässwörd', { header: 'n,a=other,' })).toMatch(/^a NO \[AUTHORIZATIONFAILED\]/);
  });

  test.each(['', 'n,,n=user', 'p=tls-unique,,n=user,r=abc', 'n,,n=,r=abc'])('is BAD after %j', async (first) => {
    const client = connect(await start({ capabilities: ['IMAP4rev1', 'AUTH=SCRAM-SHA-256'] }));
    await client.response();
    client.send(`a AUTHENTICATE SCRAM-SHA-256\r\n${base64(first)}\r\n`);
    await client.response();
    expect(await client.response()).toMatch(/^a BAD/);
  });
});

describe('intercept', () => {
  test('answers in the place of a command, which is not carried out', async () => {
    const commands: unknown[] = [];
    const answers: Record<string, string> = {
      'UID COPY': 'NO [OVERQUOTA] Full',
      CHECK: 'BAD What?',
      NOOP: 'OK [ALERT] Nothing',
      EXAMINE: 'NO [REFERRAL imap://[::1]/] There',
      STATUS: 'NO [ALERT]',
      SUBSCRIBE: 'MAYBE',
    };
    const server = await start({
      intercept: (command) => {
        commands.push(command);
        return answers[command.name];
      },
    });
    server.store.deliver('INBOX', mail('m'));
    const client = await login(server, 'INBOX');
    expect(await client.command('uid copy 1 {5+}\r\nINBOX')).toEqual(['NO [OVERQUOTA] Full']);
    expect(await client.command('CHECK')).toEqual(['BAD What?']);
    expect(await client.command('NOOP')).toEqual(['OK [ALERT] Nothing']);
    expect(await client.command('EXAMINE INBOX')).toEqual(['NO [REFERRAL imap://[::1]/] There']);
    expect(await client.command('STATUS INBOX (MESSAGES)')).toEqual(['NO [ALERT] ']);
    expect(await client.command('SUBSCRIBE INBOX')).toEqual([
      'NO [SERVERBUG] Internal error: RangeError: Not an answer: MAYBE',
    ]);
    expect(await client.command('UID FETCH 1 UID')).toEqual(['* 1 FETCH (UID 1)', 'OK FETCH completed']);
    expect(server.store.mailbox('INBOX').messages).toHaveLength(1);
    expect(commands.slice(0, 3)).toEqual([
      { connection: 1, user: undefined, name: 'LOGIN', text: 'LOGIN user pass' },
      { connection: 1, user: 'user', name: 'SELECT', text: 'SELECT INBOX' },
      { connection: 1, user: 'user', name: 'UID COPY', text: 'uid copy 1 ' },
    ]);
  });

  test('has no FETCH by number tell what is expunged, whatever it is refused for (RFC 3501 §7.4.1)', async () => {
    const gone = 'NO [EXPUNGEISSUED] Some are gone';
    const server = await start({ intercept: ({ name }) => (name.endsWith('FETCH') ? gone : undefined) });
    fill(server, 2);
    const client = await login(server, 'INBOX');
    server.store.mailbox('INBOX').remove([1]);
    expect(await client.command('FETCH 1 UID')).toEqual([gone]);
    expect(await client.command('UID FETCH 1 UID')).toEqual(['* 1 EXPUNGE', '* 1 RECENT', gone]);
  });

  test('ends the connection after BYE', async () => {
    const server = await start({
      intercept: ({ name }) => (name === 'SELECT' ? 'BYE [UNAVAILABLE] Maintenance' : undefined),
    });
    const client = await login(server);
    expect(await client.command('SELECT INBOX')).toEqual(['* BYE [UNAVAILABLE] Maintenance', 'closed']);
  });

  test('has a command wait, and not the answers before it', async () => {
    let goOn = () => {};
    const waiting = new Promise<undefined>((resolve) => {
      goOn = () => resolve(undefined);
    });
    const server = await start({ intercept: ({ name }) => (name === 'SELECT' ? waiting : undefined) });
    const client = await login(server);
    client.send('a NOOP\r\nb SELECT INBOX\r\n');
    expect(await client.response()).toBe('a OK NOOP completed');
    expect(client.unread).toEqual([]);
    goOn();
    expect((await client.until('b')).at(-1)).toMatch(/^OK/);
  });
});
