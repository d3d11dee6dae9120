import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { OPEN } from '../wire/chars.ts';

/**
 * LANGUAGE (RFC 5255 §3.2): the languages that the server has, or the one of those asked for that it speaks from here on.
 *
 *     language-data = "LANGUAGE" SP "(" lang-tag-quoted *(SP lang-tag-quoted) ")"      (RFC 5255 §3.5)
 */
export function language(preferred: readonly string[], connection: ConnectionState): Command<string[]> {
  let languages: string[] = [];
  return {
    name: 'LANGUAGE',
    needs: 'LANGUAGE',
    behaviour: { unmarkedAnswer: true },
    repeat: () => language(preferred, connection),
    write: (writer) => {
      for (const range of preferred) writer.space().string(range);
    },
    untagged: {
      LANGUAGE: (reader) => {
        const told: string[] = [];
        reader.skipSpaces();
        if (reader.peek() === OPEN) reader.list(() => told.push(reader.astring()));
        languages = told;
        return true;
      },
    },
    finish: () => {
      if (preferred.length > 0) connection.chosen = { ...connection.chosen, languages: preferred };
      return languages;
    },
  };
}
