/** watch() with a server that announces later than it knows. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { connect, type MailboxEvent } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { type Peer, scripted } from './scripted.ts';

/** Answers commands so; ends as the first IDLE begins, and idles where the connection is another one (`again`). */
async function playUntilIdle(
  peer: Peer,
  again: boolean,
  capabilities: string,
  answer: (text: string) => string[],
): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`);
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text === 'IDLE') {
      if (!again) {
        peer.socket.destroy();
        return;
      }
      peer.send('+ idling');
      await peer.line();
    }
    peer.send(...answer(text), `${tag} OK done`);
  }
}

/** UIDs that are there, by mailbox, and what another client does while B is selected. */
async function play(
  peer: Peer,
  meanwhile: (text: string) => string[] | undefined,
  selected: readonly string[] = [],
  refused: (text: string) => boolean = () => false,
): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
  let a = false;
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (refused(text)) {
      peer.send(`${tag} NO no such mailbox`);
      continue;
    }
    const special = a ? meanwhile(text) : undefined;
    if (text.startsWith('SELECT')) a = text.includes('A');
    if (text.startsWith('IDLE')) {
      peer.send('+ idling');
      await peer.line();
    }
    const fetched = [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS ())`);
    if (special !== undefined) peer.send(...special);
    else if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1] x', ...selected);
    else if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2 3');
    else if (text.startsWith('UID FETCH 1:*')) peer.send(...fetched);
    else if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} OK done`);
  }
}

/** What a watch tells of A, from when B was selected in between until it idles again. */
async function eventsOf(meanwhile: (text: string) => string[] | undefined, ...selected: string[]): Promise<string[]> {
  let away = false;
  await using server = await scripted((peer) => play(peer, (text) => (away ? meanwhile(text) : undefined), selected));
  await using client = await connect(server.options);
  const events: string[] = [];
  const told = (event: MailboxEvent) => {
    if (event.type === 'vanished') events.push(`vanished ${event.uids}`);
    else if (event.type === 'arrived')
      events.push(`arrived ${event.messages.map(({ uid, flags }) => [uid, ...flags].join(' '))}`);
    else events.push(event.type);
  };
  const watched = (async () => {
    for await (const event of (await client.open('A')).watch()) told(event);
  })();
  /** It idles again when it has asked so often which messages there are. */
  const idlesAfter = (searches: number) => {
    const { received = [] } = server.peers[0] ?? {};
    return received.filter((line) => line.includes('SEARCH')).length === searches && received.at(-1)?.endsWith('IDLE');
  };
  await expect.poll(() => idlesAfter(1)).toBe(true);
  away = true;
  await client.open('B');
  await expect.poll(() => idlesAfter(2), { timeout: 4000 }).toBe(true);
  await client.logout();
  await watched;
  return events;
}

it('does not take what a search leaves out for a shift of the numbers', async () => {
  const events = await eventsOf((text) => {
    if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 3', '* 2 EXPUNGE'];
    if (text.startsWith('UID FETCH')) return ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 3 FLAGS ())'];
    return undefined;
  });
  expect(events).toEqual(['vanished 2']);
});

it('tells a message that is announced as gone after the search by its own UID', async () => {
  let left = 3;
  const events = await eventsOf((text) => {
    if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 3'];
    if (!text.startsWith('UID FETCH')) return undefined;
    const fetched = ['* 1 FETCH (UID 1 FLAGS ())', '* 3 FETCH (UID 3 FLAGS ())'];
    return left-- === 3 ? [...fetched, '* 2 EXPUNGE', '* 1 EXPUNGE'] : ['* 1 FETCH (UID 3 FLAGS ())'];
  });
  expect(events).toEqual(['vanished 1', 'vanished 2']);
});

it('tells what arrives where a message is announced as gone of which only the UID is known', async () => {
  const events = await eventsOf((text) => {
    if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 3'];
    if (text === 'UID FETCH 1:* (UID)') return ['* 1 FETCH (UID 1)', '* 3 FETCH (UID 3)', '* VANISHED 2'];
    if (text.startsWith('UID FETCH 1:*'))
      return ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 3 FLAGS ())', '* 3 EXISTS'];
    return text.startsWith('UID FETCH') ? ['* 3 FETCH (UID 4 FLAGS (new))'] : undefined;
  });
  expect(events).toEqual(['vanished 2', 'arrived 4 new']);
});

it('tells what arrives as it is once it has been fetched: some goes and some changes meanwhile', async () => {
  const events = await eventsOf((text) => {
    if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 2 3', '* 6 EXISTS'];
    if (!text.startsWith('UID FETCH 4:*')) return undefined;
    const fetched = [6, 5, 4].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS ())`);
    return [...fetched, '* 4 EXPUNGE', '* 5 FETCH (UID 6 FLAGS (\\Seen))'];
  });
  expect(events).toEqual(['arrived 5,6 \\Seen']);
});

