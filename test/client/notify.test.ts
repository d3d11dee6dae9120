/** NOTIFY (RFC 5465): what is sent, and how the answers are read. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect, type Notification, type NotifyGroup, UsageError } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

const HELLO = '* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY] hello';
const DEFAULT = '(selected-delayed (MessageNew MessageExpunge FlagChange))';

function first<T>(iterable: AsyncIterable<T>): Promise<IteratorResult<T>> {
  return iterable[Symbol.asyncIterator]().next();
}

describe('notify', () => {
  it('asks for events, and tells them', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET STATUS', '* STATUS "a" (MESSAGES 4 UNSEEN 1)');
      peer.send(
        '* STATUS "b &APw-" (MESSAGES 5 UIDNEXT 8)',
        '* LIST (\\NonExistent) "/" "gone"',
        '* LIST (\\noaccess) "/" "closed"',
        '* LIST () "/" "new" ("OLDNAME" ("old"))',
        '* METADATA "INBOX" /shared/comment /private/x',
        '* METADATA "" (/shared/admin "x")',
      );
      await peer.expect(`NOTIFY SET ${DEFAULT}`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const unknown: string[] = [];
    client.on('unknown', ({ text }) => unknown.push(text));
    const told: Notification[] = [];
    const groups: NotifyGroup[] = [
      {
        scope: { mailboxes: ['a', 'b ü'], subtree: undefined },
        events: ['flagChange', 'messageExpunge', 'messageNew'],
      },
      { scope: { subtree: 'lists' }, events: [] },
      { scope: 'personal', events: ['mailboxName', 'subscriptionChange', 'mailboxMetadataChange'] },
      { scope: 'inboxes', events: ['serverMetadataChange'] },
    ];
    for await (const notification of client.notify(groups, { status: true })) {
      told.push(notification);
      if (told.length === 7) break;
    }
    await client.noop().catch(() => {});
    const sent = server.peers[0]?.received[0]?.replace(/^\S+ /, '');
    expect(sent).toBe(
      `NOTIFY SET STATUS ${DEFAULT} (mailboxes ("a" "b &APw-") (MessageNew MessageExpunge FlagChange)) ` +
        '(subtree ("lists") NONE) (personal (MailboxName SubscriptionChange MailboxMetadataChange)) ' +
        '(inboxes (ServerMetadataChange))',
    );
    expect(told).toMatchObject([
      { type: 'status', mailbox: 'a', status: { messages: 4, unseen: 1 } },
      { type: 'status', mailbox: 'b ü', status: { messages: 5, uidNext: 8 } },
      { type: 'mailbox', mailbox: { name: 'gone', selectable: false } },
      { type: 'mailbox', mailbox: { name: 'closed', selectable: false } },
      { type: 'mailbox', mailbox: { name: 'new', oldName: 'old' } },
      { type: 'metadata', mailbox: 'INBOX', entries: ['/shared/comment', '/private/x'] },
      { type: 'metadata', mailbox: '', entries: ['/shared/admin'] },
    ]);
    expect(unknown).toEqual([]);
  });

  it('tells what comes of mailboxes while they are listed, and not as a part of the list (Dovecot)', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY LIST-EXTENDED] hello');
      await peer.expect('NOTIFY SET', '* LIST () "/" "begun"');
      await peer.expect(
        'LIST (SUBSCRIBED) "" "*" RETURN',
        '* LIST (\\NonExistent) "/" "gone"',
        '* LIST () "/" "new" ("OLDNAME" ("old"))',
        '* LIST (\\Subscribed \\HasNoChildren) "/" "a"',
        '* LIST (\\Subscribed \\NonExistent) "/" "left"',
        '* LIST (\\Subscribed \\Remote) "/" "far"',
      );
    });
    await using client = await connect(server.options);
    const told: string[] = [];
    for await (const event of client.notify([{ scope: 'personal', events: ['mailboxName'] }])) {
      if (event.type === 'mailbox') told.push(event.mailbox.name);
      if (told.length === 1)
        expect((await client.list({ subscribed: true })).map(({ name }) => name)).toEqual(['a', 'left', 'far']);
      if (told.length === 3) break;
    }
    expect(told).toEqual(['begun', 'gone', 'new']);
    client.close();
  });

  it('tells of new messages in the selected mailbox, with what was asked for', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 7]', '* OK [UIDNEXT 12]');
      await peer.expect('NOTIFY SET (selected (MessageNew (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER]) MessageExpunge))');
      peer.send(
        '* 1 FETCH (UID 10 FLAGS () RFC822.SIZE 3)',
        '* 3 EXISTS',
        // What another command asked for is not all of it.
        '* 3 FETCH (UID 12 FLAGS (\\Recent))',
        '* 3 FETCH (UID 12 FLAGS () RFC822.SIZE 99 BODY[TEXT] "x")',
        '* 3 FETCH (UID 12 FLAGS (\\Recent) RFC822.SIZE 99 BODY[HEADER] "a: b")',
        '* 3 FETCH (UID 12 FLAGS (\\Seen) RFC822.SIZE 99 BODY[HEADER] "a: b")',
        '* 4 EXISTS',
        '* 4 FETCH (UID 13 FLAGS () RFC822.SIZE 100 BODY[HEADER] "a: c")',
      );
      await peer.gone();
    });
    const client = await connect(server.options);
    await client.open('INBOX');
    const group = {
      scope: 'selected',
      events: ['messageNew', 'messageExpunge'],
      fetch: { flags: true, size: true, headers: true },
    } as const;
    const uids: [number, number, string | undefined][] = [];
    for await (const told of client.notify([group])) {
      if (told.type === 'message') uids.push([told.message.uid, told.message.size, told.message.headers.get('a')]);
      if (uids.length === 2) break;
    }
    expect(uids).toEqual([
      [12, 99, 'b'],
      [13, 100, 'c'],
    ]);
    client.close();
  });

  it('tells of new messages in a mailbox that another one of its name took the place of', async () => {
    const shown = ' (MessageNew (UID FLAGS) MessageExpunge))';
    await using server = await scripted(async (peer) => {
      const again = server.peers.length > 1;
      const last = again ? 5 : 1000;
      peer.send(HELLO);
      for (let count = 0; count < 2; count++) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT'))
          peer.send('* 0 EXISTS', `* OK [UIDVALIDITY ${again ? 8 : 7}]`, `* OK [UIDNEXT ${last}]`);
        else expect(text).toBe(`NOTIFY SET (selected${shown}`);
        peer.send(`${tag} OK done`);
      }
      peer.send('* 1 EXISTS', `* 1 FETCH (UID ${last} FLAGS ())`);
      if (again) await peer.gone();
      else peer.socket.end();
    });
    const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
    await client.open('INBOX');
    const group = { scope: 'selected', events: ['messageNew', 'messageExpunge'], fetch: { flags: true } } as const;
    const uids: number[] = [];
    for await (const told of client.notify([group])) {
      if (told.type === 'message') uids.push(told.message.uid);
      if (uids.length === 2) break;
    }
    expect(uids).toEqual([1000, 5]);
    client.close();
  });

  it('tells of new messages in each mailbox that is selected, wherever its UIDs are', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      for (const uid of [1000, 5]) {
        await peer.expect('SELECT', '* 0 EXISTS', `* OK [UIDVALIDITY ${uid}]`, `* OK [UIDNEXT ${uid}]`);
        if (uid === 1000) await peer.expect('NOTIFY SET (selected (');
        peer.send('* 1 EXISTS', '* 1 FETCH (FLAGS ())', `* 1 FETCH (UID ${uid} FLAGS ())`);
      }
      await peer.gone();
    });
    const client = await connect(server.options);
    await client.open('INBOX');
    const group = { scope: 'selected', events: ['messageNew', 'messageExpunge'], fetch: { flags: true } } as const;
    const told: unknown[] = [];
    for await (const event of client.notify([group])) {
      if (event.type !== 'message') continue;
      told.push([event.mailbox, event.message.uid]);
      if (told.length === 2) break;
      await client.open('other');
    }
    expect(told).toEqual([
      ['INBOX', 1000],
      ['other', 5],
    ]);
    client.close();
  });

  it('has the counts of mailboxes told once a lost connection is replaced: nobody told what happened meanwhile', async () => {
    const sets: string[] = [];
    await using server = await scripted(async (peer) => {
      const again = server.peers.length > 1;
      peer.send(HELLO);
      const { tag, text } = await peer.command();
      sets.push(text);
      if (again) peer.send('* STATUS "Work" (MESSAGES 8 UIDNEXT 9)');
      peer.send(`${tag} OK done`);
      if (again) await peer.gone();
      else peer.socket.end();
    });
    const client = await connect({ ...server.options, reconnect: { minDelay: 1 } });
    const group = { scope: 'personal', events: ['messageNew', 'messageExpunge'] } as const;
    for await (const told of client.notify([group])) {
      expect(told).toEqual({ type: 'status', mailbox: 'Work', status: { messages: 8, uidNext: 9 } });
      break;
    }
    const [first = '', second] = sets;
    expect(first).toMatch(/^NOTIFY SET \(/);
    expect(second).toBe(first.replace('SET', 'SET STATUS'));
    client.close();
  });

  it.each(['selected', 'selected-delayed'] as const)(
    'of the %s mailbox leaves numbers of messages out where they can change at any time (RFC 5465 §5.3)',
    async (scope) => {
      await using server = await scripted(async (peer) => {
        peer.send(HELLO);
        while (!peer.closed) {
          const { tag, text } = await peer.command();
          if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 7]');
          if (text.startsWith('NOTIFY SET (selected (')) peer.send('* 1 EXPUNGE');
          peer.send(`${tag} OK done`);
        }
      });
      await using client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const byNumber = () => {
        const stored = [{ seq: 2 }, { seq: '1:*' }].map((set) => inbox.addFlags(set, ['\\Deleted']));
        const all = [...stored, inbox.search({ not: { seq: 1 } })];
        return Promise.all(
          all.map((one) =>
            one.then(
              () => 'done',
              ({ code }) => code,
            ),
          ),
        );
      };
      const refused = Array.from({ length: 3 }, () => 'UIDREQUIRED');
      const allowed = refused.map(() => 'done');
      expect(await byNumber()).toEqual(allowed);
      const groups: NotifyGroup[] = [
        { scope, events: ['messageNew', 'messageExpunge'] },
        { scope: 'personal', events: ['messageNew', 'messageExpunge'] },
      ];
      const events = client.notify(groups)[Symbol.asyncIterator]();
      const next = events.next();
      expect(await byNumber()).toEqual(scope === 'selected' ? refused : allowed);
      await inbox.addFlags([1, 2], ['\\Seen']);
      // Not before the server has taken it back.
      const ended = events.return?.();
      if (scope === 'selected') expect(await byNumber()).toEqual(refused);
      await ended;
      await next;
      await client.noop();
      expect(await byNumber()).toEqual(allowed);
    },
  );

  it('that is refused leaves numbers of messages as they were', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag } = await peer.command();
      peer.send(`${tag} NO too much`);
      await peer.expect('UID SEARCH 2', '* SEARCH 9');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const events = client.notify([{ scope: 'selected', events: ['messageNew', 'messageExpunge'] }]);
    expect(await rejection(first(events))).toMatchObject({ status: 'NO' });
    expect(await inbox.search({ seq: 2 })).toEqual([9]);
    client.close();
  });

  it('that overflows leaves numbers of messages as they were: nothing is told at any time any more (RFC 5465 §5.8)', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 7]');
      await peer.expect('NOTIFY SET (selected (', '* OK [NOTIFICATIONOVERFLOW] too much');
      await peer.expect('NOTIFY SET (selected-delayed (');
      await peer.expect('UID SEARCH 2', '* SEARCH 9');
      await peer.gone();
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const events = client.notify([{ scope: 'selected', events: ['messageNew', 'messageExpunge'] }]);
    expect(await rejection(first(events))).toMatchObject({ code: 'NOTIFICATIONOVERFLOW' });
    expect(await inbox.search({ seq: 2 })).toEqual([9]);
    client.close();
  });

  it('that overflows has the selected mailbox told again: a watch of it goes on (RFC 5465 §5.8)', async () => {
    let told = false;
    await using server = await scripted(async (peer) => {
      peer.send(HELLO.replace('NOTIFY', 'NOTIFY IDLE'));
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send('* 0 EXISTS', '* OK [UIDVALIDITY 7]', '* OK [UIDNEXT 1]');
        if (text.startsWith('NOTIFY')) told = text.includes('selected');
        if (text.startsWith('UID FETCH')) peer.send('* 1 FETCH (UID 1 FLAGS ())');
        if (text !== 'IDLE') peer.send(`${tag} OK done`);
        if (text !== 'IDLE') continue;
        peer.send('+ idling');
        if (told) peer.send('* 1 EXISTS');
        if ((await peer.line()) === 'DONE') peer.send(`${tag} OK done`);
      }
    });
    const client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const overflowing = client.notify([{ scope: 'personal', events: ['mailboxName'] }])[Symbol.asyncIterator]();
    const overflowed = rejection(overflowing.next());
    await expect.poll(() => told, { interval: 1 }).toBe(true);
    told = false;
    server.peers[0]?.send('* OK [NOTIFICATIONOVERFLOW] too much');
    expect(await overflowed).toMatchObject({ code: 'NOTIFICATIONOVERFLOW' });
    const arrived = await first(inbox.watch({ signal: AbortSignal.timeout(2000) }));
    expect(arrived.value).toMatchObject({ type: 'arrived' });
    client.close();
  });

  it.each(['left', 'replaced'])(
    'leaves numbers of messages out from its call on, though one that was %s before is answered first',
    async (how) => {
      const held: string[] = [];
      await using server = await scripted(async (peer) => {
        peer.send(HELLO);
        while (!peer.closed) {
          const { tag, text } = await peer.command();
          if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 7]');
          if (text.startsWith('NOTIFY SET (selected (')) held.push(tag);
          else peer.send(`${tag} OK done`);
        }
      });
      await using client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const before = client.notify([{ scope: 'inboxes', events: [] }])[Symbol.asyncIterator]();
      const ended = before.next();
      if (how === 'left') await before.return?.();
      const events = first(client.notify([{ scope: 'selected', events: ['messageNew', 'messageExpunge'] }]));
      await ended;
      await expect.poll(() => held.length, { interval: 1 }).toBe(1);
      await client.noop();
      expect(await rejection(inbox.search({ seq: 2 }))).toMatchObject({ code: 'UIDREQUIRED' });
      client.close();
      await events;
    },
  );

  it('of one user leaves the next one the numbers of messages', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY UNAUTHENTICATE AUTH=PLAIN SASL-IR] hello');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 7]');
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect({ ...server.options, compress: false });
    const events = client.notify([{ scope: 'selected', events: ['messageNew', 'messageExpunge'] }]);
    const next = first(events);
    await client.noop();
    await client.unauthenticate();
    await next;
    await client.authenticate({ user: 'next', pass: 'secret' });
    const inbox = await client.open('INBOX');
    await inbox.search({ seq: 2 });
    expect(server.peers[0]?.received.at(-1)).toContain('UID SEARCH 2');
  });

  it('reads the names that Dovecot writes as raw UTF-8', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET');
      peer.send(
        '* STATUS {7}\r\ng\u00c3\u00bc & f (MESSAGES 5)',
        '* LIST () "/" {5}\r\nR&\u00c3\u00bcD ("OLDNAME" ("R&D"))',
        '* LIST () "/" "&APw-"',
      );
      await peer.gone();
    });
    const client = await connect(server.options);
    const told: Notification[] = [];
    for await (const notification of client.notify([{ scope: 'personal', events: ['mailboxName'] }])) {
      told.push(notification);
      if (told.length === 3) break;
    }
    expect(told).toMatchObject([
      { type: 'status', mailbox: 'gü & f' },
      { type: 'mailbox', mailbox: { name: 'R&üD', oldName: 'R&D' } },
      { type: 'mailbox', mailbox: { name: 'ü' } },
    ]);
    client.close();
  });

  it('fails as the server says', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      const { tag } = await peer.command();
      peer.send(`${tag} NO [BADEVENT (MessageNew MessageExpunge)] no`);
      await peer.expect('NOTIFY SET');
      peer.send('* STATUS "a" (MESSAGES 1)', '* OK [NOTIFICATIONOVERFLOW] too much');
      await peer.gone();
    });
    const client = await connect(server.options);
    const groups: NotifyGroup[] = [{ scope: 'personal', events: ['mailboxName'] }];
    expect(await rejection(first(client.notify(groups)))).toMatchObject({
      code: 'BADEVENT',
      responseCode: { events: ['MessageNew', 'MessageExpunge'] },
    });
    const iterator = client.notify(groups)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ type: 'status', mailbox: 'a' });
    expect(await rejection(iterator.next())).toMatchObject({ code: 'NOTIFICATIONOVERFLOW' });
    client.close();
  });

  it('names its command where the connection is lost', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET');
      peer.socket.destroy();
    });
    await using client = await connect(server.options);
    expect(await rejection(first(client.notify([])))).toMatchObject({
      name: 'ConnectionError',
      message: expect.stringMatching(/^NOTIFY: /),
    });
  });

  it('ends with a signal, with the next call, and with the client', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      for (;;) {
        const { tag, text } = await peer.command();
        if (tag === '') return;
        if (text === 'LOGOUT') peer.send('* BYE');
        peer.send(`${tag} OK`);
      }
    });
    const client = await connect(server.options);
    const groups: NotifyGroup[] = [{ scope: 'personal', events: ['mailboxName'] }];
    const ending = new AbortController();
    const one = first(client.notify(groups, { signal: ending.signal }));
    const two = first(client.notify(groups));
    expect((await one).done).toBe(true);
    const aborted = new AbortController();
    const three = first(client.notify(groups, { signal: aborted.signal }));
    expect((await two).done).toBe(true);
    aborted.abort();
    expect((await three).done).toBe(true);
    expect((await first(client.notify(groups, { signal: aborted.signal }))).done).toBe(true);
    const four = first(client.notify(groups));
    await client.logout();
    expect((await four).done).toBe(true);
    const sets = server.peers[0]?.received.filter((line) => line.endsWith(`NOTIFY SET ${DEFAULT}`));
    expect(sets?.length).toBeGreaterThanOrEqual(1);
  });

  it('finds mistakes, and says where it is not offered', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
      await peer.gone();
    });
    const client = await connect(server.options);
    const wrong: unknown[] = [
      'personal',
      [null],
      [{ scope: 'personal' }],
      [{ events: [] }],
      [{ scope: null, events: [] }],
      [{ scope: 5, events: [] }],
      [{ scope: 'personal', events: ['messageNew'] }],
      [{ scope: 'personal', events: ['flagChange'] }],
      [{ scope: 'personal', events: ['x'] }],
      [{ scope: 'selected', events: ['mailboxName'] }],
      [{ scope: 'personal', events: ['messageNew', 'messageExpunge'], fetch: {} }],
      ['selected', 'selected-delayed'].map((scope) => ({ scope, events: [] })),
    ];
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give
    for (const groups of wrong) expect(() => client.notify(groups as any)).toThrow(UsageError); // as above
    const late: unknown[] = [
      [{ scope: 'x', events: [] }],
      [{ scope: { mailboxes: [] }, events: [] }],
      [{ scope: { subtree: 'a\0' }, events: [] }],
      [{ scope: 'personal', events: [] }],
    ];
    for (const groups of late) {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      expect(await rejection(first(client.notify(groups as any)))).toBeInstanceOf(UsageError); // as above
    }
    expect(await rejection(first(client.notify([])))).toMatchObject({ code: 'MISSING_CAPABILITY' });
    client.close();
  });
});

describe('what is told unasked for hours', () => {
  afterEach(() => void vi.useRealTimers());

  const HEARD = /^(?:NOTIFY|UID SEARCH RETURN \(ALL UPDATE\))/;
  const play = (noops: number) => async (peer: Peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY ESEARCH CONTEXT=SEARCH] hello');
    while (!peer.closed) {
      const { tag, text } = await peer.command();
      if (text === 'NOOP' && noops-- === 0) return; // dead from here on
      if (text.startsWith('SELECT')) peer.send('* 1 EXISTS', '* OK [UIDVALIDITY 7]');
      if (text.startsWith('UID SEARCH')) peer.send(`* ESEARCH (TAG "${tag}") UID ALL 1`);
      peer.send(`${tag} OK done`);
    }
  };

  it.each(['notify', 'searchUpdates'] as const)(
    'by %s keeps the session, and finds out that the server is gone (RFC 3501 §5.4)',
    async (name) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      await using server = await scripted(play(3));
      const client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const events: AsyncIterable<unknown> =
        name === 'notify' ? client.notify([{ scope: 'inboxes', events: [] }]) : inbox.searchUpdates({ all: true });
      const ended = rejection(
        (async () => {
          for await (const _ of events);
        })(),
      );
      const { received = [] } = server.peers[0] ?? {};
      const sent = (what: RegExp) => received.filter((line) => what.test(line.replace(/^\S+ /, ''))).length;
      await expect.poll(() => sent(HEARD), { interval: 1 }).toBe(1);
      for (let round = 1; round <= 4; round++) {
        await client.command('X-IS-IT-DONE');
        vi.advanceTimersByTime(9 * 60_000 + 1);
        await expect.poll(() => sent(/^NOOP/), { interval: 1 }).toBe(round);
      }
      vi.advanceTimersByTime(60_001);
      expect(await ended).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT' });
    },
  );
});
