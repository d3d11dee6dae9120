import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { formatDate, formatInternalDate, parseInternalDate } from '../../../src/wire/date-time.ts';
import { Random } from './random.ts';

/** What no type check stops at run time. */
const untyped = (value: unknown) => value as never; // the point of the test is a value of the wrong type

describe('parseInternalDate', () => {
  it('knows the last day of every month', () => {
    for (const year of [1900, 1999, 2000, 2023, 2024, 2025, 2100, 2400]) {
      for (let month = 0; month < 12; month++) {
        const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
        const name = formatDate(new Date(Date.UTC(year, month, 1))).slice(2, 5);
        const onDay = (day: number) => parseInternalDate(`${day}-${name}-${year} 00:00:00 +0000`)?.getTime();
        for (let day = 28; day <= last; day++) expect(onDay(day)).toBe(Date.UTC(year, month, day));
        for (let day = last + 1; day <= 32; day++) expect(onDay(day)).toBeUndefined();
      }
    }
  });

  it.each([
    ['17-Jul-1996 02:44:25 -0700', '1996-07-17T09:44:25.000Z'],
    [' 1-Feb-1994 23:59:59 +0000', '1994-02-01T23:59:59.000Z'],
    ['01-Feb-1994 00:00:00 +0130', '1994-01-31T22:30:00.000Z'],
    ['31-DEC-1999 23:59:59 -0001', '2000-01-01T00:00:59.000Z'],
    ['29-feb-2000 12:00:00 +1400', '2000-02-28T22:00:00.000Z'],
    ['30-Jun-2015 23:59:60 +0000', '2015-07-01T00:00:00.000Z'],
    ['01-Jan-0001 00:00:00 +0000', '0001-01-01T00:00:00.000Z'],
    ['01-Mar-0099 00:00:00 +0000', '0099-03-01T00:00:00.000Z'],
    ['31-Dec-9999 23:59:59 +0000', '9999-12-31T23:59:59.000Z'],
    ['01-Jan-1970 00:00:00 -0000', '1970-01-01T00:00:00.000Z'],
  ])('%s', (text, iso) => {
    expect(parseInternalDate(text)?.toISOString()).toBe(iso);
  });

  it.each([
    ['a day of one digit', '1-Feb-1994 03:04:05 +0000', '1994-02-01T03:04:05.000Z'],
    ['an hour of one digit', ' 1-Feb-1994  3:04:05 +0000', '1994-02-01T03:04:05.000Z'],
    ['dots for colons', '08-May-2010 16.03.09 +0200', '2010-05-08T14:03:09.000Z'],
    ['a day of the week (imapclient)', 'Sat, 8 May 2010 16.03.09 +0200', '2010-05-08T14:03:09.000Z'],
    ['spaces for hyphens', '17 Jul 1996 02:44:25 -0700', '1996-07-17T09:44:25.000Z'],
  ])('means the same with %s', (_, text, iso) => {
    expect(parseInternalDate(text)?.toISOString()).toBe(iso);
  });

  it.each([
    '',
    'NIL',
    '00-Jan-0000 00:00:00 +0000',
    '00-Jan-1996 00:00:00 +0000',
    '32-Jan-1996 00:00:00 +0000',
    '31-Apr-1996 00:00:00 +0000',
    '30-Feb-1996 00:00:00 +0000',
    '29-Feb-1900 00:00:00 +0000',
    '29-Feb-1995 00:00:00 +0000',
    '01-Foo-1996 00:00:00 +0000',
    '01-Jan-1996 24:00:00 +0000',
    '01-Jan-1996 00:60:00 +0000',
    '01-Jan-1996 00:00:61 +0000',
    '01-Jan-1996 00:00:00 +2400',
    '01-Jan-1996 00:00:00 +0060',
    '01-Jan-1996 00:00:00 00000',
    '01-Jan-1996 00:00:00 GMT',
    '01-Jan-1996 00:00:00',
    '01-Jan-96 00:00:00 +0000',
    '01/Jan/1996 00:00:00 +0000',
    '01-Jan 1996 00:00:00 +0000',
    '1996-01-01T00:00:00Z',
    '01-Jan-1996 00:00.00 +0000',
    'xx-Jan-1996 00:00:00 +0000',
    '1:-Jan-1996 00:00:00 +0000',
    '01-Jan-1996 0x:00:00 +0000',
    '01-Jan-19x6 00:00:00 +0000',
    '01-Jan-1996 00:00:00 +00x0',
    '  -Jan-1996 00:00:00 +0000',
    '01-\u0020\u6a61n-1996 00:00:00 +0000',
    '"17-Jul-1996 02:44:25 -0700"',
    '17-Jul-1996 02:44:25 -0700\r\n',
  ])('%j is no date', (text) => {
    expect(parseInternalDate(text)).toBeUndefined();
  });

  it('agrees with Date from the year 1 to 9999', () => {
    const date = new Date(0);
    const random = new Random(1);
    for (let round = 0; round < 8_000; round++) {
      date.setTime(0);
      date.setUTCFullYear(1 + random.below(9999), 0, 1 + random.below(366));
      date.setUTCHours(random.below(24), random.below(60), random.below(60));
      if (date.getUTCFullYear() > 9999) continue;
      expect(parseInternalDate(formatInternalDate(date))?.getTime()).toBe(date.getTime());
    }
  });

  it('never throws and never gives an invalid Date, one character wrong or many', () => {
    const random = new Random(2);
    for (let round = 0; round < 8_000; round++) {
      const text = [...'17-Jul-1996 02:44:25 -0700'];
      for (let count = 1 + random.below(3); count > 0; count--) {
        text[random.below(text.length)] = random.pick('0123456789 -+:.,JanFebx\0\xff\u6a61');
      }
      const date = parseInternalDate(text.join(''));
      if (date !== undefined) expect(date.getTime()).not.toBeNaN();
    }
  });

  it('gives up at once on a long text', () => {
    expect(parseInternalDate(' '.repeat(1_000_000))).toBeUndefined();
    expect(parseInternalDate('1'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('formatInternalDate', () => {
  const date = new Date('1996-07-17T09:44:25.999Z');

  it.each([
    [undefined, '17-Jul-1996 09:44:25 +0000'],
    [0, '17-Jul-1996 09:44:25 +0000'],
    [-420, '17-Jul-1996 02:44:25 -0700'],
    [345, '17-Jul-1996 15:29:25 +0545'],
    [-1, '17-Jul-1996 09:43:25 -0001'],
    [900, '18-Jul-1996 00:44:25 +1500'],
  ])('offset %s', (offset, text) => {
    expect(formatInternalDate(date, offset)).toBe(text);
  });

  it('pads the day with a space and drops parts of a second downwards', () => {
    expect(formatInternalDate(new Date('0007-02-03T04:05:06Z'))).toBe(' 3-Feb-0007 04:05:06 +0000');
    expect(formatInternalDate(new Date(-1))).toBe('31-Dec-1969 23:59:59 +0000');
  });

  it('comes back through parseInternalDate in every zone', () => {
    const random = new Random(3);
    for (let round = 0; round < 5000; round++) {
      const time = (random.below(4_000_000_000) - 2_000_000_000) * 1000;
      const text = formatInternalDate(new Date(time), random.below(2879) - 1439);
      expect(text).toHaveLength(26);
      expect(parseInternalDate(text)?.getTime()).toBe(time);
    }
  });

  it.each([
    [new Date(Number.NaN), 0],
    [new Date('+010000-01-01T00:00:00Z'), 0],
    [new Date('0000-12-31T23:59:59Z'), 0],
    [new Date('9999-12-31T23:59:59Z'), 1],
    [new Date('0001-01-01T00:00:00Z'), -1],
    [new Date(8.64e15), 1439],
    [date, 1440],
    [date, -1440],
    [date, 0.5],
    [date, Number.NaN],
    [untyped('1996-07-17'), 0],
    [untyped(0), 0],
    [untyped(null), 0],
    [date, untyped('60')],
  ])('refuses case %#', (value, offset) => {
    expect(() => formatInternalDate(value, offset)).toThrow(UsageError);
  });
});

describe('formatDate', () => {
  it.each([
    [new Date('1994-02-01T00:00:00Z'), '1-Feb-1994'],
    [new Date('1994-02-01T23:59:59.999Z'), '1-Feb-1994'],
    ['1994-02-01', '1-Feb-1994'],
    ['1-Feb-1994', '1-Feb-1994'],
    ['01-feb-1994', '1-Feb-1994'],
    ['31-DEC-1999', '31-Dec-1999'],
    ['2024-02-29', '29-Feb-2024'],
    ['0050-01-01', '1-Jan-0050'],
  ])('%s is the day %s', (value, text) => {
    expect(formatDate(value)).toBe(text);
  });

  it.each([
    '',
    'yesterday',
    '1994-2-1',
    '1994-13-01',
    '1994-00-01',
    '1994-02-30',
    '1994-02-01T00:00:00Z',
    '1994-02-01 ',
    '1-Feb-94',
    '0-Feb-1994',
    '30-Feb-1994',
    '1-Fob-1994',
    ' 1-Feb-1994',
    '1-Feb-1994\r\n',
    '1-Feb-0000',
    '1-Feb-1994 SEEN',
    new Date(Number.NaN),
    new Date('+010000-01-01T00:00:00Z'),
    untyped(null),
    untyped(0),
  ])('refuses %j', (value) => {
    expect(() => formatDate(value)).toThrow(UsageError);
  });
});
