/** MESSAGELIMIT and SAVELIMIT (RFC 9738): servers that work on so many messages in one command; UIDBATCHES. */
import { describe, expect, it } from 'vitest';
import { type ConnectOptions, connect, type LogEntry, type Mailbox, UsageError } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES } from '../../src/testing/capabilities.ts';
import { createServer } from '../../src/testing/index.ts';
import { collect, letters, rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

const COUNT = 23;
const UIDS = Array.from({ length: COUNT }, (_, index) => index + 1);

async function dialogue(limit: string, without: string[] = [], more: Partial<ConnectOptions> = {}) {
  const sent: string[] = [];
  const server = await createServer({
    capabilities: [...DEFAULT_CAPABILITIES, limit],
    withoutCapabilities: without,
    log: ({ direction, text }) => direction === 'in' && sent.push(text),
  });
  for (const content of letters(COUNT)) server.store.deliver('INBOX', content);
  server.store.create('other');
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  const client = await connect({ host, port, security: 'none', auth, clientId: false, ...more });
  const uids = (name: string) => server.store.mailbox(name).messages.map(({ uid }) => uid);
  const commands = (name: string) => sent.filter((line) => line.includes(` ${name} `)).length;
  const end = () => client.logout().then(() => server.close());
  return { server, client, sent, uids, commands, [Symbol.asyncDispose]: end };
}

const ascending = (messages: { uid: number }[]) => messages.map(({ uid }) => uid).sort((a, b) => a - b);

describe.each([[[]], [['QRESYNC']]])('MESSAGELIMIT=5, enabled: %s', (enable) => {
  const talk = (without: string[] = []) => dialogue('MESSAGELIMIT=5', without, { enable });

  it('keeps to no range, order or score of a part alone', async () => {
    await using it = await talk();
    const inbox = await it.client.open('INBOX');
    expect(ascending(await inbox.fetchAll('1:*', {}, { partial: '2:14' }))).toEqual(UIDS.slice(1, 14));
    const changedSince = inbox.highestModseq ?? 0n;
    await inbox.addFlags('3:22', ['\\Flagged']);
    const changed = await inbox.fetchAll('2:*', {}, { partial: '-1:-12', changedSince });
    expect(ascending(changed)).toEqual(UIDS.slice(10, 22));
    expect(await inbox.sort([{ by: 'arrival' }], {}, { partial: '-3:-1' })).toEqual(UIDS.slice(-3));
    const fuzzy = { fuzzy: { subject: 'leter' } };
    const { all, relevancy, modseq } = await inbox.searchReturn(
      { modseq: 1n, and: [fuzzy] },
      { all: true, relevancy: true },
    );
    expect([all?.size, relevancy?.length]).toEqual([COUNT, COUNT]);
    const modseqs = (await inbox.fetchAll('1:*', { modseq: true })).map((message) => message.modseq);
    expect(modseqs.filter((one) => one >= (modseq ?? 0n))).toEqual([modseq]);
  });

  it('saves no part of a result, and follows none', async () => {
    await using it = await talk();
    const inbox = await it.client.open('INBOX');
    expect(await rejection(inbox.searchReturn({}, { save: true }))).toMatchObject({ code: 'MESSAGELIMIT' });
    expect(await inbox.searchReturn({ uid: '1:3' }, { save: true, count: true })).toEqual({ count: 3 });
    for (const options of [{}, { sort: ['date' as const] }]) {
      const updates = inbox.searchUpdates({}, options)[Symbol.asyncIterator]();
      expect(await rejection(updates.next().then(() => updates.next()))).toMatchObject({
        code: expect.stringMatching(/^(MESSAGELIMIT|NOUPDATE)$/),
      });
    }
    const updates = inbox.searchUpdates({ uid: '1:3' })[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [1, 2, 3] });
    await updates.return?.();
  });

  it('goes on with what `$` meant, and with nothing that was saved since', async () => {
    await using it = await talk();
    const inbox = await it.client.open('INBOX');
    const save = (uid: string) => inbox.searchReturn({ uid }, { save: true, count: true });
    const others = { not: { uid: '$' } };
    const works = [() => inbox.search(others), () => inbox.searchReturn(others, { count: true })];
    for (const work of works) {
      await save('1:3');
      const found = work();
      const saved = save('4:7');
      expect(await rejection(found)).toMatchObject({ code: 'MESSAGELIMIT', message: expect.stringContaining('`$`') });
      expect(await saved).toEqual({ count: 4 });
    }
    expect(await inbox.search(others)).toEqual(UIDS.filter((uid) => uid < 4 || uid > 7));
    expect(await inbox.searchReturn(others, { count: true })).toEqual({ count: COUNT - 4 });
    expect(ascending(await inbox.fetchAll('$', {}))).toEqual([4, 5, 6, 7]);
  });

  it('is known', async () => {
    await using it = await talk();
    const { capabilities } = it.client;
    expect([capabilities.messageLimit, capabilities.saveLimit, capabilities.has('MESSAGELIMIT')]).toEqual([5, 5, true]);
  });

  it('fetches all', async () => {
    await using it = await talk();
    const inbox = await it.client.open('INBOX');
    expect(ascending(await inbox.fetchAll('1:*', { size: true }))).toEqual(UIDS);
    expect(it.commands('UID FETCH')).toBe(5);
    expect(ascending(await collect(inbox.fetch({ seq: '2:*' }, { flags: true })))).toEqual(UIDS.slice(1));
    expect(ascending(await inbox.fetchAll('3:4,9:12,20:*', {}))).toEqual([3, 4, 9, 10, 11, 12, 20, 21, 22, 23]);
    expect(ascending(await collect(inbox.fetch('1:*', {}, { batch: 10 })))).toEqual(UIDS);
  });

  it.each([[[]], [['ESEARCH', 'SEARCHRES']]])('searches all, without %s', async (without) => {
    await using it = await talk(without);
    const inbox = await it.client.open('INBOX');
    it.server.store.mailbox('INBOX').setFlags(2, ['\\Seen']);
    it.server.store.mailbox('INBOX').setFlags(19, ['\\Seen']);
    expect(await inbox.search({})).toEqual(UIDS);
    expect(await inbox.search({ seen: true })).toEqual([2, 19]);
    expect(await inbox.search({ uid: '1:10', subject: 'letter' })).toEqual(UIDS.slice(0, 10));
    expect(await inbox.search({ seq: '3:*', seen: false })).toHaveLength(COUNT - 3);
    const found = await inbox.searchReturn({ seen: true }, { min: true, max: true, count: true, all: true });
    expect([found.min, found.max, found.count, String(found.all)]).toEqual([2, 19, 2, '2,19']);
    expect(String((await inbox.searchReturn({}, { partial: '1:3' })).partial)).toBe('1:3');
  });

  it.each([[[]], [['SORT', 'THREAD=REFERENCES']]])('sorts and threads all, without %s', async (without) => {
    await using it = await talk(without);
    const inbox = await it.client.open('INBOX');
    expect(await inbox.sort([{ by: 'arrival', reverse: true }], { uid: '1:4' })).toHaveLength(4);
    expect((await inbox.sort(['size', 'arrival'], {})).sort((a, b) => a - b)).toEqual(UIDS);
    expect((await inbox.thread('REFERENCES', {})).map(({ uid }) => uid)).toEqual(UIDS);
  });

  it('stores in all', async () => {
    await using it = await talk();
    const inbox = await it.client.open('INBOX');
    const box = it.server.store.mailbox('INBOX');
    const { flags } = await inbox.addFlags('1:*', ['\\Seen']);
    expect([...flags.keys()].sort((a, b) => a - b)).toEqual(UIDS);
    await inbox.addFlags({ seq: '1:20' }, ['\\Flagged'], { silent: true });
    expect(await inbox.search({ seen: true, flagged: true })).toHaveLength(20);
    const { highestModseq: unchangedSince = 0n } = await inbox.addFlags('1', ['x']);
    box.setFlags(21, ['y']);
    box.setFlags(3, ['y']);
    const { modified } = await inbox.addFlags('1:*', ['\\Draft'], { unchangedSince });
    expect(String(modified)).toBe('3,21');
  });

  it('copies, moves and expunges all', async () => {
    await using it = await talk();
    const { client, uids } = it;
    const inbox = await client.open('INBOX');
    expect((await inbox.copy('4:*', 'other')).uids.size).toBe(20);
    expect(uids('other')).toHaveLength(20);
    expect((await inbox.copy({ seq: '1:3' }, 'other')).uids.size).toBe(3);
    expect((await inbox.move({ seq: '1:12' }, 'other')).uids.size).toBe(12);
    expect(uids('INBOX')).toEqual(UIDS.slice(12));
    expect(await inbox.deleteMessages('13:20')).toMatchObject({ expunged: 8 });
    expect(uids('INBOX')).toEqual([21, 22, 23]);
    const other = await client.open('other');
    await other.addFlags('1:30', ['\\Deleted'], { silent: true });
    const { expunged, uids: gone } = await other.expunge('2:29');
    expect([expunged, String(gone)]).toEqual([28, '2:29']);
    const rest = await other.expunge();
    expect([rest.expunged, String(rest.uids)]).toEqual([2, '1,30']);
    expect(uids('other')).toEqual([31, 32, 33, 34, 35]);
  });

  it.each([[[]], [['MOVE', 'UIDPLUS']]])(
    'does nothing with a result that was saved and is empty, without %s',
    async (without) => {
      await using it = await talk(without);
      const inbox = await it.client.open('INBOX');
      await inbox.searchReturn({ uid: '99' }, { save: true });
      expect(await inbox.copy('$', 'other')).toEqual({ uids: new Map() });
      expect(await inbox.move('$', 'other')).toEqual({ uids: new Map() });
      expect(await inbox.addFlags('$', ['x'])).toEqual({ flags: new Map() });
      expect(await inbox.expunge('$')).toMatchObject({ expunged: 0, uids: { size: 0 } });
      expect(await inbox.deleteMessages('$')).toMatchObject({ expunged: 0, uids: { size: 0 } });
    },
  );

  it('moves without MOVE', async () => {
    await using it = await talk(['MOVE', 'UIDPLUS']);
    const inbox = await it.client.open('INBOX');
    await inbox.move('2:21', 'other');
    expect(it.uids('INBOX')).toEqual([1, 22, 23]);
    expect(it.uids('other')).toHaveLength(20);
  });

  it('syncs, and watches', async () => {
    await using it = await talk();
    const { client, server } = it;
    const inbox = await client.open('INBOX');
    const box = server.store.mailbox('INBOX');
    const first = await inbox.sync();
    expect(first.arrived.size).toBe(COUNT);
    for (const uid of UIDS.slice(3, 20)) box.setFlags(uid, ['\\Seen']);
    box.remove([1, 23]);
    const second = await inbox.sync(first.state);
    expect([String(second.vanished), second.flags.size]).toEqual(['1,23', 17]);
    const watch = inbox.watch()[Symbol.asyncIterator]();
    const vanished = watch.next();
    await expect.poll(() => it.sent.some((line) => line.endsWith('IDLE'))).toBe(true);
    box.remove([4]);
    const { value } = await vanished;
    expect(value.type === 'vanished' && String(value.uids)).toBe('4');
    await watch.return?.();
  });

  it('a watch takes no part of the messages for all where another mailbox is selected in between', async () => {
    let between: Promise<void> | undefined;
    let other: Mailbox | undefined;
    const log = ({ direction, text }: LogEntry) => {
      if (direction === 'out' && text.endsWith('UID FETCH 1:* (UID)')) between ??= other?.check();
    };
    await using it = await dialogue('MESSAGELIMIT=5', [], { enable, log });
    const { client, server, sent } = it;
    const inbox = await client.open('INBOX');
    const box = server.store.mailbox('INBOX');
    const watch = inbox.watch()[Symbol.asyncIterator]();
    const event = watch.next();
    await expect.poll(() => sent.some((line) => line.endsWith('IDLE'))).toBe(true);
    other = await client.open('other');
    await expect.poll(() => between !== undefined).toBe(true);
    await between;
    await expect.poll(() => sent.at(-1)?.endsWith('IDLE')).toBe(true);
    box.remove([4]);
    const { value } = await event;
    expect(value.type === 'vanished' && String(value.uids)).toBe('4');
    await watch.return?.();
  });

  it('appends many', async () => {
    await using it = await talk();
    const results = await it.client.append(
      'other',
      letters(12).map((content) => ({ content })),
    );
    expect(results.map(({ uid }) => uid)).toEqual(UIDS.slice(0, 12));
    expect(it.commands('APPEND')).toBe(3);
  });
});

