import type { Mechanism } from './index.ts';

/** LOGIN (draft-murchison-sasl-login): two questions. An initial response is the user name. */
export const login: Mechanism = async (session, challenge, initial) => {
  const user = (initial ?? (await challenge('Username:'))).toString('utf8');
  const password = (await challenge('Password:')).toString('utf8');
  return session.authenticate(user, password);
};
