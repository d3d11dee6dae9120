/** FILTERS (RFC 5466): searches that are kept in the metadata of the server, under names. */
import { Arguments } from './arguments.ts';
import type { Session } from './session.ts';

/** The search that the user, or else everybody, has under this name, as the arguments of a command. */
export function filterNamed({ mail, context }: Session, name: string): Arguments | undefined {
  const entry = `/filters/values/${name.toLowerCase()}`;
  const value = mail.metadata.get(`/private${entry}`) ?? context.store.metadata.get(`/shared${entry}`);
  return value && new Arguments(asCommand(value), true);
}

/** Literals stand in a value as they do in a command. */
function asCommand(value: Buffer): { lines: string[]; literals: Buffer[]; binary: boolean[] } {
  const lines: string[] = [];
  const literals: Buffer[] = [];
  const text = value.toString('latin1');
  let at = 0;
  for (const announcement of text.matchAll(/\{(\d{1,9})\+?\}\r\n/g)) {
    // One that stands in a literal is its text.
    if (announcement.index < at) continue;
    lines.push(text.slice(at, announcement.index));
    const begin = announcement.index + announcement[0].length;
    at = begin + Number(announcement[1]);
    literals.push(value.subarray(begin, at));
  }
  lines.push(text.slice(at));
  return { lines, literals, binary: literals.map(() => false) };
}
