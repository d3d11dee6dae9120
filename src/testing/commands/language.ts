import type { ServerCommand } from '../command.ts';
import { string } from '../format.ts';
import { LANGUAGES, lookUp } from '../language.ts';
import { no } from '../refusal.ts';

/** LANGUAGE (RFC 5255 §3.2): the first of the languages asked for that there is. */
export const language: ServerCommand = {
  name: 'LANGUAGE',
  state: 'any',
  capability: 'LANGUAGE',
  run(session, args) {
    const ranges: string[] = [];
    while (args.take(' ')) ranges.push(args.astring());
    args.end();
    if (ranges.length === 0) {
      session.untagged(`LANGUAGE (${LANGUAGES.map(string).join(' ')})`);
      return { text: 'LANGUAGE completed' };
    }
    const [found] = ranges.map(lookUp).filter((one) => one !== undefined);
    if (found === undefined) throw no('No such language');
    session.language = found;
    session.untagged(`LANGUAGE (${string(found)})`);
    return { text: 'LANGUAGE completed' };
  },
};
