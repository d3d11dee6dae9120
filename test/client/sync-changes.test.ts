/** sync while the server has more to tell than it was asked for: a lost connection, another mailbox, a mailbox replaced. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { type Peer, scripted } from './scripted.ts';

const QUICK = { minDelay: 1, maxDelay: 1 };

/** Answers commands by these, each by what it begins with, and all others with OK; `undefined` ends the connection. */
async function play(peer: Peer, capabilities: string, answers: Record<string, (text: string) => string[] | undefined>) {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`);
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text === 'LOGOUT') peer.send('* BYE');
    const [, answer] = Object.entries(answers).find(([start]) => text.startsWith(start)) ?? [];
    const lines = answer === undefined ? [] : answer(text);
    if (lines === undefined) {
      peer.socket.end();
      return;
    }
    peer.send(...lines, `${tag} OK done`);
  }
}

const selected = (exists: number, modseq: number, uidValidity = 1) => [
  `* ${exists} EXISTS`,
  `* OK [UIDVALIDITY ${uidValidity}] x`,
  `* OK [HIGHESTMODSEQ ${modseq}] x`,
];
const STATE = { uidValidity: 1, uidNext: 4, highestModseq: '40', uids: '1:3' };
const changed = (uid: number, modseq: number, flag: string, seq = uid) =>
  `* ${seq} FETCH (UID ${uid} MODSEQ (${modseq}) FLAGS (${flag}))`;
const shown = (flags: Map<number, ReadonlySet<string>>) => [...flags].map(([uid, set]) => [uid, ...set].join(' '));

describe('a sync whose connection is lost while changes come', () => {
  it('asks for all of them again', async () => {
    await using server = await scripted((peer) => {
      const first = server.peers.length === 1;
      return play(peer, 'CONDSTORE', {
        SELECT: () => selected(3, first ? 50 : 61),
        'UID FETCH 1:* ': () => {
          if (!first) return [changed(1, 60, 'again'), changed(2, 50, 'two'), changed(3, 61, 'three')];
          peer.send(changed(1, 49, 'one'), changed(2, 50, 'two'));
          return undefined;
        },
        'UID FETCH 3:* ': () => [changed(3, 61, 'three')],
        'UID SEARCH': () => ['* SEARCH 1 2 3'],
      });
    });
    await using client = await connect({ ...server.options, reconnect: QUICK });
    const result = await (await client.open('INBOX')).sync(STATE);
    expect(shown(result.flags)).toEqual(['1 again', '2 two', '3 three']);
    expect(result.state.highestModseq).toBe('61');
  });

  it('is told again what has vanished', async () => {
    await using server = await scripted((peer) => {
      const first = server.peers.length === 1;
      return play(peer, 'ENABLE CONDSTORE QRESYNC', {
        ENABLE: () => ['* ENABLED QRESYNC'],
        SELECT: () => selected(first ? 3 : 2, 50),
        'UID FETCH 1:* ': () => (first ? undefined : ['* VANISHED (EARLIER) 2', changed(3, 50, 'three', 2)]),
      });
    });
    await using client = await connect({ ...server.options, reconnect: QUICK, enable: ['QRESYNC'] });
    const result = await (await client.open('INBOX')).sync(STATE);
    expect([result.method, `${result.vanished}`, ...shown(result.flags)]).toEqual(['qresync', '2', '3 three']);
  });
});

it('takes what changes while it is answered', async () => {
  await using server = await scripted((peer) =>
    play(peer, 'CONDSTORE', {
      SELECT: () => selected(3, 50),
      'UID FETCH': () => [changed(1, 49, 'one'), changed(1, 60, 'again'), changed(3, 61, 'three')],
      'UID SEARCH': () => ['* SEARCH 1 2 3'],
    }),
  );
  await using client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  const told: (number | undefined)[] = [];
  mailbox.on('flags', ({ uid }) => told.push(uid));
  const { flags, state } = await mailbox.sync(STATE);
  expect([shown(flags), state.highestModseq, told]).toEqual([['1 again', '3 three'], '61', [1]]);
});

it('does not take for the answer of a message what is told of it by number alone', async () => {
  await using server = await scripted((peer) =>
    play(peer, '', {
      SELECT: () => ['* 3 EXISTS', '* OK [UIDVALIDITY 1] x'],
      'UID FETCH': () => [1, 2, 3].map((n) => `* ${n} FETCH (${n === 2 ? '' : `UID ${n} `}FLAGS (a))`),
      'UID SEARCH': () => ['* SEARCH 1 2 3'],
    }),
  );
  await using client = await connect(server.options);
  const { state } = await (await client.open('INBOX')).sync();
  expect([state.uids, state.flags]).toEqual(['1:3', { a: '1,3' }]);
});

describe('a sync that resumes by QRESYNC', () => {
  const enabled = { ENABLE: () => ['* ENABLED QRESYNC'], 'UID SEARCH': () => ['* SEARCH 1 2 3'] };
  const sent = ({ peers }: { peers: readonly Peer[] }) =>
    peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).filter((line) => line !== 'LOGOUT') ?? [];

  it.each([40, 50])('enables it, and selects with it, and asks for nothing more: %i', async (modseq) => {
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC UNSELECT', { ...enabled, SELECT: () => selected(3, modseq) }),
    );
    await using client = await connect(server.options);
    const { method, state } = await (await client.open('INBOX')).sync(STATE);
    expect([method, state.uids, state.highestModseq]).toEqual(['qresync', '1:3', `${modseq}`]);
    expect(sent(server).slice(-2)).toEqual(['ENABLE QRESYNC', 'SELECT "INBOX" (QRESYNC (1 40))']);
  });

  it('goes on without it where the server refuses to enable it', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC UNSELECT] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send(...selected(3, 50));
        if (text.startsWith('UID FETCH')) peer.send(changed(2, 50, 'two'));
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 2 3');
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} ${text.startsWith('ENABLE') ? 'BAD not now' : 'OK done'}`);
      }
    });
    await using client = await connect(server.options);
    const { method, vanished, flags } = await (await client.open('INBOX')).sync(STATE);
    expect([method, `${vanished}`, shown(flags)]).toEqual(['condstore', '1', ['2 two']]);
  });

  it('asks for what has changed of a single message', async () => {
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC', {
        ...enabled,
        SELECT: () => selected(1, 50),
        'UID FETCH': () => [changed(1, 50, 'one')],
      }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const { method, flags } = await (await client.open('INBOX')).sync({ ...STATE, uids: '1' });
    expect([method, ...shown(flags)]).toEqual(['qresync', '1 one']);
  });

  it.each([
    ['qresync', 'ENABLE QRESYNC ', ['* VANISHED 1:3']],
    ['condstore', '', ['* 3 EXPUNGE', '* 2 EXPUNGE', '* 1 EXPUNGE']],
  ])('asks for nothing more where the mailbox is empty by now: %s', async (way, capabilities, news) => {
    await using server = await scripted((peer) =>
      play(peer, `${capabilities}CONDSTORE`, { ...enabled, SELECT: () => selected(3, 50), NOOP: () => news }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const { method, vanished, state } = await (await client.open('INBOX')).sync(STATE);
    expect([method, `${vanished}`, state.uids]).toEqual([way, '1:3', '']);
    expect(sent(server).at(-1)).toBe('NOOP');
  });

  it('takes another mailbox of as many messages whole', async () => {
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC', { ...enabled, SELECT: () => selected(3, 50, 2) }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const inbox = await client.open('INBOX');
    await client.open('other');
    const { method, reset, arrived, vanished } = await inbox.sync(STATE);
    expect([method, reset, `${arrived}`, `${vanished}`]).toEqual(['initial', true, '1:3', '']);
    expect(sent(server)).toContain('SELECT "INBOX" (QRESYNC (1 40))');
  });

  it('compares a mailbox that has no mod-sequences any more', async () => {
    const flagged = [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS (\\Seen))`);
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC', {
        ...enabled,
        SELECT: () => ['* 3 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [NOMODSEQ] x'],
        'UID FETCH': () => flagged,
      }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const inbox = await client.open('INBOX');
    await client.open('other');
    const { method, state } = await inbox.sync(STATE);
    expect([method, state]).toEqual([
      'compare',
      { uidValidity: 1, uidNext: 4, uids: '1:3', flags: { '\\Seen': '1:3' } },
    ]);
  });

  it.each(['ENABLE CONDSTORE QRESYNC UNSELECT', 'CONDSTORE'])(
    'compares where mod-sequences began anew: %s',
    async (capabilities) => {
      const flagged = [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS (\\Seen))`);
      let failing = true;
      await using server = await scripted((peer) =>
        play(peer, capabilities, {
          ...enabled,
          SELECT: () => selected(3, 12),
          'UID FETCH': (text) =>
            text.includes('CHANGEDSINCE') ? [changed(1, 13, 'one')] : failing ? ['* 1 FETCH (x'] : flagged,
          'UID SEARCH': () => ['* SEARCH 1 2 3'],
        }),
      );
      await using client = await connect(server.options);
      const inbox = await client.open('INBOX');
      await expect(inbox.sync(STATE)).rejects.toThrow();
      failing = false;
      // As often as it is asked: who could not keep the answer asks again.
      for (let asked = 0; asked < 2; asked++) {
        const { method, state, flags } = await inbox.sync(STATE);
        expect([method, state.highestModseq, [...flags.keys()]]).toEqual(['compare', '12', [1, 2, 3]]);
      }
      // What it finds itself may be ahead of what the SELECT told.
      const { state } = await inbox.sync({ ...STATE, highestModseq: '12' });
      expect(state.highestModseq).toBe('13');
      expect((await inbox.sync(state)).method).not.toBe('compare');
    },
  );

  it.each([
    ['a mod-sequence of 0', { ...STATE, highestModseq: '0' }, 'qresync', /^UID FETCH .*CHANGEDSINCE 1 VANISHED/],
    ['a UIDVALIDITY of 0', { ...STATE, uidValidity: 0 }, 'initial', /^UID SEARCH/],
  ])('asks for nothing that the grammar has not: %s', async (_, since, way, last) => {
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC', { ...enabled, SELECT: () => selected(3, 50) }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const inbox = await client.open('INBOX');
    await client.open('other');
    const { method, state } = await inbox.sync(since);
    expect([method, state.uids, state.highestModseq]).toEqual([way, '1:3', '50']);
    expect(sent(server).at(-1)).toMatch(last);
    expect(sent(server).join()).not.toContain('(QRESYNC');
  });
});

