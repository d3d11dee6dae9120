/** Reads structured header fields: tokens, quoted strings, comments (RFC 5322 §3.2, RFC 2045 §5.1). */
export class FieldReader {
  #at = 0;
  /** The text of the last comment that was skipped. */
  lastComment: string | undefined;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.#at);
  }

  /** The next character, taken. */
  next(): string {
    return this.text.charAt(this.#at++);
  }

  take(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.#at = pattern.lastIndex;
    return match[0];
  }

  /** [CFWS] */
  skip(): void {
    for (;;) {
      const character = this.peek();
      if (character === '(') this.#comment();
      else if (character !== '' && ' \t\r\n'.includes(character)) this.#at++;
      else return;
    }
  }

  #comment(): void {
    let depth = 0;
    let text = '';
    while (!this.atEnd) {
      const character = this.next();
      if (character === '\\') text += this.next();
      else if (character === ')' && --depth === 0) break;
      else if (character !== '(' || ++depth > 1) text += character;
    }
    this.lastComment = text;
  }

  /** quoted-string, its content; an unclosed one runs to the end. */
  quoted(): string {
    this.#at++;
    let text = '';
    while (!this.atEnd) {
      const plain = this.match(/[^"\\]+/y);
      if (plain !== undefined) text += plain;
      else if (this.take('\\')) text += this.next();
      else {
        this.#at++;
        break;
      }
    }
    return text;
  }
}

/** White space is no `\s`, which is U+00A0 too: the last byte of an `à` in UTF-8. */
const TOKEN = /[^()<>@,;:\\"/[\]?= \t\r\n]+/y;
/** A value that is not quoted: more than a token, as mail has it. */
const LOOSE_VALUE = /[^ \t\r\n;"()]+/y;

export interface ParameterizedField {
  value: string;
  /** In the order in which they came, names as written. */
  parameters: [name: string, value: string][];
}

export interface ContentType {
  type: string;
  subtype: string;
  parameters: [name: string, value: string][];
}

/** Content-Type (RFC 2045 §5.1). undefined: cannot be read, the default counts. */
export function parseContentType(text: string): ContentType | undefined {
  const reader = new FieldReader(text);
  reader.skip();
  const type = reader.match(TOKEN);
  reader.skip();
  if (type === undefined || !reader.take('/')) return undefined;
  reader.skip();
  const subtype = reader.match(TOKEN);
  if (subtype === undefined) return undefined;
  return { type, subtype, parameters: parseParameters(reader) };
}

/** Content-Disposition (RFC 2183) and its kind. */
export function parseParameterized(text: string): ParameterizedField | undefined {
  const reader = new FieldReader(text);
  reader.skip();
  const value = reader.match(TOKEN);
  if (value === undefined) return undefined;
  return { value, parameters: parseParameters(reader) };
}

/** A field that is one token; undefined if it is anything else. */
export function parseToken(text: string): string | undefined {
  const reader = new FieldReader(text);
  reader.skip();
  const token = reader.match(TOKEN);
  reader.skip();
  return reader.atEnd ? token : undefined;
}

/** Continuations are put together (RFC 2231 §6 asks that of IMAP servers); what is encoded stays so. */
function parseParameters(reader: FieldReader): [string, string][] {
  const plain: [string, string][] = [];
  const continued = new Map<string, Piece[]>();
  for (const [name, value] of readParameters(reader)) {
    const [, base, number, star] = CONTINUATION.exec(name) ?? [];
    if (base === undefined) plain.push([name, value]);
    else {
      const pieces = continued.get(base.toLowerCase()) ?? [];
      pieces.push({ name, number: Number(number), encoded: star === '*', value });
      continued.set(base.toLowerCase(), pieces);
    }
  }
  return [...plain, ...[...continued].flatMap(([base, pieces]) => joinPieces(base, pieces))];
}

interface Piece {
  name: string;
  number: number;
  encoded: boolean;
  value: string;
}

/** One parameter, if no piece is missing. */
function joinPieces(base: string, pieces: Piece[]): [string, string][] {
  const ordered = pieces.toSorted((a, b) => a.number - b.number);
  if (!ordered.every(({ number }, index) => number === index)) return pieces.map(({ name, value }) => [name, value]);
  if (!pieces.some(({ encoded }) => encoded)) return [[base, ordered.map(({ value }) => value).join('')]];
  // One is encoded as a whole or not at all: Dovecot and Cyrus encode the other pieces with it.
  const charset = ordered[0]?.encoded ? '' : "''";
  return [
    [`${base}*`, charset + ordered.map(({ value, encoded }) => (encoded ? value : percentEncoded(value))).join('')],
  ];
}

/** All but attribute-char (RFC 2231 §7). */
function percentEncoded(value: string): string {
  return value.replace(
    /[^!#$&+.0-9A-Z^_`a-z{|}~-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** attribute "*" section ["*"] (RFC 2231 §7) */
const CONTINUATION = /^(.*?)\*(\d{1,3})(\*?)$/;

/** *(";" parameter) */
function readParameters(reader: FieldReader): [string, string][] {
  const parameters: [string, string][] = [];
  for (;;) {
    reader.skip();
    if (reader.atEnd) return parameters;
    if (!reader.take(';')) {
      reader.next();
      continue;
    }
    reader.skip();
    const name = reader.match(TOKEN);
    reader.skip();
    if (name === undefined || !reader.take('=')) continue;
    reader.skip();
    const value = reader.peek() === '"' ? reader.quoted() : reader.match(LOOSE_VALUE);
    if (value !== undefined) parameters.push([name, value]);
  }
}

export function parameter(parameters: [string, string][], name: string): string | undefined {
  return parameters.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** A list of words or atoms with commas between: Content-Language (RFC 3282). */
export function parseList(text: string): string[] {
  const reader = new FieldReader(text);
  const items: string[] = [];
  while (!reader.atEnd) {
    reader.skip();
    const item = reader.match(TOKEN);
    if (item !== undefined) items.push(item);
    else reader.next();
  }
  return items;
}
