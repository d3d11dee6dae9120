import { isUtf8 } from './charset.ts';
import { latin1 } from './single-byte.ts';

/** The HTML standard has a charset looked for so far. */
const SEARCHED = 1024;
/** UTF-16 can't be true where this could be read, and nobody means UTF-7. */
const META_CHARSET = /<meta\s[^>]*charset\s*=\s*["']?(?!utf-?(?:16|7))([\w.:-]{1,40})/i;

/**
 * The charset that an HTML body names itself (`<meta charset=…>`), for a part that names none: much mail that programs send
 * has it there alone. What is UTF-8 needs none, whatever a template says: 8-bit data rarely is that by chance.
 */
export function htmlCharset(bytes: Buffer): string | undefined {
  const named = META_CHARSET.exec(latin1(bytes.subarray(0, SEARCHED)))?.[1];
  if (named === undefined) return undefined;
  // An escape: ISO-2022-JP is ASCII, too.
  return isUtf8(bytes) && !bytes.includes(0x1b) ? undefined : named;
}
