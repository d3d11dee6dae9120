import type { Arguments } from './arguments.ts';
import { parseDate } from './dates.ts';
import { speaksRev2 } from './dialect.ts';
import { utf8Text } from './format.ts';
import type { Message } from './message.ts';
import { bad } from './refusal.ts';
import { exactly, roughly, type Wanted } from './search-text.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

/** A search key, ready to be asked of messages. */
export interface Criterion {
  /** 0: known without the message; 1: needs its header; 2: needs its body. The dear ones are asked last. */
  cost: 0 | 1 | 2;
  /** It names messages. */
  isSet?: true;
  test(message: Message, view: View): boolean;
  /** How well a message matches that does, 1 to 100 (RFC 6203); wholly, where nothing is said. */
  score?(message: Message, view: View): number;
}

/** How well a message matches that does. */
export function scoreOf({ score }: Criterion, message: Message, view: View): number {
  return score?.(message, view) ?? 100;
}

/** Reads the keys of one SEARCH. */
export class SearchReader {
  depth = 0;
  /** Texts are compared roughly (RFC 6203). */
  fuzzy = false;
  /** Filters that have been read (RFC 5466). */
  filters = 0;
  /** The results are wanted with their highest modseq. */
  withModseq = false;

  constructor(
    readonly session: Session,
    readonly args: Arguments,
    readonly utf8: boolean,
  ) {}

  /** SP astring, in the charset of the command, ready to be compared. */
  text(): Wanted {
    this.args.space();
    const bytes = this.args.astring();
    const isAscii = !/[\x80-\xff]/.test(bytes);
    const text = isAscii ? bytes : this.utf8 ? utf8Text(bytes) : undefined;
    if (text === undefined) throw bad('Text is not in the charset of the search');
    const { key: collate } = this.session.collation;
    return this.fuzzy ? roughly(text, collate) : exactly(text, collate);
  }

  /** SP date */
  day(): number {
    this.args.space();
    return parseDate(this.args.peek() === '"' ? this.args.quoted() : this.args.atom());
  }

  /** SP number, or SP number64 (RFC 9051 §9) */
  size(): bigint {
    this.args.space();
    return this.args.size(speaksRev2(this.session));
  }
}
