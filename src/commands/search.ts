import { CommandError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { needsCharset, requiredCapabilities, type SearchQuery, writeSearchQuery } from '../syntax/search-key.ts';
import { readExtendedSearch, readSearch } from '../syntax/search-result.ts';

/**
 * UID SEARCH (RFC 3501 §6.4.4, §6.4.8): UIDs in ascending order. With ESEARCH the answer is a compact set (RFC 4731);
 * CHARSET UTF-8 goes with a query that is not US-ASCII, and only then.
 */
export function search(query: SearchQuery, connection: ConnectionState): Command<number[]> {
  const extended = connection.capabilities.has('ESEARCH');
  const [needs] = [...requiredCapabilities(query)].filter((name) => !connection.capabilities.has(name));
  const numbers: number[] = [];
  let answered = false;
  return {
    name: 'UID SEARCH',
    behaviour: { mailbox: true },
    ...(needs === undefined ? {} : { needs }),
    write: (writer) => {
      if (extended) writer.raw(' RETURN (ALL)');
      if (needsCharset(query) && !connection.utf8) writer.raw(' CHARSET UTF-8');
      writer.space();
      writeSearchQuery(writer, query);
    },
    untagged: {
      // Tolerance: Cyrus 2.4 answers a SEARCH RETURN with a plain SEARCH.
      SEARCH: (reader) => {
        readSearch(reader, numbers);
        return true;
      },
      ESEARCH: (reader) => {
        if (!extended || answered) return false;
        const { all, uid } = readExtendedSearch(reader);
        if (!uid) return false;
        answered = true;
        if (all !== undefined) for (const number of all) push(numbers, number);
        return true;
      },
    },
    finish: () => ascending(numbers),
  };
}

/** A set of ranges is small on the wire whatever it names: more messages than any mailbox has are not spelt out. */
const MOST_RESULTS = 50_000_000;

function push(numbers: number[], number: number): void {
  if (numbers.length >= MOST_RESULTS) {
    throw new CommandError({ status: 'NO', command: 'UID SEARCH', text: `the answer names more than ${MOST_RESULTS} messages` });
  }
  numbers.push(number);
}

/** Servers send them in order nearly always; what is sent twice is once in the result. */
function ascending(numbers: number[]): number[] {
  for (let index = 1; index < numbers.length; index++) {
    if ((numbers[index - 1] ?? 0) >= (numbers[index] ?? 0)) return [...new Set(numbers)].sort((a, b) => a - b);
  }
  return numbers;
}
