/** What a server says of mailboxes and messages that the library goes on to work with by itself. */
import { describe, expect } from 'vitest';
import { ImapError, UsageError } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth, selected } from './plays.ts';
import { scenario } from './scenario.ts';

/** Answers each command by the first of these that fits it; `$T`: its tag. */
async function answers(peer: Peer, ...table: [command: RegExp, ...lines: string[]][]): Promise<void> {
  for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
    const [tag = ''] = line.split(' ');
    const [, ...lines] = table.find(([command]) => command.test(line)) ?? [];
    if (/\{\d+\}$/.test(line)) peer.lines('+ go on');
    else if (/^A\d+$/.test(tag)) peer.lines(...lines.map((one) => one.replaceAll('$T', tag)), `${tag} OK done`);
  }
}

describe('namespaces', () => {
  for (const [name, prefix] of [
    ['a line end', '{3}\r\na\r\n'],
    ['quotes', '"a\\"b"'],
    ['wildcards', '"*%"'],
    ['a way up', '"../"'],
    ['no valid encoding', '"&&&"'],
    ['control characters', '"\x01\x1b[0m"'],
  ] as const) {
    scenario(
      `with ${name} in a prefix: what is sent back is one command all the same`,
      async (peer) => {
        preauth(peer, 'NAMESPACE');
        await answers(
          peer,
          [/NAMESPACE/, `* NAMESPACE ((${prefix} "/")("" "\\"")) NIL NIL`],
          [/LIST/, '* LIST () "\\"" x', '* LIST (\\Noselect) "/" y', '* LIST () "/" "\\"a\\\\"'],
          [/EXAMINE/, '* 1 EXISTS', '* OK [UIDVALIDITY 1] x'],
          [/SEARCH/, '* SEARCH 1'],
        );
      },
      async (scene) => {
        const client = await scene.connect();
        const { value, error } = await scene.outcome(client.searchMailboxes({}, { personal: true }));
        // A prefix that can be no argument is told as one.
        if (error !== undefined) expect(error).toBeInstanceOf(UsageError);
        else expect([...value.keys()]).toContain('x');
        await client.noop();
        const lines = scene.peer.received.split('\r\n').slice(0, -1);
        expect(lines.filter((line) => !/^A\d+ (NAMESPACE|LIST|EXAMINE|UID SEARCH|NOOP)/.test(line))).toEqual([]);
      },
    );
  }
});

describe('a synchronisation', () => {
  const lies: [name: string, capabilities: string, ...table: [RegExp, ...string[]][]][] = [
    [
      'where what vanished is there, and what changed is not',
      'ENABLE QRESYNC CONDSTORE UIDPLUS ESEARCH',
      [
        /QRESYNC|SELECT/,
        '* 3 EXISTS',
        '* OK [UIDVALIDITY 1] x',
        '* OK [UIDNEXT 4] x',
        '* OK [HIGHESTMODSEQ 9] x',
        '* VANISHED (EARLIER) 1:4294967295',
        '* 2 FETCH (UID 99 FLAGS (a) MODSEQ (8))',
      ],
      [/SEARCH/, '* ESEARCH (TAG "$T") UID ALL 1:3'],
    ],
    [
      'whose mod-sequences go back, and beyond 2^63',
      'CONDSTORE ESEARCH',
      [
        /SELECT/,
        '* 3 EXISTS',
        '* OK [UIDVALIDITY 1] x',
        '* OK [UIDNEXT 4] x',
        '* OK [HIGHESTMODSEQ 99999999999999999999999999] x',
      ],
      [/SEARCH/, '* ESEARCH (TAG "$T") UID ALL 1:3'],
      [/FETCH/, '* 1 FETCH (UID 1 FLAGS (a) MODSEQ (0))', '* 2 FETCH (UID 2 FLAGS (b) MODSEQ (18446744073709551616))'],
    ],
    [
      'whose UIDNEXT is the last there is, and below what is there',
      '',
      [/SELECT/, '* 3 EXISTS', '* OK [UIDVALIDITY 1] x', '* OK [UIDNEXT 4294967295] x'],
      [/SEARCH/, '* SEARCH 4294967295 4294967294 1'],
      [/FETCH/, '* 1 FETCH (UID 4294967295 FLAGS (a))', '* OK [UIDNEXT 1] x'],
    ],
    [
      'whose UIDVALIDITY is another each time',
      '',
      [/SELECT/, '* 3 EXISTS', '* OK [UIDVALIDITY 1] x'],
      [/SEARCH/, '* OK [UIDVALIDITY 2] x', '* SEARCH 1 2 3'],
      [/FETCH/, '* OK [UIDVALIDITY 3] x', '* 1 FETCH (UID 1 FLAGS ())'],
    ],
  ];
  for (const [name, capabilities, ...table] of lies) {
    scenario(
      `${name} ends, and its state goes through JSON`,
      async (peer) => {
        preauth(peer, capabilities);
        await answers(peer, ...table);
      },
      async (scene) => {
        const client = await scene.connect();
        const mailbox = await client.open('INBOX');
        const first = await scene.outcome(mailbox.sync());
        if (first.value !== undefined) {
          const since = JSON.parse(JSON.stringify(first.value.state));
          expect(since).toEqual(first.value.state);
          const { value } = await scene.outcome(mailbox.sync(since));
          // Nothing can have come and gone at once.
          if (value !== undefined) expect(value.arrived.intersect(value.vanished).size).toBe(0);
        }
        await client.noop();
      },
    );
  }
});

