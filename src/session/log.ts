import { printable } from '../errors.ts';
import type { Frame } from '../wire/frame.ts';
import { CONTINUATION, type CommandPart } from '../wire/writer.ts';
import { callGuarded } from './events.ts';
import { redact, SECRET } from './redact.ts';

/** A line in or out, or a note of the library's own. Secrets are already redacted, and control characters spelt out: `\x1b`. */
export interface LogEntry {
  direction: 'in' | 'out' | 'note';
  text: string;
  /** Number of the connection within this process. */
  connection: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** iurlauth = ";URLAUTH=" access ":" uauth-mechanism ":" enc-urlauth: the last is all that it takes to get in (RFC 4467 §2) */
const URLAUTH_TOKEN = /(;URLAUTH=[^\s";:]+:[\w.-]+:)[\dA-F]+/gi;

/** Tells the caller's log every line, and keeps secrets from it. */
export class Logger {
  /** For all whose caller keeps no log. */
  static readonly silent = new Logger(0, undefined);

  readonly #connection: number;
  readonly #log: ((entry: LogEntry) => void) | undefined;

  constructor(connection: number, log: ((entry: LogEntry) => void) | undefined) {
    this.#connection = connection;
    this.#log = log;
  }

  get enabled(): boolean {
    return this.#log !== undefined;
  }

  write(direction: LogEntry['direction'], text: string): void {
    const log = this.#log;
    if (log === undefined) return;
    const shownText = printable(text).replace(URLAUTH_TOKEN, `$1${SECRET}`);
    const entry = { direction, text: shownText, connection: this.#connection, at: Date.now() };
    callGuarded(() => log(entry));
  }

  /** A command that is being sent: literals by their size, and nothing but its name where it holds secrets. */
  command(head: string, parts: readonly CommandPart[], secret: boolean): void {
    this.write('out', secret ? `${head} ${SECRET}` : parts.map(shown).join('').trimEnd());
  }

  /** A response. While an exchange of secrets is under way its challenges stay out. */
  received(frame: Frame, secrets: readonly string[], exchange: boolean): void {
    const { lines } = frame;
    this.write('in', exchange && lines.startsWith('+') ? `+ ${SECRET}` : redact(lines, secrets));
  }

  /** A line that answers a continuation request. */
  answer(line: string, secret: boolean): void {
    this.write('out', secret ? SECRET : line);
  }
}

function shown(part: CommandPart): string {
  if (typeof part === 'string') return part;
  if (part === CONTINUATION) return '';
  return `[${part instanceof Uint8Array ? part.length : part.size} bytes]`;
}
