/** A connection that cuts what goes through it into pieces, and that may be lost. */
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { Random } from '../../unit/wire/random.ts';

/** Opens one to this port of this machine. */
export function inPieces(port: number, random: Random): Duplex {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  /** Pieces of a chunk are still to come. */
  let giving = false;
  const stream = new Duplex({
    write: (chunk: Buffer, _, done) => {
      const at = random.below(3) === 0 ? random.below(chunk.length) : 0;
      if (at > 0) socket.write(chunk.subarray(0, at));
      soon(random, () => socket.write(chunk.subarray(at), () => done()));
    },
    final: (done) => socket.end(() => done()),
    read: () => {
      if (!giving) socket.resume();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  let left = random.below(4) === 0 ? random.below(20_000) : Number.POSITIVE_INFINITY;
  const give = (chunk: Buffer, at: number) => {
    left -= chunk.length;
    if (left < 0) return void socket.destroy();
    const end = random.below(3) === 0 ? chunk.length : Math.min(chunk.length, at + 1 + random.below(200));
    giving = end < chunk.length;
    const more = stream.push(chunk.subarray(at, end));
    if (giving) soon(random, () => give(chunk, end));
    else if (more) socket.resume();
  };
  socket.on('data', (chunk: Buffer) => {
    socket.pause();
    giving = true;
    give(chunk, 0);
  });
  // It comes behind the last piece: until then the socket is paused.
  socket.on('end', () => stream.push(null));
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.destroy());
  return stream;
}

/** Now, or some turns later. */
function soon(random: Random, work: () => void): void {
  const wait = random.below(6) - 2;
  if (wait < 1) work();
  else void turns(wait).then(work);
}

/** So many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
