// The text of messages: a block of base64-like lines, repeated, so that any size can be sent and checked without being held.
const LINE = 78;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** About 1 MiB of lines of 76 characters, the period of every text here. */
export const BLOCK = (() => {
  const block = Buffer.alloc(LINE * 13_443);
  let state = 12345;
  for (let i = 0; i < block.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    block[i] = ALPHABET.charCodeAt(state >>> 26);
    if (i % LINE === LINE - 2) block[i] = 13;
    if (i % LINE === LINE - 1) block[i] = 10;
  }
  return block;
})();

/** Copies `length` bytes of the endless text from `offset`. @param {number} offset @param {number} length */
export function textAt(offset, length) {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const from = (offset + done) % BLOCK.length;
    done += BLOCK.copy(bytes, done, from, Math.min(BLOCK.length, from + length - done));
  }
  return bytes;
}

/** Whether `bytes` are the endless text from `offset`. @param {Buffer} bytes @param {number} offset */
export function isTextAt(bytes, offset) {
  for (let done = 0; done < bytes.length; ) {
    const from = (offset + done) % BLOCK.length;
    const length = Math.min(BLOCK.length - from, bytes.length - done);
    if (BLOCK.compare(bytes, done, done + length, from, from + length) !== 0) return false;
    done += length;
  }
  return true;
}

/** The header that tells one body from another. @param {number} seq */
const header = (seq) => `Subject: message ${String(seq).padStart(12, '0')}\r\nMIME-Version: 1.0\r\n\r\n`;

/** A message of exactly `size` bytes. @param {number} seq @param {number} size */
export function bodyOf(seq, size) {
  const head = Buffer.from(header(seq), 'latin1');
  return Buffer.concat([head, textAt(seq * 1000, size - head.length)]);
}

/** The cheap look at a body that every client pays alike: length, the header's number and the last bytes. @param {Buffer} body @param {number} seq @param {number} size */
export function looksLikeBody(body, seq, size) {
  if (body.length !== size || body.toString('latin1', 17, 29) !== String(seq).padStart(12, '0')) return false;
  const at = (seq * 1000 + size - 1 - header(seq).length) % BLOCK.length;
  return body[size - 1] === BLOCK[at];
}

/** Every byte. @param {Buffer} body @param {number} seq @param {number} size */
export function isBody(body, seq, size) {
  const head = header(seq);
  return (
    body.length === size &&
    body.toString('latin1', 0, head.length) === head &&
    isTextAt(body.subarray(head.length), seq * 1000)
  );
}