it('fetches what arrives while it fetches, with no more said of it', async () => {
  const events = await eventsOf((text) => {
    if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 2 3', '* 4 EXISTS'];
    const [, first = 0] = /^UID FETCH ([45]):\*/.exec(text) ?? [];
    if (first === 0) return undefined;
    return [`* ${first} FETCH (UID ${first} FLAGS ())`, ...(first === '4' ? ['* 5 EXISTS'] : [])];
  });
  expect(events).toEqual(['arrived 4', 'arrived 5']);
});

it('tells flags that were taken off as well as those that were set, and none that are as they were', async () => {
  const told = ['a b', 'b a', 'a', 'a \\Recent', ''].map((flags) => `* 2 FETCH (UID 2 FLAGS (${flags}))`);
  await using server = await scripted((peer) =>
    play(peer, (text) => (text === 'NOOP' ? told.splice(0, 1) : undefined)),
  );
  await using client = await connect(server.options);
  const events: string[][] = [];
  const watched = (async () => {
    for await (const event of (await client.open('A')).watch())
      if (event.type === 'flags') events.push([...event.flags].sort());
  })();
  await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toMatch(/IDLE$/);
  for (let round = 0; round < 5; round++) await client.noop();
  await client.logout();
  await watched;
  expect(events).toEqual([['a', 'b'], ['a'], []]);
});

it('tells what changed elsewhere of messages that came into an empty mailbox, where there are no mod-sequences', async () => {
  const commands: string[] = [];
  await using server = await createServer({
    withoutCapabilities: ['CONDSTORE', 'QRESYNC'],
    log: ({ direction, text }) => void (direction === 'in' && commands.push(text)),
  });
  server.store.create('B');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const events = (await client.open('INBOX')).watch()[Symbol.asyncIterator]();
  const arrived = events.next();
  await expect.poll(() => commands.at(-1), { interval: 1 }).toMatch(/IDLE/);
  const uid = server.store.deliver('INBOX', 'Subject: x\n\nx\n');
  expect((await arrived).value).toMatchObject({ type: 'arrived' });
  await client.open('B');
  server.store.mailbox('INBOX').setFlags(uid, ['\\Seen']);
  expect((await events.next()).value).toMatchObject({ type: 'flags', uid, flags: new Set(['\\Seen']) });
});

it('that is left asks for nothing more, and idles no more', async () => {
  await using server = await scripted((peer) => play(peer, () => undefined));
  await using client = await connect(server.options);
  const events = (await client.open('A')).watch()[Symbol.asyncIterator]();
  const next = events.next();
  const received = () => server.peers[0]?.received ?? [];
  await expect.poll(() => received().at(-1), { interval: 1 }).toContain('IDLE');
  await events.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  await expect.poll(() => received().at(-1), { interval: 1 }).toBe('DONE');
  const before = received().length;
  for (let turn = 0; turn < 3; turn++) await client.noop();
  const sent = received().slice(before);
  expect(sent.map((line) => line.replace(/^\S+ /, ''))).toEqual(['NOOP', 'NOOP', 'NOOP']);
});

