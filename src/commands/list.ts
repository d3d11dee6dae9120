import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/acl.ts';
import { type ListedMailbox, readMailboxList } from '../syntax/mailbox-list.ts';
import {
  type MailboxStatus,
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../syntax/status-item.ts';

/** What LIST is asked for. What stands under LIST-EXTENDED is left out where the server does not offer it. */
export interface ListCommand {
  reference?: string | undefined;
  pattern: string | readonly string[];
  /** LIST-EXTENDED selection options (RFC 5258 §3.1), e.g. 'SUBSCRIBED'. */
  select?: readonly string[];
  /** LIST-EXTENDED return options (RFC 5258 §3.2), e.g. 'CHILDREN'. */
  return?: readonly string[];
  /** LIST-STATUS (RFC 5819) */
  status?: readonly StatusItem[] | undefined;
  /** LIST-MYRIGHTS (RFC 8440) */
  myRights?: boolean | undefined;
}

/** A listed mailbox, with the STATUS and the MYRIGHTS that came along. */
export type ListRow = ListedMailbox & { status?: MailboxStatus; myRights?: string };

/** What each command is answered with; RLIST and RLSUB (RFC 2193) list mailboxes of other servers too. */
const ANSWERS = { LIST: 'LIST', LSUB: 'LSUB', XLIST: 'XLIST', RLIST: 'LIST', RLSUB: 'LSUB' } as const;

/**
 * LIST (RFC 3501 §6.3.8, RFC 5258), LSUB (RFC 3501 §6.3.9) and their relations. Patterns in a list, select and return need
 * LIST-EXTENDED.
 */
export function list(
  options: ListCommand,
  connection: ConnectionState,
  name: keyof typeof ANSWERS = 'LIST',
): Command<ListRow[]> {
  const { reference = '', pattern, select = [], status, myRights = false } = options;
  const rows: ListRow[] = [];
  const statuses = new Map<string, MailboxStatus>();
  const rights = new Map<string, string>();
  const returns = [...(options.return ?? []), ...(myRights ? ['MYRIGHTS'] : [])];
  return {
    name,
    behaviour: {},
    repeat: () => list(options, connection, name),
    write: (writer) => {
      if (select.length > 0) writer.space().list(select, (option) => writer.atom(option));
      writer.space().listMailbox(reference).space();
      if (typeof pattern === 'string') writer.listMailbox(pattern);
      else writer.list(pattern, (one) => writer.listMailbox(one));
      if (returns.length === 0 && status === undefined) return;
      writer.raw(` RETURN (${returns.join(' ')}`);
      if (status !== undefined) {
        writer.raw(returns.length > 0 ? ' STATUS ' : 'STATUS ');
        writeStatusItems(writer, status);
      }
      writer.raw(')');
    },
    untagged: {
      [ANSWERS[name]]: (reader) => {
        rows.push(readMailboxList(reader, connection.utf8));
        return true;
      },
      ...(myRights
        ? {
            MYRIGHTS: (reader) => {
              rights.set(readMailbox(reader, connection.utf8), readWords(reader).join(''));
              return true;
            },
          }
        : {}),
      ...(status === undefined
        ? {}
        : {
            STATUS: (reader) => {
              statuses.set(readStatusMailbox(reader, connection.utf8), readStatusItems(reader));
              return true;
            },
          }),
    },
    finish: () =>
      rows.map((row) => {
        const known = statuses.get(row.name);
        const mine = rights.get(row.name);
        return {
          ...row,
          ...(known === undefined ? {} : { status: known }),
          ...(mine === undefined ? {} : { myRights: mine }),
        };
      }),
  };
}
