import { AuthenticationError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { redact } from '../session/redact.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { StatusResponse } from '../syntax/response.ts';

/** LOGIN (RFC 3501 §6.2.3). Resolves to where the user's mailboxes are, if the server refers to another (RFC 2221 §4). */
export function login(user: string, pass: string): Command<string | undefined> {
  return {
    name: 'LOGIN',
    behaviour: { alone: true },
    secrets: [pass],
    write: (writer) => writer.space().string(user).space().string(pass),
    finish: referralOf,
    refused: (tagged) => authenticationError('LOGIN', tagged, [pass]),
  };
}

/** The URL of another server that a successful LOGIN or AUTHENTICATE names (RFC 2221 §4). */
export function referralOf({ code }: StatusResponse): string | undefined {
  return isCode(code, 'REFERRAL') ? code.url : undefined;
}

/** The error of a refused LOGIN or AUTHENTICATE. What the server says is without secrets already; `detail` may hold one. */
export function authenticationError(
  command: string,
  tagged: StatusResponse,
  secrets: readonly string[],
  detail = '',
  advice = '',
): AuthenticationError {
  const error = new AuthenticationError({
    status: tagged.status === 'BAD' ? 'BAD' : 'NO',
    command,
    text: `${tagged.text}${detail === '' ? '' : ` (${redact(detail, secrets)})`}`,
    responseCode: tagged.code,
  });
  if (advice !== '') error.message += `. ${advice}`;
  return error;
}
