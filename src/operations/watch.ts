import { fetch } from '../commands/fetch.ts';
import { Idle, type Idler } from '../commands/idle.ts';
import { noop } from '../commands/noop.ts';
import { selection } from '../commands/selection.ts';
import { weightOf } from '../commands/told-flags.ts';
import { CommandError, type ImapError } from '../errors.ts';
import type { Endings, MailboxHandle } from '../mailbox-handle.ts';
import { Cancellation, onAbort } from '../session/abort.ts';
import { Backlog, type Source } from '../session/backlog.ts';
import type { Command } from '../session/command.ts';
import type { Listener } from '../session/events.ts';
import type { Abortable } from '../session/lasting-command.ts';
import type { MailboxEvents } from '../session/mailbox-state.ts';
import { type FetchedMessage, type FetchItems, fetchRequest } from '../syntax/fetch-items.ts';
import { LARGEST_UINT32, LONGEST_TIMER } from '../wire/limits.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { UidSet } from '../wire/uid-set.ts';
import { renewal, type Sleeper } from './alarm.ts';
import { KnownUids } from './known-uids.ts';
import { mapUids, runWhole } from './message-limit.ts';
import { type ArrivedMessage, checkWatchOptions, type MailboxEvent, type WatchOptions } from './watch-options.ts';

/** After an IDLE that the server ended by itself, ms. */
const IDLE_PAUSE = 1000;
/** How often what EXISTS has told of is looked for once more. */
const MOST_LOOKS = 2;
/** So often it looks and idles without a pause and without having told anything: a server can always tell of another count. */
const MOST_ROUNDS = 20;
/** What an event is taken to weigh while its consumer does not read. */
const EVENT_WEIGHT = 200;

/** See Mailbox.watch. */
export function watch<I extends FetchItems>(
  handle: MailboxHandle,
  options: WatchOptions<I>,
): AsyncIterable<MailboxEvent<I>> {
  return new Watcher(handle, options).backlog;
}

/** Its methods are its listeners: a process may have a thousand watches. */
class Watcher<I extends FetchItems> implements Source, Idler, Sleeper, Listener<MailboxEvents>, Listener<Endings> {
  readonly backlog: Backlog<MailboxEvent<I>>;
  readonly #handle: MailboxHandle;
  readonly #options: WatchOptions<I>;
  /** It has begun, and is not left. */
  #goesOn = false;
  /** Ends the commands under way when the watch is left; while it idles there are none. */
  #leaving: Cancellation | undefined;
  #releaseSignal: (() => void) | undefined;
  /** What the consumer knows of. */
  #known = new KnownUids();
  /** The last message that its first search found, until that is compared with what is there: who searched behind it has found the same. */
  #searched = 0;
  /** What arrived and is still being fetched: it can go or change before it is told. */
  #arriving: Map<number, ArrivedMessage<I>> | undefined;
  #uidValidity: number;
  #selection = -1;
  #modseq: bigint | undefined;
  /** What waits for something to happen. */
  #waiting: Abortable | undefined;
  #news = false;
  /** How often it may still be looked for what EXISTS told of last. */
  #looks = 0;
  /** See MOST_ROUNDS. */
  #rounds = 0;

  constructor(handle: MailboxHandle, options: WatchOptions<I>) {
    this.#handle = handle;
    this.#options = options;
    this.#uidValidity = handle.uidValidity;
    this.backlog = new Backlog(handle.session.flow, this);
  }

  begin(): void {
    try {
      checkWatchOptions(this.#options, this.#handle.session.state.capabilities);
      this.#handle.requireOpen('watch');
    } catch (error) {
      this.backlog.end({ error });
      return;
    }
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.backlog.end();
      return;
    }
    this.#goesOn = true;
    if (signal !== undefined) this.#releaseSignal = onAbort(signal, () => void this.backlog.return());
    this.#handle.onEnd(this);
    const { mailbox } = this.#handle;
    mailbox.track();
    mailbox.listeners.add(this);
    this.backlog.own = 0;
    this.#goOn(this.#run(true));
  }

