import { ProtocolError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import type { ConnectionState } from '../session/state.ts';
import {
  ofThisSession,
  requiredCapabilities,
  type SearchQuery,
  searchBehaviour,
  writeSearchProgram,
} from '../syntax/search-key.ts';
import { isAnswerTo, MOST_FOUND, readExtendedSearch, readSearch, type SearchNumbers } from '../syntax/search-result.ts';
import type { Reader } from '../wire/reader.ts';
import type { UidSet } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';

/**
 * UID SEARCH (RFC 3501 §6.4.4, §6.4.8): UIDs in ascending order. With ESEARCH the answer is a compact set (RFC 4731);
 * CHARSET UTF-8 goes with a query that is not US-ASCII, and only then. `found` is told as soon as the answer comes, with the
 * UIDs in any order: the response behind it may already remove one of them.
 */
export function search(
  query: SearchQuery,
  connection: ConnectionState,
  found?: (uids: readonly number[]) => void,
): Command<number[]> {
  return new Search(query, connection, found);
}

/** A class: see Store. */
class Search implements Command<number[]> {
  readonly name = 'UID SEARCH';
  readonly needs: readonly string[] | undefined;
  readonly behaviour: Behaviour;
  private readonly extended: boolean;
  private answered = false;
  private named = false;
  private inOrder = true;
  // Made when the first answer comes.
  private numbers: number[] | undefined = undefined;
  private readers: Command<number[]>['untagged'];

  constructor(
    private readonly query: SearchQuery,
    private readonly connection: ConnectionState,
    private readonly found: ((uids: readonly number[]) => void) | undefined,
  ) {
    // Checked before all else of the query is looked at.
    const needed = requiredCapabilities(this.name, query);
    this.needs = needed.size === 0 ? undefined : [...needed];
    this.extended = connection.capabilities.has('ESEARCH');
    this.behaviour = this.extended ? searchBehaviour(query) : { ...searchBehaviour(query), unmarkedAnswer: true };
  }

  repeat(): Command<number[]> | undefined {
    return ofThisSession(this.query) ? undefined : search(this.query, this.connection, this.found);
  }

  write(writer: Writer): void {
    if (this.extended) writer.raw(' RETURN (ALL)');
    writeSearchProgram(writer.space(), this.query, this.connection.utf8);
  }

  get untagged(): Command<number[]>['untagged'] {
    this.readers ??= {
      SEARCH: (reader) => this.readPlain(reader),
      ESEARCH: (reader, _, ownTag) => this.readExtended(reader, ownTag),
    };
    return this.readers;
  }

  /** Tolerance: Cyrus 2.4 answers a SEARCH RETURN with a plain SEARCH. */
  private readPlain(reader: Reader): boolean {
    if (this.extended && this.answered) return false;
    this.answered = true;
    this.numbers ??= [];
    this.inOrder = readFound(this.name, reader, this.numbers).ascending && this.inOrder;
    this.found?.(this.numbers);
    return true;
  }

  private readExtended(reader: Reader, ownTag: string): boolean {
    if (!this.extended || this.named) return false;
    const read = readExtendedSearch(reader);
    if (!isAnswerTo(reader, ownTag, this.answered, read)) return false;
    // What came before without a name was no answer to this.
    const numbers: number[] = [];
    this.numbers = numbers;
    this.answered = this.named = true;
    if (read.all !== undefined) pushAll(numbers, read.all, this.connection.selected?.exists ?? 0);
    this.found?.(numbers);
    return true;
  }

  finish(): number[] {
    const numbers = this.numbers ?? [];
    // Servers send them in order nearly always; what is sent twice is once in the result.
    return this.inOrder ? numbers : [...new Set(numbers)].sort((a, b) => a - b);
  }
}

/** So many messages may have arrived that EXISTS has not told of yet. */
export const MOST_UNTOLD = 1000;

function pushAll(numbers: number[], all: UidSet, exists: number): void {
  requirePlausible('UID SEARCH', all.size, exists);
  for (const number of all) numbers.push(number);
}

/** A set of ranges is small on the wire whatever it names: one that names more messages than there are is not spelt out. */
export function requirePlausible(name: string, found: number, exists: number): void {
  if (found > Math.min(exists + MOST_UNTOLD, MOST_FOUND)) throw implausible(name, found, exists);
}

/** The UIDs of a set that the server has told of a mailbox of so many messages. */
export function spelt(name: string, found: UidSet, exists: number): number[] {
  requirePlausible(name, found.size, exists);
  return [...found];
}

/** As readSearch(); a list of more numbers than any mailbox has messages is refused, and not read to its end. */
export function readFound(name: string, reader: Reader, numbers: number[]): SearchNumbers {
  const found = readSearch(reader, numbers);
  if (numbers.length > MOST_FOUND)
    throw new ProtocolError('LIMIT_RESULTS', `${name}: the server found more messages than any mailbox holds`);
  return found;
}

export function implausible(name: string, found: number, exists: number): ProtocolError {
  return new ProtocolError('LIMIT_RESULTS', `${name}: the server found ${found} messages in a mailbox of ${exists}`);
}