describe('SAVELIMIT=5', () => {
  it('limits COPY and APPEND alone', async () => {
    await using it = await dialogue('SAVELIMIT=5');
    const { client } = it;
    expect([client.capabilities.messageLimit, client.capabilities.saveLimit]).toEqual([undefined, 5]);
    const inbox = await client.open('INBOX');
    expect(await inbox.fetchAll('1:*', {})).toHaveLength(COUNT);
    expect(it.commands('UID FETCH')).toBe(1);
    expect((await inbox.copy('1:*', 'other')).uids.size).toBe(COUNT);
    expect(it.commands('UID COPY')).toBe(5);
  });
});

describe('a server that stops', () => {
  it('and then refuses the rest of a move: what was moved by then is told', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MOVE UIDPLUS MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]');
      await peer.expect(
        'UID MOVE 1:2 ',
        '* OK [COPYUID 9 2 11] moved',
        '* 2 EXPUNGE',
        '* NO [MESSAGELIMIT 1 2] so far',
      );
      const { tag } = await peer.command();
      peer.send(`${tag} NO [OVERQUOTA] full`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const failure = await rejection(inbox.move('1:2', 'other'));
    expect(failure).toMatchObject({ code: 'OVERQUOTA', copied: { uidValidity: 9, uids: new Map([[2, 11]]) } });
  });

  it.each([['OK [MESSAGELIMIT 1] done'], ['OK [MESSAGELIMIT 1 0] done'], ['NO [MESSAGELIMIT 1 0]', 'OK done']])(
    'and does not tell where: %s',
    async (...answers) => {
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hello');
        await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]');
        const { tag } = await peer.command();
        const untagged = answers.slice(0, -1).map((answer) => `* ${answer}`);
        peer.send('* 2 FETCH (UID 2)', ...untagged, `${tag} ${answers.at(-1)}`);
        await peer.expect('NOOP');
        await peer.gone();
      });
      const client = await connect(server.options);
      const inbox = await client.open('INBOX');
      expect(await rejection(inbox.fetchAll('1:*', {}))).toMatchObject({ code: 'MESSAGELIMIT' });
      await client.noop();
      client.close();
    },
  );

  it('between whose commands flags change: the next sync is told them', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]', '* OK [HIGHESTMODSEQ 10]');
      await peer.expect('NOOP');
      const { tag } = await peer.command();
      const news = '* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (12))';
      peer.send('* 2 FETCH (UID 2 FLAGS () MODSEQ (11))', `${tag} OK [MESSAGELIMIT 1 2] done`, news);
      await peer.expect('UID FETCH 1 ', '* 1 FETCH (UID 1 FLAGS () MODSEQ (13))');
      await peer.expect('UID SEARCH', '* SEARCH 1 2');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const { state, flags } = await inbox.sync({ uidValidity: 7, uidNext: 3, highestModseq: '10', uids: '1:2' });
    expect([state.highestModseq, ...flags.keys()]).toEqual(['11', 2, 1]);
    client.close();
  });

  it('is asked for the rest of what `$` means', async () => {
    const asked: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH SEARCHRES MESSAGELIMIT=2] hello');
      await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 50]');
      await peer.expect('UID SEARCH RETURN (SAVE)');
      const { tag, text } = await peer.command();
      peer.send('* 4 FETCH (UID 40)', '* 3 FETCH (UID 30)', `${tag} OK [MESSAGELIMIT 2 30] done`);
      asked.push(text, await peer.expect('UID SEARCH', '* SEARCH 20'));
      asked.push(await peer.expect('UID FETCH', '* 2 FETCH (UID 20)'));
      await peer.gone();
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    await mailbox.searchReturn({ uid: '20:40' }, { save: true });
    expect(ascending(await mailbox.fetchAll('$', {}))).toEqual([20, 30, 40]);
    expect(asked).toEqual(['UID FETCH $ (UID)', 'UID SEARCH RETURN (ALL) UID 1:29 (UID $)', 'UID FETCH 20 (UID)']);
    client.close();
  });

  it('at the last that was asked for is at its end', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag } = await peer.command();
      peer.send('* 5 FETCH (UID 5)', `${tag} OK [MESSAGELIMIT 1 5] done`);
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await inbox.fetchAll('5:7', {})).toMatchObject([{ uid: 5 }]);
    client.close();
  });

  it('above all that was asked for is not asked again', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag } = await peer.command();
      peer.send(`${tag} OK [MESSAGELIMIT 1 9] done`);
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await rejection(inbox.fetchAll('1:4', {}))).toMatchObject({ code: 'MESSAGELIMIT' });
    expect(server.peers[0]?.received).toHaveLength(2);
    client.close();
  });

  it('at the same place for ever', async () => {
    const asked: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      for (let round = 0; round < 2; round++) {
        const { tag, text } = await peer.command();
        asked.push(text);
        peer.send('* 5 FETCH (UID 5)', `${tag} OK [MESSAGELIMIT 1 5] done`);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await rejection(inbox.fetchAll('1:*', {}))).toMatchObject({ code: 'MESSAGELIMIT' });
    expect(asked).toEqual(['UID FETCH 1:* (UID)', 'UID FETCH 1:4 (UID)']);
    client.close();
  });
});

