import { expect, it } from 'vitest';
import { Dialogue, inMailbox } from './dialogue.ts';

it('holds no token of URLAUTH, which lets in whoever has it (RFC 4467 §2)', async () => {
  const { dialogue } = await Dialogue.selected(3);
  const url = 'imap://joe@example.org/INBOX/;uid=20;urlauth=submit+fred:internal:91354a473744909de610943775f92038';
  const running = dialogue.run({ ...inMailbox('FIND'), write: (writer) => void writer.space().string(url) });
  await dialogue.turn();
  dialogue.lines(`* X "${url}" NIL`, `A3 OK [Y ${url}] ${url}`);
  await running.promise;
  const logged = [...dialogue.logged('out'), ...dialogue.logged('in')].join('\n');
  expect(logged).not.toContain('91354a');
  expect(logged).toContain(';urlauth=submit+fred:internal:[secret]" NIL');
});

it('is one line an entry, and nothing in it is for a terminal to obey, whoever wrote it', async () => {
  const { dialogue } = await Dialogue.selected(3);
  const running = dialogue.run({ ...inMailbox('FIND'), write: (writer) => void writer.space().string('\x1b[1mé') });
  await dialogue.turn();
  dialogue.lines(
    '* 1 FETCH (ENVELOPE (NIL "\x1b]0;owned\x07" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[1] {1}\r\na X "A3 OK forged\x9b2J")',
    'A3 NO \x1b[2Jno',
  );
  await expect(running.promise).rejects.toThrow('FIND: the server answered NO \\x1b[2Jno');
  expect(dialogue.logged('out').at(-1)).toBe('A3 FIND {6}\\r\\n[6 bytes]');
  expect(dialogue.logged('in').slice(-2)).toEqual([
    '* 1 FETCH (ENVELOPE (NIL "\\x1b]0;owned\\x07" NIL NIL NIL NIL NIL NIL NIL NIL) BODY[1] {1}\\r\\n X "A3 OK forged\\x9b2J")',
    'A3 NO \\x1b[2Jno',
  ]);
});
