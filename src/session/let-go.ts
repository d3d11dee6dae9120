import type { LiteralStream } from '../wire/writer.ts';
import { callGuarded } from './events.ts';

/** What holds something until it is told that nobody will read it: a Readable, a ReadableStream, or a generator. */
interface Held {
  destroy?: unknown;
  cancel?: unknown;
  return?: unknown;
}

/** A stream of the caller's will not be read, or no more. */
export function letGo({ stream }: LiteralStream): void {
  if (typeof stream !== 'object' || stream === null) return;
  const { destroy, cancel, return: leave } = stream as Held; // only its methods tell what kind of iterable it is
  const end = [destroy, cancel, leave].find((method) => typeof method === 'function');
  // What comes of it concerns nobody: a ReadableStream that somebody reads can not be cancelled.
  if (typeof end === 'function') callGuarded(() => void Promise.resolve(end.call(stream)).catch(() => {}));
}