describe('a search that a server stops', () => {
  const find: [string, (mailbox: Mailbox) => Promise<unknown>][] = [
    ['search', (mailbox) => mailbox.search({})],
    ['searchReturn', (mailbox) => mailbox.searchReturn({}, { all: true }).then(({ all }) => [...(all ?? [])])],
  ];

  /** Each command is answered with `* SEARCH 5` and an OK that says where the server stopped. */
  async function stopping(at: number, work: (mailbox: Mailbox) => Promise<unknown>) {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MESSAGELIMIT=1] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      while (!peer.closed && peer.received.length < 9) {
        const { tag, text } = await peer.command();
        peer.send(text === 'LOGOUT' ? '* BYE' : '* SEARCH 5', `${tag} OK [MESSAGELIMIT 1 ${at}] done`);
      }
    });
    await using client = await connect(server.options);
    const outcome = await work(await client.open('INBOX')).catch((error: unknown) => error);
    // searchReturn begins anew where its own command was stopped.
    const sent = new Set(server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1));
    return { outcome, sent: [...sent] };
  }

  it.each(find)('at the same place for ever is given up: %s', async (_, work) => {
    const { outcome, sent } = await stopping(5, work);
    expect(outcome).toMatchObject({ code: 'MESSAGELIMIT' });
    expect(sent).toEqual(['UID SEARCH ALL', 'UID SEARCH UID 1:4']);
  });

  it.each(find)('at the UID 1 is at its end: %s', async (_, work) => {
    const { outcome, sent } = await stopping(1, work);
    expect(outcome).toEqual([5]);
    expect(sent).toEqual(['UID SEARCH ALL']);
  });
});

