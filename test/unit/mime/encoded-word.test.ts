import { describe, expect, it } from 'vitest';
import { decodeHeader, decodeWords } from '../../../src/mime/encoded-word.ts';

const binary = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('decodeWords', () => {
  // RFC 2047 §8, without the comment syntax around them.
  it.each([
    ['=?ISO-8859-1?Q?a?=', 'a'],
    ['=?ISO-8859-1?Q?a?= b', 'a b'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a_b?=', 'a b'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=', 'a b'],
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
    ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>', 'Keld Jørn Simonsen <keld@dkuug.dk>'],
    ['=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>', 'André Pirard <PIRARD@vm1.ulg.ac.be>'],
    [
      '=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=',
      'If you can read this you understand the example.',
    ],
    [
      'Nathaniel Borenstein <nsb@thumper.bellcore.com> (=?iso-8859-8?b?7eXs+SDv4SDs6Oj08A==?=)',
      'Nathaniel Borenstein <nsb@thumper.bellcore.com> (םולש ןב לטטפנ)',
    ],
  ])('reads the RFC example %j', (value, text) => {
    expect(decodeWords(value)).toBe(text);
  });

  it.each([
    ['a language (RFC 2231 §5)', '=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
    ['small letters', '=?utf-8?q?=c3=a9?= =?utf-8?b?w6k=?=', 'éé'],
    ['no white space around the words', 'a=?utf-8?Q?=C3=A9?=b=?utf-8?Q?=C3=A8?==?utf-8?Q?=C3=AA?=', 'aébèê'],
    ['a character split between Q words', '=?utf-8?Q?=E4=B8?= =?utf-8?Q?=AD?=', '中'],
    ['a character split between B words', '=?UTF-8?B?5A==?= =?utf-8?B?uK0=?=', '中'],
    ['a character split between words of both encodings', '=?UTF-8?Q?=E4=B8?= =?utf-8?B?rQ==?=', '中'],
    ['a B word whose padding is missing', '=?utf-8?B?w6k?=', 'é'],
    ['B words whose padding is missing', '=?utf-8?B?YQ?= =?utf-8?B?w6k?= =?utf-8?B?YmM?=', 'aébc'],
    ['one text cut after 5 characters of base64', '=?utf-8?B?5pel5?= =?utf-8?B?pys6Kqe?=', '日本語'],
    ['one text cut after 6', '=?utf-8?B?5pel5p?= =?UTF-8?b?ys6Kqe?=', '日本語'],
    ['one text cut after 7', '=?utf-8?B?5pel5py?= =?utf-8?B?s6Kqe?=', '日本語'],
    ['one text cut into threes', '=?utf-8?B?5pe?= =?utf-8?B?l5p?= =?utf-8?B?ys6?= =?utf-8?B?Kqe?=', '日本語'],
    ['a whole word after base64 that was cut off', '=?utf-8?B?5pel5?= =?utf-8?B?w6k=?=', '日é'],
    ['a whole one in its own state', '=?ISO-2022-JP?B?GyRCRnxLX?= =?ISO-2022-JP?B?YQ==?=', '日\ufffda'],
    ['one text cut within ISO-2022-JP', '=?ISO-2022-JP?B?GyRCRnxLX?= =?ISO-2022-JP?B?DhsGyhC?=', '日本語'],
    ['one text cut within a group, with its padding', '=?utf-8?B?YWJ?= =?utf-8?B?jZGVmZ2hpag==?=', 'abcdefghij'],
    [
      'one text cut into whole groups but for their place',
      '=?utf-8?B?YWJ?= =?utf-8?B?jZGVmZ2h?= =?utf-8?B?p?=',
      'abcdefghi',
    ],
    ['what is left of base64 that was cut off, once', '=?utf-8?B?YWJ?= =?utf-8?Q?c?= =?utf-8?B?ZA==?=', 'abcd'],
    ['words of two charsets side by side', '=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=', 'éé'],
    [
      'words that a tab, or a line end and a tab, stands between',
      '=?utf-8?Q?a?=\t=?utf-8?Q?b?=\r\n\t=?utf-8?Q?c?=',
      'abc',
    ],
    ['a charset with a language', '=?koi8-r*ru?Q?=F0?=', 'П'],
    ['a Q word after base64 that was cut off', '=?utf-8?B?5pel5?= =?utf-8?Q?a?=', '日a'],
    ['UTF-16, each word with its byte order mark', '=?utf-16?B?//5hAA==?= =?utf-16?B?/v8AYg==?=', 'ab'],
    ['UTF-8, each word with its byte order mark', '=?utf-8?B?77u/YQ==?= =?utf-8?B?77u/Yg==?=', 'ab'],
    ['a B word with padding in the middle', '=?utf-8?B?YQ==Yg==?=', 'ab'],
    ['a B word with white space', '=?utf-8?B?w6\r\n k=?=', 'é'],
    ['a Q word with raw spaces', '=?utf-8?Q?caf=C3=A9 au lait?= x', 'café au lait x'],
    ['a Q word with a question mark', '=?utf-8?Q?really??=', 'really?'],
    ['an empty word', 'a =?utf-8?Q??= b', 'a  b'],
    ['words in quotes', '"=?utf-8?Q?=C3=A9?=" <a@b>', '"é" <a@b>'],
    ['an underscore that is encoded', '=?utf-8?Q?a=5Fb_c?=', 'a_b c'],
    ['an equals sign that encodes nothing', '=?utf-8?Q?1=2=ZZ=?=', '1=2=ZZ='],
    ['GBK (QQ)', '=?GBK?B?sbG+qdW9x/jI1bGose0=?=', '北京战区日报表'],
    ['GB2312 that is really GBK', '=?gb2312?B?gUA=?=', '丂'],
    ['ISO-2022-JP, each word in its own state', '=?ISO-2022-JP?B?GyRCJUY=?= =?ISO-2022-JP?B?YWJj?=', 'テabc'],
    [
      'ISO-2022-JP, each word with its escape sequence',
      '=?ISO-2022-JP?B?GyRCJCI=?= =?ISO-2022-JP?B?YSAbJEIkIhsoQg==?=',
      'あa あ',
    ],
    ['ISO-2022-JP cut within its state', '=?iso-2022-jp?B?GyRCJCI=?= =?iso-2022-jp?B?JCIbKEI=?=', 'ああ'],
    [
      'ISO-2022-JP cut within escape sequences and characters (mikel/mail #1397)',
      '=?iso-2022-jp?Q?=1B=24B0F7o=3EpJs=1B=28B=5B200611=2D01_=1B=24?= ' +
        '=?iso-2022-jp?Q?BBg=3Cj=3Bq=3B=3A1=3FMQ2q=3CR=1B=28B_=2D_=1B=24B=3B?= ' +
        '=?iso-2022-jp?Q?q=3B=3A1=3FMQ=24K=24=2B=24=2B=24k=1B=28BDWH=1B=24B=24?= ' +
        '=?iso-2022-jp?Q?NFs=3C=213=2BH=2F6HL3=1B=28B=5D?=',
      '案件情報[200611-01 大手資産運用会社 - 資産運用にかかるDWHの二次開発業務]',
    ],
    ['HZ, each word in its own state', '=?hz-gb-2312?Q?~{VPNd?= =?hz-gb-2312?Q?abc?=', '中武abc'],
    ['UTF-7', '=?utf-7?Q?+AOk?= =?utf-7?Q?abc?=', 'éabc'],
    ['an unknown charset', '=?x-nobody?Q?=E9?= =?x-nobody?Q?=C3=A9?=', 'éÃ©'],
    ['a broken byte', '=?utf-8?Q?a=FFb?=', 'a\ufffdb'],
    ['text that looks encoded after decoding', '=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=', '=?utf-8?Q?a?='],
  ])('reads %s', (_, value, text) => {
    expect(decodeWords(value)).toBe(text);
  });

  it.each([
    '=?',
    '=??=',
    '=?utf-8?=',
    '=?utf-8?Q?abc',
    '=?utf-8?Q?abc?',
    '=?utf-8?X?abc?=',
    '=?utf-8?QQ?abc?=',
    '=??Q?abc?=',
    '=?utf 8?Q?abc?=',
    '=?utf-8?B?ab!c?=',
    'a =?utf-8? Q?abc?= b',
  ])('leaves %j as it is', (value) => {
    expect(decodeWords(value)).toBe(value);
  });

  it('reads the word after a broken one', () => {
    expect(decodeWords('=?utf-8?Q?abc =?utf-8?Q?=C3=A9?=')).toBe('=?utf-8?Q?abc é');
    expect(decodeWords('=?utf-8?B?!?= =?utf-8?Q?=C3=A9?=')).toBe('=?utf-8?B?!?= é');
  });

  it('reads raw 8-bit text: UTF-8 (Proton Bridge), else windows-1252', () => {
    expect(decodeWords(binary('Bàd'))).toBe('Bàd');
    expect(decodeWords('B\xe0d \x93x\x94')).toBe('Bàd “x”');
    expect(decodeWords(`${binary('é')} =?utf-8?Q?=C3=A8?= ${binary('中')}`)).toBe('é è 中');
    expect(decodeWords('already 中 décodé')).toBe('already 中 décodé');
  });

  it('hands on plain text as it is', () => {
    const value = 'Re: nothing to decode here = ? =';
    expect(decodeWords(value)).toBe(value);
    expect(decodeWords('')).toBe('');
  });

  it.each([
    '=?',
    '=?a?q?',
    '=?a?b?AAAA',
    '=?a?q?x?',
    '=?a?q?x?= ',
    '=?a?=?',
    '=?utf-8?B?!?=',
    '=?utf-8?Q?=C3?= ',
    '?=',
    ' ',
    `=?utf-8?Q?${'a'.repeat(989)}`,
  ])('takes a megabyte of %j in its stride', (piece) => {
    expect(decodeWords(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
  });
});

describe('decodeHeader', () => {
  it.each([
    [' Hello\r\n', 'Hello'],
    [' folded\r\n subject', 'folded subject'],
    [' folded\r\n\tsubject', 'folded\tsubject'],
    ['folded\n  subject\n', 'folded  subject'],
    ['broken\r\nline', 'broken line'],
    [' =?utf-8?Q?a?=\r\n =?utf-8?Q?b?=\r\n', 'ab'],
    [' =?utf-8?Q?a?=\r\n b\r\n', 'a b'],
    ['  \r\n', ''],
    ['', ''],
  ])('unfolds %j', (value, text) => {
    expect(decodeHeader(value)).toBe(text);
  });

  it('keeps the bytes of a character that String.trim would take for a space', () => {
    expect(decodeHeader(binary(' voilà\r\n'))).toBe('voilà');
    expect(decodeHeader(binary(' à  \r\n'))).toBe('à');
  });

  it.each(['\r', '\r\n', '\r\n ', ' ', '\t\r\n'])('takes a megabyte of %j in its stride', (piece) => {
    expect(decodeHeader(`x${piece.repeat(1_000_000 / piece.length)}y`)).toMatch(/^x\s+y$/);
    expect(decodeHeader(piece.repeat(1_000_000 / piece.length))).toBe('');
  });
});
