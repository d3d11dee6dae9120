/** No argument of any method puts a byte on the wire that its grammar does not allow, and none makes the library stumble. */
import { describe, expect, it } from 'vitest';
import { agreed, OTHER, POOR, RICH } from './agreeable.ts';
import { changing, hostileTexts, markedTexts, type Variant, wrongTypes } from './arguments.ts';
import { Bench, call } from './bench.ts';
import { EXAMPLES } from './methods.ts';

/** What of a handle is the library's own. */
const INTERNAL = ['mailbox.run', 'mailbox.requireOpen', 'mailbox.onEnd', 'mailbox.offEnd'];
/** Every method there is, and those of plain objects that hold nothing else: groups of methods. */
function methodsOf(object: object, prefix: string): string[] {
  const prototype = Object.getPrototypeOf(object);
  const inherited = prototype === Object.prototype ? [] : Object.getOwnPropertyNames(prototype);
  return [...Object.keys(object), ...inherited].flatMap((name) => {
    const value: unknown = Reflect.get(object, name);
    if (typeof value === 'function') return name === 'constructor' ? [] : [`${prefix}.${name}`];
    return isGroup(value) ? methodsOf(value, `${prefix}.${name}`) : [];
  });
}

function isGroup(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => typeof member === 'function');
}

it('knows every method of a client and of a mailbox', async () => {
  const { client, mailbox } = await agreed(RICH);
  const methods = [...methodsOf(client, 'client'), ...methodsOf(mailbox, 'mailbox')];
  expect(methods.length).toBeGreaterThan(50);
  expect(methods.filter((name) => !INTERNAL.includes(name)).sort()).toEqual(Object.keys(EXAMPLES).sort());
  client.close();
});

it('takes no option that a method does not have', async () => {
  const ready = await agreed(RICH);
  for (const [method, [example = []]] of Object.entries(EXAMPLES)) {
    if (/^client.(close|logout)$|.on$/.test(method)) continue;
    ready.server.commands = [];
    const args = [...example.slice(0, -1), Object.assign({ misspelt: false }, example.at(-1))];
    const error = await call(ready, method, args).catch((reason: unknown) => reason);
    const message = `${method.replace(/^(client|mailbox)./, '')}: not an option: "misspelt"`;
    expect(error).toMatchObject({ name: 'UsageError', message });
    expect(ready.server.commands).toEqual([]);
  }
  // They last until they are left: no time bounds them.
  for (const method of ['mailbox.watch', 'mailbox.searchUpdates', 'client.notify']) {
    const example = EXAMPLES[method]?.[0] ?? [];
    const args = [...example.slice(0, -1), Object.assign({ timeout: 5 }, example.at(-1))];
    const error = await call(ready, method, args).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UsageError', message: expect.stringContaining('not an option: "timeout"') });
  }
  ready.client.close();
});

async function tried(
  method: string,
  of: (example: readonly unknown[]) => Iterable<Variant>,
  ...benches: Bench[]
): Promise<void> {
  for (const bench of benches) {
    for (const example of EXAMPLES[method] ?? []) await bench.try(method, of(example));
    bench.close();
    expect(bench.wrong.slice(0, 20)).toEqual([]);
  }
}

describe.each(Object.keys(EXAMPLES))('%s', { timeout: 120_000 }, (method) => {
  it('without anything hostile', async () => {
    const none = (example: readonly unknown[]): Variant[] => [{ name: '', text: 'zq', make: () => [...example] }];
    await tried(method, none, new Bench(RICH), new Bench(POOR), new Bench(OTHER), new Bench(RICH, true));
  });
  it('with texts that try to be more', async () => {
    await tried(method, hostileTexts, new Bench(RICH));
    await tried(method, markedTexts, new Bench(POOR), new Bench(OTHER), new Bench(RICH, true));
  });
  it('with values of other types', async () => {
    await tried(method, wrongTypes, new Bench(RICH), new Bench(POOR));
  });
  it('with values that change between looks', async () => {
    await tried(method, changing, new Bench(RICH), new Bench(POOR));
  });
});
