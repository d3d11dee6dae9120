/** MD5 (RFC 1321): crypto.subtle does not have it. */
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));

export function md5(message: Buffer): Buffer {
  const padded = Buffer.alloc((((message.length + 8) >> 6) + 1) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeUInt32LE((message.length << 3) >>> 0, padded.length - 8);
  padded.writeUInt32LE(Math.floor(message.length / 2 ** 29), padded.length - 4);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) state = block(state, padded, at);
  const digest = Buffer.alloc(16);
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word >>> 0, index * 4);
  return digest;
}

type State = [number, number, number, number];

function block(state: State, data: Buffer, at: number): State {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step++) {
    const [mix, word] = round(step, b, c, d);
    const sum = (a + mix + (SINES[step] ?? 0) + data.readUInt32LE(at + word * 4)) | 0;
    const shift = SHIFTS[(step >> 4) * 4 + (step & 3)] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
}

/** The function of the round, and which word of the block it takes. */
function round(step: number, b: number, c: number, d: number): [mix: number, word: number] {
  if (step < 16) return [(b & c) | (~b & d), step];
  if (step < 32) return [(d & b) | (~d & c), (5 * step + 1) & 15];
  if (step < 48) return [b ^ c ^ d, (3 * step + 5) & 15];
  return [c ^ (b | ~d), (7 * step) & 15];
}

/** HMAC (RFC 2104) */
export function hmacMd5(secret: Buffer, message: Buffer): Buffer {
  const key = Buffer.alloc(64);
  (secret.length > 64 ? md5(secret) : secret).copy(key);
  const pad = (byte: number) => Buffer.from(key.map((octet) => octet ^ byte));
  return md5(Buffer.concat([pad(0x5c), md5(Buffer.concat([pad(0x36), message]))]));
}
