import { decodeUhc } from './uhc.ts';

// Byte by byte, and not by patterns: a call for each escape is slow, and a body may have a million.

const LF = 0x0a;
const CR = 0x0d;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const ESCAPE = 0x1b;
const TILDE = 0x7e;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * ISO-2022-KR (RFC 1557): EUC-KR without its eighth bits, shifted out of ASCII between SO and SI; the end of a line ends
 * it too.
 */
export function decodeIso2022Kr(bytes: Uint8Array): string {
  const euc = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let shifted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === ESCAPE && isDesignator(bytes, i)) {
      i += 3;
    } else if (byte === SHIFT_IN) {
      shifted = false;
    } else if (byte === SHIFT_OUT && !shifted) {
      shifted = true;
    } else {
      if (isLineEnd(byte)) shifted = false;
      euc[length++] = shifted ? withEighthBit(byte) : byte;
    }
  }
  return decodeUhc(euc.subarray(0, length));
}

/** `ESC $ ) C`, which says what is shifted to. */
function isDesignator(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0x24 && bytes[at + 2] === 0x29 && bytes[at + 3] === 0x43;
}

let gbkDecoder: InstanceType<typeof TextDecoder> | undefined;

/**
 * HZ (RFC 1843): between `~{` and `~}` stand pairs of GB 2312 without their eighth bits; `~~` is a tilde, and
 * behind `~` no line ends.
 */
export function decodeHz(bytes: Uint8Array): string {
  const euc = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; ) {
    const next = bytes[i + 1];
    if (bytes[i] !== TILDE) {
      euc[length++] = bytes[i++] ?? 0;
    } else if (next === OPEN_BRACE) {
      for (i += 2; atPair(bytes, i); i += 2) {
        euc[length++] = withEighthBit(bytes[i] ?? 0);
        euc[length++] = withEighthBit(bytes[i + 1] ?? 0);
      }
      if (bytes[i] === TILDE && bytes[i + 1] === CLOSE_BRACE) i += 2;
    } else if (next === LF) {
      i += 2;
    } else if (next === CR && bytes[i + 2] === LF) {
      i += 3;
    } else {
      euc[length++] = TILDE;
      i += next === TILDE ? 2 : 1;
    }
  }
  gbkDecoder ??= new TextDecoder('gbk');
  return gbkDecoder.decode(euc.subarray(0, length));
}

function atPair(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] ?? LF;
  return first !== TILDE && !isLineEnd(first) && !isLineEnd(bytes[at + 1] ?? LF);
}

function isLineEnd(byte: number): boolean {
  return byte === LF || byte === CR;
}

/** What is no printable ASCII stays. */
function withEighthBit(byte: number): number {
  return byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte;
}
