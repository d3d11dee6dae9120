/** Ways to cut a byte stream into chunks, for everything that must not care where they are cut. */
export interface Chunking {
  name: string;
  chunks: Buffer[];
}

/** Whole, byte by byte, and cut in two at every byte. Strings are latin1: one character a byte. */
export function* chunkings(wire: string | Buffer): Generator<Chunking> {
  const bytes = toBytes(wire);
  yield { name: 'whole', chunks: [bytes] };
  yield { name: 'byte by byte', chunks: chunksOf(bytes, 1) };
  for (let at = 1; at < bytes.length; at++) {
    yield { name: `cut at ${at}`, chunks: [bytes.subarray(0, at), bytes.subarray(at)] };
  }
}

/** Chunks of `size` bytes, the last one maybe shorter. */
export function chunksOf(wire: string | Buffer, size: number): Buffer[] {
  const bytes = toBytes(wire);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

/**
 * Hands chunks over as a socket does that reads into the same buffer again and again: what was handed over is overwritten
 * after the call.
 */
export function feed(target: { receive(chunk: Buffer, borrowed: boolean): unknown }, chunks: Buffer[]): void {
  for (const chunk of chunks) {
    const handed = Buffer.from(chunk);
    target.receive(handed, true);
    handed.fill('?');
  }
}

function toBytes(wire: string | Buffer): Buffer {
  return typeof wire === 'string' ? Buffer.from(wire, 'latin1') : wire;
}
