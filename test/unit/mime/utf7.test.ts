import { describe, expect, it } from 'vitest';
import { decodeUtf7 } from '../../../src/mime/utf7.ts';

describe('decodeUtf7', () => {
  // The first five: RFC 2152.
  it.each([
    ['A+ImIDkQ.', 'A≢Α.'],
    ['Hi Mom -+Jjo--!', 'Hi Mom -☺-!'],
    ['+ZeVnLIqe', '日本語'],
    ['Item 3 is +AKM-1.', 'Item 3 is £1.'],
    ['1 +- 1 = 2', '1 + 1 = 2'],
    ['+2D3eAA-', '😀'],
    ['+2AA-x', '\ufffdx'],
    ['+3gAAYQ-', '\ufffda'],
    ['+/v8AYQ-', '\ufeffa'],
    ['a+', 'a+'],
    ['a+ b', 'a+ b'],
    ['a+!b', 'a+!b'],
    ['+AOk', 'é'],
    ['+AOkx-y', 'éy'],
    ['+z9A-', '\ucfd0'],
    ['+A-x', 'x'],
    ['caf\xe9', 'caf\xe9'],
    ['', ''],
  ])('reads %j', (text, decoded) => {
    expect(decodeUtf7(text)).toBe(decoded);
  });

  it.each(['+', '+-', '+AOk-', '+AOk', '-'])('takes a megabyte of %j in its stride', (piece) => {
    expect(decodeUtf7(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
  });
});
