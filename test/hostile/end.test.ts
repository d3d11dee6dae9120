import { describe, expect } from 'vitest';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { scenario, turn } from './scenario.ts';

describe('the end', () => {
  for (const [name, lines] of [
    ['OK without BYE', ['$T OK done']],
    ['BYE alone', ['* BYE bye']],
    ['NO', ['$T NO stay']],
    ['BAD', ['$T BAD what?']],
    ['a tagged BYE', ['$T BYE bye']],
    ['BYE many times', ['* BYE a', '* BYE b', '* BYE c', '$T OK done', '$T OK done', '* BYE d']],
    ['garbage', ['\0\xff', 'A99 OK', '* (((']],
  ] as const) {
    scenario(
      `of a LOGOUT that is answered with ${name} is one`,
      async (peer) => {
        preauth(peer);
        const tag = await peer.expect('LOGOUT');
        peer.lines(...lines.map((line) => line.replaceAll('$T', tag)));
        await peer.gone();
      },
      async (scene) => {
        const client = await scene.connect();
        const closes: unknown[] = [];
        client.on('close', (event) => closes.push(event));
        await client.logout();
        expect(client.state).toBe('closed');
        expect(closes).toHaveLength(1);
      },
    );
  }
  for (const reconnect of [false, { minDelay: 1, attempts: 3 }]) {
    const when = reconnect ? 'though another connection may take its place' : 'with no other in its place';
    scenario(
      `by BYE right behind what makes the client ready is that of connect, ${when}`,
      async (peer, connection) => {
        if (connection === 1) {
          peer.lines('* PREAUTH [CAPABILITY IMAP4rev1] ready', '* BYE [UNAVAILABLE] going down');
        } else {
          peer.lines('* OK [CAPABILITY IMAP4rev1] ready');
          const tag = await peer.expect('LOGIN');
          peer.lines(`${tag} OK [CAPABILITY IMAP4rev1] done`, '* BYE [UNAVAILABLE] going down');
        }
        await peer.gone();
      },
      async (scene) => {
        for (const auth of [undefined, { user: 'joe', pass: 'word' }])
          expect(await scene.refusal({ reconnect, ...(auth && { auth }) })).toMatchObject({ code: 'BYE' });
        expect(scene.stage.peers).toHaveLength(2);
      },
    );
  }
  scenario(
    'by BYE in the middle of a message that streams tells its reader',
    async (peer) => {
      await selected(peer);
      await peer.expect('UID FETCH');
      peer.send('* 1 FETCH (UID 1 BODY[] {10}\r\n0123456789)\r\n* BYE [UNAVAILABLE] going down\r\n');
      await peer.gone();
    },
    async (scene) => {
      const mailbox = await (await scene.connect()).open('INBOX');
      const { error } = await scene.outcome(mailbox.download(1).then(({ content }) => content.bytes()));
      expect(error).toMatchObject({ code: 'BYE' });
    },
  );
  for (const [name, play] of [
    ['OK at once, for ever', (peer: Peer, tag: string) => peer.lines(`${tag} OK done`)],
    ['+ and OK at once, for ever', (peer: Peer, tag: string) => peer.lines('+ idling', `${tag} OK done`)],
  ] as const) {
    scenario(
      `of an IDLE by ${name} makes no storm`,
      async (peer) => {
        await selected(peer, 1, 'IDLE');
        for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
          const [tag = '', name] = line.split(' ');
          if (name === 'IDLE') play(peer, tag);
          else if (name !== 'DONE') peer.lines('* SEARCH 1', `${tag} OK done`);
        }
      },
      async (scene) => {
        const client = await scene.connect();
        const mailbox = await client.open('INBOX');
        const events = mailbox.watch()[Symbol.asyncIterator]();
        const next = scene.outcome(events.next());
        while (!scene.peer.received.includes('IDLE')) await turn();
        for (let round = 0; round < 500; round++) await turn();
        expect(scene.peer.received.match(/IDLE/g)?.length).toBe(1);
        await events.return?.();
        await next;
      },
    );
  }
});
