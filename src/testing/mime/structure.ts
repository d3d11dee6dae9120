import { Header } from './header.ts';
import { type ContentType, parameter, parseContentType } from './structured.ts';

/** Deeper than this a part is not looked into. */
const MAX_DEPTH = 100;
const MAX_PARTS = 10_000;

/** A message, or a part of one, by its offsets in the raw message. */
export interface Part {
  header: Header;
  bodyStart: number;
  bodyEnd: number;
  /** As written; undefined where the field is missing or cannot be read. */
  contentType: ContentType | undefined;
  kind: 'multipart' | 'message' | 'leaf';
  /** The parts of a multipart; the one message of a message/rfc822. */
  children: Part[];
}

/** A boundary delimiter line (RFC 2046 §5.1.1) and whose it is. */
interface Delimiter {
  lineStart: number;
  lineEnd: number;
  /** Index into the stack of open boundaries. */
  level: number;
  closing: boolean;
}

/** Parses the MIME structure of a whole message, in one pass over its lines that begin with "--". */
export function parseStructure(raw: Buffer): Part {
  return new StructureParser(raw).parse();
}

class StructureParser {
  readonly #boundaries: string[] = [];
  #parts = 0;

  constructor(private readonly raw: Buffer) {}

  parse(): Part {
    return this.#entity(0, undefined, 0).part;
  }

  /** An entity from its header on: the part and the delimiter that ended it. */
  #entity(start: number, parent: ContentType | undefined, depth: number): { part: Part; ended: Delimiter | undefined } {
    this.#parts++;
    const header = new Header(
      this.raw,
      start,
      (lineStart, lineEnd) => this.#delimiter(lineStart, lineEnd) !== undefined,
    );
    const field = header.get('content-type');
    const inDigest = field === undefined && parent !== undefined && isType(parent, 'multipart', 'digest');
    const contentType = inDigest
      ? { type: 'message', subtype: 'rfc822', parameters: [] }
      : field === undefined
        ? undefined
        : parseContentType(field);
    const part: Part = { header, bodyStart: header.end, bodyEnd: header.end, contentType, kind: 'leaf', children: [] };
    const ended = this.#body(part, depth);
    // A message that is cut off in its header keeps the line end of its last field.
    const least = part.kind === 'message' ? (part.children[0]?.bodyEnd ?? 0) : header.end;
    part.bodyEnd = ended ? Math.max(least, beforeLineEnd(this.raw, ended.lineStart)) : this.raw.length;
    return { part, ended };
  }

  #body(part: Part, depth: number): Delimiter | undefined {
    const type = part.contentType;
    const boundary = type && parameter(type.parameters, 'boundary');
    const nests = type !== undefined && depth < MAX_DEPTH && this.#parts < MAX_PARTS;
    if (nests && isType(type, 'multipart')) {
      part.kind = 'multipart';
      const ended = boundary ? this.#multipart(part, boundary, depth) : this.#nextDelimiter(part.bodyStart);
      if (part.children.length === 0) part.children.push(this.#emptyPart());
      return ended;
    }
    if (nests && isType(type, 'message', 'rfc822')) {
      part.kind = 'message';
      const { part: message, ended } = this.#entity(part.bodyStart, undefined, depth + 1);
      part.children.push(message);
      return ended;
    }
    return this.#nextDelimiter(part.bodyStart);
  }

  #multipart(part: Part, boundary: string, depth: number): Delimiter | undefined {
    const level = this.#boundaries.push(boundary) - 1;
    let delimiter = this.#nextDelimiter(part.bodyStart);
    while (delimiter?.level === level && !delimiter.closing && this.#parts < MAX_PARTS) {
      const { part: child, ended } = this.#entity(delimiter.lineEnd, part.contentType, depth + 1);
      part.children.push(child);
      delimiter = ended;
    }
    this.#boundaries.length = level;
    return delimiter?.level === level ? this.#nextDelimiter(delimiter.lineEnd) : delimiter;
  }

  /** A multipart has a part by IMAP's grammar even where the message has none. */
  #emptyPart(): Part {
    const { length } = this.raw;
    const header = new Header(this.raw, length);
    return { header, bodyStart: length, bodyEnd: length, contentType: undefined, kind: 'leaf', children: [] };
  }

  #nextDelimiter(from: number): Delimiter | undefined {
    if (this.#boundaries.length === 0) return undefined;
    let lineStart = from;
    for (;;) {
      const delimiter = this.#delimiter(lineStart);
      if (delimiter) return delimiter;
      const at = this.raw.indexOf('\n--', lineStart, 'latin1');
      if (at < 0) return undefined;
      lineStart = at + 1;
    }
  }

  /** What the line is. The longest boundary that it begins with counts, of equal ones the innermost. */
  #delimiter(lineStart: number, lineEnd = -1): Delimiter | undefined {
    const { raw } = this;
    if (this.#boundaries.length === 0 || raw[lineStart] !== 0x2d || raw[lineStart + 1] !== 0x2d) return undefined;
    const feed = lineEnd < 0 ? raw.indexOf(10, lineStart) + 1 : lineEnd;
    const end = feed === 0 ? raw.length : feed;
    const line = raw.toString('latin1', lineStart + 2, Math.min(end, lineStart + 1000));
    let level = -1;
    let length = -1;
    for (let index = this.#boundaries.length - 1; index >= 0; index--) {
      const boundary = this.#boundaries[index] ?? '';
      if (boundary.length > length && line.startsWith(boundary)) {
        level = index;
        length = boundary.length;
      }
    }
    return level < 0 ? undefined : { lineStart, lineEnd: end, level, closing: line.startsWith('--', length) };
  }
}

export function isType(type: ContentType | undefined, major: string, minor?: string): boolean {
  return (
    type !== undefined &&
    type.type.toLowerCase() === major &&
    (minor === undefined || type.subtype.toLowerCase() === minor)
  );
}

/** The offset before the line end that precedes `at`: it belongs to the delimiter (RFC 2046 §5.1.1). */
function beforeLineEnd(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 10) return at;
  return raw[at - 2] === 13 ? at - 2 : at - 1;
}

/** Line ends in a range. */
export function countLines(raw: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let at = raw.indexOf(10, start); at >= 0 && at < end; at = raw.indexOf(10, at + 1)) lines++;
  return lines;
}
