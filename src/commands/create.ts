import { shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { readMailboxList } from '../syntax/mailbox-list.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';

/** What the server says of a mailbox that it made. */
export interface CreateResult {
  /** OBJECTID (RFC 8474) */
  mailboxId?: string;
  /** Its name, where that is not the one that was given: servers may normalize it (RFC 9051 §6.3.4). */
  name?: string;
}

/** CREATE (RFC 3501 §6.3.3), with its special use where one is given (RFC 6154 §3). */
export function create(
  name: string,
  use?: string,
  connection: Pick<ConnectionState, 'utf8'> = { utf8: false },
): Command<CreateResult> {
  const result: CreateResult = {};
  return {
    name: 'CREATE',
    behaviour: {},
    ...(use === undefined ? {} : { needs: 'CREATE-SPECIAL-USE' }),
    write: (writer) => {
      writer.space().mailbox(name);
      if (use !== undefined && typeof use !== 'string') throw new UsageError(`not a special use: ${shown(use)}`);
      if (use !== undefined) writer.raw(' (USE (\\').atom(use.replace(/^\\/, '')).raw('))');
    },
    leavesOut: true,
    untagged: {
      LIST: (reader) => {
        const listed = readMailboxList(reader, connection.utf8);
        if (!sameMailbox(listed.oldName ?? listed.name, name)) return false;
        if (listed.name !== name) result.name = listed.name;
        return true;
      },
    },
    finish: ({ code }) => {
      if (isCode(code, 'MAILBOXID') && code.mailboxId !== undefined) result.mailboxId = code.mailboxId;
      return result;
    },
  };
}
