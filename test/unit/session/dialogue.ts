import { select } from '../../../src/commands/select.ts';
import type { ImapError } from '../../../src/errors.ts';
import type { Command, UntaggedResponse } from '../../../src/session/command.ts';
import type { LogEntry } from '../../../src/session/log.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import type { RunOptions } from '../../../src/session/operation.ts';
import type { Behaviour } from '../../../src/session/pipeline.ts';
import { Session, type SessionOptions } from '../../../src/session/session.ts';
import { DEFAULT_FRAMER_LIMITS } from '../../../src/wire/limits.ts';
import { FakeTransport } from './fake-transport.ts';

/** How a promise stands. */
export type Outcome =
  | { state: 'pending' }
  | { state: 'resolved'; value: unknown }
  | { state: 'rejected'; error: unknown };

/** A session with its server's side in the test's hand. */
export class Dialogue {
  readonly transport = new FakeTransport();
  readonly log: LogEntry[] = [];
  readonly unknown: UntaggedResponse[] = [];
  readonly alerts: string[] = [];
  readonly closings: { error?: ImapError }[] = [];
  readonly session: Session;

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = new Session({
      transport: this.transport,
      limits: { ...DEFAULT_FRAMER_LIMITS, depth: 100, buffer: 1000 },
      timeouts: { inactivity: 60_000, farewell: 5_000 },
      log: (entry) => this.log.push(entry),
      connection: 7,
      select: (mailbox) => select(mailbox, this.session.state),
      ...options,
    });
    this.session.listeners.on('unknown', (response) => this.unknown.push(response));
    this.session.listeners.on('alert', ({ text }) => this.alerts.push(text));
    this.session.listeners.on('close', (event) => this.closings.push(event));
  }

  /** A session that was greeted and is authenticated, on a server with these capabilities. */
  static ready(capabilities = '', options: Partial<SessionOptions> = {}): Dialogue {
    const dialogue = new Dialogue(options);
    dialogue.receive(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] hello\r\n`);
    dialogue.session.state.authenticated = true;
    dialogue.session.state.secure = true;
    dialogue.session.phase = 'command';
    return dialogue;
  }

  /** As ready(), with a mailbox selected that holds so many messages. The next command's tag is A3. */
  static async selected(exists: number, capabilities = '', options: Partial<SessionOptions> = {}) {
    const dialogue = Dialogue.ready(capabilities, options);
    const mailbox = new MailboxState('INBOX', false);
    const selecting = dialogue.run(nothing(), { mailbox });
    const [tag] = tagsIn(await dialogue.turn());
    dialogue.lines(`* ${exists} EXISTS`, '* OK [UIDVALIDITY 1]', `${tag} OK [READ-WRITE] selected`);
    await selecting.promise;
    return { dialogue, mailbox };
  }

  run<Result>(command: Command<Result>, options?: RunOptions): Running<Result> {
    return new Running(this.session.run(command, options));
  }

  /** Bytes from the server, latin1. */
  receive(bytes: string): void {
    this.session.receive(Buffer.from(bytes, 'latin1'));
  }

  lines(...lines: string[]): void {
    this.receive(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** Lets everything run that waits for nothing from outside, and returns what was written. */
  async turn(): Promise<string> {
    await turn();
    return this.transport.take();
  }

  /** The log's lines in this direction. */
  logged(direction: LogEntry['direction']): string[] {
    return this.log.filter((entry) => entry.direction === direction).map(({ text }) => text);
  }
}

/** A command under way: its promise, and how it stands. */
export class Running<Result> {
  readonly promise: Promise<Result>;
  outcome: Outcome = { state: 'pending' };
  /** How often it was settled. */
  settled = 0;

  constructor(promise: Promise<Result>) {
    this.promise = promise;
    promise.then(
      (value) => this.#settle({ state: 'resolved', value }),
      (error) => this.#settle({ state: 'rejected', error }),
    );
  }

  get state(): Outcome['state'] {
    return this.outcome.state;
  }

  get value(): unknown {
    return this.outcome.state === 'resolved' ? this.outcome.value : undefined;
  }

  /** Undefined where it was not rejected. Tests look at its fields. */
  // biome-ignore lint/suspicious/noExplicitAny: an error of any class
  get error(): any {
    return this.outcome.state === 'rejected' ? this.outcome.error : undefined;
  }

  #settle(outcome: Outcome): void {
    this.settled++;
    this.outcome = outcome;
  }
}

/** The tags of these commands, in order. */
export function tagsIn(text: string): string[] {
  return [...text.matchAll(/(?<=^|\r\n)A\d+(?= )/g)].map(([tag]) => tag);
}

/** Longer than any chain of promises: what is due without timers has happened then. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A command of this name that resolves to the text of its OK. */
export function command(name: string, behaviour: Behaviour = {}, rest: Partial<Command<string>> = {}): Command<string> {
  return { name, behaviour, finish: ({ text }) => text, ...rest };
}

/** A command on the selected mailbox. */
export function inMailbox(name: string, rest: Partial<Command<string>> = {}): Command<string> {
  return command(name, { mailbox: true }, rest);
}

/** Only selects its mailbox. */
export function nothing(): Command<void> {
  return { name: 'NOTHING', behaviour: { mailbox: true }, unsent: true, finish: () => undefined };
}
