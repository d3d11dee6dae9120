import type { Frame } from '../wire/framer.ts';
import { CONTINUATION, type CommandPart } from '../wire/writer.ts';

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

/** Takes every occurrence of the secrets out of a text, plain and in base64. */
export function redact(text: string, secrets: readonly string[] | undefined): string {
  let redacted = text;
  for (const secret of secrets ?? []) {
    if (secret === '') continue;
    const bytes = Buffer.from(secret, 'utf8');
    for (const form of [
      secret,
      bytes.toString('latin1'),
      bytes.toString('base64'),
      bytes.toString('base64').replace(/=+$/, ''),
    ]) {
      redacted = redacted.replaceAll(form, SECRET);
    }
  }
  return redacted;
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
    this.#log?.({ direction, text, connection: this.#connection, at: Date.now() });
  }

  /** A command that is being sent: literals by their size, and nothing but its name where it holds secrets. */
  command(head: string, parts: readonly CommandPart[], secret: boolean): void {
    if (this.#log === undefined) return;
    if (secret) return this.write('out', `${head} ${SECRET}`);
    const texts = parts.map((part) => {
      if (typeof part === 'string') return part;
      if (part === CONTINUATION) return '';
      return part instanceof Uint8Array ? `[${part.length} bytes]` : `[${part.size} bytes]`;
    });
    this.write('out', texts.join('').trimEnd());
  }

  /** A response. While an exchange of secrets is under way its challenges stay out. */
  received(frame: Frame, secrets: readonly string[] | undefined): void {
    if (this.#log === undefined) return;
    const lines = frame.lines;
    if (secrets === undefined) return this.write('in', lines);
    this.write('in', lines.startsWith('+') ? `+ ${SECRET}` : redact(lines, secrets));
  }
}
