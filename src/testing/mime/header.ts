const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const COLON = 58;

/** A field of a header block, by its offsets in the message. */
export interface HeaderField {
  /** Lower case. */
  name: string;
  start: number;
  valueStart: number;
  /** Past the line end of its last line. */
  end: number;
}

/** A header block of a message or of a part (RFC 5322 §2.2), with the blank line that ends it. */
export class Header {
  readonly fields: HeaderField[] = [];
  /** Past the blank line, or where the header stops without one. */
  readonly end: number;
  /** Where the fields end and the blank line begins. */
  readonly fieldsEnd: number;

  constructor(
    readonly raw: Buffer,
    readonly start: number,
    /** True for a line at which the header ends though no blank line came: a boundary. */
    endsAt: (lineStart: number, lineEnd: number) => boolean = () => false,
  ) {
    let at = start;
    for (;;) {
      if (at >= raw.length) break;
      const feed = raw.indexOf(LF, at);
      const end = feed < 0 ? raw.length : feed + 1;
      const length = end - at;
      if (feed >= 0 && (length === 1 || (length === 2 && raw[at] === CR))) {
        this.fieldsEnd = at;
        this.end = end;
        return;
      }
      if (endsAt(at, end)) break;
      this.#addLine(at, end);
      at = end;
    }
    this.fieldsEnd = at;
    this.end = at;
  }

  #addLine(start: number, end: number): void {
    const first = this.raw[start];
    const last = this.fields.at(-1);
    if ((first === SPACE || first === TAB) && last) {
      last.end = end;
      return;
    }
    const colon = this.raw.subarray(start, end).indexOf(COLON);
    const nameEnd = colon < 0 ? end : start + colon;
    const name = this.raw.toString('latin1', start, nameEnd).trimEnd().toLowerCase();
    this.fields.push({ name, start, valueStart: colon < 0 ? end : nameEnd + 1, end });
  }

  /** The unfolded value of a field (lower case), one character a byte. Of several the last counts, as in Dovecot. */
  get(name: string): string | undefined {
    const field = this.fields.findLast((candidate) => candidate.name === name);
    return field && this.value(field);
  }

  all(name: string): string[] {
    return this.fields.filter((field) => field.name === name).map((field) => this.value(field));
  }

  value(field: HeaderField): string {
    return unfold(this.raw.toString('latin1', field.valueStart, field.end));
  }
}

/** RFC 5322 §2.2.3: line ends go, the white space after them stays. At both ends it goes, but no U+00A0: that is a byte of UTF-8. */
function unfold(value: string): string {
  const line = value.replace(/\r?\n/g, '');
  const isBlank = (at: number) => line[at] === ' ' || line[at] === '\t';
  let start = 0;
  let end = line.length;
  while (isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return line.slice(start, end);
}
