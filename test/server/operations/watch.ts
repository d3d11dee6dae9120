/** Watching a mailbox: arrivals, removals and flag changes by UID, over IDLE or by polling. */
import { describe, expect, it, vi } from 'vitest';
import type { ImapClient, LogEntry, Mailbox, MailboxEvent } from '../../../src/index.ts';
import { clientOf, freshMailbox, gatedStream, letter, letters, type Operations, renew, type Target } from './target.ts';

type Event = MailboxEvent<{ envelope: true }>;

/** Takes events in, and lets a test wait for what they add up to. */
class Watched {
  readonly arrived: number[] = [];
  readonly subjects: (string | undefined)[] = [];
  readonly vanished: number[] = [];
  readonly flags = new Map<number, string[]>();
  readonly resets: number[] = [];
  /** Settles as the loop does. */
  readonly done: Promise<void>;
  #wake: () => void = () => {};

  constructor(events: AsyncIterable<Event>) {
    this.done = this.#run(events);
    this.done.catch(() => {});
  }

  async #run(events: AsyncIterable<Event>): Promise<void> {
    try {
      for await (const event of events) {
        this.#take(event);
        this.#wake();
      }
    } finally {
      this.#wake();
    }
  }

  #take(event: Event): void {
    if (event.type === 'arrived') {
      for (const { uid, envelope, flags } of event.messages) {
        this.arrived.push(uid);
        this.subjects.push(envelope.subject);
        expect(flags).toBeInstanceOf(Set);
      }
    } else if (event.type === 'vanished') this.vanished.push(...event.uids);
    else if (event.type === 'flags')
      this.flags.set(
        event.uid,
        [...event.flags].filter((flag) => flag !== '\\Recent'),
      );
    else this.resets.push(event.uidValidity);
  }

  /** Until the events so far make this true; the test's own deadline ends the wait. */
  async until(condition: (watched: this) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Begins to watch, and resolves once whatever happens from now on is told. */
async function watching(mailbox: Mailbox, options: { signal?: AbortSignal } = {}): Promise<Watched> {
  const watched = new Watched(mailbox.watch({ ...options, pollInterval: 20, fetch: { envelope: true } }));
  await mailbox.search({});
  await mailbox.search({});
  return watched;
}

export const watchOperations: Operations = (target) => {
  describe('watch', () => {
    it('tells arrivals, removals and flag changes while other operations run', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(4));
      const elsewhere = await second.open(mailbox.name);
      const watched = await watching(mailbox);
      const [search] = await Promise.all([
        mailbox.search({ subject: 'letter 2' }),
        second.append(mailbox.name, { content: letter('fifth') }),
        mailbox.fetchAll('1:*', { source: true }),
        client.status('INBOX'),
      ]);
      expect(search).toEqual([2]);
      await watched.until(({ arrived }) => arrived.includes(5));
      if (target().tellsArrivalsOnly) {
        expect(watched.subjects).toEqual(['fifth']);
        return;
      }
      await elsewhere.addFlags(2, ['\\Flagged']);
      await watched.until(({ flags }) => flags.has(2));
      expect(watched.flags.get(2)).toEqual(['\\Flagged']);
      await Promise.all([elsewhere.deleteMessages([1, 3]), mailbox.addFlags(4, ['\\Answered'])]);
      await watched.until(({ vanished }) => vanished.length === 2);
      expect(watched.vanished.sort()).toEqual([1, 3]);
      await second.append(
        mailbox.name,
        letters(3).map((content) => ({ content })),
      );
      await watched.until(({ arrived }) => arrived.length === 4);
      expect(watched.arrived).toEqual([5, 6, 7, 8]);
      expect(watched.subjects).toEqual(['fifth', 'letter 1', 'letter 2', 'letter 3']);
      expect(watched.resets).toEqual([]);
      // Removed by their UIDs, though the numbers have moved.
      await elsewhere.deleteMessages([6]);
      await watched.until(({ vanished }) => vanished.includes(6));
      expect(await mailbox.search({})).toEqual([2, 4, 5, 7, 8]);
    });

    it('goes back to IDLE after each operation, by itself', async () => {
      const log: LogEntry[] = [];
      await using client = await clientOf(target(), { log: (entry) => log.push(entry) });
      await using second = await clientOf(target());
      if (!client.capabilities.has('IDLE')) return;
      const mailbox = await freshMailbox(client, target(), letters(1));
      const watched = await watching(mailbox);
      for (let round = 2; round <= 6; round++) {
        await mailbox.search({});
        await second.append(mailbox.name, { content: letter(`number ${round}`) });
        await watched.until(({ arrived }) => arrived.includes(round));
      }
      const out = log.filter(({ direction }) => direction === 'out').map(({ text }) => text.replace(/^A\d+ /, ''));
      const idles = out.filter((text) => text === 'IDLE').length;
      expect(idles).toBeGreaterThanOrEqual(5);
      expect(out.filter((text) => text === 'DONE').length).toBeGreaterThanOrEqual(idles - 1);
      // Nothing is sent between an IDLE and its DONE.
      for (const [index, text] of out.entries())
        if (text === 'IDLE' && index < out.length - 1) expect(out[index + 1]).toBe('DONE');
    });

    it('ends by its signal, by leaving the loop, by closing the handle, and by logging out', async () => {
      const client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const controller = new AbortController();
      const watched = await watching(mailbox, { signal: controller.signal });
      controller.abort();
      await watched.done;
      expect(await mailbox.search({})).toEqual([1]);
      const never = await watching(mailbox, { signal: AbortSignal.abort() });
      await never.done;

      const loop = (async () => {
        for await (const event of mailbox.watch({ pollInterval: 20 })) return event.type;
        return 'nothing';
      })();
      await mailbox.search({});
      await mailbox.search({});
      await client.append(mailbox.name, { content: letter('second') });
      expect(await loop).toBe('arrived');
      expect(await mailbox.search({})).toEqual([1, 2]);

      const iterator = mailbox.watch()[Symbol.asyncIterator]();
      const pending = iterator.next();
      await mailbox.search({});
      expect(await iterator.return?.()).toEqual({ value: undefined, done: true });
      expect(await pending).toEqual({ value: undefined, done: true });

      const other = await client.open(mailbox.name);
      const closed = await watching(other);
      await other.unselect();
      await closed.done;

      const last = await watching(mailbox);
      await client.logout();
      await last.done;
    });

    it('rejects when the connection is closed or lost', async () => {
      const client = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(1));
      const watched = await watching(mailbox);
      client.close();
      await expect(watched.done).rejects.toMatchObject({ name: 'ConnectionError', code: 'CLOSED' });
    });

    it('tells what happened while another mailbox was selected', async () => {
      await using logged = await loggedClient(target());
      const { client } = logged;
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(5));
      const other = await freshMailbox(client, target(), letters(1));
      const watched = await watching(mailbox);
      await whileBusy(logged, other, async () => {
        const elsewhere = await second.open(mailbox.name);
        await elsewhere.addFlags(2, ['\\Flagged', '\\Seen']);
        await elsewhere.deleteMessages([4]);
        await second.append(mailbox.name, { content: letter('sixth') });
      });
      await watched.until(({ arrived, vanished, flags }) => arrived.length > 0 && vanished.length > 0 && flags.has(2));
      expect([watched.arrived, watched.vanished]).toEqual([[6], [4]]);
      expect(watched.flags.get(2)?.sort()).toEqual(['\\Flagged', '\\Seen']);
      expect(watched.resets).toEqual([]);
    });

    it('tells that the mailbox is another one, and what it holds', async () => {
      await using logged = await loggedClient(target());
      const { client } = logged;
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(2));
      const other = await freshMailbox(client, target(), letters(1));
      const watched = await watching(mailbox);
      await whileBusy(logged, other, () => renew(second, mailbox.name, letters(3)));
      await watched.until(({ arrived }) => arrived.length >= 3);
      expect(watched.resets).toHaveLength(1);
      expect(watched.resets[0]).not.toBe(mailbox.uidValidity);
      expect(watched.arrived).toEqual([1, 2, 3]);
      expect(watched.vanished).toEqual([]);
      await second.append(mailbox.name, { content: letter('fourth') });
      await watched.until(({ arrived }) => arrived.includes(4));
    });

    it('begins in a mailbox that is not selected, and in an empty one', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const { tellsArrivalsOnly, uidValidityMoves } = target();
      const held = uidValidityMoves ? 1 : 0;
      const mailbox = await freshMailbox(client, target(), letters(held));
      const other = await freshMailbox(client, target(), letters(1));
      await other.search({});
      const watched = await watching(mailbox);
      await second.append(mailbox.name, { content: letter('first') });
      await watched.until(({ arrived }) => arrived.includes(held + 1));
      if (tellsArrivalsOnly) return;
      await second.open(mailbox.name).then((elsewhere) => elsewhere.deleteMessages(1));
      await watched.until(({ vanished }) => vanished.includes(1));
    });

    it('watches two mailboxes of one client, in turns', async () => {
      // A turn lasts ten seconds: with this clock it passes when the test says so.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        await using logged = await loggedClient(target());
        await using second = await clientOf(target());
        const { client, log } = logged;
        if (!client.capabilities.has('IDLE')) return;
        const first = await freshMailbox(client, target(), letters(1));
        const other = await freshMailbox(client, target(), letters(1));
        const one = await watching(first);
        const two = await watching(other);
        await second.append(first.name, { content: letter('one') });
        await second.append(other.name, { content: letter('two') });
        for (let turn = 0, from = 0; turn < 4 && one.arrived.length + two.arrived.length < 2; turn++) {
          await log.idling(from);
          from = log.entries.length;
          vi.advanceTimersByTime(10_000);
        }
        await one.until(({ arrived }) => arrived.includes(2));
        await two.until(({ arrived }) => arrived.includes(2));
        expect([one.subjects, two.subjects]).toEqual([['one'], ['two']]);
      } finally {
        vi.useRealTimers();
      }
    });

    it('two loops on one mailbox are told the same', async () => {
      await using client = await clientOf(target());
      await using second = await clientOf(target());
      const mailbox = await freshMailbox(client, target(), letters(3));
      const again = await client.open(mailbox.name);
      const [one, two] = [await watching(mailbox), await watching(again)];
      await second.append(mailbox.name, { content: letter('fourth') });
      const removed = !target().tellsArrivalsOnly;
      if (removed) await (await second.open(mailbox.name)).deleteMessages(2);
      for (const watched of [one, two]) {
        await watched.until(({ arrived, vanished }) => arrived.includes(4) && vanished.includes(2) === removed);
      }
      await again.unselect();
      await two.done;
      await second.append(mailbox.name, { content: letter('fifth') });
      await one.until(({ arrived }) => arrived.includes(5));
    });
  });
};

