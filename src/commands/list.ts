import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/mailbox.ts';
import { type ListedMailbox, readMailboxList } from '../syntax/mailbox-list.ts';
import { type MetadataValues, readEntryValues, writeEntry } from '../syntax/metadata.ts';
import {
  type MailboxStatus,
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../syntax/status-item.ts';
import { OPEN } from '../wire/chars.ts';

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
  /** LIST-METADATA (RFC 9590) */
  metadata?: readonly string[] | undefined;
}

/** A listed mailbox, with the STATUS, the MYRIGHTS and the METADATA that came along. */
export type ListRow = ListedMailbox & { status?: MailboxStatus; myRights?: string; metadata?: MetadataValues };

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
  const { reference = '', pattern, select = [], status, myRights = false, metadata } = options;
  const rows: ListRow[] = [];
  const statuses = new Map<string, MailboxStatus>();
  const rights = new Map<string, string>();
  const values = new Map<string, MetadataValues>();
  const returns = [...(options.return ?? []), ...(myRights ? ['MYRIGHTS'] : [])];
  return {
    name,
    // A METADATA response does not say whether it came with LIST.
    // Nor does a LIST response say which LIST it answers.
    behaviour: metadata !== undefined ? { alone: true } : ANSWERS[name] === 'LIST' ? { unmarkedAnswer: true } : {},
    repeat: () => list(options, connection, name),
    write: (writer) => {
      if (select.length > 0) writer.space().list(select, (option) => writer.atom(option));
      writer.space().listMailbox(reference).space();
      if (typeof pattern === 'string') writer.listMailbox(pattern);
      else writer.list(pattern, (one) => writer.listMailbox(one));
      const writes: (() => unknown)[] = returns.map((option) => () => writer.raw(option));
      if (metadata !== undefined)
        writes.push(() => writer.raw('METADATA ').list(metadata, (entry) => writeEntry(writer, entry)));
      if (status !== undefined) writes.push(() => writeStatusItems(writer.raw('STATUS '), status));
      if (writes.length > 0) writer.raw(' RETURN ').list(writes, (write) => write());
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
      ...(metadata === undefined
        ? {}
        : {
            METADATA: (reader) => {
              const name = readMailbox(reader, connection.utf8);
              reader.skipSpaces();
              // Without values it tells that entries were changed (RFC 5464 §4.4.2).
              if (reader.peek() !== OPEN) return false;
              values.set(name, readEntryValues(reader, values.get(name)));
              return true;
            },
          }),
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
        const entries = values.get(row.name);
        return {
          ...row,
          ...(known === undefined ? {} : { status: known }),
          ...(mine === undefined ? {} : { myRights: mine }),
          ...(entries === undefined ? {} : { metadata: entries }),
        };
      }),
  };
}
