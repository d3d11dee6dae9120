/** Where a watch begins: what is searched for behind it, and what it tells, leave out no message. */
import { expect, it } from 'vitest';
import { connect, type MailboxEvent } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { type Peer, type Scripted, scripted } from './scripted.ts';

/** Greets, and selects a mailbox of so many messages, whose UIDs are their numbers. */
async function greet(peer: Peer, exists: number, more = ''): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 IDLE CONDSTORE ${more}] hello`);
  const codes = ['UIDVALIDITY 1', `UIDNEXT ${exists + 1}`, 'HIGHESTMODSEQ 5'].map((code) => `* OK [${code}]`);
  await peer.expect('SELECT', `* ${exists} EXISTS`, ...codes);
}

/** What a watch of INBOX tells first. */
async function firstEvent(server: Scripted): Promise<MailboxEvent | undefined> {
  await using client = await connect(server.options);
  for await (const event of (await client.open('INBOX')).watch()) {
    client.close();
    return event;
  }
  return undefined;
}

it.each([
  ['selected', 1, ['Other', 'INBOX']],
  ['selected', 2, ['Other', 'INBOX']],
  ['not selected', 1, ['INBOX', 'Other']],
  ['not selected', 2, ['INBOX', 'Other']],
])('loses nothing between a watch and a search behind it, in a mailbox that is %s (%i)', async (_, at, order) => {
  let searches = 0;
  await using server = await createServer({
    users: { anna: 'secret' },
    intercept: ({ name }) => {
      if (name === 'UID SEARCH' && ++searches === at) server.store.deliver('INBOX', 'Subject: second\n\n\n');
      return undefined;
    },
  });
  server.store.deliver('INBOX', 'Subject: first\n\n\n');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'anna', pass: 'secret' } });
  await client.create('Other');
  const handles = new Map<string, Awaited<ReturnType<typeof client.open>>>();
  for (const name of order) handles.set(name, await client.open(name));
  const inbox = handles.get('INBOX');
  const known = new Set<number>();
  const watched = (async () => {
    for await (const event of inbox?.watch() ?? [])
      if (event.type === 'arrived') for (const { uid } of event.messages) known.add(uid);
  })();
  for (const uid of (await inbox?.search({ all: true })) ?? []) known.add(uid);
  await expect.poll(() => [...known].sort()).toEqual([1, 2]);
  await client.logout();
  await watched;
});

it('tells what is in a mailbox that was replaced before the watch began', async () => {
  await using server = await createServer({ users: { anna: 'secret' } });
  const { host, port } = server;
  const options = { host, port, security: 'none', auth: { user: 'anna', pass: 'secret' } } as const;
  await using client = await connect(options);
  await client.create('Box');
  const box = await client.open('Box');
  await client.open('INBOX');
  await using other = await connect(options);
  await other.delete('Box');
  await other.create('Box');
  await other.append('Box', { content: 'Subject: new\r\n\r\n' });
  const told: unknown[] = [];
  for await (const event of box.watch()) {
    told.push(event.type === 'arrived' ? event.messages.map(({ uid }) => uid) : event.type);
    if (event.type === 'arrived') break;
  }
  expect(told).toEqual(['reset', [1]]);
});

it('tells of what a search behind it has found and what goes, or changes, before the watch has looked through its own', async () => {
  await using server = await scripted(async (peer) => {
    await greet(peer, 2, 'ESEARCH');
    const [own, behind] = [await peer.command(), await peer.command()];
    peer.send(
      ...[own, behind].flatMap(({ tag }) => [`* ESEARCH (TAG "${tag}") UID ALL 1:2`, `${tag} OK done`]),
      '* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (6))',
      '* 1 EXPUNGE',
    );
    await peer.expect('IDLE');
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const events = inbox.watch()[Symbol.asyncIterator]();
  const first = events.next();
  expect(await inbox.search({ all: true })).toEqual([1, 2]);
  const told = [await first, await events.next()].map(({ value }) => [value.type, value.uid ?? String(value.uids)]);
  expect(told).toEqual([
    ['flags', 2],
    ['vanished', '1'],
  ]);
  client.close();
});

it('tells nothing of what comes into an empty mailbox, and goes, before the watch has looked through it', async () => {
  await using server = await scripted(async (peer) => {
    await greet(peer, 0);
    const { tag } = await peer.command();
    peer.send('* SEARCH', `${tag} OK done`, '* 1 EXISTS', '* 1 FETCH (UID 1 FLAGS ())', '* 1 EXPUNGE', '* 1 EXISTS');
    await peer.expect('UID FETCH 1:* (UID FLAGS)', '* 1 FETCH (UID 2 FLAGS ())');
    await peer.expect('IDLE');
  });
  expect(await firstEvent(server)).toMatchObject({ type: 'arrived', messages: [{ uid: 2 }] });
});

it('asks for each message where what its search finds can not be read', async () => {
  await using server = await scripted(async (peer) => {
    await greet(peer, 2);
    await peer.expect('UID SEARCH', '* SEARCH 1 (x');
    await peer.expect('UID FETCH 1:* (UID)', '* 1 FETCH (UID 1)', '* 2 FETCH (UID 2)');
    const { tag } = await peer.command();
    peer.send('+ idling', '* 1 EXPUNGE');
    expect(await peer.line()).toBe('DONE');
    peer.send(`${tag} OK done`);
  });
  const event = await firstEvent(server);
  expect(event?.type === 'vanished' && String(event.uids)).toBe('1');
});

it('tells what has come by the time the watch asks for what its own search has left out', async () => {
  await using server = await scripted(async (peer) => {
    await greet(peer, 3, 'ESEARCH');
    // Of the last it is not told yet that it was expunged.
    await peer.expect('UID SEARCH', '* ESEARCH (TAG "A3") UID ALL 1:2');
    await peer.expect('UID SEARCH', '* ESEARCH (TAG "A4") UID ALL 1:2', '* 3 EXPUNGE', '* 3 EXISTS');
    const there = [1, 2, 4].map((uid, at) => `* ${at + 1} FETCH (UID ${uid})`);
    await peer.expect('UID FETCH 1:* (UID)', ...there);
    await peer.expect('UID FETCH 3:* (UID FLAGS)', '* 3 FETCH (UID 4 FLAGS ())');
    await peer.expect('IDLE');
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const events = inbox.watch()[Symbol.asyncIterator]();
  const first = events.next();
  expect(await inbox.search({ all: true })).toEqual([1, 2]);
  expect((await first).value).toMatchObject({ type: 'arrived', messages: [{ uid: 4 }] });
  client.close();
});

it('holds what its search found where a sync selects the mailbox anew right behind it', async () => {
  await using server = await createServer();
  server.store.create('Other');
  for (const subject of ['one', 'two']) server.store.deliver('INBOX', `Subject: ${subject}\n\n\n`);
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  await client.enable(['QRESYNC']);
  const inbox = await client.open('INBOX');
  const { state } = await inbox.sync();
  await client.open('Other');
  const first = inbox.watch()[Symbol.asyncIterator]().next();
  const [found] = await Promise.all([inbox.search({ all: true }), inbox.sync(state)]);
  expect(found).toEqual([1, 2]);
  server.store.mailbox('INBOX').remove([1]);
  expect((await first).value).toMatchObject({ type: 'vanished' });
});

it('tells no flags of what it told as arrived, where it begins anew on the next connection and nothing has changed', async () => {
  await using server = await createServer({ users: { anna: 'secret' } });
  const { host, port } = server;
  const auth = { user: 'anna', pass: 'secret' };
  await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1 } });
  const inbox = await client.open('INBOX');
  const told: unknown[] = [];
  const arrive = async (watch: AsyncIterator<MailboxEvent>, subject: string) => {
    const next = watch.next();
    await inbox.search({});
    server.store.deliver('INBOX', `Subject: ${subject}\n\n\n`);
    const { value } = await next;
    told.push(value.type === 'arrived' ? value.messages.map(({ uid }: { uid: number }) => uid) : value);
  };
  const watch = inbox.watch()[Symbol.asyncIterator]();
  await arrive(watch, 'first');
  await arrive(watch, 'second');
  const again = new Promise((resolve) => client.on('reconnected', resolve));
  server.dropConnections();
  await again;
  await arrive(watch, 'third');
  const changed = watch.next();
  server.store.mailbox('INBOX').setFlags(1, ['\\Seen']);
  expect((await changed).value).toMatchObject({ type: 'flags', uid: 1 });
  expect(told).toEqual([[1], [2], [3]]);
});

/** INBOX as it is at each of its selections, UID and flags, and what is said behind the answers to the two searches. */
async function playSelections(
  peer: Peer,
  exists: number,
  boxes: Record<number, string>[],
  behind: string[],
): Promise<void> {
  let box: Record<number, string> = {};
  let first = true;
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE ESEARCH] hello');
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text === 'SELECT "INBOX"') {
      box = boxes.shift() ?? box;
      peer.send(`* ${first ? exists : Object.keys(box).length} EXISTS`, '* OK [UIDVALIDITY 1] x');
    } else if (text === 'UID SEARCH RETURN (ALL) ALL') {
      const found = (one: string) => `* ESEARCH (TAG "${one}") UID ALL ${Object.keys(box).join()}`;
      if (first) {
        // At once: who waits for another mailbox comes before what the watch asks next.
        const { tag: other } = await peer.command();
        peer.send(found(tag), `${tag} OK done`, found(other), `${other} OK done`, ...behind);
        first = false;
        continue;
      }
      peer.send(found(tag));
    } else if (text.startsWith('UID FETCH')) {
      const from = Number.parseInt(text.slice('UID FETCH '.length), 10);
      for (const [at, [uid, flags]] of Object.entries(box).entries())
        if (Number(uid) >= from) peer.send(`* ${at + 1} FETCH (UID ${uid} FLAGS (${flags}))`);
    } else if (text === 'IDLE') {
      peer.send('+ idling');
      await peer.line();
    } else if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} OK done`);
  }
}

