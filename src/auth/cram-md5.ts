import { ProtocolError } from '../errors.ts';
import { type Mechanism, mechanism, utf8 } from './mechanism.ts';

/** CRAM-MD5 (RFC 2195 §2): the name, a space, and the challenge keyed with the password, in lower-case hexadecimal. */
export function cramMd5({ user, pass }: { user: string; pass: string }): Mechanism {
  return mechanism('CRAM-MD5', {
    steps: [
      async (challenge) => {
        if (challenge.length === 0) {
          throw new ProtocolError('SASL_MALFORMED_CHALLENGE', 'AUTHENTICATE CRAM-MD5: an empty challenge');
        }
        // Few servers want it, and it is loaded for them alone.
        const { hmacMd5 } = await import('./md5.ts');
        return utf8(`${user} ${Buffer.from(hmacMd5(utf8(pass), challenge)).toString('hex')}`);
      },
    ],
  });
}
