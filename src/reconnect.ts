import { isBusy, isFinal } from './busy.ts';
import { comparator } from './commands/comparator.ts';
import { language } from './commands/language.ts';
import { ConnectionError, ImapError, messageOf } from './errors.ts';
import { selectAgain } from './operations/select-again.ts';
import { Cancellation, onAbort } from './session/abort.ts';
import { bounded } from './session/bounded.ts';
import type { Command } from './session/command.ts';
import { Listeners } from './session/events.ts';
import type { Flow } from './session/flow.ts';
import type { Abortable, LastingCommand, LastingOptions } from './session/lasting-command.ts';
import type { ClientEvents, Link } from './session/link.ts';
import type { MailboxState } from './session/mailbox-state.ts';
import { type RunOptions, readRunOptions } from './session/operation.ts';
import { closedError, perhapsExecuted } from './session/outcome.ts';
import type { Session } from './session/session.ts';
import type { ConnectionState } from './session/state.ts';
import { limitTime } from './session/time-limit.ts';
import { unlessRefused } from './sign-in.ts';

/** How a lost connection is replaced. */
export interface ReconnectOptions {
  /** So many attempts in a row may fail before the client is closed. Default 10. */
  attempts?: number | undefined;
  /**
   * How long the first attempt waits, ms. Each one that fails doubles it, and so does a connection that is lost before it has
   * lasted as long as it was waited for. The actual delay is a random one, from half of it. Default 500.
   */
  minDelay?: number | undefined;
  /** The longest delay, ms, unless the server asks for more. Default 60_000. */
  maxDelay?: number | undefined;
}
/** The same, with the defaults in the place of what was left out. */
export type ReconnectSettings = Record<keyof ReconnectOptions, number>;

/** A command that brings nothing is repeated so often: it may be what ends the connection. */
const MOST_REPEATS = 10;
/** A server that is busy is left alone for as long as after so many failed attempts more. */
const BUSY_STEPS = 3;
/** No server can ask for more, ms. */
const LONGEST_BACKOFF = 15 * 60_000;
const SUGGESTED = /backoff time: *(\d{1,9}) *milliseconds/i;

/** What one operation is run with, over however many connections. */
interface Request {
  options: RunOptions;
  /** How often it was repeated in vain. */
  repeats: number;
}

/** An operation that waits for the next connection. */
interface Waiter {
  mailbox: MailboxState | undefined;
  go(): void;
  fail(reason: unknown): void;
}

/**
 * A link that replaces its session when the connection is lost. What had not begun waits for the next connection, what is
 * safe to execute twice is repeated there, and the rest rejects.
 */
export class ReconnectingLink implements Link {
  readonly listeners = new Listeners<ClientEvents>();
  readonly #options: ReconnectSettings;
  readonly #open: (signal: AbortSignal, enabled: ReadonlySet<string>) => Promise<Session>;
  readonly #waiting = new Set<Waiter>();
  #session: Session;
  /** Ends the search for a new connection, while there is none. */
  #search: AbortController | undefined;
  #failure: ImapError | undefined;
  #ending = false;
  /** By how many steps the delay has grown. */
  #steps = 0;
  /** The delay before this connection, and when it began. */
  #delay = 0;
  #since = performance.now();
  /** Moved on the connections before this one. */
  #past = { sent: 0, received: 0 };

  /** `open` enables what was enabled on the connection before. */
  constructor(
    session: Session,
    options: ReconnectSettings,
    open: (signal: AbortSignal, enabled: ReadonlySet<string>) => Promise<Session>,
  ) {
    this.#session = session;
    this.#options = options;
    this.#open = open;
    this.#follow(session);
  }

  get state(): ConnectionState {
    return this.#session.state;
  }

  get flow(): Flow {
    return this.#session.flow;
  }

  get phase() {
    return this.#search === undefined ? this.#session.phase : 'connect';
  }

