import { latin1 } from './single-byte.ts';
import { decodeUhc } from './uhc.ts';

/** Between SO (Control-N) and SI (Control-O); the end of a line ends it too. */
const SHIFTED_OUT = /\cN([^\cO\r\n]*)\cO?|\cO/g;

/** ISO-2022-KR (RFC 1557): EUC-KR without its eighth bits, shifted out of ASCII. */
export function decodeIso2022Kr(bytes: Uint8Array): string {
  const text = latin1(bytes).replaceAll('\x1b$)C', '');
  const euc = text.replace(SHIFTED_OUT, (_, shifted: string = '') => withEighthBits(shifted));
  return decodeUhc(Buffer.from(euc, 'latin1'));
}

let gbkDecoder: InstanceType<typeof TextDecoder> | undefined;

/**
 * HZ (RFC 1843): between `~{` and `~}` stand pairs of GB 2312 without their eighth bits; `~~` is a tilde, and
 * behind `~` no line ends.
 */
export function decodeHz(bytes: Uint8Array): string {
  const euc = latin1(bytes).replace(
    /~(?:\{((?:[^~\r\n][^\r\n])*)(?:~\})?|(~)|\r?\n)/g,
    (_, shifted: string = '', tilde: string = '') => withEighthBits(shifted) + tilde,
  );
  gbkDecoder ??= new TextDecoder('gbk');
  return gbkDecoder.decode(Buffer.from(euc, 'latin1'));
}

function withEighthBits(text: string): string {
  return text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 0x80));
}
