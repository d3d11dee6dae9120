/** MULTISEARCH and PARTIAL, which no server here offers: what is sent, and how the answers are read. */
import { describe, expect, it, vi } from 'vitest';
import { connect, type SearchQuery } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { letters, rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

const PREAUTH = (capabilities: string) => `* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello`;

describe('searchMailboxes', () => {
  it('sends ESEARCH (RFC 7377), and tells its answers apart by their tags', async () => {
    let sent = '';
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('ESEARCH MULTISEARCH'));
      const { tag, text } = await peer.command();
      sent = text;
      peer.send(
        `* ESEARCH (TAG "${tag}" MAILBOX "folder1" UIDVALIDITY 1) UID ALL 4001,4003,4005`,
        `* ESEARCH (TAG "${tag}" MAILBOX "folder2/&U,BTFw-" UIDVALIDITY 20) UID ALL 3:2`,
        '* ESEARCH (TAG "other" MAILBOX "folder3" UIDVALIDITY 3) UID ALL 1',
        `* ESEARCH (TAG "${tag}" MAILBOX "empty" UIDVALIDITY 3) UID`,
        `${tag} OK done`,
      );
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const where = { mailboxes: ['folder1', 'a "b"'], subtree: 'folder2', subscribed: true, personal: true };
    const found = await client.searchMailboxes({ subject: 'x' }, where);
    expect(sent).toBe(
      'ESEARCH IN (personal subscribed subtree "folder2" mailboxes ("folder1" "a \\"b\\"")) RETURN (ALL) SUBJECT "x"',
    );
    const shown = [...found].map(([name, { uidValidity, uids }]) => [name, uidValidity, String(uids)]);
    expect(shown).toEqual([
      ['folder1', 1, '4001,4003,4005'],
      ['folder2/台北', 20, '2:3'],
    ]);
  });

  it.each(['OK [LIMIT] Some of it', 'NO [LIMIT] Too many mailboxes', 'BAD The same mailbox twice'])(
    'selects each in turn where the server does not search all (RFC 7377 §2.2, §2.4): %s',
    async (answer) => {
      await using server = await scripted(async (peer) => {
        peer.send(PREAUTH('ESEARCH MULTISEARCH LIST-EXTENDED'));
        const { tag } = await peer.command();
        peer.send(`* ESEARCH (TAG "${tag}" MAILBOX "b" UIDVALIDITY 1) UID ALL 2`, `${tag} ${answer}`);
        await peer.expect('LIST (SUBSCRIBED)', '* LIST (\\Subscribed) "/" b');
        for (const name of ['a', 'b']) {
          await peer.expect(`EXAMINE "${name}"`, '* 9 EXISTS', '* OK [UIDVALIDITY 1]', '* FLAGS ()');
          const { tag: own } = await peer.command();
          peer.send(`* ESEARCH (TAG "${own}") UID ALL ${name === 'a' ? 7 : 2}`, `${own} OK done`);
        }
        await peer.expect('LOGOUT', '* BYE');
      });
      await using client = await connect(server.options);
      const found = await client.searchMailboxes({ seen: true }, { mailboxes: ['a', 'b'], subscribed: true });
      expect([...found].map(([name, { uids }]) => [name, String(uids)])).toEqual([
        ['a', '7'],
        ['b', '2'],
      ]);
    },
  );

  it.each(['NO [SERVERBUG] Not today', 'NO Not today'])('tells why the server searches nothing: %s', async (answer) => {
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('ESEARCH MULTISEARCH'));
      const { tag } = await peer.command();
      peer.send(`${tag} ${answer}`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    expect(await rejection(client.searchMailboxes({ seen: true }, { mailboxes: ['a'] }))).toMatchObject({
      name: 'CommandError',
      command: 'ESEARCH',
      status: 'NO',
    });
  });

  it('finds what the server tells of the selected mailbox before it searches (RFC 7377)', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('ESEARCH MULTISEARCH'));
      await peer.expect('SELECT', '* 1 EXISTS', '* OK [UIDVALIDITY 1]');
      await peer.expect('NOOP', '* 2 EXISTS');
      const { tag } = await peer.command();
      peer.send(`* ESEARCH (TAG "${tag}" MAILBOX "INBOX" UIDVALIDITY 1) UID ALL 1:2`, `${tag} OK done`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    await client.open('INBOX');
    const found = await client.searchMailboxes({}, { mailboxes: ['INBOX'] });
    expect(String(found.get('INBOX')?.uids)).toBe('1:2');
  });

  it('searches a mailbox anew that is replaced between two commands (MESSAGELIMIT, RFC 9738)', async () => {
    let searches = 0;
    await using server = await createServer({
      capabilities: ['MESSAGELIMIT=2'],
      intercept: ({ name }) => {
        if (name !== 'UID SEARCH' || ++searches !== 2) return undefined;
        const account = server.store.account('user');
        account.delete('A');
        account.create('A').deliver('Subject: of the new one\n\nText\n');
        server.dropConnections();
        return undefined;
      },
    });
    const mailbox = server.store.account('user').create('A');
    for (let count = 0; count < 5; count++) mailbox.deliver('Subject: of the old one\n\nText\n');
    const { host, port } = server;
    const auth = { user: 'user', pass: 'pass' };
    await using client = await connect({ host, port, security: 'none', auth, reconnect: { minDelay: 1 } });
    const found = await client.searchMailboxes({ all: true }, { mailboxes: ['A'] });
    const [anew] = [...server.store.account('user').mailboxes].filter(({ name }) => name === 'A');
    expect([...found].map(([name, { uidValidity, uids }]) => [name, uidValidity, String(uids)])).toEqual([
      ['A', anew?.uidValidity, '1'],
    ]);
  });

  it('leaves out what others own, and looks at each mailbox few times, however many namespaces there are', async () => {
    const others = Array.from({ length: 300 }, (_, index) => `("a${index}/" "/")`);
    const names = Array.from({ length: 300 }, (_, index) => [`a${index}/b`, `a${index}-`]).flat();
    const searched: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('NAMESPACE'));
      for (let next = await peer.command(); next.tag !== ''; next = await peer.command()) {
        const { tag, text } = next;
        if (text === 'NAMESPACE')
          peer.send(
            `* NAMESPACE (("" "/")) (${others.join('')}("a0/c/" "/")) (("#s" "/")("#" "/")("p/" "/")("q/" "/"))`,
          );
        if (text === 'LIST "" "*"')
          peer.send(
            ...['#', '#news', 'a0/d', 'b', 'b#', 'ba0/c', 'q/b', ...names].map((name) => `* LIST () "/" "${name}"`),
          );
        if (text.startsWith('EXAMINE')) searched.push(text.slice('EXAMINE '.length).replaceAll('"', ''));
        peer.send(`${tag} ${/^(EXAMINE|SELECT)/.test(text) && !text.includes('b') ? 'NO' : 'OK'} done`);
      }
    });
    const client = await connect(server.options);
    const looks = vi.spyOn(String.prototype, 'startsWith');
    await client.searchMailboxes({ seen: true }, { personal: true });
    const { length } = looks.mock.calls;
    looks.mockRestore();
    client.close();
    expect(searched.sort()).toEqual(['b', 'b#', 'ba0/c', ...names.filter((name) => name.endsWith('-'))].sort());
    expect(length).toBeLessThan(50_000);
  });

  it('tells what the search in a mailbox was refused for', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('ESEARCH'));
      for (const [start, answer] of [
        ['EXAMINE', 'OK [READ-ONLY] done'],
        ['UID SEARCH', 'NO [LIMIT] too many words'],
      ]) {
        const { tag, text } = await peer.command();
        expect(text).toMatch(new RegExp(`^${start}`));
        peer.send(...(start === 'EXAMINE' ? ['* 1 EXISTS', '* OK [UIDVALIDITY 7]'] : []), `${tag} ${answer}`);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    const search = client.searchMailboxes({ text: 'x' }, { mailboxes: ['a'] });
    expect(await rejection(search)).toMatchObject({ name: 'CommandError', code: 'LIMIT' });
    client.close();
  });

  it('leaves out a mailbox whose listed name holds what no command can, and asks for none below such a namespace', async () => {
    const searched: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('NAMESPACE'));
      for (let next = await peer.command(); next.tag !== ''; next = await peer.command()) {
        const { tag, text } = next;
        if (text === 'NAMESPACE') peer.send('* NAMESPACE (("" "/")({3}\r\na\r\n "/")) NIL NIL');
        if (text === 'LIST "" "*"')
          peer.send('* LIST () "/" {3}\r\na\r\n', '* LIST () "/" {4}\r\n\nbcd', '* LIST () "/" b');
        if (text.startsWith('EXAMINE')) searched.push(text);
        if (text.startsWith('UID SEARCH')) peer.send('* SEARCH 7');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const found = await client.searchMailboxes({ seen: true }, { personal: true });
    expect([...found.keys()]).toEqual(['b']);
    expect(searched).toEqual(['EXAMINE "b"']);
  });
});

