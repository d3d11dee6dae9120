import { UsageError } from '../errors.ts';
import type { Auth, SaslMechanism } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import type { ChannelBinding } from './scram.ts';

export type PasswordAuth = Extract<Auth, { pass: string }>;
export type TokenAuth = Extract<Auth, { accessToken: string }>;
export type BareAuth = Extract<Auth, { mechanism: 'EXTERNAL' | 'ANONYMOUS' }>;
export type PasswordMechanism = NonNullable<PasswordAuth['mechanism']>;
export type TokenMechanism = NonNullable<TokenAuth['mechanism']>;

/** The strongest first. */
export const SCRAM_MECHANISMS: readonly PasswordMechanism[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'];
export const PASSWORD_MECHANISMS: readonly PasswordMechanism[] = [...SCRAM_MECHANISMS, 'CRAM-MD5', 'PLAIN', 'LOGIN'];
export const TOKEN_MECHANISMS: readonly TokenMechanism[] = ['OAUTHBEARER', 'XOAUTH2'];
export const CARRY_AUTHZID: readonly PasswordMechanism[] = [...SCRAM_MECHANISMS, 'PLAIN'];
const BINDING_TYPES: readonly ChannelBinding['type'][] = ['tls-exporter', 'tls-unique'];
export const SASL_NAME = /^[A-Z0-9_-]{1,20}$/;

/**
 * What can be said of credentials before there is a server. This stands apart from what makes a mechanism of them, which is
 * loaded while the network is waited for.
 *
 * @throws UsageError for credentials that no server could take.
 */
export function checkAuth(auth: Auth): void {
  if (typeof auth !== 'object' || auth === null) throw new UsageError('auth is not an object');
  requireEffect(auth);
  if (holds(auth, 'sasl')) checkSasl(auth.sasl);
  else if (holds(auth, 'accessToken') && holds(auth, 'pass'))
    throw new UsageError('auth holds both pass and accessToken');
  else if (holds(auth, 'accessToken')) checkTokenAuth(auth);
  else if (holds(auth, 'pass')) checkPasswordAuth(auth);
  else checkBareAuth(auth);
}

/** What only a password has: given with another way in, it would be left out in silence. */
function requireEffect(auth: Auth): void {
  if (holds(auth, 'pass')) return;
  for (const option of ['authzid', 'channelBinding'])
    if (Reflect.get(auth, option)) throw new UsageError(`auth: ${option} has no effect without pass`);
}

/** As `in`, but a property that is there and undefined is absent. */
export function holds<K extends 'sasl' | 'accessToken' | 'pass'>(
  auth: Auth,
  key: K,
): auth is Extract<Auth, Record<K, unknown>> {
  return Reflect.get(auth, key) !== undefined;
}

export function isBindingRequired({ channelBinding = false }: PasswordAuth): boolean {
  return channelBinding !== false;
}

function checkSasl(sasl: SaslMechanism): void {
  if (!SASL_NAME.test(sasl?.name))
    throw new UsageError('sasl.name is not the name of a SASL mechanism (RFC 4422 §3.1)');
  for (const method of ['respond', 'initial', 'done'] as const) {
    const absent = method !== 'respond' && sasl[method] === undefined;
    if (!absent && typeof sasl[method] !== 'function') throw new UsageError(`sasl.${method} is not a function`);
  }
}

function checkPasswordAuth(auth: PasswordAuth): void {
  const { user, pass, authzid, mechanism, channelBinding = false } = auth;
  checkName('user', user);
  checkPassword(pass);
  if (authzid !== undefined) checkName('authzid', authzid);
  checkMechanism(mechanism, PASSWORD_MECHANISMS);
  if (typeof channelBinding !== 'boolean' && !BINDING_TYPES.includes(channelBinding))
    throw new UsageError(`channelBinding is true, false, or one of ${BINDING_TYPES.join(', ')}`);
  if (mechanism && authzid !== undefined && !CARRY_AUTHZID.includes(mechanism))
    throw new UsageError(`${mechanism} can not carry an authzid`);
  if (mechanism && isBindingRequired(auth) && !SCRAM_MECHANISMS.includes(mechanism))
    throw new UsageError(`${mechanism} binds to no channel`);
  if (mechanism && !SCRAM_MECHANISMS.includes(mechanism)) return;
  saslPrep('user', user);
  saslPrep('pass', pass);
}

function checkTokenAuth({ user, accessToken, mechanism }: TokenAuth): void {
  checkName('user', user);
  // Wider than RFC 6750's b64token, for servers with tokens of their own; nothing that could end the field.
  if (typeof accessToken !== 'string' || !/^[!-~]+$/.test(accessToken)) {
    throw new UsageError('accessToken is not printable ASCII without spaces');
  }
  checkMechanism(mechanism, TOKEN_MECHANISMS);
}

function checkBareAuth({ mechanism, user }: BareAuth): void {
  if (mechanism !== 'EXTERNAL' && mechanism !== 'ANONYMOUS') {
    throw new UsageError('auth holds neither pass nor accessToken, and names no mechanism that does without');
  }
  if (user) checkName('user', user);
  // token = 1*255TCHAR (RFC 4505 §2)
  if (mechanism === 'ANONYMOUS' && user && [...user].length > 255)
    throw new UsageError('ANONYMOUS takes at most 255 characters');
}

function checkMechanism<Name extends string>(wanted: Name | undefined, fitting: readonly Name[]): void {
  if (wanted !== undefined && !fitting.includes(wanted)) {
    throw new UsageError(`${wanted} does not take these credentials; these do: ${fitting.join(', ')}`);
  }
}

function checkName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name === '') throw new UsageError(`${what} is not a string, or empty`);
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw new UsageError(`${what} holds a control character or half a surrogate pair`);
}

function checkPassword(pass: unknown): void {
  if (typeof pass !== 'string' || pass === '') throw new UsageError('pass is not a string, or empty');
  if (pass.includes('\0') || /\p{Cs}/u.test(pass)) throw new UsageError('pass holds NUL or half a surrogate pair');
}
