import { shown, UsageError } from '../errors.ts';
import { escaped, isAscii, isAtom, isQuotable } from './chars.ts';
import { LARGEST_UINT63 } from './limits.ts';
import { encodeMailboxName, encodeUtf8MailboxName } from './mailbox-name.ts';
import { formatMessageSet, type MessageSet } from './sequence-set.ts';
import { requireText, utf8Text } from './text.ts';

/** A literal whose bytes come from the caller while they are sent. */
export interface LiteralStream {
  size: number;
  stream: AsyncIterable<Uint8Array>;
}

/** In a command's parts: nothing more is sent until the server asks for it (RFC 3501 §7.5). */
export const CONTINUATION: unique symbol = Symbol('continuation');

export type CommandPart = string | Uint8Array | LiteralStream | typeof CONTINUATION;

/** What the server takes. */
export interface WriterOptions {
  /** LITERAL+ ('any'), LITERAL- ('small': up to 4096 bytes), neither ('none'): RFC 7888. */
  nonSynchronizing: 'any' | 'small' | 'none';
  /** UTF8=ACCEPT or IMAP4rev2 is enabled: UTF-8 stands in quoted strings, and mailbox names are not encoded (RFC 9755). */
  utf8: boolean;
}

const LONGEST_QUOTED = 1000;
const SMALL_LITERAL = 4096;

/**
 * Turns values into the bytes of a command, strictly by the grammar, and splits them where a synchronizing literal waits
 * for its continuation. Every method throws a UsageError for a value that its production cannot hold: who writes the
 * command names it (see naming).
 */
export class Writer {
  readonly parts: CommandPart[] = [];
  private readonly options: WriterOptions;
  /** Its literals are not sent before the server asks for them, whatever it takes. */
  private asks = false;
  /** Joined in the end: a text that grew by += keeps all that it grew from. */
  private texts: string[] = [];

  constructor(options: WriterOptions = { nonSynchronizing: 'none', utf8: false }) {
    this.options = options;
  }

  /** Text that the caller vouches for: keywords and punctuation of the grammar, never a caller's value. */
  raw(text: string): this {
    this.texts.push(text);
    return this;
  }

  space(): this {
    this.texts.push(' ');
    return this;
  }

  /** atom = 1*ATOM-CHAR (RFC 3501 §9) */
  atom(text: string): this {
    if (typeof text !== 'string' || !isAtom(text)) throw new UsageError(`not an atom: ${shown(text)}`);
    this.texts.push(text);
    return this;
  }

  /** number = 1*DIGIT; number64: unsigned 63 bits (RFC 9051 §9); nz-number where `least` is 1 (RFC 3501 §9) */
  number(value: number | bigint, least = 0): this {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
      throw new UsageError(`not a whole number: ${shown(value)}`);
    if (value < least) throw new UsageError(`a number below ${least}: ${shown(value)}`);
    if (value > LARGEST_UINT63) throw new UsageError(`a number of more than 63 bits: ${shown(value)}`);
    this.texts.push(value.toString());
    return this;
  }

  /**
   * string = quoted / literal (RFC 3501 §9): quoted where the text is US-ASCII (or UTF-8 is enabled), else a literal of its
   * UTF-8. Always a string, though an astring could be an atom: some servers (Proton Bridge) want quotes.
   */
  string(text: string): this {
    requireText(text);
    if (text.length <= LONGEST_QUOTED && isQuotable(text)) return this.quoted(text);
    if (this.options.utf8 && text.length <= LONGEST_QUOTED) return this.utf8Quoted(text);
    return this.literal(Buffer.from(text, 'utf8'));
  }

  /** quoted = DQUOTE *QUOTED-CHAR DQUOTE (RFC 3501 §9) */
  quoted(text: string): this {
    requireText(text);
    if (!isAscii(text)) throw new UsageError('not US-ASCII, in a place that can hold nothing else');
    this.texts.push(`"${escaped(text)}"`);
    return this;
  }

  private utf8Quoted(text: string): this {
    this.flush();
    this.parts.push(Buffer.from(`"${escaped(text)}"`, 'utf8'));
    return this;
  }

  /** From here on no literal is sent before the server asks for it: what stands before may have it refuse the command. */
  asking(): this {
    this.asks = true;
    return this;
  }

  /** literal = "{" number ["+"] "}" CRLF *CHAR8 (RFC 3501 §9, RFC 7888) */
  literal(bytes: Uint8Array): this {
    const own = plainBytes(bytes);
    if (own.includes(0)) throw new UsageError('a literal cannot hold NUL');
    return this.writeLiteral('', own.length, own);
  }

