import type { RawCommand } from './command-input.ts';
import { utf8Text } from './format.ts';
import { canonicalName, decodeName, nameFromWire } from './mailbox-name.ts';
import { bad } from './refusal.ts';

/** ATOM-CHAR (RFC 3501 §9): any CHAR except atom-specials. */
const ATOM = /[!#$&'+-[^-z|}~]+/y;
/** ASTRING-CHAR = ATOM-CHAR / resp-specials */
const ASTRING_ATOM = /[!#$&'+-[\]-z|}~]+/y;
/** list-char = ATOM-CHAR / list-wildcards / resp-specials */
const LIST_ATOM = /[!#-'*-[\]-z|}~]+/y;
/** tag = 1*<any ASTRING-CHAR except "+"> */
const TAG = /[!#$&',-[\]-z|}~]+/y;
const QUOTED = /"((?:[^"\\\r\n\0\x80-\xff]|\\["\\])*)"/y;
const QUOTED_UTF8 = /"((?:[^"\\\r\n\0]|\\["\\])*)"/y;
const NUMBER = /\d+/y;
const SET = /[\d:*,]+|\$/y;

/**
 * Reads the arguments of one command, strictly: what RFC 3501's grammar does not allow is refused with BAD. Strings are
 * handed out with one character a byte.
 */
export class Arguments {
  readonly #command: RawCommand;
  #index = 0;
  #text: string;
  #at = 0;

  constructor(
    command: RawCommand,
    /** 8-bit UTF-8 may stand in quoted strings (RFC 9755). */
    private readonly utf8Quoted = false,
    /** Between the levels of mailbox names. */
    private readonly delimiter?: string,
  ) {
    this.#command = command;
    this.#text = command.lines[0] ?? '';
  }

  /** The rest of the line is empty and no literal follows. */
  get atEnd(): boolean {
    return this.#at === this.#text.length && this.#index === this.#command.literals.length;
  }

  get #atLiteral(): boolean {
    return this.#at === this.#text.length && this.#index < this.#command.literals.length;
  }

  end(): void {
    if (!this.atEnd) throw bad('Unexpected text after the arguments');
  }

  /** The next character without taking it; '' at the end of a line or before a literal. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += character.length;
    return true;
  }

  expect(character: string): void {
    if (!this.take(character)) throw bad(`Expected ${character === ' ' ? 'a space' : `"${character}"`}`);
  }

  space(): void {
    this.expect(' ');
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }

  /** What matches the sticky pattern, taken. */
  match(pattern: RegExp): string | undefined {
    return this.#match(pattern);
  }

  tag(): string | undefined {
    return this.#match(TAG);
  }

  atom(): string {
    const atom = this.#match(ATOM);
    if (atom === undefined) throw bad('Expected an atom');
    return atom;
  }

  /** An atom in upper case, for words whose case does not count. */
  word(): string {
    return this.atom().toUpperCase();
  }

  number(): number {
    const digits = this.#match(NUMBER);
    const value = Number(digits);
    if (digits === undefined || value > 0xffffffff) throw bad('Expected a number');
    return value;
  }

  nonZeroNumber(): number {
    const value = this.number();
    if (value === 0) throw bad('Expected a number that is not 0');
    return value;
  }

  /** number64 (RFC 7162) as a bigint. */
  bigNumber(): bigint {
    const digits = this.#match(NUMBER);
    if (digits === undefined || digits.length > 19) throw bad('Expected a number');
    return BigInt(digits);
  }

  /** A size in bytes: number; in IMAP4rev2 number64 (RFC 9051 §9). */
  size(rev2: boolean): bigint {
    return rev2 ? this.bigNumber() : BigInt(this.number());
  }

  /** sequence-set, not yet looked into. */
  set(): string {
    const set = this.#match(SET);
    if (set === undefined) throw bad('Expected a sequence set');
    return set;
  }

  /** literal / literal8 */
  literal(): { bytes: Buffer; binary: boolean } {
    if (!this.#atLiteral) throw bad('Expected a literal');
    const bytes = this.#command.literals[this.#index] ?? Buffer.alloc(0);
    const binary = this.#command.binary[this.#index] ?? false;
    this.#index++;
    this.#text = this.#command.lines[this.#index] ?? '';
    this.#at = 0;
    return { bytes, binary };
  }

  quoted(): string {
    const content = this.#match(this.utf8Quoted ? QUOTED_UTF8 : QUOTED);
    if (content === undefined) throw bad('Bad quoted string');
    return content.includes('\\') ? content.replace(/\\(.)/g, '$1') : content;
  }

  /** string = quoted / literal */
  string(): string {
    if (this.peek() === '"') return this.quoted();
    if (!this.#atLiteral) throw bad('Expected a string');
    const { bytes, binary } = this.literal();
    if (binary || bytes.includes(0)) throw bad('NUL or binary literal where a string stands');
    return bytes.toString('latin1');
  }

  isString(): boolean {
    return this.peek() === '"' || this.#atLiteral;
  }

  astring(): string {
    if (this.isString()) return this.string();
    const atom = this.#match(ASTRING_ATOM);
    if (atom === undefined) throw bad('Expected an astring');
    return atom;
  }

  /** mailbox = "INBOX" / astring, decoded */
  mailbox(): string {
    return canonicalName(this.givenMailbox(), this.delimiter);
  }

  /** mailbox with INBOX in the case in which it was given, for what is answered by that name. */
  givenMailbox(): string {
    return nameFromWire(this.astring(), this.utf8Quoted);
  }

  /** The text that a pattern of LIST stands for: what is not valid can still match nothing but itself. */
  decoded(encoded: string): string {
    return (this.utf8Quoted ? utf8Text(encoded) : decodeName(encoded)) ?? encoded;
  }

  /** list-mailbox = 1*list-char / string */
  listMailbox(): string {
    if (this.isString()) return this.string();
    const atom = this.#match(LIST_ATOM);
    if (atom === undefined) throw bad('Expected a mailbox pattern');
    return atom;
  }

  nstring(): string | null {
    return this.isNil() ? null : this.string();
  }

  isNil(): boolean {
    if (!/^NIL(?![^ )])/i.test(this.#text.slice(this.#at, this.#at + 4))) return false;
    this.#at += 3;
    return true;
  }

  /** "(" [item *(SP item)] ")" */
  list<T>(item: () => T): T[] {
    this.expect('(');
    const items: T[] = [];
    if (this.take(')')) return items;
    do items.push(item());
    while (this.take(' '));
    this.expect(')');
    return items;
  }

  /** flag = "\" atom / atom; \Recent cannot be set (RFC 3501 §2.3.2), nor a system flag that does not exist. */
  flag(): string {
    const system = this.take('\\');
    const name = this.atom();
    if (!system) return name;
    if (!/^(?:Answered|Flagged|Deleted|Seen|Draft)$/i.test(name)) throw bad(`Flag \\${name} cannot be stored`);
    return `\\${name}`;
  }
}
