import { UsageError } from '../errors.ts';
import { anonymous } from './anonymous.ts';
import {
  type BareAuth,
  CARRY_AUTHZID,
  checkAuth,
  holds,
  isBindingRequired,
  PASSWORD_MECHANISMS,
  type PasswordAuth,
  type PasswordMechanism,
  SASL_NAME,
  SCRAM_MECHANISMS,
  TOKEN_MECHANISMS,
  type TokenAuth,
} from './check.ts';
import { cramMd5 } from './cram-md5.ts';
import { external } from './external.ts';
import { login } from './login.ts';
import type { Auth, Mechanism } from './mechanism.ts';
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

/**
 * The strongest mechanism offered that the credentials fit; 'LOGIN' is the LOGIN command (RFC 3501 §6.2.3).
 * @throws UsageError NO_MECHANISM when none is, or when the one asked for is not offered; USAGE for unfit credentials.
 */
export function chooseMechanism(auth: Auth, offered: Offered): Mechanism | 'LOGIN' {
  checkAuth(auth);
  if (holds(auth, 'sasl')) return auth.sasl;
  if (holds(auth, 'accessToken')) return byToken(auth, offered);
  if (holds(auth, 'pass')) return byPassword(auth, offered);
  return bySituation(auth, offered);
}

function byPassword(auth: PasswordAuth, offered: Offered): Mechanism | 'LOGIN' {
  const { mechanism: wanted, authzid } = auth;
  const mustBind = isBindingRequired(auth);
  if (wanted === 'LOGIN' && !offered.loginDisabled) return 'LOGIN';
  for (const name of wanted ? [wanted] : mustBind ? SCRAM_MECHANISMS : PASSWORD_MECHANISMS) {
    if (authzid !== undefined && !CARRY_AUTHZID.includes(name)) continue;
    const found = ifOffered(name, auth, offered);
    if (found) return found;
  }
  if (mustBind) throw noMechanism(`${wanted ?? 'a password'} with channel binding`, offered);
  if (!wanted && !offered.loginDisabled && authzid === undefined) return 'LOGIN';
  throw noMechanism(wanted ?? (authzid === undefined ? 'a password' : 'a password and an authzid'), offered);
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

function byToken({ user, accessToken, mechanism: wanted }: TokenAuth, offered: Offered): Mechanism {
  const { host, port } = offered;
  const name = (wanted ? [wanted] : TOKEN_MECHANISMS).find((candidate) => offered.auth.has(candidate));
  if (!name) throw noMechanism(wanted ?? 'an access token', offered);
  return name === 'XOAUTH2' ? xoauth2({ user, accessToken }) : oauthbearer({ user, accessToken, host, port });
}

function bySituation({ mechanism, user }: BareAuth, offered: Offered): Mechanism {
  if (!offered.auth.has(mechanism)) throw noMechanism(mechanism, offered);
  return mechanism === 'EXTERNAL' ? external(user) : anonymous(user);
}

function noMechanism(wanted: string, { auth, loginDisabled, secure }: Offered): UsageError {
  const names = [...auth].filter((name) => SASL_NAME.test(name)).slice(0, 20);
  if (!loginDisabled) names.push('the LOGIN command');
  const list = names.length ? names.join(', ') : 'nothing';
  const where = secure ? '' : ' without TLS';
  return new UsageError(`no mechanism for ${wanted}: the server offers ${list}${where}`, 'NO_MECHANISM');
}