it('that is left is let go of, and no UIDs are kept for it any more', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  await using server = await scripted((peer) => play(peer, (text) => (text === 'NOOP' ? ['* 2 EXPUNGE'] : undefined)));
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  const gone: unknown[] = [];
  mailbox.on('expunge', (event) => gone.push(event));
  const left = await (async () => {
    const events = mailbox.watch()[Symbol.asyncIterator]();
    const next = events.next();
    await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toMatch(/IDLE$/);
    await client.noop();
    await next;
    await events.return?.();
    return new WeakRef(events);
  })();
  await client.noop();
  expect(gone).toEqual([{ seq: 2, uid: 2 }, { seq: 2 }]);
  await new Promise(setImmediate);
  collect();
  expect(left.deref()).toBeUndefined();
});

it('that is left twice takes nothing from another on the same mailbox', async () => {
  await using server = await scripted((peer) => play(peer, (text) => (text === 'NOOP' ? ['* 2 EXPUNGE'] : undefined)));
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  const stop = new AbortController();
  const left = mailbox.watch({ signal: stop.signal })[Symbol.asyncIterator]();
  const other = mailbox.watch()[Symbol.asyncIterator]();
  const next = [left.next(), other.next()];
  await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toMatch(/IDLE$/);
  stop.abort();
  await left.return?.();
  await client.noop();
  expect(await next[0]).toMatchObject({ done: true });
  expect(`${(await next[1])?.value?.uids}`).toBe('2');
  await other.return?.();
});

it('asks once a minute where the server has no IDLE, and leaves no timer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      await peer.expect('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 1] x');
      while (!peer.closed) peer.send(`${(await peer.command()).tag} OK done`);
    });
    await using client = await connect(server.options);
    const events = (await client.open('A')).watch()[Symbol.asyncIterator]();
    const next = events.next();
    const noops = () => server.peers[0]?.received.filter((line) => line.endsWith('NOOP')).length;
    await expect.poll(() => vi.getTimerCount(), { interval: 1 }).toBe(1);
    await client.noop();
    await client.noop();
    vi.advanceTimersByTime(59_000);
    await client.noop();
    expect(noops()).toBe(3);
    vi.advanceTimersByTime(1_000);
    await expect.poll(noops, { interval: 1 }).toBe(4);
    await client.noop();
    await events.return?.();
    await next;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('takes a breath where the server ends IDLE at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
      await peer.expect('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 1] x');
      while (!peer.closed) peer.send(`${(await peer.command()).tag} OK done`);
    });
    await using client = await connect(server.options);
    const events = (await client.open('A')).watch()[Symbol.asyncIterator]();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const next = events.next();
    const idles = () => server.peers[0]?.received.filter((line) => line.endsWith('IDLE')).length;
    const breaths = () => timers.mock.calls.filter(([, milliseconds]) => milliseconds === 1_000).length;
    for (const round of [1, 2]) {
      // Before that a NOOP would end the IDLE itself.
      await expect.poll(breaths, { interval: 1 }).toBe(round);
      for (let turn = 0; turn < 3; turn++) await client.noop();
      expect(idles()).toBe(round);
      vi.advanceTimersByTime(1_000);
    }
    await events.return?.();
    await next;
  } finally {
    vi.useRealTimers();
  }
});

it('tells what a mailbox holds that is another one under the same name, though the UIDs are the same', async () => {
  await using server = await scripted((peer) => {
    const again = server.peers.length > 1;
    const uids = again ? [2, 3] : [1, 2];
    return playUntilIdle(peer, again, 'IDLE', (text) => {
      if (text.startsWith('SELECT')) return ['* 2 EXISTS', `* OK [UIDVALIDITY ${again ? 2 : 1}] x`];
      if (text.startsWith('UID SEARCH')) return [`* SEARCH ${uids.join(' ')}`];
      if (text.startsWith('UID FETCH')) return uids.map((uid, at) => `* ${at + 1} FETCH (UID ${uid} FLAGS ())`);
      return [];
    });
  });
  const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
  const events = (await client.open('INBOX')).watch()[Symbol.asyncIterator]();
  expect((await events.next()).value).toEqual({ type: 'reset', uidValidity: 2 });
  expect((await events.next()).value).toMatchObject({ type: 'arrived', messages: [{ uid: 2 }, { uid: 3 }] });
  client.close();
});

