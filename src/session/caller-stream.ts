import type { LiteralStream } from '../wire/writer.ts';
import { callGuarded } from './events.ts';

/** What holds something until it is told that nobody will read it: a Readable, a ReadableStream, or a generator. */
interface Held {
  on?: unknown;
  off?: unknown;
  destroy?: unknown;
  cancel?: unknown;
  return?: unknown;
}

/**
 * Opens a stream of the caller's so that it can be released while it is being read: a ReadableStream can then be
 * cancelled by its own reader alone.
 */
export function openStream(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (!(stream instanceof ReadableStream)) return stream;
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader();
  const cancel = () => reader.cancel();
  const leave = async () => ({ done: true as const, value: await cancel() });
  // The result of a read is an iterator's, but for undefined beside done.
  const next = () => reader.read() as Promise<IteratorResult<Uint8Array>>; // as the line above says
  return Object.assign({ [Symbol.asyncIterator]: () => ({ next, return: leave }) }, { cancel });
}

/** One for all: a stream that is adopted twice has it once. */
const ignore = () => {};

/**
 * Takes charge of a stream of the caller's that waits for its turn. What fails in it meanwhile, such as a file that
 * can't be opened, is told once it is read; without a listener Node would end the process.
 */
export function adoptStream({ stream }: LiteralStream): void {
  if (typeof stream !== 'object' || stream === null) return;
  const { on, off } = stream as Held; // a Readable has them
  if (typeof on !== 'function') return;
  callGuarded(() => {
    if (typeof off === 'function') off.call(stream, 'error', ignore);
    on.call(stream, 'error', ignore);
  });
}

/** Lets go of a stream of the caller's that will not be read any further. */
export function releaseStream({ stream }: LiteralStream): void {
  if (typeof stream !== 'object' || stream === null) return;
  const { destroy, cancel, return: leave } = stream as Held; // only its methods tell what kind of iterable it is
  const end = [destroy, cancel, leave].find((method) => typeof method === 'function');
  // What comes of it concerns nobody.
  if (typeof end === 'function') callGuarded(() => void Promise.resolve(end.call(stream)).catch(() => {}));
}
