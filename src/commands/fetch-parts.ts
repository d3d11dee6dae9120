import { type Command, Fit } from '../session/command.ts';
import { parsePart } from '../syntax/section.ts';

/** A part by its number, and how many of its first bytes are wanted; all of them where that is not said. */
export interface WantedPart {
  part: string;
  length?: number | undefined;
}

/**
 * UID FETCH of the beginnings of some parts of one message (RFC 3501 §6.4.5): the bytes by part, as they are encoded; null:
 * NIL. Nothing of a part that did not come.
 */
export function fetchParts(uid: number, wanted: readonly WantedPart[]): Command<Map<string, Buffer | null>> {
  const lengths = new Map(wanted.map(({ part, length }) => [parsePart(part), length]));
  const parts = new Map<string, Buffer | null>();
  return {
    name: 'UID FETCH',
    behaviour: { mailbox: true, fetches: true, sections: true },
    repeat: () => fetchParts(uid, wanted),
    write: (writer) => {
      writer.space().set(uid).space();
      writer.list(['UID', ...lengths], (item) =>
        writer.raw(
          typeof item === 'string' ? item : `BODY.PEEK[${item[0]}]${item[1] === undefined ? '' : `<0.${item[1]}>`}`,
        ),
      );
    },
    fetch: (data, _items, _bytes, fit) => {
      if (data.uid !== uid) return false;
      const own = (data.sections ?? []).filter(({ kind, section, origin }) => {
        if (kind !== 'BODY' || !lengths.has(section) || parts.has(section)) return false;
        // Tolerance: Exchange may answer a slice with the whole.
        if (fit === Fit.LOOSE) return (origin ?? 0) === 0;
        return origin === (lengths.get(section) === undefined ? undefined : 0);
      });
      for (const { section, bytes } of own) parts.set(section, bytes?.subarray(0, lengths.get(section)) ?? null);
      return own.length > 0;
    },
    finish: () => parts,
  };
}
