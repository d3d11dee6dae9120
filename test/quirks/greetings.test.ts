/** Whole sessions with whoever greets so, from signing in to the farewell. */
import { connect, type Socket } from 'node:net';
import { describe, expect } from 'vitest';
import type { Peer } from '../hostile/peer.ts';
import { scenario } from '../hostile/scenario.ts';

const GREETINGS: Readonly<Record<string, [greeting: string, capabilities: string]>> = {
  Courier: ['Courier-IMAP ready. Copyright 1998-2018 Double Precision, Inc.', 'IDLE UIDPLUS'],
  Cyrus: ['mail.example.org Cyrus IMAP 3.8.1 server ready', 'IDLE UIDPLUS LITERAL+ SASL-IR AUTH=PLAIN'],
  Dovecot: ['Dovecot ready.', 'IDLE LITERAL+ SASL-IR AUTH=PLAIN'],
  'Exchange 2003': ['Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (x) ready.', 'IDLE'],
  'Exchange 2007': ['Microsoft Exchange Server 2007 IMAP4 service is ready', 'IDLE'],
  'Panda IMAP': [
    'mail.example.org Panda IMAP 2011.5 at Mon, 1 Jan 2024 00:00:00 +0000 (CET)',
    'IDLE UIDPLUS AUTH=PLAIN',
  ],
  SmarterMail: ['IMAP4rev1 SmarterMail', 'IDLE UIDPLUS AUTH=LOGIN'],
  Yandex: [
    'Yandex IMAP4rev1 at imap-1.mail.yandex.net:993 ready to talk with ::1:2, 2024-Jan-01',
    'IDLE UIDPLUS AUTH=PLAIN',
  ],
  Zoho: ['Zoho Mail IMAP4rev1 Server Version 1.0', 'IDLE UIDPLUS AUTH=PLAIN'],
  'Proton Bridge': ['Proton Mail Bridge 03.00.00 - gluon session ID 1', 'IDLE UIDPLUS XSTOP'],
  iCloud: ['iSCREAM ready to rumble (x) p1-imap.mail.me.com', 'IDLE XAPPLEPUSHSERVICE AUTH=PLAIN'],
  Yahoo: ['IMAP4rev1 imapgate', 'IDLE XYMHIGHESTMODSEQ AUTH=PLAIN'],
};

async function play(peer: Peer, [greeting, capabilities]: [string, string]): Promise<void> {
  peer.lines(`* OK ${greeting}`);
  const untagged: Record<string, string[]> = {
    CAPABILITY: [`* CAPABILITY IMAP4rev1 ${capabilities}`],
    SELECT: ['* 2 EXISTS', '* OK [UIDVALIDITY 7] x', '* FLAGS (\\Seen)'],
    LIST: ['* LIST () "/" INBOX', '* LIST () "/" "a"', '* LIST () "/" "a.lock"'],
    'UID SEARCH': ['* SEARCH 4 9'],
    'UID FETCH': ['* 1 FETCH (UID 4 FLAGS (\\Seen) BODY[] {3}\r\nabc)', '* 2 FETCH (UID 9 FLAGS () BODY[] {0}\r\n)'],
    LOGOUT: ['* BYE bye'],
  };
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const [, tag = '', name = ''] = /^(\S+) ((?:UID )?\S+)/.exec(line) ?? [];
    if (/ AUTHENTICATE \S+$/.test(line)) {
      for (let asked = line.endsWith('LOGIN') ? 2 : 1; asked > 0; asked--) {
        peer.lines('+ ');
        await peer.line();
      }
    }
    peer.lines(...(untagged[name] ?? []), `${tag} OK done`);
  }
}

describe.each(Object.entries(GREETINGS))('%s', (kind, told) => {
  scenario(
    'is worked with from its greeting to its farewell',
    (peer) => play(peer, told),
    async (scene) => {
      const client = await scene.connect({ auth: { user: 'u', pass: 'p' }, clientId: { name: 'x' } });
      const names = (await client.list()).map(({ name }) => name);
      expect(names).toContain('INBOX');
      // Only UW writes locks beside mailboxes.
      expect(names.includes('a.lock')).toBe(kind !== 'Panda IMAP');
      const mailbox = await client.open('INBOX');
      expect([mailbox.exists, mailbox.uidValidity]).toEqual([2, 7]);
      expect(await mailbox.search({ seen: true })).toEqual([4, 9]);
      const messages = await mailbox.fetchAll('4,9', { flags: true, source: true });
      expect(messages.map(({ uid, flags, source }) => [uid, [...flags], String(source)])).toEqual([
        [4, ['\\Seen'], 'abc'],
        [9, [], ''],
      ]);
      expect((await mailbox.addFlags(4, ['\\Flagged'])).modified).toBeUndefined();
      await client.logout();
      expect(scene.peer.received).toMatch(/A\d+ LOGOUT\r\n$/);
    },
  );
});

describe('SIMS 2.0, which takes what comes in two packets for two lines (angus),', () => {
  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    const writes: string[] = [];
    /** What the client writes, one by one. */
    const watched = (socket: Socket) => {
      const write = socket.write.bind(socket);
      socket.write = (data: string | Uint8Array) => {
        writes.push(Buffer.from(String(data), 'latin1').toString('latin1'));
        return write(data);
      };
      return socket;
    };
    scenario(
      `gets each answer of AUTHENTICATE ${mechanism} with its line end in one write`,
      (peer) => play(peer, ['SIMS ready', `LOGINDISABLED AUTH=${mechanism}`]),
      async (scene) => {
        const { port } = scene.stage;
        await scene.connect({
          auth: { user: 'user', pass: 'pass', mechanism },
          socket: () => watched(connect(port, '127.0.0.1')),
        });
        const [, begins, ...answers] = writes;
        expect(begins).toBe(`A2 AUTHENTICATE ${mechanism}\r\n`);
        const texts = mechanism === 'LOGIN' ? ['user', 'pass'] : ['\0user\0pass'];
        const expected = texts.map((text) => `${Buffer.from(text).toString('base64')}\r\n`);
        expect(answers.slice(0, texts.length)).toEqual(expected);
      },
    );
  }
});
