import {
  CommandError,
  ConnectionError,
  type ConnectionPhase,
  ImapError,
  ProtocolError,
  UsageError,
} from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { type Frame, Framer, type FramerLimits } from '../wire/framer.ts';
import { Writer } from '../wire/writer.ts';
import type { Command, UntaggedResponse } from './command.ts';
import { Deadlines } from './deadlines.ts';
import { Listeners } from './events.ts';
import { Flow } from './flow.ts';
import { type LogEntry, Logger, redact } from './log.ts';
import { type Operation, type RunOptions, settle } from './operation.ts';
import { Output, type Transport } from './output.ts';
import { type ResponseReceiver, Responses } from './responses.ts';
import { Scheduler } from './scheduler.ts';
import { ConnectionState, type MailboxState } from './state.ts';

export interface SessionEvents {
  close: { error?: ImapError };
  alert: { text: string };
  unknown: UntaggedResponse;
}

export interface SessionOptions {
  transport: Transport;
  limits: FramerLimits & { depth: number; buffer: number };
  timeouts: { inactivity: number; farewell: number };
  log: ((entry: LogEntry) => void) | undefined;
  /** Number of the connection, for the log. */
  connection: number;
  /** Makes the command that selects a mailbox. */
  select(mailbox: MailboxState): Command<unknown>;
}

const NOTHING = Buffer.alloc(0);

/**
 * One IMAP session without I/O: bytes in through receive(), bytes out through the transport. Tags commands, keeps as many
 * in flight as RFC 3501 §5.5 allows, and settles each operation exactly once.
 */
export class Session {
  readonly state = new ConnectionState();
  readonly listeners = new Listeners<SessionEvents>();
  readonly flow: Flow;
  /** Where in its life the connection is, for the errors that end it. */
  phase: ConnectionPhase = 'greeting';
  /** Bytes that came behind the answer of a command that switches the stream. */
  leftover: Buffer = NOTHING;

