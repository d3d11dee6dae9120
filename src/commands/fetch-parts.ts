import type { Command } from '../session/command.ts';
import { parsePart } from '../syntax/section.ts';

/** A part by its number, and how many of its first bytes are wanted; all of them where that is not said. */
export interface WantedPart {
  part: string;
  length?: number | undefined;
}

/** UID FETCH of the beginnings of some parts of one message (RFC 3501 §6.4.5): the bytes by part, as they are encoded. */
export function fetchParts(uid: number, wanted: readonly WantedPart[]): Command<Map<string, Buffer>> {
  const lengths = new Map(wanted.map(({ part, length }) => [parsePart(part), length]));
  const parts = new Map<string, Buffer>();
  return {
    name: 'UID FETCH',
    behaviour: { mailbox: true },
    repeat: () => fetchParts(uid, wanted),
    write: (writer) => {
      writer.space().set(uid).space();
      writer.list(['UID', ...lengths], (item) =>
        writer.raw(
          typeof item === 'string' ? item : `BODY.PEEK[${item[0]}]${item[1] === undefined ? '' : `<0.${item[1]}>`}`,
        ),
      );
    },
    fetch: ({ uid: answered, sections = [] }) => {
      if (answered !== uid) return false;
      const own = sections.filter(
        ({ kind, section }) => kind === 'BODY' && lengths.has(section) && !parts.has(section),
      );
      // Tolerance: Exchange may answer a slice with the whole.
      for (const { section, bytes } of own)
        if (bytes !== null) parts.set(section, bytes.subarray(0, lengths.get(section)));
      return own.length > 0;
    },
    finish: () => parts,
  };
}
