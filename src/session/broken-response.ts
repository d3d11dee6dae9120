import { Frame } from '../wire/frame.ts';

/** So many lines, up to so many characters, may complete a response. */
const MOST_JOINED = 32;
const LONGEST_JOINED = 65_536;
const NEGATIVE_LITERAL = /(?<=\] )\{-\d{1,15}\}$/;

/** A response that could not be read, as long as the next line may complete it. */
export class BrokenResponse {
  #frame: Frame | undefined;
  /** How many lines it was joined from. */
  #joined = 0;

  get waits(): boolean {
    return this.#frame !== undefined;
  }

  /** Another response begins: what keep() is given next belongs to that one. */
  begin(): void {
    this.#joined = 0;
  }

  keep(frame: Frame): void {
    this.#frame = frame;
  }

  /** Stops waiting for further lines. Returns the response as far as it came. */
  give(): Frame | undefined {
    const frame = this.#frame;
    this.#frame = undefined;
    return frame;
  }

  /**
   * Tolerance: a line end within a quoted string (Outlook, Cyrus), behind a literal whose size was told too small, or behind
   * one of less than nothing (Free: `BODY[1] {-1}`). Returns the response with this line joined to it, to be read again;
   * undefined where no response waits for a further line.
   */
  join(line: string): Frame | undefined {
    const frame = this.#frame;
    if (frame === undefined || this.#joined >= MOST_JOINED || frame.lines.length + line.length > LONGEST_JOINED)
      return undefined;
    this.#frame = undefined;
    this.#joined++;
    const last = frame.pieces.length - 1;
    if (last < 0) return Frame.of(joined(frame.line, line));
    frame.pieces[last] = joined(frame.pieces[last] ?? '', line);
    return frame;
  }
}

/** What stands behind an empty piece follows a literal. */
function joined(piece: string, line: string): string {
  if (piece === '') return line;
  const negative = NEGATIVE_LITERAL.exec(piece);
  return negative === null ? `${piece}\r\n${line}` : `${piece.substring(0, negative.index)}""${line}`;
}
