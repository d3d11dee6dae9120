import type { Frame } from '../wire/framer.ts';
import { CONTINUATION, type CommandPart } from '../wire/writer.ts';
import { callGuarded } from './events.ts';

/** A line in or out, or a note of the library's own. Secrets are already redacted. */
export interface LogEntry {
  direction: 'in' | 'out' | 'note';
  text: string;
  /** Number of the connection within this process. */
  connection: number;
  /** Milliseconds since the epoch. */
  at: number;
}

const SECRET = '[secret]';

/** Takes every occurrence of the secrets out of a text: as they are, as a quoted string holds them, and in base64. */
export function redact(text: string, secrets: readonly string[] | undefined): string {
  if (secrets === undefined) return text;
  let redacted = text;
  // A longer form first: a part of it that is a form itself would else leave the rest.
  const forms = secrets.flatMap(formsOf).sort((a, b) => b.length - a.length);
  for (const form of forms) redacted = redacted.replaceAll(form, SECRET);
  return redacted;
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  const base64 = bytes.toString('base64');
  const texts = [secret, bytes.toString('latin1'), base64, base64.replace(/=+$/, '')];
  return [...texts, ...texts.map((form) => form.replace(/["\\]/g, '\\$&'))];
}

/** Tells the caller's log every line, and keeps secrets from it. */
export class Logger {
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
    if (log !== undefined) callGuarded(() => log({ direction, text, connection: this.#connection, at: Date.now() }));
  }

  /** A command that is being sent: literals by their size, and nothing but its name where it holds secrets. */
  command(head: string, parts: readonly CommandPart[], secret: boolean): void {
    this.write('out', secret ? `${head} ${SECRET}` : parts.map(shown).join('').trimEnd());
  }

  /** A response. While an exchange of secrets is under way its challenges stay out. */
  received(frame: Frame, secrets: readonly string[] | undefined): void {
    const { lines } = frame;
    const challenge = secrets !== undefined && lines.startsWith('+');
    this.write('in', challenge ? `+ ${SECRET}` : redact(lines, secrets));
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