describe('sequence numbers in searchMailboxes', () => {
  it.each([
    ['MULTISEARCH', []],
    ['without it', ['MULTISEARCH']],
  ])(
    'name the messages of each mailbox as it is when it is searched, and none above its last: %s',
    async (_, without) => {
      await using server = await createServer({ withoutCapabilities: without });
      const { store } = server;
      const longer = store.create('longer');
      store.create('none');
      for (const name of ['INBOX', 'longer']) for (const raw of letters(3)) store.deliver(name, raw);
      for (const raw of letters(2)) store.deliver('longer', raw);
      const { host, port } = server;
      await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
      const found = async (query: SearchQuery) => {
        const all = await client.searchMailboxes(query, { mailboxes: ['INBOX', 'longer', 'none'] });
        return Object.fromEntries([...all].map(([name, { uids }]) => [name, String(uids)]));
      };
      expect(await found({ seq: '4:*' })).toEqual({ longer: '4:5' });
      expect(await found({ not: { seq: '4:*' } })).toEqual({ INBOX: '1:3', longer: '1:3' });
      expect(await found({ seq: '9:*' })).toEqual({});
      expect(await found({ seq: '*' })).toEqual({ INBOX: '3', longer: '5' });
      longer.remove([1]);
      expect(await found({ seq: '2,5' })).toEqual({ INBOX: '2', longer: '3' });
    },
  );
});