it('tells the flags of what it has told as arrived where they are others now, with their mod-sequence', async () => {
  const told = ['MODSEQ (7) FLAGS (a)', 'MODSEQ (8) FLAGS (b)', 'FLAGS (c)'].map(
    (items) => `* 4 FETCH (UID 4 ${items})`,
  );
  await using server = await scripted((peer) =>
    play(peer, (text) => {
      if (text.startsWith('UID SEARCH')) return ['* SEARCH 1 2 3', '* 4 EXISTS'];
      if (text.startsWith('UID FETCH 4:*')) return ['* 4 FETCH (UID 4 FLAGS (a))'];
      return text === 'NOOP' ? told.splice(0, 1) : undefined;
    }),
  );
  await using client = await connect(server.options);
  const events: MailboxEvent[] = [];
  const watched = (async () => {
    for await (const event of (await client.open('A')).watch()) if (event.type === 'flags') events.push(event);
  })();
  await expect.poll(() => server.peers[0]?.received.at(-1), { interval: 1 }).toMatch(/IDLE$/);
  for (let round = 0; round < 3; round++) await client.noop();
  await client.logout();
  await watched;
  expect(events).toStrictEqual([
    { type: 'flags', uid: 4, flags: new Set(['b']), modseq: 8n },
    { type: 'flags', uid: 4, flags: new Set(['c']) },
  ]);
});

it('takes no message for a changed one that is only not recent any more', async () => {
  const events = await eventsOf((text) => {
    if (!text.startsWith('UID FETCH')) return undefined;
    return [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS (${uid === 2 ? '\\Seen' : '\\Recent'}))`);
  });
  expect(events).toEqual(['flags']);
});

it('compares flags where the server tells a mod-sequence, and does not offer CONDSTORE', async () => {
  const events = await eventsOf((text) => {
    if (!text.startsWith('UID FETCH')) return undefined;
    return [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS (${uid === 2 ? '\\Seen' : ''}))`);
  }, '* OK [HIGHESTMODSEQ 5] x');
  expect(events).toEqual(['flags']);
});

it('tells what others have changed where the server tells it with the answer to a STORE alone, and that once', async () => {
  await using server = await scripted((peer) =>
    play(peer, (text) => (text.startsWith('UID STORE') ? ['* 2 FETCH (UID 2 FLAGS (other own))'] : undefined)),
  );
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  const events: string[][] = [];
  const watched = (async () => {
    for await (const event of mailbox.watch()) if (event.type === 'flags') events.push([...event.flags]);
  })();
  await expect.poll(() => server.peers[0]?.received.at(-1)).toMatch(/IDLE$/);
  for (let round = 0; round < 2; round++) {
    const { flags } = await mailbox.addFlags(2, ['own']);
    expect(flags.get(2)).toEqual(new Set(['other', 'own']));
  }
  await client.logout();
  await watched;
  expect(events).toEqual([['other', 'own']]);
});

it('tells what others have changed where Cyrus tells it with the answer to a FETCH alone, and that once', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE CONDSTORE] localhost Cyrus IMAP 3.6.1 server ready');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('IDLE')) {
        peer.send('+ idling');
        await peer.line();
      }
      const changed = '* 2 FETCH (FLAGS (\\Seen) UID 2 MODSEQ (7))';
      if (text.startsWith('SELECT')) peer.send('* 2 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [HIGHESTMODSEQ 5] x');
      else if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2');
      else if (text.startsWith('UID FETCH')) peer.send('* 1 FETCH (FLAGS () UID 1)', changed);
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  const events: string[] = [];
  const watched = (async () => {
    for await (const event of mailbox.watch())
      if (event.type === 'flags') events.push(`${event.uid} ${[...event.flags]}`);
  })();
  await expect.poll(() => server.peers[0]?.received.at(-1)).toMatch(/IDLE$/);
  for (let round = 0; round < 2; round++) expect(await mailbox.fetchAll('1:2', { flags: true })).toHaveLength(2);
  await client.logout();
  await watched;
  expect(events).toEqual(['2 \\Seen']);
});

