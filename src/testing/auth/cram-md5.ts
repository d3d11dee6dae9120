import { no } from '../refusal.ts';
import type { Mechanism } from './index.ts';
import { hmacMd5 } from './md5.ts';

/** CRAM-MD5 (RFC 2195): user SP hex(HMAC-MD5(password, challenge)) */
export const cramMd5: Mechanism = async (session, challenge) => {
  const nonce = `<${Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('hex')}@localhost>`;
  const answer = (await challenge(nonce)).toString('utf8');
  const [, user = '', digest] = /^(.*) ([0-9a-f]{32})$/s.exec(answer) ?? [];
  const password = session.context.users.get(user);
  const expected =
    password === undefined ? undefined : hmacMd5(Buffer.from(password, 'utf8'), Buffer.from(nonce, 'utf8'));
  if (expected === undefined || expected.toString('hex') !== digest)
    throw no('Authentication failed', 'AUTHENTICATIONFAILED');
  return session.logIn(user);
};
