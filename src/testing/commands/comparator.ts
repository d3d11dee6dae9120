import type { ServerCommand } from '../command.ts';
import { string } from '../format.ts';
import { COLLATIONS, DEFAULT_COLLATION } from '../order/collation.ts';
import { no } from '../refusal.ts';

/** COMPARATOR (RFC 5255 §4.7): the first of those asked for that there is; `*` in a name stands for anything (RFC 4790 §3.2). */
export const comparator: ServerCommand = {
  name: 'COMPARATOR',
  state: 'authenticated',
  capability: 'I18NLEVEL=2',
  run(session, args) {
    const patterns: string[] = [];
    while (args.take(' ')) patterns.push(args.astring());
    args.end();
    const matching = [...new Set(patterns.flatMap(matches))];
    const [name] = matching;
    const key = name === undefined ? undefined : COLLATIONS.get(name);
    if (name !== undefined && key) session.collation = { name, key };
    else if (patterns.length > 0) throw no('No such comparator', 'BADCOMPARATOR');
    const list = patterns.length > 0 ? ` (${matching.map(string).join(' ')})` : '';
    session.untagged(`COMPARATOR ${string(session.collation.name)}${list}`);
    return { text: 'COMPARATOR completed' };
  },
};

function matches(pattern: string): string[] {
  if (pattern.toLowerCase() === 'default') return [DEFAULT_COLLATION.name];
  const pieces = pattern.toLowerCase().split('*');
  return [...COLLATIONS.keys()].filter((name) => fits(name, pieces));
}

/** Whether the pieces stand in the name, in order, the first at its start and the last at its end. */
function fits(name: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
