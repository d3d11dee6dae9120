import { type Command, withParts } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import { SequenceMap } from '../session/sequence-map.ts';
import type { ConnectionState } from '../session/state.ts';
import { search } from './search.ts';

/**
 * UID SEARCH ALL, its answer taken as the UIDs of all messages in order of their sequence numbers (RFC 3501 §2.3.1). False:
 * they are not as many as EXISTS says, and not taken. A server may leave out what is expunged and not announced yet (RFC 2180
 * §4.3), and one with MESSAGELIMIT tells only the last of them.
 */
export function uidMap(mailbox: MailboxState, connection: ConnectionState): Command<boolean> {
  let fits = false;
  let found = -1;
  const command = search({}, connection, (uids) => {
    // An answer that adds nothing is not sorted once more.
    if (uids.length === found) return;
    found = uids.length;
    fits = found === mailbox.exists;
    if (fits && mailbox.uids !== undefined) mailbox.uids = SequenceMap.of([...uids].sort((a, b) => a - b));
  });
  return withParts(command, {
    repeat: () => uidMap(mailbox, connection),
    leavesOut: true,
    finish: () => fits,
  });
}
