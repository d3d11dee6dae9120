import { ProtocolError } from '../errors.ts';
import {
  CAPITAL_N,
  CLOSE,
  CLOSE_BRACKET,
  endsQuoted,
  isDigit,
  OPEN,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TILDE,
} from './chars.ts';
import { bytesOf, type Frame, NO_BYTES } from './frame.ts';
import { irregularQuoted, skipAtom } from './irregular.ts';

const CAPITAL_I = 73;
const CAPITAL_L = 76;
/** What nearly always ends a response with a literal. */
const LAST_PIECE = bytesOf(')');
/** What is read as text is looked at character by character, at once: of one response, so much of it may come in literals. */
const MOST_TEXT = 4 << 20;
/** Past the end of every string. A small integer, which needs no object of its own; 2 ** 30 would be none to V8. */
const NOWHERE = 1 << 30;

/**
 * Reads tokens from a frame, one after the other, without building a tree. Strings are latin1: one character a byte.
 * What does not fit the grammar throws a ProtocolError with the code 'SYNTAX'; the response is then dropped as a whole.
 */
export class Reader {
  text = '';
  bytes: Uint8Array = NO_BYTES;
  position = 0;
  end = 0;
  /** `\")` ends every quoted string, not only one that would else run to the end of the line: elsewhere a name could forge fields with it. */
  escapedQuoteEnds = false;
  /** From here on, no quoted string of this piece has a DQUOTE that ends it. */
  unclosedFrom = NOWHERE;
  readonly #maxDepth: number;
  #frame: Frame | undefined;
  #piece = 0;
  /** Bytes of the literals that were read as text. */
  #texts = 0;
  #depth = 0;
  #backslash = -1;
  #backslashFrom = 0;
  #encodedWord = -1;
  #encodedWordFrom = 0;
  #ascii: boolean | undefined;

  constructor(maxDepth = 100) {
    this.#maxDepth = maxDepth;
  }

  /** Starts at the beginning of a frame. */
  reset(frame: Frame): void {
    if (frame.bytes !== this.bytes) this.#enter(frame.text, frame.bytes);
    this.position = frame.start;
    this.end = frame.end;
    this.#frame = frame;
    this.#piece = 0;
    this.#depth = 0;
    this.unclosedFrom = NOWHERE;
  }

  /** The frame was joined from several lines: no header text in it means just what it says. */
  joined(frame: Frame): void {
    this.reset(frame);
    this.#ascii = false;
  }

  /** Lets go of the frame and its bytes. */
  release(): void {
    this.text = '';
    this.bytes = NO_BYTES;
    this.#frame = undefined;
  }

  /** Bytes of the whole frame. */
  get size(): number {
    return this.#frame?.size ?? 0;
  }

  /** True where nothing of the frame is left. */
  get atEnd(): boolean {
    return this.position >= this.end && this.#piece >= (this.#frame?.pieces.length ?? 0);
  }

  /** The next character's code, or -1 at the end of the line piece. */
  peek(): number {
    return this.position < this.end ? (this.bytes[this.position] ?? -1) : -1;
  }

  /** The code of the character at a place, which may be past the end of the line piece; -1 where there is none. */
  codeAt(place: number): number {
    return this.bytes[place] ?? -1;
  }

  /** Takes the next character if it is this one. */
  take(code: number): boolean {
    if (this.position >= this.end || this.bytes[this.position] !== code) return false;
    this.position++;
    return true;
  }

  expect(code: number): void {
    if (!this.take(code)) this.fail(JSON.stringify(String.fromCharCode(code)));
  }

  /** Takes SP. Tolerates more than one, and none before a parenthesis or the end. */
  space(): void {
    if (this.position < this.end && this.bytes[this.position] === SPACE) {
      this.position++;
      if (this.position < this.end && this.bytes[this.position] === SPACE) this.skipSpaces();
      return;
    }
    const next = this.peek();
    if (next !== OPEN && next !== CLOSE && next !== -1) this.fail('a space');
  }

  skipSpaces(): void {
    while (this.position < this.end && this.bytes[this.position] === SPACE) this.position++;
  }

  /**
   * A run of characters up to SP, "(", ")", DQUOTE, "{" or the end: atom = 1*ATOM-CHAR (RFC 3501 §9), read generously:
   * flags, keywords and mailbox names come with characters that no atom may have.
   */
  atom(): string {
    const start = this.position;
    const { bytes, end } = this;
    let at = start;
    while (at < end) {
      const code = bytes[at] ?? 0;
      if (code <= SPACE || code === OPEN || code === CLOSE || code === QUOTE || code === OPEN_BRACE) break;
      at++;
    }
    if (at === start) this.fail('an atom');
    this.position = at;
    return this.text.substring(start, at);
  }

