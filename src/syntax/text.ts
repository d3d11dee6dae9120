import { decodeUtf8 } from '../mime/charset.ts';
import { decodeWords } from '../mime/encoded-word.ts';

const EQUALS = 61;
const QUESTION = 63;

/** Text of a header as an envelope or body structure holds it (latin1): RFC 2047 words and raw UTF-8 decoded. */
export function decodeText(text: string): string {
  return isPlain(text) ? text : decodeWords(text);
}

/** As decodeText, where no encoded word may stand: addresses, language tags. */
export function decodeRaw(text: string): string {
  return isPlain(text) ? text : decodeUtf8(text);
}

/** Most text is: US-ASCII without the beginning of an encoded word. */
export function isPlain(text: string): boolean {
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || (code === QUESTION && before === EQUALS)) return false;
    before = code;
  }
  return true;
}

/**
 * A constructor whose objects are plain ones, equal to an object literal with the same keys. Unlike a literal it leaves
 * room in the object for keys that are added or absent: a message has one or two dozen that may be there or not.
 */
export function plainConstructor<T, A extends unknown[]>(
  construct: (this: T, ...args: A) => void,
): new (
  ...args: A
) => T {
  construct.prototype = Object.prototype;
  // TypeScript knows no function that is a constructor.
  return construct as unknown as new (
    ...args: A
  ) => T;
}
