import type { Account } from './account.ts';
import type { Auth } from './auth/mechanism.ts';
import { requireIdFields } from './commands/id-fields.ts';
import type { ConnectOptions } from './connect.ts';
import { naming, requireKeys, shown, UsageError } from './errors.ts';
import { resumptionOf } from './net/resumption.ts';
import { isLoopback, type SocketAddress } from './net/socket.ts';
import type { ReconnectOptions, ReconnectSettings } from './reconnect.ts';
import { requireBounds } from './session/bounded.ts';
import { isPlain, withInherited } from './syntax/argument.ts';
import { isAscii } from './wire/chars.ts';
import { DEFAULT_FRAMER_LIMITS, LONGEST_TIMER } from './wire/limits.ts';

type Security = 'tls' | 'starttls' | 'none';

/** ConnectOptions with every default filled in. */
export interface Settings extends SocketAddress {
  security: Security;
  options: ConnectOptions;
  account: Account;
  timeouts: typeof DEFAULT_TIMEOUTS;
  limits: typeof DEFAULT_LIMITS;
  reconnect: ReconnectSettings | undefined;
}

const DEFAULT_TIMEOUTS = { connect: 30_000, inactivity: 60_000, farewell: 5_000 };
const DEFAULT_LIMITS = { ...DEFAULT_FRAMER_LIMITS, depth: 100, buffer: 4 << 20 };

/** One for all: a process may have a thousand connections. */
const NONE: readonly string[] = [];

/** `call`: whose options they are, for the errors. */
export function settingsOf(call: string, given: ConnectOptions | string | URL): Settings {
  const settings = naming(call, () => checked(given));
  requireBounds(call, { signal: settings.options.signal });
  return settings;
}

function checked(given: ConnectOptions | string | URL): Settings {
  const callers = typeof given === 'string' || given instanceof URL ? optionsFromUrl(given) : given;
  if (typeof callers !== 'object' || callers === null) throw new UsageError('the options are an object or a URL');
  requireKinds(callers);
  const options = owned(callers);
  const security = options.security ?? 'tls';
  if (!['tls', 'starttls', 'none'].includes(security))
    throw new UsageError(`security is none of tls, starttls and none: ${shown(security)}`);
  const { port = security === 'tls' ? 993 : 143, enable: wanted = NONE } = options;
  if (!Array.isArray(wanted) || !wanted.every((name) => typeof name === 'string'))
    throw new UsageError('enable is an array of names of capabilities');
  const host = hostOf(options.host);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError(`port is no number from 1 to 65535: ${shown(port)}`);
  const { clientId = false } = options;
  if (clientId !== false) naming('clientId', () => requireIdFields(clientId));
  const timeouts = options.timeouts === undefined ? DEFAULT_TIMEOUTS : timeoutsOf(options.timeouts);
  for (const [name, ms] of Object.entries(timeouts)) {
    if (typeof ms !== 'number' || !(ms > 0 && ms <= LONGEST_TIMER))
      throw new UsageError(`timeouts.${name} is no number of milliseconds: ${shown(ms)}`);
  }
  const exposed = security === 'none' && !options.allowCleartextAuth && !isLoopback(host);
  const account = { credentials: options.auth, actsFor: undefined, host, port, exposed, enable: wanted };
  return {
    host,
    port,
    ...(security === 'none' ? {} : { resumption: resumptionOf(callers, host, port, options.tls ?? {}) }),
    security,
    options,
    account,
    timeouts,
    limits: options.limits === undefined ? DEFAULT_LIMITS : limitsOf(options.limits),
    reconnect: reconnectSettings(options.reconnect),
  };
}