describe('searchReturn', () => {
  it('asks for a PARTIAL (RFC 9394) and for RELEVANCY (RFC 6203)', async () => {
    const sent: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send(PREAUTH('ESEARCH PARTIAL SEARCH=FUZZY'));
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      for (const answer of [
        'UID PARTIAL (-1:-100 2,5:7) MIN 2',
        'UID PARTIAL (5:9 NIL)',
        'UID RELEVANCY (4 99) ALL 3,5',
      ]) {
        const { tag, text } = await peer.command();
        sent.push(text);
        peer.send(`* ESEARCH (TAG "${tag}") ${answer}`, `${tag} OK done`);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const first = await mailbox.searchReturn({ seen: false }, { partial: '-1:-100', min: true });
    expect([String(first.partial), first.min, first.all]).toEqual(['2,5:7', 2, undefined]);
    const second = await mailbox.searchReturn({}, { partial: '5:9' });
    expect(second.partial?.size).toBe(0);
    const third = await mailbox.searchReturn({ fuzzy: { body: 'x' } }, { all: true, relevancy: true });
    expect([String(third.all), third.relevancy]).toEqual(['3,5', [4, 99]]);
    expect(sent).toEqual([
      'UID SEARCH RETURN (MIN PARTIAL -1:-100) UNSEEN',
      'UID SEARCH RETURN (PARTIAL 5:9) ALL',
      'UID SEARCH RETURN (ALL RELEVANCY) FUZZY (BODY "x")',
    ]);
    client.close();
  });
});
