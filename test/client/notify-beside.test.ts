/** NOTIFY beside other commands, and in the place of another NOTIFY. */
import { describe, expect, it } from 'vitest';
import { connect, type Notification, type NotifyGroup } from '../../src/index.ts';
import { scripted } from './scripted.ts';

const HELLO = '* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY] hello';

/** What a notification is of. */
function nameOf(event: Notification): string {
  return event.type === 'mailbox' ? event.mailbox.name : event.mailbox;
}

describe('notify', () => {
  it('tells a new message that comes while a FETCH asks for something else of it', async () => {
    const answers = {
      'BODY.PEEK[HEADER.FIELDS (SUBJECT)]': '* 1 FETCH (UID 10 BODY[HEADER.FIELDS (SUBJECT)] "subject: x\r\n\r\n")',
      'FLAGS BODY.PEEK[1]': '* 1 FETCH (UID 10 FLAGS () BODY[1] "x")',
    };
    for (const [items, answer] of Object.entries(answers)) {
      await using server = await scripted(async (peer) => {
        peer.send(HELLO);
        await peer.expect('SELECT', '* 0 EXISTS', '* OK [UIDVALIDITY 7]', '* OK [UIDNEXT 10]');
        await peer.expect('NOTIFY SET');
        const { tag, text } = await peer.command();
        expect(text).toBe(`UID FETCH 1:* (UID ${items})`);
        const told = '* 1 FETCH (UID 10 FLAGS () BODY[HEADER] "subject: x")';
        peer.send(
          '* 1 EXISTS',
          told,
          answer.replace('"subject: x\r\n\r\n"', '{14}\r\nsubject: x\r\n\r\n'),
          `${tag} OK done`,
        );
        await peer.gone();
      });
      const client = await connect(server.options);
      const inbox = await client.open('INBOX');
      const group = {
        scope: 'selected-delayed',
        events: ['messageNew', 'messageExpunge'],
        fetch: { flags: true, headers: true },
      } as const;
      const events = client.notify([group])[Symbol.asyncIterator]();
      const event = events.next();
      const fetched = items.startsWith('FLAGS')
        ? inbox.fetchAll('1:*', { flags: true, parts: ['1'] })
        : inbox.fetchAll('1:*', { headers: ['subject'] });
      expect((await fetched).map(({ uid }) => uid)).toEqual([10]);
      client.close();
      expect(await event).toMatchObject({ value: { type: 'message', message: { uid: 10 } } });
    }
  });

  it('tells nothing that only those asked for who were told before', async () => {
    const events = ['messageNew', 'messageExpunge'] as const;
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET', '* STATUS "a" (MESSAGES 1)');
      const { tag, text } = await peer.command();
      expect(text).toContain('(mailboxes ("INBOX" "b")');
      // The last news of before, and the first ones of what is asked for now.
      peer.send(
        '* STATUS "a" (MESSAGES 2)',
        '* METADATA "a" /shared/comment',
        '* METADATA "" /shared/comment',
        '* STATUS "b" (MESSAGES 3)',
        '* STATUS "c/d/e" (MESSAGES 4)',
        '* STATUS "inbox" (MESSAGES 5)',
        '* LIST () "/" "new" ("OLDNAME" ("c"))',
        '* LIST () "/" "d"',
        `${tag} OK done`,
        // A server knows best.
        '* STATUS "a" (MESSAGES 6)',
      );
      await peer.gone();
    });
    const client = await connect(server.options);
    const before = client.notify([{ scope: 'personal', events }])[Symbol.asyncIterator]();
    expect(await before.next()).toMatchObject({ value: { mailbox: 'a' } });
    const told: string[] = [];
    const groups: NotifyGroup[] = [
      { scope: { mailboxes: ['INBOX', 'b'] }, events },
      { scope: { subtree: 'c' }, events: [...events, 'mailboxName'] },
    ];
    for await (const event of client.notify(groups)) {
      told.push(nameOf(event));
      if (nameOf(event) === 'a') break;
    }
    expect(told).toEqual(['', 'b', 'c/d/e', 'INBOX', 'new', 'a']);
    client.close();
  });

  it('has the server stop what it goes on to tell where another NOTIFY in its place is refused', async () => {
    const events = ['messageNew', 'messageExpunge'] as const;
    let restored: string | undefined;
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET', '* STATUS "a" (MESSAGES 1)');
      const { tag } = await peer.command();
      peer.send(`${tag} NO [BADEVENT (MessageNew MessageExpunge)] No`);
      restored = await peer.expect('NOTIFY SET');
      await peer.expect('NOOP');
      await peer.gone();
    });
    const client = await connect(server.options);
    const before = client.notify([{ scope: 'personal', events }])[Symbol.asyncIterator]();
    await before.next();
    const second = client.notify([{ scope: 'personal', events: [...events, 'mailboxName'] }])[Symbol.asyncIterator]();
    await expect(second.next()).rejects.toMatchObject({ responseCode: { name: 'BADEVENT' } });
    await client.noop();
    expect(restored).toBe('NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))');
    client.close();
  });

  it('takes no news for a row of LIST that come once nobody listens any more', async () => {
    const events = ['messageNew', 'messageExpunge', 'mailboxName'] as const;
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY LIST-EXTENDED] hello');
      await peer.expect('NOTIFY SET', '* STATUS "a" (MESSAGES 1)');
      const restored = await peer.command();
      const listed = await peer.command();
      expect([restored.text, listed.text]).toEqual([
        'NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))',
        'LIST "" "b" RETURN (SUBSCRIBED CHILDREN)',
      ]);
      peer.send(
        '* LIST () "/" "new"',
        `${restored.tag} OK done`,
        '* LIST (\\HasNoChildren) "/" "b"',
        `${listed.tag} OK done`,
      );
      await peer.gone();
    });
    const client = await connect(server.options);
    for await (const _ of client.notify([{ scope: 'personal', events }])) break;
    expect((await client.list({ pattern: 'b' })).map(({ name }) => name)).toEqual(['b']);
    client.close();
  });

  it('takes no news of a subscription for a row of a LIST of what is subscribed', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY LIST-EXTENDED] hello');
      await peer.expect('NOTIFY SET');
      await peer.expect(
        'LIST (SUBSCRIBED)',
        '* LIST (\\Subscribed) "/" "new"',
        '* LIST (\\HasNoChildren \\Subscribed) "/" "b"',
        '* LIST (\\NonExistent \\Subscribed) "/" "b/gone"',
      );
      await peer.gone();
    });
    const client = await connect(server.options);
    const group = { scope: 'personal', events: ['subscriptionChange'] } as const;
    const event = client.notify([group])[Symbol.asyncIterator]().next();
    const listed = await client.list({ pattern: 'b*', subscribed: true });
    expect(listed.map(({ name }) => name)).toEqual(['b', 'b/gone']);
    expect(await event).toMatchObject({ value: { type: 'mailbox', mailbox: { name: 'new', subscribed: true } } });
    client.close();
  });

  it('takes no news of a mailbox that is gone for a row of a plain LIST, which is sent where nothing was found', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY LIST-EXTENDED] hello');
      await peer.expect('NOTIFY SET');
      await peer.expect('LIST "" "b" RETURN (SUBSCRIBED CHILDREN)');
      await peer.expect('LIST "" "b"', '* LIST (\\NonExistent) "/" "c"');
      await peer.gone();
    });
    const client = await connect(server.options);
    const group = { scope: 'personal', events: ['mailboxName'] } as const;
    const event = client.notify([group])[Symbol.asyncIterator]().next();
    expect(await client.list({ pattern: 'b' })).toEqual([]);
    expect(await event).toMatchObject({ value: { type: 'mailbox', mailbox: { name: 'c' } } });
    client.close();
  });

  it('tells counts that come while STATUS asks for some of them, and takes no answer of its for news', async () => {
    const counts = { messages: 4, uidNext: 8, uidValidity: 1 };
    for (const how of ['STATUS', 'LIST']) {
      await using server = await scripted(async (peer) => {
        peer.send('* PREAUTH [CAPABILITY IMAP4rev1 NOTIFY LIST-EXTENDED LIST-STATUS] hello');
        await peer.expect('NOTIFY SET');
        const listed = how === 'LIST' ? ['* LIST (\\HasNoChildren) "/" b', '* LIST (\\HasNoChildren) "/" c'] : [];
        await peer.expect(
          how,
          '* STATUS b (MESSAGES 4 UIDNEXT 8 UIDVALIDITY 1)',
          ...listed,
          '* STATUS b (MESSAGES 4)',
          // It is full, and so is c.
          '* STATUS b (MESSAGES 5 UIDNEXT 9 UIDVALIDITY 1)',
          ...(how === 'LIST' ? ['* STATUS c (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 2)'] : []),
        );
        await peer.gone();
      });
      const client = await connect(server.options);
      const group = { scope: { mailboxes: 'b' }, events: ['messageNew', 'messageExpunge'] } as const;
      const told: Notification[] = [];
      const follow = (async () => {
        for await (const event of client.notify([group])) told.push(event);
      })();
      if (how === 'STATUS') expect(await client.status('b', ['messages'])).toEqual({ messages: 4 });
      else {
        const list = await client.list({ status: ['messages'] });
        expect(list.map(({ status }) => status?.messages)).toEqual([4, 1]);
      }
      client.close();
      await follow;
      expect(told.filter((event) => event.type === 'status' && event.mailbox === 'b')).toEqual([
        { type: 'status', mailbox: 'b', status: counts },
        { type: 'status', mailbox: 'b', status: { messages: 5, uidNext: 9, uidValidity: 1 } },
      ]);
    }
  });

  it('leaves a STATUS what comes, where no better answer does', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(HELLO);
      await peer.expect('NOTIFY SET');
      await peer.expect('STATUS', '* STATUS b (MESSAGES 4)');
      await peer.gone();
    });
    const client = await connect(server.options);
    const follow = (async () => {
      for await (const _ of client.notify([{ scope: 'personal', events: [] }]));
    })();
    expect(await client.status('b', ['messages', 'size'])).toEqual({ messages: 4 });
    client.close();
    await follow;
  });
});
