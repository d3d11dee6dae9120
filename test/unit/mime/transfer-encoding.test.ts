import { describe, expect, it } from 'vitest';
import { createDecoder, decodeTransfer } from '../../../src/mime/transfer-encoding.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

function decodePieces(encoding: string, pieces: readonly Uint8Array[]): string {
  const decoder = createDecoder(encoding);
  const decoded = pieces.map((piece) => Buffer.from(decoder.decode(piece)));
  return Buffer.concat([...decoded, decoder.end()]).toString('latin1');
}

/** Whole, byte by byte, split once at each place, and in pieces whose memory is used again. */
function expectDecoded(encoding: string, text: string, expected: string): void {
  const bytes = latin1(text);
  expect(decodeTransfer(bytes, encoding).toString('latin1')).toBe(expected);
  expect(
    decodePieces(
      encoding,
      [...bytes].map((byte) => Uint8Array.of(byte)),
    ),
  ).toBe(expected);
  for (let i = 0; i <= bytes.length; i++) {
    expect(decodePieces(encoding, [bytes.subarray(0, i), bytes.subarray(i)])).toBe(expected);
  }
  const memory = Buffer.alloc(3);
  const decoder = createDecoder(encoding);
  let decoded = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const length = bytes.copy(memory, 0, i, i + 3);
    decoded += decoder.decode(memory.subarray(0, length)).toString('latin1');
    memory.fill('=');
  }
  expect(decoded + decoder.end().toString('latin1')).toBe(expected);
}

describe('base64', () => {
  it.each([
    ['nothing', '', ''],
    ['lines', 'SGVs\r\nbG8s\r\nIHdv\r\ncmxk\r\n', 'Hello, world'],
    ['lines that are no whole groups', 'SGVsb\r\nG8sIH\r\ndvcmxk', 'Hello, world'],
    ['bare LF', 'SGVs\nbG8=\n', 'Hello'],
    ['white space', ' S G\tV s b G 8 = ', 'Hello'],
    ['one padding character', 'SGVsbG8=', 'Hello'],
    ['two padding characters', 'SGVsbA==', 'Hell'],
    ['missing padding', 'SGVsbG8', 'Hello'],
    ['more missing padding', 'SGVsbA', 'Hell'],
    ['half of the padding', 'SGVsbA=', 'Hell'],
    ['too much padding', 'SGVsbA=====', 'Hell'],
    ['padding where none is needed', 'SGVs=bG8s', 'Hello,'],
    ['joined pieces', 'SGVsbA==\r\nbyw=\r\nIHdvcmxk', 'Hello, world'],
    ['a lone last character', 'SGVsbG8sA', 'Hello,'],
    ['garbage', 'S!G*V(s)b\x00G\xff8\x80=', 'Hello'],
    ['characters of the URL-safe alphabet, which are garbage here', 'SG-Vs_bG8s', 'Hello,'],
    ['garbage of whole groups', '!!!!SGVs****', 'Hel'],
    ['bytes of all kinds', 'AAECA//+/fz7+g==', '\x00\x01\x02\x03\xff\xfe\xfd\xfc\xfb\xfa'],
    ['only padding', '====', ''],
    ['padding in front of the last characters', 'SGVs=bG', 'Hell'],
    ['padding in front of the last characters, by itself', '=bG', 'l'],
  ])('reads %s', (_, text, expected) => {
    expectDecoded('base64', text, expected);
  });

  it('reads what Buffer wrote, in chunks of any size', () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3));
    const lines = latin1(bytes.toString('base64').replace(/.{76}/g, '$&\r\n'));
    for (const size of [1, 2, 3, 7, 76, 77, 78, 1000, 4096, 10_000]) {
      const pieces: Buffer[] = [];
      for (let i = 0; i < lines.length; i += size) pieces.push(lines.subarray(i, i + size));
      expect(decodePieces('BASE64', pieces)).toBe(bytes.toString('latin1'));
    }
  });

  it.each(['=', 'A=', 'A', '\r\n', 'AAA=', '-'])('takes two megabytes of %j in its stride', (piece) => {
    const text = piece.repeat(2_000_000 / piece.length);
    expect(decodeTransfer(latin1(text), 'base64').length).toBeLessThanOrEqual(1_500_000);
  });
});

describe('quoted-printable', () => {
  it.each([
    ['nothing', '', ''],
    [
      'the example of RFC 2045 §6.7',
      "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
      "Now's the time for all folk to come to the aid of their country.",
    ],
    ['encoded bytes', '=C3=A9=00=ff=0D=0A', '\xc3\xa9\x00\xff\r\n'],
    ['small letters', '=c3=a9', '\xc3\xa9'],
    ['white space at line ends', 'a \t \r\nb  \nc\t', 'a\r\nb\nc'],
    ['encoded white space at line ends', 'a=20\r\nb =09 \r\n', 'a \r\nb \t\r\n'],
    ['white space after a soft line break', 'a= \t\r\nb=  \nc', 'abc'],
    ['white space before a soft line break', 'a =\r\n\r\nb', 'a \r\nb'],
    ['bare LF', 'a=\nb\nc', 'ab\nc'],
    ['a soft line break at the end', 'a=', 'a'],
    ['a soft line break and white space at the end', 'a=  ', 'a'],
    ['a soft line break with its CRLF at the end', 'a=\r\n', 'a'],
    ['what encodes nothing', '=XY=4=G1=', '=XY=4=G1'],
    ['half an encoded byte at the end', 'a=4', 'a=4'],
    ['an equals sign before a space', 'a = b =  c', 'a = b =  c'],
    ['lone carriage returns', 'a\rb\r \r\nc \r', 'a\rb\r\r\nc \r'],
    ['8-bit characters and NUL', '\xe9\x00=E9', '\xe9\x00\xe9'],
    ['many empty lines', '\r\n \r\n\t\r\n=\r\n\r\n', '\r\n\r\n\r\n\r\n'],
  ])('reads %s', (_, text, expected) => {
    expectDecoded('quoted-printable', text, expected);
  });

  it('holds back no more white space than a line may have', () => {
    const decoder = createDecoder('quoted-printable');
    const space = latin1(' '.repeat(100));
    let received = 0;
    for (let i = 0; i < 1000; i++) received += decoder.decode(space).length;
    expect(received).toBeGreaterThan(98_000);
  });

  it.each(['=', '= ', ' ', '=\r\n', '=4', ' \r\n', '\r', '=C3', '\t=\t'])(
    'takes two megabytes of %j in its stride',
    (piece) => {
      const text = piece.repeat(2_000_000 / piece.length);
      expect(decodeTransfer(latin1(text), 'quoted-printable').length).toBeLessThanOrEqual(2_000_000);
    },
  );
});

describe('other encodings', () => {
  it.each(['7bit', '8bit', 'BINARY', '', 'x-unknown', 'constructor'])('hands %j on as it is', (encoding) => {
    expectDecoded(encoding, 'a=3D \r\nSGVs\xff\x00', 'a=3D \r\nSGVs\xff\x00');
  });

  it('reads the name in any case and with white space', () => {
    expect(decodeTransfer(latin1('YQ=='), ' Base64 ').toString()).toBe('a');
    expect(decodeTransfer(latin1('=61'), 'Quoted-Printable').toString()).toBe('a');
  });

  it('does not copy', () => {
    const bytes = latin1('abc');
    expect(createDecoder('8bit').decode(bytes.subarray(1)).buffer).toBe(bytes.buffer);
  });
});
