import { describe, expect, it } from 'vitest';
import { getMetadata } from '../../../src/commands/getmetadata.ts';
import { UsageError } from '../../../src/errors.ts';
import { appendMessage, appendMessages } from '../../../src/operations/append-messages.ts';
import { type ListOptions, listMailboxes } from '../../../src/operations/list-mailboxes.ts';
import type { OperationOptions } from '../../../src/session/operation.ts';
import { Dialogue } from '../session/dialogue.ts';

/** Lists with a server that answers each command by `answer`: untagged lines, or a refusal. */
async function listed(
  capabilities: string,
  answer: (command: string) => string[] | 'NO' | 'BAD',
  options: OperationOptions & ListOptions = {},
  dialogue = Dialogue.ready(capabilities),
) {
  const sent: string[] = [];
  let done = false;
  const listing = listMailboxes(dialogue.session, options).finally(() => {
    done = true;
  });
  listing.catch(() => {});
  for (;;) {
    const text = await dialogue.turn();
    if (done) break;
    if (text === '') throw new Error('Nothing was sent');
    for (const line of text.split('\r\n').slice(0, -1)) {
      const [, tag = '', command = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
      sent.push(command);
      const lines = answer(command);
      if (typeof lines === 'string') dialogue.lines(`${tag} ${lines} refused`);
      else dialogue.lines(...lines.map((one) => `* ${one}`), `${tag} OK done`);
    }
  }
  return { sent, mailboxes: await listing, dialogue };
}

const EXTENDED = 'LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS SPECIAL-USE ACL';

describe('LIST', () => {
  it('leaves out the rights that the server does not tell', async () => {
    const answer = (command: string) =>
      command.startsWith('LIST')
        ? ['LIST () "/" a', 'LIST () "/" b']
        : command.includes('"b"')
          ? ['MYRIGHTS b lr']
          : [];
    const { mailboxes } = await listed('ACL', answer, { myRights: true });
    expect(mailboxes.map(({ name, myRights }) => [name, myRights])).toEqual([
      ['a', undefined],
      ['b', 'lr'],
    ]);
  });

  it('gives mailboxes whose names no command can hold, and asks for nothing of theirs', async () => {
    const names = ['a', '{3}\r\nb\r\n', '{2}\r\n\nb', '""'];
    const answer = (command: string) => {
      if (command.startsWith('LIST')) return names.map((name) => `LIST () "/" ${name}`);
      if (command.startsWith('STATUS')) return ['STATUS a (MESSAGES 1)'];
      return command.startsWith('MYRIGHTS') ? ['MYRIGHTS a lr'] : ['METADATA a (/shared/comment x)'];
    };
    const options = { status: ['messages'], myRights: true, metadata: ['/shared/comment'] } as const;
    const { sent, mailboxes } = await listed('ACL METADATA', answer, options);
    expect(sent).toEqual([
      'LIST "" "*"',
      'STATUS "a" (MESSAGES)',
      'MYRIGHTS "a"',
      'GETMETADATA "a" ("/shared/comment")',
    ]);
    expect(mailboxes.map(({ selectable, status }) => [selectable, status?.messages])).toEqual([
      [true, 1],
      [false, undefined],
      [false, undefined],
      [false, undefined],
    ]);
  });

  it('asks for all at once where the server can (RFC 5258, RFC 5819, RFC 8440, RFC 6154)', async () => {
    const { sent, mailboxes } = await listed(
      EXTENDED,
      () => [
        'LIST (\\Subscribed \\HasNoChildren) "/" INBOX',
        'STATUS INBOX (MESSAGES 3)',
        'MYRIGHTS INBOX lrs',
        'LIST (\\Sent) "/" "Sent Items"',
        'MYRIGHTS "Sent Items" ""',
        'LIST () "/" Sent',
      ],
      { status: ['messages'], myRights: true, remote: true },
    );
    expect(sent[0]).toBe('LIST (REMOTE) "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE MYRIGHTS STATUS (MESSAGES))');
    // What did not come along is asked for.
    expect(sent.slice(1)).toEqual(['STATUS "Sent Items" (MESSAGES)', 'STATUS "Sent" (MESSAGES)', 'MYRIGHTS "Sent"']);
    expect(mailboxes[0]).toMatchObject({
      specialUse: '\\Inbox',
      subscribed: true,
      myRights: 'lrs',
      status: { messages: 3 },
    });
    expect(mailboxes[1]).toMatchObject({ specialUse: '\\Sent', specialUseSource: 'server', myRights: '' });
    // The server has given this use to another.
    expect(mailboxes[2]?.specialUse).toBeUndefined();
  });

  it('asks for metadata along with the mailboxes (LIST-METADATA, RFC 9590)', async () => {
    const { sent, mailboxes } = await listed(
      `${EXTENDED} METADATA LIST-METADATA`,
      () => [
        'LIST () "/" INBOX',
        'METADATA INBOX (/private/Comment "mine" /shared/comment NIL)',
        'LIST () "/" &AMQ-',
        'METADATA &AMQ- ("/shared/comment" {2}\r\nhi)',
        'METADATA INBOX /shared/comment',
        'LIST () "/" None',
        'LIST (\\NonExistent) "/" Gone',
      ],
      { metadata: ['/private/comment', '/shared/comment'], status: ['messages'], pattern: '%' },
    );
    expect(sent[0]).toBe(
      'LIST "" "%" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE METADATA ("/private/comment" "/shared/comment") STATUS (MESSAGES))',
    );
    expect(sent.some((command) => command.startsWith('GETMETADATA'))).toBe(false);
    expect(mailboxes.map(({ name, metadata }) => [name, metadata && [...metadata.values()].map(String)])).toEqual([
      ['INBOX', ['mine', 'null']],
      ['Ä', ['null', 'hi']],
      ['None', ['null', 'null']],
      ['Gone', undefined],
    ]);
  });

  it('asks for the metadata of a mailbox that is listed for what is below it alone: none comes along', async () => {
    const { sent, mailboxes } = await listed(
      `${EXTENDED} METADATA LIST-METADATA`,
      (command) =>
        command.startsWith('LIST')
          ? ['LIST (\\Subscribed) "/" A', 'LIST () "/" B ("CHILDINFO" ("SUBSCRIBED"))']
          : ['METADATA B (/shared/comment "hers")'],
      { subscribed: true, recursiveMatch: true, pattern: '%', metadata: ['/shared/comment'] },
    );
    expect(sent.slice(1)).toEqual(['GETMETADATA "B" ("/shared/comment")']);
    expect(mailboxes.map(({ name, metadata }) => [name, String(metadata?.get('/shared/comment'))])).toEqual([
      ['A', 'null'],
      ['B', 'hers'],
    ]);
  });

  it('asks for metadata one by one, all at once, without LIST-METADATA', async () => {
    const answer = (command: string) => {
      if (command.startsWith('LIST')) return ['LIST () "/" A', 'LIST (\\Noselect) "/" B', 'LIST () "/" C'];
      const [, name = ''] = /"(\w)"/.exec(command) ?? [];
      return name === 'A' ? [`METADATA A (/private/comment "mine")`] : 'NO';
    };
    const { sent, mailboxes } = await listed('METADATA', answer, { metadata: ['/private/comment'] });
    expect(sent).toEqual([
      ...['LIST "" "*"', 'GETMETADATA "A" ("/private/comment")', 'GETMETADATA "C" ("/private/comment")'],
    ]);
    expect(mailboxes.map(({ metadata }) => metadata)).toEqual([
      ...[new Map([['/private/comment', Buffer.from('mine')]]), undefined, undefined],
    ]);
    const legacy = await listed('ANNOTATEMORE', answer, { metadata: ['/private/comment'], pattern: 'A' });
    expect(legacy.sent[1]).toBe('GETANNOTATION "A" ("/comment") ("value.priv")');
  });

  it('pipelines GETMETADATA for one mailbox too, and gives each its own answer', async () => {
    const dialogue = Dialogue.ready('METADATA');
    const ask = (...entries: string[]) =>
      dialogue
        .run(getMetadata('A', entries, {}, dialogue.session.state))
        .promise.then(({ values }) => [...values.keys()]);
    const all = Promise.all([ask('/shared/a', '/shared/b'), ask('/shared/c'), ask('/shared/a')]);
    expect((await dialogue.turn()).split('\r\n')).toHaveLength(4);
    dialogue.lines('* METADATA A (/shared/a "1")', '* METADATA A (/shared/b "2")', 'A1 OK');
    dialogue.lines('* METADATA A (/shared/a "3")', '* METADATA A (/shared/c NIL)', 'A2 OK', 'A3 OK');
    expect(await all).toEqual([['/shared/a', '/shared/b'], ['/shared/c'], ['/shared/a']]);
  });

  it('finds out before anything is sent that there is no metadata', async () => {
    for (const [capabilities, entry] of [
      ['LIST-EXTENDED', '/private/comment'],
      ['METADATA', '/private/*'],
    ] as const) {
      const dialogue = Dialogue.ready(capabilities);
      const listing = listMailboxes(dialogue.session, { metadata: [entry] });
      await expect(listing).rejects.toBeInstanceOf(UsageError);
      expect(await dialogue.turn()).toBe('');
    }
  });

  it('keeps the limits of mailboxes that have their own (RFC 7889)', async () => {
    const { dialogue, mailboxes } = await listed(
      'LIST-EXTENDED LIST-STATUS APPENDLIMIT',
      () => [
        ...['LIST () "/" A', 'STATUS A (APPENDLIMIT 10)', 'LIST () "/" B', 'STATUS B (APPENDLIMIT NIL)'],
        ...['LIST () "/" INBOX', 'STATUS inbox (APPENDLIMIT 5)'],
      ],
      { status: ['appendLimit'] },
    );
    expect(mailboxes.map(({ status }) => status?.appendLimit)).toEqual([10, null, 5]);
    const { session } = dialogue;
    const message = { content: 'A: b\r\n\r\n' };
    await expect(appendMessage(session, 'Inbox', message, {})).rejects.toMatchObject({ code: 'TOOBIG' });
    await expect(appendMessages(session, 'INBOX', [message], {})).rejects.toMatchObject({ code: 'TOOBIG' });
    expect(await dialogue.turn()).toBe('');
    for (const name of ['A', 'B', 'C']) appendMessage(session, name, message, {}).catch(() => {});
    expect((await dialogue.turn()).match(/APPEND/g)?.length).toBeGreaterThan(0);
    const none = Dialogue.ready('LIST-EXTENDED');
    const listing = listMailboxes(none.session, { status: ['appendLimit'] });
    await expect(listing).rejects.toMatchObject({ code: 'MISSING_CAPABILITY' });
    expect(await none.turn()).toBe('');
  });

  it('asks no mailbox for the limit that holds for all of them (RFC 7889)', async () => {
    const answer = (command: string) => {
      if (command.startsWith('LIST')) return ['LIST () "/" A', 'LIST (\\Noselect) "/" B'];
      return ['STATUS A (MESSAGES 3)'];
    };
    const limit = await listed('APPENDLIMIT=10', answer, { status: ['appendLimit'] });
    expect(limit.sent).toEqual(['LIST "" "*"']);
    expect(limit.mailboxes.map(({ status }) => status)).toEqual([{ appendLimit: 10 }, undefined]);
    const both = await listed('APPENDLIMIT=10', answer, { status: ['appendLimit', 'messages'] });
    expect(both.sent).toEqual(['LIST "" "*"', 'STATUS "A" (MESSAGES)']);
    expect(both.mailboxes.map(({ status }) => status)).toEqual([{ appendLimit: 10, messages: 3 }, undefined]);
    const along = 'LIST-EXTENDED LIST-STATUS APPENDLIMIT=10';
    expect((await listed(along, answer, { status: ['appendLimit'] })).sent).toEqual([
      'LIST "" "*" RETURN (SUBSCRIBED CHILDREN)',
    ]);
  });

  it('asks for rights one by one without LIST-MYRIGHTS, and not at all without ACL', async () => {
    const answer = (command: string) => {
      if (command.startsWith('LIST')) return ['LIST () "/" A', 'LIST (\\Noselect) "/" B', 'LIST () "/" C'];
      return command.includes('"A"') ? ['MYRIGHTS A lr'] : 'NO';
    };
    const { sent, mailboxes } = await listed('ACL', answer, { myRights: true });
    expect(sent).toEqual(['LIST "" "*"', 'MYRIGHTS "A"', 'MYRIGHTS "C"']);
    expect(mailboxes.map((one) => one.myRights)).toEqual(['lr', undefined, undefined]);
    expect((await listed('', answer, { myRights: true })).sent).toEqual(['LIST "" "*"']);
  });

  it.each([
    [{ subscribed: true }, 'LIST (SUBSCRIBED) "" "*"'],
    [{ subscribed: true, recursiveMatch: true, pattern: '%' }, 'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"'],
    [{ specialUse: true }, 'LIST "" "*"'],
    [{ specialUse: true, recursiveMatch: true }, 'LIST (SPECIAL-USE RECURSIVEMATCH) "" "*"'],
    [{ pattern: ['a', 'b'], reference: 'r' }, 'LIST "r" ("a" "b")'],
  ])('with %j sends %s', async (options, sent) => {
    const result = await listed(EXTENDED, () => ['LIST (\\Sent \\Subscribed) "/" x'], options);
    expect(result.sent).toEqual([`${sent} RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)`]);
  });

  it('asks a server with LIST-EXTENDED alone for nothing along that it does not know', async () => {
    const answer = (command: string) => {
      if (command.startsWith('LIST')) return ['LIST () "/" A', 'LIST () "/" INBOX'];
      return command.startsWith('STATUS') ? ['STATUS A (MESSAGES 3)'] : ['MYRIGHTS A lr'];
    };
    const offered = 'LIST-EXTENDED ACL METADATA';
    const { sent } = await listed(offered, answer, { status: ['messages'], myRights: true, metadata: ['/shared/a'] });
    expect(sent[0]).toBe('LIST "" "*" RETURN (SUBSCRIBED CHILDREN)');
    expect(sent).toContain('STATUS "A" (MESSAGES)');
    expect(sent).toContain('MYRIGHTS "A"');
    expect(sent).toContain('GETMETADATA "A" ("/shared/a")');
    // Nor for what was not asked for.
    const all = await listed(`${EXTENDED} ${offered} LIST-METADATA MAILBOX-REFERRALS`, answer);
    expect(all.sent).toEqual(['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)']);
    // RECURSIVEMATCH alone is no selection (RFC 5258 §3.1).
    const uses = await listed('LIST-EXTENDED', answer, { specialUse: true, recursiveMatch: true });
    expect(uses.sent).toEqual(['LIST "" "*" RETURN (SUBSCRIBED CHILDREN)']);
  });

  it('rejects where no mailbox is told of for an item that the server does not know, and goes on to use LIST-EXTENDED', async () => {
    const [named, counts] = ['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE', 'STATUS (MESSAGES DELETED)'];
    const sent: string[] = [];
    const answer = (command: string) => {
      sent.push(command);
      if (command.includes('DELETED')) return 'BAD';
      return command.startsWith('LIST') ? ['LIST (\\Subscribed) "/" A', 'LIST () "/" B'] : [];
    };
    const dialogue = Dialogue.ready(EXTENDED);
    const options = { status: ['messages', 'deleted'], myRights: true } as const;
    await expect(listed(EXTENDED, answer, options, dialogue)).rejects.toMatchObject({
      status: 'BAD',
      command: 'STATUS',
    });
    expect(sent).toEqual([
      `${named} MYRIGHTS ${counts})`,
      `${named})`,
      ...['STATUS "A" (MESSAGES DELETED)', 'STATUS "B" (MESSAGES DELETED)', 'MYRIGHTS "A"', 'MYRIGHTS "B"'],
    ]);
    const { mailboxes } = await listed(EXTENDED, answer, {}, dialogue);
    expect(mailboxes.map(({ subscribed }) => subscribed)).toEqual([true, false]);
    // Nor does one that refuses hide the others.
    const some = (command: string) => (/STATUS "B"/.test(command) ? 'BAD' : answer(command));
    const { mailboxes: counted } = await listed('', some, { status: ['messages'] });
    expect(counted.map(({ status }) => status)).toEqual([{}, undefined]);
  });

  it('takes no news of a mailbox (NOTIFY, RFC 5465) for all that was asked for', async () => {
    const told: string[] = [];
    const dialogue = Dialogue.ready(EXTENDED);
    dialogue.session.state.notified = true;
    dialogue.session.state.subscribe({
      untagged: {
        STATUS: (reader) => {
          told.push(reader.rest());
          return true;
        },
      },
    });
    const answer = () => [
      'STATUS A (UIDNEXT 9)',
      'STATUS A (MESSAGES 4 UIDNEXT 9)',
      'LIST (\\HasNoChildren) "/" A',
      'STATUS A (MESSAGES 5 UNSEEN 2)',
      'STATUS A (MESSAGES 6 UNSEEN 3)',
    ];
    const { sent, mailboxes } = await listed(EXTENDED, answer, { status: ['messages', 'unseen'] }, dialogue);
    expect(sent).toHaveLength(1);
    expect(mailboxes[0]?.status).toMatchObject({ messages: 5, unseen: 2 });
    expect(told).toEqual([' A (UIDNEXT 9)', ' A (MESSAGES 4 UIDNEXT 9)', ' A (MESSAGES 6 UNSEEN 3)']);
  });

  it('asks plainly for what was asked for alone, in each pattern', async () => {
    const answer = () => ['LIST () "/" A'];
    const options = { reference: 'r', pattern: ['a', 'b'] };
    const { sent } = await listed('MAILBOX-REFERRALS XLIST', answer, options);
    expect(sent).toEqual(['LIST "r" "a"', 'LIST "r" "b"', 'XLIST "r" "a"', 'XLIST "r" "b"']);
    // Gmail offers both.
    expect((await listed('SPECIAL-USE XLIST', answer)).sent).toEqual(['LIST "" "*"']);
  });

  it.each(['IMAP4rev2', 'IMAP4rev1 IMAP4rev2'])(
    'asks in each pattern for itself with %s, which takes one once it is spoken',
    async (offered) => {
      const dialogue = Dialogue.ready();
      dialogue.lines(`* CAPABILITY ${offered}`);
      if (offered !== 'IMAP4rev2') dialogue.session.state.enable(['IMAP4REV2']);
      const answer = (command: string) =>
        command.includes('("a" "b")') ? 'BAD' : [`LIST (\\Subscribed) "/" ${command.includes('"a"') ? 'a' : 'b'}`];
      const { sent, mailboxes } = await listed('', answer, { pattern: ['a', 'b'] }, dialogue);
      expect(sent).toEqual(['a', 'b'].map((pattern) => `LIST "" "${pattern}" RETURN (SUBSCRIBED CHILDREN)`));
      expect(mailboxes.map(({ name }) => name)).toEqual(['a', 'b']);
    },
  );

  it('tells which are subscribed where the server does', async () => {
    const answer = () => ['LIST (\\Subscribed) "/" A', 'LIST () "/" B'];
    const told = async (capabilities: string) =>
      (await listed(capabilities, answer)).mailboxes.map(({ subscribed }) => subscribed);
    expect(await told('LIST-EXTENDED')).toEqual([true, false]);
    expect(await told('')).toEqual([true, undefined]);
  });

  it('tells of mailboxes with a special use alone, of INBOX none, and of parents where they are asked for', async () => {
    const answer = () => [
      'LIST () "/" INBOX',
      'LIST (\\Sent) "/" A/Sent',
      'LIST () "/" A ("CHILDINFO" ("SPECIAL-USE"))',
      'LIST () "/" B',
    ];
    const names = async (capabilities: string, recursiveMatch: boolean) =>
      (await listed(capabilities, answer, { specialUse: true, recursiveMatch })).mailboxes.map(({ name }) => name);
    for (const capabilities of ['SPECIAL-USE', EXTENDED]) {
      expect(await names(capabilities, false)).toEqual(['A/Sent']);
      expect(await names(capabilities, true)).toEqual(['A/Sent', 'A']);
    }
  });

  it('refuses recursiveMatch of nothing, and lists nothing where a pattern can not be sent', async () => {
    const { session, transport } = Dialogue.ready('XLIST');
    await expect(listMailboxes(session, { recursiveMatch: true })).rejects.toBeInstanceOf(UsageError);
    const metadata = '/private/comment' as unknown as string[]; // what a caller without types may give
    await expect(listMailboxes(session, { metadata })).rejects.toThrow(UsageError);
    const pattern = 7 as unknown as string; // likewise
    await expect(listMailboxes(session, { pattern })).rejects.toThrow('LIST: a pattern is a text');
    await expect(listMailboxes(session, { pattern: [] })).rejects.toThrow('LIST: no pattern is named');
    await expect(listMailboxes(session, { pattern: ['a', 'b\r\n'] })).rejects.toBeInstanceOf(UsageError);
    expect(transport.take()).toBe('');
  });

  it('tells parents of subscribed mailboxes (RFC 5258 §5)', async () => {
    const { mailboxes } = await listed(
      EXTENDED,
      () => ['LIST (\\NonExistent) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))', 'LIST (\\Subscribed) "/" Bar'],
      { subscribed: true, recursiveMatch: true, pattern: '%' },
    );
    expect(mailboxes.map(({ name, subscribed }) => [name, subscribed])).toEqual([
      ['Foo', false],
      ['Bar', true],
    ]);
    const plain = await listed(
      '',
      (command) =>
        command.startsWith('LSUB')
          ? ['LSUB (\\Noselect) "/" Foo', 'LSUB () "/" Bar', 'LSUB () "/" Gone']
          : ['LIST (\\HasChildren) "/" Foo', 'LIST (\\HasNoChildren) "/" Bar'],
      { subscribed: true, recursiveMatch: true, pattern: '%' },
    );
    expect(plain.mailboxes.map(({ name, subscribed, selectable }) => [name, subscribed, selectable])).toEqual([
      ['Foo', false, true],
      ['Bar', true, true],
      ['Gone', true, false],
    ]);
  });

  it('tells them where LSUB does not: of a pattern without `%`, and of Mailutils', async () => {
    const { mailboxes } = await listed(
      '',
      (command) => {
        if (command === 'LSUB "" "*"') return ['LSUB () "/" Foo/Old/Bar', 'LSUB () "/" Foo/New'];
        if (command.startsWith('LSUB')) return ['LSUB () "/" Foo/New'];
        return ['LIST () "/" Foo/Old', 'LIST () "/" Foo/New', 'LIST () "/" Foo/O'];
      },
      { subscribed: true, recursiveMatch: true, pattern: 'Foo/%' },
    );
    expect(mailboxes.map(({ name, subscribed }) => [name, subscribed])).toEqual([
      ['Foo/New', true],
      ['Foo/Old', false],
    ]);
  });

  it('asks once for all that are subscribed, parents among them', async () => {
    const answer = (command: string) =>
      command.startsWith('LSUB')
        ? ['LSUB () "/" Foo/Bar']
        : ['LIST () "/" Foo', 'LIST () "/" Foo/Bar', 'LIST () "/" Fo'];
    const all = { subscribed: true, recursiveMatch: true };
    const { sent, mailboxes } = await listed('', answer, all);
    expect(sent).toEqual(['LIST "" "*"', 'LSUB "" "*"']);
    expect(mailboxes.map(({ name }) => name)).toEqual(['Foo/Bar', 'Foo']);
    // Below a reference these are not all.
    expect((await listed('', answer, { ...all, reference: 'Foo' })).sent).toEqual([
      ...['LIST "Foo" "*"', 'LSUB "Foo" "*"', 'LSUB "" "*"'],
    ]);
  });

  const ALL = ['A', 'A/B', 'A/B/Junk', 'AB', '[Gmail]', '[Gmail]/Trash', 'Sent'];
  const answering = (attributes: (name: string) => string) => (command: string) => {
    if (command === 'LSUB "" "%"')
      return ['LSUB (\\Noselect) "/" [Gmail]', 'LSUB (\\Noselect) "/" A', 'LSUB () "/" AB'];
    if (command === 'LSUB "" "*"') return ['LSUB () "/" [Gmail]/Trash', 'LSUB () "/" A/B', 'LSUB () "/" AB'];
    const isIn = (name: string) => !command.includes('%') || !name.includes('/');
    return ALL.filter(isIn).map((name) => `LIST (${attributes(name)}) "/" ${name}`);
  };
  const ofServer = (name: string) => /Junk|Trash|Sent/.exec(name)?.[0].replace(/^/, '\\') ?? '';
  const none = () => '';

  it.each([
    ['', none, '*', ['[Gmail]', '[Gmail]/Trash', 'Sent'], ['LIST "" "*"']],
    ['', none, '%', ['[Gmail]', 'Sent'], ['LIST "" "%"', 'LIST "" "*"']],
    ['SPECIAL-USE', ofServer, '%', ['A', '[Gmail]', 'Sent'], ['LIST "" "%"', 'LIST "" "*"']],
    ['SPECIAL-USE', ofServer, '*', ALL.filter((name) => name !== 'AB'), ['LIST "" "*"']],
  ])(
    'tells parents of special uses where the server does not: %s',
    async (offered, attributes, pattern, names, all) => {
      const options = { specialUse: true, recursiveMatch: true, pattern };
      const { sent, mailboxes } = await listed(offered, answering(attributes), options);
      expect(mailboxes.map(({ name }) => name)).toEqual(names);
      expect(sent).toEqual(all);
    },
  );

  it('tells those parents with LIST-EXTENDED alone, and of subscribed mailboxes', async () => {
    const options = { specialUse: true, recursiveMatch: true, pattern: '%' };
    const extended = await listed('LIST-EXTENDED', answering(none), options);
    expect(extended.mailboxes.map(({ name }) => name)).toEqual(['[Gmail]', 'Sent']);
    const subscribed = await listed('', answering(none), { ...options, subscribed: true });
    expect(subscribed.mailboxes.map(({ name }) => name)).toEqual(['[Gmail]']);
  });

  it('looks for those parents once a mailbox, however many have a special use', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `box${index}`);
    const lines = [...names, 'box7/below'].map((name) => `LIST (\\Junk) "/" ${name}`);
    const { mailboxes } = await listed(
      'SPECIAL-USE',
      () => ['LIST () "/" A', 'LIST () "/" A-', ...lines, 'LIST (\\Sent) "/" A/x'],
      {
        specialUse: true,
        recursiveMatch: true,
      },
    );
    expect(mailboxes).toHaveLength(50_003);
    expect(mailboxes.some(({ name }) => name === 'A-')).toBe(false);
  });

  it('tells whether there are children where the attributes agree (RFC 9051 §7.3.1)', async () => {
    const { mailboxes } = await listed('', () => [
      'LIST (\\HasChildren) "/" A',
      'LIST (\\HasNoChildren) "/" B',
      'LIST (\\HasChildren \\HasNoChildren) "/" C',
      'LIST (\\Noinferiors) "/" D',
      'LIST (\\HasNoChildren \\Noinferiors) "/" E',
      'LIST () "/" F',
    ]);
    expect(mailboxes.map(({ hasChildren }) => hasChildren)).toEqual([true, false, undefined, false, false, undefined]);
  });

  it('lists remote mailboxes with RLIST (RFC 2193)', async () => {
    const { sent, mailboxes } = await listed(
      'MAILBOX-REFERRALS',
      (command) => {
        return command.startsWith('RLSUB') ? ['LSUB () "/" A'] : ['LIST (\\Marked) "/" A'];
      },
      { remote: true, subscribed: true },
    );
    expect(sent).toEqual(['RLIST "" "*"', 'RLSUB "" "*"']);
    expect(mailboxes).toMatchObject([{ name: 'A', subscribed: true }]);
    expect([...(mailboxes[0]?.attributes ?? [])]).toEqual(['\\Marked']);
    expect((await listed('', () => [], { remote: true })).sent).toEqual(['LIST "" "*"']);
  });
});

