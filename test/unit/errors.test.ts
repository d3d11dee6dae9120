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