  get bytes(): { sent: number; received: number } {
    const { sent, received } = this.#session.bytes;
    return { sent: this.#past.sent + sent, received: this.#past.received + received };
  }

  get closed(): boolean {
    return this.#failure !== undefined;
  }

  get reconnecting(): boolean {
    return this.#search !== undefined;
  }

  run<Result>(command: Command<Result>, options: RunOptions = {}): Promise<Result> {
    let own: RunOptions;
    try {
      own = bounded(readRunOptions(command.name, options));
    } catch (error) {
      command.discard?.();
      return Promise.reject(error);
    }
    own.numbering ??= own.mailbox?.numberings;
    return this.#try(command, { options: own, repeats: 0 });
  }

  start<Result>(command: LastingCommand<Result>, options: LastingOptions): Abortable {
    const cancellation = new Cancellation();
    this.run(command, { ...options, signal: cancellation }).then(
      (value) => command.done({ value }),
      (error) => command.done({ error }),
    );
    return cancellation;
  }

  tellAlerts(): void {
    // It is this link that listens to the session.
    if (this.listeners.has('alert')) this.#session.tellAlerts();
  }

  note(text: string): void {
    this.#session.note(text);
  }

  refuseForUser(error: (name: string) => ImapError): void {
    this.#session.refuseForUser(error);
  }

  end(): void {
    this.#ending = true;
    this.#session.end();
  }

  fail(error: ImapError): void {
    if (this.#failure !== undefined) return;
    if (this.#search === undefined) {
      this.#ending = true;
      this.#session.fail(error);
    } else {
      this.#close(error);
    }
  }

  // ── Operations ─────────────────────────────────────────────────────────────────────────────────────────────────

  #try<Result>(command: Command<Result>, request: Request): Promise<Result> {
    if (this.#failure !== undefined) {
      command.discard?.();
      return Promise.reject(closedError(command.name, this.#failure, 'connect'));
    }
    if (this.#search !== undefined) return this.#wait(command, request);
    const session = this.#session;
    let started = false;
    const watched = {
      ...request.options,
      mayRunAgain: true,
      started: () => {
        started = true;
        request.options.started?.();
      },
    };
    return session.run(command, watched).catch((error) => {
      const lost = session.closed && (error instanceof ConnectionError || error === session.failure);
      if (!lost || this.#ending) {
        if (!started) command.discard?.();
        throw error;
      }
      if (!started) {
        // The SELECT that it waits for may be what ends the connection. Once more than what has begun: that rather is.
        if (request.repeats <= MOST_REPEATS) return this.#try(command, { ...request, repeats: request.repeats + 1 });
        command.discard?.();
        throw error;
      }
      // A response that could not be read would come again.
      const rest = error instanceof ConnectionError ? command.repeat?.() : undefined;
      const repeats = command.delivered?.() ? 0 : request.repeats + 1;
      if (rest === undefined || repeats > MOST_REPEATS) throw error;
      const repeated = this.#try(rest, { ...request, repeats });
      if (!(error instanceof ConnectionError && error.maybeExecuted)) return repeated;
      // The first time may have done it, whatever becomes of this one.
      return repeated.catch((failure) => {
        throw perhapsExecuted(failure);
      });
    });
  }

  #wait<Result>(command: Command<Result>, request: Request): Promise<Result> {
    const { signal, mailbox } = request.options;
    return new Promise((resolve, reject) => {
      const refuse = (error: unknown) => {
        command.discard?.();
        reject(error);
      };
      if (signal?.aborted) return refuse(signal.reason);
      const leave = () => {
        this.#waiting.delete(waiter);
        release?.();
      };
      const waiter: Waiter = {
        mailbox,
        go: () => {
          leave();
          this.#try(command, request).then(resolve, reject);
        },
        fail: (reason) => {
          leave();
          refuse(reason instanceof ImapError ? closedError(command.name, reason, 'connect') : reason);
        },
      };
      const release = limitTime(command.name, request.options, (reason) => {
        leave();
        refuse(reason);
      });
      this.#waiting.add(waiter);
    });
  }

  // ── Connections ────────────────────────────────────────────────────────────────────────────────────────────────

  #follow(session: Session): void {
    session.listeners.on('alert', (alert) => this.listeners.emit('alert', alert));
    session.listeners.on('unknown', (response) => this.listeners.emit('unknown', response));
    session.listeners.on('close', ({ error }) => this.#lost(error));
  }

  #lost(error: ImapError | undefined): void {
    const { state } = this.#session;
    const { selected } = state;
    state.selected = undefined;
    if (error === undefined || this.#ending) {
      this.#close(error ?? this.#session.failure ?? new ImapError('CLOSED', 'The connection was closed'));
      return;
    }
    // A connection that did not last as long as the wait for it was no good one.
    if (performance.now() - this.#since >= this.#delay) this.#steps = 0;
    const search = new AbortController();
    this.#search = search;
    this.#reconnect(error, selected, search.signal).catch((failure) => this.#giveUp(failure));
  }

  async #reconnect(lost: ImapError, selected: MailboxState | undefined, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    let error: unknown = lost;
    for (let attempts = 1; ; attempts++) {
      this.#delay = this.#nextDelay(error);
      this.note(`No connection: ${messageOf(error)}. Attempt ${attempts} in ${Math.round(this.#delay)} ms`);
      await pause(this.#delay, signal);
      if (signal.aborted) return;
      try {
        await this.#next(signal, (session) => {
          this.#take(session, selected);
          // Who was told an alert may have closed it.
          if (!this.closed) this.listeners.emit('reconnected', { attempts, downtime: performance.now() - began });
        });
        return;
      } catch (failure) {
        if (signal.aborted) return;
        if (isFinal(failure) || attempts >= this.#options.attempts) throw failure;
        error = failure;
      }
    }
  }

  #nextDelay(error: unknown): number {
    const { minDelay, maxDelay } = this.#options;
    if (isBusy(error)) this.#steps += BUSY_STEPS;
    const delay = Math.min(maxDelay, minDelay * 2 ** this.#steps++);
    const suggested = Math.min(LONGEST_BACKOFF, Number(SUGGESTED.exec(messageOf(error))?.[1] ?? 0));
    return Math.max(suggested, (delay * (1 + Math.random())) / 2);
  }

  /** A connection on which is enabled and chosen what was on the one before. */
  async #next(signal: AbortSignal, take: (session: Session) => void): Promise<void> {
    const session = await this.#open(signal, this.state.enabled);
    try {
      for (const command of chosenBefore(this.state, session.state)) {
        await unlessRefused(session, command, { signal });
      }
      signal.throwIfAborted();
      // Until it is taken it tells nobody that it ended: nothing is waited for in between.
      if (session.failure !== undefined) throw session.failure;
      take(session);
    } catch (error) {
      session.fail(new ConnectionError('CLOSED', 'The connection was given up', { phase: 'connect', cause: error }));
      throw error;
    }
  }

  #take(session: Session, selected: MailboxState | undefined): void {
    this.#past = this.bytes;
    session.succeed(this.#session);
    this.#session = session;
    this.#since = performance.now();
    this.#search = undefined;
    this.#follow(session);
    this.tellAlerts();
    const waiting = [...this.#waiting];
    for (const waiter of waiting) waiter.go();
    if (selected !== undefined && !waiting.some(({ mailbox }) => mailbox !== undefined)) selectAgain(this, selected);
  }

  #giveUp(error: unknown): void {
    const message = `There is no connection any more: ${messageOf(error)}`;
    this.#close(
      error instanceof ImapError
        ? error
        : new ConnectionError('RECONNECT_FAILED', message, { phase: 'connect', cause: error }),
    );
  }

  #close(error: ImapError): void {
    this.#failure = error;
    this.#search?.abort(error);
    this.#search = undefined;
    for (const waiter of [...this.#waiting]) waiter.fail(error);
    this.listeners.emit('close', error.code === 'CLOSED' ? {} : { error });
  }
}

/** LANGUAGE and COMPARATOR, as they were sent on the connection before. */
function chosenBefore(
  { chosen: { languages = [], comparators = [] } }: ConnectionState,
  state: ConnectionState,
): Command<unknown>[] {
  const { capabilities } = state;
  return [
    ...(languages.length > 0 && capabilities.has('LANGUAGE') ? [language(languages, state)] : []),
    ...(comparators.length > 0 && capabilities.has('I18NLEVEL=2') ? [comparator(comparators, state)] : []),
  ];
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      release();
      resolve();
    }, milliseconds);
    const release = onAbort(signal, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
