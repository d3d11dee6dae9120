import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../src/mime/date.ts';

describe('parseDate', () => {
  it.each([
    // RFC 5322, canonical
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z'],
    ['Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37Z'],
    ['1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37Z'],
    ['01 Jul 2003 10:52:37 +0200 (CEST)', '2003-07-01T08:52:37Z'],
    ['Thu, 29 Feb 2024 23:59:60 +0000', '2024-03-01T00:00:00Z'],
    ['Mon, 7 Dec 2026 00:00:00 -0000', '2026-12-07T00:00:00Z'],
    // RFC 5322 appendix A.5, A.6
    [
      'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
      '1969-02-14T03:02:00Z',
    ],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z'],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06Z'],
    // obsolete zones
    ['Fri, 21 Nov 97 09:55:06 EST', '1997-11-21T14:55:06Z'],
    ['Fri, 21 Nov 97 09:55:06 pdt', '1997-11-21T16:55:06Z'],
    ['Fri, 21 Nov 97 09:55 UT', '1997-11-21T09:55:00Z'],
    ['Fri, 21 Nov 97 09:55 Z', '1997-11-21T09:55:00Z'],
    ['Fri, 21 Nov 97 09:55 A', '1997-11-21T09:55:00Z'],
    ['Fri, 21 Nov 97 09:55 CEST', '1997-11-21T09:55:00Z'],
    ['Fri, 21 Nov 1997 09:55:06 GMT', '1997-11-21T09:55:06Z'],
    ['Fri, 21 Nov 1997 09:55:06 GMT+0200', '1997-11-21T07:55:06Z'],
    ['Fri, 21 Nov 1997 09:55:06 +0200 EST', '1997-11-21T07:55:06Z'],
    ['Fri, 21 Nov 1997 09:55:06 +02:00', '1997-11-21T07:55:06Z'],
    ['Fri, 21 Nov 1997 09:55:06 constructor', '1997-11-21T09:55:06Z'],
    // years
    ['1 Jan 49 00:00 GMT', '2049-01-01T00:00:00Z'],
    ['1 Jan 50 00:00 GMT', '1950-01-01T00:00:00Z'],
    ['1 Jan 100 00:00 GMT', '2000-01-01T00:00:00Z'],
    // broken mailers
    ['Sat, 8 May 2010 16.03.09 +0200', '2010-05-08T14:03:09Z'],
    ['08-May-2010 16:03:09 +0200', '2010-05-08T14:03:09Z'],
    [' 8-May-10 16:03:09 -0200', '2010-05-08T18:03:09Z'],
    ['Sat, 8 May 2010 6:3:9 +0200', '2010-05-08T04:03:09Z'],
    ['Sat, 8 May 2010 16:03 +0200', '2010-05-08T14:03:00Z'],
    ['Sat, 8 May 2010 16:03:09', '2010-05-08T16:03:09Z'],
    ['Sat, 8 May 2010', '2010-05-08T00:00:00Z'],
    ['Saturday, 8 May 2010 16:03:09 +0200', '2010-05-08T14:03:09Z'],
    ['Sat 8 May 2010 16:03:09 +0200', '2010-05-08T14:03:09Z'],
    ['8 September 2010 16:03:09 +0200', '2010-09-08T14:03:09Z'],
    ['SAT, 8 MAY 2010 16:03:09 +0200', '2010-05-08T14:03:09Z'],
    ['Sat, 8 May 2010 16:03:09.123 +0200', '2010-05-08T14:03:09Z'],
    ['Sat,  8  May  2010  16:03:09  +0200', '2010-05-08T14:03:09Z'],
    ['Sat May  8 16:03:09 2010', '2010-05-08T16:03:09Z'],
    ['Sat May 8 16:03:09 EST 2010', '2010-05-08T21:03:09Z'],
    ['Sat May 8 16:03:09 -0200 2010', '2010-05-08T18:03:09Z'],
    ['May 8, 2010 4:03:09 PM', '2010-05-08T16:03:09Z'],
    ['May 8, 2010 12:03:09 AM', '2010-05-08T00:03:09Z'],
    ['(a (nested \\) comment)) Sat, 8 (May 9) May 2010 16:03:09 +0200', '2010-05-08T14:03:09Z'],
    // RFC 5256 §2.2: an impossible zone, an impossible time
    ['Sat, 8 May 2010 16:03:09 +9999', '2010-05-08T16:03:09Z'],
    ['Sat, 8 May 2010 16:03:09 +0060', '2010-05-08T16:03:09Z'],
    ['Sat, 8 May 2010 25:03:09 +0200', '2010-05-08T00:00:00Z'],
    ['Sat, 8 May 2010 16:61:09 +0200', '2010-05-08T00:00:00Z'],
    // nonsense
    ['00-Jan-0000 00:00:00 +0000', undefined],
    ['Sat, 31 Apr 2010 16:03:09 +0200', undefined],
    ['Sat, 29 Feb 2023 16:03:09 +0200', undefined],
    ['Sat, 29 Feb 1900 16:03:09 +0200', undefined],
    ['Sat, 0 May 2010 16:03:09 +0200', undefined],
    ['Sat, 8 May 0010 16:03:09 +0200', undefined],
    ['Sat, 8 May 19100 16:03:09 +0200', undefined],
    ['Sat, 8 Foo 2010 16:03:09 +0200', undefined],
    ['16:03:09 +0200', undefined],
    ['May 2010', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseDate(text)?.toISOString().replace('.000Z', 'Z')).toBe(expected);
  });

  it('agrees with Date on every day and month in the canonical form', () => {
    for (let day = 0; day < 3000; day++) {
      const date = new Date(Date.UTC(2019, 0, 1 + day, day % 24, day % 60, (day * 7) % 60));
      expect(parseDate(date.toUTCString().replace('GMT', '+0000'))).toEqual(date);
      expect(parseDate(date.toUTCString())).toEqual(date);
    }
  });

  it.each(['(', '()', ')', '1', '1:', '+0000', 'a', ' ', '\\', '1 Jan '])(
    'takes a megabyte of %j in its stride',
    (piece) => {
      expect(() => parseDate(piece.repeat(1_000_000 / piece.length))).not.toThrow();
    },
  );
});