describe('a sync', () => {
  const flagged = (uid: number, flag: string) => `* ${uid} FETCH (UID ${uid} FLAGS (${flag}))`;

  it.each([
    [undefined, 4],
    [9, 9],
    [2, 4],
  ])('goes on from the UIDNEXT %s with %i', async (told, uidNext) => {
    const next = told === undefined ? [] : [`* OK [UIDNEXT ${told}] x`];
    await using server = await scripted((peer) =>
      play(peer, 'CONDSTORE', { SELECT: () => [...selected(3, 50), ...next], 'UID SEARCH': () => ['* SEARCH 1 2 3'] }),
    );
    await using client = await connect(server.options);
    const { state } = await (await client.open('INBOX')).sync(STATE);
    expect(state).toEqual({ uidValidity: 1, uidNext, highestModseq: '50', uids: '1:3' });
  });

  it('goes on from the UIDNEXT of an empty mailbox', async () => {
    await using server = await scripted((peer) =>
      play(peer, '', { SELECT: () => [...selected(0, 50), '* OK [UIDNEXT 1] x'] }),
    );
    await using client = await connect(server.options);
    const { state } = await (await client.open('INBOX')).sync();
    expect(state).toEqual({ uidValidity: 1, uidNext: 1, uids: '', flags: {} });
  });

  it('is not disturbed by another one that selects the mailbox anew', async () => {
    let whileBusy: (() => void) | undefined;
    await using server = await createServer({
      intercept: ({ name }) => {
        if (name === 'CHECK') whileBusy?.();
        return undefined;
      },
    });
    server.store.create('Other');
    server.store.deliver('INBOX', 'Subject: x\n\n\n');
    const { host, port } = server;
    await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
    await client.enable(['QRESYNC']);
    const inbox = await client.open('INBOX');
    const { state } = await inbox.sync();
    const other = await client.open('Other');
    const second = new Promise((resolve) => {
      whileBusy = () => resolve(inbox.sync(state));
    });
    const [, first] = await Promise.all([other.check(), inbox.sync()]);
    expect([first, await second]).toMatchObject([
      { method: 'initial', state },
      { method: 'qresync', state },
    ]);
  });

  it('selects no mailbox whose handle was closed', async () => {
    await using server = await scripted((peer) => play(peer, 'CONDSTORE', { SELECT: () => selected(3, 50) }));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    await inbox.close();
    const before = server.peers[0]?.received.length;
    await expect(inbox.sync(STATE)).rejects.toMatchObject({ code: 'CLOSED' });
    expect(server.peers[0]?.received).toHaveLength(before ?? 0);
  });

  it('compares flags where only now there are mod-sequences', async () => {
    await using server = await scripted((peer) =>
      play(peer, 'CONDSTORE', {
        SELECT: () => selected(3, 50),
        'UID FETCH': () => [flagged(1, '\\Seen'), flagged(2, '\\Flagged'), flagged(3, '')],
      }),
    );
    await using client = await connect(server.options);
    const { uidValidity, uidNext, uids } = STATE;
    const since = { uidValidity, uidNext, uids, flags: { '\\Seen': '1:2' } };
    const { method, flags, state } = await (await client.open('INBOX')).sync(since);
    expect([method, shown(flags), state.highestModseq, state.flags]).toEqual([
      'compare',
      ['2 \\Flagged'],
      '50',
      undefined,
    ]);
  });

  it('compares flags with a state that names more messages than there are, or some twice', async () => {
    await using server = await scripted((peer) =>
      play(peer, '', {
        SELECT: () => selected(3, 50),
        'UID FETCH': () => [flagged(1, 'a b'), flagged(2, 'a'), flagged(3, 'b')],
      }),
    );
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const since = { uidValidity: 1, uidNext: 4, uids: '1:4294967295', flags: { a: '1:4294967295', b: '4:9,2:3,3,3' } };
    const { vanished, flags } = await inbox.sync(since);
    expect([String(vanished), shown(flags)]).toEqual(['4:4294967295', ['1 a b', '2 a', '3 b']]);
    const { flags: others } = await inbox.sync({ ...since, flags: { ...since.flags, b: '1,3' } });
    expect(shown(others)).toEqual(['3 b']);
  });

  it('compares where the server tells mod-sequences, and does not offer CONDSTORE', async () => {
    await using server = await scripted((peer) =>
      play(peer, '', {
        SELECT: () => selected(3, 50),
        'UID FETCH': () => [flagged(1, '\\Seen'), flagged(2, ''), flagged(3, '')],
      }),
    );
    await using client = await connect(server.options);
    const { method, flags, state } = await (await client.open('INBOX')).sync(STATE);
    expect([method, shown(flags), state.highestModseq]).toEqual(['compare', ['1 \\Seen', '2', '3'], undefined]);
  });

  it('does not take for vanished what the answers leave out, for it cannot be read', async () => {
    await using server = await scripted((peer) =>
      play(peer, '', {
        SELECT: () => selected(3, 50),
        'UID FETCH': () => [flagged(1, 'a'), '* 2 FETCH (UID 2 FLAGS a)', flagged(3, 'a')],
        'UID SEARCH': () => ['* SEARCH 1 2 3'],
      }),
    );
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const since = { uidValidity: 1, uidNext: 4, uids: '1:4', flags: { a: '1:3' } };
    const { vanished, flags, state } = await inbox.sync(since);
    expect([String(vanished), shown(flags), state.uids]).toEqual(['4', [], '1:3']);
  });

  it.each([false, true])('does not take for there what goes before all has come; connection lost: %s', async (lost) => {
    await using server = await scripted((peer) => {
      const first = server.peers.length === 1;
      return play(peer, '', {
        SELECT: () => selected(first ? 3 : 2, 50),
        'UID FETCH': () => {
          if (first) peer.send(flagged(1, 'a'));
          if (first && lost) return undefined;
          return [...(first ? ['* 1 EXPUNGE'] : []), '* 1 FETCH (UID 2 FLAGS (a))', '* 2 FETCH (UID 3 FLAGS (a))'];
        },
        'UID SEARCH': () => ['* SEARCH 2 3'],
      });
    });
    await using client = await connect({ ...server.options, reconnect: QUICK });
    const inbox = await client.open('INBOX');
    const since = { uidValidity: 1, uidNext: 4, uids: '1:3', flags: { a: '2:3' } };
    const { vanished, flags, state } = await inbox.sync(since);
    expect([String(vanished), shown(flags), state.uids, state.flags]).toEqual(['1', [], '2:3', { a: '2:3' }]);
  });

  it('does not take for there what is gone and answered for no more, and found until its EXPUNGE is told (RFC 2180 §4.1)', async () => {
    let told = true;
    await using server = await scripted((peer) =>
      play(peer, '', {
        SELECT: () => selected(3, 50),
        'UID FETCH': () => {
          told = false;
          return ['* 2 FETCH (UID 2 FLAGS (a))', '* 3 FETCH (UID 3 FLAGS (a))'];
        },
        'UID SEARCH': () => [told ? '* SEARCH 2 3' : '* SEARCH 1 2 3'],
        NOOP: () => {
          const news = told ? [] : ['* 1 EXPUNGE'];
          told = true;
          return news;
        },
      }),
    );
    await using client = await connect(server.options);
    const { vanished, state } = await (await client.open('INBOX')).sync({ uidValidity: 1, uidNext: 4, uids: '1:3' });
    expect([String(vanished), state.uids]).toEqual(['1', '2:3']);
  });

  it('rejects where what has changed is refused', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send(...selected(3, 50));
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2 3');
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} ${text.startsWith('UID FETCH') ? 'NO not now' : 'OK done'}`);
      }
    });
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    await expect(inbox.sync(STATE)).rejects.toMatchObject({ status: 'NO', command: 'UID FETCH' });
  });

  it('sends nothing where it was aborted before', async () => {
    await using server = await scripted((peer) => play(peer, 'CONDSTORE', { SELECT: () => selected(3, 50) }));
    await using client = await connect(server.options);
    const syncing = (await client.open('INBOX')).sync(STATE, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(syncing).rejects.toThrow('enough');
    expect(server.peers[0]?.received).toHaveLength(1);
  });

  it.each<[unknown]>([
    [null],
    ['1:3'],
    [{ ...STATE, uidValidity: -1 }],
    [{ ...STATE, uidValidity: '1' }],
    [{ ...STATE, highestModseq: 40 }],
    [{ ...STATE, highestModseq: '4x' }],
    [{ ...STATE, highestModseq: undefined, flags: null }],
    [{ ...STATE, highestModseq: undefined, flags: '1:3' }],
    [{ ...STATE, highestModseq: undefined, flags: 7 }],
  ])('refuses %j, which no sync gave, before anything is sent', async (since) => {
    await using server = await scripted((peer) => play(peer, 'CONDSTORE', { SELECT: () => selected(3, 50) }));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const failure = inbox.sync(since as typeof STATE); // what a caller without types may keep
    await expect(failure).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(/^sync: /) });
    expect(server.peers[0]?.received).toHaveLength(1);
  });
});

describe('a mod-sequence that the server says is not reached yet (RFC 7162 §6)', () => {
  const BEHIND = '[HIGHESTMODSEQ 55] some changes are told later';

  it.each([
    ['untagged', [`* OK ${BEHIND}`], 'OK done'],
    ['with the tagged OK', [], `OK ${BEHIND}`],
    ['in both', ['* OK [HIGHESTMODSEQ 58] x'], `OK ${BEHIND}`],
    ['in both, the lower one first', [`* OK ${BEHIND}`], 'OK [HIGHESTMODSEQ 58] x'],
  ])('is where the next sync goes on, %s, whatever messages have come', async (_, lines, ok) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello');
      await peer.expect('SELECT', ...selected(3, 50));
      await peer.expect('NOOP');
      const { tag } = await peer.command();
      peer.send(changed(1, 54, 'one'), changed(3, 61, 'three'), ...lines, `${tag} ${ok}`);
      await peer.expect('UID SEARCH', '* SEARCH 1 2 3');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const { flags, state } = await (await client.open('INBOX')).sync(STATE);
    expect([shown(flags), state.highestModseq]).toEqual([['1 one', '3 three'], '55']);
  });

  it('is that of the SELECT where the changes come with it', async () => {
    await using server = await scripted((peer) =>
      play(peer, 'ENABLE CONDSTORE QRESYNC', {
        ENABLE: () => ['* ENABLED QRESYNC'],
        SELECT: () => [...selected(3, 55), changed(3, 61, 'three')],
      }),
    );
    await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
    const inbox = await client.open('INBOX');
    await client.open('other');
    const { method, flags, state } = await inbox.sync(STATE);
    expect([method, shown(flags), state.highestModseq]).toEqual(['qresync', ['3 three'], '55']);
  });
});

it('tells no flags of a message that has vanished meanwhile', async () => {
  await using server = await scripted((peer) =>
    play(peer, 'ENABLE CONDSTORE QRESYNC', {
      ENABLE: () => ['* ENABLED QRESYNC'],
      SELECT: () => selected(3, 50),
      'UID FETCH 1:* ': () => [changed(2, 49, 'two'), changed(3, 50, 'three'), '* VANISHED 2'],
    }),
  );
  await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
  const result = await (await client.open('INBOX')).sync(STATE);
  expect([result.method, `${result.vanished}`, ...shown(result.flags)]).toEqual(['qresync', '2', '3 three']);
});

it('takes no message as new that came and has vanished, though the counts agree', async () => {
  await using server = await scripted((peer) =>
    play(peer, 'ENABLE CONDSTORE QRESYNC', {
      ENABLE: () => ['* ENABLED QRESYNC'],
      SELECT: () => selected(4, 50),
      // 5 came too late for the answer, and what is told of 3 lies above its mod-sequence.
      'UID FETCH': () => [changed(4, 49, 'four'), '* VANISHED 4', '* 4 EXISTS', changed(3, 52, 'three')],
      'UID SEARCH': () => ['* SEARCH 1 2 3 5'],
    }),
  );
  await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
  const { arrived, state } = await (await client.open('INBOX')).sync(STATE);
  expect([`${arrived}`, state.uids, state.highestModseq]).toEqual(['5', '1:3,5', '52']);
});

it('takes no changes of another mailbox that a command beside it brings', async () => {
  let elsewhere = false;
  await using server = await scripted((peer) =>
    play(peer, 'ENABLE CONDSTORE QRESYNC', {
      ENABLE: () => ['* ENABLED QRESYNC'],
      SELECT: (text) => {
        elsewhere = text.includes('other');
        return [...selected(3, 50), ...(text.includes('QRESYNC') ? [changed(3, 50, 'three')] : [])];
      },
      NOOP: () => [elsewhere ? changed(2, 70, 'elsewhere') : changed(2, 49, 'here')],
    }),
  );
  await using client = await connect({ ...server.options, enable: ['QRESYNC'] });
  const [inbox, other] = [await client.open('INBOX'), await client.open('other')];
  const told: string[] = [];
  other.on('flags', ({ flags }) => told.push(...flags));
  const [, { method, flags, state }] = await Promise.all([client.noop(), inbox.sync(STATE)]);
  expect([method, ...shown(flags), state.highestModseq, ...told]).toEqual(['qresync', '3 three', '50', 'elsewhere']);
});

describe('a sync in which the mailbox is replaced while the connection is lost', () => {
  /** Another UIDVALIDITY on each connection, which ends at the first search, or at the one behind an answered one. */
  const replaced = (lost: number) => {
    let connections = 0;
    return scripted((peer) => {
      const connection = ++connections;
      let left = connection === 1 ? 0 : 1;
      return play(peer, 'CONDSTORE', {
        SELECT: () => selected(2, 50, connection),
        'UID SEARCH': () => (connection > lost || left-- > 0 ? ['* SEARCH 2 3'] : undefined),
      });
    });
  };

  it('takes the new one whole', async () => {
    await using server = await replaced(1);
    await using client = await connect({ ...server.options, reconnect: QUICK });
    const { reset, arrived, vanished, state } = await (await client.open('INBOX')).sync(STATE);
    expect([reset, `${arrived}`, `${vanished}`]).toEqual([true, '2:3', '']);
    expect(state).toMatchObject({ uidValidity: 2, uids: '2:3' });
  });

  it('does not go on for ever', async () => {
    await using server = await replaced(Number.POSITIVE_INFINITY);
    await using client = await connect({ ...server.options, reconnect: QUICK });
    const mailbox = await client.open('INBOX');
    await expect(mailbox.sync(STATE)).rejects.toMatchObject({ code: 'UIDVALIDITY_CHANGED' });
    expect(server.peers).toHaveLength(4);
  });
});

describe('a server that counts messages and finds none', () => {
  const ways = [
    ['CONDSTORE', 'UID SEARCH', ['* SEARCH'], ['* SEARCH 1 3']],
    ['ENABLE CONDSTORE QRESYNC', 'UID SEARCH', ['* SEARCH'], ['* SEARCH 1 3']],
    ['', 'UID FETCH', [], ['* 1 FETCH (UID 1 FLAGS ())', '* 2 FETCH (UID 3 FLAGS ())']],
  ] as const;

  it.each(ways)('is not believed, and a mirror loses nothing: %s', async (capabilities, command, nothing) => {
    await using server = await scripted((peer) =>
      play(peer, capabilities, {
        ENABLE: () => ['* ENABLED QRESYNC'],
        SELECT: () => selected(2, 50).slice(0, capabilities === '' ? 2 : 3),
        [command]: () => [...nothing],
      }),
    );
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    await expect(mailbox.sync(STATE)).rejects.toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
    await expect(mailbox.sync()).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  it.each(ways)('is asked again: %s', async (capabilities, command, nothing, something) => {
    let asked = 0;
    await using server = await scripted((peer) =>
      play(peer, capabilities, {
        ENABLE: () => ['* ENABLED QRESYNC'],
        SELECT: () => selected(2, 50).slice(0, capabilities === '' ? 2 : 3),
        [command]: (text) => (text.includes('CHANGEDSINCE') ? [] : ++asked === 1 ? [...nothing] : [...something]),
      }),
    );
    await using client = await connect(server.options);
    const { vanished } = await (await client.open('INBOX')).sync(STATE);
    expect([`${vanished}`, asked]).toEqual(['2', 2]);
  });

  it.each(ways)('tells with what comes next that they are gone: %s', async (capabilities, command, nothing) => {
    let asked = false;
    await using server = await scripted((peer) =>
      play(peer, capabilities, {
        ENABLE: () => ['* ENABLED QRESYNC'],
        SELECT: () => selected(2, 50).slice(0, capabilities === '' ? 2 : 3),
        NOOP: () => (asked ? ['* 1 EXPUNGE', '* 1 EXPUNGE'] : []),
        [command]: (text) => {
          asked ||= !text.includes('CHANGEDSINCE');
          return [...nothing];
        },
      }),
    );
    await using client = await connect(server.options);
    const { vanished, state } = await (await client.open('INBOX')).sync(STATE);
    expect([`${vanished}`, state.uids]).toEqual(['1:3', '']);
  });
});

describe('a server that does not count the messages', () => {
  const answers = (...more: string[]) => ({
    ENABLE: () => ['* ENABLED QRESYNC'],
    SELECT: () => selected(2, 50).slice(1),
    NOOP: () => more,
    'UID SEARCH': () => ['* SEARCH 1 3'],
    'UID FETCH': () => [changed(1, 45, '\\Seen'), changed(3, 46, '', 2)],
  });

  it.each(['', 'CONDSTORE', 'ENABLE CONDSTORE QRESYNC'])(
    'has not said that there are none: %s',
    async (capabilities) => {
      await using server = await scripted((peer) => play(peer, capabilities, answers()));
      await using client = await connect(server.options);
      const mailbox = await client.open('INBOX');
      await expect(mailbox.sync(STATE)).rejects.toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
      await expect(mailbox.sync()).rejects.toMatchObject({ code: 'UNREADABLE' });
    },
  );

  it('until it does', async () => {
    await using server = await scripted((peer) => play(peer, 'CONDSTORE', answers('* 2 EXISTS')));
    await using client = await connect(server.options);
    const { vanished } = await (await client.open('INBOX')).sync(STATE);
    expect(`${vanished}`).toBe('2');
  });
});
