import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { OPEN } from '../wire/chars.ts';

/** How the server compares texts in SEARCH, SORT and THREAD (RFC 4790). */
export interface Comparator {
  active: string;
  /** Which it has of those that were asked for. */
  matching?: string[];
}

/**
 * COMPARATOR (RFC 5255 §4.7): the comparator in use, or the first of those asked for that the server has.
 *
 *     comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]    (RFC 5255 §4.10)
 */
export function comparator(preferred: readonly string[], connection: ConnectionState): Command<Comparator> {
  let told: Comparator = { active: '' };
  return {
    name: 'COMPARATOR',
    needs: 'I18NLEVEL=2',
    behaviour: { unmarkedAnswer: true },
    repeat: () => comparator(preferred, connection),
    write: (writer) => {
      for (const one of preferred) writer.space().string(one);
    },
    untagged: {
      COMPARATOR: (reader) => {
        reader.skipSpaces();
        told = { active: reader.astring() };
        reader.skipSpaces();
        const matching: string[] = [];
        if (reader.peek() !== OPEN) return true;
        reader.list(() => matching.push(reader.astring()));
        told.matching = matching;
        return true;
      },
    },
    finish: () => {
      if (preferred.length > 0) connection.chosen = { ...connection.chosen, comparators: preferred };
      return told;
    },
  };
}