it.each(['NO not at this time', 'BAD what is that'])(
  'asks a server that offers IDLE and answers it with %s',
  async (no) => {
    let asked = 0;
    let idles = 0;
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text === 'IDLE' && ++idles < 3) {
          peer.send(`${tag} ${no}`);
          continue;
        }
        if (text === 'IDLE') {
          peer.send('+ idling', '* 3 EXISTS');
          await peer.line();
        }
        if (text.startsWith('SELECT')) peer.send('* 1 EXISTS', '* OK [UIDVALIDITY 1] x');
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1');
        if (text.startsWith('UID FETCH 1:*')) peer.send('* 1 FETCH (UID 1 FLAGS ())');
        if (text === 'NOOP' && ++asked === 2) peer.send('* 2 EXISTS');
        const last = idles < 3 ? 2 : 3;
        if (/^UID FETCH [23]:\*/.test(text)) peer.send(`* ${last} FETCH (UID ${last} FLAGS ())`);
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('A');
    const told: string[] = [];
    for await (const event of mailbox.watch({ pollInterval: 1 })) {
      if (event.type === 'arrived') told.push(`${event.messages.map(({ uid }) => uid)} after ${asked}`);
      if (told.length === 2) break;
    }
    // What is refused now may be taken later.
    expect(told).toEqual(['2 after 2', '3 after 2']);
    expect(idles).toBeGreaterThanOrEqual(3);
  },
);

it.each<[unknown, RegExp]>([
  [{ pollInterval: -1 }, /pollInterval.*-1/],
  [{ pollInterval: Number.NaN }, /pollInterval/],
  [{ pollInterval: '5' }, /pollInterval/],
  [{ signal: 'stop' }, /signal/],
])('refuses %j before anything is sent', async (options, message) => {
  await using server = await scripted((peer) => play(peer, () => undefined));
  await using client = await connect(server.options);
  const mailbox = await client.open('A');
  const watch = mailbox.watch(options as { pollInterval?: number }); // what a caller without types may give
  await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(message),
  });
  expect(server.peers[0]?.received).toHaveLength(1);
});

it('throws where the SELECT that IDLE needs is refused', async () => {
  let gone = false;
  await using server = await scripted((peer) =>
    play(
      peer,
      () => undefined,
      [],
      (text) => gone && /^SELECT "?A/.test(text),
    ),
  );
  await using client = await connect(server.options);
  const watched = (async () => {
    for await (const _ of (await client.open('A')).watch()) throw new Error('nothing happens');
  })();
  watched.catch(() => {});
  await expect.poll(() => server.peers[0]?.received.at(-1)).toMatch(/IDLE$/);
  gone = true;
  await client.open('B');
  await expect(watched).rejects.toMatchObject({ status: 'NO', command: 'SELECT' });
});

it('goes on where the next connection tells no mod-sequences: they may lead to different servers', async () => {
  await using server = await scripted((peer) => {
    const again = server.peers.length > 1;
    return playUntilIdle(peer, again, again ? 'IDLE' : 'IDLE CONDSTORE', (text) => {
      const modseq = again ? [] : ['* OK [HIGHESTMODSEQ 5] x'];
      if (text.startsWith('SELECT')) return [`* ${again ? 2 : 1} EXISTS`, '* OK [UIDVALIDITY 1] x', ...modseq];
      if (text.startsWith('UID SEARCH')) return [again ? '* SEARCH 1 2' : '* SEARCH 1'];
      if (text.startsWith('UID FETCH 1:*')) return ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 2 FLAGS ())'];
      if (text.startsWith('UID FETCH 2:')) return ['* 2 FETCH (UID 2 FLAGS ())'];
      return [];
    });
  });
  const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
  const inbox = await client.open('INBOX');
  const { value } = await inbox.watch()[Symbol.asyncIterator]().next();
  expect(value).toMatchObject({ type: 'arrived', messages: [{ uid: 2 }] });
  client.close();
});

