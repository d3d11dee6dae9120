/** EXPUNGE of some messages on a server without UIDPLUS: the mark is taken off the others for its time, and put back. */
import { describe, expect, it } from 'vitest';
import { connect, type Mailbox, type OperationOptions } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES } from '../../src/testing/capabilities.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { letters, rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

/** Two messages are marked, and the STORE that takes the mark off one of them gets this answer. */
async function serve(peer: Peer, refuse: (peer: Peer, tag: string) => void): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
  await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
  let refused = false;
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('UID SEARCH')) peer.send(text.includes('UID 1') ? '* SEARCH 1' : '* SEARCH 1 2', `${tag} OK`);
    else if (text.startsWith('UID STORE') && !refused) {
      refused = true;
      refuse(peer, tag);
    } else if (text === 'LOGOUT') peer.send('* BYE', `${tag} OK`);
    else peer.send(`${tag} OK`);
  }
}

describe('messages that nobody named keep their mark', () => {
  it('where the command that takes it off is refused', async () => {
    await using server = await scripted((peer) => serve(peer, (_, tag) => peer.send(`${tag} NO busy`)));
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.expunge(1))).toMatchObject({ status: 'NO' });
    expect(server.peers[0]?.received.at(-1)).toMatch(/UID STORE 2 \+FLAGS\.SILENT \(\\Deleted\)/);
  });

  it('where it is given up', async () => {
    const giving = new AbortController();
    await using server = await scripted((peer) =>
      serve(peer, (_, tag) => {
        giving.abort(new Error('enough'));
        peer.send(`${tag} OK done`);
      }),
    );
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.expunge(1, { signal: giving.signal }))).toMatchObject({ message: 'enough' });
    expect(server.peers[0]?.received.at(-1)).toMatch(/UID STORE 2 \+FLAGS\.SILENT \(\\Deleted\)/);
  });
});

describe('where the server finds more messages than a number can mean', () => {
  const ways: [name: string, remove: (mailbox: Mailbox) => Promise<unknown>][] = [
    ['expunge', (mailbox) => mailbox.expunge({ seq: 2 })],
    ['expunge of the last', (mailbox) => mailbox.expunge('*')],
    ['deleteMessages', (mailbox) => mailbox.deleteMessages({ seq: '1:2,3' })],
    ['deleteMessages of the last', (mailbox) => mailbox.deleteMessages({ seq: '*' })],
    ['deleteMessages of one and the last', (mailbox) => mailbox.deleteMessages('2,*')],
    ['move', (mailbox) => mailbox.move({ seq: [1, 3] }, 'x')],
    ['move of the last', (mailbox) => mailbox.move('*', 'x')],
  ];
  it.each(ways)('%s touches none', async (_, remove) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
      await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 2 5 6 9');
        peer.send(`${tag} OK done`);
      }
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(remove(mailbox))).toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
    const sent = server.peers[0]?.received ?? [];
    expect(sent.filter((line) => /STORE|COPY|EXPUNGE/.test(line))).toEqual([]);
    client.close();
  });
});

it('nothing is removed for being found beside what was named', async () => {
  let expunged = ['* 2 EXPUNGE', '* 2 EXPUNGE'];
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2 3 4');
      if (text === 'EXPUNGE') peer.send(...expunged);
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  expect(`${(await mailbox.expunge('2:3')).uids}`).toBe('2:3');
  expunged = ['* 2 EXPUNGE'];
  await mailbox.move(2, 'target');
  expect(server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1)).toEqual([
    'UID SEARCH UID 2:3 DELETED',
    'UID SEARCH DELETED',
    'UID STORE 1,4 -FLAGS.SILENT (\\Deleted)',
    'EXPUNGE',
    'UID STORE 1,4 +FLAGS.SILENT (\\Deleted)',
    'UID SEARCH UID 2',
    'UID COPY 2 "target"',
    'UID STORE 2 +FLAGS.SILENT (\\Deleted)',
    'UID SEARCH UID 2 DELETED',
    'UID SEARCH DELETED',
    'UID STORE 1,3:4 -FLAGS.SILENT (\\Deleted)',
    'EXPUNGE',
    'UID STORE 1,3:4 +FLAGS.SILENT (\\Deleted)',
  ]);
});

