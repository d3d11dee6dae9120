import { ImapError } from '../errors.ts';
import type { SortCriterion } from '../mime/sort.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { requiredCapabilities, type SearchQuery, searchBehaviour, writeSearchProgram } from '../syntax/search-key.ts';
import { type ExtendedSearch, readExtendedSearch } from '../syntax/search-result.ts';
import { sortKeys, writeSortProgram } from './sort.ts';
import { unanswered } from './unanswered.ts';

/**
 * UID SEARCH or UID SORT with RETURN (ALL UPDATE) (RFC 5267 §4.3): what is found, and from then on what joins it and leaves
 * it, under the command's tag, which is told with every answer.
 */
export function searchUpdates(
  criteria: readonly SortCriterion[] | undefined,
  query: SearchQuery,
  connection: ConnectionState,
  answer: (answer: ExtendedSearch, tag: string) => void,
): Command<void> {
  const keys = criteria && sortKeys(criteria);
  const name = keys === undefined ? 'UID SEARCH' : 'UID SORT';
  let answered: string | undefined;
  let refused: string | undefined;
  return {
    name,
    needs: [...requiredCapabilities(name, query), keys === undefined ? 'CONTEXT=SEARCH' : 'CONTEXT=SORT'],
    behaviour: searchBehaviour(query),
    repeat: () => searchUpdates(criteria, query, connection, answer),
    write: (writer) => {
      writer.raw(' RETURN (ALL UPDATE) ');
      if (keys === undefined) {
        writeSearchProgram(writer, query, connection.utf8);
      } else {
        writeSortProgram(writer, keys, query);
      }
    },
    untagged: {
      ESEARCH: (reader, _, ownTag) => {
        const read = readExtendedSearch(reader);
        if (!read.uid || read.tag !== ownTag) return false;
        answered = ownTag;
        answer(read, ownTag);
        return true;
      },
    },
    code: (code) => {
      // Dovecot sends it in front of the answer, by which this command knows its tag.
      if (isCode(code, 'NOUPDATE') && (answered === undefined || refused !== answered)) refused = code.tag;
      return false;
    },
    finish: ({ code }) => {
      // What is beyond the limit is no part of the result that is followed (RFC 9738 §3.1).
      if (isCode(code, 'MESSAGELIMIT'))
        throw new ImapError(code.name, 'The server follows no result of so many messages');
      if (answered === undefined) throw unanswered(name, 'ESEARCH');
      if (refused === answered) throw noUpdate();
    },
  };
}

/** The server has answered, and will tell no changes (RFC 5267 §4.3.1). */
export function noUpdate(): ImapError {
  return new ImapError('NOUPDATE', 'The server tells no more updates of this search');
}

/** CANCELUPDATE (RFC 5267 §4.3.5), of a search in the mailbox that is selected now: once that is left there is nothing to cancel, and nothing is sent. */
export function cancelUpdate(tag: string, connection: ConnectionState): Command<void> {
  const { selected } = connection;
  const selections = selected?.selections;
  return {
    name: 'CANCELUPDATE',
    behaviour: { mailbox: true },
    get unsent() {
      return connection.selected !== selected || selected?.selections !== selections;
    },
    write: (writer) => void writer.space().quoted(tag),
    finish: () => undefined,
  };
}