it.each<[string, number, Record<number, string>[], string[], string[]]>([
  [
    'what went meanwhile, of what its search left out',
    3,
    [
      { 1: '', 2: '' },
      { 2: '', 4: '' },
    ],
    [],
    ['vanished 1', 'arrived 4'],
  ],
  [
    'a flag that was told at once, and is no more',
    2,
    [
      { 1: '', 2: '' },
      { 1: '', 2: '' },
    ],
    ['* 1 FETCH (UID 1 FLAGS (\\Seen))'],
    ['flags 1 \\Seen', 'flags 1 '],
  ],
])('tells %s, where the mailbox is selected anew behind its first search', async (_, exists, boxes, behind, events) => {
  await using server = await scripted((peer) => playSelections(peer, exists, boxes, behind));
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const told: string[] = [];
  const stop = new AbortController();
  const watched = (async () => {
    for await (const event of inbox.watch({ signal: stop.signal })) {
      if (event.type === 'vanished') told.push(`vanished ${event.uids}`);
      if (event.type === 'arrived') told.push(`arrived ${event.messages.map(({ uid }) => uid)}`);
      if (event.type === 'flags') told.push(`flags ${event.uid} ${[...event.flags]}`);
    }
  })();
  const [found] = await Promise.all([inbox.search({ all: true }), client.open('Other')]);
  expect(found).toEqual([1, 2]);
  await expect.poll(() => told).toEqual(events);
  stop.abort();
  await watched;
});

