import type { ServerCommand } from '../command.ts';
import { utf8Text } from '../format.ts';
import { no } from '../refusal.ts';

/** LOGIN (RFC 3501 §6.2.3) */
export const login: ServerCommand = {
  name: 'LOGIN',
  state: 'not authenticated',
  run(session, args) {
    args.space();
    const user = args.astring();
    args.space();
    const password = args.astring();
    args.end();
    if (session.announces('LOGINDISABLED')) throw no('LOGIN is disabled before TLS', 'PRIVACYREQUIRED');
    return session.authenticate(utf8Text(user) ?? user, utf8Text(password) ?? password);
  },
};
