import { createServer } from 'node:net';
import { expect, it, vi } from 'vitest';
import { connect } from '../../src/index.ts';
import { UidSet } from '../../src/wire/uid-set.ts';
import { scripted } from './scripted.ts';

const ANSWERS: [RegExp, string[]][] = [
  [/^LOGIN/, ['OK [CAPABILITY IMAP4rev1 CONDSTORE] in']],
  [/^SELECT/, ['* 9 EXISTS', '* OK [UIDVALIDITY 1] valid', 'OK [READ-WRITE] selected']],
  [/^UID STORE/, ['OK [MODIFIED 1:4294967295] some were changed']],
  [/^/, ['OK done']],
];

it('holds MODIFIED as ranges, however many messages they name and commands there were', async () => {
  let stores = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('* OK [CAPABILITY IMAP4rev1 CONDSTORE] hi\r\n');
    let pending = '';
    socket.on('data', (bytes) => {
      const lines = (pending + bytes.toString('latin1')).split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const [tag = '', ...words] = line.split(' ');
        const command = words.join(' ');
        if (command.startsWith('UID STORE')) stores++;
        const answers = ANSWERS.find(([pattern]) => pattern.test(command))?.[1] ?? [];
        for (const answer of answers) socket.write(`${answer.startsWith('*') ? answer : `${tag} ${answer}`}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = await connect({ host: '127.0.0.1', port, security: 'none', auth: { user: 'joe', pass: 'secret' } });
  const inbox = await client.open('INBOX');
  const union = vi.spyOn(UidSet.prototype, 'union');
  const scattered = Array.from({ length: 4000 }, (_, index) => 1000 + 2 * index);
  const { modified } = await inbox.addFlags(scattered, ['\\Seen'], { unchangedSince: 5n });
  expect(stores).toBeGreaterThan(1);
  // One by one, each would be gone through once more for each that follows.
  expect(union).not.toHaveBeenCalled();
  expect(modified?.size).toBe(4294967295);
  expect([...(modified?.ranges() ?? [])]).toEqual([[1, 4294967295]]);
  client.close();
  server.close();
});

it.each([[false], [true]])(
  'tells by UID what a STORE by sequence number left as it was (silent: %s)',
  async (silent) => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello');
      await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
      const { tag } = await peer.command();
      peer.send(`${tag} OK [MODIFIED 1,3] some were changed`);
      await peer.expect('FETCH 1:3 ', '* 1 FETCH (UID 11)', '* 2 FETCH (UID 12)', '* 3 FETCH (UID 13)');
      await peer.expect('LOGOUT', '* BYE');
    });
    await using client = await connect(server.options);
    const inbox = await client.open('INBOX');
    const { modified } = await inbox.addFlags({ seq: '1:3' }, ['\\Seen'], { unchangedSince: 1n, silent });
    expect(`${modified}`).toBe('11,13');
  },
);

it('tells what changed though the server says NO, with MODIFIED and with what it stored (RFC 7162 §3.1.3)', async () => {
  const answers = [
    'NO [MODIFIED 2] Some of the messages no longer exist.',
    'NO [EXPUNGEISSUED] gone',
    'NO [MODIFIED 2] x',
  ];
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] hello');
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
    for (const answer of answers) {
      const { tag } = await peer.command();
      peer.send('* 1 FETCH (UID 1 MODSEQ (320172342) FLAGS (\\SEEN))', `${tag} ${answer}`);
    }
  });
  const client = await connect(server.options);
  const inbox = await client.open('INBOX');
  expect(await inbox.addFlags('1:3', ['\\Seen'], { unchangedSince: 320172338n })).toEqual({
    flags: new Map([[1, new Set(['\\Seen'])]]),
    modified: UidSet.range(2, 2),
    highestModseq: 320172342n,
  });
  const refused = { name: 'CommandError', status: 'NO' };
  await expect(inbox.addFlags('1:3', ['\\Seen'], { unchangedSince: 5n })).rejects.toMatchObject(refused);
  await expect(inbox.addFlags('1:3', ['\\Seen'])).rejects.toMatchObject(refused);
  client.close();
});

it('tells the highest mod-sequence of several commands, and what each has left as it was', async () => {
  await using server = await scripted(async (peer) => {
    peer.send('* PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE MESSAGELIMIT=1] hello');
    await peer.expect('SELECT', '* 3 EXISTS', '* OK [UIDVALIDITY 1] x');
    const stored = ['[MESSAGELIMIT 1 3] x', '[MESSAGELIMIT 1 2] x', '[MODIFIED 1] x'];
    for (const [at, answer] of stored.entries()) {
      const { tag } = await peer.command();
      if (at < 2) peer.send(`* ${3 - at} FETCH (UID ${3 - at} MODSEQ (${61 - at}) FLAGS (x))`);
      peer.send(`${tag} OK ${answer}`);
    }
    await peer.expect('LOGOUT', '* BYE');
  });
  await using client = await connect(server.options);
  const inbox = await client.open('INBOX');
  const { flags, modified, highestModseq } = await inbox.addFlags('1:3', ['x'], { unchangedSince: 50n });
  expect([...flags.keys(), `${modified}`, highestModseq]).toEqual([3, 2, '1', 61n]);
});
