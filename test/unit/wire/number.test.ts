import { describe, expect, it } from 'vitest';
import { readMessageNumber, readModSequenceValue, readNumber, readNumber64 } from '../../../src/wire/number.ts';
import { expectRead, expectRefused, outcome } from './reading.ts';

describe('numbers', () => {
  it('readMessageNumber() is of 32 bits, and of digits only', () => {
    expectRead(readMessageNumber, [
      ['1', 1],
      ['0', 0],
      ['007', 7],
      ['4294967295', 4294967295],
      ['5 9', 5, ' 9'],
      ['5)', 5, ')'],
      ['5EXISTS', 5, 'EXISTS'],
      ['5e', 5, 'e'],
    ]);
    expectRefused(
      readMessageNumber,
      ['', 'x', ' 1', '-1', '+1', '1.', '1.5', '1e5', '1E+5', '1e-5', '4294967296', '9'.repeat(400)],
      /a message number/,
    );
  });

  it('readNumber() is exact below 2^53', () => {
    expectRead(readNumber, [
      ['0', 0],
      ['7 x', 7, ' x'],
      ['00012)', 12, ')'],
      [`${'0'.repeat(100)}5]`, 5, ']'],
      ['4294967296:5', 4294967296, ':5'],
      ['9007199254740991', Number.MAX_SAFE_INTEGER],
      ['42MODSEQ', 42, 'MODSEQ'],
      ['1,2', 1, ',2'],
    ]);
    const huge = ['9007199254740992', '9007199254740993', '99999999999999999999', '9'.repeat(400), '1e16', '1e400'];
    expectRefused(readNumber, [...huge, `1.${'0'.repeat(40)}`, `1e${'0'.repeat(40)}`], /a number/);
  });

  it('readNumber() reads a negative number as 0 (Exchange, Dovecot)', () => {
    expectRead(readNumber, [
      ['-1 NIL', 0, ' NIL'],
      ['-9999999999999999999)', 0, ')'],
    ]);
  });

  it('readNumber() reads decimals and exponents (mail.ru)', () => {
    expectRead(readNumber, [
      ['9.3736e+06)', 9_373_600, ')'],
      ['1.5E3 x', 1500, ' x'],
      ['1e3', 1000],
      ['10.0', 10],
      ['2.4', 2],
      ['25e-1 ', 3, ' '],
    ]);
  });

  it('readNumber() refuses what is none', () => {
    const none = [
      '',
      'a',
      '-',
      '--1',
      '+1',
      '-a',
      '.5',
      '1.',
      '1..2',
      '1.2.3',
      '1e',
      '1e+',
      '1.5x',
      'NIL',
      '"1"',
      ' 1',
      '(1',
    ];
    expectRefused(readNumber, none, /a number/);
    expect(outcome('1.5x', readNumber).rest).toBe('1.5x');
  });

  it('readNumber64() is exact up to 2^63 and beyond', () => {
    expectRead(readNumber64, [
      ['0', 0n],
      ['007)', 7n, ')'],
      ['999999999999999', 999999999999999n],
      ['1000000000000001', 1000000000000001n],
      ['9007199254740993 x', 9007199254740993n, ' x'],
      ['9223372036854775807', 9223372036854775807n],
      ['18446744073709551615', 18446744073709551615n],
    ]);
    expectRefused(readNumber64, ['', 'a', '-1', '+1', '1'.repeat(21), '"1"', ' 1', '.5'], /a number/);
  });

  it('readModSequenceValue() leaves out what is beyond 63 bits', () => {
    expectRead(readModSequenceValue, [
      ['0)', 0n, ')'],
      ['9223372036854775807', 9223372036854775807n],
      ['9223372036854775808)', undefined, ')'],
      ['18446744073709551615', undefined],
    ]);
    expectRefused(readModSequenceValue, ['', 'NIL', '-1'], /a number/);
  });
});
