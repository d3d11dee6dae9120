import { UsageError } from '../errors.ts';

const CONTROLS = /[\0\r\n]/;

/** Text that may be sent as a string: no CR, LF or NUL, and no half of a surrogate pair. */
export function requireText(text: string): string {
  if (typeof text !== 'string') throw new UsageError('not a text, in a place that needs one');
  // The text itself stays out of the message: it can be a password.
  if (CONTROLS.test(text)) throw new UsageError('CR, LF or NUL in a text that is sent to the server');
  return requireUnicode(text);
}

/** Text that UTF-8 can hold: half of a surrogate pair would go out as U+FFFD. */
export function requireUnicode(text: string): string {
  if (!text.isWellFormed()) throw new UsageError('half of a surrogate pair in a text that is sent to the server');
  return text;
}

/** The text that these bytes, latin1, are in UTF-8; undefined where they are not. A TextDecoder would throw, which is slow. */
export function utf8Text(bytes: string): string | undefined {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return Buffer.from(text, 'utf8').toString('latin1') === bytes ? text : undefined;
}
