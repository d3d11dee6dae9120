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

/** A decoder for one body: `encoding` as Content-Transfer-Encoding or BODYSTRUCTURE names it, in any case. */
export function createDecoder(encoding: string): TransferDecoder {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return new Base64Decoder();
  if (name === 'quoted-printable') return new QuotedPrintableDecoder();
  return new Identity();
}

/** Decoding passes through strings, whose length is limited, and through copies, which large ones would double. */
const SLICE = 1 << 20;

/** A whole body at once. */
export function decodeTransfer(bytes: Uint8Array, encoding: string): Buffer {
  const decoder = createDecoder(encoding);
  const decoded: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += SLICE) {
    decoded.push(decoder.decode(bytes.subarray(start, start + SLICE)));
  }
  decoded.push(decoder.end());
  return Buffer.concat(decoded);
}
