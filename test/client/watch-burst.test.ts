/** watch() where more arrives at once than it may hold. */
import { expect, it } from 'vitest';
import { connect, type MailboxEvent } from '../../src/index.ts';
import { type Peer, scripted } from './scripted.ts';

const EXISTS = 9;
const LIMIT = 10_000;
const SOURCE = 'x'.repeat(LIMIT / 2);

/** A mailbox that is empty until the first IDLE; `fetched` answers the FETCH of what has arrived; false ends the script. */
async function play(peer: Peer, again: boolean, fetched: (uids: number[]) => Promise<boolean>): Promise<void> {
  let exists = again ? EXISTS : 0;
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello');
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text === 'IDLE') {
      if (exists === 0) peer.send('+ idling', `* ${EXISTS} EXISTS`);
      else peer.send('+ idling');
      exists = EXISTS;
      await peer.line();
    }
    const uids = Array.from({ length: exists }, (_, at) => at + 1);
    if (text.startsWith('SELECT')) peer.send(`* ${exists} EXISTS`, '* OK [UIDVALIDITY 1] x');
    else if (text.startsWith('UID SEARCH')) peer.send(['* SEARCH', ...uids].join(' '));
    else if (text.startsWith('UID FETCH 1:* (FLAGS'))
      peer.send(...uids.map((uid) => `* ${uid} FETCH (UID ${uid} FLAGS ())`));
    else if (text.includes('BODY') && !(await fetched(uids))) return;
    else if (text === 'LOGOUT') peer.send('* BYE');
    peer.send(`${tag} OK done`);
  }
}

const message = (uid: number) => `* ${uid} FETCH (UID ${uid} FLAGS () BODY[] {${SOURCE.length}}\r\n${SOURCE})`;

function arrived(event: MailboxEvent<{ source: true }> | undefined): number[] {
  if (event?.type !== 'arrived') throw new Error(`${event?.type} where messages arrived`);
  for (const { source } of event.messages) expect(String(source)).toBe(SOURCE);
  return event.messages.map(({ uid }) => uid);
}

it('tells what has come before all of it is there, in whatever order it comes', async () => {
  let taken = () => {};
  const firstTaken = new Promise<void>((resolve) => {
    taken = resolve;
  });
  await using server = await scripted((peer) =>
    play(peer, false, async () => {
      peer.send(...[5, 4].map(message));
      await firstTaken;
      peer.send(...[1, 9, 6, 7, 3, 8, 2].map(message), '* 5 FETCH (UID 5 FLAGS (\\Seen))');
      return true;
    }),
  );
  await using client = await connect({ ...server.options, limits: { buffer: LIMIT } });
  const told: unknown[] = [];
  for await (const event of (await client.open('INBOX')).watch({ fetch: { source: true } })) {
    told.push(event.type === 'flags' ? `${event.uid} ${[...event.flags]}` : arrived(event));
    taken();
    if (told.flat().length > EXISTS) break;
  }
  expect(told).toEqual([[4, 5], [1, 9], [6, 7], [3, 8], '5 \\Seen', [2]]);
});

it('tells each message once where the connection is lost between them', async () => {
  await using server = await scripted((peer) => {
    const again = server.peers.length > 1;
    return play(peer, again, async (uids) => {
      peer.send(...(again ? uids : [5, 9, 3]).map(message));
      if (!again) peer.socket.end();
      return again;
    });
  });
  await using client = await connect({
    ...server.options,
    limits: { buffer: LIMIT },
    reconnect: { minDelay: 1 },
  });
  const told: number[] = [];
  for await (const event of (await client.open('INBOX')).watch({ fetch: { source: true } })) {
    told.push(...arrived(event));
    if (told.length === EXISTS) break;
  }
  expect(told.slice(0, 2)).toEqual([5, 9]);
  expect(told.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(server.peers).toHaveLength(2);
});
