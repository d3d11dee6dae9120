import { type Account, type Credentials, checkedAuth } from './account.ts';
import { holds } from './auth/check.ts';
import { chooseMechanism } from './auth/choose.ts';
import type { Auth, Mechanism } from './auth/mechanism.ts';
import { authenticate } from './commands/authenticate.ts';
import { capabilitiesChange, capability } from './commands/capability.ts';
import { enable } from './commands/enable.ts';
import { login } from './commands/login.ts';
import { noop } from './commands/noop.ts';
import { proxyAuth } from './commands/proxyauth.ts';
import { unauthenticate } from './commands/unauthenticate.ts';
import { AuthenticationError, CommandError, ImapError, UsageError } from './errors.ts';
import { waitFor } from './operations/early-end.ts';
import type { Command } from './session/command.ts';
import type { Link } from './session/link.ts';
import { type OperationOptions, readRunOptions } from './session/operation.ts';
import type { ConnectionState } from './session/state.ts';
import type { StatusResponse } from './syntax/response.ts';

/** Asks for the capabilities where the server has not told them. */
export async function learnCapabilities(session: Link, options: OperationOptions = {}): Promise<void> {
  if (!session.state.capabilitiesKnown) await session.run(capability(), options);
}

/** Authenticates a connection, and makes sure of the capabilities behind it. */
export async function signIn(
  session: Link,
  account: Account,
  auth: Auth,
  options: OperationOptions = {},
): Promise<void> {
  const { state } = session;
  const { host, port } = account;
  await learnCapabilities(session, options);
  const { capabilities, secure } = state;
  const mechanism = chooseMechanism(auth, {
    auth: capabilities.auth,
    loginDisabled: capabilities.has('LOGINDISABLED'),
    channelBindings: bindingsOf(state),
    secure,
    host,
    port,
  });
  const command =
    mechanism === 'LOGIN'
      ? loginOf(auth)
      : await fromCaller(() => authenticate(mechanism, secretsOf(auth), capabilities.has('SASL-IR')), options);
  const finishing = (one: typeof command) => (tagged: StatusResponse) => {
    const referral = one.finish(tagged);
    state.authenticated = true;
    return referral;
  };
  const run = (one: typeof command) => session.run({ ...one, ...capabilitiesChange(state, finishing(one)) }, options);
  const referral = await run(command).catch((error) => {
    if (!isAsWellLogin(mechanism, auth, error) || capabilities.has('LOGINDISABLED')) throw error;
    return run(loginOf(auth));
  });
  // Nothing that an unsecured peer says is handed on as if it could be trusted.
  state.referral = secure ? referral : undefined;
  if (account.actsFor !== undefined) await session.run(proxyAuth(account.actsFor, state), options);
  await learnCapabilities(session, options);
}

/** Runs a command that a connection can do without: a refusal changes nothing, and is noted. False where it was refused. */
export async function unlessRefused(
  session: Link,
  command: Command<unknown>,
  options: OperationOptions = {},
): Promise<boolean> {
  try {
    await session.run(command, options);
    return true;
  } catch (error) {
    // What is wanted is done, whatever the server tells of it.
    if (error instanceof ImapError && error.code === 'UNREADABLE') return true;
    if (!(error instanceof CommandError)) throw error;
    session.note(`The server refused ${command.name}`);
    return false;
  }
}

/**
 * Enables what is wanted on every connection, and what was enabled on the one before. A server with UTF8=ONLY takes no mailbox
 * names before UTF8=ACCEPT is enabled (RFC 9755 §6).
 */
export async function enableWanted(
  session: Link,
  account: Account,
  before: Iterable<string> = [],
  options: OperationOptions = {},
): Promise<void> {
  const { state } = session;
  const { capabilities } = state;
  const wanted = [...account.enable, ...before].filter((name) => capabilities.has(name));
  const names = [...wanted, ...(capabilities.has('UTF8=ONLY') ? ['UTF8=ACCEPT'] : [])];
  if (names.length === 0 || !capabilities.has('ENABLE')) return;
  const unique = [...new Set(names.map((name) => name.toUpperCase()))];
  await unlessRefused(session, enable(unique, state), options);
}

