import { AuthenticationError, CommandError, ConnectionError, UsageError } from './errors.ts';

/** Response codes of a server that may take the client later (RFC 5530), and Yahoo's own. */
const BUSY_CODES: ReadonlySet<string> = new Set(['UNAVAILABLE', 'SERVERBUG', 'INUSE', 'LIMIT', 'TEMPFAIL']);
/** Response codes of refusals that only a person can do something about (RFC 5530), whatever the text says. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'AUTHENTICATIONFAILED',
  'AUTHORIZATIONFAILED',
  'EXPIRED',
  'PRIVACYREQUIRED',
  'CONTACTADMIN',
]);
/**
 * Office 365: "Request is throttled. Suggested Backoff Time: 299961 milliseconds", "Server Unavailable. 15"; Gmail: "Too many
 * simultaneous connections.", "Account exceeded command or bandwidth limits."; Dovecot 1: "Maximum number of connections
 * from user+IP exceeded", "Temporary authentication failure." An account that is locked stays so by more attempts.
 */
const BUSY_TEXT =
  /throttl|too many|backoff|overload|try again later|bandwidth limit|number of connections|temporar(?:y|ily)(?! (?:block|disabl|lock|suspend))|server unavailable/i;

/** The name of the response code that an error came with, '' where there is none. */
function responseCodeOf(error: unknown): string {
  const code = error instanceof ConnectionError || error instanceof CommandError ? error.responseCode : undefined;
  return code?.name ?? '';
}

/** The server may take the client later. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof ConnectionError) && !(error instanceof CommandError)) return false;
  const code = responseCodeOf(error);
  if (BUSY_CODES.has(code)) return true;
  if (FINAL_CODES.has(code)) return false;
  if (error instanceof CommandError) return BUSY_TEXT.test(error.text);
  return error.code === 'BYE' && BUSY_TEXT.test(error.message);
}

/** Trying again would change nothing, and could lock the account. */
export function isFinal(error: unknown): boolean {
  if (FINAL_CODES.has(responseCodeOf(error))) return true;
  return error instanceof UsageError || (error instanceof AuthenticationError && !isBusy(error));
}
