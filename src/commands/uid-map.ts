import { type Command, withParts } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import { SequenceMap } from '../session/sequence-map.ts';
import type { ConnectionState } from '../session/state.ts';
import { search } from './search.ts';

/**
 * UID SEARCH ALL, its answer taken as the UIDs of all messages in order of their sequence numbers (RFC 3501 §2.3.1). The
 * result is the map, which the state has no more where the mailbox is selected anew right behind. Undefined: the UIDs are not
 * as many as EXISTS says, and not taken. A server may leave out what is expunged and not announced yet (RFC 2180
 * §4.3), and one with MESSAGELIMIT tells only the last of them. `done` is told what was found, in ascending order, as soon as the
 * search is over, and the last one.
 */
export function uidMap(
  mailbox: MailboxState,
  connection: ConnectionState,
  done?: (found: readonly number[], last: number) => void,
): Command<SequenceMap | undefined> {
  let fits = false;
  let found: readonly number[] = [];
  let count = -1;
  const command = search({}, connection, (uids) => {
    found = uids;
    // An answer that adds nothing is not sorted once more.
    if (uids.length === count) return;
    count = uids.length;
    const each = count < mailbox.exists ? undefined : ascending(uids);
    fits = each?.length === mailbox.exists;
    if (each !== undefined && fits && mailbox.uids !== undefined) mailbox.uids = SequenceMap.of(each);
  });
  return withParts(command, {
    repeat: () => uidMap(mailbox, connection, done),
    leavesOut: true,
    finish: () => {
      if (done !== undefined) {
        const uids = ascending(found);
        // An answer that names none of the messages that there are tells nothing.
        done(uids, uids.at(-1) ?? (fits ? 0 : Number.POSITIVE_INFINITY));
      }
      return fits ? (mailbox.uids ?? new SequenceMap()) : undefined;
    },
  });
}

/** Each once: a UID that is told twice would stand in the place of another message. */
function ascending(uids: readonly number[]): number[] {
  const sorted = [...uids].sort((a, b) => a - b);
  return sorted.filter((uid, at) => uid !== sorted[at - 1]);
}
