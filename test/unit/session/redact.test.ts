import { expect, it } from 'vitest';
import { redact, redactBytes, SECRET } from '../../../src/session/redact.ts';

/** `sesame` stands within more, so many bytes behind its beginning. */
function encoded(before: number): string {
  return Buffer.from(`${'x'.repeat(before)}sesame and more`).toString('base64');
}

it.each([
  [0, `${SECRET}IGFuZCBtb3Jl`],
  [1, `eH${SECRET}SBhbmQgbW9yZQ==`],
  [2, `eHh${SECRET}UgYW5kIG1vcmU=`],
])('takes a secret out of base64, %i bytes behind its beginning', (before, expected) => {
  expect(redact(encoded(before), ['sesame'])).toBe(expected);
  expect(String(redactBytes(Buffer.from(encoded(before)), ['sesame']))).toBe(expected);
});

it('takes no less than four characters of base64 for a secret', () => {
  expect(redact(Buffer.from('xabcd').toString('base64'), ['abcd'])).toBe(`eG${SECRET}Q=`);
  expect(redact(Buffer.from('xabc').toString('base64'), ['abc'])).toBe('eGFiYw==');
});

it.each([[['open', 'open sesame']], [['open sesame', 'open']]])(
  'takes out a secret whole that begins as another does: %j',
  (secrets) => {
    expect(redact('it is open sesame', secrets)).toBe(`it is ${SECRET}`);
  },
);

it('takes a short secret for one only where it is no part of a word', () => {
  expect(redact('Wrong password (pass) for "pass"', ['pass'])).toBe(`Wrong password (${SECRET}) for "${SECRET}"`);
  expect(redact('Wrong password', ['password'])).toBe(`Wrong ${SECRET}`);
});
