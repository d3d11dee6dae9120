/** What a server offers and then does not know: it is done in the way of servers that do not offer it. */
import { describe, expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { scripted } from './scripted.ts';

type Call = (client: ImapClient, mailbox: Mailbox) => Promise<unknown>;

interface Served {
  client: ImapClient;
  mailbox: Mailbox;
  /** What was sent since the mailbox was opened, without tags. */
  sent: string[];
  /** The UIDs that are in the mailbox, with the marks of those that have one. */
  left(): string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server of three messages, of which the second is marked; it answers so to the commands that are named. */
async function served(
  refused: RegExp,
  refusal: string,
  withoutCapabilities: string[] = [],
  reconnect = false,
): Promise<Served> {
  const server = await createServer({
    withoutCapabilities: ['IMAP4rev2', ...withoutCapabilities],
    intercept: ({ text }) => (refused.test(text) ? refusal : undefined),
  });
  for (const flags of [[], ['\\Deleted'], []]) server.store.deliver('INBOX', 'Subject: a\r\n\r\n', { flags });
  server.store.create('T');
  const sent: string[] = [];
  const { host, port } = server;
  const client = await connect({
    host,
    port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    clientId: false,
    reconnect,
    log: ({ direction, text }) => direction === 'out' && sent.push(text.replace(/^A\d+ /, '')),
  });
  const mailbox = await client.open('INBOX');
  sent.length = 0;
  return {
    client,
    mailbox,
    sent,
    left: () =>
      server.store
        .mailbox('INBOX')
        .messages.map(({ uid, flags }) => `${uid}${flags.has('\\Deleted') ? '!' : ''}`)
        .join(' '),
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close();
    },
  };
}

const UNKNOWN = [
  'BAD Error in IMAP command: Unknown command (0.001 secs).',
  'BAD Unrecognized command',
  'BAD Unrecognized UID subcommand',
  'BAD Invalid command',
  'BAD Command unrecognized: X',
  'BAD Command Error. 12',
  'BAD command not supported',
];

describe('MOVE', () => {
  it.each(UNKNOWN)(
    'that is answered with %s is COPY and the deletion of the messages, and is not tried again',
    async (bad) => {
      await using all = await served(/^(UID )?MOVE/, bad);
      const { client, mailbox, sent, left } = all;
      expect((await mailbox.move(1, 'T')).uids).toEqual(new Map([[1, 1]]));
      expect(left()).toBe('2! 3');
      expect((await mailbox.move({ seq: 2 }, 'T')).uids).toEqual(new Map([[3, 2]]));
      expect(left()).toBe('2!');
      expect(sent.filter((line) => line.includes('MOVE'))).toEqual(['UID MOVE 1 "T"']);
      expect(client.capabilities.has('MOVE')).toBe(false);
    },
  );

  it('by sequence number is of the same messages', async () => {
    await using all = await served(/^(UID )?MOVE/, 'BAD Unknown command');
    const { mailbox, sent, left } = all;
    expect((await mailbox.move({ seq: '1,3' }, 'T')).uids.size).toBe(2);
    expect([left(), sent[0]]).toEqual(['2!', 'MOVE 1,3 "T"']);
  });

  it.each([
    'BAD Error in IMAP command received by server.',
    'BAD Invalid command arguments',
    'BAD Invalid messageset',
    'NO Unknown command',
    'NO [OVERQUOTA] full',
  ])('that is answered with %s is refused: it may be for its arguments', async (refusal) => {
    await using all = await served(/^(UID )?MOVE/, refusal);
    const { client, mailbox, sent, left } = all;
    expect(await rejection(mailbox.move(1, 'T'))).toMatchObject({ name: 'CommandError', command: 'UID MOVE' });
    expect([sent.length, left(), client.capabilities.has('MOVE')]).toEqual([1, '1 2! 3', true]);
  });
});

describe('a MOVE that is unknown', () => {
  it.each([
    ['though copies were told', '* OK [COPYUID 9 1 11] moved', { uids: new Map([[1, 11]]), uidValidity: 9 }],
    ['though a message went', '* 1 EXPUNGE', undefined],
  ])('is refused, %s', async (_, told, copied) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] hello');
      await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
      const { tag } = await peer.command();
      peer.send(told, `${tag} BAD Unknown command`);
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const failure = await rejection((await client.open('INBOX')).move(1, 'T'));
    expect(failure).toMatchObject({ name: 'CommandError', command: 'UID MOVE' });
    expect(failure.copied).toEqual(copied);
  });

  it('is COPY and the deletion with reconnect, too', async () => {
    await using all = await served(/^(UID )?MOVE/, 'BAD Unknown command', [], true);
    await all.mailbox.move(1, 'T');
    expect(all.left()).toBe('2! 3');
  });
});

