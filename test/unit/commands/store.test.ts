import { describe, expect, it } from 'vitest';
import { fetch } from '../../../src/commands/fetch.ts';
import { search } from '../../../src/commands/search.ts';
import { setQuota } from '../../../src/commands/setquota.ts';
import { store } from '../../../src/commands/store.ts';
import { ToldFlags } from '../../../src/commands/told-flags.ts';
import { UsageError } from '../../../src/errors.ts';
import { fetchRequest } from '../../../src/syntax/fetch-items.ts';
import { Writer } from '../../../src/wire/writer.ts';
import { command, Dialogue } from '../session/dialogue.ts';

/** What is said of a command to a server with these capabilities; undefined where it is sent. */
async function refusal(capabilities: string, of: 'labels' | 'vanished'): Promise<string | undefined> {
  const { dialogue, mailbox } = await Dialogue.selected(3, capabilities);
  const request = fetchRequest({}, dialogue.session.state.capabilities);
  const running =
    of === 'labels'
      ? dialogue.run(store(1, '+', ['x'], { gmailLabels: true, unchangedSince: 5n }), { mailbox })
      : dialogue.run(
          fetch(mailbox, '1:*', request, () => {}, { partial: '1:10', changedSince: 5n, vanished: true }),
          { mailbox },
        );
  const sent = await dialogue.turn();
  expect(sent === '').toBe(running.state === 'rejected');
  return running.error?.message;
}

it('sets the flags of a fetched message, and leaves out \\Recent, which can neither be added nor removed', async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3, '');
  dialogue.run(store(1, '', ['\\Seen', '\\Recent'], {}), { mailbox });
  expect(await dialogue.turn()).toMatch(/^A\d+ UID STORE 1 FLAGS \(\\Seen\)\r\n$/);
  // As they were fetched: what a caller without types may give.
  dialogue.run(store(1, '', new Set(['\\Flagged', '\\Recent']) as never, {}), { mailbox });
  expect(await dialogue.turn()).toMatch(/^A\d+ UID STORE 1 FLAGS \(\\Flagged\)\r\n$/);
  for (const change of ['+', '-'] as const)
    await expect(dialogue.run(store(1, change, ['\\Recent'], {}), { mailbox }).promise).rejects.toBeInstanceOf(
      UsageError,
    );
});

describe('what answers a STORE', () => {
  /** Of UID 12, which is message 2, unless it is another one. */
  async function stored(lines: string[], ok = 'OK done', command = store(12, '+', ['a'], {})) {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'CONDSTORE X-GM-EXT-1');
    const running = dialogue.run(command, { mailbox });
    await dialogue.turn();
    dialogue.lines(...lines, `A3 ${ok}`);
    return running.promise;
  }
  const flags = (...of: [number, string][]) => new Map(of.map(([message, flag]) => [message, new Set([flag])]));

  it('is of the messages that it names, the highest MODSEQ too', async () => {
    const lines = [
      '* 1 FETCH (UID 2 FLAGS (x) MODSEQ (99))',
      '* 2 FETCH (UID 12 FLAGS (a) MODSEQ (9))',
      '* 2 FETCH (UID 12 FLAGS (b) MODSEQ (7))',
      '* 2 FETCH (UID 12 MODSEQ (8))',
    ];
    expect(await stored(lines)).toEqual({ flags: flags([12, 'b']), highestModseq: 9n });
  });

  it('may tell more than was asked for', async () => {
    expect(await stored(['* 2 FETCH (UID 12 FLAGS (a) RFC822.SIZE 3)'])).toEqual({ flags: flags([12, 'a']) });
  });

  it('goes by sequence number where that is what it names, or where it tells wrong UIDs', async () => {
    for (const set of [{ seq: 2 }, 7]) {
      const unnamed = new ToldFlags();
      const lines = ['* 2 FETCH (UID 9 FLAGS (a))', ...(typeof set === 'number' ? [] : ['* 3 FETCH (FLAGS (x))'])];
      expect(await stored(lines, 'OK done', store(set, '+', ['a'], {}, unnamed))).toEqual({ flags: new Map() });
      expect(unnamed.byMessage).toEqual(flags([2, 'a']));
    }
  });

  it('is of labels where these are stored', async () => {
    const lines = ['* 2 FETCH (UID 12 FLAGS (x))', '* 2 FETCH (UID 12 X-GM-LABELS (a))'];
    const command = store(12, '+', ['a'], { gmailLabels: true });
    expect(await stored(lines, 'OK done', command)).toEqual({ flags: flags([12, 'a']) });
  });

  it('names what was left as it was, in a NO too, and is a refusal without that', async () => {
    const conditional = () => store(12, '+', ['a'], { unchangedSince: 5n });
    for (const status of ['OK', 'NO']) {
      const { modified } = await stored([], `${status} [MODIFIED 2] done`, conditional());
      expect(`${modified}`).toBe('2');
    }
    for (const status of ['NO', 'NO [EXPUNGEISSUED]'])
      await expect(stored([], `${status} done`, conditional())).rejects.toMatchObject({ status: 'NO' });
    await expect(stored([], 'NO [MODIFIED 2] done')).rejects.toMatchObject({ status: 'NO' });
  });
});

describe('a command that needs several capabilities', () => {
  it.each([
    ['labels', 'X-GM-EXT-1', 'UID STORE: the server does not offer CONDSTORE'],
    ['labels', 'CONDSTORE', 'UID STORE: the server does not offer X-GM-EXT-1'],
    ['labels', 'X-GM-EXT-1 CONDSTORE', undefined],
    ['vanished', 'PARTIAL', 'UID FETCH: the server does not offer QRESYNC'],
    ['vanished', 'QRESYNC', 'UID FETCH: the server does not offer PARTIAL'],
    ['vanished', 'QRESYNC PARTIAL', undefined],
  ] as const)('is refused where one is missing: %s with %s', async (of, capabilities, message) => {
    expect(await refusal(capabilities, of)).toBe(message);
  });
});

describe('what is no list of flags, no query and no limits', () => {
  const { state } = Dialogue.ready('QUOTA').session;
  const written = (write: ((writer: Writer) => void) | undefined) => () => write?.(new Writer());

  it.each([new Map(), new Date(), '\\Seen', {}])('is refused, and not taken for an empty one: %s', (value) => {
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give
    const any = value as any; // as above
    const stored = store(1, '', any, {});
    expect(written((writer) => stored.write?.(writer))).toThrow(UsageError);
  });

  it.each([new Map(), new Set(), new Date(), []])('is refused as a query and as limits: %s', (value) => {
    // biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give
    const any = value as any; // as above
    expect(() => search(any, state)).toThrow(UsageError);
    expect(written((writer) => setQuota('', any).write?.(writer))).toThrow(UsageError);
  });
});

it("takes for '*' what was the last message as it was sent, not when it was called for", async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3);
  dialogue.run(command('ALONE', { alone: true }), { mailbox });
  const stored = dialogue.run(store('*', '+', ['a'], {}, undefined, mailbox), { mailbox });
  expect(await dialogue.turn()).toBe('A3 ALONE\r\n');
  dialogue.lines('* 2 EXPUNGE', '* 2 EXPUNGE', 'A3 OK done');
  expect(await dialogue.turn()).toBe('A4 UID STORE * +FLAGS (a)\r\n');
  dialogue.lines('* 3 EXISTS', '* 1 FETCH (UID 7 FLAGS (a))', 'A4 OK done');
  expect(await stored.promise).toEqual({ flags: new Map([[7, new Set(['a'])]]) });
});
