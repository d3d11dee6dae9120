import { bad } from '../refusal.ts';
import type { Mechanism } from './index.ts';

/** PLAIN (RFC 4616): [authzid] NUL authcid NUL passwd */
export const plain: Mechanism = async (session, challenge, initial) => {
  const message = (initial ?? (await challenge(''))).toString('utf8').split('\0');
  const [authzid = '', user = '', password = ''] = message;
  if (message.length !== 3) throw bad('Bad PLAIN message');
  return session.authenticate(user, password, authzid);
};
