import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ImapError } from '../../../src/errors.ts';
import { Cancellation, onAbort, type StopSignal } from '../../../src/session/abort.ts';

interface Source {
  signal: StopSignal;
  abort(): void;
}

const SOURCES: { name: string; make: () => Source }[] = [
  { name: 'an AbortSignal', make: () => new AbortController() },
  {
    name: 'a Cancellation',
    make: () => {
      const signal = new Cancellation();
      return { signal, abort: () => signal.abort() };
    },
  },
];

describe.each(SOURCES)('$name', ({ make }) => {
  it('calls back once, each callback that was not taken back', () => {
    const source = make();
    let calls = 0;
    onAbort(source.signal, () => calls++);
    onAbort(source.signal, () => calls++);
    onAbort(source.signal, () => calls++)();
    expect(calls).toBe(0);
    source.abort();
    source.abort();
    expect(calls).toBe(2);
  });

  it('calls back who comes once all before were taken back', () => {
    const source = make();
    let calls = 0;
    const release = onAbort(source.signal, () => expect.fail('it was taken back'));
    release();
    onAbort(source.signal, () => calls++);
    // As whoever takes back twice does.
    release();
    source.abort();
    expect(calls).toBe(1);
  });

  it('calls back at once where it has aborted', () => {
    const source = make();
    source.abort();
    let calls = 0;
    onAbort(source.signal, () => calls++)();
    expect(calls).toBe(1);
  });
});

it('an AbortSignal has one listener while somebody waits for it, and none afterwards', () => {
  const { signal } = new AbortController();
  const releases = [1, 2].map(() => onAbort(signal, () => {}));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  releases[0]?.();
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  releases[1]?.();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('a Cancellation’s reason is an error of the library’s', () => {
  const cancellation = new Cancellation();
  cancellation.abort();
  expect(cancellation.reason).toEqual(new ImapError('CANCELLED', 'The operation was cancelled'));
});