describe('uidBatches', () => {
  it.each([[[]], [['UIDBATCHES']]])('are from the highest UIDs down, without %s', async (without) => {
    await using server = await createServer({ withoutCapabilities: without });
    const box = server.store.mailbox('INBOX');
    box.deliverAll(Array.from({ length: 1203 }, () => ({ raw: 'Subject: x\r\n\r\n' })));
    box.remove([1, 2, 600]);
    const { host, port } = server;
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host, port, security: 'none', auth });
    await using inbox = await client.open('INBOX');
    expect((await inbox.uidBatches(500)).map(String)).toEqual(['704:1203', '203:703', '1:202']);
    expect((await inbox.uidBatches(1200)).map(String)).toEqual(['1:1203']);
    expect((await inbox.uidBatches(400)).map(String)).toEqual(['804:1203', '403:803', '1:402']);
    expect((await collect(inbox.fetch('1:*', {}, { batch: 500 }))).map(({ uid }) => uid)).toEqual(
      box.messages.map(({ uid }) => uid),
    );
    await client.create('empty');
    expect(await (await client.open('empty')).uidBatches(500)).toEqual([]);
    expect(await rejection(inbox.uidBatches(0))).toBeInstanceOf(UsageError);
  });

  it('are worked out here where the server refuses', async () => {
    let sent = '';
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDBATCHES] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag, text } = await peer.command();
      sent = text;
      peer.send(`${tag} NO [LIMIT] no`);
      await peer.expect('UID SEARCH', '* SEARCH 4 9');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect((await inbox.uidBatches(500)).map(String)).toEqual(['1:9']);
    expect(sent).toBe('UIDBATCHES 500');
    client.close();
  });
});

