import { naming } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { type ByteRange, parseSection, partialText } from '../syntax/section.ts';
import { escapeForRegExp } from '../wire/chars.ts';
import { type Frame, STREAMED } from '../wire/frame.ts';
import type { LiteralSink } from '../wire/framer.ts';

/** Who takes the bytes of one section, in the order: begin, chunk…, end. */
export interface SectionSink {
  begin(size: number): void;
  chunk(bytes: Buffer): void;
  end(): void;
}

/**
 * UID FETCH of one section of one message (RFC 3501 §6.4.5), or some of its bytes, its literal handed on as it comes. Resolves
 * to whether the section came.
 */
export function fetchSection(uid: number, section: string, given: SectionSink, partial?: ByteRange): Command<boolean> {
  const wanted = naming('UID FETCH', () => parseSection(section));
  const slice = partial === undefined ? '' : naming('UID FETCH', () => partialText('partial', partial));
  const origins = partial === undefined ? '' : `(<${partial.offset}>)?`;
  const header = new RegExp(`BODY\\[${escapeForRegExp(wanted)}\\]${origins} *~?\\{\\d+\\+?\\}$`, 'i');
  const response = new SeenResponse(uid);
  let came = false;
  let sink = given;
  const begin = (size: number, whole: boolean): LiteralSink => {
    came = true;
    if (partial !== undefined && whole) sink = new Cut(given, partial);
    sink.begin(size);
    return sink;
  };
  return {
    name: 'UID FETCH',
    behaviour: { mailbox: true, fetches: true, streams: true },
    repeat: () => (came ? undefined : fetchSection(uid, section, given, partial)),
    write: (writer) => writer.space().set(uid).raw(` (UID BODY.PEEK[${wanted}]${slice})`),
    literal: (frame, size) => {
      const match = came ? null : header.exec(lastPiece(frame));
      return match !== null && response.isOwn(frame) ? begin(size, match[1] === undefined) : undefined;
    },
    fetch: (data) => {
      if (data.uid !== uid) return false;
      const part = data.sections?.find(
        ({ kind, section, origin }) =>
          kind === 'BODY' && section === wanted && (origin === undefined || origin === partial?.offset),
      );
      if (came) return part?.bytes === STREAMED;
      // A short section can come as a quoted string.
      if (part?.bytes) {
        begin(part.bytes.length, part.origin === undefined);
        if (part.bytes.length > 0) sink.chunk(part.bytes);
        sink.end();
      }
      return part !== undefined;
    },
    finish: () => came,
  };
}

/** Tolerance: Exchange may answer a partial FETCH with the whole, and says so by leaving the origin out. */
class Cut implements SectionSink {
  readonly #sink: SectionSink;
  readonly #first: number;
  readonly #last: number;
  #at = 0;

  constructor(sink: SectionSink, { offset, length }: ByteRange) {
    this.#sink = sink;
    this.#first = offset;
    this.#last = offset + length;
  }

  begin(size: number): void {
    this.#sink.begin(Math.max(0, Math.min(size, this.#last) - this.#first));
  }

  chunk(bytes: Buffer): void {
    const start = this.#at;
    this.#at += bytes.length;
    const wanted = bytes.subarray(Math.max(0, this.#first - start), Math.max(0, this.#last - start));
    if (wanted.length > 0) this.#sink.chunk(wanted);
  }

  end(): void {
    this.#sink.end();
  }
}

/** uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att (RFC 9586 §4) */
const UIDFETCH = /^\* +(\d+) +UIDFETCH +\(/i;

/**
 * Whether the response that came last is of this message: its first line is looked at once, though ten thousand
 * literals may follow.
 */
class SeenResponse {
  readonly #uid: number;
  #text = '';
  #start = -1;
  #own = false;

  constructor(uid: number) {
    this.#uid = uid;
  }

  isOwn(frame: Frame): boolean {
    if (frame.start !== this.#start || frame.text !== this.#text) {
      this.#text = frame.text;
      this.#start = frame.start;
      this.#own = isOf(frame, this.#uid);
    }
    return this.#own;
  }
}

function lastPiece(frame: Frame): string {
  return frame.pieces[frame.pieces.length - 1] ?? frame.line;
}

/** Servers name the UID before the section nearly always; where it is not said yet, the section alone tells. */
function isOf(frame: Frame, uid: number): boolean {
  const match = /^\* +\d+ +FETCH +\((?:[^"]* )?UID (\d+)[ )]/i.exec(frame.line) ?? UIDFETCH.exec(frame.line);
  return match === null ? /^\* +\d+ +FETCH +\(/i.test(frame.line) : Number(match[1]) === uid;
}