describe('special uses', () => {
  it('come from XLIST where there is no SPECIAL-USE, for mailboxes that LIST names', async () => {
    const { sent, mailboxes } = await listed('XLIST', (command) =>
      command.startsWith('XLIST')
        ? [
            'XLIST (\\HasNoChildren \\Inbox) "/" "Posteingang"',
            'XLIST (\\HasNoChildren \\Spam) "/" "[Gmail]/Spam"',
            'XLIST (\\Sent) "/" Verschickt',
          ]
        : ['LIST () "/" INBOX', 'LIST () "/" "[Gmail]/Spam"', 'LIST () "/" Verschickt', 'LIST () "/" Trash'],
    );
    expect(sent.sort()).toEqual(['LIST "" "*"', 'XLIST "" "*"']);
    expect(mailboxes.map(({ name, specialUse, specialUseSource }) => [name, specialUse, specialUseSource])).toEqual([
      ['INBOX', '\\Inbox', 'name'],
      ['[Gmail]/Spam', '\\Junk', 'server'],
      ['Verschickt', '\\Sent', 'server'],
      ['Trash', '\\Trash', 'name'],
    ]);
  });

  it('are done without XLIST where it is refused', async () => {
    const { mailboxes } = await listed('XLIST', (command) =>
      command.startsWith('XLIST') ? 'BAD' : ['LIST () "/" Sent'],
    );
    expect(mailboxes).toMatchObject([{ specialUse: '\\Sent', specialUseSource: 'name' }]);
  });

  it('come from no name where the server gives one mailbox several', async () => {
    const { mailboxes } = await listed('SPECIAL-USE', () => [
      'LIST (\\Drafts \\Sent) "/" Mine',
      'LIST () "/" Sent',
      'LIST () "/" Drafts',
      'LIST () "/" Trash',
    ]);
    expect(mailboxes.map(({ name, specialUse }) => [name, specialUse])).toEqual([
      ['Mine', '\\Drafts'],
      ['Sent', undefined],
      ['Drafts', undefined],
      ['Trash', '\\Trash'],
    ]);
  });

  it('come from names last: one mailbox a use, the likeliest, and none that the server tells', async () => {
    const { mailboxes } = await listed('', () => [
      'LIST () "." "INBOX.Sent Items"',
      'LIST () "." INBOX.Sent',
      'LIST (\\Noselect) "." INBOX.Drafts',
      'LIST () "." INBOX.Papierkorb',
      'LIST () "." Other.Sent',
      'LIST (\\Junk) "." INBOX.Werbung2',
      'LIST () "." INBOX.Spam',
    ]);
    expect(mailboxes.filter((one) => one.specialUse).map(({ name, specialUse }) => [name, specialUse])).toEqual([
      ['INBOX.Sent', '\\Sent'],
      ['INBOX.Papierkorb', '\\Trash'],
      ['INBOX.Werbung2', '\\Junk'],
    ]);
  });

  it('are not guessed where the server tells them and not all mailboxes are listed', async () => {
    const answer = () => ['LIST () "/" Sent'];
    for (const options of [{ pattern: 'S*' }, { subscribed: true }, { reference: 'x' }]) {
      expect((await listed(EXTENDED, answer, options)).mailboxes[0]?.specialUse).toBeUndefined();
    }
    expect((await listed(EXTENDED, answer)).mailboxes[0]?.specialUse).toBe('\\Sent');
    expect((await listed('', answer, { pattern: 'S*' })).mailboxes[0]?.specialUse).toBe('\\Sent');
  });
});

