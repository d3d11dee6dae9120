/** The servers that a failing network stands before: in memory and Dovecot, in cleartext, with STARTTLS, and over TLS. */
import { type ConnectOptions, connect, type ImapClient } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { startDovecot } from '../server/start/index.ts';
import { AUTHORITY, GOOD } from './certificates.ts';

export const TARGET_NAMES = [
  'memory',
  'memory-starttls',
  'memory-tls',
  'dovecot',
  'dovecot-starttls',
  'dovecot-tls',
] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** One account of a server. */
export interface FaultTarget {
  readonly port: number;
  /** How the session under test connects, through the proxy. */
  readonly options: Partial<ConnectOptions>;
  /** TLS tells every byte that was changed. */
  readonly sealed: boolean;
  /** A second session, past the proxy. */
  readonly witness: ImapClient;
}

const OWN = { host: '127.0.0.1', security: 'none', reconnect: { minDelay: 10 } } as const;

export interface FaultTargets extends AsyncDisposable {
  readonly accounts: readonly FaultTarget[];
}

/** Sessions that run at the same time have an account each: Dovecot's are in each other's way when they create mailboxes. */
export async function faultTargets(name: TargetName, count = 1): Promise<FaultTargets> {
  const security = name.endsWith('-tls') ? 'tls' : name.endsWith('-starttls') ? 'starttls' : 'none';
  const server = name.startsWith('memory') ? await inMemory(count) : await dovecot();
  const accounts = Array.from({ length: count }, async (_, index): Promise<FaultTarget> => {
    const auth = server.user(index + 1);
    return {
      port: security === 'tls' ? server.tlsPort : server.port,
      options: { security, auth, tls: { ca: server.ca }, compress: security !== 'none' },
      sealed: security !== 'none',
      // Dovecot ends a session whose mailbox another one deletes.
      witness: await connect({ ...OWN, port: server.port, auth }),
    };
  });
  const ready = await Promise.all(accounts);
  return {
    accounts: ready,
    async [Symbol.asyncDispose]() {
      await Promise.all(ready.map(({ witness }) => witness.logout()));
      await server.stop();
    },
  };
}

async function inMemory(count: number) {
  const user = (n: number) => ({ user: `user${n}`, pass: 'pass' });
  const users = Object.fromEntries(Array.from({ length: count }, (_, index) => [user(index + 1).user, 'pass']));
  const server = await createServer({ users, tls: { key: GOOD.key, cert: GOOD.cert } });
  return { port: server.port, tlsPort: server.tlsPort ?? 0, user, ca: AUTHORITY, stop: () => server.close() };
}

async function dovecot() {
  const server = await startDovecot();
  const { port, tlsPort, ca } = server;
  return { port, tlsPort, ca, user: (n: number) => server.user(n), stop: () => server.stop() };
}
