/** EXPUNGE of some messages on a server without UIDPLUS: the mark is taken off the others for its time, and put back. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

/** Two messages are marked, and the STORE that takes the mark off one of them gets this answer. */
async function serve(peer: Peer, refuse: (peer: Peer, tag: string) => void): Promise<void> {
  peer.send('* PREAUTH [CAPABILITY IMAP4rev1] hello');
  await peer.expect('SELECT', '* 2 EXISTS', '* OK [UIDVALIDITY 1]');
  let refused = false;
  while (!peer.closed) {
    const { tag, text } = await peer.command();
    if (text.startsWith('UID SEARCH')) peer.send(text.includes('UID 1') ? '* SEARCH 1' : '* SEARCH 1 2', `${tag} OK`);
    else if (text.startsWith('UID STORE') && !refused) {
      refused = true;
      refuse(peer, tag);
    } else if (text === 'LOGOUT') peer.send('* BYE', `${tag} OK`);
    else peer.send(`${tag} OK`);
  }
}

describe('messages that nobody named keep their mark', () => {
  it('where the command that takes it off is refused', async () => {
    await using server = await scripted((peer) => serve(peer, (_, tag) => peer.send(`${tag} NO busy`)));
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.expunge(1))).toMatchObject({ status: 'NO' });
    expect(server.peers[0]?.received.at(-1)).toMatch(/UID STORE 2 \+FLAGS\.SILENT \(\\Deleted\)/);
  });

  it('where it is given up', async () => {
    const giving = new AbortController();
    await using server = await scripted((peer) =>
      serve(peer, (_, tag) => {
        giving.abort(new Error('enough'));
        peer.send(`${tag} OK done`);
      }),
    );
    await using client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await rejection(mailbox.expunge(1, { signal: giving.signal }))).toMatchObject({ message: 'enough' });
    expect(server.peers[0]?.received.at(-1)).toMatch(/UID STORE 2 \+FLAGS\.SILENT \(\\Deleted\)/);
  });
});
