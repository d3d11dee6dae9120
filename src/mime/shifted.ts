import { latin1 } from './single-byte.ts';

/**
 * HZ (RFC 1843), in which mail from China was once written: `~{` begins GB 2312 without its eighth bits, `~}` ends it. `~~` is
 * `~`, and `~` at the end of a line joins it to the next.
 */
export function decodeHz(bytes: Uint8Array): string {
  const gbk = new TextDecoder('gbk');
  return latin1(bytes).replace(/~\{((?:[!-}][!-~])*)(?:~\})?|~(~)|~\r?\n/g, (_, run = '', tilde = '') =>
    run === '' ? tilde : gbk.decode(unshifted(run)),
  );
}

/** ISO-2022-KR (RFC 1557), likewise from Korea: between SO and SI, and on one line, stands EUC-KR without its eighth bits. */
export function decodeIso2022Kr(bytes: Uint8Array): string {
  const eucKr = new TextDecoder('euc-kr');
  const text = latin1(bytes).replaceAll('\x1b$)C', '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: SO and SI are what is looked for
  return text.replace(/([\x0e\x0f])([^\x0e\x0f\r\n]*)/g, (_, shift, run) =>
    shift === '\x0e' ? eucKr.decode(unshifted(run)) : run,
  );
}

function unshifted(run: string): Uint8Array {
  return Buffer.from(run, 'latin1').map((byte) => (byte > 0x20 ? byte | 0x80 : byte));
}
