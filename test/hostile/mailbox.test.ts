import { describe, expect } from 'vitest';
import { CommandError } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { preauth, selected } from './plays.ts';
import { scenario } from './scenario.ts';

describe('a mailbox', () => {
  scenario(
    'that is refused leaves none selected, and the next command selects again',
    async (peer) => {
      await selected(peer);
      const tag = await peer.expect('SELECT');
      peer.lines('* 99 EXISTS', '* OK [UIDVALIDITY 77] x', '* 5 EXPUNGE', `${tag} NO no`);
      await peer.ok('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
      await peer.ok('UID SEARCH', '* SEARCH 1 2 3');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      expect(await scene.failure(client.open('other'))).toBeInstanceOf(CommandError);
      expect(client.state).toBe('authenticated');
      expect(mailbox).toMatchObject({ exists: 3, uidValidity: 1 });
      expect(await mailbox.search({})).toEqual([1, 2, 3]);
    },
  );
  scenario(
    'that is opened without a word is empty, and nothing that sync could take for its state',
    async (peer) => {
      preauth(peer);
      await peer.ok('SELECT');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      expect(mailbox).toMatchObject({ exists: 0, uidValidity: 0 });
      expect(await mailbox.search({})).toEqual([]);
      expect(await rejection(mailbox.sync())).toMatchObject({ code: 'UNREADABLE' });
    },
  );
  scenario(
    'whose download is another one, twice, too long or nothing gives what was asked for or an error',
    async (peer) => {
      await selected(peer);
      const answers = [
        ['* 1 FETCH (UID 2 BODY[] {1}\r\nx)'],
        ['* 1 FETCH (UID 1 BODY[1] {1}\r\nx)'],
        ['* 1 FETCH (UID 1 BODY[] NIL)'],
        ['* 1 FETCH (UID 1 FLAGS ())'],
        ['* 1 FETCH (UID 1 BODY[] {1}\r\ny)', '* 1 FETCH (UID 1 BODY[] {1}\r\nz)'],
      ];
      for (const lines of answers) await peer.ok('UID FETCH 1', ...lines);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const all: string[] = [];
      for (let round = 0; round < 5; round++) {
        const { value, error } = await scene.outcome(
          mailbox.download(1).then(async ({ content }) => (await content.bytes()).toString()),
        );
        all.push(error?.code ?? value ?? '');
      }
      expect(all.slice(0, 4).map((one) => one.includes('x'))).toEqual([false, false, false, false]);
      expect(all[4]).toMatch(/^y/);
      await client.noop();
    },
  );
});
