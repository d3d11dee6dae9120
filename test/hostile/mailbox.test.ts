import { describe, expect } from 'vitest';
import { CommandError, type MailboxEvent } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import type { Peer } from './peer.ts';
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

describe('a watch', () => {
  /** Answers each command so, `$T` being its tag; a line for IDLE comes behind the request to go on. */
  async function answering(peer: Peer, exists: number, answer: (text: string) => string[] | undefined): Promise<void> {
    await selected(peer, exists, 'IDLE');
    let idling = '';
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      const [, tag = '', text = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
      const lines = answer(text) ?? [];
      if (text === 'IDLE') idling = tag;
      if (text === 'IDLE') peer.lines('+ idling', ...lines);
      else peer.lines(...lines, `${tag || idling} OK done`);
    }
  }
  const toggles = () => {
    let count = 0;
    return (...counts: number[]) => [`* ${counts[count++ % counts.length]} EXISTS`];
  };
  /** Until the client sends nothing for a while, before which it may send so many lines. */
  async function silence(peer: Peer, most: number): Promise<void> {
    for (let before = -1; peer.received.length > before; ) {
      before = peer.received.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(peer.received.split('\r\n').length).toBeLessThan(most);
    }
  }
  const restless: [name: string, answer: () => (text: string) => string[] | undefined][] = [
    [
      'tells another count behind each FETCH, and has no message for it',
      () => {
        const another = toggles();
        return (text) => (/FETCH|IDLE/.test(text) ? another(4, 5) : undefined);
      },
    ],
    [
      'tells another count as soon as it idles, of messages that are gone',
      () => {
        const another = toggles();
        return (text) => (text === 'IDLE' ? another(2, 3) : undefined);
      },
    ],
    [
      'closes the mailbox behind each answer',
      () => (text) => {
        if (text.startsWith('SELECT')) return ['* 3 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 4] x'];
        return /FETCH|IDLE/.test(text) ? ['* 4 EXISTS', '* OK [CLOSED] x'] : undefined;
      },
    ],
  ];
  for (const [name, answer] of restless) {
    scenario(
      `whose server ${name} asks no more than it can bear`,
      (peer) => {
        const one = answer();
        return answering(peer, 3, (text) => (/SEARCH/.test(text) ? ['* SEARCH 1 2 3'] : one(text)));
      },
      async (scene) => {
        const client = await scene.connect();
        const mailbox = await client.open('INBOX');
        const events = mailbox.watch()[Symbol.asyncIterator]();
        const next = scene.outcome(events.next());
        await silence(scene.peer, 300);
        await events.return?.();
        await next;
      },
    );
  }
  scenario(
    'goes on behind the last UID that there can be',
    async (peer) => {
      const news = ['* 2 EXISTS', '* 1 EXPUNGE'];
      await answering(peer, 1, (text) => {
        if (/SEARCH/.test(text)) return ['* SEARCH 4294967295'];
        return text === 'IDLE' ? news.splice(0, 1) : undefined;
      });
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const events = mailbox.watch()[Symbol.asyncIterator]();
      const { value: first } = await scene.outcome(events.next());
      const event: MailboxEvent | undefined = first?.value;
      expect(event?.type === 'vanished' && `${event.uids}`).toBe('4294967295');
      await events.return?.();
    },
  );
});