  #goOn(work: Promise<void>): void {
    work.catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const wanted = this.#goesOn;
    this.left();
    this.backlog.end(wanted ? { error } : undefined);
  }

  left(): void {
    if (!this.#goesOn) return;
    this.#goesOn = false;
    this.#releaseSignal?.();
    this.#handle.offEnd(this);
    const { mailbox } = this.#handle;
    mailbox.untrack();
    mailbox.listeners.remove(this);
    this.#leaving?.abort();
    this.wake();
  }

  /** The handle or the client is closed, or the caller's signal ends the watch. */
  end(): void {
    this.left();
    this.backlog.end();
  }

  exists(): void {
    this.#news = true;
    this.#looks = MOST_LOOKS;
    this.wake();
  }

  expunge({ uid }: MailboxEvents['expunge']): void {
    if (uid === undefined) return;
    this.#arriving?.delete(uid);
    const known = this.#isKnown(uid);
    this.#known.delete(uid);
    if (known) this.#push({ type: 'vanished', uids: UidSet.from(uid) });
  }

  #isKnown(uid: number): boolean {
    return !this.#isReplaced && (this.#known.has(uid) || uid <= this.#searched);
  }

  /** The mailbox is another one under the same name, which is not told yet: its UIDs mean other messages. */
  get #isReplaced(): boolean {
    return this.#handle.mailbox.uidValidity !== this.#uidValidity;
  }

  flags({ uid, flags, modseq }: MailboxEvents['flags']): void {
    if (uid === undefined) return;
    const arriving = this.#arriving?.get(uid);
    if (arriving !== undefined) Object.assign(arriving, { flags });
    if (!this.#isKnown(uid)) return;
    // The answer to a STORE that changed nothing is no event: who answers each with a STORE would never come to an end.
    this.#known.keepFlags();
    if (!this.#known.setFlags(uid, flags)) return;
    this.#push({ type: 'flags', uid, flags, ...(modseq === undefined ? {} : { modseq }) }, weightOf(flags));
  }

  /**
   * Tells all that there is to tell, has the server idle, and returns: were IDLE awaited here, this call would be kept
   * in memory for as long as the mailbox is quiet.
   */
  async #run(first: boolean, refused = false): Promise<void> {
    const { session, mailbox } = this.#handle;
    let polls = refused;
    this.#leaving = new Cancellation();
    if (first) await this.#resume(true);
    while (this.#goesOn) {
      if (this.#rounds++ === MOST_ROUNDS) {
        await this.#pause(IDLE_PAUSE);
        continue;
      }
      this.#news = false;
      if (this.#selection !== mailbox.selections) {
        await this.#resume(false);
        continue;
      }
      const found = await this.#fetchArrived();
      if (this.#news || !this.#goesOn) continue;
      // Tolerance: some servers tell of a message before they can find it (MailKit #1431).
      if (!found && this.#looks-- > 0) {
        await this.#pause(IDLE_PAUSE);
        if (this.#goesOn) await this.#ask(noop());
        continue;
      }
      if (!polls && session.state.capabilities.has('IDLE')) {
        this.#leaving = undefined;
        this.#waiting = session.start(new Idle(this), { mailbox, background: true });
        renewal.set(this);
        return;
      }
      await this.#pause(Math.min(this.#options.pollInterval ?? 60_000, LONGEST_TIMER));
      if (this.#goesOn) await this.#ask(noop());
      // Tolerance: IDLE is offered and refused, by a proxy that knows less than the server, or "at this time" (RFC 2177 §3).
      polls = false;
    }
  }

  /** The server idles: on a selection that nobody has compared yet, perhaps. */
  begun(): void {
    if (this.#selection !== this.#handle.mailbox.selections) this.exists();
  }

  closed(): void {
    this.wake();
  }

  /** IDLE is over. */
  done(outcome: { value: boolean } | { error: unknown }): void {
    const woken = this.#waiting === undefined;
    this.#waiting = undefined;
    renewal.clear(this);
    if ('value' in outcome) this.#goOn(this.#afterIdle(outcome.value));
    else if (woken) this.#goOn(this.#run(false));
    else if (isRefused(outcome.error)) this.#goOn(this.#run(false, true));
    else this.#fail(outcome.error);
  }

  /** A server that ends every IDLE at once is not asked again without a breath. */
  async #afterIdle(endedHere: boolean): Promise<void> {
    if (!endedHere && !this.#news && this.#goesOn) await this.#pause(IDLE_PAUSE);
    await this.#run(false);
  }

  /** The mailbox was selected anew, by this watcher or after another was: what is there now is compared with what was. */
  async #resume(first: boolean): Promise<void> {
    const { session, mailbox } = this.#handle;
    const uidValidity = this.#uidValidity;
    const searched = (found: readonly number[], last: number) => {
      // What a mailbox holds that is another one by now is told as arrived.
      if (this.#uidValidity !== uidValidity) return;
      this.#searched = last;
      this.#known = KnownUids.sharing(this.#sharedList(last) ?? found);
    };
    const map = () => mapUids((command) => this.#ask(command), session.state, mailbox, first ? searched : undefined);
    // Asked together at first: a search that is called for behind the watch finds all that the watch takes as known.
    const selected = this.#select(first);
    if (!first) await selected;
    const [told] = await Promise.all([map(), selected]);
    const since = this.#modseq;
    mailbox.uids?.trim();
    this.#modseq = session.state.capabilities.has('CONDSTORE') ? mailbox.highestModseq : undefined;
    // Selected anew between its commands, or made anew for another watch, the map has a part alone, or nothing; what has gone of
    // the rest the next comparison tells.
    const whole = this.#selection === mailbox.selections && mailbox.mapped;
    this.#compare(UidSet.from(whole ? (mailbox.uids ?? []) : told));
    await this.#compareFlags(first, since);
  }

  /** The map's own list, where it has no more than the search behind the watch can find: a thousand watches have one. */
  #sharedList(last: number): readonly number[] | undefined {
    const { mapped, uids } = this.#handle.mailbox;
    if (!mapped || (uids?.last ?? 0) > last) return undefined;
    uids?.trim();
    return uids?.share();
  }

  /** What is there now, with what is known. */
  #compare(now: UidSet): void {
    const known = this.#known;
    const gone: number[] = [];
    for (const uid of known) if (!now.has(uid)) gone.push(uid);
    for (const uid of gone) this.expunge({ uid });
    if (this.#searched === 0) return;
    // What its first search has left out is found by one behind it; but what came behind the search is news.
    if (known.size < now.size) known.add([...now].filter((uid) => uid <= this.#searched && !known.has(uid)));
    this.#searched = 0;
  }

  async #select(first: boolean): Promise<void> {
    const { session, mailbox } = this.#handle;
    if (!first || session.state.selected !== mailbox) {
      await session.run(selection(), { mailbox, signal: this.#leaving, background: !first });
    }
    this.#selection = mailbox.selections;
    if (this.#isReplaced) this.#reset();
  }

  #reset(): void {
    const { mailbox } = this.#handle;
    this.#uidValidity = mailbox.uidValidity;
    this.#known = new KnownUids();
    this.#searched = 0;
    this.#modseq = undefined;
    this.#push({ type: 'reset', uidValidity: mailbox.uidValidity });
  }

  /** Flags that changed while another mailbox was selected. */
  async #compareFlags(first: boolean, since: bigint | undefined): Promise<void> {
    const { exists } = this.#handle.mailbox;
    if (since !== undefined && this.#modseq !== undefined) {
      // Lower than before, they have begun anew (Dovecot that lost an index): all flags may be others.
      const changedSince = since > this.#modseq ? undefined : since;
      if (!first && exists > 0)
        await this.#fetch('1:*', { flags: true }, ({ uid, flags }) => this.flags({ uid, flags }), changedSince);
      return;
    }
    // The next time it is asked what changed since this mod-sequence.
    if (this.#modseq !== undefined) return;
    // Of what comes into an empty mailbox, too.
    this.#known.keepFlags();
    if (exists === 0) return;
    await this.#fetch('1:*', { flags: true }, ({ uid, flags }) => {
      if (this.#known.flags(uid) === undefined) this.#known.setFlags(uid, flags);
      else this.flags({ uid, flags });
    });
  }

  /** Messages beyond the last that is known. False: there is one by its number, and none came. */
  async #fetchArrived(): Promise<boolean> {
    const { mailbox, session } = this.#handle;
    const { length = 0, last: lastMapped = 0 } = mailbox.uids ?? {};
    const last = this.#known.highest;
    if (last === LARGEST_UINT32) return true;
    // The map may have places too many: what VANISHED names can be one whose number is not known.
    if (Math.min(length, this.#known.size) >= mailbox.exists && lastMapped <= last) return true;
    const arriving = new Map<number, ArrivedMessage<I>>();
    this.#arriving = arriving;
    const items = { ...this.#options.fetch, flags: true } as I & { flags: true }; // a spread loses the generic type
    let weight = 0;
    const tell = () => {
      this.#tellArrived(arriving, weight);
      weight = 0;
    };
    await this.#fetch(`${last + 1}:*`, items, (message, bytes) => {
      weight += EVENT_WEIGHT + bytes;
      // The same: the compiler does not see it as long as I is open.
      arriving.set(message.uid, message as unknown as ArrivedMessage<I>); // as the line above says
      // The consumer's to keep, and to be waited for.
      if (weight >= session.flow.limit) tell();
    });
    this.#arriving = undefined;
    tell();
    return this.#known.size >= mailbox.exists || this.#known.highest > last;
  }

  #tellArrived(arriving: Map<number, ArrivedMessage<I>>, weight: number): void {
    const messages = [...arriving.values()].sort((a, b) => a.uid - b.uid);
    arriving.clear();
    if (messages.length === 0 || this.#isReplaced) return;
    this.#known.add(messages.map(({ uid }) => uid));
    // The next comparison finds all of it changed since the last one.
    this.#known.keepFlags();
    for (const message of messages) {
      const { flags } = message as unknown as { flags: ReadonlySet<string> }; // they were asked for, whatever I is
      this.#known.setFlags(message.uid, flags);
    }
    this.#push({ type: 'arrived', messages }, weight);
  }

  async #fetch<J extends FetchItems>(
    set: string,
    items: J,
    deliver: (message: FetchedMessage<J>, bytes: number) => void,
    changedSince?: bigint,
  ): Promise<void> {
    const { session, mailbox } = this.#handle;
    // BINARY is decoded here: a message that the server can't decode would end the watch.
    const request = fetchRequest(items, session.state.capabilities, true);
    const command = (one: MessageSet) => fetch<J>(mailbox, one, request, deliver, { changedSince });
    await runWhole((one) => this.#ask(one), session.state, set, command);
  }

  /** Runs a command that waits for the watch's own consumer where that is slow. */
  async #ask<Result>(command: Command<Result>): Promise<Result> {
    const { session, mailbox } = this.#handle;
    this.backlog.own = 1;
    try {
      return await session.run(command, { mailbox, signal: this.#leaving });
    } finally {
      this.backlog.own = 0;
    }
  }

  /** Ends what waits for something to happen. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.abort();
  }

  /**
   * Waits, for so many ms at most. News end it, and so does a selection, which may bring some. Throws the error that
   * ends the connection meanwhile: nothing else would tell of it.
   */
  async #pause(milliseconds: number): Promise<void> {
    const { session, mailbox } = this.#handle;
    this.#rounds = 0;
    // The connection ended with the last answer: whatever comes next is told why.
    if (session.closed) return;
    const pause = new Cancellation();
    this.#waiting = pause;
    const timer = setTimeout(() => this.wake(), milliseconds);
    let lost: ImapError | undefined;
    const release = session.listeners.on('close', ({ error }) => {
      lost = error;
      this.wake();
    });
    const forget = mailbox.onSelect(() => this.wake());
    await new Promise<void>((resolve) => onAbort(pause, resolve));
    release();
    forget();
    clearTimeout(timer);
    if (lost !== undefined) throw lost;
  }

  #push(event: MailboxEvent<I>, weight = EVENT_WEIGHT): void {
    this.#rounds = 0;
    this.backlog.push(event, weight);
  }
}

/** IDLE itself, and not the SELECT that it needed. */
function isRefused(error: unknown): boolean {
  return error instanceof CommandError && error.command === 'IDLE';
}
