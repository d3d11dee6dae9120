/** Inflating in the turns of the event loop: the platform's has threads, whose times are no part of a seed. */
import { constants, createDeflateRaw, createInflateRaw, type Zlib } from 'node:zlib';
import type { Random } from '../../unit/wire/random.ts';
import { turns } from './pieces.ts';

/** zlib, called on this thread: it has no other word for it but inflateRawSync(), which takes nothing but whole streams. */
interface Engine extends Zlib {
  _handle: {
    writeSync(
      flush: number,
      from: Uint8Array,
      at: number,
      length: number,
      to: Buffer,
      start: number,
      room: number,
    ): void;
  };
  /** What is left of the room, and of the bytes. */
  _writeState: Uint32Array;
}

const PIECE = 16_384;

function run(engine: Engine, flush: number, bytes: Uint8Array): Buffer[] {
  const pieces: Buffer[] = [];
  let failure: unknown;
  const { onerror } = engine._handle as unknown as { onerror: unknown }; // called with what is wrong, before writeSync returns
  Object.assign(engine._handle, {
    onerror: (message: string) => {
      failure = new TypeError(message);
    },
  });
  for (let left = bytes.length, room = 0; left > 0 || room === 0; ) {
    const piece = Buffer.alloc(PIECE);
    engine._handle.writeSync(flush, bytes, bytes.length - left, left, piece, 0, PIECE);
    if (failure !== undefined) break;
    [room = 0, left = 0] = engine._writeState;
    if (room < PIECE) pieces.push(piece.subarray(0, PIECE - room));
    // Behind the end of the stream nothing is taken.
    if (room === PIECE) break;
  }
  Object.assign(engine._handle, { onerror });
  if (failure !== undefined) throw failure;
  return pieces;
}

/** What makes bytes smaller, so that all of them can be read at once. */
export function deflating(): (bytes: Buffer) => Buffer {
  const engine = createDeflateRaw() as unknown as Engine; // what it is
  return (bytes) => Buffer.concat(run(engine, constants.Z_SYNC_FLUSH, bytes));
}

/** `DecompressionStream`, in place of the platform's until it is disposed of. */
export class Inflating {
  readonly #before = globalThis.DecompressionStream;

  constructor(random: Random) {
    const inflating = class extends TransformStream<Uint8Array, Uint8Array> {
      constructor() {
        const engine = createInflateRaw() as unknown as Engine; // what it is
        super({
          transform: async (bytes, controller) => {
            await turns(Math.max(0, random.below(4) - 1));
            for (const piece of run(engine, constants.Z_NO_FLUSH, bytes)) controller.enqueue(piece);
          },
          // Throws where the stream ends in the middle.
          flush: () => void run(engine, constants.Z_FINISH, new Uint8Array()),
        });
      }
    };
    Object.assign(globalThis, { DecompressionStream: inflating });
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, { DecompressionStream: this.#before });
  }
}
