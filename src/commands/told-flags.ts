import { ProtocolError } from '../errors.ts';
import { MOST_FOUND } from '../syntax/search-result.ts';

/** What the flags of all messages may take, bytes, and what a list of them and each flag take beside their letters. */
const MOST_HELD = 512 << 20;
const LIST_WEIGHT = 200;
const FLAG_WEIGHT = 30;

/**
 * The flags of messages, as the answers to a command tell them. A server that tells of more messages than any mailbox holds,
 * or of more flags than they have, is stopped.
 */
export class ToldFlags {
  readonly byMessage = new Map<number, ReadonlySet<string>>();
  /** Few different ones: equal lists share one set. */
  #lists: Set<ReadonlySet<string>> | undefined;
  #weight = 0;

  keep(command: string, message: number, flags: ReadonlySet<string>): void {
    // Nearly every STORE is of one message.
    if (this.byMessage.size > 0) this.#weigh(command, flags);
    this.byMessage.set(message, flags);
  }

  #weigh(command: string, flags: ReadonlySet<string>): void {
    if (this.byMessage.size >= MOST_FOUND) throw tooMuch(command, `the flags of ${MOST_FOUND} messages and more`);
    this.#lists ??= new Set();
    if (this.#lists.has(flags)) return;
    this.#lists.add(flags);
    this.#weight += weightOf(flags);
    if (this.#weight > MOST_HELD) throw tooMuch(command, `flags of more than ${MOST_HELD} bytes`);
  }
}

/** A server can tell thousands of flags at once. */
export function weightOf(flags: ReadonlySet<string>): number {
  let weight = LIST_WEIGHT;
  for (const { length } of flags) weight += FLAG_WEIGHT + length;
  return weight;
}

function tooMuch(command: string, what: string): ProtocolError {
  return new ProtocolError('LIMIT_RESPONSES', `${command}: the server told ${what}`);
}
