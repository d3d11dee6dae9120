/** Answers that come in another order than the commands, as servers send them that work on several at a time. */
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { type Peer, scripted } from './scripted.ts';

async function selected(peer: Peer, capabilities: string): Promise<void> {
  peer.send(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
  await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 10] x');
}

describe('searches that are answered out of order', () => {
  it('are told apart by the tag that ESEARCH names', async () => {
    await using server = await scripted(async (peer) => {
      await selected(peer, 'ESEARCH');
      const [slow, quick, none] = [await peer.command(), await peer.command(), await peer.command()];
      peer.send(
        `* ESEARCH (TAG "${none.tag}") UID`,
        `* ESEARCH (TAG "${quick.tag}") UID ALL 2`,
        `${quick.tag} OK quick`,
      );
      peer.send(`* ESEARCH (TAG "A99") UID ALL 7`, `* ESEARCH (TAG "${slow.tag}") UID ALL 1:3,9`);
      peer.send(`${none.tag} OK`, `${slow.tag} OK slow`);
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    const found = await Promise.all([
      mailbox.search({ body: 'x' }),
      mailbox.search({ uid: 2 }),
      mailbox.search({ seen: true }),
    ]);
    expect(found).toEqual([[1, 2, 3, 9], [2], []]);
    client.close();
  });

  it('are sent one at a time where SEARCH is the answer', async () => {
    let mostAtOnce = 0;
    await using server = await scripted(async (peer) => {
      await selected(peer, '');
      for (let uid = 1; uid <= 3; uid++) {
        const { tag } = await peer.command();
        await new Promise((resolve) => setImmediate(resolve));
        mostAtOnce = Math.max(mostAtOnce, peer.received.length - uid);
        peer.send(`* SEARCH ${uid}`, `${tag} OK`);
      }
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await Promise.all([mailbox.search({}), mailbox.search({}), mailbox.search({})])).toEqual([[1], [2], [3]]);
    expect(mostAtOnce).toBe(1);
    client.close();
  });

  it('take a plain SEARCH for the answer to SEARCH RETURN, as Cyrus 2.4 gives it', async () => {
    await using server = await scripted(async (peer) => {
      await selected(peer, 'ESEARCH');
      const [first, second] = [await peer.command(), await peer.command()];
      peer.send('* SEARCH 3 1', '* SEARCH 2', `${first.tag} OK`, `${second.tag} OK`);
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(await Promise.all([mailbox.search({}), mailbox.search({})])).toEqual([[1, 3], [2]]);
    client.close();
  });
});

describe('a search', () => {
  it('may find what EXISTS has not told of yet, and not more than there can be', async () => {
    await using server = await scripted(async (peer) => {
      await selected(peer, 'ESEARCH');
      for (const all of ['1:11', '1:4294967295']) {
        const { tag } = await peer.command();
        peer.send(`* ESEARCH (TAG "${tag}") UID ALL ${all}`, `${tag} OK`);
      }
    });
    const client = await connect(server.options);
    const mailbox = await client.open('INBOX');
    expect(mailbox.exists).toBe(9);
    expect(await mailbox.search({})).toHaveLength(11);
    expect(await rejection(mailbox.search({}))).toMatchObject({ name: 'ProtocolError', code: 'LIMIT_RESULTS' });
    expect(client.state).toBe('closed');
  });
});
