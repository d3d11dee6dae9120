const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 64;
const GARBAGE = 65;

/** What each byte stands for: six bits, PADDING or GARBAGE. */
const MEANING = new Uint8Array(256).fill(GARBAGE);
for (let i = 0; i < ALPHABET.length; i++) MEANING[ALPHABET.charCodeAt(i)] = i;
MEANING[0x3d] = PADDING;

/**
 * base64 (RFC 2045 §6.8). Line ends and other characters outside the alphabet are skipped, missing padding is made up
 * for, and after padding a new run begins: some mailers join encoded pieces.
 */
export class Base64Decoder {
  /** Up to three characters of a group that is not complete yet. */
  #rest = '';

  decode(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const text = this.#rest + bytes.toString('latin1').replaceAll('\r\n', '');
    const groups = text.length >> 2;
    const decoded = Buffer.from(text.slice(0, groups << 2), 'base64');
    // Buffer skips what is not base64, stops at padding, and takes the URL-safe alphabet too.
    if (decoded.length !== groups * 3 || text.includes('-') || text.includes('_')) return this.#decodeUneven(text);
    this.#rest = text.slice(groups << 2);
    return decoded;
  }

  end(): Buffer {
    // Padding may stand in front of what is left.
    const groups = this.#decodeUneven(this.#rest);
    const last = Buffer.from(this.#rest, 'base64');
    this.#rest = '';
    return Buffer.concat([groups, last]);
  }

  #decodeUneven(text: string): Buffer {
    const out = Buffer.allocUnsafe(((text.length * 3) >> 2) + 3);
    let length = 0;
    let bits = 0;
    let group = '';
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      const meaning = MEANING[text.charCodeAt(i)] ?? GARBAGE;
      if (meaning === GARBAGE) continue;
      if (meaning === PADDING) {
        if (count >= 2) out[length++] = count === 2 ? bits >> 4 : bits >> 10;
        if (count === 3) out[length++] = bits >> 2;
        count = 0;
        bits = 0;
        continue;
      }
      bits = (bits << 6) | meaning;
      if (++count === 4) {
        out[length++] = bits >> 16;
        out[length++] = bits >> 8;
        out[length++] = bits;
        count = 0;
        bits = 0;
      }
    }
    for (let left = count; left > 0; left--) group += ALPHABET.charAt((bits >> (6 * (left - 1))) & 63);
    this.#rest = group;
    return out.subarray(0, length);
  }
}

/** A whole text at once. */
export function decodeBase64(bytes: Uint8Array): Buffer {
  const decoder = new Base64Decoder();
  return Buffer.concat([decoder.decode(bytes), decoder.end()]);
}
