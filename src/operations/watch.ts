import { fetch } from '../commands/fetch.ts';
import { idle } from '../commands/idle.ts';
import { noop } from '../commands/noop.ts';
import { selection } from '../commands/selection.ts';
import { shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { Cancellation, onAbort } from '../session/abort.ts';
import { Backlog } from '../session/backlog.ts';
import type { Command } from '../session/command.ts';
import { readRunOptions } from '../session/operation.ts';
import type { MailboxEvents } from '../session/state.ts';
import { type FetchedMessage, type FetchItems, fetchRequest } from '../syntax/fetch-items.ts';
import { type MessageSet, UidSet } from '../wire/sequence-set.ts';
import { KnownUids } from './known-uids.ts';
import { mapUids, runWhole } from './message-limit.ts';

/** A message that arrived: its flags, and what the watch was told to fetch. */
export type ArrivedMessage<I extends FetchItems> = FetchedMessage<I & { flags: true }>;

/** What happened in a mailbox, by UID. */
export type MailboxEvent<I extends FetchItems = Record<never, never>> =
  | { type: 'arrived'; messages: ArrivedMessage<I>[] }
  | { type: 'vanished'; uids: UidSet }
  | { type: 'flags'; uid: number; flags: ReadonlySet<string>; modseq?: bigint }
  /** The mailbox is another one under the same name: all UIDs held are void. What it holds is then reported as arrived. */
  | { type: 'reset'; uidValidity: number };

export interface WatchOptions<I extends FetchItems> {
  /** Ends the iteration. */
  signal?: AbortSignal;
  /** Fetched of every message that arrives, beside its flags. */
  fetch?: I;
  /** How often a server without IDLE is asked, ms. Default 60_000. */
  pollInterval?: number;
}

/** IDLE is begun anew after this many ms: servers may log out after 29 minutes (RFC 2177 §3), NATs forget sooner. */
const IDLE_RENEWAL = 9 * 60_000;
/** After an IDLE that the server ended by itself, ms. */
const IDLE_PAUSE = 1000;
/** What an event is taken to weigh while its consumer does not read. */
const EVENT_WEIGHT = 200;

/** See Mailbox.watch. */
export function watch<I extends FetchItems>(
  handle: MailboxHandle,
  options: WatchOptions<I>,
): AsyncIterable<MailboxEvent<I>> {
  const watcher: Watcher<I> = new Watcher(handle, options, () => backlog);
  const backlog: Backlog<MailboxEvent<I>> = new Backlog(
    handle.session.flow,
    () => watcher.begin(),
    () => watcher.stop(),
  );
  return backlog;
}

/** Timers hold no more, ms. */
const LONGEST_TIMER = 0x7fffffff;

function checkOptions(options: WatchOptions<FetchItems>): void {
  if (typeof options !== 'object' || options === null) throw new UsageError('watch: the options are an object');
  readRunOptions('watch', { signal: options.signal });
  const { pollInterval = 0 } = options;
  if (typeof pollInterval !== 'number' || !(pollInterval >= 0))
    throw new UsageError(`watch: pollInterval is no number of milliseconds: ${shown(pollInterval)}`);
}

class Watcher<I extends FetchItems> {
  readonly #handle: MailboxHandle;
  readonly #options: WatchOptions<I>;
  readonly #backlog: () => Backlog<MailboxEvent<I>>;
  readonly #stopped = new Cancellation();
  readonly #releases: (() => void)[] = [];
  /** The UIDs that the consumer knows of. */
  #known = new KnownUids();
  /** Flags by UID, where the server has no mod-sequences to ask by. */
  #flags: Map<number, ReadonlySet<string>> | undefined;
  #uidValidity: number;
  #selection = -1;
  #modseq: bigint | undefined;
  #wake: (() => void) | undefined;
  #news = false;

  constructor(handle: MailboxHandle, options: WatchOptions<I>, backlog: () => Backlog<MailboxEvent<I>>) {
    this.#handle = handle;
    this.#options = options;
    this.#backlog = backlog;
    this.#uidValidity = handle.uidValidity;
  }

  begin(): void {
    try {
      checkOptions(this.#options);
      this.#handle.requireOpen('watch');
    } catch (error) {
      this.#backlog().end({ error });
      return;
    }
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.#backlog().end();
      return;
    }
    const stop = () => {
      this.stop();
      this.#backlog().end();
    };
    if (signal !== undefined) this.#releases.push(onAbort(signal, stop));
    this.#releases.push(this.#handle.onEnd(stop));
    const { mailbox } = this.#handle;
    this.#releases.push(
      mailbox.track(),
      mailbox.listeners.on('exists', () => this.#noteNews()),
      mailbox.listeners.on('expunge', ({ uid }) => this.#tellVanished(uid)),
      mailbox.listeners.on('flags', (event) => this.#tellFlags(event)),
    );
    this.#backlog().own = 0;
    this.#run().catch((error) => {
      const stopped = this.#stopped.aborted;
      this.stop();
      this.#backlog().end(stopped ? undefined : { error });
    });
  }

  stop(): void {
    for (const release of this.#releases.splice(0)) release();
    this.#stopped.abort();
    this.#wake?.();
  }

  async #run(): Promise<void> {
    await this.#resume(true);
    while (!this.#stopped.aborted) {
      this.#news = false;
      if (this.#selection !== this.#handle.mailbox.selections) await this.#resume(false);
      await this.#fetchArrived();
      if (!this.#news && !this.#stopped.aborted) await this.#wait();
    }
  }

  /** The mailbox was selected anew, by this watcher or after another was: what is there now is compared with what was. */
  async #resume(first: boolean): Promise<void> {
    const { session, mailbox } = this.#handle;
    const signal = this.#stopped;
    if (!first || session.state.selected !== mailbox) {
      await session.run(selection(), { mailbox, signal, background: !first });
    }
    this.#selection = mailbox.selections;
    const before = this.#known;
    if (mailbox.uidValidity !== this.#uidValidity) this.#reset();
    const since = this.#modseq;
    await mapUids((command) => this.#ask(command), session.state, mailbox);
    this.#modseq = mailbox.highestModseq;
    const now = UidSet.from(mailbox.uids ?? []);
    if (first) {
      for (const uid of now) this.#known.add(uid);
    } else {
      const gone = [...before].filter((uid) => !now.has(uid));
      for (const uid of gone) this.#tellVanished(uid);
    }
    if (mailbox.exists > 0) await this.#compareFlags(first, since);
  }

  #reset(): void {
    const { mailbox } = this.#handle;
    this.#uidValidity = mailbox.uidValidity;
    this.#known = new KnownUids();
    this.#flags = undefined;
    this.#modseq = undefined;
    this.#push({ type: 'reset', uidValidity: mailbox.uidValidity });
  }

  /** Flags that changed while another mailbox was selected. */
  async #compareFlags(first: boolean, since: bigint | undefined): Promise<void> {
    if (since !== undefined) {
      if (!first) await this.#fetch('1:*', { flags: true }, ({ uid, flags }) => this.#tellFlags({ uid, flags }), since);
      return;
    }
    if (this.#handle.session.state.capabilities.has('CONDSTORE') && this.#handle.mailbox.highestModseq !== undefined)
      return;
    const known = this.#flags;
    const flagsNow = new Map<number, ReadonlySet<string>>();
    await this.#fetch('1:*', { flags: true }, ({ uid, flags }) => flagsNow.set(uid, flags));
    this.#flags = flagsNow;
    for (const [uid, flags] of flagsNow) {
      const before = known?.get(uid);
      if (before !== undefined && !sameFlags(before, flags)) this.#tellFlags({ uid, flags });
    }
  }

  /** Messages beyond the last that is known. */
  async #fetchArrived(): Promise<void> {
    const { mailbox } = this.#handle;
    const { length = 0, last: lastMapped = 0 } = mailbox.uids ?? {};
    const last = this.#known.highest;
    if (length >= mailbox.exists && lastMapped <= last) return;
    const fetched: ArrivedMessage<I>[] = [];
    const items = { ...this.#options.fetch, flags: true } as I & { flags: true }; // a spread loses the generic type
    let weight = 0;
    await this.#fetch(`${last + 1}:*`, items, (message, bytes) => {
      weight += EVENT_WEIGHT + bytes;
      // The compiler does not see that these two are the same as long as I is open.
      fetched.push(message as unknown as ArrivedMessage<I>); // see above
    });
    // `*` names the last message, even where it is no new one.
    const messages = fetched.sort((a, b) => a.uid - b.uid).filter(({ uid }) => this.#known.add(uid));
    for (const message of messages) {
      // The flags were asked for, whatever I is: the compiler does not follow that through the spread.
      this.#flags?.set(message.uid, (message as unknown as { flags: ReadonlySet<string> }).flags);
    }
    if (messages.length > 0) this.#push({ type: 'arrived', messages }, weight);
  }

  async #fetch<J extends FetchItems>(
    set: string,
    items: J,
    deliver: (message: FetchedMessage<J>, bytes: number) => void,
    changedSince?: bigint,
  ): Promise<void> {
    const { session, mailbox } = this.#handle;
    const request = fetchRequest(items, session.state.capabilities);
    const command = (one: MessageSet) => fetch<J>(mailbox, one, request, deliver, { changedSince });
    await runWhole((one) => this.#ask(one), session.state, set, command);
  }

  /** Runs a command that waits for the watch's own consumer where that is slow. */
  async #ask<Result>(command: Command<Result>): Promise<Result> {
    const { session, mailbox } = this.#handle;
    const backlog = this.#backlog();
    backlog.own = 1;
    try {
      return await session.run(command, { mailbox, signal: this.#stopped });
    } finally {
      backlog.own = 0;
    }
  }

  /** Until something happens: IDLE as long as nobody else needs the connection, else NOOP now and then. */
  async #wait(): Promise<void> {
    const { session, mailbox } = this.#handle;
    const signal = this.#stopped;
    if (!session.state.capabilities.has('IDLE')) {
      await this.#pause(Math.min(this.#options.pollInterval ?? 60_000, LONGEST_TIMER));
      if (!signal.aborted) await this.#ask(noop());
      return;
    }
    const round = new Cancellation();
    const end = () => round.abort();
    const renewal = setTimeout(end, IDLE_RENEWAL);
    this.#wake = end;
    let endedHere = true;
    try {
      endedHere = await session.run(
        idle(() => this.#checkSelection()),
        { mailbox, signal: round, background: true },
      );
    } catch (error) {
      if (!round.aborted) throw error;
    } finally {
      clearTimeout(renewal);
      this.#wake = undefined;
    }
    // A server that ends every IDLE at once is not asked again without a breath.
    if (!endedHere && !this.#news && !signal.aborted) await this.#pause(IDLE_PAUSE);
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** IDLE began on a selection that nobody has compared yet. */
  #checkSelection(): void {
    if (this.#selection !== this.#handle.mailbox.selections) this.#noteNews();
  }

  #noteNews(): void {
    this.#news = true;
    this.#wake?.();
  }

  #tellVanished(uid: number | undefined): void {
    if (uid === undefined || !this.#known.delete(uid)) return;
    this.#flags?.delete(uid);
    this.#push({ type: 'vanished', uids: UidSet.from(uid) });
  }

  #tellFlags({ uid, flags, modseq }: MailboxEvents['flags']): void {
    if (uid === undefined || !this.#known.has(uid)) return;
    this.#flags?.set(uid, flags);
    this.#push({ type: 'flags', uid, flags, ...(modseq === undefined ? {} : { modseq }) });
  }

  #push(event: MailboxEvent<I>, weight = EVENT_WEIGHT): void {
    this.#backlog().push(event, weight);
  }
}

function sameFlags(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const flag of a) if (!b.has(flag)) return false;
  return true;
}
