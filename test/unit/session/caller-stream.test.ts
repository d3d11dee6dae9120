import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { adoptStream } from '../../../src/session/caller-stream.ts';

it('listens once to the errors of a stream that is adopted twice', () => {
  const stream = Readable.from([Buffer.from('a')]);
  for (let times = 0; times < 2; times++) adoptStream({ size: 1, stream });
  expect(stream.listenerCount('error')).toBe(1);
});
