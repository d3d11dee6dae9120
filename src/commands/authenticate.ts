import type { Answer, Mechanism } from '../auth/mechanism.ts';
import { AuthenticationError, ProtocolError, shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { redact } from '../session/redact.ts';
import { authenticationError, referralOf } from './login.ts';

/** More than any mechanism needs: a server that goes on asking is refused. */
const MAX_CHALLENGES = 32;

/** A server can offer what it then never takes (GNU Mailutils), and something between the two can end TLS. */
const BOUND =
  'Where the password is right, it may be the binding to this TLS connection: `channelBinding` in auth names another, or none.';

/**
 * AUTHENTICATE (RFC 3501 §6.2.2), with the initial response where SASL-IR is offered (RFC 4959). `secrets` are what no log
 * and no error may show. Resolves on a success that the mechanism accepts; its `done` throws for one that it does not. The
 * result is LOGIN's.
 */
export async function authenticate(
  mechanism: Mechanism,
  secrets: readonly string[],
  initialResponse: boolean,
): Promise<Command<string | undefined>> {
  const initial = mechanism.initial && (await bytesOf(mechanism, 'initial', mechanism.initial()));
  const first = initial !== undefined && initialResponse ? ` ${initial.length === 0 ? '=' : base64(initial)}` : '';
  let pending = first === '' ? initial : undefined;
  const hidden = [...new Set([...secrets, ...(initial === undefined ? [] : secretsIn(initial))])];
  let challenges = 0;
  const name = `AUTHENTICATE ${mechanism.name}`;
  return {
    name,
    behaviour: { alone: true },
    secrets: hidden,
    write: (writer) => writer.raw(first),
    continuation: async (text) => {
      if (++challenges > MAX_CHALLENGES)
        throw new ProtocolError(
          'SASL_UNEXPECTED_CHALLENGE',
          `${name}: the server asked more than ${MAX_CHALLENGES} times`,
        );
      const answer = pending ?? (await bytesOf(mechanism, 'respond', mechanism.respond(challenge(name, text))));
      pending = undefined;
      // Of a mechanism of the caller's own nothing else is known.
      if (secrets.length === 0) hidden.push(...secretsIn(answer));
      return base64(answer);
    },
    finish: (tagged) => {
      if (pending !== undefined)
        throw new ProtocolError('SASL_INCOMPLETE', `${name}: success before the exchange was over`);
      try {
        mechanism.done?.();
      } catch (error) {
        throw error instanceof AuthenticationError ? withoutSecrets(error, secrets) : error;
      }
      return referralOf(tagged);
    },
    refused: (tagged) =>
      authenticationError(name, tagged, secrets, mechanism.failure, name.endsWith('-PLUS') ? BOUND : ''),
  };
}

/** The server's own words, of an exchange that it ended with OK all the same, may repeat what it was sent. */
function withoutSecrets({ status, command, text, responseCode }: AuthenticationError, secrets: readonly string[]) {
  return new AuthenticationError({ status, command, text: redact(text, secrets), responseCode });
}

/** What a mechanism of the caller's own gives may be anything. A string is not shown: it may be a password. */
async function bytesOf({ name }: Mechanism, method: 'initial' | 'respond', given: Answer): Promise<Uint8Array> {
  const answer: unknown = await given;
  if (answer instanceof Uint8Array) return answer;
  const what = typeof answer === 'string' ? 'a string' : shown(answer);
  throw new UsageError(`AUTHENTICATE ${name}: sasl.${method} gives bytes (Uint8Array), and gave ${what}`);
}

/** A response, and what stands last in it: the password (PLAIN, RFC 4616), or the token (RFC 7628). */
export function secretsIn(response: Uint8Array): string[] {
  const bytes = Buffer.from(response);
  const last =
    bytes
      .toString('utf8')
      .split(/\p{Cc}/u)
      .findLast((part) => part !== '') ?? '';
  return [bytes.toString('latin1'), last.replace(/^auth=\S+ /, '')];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** base64 = *(4base64-char) [base64-terminal] (RFC 3501 §9) */
function challenge(name: string, text: string): Uint8Array {
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(trimmed))
    throw new ProtocolError('SASL_MALFORMED_CHALLENGE', `${name}: the server's challenge is not base64`);
  return Buffer.from(trimmed, 'base64');
}
