/** Searches that go on (CONTEXT=SEARCH, CONTEXT=SORT, RFC 5267): what is sent, and how the answers are read. */
import { describe, expect, it } from 'vitest';
import { connect, type SearchUpdate } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

const HELLO = '* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH CONTEXT=SEARCH CONTEXT=SORT] hello';
const SELECTED = ['* 9 EXISTS', '* OK [UIDVALIDITY 7]'];

describe('searchUpdates', () => {
  it('tells what joins a sorted result and leaves it', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const { tag } = await peer.command();
      peer.send(
        `* ESEARCH (TAG "${tag}") UID ALL 5,2:4,1`,
        `* ESEARCH (TAG "${tag}") UID ADDTO (1 8)`,
        `${tag} OK done`,
        '* ESEARCH (TAG "other") UID ADDTO (1 99)',
        `* ESEARCH (TAG "${tag}") UID REMOVEFROM (3 2:3 1 5) ADDTO (0 9)`,
      );
      await peer.expect(`CANCELUPDATE "${tag}"`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    await using inbox = await client.open('INBOX');
    const told: SearchUpdate[] = [];
    for await (const update of inbox.searchUpdates({ subject: 'a' }, { sort: ['date'] })) {
      told.push(update);
      if (told.length === 5) break;
    }
    const [, search] = server.peers[0]?.received ?? [];
    expect(search).toMatch(/UID SORT RETURN \(ALL UPDATE\) \(DATE\) UTF-8 SUBJECT/);
    expect(told).toEqual([
      { type: 'found', uids: [5, 2, 3, 4, 1] },
      { type: 'added', position: 1, uids: [8] },
      { type: 'removed', position: 3, uids: [2, 3] },
      { type: 'removed', position: 1, uids: [5] },
      { type: 'added', position: 0, uids: [9] },
    ]);
  });

  it('selects no mailbox again to cancel what went with its selection', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const { tag } = await peer.command();
      peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`, `${tag} OK done`);
      const other = await peer.command();
      peer.send('* 0 EXISTS', '* OK [UIDVALIDITY 8]', `${other.tag} OK done`);
      await peer.expect('NOOP');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const updates = inbox.searchUpdates({ seen: true })[Symbol.asyncIterator]();
    await updates.next();
    const opening = client.open('other');
    await updates.return?.();
    await opening;
    await client.noop();
    expect(server.peers[0]?.received.map((line) => line.replace(/^A\d+ /, ''))).toEqual([
      ...['SELECT "INBOX"', 'UID SEARCH RETURN (ALL UPDATE) SEEN', 'SELECT "other"', 'NOOP'],
    ]);
    client.close();
  });

  it('finds anew when the mailbox is selected again', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const first = await peer.command();
      peer.send(`* ESEARCH (TAG "${first.tag}") UID ALL 1`, `${first.tag} OK done`);
      await peer.expect('SELECT "other"', '* 0 EXISTS', '* OK [UIDVALIDITY 8]');
      peer.send(`* ESEARCH (TAG "${first.tag}") UID ADDTO (0 7)`);
      await peer.expect('SELECT "INBOX"', ...SELECTED);
      const answers = new Map<string, string>([
        ['UID SEARCH RETURN (ALL UPDATE) SEEN', '1:2'],
        ['UID SEARCH RETURN (ALL) ALL', '1:9'],
      ]);
      for (let count = 0; count < 2; count++) {
        const { tag, text } = await peer.command();
        peer.send(`* ESEARCH (TAG "${tag}") UID ALL ${answers.get(text)}`, `${tag} OK done`);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const updates = inbox.searchUpdates({ seen: true })[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [1] });
    await client.open('other');
    expect(await inbox.search({})).toHaveLength(9);
    // The update of a search that went with its selection is one of those that may still be on their way.
    let next = (await updates.next()).value;
    if (next.type === 'added') next = (await updates.next()).value;
    expect(next).toEqual({ type: 'found', uids: [1, 2] });
    client.close();
  });

  it('leaves the selection as it is where it is left behind that of another mailbox', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const { tag } = await peer.command();
      peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`, `${tag} OK done`);
      await peer.expect('SELECT "other"', '* 0 EXISTS', '* OK [UIDVALIDITY 8]');
      await peer.expect('NOOP');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const updates = inbox.searchUpdates({})[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [1] });
    await client.open('other');
    await updates.return?.();
    await client.noop();
    client.close();
  });

  it('has the server forget a search that nobody waits for any more when it is answered', async () => {
    const ending = new AbortController();
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const { tag } = await peer.command();
      ending.abort();
      await peer.expect('NOOP');
      peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`, `${tag} OK done`);
      await peer.expect(`CANCELUPDATE "${tag}"`);
      await peer.expect('LOGOUT', '* BYE');
    });
    const client = await connect(server.options);
    const unknown: string[] = [];
    client.on('unknown', ({ text }) => unknown.push(text));
    const inbox = await client.open('INBOX');
    for await (const update of inbox.searchUpdates({}, { signal: ending.signal })) expect(update).toBeUndefined();
    await client.noop();
    await client.logout();
    const [, search = '', ...others] = server.peers[0]?.received ?? [];
    expect(others.join()).toContain(`CANCELUPDATE "${search.split(' ')[0]}"`);
    expect(unknown).toEqual([]);
  });

  it('is asked for again, and once, where the connection was lost before the answer', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', ...SELECTED);
      const { tag, text } = await peer.command();
      expect(text).toContain('UPDATE');
      if (server.peers.length === 1) {
        peer.socket.destroy();
        return;
      }
      peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`, `${tag} OK done`);
      await peer.expect('NOOP');
      peer.send(`* ESEARCH (TAG "${tag}") UID ADDTO (0 2)`);
      await peer.gone();
    });
    const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
    const inbox = await client.open('INBOX');
    const updates = inbox.searchUpdates({})[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [1] });
    await client.noop();
    expect((await updates.next()).value).toEqual({ type: 'added', position: 0, uids: [2] });
    client.close();
  });

  it('fails where the server does not offer it, or keeps no more', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH CONTEXT=SEARCH] hello');
      await peer.expect('SELECT', ...SELECTED);
      for (let turn = 0; turn < 3; turn++) {
        const { tag } = await peer.command();
        const found = `* ESEARCH (TAG "${tag}") UID ALL 1`;
        const refused = `* NO [NOUPDATE "${tag}"] too many`;
        // Dovecot says it in front of what is found.
        if (turn === 0) peer.send(refused, found, `${tag} OK done`);
        if (turn === 1) peer.send(found, refused, `${tag} OK done`);
        if (turn === 2) peer.send(found, `${tag} OK done`, refused);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const sorted = inbox.searchUpdates({}, { sort: ['date'] })[Symbol.asyncIterator]();
    expect(await rejection(sorted.next())).toMatchObject({ code: 'MISSING_CAPABILITY' });
    for (let turn = 0; turn < 3; turn++) {
      const updates = inbox.searchUpdates({})[Symbol.asyncIterator]();
      expect((await updates.next()).value).toEqual({ type: 'found', uids: [1] });
      expect(await rejection(updates.next())).toMatchObject({ code: 'NOUPDATE' });
    }
    client.close();
  });

  it('fails where its answer is missing, and names its command where the connection is lost', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 ESEARCH CONTEXT=SEARCH] hello');
      await peer.expect('SELECT', ...SELECTED);
      await peer.expect('UID SEARCH');
      const { tag } = await peer.command();
      peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`, `${tag} OK done`, '* BYE going');
      peer.socket.end();
    });
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    expect(await rejection(inbox.searchUpdates({})[Symbol.asyncIterator]().next())).toMatchObject({
      code: 'UNREADABLE',
    });
    const updates = inbox.searchUpdates({})[Symbol.asyncIterator]();
    expect((await updates.next()).value).toEqual({ type: 'found', uids: [1] });
    const lost = { name: 'ConnectionError', code: 'BYE', message: 'UID SEARCH: The server said goodbye: going' };
    expect(await rejection(updates.next())).toMatchObject(lost);
  });

  it('fails alone where its query can not be asked, though another mailbox is selected', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT "INBOX"', ...SELECTED);
      await peer.expect('SELECT "other"', ...SELECTED);
      await peer.expect('SELECT "INBOX"', ...SELECTED);
      await peer.expect('NOOP');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    await client.open('other');
    const updates = inbox.searchUpdates({ filter: 'x' })[Symbol.asyncIterator]();
    expect(await rejection(updates.next())).toMatchObject({ code: 'MISSING_CAPABILITY' });
    await client.noop();
    client.close();
  });
});
