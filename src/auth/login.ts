import { type Mechanism, mechanism, utf8 } from './mechanism.ts';

/**
 * LOGIN (draft-murchison-sasl-login): the name, then the password. What the two prompts say differs from server to
 * server, so their order alone counts.
 */
export function login({ user, pass }: { user: string; pass: string }): Mechanism {
  return mechanism('LOGIN', { steps: [() => utf8(user), () => utf8(pass)] });
}
