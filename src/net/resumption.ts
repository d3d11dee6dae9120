/** What is kept of TLS from one connection to the next. */
export interface Resumption {
  /** The last session, which the next connection resumes (RFC 8446 §2.2). */
  session?: Buffer;
  /** A handshake with it failed: Dovecot that verifies client certificates ends the connection for it. */
  refused?: boolean;
}

/** A server, and what TLS is given for it: whom it trusts, and which certificate it shows. */
interface Known {
  host: string;
  port: number;
  tls: object;
  resumption: Resumption;
}

/** As many as node:https keeps sessions of. */
const MOST_SERVERS = 100;
/** What a client has of its own is held no longer than the caller holds it. */
const SECRETS = ['key', 'passphrase', 'pfx', 'pskCallback', 'secureContext'];

/** The servers connected to last. */
const shared: Known[] = [];
/** By the options of who connects. */
const own = new WeakMap<object, Known>();

/**
 * What was kept for the same server, trust and certificate: where one of them is another, TLS begins anew. Options with
 * secrets in them have to be the same object.
 */
export function resumptionOf(options: object, host: string, port: number, tls: object): Resumption {
  const isSame = (known: Known) => known.host === host && known.port === port && holdSame(known.tls, tls);
  const isOwn = SECRETS.some((name) => name in tls);
  const before = isOwn ? own.get(options) : shared.find(isSame);
  const known = before !== undefined && isSame(before) ? before : { host, port, tls: { ...tls }, resumption: {} };
  if (isOwn) own.set(options, known);
  else keep(known);
  return known.resumption;
}

function keep(known: Known): void {
  const at = shared.indexOf(known);
  if (at >= 0) shared.splice(at, 1);
  shared.push(known);
  if (shared.length > MOST_SERVERS) shared.shift();
}

function holdSame(a: object, b: object): boolean {
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([name, value]) => Object.hasOwn(b, name) && Reflect.get(b, name) === value)
  );
}
