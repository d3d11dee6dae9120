import { ConnectionError, type ConnectionPhase, type ImapError, ProtocolError, UsageError } from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';
import type { Frame } from '../wire/frame.ts';
import { Framer } from '../wire/framer.ts';
import type { FramerLimits } from '../wire/limits.ts';
import { Announcements } from './announcements.ts';
import type { Command, UntaggedResponse } from './command.ts';
import { Deadlines, type Watched } from './deadlines.ts';
import type { Listeners } from './events.ts';
import { Exchange } from './exchange.ts';
import { Flow, type FlowHost } from './flow.ts';
import { Goodbye, type GoodbyeHost } from './goodbye.ts';
import { Greeting } from './greeting.ts';
import { Intake, type IntakeHost } from './intake.ts';
import {
  type Abortable,
  Lasting,
  type LastingCommand,
  type LastingOptions,
  rejectLasting,
  resolveLasting,
} from './lasting-command.ts';
import type { ClientEvents, Link } from './link.ts';
import { type LogEntry, Logger } from './log.ts';
import type { MailboxState } from './mailbox-state.ts';
import { type Operation, type RunOptions, readRunOptions, settle } from './operation.ts';
import { lossOf, outcomeOf, redactedStatus } from './outcome.ts';
import { Output, type Transport } from './output.ts';
import { redact } from './redact.ts';
import { type ResponseReceiver, Responses } from './responses.ts';
import { Scheduler, type SchedulerHost } from './scheduler.ts';
import { ConnectionState } from './state.ts';
import { accept, hint, selectFor, type TaggerHost } from './tagger.ts';
import { limitTime } from './time-limit.ts';

export interface SessionOptions {
  transport: Transport;
  limits: FramerLimits & { depth: number; buffer: number };
  timeouts: { inactivity: number; farewell: number };
  log: ((entry: LogEntry) => void) | undefined;
  /** Number of the connection, for the log. */
  connection: number;
  /** Makes the command that selects a mailbox. */
  select(mailbox: MailboxState, connection: ConnectionState): Command<unknown>;
}

const SOON = Promise.resolve();

/**
 * One IMAP session without I/O: bytes in through receive(), bytes out through the transport. Tags commands, keeps as many
 * in flight as RFC 3501 §5.5 allows, and settles each operation exactly once.
 */
