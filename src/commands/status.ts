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
  let answered = false;
  return {
    name: 'STATUS',
    behaviour: {},
    repeat: () => status(name, items, connection),
    write: (writer) => {
      writer.space().mailbox(name).space();
      writeStatusItems(writer, items);
    },
    leavesOut: true,
    untagged: {
      STATUS: (reader) => {
        if (!sameMailbox(readStatusMailbox(reader, connection.utf8), name)) return false;
        const told = readStatusItems(reader);
        const asked = items.filter((item) => item in told);
        // Of two in flight each is answered for itself: what this one has already, or has not asked for, is the other's too.
        if (asked.length === 0 && Object.keys(told).length > 0) return false;
        if (!answered) {
          answered = true;
          result = told;
          return true;
        }
        const own = asked.some((item) => !(item in result));
        result = { ...result, ...Object.fromEntries(asked.map((item) => [item, told[item]])) };
        return own;
      },
    },
    finish: () => result,
  };
}