it('tells the flags of all messages where mod-sequences began anew while the connection was lost', async () => {
  await using server = await scripted((peer) => {
    const again = server.peers.length > 1;
    return playUntilIdle(peer, again, 'IDLE CONDSTORE', (text) => {
      const modseq = `* OK [HIGHESTMODSEQ ${again ? 2 : 5}] x`;
      if (text.startsWith('SELECT')) return ['* 1 EXISTS', '* OK [UIDVALIDITY 1] x', modseq];
      if (text.startsWith('UID SEARCH')) return ['* SEARCH 1'];
      if (text === 'UID FETCH 1:* (UID FLAGS)') return ['* 1 FETCH (UID 1 FLAGS (\\Seen))'];
      return [];
    });
  });
  const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
  const inbox = await client.open('INBOX');
  const { value } = await inbox.watch()[Symbol.asyncIterator]().next();
  expect(value).toMatchObject({ type: 'flags', uid: 1, flags: new Set(['\\Seen']) });
  client.close();
});

it.each<[string, object, string]>([
  ['a server does not offer', { gmail: true }, 'MISSING_CAPABILITY'],
  ['is none', { headers: [5] }, 'USAGE'],
  ['is not even an object', 5 as unknown as object, 'USAGE'],
])('refuses at once to fetch what %s: it did so when the first message arrived', async (_, fetch, code) => {
  await using server = await scripted((peer) => play(peer, () => undefined));
  await using client = await connect(server.options);
  const watch = (await client.open('A')).watch({ fetch })[Symbol.asyncIterator]();
  const outcome = watch.next().then(
    () => undefined,
    (error: unknown) => error,
  );
  const idles = () => server.peers[0]?.received.some((line) => line.endsWith('IDLE'));
  const error = await Promise.race([outcome, expect.poll(idles).toBe(true)]);
  await watch.return?.();
  expect(error).toMatchObject({ name: 'UsageError', code, message: expect.stringMatching(/^watch: FETCH: /) });
});

it('tells no message as arrived of another mailbox under the name before it tells of that', async () => {
  let replaced = false;
  await using server = await createServer({
    intercept: ({ name }) => {
      if (name === 'IDLE' && !replaced) server.store.deliver('INBOX', 'Subject: three\n\n\n');
      if (name === 'UID FETCH' && !replaced) {
        replaced = true;
        server.store.mailbox('INBOX').remove([1]);
        server.store.mailbox('INBOX').bumpUidValidity();
        server.store.deliver('INBOX', 'Subject: four\n\n\n');
      }
      return undefined;
    },
  });
  for (const subject of ['one', 'two']) server.store.deliver('INBOX', `Subject: ${subject}\n\n\n`);
  const { host, port } = server;
  const options = { host, port, security: 'none', auth: { user: 'user', pass: 'pass' } } as const;
  await using client = await connect({ ...options, reconnect: { minDelay: 1, maxDelay: 1 } });
  server.store.deliver('INBOX', 'Subject: three\n\n\n');
  const inbox = await client.open('INBOX');
  const events = inbox.watch()[Symbol.asyncIterator]();
  const told = [await events.next(), await events.next()].map(({ value }) => value);
  expect(told).toMatchObject([{ type: 'reset' }, { type: 'arrived', messages: [1, 2, 3, 4].map((uid) => ({ uid })) }]);
});

