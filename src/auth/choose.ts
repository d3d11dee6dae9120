import { UsageError } from '../errors.ts';
import { anonymous } from './anonymous.ts';
import { cramMd5 } from './cram-md5.ts';
import { external } from './external.ts';
import { login } from './login.ts';
import { type Auth, EMPTY, type Mechanism, type SaslMechanism } from './mechanism.ts';
import { oauthbearer } from './oauthbearer.ts';
import { plain } from './plain.ts';
import { type ChannelBinding, type ScramHash, scram } from './scram.ts';
import { xoauth2 } from './xoauth2.ts';

/** What the server offers, and where it is. */
export interface Offered {
  /** The names of its AUTH= capabilities, in upper case. */
  auth: ReadonlySet<string>;
  loginDisabled: boolean;
  /** TLS. Without it nothing is bound to the channel. */
  secure: boolean;
  host: string;
  port: number;
  /** What this side can bind to, the likeliest first. */
  channelBindings?: readonly ChannelBinding[] | undefined;
}

type PasswordAuth = Extract<Auth, { pass: string }>;
type TokenAuth = Extract<Auth, { accessToken: string }>;
type BareAuth = Extract<Auth, { mechanism: 'EXTERNAL' | 'ANONYMOUS' }>;
type PasswordMechanism = NonNullable<PasswordAuth['mechanism']>;
type TokenMechanism = NonNullable<TokenAuth['mechanism']>;

