/** What becomes of a move or replace that loses its mailbox or its connection between the copy and the EXPUNGE. */
import { describe, expect, it } from 'vitest';
import { ConnectionError, connect, type ImapClient, ImapError, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

interface Place {
  server: ImapServer;
  client: ImapClient;
  mailbox: Mailbox;
}

interface Fault {
  happen(place: Place): unknown;
  /** The answer to the command that is under way does not come any more. */
  cuts: boolean;
  reconnect?: boolean;
}

const FAULTS: Record<string, Fault> = {
  'the handle is closed': { cuts: false, happen: ({ mailbox }) => mailbox.close() },
  'the handle is let go of': { cuts: false, happen: ({ mailbox }) => mailbox.unselect() },
  'the mailbox is deleted by the client': { cuts: false, happen: ({ client }) => client.delete('A') },
  'the mailbox is renamed by the client': { cuts: false, happen: ({ client }) => client.rename('A', 'B') },
  'the client is closed': { cuts: true, happen: ({ client }) => client.close() },
  'the connection is lost': { cuts: true, happen: ({ server }) => server.dropConnections() },
  'the connection is lost and replaced': {
    cuts: true,
    reconnect: true,
    happen: ({ server }) => server.dropConnections(),
  },
  'the mailbox gets another UIDVALIDITY': {
    cuts: true,
    reconnect: true,
    happen: ({ server }) => server.store.mailbox('A').bumpUidValidity(),
  },
  'the mailbox is deleted': {
    cuts: true,
    reconnect: true,
    happen: ({ server }) => server.store.account().delete('A'),
  },
  'the mailbox is renamed': {
    cuts: true,
    reconnect: true,
    happen: ({ server }) => server.store.account().rename('A', 'B'),
  },
};

const CALLS: Record<'move' | 'replace', (mailbox: Mailbox) => Promise<unknown>> = {
  move: (mailbox) => mailbox.move(1, 'T'),
  replace: (mailbox) => mailbox.replace(1, { content: 'Subject: a\r\n\r\n' }, { target: 'T' }),
};

/** Runs the call, with the fault as the so manieth of its commands comes; undefined where it has not as many. */
async function played(
  call: (mailbox: Mailbox) => Promise<unknown>,
  without: string[],
  { happen, reconnect = false }: Fault,
  at: number,
) {
  let commands = -1;
  let happened = false;
  const server: ImapServer = await createServer({
    withoutCapabilities: ['MOVE', 'REPLACE', 'IMAP4rev2', ...without],
    intercept: () => {
      if (commands >= 0 && commands++ === at) {
        happened = true;
        // What it comes to is not looked at: it may lose its connection itself.
        Promise.resolve(happen({ server, client, mailbox })).catch(() => {});
      }
      return undefined;
    },
  });
  await using _server = server;
  const { host, port, store } = server;
  store.create('A');
  store.create('T');
  store.deliver('A', 'Subject: a\r\n\r\n');
  store.deliver('A', 'Subject: b\r\n\r\n', { flags: ['\\Deleted'] });
  const client = await connect({
    host,
    port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    clientId: false,
    reconnect: reconnect && { minDelay: 1 },
  });
  const mailbox = await client.open('A');
  commands = 0;
  const failure = await call(mailbox).then(
    () => undefined,
    (error: ImapError) => error,
  );
  commands = -1;
  const uidPlus = client.capabilities.has('UIDPLUS');
  client.close();
  if (!happened) return undefined;
  const subjects = (name: string) =>
    store
      .account()
      .mailbox(name)
      ?.messages.map(({ content }) => content.raw.toString().trim().slice(-1)) ?? [];
  return {
    failure,
    uidPlus,
    stored: subjects('T').includes('a'),
    left: [...subjects('A'), ...subjects('B')].includes('a'),
  };
}

describe.each(Object.keys(FAULTS))('where %s', (name) => {
  it.each(
    (['move', 'replace'] as const).flatMap((call) => [
      [call, 'with UIDPLUS', []] as const,
      [call, 'without UIDPLUS', ['UIDPLUS']] as const,
    ]),
  )('%s %s tells, at each of its commands, that the copy stands', async (call, _, without) => {
    const fault = FAULTS[name];
    if (fault === undefined) throw new Error(name);
    let at = 0;
    for (; ; at++) {
      const end = await played(CALLS[call], [...without], fault, at);
      if (end === undefined) break;
      const { failure, stored, left, uidPlus } = end;
      const where = `command ${at}: ${failure}`;
      if (failure === undefined) {
        expect([stored, left], where).toEqual([true, false]);
      } else if (!stored) {
        expect(failure.code, where).not.toBe('NOT_EXPUNGED');
      } else if (at <= 1 && fault.cuts) {
        // The copy was asked for, and its answer did not come.
        expect(failure, where).toMatchObject({ name: 'ConnectionError', maybeExecuted: true });
      } else if (at > 6 && !uidPlus && !left && fault.cuts && failure.code !== 'NOT_EXPUNGED') {
        // It is gone, and told as gone: the marks of others were to be put back.
        expect(failure.code, where).toMatch(/^(CLOSED|CONNECTION_LOST)$/);
        expect(failure, where).toMatchObject({ name: 'ConnectionError', maybeExecuted: true });
      } else {
        expect(failure, where).toMatchObject({ code: 'NOT_EXPUNGED', cause: expect.any(ImapError) });
        if (failure.cause instanceof ConnectionError)
          expect(failure, where).toMatchObject({ name: 'ConnectionError', maybeExecuted: true });
        expect(failure.copied?.uids, where).toEqual(uidPlus ? new Map([[1, 1]]) : undefined);
        // CLOSE may have removed it since, and whoever deletes the mailbox.
        const gone = !left && !/closed|deleted/.test(name);
        if (gone) expect(failure.message, where).toContain('perhaps not removed where it was');
      }
    }
    expect(at).toBeGreaterThan(3);
  });
});

it('where the caller gives up behind the copy the reason is his own, and nothing is added to it', async () => {
  const controller = new AbortController();
  const reason = new ImapError('NO', 'enough');
  await using server = await createServer({
    withoutCapabilities: ['MOVE'],
    intercept: ({ name }) => {
      if (name === 'UID STORE') controller.abort(reason);
      return undefined;
    },
  });
  server.store.deliver('INBOX', 'Subject: a\r\n\r\n');
  server.store.create('T');
  const { host, port } = server;
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  expect(await rejection(inbox.move(1, 'T', { signal: controller.signal }))).toBe(reason);
  expect(reason).not.toHaveProperty('copied');
  expect(server.store.mailbox('T').messages).toHaveLength(1);
});

/** Has copied or moved the first part of a set, and does then what `then` says. */
async function halfway(peer: Peer, then: (tag: string) => void): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] hello');
  await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
  const { tag: first } = await peer.command();
  peer.send(`${first} OK [COPYUID 9 1,3 11:12] done`);
  const { tag: second } = await peer.command();
  then(second);
  await peer.expect('LOGOUT', '* BYE');
}

it.each(['copy', 'move'] as const)(
  'a %s in several commands tells what was done before the connection is lost',
  async (name) => {
    await using server = await scripted((peer) => halfway(peer, () => peer.socket.destroy()));
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const odd = Array.from({ length: 2500 }, (_, index) => 2 * index + 1);
    expect(await rejection(inbox[name](odd, 'target'))).toMatchObject({
      name: 'ConnectionError',
      maybeExecuted: true,
      copied: {
        uidValidity: 9,
        uids: new Map([
          [1, 11],
          [3, 12],
        ]),
      },
    });
  },
);
