/** A SELECT or EXAMINE that is answered OK without the EXISTS that belongs to it, as one of the mailbox that is selected already. */
import { expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { type Peer, scripted } from './scripted.ts';

/** Takes EXAMINE of the selected mailbox for a duplicate, and goes on with it as it is. */
async function ignoring(peer: Peer, status: (tag: string) => string[]): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('SELECT')) peer.send('* 3 EXISTS', '* OK [UIDVALIDITY 7] fine', '* OK [UIDNEXT 9] fine');
    if (text.startsWith('UID FETCH') || text.startsWith('FETCH'))
      for (const seq of [1, 2, 3]) peer.send(`* ${seq} FETCH (UID ${seq + 4} FLAGS ())`);
    if (text === 'LOGOUT') peer.send('* BYE');
    if (text.startsWith('STATUS')) peer.send(...status(tag));
    else peer.send(`${tag} OK ${text.startsWith('EXAMINE') ? 'IGNORING DUPLICATE EXAMINE' : 'done'}`);
  }
}

it('is asked for: the mailbox is not empty', async () => {
  await using server = await scripted((peer) =>
    ignoring(peer, (tag) => ['* STATUS "X" (MESSAGES 3 UIDNEXT 9 UIDVALIDITY 7)', `${tag} OK done`]),
  );
  await using client = await connect(server.options);
  await client.open('X');
  const examined = await client.open('X', { readOnly: true });
  expect([examined.exists, examined.uidValidity, examined.uidNext]).toEqual([3, 7, 9]);
  expect(await examined.fetchAll({ seq: '1:*' }, { flags: true })).toHaveLength(3);
  const asked = server.peers[0]?.received.filter((line) => line.includes('STATUS'));
  expect(asked).toEqual([expect.stringMatching(/^\S+ STATUS "X" \(MESSAGES UIDNEXT UIDVALIDITY\)$/)]);
});

it('that nobody tells leaves the mailbox open', async () => {
  await using server = await scripted((peer) => ignoring(peer, (tag) => [`${tag} NO not of this one`]));
  await using client = await connect(server.options);
  await client.open('X');
  const examined = await client.open('X', { readOnly: true });
  expect([examined.exists, examined.uidValidity]).toEqual([0, 0]);
});