describe('a command by sequence number that is cut short', () => {
  /** Four messages, of which a command takes the last two; the first goes with the NOOP that comes behind it. */
  async function shifting(work: (mailbox: Mailbox) => Promise<unknown>, expunge = '* 1 EXPUNGE') {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 MOVE SORT THREAD=REFERENCES MESSAGELIMIT=2] hello');
      await peer.expect('SELECT', '* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 50]');
      let first = true;
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        const code = first ? '[MESSAGELIMIT 2 30]' : '';
        first = false;
        if (text.startsWith('FETCH')) peer.send('* 4 FETCH (UID 40 FLAGS ())', '* 3 FETCH (UID 30 FLAGS ())');
        if (text.startsWith('UID FETCH')) peer.send('* 1 FETCH (UID 20 FLAGS ())');
        if (text.startsWith('UID SEARCH')) peer.send(`* SEARCH ${code === '' ? '20' : '30 40'}`);
        if (text === 'NOOP') peer.send(expunge);
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} ${/^UID (SORT|THREAD)/.test(text) ? 'NO' : 'OK'} ${code} done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const working = work(mailbox).then((value) => ({ value }));
    await client.noop();
    const outcome = await working.catch((error) => ({ error }));
    return { outcome, sent: server.peers[0]?.received.map((line) => line.replace(/^\S+ /, '')).slice(1) ?? [] };
  }

  it.each<[string, (mailbox: Mailbox) => Promise<unknown>, string]>([
    ['fetchAll', (mailbox) => mailbox.fetchAll({ seq: '2:4' }, { flags: true }), 'FETCH 2:4 (UID FLAGS)'],
    ['fetch', (mailbox) => collect(mailbox.fetch({ seq: '2:4' }, { flags: true })), 'FETCH 2:4 (UID FLAGS)'],
    ['search', (mailbox) => mailbox.search({ seq: '2:4' }), 'UID SEARCH 2:4'],
    ['searchReturn', (mailbox) => mailbox.searchReturn({ seq: '2:4' }, { all: true }), 'UID SEARCH 2:4'],
    ['sort', (mailbox) => mailbox.sort(['size'], { seq: '2:4' }), 'UID SORT (SIZE) UTF-8 2:4'],
    ['thread', (mailbox) => mailbox.thread('REFERENCES', { seq: '2:4' }), 'UID THREAD REFERENCES UTF-8 2:4'],
    ['copy', (mailbox) => mailbox.copy({ seq: '2:4' }, 'other'), 'UID SEARCH 2:4'],
    ['move', (mailbox) => mailbox.move({ seq: '2:4' }, 'other'), 'UID SEARCH 2:4'],
    ['addFlags', (mailbox) => mailbox.addFlags({ seq: '2:4' }, ['x'], { silent: true }), 'UID SEARCH 2:4'],
  ])('is never taken up with numbers that mean others by then: %s', async (_, work, command) => {
    const { outcome, sent } = await shifting(work);
    expect(outcome).toMatchObject({ error: { code: 'SEQUENCE_CHANGED' } });
    expect(sent).toEqual([command, 'NOOP']);
  });

  it('is taken up where all are meant, whatever their numbers', async () => {
    const { outcome, sent } = await shifting((mailbox) => mailbox.fetchAll({ seq: '1:*' }, { flags: true }));
    expect(outcome).toMatchObject({ value: [{ uid: 40 }, { uid: 30 }, { uid: 20 }] });
    expect(sent).toEqual(['FETCH 1:* (UID FLAGS)', 'NOOP', 'UID FETCH 1:29 (UID FLAGS)']);
  });

  it('is taken up where only new messages came', async () => {
    const { outcome } = await shifting((mailbox) => mailbox.fetchAll({ seq: '2:4' }, { flags: true }), '* 5 EXISTS');
    expect(outcome).toMatchObject({ value: [{ uid: 40 }, { uid: 30 }, { uid: 20 }] });
  });
});

it.each(['1:4', { seq: '1:4' }])('annotations are stored in all of %j', async (set) => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ANNOTATE-EXPERIMENT-1 MESSAGELIMIT=2] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text.startsWith('SELECT')) peer.send('* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 5]');
      if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 1 2');
      if (text === 'LOGOUT') peer.send('* BYE');
      peer.send(`${tag} OK ${text.includes('STORE 1:4') ? '[MESSAGELIMIT 2 3] ' : ''}done`);
    }
  });
  await using client = await connect(server.options);
  await (await client.open('INBOX')).annotate(set, { '/private/comment': 'x' });
  const stores = server.peers[0]?.received.filter((line) => line.includes('STORE')) ?? [];
  expect(stores).toHaveLength(2);
  expect(stores[0]).toContain('STORE 1:4 ANNOTATION');
  expect(stores[1]).toContain('UID STORE 1:2 ANNOTATION');
});