/** A name with other letters than ASCII as certificates have it (A-labels, RFC 5890 §2.3.2.1): a server is asked for one by it. */
function hostOf(host: string): string {
  const isText = typeof host === 'string' && host !== '' && !/[\s\0/]/.test(host);
  // An IPv6 address has more than one colon.
  if (isText && /^[^:]*:\d*$/.test(host)) throw new UsageError('host names a port, which goes in `port`');
  if (isText && isAscii(host)) return host;
  if (isText && !/[@:?#\\%]/.test(host) && URL.canParse(`https://${host}`)) return new URL(`https://${host}`).hostname;
  throw new UsageError('host is no name or address of a host');
}

/** What is read again for each connection is the caller's, who may change it: one user's would become another's. */
function owned(options: ConnectOptions): ConnectOptions {
  if (!isPlain(options)) return options;
  const own = copied(options);
  if (own.auth !== undefined) own.auth = copied(own.auth);
  if (own.tls !== undefined) own.tls = copied(own.tls);
  return own;
}

/** An object of a class stays what it is. */
function copied<T>(value: T): T {
  const isOwn = typeof value === 'object' && value !== null && isPlain(value);
  return isOwn ? (withInherited(value) as T) : value; // a copy has the same properties
}

/** What some options are. */
const KINDS = {
  tls: 'object',
  timeouts: 'object',
  limits: 'object',
  allowCleartextAuth: 'boolean',
  compress: 'boolean',
  log: 'function',
  socket: 'function',
} as const;
const OPTIONS_WITH_KIND = Object.keys(KINDS) as (keyof typeof KINDS)[]; // its keys are these

const OPTIONS_OF_RECONNECT = ['attempts', 'minDelay', 'maxDelay'];
const LIMITS = ['line', 'literal', 'depth', 'buffer'];

function requireKinds(options: ConnectOptions): void {
  for (const name of OPTIONS_WITH_KIND) {
    const value: unknown = options[name];
    if (value !== undefined && (typeof value !== KINDS[name] || value === null))
      throw new UsageError(`${name} is no ${KINDS[name]}: ${shown(value)}`);
  }
  const { reconnect } = options;
  if (reconnect === null || !['undefined', 'boolean', 'object'].includes(typeof reconnect))
    throw new UsageError(`reconnect is neither true nor false nor an object: ${shown(reconnect)}`);
  const { timeouts = {}, limits = {} } = options;
  naming('timeouts', () => requireKeys(timeouts, Object.keys(DEFAULT_TIMEOUTS)));
  naming('limits', () => requireKeys(limits, LIMITS));
  if (typeof reconnect === 'object') naming('reconnect', () => requireKeys(reconnect, OPTIONS_OF_RECONNECT));
}

function timeoutsOf({
  connect: connecting = DEFAULT_TIMEOUTS.connect,
  inactivity = DEFAULT_TIMEOUTS.inactivity,
  farewell = DEFAULT_TIMEOUTS.farewell,
}: NonNullable<ConnectOptions['timeouts']>): Settings['timeouts'] {
  return { connect: connecting, inactivity, farewell };
}

function limitsOf({
  line,
  literal = DEFAULT_LIMITS.literal,
  depth = DEFAULT_LIMITS.depth,
  buffer = DEFAULT_LIMITS.buffer,
}: NonNullable<ConnectOptions['limits']>): Settings['limits'] {
  const { line: short, longLine } = DEFAULT_LIMITS;
  for (const [name, limit] of Object.entries({ line, literal, depth, buffer })) {
    if (limit !== undefined && (typeof limit !== 'number' || !(limit >= 0)))
      throw new UsageError(`limits.${name} is no number: ${shown(limit)}`);
  }
  return { line: line ?? short, longLine: line ?? longLine, literal, depth, buffer };
}

function reconnectSettings(options: boolean | ReconnectOptions | undefined): ReconnectSettings | undefined {
  if (options === undefined || options === false) return undefined;
  const { attempts = 10, minDelay = 500, maxDelay = 60_000 } = options === true ? {} : options;
  for (const [name, value] of Object.entries({ attempts, minDelay, maxDelay })) {
    if (typeof value !== 'number' || !(value >= 0))
      throw new UsageError(`reconnect.${name} is no number: ${shown(value)}`);
  }
  return { attempts, minDelay, maxDelay: Math.max(minDelay, Math.min(maxDelay, LONGEST_TIMER)) };
}

/** imap-url (RFC 5092) as far as it names a server and a user; `imaps` is implicit TLS (RFC 8314). */
function optionsFromUrl(input: string | URL): ConnectOptions {
  // The text itself stays out of the errors: it can hold a password.
  let url: URL;
  try {
    url = new URL(input);
  } catch {
    throw new UsageError('Not a URL: imaps://user:pass@host:port/ is expected');
  }
  if (url.protocol !== 'imaps:' && url.protocol !== 'imap:')
    throw new UsageError(`Not a URL of IMAP: its scheme is ${url.protocol}`);
  const auth = authOf(unescaped(url.username), unescaped(url.password));
  return {
    host: unescaped(url.hostname).replace(/^\[|\]$/g, ''),
    security: url.protocol === 'imaps:' ? 'tls' : 'starttls',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(auth === undefined ? {} : { auth }),
  };
}

/** iuserinfo = enc-user [iauth] / [enc-user] iauth; iauth = ";AUTH=" ( "*" / enc-auth-type ) (RFC 5092 §11) */
function authOf(userinfo: string, pass: string): Auth | undefined {
  if (userinfo === '') return undefined;
  const [, user = userinfo, mechanism = '*'] = /^(.*);AUTH=(.+)$/is.exec(userinfo) ?? [];
  if (mechanism === '*') return { user, pass };
  const whose = { ...(user === '' ? {} : { user }), ...(pass === '' ? {} : { pass }) };
  return { ...whose, mechanism: mechanism.toUpperCase() } as Auth; // what it is of these is checked as all credentials are
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UsageError('The user, the password or the host in the URL is not percent-encoded UTF-8');
  }
}