export class Session
  implements Link, ResponseReceiver, SchedulerHost, FlowHost, IntakeHost, GoodbyeHost, TaggerHost, Watched
{
  /** Where in its life the connection is, for the errors that end it. */
  phase: ConnectionPhase = 'greeting';

  readonly #select: SessionOptions['select'];
  /** How long the end of IDLE may take, ms. */
  readonly #farewell: number;
  readonly #framer: Framer;
  readonly #intake: Intake;
  readonly #responses: Responses;
  readonly #scheduler: Scheduler;
  readonly #output: Output;
  readonly #logger: Logger;
  readonly #deadlines: Deadlines;
  readonly #exchange: Exchange;
  #state = new ConnectionState();
  #flow: Flow;
  /** How many operations have a tag. */
  #tags = 0;
  #scheduled = false;
  #failure: ImapError | undefined;
  /** Until it is told. */
  #greeting: Greeting | undefined = new Greeting();
  #stopExpectingEnd: (() => void) | undefined;
  /** Made when a BYE comes. */
  #goodbye: Goodbye | undefined;
  /** It was told to end: see end(). */
  leaving = false;
  /** Made when somebody listens, or an alert is to be told. */
  #announcements: Announcements | undefined;

  constructor(options: SessionOptions) {
    this.#select = options.select;
    this.#farewell = options.timeouts.farewell;
    this.#logger = options.log === undefined ? Logger.silent : new Logger(options.connection, options.log);
    this.#responses = new Responses(this.#state, this, options.limits.depth);
    this.#framer = new Framer(this.#responses, options.limits);
    this.#intake = new Intake(this.#framer, this);
    this.#output = new Output(options.transport);
    this.#scheduler = new Scheduler(this, this.#output, this.#logger);
    this.#exchange = new Exchange(this, this.#scheduler, this.#output, this.#logger);
    this.#flow = new Flow(options.transport, options.limits.buffer, this);
    this.#deadlines = new Deadlines(options.timeouts.inactivity, this);
  }

  get reconnecting(): boolean {
    return false;
  }

  get listeners(): Listeners<ClientEvents> {
    return this.#announcing().listeners;
  }

  #announcing(): Announcements {
    this.#announcements ??= new Announcements();
    return this.#announcements;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get flow(): Flow {
    return this.#flow;
  }

  get closed(): boolean {
    return this.#failure !== undefined;
  }

  /** What the server said that it ends for, while its last answers are waited for. */
  get goodbyeSaid(): ConnectionError | undefined {
    return this.#goodbye?.reason;
  }

  /** Why it is closed. */
  get failure(): ImapError | undefined {
    return this.#failure;
  }

  /** Takes the place of a session whose connection was lost: who holds that one's state and flow goes on with them. */
  succeed(previous: Session): void {
    this.#state = Object.assign(previous.#state, this.#state);
    this.#responses.state = this.#state;
    this.#flow = previous.#flow;
    this.#flow.moveTo(this.#output.transport, this);
  }

  /** Bytes handed to the transport and taken from it. */
  get bytes(): { sent: number; received: number } {
    return { sent: this.#output.sent, received: this.#framer.received };
  }

  get operations(): number {
    const { lasting, size } = this.#scheduler;
    // What lasts waits for nothing, until its end is asked for.
    return lasting === undefined || lasting.ended ? size : size - 1;
  }

  /** See Framer.streaming. */
  get streaming(): boolean {
    return this.#framer.streaming;
  }

  note(text: string): void {
    this.#logger.write('note', text);
  }

  refuseForUser(error: (name: string) => ImapError): void {
    this.#scheduler.refuseForUser(error);
  }

  /** The first response of a connection (RFC 3501 §7.1), told once. */
  greeting(): Promise<StatusResponse> {
    const greeting = this.#greeting ?? new Greeting();
    return greeting.wait(this.#failure).finally(() => {
      this.#greeting = undefined;
    });
  }

  /** After TLS what was said before it is void (RFC 3501 §6.2.1). */
  forgetCleartext(): void {
    this.#state.forgetCleartext();
    this.#responses.forgetCleartext();
  }

  /** Replaces the transport after STARTTLS or COMPRESS; bytes flow again. */
  switchTo(transport: Transport): void {
    this.#output.transport = transport;
    this.flow.transport = transport;
    this.#intake.endSwitch();
    this.flow.start();
  }

  /** Runs a command as soon as it may run, and resolves to what it makes of the answer. */
  run<Result>(command: Command<Result>, options?: RunOptions): Promise<Result> {
    try {
      const operation = accept(this, command, readRunOptions(command.name, options));
      const result = new Promise<Result>((resolve, reject) => {
        operation.resolve = resolve as (value: unknown) => void; // settled with this command's Result
        operation.reject = reject;
      });
      const { signal, timeout } = operation.options;
      if (signal !== undefined || timeout !== undefined) this.#limitTime(operation);
      this.#scheduler.add(operation);
      this.schedule();
      return result;
    } catch (error) {
      if (!options?.mayRunAgain) command.discard?.();
      return Promise.reject(error);
    }
  }

  start<Result>(command: LastingCommand<Result>, options: LastingOptions): Abortable {
    const operation = accept(this, command, options);
    operation.resolve = resolveLasting;
    operation.reject = rejectLasting;
    this.#scheduler.add(operation);
    this.schedule();
    return new Lasting(operation, this);
  }

  /** Apart, as #startSoon: few have a limit. */
  #limitTime(operation: Operation): void {
    const { command, options } = operation;
    operation.release = limitTime(command.name, options, (reason) => this.giveUp(operation, reason));
  }

  /** From here on no operation is taken, and BYE is what is expected once those before are done. */
  end(): void {
    this.leaving = true;
  }

  /** Takes received bytes in. Never throws: a fault of the server ends the session. */
  receive(chunk: Buffer, borrowed = false): void {
    this.#intake.receive(chunk, borrowed);
  }

  /** Bytes that came behind the answer of a command that switches the stream. */
  get leftover(): Buffer {
    return this.#intake.leftover;
  }

  came(): void {
    this.#deadlines.touch();
  }

  read(): void {
    this.#responses.release();
    if (!this.#failure) this.flow.regulate();
  }

  /** The transport ended: in order after LOGOUT, a loss otherwise. */
  ended(cause?: Error): void {
    if (this.#failure) return;
    if (this.#goodbye?.forLogout) {
      this.fail(this.connectionError('CLOSED', 'The connection was closed'));
      return;
    }
    const where = this.#framer.idle ? '' : ' in the middle of a response';
    const message = cause ? `The connection was lost: ${cause.message}` : `The server closed the connection${where}`;
    this.fail(this.connectionError('CONNECTION_LOST', message, { cause }));
  }

  /** The connection is gone, or of no more use: every operation is rejected, once. What comes of a BYE is told as that. */
  fail(reason: ImapError): void {
    if (this.#failure) return;
    const phase = this.currentPhase;
    const error = reason.code === 'CLOSED' ? reason : (this.goodbyeSaid ?? reason);
    this.#failure = error;
    this.#framer.stop();
    this.#deadlines.stop();
    this.#output.close();
    this.#output.transport.close();
    this.#greeting?.fail(error);
    for (const operation of this.#scheduler.stop()) settle(operation, { error: lossOf(operation, error, phase) });
    this.#announcements?.closed(error);
  }

  connectionError(code: string, message: string, options: ErrorOptions = {}): ConnectionError {
    return new ConnectionError(code, message, { ...options, phase: this.currentPhase });
  }

  get currentPhase(): ConnectionPhase {
    return this.phase === 'command' && this.#scheduler.lasting !== undefined ? 'idle' : this.phase;
  }

  nextTicket(): number {
    return ++this.#tags;
  }

  // ── Operations ─────────────────────────────────────────────────────────────────────────────────────────────────

  selection(mailbox: MailboxState, first: Operation): Operation {
    if (mailbox.user === 'gone')
      throw new UsageError(`${first.command.name}: the user of ${JSON.stringify(mailbox.name)} was left`, 'CLOSED');
    const command = this.#select(mailbox, this.state);
    // What waits for the mailbox goes on waiting where it is selected once more.
    return selectFor(first, this, command, (error) => {
      if (!this.state.selectsPlainly(mailbox, error)) this.#scheduler.refuse(mailbox, error);
    });
  }

  /**
   * The caller wants no answer any more. What is in flight stays so, its answer dropped; only what can not be sent to its
   * end without a stream of the caller's ends the connection.
   */
  giveUp(operation: Operation, error: unknown): void {
    settle(operation, { error });
    // What was refused together with others waits though it has started.
    this.#scheduler.withdraw(operation);
    if (operation.started && operation.behaviour.endedBy !== undefined) this.#scheduler.endLasting(operation);
    else if (this.#output.needsSource(operation.parts)) this.broken(operation, error);
    else this.#exchange.giveUp(operation);
    this.schedule();
  }

  broken(operation: Operation, error: unknown): void {
    settle(operation, { error });
    this.fail(
      this.connectionError('INCOMPLETE_COMMAND', `${operation.command.name} was not sent to its end`, { cause: error }),
    );
  }

  ending({ command }: Operation): void {
    this.#stopExpectingEnd = this.#deadlines.expectWithin(this.#farewell, () => {
      const code = this.leaving ? 'CLOSED' : 'TIMEOUT'; // who logs out has asked for the end
      this.fail(this.connectionError(code, `The server did not end ${command.name} within ${this.#farewell} ms`));
    });
  }

  /** Bytes go out, or come in again. */
  moved(): void {
    this.#deadlines.touch();
    this.#deadlines.watch();
  }

  schedule(): void {
    if (this.#scheduled || this.#failure) return;
    this.#scheduled = true;
    this.#startSoon();
  }

  /** Apart: a function with a closure in it takes memory whenever it is called. */
  #startSoon(): void {
    // queueMicrotask would make an AsyncResource each time.
    SOON.then(() => this.#startWaiting());
  }

  #startWaiting(): void {
    this.#scheduled = false;
    if (this.#failure) return;
    this.#scheduler.pump();
    if (this.#goodbye?.failUnlessAwaited()) return;
    this.#output.flush();
    this.flow.regulate();
    this.#deadlines.watch();
  }

  get waiting(): boolean {
    const [oldest] = this.#scheduler.inFlight;
    // IDLE waits for the server to begin it, and for nothing then.
    const lasts = oldest?.continued && oldest.behaviour.endedBy !== undefined;
    return oldest !== undefined && !lasts && !this.flow.paused && !this.#output.waitsForSource;
  }

  expired(milliseconds: number): void {
    const waitedFor = `${this.#scheduler.inFlight[0]?.command.name} waited for its answer`;
    this.fail(this.connectionError('TIMEOUT', `The server was silent for ${milliseconds} ms while ${waitedFor}`));
  }

  // ── Responses ──────────────────────────────────────────────────────────────────────────────────────────────────

  get inFlight(): readonly Operation[] {
    return this.#scheduler.inFlight;
  }

  greeted(status: StatusResponse): void {
    this.#greeting?.come(status);
  }

  continuation(text: string): boolean {
    const awaited = this.#output.continue() || this.#exchange.answer(text);
    this.#deadlines.watch();
    return awaited;
  }

  wasSent(tag: string): boolean {
    return Number(tag.substring(1)) <= this.#tags;
  }

  /** No text of a server that is not authenticated and secured reaches the user as if it could be trusted. */
  alert(text: string, secrets: readonly string[] = this.#exchange.secrets): void {
    if (!this.state.authenticated || !this.state.secure) return;
    const told = redact(text, secrets);
    if (this.phase === 'command') this.#announcements?.alert(told);
    else this.#announcing().keepAlert(told);
  }

  tellAlerts(): void {
    this.#announcements?.tellAlerts();
  }

  unknown(response: UntaggedResponse): void {
    this.#announcements?.unknown(response, this.#exchange);
  }

  redacted(text: string): string {
    return redact(text, this.#exchange.secrets);
  }

  get logging(): boolean {
    return this.#logger.enabled;
  }

  logFrame(frame: Frame): void {
    this.#logger.received(frame, this.#exchange.secrets, this.#exchange.secret);
  }

  tagged(operation: Operation, status: StatusResponse): void {
    if (status.status === 'BYE') {
      this.#taggedGoodbye(operation, status);
      return;
    }
    if (!operation.complete && !this.#takeEarly(operation, status)) return;
    const secrets = this.#exchange.over(operation, status.status);
    if (operation.behaviour.endedBy !== undefined) this.#hasEnded();
    this.#scheduler.complete(operation, status.status);
    if (operation.behaviour.switchesStream && status.status === 'OK') {
      this.#intake.beginSwitch();
      this.flow.stop();
    }
    const outcome = outcomeOf(operation, secrets === undefined ? status : redactedStatus(status, secrets), hint(this));
    settle(operation, this.#goodbye?.explained(operation, outcome) ?? outcome);
    // Once it is settled: the OK of LOGIN has the session authenticated then.
    if (status.code?.name === 'ALERT') this.alert(status.text, secrets);
    if ('error' in outcome && outcome.error instanceof ProtocolError) this.fail(outcome.error);
    this.schedule();
  }

  /** Tolerance: Gmail answers LOGOUT so. */
  #taggedGoodbye(operation: Operation, status: StatusResponse): void {
    this.#leaveTaking().comeTagged(status);
    if (this.#failure === undefined) this.tagged(operation, { ...status, status: 'OK' });
  }

  /**
   * An answer that came before all of its command was sent. A refusal takes back the rest; an OK is a fault of the
   * server. True: the answer counts.
   */
  #takeEarly({ command, parts }: Operation, { status }: StatusResponse): boolean {
    if (status === 'OK')
      this.fail(new ProtocolError('EARLY_ANSWER', `${command.name}: the server answered before it had all of it`));
    else this.#output.refuse(parts);
    return status !== 'OK';
  }

  /** Lets go of the deadline, too: it holds the command and whoever waits for it, such as a watch with all its UIDs. */
  #hasEnded(): void {
    this.#stopExpectingEnd?.();
    this.#stopExpectingEnd = undefined;
  }

  goodbye(status: StatusResponse): void {
    if (status.code?.name === 'ALERT') this.alert(status.text);
    this.#leaveTaking().come(status);
  }

  #leaveTaking(): Goodbye {
    this.#goodbye ??= new Goodbye(this, this.#scheduler, this.#output, this.#exchange, this.#deadlines, this.#farewell);
    return this.#goodbye;
  }
}
