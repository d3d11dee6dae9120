import { checkAuth, chooseMechanism } from './auth/choose.ts';
import type { Auth } from './auth/mechanism.ts';
import { authenticate } from './commands/authenticate.ts';
import { capability } from './commands/capability.ts';
import { enable } from './commands/enable.ts';
import { login } from './commands/login.ts';
import { proxyAuth } from './commands/proxyauth.ts';
import { unauthenticate } from './commands/unauthenticate.ts';
import { CommandError, UsageError } from './errors.ts';
import type { Command } from './session/command.ts';
import type { Link } from './session/link.ts';
import type { OperationOptions } from './session/operation.ts';
import type { ConnectionState } from './session/state.ts';

/** Credentials, or what gives them out anew for each connection. */
export type Credentials = Auth | (() => Auth | Promise<Auth>);

/** Where credentials go. */
export interface Destination {
  host: string;
  port: number;
  /** They would cross a network in cleartext, and nobody allowed it. */
  exposed: boolean;
}

/** Who signs in to every connection of a client. */
export class Account {
  #credentials: Credentials | undefined;
  #actsFor: string | undefined;
  readonly #host: string;
  readonly #port: number;
  readonly #exposed: boolean;
  readonly #wanted: readonly string[];

  constructor(credentials: Credentials | undefined, { host, port, exposed }: Destination, wanted: readonly string[]) {
    this.#credentials = credentials;
    this.#wanted = wanted;
    this.#host = host;
    this.#port = port;
    this.#exposed = exposed;
  }

  /** The credentials for the next connection, if there are any; what no server could take is told before there is one. */
  async next(): Promise<Auth | undefined> {
    const credentials = this.#credentials;
    return credentials === undefined ? undefined : this.#checked(credentials);
  }

  /** Authenticates a connection, and makes sure of the capabilities behind it. */
  async signIn(session: Link, auth: Auth, options: OperationOptions = {}): Promise<void> {
    const { state } = session;
    if (!state.capabilitiesKnown) await session.run(capability(), options);
    const { capabilities, secure } = state;
    const mechanism = chooseMechanism(auth, {
      auth: capabilities.auth,
      loginDisabled: capabilities.has('LOGINDISABLED'),
      channelBindings: bindingsOf(state),
      secure,
      host: this.#host,
      port: this.#port,
    });
    const command =
      mechanism === 'LOGIN'
        ? loginOf(auth)
        : await authenticate(mechanism, secretsOf(auth), capabilities.has('SASL-IR'));
    const referral = await signedIn(session, command, options);
    state.authenticated = true;
    // Nothing that an unsecured peer says is handed on as if it could be trusted.
    state.referral = secure ? referral : undefined;
    if (this.#actsFor !== undefined) await session.run(proxyAuth(this.#actsFor, state), options);
    if (!state.capabilitiesKnown) await session.run(capability(), options);
  }

  /** See ImapClient.authenticate. */
  async authenticate(session: Link, credentials: Credentials, options: OperationOptions): Promise<void> {
    if (session.state.authenticated)
      throw new UsageError('AUTHENTICATE: the connection is authenticated already', 'AUTHENTICATED');
    const auth = await this.#checked(credentials);
    this.#actsFor = undefined;
    await this.signIn(session, auth, options);
    this.#credentials = credentials;
    await this.enable(session, options);
  }

  /**
   * Enables what is wanted on every connection. A server with UTF8=ONLY takes no mailbox names before UTF8=ACCEPT is enabled
   * (RFC 9755 §6). A refusal changes nothing.
   */
  async enable(session: Link, options: OperationOptions = {}): Promise<void> {
    const { state } = session;
    const { capabilities } = state;
    const wanted = this.#wanted.filter((name) => capabilities.has(name));
    const names = [...wanted, ...(capabilities.has('UTF8=ONLY') ? ['UTF8=ACCEPT'] : [])];
    if (names.length === 0 || !capabilities.has('ENABLE')) return;
    const unique = [...new Set(names.map((name) => name.toUpperCase()))];
    await session.run(enable(unique, state), options).catch((error) => {
      if (!(error instanceof CommandError)) throw error;
    });
  }

  /** See ImapClient.unauthenticate. */
  async unauthenticate(session: Link, left: () => void, options: OperationOptions): Promise<void> {
    const { state } = session;
    if (state.compressed)
      throw new UsageError('UNAUTHENTICATE ends COMPRESS: connect with `compress: false`', 'COMPRESSED');
    const forget = () => {
      this.#credentials = undefined;
      this.#actsFor = undefined;
      left();
    };
    await session.run(unauthenticate(state, forget), options);
    if (!state.capabilitiesKnown) await session.run(capability(), options);
  }

  /** See ImapClient.proxyAuth. */
  async proxyAuth(session: Link, user: string, left: () => void, options: OperationOptions): Promise<void> {
    const change = () => {
      this.#actsFor = user;
      left();
    };
    await session.run(proxyAuth(user, session.state, change), options);
  }

  async #checked(credentials: Credentials): Promise<Auth> {
    const auth = typeof credentials === 'function' ? await credentials() : credentials;
    checkAuth(auth, { host: this.#host, port: this.#port });
    this.requireCover();
    return auth;
  }

  /** No credentials cross a network in cleartext, unless it was allowed. */
  requireCover(): void {
    if (!this.#exposed) return;
    throw new UsageError(
      `Credentials would cross the network to ${this.#host} in cleartext: use security 'tls' or 'starttls', or set allowCleartextAuth`,
      'CLEARTEXT_AUTH',
    );
  }
}

function loginOf(auth: Auth): Command<string | undefined> {
  if (!('pass' in auth)) throw new UsageError('LOGIN needs a user and a password', 'NO_MECHANISM');
  return login(auth.user, auth.pass);
}

/** Runs LOGIN or AUTHENTICATE: the capabilities from before hold where it is refused, and those that come along with its OK after it. */
async function signedIn(
  session: Link,
  command: Command<string | undefined>,
  options: OperationOptions,
): Promise<string | undefined> {
  const { state } = session;
  const started = () => {
    state.capabilitiesKnown = false;
  };
  try {
    return await session.run(command, { ...options, started });
  } catch (error) {
    state.capabilitiesKnown = true;
    throw error;
  }
}

/**
 * The likeliest binding first. A server does not say which it takes, and one that refuses is not asked again: it can have
 * been an attacker's word. Cyrus takes tls-unique alone, over TLS 1.3 too.
 */
function bindingsOf({ channelBindings, server }: ConnectionState): ConnectionState['channelBindings'] {
  if (server !== 'Cyrus') return channelBindings;
  const isUnique = ({ type }: { type: string }) => type === 'tls-unique';
  return [...channelBindings.filter(isUnique), ...channelBindings.filter((binding) => !isUnique(binding))];
}

function secretsOf(auth: Auth): string[] {
  if ('pass' in auth) return [auth.pass];
  if ('accessToken' in auth) return [auth.accessToken];
  return [];
}