/** Keeps the client's connection in another mailbox while something happens. */
async function whileBusy({ client, log }: Logged, other: Mailbox, work: () => Promise<void>): Promise<void> {
  const gate = gatedStream(letter('busy'));
  const from = log.entries.length;
  const selecting = (entries: LogEntry[]) => matchIn(entries.slice(from), 'out', /^(A\d+) SELECT/)?.[1];
  const searching = other.search({});
  await log.until((entries) => selecting(entries) !== undefined);
  // The APPEND holds back all behind it, and so the mailbox stays selected.
  const appending = client.append(other.name, { content: gate.content });
  await log.until((entries) => matchIn(entries, 'in', new RegExp(`^${selecting(entries)} OK`)) !== undefined);
  await work();
  gate.open();
  await Promise.all([appending, searching]);
}

/** A client's log, to wait for what it tells. */
class Log {
  readonly entries: LogEntry[] = [];
  #wake: () => void = () => {};
  readonly take = (entry: LogEntry) => {
    this.entries.push(entry);
    this.#wake();
  };

  async until(condition: (entries: LogEntry[]) => boolean): Promise<void> {
    while (!condition(this.entries)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Until the server idles, in an IDLE that began after so many entries and goes on. */
  async idling(from = 0): Promise<void> {
    await this.until((entries) => {
      const texts = entries.map(({ direction, text }) => `${direction} ${text}`);
      const begun = texts.findLastIndex((text) => /^out A\d+ IDLE$/.test(text));
      const later = texts.slice(begun);
      return begun >= from && later.some((text) => text.startsWith('in +')) && !later.includes('out DONE');
    });
  }
}

interface Logged {
  client: ImapClient;
  log: Log;
}

async function loggedClient(target: Target): Promise<Logged & AsyncDisposable> {
  const log = new Log();
  const client = await clientOf(target, { log: log.take });
  return { client, log, [Symbol.asyncDispose]: () => client.logout() };
}

function matchIn(entries: LogEntry[], direction: LogEntry['direction'], pattern: RegExp): RegExpExecArray | undefined {
  for (const entry of entries) {
    const match = entry.direction === direction ? pattern.exec(entry.text) : null;
    if (match !== null) return match;
  }
  return undefined;
}
