import { escapeForRegExp } from '../wire/chars.ts';
import type { Frame } from '../wire/frame.ts';
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

export const SECRET = '[secret]';
/** A shorter secret stands in too many texts by chance to be looked for when its exchange is over. */
export const SHORTEST_KEPT = 6;
/** A shorter part of a base64 text can stand for anything. */
const SHORTEST_BASE64 = 4;

/** Takes every occurrence of the secrets out of a text: as they are, as a quoted string holds them, and in base64. */
export function redact(text: string, secrets: readonly string[] | undefined): string {
  // A longer form first: a shorter one within it would leave the rest.
  const forms = (secrets ?? [])
    .flatMap(formsOf)
    .filter((form) => text.includes(form))
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return text;
  return text.replace(new RegExp(forms.map(escapeForRegExp).join('|'), 'g'), SECRET);
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  const texts = [secret, bytes.toString('latin1')];
  const quoted = texts.map((text) => text.replace(/["\\]/g, '\\$&'));
  return [...texts, ...quoted, bytes.toString('base64'), ...base64Within(bytes)];
}

/** The characters that stand for these bytes in the base64 of something longer, wherever they begin in it. */
function base64Within(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      return text.substring(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    })
    .filter((text) => text.length >= SHORTEST_BASE64);
}

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
    if (log !== undefined) callGuarded(() => log({ direction, text, connection: this.#connection, at: Date.now() }));
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