describe('UID EXPUNGE', () => {
  it.each<[string, Call, string]>([
    ['expunge', (_, mailbox) => mailbox.expunge('1:2'), '1 3'],
    ['expunge of sequence numbers', (_, mailbox) => mailbox.expunge({ seq: '1:2' }), '1 3'],
    ['deleteMessages', (_, mailbox) => mailbox.deleteMessages(1), '2! 3'],
    ['deleteMessages of sequence numbers', (_, mailbox) => mailbox.deleteMessages({ seq: 3 }), '1 2!'],
    ['move', (_, mailbox) => mailbox.move(1, 'T'), '2! 3'],
    [
      'deleteMessages several times at once',
      (_, mailbox) => Promise.all([mailbox.deleteMessages(1), mailbox.deleteMessages(3)]),
      '2!',
    ],
  ])('that is unknown is EXPUNGE, with the mark taken off all others: %s', async (_, call, expected) => {
    await using all = await served(/^UID EXPUNGE/, 'BAD Unknown command', ['MOVE']);
    const { client, mailbox, left } = all;
    await call(client, mailbox);
    expect(left()).toBe(expected);
    expect(client.capabilities.has('UIDPLUS')).toBe(false);
  });

  it('that is refused for something else rejects', async () => {
    await using all = await served(/^UID EXPUNGE/, 'NO not by you');
    expect(await rejection(all.mailbox.deleteMessages(1))).toMatchObject({ text: 'not by you' });
    expect([all.left(), all.client.capabilities.has('UIDPLUS')]).toEqual(['1! 2! 3', true]);
  });
});

it.each(['BAD command syntax error', 'BAD Unknown command'])(
  'NAMESPACE that is answered with %s is one LIST',
  async (bad) => {
    await using all = await served(/^NAMESPACE/, bad);
    const { client, sent } = all;
    const own = { personal: [{ prefix: '', delimiter: '/' }], otherUsers: [], shared: [] };
    expect([await client.namespaces(), await client.namespaces()]).toEqual([own, own]);
    expect(sent).toEqual(['NAMESPACE', 'LIST "" ""', 'LIST "" ""']);
  },
);

it('NAMESPACE stays offered where LIST is BAD as well, and is refused where the answer is NO', async () => {
  await using bad = await served(/^(NAMESPACE|LIST)/, 'BAD what');
  expect(await rejection(bad.client.namespaces())).toMatchObject({ status: 'BAD', command: 'LIST' });
  expect(bad.client.capabilities.has('NAMESPACE')).toBe(true);
  await using no = await served(/^NAMESPACE/, 'NO not now');
  expect(await rejection(no.client.namespaces())).toMatchObject({ status: 'NO', command: 'NAMESPACE' });
});

it('UNSELECT that is answered with BAD is EXAMINE and CLOSE', async () => {
  await using all = await served(/^UNSELECT/, 'BAD Unknown command');
  const { client, mailbox, sent, left } = all;
  await mailbox.unselect();
  expect(sent).toEqual(['UNSELECT', 'EXAMINE "INBOX" (CONDSTORE)', 'CLOSE']);
  expect([client.state, left()]).toEqual(['authenticated', '1 2! 3']);
  sent.length = 0;
  const other = await client.open('T');
  // What is to run outside of all mailboxes leaves this one first.
  await client.enable(['CONDSTORE']);
  expect(sent.filter((line) => !line.includes('"T"'))).toEqual(['CLOSE', 'ENABLE CONDSTORE']);
  await other.unselect();
});

it('UNSELECT that is refused for now stays offered', async () => {
  await using all = await served(/^UNSELECT/, 'NO [UNAVAILABLE] not now');
  expect(await rejection(all.mailbox.unselect())).toMatchObject({ code: 'UNAVAILABLE', command: 'UNSELECT' });
  expect(all.client.capabilities.has('UNSELECT')).toBe(true);
});

it('QRESYNC that SELECT does not take is left out', async () => {
  await using all = await served(/QRESYNC \(/, 'BAD Unexpected extra arguments');
  const { client, mailbox, sent } = all;
  const { state } = await mailbox.sync();
  await client.open('T');
  await client.append('INBOX', { content: 'a: b\r\n\r\n' });
  const { arrived, reset } = await mailbox.sync(state);
  expect([String(arrived), reset]).toEqual(['4', false]);
  expect(sent.filter((line) => line.includes('QRESYNC ('))).toHaveLength(1);
});
