import { ProtocolError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import {
  ofThisSession,
  requiredCapabilities,
  type SearchQuery,
  searchBehaviour,
  writeSearchProgram,
} from '../syntax/search-key.ts';
import { isAnswerTo, readExtendedSearch, readSearch } from '../syntax/search-result.ts';
import type { UidSet } from '../wire/uid-set.ts';

/**
 * UID SEARCH (RFC 3501 §6.4.4, §6.4.8): UIDs in ascending order. With ESEARCH the answer is a compact set (RFC 4731);
 * CHARSET UTF-8 goes with a query that is not US-ASCII, and only then. `found` is told as soon as the answer comes, with the
 * UIDs in any order: the response behind it may already remove one of them.
 */
export function search(
  query: SearchQuery,
  connection: ConnectionState,
  found: (uids: readonly number[]) => void = () => {},
): Command<number[]> {
  const extended = connection.capabilities.has('ESEARCH');
  const numbers: number[] = [];
  let answered = false;
  let named = false;
  let inOrder = true;
  return {
    name: 'UID SEARCH',
    // Checked before all else of the query is looked at.
    needs: [...requiredCapabilities('UID SEARCH', query)],
    behaviour: { ...searchBehaviour(query), ...(extended ? {} : { unmarkedAnswer: true }) },
    repeat: () => (ofThisSession(query) ? undefined : search(query, connection, found)),
    write: (writer) => {
      if (extended) writer.raw(' RETURN (ALL)');
      writeSearchProgram(writer.space(), query, connection.utf8);
    },
    untagged: {
      // Tolerance: Cyrus 2.4 answers a SEARCH RETURN with a plain SEARCH.
      SEARCH: (reader) => {
        if (extended && answered) return false;
        answered = true;
        inOrder = readSearch(reader, numbers).ascending && inOrder;
        found(numbers);
        return true;
      },
      ESEARCH: (reader, _, ownTag) => {
        if (!extended || named) return false;
        const read = readExtendedSearch(reader);
        if (!isAnswerTo(ownTag, answered, read)) return false;
        // What came before without a name was no answer to this.
        if (answered) numbers.length = 0;
        answered = named = true;
        if (read.all !== undefined) pushAll(numbers, read.all, connection.selected?.exists ?? 0);
        found(numbers);
        return true;
      },
    },
    // Servers send them in order nearly always; what is sent twice is once in the result.
    finish: () => (inOrder ? numbers : [...new Set(numbers)].sort((a, b) => a - b)),
  };
}

/** More messages than any mailbox holds, whatever the server says of it. */
export const MOST_FOUND = 10_000_000;
/** So many messages may have arrived that EXISTS has not told of yet. */
const MOST_UNTOLD = 1000;

function pushAll(numbers: number[], all: UidSet, exists: number): void {
  requirePlausible('UID SEARCH', all.size, exists);
  for (const number of all) numbers.push(number);
}

/** A set of ranges is small on the wire whatever it names: one that names more messages than there are is not spelt out. */
export function requirePlausible(name: string, found: number, exists: number): void {
  if (found <= Math.min(exists + MOST_UNTOLD, MOST_FOUND)) return;
  throw new ProtocolError('LIMIT_RESULTS', `${name}: the server found ${found} messages in a mailbox of ${exists}`);
}
