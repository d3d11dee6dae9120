/** What servers offer, and how clients connect to them. */
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import type { Random } from '../../unit/wire/random.ts';
import { CERTIFICATE } from './certificate.ts';
import type { LocalServer, Security } from './local-server.ts';

export const PASSWORDS = { joe: 'one', ann: 'two' };
export const EVERYTHING = [...DEFAULT_CAPABILITIES, 'COMPRESS=DEFLATE', 'QUOTASET', 'INPROGRESS'];

/** How a session connects. TLS is in fact deterministic: what is random in it is of one length, and is read at once. */
export interface Way {
  /** Of so many connections one is lost. */
  loss: number;
  security: Security;
  compress: boolean;
}

const SECURITY: readonly Security[] = ['none', 'none', 'tls', 'starttls'];

export function randomWay(random: Random, loss: number): Way {
  return { loss, security: SECURITY[random.below(4)] ?? 'none', compress: random.below(2) === 0 };
}

/** What connect() and createPool() are told of it. */
export function connecting(server: LocalServer, { loss, security, compress }: Way) {
  return {
    host: 'localhost',
    security,
    // Another list each time: nothing is resumed that another simulation has left.
    tls: { ca: [CERTIFICATE.cert] },
    auth: { user: 'joe', pass: PASSWORDS.joe },
    compress,
    socket: () => server.connect(loss, security),
  };
}