/** See ImapClient.authenticate. */
export async function authenticateUser(
  session: Link,
  account: Account,
  credentials: Credentials,
  options: OperationOptions,
): Promise<void> {
  // It tells why it can't be run.
  if (session.closed) return session.run({ ...noop(), name: 'AUTHENTICATE' }, options);
  if (session.state.authenticated)
    throw new UsageError('AUTHENTICATE: the connection is authenticated already', 'AUTHENTICATED');
  const auth = await fromCaller(() => checkedAuth(account, credentials), options);
  account.actsFor = undefined;
  await signIn(session, account, auth, options);
  account.credentials = credentials;
  await enableWanted(session, account, [], options);
}

/** A function of the caller's own may never answer: the call ends all the same. */
function fromCaller<T>(ask: () => Promise<T>, options: OperationOptions): Promise<T> {
  return waitFor(ask, 'AUTHENTICATE', readRunOptions('AUTHENTICATE', options));
}

/** See ImapClient.unauthenticate. */
export async function unauthenticateUser(
  session: Link,
  account: Account,
  left: () => void,
  options: OperationOptions,
): Promise<void> {
  const { state } = session;
  if (state.compressed)
    throw new UsageError('UNAUTHENTICATE ends COMPRESS: connect with `compress: false`', 'COMPRESSED');
  const forget = () => {
    account.credentials = undefined;
    account.actsFor = undefined;
    left();
  };
  await session.run(unauthenticate(state, forget), options);
  await learnCapabilities(session, options);
}

/** See ImapClient.proxyAuth. */
export async function proxyAuthAs(
  session: Link,
  account: Account,
  user: string,
  left: () => void,
  options: OperationOptions,
): Promise<void> {
  const change = () => {
    account.actsFor = user;
    left();
  };
  await session.run(proxyAuth(user, session.state, change), options);
}

/** What a server says of a mechanism that it does not know, before it has looked at any credentials. */
const UNKNOWN_MECHANISM = /\b(?:not supported|unsupported)\b/i;

/**
 * Tolerance: Perdition, and others, offer AUTH=PLAIN and know no AUTHENTICATE (Thunderbird for Android #2648, #11237). LOGIN
 * tells no more than PLAIN does; of any stronger mechanism it is not tried.
 */
function isAsWellLogin(mechanism: Mechanism | 'LOGIN', auth: Auth, error: unknown): boolean {
  if (mechanism === 'LOGIN' || !['PLAIN', 'LOGIN'].includes(mechanism.name)) return false;
  if (!holds(auth, 'pass') || auth.mechanism !== undefined || auth.authzid !== undefined) return false;
  if (!(error instanceof AuthenticationError) || error.responseCode !== undefined) return false;
  return error.status === 'BAD' || UNKNOWN_MECHANISM.test(error.text);
}

function loginOf(auth: Auth): Command<string | undefined> {
  if (!holds(auth, 'pass')) throw new UsageError('LOGIN needs a user and a password', 'NO_MECHANISM');
  return login(auth.user, auth.pass);
}

/**
 * The likeliest binding first. A server does not say which it takes, and one that refuses is not asked again: it can have
 * been an attacker's word. Cyrus takes tls-unique alone, over TLS 1.3 too, where Bun can not tell it.
 */
function bindingsOf({ channelBindings, server }: ConnectionState): ConnectionState['channelBindings'] {
  if (server !== 'Cyrus') return channelBindings;
  const isUnique = ({ type }: { type: string }) => type === 'tls-unique';
  if (!channelBindings.some(isUnique)) return [];
  return [...channelBindings.filter(isUnique), ...channelBindings.filter((binding) => !isUnique(binding))];
}

function secretsOf(auth: Auth): string[] {
  if (holds(auth, 'pass')) return [auth.pass];
  if (holds(auth, 'accessToken')) return [auth.accessToken];
  return [];
}
