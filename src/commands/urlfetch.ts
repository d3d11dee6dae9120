import type { Command } from '../session/command.ts';
import { type BodyStructure, readBodyStructure } from '../syntax/body-structure.ts';
import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';

/** How a URL is fetched: plainly, or as URLAUTH=BINARY (RFC 5524) can. */
export interface UrlFetchOptions {
  /** The content without its transfer encoding. */
  decode?: boolean | undefined;
  /** What the part is, too. */
  structure?: boolean | undefined;
}

/** What an authorized URL stands for. */
export interface FetchedUrl {
  content: Buffer;
  structure?: BodyStructure;
}

/**
 * URLFETCH (RFC 4467 §7, RFC 5524 §3). undefined where the server gives nothing for this URL: it tells no reason.
 *
 *     urlfetch-data = "URLFETCH" 1*(SP url-full SP nstring)                                            (RFC 4467 §9)
 *     urldata-ext   = SP url-full 1*(SP "(" ("BODYPARTSTRUCTURE" SP body / "BINARY" SP literal8 …) ")")  (RFC 5524 §5)
 */
export function urlFetch(url: string, options: UrlFetchOptions = {}): Command<FetchedUrl | undefined> {
  const { decode = false, structure = false } = options;
  const extended = decode || structure;
  const fetched: { content?: Buffer | null; structure?: BodyStructure } = {};
  return {
    name: 'URLFETCH',
    needs: extended ? 'URLAUTH=BINARY' : 'URLAUTH',
    behaviour: { unmarkedAnswer: true },
    repeat: () => urlFetch(url, options),
    write: (writer) => {
      writer.space();
      if (!extended) writer.string(url);
      else
        writer
          .raw('(')
          .string(url)
          .raw(`${structure ? ' BODYPARTSTRUCTURE' : ''}${decode ? ' BINARY' : ' BODY'})`);
    },
    untagged: {
      URLFETCH: (reader) => {
        reader.skipSpaces();
        reader.astring();
        reader.skipSpaces();
        if (reader.peek() !== OPEN) fetched.content = reader.nstringBytes();
        for (; reader.peek() === OPEN; reader.skipSpaces()) readMetadata(reader, fetched);
        return true;
      },
    },
    finish: () => {
      const { content, ...rest } = fetched;
      return content === undefined || content === null ? undefined : { content, ...rest };
    },
  };
}

/**
 * "(" ("BODYPARTSTRUCTURE" SP body / ("BODY" / "BINARY") SP (nstring / literal8)) ")" (RFC 5524 §5). Tolerates several in
 * one pair of parentheses (Dovecot).
 */
function readMetadata(reader: Reader, fetched: { content?: Buffer | null; structure?: BodyStructure }): void {
  reader.list(() => {
    const name = reader.name().toUpperCase();
    reader.skipSpaces();
    if (name === 'BODY' || name === 'BINARY') fetched.content = reader.nstringBytes();
    else if (name !== 'BODYPARTSTRUCTURE') reader.skipValue();
    else if (!reader.nil()) fetched.structure = readBodyStructure(reader);
  });
}
