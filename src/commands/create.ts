import { shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { readMailboxList } from '../syntax/mailbox-list.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import type { Writer } from '../wire/writer.ts';

/** What the server says of a mailbox that it made. */
export interface CreateResult {
  /** OBJECTID (RFC 8474) */
  mailboxId?: string;
  /** Its name, where that is not the one that was given: servers may normalize it (RFC 9051 §6.3.4). */
  name?: string;
}

/** CREATE (RFC 3501 §6.3.3), for a special use, or several, where they are given (RFC 6154 §3). */
export function create(
  name: string,
  use?: string | readonly string[],
  connection: Pick<ConnectionState, 'utf8'> = { utf8: false },
): Command<CreateResult> {
  const result: CreateResult = {};
  return {
    name: 'CREATE',
    about: name,
    behaviour: {},
    ...(use === undefined ? {} : { needs: 'CREATE-SPECIAL-USE' }),
    write: (writer) => {
      writer.space().mailbox(name);
      if (use !== undefined) writeUses(writer.raw(' (USE '), Array.isArray(use) ? use : [use]);
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

/** "USE" SP "(" [use-attr *(SP use-attr)] ")" (RFC 6154 §6), from the list on, and the parenthesis behind it */
function writeUses(writer: Writer, uses: readonly string[]): void {
  writer.list(uses, (use) => {
    if (typeof use !== 'string') throw new UsageError(`not a special use: ${shown(use)}`);
    writer.raw('\\').atom(use.replace(/^\\/, ''));
  });
  writer.raw(')');
}
