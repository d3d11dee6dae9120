import { ProtocolError } from '../errors.ts';
import { MOST_FOUND } from './search.ts';

/** What the flags of all messages may take, bytes, and what a list of them and each flag take beside their letters. */
const MOST_HELD = 512 << 20;
const LIST_WEIGHT = 200;
const FLAG_WEIGHT = 30;

/** What came with one command's answer: few different lists, which equal ones share, and what they take. */
interface Told {
  lists: WeakSet<ReadonlySet<string>>;
  weight: number;
}

const toldFor = new WeakMap<ReadonlyMap<number, ReadonlySet<string>>, Told>();

/**
 * Keeps the flags of a message, as the command's answer tells them. A server that tells of more messages than any mailbox
 * holds, or of more flags than they have, is stopped.
 */
export function keepFlags(
  command: string,
  kept: Map<number, ReadonlySet<string>>,
  message: number,
  flags: ReadonlySet<string>,
): void {
  const told = toldFor.get(kept) ?? { lists: new WeakSet(), weight: 0 };
  if (told.weight === 0) toldFor.set(kept, told);
  if (!told.lists.has(flags)) {
    told.lists.add(flags);
    told.weight += weightOf(flags);
  }
  if (kept.size >= MOST_FOUND) throw tooMuch(command, `the flags of ${MOST_FOUND} messages and more`);
  if (told.weight > MOST_HELD) throw tooMuch(command, `flags of more than ${MOST_HELD} bytes`);
  kept.set(message, flags);
}

function weightOf(flags: ReadonlySet<string>): number {
  let weight = LIST_WEIGHT;
  for (const { length } of flags) weight += FLAG_WEIGHT + length;
  return weight;
}

function tooMuch(command: string, what: string): ProtocolError {
  return new ProtocolError('LIMIT_RESPONSES', `${command}: the server told ${what}`);
}
