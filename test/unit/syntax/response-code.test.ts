import { describe, expect, it } from 'vitest';
import { isCode } from '../../../src/syntax/known-response-code.ts';
import { readResponseCode } from '../../../src/syntax/response-code.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { readerOf } from './reader-of.ts';

/** As in a status response: the framer looks for literals in nothing else. */
function codeOf(text: string) {
  const reader = readerOf(`NO ${text}`);
  reader.position += 3;
  return readResponseCode(reader);
}

describe('readResponseCode', () => {
  it.each([
    ['[ALERT]', { name: 'ALERT' }],
    ['[alert]', { name: 'ALERT' }],
    ['[ALERT ]', { name: 'ALERT' }],
    ['[]', undefined],
    ['[BADCHARSET]', { name: 'BADCHARSET' }],
    [
      '[BADCHARSET ("UTF-8" US-ASCII)]',
      { name: 'BADCHARSET', args: '("UTF-8" US-ASCII)', charsets: ['UTF-8', 'US-ASCII'] },
    ],
    ['[BADCHARSET ({5}\r\nUTF-8)]', { name: 'BADCHARSET', args: '("UTF-8")', charsets: ['UTF-8'] }],
    ['[BADCHARSET UTF-8]', { name: 'BADCHARSET', args: 'UTF-8', charsets: ['UTF-8'] }],
    [
      '[CAPABILITY IMAP4rev1 Idle]',
      { name: 'CAPABILITY', args: 'IMAP4rev1 Idle', capabilities: ['IMAP4REV1', 'IDLE'] },
    ],
    ['[UIDNEXT 4392]', { name: 'UIDNEXT', args: '4392', uidNext: 4392 }],
    ['[XYZ "a\\"]b" c]', { name: 'XYZ', args: '"a\\"]b" c' }],
    ['[METADATA maxsize 1024]', { name: 'METADATA', args: 'maxsize 1024', reason: 'MAXSIZE', size: 1024 }],
    ['[METADATA TooMany]', { name: 'METADATA', args: 'TooMany', reason: 'TOOMANY' }],
    ['[ANNOTATE TooBig]', { name: 'ANNOTATE', args: 'TooBig', reason: 'TOOBIG' }],
    [
      '[REFERRAL imap://[::1]/a imap://u@[fe80::1]:143/]',
      {
        name: 'REFERRAL',
        args: 'imap://[::1]/a imap://u@[fe80::1]:143/',
        url: 'imap://[::1]/a',
        urls: ['imap://[::1]/a', 'imap://u@[fe80::1]:143/'],
      },
    ],
    ['[BADURL imap://[::1]/]', { name: 'BADURL', args: 'imap://[::1]/', url: 'imap://[::1]/' }],
    ['[BADURL /[x]', { name: 'BADURL', args: '/[x', url: '/[x' }],
    ['[BADURL /a%20(b)*/;UID=1]', { name: 'BADURL', args: '/a%20(b)*/;UID=1', url: '/a%20(b)*/;UID=1' }],
    ['[BADURL "/a (b);UID=1"]', { name: 'BADURL', args: '"/a (b);UID=1"', url: '/a (b);UID=1' }],
    [
      '[REFERRAL imap://a/x(y) imap://b/{z}]',
      {
        name: 'REFERRAL',
        args: 'imap://a/x(y) imap://b/{z}',
        url: 'imap://a/x(y)',
        urls: ['imap://a/x(y)', 'imap://b/{z}'],
      },
    ],
    [
      '[URLMECH INTERNAL X=P34OKg==]',
      { name: 'URLMECH', args: 'INTERNAL X=P34OKg==', mechanisms: ['INTERNAL', 'X=P34OKg=='] },
    ],
    ['[UIDNEXT -1]', { name: 'UIDNEXT', args: '-1' }],
    ['[UIDNEXT 4294967296]', { name: 'UIDNEXT', args: '4294967296' }],
    ['[UIDNEXT 1.5]', { name: 'UIDNEXT', args: '1.5' }],
    [
      '[COPYUID 1 2:4 7,6,5]',
      {
        name: 'COPYUID',
        args: '1 2:4 7,6,5',
        uidValidity: 1,
        source: [[2, 4]],
        target: [
          [7, 7],
          [6, 6],
          [5, 5],
        ],
      },
    ],
    [
      '[COPYUID 1 1:4294967295 1:4294967295]',
      expect.objectContaining({ source: [[1, 4294967295]], target: [[1, 4294967295]] }),
    ],
    ['[COPYUID 1 a b]', { name: 'COPYUID', args: '1 a b', uidValidity: 1, source: [], target: [] }],
    [
      '[HIGHESTMODSEQ 9223372036854775807]',
      { name: 'HIGHESTMODSEQ', args: '9223372036854775807', modseq: 9223372036854775807n },
    ],
    ['[HIGHESTMODSEQ 0]', { name: 'HIGHESTMODSEQ', args: '0' }],
    ['[MAILBOXID (F1)]', { name: 'MAILBOXID', args: '(F1)', mailboxId: 'F1' }],
    ['[XYZ "a]b" (c] d) e]', { name: 'XYZ', args: '"a]b" (c] d) e' }],
    ['[XYZ a"b]', { name: 'XYZ', args: 'a"b' }],
    ['[XYZ (]', { name: 'XYZ', args: '(' }],
    ['[__proto__ x]', { name: '__PROTO__', args: 'x' }],
    ['[constructor x]', { name: 'CONSTRUCTOR', args: 'x' }],
  ])('reads %s', (text, expected) => {
    expect(codeOf(`${text} text`)).toEqual(expected);
  });

  it('takes the "]" and nothing behind it', () => {
    const reader = readerOf('[PERMANENTFLAGS (\\Seen a] \\*)] the ] text');
    expect(readResponseCode(reader)).toMatchObject({ flags: new Set(['\\Seen', 'a]', '\\*']) });
    expect(reader.rest()).toBe(' the ] text');
  });

  it('takes nothing where no "]" follows', () => {
    const reader = readerOf('[UIDNEXT 4');
    expect(readResponseCode(reader)).toBeUndefined();
    expect(reader.rest()).toBe('[UIDNEXT 4');
  });

  it('costs time in proportion to its length', () => {
    const started = performance.now();
    codeOf(`[XYZ ${'("a\\" ]'.repeat(20_000)}] text`);
    codeOf(`[PERMANENTFLAGS ${'('.repeat(100_000)}] text`);
    codeOf(`[REFERRAL ${'/['.repeat(500_000)} text`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('isCode', () => {
  it('tells the name, and with it the fields', () => {
    const code = codeOf('[APPENDUID 38505 3955:3957]');
    expect(isCode(code, 'COPYUID')).toBe(false);
    expect(isCode(undefined, 'COPYUID')).toBe(false);
    if (!isCode(code, 'APPENDUID')) throw new Error('APPENDUID was expected');
    expect(code.uidValidity).toBe(38505);
    expect(code.uids).toBeInstanceOf(UidSet);
    expect(String(code.uids)).toBe('3955:3957');
  });
});