  /** An atom that also ends before "[" and "]", as the names of fetch items and response codes do. */
  name(): string {
    const start = this.position;
    const { bytes, end } = this;
    let at = start;
    while (at < end) {
      const code = bytes[at] ?? 0;
      if (code <= SPACE || code === OPEN || code === CLOSE || code === QUOTE) break;
      if (code === OPEN_BRACKET || code === CLOSE_BRACKET) break;
      at++;
    }
    if (at === start) this.fail('a name');
    this.position = at;
    return this.text.substring(start, at);
  }

  /** astring = 1*ASTRING-CHAR / string (RFC 3501 §9) */
  astring(): string {
    return this.atString() ? this.string() : this.atom();
  }

  /** True where a quoted string or a literal begins. */
  atString(): boolean {
    const code = this.peek();
    if (code === QUOTE || code === OPEN_BRACE) return true;
    return code === TILDE && this.position + 1 < this.end && this.bytes[this.position + 1] === OPEN_BRACE;
  }

  /** string = quoted / literal (RFC 3501 §9), latin1 */
  string(): string {
    return this.peek() === QUOTE ? this.quoted() : this.#literalText();
  }

  /** nstring = string / nil (RFC 3501 §9), latin1. Tolerates an atom in its place. */
  nstring(): string | undefined {
    if (this.peek() === QUOTE) return this.quoted();
    if (this.nil()) return undefined;
    return this.atString() ? this.#literalText() : this.atom();
  }

