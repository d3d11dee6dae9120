/**
 * Commands that are in flight together. FETCH answers do not say which command they answer, and Dovecot answers several
 * before the first tagged OK: each command gets its own all the same.
 */
import { describe, expect, it } from 'vitest';
import { connect, type FetchItems, type ImapClient, type Mailbox } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

/** Takes so many commands, or as many as come before the client waits for an answer; says these lines, and OK to each. */
async function answerTogether(peer: Peer, count: number, lines: string[]): Promise<string[]> {
  const commands: { tag: string; text: string }[] = [];
  while (commands.length < count) commands.push(await peer.command());
  peer.send(...lines, ...commands.map(({ tag }) => `${tag} OK done`));
  return commands.map(({ text }) => text);
}

/** What is done gets these lines for its commands, all of them sent before the first OK. */
async function together<T>(
  count: number,
  lines: string[],
  work: (mailbox: Mailbox, client: ImapClient) => Promise<T>,
  capabilities = 'CONDSTORE UIDPLUS MOVE',
): Promise<T> {
  await using server = await scripted(async (peer) => {
    peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`);
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]', '* OK [HIGHESTMODSEQ 9]');
    await answerTogether(peer, count, lines);
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      peer.send(...(text === 'LOGOUT' ? ['* BYE'] : []), `${tag} OK`);
    }
  });
  await using client = await connect(server.options);
  return await work(await client.open('INBOX'), client);
}

const ENVELOPE = 'ENVELOPE (NIL "hello" NIL NIL NIL NIL NIL NIL NIL NIL)';
const SIZE = '* 1 FETCH (UID 1 RFC822.SIZE 73)';
const BOTH = `* 1 FETCH (UID 1 RFC822.SIZE 73 ${ENVELOPE})`;

describe('FETCHes of one message', () => {
  it.each([
    ['in order', [SIZE, `* 1 FETCH (UID 1 ${ENVELOPE})`]],
    ['in the other order', [`* 1 FETCH (UID 1 ${ENVELOPE})`, SIZE]],
  ])('with different items get what each asked for, %s', async (_, lines) => {
    const [size, envelope] = await together(2, lines, (mailbox) =>
      Promise.all([mailbox.fetchOne(1, { size: true }), mailbox.fetchOne(1, { envelope: true })]),
    );
    expect(size).toEqual({ uid: 1, seq: 1, size: 73 });
    expect(envelope).toMatchObject({ uid: 1, envelope: { subject: 'hello' } });
  });

  it.each([
    ['in order', [SIZE, BOTH]],
    ['in the other order', [BOTH, SIZE]],
    ['in three pieces', [SIZE, `* 1 FETCH (UID 1 ${ENVELOPE})`, SIZE]],
  ])('one of which asks for more get what each asked for, %s', async (_, lines) => {
    for (const swapped of [false, true]) {
      const [size, both] = await together(2, lines, async (mailbox) => {
        const less = () => mailbox.fetchOne(1, { size: true });
        const more = () => mailbox.fetchOne(1, { size: true, envelope: true });
        if (!swapped) return Promise.all([less(), more()]);
        const [second, first] = await Promise.all([more(), less()]);
        return [first, second] as const;
      });
      expect(size).toEqual({ uid: 1, seq: 1, size: 73 });
      expect(both).toMatchObject({ uid: 1, size: 73, envelope: { subject: 'hello' } });
    }
  });

  it('that are the same, of many messages', async () => {
    const lines = [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} RFC822.SIZE ${uid})`);
    const dates = [1, 2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} INTERNALDATE "01-Jan-2020 00:00:00 +0000")`);
    const [first, second, third] = await together(3, [...lines, ...dates, ...lines], (mailbox) =>
      Promise.all([
        mailbox.fetchAll('1:*', { size: true }),
        mailbox.fetchAll('1:*', { internalDate: true }),
        mailbox.fetchAll('1:*', { size: true }),
      ]),
    );
    expect([first, third]).toEqual(Array(2).fill([1, 2, 3].map((uid) => ({ uid, seq: uid, size: uid }))));
    expect(second.map(({ internalDate }) => internalDate?.getUTCFullYear())).toEqual([2020, 2020, 2020]);
  });

  it('of different sections', async () => {
    const lines = ['* 1 FETCH (UID 1 BODY[2] {2}', 'zw)', '* 1 FETCH (UID 1 BODY[1] {2}', 'on)'];
    const [one, two] = await together(2, lines, (mailbox) =>
      Promise.all([mailbox.fetchOne(1, { parts: ['1'] }), mailbox.fetchOne(1, { parts: ['2'] })]),
    );
    expect([String(one?.parts.get('1')), String(two?.parts.get('2'))]).toEqual(['on', 'zw']);
  });

  it('of the whole and of a slice', async () => {
    const lines = ['* 1 FETCH (UID 1 BODY[]<1> {2}', 'bc)', '* 1 FETCH (UID 1 BODY[] {4}', 'abcd)'];
    const [whole, slice] = await together(2, lines, (mailbox) =>
      Promise.all([mailbox.fetchOne(1, { source: true }), mailbox.fetchOne(1, { source: { offset: 1, length: 2 } })]),
    );
    expect([String(whole?.source), String(slice?.source)]).toEqual(['abcd', 'bc']);
  });
});

describe('an answer in several responses', () => {
  it('is put together by UID, whatever is expunged meanwhile', async () => {
    const lines = [
      '* 2 FETCH (UID 5 RFC822.SIZE 555)',
      '* 1 EXPUNGE',
      '* 2 FETCH (UID 6 FLAGS (\\Flagged))',
      '* 1 FETCH (UID 5 FLAGS (\\Seen))',
      '* 2 FETCH (UID 6 RFC822.SIZE 666)',
    ];
    const messages = await together(1, lines, (mailbox) => mailbox.fetchAll('1:*', { flags: true, size: true }));
    expect(messages.map(({ uid, size, flags }) => [uid, size, ...flags])).toEqual([
      [5, 555, '\\Seen'],
      [6, 666, '\\Flagged'],
    ]);
  });

  it('of a section each is whole when all of them have come', async () => {
    const lines = [
      '* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {11}',
      'From: a@b',
      ')',
      '* 2 FETCH (UID 2 BODY[1] {2}',
      'zw)',
      '* 1 FETCH (UID 1 BODY[] {5}',
      'hello)',
      '* 1 FETCH (UID 1 BODY[1] {2}',
      'on)',
      '* 2 FETCH (UID 2 BODY[] {3}',
      'bye BODY[HEADER.FIELDS ("FROM")] {11}',
      'From: c@d',
      ')',
    ];
    const items = { headers: ['From'], source: true, parts: ['1'] };
    const messages = await together(1, lines, (mailbox) => mailbox.fetchAll('1:*', items));
    const texts = messages.map(({ uid, headers, source, parts }) => [
      uid,
      headers.get('from'),
      `${source}`,
      `${parts.get('1')}`,
    ]);
    expect(texts).toEqual([
      [1, 'a@b', 'hello', 'on'],
      [2, 'c@d', 'bye', 'zw'],
    ]);
  });
});

describe('an item that says nothing', () => {
  it('is a mod-sequence of 0, or leaves the message out where it names it', async () => {
    const lines = ['* 1 FETCH (UID 1 MODSEQ (-1) EMAILID (a))', '* 2 FETCH (UID 2 MODSEQ NIL EMAILID NIL)'];
    const items = { modseq: true, emailId: true };
    const messages = await together(1, lines, (mailbox) => mailbox.fetchAll('1:*', items), 'CONDSTORE OBJECTID');
    expect(messages).toEqual([{ uid: 1, seq: 1, modseq: 0n, emailId: 'a' }]);
  });
});

describe('bytes of a message', () => {
  const fetched = (line: string, items: FetchItems) =>
    together(1, [`* 1 FETCH (UID 1 ${line} {5}`, 'hello)'], (mailbox) => mailbox.fetchAll(1, items));

  it('from another place than asked for are not handed on as what was asked for', async () => {
    expect(await fetched('BODY[]<100>', { source: { offset: 0, length: 5 } })).toEqual([]);
    expect(await fetched('BODY[]<100>', { source: true })).toEqual([]);
    expect(await fetched('BODY[]<100>', { headers: true })).toEqual([]);
    expect(await fetched('BODY[1]', { source: true, headers: true })).toEqual([]);
  });

  it('are as many as asked for at most', async () => {
    const items = { source: { offset: 1, length: 3 } };
    for (const line of ['BODY[]', 'BODY[]<1>']) {
      const [message] = await fetched(line, items);
      expect(message).toMatchObject({ uid: 1, source: Buffer.from(line === 'BODY[]' ? 'ell' : 'hel') });
    }
  });
});

it('a FETCH of BINARY that is refused for another reason than its encoding is not asked for undecoded', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 BINARY] hello');
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
    const { tag } = await peer.command();
    peer.send(`${tag} NO [LIMIT] too much at once`);
    await peer.gone();
  });
  const client = await connect(server.options);
  const mailbox = await client.open('INBOX');
  const refused = mailbox.fetchAll('1:3', { binary: ['1'] });
  expect(await rejection(refused)).toMatchObject({ name: 'CommandError', code: 'LIMIT' });
  client.close();
});

describe('a FETCH of BINARY', () => {
  const BODY = 'BODYSTRUCTURE ("image" "png" NIL NIL NIL "base64" 4) BODY[1] {4}';

  /** What is given where a server answers so, and the commands that it gets. */
  async function fetched(greeting: string, refusal: string): Promise<[string | undefined, string[]]> {
    const commands: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 BINARY] ${greeting}`);
      await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text === 'LOGOUT') peer.send('* BYE', `${tag} OK`);
        else {
          commands.push(text);
          if (text.includes('BINARY')) peer.send(`${tag} ${refusal}`);
          else peer.send(`* 1 FETCH (UID 1 ${BODY}`, 'aGk=)', `${tag} OK`);
        }
      }
    });
    await using client = await connect(server.options);
    const message = await (await client.open('INBOX')).fetchOne(1, { binary: ['1'] });
    return [message?.binary.get('1')?.toString(), commands];
  }

  it('that is refused for what is not encoded as it should be is decoded here (Dovecot)', async () => {
    const [decoded, commands] = await fetched('hello', 'NO [PARSE] Invalid data in MIME part');
    expect([decoded, commands.length]).toEqual(['hi', 2]);
  });

  it('that stops at what is not encoded as it should be, and says OK, goes on with what is decoded here (Cyrus)', async () => {
    const asked: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 BINARY] hello');
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]');
      asked.push(await peer.expect('UID FETCH', '* 1 FETCH (UID 1 BINARY[1] "one")', '* 2 FETCH (UID 2)'));
      asked.push(await peer.expect('UID FETCH', ...[2, 3].map((uid) => `* ${uid} FETCH (UID ${uid} ${BODY}\r\naGk=)`)));
    });
    const client = await connect(server.options);
    const all = await (await client.open('INBOX')).fetchAll('1:3', { binary: ['1'] });
    expect(all.map(({ uid, binary }) => [uid, `${binary.get('1')}`])).toEqual([
      [1, 'one'],
      [2, 'hi'],
      [3, 'hi'],
    ]);
    expect(asked.map((text) => text.replace(/ \(.*/, ''))).toEqual(['UID FETCH 1:3', 'UID FETCH 2:3']);
    client.close();
  });

  it('is not sent to Dovecot, which ends the connection at base64 without its padding', async () => {
    expect(await fetched('Dovecot ready.', 'BAD not asked for')).toEqual([
      'hi',
      ['UID FETCH 1 (UID BODY.PEEK[1] BODYSTRUCTURE)'],
    ]);
  });
});