it.each([
  ['', []],
  ['UIDPLUS', ['UID SEARCH RETURN (ALL) UID $ DELETED', 'UID EXPUNGE $']],
])('removes nothing where `$` names nothing, nor looks at others: %j', async (more, expunging) => {
  await using server = await scripted(async (peer) => {
    peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 SEARCHRES ESEARCH ${more}] hello`);
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      if (text.startsWith('UID SEARCH')) peer.send(`* ESEARCH (TAG "${tag}") UID`);
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  await mailbox.searchReturn({ flagged: true }, { save: true });
  const sent = async (work: () => Promise<{ expunged: number; uids?: unknown }>) => {
    const before = server.peers[0]?.received.length;
    const { expunged, uids } = await work();
    expect([expunged, `${uids}`]).toEqual([0, '']);
    return server.peers[0]?.received.slice(before).map((line) => line.replace(/^\S+ /, ''));
  };
  expect(await sent(() => mailbox.deleteMessages('$'))).toEqual(['UID SEARCH RETURN (ALL) UID $']);
  const asked = await sent(() => mailbox.expunge('$'));
  expect(asked).toEqual(more === '' ? ['UID SEARCH RETURN (ALL) UID $'] : expunging);
});

it.each(['NO busy', 'OK done'])(
  'tells what is gone where the SEARCH beside it brings nothing that can be read: %s',
  async (answer) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
      await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.includes('EXPUNGE')) peer.send('* 2 EXPUNGE');
        if (text === 'LOGOUT') peer.send('* BYE');
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 2 x(', `${tag} ${answer}`);
        else peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await mailbox.expunge()).toEqual({ expunged: 1 });
    expect(await mailbox.expunge(2)).toEqual({ expunged: 1 });
    expect(await mailbox.deleteMessages(2)).toEqual({ expunged: 1 });
  },
);

it.each([['before'], ['behind']])('EXPUNGE counts what it takes, and not what a MOVE %s it takes', async (where) => {
  await using server = await createServer();
  for (const content of letters(5)) server.store.deliver('INBOX', content);
  server.store.create('target');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  await inbox.addFlags([1, 5], ['\\Deleted']);
  const early = where === 'before' ? inbox.move(3, 'target') : undefined;
  const expunging = inbox.expunge();
  await (early ?? inbox.move(3, 'target'));
  const { expunged, uids } = await expunging;
  expect([expunged, `${uids}`]).toEqual([2, '1,5']);
});

it.each([
  ['others by number', [], '1', ['* 2 EXPUNGE', '* 2 EXPUNGE']],
  ['another by UID', ['QRESYNC'], '1', ['* VANISHED 2']],
  ['others by number', [], '', ['* 2 EXPUNGE', '* 2 EXPUNGE']],
])('a message stays that has lost its mark, though the server tells %s: %j %j', async (_, enable, marked, told) => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS ENABLE CONDSTORE QRESYNC] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('ENABLE')) peer.send('* ENABLED QRESYNC');
      if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      if (text.startsWith('UID SEARCH')) peer.send(text.endsWith('DELETED') ? `* SEARCH ${marked}` : '* SEARCH 1');
      if (text.startsWith('UID EXPUNGE')) peer.send(...told);
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect({ ...server.options, enable });
  const mailbox = await client.open('INBOX');
  expect((await mailbox.deleteMessages(1)).expunged).toBe(0);
});

it('a message stays that has lost its mark, though another went just before, without UIDPLUS too', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1');
      if (text === 'UID SEARCH DELETED') peer.send('* 2 EXPUNGE');
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  expect((await mailbox.deleteMessages(1)).expunged).toBe(0);
});

/** Answers each SEARCH by what `found` says, and the rest with OK, but for what is refused. */
async function answering(peer: Peer, more: string, found: (text: string) => string, refused = /^$/): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${more}] hello`);
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
    if (text.startsWith('UID SEARCH')) peer.send(`* SEARCH ${found(text)}`);
    if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} ${refused.test(text) ? `NO ${text}` : 'OK done'}`);
  }
}

it.each([
  [
    'what is to go has lost its mark meanwhile, without UIDPLUS',
    '',
    1,
    (text: string) => (text.includes('UID 1') ? '1' : '2'),
  ],
  ['the last message has no mark', 'UIDPLUS', '*', () => ''],
])('nothing is sent that expunges where %s', async (_, more, set, found) => {
  await using server = await scripted((peer) => answering(peer, more, found));
  await using client = await connect(server.options);
  const { expunged } = await (await client.open('INBOX')).expunge(set);
  expect(expunged).toBe(0);
  const sent = server.peers[0]?.received.slice(1) ?? [];
  expect(sent.filter((line) => !line.includes('UID SEARCH'))).toEqual([]);
});

it('tells that the EXPUNGE was refused where the marks of others are refused as well', async () => {
  const refused = /^EXPUNGE|\+FLAGS/;
  await using server = await scripted((peer) =>
    answering(peer, '', (text) => (text.includes('UID 1') ? '1' : '1 2'), refused),
  );
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  await expect(mailbox.expunge(1)).rejects.toMatchObject({ status: 'NO', command: 'EXPUNGE' });
  expect(server.peers[0]?.received.at(-1)).toMatch(/STORE 2 \+FLAGS/);
});

it('a message stays that has lost its mark before the EXPUNGE, which is not sent, though another is told as expunged', async () => {
  const found = [['* SEARCH 1'], ['* 2 EXPUNGE', '* SEARCH'], ['* SEARCH 1']];
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      if (text.startsWith('UID SEARCH')) peer.send(...(found.shift() ?? []));
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  expect((await (await client.open('INBOX')).expunge(1)).expunged).toBe(0);
  expect(server.peers[0]?.received.some((line) => line.endsWith(' EXPUNGE'))).toBe(false);
});

it('several that run at a time each remove what they were given, without UIDPLUS too', async () => {
  await using server = await createServer({ withoutCapabilities: ['UIDPLUS', 'MOVE'] });
  for (const content of letters(8)) server.store.deliver('INBOX', content);
  server.store.create('target');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  await inbox.addFlags([6, 7, 8], ['\\Deleted']);
  const results = await Promise.all([
    inbox.deleteMessages(1),
    inbox.deleteMessages({ seq: 2 }),
    inbox.expunge(6),
    inbox.expunge({ seq: 7 }),
    inbox.move(3, 'target').then(({ uids }) => ({ expunged: uids.size })),
    inbox.deleteMessages(4),
  ]);
  expect(results.map(({ expunged }) => expunged)).toEqual([1, 1, 1, 1, 0, 1]);
  const left = server.store.mailbox('INBOX').messages.map(({ uid, flags }) => [uid, ...flags]);
  expect(left).toEqual([[5], [8, '\\Deleted']]);
});

describe('without UIDPLUS a call that is made at any time of a deletion', () => {
  /** Marks of the messages that are left, with the call made as the so manieth command of a deletion comes. */
  async function left(
    remove: (mailbox: Mailbox) => Promise<unknown>,
    call: (mailbox: Mailbox) => Promise<unknown>,
    at: number,
  ) {
    let commands = -1;
    let called: Promise<unknown> | undefined;
    const server: ImapServer = await createServer({
      withoutCapabilities: ['UIDPLUS', 'MOVE'],
      intercept: () => {
        if (commands >= 0 && commands++ === at) called = call(mailbox);
        return undefined;
      },
    });
    await using _server = server;
    for (const flags of [['\\Deleted'], ['\\Deleted'], []]) server.store.deliver('INBOX', '\r\n', { flags });
    server.store.create('target');
    const { host, port } = server;
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host, port, security: 'none', auth, clientId: false });
    const mailbox = await client.open('INBOX');
    commands = 0;
    await remove(mailbox);
    commands = -1;
    await (called ?? call(mailbox));
    return server.store.mailbox('INBOX').messages.map(({ uid, flags }) => [uid, ...flags]);
  }

  describe.each<[string, (mailbox: Mailbox) => Promise<unknown>]>([
    ['expunge', (mailbox) => mailbox.expunge(1)],
    ['deleteMessages', (mailbox) => mailbox.deleteMessages(1)],
    ['move', (mailbox) => mailbox.move(1, 'target')],
  ])('by %s', (_, remove) => {
    it.each<[string, (mailbox: Mailbox) => Promise<unknown>, unknown]>([
      [
        'marks a message: it stays',
        (mailbox) => mailbox.addFlags(3, ['\\deleted']),
        [
          [2, '\\Deleted'],
          [3, '\\Deleted'],
        ],
      ],
      ['takes a mark off: it stays off', (mailbox) => mailbox.removeFlags(2, ['\\Deleted']), [[2], [3]]],
      ['sets other flags: they are all', (mailbox) => mailbox.setFlags(2, ['\\Seen']), [[2, '\\Seen'], [3]]],
    ])('%s', async (__, call, expected) => {
      for (let at = 0; at < 8; at++) expect(await left(remove, call, at)).toEqual(expected);
    });
  });
});

it.each([0, 1, 2, 3, 4, 5].flatMap((at) => (['unselect', 'close'] as const).map((leave) => [at, leave] as const)))(
  'the mark is put back without UIDPLUS where the mailbox is left meanwhile, as command %s comes, by %s',
  async (at, leave) => {
    let commands = -1;
    let leaving: Promise<void> | undefined;
    const server: ImapServer = await createServer({
      withoutCapabilities: ['UIDPLUS'],
      intercept: () => {
        if (commands >= 0 && commands++ === at) leaving = mailbox[leave]();
        return undefined;
      },
    });
    await using _server = server;
    for (let uid = 1; uid <= 2; uid++) server.store.deliver('INBOX', '\r\n', { flags: ['\\Deleted'] });
    const { host, port } = server;
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host, port, security: 'none', auth, clientId: false });
    const mailbox = await client.open('INBOX');
    commands = 0;
    await mailbox.expunge(1).catch(() => {});
    await leaving;
    commands = -1;
    const other = server.store.mailbox('INBOX').message(2);
    // CLOSE expunges what is marked.
    if (leave === 'unselect' || other !== undefined) expect([...(other?.flags ?? [])]).toEqual(['\\Deleted']);
  },
);

describe('without UIDPLUS a deletion that waits its turn', () => {
  /** Holds the first STORE's answer back until it is told to go on. */
  async function holding(peer: Peer, goOn: Promise<void>): Promise<void> {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
    let held = false;
    let uid = '';
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      uid = /^UID SEARCH UID (\d)/.exec(text)?.[1] ?? uid;
      if (text.startsWith('UID STORE') && !held) {
        held = true;
        await goOn;
      }
      if (text.startsWith('UID SEARCH')) peer.send(`* SEARCH ${uid}`);
      if (text === 'EXPUNGE') peer.send('* 1 EXPUNGE');
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  }

  it.each<[string, () => OperationOptions, object]>([
    ['is over its time', () => ({ timeout: 1 }), { code: 'TIMEOUT', message: 'deleteMessages: not done within 1 ms' }],
    ['has no time', () => ({ timeout: 0 }), { code: 'TIMEOUT' }],
    ['is aborted', () => ({ signal: AbortSignal.timeout(1) }), { name: 'TimeoutError' }],
    ['was aborted before', () => ({ signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' }],
    ['has a timeout that is none', () => ({ timeout: Number.NaN }), { code: 'USAGE' }],
  ])('and %s rejects before its turn comes, sends nothing, and leaves the others theirs', async (_, limits, reason) => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await using server = await scripted((peer) => holding(peer, gate));
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const first = mailbox.deleteMessages(1);
    const second = mailbox.deleteMessages(2, limits());
    const third = mailbox.deleteMessages(3);
    expect(await rejection(second)).toMatchObject(reason);
    await expect.poll(() => server.peers[0]?.received.at(-1)).toContain('STORE');
    goOn();
    const [one, three] = await Promise.all([first, third]);
    expect([`${one.uids}`, `${three.uids}`]).toEqual(['1', '3']);
    const sent = server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1) ?? [];
    expect(sent.filter((line) => /\b2\b/.test(line))).toEqual([]);
    // The third begins when the first has ended, and not when the second has.
    expect(sent.findIndex((line) => line.includes('STORE 3'))).toBeGreaterThan(sent.indexOf('EXPUNGE'));
  });
});

/** Two messages are marked; another client's third arrives with the first STORE or SEARCH. */
async function growing(peer: Peer): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
  await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 2', '* 3 EXISTS');
    if (text.startsWith('UID EXPUNGE')) peer.send(`* ${text === 'UID EXPUNGE 2' ? 2 : 3} EXPUNGE`);
    if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} OK`);
  }
}

