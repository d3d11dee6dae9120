import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { type ListOptions, listMailboxes } from '../../src/list-mailboxes.ts';
import type { OperationOptions } from '../../src/session/operation.ts';
import { Dialogue } from './session/dialogue.ts';

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

  it('refuses recursiveMatch of nothing, and lists nothing where a pattern can not be sent', async () => {
    const { session, transport } = Dialogue.ready('XLIST');
    await expect(listMailboxes(session, { recursiveMatch: true })).rejects.toBeInstanceOf(UsageError);
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

  it('a NO is told', async () => {
    await expect(listed(EXTENDED, () => 'NO')).rejects.toThrow('the server answered NO');
  });
});
