import { bad, no } from '../refusal.ts';
import type { Mechanism } from './index.ts';

/**
 * XOAUTH2 (Google): `user=… ^A auth=Bearer … ^A ^A`. The token of a user is their password. A wrong one is answered with a
 * challenge that holds the reason in JSON; after the client's empty answer comes NO.
 */
export const xoauth2: Mechanism = async (session, challenge, initial) => {
  const message = (initial ?? (await challenge(''))).toString('utf8');
  const [first, second, ...rest] = message.split('\u0001');
  const user = /^user=(.*)$/s.exec(first ?? '')?.[1];
  const token = /^auth=Bearer (.*)$/s.exec(second ?? '')?.[1];
  if (user === undefined || token === undefined || rest.join() !== ',') throw bad('Bad XOAUTH2 message');
  if (session.context.users.get(user) === token) return session.logIn(user);
  await challenge(JSON.stringify({ status: '400', schemes: 'Bearer', scope: 'https://mail.google.com/' }));
  throw no('Invalid credentials', 'AUTHENTICATIONFAILED');
};
