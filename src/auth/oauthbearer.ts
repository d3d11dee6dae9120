import { type Mechanism, mechanism, saslName, serverText, utf8 } from './mechanism.ts';

export interface Bearer {
  user: string;
  accessToken: string;
  /** The server that the token is shown to, as the client named it. */
  host: string;
  port: number;
}

/**
 * OAUTHBEARER: a bearer token in one message.
 *
 *     client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
 *     kvpair      = key "=" value kvsep
 *     kvsep       = %x01
 *
 * RFC 7628 §3.1. A server that refuses sends JSON as a challenge (§3.2.2), and its tagged NO once that has been answered
 * with a kvsep (§3.2.3).
 */
export function oauthbearer({ user, accessToken, host, port }: Bearer): Mechanism {
  const header = `n,a=${saslName(user)},`;
  return mechanism('OAUTHBEARER', {
    initial: () => utf8(`${header}\x01host=${host}\x01port=${port}\x01auth=Bearer ${accessToken}\x01\x01`),
    refusal: (challenge) => ({ text: serverText(challenge), answer: utf8('\x01') }),
  });
}
