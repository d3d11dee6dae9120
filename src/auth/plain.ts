import { UsageError } from '../errors.ts';
import { type Mechanism, mechanism, utf8 } from './mechanism.ts';

/**
 * PLAIN: the password itself, in one message.
 *
 *     message = [authzid] UTF8NUL authcid UTF8NUL passwd
 *
 * RFC 4616 §2.
 */
export function plain(credentials: { user: string; pass: string; authzid?: string | undefined }): Mechanism {
  const { user, pass, authzid = '' } = credentials;
  if (`${authzid}${user}${pass}`.includes('\0')) throw new UsageError('PLAIN can not carry NUL');
  return mechanism('PLAIN', { initial: () => utf8(`${authzid}\0${user}\0${pass}`) });
}