it('takes nothing of what another watch knows while it asks for what its own search has left out', async () => {
  await using server = await scripted(async (peer) => {
    let watches = 0;
    let exists = 3;
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
      if (text.startsWith('UID SEARCH') && ++watches === 2) peer.send(`* ${++exists} EXISTS`);
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2 3');
      if (text === 'UID FETCH 1:* (UID)')
        peer.send('* 1 EXPUNGE', ...[2, 3, 4].map((uid) => `* ${uid - 1} FETCH (UID ${uid})`));
      else if (text.startsWith('UID FETCH 1:*'))
        for (let uid = 1; uid <= exists; uid++) peer.send(`* ${uid} FETCH (UID ${uid} FLAGS ())`);
      else if (text.startsWith('UID FETCH 4:*')) peer.send(`* 3 FETCH (UID 4 FLAGS ())`);
      if (text === 'IDLE') {
        peer.send('+ idling');
        await peer.line();
      }
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const first = inbox.watch()[Symbol.asyncIterator]();
  const told = first.next();
  await expect.poll(() => server.peers[0]?.received.some((line) => line.endsWith('IDLE'))).toBe(true);
  void inbox.watch()[Symbol.asyncIterator]().next();
  const types = [(await told).value?.type, (await first.next()).value?.type];
  expect(types.sort()).toEqual(['arrived', 'vanished']);
  client.close();
});