describe('a download', () => {
  const BODY = ['* 1 FETCH (UID 1 BODY[] {3}', 'abc)'];

  it.each(['before', 'after'])('leaves a FETCH of the same bytes its own: %s it', async (when) => {
    const lines = BODY;
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        peer.send(...(text === 'LOGOUT' ? ['* BYE'] : lines), `${tag} OK`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const download = async () => (await mailbox.download(1)).content.bytes();
    const fetch = async () => (await mailbox.fetchOne(1, { source: true }))?.source;
    const results = await Promise.all(when === 'before' ? [download(), fetch()] : [fetch(), download()]);
    expect(results.map(String)).toEqual(['abc', 'abc']);
  });

  it('beside another of the same bytes gets its own', async () => {
    const results = await together(2, [...BODY, ...BODY], (mailbox) =>
      Promise.all([1, 2].map(async () => (await mailbox.download(1)).content.bytes())),
    );
    expect(results.map(String)).toEqual(['abc', 'abc']);
  });
});

describe('a STORE', () => {
  it('leaves a FETCH that tells a mod-sequence its own', async () => {
    const lines = ['* 1 FETCH (UID 1 FLAGS (x) MODSEQ (8))', '* 1 FETCH (UID 1 RFC822.SIZE 73 MODSEQ (8))'];
    const [stored, size] = await together(2, lines, (mailbox) =>
      Promise.all([mailbox.addFlags(1, ['x']), mailbox.fetchOne(1, { size: true })]),
    );
    expect([[...(stored.flags.get(1) ?? [])], size?.size]).toEqual([['x'], 73]);
  });
});

describe('a FETCH of what has changed', () => {
  it('is sent by itself: nothing tells its answers from those of another', async () => {
    const sent: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [HIGHESTMODSEQ 9]');
      const two = ['* 1 FETCH (UID 1 FLAGS () MODSEQ (5))', '* 2 FETCH (UID 2 FLAGS () MODSEQ (6))'];
      const before = peer.received.length;
      for (const answer of [[], two, two.slice(1)]) {
        const { tag } = await peer.command();
        // What was sent together has come together.
        sent.push(peer.received.slice(before + sent.length).join('\n'));
        peer.send(...answer, `${tag} OK`);
      }
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const items = { flags: true, modseq: true };
    const results = await Promise.all([
      mailbox.fetchAll('1:*', items, { changedSince: 99n }),
      mailbox.fetchAll('1:*', items),
      mailbox.fetchAll('1:*', items, { changedSince: 5n }),
    ]);
    expect(results.map((messages) => messages.map(({ uid }) => uid))).toEqual([[], [1, 2], [2]]);
    expect(sent).toEqual([
      expect.stringMatching(/^.*CHANGEDSINCE 99\)$/),
      expect.stringMatching(/^.*MODSEQ\)$/),
      expect.stringMatching(/^.*CHANGEDSINCE 5\)$/),
    ]);
  });
});

