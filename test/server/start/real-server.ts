/** What a suite sees of a server that runs for it. */

export type ServerName = 'dovecot' | 'cyrus' | 'courier' | 'mailutils';

export interface Login {
  readonly user: string;
  readonly pass: string;
}

export interface KeyPair {
  /** PEM text. */
  readonly cert: string;
  readonly key: string;
}

export interface RealServer {
  readonly name: ServerName;
  readonly version: string;
  readonly host: string;
  /** Plain, with STARTTLS offered. */
  readonly port: number;
  /** Implicit TLS. */
  readonly tlsPort: number;
  /** A listener with STARTTLS that refuses a plaintext login before it (LOGINDISABLED; imap4d says XTLSREQUIRED). */
  readonly strictHost: string;
  readonly strictPort: number;
  /** The authority of this server alone, PEM text. Its certificate is for localhost, 127.0.0.1, 127.0.0.2 and ::1. */
  readonly ca: string;
  /** Signed by the same authority for CN=user1 (SASL EXTERNAL). */
  readonly clientCert: KeyPair;
  /** Holds configuration, mail and logs (*.log); goes away with the server. */
  readonly dir: string;
  /** The personal namespace. */
  readonly separator: string;
  readonly prefix: string;
  /** Accounts 1 to 20, all alike and empty. */
  user(n: number): Login;
  /**
   * Puts the messages of a Maildir's cur/ into a mailbox (ASCII name, as LIST gives it), with their flags, and the files'
   * times as INTERNALDATE. Makes the mailbox when it is not there. The Maildir itself stays as it is.
   */
  seed(user: string, mailbox: string, maildir: string): Promise<void>;
  stop(): Promise<void>;
}

export type Availability = { readonly ok: true } | { readonly ok: false; readonly why: string };

export const USER_COUNT = 20;
export const PASSWORD = 'pass';

/** user1 … user20, each with `domain` appended. */
export function userNames(domain = ''): string[] {
  return Array.from({ length: USER_COUNT }, (_, index) => `user${index + 1}${domain}`);
}

export function loginOf(names: string[], n: number): Login {
  const user = names[n - 1];
  if (user === undefined) throw new RangeError(`there is no account ${n}: they go from 1 to ${names.length}`);
  return { user, pass: PASSWORD };
}
