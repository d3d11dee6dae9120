/** sync while the server has more to tell than it was asked for: a lost connection, another mailbox, a mailbox replaced. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
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

describe('a mod-sequence that the server says is not reached yet (RFC 7162 §6)', () => {
  const BEHIND = '[HIGHESTMODSEQ 55] some changes are told later';

  it.each([
    ['untagged', [`* OK ${BEHIND}`], 'OK done'],
    ['with the tagged OK', [], `OK ${BEHIND}`],
    ['in both', ['* OK [HIGHESTMODSEQ 58] x'], `OK ${BEHIND}`],
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