describe('MOVEs', () => {
  it('in flight together get their own COPYUIDs', async () => {
    const lines = ['* OK [COPYUID 9 1 11] moved', '* 1 EXPUNGE', '* OK [COPYUID 9 2 12] moved', '* 1 EXPUNGE'];
    const results = await together(2, lines, (mailbox) => Promise.all([mailbox.move(1, 'N'), mailbox.move(2, 'N')]));
    expect(results.map(({ uids }) => [...uids])).toEqual([[[1, 11]], [[2, 12]]]);
  });
});

describe('STATUS and MYRIGHTS of one mailbox', () => {
  it('that are answered before the first OK get their own', async () => {
    const lines = [
      '* STATUS X (MESSAGES 7)',
      '* STATUS X (UIDNEXT 9)',
      '* STATUS X (MESSAGES 7)',
      '* MYRIGHTS X lrs',
      '* MYRIGHTS X lrs',
    ];
    const results = await together(
      5,
      lines,
      (_, client) =>
        Promise.all([
          client.status('X', ['messages']),
          client.status('X', ['uidNext']),
          client.status('X', ['messages']),
          client.acl.myRights('X'),
          client.acl.myRights('X'),
        ]),
      'ACL',
    );
    expect(results).toEqual([{ messages: 7 }, { uidNext: 9 }, { messages: 7 }, 'lrs', 'lrs']);
  });
});

