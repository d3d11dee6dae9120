/** What a caller does to its arguments once the call has returned changes nothing: no method looks at them again. */
import { describe, expect, it } from 'vitest';
import type { SearchQuery } from '../../src/index.ts';
import { agreed, OTHER, POOR, RICH } from './agreeable.ts';
import { call } from './bench.ts';
import { EXAMPLES } from './methods.ts';

/** What ends the connection or the user's session, and what sends nothing. */
const APART = ['client.logout', 'client.close', 'client.on', 'mailbox.on'];

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && [Object, Array].includes(value.constructor as ArrayConstructor); // or any other
}

/** Its own, so that an example stays what it is. */
function copied(value: unknown): unknown {
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(copied);
  if (!isContainer(value) || 'stream' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copied(inner)]));
}

function each(value: unknown, change: (container: Record<string, unknown> | unknown[] | Date) => void): void {
  if (value instanceof Date) change(value);
  if (!isContainer(value)) return;
  for (const inner of Object.values(value)) each(inner, change);
  change(value);
}

/** Whoever uses an array or an object again empties it, fills it with something else, or adds to it. */
const CHANGES: Readonly<Record<string, (container: Record<string, unknown> | unknown[] | Date) => void>> = {
  emptied: (container) => {
    if (container instanceof Date) container.setTime(Number.NaN);
    else if (Array.isArray(container)) container.length = 0;
    else for (const key of Object.keys(container)) delete container[key];
  },
  'filled again': (container) => {
    if (container instanceof Date) container.setTime(1e12);
    else for (const [key, value] of Object.entries(container)) Reflect.set(container, key, other(value));
  },
  longer: (container) => {
    if (Array.isArray(container)) container.push(...container);
  },
};

function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return 77;
  if (typeof value === 'bigint') return 77n;
  return typeof value === 'string' ? 'zqother' : value;
}

/** All that is sent for a call, once another mailbox was selected: what needs this one waits. */
async function sent(
  capabilities: string,
  method: string,
  args: unknown[],
  change: (container: Record<string, unknown> | unknown[] | Date) => void,
): Promise<string[]> {
  const ready = await agreed(capabilities);
  await ready.client.open('other');
  ready.server.commands = [];
  await call(ready, method, args, () => each(args, change)).catch(() => {});
  const commands = ready.server.commands.map(({ pieces, literals }) => `${pieces.join('{}')} ${literals.join()}`);
  ready.client.close();
  return commands;
}

describe.each(Object.keys(EXAMPLES).filter((method) => !APART.includes(method)))('%s', (method) => {
  it.each(Object.entries(CHANGES))('its arguments are %s', async (_, change) => {
    for (const capabilities of [RICH, POOR, OTHER]) {
      for (const example of EXAMPLES[method] ?? []) {
        const args = () => copied(example) as unknown[]; // a copy of an array is one
        const before = await sent(capabilities, method, args(), () => {});
        expect(await sent(capabilities, method, args(), change)).toEqual(before);
      }
    }
  });
});

describe('an iteration over UIDs, which can be read once', () => {
  function* uids(): Generator<number> {
    yield* [3, 1, 2];
  }
  const queries: [string, () => SearchQuery][] = [
    ['uid', () => ({ uid: uids() })],
    ['seq', () => ({ seq: uids() })],
    ['uid of a set of numbers', () => ({ uid: { seq: uids() } })],
    ['not', () => ({ not: [{ uid: uids() }] })],
    ['or', () => ({ or: [{ uid: uids() }, { seq: uids() }] })],
    ['and in fuzzy', () => ({ fuzzy: { and: [{ uid: uids() }] } })],
  ];

  it.each(queries)('%s: names its messages in each of several mailboxes', async (name, query) => {
    for (const capabilities of [RICH, `${POOR} SEARCH=FUZZY`]) {
      const { client, server } = await agreed(capabilities);
      server.commands = [];
      await client.searchMailboxes(query(), { mailboxes: ['x', 'y'] });
      const searches = server.commands.map(({ pieces }) => pieces.join()).filter((text) => text.includes('SEARCH'));
      // Numbers are each mailbox's own.
      expect(searches).toHaveLength(capabilities === RICH && !/^seq|numbers|^or/.test(name) ? 1 : 2);
      for (const search of searches) expect(search).toMatch(/1:3/);
      client.close();
    }
  });
});
