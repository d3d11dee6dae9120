/** UIDONLY (RFC 9586): no sequence numbers on the wire, in either direction. */
import { describe, expect, it } from 'vitest';
import { type ConnectOptions, connect, type ImapClient, UsageError } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { collect, letter, letters, rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

async function dialogue(more: Partial<ConnectOptions> = { enable: ['UIDONLY'] }) {
  const sent: string[] = [];
  const received: string[] = [];
  const server = await createServer({
    log: ({ direction, text }) => (direction === 'in' ? sent : received).push(text),
  });
  // UIDs that are no sequence numbers.
  for (const content of letters(8)) server.store.deliver('INBOX', content);
  server.store.mailbox('INBOX').remove([1, 2, 5]);
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  const client = await connect({ host, port, security: 'none', auth, clientId: false, ...more });
  const end = async () => {
    await client.logout();
    await server.close();
    if (more.enable !== undefined) expect(received.filter((line) => /^\* \d+ (FETCH|EXPUNGE)/.test(line))).toEqual([]);
  };
  return { server, client, sent, received, [Symbol.asyncDispose]: end };
}

const RECENT = new Set(['\\Recent']);
const DELETED = new Set(['\\Deleted', '\\Recent']);

describe('with UIDONLY', () => {
  it('fetches, without seq', async () => {
    await using it = await dialogue();
    const inbox = await it.client.open('INBOX');
    expect(await inbox.fetchAll('1:4', { flags: true })).toEqual([
      { uid: 3, flags: RECENT },
      { uid: 4, flags: RECENT },
    ]);
    const all = await collect(inbox.fetch('4:*', { size: true, headers: ['Subject'], source: true }));
    expect(all.map(({ uid, headers }) => [uid, headers.get('Subject')])).toEqual([
      [4, 'letter 4'],
      [6, 'letter 6'],
      [7, 'letter 7'],
      [8, 'letter 8'],
    ]);
    expect(all.every((message) => !('seq' in message))).toBe(true);
    expect((await (await inbox.download(7)).content.text()).length).toBe(all[2]?.size);
    expect((await inbox.content(8))?.text).toBe('Hello\r\n');
    expect(await inbox.fetchOne(2, {})).toBeUndefined();
  });

  it('searches, sorts, threads, stores, copies, moves and expunges', async () => {
    await using it = await dialogue();
    const { client, server } = it;
    const inbox = await client.open('INBOX');
    await client.create('other');
    expect(await inbox.search({ subject: 'letter' })).toEqual([3, 4, 6, 7, 8]);
    expect(await inbox.sort([{ by: 'subject', reverse: true }], {})).toEqual([8, 7, 6, 4, 3]);
    expect((await inbox.thread('REFERENCES', {})).map(({ uid }) => uid)).toEqual([3, 4, 6, 7, 8]);
    expect((await inbox.addFlags([3, 6], ['\\Deleted'])).flags).toEqual(
      new Map([
        [3, DELETED],
        [6, DELETED],
      ]),
    );
    expect((await inbox.copy('3:4', 'other')).uids).toEqual(
      new Map([
        [3, 1],
        [4, 2],
      ]),
    );
    expect(String((await inbox.expunge(3)).uids)).toBe('3');
    expect(inbox.exists).toBe(4);
    expect((await inbox.expunge()).expunged).toBe(1);
    expect((await inbox.move(7, 'other')).uids).toEqual(new Map([[7, 3]]));
    expect(inbox.exists).toBe(2);
    expect(String((await inbox.deleteMessages(8)).uids)).toBe('8');
    expect(await inbox.replace(4, { content: letter('new') })).toMatchObject({ uid: 9 });
    expect(server.store.mailbox('INBOX').messages.map(({ uid }) => uid)).toEqual([9]);
  });

  it('sends no sequence number', async () => {
    await using it = await dialogue();
    const { client, sent } = it;
    const inbox = await client.open('INBOX');
    const before = sent.length;
    const seq = { seq: '1:2' };
    const attempts: Promise<unknown>[] = [
      inbox.fetchAll(seq, {}),
      collect(inbox.fetch(seq, {})),
      collect(inbox.fetch(seq, {}, { batch: 1 })),
      inbox.fetchOne({ seq: 1 }, {}),
      inbox.addFlags(seq, ['\\Seen']),
      inbox.addFlags(seq, ['\\Seen'], { silent: true }),
      inbox.copy(seq, 'INBOX'),
      inbox.move(seq, 'INBOX'),
      inbox.expunge(seq),
      inbox.deleteMessages(seq),
      inbox.search({ seq: 1 }),
      inbox.search({ not: { or: [{ uid: seq }] } }),
      inbox.searchReturn({ seq: 1 }, { count: true }),
      inbox.sort(['date'], { seq: 1 }),
      inbox.thread('REFERENCES', { seq: 1 }),
    ];
    for (const attempt of attempts) expect(await rejection(attempt)).toMatchObject({ code: 'UIDREQUIRED' });
    expect(await rejection(inbox.fetchAll(seq, {}))).toBeInstanceOf(UsageError);
    expect(sent.length).toBe(before);
  });

  it('watches', async () => {
    await using it = await dialogue();
    const { client, server } = it;
    const inbox = await client.open('INBOX');
    const box = server.store.mailbox('INBOX');
    const events: unknown[] = [];
    const steps = [
      () => box.setFlags(6, ['\\Seen']),
      () => box.remove([3, 7]),
      () => server.store.deliver('INBOX', letter('new')),
      () => box.setFlags(9, ['\\Flagged']),
      () => box.remove([9]),
    ];
    const shown = { arrived: 'messages', vanished: 'uids', flags: 'uid', reset: 'uidValidity' } as const;
    const watch = inbox.watch({ fetch: { size: true } });
    const iterator = watch[Symbol.asyncIterator]();
    let next = iterator.next();
    await expect.poll(() => it.sent.some((line) => line.endsWith('IDLE'))).toBe(true);
    for (const [step, wanted] of [1, 2, 1, 1, 1].entries()) {
      steps[step]?.();
      for (let count = 0; count < wanted; count++) {
        const { value } = await next;
        const what = value[shown[value.type as keyof typeof shown]]; // the type says which of them it has
        events.push([
          value.type,
          value.type === 'vanished' ? String(what) : value.type === 'arrived' ? what[0].uid : what,
        ]);
        next = iterator.next();
      }
    }
    expect(events).toEqual([
      ['flags', 6],
      ['vanished', '3'],
      ['vanished', '7'],
      ['arrived', 9],
      ['flags', 9],
      ['vanished', '9'],
    ]);
    expect(inbox.exists).toBe(3);
    await iterator.return?.();
  });

  it.each([['UIDONLY'], ['UIDONLY', 'QRESYNC']])('syncs (%s %s)', async (...names) => {
    await using it = await dialogue({ enable: names });
    const { client, server } = it;
    const box = server.store.mailbox('INBOX');
    await using inbox = await client.open('INBOX');
    const first = await inbox.sync();
    expect(String(first.arrived)).toBe('3:4,6:8');
    box.setFlags(4, ['\\Seen']);
    box.remove([6]);
    server.store.deliver('INBOX', letter('new'));
    await client.create('other');
    await client.open('other');
    const second = await inbox.sync(first.state);
    expect([String(second.arrived), String(second.vanished), [...second.flags.keys()]]).toEqual(['9', '6', [4]]);
    box.remove([9]);
    const third = await inbox.sync(second.state);
    expect([third.arrived.size, String(third.vanished)]).toEqual([0, '9']);
  });
});

describe('enabling UIDONLY', () => {
  it('changes what a mailbox that is open already tells', async () => {
    await using it = await dialogue({});
    const { client, server } = it;
    const inbox = await client.open('INBOX');
    const told: unknown[] = [];
    inbox.on('expunge', (event) => told.push(event));
    inbox.on('flags', ({ uid, seq }) => told.push({ uid, seq }));
    expect((await inbox.fetchOne({ seq: 1 }, {}))?.uid).toBe(3);
    server.store.mailbox('INBOX').remove([3]);
    await client.noop();
    await client.enable(['UIDONLY']);
    expect(await rejection(inbox.fetchOne({ seq: 1 }, {}))).toBeInstanceOf(UsageError);
    expect(await inbox.fetchOne(4, {})).toEqual({ uid: 4 });
    server.store.mailbox('INBOX').remove([6]);
    server.store.mailbox('INBOX').setFlags(4, ['\\Seen']);
    await client.noop();
    expect(told).toEqual([{ seq: 1 }, { uid: 6 }, { uid: 4, seq: undefined }]);
  });

  it('reaches what waits behind it', async () => {
    await using it = await dialogue({});
    const { client, sent } = it;
    const inbox = await client.open('INBOX');
    const enabled = client.enable(['UIDONLY']);
    const late = rejection(client.open('INBOX').then((again) => again.fetchAll({ seq: 1 }, {})));
    await enabled;
    expect(await late).toMatchObject({ code: 'UIDREQUIRED' });
    expect(sent.some((line) => / FETCH/.test(line))).toBe(false);
    expect(await inbox.search({})).toEqual([3, 4, 6, 7, 8]);
  });

  it('fetches messages of which the envelope can not be read', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UIDONLY] hello');
      await peer.expect('ENABLE', '* ENABLED UIDONLY');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]');
      await peer.expect(
        'UID FETCH',
        '* 25 UIDFETCH (ENVELOPE broken FLAGS (\\Seen))',
        '* 26 UIDFETCH (FLAGS () ENVELOPE broken)',
      );
      await peer.gone();
    });
    const client: ImapClient = await connect({ ...server.options, enable: ['UIDONLY'] });
    const inbox = await client.open('INBOX');
    expect(await inbox.fetchAll('25:26', { flags: true, envelope: true })).toMatchObject([
      { uid: 25, flags: new Set(['\\Seen']) },
      { uid: 26, flags: new Set() },
    ]);
    client.close();
  });

  it('is refused by servers with a code', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ENABLE UIDONLY] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag } = await peer.command();
      peer.send(`${tag} BAD [UIDREQUIRED] Message numbers are not allowed once UIDONLY is enabled`);
      await peer.gone();
    });
    const client: ImapClient = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await rejection(inbox.fetchAll({ seq: 1 }, {}))).toMatchObject({ code: 'UIDREQUIRED', status: 'BAD' });
    client.close();
  });
});