describe('FETCHes of annotations (RFC 5257)', () => {
  it('are sent one after the other, and no other FETCH beside them: each gets what it asked for', async () => {
    const asked: string[] = [];
    const given = new AbortController();
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ANNOTATE-EXPERIMENT-1] hello');
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [ANNOTATIONS 20480]');
      const values = [
        '(/comment (value.priv "a")))',
        '(/altsubject (value.priv NIL value.shared "b" size.shared "1")))',
        // Garbled, and of a call that is given up: the ones behind it are none the wiser.
        '(/comment (value.priv',
        '(/comment (value.priv ~{3}\r\n\0\0c)))',
      ];
      for (const [index, value] of values.entries()) {
        const { tag, text } = await peer.command();
        asked.push(text);
        if (index === 2) given.abort();
        // Nothing came behind it yet.
        expect(peer.received.at(-1)).toBe(`${tag} ${text}`);
        peer.send(`* 1 FETCH (UID 1 ANNOTATION ${value}`, `${tag} OK`);
      }
      await peer.expect('UID FETCH 1 (UID RFC822.SIZE)', '* 1 FETCH (UID 1 RFC822.SIZE 7)');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const unknown: string[] = [];
    client.on('unknown', ({ text }) => unknown.push(text));
    const comment = { annotations: ['/private/comment'] } as const;
    const [first, second, aborted, binary, size] = await Promise.all([
      mailbox.fetchOne(1, comment),
      mailbox.fetchOne(1, { annotations: ['/shared/altsubject', '/private/altsubject'] }),
      mailbox.fetchOne(1, comment, { signal: given.signal }).catch((error) => error),
      mailbox.fetchOne(1, comment),
      mailbox.fetchOne(1, { size: true }),
    ]);
    expect(first?.annotations).toEqual(new Map([['/private/comment', Buffer.from('a')]]));
    expect(second?.annotations).toEqual(
      new Map([
        ['/shared/altsubject', Buffer.from('b')],
        ['/private/altsubject', null],
      ]),
    );
    expect(aborted).toBe(given.signal.reason);
    expect(binary?.annotations).toEqual(new Map([['/private/comment', Buffer.from('\0\0c')]]));
    expect(size).toEqual({ uid: 1, seq: 1, size: 7 });
    expect(asked).toHaveLength(4);
    expect(unknown).toEqual(['* 1 FETCH (UID 1 ANNOTATION (/comment (value.priv']);
  });
});

