import { checkAuth } from './auth/check.ts';
import type { Auth } from './auth/mechanism.ts';
import { UsageError } from './errors.ts';

/** Credentials, or what gives them out anew for each connection. */
export type Credentials = Auth | (() => Auth | Promise<Auth>);

/** Who signs in to every connection of a client. */
export interface Account {
  credentials: Credentials | undefined;
  /** The user for whom an administrator acts (PROXYAUTH). */
  actsFor: string | undefined;
  /** Where the credentials go. */
  readonly host: string;
  readonly port: number;
  /** They would cross a network in cleartext, and nobody allowed it. */
  readonly exposed: boolean;
  /** What is enabled behind that, as far as it is offered. */
  readonly enable: readonly string[];
}

/** The credentials for the next connection, if there are any; what no server could take is told before there is one. */
export async function nextAuth(account: Account): Promise<Auth | undefined> {
  const { credentials } = account;
  return credentials === undefined ? undefined : checkedAuth(account, credentials);
}

export async function checkedAuth(account: Account, credentials: Credentials): Promise<Auth> {
  const auth = typeof credentials === 'function' ? await credentials() : credentials;
  checkAuth(auth);
  requireCover(account);
  return auth;
}

/** No credentials cross a network in cleartext, unless it was allowed. */
export function requireCover({ exposed, host }: Account): void {
  if (!exposed) return;
  throw new UsageError(
    `Credentials would cross the network to ${host} in cleartext: use security 'tls' or 'starttls', or set allowCleartextAuth`,
    'CLEARTEXT_AUTH',
  );
}