  /**
   * The next nstring of a list, behind the spaces in front of it; undefined at the end of the list, and for a list in its
   * place, which is passed over. Written out as one large function on purpose: V8 copies those of up to 460 bytes of
   * bytecode into all of their callers, and compiling the copies took longer than reading 20,000 messages.
   */
  field(): string | undefined {
    const { text, bytes, end } = this;
    let at = this.position;
    let code = at < end ? bytes[at] : -1;
    while (code === SPACE) code = ++at < end ? bytes[at] : -1;
    this.position = at;
    if (code === QUOTE) {
      const close = text.indexOf('"', at + 1);
      if (close < 0 || close >= end) return this.quoted();
      if (this.#backslash <= at || this.#backslashFrom > at + 1) {
        this.#backslash = placeOf('\\', text, at + 1);
        this.#backslashFrom = at + 1;
      }
      const next = close + 1 < end ? bytes[close + 1] : CLOSE;
      if (this.#backslash < close || (next !== SPACE && next !== CLOSE && next !== OPEN)) return this.quoted();
      this.position = close + 1;
      return text.substring(at + 1, close);
    }
    if (code === CLOSE) return undefined;
    if (code === CAPITAL_N && at + 3 < end && bytes[at + 1] === CAPITAL_I && bytes[at + 2] === CAPITAL_L) {
      const next = bytes[at + 3];
      if (next === SPACE || next === CLOSE || next === OPEN) {
        this.position = at + 3;
        return undefined;
      }
    }
    if (code === OPEN_BRACE) return this.#literalText();
    if (code !== OPEN) return this.nstring();
    this.skipValue();
    return undefined;
  }

  /** nstring as bytes: a literal is the buffer that it was received in. */
  nstringBytes(): Buffer | null {
    if (this.peek() === OPEN_BRACE) return this.literal();
    if (this.nil()) return null;
    if (this.peek() === QUOTE) return Buffer.from(this.quoted(), 'latin1');
    return this.atString() ? this.literal() : Buffer.from(this.atom(), 'latin1');
  }

  /** nil = "NIL" (RFC 3501 §9): takes it if it stands here as a whole word. */
  nil(): boolean {
    const { position } = this;
    if ((this.codeAt(position) | 32) !== 110 || position + 3 > this.end) return false;
    if ((this.codeAt(position + 1) | 32) !== 105 || (this.codeAt(position + 2) | 32) !== 108) return false;
    if (position + 3 < this.end) {
      const next = this.bytes[position + 3];
      if (next !== SPACE && next !== CLOSE && next !== OPEN && next !== CLOSE_BRACKET) return false;
    }
    this.position = position + 3;
    return true;
  }

  /** quoted = DQUOTE *QUOTED-CHAR DQUOTE (RFC 3501 §9), latin1, escapes undone */
  quoted(): string {
    if (this.peek() !== QUOTE) this.fail('a quoted string');
    const { text, end } = this;
    const start = this.position + 1;
    const close = text.indexOf('"', start);
    if (close < 0 || close >= end) return this.fail('a closing quote');
    if (this.#nextBackslash(start) < close || !endsQuoted(this.bytes, close + 1, end))
      return irregularQuoted(this, start);
    this.position = close + 1;
    return text.substring(start, close);
  }

  /** The place of the next backslash: looked for once for all the strings in front of it. */
  #nextBackslash(from: number): number {
    if (this.#backslash < from || this.#backslashFrom > from) {
      this.#backslash = placeOf('\\', this.text, from);
      this.#backslashFrom = from;
    }
    return this.#backslash;
  }

  /**
   * A place in `text` up to which, from here, there is neither an 8-bit character nor "=?", with which encoded words
   * begin: header text in front of it means what it says. Looked for once for all the strings in front of it.
   */
  plainUntil(): number {
    const { text, position } = this;
    this.#ascii ??= Buffer.byteLength(text) === text.length;
    if (!this.#ascii) return position;
    if (this.#encodedWord < position || this.#encodedWordFrom > position) {
      this.#encodedWord = placeOf('=?', text, position);
      this.#encodedWordFrom = position;
    }
    return this.#encodedWord;
  }

  #enter(text: string, bytes: Uint8Array): void {
    this.text = text;
    this.bytes = bytes;
    this.unclosedFrom = NOWHERE;
    this.#backslash = -1;
    this.#encodedWord = -1;
    this.#ascii = undefined;
  }

  /** literal = "{" number ["+"] "}" CRLF *CHAR8 (RFC 3501 §9, RFC 7888); literal8 with a leading "~" (RFC 3516) */
  literal(): Buffer {
    const frame = this.#frame;
    const literal = frame?.literals[this.#piece];
    const piece = frame?.pieces[this.#piece];
    const header = this.peek() === TILDE ? this.position + 1 : this.position;
    // A piece that another follows ends with a literal's header.
    if (literal === undefined || piece === undefined || this.text.lastIndexOf('{', this.end - 1) !== header) {
      return this.fail('a literal');
    }
    if (this.#piece === 0) this.#texts = 0;
    this.#piece++;
    this.#enter(piece, piece === ')' ? LAST_PIECE : bytesOf(piece));
    this.position = 0;
    this.end = piece.length;
    return literal;
  }

  /** True where a digit stands. */
  atNumber(): boolean {
    return isDigit(this.peek());
  }

  /** "(": counts the depth, which is limited. */
  open(): void {
    if (this.peek() !== OPEN) this.fail('"("');
    this.enter();
  }

  /** The "(" that stands here. */
  enter(): void {
    this.position++;
    if (++this.#depth > this.#maxDepth) {
      throw new ProtocolError(
        'LIMIT_DEPTH',
        `The server sent parentheses nested deeper than ${this.#maxDepth} (limits.depth)`,
      );
    }
  }

  /** ")": takes it if it stands here, after spaces that some servers put before it. */
  close(): boolean {
    if (this.position < this.end && this.bytes[this.position] === SPACE) this.skipSpaces();
    if (this.peek() !== CLOSE) return false;
    this.leave();
    return true;
  }

  /** The ")" that stands here. */
  leave(): void {
    this.position++;
    this.#depth--;
  }

  /** How many lists are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Passes over the rest of the lists that were opened since so many were, however deep they go. False: they do not end. */
  closeTo(depth: number): boolean {
    while (this.#depth > depth && this.position < this.end) {
      const code = this.peek();
      if (code === CLOSE) this.leave();
      else if (this.atString()) this.skipValue();
      else {
        if (code === OPEN) this.#depth++;
        this.position++;
      }
    }
    return this.#depth <= depth;
  }

  /** Takes a text that ends with the ")" of the list that is open, if it stands here. */
  closeBehind(text: string): boolean {
    if (!this.text.startsWith(text, this.position)) return false;
    this.position += text.length;
    this.#depth--;
    return true;
  }

  /** "(" [value *(SP value)] ")" */
  list(readValue: () => void): void {
    this.open();
    while (!this.close()) {
      readValue();
      this.skipSpaces();
    }
  }

  /** Passes over one value of any form: a parenthesized list, a string, an atom with its brackets. */
  skipValue(): void {
    if (this.peek() === OPEN) this.list(() => this.skipValue());
    else if (this.peek() === QUOTE) this.quoted();
    else if (this.atString()) this.literal();
    else skipAtom(this);
  }

  /** A literal in the place of a quoted string. */
  #literalText(): string {
    const literal = this.literal();
    this.#texts += literal.length;
    return this.#texts > MOST_TEXT ? this.fail('a shorter text') : literal.toString('latin1');
  }

  /** The rest of the line piece, as sent. */
  rest(): string {
    const text = this.text.substring(this.position, this.end);
    this.position = this.end;
    return text;
  }

  /** Nearly always this drops one response, and nobody sees the error: a stack trace would take ten times what reading does. */
  fail(expected: string): never {
    const start = this.#piece === 0 ? (this.#frame?.start ?? 0) : 0;
    const excerpt = this.text.substring(Math.max(start, this.position - 10), Math.min(this.end, this.position + 30));
    const { stackTraceLimit } = Error;
    // Where the limit can not be changed, for somebody has frozen it, Reflect.set does nothing.
    Reflect.set(Error, 'stackTraceLimit', 0);
    const error = new ProtocolError('SYNTAX', `Expected ${expected}`, { excerpt });
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
    throw error;
  }
}

/** Where the searched text stands at or after a place; past every place where it does not. */
function placeOf(searched: string, text: string, from: number): number {
  const place = text.indexOf(searched, from);
  return place < 0 ? NOWHERE : place;
}
