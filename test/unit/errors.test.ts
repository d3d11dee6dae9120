import { expect, it } from 'vitest';
import { CommandError, ConnectionError, ProtocolError } from '../../src/errors.ts';

it('an error has no property for what is not known, and prints none', () => {
  const refusal = { status: 'NO', command: 'X', text: 'no' } as const;
  const errors = [
    new CommandError(refusal),
    new ConnectionError('BYE', 'gone', { phase: 'idle', cause: undefined }),
    new ProtocolError('GRAMMAR', 'wrong'),
  ];
  const names = ['responseCode', 'offset', 'excerpt', 'cause'];
  for (const error of errors) expect(names.filter((name) => name in error)).toEqual([]);
  const cause = new Error('why');
  expect(new ConnectionError('BYE', 'gone', { phase: 'idle', cause }).cause).toBe(cause);
  const responseCode = { name: 'ALREADYEXISTS' };
  expect(new CommandError({ ...refusal, responseCode }).responseCode).toBe(responseCode);
  expect(new ConnectionError('BYE', 'gone', { phase: 'idle', responseCode }).responseCode).toBe(responseCode);
  expect(new ProtocolError('GRAMMAR', 'wrong', { offset: 3, excerpt: 'x' })).toMatchObject({ offset: 3, excerpt: 'x' });
});

it('a message has no control character that a terminal would obey; what the server said is left as it was', () => {
  const text = 'no\x1b]0;owned\x07 \x9b2J\x7f\x00\r\nA2 OK forged\tso';
  const error = new CommandError({ status: 'NO', command: 'X', text, responseCode: { name: '\x1bC', args: '\x1b[A' } });
  expect(error.message).toBe(
    'X: the server answered NO [\\x1bC \\x1b[A] no\\x1b]0;owned\\x07 \\x9b2J\\x7f\\x00\\r\\nA2 OK forged\\tso',
  );
  expect(error.text).toBe(text);
  expect(error.stack).not.toMatch(/[^\P{Cc}\n]/u);
  expect(new ProtocolError('GRAMMAR', 'wrong', { excerpt: '\x9b2J' }).message).toBe('wrong: "\\x9b2J"');
});
