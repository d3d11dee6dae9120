import { Base64Decoder } from './base64.ts';
import { QuotedPrintableDecoder } from './quoted-printable.ts';

/** Undoes a Content-Transfer-Encoding (RFC 2045 §6) chunk by chunk. The chunks may end anywhere. */
export interface TransferDecoder {
  /** What is certain so far; may share the chunk's memory. */
  decode(chunk: Uint8Array): Buffer;
  /** What was waiting for more. */
  end(): Buffer;
}

/** 7bit, 8bit, binary, and every encoding that nobody knows: as it is (RFC 2045 §6.2, §6.4). */
class Identity implements TransferDecoder {
  decode(chunk: Uint8Array): Buffer {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }

  end(): Buffer {
    return Buffer.alloc(0);
  }
}

/**
 * A decoder for one body: `encoding` as Content-Transfer-Encoding or BODYSTRUCTURE names it, in any case. `cut`: the body is cut
 * off, and what is not certain without its rest is left out. In base64 half a group gives whole bytes.
 */
export function createDecoder(encoding: string, cut = false): TransferDecoder {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return new Base64Decoder();
  if (name === 'quoted-printable') return new QuotedPrintableDecoder(cut);
  return new Identity();
}

/** Decoding passes through strings, whose length is limited, and through copies, which large ones would double. */
const SLICE = 1 << 20;

/** A whole body at once, or as much of it as there is. */
export function decodeTransfer(bytes: Uint8Array, encoding: string, cut = false): Buffer {
  const decoder = createDecoder(encoding, cut);
  const decoded: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += SLICE) {
    decoded.push(decoder.decode(bytes.subarray(start, start + SLICE)));
  }
  decoded.push(decoder.end());
  return Buffer.concat(decoded);
}
