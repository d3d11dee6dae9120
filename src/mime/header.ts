import { decodeHeader } from './encoded-word.ts';

/**
 * Header fields in order, repeated ones kept; values are unfolded and their RFC 2047 words decoded. Of more than 10,000, which
 * no honest message has, the first ones: `raw` has all.
 */
export interface Headers extends Iterable<[name: string, value: string]> {
  /** The first field of this name, in any case. */
  get(name: string): string | undefined;
  /** All fields of this name, in the order of the message. */
  getAll(name: string): string[];
  /** The bytes as the server sent them. */
  readonly raw: Buffer;
}

/** Where a field stands in the text of the header. */
interface Field {
  name: string;
  /** The name in lower case. */
  key: string;
  start: number;
  end: number;
}

/** A field takes a hundred bytes beside its own: a hostile header is nothing but short ones. */
const MAX_FIELDS = 10_000;

/**
 * The header of a message or part (RFC 5322 §2.2), up to the empty line that ends it. Read at the first question, and
 * each value decoded when it is asked for. Lines that are no field (mbox's `From `, text gone astray) are passed over.
 */
export class HeaderFields implements Headers {
  readonly raw: Buffer;
  #text = '';
  #fields: Field[] | undefined;

  constructor(raw: Buffer) {
    this.raw = raw;
  }

  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const field = this.#read().find((each) => each.key === wanted);
    return field && this.#value(field);
  }

  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    const fields = this.#read().filter((each) => each.key === wanted);
    return fields.map((field) => this.#value(field));
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (const field of this.#read()) yield [field.name, this.#value(field)];
  }

  #value(field: Field): string {
    return decodeHeader(this.#text.slice(field.start, field.end));
  }

  #read(): Field[] {
    if (!this.#fields) {
      this.#text = this.raw.toString('latin1');
      this.#fields = readFields(this.#text);
    }
    return this.#fields;
  }
}

/** RFC 5322 §2.2, §4.5: `field-name *WSP ":" unstructured CRLF`, and lines that begin with white space continue it. */
function readFields(text: string): Field[] {
  const fields: Field[] = [];
  let open: Field | undefined;
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start);
    const next = lineEnd < 0 ? text.length : lineEnd + 1;
    if (isWhiteSpace(text, start)) {
      if (open) open.end = next;
    } else {
      if (isEmptyLine(text, start) || fields.length === MAX_FIELDS) break;
      open = readField(text, start, next);
      if (open) fields.push(open);
    }
    start = next;
  }
  return fields;
}

function readField(text: string, start: number, end: number): Field | undefined {
  const line = text.slice(start, end);
  const colon = line.indexOf(':');
  let nameEnd = colon;
  while (nameEnd > 0 && isWhiteSpace(line, nameEnd - 1)) nameEnd--;
  const name = line.slice(0, nameEnd);
  if (nameEnd <= 0 || !/^[!-~\u0080-\u00ff]+$/.test(name)) return undefined;
  return { name, key: name.toLowerCase(), start: start + colon + 1, end };
}

function isEmptyLine(text: string, start: number): boolean {
  const char = text.charAt(start);
  return char === '\n' || (char === '\r' && text.charAt(start + 1) === '\n');
}

function isWhiteSpace(text: string, at: number): boolean {
  const char = text.charAt(at);
  return char === ' ' || char === '\t';
}