it.each([
  ['expunge', ['UID SEARCH UID * DELETED', 'UID EXPUNGE 2']],
  [
    'deleteMessages',
    ['UID SEARCH UID *', 'UID STORE 2 +FLAGS.SILENT (\\Deleted)', 'UID SEARCH UID 2 DELETED', 'UID EXPUNGE 2'],
  ],
] as const)('%s of the last message means the same one in all its commands', async (method, commands) => {
  await using server = await scripted(growing);
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  const { expunged, uids } = await mailbox[method]('*');
  expect([expunged, `${uids}`]).toEqual([1, '2']);
  const sent = server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1);
  expect(sent?.sort()).toEqual([...commands].sort());
});

it.each(['1:2', { seq: '1:2' }])('tells none as expunged that a read-only mailbox keeps: %j', async (set) => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 2 EXISTS', '* OK [UIDVALIDITY 1]');
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2');
      if (text === 'LOGOUT') peer.send('* BYE');
      // As Dovecot does.
      peer.send(`${tag} OK ${text.startsWith('SELECT') ? '[READ-ONLY] done' : 'done'}`);
    }
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  const { expunged, uids } = await mailbox.expunge(set);
  expect([expunged, `${uids}`]).toEqual([0, '']);
  expect(await mailbox.expunge()).toEqual({ expunged: 0 });
});

