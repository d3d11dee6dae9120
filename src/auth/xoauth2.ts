import { EMPTY, type Mechanism, mechanism, serverText, utf8 } from './mechanism.ts';

/**
 * XOAUTH2 (Google, Microsoft): a bearer token in one message.
 *
 *     "user=" user %x01 "auth=Bearer " token %x01 %x01
 *
 * A server that refuses sends JSON as a challenge, and its tagged NO once that has been answered with nothing.
 */
export function xoauth2({ user, accessToken }: { user: string; accessToken: string }): Mechanism {
  return mechanism('XOAUTH2', {
    initial: () => utf8(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`),
    refusal: (challenge) => ({ text: serverText(challenge), answer: EMPTY }),
  });
}
