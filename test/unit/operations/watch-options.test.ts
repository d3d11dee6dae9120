import { expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { checkWatchOptions, type WatchOptions } from '../../../src/operations/watch-options.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import type { FetchItems } from '../../../src/syntax/fetch-items.ts';

function check(options: unknown): void {
  checkWatchOptions(options as WatchOptions<FetchItems>, Capabilities.none); // from a caller without types
}

it.each([{}, { pollInterval: 0 }, { fetch: { envelope: true } }])('a watch takes %o', (options) => {
  expect(() => check(options)).not.toThrow();
});

it.each<[string, unknown]>([
  ['watch: pollInterval is no number of milliseconds: -1', { pollInterval: -1 }],
  ['watch: pollInterval is no number of milliseconds: "1"', { pollInterval: '1' }],
  ['watch: pollInterval is no number of milliseconds: NaN', { pollInterval: Number.NaN }],
  ['watch: the signal is no AbortSignal', { signal: {} }],
])('%s', (message, options) => {
  expect(() => check(options)).toThrow(new UsageError(message));
});

it('a watch is told of items that can not be fetched before a message arrives', () => {
  expect(() => check({ fetch: { envelop: true } })).toThrow(/^watch: .*envelop/);
});