  /** literal8 = "~{" number ["+"] "}" CRLF *OCTET (RFC 3516, RFC 7888) */
  literal8(bytes: Uint8Array): this {
    const own = plainBytes(bytes);
    return this.writeLiteral('~', own.length, own);
  }

  /** A literal from a stream, which must give exactly `size` bytes. `binary`: literal8. */
  literalStream({ size, stream }: LiteralStream, binary = false): this {
    requireStream({ size, stream });
    return this.writeLiteral(binary ? '~' : '', size, { size, stream });
  }

  private writeLiteral(prefix: string, size: number, content: Uint8Array | LiteralStream): this {
    const { nonSynchronizing } = this.options;
    const waits = this.asks || nonSynchronizing === 'none' || (nonSynchronizing === 'small' && size > SMALL_LITERAL);
    this.texts.push(`${prefix}{${size}${waits ? '' : '+'}}\r\n`);
    this.flush();
    if (waits) this.parts.push(CONTINUATION);
    this.parts.push(content);
    return this;
  }

  /** mailbox = "INBOX" / astring (RFC 3501 §9): modified UTF-7 unless UTF-8 is enabled. Always quoted. */
  mailbox(name: string): this {
    if (name === '') throw new UsageError('a mailbox needs a name');
    return this.listMailbox(name);
  }

  /** list-mailbox = 1*list-char / string (RFC 3501 §9): a pattern with `*` and `%`. */
  listMailbox(pattern: string): this {
    const bytes = this.options.utf8 ? encodeUtf8MailboxName(pattern) : encodeMailboxName(pattern);
    if (isAscii(bytes)) return this.string(bytes);
    // A name from a listing that is no valid encoding goes back byte for byte; UTF-8 is quoted where it is enabled.
    const text = this.options.utf8 ? utf8Text(bytes) : undefined;
    return text === undefined ? this.literal(Buffer.from(bytes, 'latin1')) : this.string(text);
  }

  /** sequence-set (RFC 3501 §9), normalised */
  set(set: MessageSet): this {
    const { text } = formatMessageSet(set);
    if (text === '') throw new UsageError('an empty set of messages');
    this.texts.push(text);
    return this;
  }

  /** "(" [item *(SP item)] ")" */
  list<T>(items: Iterable<T>, writeItem: (item: T) => void): this {
    if (typeof items !== 'object' || items === null || !(Symbol.iterator in items))
      throw new UsageError(`not a list: ${shown(items)}`);
    this.texts.push('(');
    this.spaced(items, writeItem);
    this.texts.push(')');
    return this;
  }

  /** [item *(SP item)] */
  spaced<T>(items: Iterable<T>, writeItem: (item: T) => void): this {
    const list = Array.isArray(items) ? (items as T[]) : [...items]; // isArray() makes it any[]
    for (let index = 0; index < list.length; index++) {
      if (index > 0) this.texts.push(' ');
      writeItem(list[index] as T); // within its length
    }
    return this;
  }

  /** Ends the command with CRLF and returns its parts. */
  end(): CommandPart[] {
    this.texts.push('\r\n');
    // A list of one takes no more room than it: a push makes room for 17.
    if (this.parts.length === 0) return [this.texts.join('')];
    this.flush();
    return this.parts;
  }

  private flush(): void {
    if (this.texts.length > 0) this.parts.push(this.texts.join(''));
    this.texts = [];
  }
}

/** Throws for what will not give so many bytes, as far as can be told before it is read. */
export function requireStream({ size, stream }: LiteralStream): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new UsageError(`not a size in bytes: ${shown(size)}`);
  if (typeof stream !== 'object' || stream === null || !(Symbol.asyncIterator in stream || Symbol.iterator in stream))
    throw new UsageError('not a stream: an iterable of bytes is expected');
}

/** Bytes whose length is what it says, and stays: another class could tell one size and give another. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new UsageError(`not bytes: ${shown(bytes)}`);
  const prototype = Object.getPrototypeOf(bytes);
  const plain = prototype === Buffer.prototype || prototype === Uint8Array.prototype;
  return plain && !Object.hasOwn(bytes, 'length') && !changesSize(bytes.buffer) ? bytes : new Uint8Array(bytes);
}

/** True for an ArrayBuffer that can be resized, and for a SharedArrayBuffer that can grow. */
function changesSize(buffer: ArrayBufferLike): boolean {
  return ('resizable' in buffer && buffer.resizable === true) || ('growable' in buffer && buffer.growable === true);
}