describe('the content of a message', () => {
  const nested = (depth: number): string =>
    depth === 0
      ? '("text" "plain" NIL NIL NIL "base64" 5 1)'
      : `(${nested(depth - 1)} ("text" "html" ("charset" "x-unknown") NIL NIL "quoted-printable" 5 1) "alternative")`;
  const parts = (count: number, part: string) => `(${part.repeat(count)} "mixed")`;
  const structures: [name: string, structure: string][] = [
    ['nested deeply', nested(45)],
    ['of ten thousand parts', parts(10_000, '("text" "plain" NIL NIL NIL "7bit" 5 1 NIL NIL NIL NIL)')],
    [
      'of ten thousand attachments of one name',
      parts(
        10_000,
        '("a" "b" ("name" "../../x") NIL NIL "base64" 5 NIL ("attachment" ("filename" "/etc/passwd")) NIL NIL)',
      ),
    ],
    ['of parts without a type', '(("" "" NIL NIL NIL "" 0) (NIL NIL NIL NIL NIL NIL NIL) NIL)'],
    ['of encodings and charsets nobody knows', '("text" "plain" ("charset" "__proto__") NIL NIL "x-rot13" 5 1)'],
    [
      'of a message in a message in a message',
      `${'("message" "rfc822" NIL NIL NIL "7bit" 5 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) '.repeat(20)}("text" "plain" NIL NIL NIL "7bit" 5 1)${' 1)'.repeat(20)}`,
    ],
    [
      'of parameters that go on without end',
      `("text" "plain" (${Array.from({ length: 5000 }, (_, n) => `"name*${n}*" "utf-8''%41"`).join(' ')}) NIL NIL "7bit" 5 1)`,
    ],
    ['that is no structure', '(((NIL)))'],
  ];
  for (const [name, structure] of structures) {
    scenario(
      `${name} is read, or the message has none`,
      async (peer) => {
        await selected(peer);
        await answers(
          peer,
          [/BODYSTRUCTURE/, `* 1 FETCH (UID 1 BODYSTRUCTURE ${structure})`],
          [/FETCH 1 .*BODY.PEEK\[/, '* 1 FETCH (UID 1 BODY[1] {5}', '*&%$=)'],
        );
      },
      async (scene) => {
        const client = await scene.connect();
        const mailbox = await client.open('INBOX');
        const { value, error } = await scene.outcome(mailbox.content(1, { maxBytes: 1000 }));
        if (error !== undefined) expect(error).toBeInstanceOf(ImapError);
        for (const { filename } of value?.attachments ?? []) expect(typeof (filename ?? '')).toBe('string');
        if (value?.text !== undefined) expect(value.text.length).toBeLessThan(20_000);
        await client.noop();
        expect(client.state).toBe('selected');
      },
    );
  }

  for (const [name, line, expected] of [
    ['of which nothing comes', '* 1 FETCH (UID 1 FLAGS ())', undefined],
    ['of which one body is left out', '* 1 FETCH (UID 1 BODY[1] "one")', undefined],
    ['of which other bytes come', '* 1 FETCH (UID 1 BODY[1] "one" BODY[2]<100> "two")', undefined],
    ['of which one body is NIL', '* 1 FETCH (UID 1 BODY[1] NIL BODY[2] "two")', { html: 'two' }],
    ['of which both bodies are NIL', '* 1 FETCH (UID 1 BODY[1] NIL BODY[2] NIL)', undefined],
    ['of which both bodies come', '* 1 FETCH (UID 1 BODY[1] "one" BODY[2] "two")', { text: 'one', html: 'two' }],
  ] as const) {
    scenario(
      `${name} is whole, or there is none`,
      async (peer) => {
        await selected(peer);
        const text = (subtype: string) => `("text" "${subtype}" NIL NIL NIL "7bit" 3 1)`;
        await answers(
          peer,
          [/BODYSTRUCTURE/, `* 1 FETCH (UID 1 BODYSTRUCTURE (${text('plain')}${text('html')} "alternative"))`],
          [/FETCH 1 .*BODY.PEEK\[/, line],
        );
      },
      async (scene) => {
        const client = await scene.connect();
        const mailbox = await client.open('INBOX');
        const content = await mailbox.content(1);
        if (expected === undefined) expect(content).toBeUndefined();
        else expect(content).toEqual({ ...expected, attachments: [], structure: expect.anything(), truncated: false });
      },
    );
  }

  scenario(
    'that is downloaded is not made of bytes from another place',
    async (peer) => {
      await selected(peer);
      await answers(peer, [/BODY.PEEK\[\]/, '* 1 FETCH (UID 1 BODY[]<7> "other")']);
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const download = async () => (await mailbox.download(1)).content.bytes();
      expect(await scene.failure(download())).toMatchObject({ code: 'NO_SUCH_MESSAGE' });
    },
  );
});
