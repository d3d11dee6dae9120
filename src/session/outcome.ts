import {
  AuthenticationError,
  CommandError,
  ConnectionError,
  type ConnectionPhase,
  ImapError,
  ProtocolError,
  type ResponseCode,
  refusalText,
  shown,
} from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';
import type { Command } from './command.ts';
import type { Operation, Outcome } from './operation.ts';
import { redact, SECRET, SHORTEST_KEPT } from './redact.ts';

/** What a command makes of its tagged answer. */
export function outcomeOf({ command, unreadable }: Operation, status: StatusResponse, hint = ''): Outcome {
  try {
    const answered = status.status === 'OK' || (status.status === 'NO' && command.answers?.(status));
    // What came of the answer can not be told from a whole one.
    if (answered && unreadable && command.leavesOut !== true)
      return { error: new ImapError('UNREADABLE', `${command.name}: the server's answer could not be read`) };
    if (answered) return { value: command.finish(status) };
    return { error: refusalOf(command, status, hint) };
  } catch (error) {
    return { error };
  }
}

/** Exchange: LOGIN was OK, but there is no mailbox that this user may open: this is its answer to all commands (MailKit). */
const NOT_CONNECTED = /^User is authenticated but not connected/;

function refusalOf(command: Command<unknown>, answer: StatusResponse, hint: string): unknown {
  const { status, text, code } = answer;
  if (status !== 'NO' && status !== 'BAD') {
    const message = `${command.name}: the server answered ${status}, which no tagged response can be`;
    return new ProtocolError('TAGGED_STATUS', message);
  }
  const refused = command.refused?.(answer);
  if (refused !== undefined) return refused;
  const refusal = { status, command: command.name, text, responseCode: code };
  if (NOT_CONNECTED.test(text)) return new AuthenticationError(refusal);
  return new CommandError(refusal, `${refusalText(refusal)}${hint || whichMailbox(command, text)}`);
}

/** Cyrus and Courier do not say which mailbox does not exist, and many may be asked of at once. */
function whichMailbox({ about }: Command<unknown>, text: string): string {
  return about === undefined || text.includes(about) ? '' : ` (mailbox ${shown(about)})`;
}

/**
 * True of a login that was refused without a response code. Where a BYE came before, that tells why: the credentials
 * may be right.
 */
export function isUnexplained(outcome: Outcome): boolean {
  return 'error' in outcome && outcome.error instanceof AuthenticationError && outcome.error.responseCode === undefined;
}

/** A status response without what must stay secret even if the server repeats it. */
export function redactedStatus(status: StatusResponse, secrets: readonly string[]): StatusResponse {
  const text = redact(status.text, secrets);
  const { code } = status;
  return code === undefined ? { ...status, text } : { ...status, text, code: redactedCode(code, secrets) };
}

/** The name of a code is in upper case, however the server has written it. */
function redactedCode(code: ResponseCode, secrets: readonly string[]): ResponseCode {
  const upper = secrets.map((secret) => secret.toUpperCase());
  const name = upper.some((secret) => holdsSecret(code.name, secret)) ? SECRET : code.name;
  const args = code.args === undefined ? undefined : redact(code.args, secrets);
  if (name === code.name && args === code.args) return code;
  return args === undefined ? { name } : { name, args };
}

/** A short secret stands in many names by chance: it must be all of the name. */
function holdsSecret(name: string, secret: string): boolean {
  return secret !== '' && (secret.length < SHORTEST_KEPT ? name === secret : name.includes(secret));
}

/** The error of an operation that is called for once the connection is closed. */
export function closedError(name: string, failure: ImapError, phase: ConnectionPhase): ConnectionError {
  const reason = failure.code === 'CLOSED' ? '' : `: ${failure.message}`;
  return new ConnectionError('CLOSED', `${name}: the connection is closed${reason}`, { phase, cause: failure });
}

/** BYE (RFC 3501 §7.1.5) */
export function goodbyeError({ code, text }: StatusResponse, phase: ConnectionPhase): ConnectionError {
  const reason = `${code === undefined ? '' : `[${code.name}] `}${text}`.trim();
  const message = `The server said goodbye${reason === '' ? '' : `: ${reason}`}`;
  return new ConnectionError('BYE', message, { phase, responseCode: code });
}

/** The connection's failure, told to one operation: which it was, and whether the server may have executed it. */
export function lossOf(operation: Operation, error: ImapError, phase: ConnectionPhase): ImapError {
  return namedLoss(operation.command.name, error, { phase, maybeExecuted: operation.complete });
}

/** The error of an operation of which the server may have executed something already. */
export function perhapsExecuted(error: unknown): unknown {
  return told(error, true);
}

/** The error of an operation that has only asked so far, and changed nothing. */
export function notExecuted(error: unknown): unknown {
  return told(error, false);
}

function told(error: unknown, maybeExecuted: boolean): unknown {
  if (!(error instanceof ConnectionError) || error.maybeExecuted === maybeExecuted) return error;
  return retold(error, { maybeExecuted });
}

/** The same failure, with what else is known of it. */
function retold(
  error: ConnectionError,
  known: Partial<Pick<ConnectionError, 'message' | 'phase' | 'maybeExecuted' | 'cause'>> = {},
): ConnectionError {
  const { code, phase, maybeExecuted, responseCode, cause } = error;
  const message = known.message ?? error.message;
  return new ConnectionError(code, message, { phase, maybeExecuted, responseCode, cause, ...known });
}

/** What became of several calls at once, for one of them: each has an error of its own, with whatever is done to it. */
export function ownError(error: unknown): unknown {
  if (error instanceof ConnectionError) return retold(error);
  if (!(error instanceof CommandError)) return error;
  const Kind = error instanceof AuthenticationError ? AuthenticationError : CommandError;
  return new Kind(error, error.message);
}

/** What the opening of a connection failed with: whose it was to be, where that is not said already. */
export function openingLoss(address: string, error: unknown): unknown {
  if (!(error instanceof ImapError) || error.message.includes(address)) return error;
  const message = `${address}: ${error.message}`;
  if (error instanceof ConnectionError) return retold(error, { message });
  // The excerpt is in the message already.
  return error instanceof ProtocolError ? Object.assign(new ProtocolError(error.code, message), error) : error;
}

/** The connection's failure, told to whoever waits for what this command brings. */
export function namedLoss(
  name: string,
  error: ImapError,
  told?: Pick<ConnectionError, 'phase' | 'maybeExecuted'>,
): ImapError {
  if (!(error instanceof ConnectionError)) return error;
  return retold(error, { ...told, message: `${name}: ${error.message}`, cause: error.cause ?? error });
}
