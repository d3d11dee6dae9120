/** Without UIDPLUS an EXPUNGE takes what is marked: what comes into the mailbox meanwhile with its mark, or leaves it, keeps both. */
import { describe, expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer, type ServerMailbox } from '../../src/testing/index.ts';

interface Opened {
  client: ImapClient;
  inbox: Mailbox;
  other: Mailbox;
}
type Call = (opened: Opened) => Promise<unknown>;

const DELETED = ['\\Deleted'];
const NEW = { content: 'Subject: new\r\n\r\n', flags: ['\\deleted'] };

/** Each message by its subject, with `!` where it is marked. */
function held({ messages }: ServerMailbox): string {
  const subjects = messages.map(({ content, flags }) => {
    const subject = /^Subject: (\S+)/.exec(content.raw.toString())?.[1];
    return `${subject}${flags.has('\\Deleted') ? '!' : ''}`;
  });
  return subjects.sort().join(' ');
}

/** What both mailboxes hold after a removal, with the call made right before it (-1) or as the so manieth command of it comes. */
async function after(remove: Call, call: Call, at: number, without: string[]): Promise<string[]> {
  let commands = Number.NEGATIVE_INFINITY;
  let called: Promise<unknown> | undefined;
  const server: ImapServer = await createServer({
    withoutCapabilities: ['UIDPLUS', ...without],
    intercept: () => {
      if (commands++ === at) called = call(opened);
      return undefined;
    },
  });
  await using _server = server;
  server.store.create('other');
  for (const [at, mailbox] of ['INBOX', 'INBOX', 'INBOX', 'other'].entries())
    server.store.deliver(mailbox, `Subject: ${at + 1}\r\n\r\n`, { flags: at === 2 ? [] : DELETED });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, clientId: false });
  const other = await client.open('other');
  const opened = { client, inbox: await client.open('INBOX'), other };
  if (at === -1) called = call(opened);
  commands = 0;
  await remove(opened);
  commands = Number.NEGATIVE_INFINITY;
  await (called ?? call(opened));
  return [held(server.store.mailbox('INBOX')), held(server.store.mailbox('other'))];
}

describe.each<[string, Call]>([
  ['expunge', ({ inbox }) => inbox.expunge(1)],
  ['deleteMessages', ({ inbox }) => inbox.deleteMessages(1)],
])('%s takes nothing that is not named', (_, remove) => {
  it.each<[string, Call, string[], string[]?]>([
    ['appended', ({ client }) => client.append('inbox', NEW), ['2! 3 new!', '4!']],
    ['appended with others', ({ client }) => client.append('INBOX', [NEW, NEW]), ['2! 3 new! new!', '4!']],
    ['copied into the mailbox', ({ other }) => other.copy(1, 'INBOX'), ['2! 3 4!', '4!']],
    ['moved into the mailbox', ({ other }) => other.move(1, 'INBOX'), ['2! 3 4!', '']],
    ['moved there without MOVE', ({ other }) => other.move(1, 'INBOX'), ['2! 3 4!', ''], ['MOVE']],
    ['copied within the mailbox', ({ inbox }) => inbox.copy(2, 'INBOX'), ['2! 2! 3', '4!']],
    ['copied to another', ({ inbox }) => inbox.copy('2', 'other'), ['2! 3', '2! 4!']],
    ['moved to another', ({ inbox }) => inbox.move(2, 'other'), ['3', '2! 4!']],
    ['moved to another without MOVE', ({ inbox }) => inbox.move(2, 'other'), ['3', '2! 4!'], ['MOVE']],
    ['replaced', ({ inbox }) => inbox.replace(3, NEW), ['2! new!', '4!']],
    ['replaced without REPLACE', ({ inbox }) => inbox.replace(3, NEW), ['2! new!', '4!'], ['REPLACE']],
    ['marked by a range', ({ inbox }) => inbox.addFlags({ seq: '2:9' }, DELETED).catch(() => {}), ['2! 3', '4!']],
  ])('where it is %s', async (what, call, expected, without = []) => {
    for (let at = -1; at < 8; at++) {
      const [inbox, other] = await after(remove, call, at, without);
      // Marked by their numbers, they are as many as the numbers still name.
      const told = what.startsWith('marked') ? inbox?.replace('3!', '3') : inbox;
      expect([at, told, other]).toEqual([at, ...expected]);
    }
  });
});

it.each<[string, (inbox: Mailbox) => Promise<unknown>]>([
  ['move', (inbox) => inbox.move(3, 'other')],
  ['replace', (inbox) => inbox.replace(3, { content: 'Subject: 3\r\n\r\n' }, { target: 'other' })],
])('%s does not tell that the message is still there where only the marks of others are refused', async (_, act) => {
  const log: string[] = [];
  await using server = await createServer({
    withoutCapabilities: ['UIDPLUS', 'MOVE', 'REPLACE'],
    intercept: ({ text }) => (text.startsWith('UID STORE 1:2 +FLAGS') ? 'NO too late' : undefined),
  });
  server.store.create('other');
  for (const flags of [DELETED, DELETED, []])
    server.store.deliver('INBOX', `Subject: ${server.store.mailbox('INBOX').uidNext}\r\n\r\n`, { flags });
  const { host, port } = server;
  const auth = { user: 'user', pass: 'pass' };
  await using client = await connect({ host, port, security: 'none', auth, log: ({ text }) => log.push(text) });
  await act(await client.open('INBOX'));
  expect([held(server.store.mailbox('INBOX')), held(server.store.mailbox('other'))]).toEqual(['1 2', '3']);
  expect(log.filter((line) => line.includes('mark') && line.includes('too late'))).toHaveLength(1);
});

it('what waits for an EXPUNGE and is given up is not stored, and its stream is let go of', async () => {
  const giving = new AbortController();
  let append: Promise<unknown> | undefined;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    cancel: () => {
      cancelled = true;
    },
  });
  const server: ImapServer = await createServer({
    withoutCapabilities: ['UIDPLUS'],
    intercept: async ({ name }) => {
      if (name !== 'EXPUNGE') return undefined;
      const message = { content: { stream, size: 9 }, flags: DELETED };
      append = client.append('INBOX', message, { signal: giving.signal });
      giving.abort(new Error('enough'));
      await expect(append).rejects.toThrow('enough');
      return undefined;
    },
  });
  await using _server = server;
  for (const flags of [DELETED, []]) server.store.deliver('INBOX', 'Subject: 1\r\n\r\n', { flags });
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  expect((await (await client.open('INBOX')).expunge(1)).expunged).toBe(1);
  expect([append === undefined, cancelled, held(server.store.mailbox('INBOX'))]).toEqual([false, true, '1']);
});
