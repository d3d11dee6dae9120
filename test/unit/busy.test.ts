import { describe, expect, it } from 'vitest';
import { isBusy, isFinal } from '../../src/busy.ts';
import { AuthenticationError, CommandError } from '../../src/errors.ts';

function refusal(text: string): AuthenticationError {
  const [, name, rest = ''] = /^(?:\[(\w+)\] )?(.*)$/.exec(text) ?? [];
  const responseCode = name === undefined ? undefined : { name };
  return new AuthenticationError({ status: 'NO', command: 'LOGIN', text: rest, responseCode });
}

it('goes by what the server says, not by what the command is about', () => {
  const text = 'Mailbox does not exist';
  const message = `SELECT: the server answered NO ${text} (mailbox "Too many")`;
  expect(isBusy(new CommandError({ status: 'NO', command: 'SELECT', text }, message))).toBe(false);
});

describe('a login that is refused for now', () => {
  it.each([
    ['Gmail', '[ALERT] Too many simultaneous connections. (Failure)'],
    ['Gmail (ha-email-sensor #16)', '[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)'],
    ['Gmail', '[ALERT] Account exceeded command or bandwidth limits. (Failure)'],
    ['Dovecot 1 (Thunderbird for Android #3757)', 'Maximum number of connections from user+IP exceeded'],
    ['Dovecot 1', 'Temporary authentication failure.'],
    ['Exchange (imapsync)', 'Server Unavailable. 15'],
    ['Yahoo (node-imap #340)', '[TEMPFAIL] LOGIN failure on server'],
    ['Yahoo', '[LIMIT] LOGIN Rate limit hit.'],
    ['iCloud (mailcore2 #1642)', '[UNAVAILABLE] Service temporarily unavailable'],
  ])('may be taken later: %s: %s', (_, text) => {
    expect([isBusy(refusal(text)), isFinal(refusal(text))]).toEqual([true, false]);
  });

  it.each([
    'LOGIN failed.',
    '[ALERT] Invalid credentials (Failure)',
    '[AUTHENTICATIONFAILED] Temporarily locked',
    '[CONTACTADMIN] Account throttled',
    'Account is temporarily locked',
    'IMAP is unavailable to this account',
  ])('is not: %s', (text) => {
    expect([isBusy(refusal(text)), isFinal(refusal(text))]).toEqual([false, true]);
  });
});
