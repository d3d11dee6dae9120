import { type Mechanism, mechanism, utf8 } from './mechanism.ts';

/** EXTERNAL (RFC 4422 appendix A): who this is shows from outside, as from a TLS certificate; `user`: act as this one. */
export function external(user = ''): Mechanism {
  return mechanism('EXTERNAL', { initial: () => utf8(user) });
}
