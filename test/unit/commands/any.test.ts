import { expect, it } from 'vitest';
import { any, type CommandArg } from '../../../src/commands/any.ts';
import { UsageError } from '../../../src/errors.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

const anyCommand = (name: string, args: CommandArg[]) =>
  any(name, args, { untagged: [], inMailbox: false }, new ConnectionState());
const word = (text: string) => anyCommand('X', [[{ atom: text }]]);

it.each([
  'atom',
  '\\Seen',
  '+FLAGS.SILENT',
  '$Forwarded',
  'BODY[]',
  'BINARY.SIZE[1.2]',
  'BODY.PEEK[TEXT]<0.100>',
  'BODY.PEEK[HEADER.FIELDS (SUBJECT)]',
  'BODY[1.HEADER.FIELDS.NOT (DATE Message-ID)]<0.100>',
])('writes %s as it stands', async (text) => {
  expect((await answered('', word(text), [])).sent).toBe(`X (${text})`);
});

it.each([
  'BODY[A (B)',
  'BODY[A (B))]',
  'BODY[A ("B")]',
  'BODY[A (B]',
  'BODY[A (B) C]',
  '[A (B\r\n)]',
  '',
  'a b',
  '\\',
  '\\\\Seen',
  'a\\b',
  ']',
  '"',
  '(',
  ')',
  '{1}',
  '*',
  '%',
  'a\r\nb',
  'é',
  '\0',
])('refuses %j as an atom', async (text) => {
  await expect(Dialogue.ready('').run(word(text)).promise).rejects.toBeInstanceOf(UsageError);
});

it.each(['IDLE', 'startTLS', 'COMPRESS', 'UNAUTHENTICATE', 'X-UNAUTHENTICATE', 'PROXYAUTH'])(
  'leaves %s to what keeps up with it',
  (name) => {
    expect(() => anyCommand(name, [])).toThrow(UsageError);
  },
);

it.each([
  ['PLAIN', '\0user\0pass word', 'pass word'],
  ['PLAIN', 'other\0user\0pass', 'pass'],
  ['XOAUTH2', 'user=joe\x01auth=Bearer token\x01\x01', 'token'],
  ['OAUTHBEARER', 'n,a=joe,\x01host=h\x01port=143\x01auth=Bearer token\x01\x01', 'token'],
])('keeps secret what an initial response holds: %s %j', (mechanism, message, secret) => {
  const response = Buffer.from(message).toString('base64');
  const { secrets } = anyCommand('AUTHENTICATE', [{ atom: mechanism }, { atom: response }]);
  expect(secrets).toEqual([response, message, secret]);
});

it('takes what is undefined for not given', async () => {
  const arg = { atom: undefined, mailbox: 'a', set: undefined } as unknown as CommandArg; // of a caller without types
  const select = await answered('', anyCommand('SELECT', [arg]), []);
  expect(select.sent).toBe('SELECT "a"');
  const word = { atom: 'a', mailbox: undefined } as unknown as CommandArg;
  const dialogue = Dialogue.ready('');
  const running = dialogue.run(any('SELECT', [word], { untagged: [], inMailbox: false }, dialogue.session.state));
  await dialogue.turn();
  dialogue.lines('A1 OK done');
  await running.promise;
  expect(dialogue.session.state.selected?.name).toBe('a');
  await expect(
    Dialogue.ready('').run(anyCommand('X', [{ set: undefined } as unknown as CommandArg])).promise,
  ).rejects.toMatchObject({ message: expect.stringContaining('an object is { atom }') });
});
