import { AuthenticationError, type ResponseCode } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { redact } from '../session/log.ts';
import type { StatusResponse } from '../syntax/response.ts';

/** LOGIN (RFC 3501 §6.2.3) */
export function login(user: string, pass: string): Command<void> {
  return {
    name: 'LOGIN',
    behaviour: { alone: true },
    secrets: [pass],
    write: (writer) => writer.space().string(user).space().string(pass),
    finish: () => undefined,
    refused: (tagged) => authenticationError('LOGIN', tagged, [pass]),
  };
}

/** The error of a refused LOGIN or AUTHENTICATE, with no secret in it even if the server repeats one. */
export function authenticationError(
  command: string,
  tagged: StatusResponse,
  secrets: readonly string[],
  detail = '',
): AuthenticationError {
  const said = redact(`${tagged.text}${detail === '' ? '' : ` (${detail})`}`, secrets);
  return new AuthenticationError({
    status: tagged.status === 'BAD' ? 'BAD' : 'NO',
    command,
    text: said,
    responseCode: redactCode(tagged.code, secrets),
  });
}

function redactCode(code: ResponseCode | undefined, secrets: readonly string[]): ResponseCode | undefined {
  return code?.args === undefined ? code : { name: code.name, args: redact(code.args, secrets) };
}
