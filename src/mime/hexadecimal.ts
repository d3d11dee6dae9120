/** The value of each hexadecimal digit, -1 for every other byte. Small letters are illegal in mail, but sent. */
const DIGITS = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  DIGITS['0123456789ABCDEF'.charCodeAt(i)] = i;
  DIGITS['0123456789abcdef'.charCodeAt(i)] = i;
}

/** The byte that two hexadecimal digits stand for, negative if they are none. */
export function hexadecimal(high: number, low: number): number {
  return ((DIGITS[high] ?? -1) << 4) | (DIGITS[low] ?? -1);
}

/** Replaces each mark and the two digits after it by the byte, as a character. A mark that none follow stays. */
export function decodeHexadecimal(text: string, mark: '=' | '%'): string {
  let decoded = '';
  let done = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const byte = at + 2 < text.length ? hexadecimal(text.charCodeAt(at + 1), text.charCodeAt(at + 2)) : -1;
    if (byte < 0) continue;
    decoded += text.slice(done, at) + String.fromCharCode(byte);
    done = at + 3;
  }
  return done === 0 ? text : decoded + text.slice(done);
}
