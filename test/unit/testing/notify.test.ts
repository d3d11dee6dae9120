/** NOTIFY (RFC 5465) on the wire. */
import { expect, test } from 'vitest';
import { fill, login, mail, start } from './servers.ts';

const MESSAGES = '(MessageNew MessageExpunge FlagChange)';

async function ready(events: string, mailbox?: string) {
  const server = await start();
  fill(server, 3);
  const { store } = server;
  store.create('Lists').deliver(mail('x'));
  store.create('Lists/a');
  const client = await login(server, mailbox);
  const answer = await client.ok(`NOTIFY SET ${events}`);
  return { server, store, client, answer };
}

test('STATUS gives the counts of the mailboxes that are not selected', async () => {
  const { store, answer } = await ready(
    `STATUS (selected ${MESSAGES}) (mailboxes Lists/a NONE) (personal ${MESSAGES}) (inboxes (MailboxName))`,
    'INBOX',
  );
  const { uidValidity } = store.mailbox('Lists');
  expect(answer).toEqual([`STATUS Lists (UIDVALIDITY ${uidValidity} UIDNEXT 2 MESSAGES 1 UNSEEN 1)`]);
});

test('what happens elsewhere is told at once, what happens in one turn together', async () => {
  const { store, client } = await ready(
    `(subtree Lists (MessageNew MessageExpunge)) (personal (MailboxName SubscriptionChange))`,
  );
  const lists = store.mailbox('Lists');
  lists.deliver(mail('y'));
  lists.remove([1]);
  lists.setFlags(2, ['\\Seen']);
  store.deliver('INBOX', mail('z'));
  expect(await client.response()).toBe(`* STATUS Lists (UIDVALIDITY ${lists.uidValidity} UIDNEXT 3 MESSAGES 1)`);
  store.create('new');
  expect(await client.response()).toBe('* LIST () "/" new');
  const account = store.account();
  account.rename('Lists', 'L');
  store.account().subscriptions.add('L').add('L');
  account.delete('L');
  // The first group that a name belongs to counts: the new names belong to the second alone.
  expect(await client.ok('NOOP')).toEqual([
    'LIST () "/" L ("OLDNAME" (Lists))',
    'LIST () "/" L/a ("OLDNAME" (Lists/a))',
    'LIST (\\Subscribed) "/" L',
    'LIST (\\Noselect \\Subscribed) "/" L',
  ]);
});

test('a mailbox that is none of these any more when its news goes out is not told of', async () => {
  const { store, client } = await ready('(subtree Lists (MessageNew MessageExpunge))');
  store.deliver('Lists', mail('y'));
  store.account().rename('Lists', 'L');
  expect(await client.ok('NOOP')).toEqual([]);
});

test('of the selected mailbox all is told without a command, EXPUNGE too', async () => {
  const { store, client } = await ready(
    '(selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge))',
    'INBOX',
  );
  const inbox = store.mailbox('INBOX');
  inbox.remove([2]);
  inbox.setFlags(1, ['\\Seen']);
  expect(await client.response()).toBe('* 2 EXPUNGE');
  expect(await client.response()).toBe('* 2 RECENT');
  inbox.deliver(mail('new'));
  expect(await client.response()).toBe('* 3 EXISTS');
  expect(await client.response()).toBe('* 3 RECENT');
  expect(await client.response()).toBe('* 3 FETCH (UID 4 BODY[HEADER.FIELDS (SUBJECT)] {16}\r\nSubject: new\r\n\r\n)');
  // Nobody has asked for flags.
  expect(await client.ok('NOOP')).toEqual([]);
});

test('selected-delayed keeps sequence numbers as they are until a command may move them', async () => {
  const { store, client } = await ready(`(selected-delayed ${MESSAGES})`, 'INBOX');
  const inbox = store.mailbox('INBOX');
  inbox.remove([1]);
  inbox.setFlags(2, ['\\Seen']);
  expect(await client.response()).toMatch(/^\* 2 FETCH \(FLAGS \(\\Seen/);
  expect(await client.ok('FETCH 3 UID')).toEqual(['3 FETCH (UID 3)']);
  expect(await client.ok('NOOP')).toEqual(['1 EXPUNGE', '2 RECENT']);
});

test('NONE, and what says nothing of the selected mailbox, leave it alone, but for what the client itself removes', async () => {
  for (const events of ['(personal (MailboxName))', '(selected NONE)']) {
    const { store, client } = await ready(events, 'INBOX');
    const inbox = store.mailbox('INBOX');
    inbox.setFlags(1, ['\\Deleted']);
    inbox.deliver(mail('new'));
    expect(await client.ok('NOOP')).toEqual([]);
    expect(await client.ok('NOTIFY NONE')).toEqual([]);
    inbox.deliver(mail('newer'));
    expect(await client.ok('NOOP')).toEqual([]);
    expect(await client.ok('EXPUNGE')).toContain('1 EXPUNGE');
  }
});

test.each([
  ['NOTIFY SET', 'BAD'],
  ['NOTIFY SET (personal (MessageNew))', 'BAD'],
  ['NOTIFY SET (personal (FlagChange))', 'BAD'],
  ['NOTIFY SET (personal (MessageNew (UID) MessageExpunge))', 'BAD'],
  ['NOTIFY SET (selected (MailboxName))', 'BAD'],
  ['NOTIFY SET (all NONE)', 'BAD'],
  ['NOTIFY SET (mailboxes () NONE)', 'BAD'],
  ['NOTIFY SOME', 'BAD'],
  [
    'NOTIFY SET (personal (MessageNew MessageExpunge AnnotationChange))',
    'NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange)]',
  ],
])('%s', async (command, answer) => {
  const client = await login(await start());
  expect((await client.tagged(command)).startsWith(answer)).toBe(true);
});
