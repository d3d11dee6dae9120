import { describe, expect, it } from 'vitest';
import { parseMessageIds } from '../../../src/mime/message-id.ts';

describe('parseMessageIds', () => {
  it.each([
    ['<a@b>', ['a@b']],
    ['<a@b> <c@d>\r\n\t<e@f>', ['a@b', 'c@d', 'e@f']],
    ['<a@b><c@d>,<e@f>', ['a@b', 'c@d', 'e@f']],
    // RFC 5256 §3: the two are the same Message ID.
    [
      '<"01KF8JCEOCBS0045PS"@xxx.yyy.com> <01KF8JCEOCBS0045PS@xxx.yyy.com>',
      ['01KF8JCEOCBS0045PS@xxx.yyy.com', '01KF8JCEOCBS0045PS@xxx.yyy.com'],
    ],
    ['< a @ b >', ['a@b']],
    ['Your message of "Mon, 1 Jan" <a@b>', ['a@b']],
    ['<not closed <a@b>', ['a@b']],
    ['a@b', []],
    ['<ab>', []],
    ['<@b> <a@> <@> <>', []],
    ['> <a@b', []],
    ['<A@b> <a@b>', ['A@b', 'a@b']],
    ['', []],
  ])('finds them in %j', (field, ids) => {
    expect(parseMessageIds(field)).toEqual(ids);
  });

  it.each(['<', '>', '<>', '<a@b>', 'a@b', '> '])('takes a megabyte of %j in its stride', (piece) => {
    expect(parseMessageIds(piece.repeat(1_000_000 / piece.length)).length).toBeLessThanOrEqual(200_000);
  });
});
