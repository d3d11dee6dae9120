import { type Mechanism, mechanism, utf8 } from './mechanism.ts';

/**
 * ANONYMOUS: nobody in particular; `trace` is an address or a word for the server's log.
 *
 *     message = [email / token]
 *     token   = 1*255TCHAR
 *
 * RFC 4505 §2.
 */
export function anonymous(trace = ''): Mechanism {
  return mechanism('ANONYMOUS', { initial: () => utf8(trace) });
}
