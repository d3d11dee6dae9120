import { naming } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { parseSection } from '../syntax/section.ts';
import { escapeForRegExp } from '../wire/chars.ts';
import { type Frame, STREAMED } from '../wire/frame.ts';
import type { LiteralSink } from '../wire/framer.ts';

/** Who takes the bytes of one section, in the order: begin, chunk…, end. */
export interface SectionSink {
  begin(size: number): void;
  chunk(bytes: Buffer): void;
  end(): void;
}

/** UID FETCH of one section of one message (RFC 3501 §6.4.5), its literal handed on as it comes. Resolves to whether the section came. */
export function fetchSection(uid: number, section: string, sink: SectionSink): Command<boolean> {
  const wanted = naming('UID FETCH', () => parseSection(section));
  const header = new RegExp(`BODY\\[${escapeForRegExp(wanted)}\\] *~?\\{\\d+\\+?\\}$`, 'i');
  const response = new SeenResponse(uid);
  let came = false;
  const begin = (size: number): LiteralSink => {
    came = true;
    sink.begin(size);
    return sink;
  };
  return {
    name: 'UID FETCH',
    behaviour: { mailbox: true, fetches: true, streams: true },
    repeat: () => (came ? undefined : fetchSection(uid, section, sink)),
    write: (writer) => writer.space().set(uid).raw(` (UID BODY.PEEK[${wanted}])`),
    literal: (frame, size) =>
      !came && header.test(lastPiece(frame)) && response.isOwn(frame) ? begin(size) : undefined,
    fetch: (data) => {
      if (data.uid !== uid) return false;
      const part = data.sections?.find(
        ({ kind, section, origin }) => kind === 'BODY' && section === wanted && origin === undefined,
      );
      if (came) return part?.bytes === STREAMED;
      // A short section can come as a quoted string.
      if (part?.bytes) {
        begin(part.bytes.length);
        if (part.bytes.length > 0) sink.chunk(part.bytes);
        sink.end();
      }
      return part !== undefined;
    },
    finish: () => came,
  };
}

/** uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att (RFC 9586 §4) */
const UIDFETCH = /^\* +(\d+) +UIDFETCH +\(/i;

/** Whose the response is that came last: its first line is looked at once, for ten thousand literals may follow it. */
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
