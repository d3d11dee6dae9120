import { hexadecimal } from './hexadecimal.ts';

const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;

/** White space at a chunk's end waits for the line end that would delete it: more than a line may hold does not. */
const MAX_WAITING = 1000;

/**
 * quoted-printable (RFC 2045 §6.7). Soft line breaks go, and so does white space at line ends; a `=` that is neither
 * of them nor followed by two hexadecimal digits stays.
 */
export class QuotedPrintableDecoder {
  /** The end of the last chunk, whose meaning depends on what follows. */
  #waiting: Uint8Array = new Uint8Array(0);
  readonly #cut: boolean;

  /** `cut`: what follows is missing, and `=C` may be half of what was meant. */
  constructor(cut = false) {
    this.#cut = cut;
  }

  decode(chunk: Uint8Array): Buffer {
    const bytes = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    const end = decidable(bytes);
    // A copy: the caller may use the chunk's memory again.
    this.#waiting = Buffer.from(bytes.subarray(end));
    return decodeBytes(bytes, end);
  }

  end(): Buffer {
    const bytes = this.#cut ? new Uint8Array(0) : this.#waiting;
    this.#waiting = new Uint8Array(0);
    let end = trimEnd(bytes, bytes.length);
    // A soft line break that nothing follows.
    if (end > 0 && bytes[end - 1] === EQUALS) end--;
    return decodeBytes(bytes, end);
  }
}

/** How many of the bytes can be decoded without those that follow. */
function decidable(bytes: Uint8Array): number {
  const earliest = Math.max(0, bytes.length - MAX_WAITING);
  let end = bytes.length;
  while (end > earliest && isBlankOrCr(bytes[end - 1])) end--;
  if (end > earliest && bytes[end - 1] === EQUALS) return end - 1;
  if (end === bytes.length && end - 1 > earliest && bytes[end - 2] === EQUALS) return end - 2;
  return end === earliest && earliest > 0 ? bytes.length : end;
}

function decodeBytes(bytes: Uint8Array, end: number): Buffer {
  const out = Buffer.allocUnsafe(end);
  let length = 0;
  // White space before this was encoded, or precedes a soft line break: it stays.
  let kept = 0;
  for (let i = 0; i < end; ) {
    const byte = bytes[i++] ?? 0;
    if (byte === LF) {
      const cr = length > kept && out[length - 1] === CR;
      length = trimEnd(out, cr ? length - 1 : length, kept);
      if (cr) out[length++] = CR;
      out[length++] = LF;
    } else if (byte === EQUALS) {
      const encoded = i + 1 < end ? hexadecimal(bytes[i] ?? 0, bytes[i + 1] ?? 0) : -1;
      const next = encoded >= 0 ? i + 2 : afterSoftBreak(bytes, i, end);
      if (encoded >= 0) out[length++] = encoded;
      else if (next === i) out[length++] = EQUALS;
      i = next;
      kept = length;
    } else {
      out[length++] = byte;
    }
  }
  return out.subarray(0, length);
}

/** Where the next line begins if only white space stands before it, else `start`. */
function afterSoftBreak(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && isBlank(bytes[i])) i++;
  if (i < end && bytes[i] === CR) i++;
  return i < end && bytes[i] === LF ? i + 1 : start;
}

function trimEnd(bytes: Uint8Array, end: number, start = 0): number {
  let i = end;
  while (i > start && isBlank(bytes[i - 1])) i--;
  return i;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isBlankOrCr(byte: number | undefined): boolean {
  return isBlank(byte) || byte === CR;
}
