import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import {
  type MailboxStatus,
  readStatusItems,
  readStatusMailbox,
  type StatusItem,
  writeStatusItems,
} from '../syntax/status-item.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';

/** STATUS (RFC 3501 §6.3.10) */
export function status(
  name: string,
  items: readonly StatusItem[],
  connection: Pick<ConnectionState, 'utf8'>,
): Command<MailboxStatus> {
  let result: MailboxStatus = {};
  return {
    name: 'STATUS',
    behaviour: {},
    repeat: () => status(name, items, connection),
    write: (writer) => {
      writer.space().mailbox(name).space();
      writeStatusItems(writer, items);
    },
    untagged: {
      STATUS: (reader) => {
        if (!sameMailbox(readStatusMailbox(reader, connection.utf8), name)) return false;
        result = { ...result, ...readStatusItems(reader) };
        return true;
      },
    },
    finish: () => result,
  };
}
