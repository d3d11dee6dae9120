import { bad, no } from '../refusal.ts';
import type { Mechanism } from './index.ts';
import { plainName } from './sasl-name.ts';

/**
 * OAUTHBEARER (RFC 7628 §3.1): `n,a=user, ^A key=value ^A … ^A ^A`, one of them `auth=Bearer …`. The token of a user, whom `a=` has
 * to name, is their password. A wrong one is answered with a challenge that holds the reason in JSON; after the client's
 * answer to it comes NO (§3.2.3).
 */
export const oauthbearer: Mechanism = async (session, challenge, initial) => {
  const message = (initial ?? (await challenge(''))).toString('utf8');
  const [header = '', ...pairs] = message.split('\u0001');
  const user = /^[ny],a=([^,]+),$/.exec(header)?.[1];
  const ends = pairs.splice(-2).join() === ',' && pairs.every((pair) => /^[A-Za-z]+=[\t\n\r -~]*$/.test(pair));
  if (user === undefined || !ends) throw bad('Bad OAUTHBEARER message');
  const token = pairs.map((pair) => /^auth=Bearer (.*)$/i.exec(pair)?.[1]).find((one) => one !== undefined);
  const name = plainName(user);
  if (token !== undefined && session.context.users.get(name) === token) return session.logIn(name);
  await challenge(JSON.stringify({ status: 'invalid_token' }));
  throw no('Invalid credentials', 'AUTHENTICATIONFAILED');
};