describe('STATUS', () => {
  it('of different items gets its own in whatever order the answers come', async () => {
    const lines = ['* STATUS X (UIDNEXT 9)', '* STATUS X (MESSAGES 7)'];
    const results = await together(2, lines, (_, client) =>
      Promise.all([client.status('X', ['messages']), client.status('X', ['uidNext'])]),
    );
    expect(results).toEqual([{ messages: 7 }, { uidNext: 9 }]);
  });

  it('and MYRIGHTS get their own while a LIST that tells the same goes on (RFC 5819, RFC 8440)', async () => {
    const lines = [
      ...['* LIST () "/" X', '* STATUS X (MESSAGES 7)', '* MYRIGHTS X lrs'],
      ...['* STATUS X (MESSAGES 8)', '* MYRIGHTS X lr'],
      ...['* LIST () "/" Y', '* STATUS Y (MESSAGES 1)', '* MYRIGHTS Y l'],
    ];
    const [list, status, rights] = await together(
      3,
      lines,
      (_, client) =>
        Promise.all([
          client.list({ status: ['messages'], myRights: true }),
          client.status('X', ['messages']),
          client.acl.myRights('X'),
        ]),
      'LIST-EXTENDED LIST-STATUS ACL LIST-MYRIGHTS',
    );
    expect(list.map(({ name, status: told, myRights }) => [name, told, myRights])).toEqual([
      ['X', { messages: 7 }, 'lrs'],
      ['Y', { messages: 1 }, 'l'],
    ]);
    expect([status, rights]).toEqual([{ messages: 8 }, 'lr']);
  });
});

describe('LISTs, and GETACLs', () => {
  it('are sent one after the other: nothing tells their answers apart', async () => {
    const sent: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ACL] hello');
      for (const answer of ['* LIST () "/" a', '* LIST () "/" b', '* ACL X joe lr', '* ACL X joe lr']) {
        const before = peer.received.length;
        const { tag } = await peer.command();
        sent.push(peer.received.slice(Math.max(0, before - 1)).join(' / '));
        peer.send(answer, `${tag} OK`);
      }
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const lists = await Promise.all([client.list({ pattern: 'a' }), client.list({ pattern: 'b' })]);
    expect(lists.map((rows) => rows.map(({ name }) => name))).toEqual([['a'], ['b']]);
    const acls = await Promise.all([client.acl.get('X'), client.acl.get('X')]);
    expect(acls.map((rights) => [...rights])).toEqual([[['joe', 'lr']], [['joe', 'lr']]]);
  });
});

describe('delete and rename', () => {
  it('are sent in the order of the calls', async () => {
    const texts = await (async () => {
      let sent: string[] = [];
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
        sent = await answerTogether(peer, 4, []);
        await peer.expect('LOGOUT', '* BYE');
      });
      await using client = await connect(server.options);
      await Promise.all([client.delete('O'), client.create('O'), client.rename('A', 'B'), client.status('B')]);
      return sent;
    })();
    expect(texts.map((text) => text.split(' ')[0])).toEqual(['DELETE', 'CREATE', 'RENAME', 'STATUS']);
  });
});

describe('fetchOne by sequence number', () => {
  it('gives undefined for a number that no message has, and asks nothing', async () => {
    const fetched = await together(0, [], async (mailbox) => [
      await mailbox.fetchOne({ seq: 4 }, { size: true }),
      await mailbox.fetchOne({ seq: 0 }, { size: true }),
    ]);
    expect(fetched).toEqual([undefined, undefined]);
  });
});
