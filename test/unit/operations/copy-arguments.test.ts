import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { copyArguments } from '../../../src/operations/copy-arguments.ts';

const taken = { at: 1, booleans: ['silent'], others: ['batch'] };

function owned(...args: unknown[]): unknown[] {
  copyArguments('method', args, taken);
  return args;
}

it('leaves what does something by itself as it is', () => {
  const themselves = [
    { [Symbol.iterator]: () => [1].values() },
    { [Symbol.asyncIterator]: async function* () {} },
    { name: 'X-MECHANISM', start: () => '' },
    new Map(),
    Buffer.from('x'),
  ];
  for (const one of themselves) {
    expect(owned(one)[0]).toBe(one);
    expect((owned({ inside: one })[0] as { inside: unknown }).inside).toBe(one);
  }
});

it('makes dates and bytes of another realm those of this one', () => {
  const given = runInNewContext(
    '({ since: new Date(5), bytes: new Uint8Array([9, 1, 2]).subarray(1), other: new Map() })',
  );
  const [own] = owned(given) as [{ since: Date; bytes: Uint8Array; other: unknown }];
  expect(own.since).toEqual(new Date(5));
  expect(own.since).toBeInstanceOf(Date);
  expect(own.bytes).toBeInstanceOf(Uint8Array);
  expect([...own.bytes]).toEqual([1, 2]);
  expect(own.other).toBe(given.other);
});

it('copies what holds itself, or stands in two places, once', () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  const [own] = owned(loop) as (typeof loop)[];
  expect(own).not.toBe(loop);
  expect(own?.self).toBe(own);
  const shared = { list: [1] };
  const [both] = owned([shared, shared]) as object[][];
  expect(both?.[0]).not.toBe(shared);
  expect(both?.[0]).toBe(both?.[1]);
});

it('copies arrays, dates and objects, whatever the caller does with his own, and hands them back as they were', () => {
  const given = { dates: [new Date(5)], rows: Array.from({ length: 300 }, (_, row) => ({ row })) };
  const { dates, rows } = given;
  const date = dates[0];
  const [own] = owned(given) as (typeof given)[];
  expect([given.dates, given.rows, dates[0]]).toEqual([dates, rows, date]);
  expect(dates[0]).toBe(date);
  date?.setTime(7);
  dates.push(new Date(6));
  for (const one of rows) one.row = -1;
  expect(own?.dates).toEqual([new Date(5)]);
  expect(own?.rows.map(({ row }) => row)).toEqual(Array.from({ length: 300 }, (_, row) => row));
});

it('copies plain options, and of an object of a class what it inherits, too', () => {
  const plain = { batch: 1 };
  const [, own] = owned('1:*', plain);
  expect(own).toEqual(plain);
  expect(own).not.toBe(plain);
  class Options {
    timeout = 1000;
    get batch() {
      return [this.timeout];
    }
  }
  expect(owned('1:*', new Options())[1]).toEqual({ timeout: 1000, batch: [1000], until: expect.any(Number) });
  expect(() => owned('1:*', Object.assign(new Options(), { slient: true }))).toThrow('method: not an option: "slient"');
});

it('takes undefined for what is left out, in an array too, and no hole', () => {
  expect(owned(undefined, undefined)).toEqual([undefined, undefined]);
  expect(owned([1, undefined])).toEqual([[1, undefined]]);
  expect(() => owned(new Array(1))).toThrow(UsageError);
});

it.each([[{ silent: 'false' }], [{ slient: true }], ['silent'], [[]]])('refuses %j for its options', (options) =>
  expect(() => owned('1:*', options)).toThrow(UsageError),
);

it('takes its own options and those of all, looked at by their kind', () => {
  const options = { silent: false, batch: 'any', timeout: 1, signal: undefined };
  expect(owned('1:*', options)).toEqual(['1:*', { ...options, until: expect.any(Number) }]);
  expect(owned({ anything: 'else' }, { silent: undefined })).toEqual([{ anything: 'else' }, { silent: undefined }]);
});

it('counts a timeout from the call, and of what begins later from then', () => {
  const before = performance.now();
  const [, own] = owned('1:*', { timeout: 1000 }) as [string, { until: number }];
  expect(own.until).toBeGreaterThanOrEqual(before + 1000);
  expect(own.until).toBeLessThanOrEqual(performance.now() + 1000);
  const later = ['1:*', { timeout: 1000 }];
  copyArguments('method', later, { ...taken, later: true });
  expect(later).toEqual(['1:*', { timeout: 1000 }]);
});
