import type { Thread, ThreadAlgorithm } from '../mime/thread.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import {
  ofThisSession,
  requiredCapabilities,
  type SearchQuery,
  searchBehaviour,
  writeSearchQuery,
} from '../syntax/search-key.ts';
import { MOST_FOUND } from '../syntax/search-result.ts';
import { CLOSE, OPEN } from '../wire/chars.ts';
import { readMessageNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import { implausible, MOST_UNTOLD } from './search.ts';

/** UID THREAD (RFC 5256 §3) */
export function thread(algorithm: ThreadAlgorithm, query: SearchQuery, connection: ConnectionState): Command<Thread[]> {
  let threads: Thread[] = [];
  return {
    name: 'UID THREAD',
    needs: [...requiredCapabilities('UID THREAD', query), `THREAD=${algorithm}`],
    behaviour: { ...searchBehaviour(query), unmarkedAnswer: true },
    repeat: () => (ofThisSession(query) ? undefined : thread(algorithm, query, connection)),
    write: (writer) => {
      writer.raw(` ${algorithm} UTF-8 `);
      writeSearchQuery(writer, query);
    },
    untagged: {
      THREAD: (reader) => {
        threads = readThreads(reader, connection.selected?.exists);
        return true;
      },
    },
    finish: () => (algorithm === 'ORDEREDSUBJECT' ? threads.map(asBrothers) : threads),
  };
}

/** In ORDEREDSUBJECT no answer has answers: what stands below one is its brother (RFC 5256 §3). Courier chains all: `(1 2 3)`. */
function asBrothers(thread: Thread): Thread {
  const children: Thread[] = [];
  const waiting = thread.children.toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    children.push({ ...next, children: [] });
    for (const below of next.children.reverse()) waiting.push(below);
  }
  return { ...thread, children };
}

/** A list that is open. */
interface OpenList {
  /** What its next message answers; undefined: nothing. */
  under: Thread | undefined;
  /** It holds something already. */
  begun: boolean;
}

/** So many are taken, whatever the mailbox has. */
const ALWAYS_TAKEN = 1_000_000;

/**
 * Threads may be as deep as there are messages: read in one loop, without recursion and without a limit of depth. Each
 * costs fifty times its bytes: of many there are no more than a mailbox of so many messages can have.
 *
 *     thread-data    = "THREAD" [SP 1*thread-list]                        (RFC 5256 §5)
 *     thread-list    = "(" (thread-members / thread-nested) ")"
 *     thread-members = nz-number *(SP nz-number) [SP thread-nested]
 *     thread-nested  = 2*thread-list
 */
export function readThreads(reader: Reader, exists = MOST_FOUND): Thread[] {
  const threads: Thread[] = [];
  const outer: OpenList[] = [];
  let list: OpenList = { under: undefined, begun: true };
  // Of those that are missing there are fewer than of those that are there: each has two answers at least.
  const most = Math.min(Math.max(2 * (exists + MOST_UNTOLD), ALWAYS_TAKEN), MOST_FOUND);
  let count = 0;
  /** What follows in the list is an answer to this. */
  const append = (one: Thread): void => {
    if (++count > most) throw implausible('UID THREAD', count, exists);
    const { under } = list;
    if (under === undefined) threads.push(one);
    // An array of one has just the room that it needs: a push makes room for 17.
    else if (under.children.length === 0) under.children = [one];
    else under.children.push(one);
    list.under = one;
    list.begun = true;
  };
  for (;;) {
    reader.skipSpaces();
    const code = reader.peek();
    if (code === -1) break;
    if (code === OPEN) {
      // Tolerance: where MODSEQ was searched for, Cyrus ends it as it ends SEARCH: `* THREAD (1)(2) (MODSEQ 26)`.
      if (outer.length === 0 && reader.text.startsWith('(MODSEQ ', reader.position)) break;
      reader.position++;
      // A list that begins with a list: the message that they answer is not there.
      if (!list.begun) append({ children: [] });
      outer.push(list);
      list = { under: list.under, begun: false };
    } else if (code === CLOSE) {
      reader.position++;
      list = outer.pop() ?? reader.fail('a thread-list');
    } else {
      append({ uid: readMessageNumber(reader), children: [] });
    }
  }
  return outer.length === 0 ? threads : reader.fail('")"');
}
