import { describe, expect, it, vi } from 'vitest';
import { decodeCharset, decodeUtf8 } from '../../../src/mime/charset.ts';
import { decodeExtended } from '../../../src/mime/parameter.ts';

const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const ascii = (text: string): string => Buffer.from(text).toString('hex');

describe('decodeCharset', () => {
  it.each([
    ['utf-8', 'c3a9 e4b8ad f09f9880', 'é中😀'],
    ['UTF8', 'c3a9', 'é'],
    ['unicode-1-1-utf-8', 'c3a9', 'é'],
    ['cp65001', 'c3a9', 'é'],
    ['iso-8859-1', 'e9 80 92 93 99 9f', 'é€’“™Ÿ'],
    ['latin1', '80 e9', '€é'],
    ['Windows-1252', '80 82 8e 9e 9f a0', '€‚ŽžŸ\u00a0'],
    ['cp1252', '92', '’'],
    ['x-cp1252', '92', '’'],
    ['ANSI', '92', '’'],
    ['iso_8859-1:1987', '92 e9', '’é'],
    ['iso8859-15', 'a4', '€'],
    ['latin-2', 'b1', 'ą'],
    ['8859-2', 'b1', 'ą'],
    ['iso-8859-8-i', 'e0 e1', 'אב'],
    ['iso-8859-8-e', 'e0 e1', 'אב'],
    ['iso-8859-16', 'aa ba', 'Șș'],
    ['windows-1251', 'cff0e8e2e5f2', 'Привет'],
    ['cp-1251', 'cff0', 'Пр'],
    ['cp819', 'c3a9', 'Ã©'],
    // What only looks like UTF-8's byte order mark does not outweigh the label.
    ['windows-1251', 'efbb41', 'п»A'],
    ['windows-1251', 'ef41bf', 'пAї'],
    ['windows-1251', '41bbbf', 'A»ї'],
    ['koi8-r', 'f0d2c9d7c5d4', 'Привет'],
    ['koi8', 'f0', 'П'],
    ['ibm866', '8fe0', 'Пр'],
    ['cp-850', '81 84 94 e1', 'üäöß'],
    ['IBM437', '81 9b e1', 'ü¢ß'],
    ['cp852', 'a5 88', 'ął'],
    ['cp858', '81 d5', 'ü€'],
    ['IBM00858', 'd5', '€'],
    ['x-mac-roman', '8a 9f', 'äü'],
    ['macintosh', '8a', 'ä'],
    ['x-mac-cyrillic', '80', 'А'],
    ['mac-cyrillic', '80', 'А'],
    ['gb2312', 'd6d0 8140', '中丂'],
    ['GBK', 'd6d0', '中'],
    ['cp936', 'd6d0', '中'],
    ['gb18030', '81308130 d6d0', '\u0080中'],
    ['big5', 'a4a4', '中'],
    ['big5_tw', 'a4a4', '中'],
    ['BIG5HKSCS', 'a4a4', '中'],
    ['ISO2022JP', '1b244224221b2842', 'あ'],
    ['iso2022-jp', '1b244224221b2842', 'あ'],
    ['KOI8U', 'c1', 'а'],
    ['KOI8R', 'c1', 'а'],
    ['UTF16LE', 'e900', 'é'],
    ['utf_16_be', '00e9', 'é'],
    // RFC 1557: the header, SO and SI; what the end of a line ends; an SI that ends nothing
    ['iso-2022-kr', '1b242943 0e 3021 332a 0f 20 61 0d0a 0e 3021 0d0a 62 0f', '가나 a\r\n가\r\nb'],
    ['ISO2022KR', '0e 3021 332a', '가나'],
    // RFC 1843: a pair whose second byte is a tilde, `~~`, a line that goes on, an end that is missing
    ['hz-gb-2312', '7e7b 5650 4e44 7e7d 20 61 7e7e 7e0a 62', '中文 a~b'],
    ['HZ', '7e7b 307e 5650 7e7d 61', '剥中a'],
    ['hz', '7e7b 5650 0d0a 61 7e7b 5650 4e', '中\r\na中N'],
    ['ks_c_5601', 'b0a1', '가'],
    ['ksc5601-1987', 'b0a18141', '가갂'],
    ['uhc', 'b0a1', '가'],
    ['TIS620', 'a1', 'ก'],
    // ETEN's additions, which Node decodes as private characters.
    ['big5', 'c6a1c6aac6abc6b4c6b5c6be', '①⑩⑴⑽ⅰⅹ'],
    ['big5', 'c6d8c6e6', '¨✽'],
    ['big5-hkscs', 'c6e3c6e7c755c77ac77bc7f2', 'ーぁのんァヶ'],
    ['cp950', 'c7f3c7f9c7fac854c855c85bc85cc875', 'АЁЖЯаёжя'],
    ['big5', 'c876', '\uf7e2'],
    ['cp950', 'a4a4', '中'],
    ['ks_c_5601-1987', 'b0a1', '가'],
    ['ks_c_5601-1987', '8c63 b9e6', '똠방'],
    ['euc_kr', 'b0a1', '가'],
    ['cp949', 'b0a1', '가'],
    ['shift_jis', '8365 8358 8367 8740', 'テスト①'],
    ['x-sjis', '8365', 'テ'],
    ['cp932', '8365', 'テ'],
    ['windows-31j', '8365', 'テ'],
    ['euc-jp', 'a5c6', 'テ'],
    ['iso-2022-jp', '1b2442 2546 2539 2548 1b2842 20 61', 'テスト a'],
    ['ISO-2022-JP-MS', '1b2442 2546 1b2842', 'テ'],
    ['tis-620', 'a1', 'ก'],
    ['utf-16', 'feff 00e9', 'é'],
    ['utf-16', 'fffe e900', 'é'],
    ['utf-16', '00e9 4e2d', 'é中'],
    ['utf-16', '6100 6200', 'ab'],
    ['utf-16', '4e2d 6587', '中文'],
    ['utf-16', 'ff21 ff22', 'ＡＢ'],
    ['utf-16', '8bfe', '课'],
    ['utf-16be', '00e9', 'é'],
    ['utf-16le', 'e900', 'é'],
    ['utf-7', Buffer.from('Hi +AOk-, +Ti0').toString('hex'), 'Hi é, 中'],
    ['x-unicode-2-0-utf-7', '2b41 4f 6b2d', 'é'],
    ['hz-gb-2312', ascii('This: ~{<:Ky2;S{#,NpJ)l6HK!#~} ~~Bye.'), 'This: 己所不欲，勿施於人。 ~Bye.'],
    ['HZ', ascii('~{VPND~}, ~\n~{D~~}.\n~{VPND\n~{V'), '中文, 宁.\n中文\nV'],
    ['iso-2022-kr', ascii('\x1b$)CHi \x0eGQ1[ 0!\x0f!\r\n\x0eGQ\r\nbye\x0f'), 'Hi 한글 가!\r\n한\r\nbye'],
    ['csISO2022KR', ascii('\x1b$)C\x0e0!'), '가'],
    ['cp50225', ascii('no Korean\n'), 'no Korean\n'],
  ])('reads %s (%s)', (charset, bytes, text) => {
    expect(decodeCharset(hex(bytes), charset)).toBe(text);
  });

  it.each([
    undefined,
    '',
    'us-ascii',
    'ANSI_X3.4-1968',
    'unknown-8bit',
    'x-unknown',
    'nonsense',
    'constructor',
    '__proto__',
  ])('guesses where %j says nothing about 8-bit data', (charset) => {
    expect(decodeCharset(hex('61 c3a9'), charset)).toBe('aé');
    expect(decodeCharset(hex('61 e9 92'), charset)).toBe('aé’');
    expect(decodeCharset(hex('efbfbd'), charset)).toBe('\ufffd');
    expect(decodeCharset(hex('efbbbf 61'), charset)).toBe('a');
    expect(decodeCharset(hex(''), charset)).toBe('');
  });

  it('guesses UTF-8 where only the last character is cut off, and there are others', () => {
    expect(decodeCharset(hex('c3a9 61 e4b8'), undefined)).toBe('éa\ufffd');
    expect(decodeCharset(hex('c3a9 61 c3'), 'us-ascii')).toBe('éa\ufffd');
    expect(decodeCharset(hex('61 c3'), undefined)).toBe('aÃ');
    expect(decodeCharset(hex('c3a9 e4 61 c3'), undefined)).toBe('Ã©äaÃ');
    expect(decodeCharset(hex('c3a9 efbfbd'), undefined)).toBe('é\ufffd');
  });

  it('replaces what the charset does not have', () => {
    expect(decodeCharset(hex('61 ff 62 c3'), 'utf-8')).toBe('a\ufffdb\ufffd');
    expect(decodeCharset(hex('61 ff'), 'euc-jp')).toBe('a\ufffd');
  });

  it('drops a byte order mark, and believes UTF-8 written over any label', () => {
    expect(decodeCharset(hex('efbbbf c3a9'), 'utf-8')).toBe('é');
    expect(decodeCharset(hex('efbbbf c3a9'), 'iso-8859-1')).toBe('é');
  });

  it('reads a view into a larger buffer', () => {
    const bytes = new Uint8Array([0x41, 0xe9, 0x92, 0x42]).subarray(1, 3);
    for (const charset of ['iso-8859-1', 'us-ascii']) expect(decodeCharset(bytes, charset)).toBe('é’');
    expect(decodeCharset(bytes, 'cp850')).toBe('ÚÆ');
  });

  it.each([
    ['iso-2022-kr', '\x0e'],
    ['iso-2022-kr', '\x0eab'],
    ['iso-2022-kr', '\x1b$)C'],
    ['hz', '~{'],
    ['hz', '~{~'],
    ['hz', '~{ab~'],
    ['hz', '~'],
  ])('takes a megabyte of %s, %j, in its stride', (charset, piece) => {
    decodeCharset(Buffer.from(piece.repeat(1_000_000 / piece.length)), charset);
  });

  it.each([
    ['iso-2022-kr', '\x0f'],
    ['hz', '~{'],
    ['windows-1252', '\x80'],
    ['cp437', '\x80'],
  ])('takes 16 MB of %s, %j, without a call for each', (charset, piece) => {
    decodeCharset(Buffer.alloc(16_000_000, piece, 'latin1'), charset);
  });

  it('throws nothing within for what is no UTF-8: a header of 1 MB can have it do so a hundred thousand times', () => {
    const decode = vi.spyOn(TextDecoder.prototype, 'decode');
    expect(decodeCharset(hex('e9'), undefined)).toBe('é');
    expect(decodeExtended("utf-8''%e9")).toBe('\ufffd');
    expect(decode.mock.results.filter(({ type }) => type === 'throw')).toEqual([]);
    decode.mockRestore();
  });

  it('has TextDecoder throw for no label: a subject has room for sixty thousand that it does not know', () => {
    const asked: string[] = [];
    const Known = TextDecoder;
    vi.stubGlobal(
      'TextDecoder',
      class extends Known {
        constructor(label: string) {
          asked.push(label);
          super(label);
        }
      },
    );
    for (const label of ['x-none', 'iso-ir-1000', 'i.s.o-8859-12', 'iso--8859-17'])
      expect(decodeCharset(hex('c3a9'), label)).toBe('é');
    expect(asked).toEqual([]);
    expect(decodeCharset(hex('b1'), 'csISOLatin2')).toBe('ą');
    expect(asked).toEqual(['csisolatin2']);
    vi.unstubAllGlobals();
  });

  it('takes a label of any length for what it is', () => {
    const zeros = '0'.repeat(1_000_000);
    for (const label of [`ms${zeros}x`, `cp${zeros}`, `${zeros}x`]) expect(decodeCharset(hex('c3a9'), label)).toBe('é');
    expect(decodeCharset(hex('e9'), `cp${zeros}1251`)).toBe('й');
  });

  it('keeps no more labels than it has to', () => {
    for (let i = 0; i < 1000; i++) expect(decodeCharset(hex('c3a9'), `x-${i}`)).toBe('é');
    expect(decodeCharset(hex('c3a9'), 'x'.repeat(1_000_000))).toBe('é');
    expect(decodeCharset(hex('e9'), 'iso-8859-1')).toBe('é');
  });
});

describe('decodeUtf8', () => {
  it.each([
    ['plain', 'plain'],
    ['\xc3\xa9', 'é'],
    ['\xe9', 'é'],
    ['\x80', '€'],
    ['é中', 'é中'],
    ['', ''],
  ])('reads %j', (value, text) => {
    expect(decodeUtf8(value)).toBe(text);
  });
});