describe('Cyrus, which tells of mailboxes that are listed for those below them that they do not exist', () => {
  const ready = () => {
    const dialogue = Dialogue.ready(EXTENDED);
    dialogue.session.state.greeting = 'localhost Cyrus IMAP 3.10 server ready';
    return dialogue;
  };
  const options = { subscribed: true, recursiveMatch: true, pattern: '%' };

  it('is asked which do', async () => {
    const answer = (command: string) =>
      command.startsWith('LIST (')
        ? [
            'LIST (\\Subscribed \\HasNoChildren) "/" A',
            'LIST (\\NonExistent \\HasChildren) "/" B (CHILDINFO ("SUBSCRIBED"))',
            'LIST (\\NonExistent \\HasChildren) "/" C (CHILDINFO ("SUBSCRIBED"))',
          ]
        : ['LIST (\\HasChildren) "/" B', 'LIST (\\NonExistent \\HasChildren) "/" C', 'LIST () "/" D'];
    const { sent, mailboxes } = await listed(EXTENDED, answer, options, ready());
    expect(sent[1]).toBe('LIST "" "%" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)');
    expect(mailboxes.map(({ name, selectable, subscribed }) => [name, selectable, subscribed])).toEqual([
      ['A', true, true],
      ['B', true, false],
      ['C', false, false],
    ]);
  });

  it('is asked nothing more where all are subscribed', async () => {
    const { sent } = await listed(EXTENDED, () => ['LIST (\\Subscribed) "/" A'], options, ready());
    expect(sent).toHaveLength(1);
  });
});

