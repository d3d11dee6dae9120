import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { OPEN } from '../wire/chars.ts';
import { unanswered } from './unanswered.ts';

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
  let told: Comparator | undefined;
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
        const active = reader.astring();
        reader.skipSpaces();
        const matching: string[] = [];
        const listed = reader.peek() === OPEN;
        if (listed) reader.list(() => matching.push(reader.astring()));
        told = listed ? { active, matching } : { active };
        return true;
      },
    },
    finish: () => {
      if (preferred.length > 0) connection.chosen = { ...connection.chosen, comparators: preferred };
      if (told === undefined) throw unanswered('COMPARATOR', 'COMPARATOR');
      return told;
    },
  };
}