describe.each<[string, { capabilities?: string[]; withoutCapabilities?: string[] }]>([
  ['with UIDPLUS', {}],
  ['without UIDPLUS', { withoutCapabilities: ['UIDPLUS'] }],
  ['with MESSAGELIMIT', { capabilities: [...DEFAULT_CAPABILITIES, 'MESSAGELIMIT=5'] }],
])('%s', (_, capabilities) => {
  it.each(['deleteMessages', 'expunge'] as const)(
    '%s of the saved result removes what that named then, whatever is saved meanwhile',
    async (method) => {
      await using server = await createServer(capabilities);
      for (const content of letters(5)) server.store.deliver('INBOX', content);
      const { host, port } = server;
      await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
      const inbox = await client.open('INBOX');
      await inbox.addFlags([2, 5], ['\\Deleted']);
      await inbox.searchReturn({ uid: 2 }, { save: true });
      const [{ uids }] = await Promise.all([inbox[method]('$'), inbox.searchReturn({ uid: 5 }, { save: true })]);
      expect(`${uids}`).toBe('2');
      expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([1, 3, 4, 5]);
    },
  );
});

describe('without UIDPLUS a message that another client marks in the middle of a deletion stays', () => {
  it.each<[string, (mailbox: Mailbox) => Promise<unknown>]>([
    ['expunge', (mailbox) => mailbox.expunge(1)],
    ['deleteMessages', (mailbox) => mailbox.deleteMessages(1)],
    ['move', (mailbox) => mailbox.move(1, 'target')],
  ])('where its session says so before the EXPUNGE: %s', async (_, remove) => {
    let others: (() => Promise<unknown>)[] = [];
    await using server = await createServer({
      withoutCapabilities: ['UIDPLUS', 'MOVE'],
      intercept: async ({ text }) => {
        // As the mark is taken off those that had it, twice.
        if (text.includes('-FLAGS')) await others.shift()?.();
        return undefined;
      },
    });
    for (const flags of [['\\Deleted'], ['\\Deleted'], [], []]) server.store.deliver('INBOX', '\r\n', { flags });
    server.store.create('target');
    const { host, port } = server;
    const options = { host, port, security: 'none', auth: { user: 'user', pass: 'pass' } } as const;
    await using client = await connect(options);
    await using other = await connect(options);
    const mailbox = await client.open('INBOX');
    const same = await other.open('INBOX');
    others = [() => same.addFlags(3, ['\\Deleted']), () => same.addFlags(4, ['\\Deleted'])];
    await remove(mailbox);
    const left = server.store.mailbox('INBOX').messages.map(({ uid, flags }) => [uid, ...flags]);
    expect(left).toEqual([2, 3, 4].map((uid) => [uid, '\\Deleted']));
  });

  it('where the server finds it only behind its answer to the search (Dovecot)', async () => {
    const marked = new Set([1]);
    let news: number[] = [3];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
        if (text.startsWith('UID SEARCH')) peer.send(`* SEARCH ${text.includes('UID 1') ? 1 : [...marked].join(' ')}`);
        if (text === 'UID SEARCH DELETED') {
          for (const seq of news) peer.send(`* ${seq} FETCH (FLAGS (\\Deleted \\Recent))`);
          for (const seq of news) marked.add(seq);
          news = [];
        }
        if (text.startsWith('UID STORE 3 -FLAGS')) marked.delete(3);
        if (text === 'EXPUNGE')
          peer.send(
            ...[...marked]
              .sort()
              .reverse()
              .map((seq) => `* ${seq} EXPUNGE`),
          );
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(`${(await mailbox.expunge(1)).uids}`).toBe('1');
    const sent = server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1);
    expect(sent).toEqual([
      'UID SEARCH UID 1 DELETED',
      'UID SEARCH DELETED',
      'UID SEARCH DELETED',
      'UID STORE 3 -FLAGS.SILENT (\\Deleted)',
      'EXPUNGE',
      'UID STORE 3 +FLAGS.SILENT (\\Deleted)',
    ]);
  });

  it('and the EXPUNGE is sent all the same where a server tells of marks whenever it is asked', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]');
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1', '* 1 FETCH (FLAGS (\\Deleted))');
        if (text === 'EXPUNGE') peer.send('* 1 EXPUNGE');
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(`${(await mailbox.expunge(1)).uids}`).toBe('1');
    expect(server.peers[0]?.received.filter((line) => line.endsWith('SEARCH DELETED'))).toHaveLength(3);
  });
});