describe('servers whose extended LIST is of no use', () => {
  it.each([
    ['strato.de, which lists nothing', [] as string[]],
    ['one that refuses it (Proton Bridge, its LIST (SPECIAL-USE))', 'BAD' as const],
  ])('%s', async (_, extended) => {
    const answer = (command: string) => (command.includes('RETURN') ? extended : ['LIST () "/" INBOX']);
    const first = await listed(EXTENDED, answer);
    expect(first.mailboxes).toMatchObject([{ name: 'INBOX' }]);
    expect(first.sent).toHaveLength(2);
    // It is not tried again.
    const { dialogue } = first;
    expect((await listed(EXTENDED, answer, { pattern: 'INBOX' }, dialogue)).sent).toEqual(['LIST "" "INBOX"']);
  });

  it('are none where there is nothing to list', async () => {
    const first = await listed(EXTENDED, () => []);
    expect(first.mailboxes).toEqual([]);
    const again = await listed(EXTENDED, () => ['LIST () "/" A'], {}, first.dialogue);
    expect(again.sent).toEqual(['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)']);
  });

  it('are none where no mailbox has a special use, or the server chooses none by it (Cyrus)', async () => {
    const answer = (command: string) =>
      command.startsWith('LIST (')
        ? []
        : ['LIST () "/" A', 'LIST (\\Subscribed \\Sent) "/" A/B', 'LIST (\\Subscribed) "/" C'];
    const returning = 'RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)';
    const first = await listed(EXTENDED, answer, { specialUse: true, recursiveMatch: true });
    expect(first.sent).toEqual([`LIST (SPECIAL-USE RECURSIVEMATCH) "" "*" ${returning}`, `LIST "" "*" ${returning}`]);
    expect(first.mailboxes.map(({ name, subscribed }) => [name, subscribed])).toEqual([
      ['A', false],
      ['A/B', true],
    ]);
    const again = await listed(EXTENDED, answer, {}, first.dialogue);
    expect(again.sent).toEqual([`LIST "" "*" ${returning}`]);
  });

  it('are none where the delimiter is asked for, which no extended LIST tells (RFC 5258 §3)', async () => {
    const first = await listed(EXTENDED, () => ['LIST (\\Noselect) "/" ""'], { pattern: '' });
    expect(first.sent).toEqual(['LIST "" ""']);
    expect(first.mailboxes).toMatchObject([{ name: '', delimiter: '/', selectable: false }]);
    const again = await listed(EXTENDED, () => ['LIST () "/" A'], {}, first.dialogue);
    expect(again.sent).toEqual(['LIST "" "*" RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)']);
  });

  it('a NO is told', async () => {
    await expect(listed(EXTENDED, () => 'NO')).rejects.toThrow('the server answered NO');
  });
});
