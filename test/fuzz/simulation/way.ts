/** What servers offer, and how clients connect to them. */
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import type { Random } from '../../unit/wire/random.ts';
import { CERTIFICATE } from './certificate.ts';
import type { LocalServer, Security } from './local-server.ts';

export const PASSWORDS = { joe: 'one', ann: 'two' };
export const EVERYTHING = [...DEFAULT_CAPABILITIES, 'COMPRESS=DEFLATE', 'QUOTASET', 'INPROGRESS'];

/** Servers are without some of these. */
const EXTENSIONS = [
  ...['CONDSTORE', 'QRESYNC', 'ESEARCH', 'UIDPLUS', 'MOVE', 'IDLE', 'UNSELECT', 'LIST-STATUS', 'LIST-EXTENDED'],
  ...['MULTIAPPEND', 'MULTISEARCH', 'LITERAL+', 'UIDONLY', 'CONTEXT=SEARCH', 'PARTIAL', 'SEARCHRES'],
  ...[
    'COMPRESS',
    'REPLACE',
    'SORT',
    'THREAD',
    'LIST-METADATA',
    'LIST-MYRIGHTS',
    'QUOTASET',
    'INPROGRESS',
    'UIDBATCHES',
  ],
];
/** What IMAP4rev2 has of its own (RFC 9051 Appendix E). */
const IN_REV2 = ['ESEARCH', 'UIDPLUS', 'MOVE', 'IDLE', 'UNSELECT', 'LIST-STATUS', 'LIST-EXTENDED', 'SEARCHRES'];

/** What a server has, and what it is without. */
export function offered(random: Random): { capabilities: string[]; withoutCapabilities: string[] } {
  const rare = ['IMAP4REV2', 'X-GM-EXT-1', `MESSAGELIMIT=${2 + random.below(4)}`, `SAVELIMIT=${2 + random.below(4)}`];
  const capabilities = [...EVERYTHING, ...rare.filter(() => random.below(5) === 0)];
  const isRev2 = capabilities.includes('IMAP4REV2');
  const withoutCapabilities = EXTENSIONS.filter((name) => random.below(4) === 0 && !(isRev2 && IN_REV2.includes(name)));
  // It builds upon CONDSTORE (RFC 7162).
  if (withoutCapabilities.includes('CONDSTORE')) withoutCapabilities.push('QRESYNC');
  return { capabilities, withoutCapabilities };
}

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
