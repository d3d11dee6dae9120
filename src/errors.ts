/** A response code of a status response: `[NAME args]` (RFC 3501 §7.1), with its parsed fields where the library knows it. */
export interface ResponseCode {
  /** Upper case, e.g. 'TRYCREATE'. */
  name: string;
  /** What follows the name, as sent. */
  args?: string;
  [field: string]: unknown;
}

/** Where the messages are now (UIDPLUS, RFC 4315 §3). Empty where the server does not say. */
export interface CopyResult {
  uidValidity?: number;
  /** Source UID to target UID. */
  uids: Map<number, number>;
}

/** Every failure of this library is an ImapError; `code` tells them apart by machine. */
export class ImapError extends Error {
  readonly code: string;
  /**
   * Of a copy or move that failed on its way: what was copied or moved by then, as far as the server told. Of a replace:
   * what is stored in the place of the message that was left.
   */
  declare readonly copied?: CopyResult;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(printable(message), options?.cause === undefined ? undefined : options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What a refused command was and what the server said of it. */
export interface Refusal {
  status: 'NO' | 'BAD';
  command: string;
  text: string;
  responseCode?: ResponseCode | undefined;
}

/** The server said NO or BAD: the connection is fine. The message holds the command and the server's own text. */
export class CommandError extends ImapError {
  readonly status: 'NO' | 'BAD';
  declare readonly responseCode?: ResponseCode;
  readonly command: string;
  readonly text: string;

  constructor(refusal: Refusal, message?: string) {
    super(codeOf(refusal), message ?? refusalText(refusal));
    this.status = refusal.status;
    this.command = refusal.command;
    this.text = refusal.text;
    if (refusal.responseCode) this.responseCode = refusal.responseCode;
  }
}

/** Tolerance: Courier tells of a full mailbox by `NO [ALERT] You exceeded your mail quota.` alone. */
const OVER_QUOTA = /^You exceeded your mail quota/;

function codeOf({ status, text, responseCode }: Refusal): string {
  if (responseCode?.name === 'ALERT' && OVER_QUOTA.test(text)) return 'OVERQUOTA';
  return responseCode?.name ?? status;
}

export function refusalText({ command, status, responseCode, text }: Refusal): string {
  const args = responseCode?.args === undefined ? '' : ` ${responseCode.args}`;
  const said = responseCode === undefined ? text : `[${responseCode.name}${args}] ${text}`.trimEnd();
  return `${command}: the server answered ${status} ${said}`;
}

/** Wrong user, password, token or mechanism. */
export class AuthenticationError extends CommandError {}

/** Where in its life a connection was lost. */
export type ConnectionPhase = 'connect' | 'tls' | 'greeting' | 'authenticate' | 'command' | 'idle';

/** Socket, DNS, TLS, timeout, BYE: the connection is gone. */
export class ConnectionError extends ImapError {
  readonly phase: ConnectionPhase;
  /** false: the server can not have executed the command. */
  readonly maybeExecuted: boolean;
  /** What the server's BYE came with, e.g. UNAVAILABLE (RFC 5530). */
  declare readonly responseCode?: ResponseCode;

  constructor(
    code: string,
    message: string,
    options: {
      cause?: unknown;
      phase: ConnectionPhase;
      maybeExecuted?: boolean;
      responseCode?: ResponseCode | undefined;
    },
  ) {
    super(code, message, options);
    this.phase = options.phase;
    this.maybeExecuted = options.maybeExecuted ?? false;
    if (options.responseCode) this.responseCode = options.responseCode;
  }
}

/** The server broke the grammar or a limit: the connection is closed. */
export class ProtocolError extends ImapError {
  /** Bytes received on the connection before the fault, where that is known. */
  declare readonly offset?: number;
  /** The start of what could not be read. */
  declare readonly excerpt?: string;

  constructor(code: string, message: string, where: { offset?: number; excerpt?: string } = {}) {
    super(code, where.excerpt === undefined ? message : `${message}: ${JSON.stringify(where.excerpt)}`);
    if (where.offset !== undefined) this.offset = where.offset;
    if (where.excerpt !== undefined) this.excerpt = where.excerpt;
  }
}

/** Throws what is no fault of one response alone: that one does not fit the grammar, and the next may. */
export function requireSyntaxError(error: unknown): void {
  if (!(error instanceof ProtocolError) || error.code !== 'SYNTAX') throw error;
}

/**
 * The caller's mistake, found before a byte is sent: bad argument, missing capability, closed mailbox. Found wrong later
 * are only a stream, and bytes whose memory was given away, with their command sent in part (codes STREAM_TYPE and
 * STREAM_SIZE): that ends the connection; and what a SASL mechanism of the caller's own answers: the exchange is cancelled.
 */
export class UsageError extends ImapError {
  constructor(message: string, code = 'USAGE') {
    super(code, message);
  }
}

/**
 * Looks at what a caller gave. Where that is wrong, the UsageError names the command, option or key that it was given for.
 */
export function naming<T>(name: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw named(name, error);
  }
}

/** For where naming() is too much: it takes a closure for each look. */
export function named(name: string, error: unknown): unknown {
  return error instanceof UsageError ? new UsageError(`${name}: ${error.message}`, error.code) : error;
}

/** Throws for a key that is none of these: one that is misspelt would be one that is left out. */
export function requireKeys(object: object, known: readonly string[], what = 'an option'): void {
  for (const [key, value] of Object.entries(object))
    if (value !== undefined && !known.includes(key)) throw new UsageError(`not ${what}: ${shown(key)}`);
}

/** A value as an error message can hold it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  const isPlain = value === null || !['object', 'function', 'symbol'].includes(typeof value);
  return isPlain ? String(value).slice(0, 80) : Object.prototype.toString.call(value);
}

/** What was thrown, as another error's message tells it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const SPELT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** On one line, and without a control character: a terminal obeys those, and servers and who writes the mail can send any. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (code) => SPELT[code] ?? `\\x${code.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