  readonly #options: SessionOptions;
  readonly #framer: Framer;
  readonly #responses: Responses;
  readonly #scheduler: Scheduler;
  readonly #output: Output;
  readonly #logger: Logger;
  readonly #deadlines: Deadlines;
  #tickets = 0;
  #tags = 0;
  #scheduled = false;
  #failure: ImapError | undefined;
  #greeting: { resolve(status: StatusResponse): void; reject(error: unknown): void } | undefined;
  #bye: StatusResponse | undefined;
  #ending = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#logger = new Logger(options.connection, options.log);
    this.#responses = new Responses(this.state, this.#receiver(), options.limits.depth);
    this.#framer = new Framer(this.#responses, options.limits);
    this.#output = new Output(options.transport);
    this.#scheduler = new Scheduler({
      state: this.state,
      output: this.#output,
      logger: this.#logger,
      select: (mailbox) => this.#selection(mailbox),
      sent: () => this.#schedule(),
      ending: (operation) => this.#expectEnd(operation),
      broken: (operation, error) => this.#broken(operation, error),
      moved: () => this.#deadlines.touch(),
      wake: () => this.#schedule(),
    });
    const resumed = () => {
      this.#deadlines.touch();
      this.#deadlines.watch();
    };
    this.flow = new Flow(options.transport, options.limits.buffer, () => this.#scheduler.size, resumed);
    this.#deadlines = new Deadlines(options.timeouts.inactivity, {
      waitingSince: () => this.#waitingSince(),
      expired: (ms) =>
        this.fail(this.connectionError('TIMEOUT', `The server was silent for ${ms} ms while ${this.#waitedFor()}`)),
    });
  }

  get closed(): boolean {
    return this.#failure !== undefined;
  }

  /** Bytes handed to the transport and taken from it. */
  get bytes(): { sent: number; received: number } {
    return { sent: this.#output.sent, received: this.#framer.received };
  }

  /** True when nothing waits and nothing is in flight. */
  get idle(): boolean {
    return this.#scheduler.size === 0;
  }

  /** True when a part of the chunk last given to receive() is kept: its memory may not be used again. */
  get retained(): boolean {
    return this.#framer.retained;
  }

  note(text: string): void {
    this.#logger.write('note', text);
  }

  /** The first response of a connection (RFC 3501 §7.1). */
  greeting(): Promise<StatusResponse> {
    return new Promise((resolve, reject) => {
      this.#greeting = { resolve, reject };
      if (this.#failure) reject(this.#failure);
    });
  }

  /** Replaces the transport after STARTTLS or COMPRESS; bytes flow again. */
  switchTo(transport: Transport): void {
    this.#output.transport = transport;
    this.flow.transport = transport;
    this.leftover = NOTHING;
    this.flow.start();
  }

  /** Runs a command as soon as it may run, and resolves to what it makes of the answer. */
  run<Result>(command: Command<Result>, options: RunOptions = {}): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const refusal = this.#refusal(command, options);
      if (refusal !== undefined) return reject(refusal.error);
      const operation = this.#operation(command, options, resolve as (value: unknown) => void, reject); // settled with this command's Result
      try {
        this.#write(operation);
      } catch (error) {
        return reject(error);
      }
      this.#limitTime(operation);
      this.#scheduler.add(operation);
      this.#schedule();
    });
  }

  /** From here on no operation is taken, and BYE is what is expected once those before are done. */
  end(): void {
    this.#ending = true;
  }

  /** Calls `silent` once nothing has moved for so long, until the returned function is called. */
  onSilence(milliseconds: number, silent: () => void): () => void {
    return this.#deadlines.onSilence(milliseconds, silent);
  }

  /** Takes received bytes in. Never throws: a fault of the server ends the session. */
  receive(chunk: Buffer): void {
    if (this.#failure) return;
    this.#deadlines.touch();
    // A TLS record (22: handshake, 21: alert) where IMAP's greeting is due.
    if (this.#framer.received === 0 && (chunk[0] === 22 || chunk[0] === 21)) {
      return this.fail(
        new ProtocolError('NOT_IMAP', "The server speaks TLS from the first byte: use security 'tls', or another port"),
      );
    }
    try {
      const taken = this.#framer.receive(chunk);
      if (taken < chunk.length) this.leftover = Buffer.from(chunk.subarray(taken));
    } catch (error) {
      const fault =
        error instanceof ImapError
          ? error
          : new ImapError('INTERNAL', `A response could not be processed: ${error}`, { cause: error });
      this.fail(fault);
    }
    this.flow.regulate();
  }

  /** The transport ended: in order after LOGOUT, a loss otherwise. */
  ended(cause?: Error): void {
    if (this.#failure) return;
    if (this.#ending && this.#bye !== undefined)
      return this.fail(this.connectionError('CLOSED', 'The connection was closed'));
    const where = this.#framer.idle ? '' : ' in the middle of a response';
    const message = cause ? `The connection was lost: ${cause.message}` : `The server closed the connection${where}`;
    this.fail(this.connectionError('CONNECTION_LOST', message, { cause }));
  }

  /** The connection is gone, or of no more use: every operation is rejected, once. */
  fail(error: ImapError): void {
    if (this.#failure) return;
    const phase = this.#currentPhase();
    this.#failure = error;
    this.#deadlines.stop();
    this.#output.close();
    this.#output.transport.close();
    this.#greeting?.reject(error);
    for (const operation of this.#scheduler.stop()) {
      const loss = lossOf(operation, error, phase);
      settle(operation, { error: loss });
    }
    this.listeners.emit('close', error.code === 'CLOSED' ? {} : { error });
  }

  connectionError(code: string, message: string, options: ErrorOptions = {}): ConnectionError {
    return new ConnectionError(code, message, { ...options, phase: this.#currentPhase() });
  }

  #currentPhase(): ConnectionPhase {
    return this.phase === 'command' && this.#scheduler.lasting !== undefined ? 'idle' : this.phase;
  }

  // ── Operations ─────────────────────────────────────────────────────────────────────────────────────────────────

  #refusal({ name, needs }: Command<unknown>, { signal }: RunOptions): { error: unknown } | undefined {
    if (this.#failure) return { error: this.#closedError(name, this.#failure) };
    if (this.#ending) return { error: new UsageError(`${name}: the client was told to log out`, 'CLOSED') };
    if (signal?.aborted) return { error: signal.reason };
    if (needs !== undefined && !this.state.capabilities.has(needs)) {
      return { error: new UsageError(`${name}: the server does not offer ${needs}`, 'MISSING_CAPABILITY') };
    }
    return undefined;
  }

  #closedError(name: string, failure: ImapError): ImapError {
    const reason = failure.code === 'CLOSED' ? '' : `: ${failure.message}`;
    return new ConnectionError('CLOSED', `${name}: the connection is closed${reason}`, {
      phase: this.phase,
      cause: failure,
    });
  }

  #operation(
    command: Command<unknown>,
    options: RunOptions,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): Operation {
    const { behaviour } = command;
    return {
      command,
      options,
      behaviour: options.mailbox === undefined || behaviour.mailbox ? behaviour : { ...behaviour, mailbox: true },
      ticket: ++this.#tickets,
      tag: `A${++this.#tags}`,
      parts: [],
      started: false,
      complete: false,
      startedAt: 0,
      continued: false,
      ended: false,
      settled: false,
      release: undefined,
      resolve,
      reject,
    };
  }

  #write(operation: Operation): void {
    const { capabilities, utf8 } = this.state;
    const nonSynchronizing = capabilities.has('LITERAL+') ? 'any' : capabilities.has('LITERAL-') ? 'small' : 'none';
    const writer = new Writer({ nonSynchronizing, utf8 });
    writer.raw(`${operation.tag} ${operation.command.name}`);
    operation.command.write?.(writer);
    operation.parts = writer.end();
  }

  #selection(mailbox: MailboxState): Operation {
    const failed = (error: unknown) => this.#scheduler.refuse(mailbox, error);
    const operation = this.#operation(this.#options.select(mailbox), {}, () => {}, failed);
    this.#write(operation);
    return operation;
  }

  #limitTime(operation: Operation): void {
    const { signal, timeout } = operation.options;
    if (signal === undefined && timeout === undefined) return;
    const aborted = () => this.#giveUp(operation, signal?.reason);
    const expired = () =>
      this.#giveUp(operation, new ImapError('TIMEOUT', `${operation.command.name}: not done within ${timeout} ms`));
    signal?.addEventListener('abort', aborted, { once: true });
    const timer = timeout === undefined ? undefined : setTimeout(expired, timeout);
    operation.release = () => {
      signal?.removeEventListener('abort', aborted);
      clearTimeout(timer);
    };
  }

  /** The caller wants no answer any more. What is in flight stays so, its answer dropped; a half-sent stream ends the connection. */
  #giveUp(operation: Operation, error: unknown): void {
    settle(operation, { error });
    if (!operation.started) this.#scheduler.withdraw(operation);
    else if (operation.behaviour.endedBy !== undefined) this.#scheduler.endLasting(operation);
    else if (!operation.complete) this.#broken(operation, error);
    this.#schedule();
  }

  #broken(operation: Operation, error: unknown): void {
    settle(operation, { error });
    this.fail(
      this.connectionError('INCOMPLETE_COMMAND', `${operation.command.name} was not sent to its end`, { cause: error }),
    );
  }

  #expectEnd(operation: Operation): void {
    const { farewell } = this.#options.timeouts;
    this.#deadlines.expectWithin(farewell, () => {
      if (!this.#scheduler.inFlight.includes(operation)) return;
      this.fail(
        this.connectionError('TIMEOUT', `The server did not end ${operation.command.name} within ${farewell} ms`),
      );
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#failure) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#failure) return;
      this.#scheduler.pump();
      this.#output.flush();
      this.flow.regulate();
      this.#deadlines.watch();
    });
  }

  #waitingSince(): number | undefined {
    if (this.flow.paused || this.#scheduler.lasting !== undefined) return undefined;
    return this.#scheduler.inFlight[0]?.startedAt;
  }

  #waitedFor(): string {
    return `${this.#scheduler.inFlight[0]?.command.name} waited for its answer`;
  }

  // ── Responses ──────────────────────────────────────────────────────────────────────────────────────────────────

  #receiver(): ResponseReceiver {
    const session = this;
    return {
      get inFlight() {
        return session.#scheduler.inFlight;
      },
      greeting: (status) => this.#greeting?.resolve(status),
      continuation: (text) => this.#output.continue() || this.#answerContinuation(text),
      tagged: (operation, status) => this.#tagged(operation, status),
      wasSent: (tag) => Number(tag.substring(1)) <= this.#tags,
      bye: (status) => this.#goodbye(status),
      // No text of a server that is not authenticated and secured reaches the user as if it could be trusted.
      alert: (text) => {
        if (this.state.authenticated && this.state.secure) this.listeners.emit('alert', { text });
      },
      unknown: (response) => this.listeners.emit('unknown', response),
      note: (text) => this.note(text),
      log: (frame) => this.#logFrame(frame),
      fail: (error) => this.fail(error),
    };
  }

  #logFrame(frame: Frame): void {
    if (!this.#logger.enabled) return;
    const holder = this.#scheduler.inFlight.find(({ command }) => command.secrets !== undefined);
    this.#logger.received(frame, holder?.command.secrets);
  }

  #answerContinuation(text: string): boolean {
    const operation = this.#scheduler.inFlight.find(({ command }) => command.continuation !== undefined);
    if (operation === undefined) return false;
    const answer = operation.command.continuation?.(text);
    if (answer instanceof Promise) {
      answer.then(
        (line) => this.#answer(operation, line),
        (error) => this.#breakOff(operation, error),
      );
    } else {
      this.#answer(operation, answer);
    }
    return true;
  }

  #answer(operation: Operation, line: string | undefined): void {
    if (line === undefined || this.#failure || !this.#scheduler.inFlight.includes(operation)) return;
    this.#logger.write('out', operation.command.secrets === undefined ? line : '[secret]');
    this.#output.line(line);
  }

  /** This side can not go on with an exchange: "*" cancels it (RFC 3501 §6.2.2), and the reason is what the caller is told. */
  #breakOff(operation: Operation, error: unknown): void {
    settle(operation, { error });
    this.#answer(operation, '*');
  }

  #tagged(operation: Operation, status: StatusResponse): void {
    const { command } = operation;
    // A refusal takes back the literal that waits for its continuation; any other answer to half a command is no IMAP.
    if (!operation.complete && (status.status === 'OK' || !this.#output.cancel(operation.parts))) {
      return this.fail(
        new ProtocolError('EARLY_ANSWER', `${command.name}: the server answered before it had the whole command`),
      );
    }
    this.#scheduler.complete(operation);
    if (command.behaviour.switchesStream && status.status === 'OK') {
      this.#framer.stop();
      this.flow.stop();
    }
    const outcome = outcomeOf(command, status);
    settle(operation, outcome);
    this.#schedule();
  }

  #goodbye(status: StatusResponse): void {
    this.#bye = status;
    if (this.#ending && this.#scheduler.size <= 1) return;
    const { code, text } = status;
    const reason = `${code === undefined ? '' : `[${code.name}] `}${text}`.trim();
    this.fail(this.connectionError('BYE', `The server said goodbye${reason === '' ? '' : `: ${reason}`}`));
  }
}

function outcomeOf(command: Command<unknown>, status: StatusResponse): { value: unknown } | { error: unknown } {
  try {
    if (status.status === 'OK') return { value: command.finish(status) };
    return { error: command.refused?.(status) ?? refusalOf(command, status) };
  } catch (error) {
    return { error };
  }
}

/** The error of a tagged NO or BAD, without what must stay secret even if the server repeats it. */
export function refusalOf(command: Command<unknown>, status: StatusResponse): ImapError {
  if (status.status !== 'NO' && status.status !== 'BAD') {
    return new ProtocolError(
      'TAGGED_STATUS',
      `${command.name}: the server answered ${status.status}, which no tagged response can be`,
    );
  }
  return new CommandError({
    status: status.status,
    command: command.name,
    text: redact(status.text, command.secrets),
    responseCode: status.code,
  });
}

/** The connection's failure, told to one operation: which it was, and whether the server may have executed it. */
function lossOf(operation: Operation, error: ImapError, phase: ConnectionPhase): ImapError {
  if (!(error instanceof ConnectionError)) return error;
  const message = `${operation.command.name}: ${error.message}`;
  return new ConnectionError(error.code, message, {
    phase,
    maybeExecuted: operation.complete,
    cause: error.cause ?? error,
  });
}