it('takes no message for gone where the map of one watch does not fit and that of another does', async () => {
  let selections = 0;
  const held: string[] = [];
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE ESEARCH CONDSTORE] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      const all = (uids: string, of = tag) => `* ESEARCH (TAG "${of}") UID ALL ${uids}`;
      if (text.startsWith('SELECT "A"')) {
        selections++;
        peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 1]', `* OK [UIDNEXT 4]`, '* OK [HIGHESTMODSEQ 5]');
      } else if (text === 'IDLE') {
        peer.send('+ idling');
        await peer.line();
      } else if (text.startsWith('UID SEARCH') && selections === 1) {
        peer.send(all('1:3'));
      } else if (text.startsWith('UID SEARCH') && held.length === 0) {
        held.push(tag);
        continue;
      } else if (text.startsWith('UID SEARCH') && held.length === 1) {
        const [first = ''] = held.splice(0, 1, '', '');
        peer.send(all('1,3', first), '* 2 EXPUNGE', `${first} OK done`, all('1,3'), `${tag} OK done`, '* 3 EXISTS');
        continue;
      } else if (text.startsWith('UID FETCH 1:* (UID)')) {
        peer.send('* 1 FETCH (UID 1)', '* 2 FETCH (UID 3)', '* 3 FETCH (UID 4)');
      } else if (text.startsWith('UID FETCH 4:*')) {
        peer.send('* 3 FETCH (UID 4 FLAGS ())');
      }
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  const client = await connect(server.options);
  const box = await client.open('A');
  const told: string[][] = [[], []];
  const watched = told.map(async (events) => {
    for await (const event of box.watch()) {
      events.push(`${event.type} ${event.type === 'vanished' ? event.uids : ''}`);
      if (event.type === 'arrived') break;
    }
  });
  await box.search({ all: true });
  await client.open('B');
  await Promise.all(watched);
  expect(told).toEqual([
    ['vanished 2', 'arrived '],
    ['vanished 2', 'arrived '],
  ]);
  await client.logout();
});

it('goes on where a message arrives whose transfer encoding the server can not undo', async () => {
  await using server = await createServer();
  await using client = await connect({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
  });
  const watch = (await client.open('INBOX')).watch({ fetch: { binary: ['1'] } })[Symbol.asyncIterator]();
  const first = watch.next();
  await client.noop();
  server.store.deliver('INBOX', 'Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\ntext');
  const { value } = await first;
  expect(value).toMatchObject({
    type: 'arrived',
    messages: [{ uid: 1, binary: new Map([['1', Buffer.from('text')]]) }],
  });
  await watch.return?.();
});

it('ends where the server closes the mailbox, which is there no more (RFC 9051 §3)', async () => {
  let closed = false;
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (closed && text.startsWith('SELECT')) {
        peer.send(`${tag} NO [NONEXISTENT] no such mailbox`);
        continue;
      }
      if (text === 'IDLE') {
        peer.send('+ idling');
        peer.send('* OK [CLOSED] the mailbox was deleted');
        closed = true;
        await peer.line();
      }
      if (text.startsWith('SELECT')) peer.send('* 0 EXISTS', '* OK [UIDVALIDITY 1] x');
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK done`);
    }
  });
  await using client = await connect(server.options);
  const inbox = await client.open('A');
  const events = inbox.watch()[Symbol.asyncIterator]();
  await expect(events.next()).rejects.toMatchObject({ name: 'CommandError', code: 'NONEXISTENT' });
});

it('tells, without IDLE too, as soon as the mailbox is selected anew that as many messages as before are others', async () => {
  await using server = await createServer({ withoutCapabilities: ['IDLE'] });
  const letter = 'Subject: a\r\n\r\n';
  server.store.deliver('INBOX', letter);
  server.store.deliver('INBOX', letter);
  server.store.create('B');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const events = inbox.watch({ pollInterval: 0x7fffffff })[Symbol.asyncIterator]();
  const first = events.next();
  expect(await inbox.search({})).toEqual([1, 2]);
  await client.open('B');
  server.store.mailbox('INBOX').remove([1]);
  server.store.deliver('INBOX', letter);
  expect(await inbox.search({})).toEqual([2, 3]);
  expect((await first).value).toMatchObject({ type: 'vanished', uids: { first: 1, last: 1 } });
  expect((await events.next()).value).toMatchObject({ type: 'arrived', messages: [{ uid: 3 }] });
  await events.return?.();
});