/** The strongest first. */
const PASSWORD_MECHANISMS: readonly PasswordMechanism[] = [
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'CRAM-MD5',
  'PLAIN',
  'LOGIN',
];
const TOKEN_MECHANISMS: readonly TokenMechanism[] = ['OAUTHBEARER', 'XOAUTH2'];
const SCRAM_MECHANISMS: readonly PasswordMechanism[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1'];
const CARRY_AUTHZID: readonly string[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
const BINDING_TYPES: readonly ChannelBinding['type'][] = ['tls-exporter', 'tls-unique'];
/** What a server offers that offers all. */
const ALL_MECHANISMS: ReadonlySet<string> = new Set([
  ...PASSWORD_MECHANISMS,
  ...SCRAM_MECHANISMS.map((name) => `${name}-PLUS`),
  ...TOKEN_MECHANISMS,
  'EXTERNAL',
  'ANONYMOUS',
]);
const SASL_NAME = /^[A-Z0-9_-]{1,20}$/;

/**
 * The strongest mechanism offered that the credentials fit; 'LOGIN' is the LOGIN command (RFC 3501 §6.2.3).
 * @throws UsageError NO_MECHANISM when none is, or when the one asked for is not offered; USAGE for unfit credentials.
 */
export function chooseMechanism(auth: Auth, offered: Offered): Mechanism | 'LOGIN' {
  if (typeof auth !== 'object' || auth === null) throw new UsageError('auth is not an object');
  if (has(auth, 'sasl')) return custom(auth.sasl);
  if (has(auth, 'accessToken') && has(auth, 'pass')) throw new UsageError('auth holds both pass and accessToken');
  if (has(auth, 'accessToken')) return byToken(auth, offered);
  if (has(auth, 'pass')) return byPassword(auth, offered);
  return bySituation(auth, offered);
}

/** @throws UsageError for credentials that no server could take. */
export function checkAuth(auth: Auth, { host, port }: Pick<Offered, 'host' | 'port'>): void {
  const channelBindings = BINDING_TYPES.map((type) => ({ type, data: EMPTY }));
  chooseMechanism(auth, { auth: ALL_MECHANISMS, loginDisabled: false, secure: true, channelBindings, host, port });
}

/** As `in`, but a property that is there and undefined is absent. */
function has<K extends 'sasl' | 'accessToken' | 'pass'>(auth: Auth, key: K): auth is Extract<Auth, Record<K, unknown>> {
  return Reflect.get(auth, key) !== undefined;
}

function custom(sasl: SaslMechanism): Mechanism {
  if (!SASL_NAME.test(sasl?.name))
    throw new UsageError('sasl.name is not the name of a SASL mechanism (RFC 4422 §3.1)');
  for (const method of ['respond', 'initial', 'done'] as const) {
    const absent = method !== 'respond' && sasl[method] === undefined;
    if (!absent && typeof sasl[method] !== 'function') throw new UsageError(`sasl.${method} is not a function`);
  }
  return sasl;
}

function byPassword(auth: PasswordAuth, offered: Offered): Mechanism | 'LOGIN' {
  checkName('user', auth.user);
  checkPassword(auth.pass);
  if (auth.authzid !== undefined) checkName('authzid', auth.authzid);
  const wanted = checkMechanism(auth.mechanism, PASSWORD_MECHANISMS);
  const mustBind = isBindingRequired(auth);
  if (wanted && auth.authzid !== undefined && !CARRY_AUTHZID.includes(wanted)) {
    throw new UsageError(`${wanted} can not carry an authzid`);
  }
  if (wanted && mustBind && !SCRAM_MECHANISMS.includes(wanted)) {
    throw new UsageError(`${wanted} binds to no channel`);
  }
  if (wanted === 'LOGIN' && !offered.loginDisabled) return 'LOGIN';
  for (const name of wanted ? [wanted] : mustBind ? SCRAM_MECHANISMS : PASSWORD_MECHANISMS) {
    if (auth.authzid !== undefined && !CARRY_AUTHZID.includes(name)) continue;
    const found = ifOffered(name, auth, offered);
    if (found) return found;
  }
  if (mustBind) throw noMechanism(`${wanted ?? 'a password'} with channel binding`, offered);
  if (!wanted && !offered.loginDisabled && auth.authzid === undefined) return 'LOGIN';
  throw noMechanism(wanted ?? (auth.authzid === undefined ? 'a password' : 'a password and an authzid'), offered);
}

function isBindingRequired({ channelBinding = false }: PasswordAuth): boolean {
  if (typeof channelBinding !== 'boolean' && !BINDING_TYPES.includes(channelBinding))
    throw new UsageError(`channelBinding is true, false, or one of ${BINDING_TYPES.join(', ')}`);
  return channelBinding !== false;
}

function ifOffered(name: PasswordMechanism, auth: PasswordAuth, offered: Offered): Mechanism | undefined {
  const { user, pass, authzid } = auth;
  if (name.startsWith('SCRAM-')) return scramIfOffered(name, auth, offered);
  if (!offered.auth.has(name)) return undefined;
  if (name === 'CRAM-MD5') return cramMd5({ user, pass });
  return name === 'PLAIN' ? plain({ user, pass, authzid }) : login({ user, pass });
}

function scramIfOffered(name: string, auth: PasswordAuth, offered: Offered): Mechanism | undefined {
  const { user, pass, authzid } = auth;
  const hash = name.slice('SCRAM-'.length) as ScramHash; // the rest of each SCRAM name in PASSWORD_MECHANISMS is one
  const available = offered.secure ? bindingFor(auth, offered) : undefined;
  const refused = refusesBinding(offered) && !isBindingRequired(auth);
  const bound = !refused && offered.auth.has(`${name}-PLUS`) ? available : undefined;
  if (!bound && (isBindingRequired(auth) || !offered.auth.has(name))) return undefined;
  // A server that offers -PLUS with any hash would take "not offered" for the work of an attacker.
  const stripped = available && (refused || ![...offered.auth].some((other) => /^SCRAM-.*-PLUS$/.test(other)));
  return scram({ hash, user, pass, authzid, channelBinding: bound ?? (stripped ? 'not offered' : undefined) });
}

/**
 * Tolerance: GNU Mailutils offers all that GNU SASL knows, -PLUS too, refuses every binding, and takes "not offered" for an
 * answer. Who pretends to be it gains nothing: a server that can bind refuses just that (RFC 5802 §6).
 */
function refusesBinding({ auth }: Offered): boolean {
  return auth.has('SAML20') && auth.has('OPENID20') && auth.has('SECURID');
}

function bindingFor({ channelBinding }: PasswordAuth, { channelBindings = [] }: Offered): ChannelBinding | undefined {
  if (channelBinding === false) return undefined;
  return typeof channelBinding === 'string'
    ? channelBindings.find(({ type }) => type === channelBinding)
    : channelBindings[0];
}

function byToken({ user, accessToken, mechanism }: TokenAuth, offered: Offered): Mechanism {
  checkName('user', user);
  // Wider than RFC 6750's b64token, for servers with tokens of their own; nothing that could end the field.
  if (typeof accessToken !== 'string' || !/^[!-~]+$/.test(accessToken)) {
    throw new UsageError('accessToken is not printable ASCII without spaces');
  }
  const { host, port } = offered;
  const wanted = checkMechanism(mechanism, TOKEN_MECHANISMS);
  const name = (wanted ? [wanted] : TOKEN_MECHANISMS).find((candidate) => offered.auth.has(candidate));
  if (!name) throw noMechanism(wanted ?? 'an access token', offered);
  return name === 'XOAUTH2' ? xoauth2({ user, accessToken }) : oauthbearer({ user, accessToken, host, port });
}

function bySituation({ mechanism, user }: BareAuth, offered: Offered): Mechanism {
  if (mechanism !== 'EXTERNAL' && mechanism !== 'ANONYMOUS') {
    throw new UsageError('auth holds neither pass nor accessToken, and names no mechanism that does without');
  }
  if (user) checkName('user', user);
  if (!offered.auth.has(mechanism)) throw noMechanism(mechanism, offered);
  return mechanism === 'EXTERNAL' ? external(user) : anonymous(user);
}

function checkMechanism<Name extends string>(wanted: Name | undefined, fitting: readonly Name[]): Name | undefined {
  if (wanted !== undefined && !fitting.includes(wanted)) {
    throw new UsageError(`${wanted} does not take these credentials; these do: ${fitting.join(', ')}`);
  }
  return wanted;
}

function checkName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name === '') throw new UsageError(`${what} is not a string, or empty`);
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw new UsageError(`${what} holds a control character or half a surrogate pair`);
}

function checkPassword(pass: unknown): void {
  if (typeof pass !== 'string' || pass === '') throw new UsageError('pass is not a string, or empty');
  if (pass.includes('\0') || /\p{Cs}/u.test(pass)) throw new UsageError('pass holds NUL or half a surrogate pair');
}

function noMechanism(wanted: string, { auth, loginDisabled }: Offered): UsageError {
  const names = [...auth].filter((name) => SASL_NAME.test(name)).slice(0, 20);
  if (!loginDisabled) names.push('the LOGIN command');
  const list = names.length ? names.join(', ') : 'nothing';
  return new UsageError(`no mechanism for ${wanted}: the server offers ${list}`, 'NO_MECHANISM');
}
