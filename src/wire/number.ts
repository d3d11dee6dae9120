import { DOT, isDigit, MINUS, PLUS, ZERO } from './chars.ts';
import { LARGEST_UINT32, LARGEST_UINT63 } from './limits.ts';
import type { Reader } from './reader.ts';

/** Characters of a number that is negative, decimal or too large. */
const LONGEST_NUMBER = 32;
/** -1 where it was printed as an unsigned number of 64 bits. */
const MINUS_ONE = '18446744073709551615';

/** number = 1*DIGIT (RFC 3501 §9), exact up to 2^53. What else stands in its place is left to readIrregularNumber(). */
export function readNumber(reader: Reader): number {
  const start = reader.position;
  const value = takeDigits(reader);
  const { bytes, end, position } = reader;
  const ended = position === end || endsNumber(bytes[position] ?? 0);
  if (position > start && value <= Number.MAX_SAFE_INTEGER && ended) return value;
  reader.position = start;
  return readIrregularNumber(reader);
}

/** *DIGIT: what they say together, rounded beyond 2^53; 0 where there are none. */
function takeDigits(reader: Reader): number {
  const { bytes, end } = reader;
  let at = reader.position;
  let value = 0;
  while (at < end) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at++;
  }
  reader.position = at;
  return value;
}

function endsNumber(code: number): boolean {
  return code !== DOT && code !== PLUS && code !== MINUS && (code | 32) !== 101;
}

/** Tolerances: a negative number, read as 0 (Exchange, Dovecot: `-1` octets), and a decimal one (mail.ru: `9.3736e+06`). */
function readIrregularNumber(reader: Reader): number {
  const { text, position, end } = reader;
  const beginning = text.substring(position, Math.min(end, position + LONGEST_NUMBER));
  const match = /^(?:-\d+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(beginning);
  if (match === null || match[0].length === LONGEST_NUMBER) return reader.fail('a number');
  const value = match[0].charCodeAt(0) === MINUS || match[0] === MINUS_ONE ? 0 : Number(match[0]);
  if (!Number.isSafeInteger(Math.round(value))) return reader.fail('a number below 2^53');
  reader.position += match[0].length;
  return Math.round(value);
}

/**
 * nz-number (RFC 3501 §9): a UID or a sequence number, of 32 bits and of digits only, for a rounded one would name
 * another message. 0 passes: what it means, the caller knows.
 */
export function readMessageNumber(reader: Reader): number {
  const start = reader.position;
  const value = takeDigits(reader);
  const { position } = reader;
  if (position > start && value <= LARGEST_UINT32 && (position >= reader.end || !goesOn(reader, position)))
    return value;
  reader.position = start;
  return reader.fail('a message number');
}

/** A fraction or an exponent follows the digits. */
function goesOn(reader: Reader, at: number): boolean {
  const code = reader.codeAt(at);
  return (
    code === DOT || ((code | 32) === 101 && /^e[-+\d]/i.test(reader.text.substring(at, Math.min(at + 2, reader.end))))
  );
}

/** number64 = 1*DIGIT (RFC 9051 §9), exact however large. */
export function readNumber64(reader: Reader): bigint {
  const { text, end, position } = reader;
  let at = position;
  while (at < end && isDigit(reader.codeAt(at))) at++;
  if (at === position || at - position > 20) return reader.fail('a number');
  reader.position = at;
  const digits = text.substring(position, at);
  return digits.length < 16 ? BigInt(Number(digits)) : BigInt(digits);
}

/**
 * mod-sequence-value = 1*DIGIT (RFC 7162 §7). Undefined for what no client can send back, such as a -1 that was printed as
 * an unsigned number: it says nothing.
 */
export function readModSequenceValue(reader: Reader): bigint | undefined {
  const value = readNumber64(reader);
  return value > LARGEST_UINT63 ? undefined : value;
}
